package telegram

import (
	"strings"
	"testing"
)

func TestParseCommand(t *testing.T) {
	tests := []struct {
		text, word, args string
		mine, ok         bool
	}{
		{"/menu", "menu", "", true, true},
		{"/menu 周二", "menu", "周二", true, true},
		{"/menu周二", "menu", "周二", true, true},
		{"／menu 周二", "menu", "周二", true, true},
		{"/MENU@OurBot  周二 ", "menu", "周二", true, true},
		{"/menu@otherbot", "menu", "", false, true},
		{"/menu@ourbot2 x", "menu", "x", false, true},
		{"/menu@ourbot，周二", "menu", "，周二", true, true},
		{"/menu\n周一红烧肉", "menu", "周一红烧肉", true, true},
		{"/menus", "menus", "", true, true},
		{"привет /menu", "", "", false, false},
		{"/", "", "", false, false},
		{"/周二", "", "", false, false},
		{"/usr/bin", "", "", false, false},
		{"", "", "", false, false},
		{"/" + strings.Repeat("a", 32), strings.Repeat("a", 32), "", true, true},
		{"/" + strings.Repeat("a", 33), "", "", false, false},
	}
	for _, tt := range tests {
		word, args, mine, ok := ParseCommand(tt.text, "ourbot")
		if ok != tt.ok || ok && (word != tt.word || args != tt.args || mine != tt.mine) {
			t.Errorf("ParseCommand(%q) = %q, %q, %v, %v", tt.text, word, args, mine, ok)
		}
	}
}

func TestCutMention(t *testing.T) {
	tests := []struct {
		text, rest string
		found      bool
	}{
		{"@ourbot 周二有鱼吗", "周二有鱼吗", true},
		{"周二有鱼吗 @OurBot", "周二有鱼吗", true},
		{"周二@ourbot有鱼吗", "周二 有鱼吗", true},
		{"@ourbot", "", true},
		{"@ourbot2 你好", "@ourbot2 你好", false},
		{"a@b", "a@b", false},
		{"", "", false},
		{"👵@ourbot👵", "👵 👵", true},
	}
	for _, tt := range tests {
		rest, found := cutMention(tt.text, "ourbot")
		if rest != tt.rest || found != tt.found {
			t.Errorf("cutMention(%q) = %q, %v", tt.text, rest, found)
		}
	}
}

func FuzzParseCommand(f *testing.F) {
	for _, s := range []string{"/menu@ourbot 周二", "／menu", "@ourbot", "/\xff", "@ourbo"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		word, _, _, ok := ParseCommand(s, "ourbot")
		if ok && (word == "" || word != strings.ToLower(word) || strings.ContainsFunc(word, func(r rune) bool { return !wordRune(r) })) {
			t.Errorf("ParseCommand(%q) gives the word %q", s, word)
		}
		if rest, found := cutMention(s, "ourbot"); !found && rest != s {
			t.Errorf("cutMention(%q) changed a text without a mention to %q", s, rest)
		}
	})
}
