package text

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	html "html/template"
	"io/fs"
	"reflect"
	"strings"
	"sync"
	plain "text/template"
	"text/template/parse"

	"github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/language"
)

//go:embed *.json
var files embed.FS

// catalogue is what all the files say.
type catalogue struct {
	messages map[Language]map[string]message
	plurals  map[Language]*i18n.Localizer
}

// book is the catalogue, read when the first word is said. It panics when a file
// is not a catalogue: they are built in, so a test finds it first.
var book = sync.OnceValue(func() *catalogue {
	c, err := read(files)
	if err != nil {
		panic(err)
	}
	return c
})

// read makes a catalogue of the JSON files at the root of dir. Templates are
// parsed when they are first said.
func read(dir fs.FS) (*catalogue, error) {
	names, err := fs.Glob(dir, "*.json")
	if err != nil {
		return nil, err
	}
	bundle := i18n.NewBundle(language.MustParse(string(Chinese)))
	c := &catalogue{messages: map[Language]map[string]message{Chinese: {}, English: {}}, plurals: map[Language]*i18n.Localizer{}}
	for _, name := range names {
		file, err := bundle.LoadMessageFileFS(dir, name)
		if err != nil {
			return nil, fmt.Errorf("text: read %s: %w", name, err)
		}
		messages, ok := c.messages[Language(file.Tag.String())]
		if !ok {
			return nil, fmt.Errorf("text: read %s: a name is <feature>.zh-Hans.json or <feature>.en.json", name)
		}
		for _, m := range file.Messages {
			if _, twice := messages[m.ID]; twice {
				return nil, fmt.Errorf("text: read %s: %s is in another file too", name, m.ID)
			}
			messages[m.ID] = message{one: newPhrase(m.One), other: newPhrase(m.Other)}
		}
	}
	for l := range c.messages {
		tag := language.MustParse(string(l))
		if err := bundle.AddMessages(tag, &i18n.Message{ID: formID, One: string(one), Other: string(other)}); err != nil {
			return nil, fmt.Errorf("text: plurals of %s: %w", l, err)
		}
		c.plurals[l] = i18n.NewLocalizer(bundle, string(l))
	}
	return c, nil
}

// form is a plural form by its CLDR name; our languages have two.
type form string

const (
	one   form = "one"
	other form = "other"
)

// formID is a message that says the name of its own plural form: so go-i18n, whose
// rules are not exported, tells which form a number takes.
const formID = "form"

func (c *catalogue) form(l Language, n int) form {
	name, err := c.plurals[l].Localize(&i18n.LocalizeConfig{MessageID: formID, PluralCount: n})
	if err != nil {
		return other
	}
	return form(name)
}

// message is what a key says, by plural form.
type message struct{ one, other *phrase }

func (m message) in(f form) *phrase {
	if f == one && m.one != nil {
		return m.one
	}
	return m.other
}

// phrase is a template, parsed when it is first said: for a walk, as HTML, or as
// plain text.
type phrase struct {
	source string
	fixed  bool // it holds no actions: source is what it says
	nodes  func() *parse.ListNode
	html   func() (*html.Template, error)
	plain  func() (*plain.Template, error)
}

func newPhrase(source string) *phrase {
	if source == "" {
		return nil
	}
	return &phrase{
		source: source,
		fixed:  !strings.Contains(source, "{{"),
		nodes:  sync.OnceValue(func() *parse.ListNode { return walkable(source) }),
		html:   sync.OnceValues(func() (*html.Template, error) { return parseHTML(source) }),
		plain:  sync.OnceValues(func() (*plain.Template, error) { return parsePlain(source) }),
	}
}

func (p *phrase) asHTML(b *bytes.Buffer, data any) error {
	if p.walk(walk{b: b, write: escaped, html: tagged}, data) {
		return nil
	}
	t, err := p.html()
	if err != nil {
		return err
	}
	return t.Execute(b, seen(data))
}

func (p *phrase) asPlain(b *bytes.Buffer, data any) error {
	if p.walk(walk{b: b, write: asIs, html: bared}, data) {
		return nil
	}
	t, err := p.plain()
	if err != nil {
		return err
	}
	return t.Execute(b, seen(data))
}

// walk says p without its template, if it can.
func (p *phrase) walk(w walk, data any) bool {
	nodes := p.nodes()
	if nodes == nil {
		return false
	}
	w.root = reflect.ValueOf(data)
	if w.say(nodes, w.root) {
		return true
	}
	w.b.Reset()
	return false
}

// seen is data as templates see it.
func seen(data any) any {
	if c, ok := data.(counts); ok {
		return c.values()
	}
	return data
}

func parseHTML(source string) (*html.Template, error) {
	t, err := html.New("").Option("missingkey=error").Funcs(html.FuncMap{guard: some}).Parse(source)
	if err != nil {
		return nil, err
	}
	guardAll(t.Tree.Root)
	return t, nil
}

func parsePlain(source string) (*plain.Template, error) {
	t, err := plain.New("").Option("missingkey=error").Funcs(plain.FuncMap{guard: someBare}).Parse(source)
	if err != nil {
		return nil, err
	}
	guardAll(t.Tree.Root)
	return t, nil
}

// guard is the function that every value passes through on its way out. It is
// added to the parsed template, no file names it.
const guard = "said"

// errNothing refuses to say a value that is not there: templates would print
// "<no value>" or "<nil>".
var errNothing = errors.New("text: a value is nil")

func some(v any) (any, error) {
	if v == nil {
		return nil, errNothing
	}
	if r := reflect.ValueOf(v); r.Kind() == reflect.Pointer && r.IsNil() {
		return nil, errNothing
	}
	return v, nil
}

func someBare(v any) (any, error) {
	if h, ok := v.(HTML); ok {
		return Bare(h), nil
	}
	return some(v)
}

// guardAll ends each pipeline below n that prints something with guard.
func guardAll(n parse.Node) {
	switch n := n.(type) {
	case *parse.ListNode:
		if n == nil {
			return
		}
		for _, child := range n.Nodes {
			guardAll(child)
		}
	case *parse.ActionNode:
		if len(n.Pipe.Decl) == 0 {
			n.Pipe.Cmds = append(n.Pipe.Cmds, &parse.CommandNode{
				NodeType: parse.NodeCommand,
				Pos:      n.Pos,
				Args:     []parse.Node{parse.NewIdentifier(guard).SetPos(n.Pos)},
			})
		}
	case *parse.IfNode:
		guardAll(n.List)
		guardAll(n.ElseList)
	case *parse.RangeNode:
		guardAll(n.List)
		guardAll(n.ElseList)
	case *parse.WithNode:
		guardAll(n.List)
		guardAll(n.ElseList)
	}
}
