package text

import (
	"bytes"
	"fmt"
	"reflect"
	"strconv"
	"text/template/parse"
)

// walk says a template by itself, without html/template or text/template: of
// those, most messages need text, values, branches and lists only, and saying
// them so takes a tenth of the time. What a walk does not know, be it an action
// or a kind of value, it leaves to the templates, and so it has no errors.
type walk struct {
	b     *bytes.Buffer
	write func(*bytes.Buffer, string) // what is not HTML already
	html  func(*bytes.Buffer, HTML)
	root  reflect.Value
	vars  []variable
}

type variable struct {
	name  string
	value reflect.Value
}

// walkable parses a template for a walk. It returns nil for one that only the
// templates can say.
func walkable(source string) *parse.ListNode {
	t := parse.New("")
	t.Mode = parse.SkipFuncCheck
	if _, err := t.Parse(source, "", "", map[string]*parse.Tree{}); err != nil || !simple(t.Root) {
		return nil
	}
	return t.Root
}

// simple tells whether a walk knows a node and all below it.
func simple(n parse.Node) bool {
	switch n := n.(type) {
	case *parse.ListNode:
		if n == nil {
			return true
		}
		for _, child := range n.Nodes {
			if !simple(child) {
				return false
			}
		}
		return true
	case *parse.TextNode:
		// A value within a tag is escaped by other rules, which html/template has.
		i := bytes.LastIndexAny(n.Text, "<>")
		return i < 0 || n.Text[i] == '>'
	case *parse.ActionNode:
		return len(n.Pipe.Decl) == 0 && simpleValue(n.Pipe)
	case *parse.IfNode:
		return len(n.Pipe.Decl) == 0 && simpleValue(n.Pipe) && simple(n.List) && simple(n.ElseList)
	case *parse.WithNode:
		return len(n.Pipe.Decl) == 0 && simpleValue(n.Pipe) && simple(n.List) && simple(n.ElseList)
	case *parse.RangeNode:
		return !n.Pipe.IsAssign && simpleValue(n.Pipe) && simple(n.List) && simple(n.ElseList)
	}
	return false
}

// simpleValue tells whether a pipeline is ".", ".Name", "$x" or the like.
func simpleValue(p *parse.PipeNode) bool {
	if len(p.Cmds) != 1 || len(p.Cmds[0].Args) != 1 {
		return false
	}
	switch p.Cmds[0].Args[0].(type) {
	case *parse.DotNode, *parse.FieldNode, *parse.VariableNode:
		return true
	}
	return false
}

// say writes a node. It returns false when the templates must say it all.
func (w *walk) say(n parse.Node, dot reflect.Value) bool {
	switch n := n.(type) {
	case *parse.ListNode:
		if n == nil {
			return true
		}
		for _, child := range n.Nodes {
			if !w.say(child, dot) {
				return false
			}
		}
		return true
	case *parse.TextNode:
		w.b.Write(n.Text)
		return true
	case *parse.ActionNode:
		v, ok := w.value(n.Pipe, dot)
		return ok && w.print(v)
	case *parse.IfNode:
		return w.branch(&n.BranchNode, dot, false)
	case *parse.WithNode:
		return w.branch(&n.BranchNode, dot, true)
	case *parse.RangeNode:
		return w.list(n, dot)
	}
	return false
}

func (w *walk) branch(n *parse.BranchNode, dot reflect.Value, with bool) bool {
	v, ok := w.value(n.Pipe, dot)
	if !ok {
		return false
	}
	yes, ok := truth(v)
	switch {
	case !ok:
		return false
	case !yes:
		return w.say(n.ElseList, dot)
	case with:
		dot = v
	}
	return w.say(n.List, dot)
}

func (w *walk) list(n *parse.RangeNode, dot reflect.Value) bool {
	v, ok := w.value(n.Pipe, dot)
	if !ok || v.Kind() != reflect.Slice {
		return false
	}
	if v.Len() == 0 {
		return w.say(n.ElseList, dot)
	}
	outer := len(w.vars)
	for i := range v.Len() {
		item, ok := open(v.Index(i))
		if !ok {
			return false
		}
		switch d := n.Pipe.Decl; len(d) {
		case 1:
			w.vars = append(w.vars, variable{d[0].Ident[0], item})
		case 2:
			w.vars = append(w.vars, variable{d[0].Ident[0], reflect.ValueOf(i)}, variable{d[1].Ident[0], item})
		}
		if !w.say(n.List, item) {
			return false
		}
		w.vars = w.vars[:outer]
	}
	return true
}

// value is what a pipeline of simpleValue stands for.
func (w *walk) value(p *parse.PipeNode, dot reflect.Value) (reflect.Value, bool) {
	v, names := dot, []string(nil)
	switch n := p.Cmds[0].Args[0].(type) {
	case *parse.FieldNode:
		names = n.Ident
	case *parse.VariableNode:
		v, names = w.root, n.Ident[1:]
		for i := len(w.vars) - 1; i >= 0; i-- {
			if w.vars[i].name == n.Ident[0] {
				v = w.vars[i].value
				break
			}
		}
	}
	for _, name := range names {
		var ok bool
		if v, ok = field(v, name); !ok {
			return v, false
		}
	}
	return v, v.IsValid()
}

var (
	anyMap     = reflect.TypeFor[map[string]any]()
	countsType = reflect.TypeFor[counts]()
	htmlType   = reflect.TypeFor[HTML]()
)

// field is an entry of a map with strings for keys, or a field of a struct.
func field(v reflect.Value, name string) (reflect.Value, bool) {
	if v.Kind() == reflect.Pointer {
		v = v.Elem()
	}
	if !v.IsValid() {
		return v, false
	}
	switch t := v.Type(); {
	case t == anyMap:
		return open(reflect.ValueOf(v.Interface().(map[string]any)[name]))
	case t == countsType:
		c := v.Interface().(counts)
		if name == "Count" {
			return reflect.ValueOf(c.n), true
		}
		return field(reflect.ValueOf(c.data), name)
	case t.Kind() == reflect.Struct:
		f, ok := t.FieldByName(name)
		if !ok || !f.IsExported() { // it may be a method
			return v, false
		}
		inner, err := v.FieldByIndexErr(f.Index)
		if err != nil {
			return v, false
		}
		return open(inner)
	}
	return v, false
}

// open is what an interface holds; false for nothing.
func open(v reflect.Value) (reflect.Value, bool) {
	if v.Kind() == reflect.Interface {
		v = v.Elem()
	}
	return v, v.IsValid()
}

// truth is what "if" makes of a value; false for kinds that are left to the templates.
func truth(v reflect.Value) (yes, ok bool) {
	switch v.Kind() {
	case reflect.Bool:
		return v.Bool(), true
	case reflect.String, reflect.Slice, reflect.Map:
		return v.Len() > 0, true
	case reflect.Int, reflect.Int64:
		return v.Int() != 0, true
	case reflect.Struct:
		return true, true
	case reflect.Pointer:
		return !v.IsNil(), true
	}
	return false, false
}

// print writes a value as templates do; false for kinds that are left to them.
func (w *walk) print(v reflect.Value) bool {
	t := v.Type()
	switch {
	case t == htmlType:
		w.html(w.b, HTML(v.String()))
		return true
	case t.NumMethod() > 0:
		if s, ok := v.Interface().(fmt.Stringer); ok && v.Kind() != reflect.Pointer {
			if _, ok := s.(error); !ok {
				w.write(w.b, s.String())
				return true
			}
		}
		return false
	}
	switch v.Kind() {
	case reflect.String:
		w.write(w.b, v.String())
	case reflect.Int, reflect.Int64:
		w.b.Write(strconv.AppendInt(w.b.AvailableBuffer(), v.Int(), 10))
	default:
		return false
	}
	return true
}

func escaped(b *bytes.Buffer, s string) { b.WriteString(string(Escape(s))) }
func asIs(b *bytes.Buffer, s string)    { b.WriteString(s) }
func tagged(b *bytes.Buffer, h HTML)    { b.WriteString(string(h)) }
func bared(b *bytes.Buffer, h HTML)     { b.WriteString(Bare(h)) }
