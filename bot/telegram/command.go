package telegram

import (
	"strings"
	"unicode"
)

// ParseCommand splits text that begins with a command into its word, in lower case,
// and the rest. mine is false when the command names another bot than username, which
// is compared without regard to case.
//
// People type 「/menu周二」 and 「／menu 周二」 as well as "/menu@ourbot 周二": the word
// ends where ASCII letters, digits and underscores end, and a full-width slash counts.
// Telegram's own entities are not asked: their offsets count UTF-16 units, and a
// command counts at the beginning of a message only.
func ParseCommand(text, username string) (word, args string, mine, ok bool) {
	text = strings.TrimSpace(text)
	rest, ok := strings.CutPrefix(text, "/")
	if !ok {
		if rest, ok = strings.CutPrefix(text, "／"); !ok {
			return "", "", false, false
		}
	}
	word, rest = cutWord(rest)
	if word == "" || len(word) > 32 {
		return "", "", false, false
	}
	mine = true
	if after, named := strings.CutPrefix(rest, "@"); named {
		var name string
		name, rest = cutWord(after)
		mine = strings.EqualFold(name, username)
	}
	if strings.HasPrefix(rest, "/") { // a path such as /menu/today
		return "", "", false, false
	}
	return strings.ToLower(word), strings.TrimSpace(rest), mine, true
}

func cutWord(s string) (word, rest string) {
	i := strings.IndexFunc(s, func(r rune) bool { return !wordRune(r) })
	if i < 0 {
		return s, ""
	}
	return s[:i], s[i:]
}

func wordRune(r rune) bool {
	return r == '_' || r < unicode.MaxASCII && (unicode.IsLetter(r) || unicode.IsDigit(r))
}

// cutMention takes @username out of text and tells whether it was there. The name
// must end where it stands: "@ourbot2" is somebody else.
func cutMention(text, username string) (string, bool) {
	if username == "" || !strings.Contains(text, "@") {
		return text, false
	}
	for i := 0; i+len(username) < len(text); i++ {
		if text[i] != '@' || !strings.EqualFold(text[i+1:i+1+len(username)], username) {
			continue
		}
		before, after := text[:i], text[i+1+len(username):]
		if next := []rune(after); len(next) > 0 && wordRune(next[0]) {
			continue
		}
		return strings.TrimSpace(strings.TrimSpace(before) + " " + strings.TrimSpace(after)), true
	}
	return text, false
}
