package text

import (
	"bytes"
	"errors"
	"fmt"
	html "html/template"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"text/template/parse"
	"time"

	"pgregory.net/rapid"
)

func TestMatch(t *testing.T) {
	for _, tt := range []struct {
		code string
		def  Language
		want Language
	}{
		{"zh", English, Chinese},
		{"zh-CN", English, Chinese},
		{"zh-hans", English, Chinese},
		{"zh_TW.UTF-8", English, Chinese},
		{"ZH-HK", English, Chinese},
		{"en", Chinese, English},
		{"en-GB", Chinese, English},
		{"en_US.UTF-8@x", Chinese, English},
		{"ru", Chinese, Chinese},
		{"ru", English, English},
		{"", Chinese, Chinese},
		{"", English, English},
		{"C.UTF-8", Chinese, Chinese},
		{"POSIX", English, English},
		{"enm", Chinese, Chinese},
		{"-", English, English},
	} {
		if got := Match(tt.code, tt.def); got != tt.want {
			t.Errorf("Match(%q, %s) = %s, want %s", tt.code, tt.def, got, tt.want)
		}
	}
}

func TestLanguage(t *testing.T) {
	for _, l := range Languages() {
		if got := In(l).Language(); got != l {
			t.Errorf("In(%s) speaks %s", l, got)
		}
	}
	if got := In("ru").Language(); got != Chinese {
		t.Errorf("In(ru) speaks %s", got)
	}
	if got := (Words{}).HTML("chat.cancelled", nil); got != In(Chinese).HTML("chat.cancelled", nil) {
		t.Errorf("the zero Words say %q", got)
	}
}

// speak puts messages of a test in place of the catalogue, and gathers the keys
// that were at fault.
func speak(t *testing.T, chinese, english map[string]message) *[]string {
	c, err := read(fstest.MapFS{})
	if err != nil {
		t.Fatal(err)
	}
	c.messages = map[Language]map[string]message{Chinese: chinese, English: english}
	old := book
	book = func() *catalogue { return c }
	var faults []string
	OnFault(func(key string, err error) { faults = append(faults, key) })
	t.Cleanup(func() { book = old; OnFault(nil) })
	return &faults
}

func says(s string) message { return message{other: newPhrase(s)} }

type person struct {
	Name string
	Age  int
	Note HTML
	Nick *string
}

func (p person) Title() string { return "Dr. " + p.Name }

func TestHTML(t *testing.T) {
	evil := person{Name: `<b>&"'+` + "\x00\xff", Age: 7, Note: "<i>x</i>"}
	const safe = "&lt;b&gt;&amp;&#34;&#39;+\uFFFD\uFFFD"
	tests := []struct {
		name, source string
		data         any
		html, plain  string
	}{
		{"no values", "a &lt; b", nil, "a &lt; b", "a &lt; b"},
		{"a field", "Hi {{.Name}}!", evil, "Hi " + safe + "!", "Hi <b>&\"'+\x00\uFFFD!"},
		{"a pointer to a struct", "Hi {{.Age}}!", &evil, "Hi 7!", "Hi 7!"},
		{"HTML", "{{.Note}}", evil, "<i>x</i>", "x"},
		{"a method", "{{.Title}}", person{Name: "<A>"}, "Dr. &lt;A&gt;", "Dr. <A>"},
		{"a map", "{{.A}}{{.B}}", map[string]any{"A": "<", "B": 1.5}, "&lt;1.5", "<1.5"},
		{"a map of strings", "{{.A}}", map[string]string{"A": "<"}, "&lt;", "<"},
		{"an empty string", "[{{.A}}]", map[string]any{"A": ""}, "[]", "[]"},
		{"a branch", "{{if .Name}}<b>{{.Name}}</b>{{else}}nobody{{end}}", person{Name: "&"}, "<b>&amp;</b>", "<b>&</b>"},
		{"the other branch", "{{if .Name}}<b>{{.Name}}</b>{{else}}nobody{{end}}", person{}, "nobody", "nobody"},
		{"a list", "{{range $i, $x := .L}}{{if $i}}, {{end}}{{$x}}{{end}}", map[string]any{"L": []string{"a", "<"}}, "a, &lt;", "a, <"},
		{"a list of HTML", "{{range .L}}{{.}}{{end}}", map[string]any{"L": []HTML{"<b>a</b>", "&lt;"}}, "<b>a</b>&lt;", "a<"},
		{"with", "{{with .A}}{{.}}{{end}}", map[string]any{"A": "<"}, "&lt;", "<"},
		{"with a struct", "{{with .P}}{{.Name}}{{end}}{{.Name}}", map[string]any{"P": person{Name: "p"}, "Name": "m"}, "pm", "pm"},
		{"lists in lists", "{{range $i, $x := .L}}{{range $j, $y := $x}}{{$i}}{{$y}}{{$.N}} {{end}}{{$x}}{{end}}", map[string]any{"N": "n", "L": [][]string{{"a"}, {"b", "c"}}}, "0an [a]1bn 1cn [b c]", "0an [a]1bn 1cn [b c]"},
		{"a variable hidden by another", "{{range $x := .L}}{{range $x := $.M}}{{$x}}{{end}}{{$x}}{{end}}", map[string]any{"L": []int{1, 2}, "M": []int{3}}, "3132", "3132"},
		{"a field of an embedded struct", "{{if .Name}}{{.Name}}{{end}}", struct{ person }{person{Name: "<"}}, "&lt;", "<"},
		{"a Stringer", "{{.A}} {{.B}}", map[string]any{"A": shout("a"), "B": new(shout)}, "A&lt;!&gt; &lt;!&gt;", "A<!> <!>"},
		{"a URL is text", "{{.A}}", map[string]any{"A": html.URL("a&b")}, "a&amp;b", "a&b"},
		{"a variable", "{{$n := .Name}}{{$n}}", person{Name: "<"}, "&lt;", "<"},
		{"within an attribute", `<a href="tg://user?id={{.Age}}">{{.Name}}</a>`, person{Name: "<", Age: 5}, `<a href="tg://user?id=5">&lt;</a>`, `<a href="tg://user?id=5"><</a>`},
		{"out of an attribute", `<a href="https://a.b/{{.Name}}">x</a>`, person{Name: `"><b>`}, `<a href="https://a.b/%22%3e%3cb%3e">x</a>`, `<a href="https://a.b/"><b>">x</a>`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			faults := speak(t, map[string]message{"a.b": says(tt.source)}, nil)
			if got := In(Chinese).HTML("a.b", tt.data); string(got) != tt.html {
				t.Errorf("HTML is %q, want %q", got, tt.html)
			}
			if got := In(Chinese).Plain("a.b", tt.data); got != tt.plain {
				t.Errorf("Plain is %q, want %q", got, tt.plain)
			}
			if len(*faults) > 0 {
				t.Errorf("faults: %v", *faults)
			}
		})
	}
}

func TestFaults(t *testing.T) {
	chinese := map[string]message{
		"a.only": says("只有中文"), "a.both": says("{{.A}}"), "a.one": says("{{if .No}}{{.A}}{{end}}好"),
		"a.broken": says("好"), "a.small": says("{{.a}}"), "a.range": says("{{range .L}}{{.}}{{end}}"),
	}
	english := map[string]message{"a.both": says("{{.A}}!"), "a.one": says("{{.A}}"), "a.broken": says("{{.A"), "a.small": says("{{.a}}"), "a.range": says("{{range .L}}{{.}}{{end}}")}
	const sorry = "I could not put this into words. Please try again."
	tests := []struct {
		name, key string
		data      any
		want      string
		faults    int
	}{
		{"no English", "a.only", nil, "只有中文", 1},
		{"nothing at all", "a.none", nil, sorry, 2},
		{"no data", "a.both", nil, sorry, 2},
		{"no such entry", "a.both", map[string]any{"B": 1}, sorry, 2},
		{"no such field", "a.both", struct{ B int }{}, sorry, 2},
		{"nil", "a.both", map[string]any{"A": nil}, sorry, 2},
		{"a nil pointer", "a.both", map[string]any{"A": (*int)(nil)}, sorry, 2},
		{"a nil Stringer", "a.both", map[string]any{"A": (*shout)(nil)}, sorry, 2},
		{"a field that is not exported", "a.small", struct{ a string }{"secret"}, sorry, 2},
		{"nil in a list", "a.range", map[string]any{"L": []any{nil}}, sorry, 2},
		{"only Chinese can say it", "a.one", map[string]any{"No": false}, "好", 1},
		{"not a template", "a.broken", nil, "好", 1},
		{"data of a wrong kind", "a.both", 7, sorry, 2},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			faults := speak(t, chinese, english)
			if got := In(English).HTML(tt.key, tt.data); string(got) != tt.want {
				t.Errorf("HTML says %q, want %q", got, tt.want)
			}
			if got := In(English).Plain(tt.key, tt.data); got != tt.want {
				t.Errorf("Plain says %q, want %q", got, tt.want)
			}
			if want := slices.Repeat([]string{tt.key}, 2*tt.faults); !slices.Equal(*faults, want) {
				t.Errorf("faults %q, want %q", *faults, want)
			}
		})
	}
}

func TestCount(t *testing.T) {
	speak(t, map[string]message{"a.dishes": says("{{.Count}}道{{.What}}")},
		map[string]message{"a.dishes": {one: newPhrase("one {{.What}}"), other: newPhrase("{{.Count}} {{.What}}{{if .Big}}!{{end}}")}})
	type what struct {
		What string
		Big  bool
	}
	for _, tt := range []struct {
		language Language
		n        int
		data     any
		want     HTML
	}{
		{English, 0, what{"<>", true}, "0 &lt;&gt;!"},
		{English, 1, what{"dish", true}, "one dish"},
		{English, 2, &what{"dish", false}, "2 dish"},
		{English, 21, map[string]any{"What": "x", "Big": false, "Count": "no"}, "21 x"},
		{English, -1, map[string]any{"What": "x", "Big": false}, "one x"}, // the rule takes the absolute value
		{Chinese, 0, what{What: "菜"}, "0道菜"},
		{Chinese, 1, map[string]string{"What": "菜"}, "1道菜"},
		{Chinese, 1000000, what{What: "菜"}, "1000000道菜"},
	} {
		if got := In(tt.language).Count("a.dishes", tt.n, tt.data); got != tt.want {
			t.Errorf("%s, %d of %v: %q, want %q", tt.language, tt.n, tt.data, got, tt.want)
		}
	}
	speak(t, map[string]message{"a.n": says("{{.Count}}")}, nil)
	if got := In(Chinese).Count("a.n", 3, nil); got != "3" {
		t.Errorf("got %q", got)
	}
}

func TestKeys(t *testing.T) {
	keys := Keys()
	if !slices.IsSorted(keys) || !slices.Contains(keys, "chat.sorry") {
		t.Errorf("keys: %v", keys)
	}
	if !Has("chat.sorry") || Has("chat.") || Has("form") || Has("") {
		t.Error("Has is wrong")
	}
}

func TestRead(t *testing.T) {
	for name, dir := range map[string]fstest.MapFS{
		"no JSON":          {"a.en.json": {Data: []byte("{")}},
		"another language": {"a.fr.json": {Data: []byte(`{"a.b": "c"}`)}},
		"no language":      {"a.json": {Data: []byte(`{"a.b": "c"}`)}},
		"a key twice":      {"a.en.json": {Data: []byte(`{"a.b": "c"}`)}, "b.en.json": {Data: []byte(`{"a.b": "c"}`)}},
	} {
		if _, err := read(dir); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func TestConcurrent(t *testing.T) {
	OnFault(func(key string, err error) { t.Errorf("%s: %v", key, err) })
	t.Cleanup(func() { OnFault(nil) })
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			for _, l := range Languages() {
				want := fmt.Sprintf("<code>c%d&lt;</code>", i)
				if got := In(l).HTML("chat.sorry", map[string]any{"Code": fmt.Sprintf("c%d<", i)}); !strings.Contains(string(got), want) {
					t.Errorf("%q lacks %s", got, want)
				}
			}
		})
	}
	all.Wait()
}

type shout string

func (s shout) String() string { return strings.ToUpper(string(s)) + "<!>" }

// someTemplate draws a template that may be simple or not.
func someTemplate(depth int) *rapid.Generator[string] {
	return rapid.Custom(func(t *rapid.T) string {
		var b strings.Builder
		for range rapid.IntRange(0, 4).Draw(t, "nodes") {
			b.WriteString(rapid.SampledFrom([]string{"", "x", "<b>", "</b>", " &amp; ", "中", "\n", `<a href="`, `">`}).Draw(t, "text"))
			value := rapid.SampledFrom([]string{".Name", ".Name", ".Age", ".Note", ".Nick", ".Any", ".Gone", ".Count", ".Embedded", ".Title", ".", "$", "$.Name", "$.Count", ".List", ".Any.Name", "$x", "$i", "$x.Name"}).Draw(t, "value")
			action := "print"
			if depth > 0 {
				action = rapid.SampledFrom([]string{"print", "if", "with", "range", "range $x :=", "range $i, $x :="}).Draw(t, "action")
			}
			switch action {
			case "print":
				b.WriteString(rapid.SampledFrom([]string{"{{" + value + "}}", "{{- " + value + " -}}", "{{print " + value + "}}"}).Draw(t, "form"))
				continue
			case "range $x :=", "range $i, $x :=":
				value = rapid.SampledFrom([]string{".List", ".List", value}).Draw(t, "list")
			}
			b.WriteString("{{" + action + " " + value + "}}" + someTemplate(depth-1).Draw(t, "inner"))
			if rapid.Bool().Draw(t, "else") {
				b.WriteString("{{else}}" + someTemplate(depth-1).Draw(t, "otherwise"))
			}
			b.WriteString("{{end}}")
		}
		return b.String()
	})
}

// TestWalk wants a walk to say what the templates say, and leave to them what
// they refuse.
func TestWalk(t *testing.T) {
	type embedded struct{ Embedded string }
	type wide struct {
		person
		embedded
		Any   any
		Name  string
		Count uint8
		List  []person
	}
	walked := 0
	rapid.Check(t, func(t *rapid.T) {
		source := someTemplate(2).Draw(t, "source")
		value := rapid.SampledFrom([]any{nil, "", "<a>&\"'\x00", HTML("<i>&lt;</i>"), HTML(""), 0, 7, int64(-3), 1.5, true, false, shout("a<"), shout(""), (*int)(nil), []string{"<"}, []any{1, "<", nil},
			uint8(3), struct{}{}, errors.New("<e>"), (*shout)(nil), map[string]any{"Name": "m<"}, person{Name: "p<"}, &person{Name: "&p"}, (*person)(nil), html.URL("a<b"), time.Second})
		nick := "n<"
		w := wide{person{"<>", 3, "<b>n</b>", &nick}, embedded{"e"}, value.Draw(t, "Any"), rapid.String().Draw(t, "Name"), 9, []person{{Name: "<1>"}, {Note: "<2>"}}}
		data := rapid.SampledFrom([]any{nil, w, &w, map[string]any{"Name": value.Draw(t, "Name"), "Age": 1, "Count": "c", "Any": value.Draw(t, "Any"), "List": rapid.SampledFrom([]any{nil, []any{}, []any{"<", 1}, []int{0, 1}, []HTML{"<b>"}, []*person{{Name: "<"}, nil}, map[string]int{"a": 1}, 2}).Draw(t, "List")},
			map[string]string{"Name": "<"}, counts{5, w}, counts{5, &w}, counts{5, map[string]any{"Name": "x"}}, counts{5, nil}, (*wide)(nil)}).Draw(t, "data")
		for _, plain := range []bool{false, true} {
			short, long := newPhrase(source+"{{/**/}}"), newPhrase(source+"{{/**/}}")
			long.nodes = func() *parse.ListNode { return nil }
			say := (*phrase).asHTML
			if plain {
				say = (*phrase).asPlain
			}
			got, gotErr := said(short, data, say)
			want, wantErr := said(long, data, say)
			got, want = strings.ReplaceAll(got, "&#43;", "+"), strings.ReplaceAll(want, "&#43;", "+") // templates write so, Escape has no need to
			if got != strings.ToValidUTF8(want, "\uFFFD") || (gotErr == nil) != (wantErr == nil) {
				t.Fatalf("%q of %#v (plain: %v):\n%q, %v; want\n%q, %v", source, data, plain, got, gotErr, want, wantErr)
			}
			if short.walk(walk{b: new(bytes.Buffer), write: asIs, html: bared}, data) {
				walked++
			}
		}
	})
	if walked == 0 {
		t.Error("no template was walked")
	}
	t.Log(walked, "walked")
}

func said(p *phrase, data any, say func(*phrase, *bytes.Buffer, any) error) (string, error) {
	var b bytes.Buffer
	if err := say(p, &b, data); err != nil {
		return "", err
	}
	return b.String(), nil
}

func BenchmarkHTML(b *testing.B) {
	old := book
	b.Cleanup(func() { book = old })
	c, err := read(fstest.MapFS{})
	if err != nil {
		b.Fatal(err)
	}
	c.messages[Chinese] = map[string]message{
		"a.flat":   says("{{.A}} <b>{{.B}}</b>: {{.C}} {{.D}} {{.E}}"),
		"a.branch": says("{{if .A}}{{.A}}{{end}} <b>{{.B}}</b>: {{.C}} {{.D}} {{.E}}"),
		"a.list":   says("{{range $i, $x := .L}}{{if $i}}、{{end}}<b>{{$x.A}}</b>{{if .C}} {{.C}}{{end}}{{end}}"),
		"a.link":   says(`{{.A}} <a href="tg://user?id={{.C}}">{{.B}}</a> {{.D}} {{.E}}`),
	}
	book = func() *catalogue { return c }
	type values struct {
		A, B string
		C    int
		D    HTML
		E    string
	}
	v := values{"红烧猪肉 & 鱼", "周二", 12, "<i>x</i>", "食堂"}
	m := map[string]any{"A": v.A, "B": v.B, "C": v.C, "D": v.D, "E": v.E, "L": []values{v, v, v, v, v, v, v, v, v, v}}
	for _, bm := range []struct {
		name string
		say  func(Words)
	}{
		{"map", func(w Words) { w.HTML("a.flat", m) }},
		{"struct", func(w Words) { w.HTML("a.flat", v) }},
		{"branch", func(w Words) { w.HTML("a.branch", m) }},
		{"list of 10", func(w Words) { w.HTML("a.list", m) }},
		{"link", func(w Words) { w.HTML("a.link", m) }},
		{"plain", func(w Words) { w.Plain("a.flat", m) }},
		{"count", func(w Words) { w.Count("a.flat", 3, m) }},
	} {
		b.Run(bm.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				bm.say(In(Chinese))
			}
		})
	}
}
