package text

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	gotoken "go/token"
	html "html/template"
	"io"
	"io/fs"
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"text/template/parse"
)

// entry is what a file says of a key, by plural form.
type entry map[form]string

// file reads a file of the catalogue without go-i18n: keys that are there twice
// are not lost.
func file(t *testing.T, name string) map[string]entry {
	t.Helper()
	data, err := files.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	d := json.NewDecoder(bytes.NewReader(data))
	if _, err := d.Token(); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	all := map[string]entry{}
	for d.More() {
		key, err := d.Token()
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if _, twice := all[key.(string)]; twice {
			t.Errorf("%s: %s is there twice", name, key)
		}
		var raw json.RawMessage
		if err := d.Decode(&raw); err != nil {
			t.Fatalf("%s: %s: %v", name, key, err)
		}
		var said string
		forms := entry{}
		if json.Unmarshal(raw, &said) == nil {
			forms[other] = said
		} else if err := json.Unmarshal(raw, &forms); err != nil {
			t.Fatalf("%s: %s is neither text nor plural forms: %v", name, key, err)
		}
		all[key.(string)] = forms
	}
	return all
}

// features lists the words that files begin with.
func features(t *testing.T) []string {
	t.Helper()
	names, err := fs.Glob(files, "*.json")
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]bool{}
	for _, name := range names {
		feature, _, _ := strings.Cut(name, ".")
		all[feature] = true
	}
	return slices.Sorted(maps.Keys(all))
}

// each calls f for every template of the catalogue, with its place.
func each(t *testing.T, l Language, f func(where, key, source string)) {
	t.Helper()
	for _, feature := range features(t) {
		name := fmt.Sprintf("%s.%s.json", feature, l)
		for key, e := range file(t, name) {
			for form, source := range e {
				f(fmt.Sprintf("%s: %s (%s)", name, key, form), key, source)
			}
		}
	}
}

func TestCatalogue(t *testing.T) {
	shape := regexp.MustCompile(`^[a-z]+\.[a-z0-9_]+$`)
	for _, feature := range features(t) {
		chinese, english := file(t, feature+".zh-Hans.json"), file(t, feature+".en.json")
		for _, key := range slices.Sorted(maps.Keys(chinese)) {
			c, e := chinese[key], english[key]
			if !shape.MatchString(key) || !strings.HasPrefix(key, feature+".") {
				t.Errorf("%s: a key here is %s.word", key, feature)
			}
			if e == nil {
				t.Errorf("%s: no English", key)
				continue
			}
			if len(c) != 1 || c[other] == "" {
				t.Errorf("%s: Chinese has the form other alone", key)
			}
			if e[other] == "" || len(e) > 1 && (len(e) != 2 || e[one] == "") {
				t.Errorf("%s: English has the form other, or one and other", key)
			}
			if got, want := placeholders(t, e), placeholders(t, c); !slices.Equal(got, want) {
				t.Errorf("%s: values %q in English, %q in Chinese", key, got, want)
			}
		}
		for key := range english {
			if chinese[key] == nil {
				t.Errorf("%s: no Chinese", key)
			}
		}
	}
}

// placeholders lists the fields that templates name, such as ".Name". A month is
// a number in Chinese and a name in English: ".MonthName" counts as ".Month".
func placeholders(t *testing.T, e entry) []string {
	t.Helper()
	all := map[string]bool{}
	for _, source := range e {
		p, err := parsePlain(source)
		if err != nil {
			t.Errorf("%q: %v", source, err)
			continue
		}
		inspect(p.Root, func(n parse.Node) {
			switch n := n.(type) {
			case *parse.FieldNode:
				all[strings.Replace(n.String(), ".MonthName", ".Month", 1)] = true
			case *parse.VariableNode:
				if n.Ident[0] == "$" {
					all[strings.TrimPrefix(n.String(), "$")] = true
				}
			}
		})
	}
	return slices.Sorted(maps.Keys(all))
}

// inspect calls f for each node below n that a template can have here.
func inspect(n parse.Node, f func(parse.Node)) {
	f(n)
	branch := func(b parse.BranchNode) {
		inspect(b.Pipe, f)
		inspect(b.List, f)
		if b.ElseList != nil {
			inspect(b.ElseList, f)
		}
	}
	switch n := n.(type) {
	case *parse.ListNode:
		for _, c := range n.Nodes {
			inspect(c, f)
		}
	case *parse.PipeNode:
		for _, c := range n.Cmds {
			inspect(c, f)
		}
	case *parse.CommandNode:
		for _, c := range n.Args {
			inspect(c, f)
		}
	case *parse.ActionNode:
		inspect(n.Pipe, f)
	case *parse.IfNode:
		branch(n.BranchNode)
	case *parse.RangeNode:
		branch(n.BranchNode)
	case *parse.WithNode:
		branch(n.BranchNode)
	}
}

var action = regexp.MustCompile(`(?s)\{\{.*?\}\}`)

// telegramTags are all that Telegram's HTML has.
//
// Source: "HTML style", https://core.telegram.org/bots/api#html-style.
var telegramTags = []string{"b", "strong", "i", "em", "u", "ins", "s", "strike", "del", "span", "tg-spoiler", "a", "tg-emoji", "tg-time", "code", "pre", "blockquote"}

func TestTags(t *testing.T) {
	for _, l := range Languages() {
		each(t, l, func(where, key, source string) {
			p, err := parseHTML(source)
			if err != nil {
				t.Errorf("%s: %v", where, err)
				return
			}
			var wrong *html.Error
			if err := p.Execute(io.Discard, map[string]any{}); errors.As(err, &wrong) {
				t.Errorf("%s: not HTML that can be escaped: %v", where, err)
			}
			literal := action.ReplaceAllString(source, "")
			if !balanced(literal) {
				t.Errorf("%s: tags are not balanced: %s", where, literal)
			}
			var text strings.Builder
			for tok := range tokens(literal) {
				if !tok.tag() {
					text.WriteString(tok.raw)
				} else if !slices.Contains(telegramTags, tok.name) {
					t.Errorf("%s: Telegram has no tag %s", where, tok.raw)
				}
			}
			if rest := entities.ReplaceAllString(text.String(), ""); strings.ContainsAny(rest, "<>&") {
				t.Errorf("%s: write &lt; &gt; &amp;: %s", where, rest)
			}
			if source != strings.TrimSpace(source) {
				t.Errorf("%s: white space at an end", where)
			}
		})
	}
}

// TestChinese wants Chinese punctuation next to hanzi, and the words of a
// neighbour, not of an office.
func TestChinese(t *testing.T) {
	ascii := regexp.MustCompile(`\p{Han}[,.;:?!()]|[,;:?!()]\p{Han}|\.\.\.|\p{Han}"|"\p{Han}`)
	official := []string{"特此", "予以", "知悉", "悉知", "周知", "敬请", "敬告", "贵单位", "兹", "鉴于", "遵照", "妥否", "该用户", "操作失败", "系统错误", "系统异常", "非法", "尊敬的", "相关部门", "办理完毕", "您的请求", "提交成功", "用户不存在", "参数"}
	each(t, Chinese, func(where, key, source string) {
		said := Bare(HTML(action.ReplaceAllString(source, "")))
		if m := ascii.FindString(said); m != "" {
			t.Errorf("%s: ASCII punctuation in %q", where, m)
		}
		for _, word := range official {
			if strings.Contains(said, word) {
				t.Errorf("%s: nobody at the market says %s", where, word)
			}
		}
	})
}

// TestUse wants words for every key in the code, and code for every key.
func TestUse(t *testing.T) {
	var keys, starts []string // whole keys; beginnings that the code completes
	for _, u := range uses(t) {
		switch {
		case u.start:
			starts = append(starts, u.key)
			if !slices.ContainsFunc(Keys(), func(k string) bool { return strings.HasPrefix(k, u.key) }) {
				t.Errorf("%s: no key begins with %q", u.at, u.key)
			}
		default:
			keys = append(keys, u.key)
			if !Has(u.key) {
				t.Errorf("%s: no words for %q", u.at, u.key)
			}
		}
		if u.plain {
			for _, l := range Languages() {
				for key, m := range book().messages[l] {
					if key == u.key || u.start && strings.HasPrefix(key, u.key) {
						if s := action.ReplaceAllString(m.other.source, ""); strings.ContainsAny(s, "<>&") {
							t.Errorf("%s: %s is said as plain text, but is HTML in %s: %s", u.at, key, l, s)
						}
					}
				}
			}
		}
	}
	for _, key := range Keys() {
		if !slices.Contains(keys, key) && !slices.ContainsFunc(starts, func(s string) bool { return strings.HasPrefix(key, s) }) {
			t.Errorf("nobody says %s", key)
		}
	}
}

// use is a key in the code.
type use struct {
	at    string
	key   string
	start bool // the code adds to it: "menu.doubt_" + word
	plain bool // it is for Plain
}

// uses finds the strings in the code, but for this package, the simulator and the keys of
// the configuration, that look like a key of a feature which has words.
func uses(t *testing.T) []use {
	t.Helper()
	shape := regexp.MustCompile(`^(` + strings.Join(features(t), "|") + `)\.[a-z0-9_]*$`)
	names := regexp.MustCompile(`\.(go|json|yaml|xlsx|csv|png|ttf|html|txt|md|db)$`)
	var all []use
	err := filepath.WalkDir("../..", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == "testdata" || d.Name() == ".git" || path == filepath.Join("..", "..", "bot", "text") || d.Name() == "sim" || d.Name() == "config") {
			return filepath.SkipDir
		}
		if !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		set := gotoken.NewFileSet()
		file, err := parser.ParseFile(set, path, nil, parser.SkipObjectResolution)
		if err != nil {
			return nil //nolint:nilerr // someone is at it; the compiler tells
		}
		marks := map[ast.Node]use{}
		ast.Inspect(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.CallExpr:
				if f, ok := n.Fun.(*ast.SelectorExpr); ok && f.Sel.Name == "Plain" && len(n.Args) > 0 {
					marks[n.Args[0]] = use{plain: true}
				}
			case *ast.BinaryExpr:
				marks[n.X] = use{start: n.Op == gotoken.ADD, plain: marks[n].plain}
			case *ast.BasicLit:
				s, err := strconv.Unquote(n.Value)
				if n.Kind != gotoken.STRING || err != nil || !shape.MatchString(s) || names.MatchString(s) {
					return true
				}
				m := marks[n]
				all = append(all, use{at: set.Position(n.Pos()).String(), key: s, start: m.start, plain: m.plain})
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}
