package text

import (
	"strings"
	"testing"
)

func TestFromEntities(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, s string
		es      []Entity
		want    HTML
	}{
		{"nothing", "a < b", nil, "a &lt; b"},
		{"empty", "", []Entity{{Kind: "bold", Length: 3}}, ""},
		{"each", "abcdefg", []Entity{
			{Kind: "bold", Length: 1}, {Kind: "italic", Offset: 1, Length: 1}, {Kind: "underline", Offset: 2, Length: 1}, {Kind: "strikethrough", Offset: 3, Length: 1},
			{Kind: "spoiler", Offset: 4, Length: 1}, {Kind: "code", Offset: 5, Length: 1}, {Kind: "pre", Offset: 6, Length: 1},
		}, "<b>a</b><i>b</i><u>c</u><s>d</s><tg-spoiler>e</tg-spoiler><code>f</code><pre>g</pre>"},
		{"units", "𠮷停水", []Entity{{Kind: "bold", Offset: 2, Length: 2}}, "𠮷<b>停水</b>"},
		{"nested", "abc", []Entity{{Kind: "italic", Offset: 1, Length: 1}, {Kind: "bold", Length: 3}}, "<b>a<i>b</i>c</b>"},
		{"the same part twice", "ab", []Entity{{Kind: "bold", Length: 2}, {Kind: "italic", Length: 2}}, "<b><i>ab</i></b>"},
		{"overlapping", "abc", []Entity{{Kind: "bold", Length: 2}, {Kind: "italic", Offset: 1, Length: 2}}, "<b>a<i>b</i></b><i>c</i>"},
		{"one behind the other", "ab", []Entity{{Kind: "bold", Length: 1}, {Kind: "bold", Offset: 1, Length: 1}}, "<b>a</b><b>b</b>"},
		{"language", "x<1", []Entity{{Kind: "pre", Length: 3, Language: `go"`}}, `<pre><code class="language-go&#34;">x&lt;1</code></pre>`},
		{"link", "here", []Entity{{Kind: "text_link", Length: 4, URL: `https://x/?a=1&b="2"`}}, `<a href="https://x/?a=1&amp;b=&#34;2&#34;">here</a>`},
		{"person", "阿婆", []Entity{{Kind: "text_mention", Length: 2, User: 7}}, `<a href="tg://user?id=7">阿婆</a>`},
		{"emoji", "👍", []Entity{{Kind: "custom_emoji", Length: 2, Emoji: "53"}}, `<tg-emoji emoji-id="53">👍</tg-emoji>`},
		{"quotes", "ab", []Entity{{Kind: "blockquote", Length: 1}, {Kind: "expandable_blockquote", Offset: 1, Length: 1}},
			"<blockquote>a</blockquote><blockquote expandable>b</blockquote>"},
		{"within code is nothing", "abc", []Entity{{Kind: "code", Length: 3}, {Kind: "bold", Offset: 1, Length: 1}}, "<code>abc</code>"},
		{"one within its kind", "abc", []Entity{{Kind: "bold", Length: 3}, {Kind: "bold", Offset: 1, Length: 1}}, "<b>abc</b>"},
		{"a link within a link", "abc", []Entity{{Kind: "text_link", Length: 3, URL: "https://x"}, {Kind: "text_mention", Offset: 1, Length: 1, User: 7}},
			`<a href="https://x">abc</a>`},
		{"what Telegram finds by itself", "#a @b", []Entity{{Kind: "hashtag", Length: 2}, {Kind: "mention", Offset: 3, Length: 2}}, "#a @b"},
		{"beyond the end", "ab", []Entity{{Kind: "bold", Offset: 1, Length: 1 << 62}, {Kind: "italic", Offset: 2, Length: 1}, {Kind: "code", Offset: 9, Length: 1}}, "a<b>b</b>"},
		{"before the beginning", "ab", []Entity{{Kind: "bold", Offset: -1, Length: 2}, {Kind: "italic", Length: -1}}, "ab"},
		{"half a character", "𠮷a", []Entity{{Kind: "bold", Length: 1}, {Kind: "italic", Offset: 1, Length: 2}}, "<i>𠮷a</i>"},
		{"nothing to link to", "a", []Entity{{Kind: "text_link", Length: 1}, {Kind: "text_mention", Length: 1}, {Kind: "custom_emoji", Length: 1}}, "a"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := FromEntities(tt.s, tt.es); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}

// FuzzFromEntities: whatever entities somebody makes up, the text stays the same and the tags
// are nested.
func FuzzFromEntities(f *testing.F) {
	kinds := []string{"bold", "italic", "underline", "strikethrough", "spoiler", "code", "pre", "text_link", "text_mention", "custom_emoji", "blockquote", "expandable_blockquote", "url"}
	f.Add("停水 𠮷 <b>", []byte{0, 1, 2, 1, 0, 5, 7, 3, 9, 6, 200, 255}, "https://x")
	f.Add("a\x00\xffb", []byte{3, 0, 1}, `"><b>`)
	f.Fuzz(func(t *testing.T, s string, raw []byte, value string) {
		var es []Entity
		for ; len(raw) >= 3; raw = raw[3:] {
			es = append(es, Entity{Kind: kinds[int(raw[0])%len(kinds)], Offset: int(int8(raw[1])), Length: int(int8(raw[2])), URL: value, User: 7, Language: value, Emoji: value})
		}
		h := FromEntities(s, es)
		want := strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "\uFFFD")
		if got := Bare(h); got != want {
			t.Errorf("%q with %v shows %q", s, es, got)
		}
		if !balanced(string(h)) {
			t.Errorf("%q with %v: tags are not nested: %s", s, es, h)
		}
	})
}
