package sim

import (
	"fmt"
	"html"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"
)

// short writes entities as "bold 0+2 text_link 3+1 https://a.cn/".
func short(list []apiEntity) string {
	var words []string
	for _, e := range list {
		w := fmt.Sprintf("%s %d+%d", e.Type, e.Offset, e.Length)
		for _, extra := range []string{e.URL, e.Language, e.EmojiID, e.Format} {
			if extra != "" {
				w += " " + extra
			}
		}
		if e.User != nil {
			w += fmt.Sprint(" ", e.User.ID)
		}
		words = append(words, w)
	}
	return strings.Join(words, ", ")
}

func TestHTML(t *testing.T) {
	tests := []struct{ in, text, entities string }{
		{"plain", "plain", ""},
		{"<b>a</b><strong>b</strong>", "ab", "bold 0+2"},
		{"<i>a</i> <em>b</em>", "a b", "italic 0+1, italic 2+1"},
		{"<u>a</u> <ins>b</ins>", "a b", "underline 0+1, underline 2+1"},
		{"<s>a</s> <strike>b</strike> <del>c</del>", "a b c", "strikethrough 0+1, strikethrough 2+1, strikethrough 4+1"},
		{`<tg-spoiler>a</tg-spoiler> <span class="tg-spoiler">b</span>`, "a b", "spoiler 0+1, spoiler 2+1"},
		{"<B>a</b >", "a", "bold 0+1"},
		{"<b>a<i>b</i></b>", "ab", "bold 0+2, italic 1+1"},
		{"<b>a</>", "a", "bold 0+1"},
		{"<b></b>a", "a", ""},
		{"😀<b>你</b>", "😀你", "bold 2+1"},
		{`<a href="https://a.cn/x?a=1&amp;b=2">go</a>`, "go", "text_link 0+2 https://a.cn/x?a=1&b=2"},
		{`<a href='a.cn'>go</a>`, "go", "text_link 0+2 http://a.cn/"},
		{"<a>https://a.cn</a>", "https://a.cn", "text_link 0+12 https://a.cn/"},
		{`<a href="nowhere">go</a>`, "go", ""},
		{`<a href="javascript:alert(1)">go</a>`, "go", ""},
		{`<a href="tg://user?id=101">居民</a>`, "居民", "text_mention 0+2 101"},
		{`<a href="tg://user?id=5">谁</a>`, "谁", ""},
		{"<code>a</code> <pre>b</pre>", "a b", "code 0+1, pre 2+1"},
		{`<pre><code class="language-go">b</code></pre>`, "b", "pre 0+1 go"},
		{`<code class="language-go">b</code>`, "b", "code 0+1"},
		{"<code>a <b>b</b></code>", "a b", "code 0+3"},
		{"<blockquote>a</blockquote>", "a", "blockquote 0+1"},
		{"<blockquote expandable>a</blockquote>", "a", "expandable_blockquote 0+1"},
		{`<tg-emoji emoji-id="5368324170671202286">👍</tg-emoji>`, "👍", "custom_emoji 0+2 5368324170671202286"},
		{`<tg-time unix="1647531900" format="wDT">22:45</tg-time>`, "22:45", "date_time 0+5 wDT"},
		{"a &lt; b &amp;&amp; c &gt; d &quot;e&quot;", `a < b && c > d "e"`, ""},
		{"&#20320;&#x4f60;&#X4F60;&#128512;", "你你你😀", ""},
		{"&nbsp;&copy;&apos; & &# &#0; &", "&nbsp;&copy;&apos; & &# &#0; &", ""},
		{"&lt", "<", ""},
		{" \n<b> a </b>\n", "a", "bold 0+1"},
		{"a\tb\r\nc", "a b\nc", ""},
		{"<b>/menu</b> a", "/menu a", "bold 0+5, bot_command 0+5"},
		{"<b>a b</b>c.cn", "a bc.cn", "bold 0+2, bold 2+1, url 2+5"},
		{"<code>/menu</code>", "/menu", "code 0+5"},
	}
	s := testWorld(t)
	for _, tt := range tests {
		f, err := s.format(tt.in, "HTML", "")
		if err != nil {
			t.Errorf("%s: %v", tt.in, err)
			continue
		}
		if f.text != tt.text || sorted(short(f.entities)) != sorted(tt.entities) {
			t.Errorf("%s:\ngot  %q %s\nwant %q %s", tt.in, f.text, short(f.entities), tt.text, tt.entities)
		}
	}
}

func sorted(s string) string {
	list := strings.Split(s, ", ")
	for i := range list {
		for j := range list[:i] {
			if list[i] < list[j] {
				list[i], list[j] = list[j], list[i]
			}
		}
	}
	return strings.Join(list, ", ")
}

func TestBadHTML(t *testing.T) {
	tests := []struct{ in, want string }{
		{"<x>a</x>", `Unsupported start tag "x" at byte offset 0`},
		{"1 < 2", `Unsupported start tag "" at byte offset 2`},
		{"<b", "Unclosed start tag at byte offset 0"},
		{"<a href", `Expected equal sign in declaration of an attribute of the tag "a" at byte offset 0`},
		{`<a href="x`, `Unclosed start tag "a" at byte offset 0`},
		{`<a "x">`, `Empty attribute name in the tag "a" at byte offset 0`},
		{"<a href=a/b>c</a>", "Unexpected end of name token at byte offset 8"},
		{"<b>a", `Can't find end tag corresponding to start tag "b"`},
		{"你<b>a</i>", `Unmatched end tag at byte offset 7, expected "</b>", found "</i>"`},
		{"a</b>", "Unexpected end tag at byte offset 1"},
		{"<b>a</b", "Unclosed end tag at byte offset 4"},
		{"<b><i>a</b></i>", `Unmatched end tag at byte offset 7, expected "</i>", found "</b>"`},
		{`<span class="big">a</span>`, `Tag "span" must have class "tg-spoiler" at byte offset 0`},
		{"<br>", `Unsupported start tag "br" at byte offset 0`},
		{"<br/>", `Unsupported start tag "br/" at byte offset 0`},
		{"<blockquote open>a</blockquote>", `Expected equal sign in declaration of an attribute of the tag "blockquote" at byte offset 0`},
		{`<tg-time unix="noon">a</tg-time>`, `Invalid Unix time specified in the tag "tg-time"`},
	}
	s := testWorld(t)
	for _, tt := range tests {
		_, err := s.format(tt.in, "html", "")
		want := "Bad Request: can't parse entities: " + tt.want
		if err == nil || err.text != want {
			t.Errorf("%s:\ngot  %v\nwant %s", tt.in, err, want)
		}
	}
}

// TestFind: what Telegram marks by itself in what anybody writes.
func TestFind(t *testing.T) {
	tests := []struct{ in, want string }{
		{"/menu", "bot_command 0+5"},
		{"/menu@town_bot 周二", "bot_command 0+14"},
		{"你好 /menu", "bot_command 3+5"},
		{"😀 /menu", "bot_command 3+5"},
		{"请发/menu", ""},
		{"/menu今天", ""},
		{"/menu，谢谢", "bot_command 0+5"},
		{"a/b /c/d", ""},
		{"/ /-", ""},
		{"/menu@ab", "bot_command 0+5"},
		{"@town_bot 你好", "mention 0+9"},
		{"a@town_bot", ""},
		{"@abc", ""},
		{"#食堂 #1 #a1", "hashtag 0+3, hashtag 7+3"},
		{"https://a.cn/x?y=1#z, b", "url 0+20"},
		{"见https://a.cn/菜单。好", "url 1+15"},
		{"见a.cn", ""},
		{"见 https://a.cn/菜单。好", "url 2+15"},
		{"(https://a.cn)", "url 1+12"},
		{"a.com and b.nope", "url 0+5"},
		{"cook@town.cn", "email 0+12"},
		{"+86 138-0013-8000", "phone_number 0+17"},
		{"+123", ""},
		{"1.5 2:30", ""},
		{"http://localhost/", ""},
		{"12:30-13:00", ""},
	}
	for _, tt := range tests {
		if got := short(findEntities(tt.in)); got != tt.want {
			t.Errorf("%s: got %q, want %q", tt.in, got, tt.want)
		}
	}
}

// TestNest: entities that overlap are cut, code holds nothing.
func TestNest(t *testing.T) {
	e := func(kind string, offset, length int) apiEntity {
		return apiEntity{Type: kind, Offset: offset, Length: length}
	}
	tests := []struct {
		name string
		in   []apiEntity
		want string
	}{
		{"touching", []apiEntity{e("bold", 0, 2), e("bold", 2, 2)}, "bold 0+4"},
		{"overlapping", []apiEntity{e("bold", 0, 4), e("italic", 2, 4)}, "bold 0+4, italic 2+2, italic 4+2"},
		{"around code", []apiEntity{e("bold", 0, 9), e("code", 3, 3)}, "bold 0+3, code 3+3, bold 6+3"},
		{"link cuts bold", []apiEntity{e("bold", 0, 4), e("text_link", 2, 4)}, "bold 0+2, text_link 2+4, bold 2+2"},
		{"two links", []apiEntity{e("text_link", 0, 4), e("text_link", 2, 4)}, "text_link 0+4"},
		{"quote around", []apiEntity{e("bold", 2, 2), e("blockquote", 0, 9), e("code", 5, 2)}, "blockquote 0+9, bold 2+2, code 5+2"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := short(nest(tt.in)); got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}

func TestRender(t *testing.T) {
	tests := []struct{ in, want string }{
		{"a &lt;b&gt; &amp;", "a &lt;b&gt; &amp;"},
		{"<b>a<i>😀</i></b>\nc", "<b>a<i>😀</i></b>\nc"},
		{`<a href="https://a.cn/?q=%22&quot;">x</a>`, `<a href="https://a.cn/?q=%22&#34;" target="_blank" rel="noopener noreferrer">x</a>`},
		{`<pre><code class="language-go">&lt;</code></pre>`, `<pre><code class="language-go">&lt;</code></pre>`},
		{"<tg-spoiler>x</tg-spoiler>", `<span class="spoiler">x</span>`},
		{"<blockquote expandable>x</blockquote>", `<blockquote class="expandable">x</blockquote>`},
		{`<tg-time unix="60" format="t">x</tg-time>`, `<time data-unix="60" data-format="t">x</time>`},
		{"/menu @town_bot #食堂", `<span class="command">/menu</span> <span class="mention">@town_bot</span> <span class="hashtag">#食堂</span>`},
		{"a.cn", `<a href="http://a.cn/" target="_blank" rel="noopener noreferrer">a.cn</a>`},
		{`<a href="tg://user?id=101">居民</a>`, `<span class="mention" data-user="101">居民</span>`},
	}
	s := testWorld(t)
	for _, tt := range tests {
		f, err := s.format(tt.in, "HTML", "")
		if err != nil {
			t.Fatal(err)
		}
		if got := renderHTML(f.text, f.entities); got != tt.want {
			t.Errorf("%s:\ngot  %s\nwant %s", tt.in, got, tt.want)
		}
	}
}

var tagPattern = regexp.MustCompile(`<[^>]*>`)

// checkFormatted: entities lie in the text, nest, and the page shows the text and no more.
func checkFormatted(t *testing.T, f formatted) {
	inside, n := surrogates(f.text)
	var open []int
	for _, e := range f.entities {
		if e.Offset < 0 || e.Length <= 0 || end(e) > n || inside[e.Offset] || inside[end(e)] {
			t.Fatalf("%s outside of %q", short([]apiEntity{e}), f.text)
		}
		for len(open) > 0 && open[len(open)-1] <= e.Offset {
			open = open[:len(open)-1]
		}
		if len(open) > 0 && open[len(open)-1] < end(e) {
			t.Fatalf("%s do not nest in %q", short(f.entities), f.text)
		}
		open = append(open, end(e))
	}
	shown := renderHTML(f.text, f.entities)
	if got := html.UnescapeString(tagPattern.ReplaceAllString(shown, "")); got != html.UnescapeString(html.EscapeString(f.text)) {
		t.Fatalf("%q is shown as %q", f.text, shown)
	}
}

func FuzzHTML(f *testing.F) {
	for _, s := range []string{"<b>a<i>😀</i></b>", "&#x4f60;&lt", `<a href="a.cn">b</a>`, "<pre><code class=\"language-x\">y</code></pre>", "a </b>", "<tg-time unix=1>x</tg-time> /menu"} {
		f.Add(s)
	}
	s := New(Options{})
	f.Fuzz(func(t *testing.T, in string) {
		if !utf8.ValidString(in) {
			return // refused before
		}
		out, err := s.format(in, "HTML", "")
		if err == nil {
			checkFormatted(t, out)
		}
	})
}

func FuzzEntities(f *testing.F) {
	f.Add("你好 /menu a.cn", 0, 2, 1, 4, uint8(3))
	f.Add("😀😀", 0, 2, 2, 2, uint8(200))
	kinds := []string{"bold", "italic", "code", "pre", "text_link", "blockquote", "spoiler", "underline"}
	s := New(Options{})
	f.Fuzz(func(t *testing.T, text string, a, b, c, d int, pick uint8) {
		if !utf8.ValidString(text) {
			return
		}
		list := []apiEntity{
			{Type: kinds[pick%8], Offset: a, Length: b, URL: "https://a.cn"},
			{Type: kinds[pick/8%8], Offset: c, Length: d, URL: "https://a.cn"},
			{Type: kinds[pick/64], Offset: b, Length: d},
		}
		if checkEntities(text, list) == nil {
			checkFormatted(t, s.fix(text, list))
		}
	})
}
