package text

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"
	"unicode/utf8"

	"pgregory.net/rapid"
)

func TestBare(t *testing.T) {
	for _, tt := range []struct {
		html, bare string
		length     int
	}{
		{"", "", 0},
		{"水头", "水头", 2},
		{"𠮷", "𠮷", 2},
		{"<b>a</b>", "a", 1},
		{"<b>a &lt; b &amp;&amp; c</b>", "a < b && c", 10},
		{"&quot;&gt;&#39;&#x1F600;&#43;", "\">'😀+", 6},
		{`<a href="x?a=1&amp;b=2">l</a>`, "l", 1},
		{`<a href="a>b">l</a>`, "l", 1},
		{"<blockquote expandable>q</blockquote>", "q", 1},
		{"<tg-spoiler>s</tg-spoiler>", "s", 1},
		{"<PRE>x</PRE>", "x", 1},
		{"&amp;lt;", "&lt;", 4},
		{"&lt", "<", 1},           // as Telegram: the semicolon may be left out
		{"&nbsp;", "&nbsp;", 6},   // and four names are all
		{"&#0;&#;", "&#0;&#;", 7}, // and these are no numbers
		{"&#99999999;", "&#99999999;", 11},
		{"a < b", "a < b", 5},
		{"<", "<", 1},
		{"</", "</", 2},
		{"<b", "<b", 2},
		{"&", "&", 1},
		{"<1>", "<1>", 3},
		{"a\xffb", "a\uFFFDb", 3},
	} {
		if got := Bare(HTML(tt.html)); got != tt.bare {
			t.Errorf("Bare(%q) = %q, want %q", tt.html, got, tt.bare)
		}
		if got := Length(HTML(tt.html)); got != tt.length {
			t.Errorf("Length(%q) = %d, want %d", tt.html, got, tt.length)
		}
	}
}

func TestSplit(t *testing.T) {
	for _, tt := range []struct {
		name, html string
		limit      int
		want       []HTML
	}{
		{"nothing", "", 4, []HTML{""}},
		{"all fits", "<b>abcd</b>", 4, []HTML{"<b>abcd</b>"}},
		{"one too many", "abcde", 4, []HTML{"abcd", "e"}},
		{"a line end", "ab\ncd", 4, []HTML{"ab", "cd"}},
		{"a line end just behind", "abcd\nef", 4, []HTML{"abcd", "ef"}},
		{"the last line end", "a\nb\ncd", 4, []HTML{"a\nb", "cd"}},
		{"a line end before a space", "a\nb cd", 4, []HTML{"a", "b cd"}},
		{"a space", "ab cd", 4, []HTML{"ab ", "cd"}},
		{"a space just behind", "abcd ef", 4, []HTML{"abcd", " ef"}},
		{"no space between figure and unit", "ab c\u00a0d", 4, []HTML{"ab ", "c\u00a0d"}},
		{"tags", "<b>ab<i>cd</i></b>", 3, []HTML{"<b>ab<i>c</i></b>", "<b><i>d</i></b>"}},
		{"a tag with a value", `<a href="x">abc</a>`, 2, []HTML{`<a href="x">ab</a>`, `<a href="x">c</a>`}},
		{"a tag that ends at the cut", "<b>ab</b>\ncd", 2, []HTML{"<b>ab</b>", "cd"}},
		{"a tag that ends behind the line end", "<b>ab\n</b>cd", 2, []HTML{"<b>ab</b>", "cd"}},
		{"a tag that begins at the cut", "ab\n<b>cd</b>", 2, []HTML{"ab", "<b>cd</b>"}},
		{"entities", "&lt;&gt;&amp;", 2, []HTML{"&lt;&gt;", "&amp;"}},
		{"a pair of surrogates", "a𠮷b", 2, []HTML{"a", "𠮷", "b"}},
		{"an accent", "ae\u0301b", 2, []HTML{"a", "e\u0301", "b"}},
		{"a family", "ab👨\u200d👩\u200d👧", 8, []HTML{"ab", "👨\u200d👩\u200d👧"}},
		{"a flag", "a🇨🇳", 4, []HTML{"a", "🇨🇳"}},
		{"more joined than fits", "a\u0301\u0301\u0301\u0301", 2, []HTML{"a\u0301", "\u0301\u0301", "\u0301"}},
		{"blank parts", "ab\n\n\n\n\n\n\ncd", 2, []HTML{"ab", "cd"}},
		{"blank alone", "\n\n\n\n", 2, []HTML{""}},
		{"a limit too small", "ab𠮷", 0, []HTML{"ab", "𠮷"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := Split(HTML(tt.html), tt.limit); !slices.Equal(got, tt.want) {
				t.Errorf("Split(%q, %d) = %q, want %q", tt.html, tt.limit, got, tt.want)
			}
		})
	}
}

// wholeHTML draws text with tags that are balanced.
func wholeHTML(depth int) *rapid.Generator[string] {
	return rapid.Custom(func(t *rapid.T) string {
		var b strings.Builder
		for range rapid.IntRange(0, 5).Draw(t, "pieces") {
			b.WriteString(string(Escape(rapid.StringOfN(rapid.RuneFrom([]rune("ab \n<>&\"'é\u0301中𠮷😀\u200d🇨\u00a0")), 0, 12, -1).Draw(t, "text"))))
			if depth == 0 {
				continue
			}
			tag := rapid.SampledFrom([]string{"b", "i", "code", `a href="https://a.b/?c=1&amp;d=%3E"`, "blockquote expandable", "tg-spoiler"}).Draw(t, "tag")
			name, _, _ := strings.Cut(tag, " ")
			b.WriteString("<" + tag + ">" + wholeHTML(depth-1).Draw(t, "inner") + "</" + name + ">")
		}
		return b.String()
	})
}

func TestSplitKeepsAll(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		checkSplit(t, HTML(wholeHTML(3).Draw(t, "html")), rapid.IntRange(2, 40).Draw(t, "limit"))
	})
}

type failer interface {
	Fatalf(format string, args ...any)
}

// checkSplit wants parts within the limit, with balanced tags, that together are
// all of h but for white space at the cuts.
func checkSplit(t failer, h HTML, limit int) {
	parts := Split(h, limit)
	rest := Bare(h)
	for i, p := range parts {
		if n := Length(p); n > limit {
			t.Fatalf("part %d of %q has %d units, the limit is %d: %q", i, h, n, limit, p)
		}
		if !balanced(string(p)) {
			t.Fatalf("part %d of %q is not balanced: %q", i, h, p)
		}
		if len(parts) > 1 && strings.TrimSpace(Bare(p)) == "" {
			t.Fatalf("part %d of %q is blank", i, h)
		}
		gap, after, ok := strings.Cut(rest, Bare(p))
		if !ok || strings.TrimSpace(gap) != "" {
			t.Fatalf("part %d of %q is %q, but %q is left", i, h, p, rest)
		}
		rest = after
	}
	if strings.TrimSpace(rest) != "" {
		t.Fatalf("%q is lost of %q", rest, h)
	}
}

func balanced(s string) bool {
	var open []string
	for t := range tokens(s) {
		switch {
		case !t.tag():
		case !t.end:
			open = append(open, t.name)
		case len(open) == 0 || open[len(open)-1] != t.name:
			return false
		default:
			open = open[:len(open)-1]
		}
	}
	return len(open) == 0
}

func FuzzSplit(f *testing.F) {
	f.Add("one two\nthree <b> & 𠮷", []byte{1, 7, 250, 3}, 5)
	f.Fuzz(func(t *testing.T, s string, cuts []byte, limit int) {
		Split(HTML(s), limit) // as it is: no panic, no endless loop
		tags := []string{"b", "i", "u", "s", "code", "pre", "tg-spoiler"}
		var b strings.Builder
		var open []string
		for _, c := range cuts { // a length of text, then a tag or the end of one
			n := min(int(c>>3), len(s))
			b.WriteString(string(Escape(s[:n])))
			s = s[n:]
			if k := int(c & 7); k < len(tags) {
				open = append(open, tags[k])
				b.WriteString("<" + tags[k] + ">")
			} else if len(open) > 0 {
				b.WriteString("</" + open[len(open)-1] + ">")
				open = open[:len(open)-1]
			}
		}
		b.WriteString(string(Escape(s)))
		for _, name := range slices.Backward(open) {
			b.WriteString("</" + name + ">")
		}
		checkSplit(t, HTML(b.String()), max(2, limit))
	})
}

// entities are those that Telegram's HTML has.
var entities = regexp.MustCompile(`&(lt|gt|amp|quot|#[0-9]+);`)

func FuzzEscape(f *testing.F) {
	for _, s := range []string{"", "<b>", "a & b", `"'+`, "\x00\xff", "&lt;", "𠮷\u2028"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		h := Escape(s)
		want := strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "\uFFFD")
		if got := Bare(h); got != want {
			t.Errorf("Escape(%q) shows %q", s, got)
		}
		if got, want := Length(h), len(utf16.Encode([]rune(want))); got != want {
			t.Errorf("Escape(%q) has length %d, want %d", s, got, want)
		}
		if rest := entities.ReplaceAllString(string(h), ""); strings.ContainsAny(rest, "<>&\"'") || !utf8.ValidString(rest) {
			t.Errorf("Escape(%q) = %q", s, h)
		}
	})
}

func BenchmarkSplit(b *testing.B) {
	h := HTML(strings.Repeat("周二 <b>红烧猪肉</b>、清蒸青鱼 &amp; 西红柿炒蛋\n", 400))
	b.Run("split", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			Split(h, 4096)
		}
	})
	b.Run("fits", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			Split(h[:2000], 4096)
		}
	})
}
