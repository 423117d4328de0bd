package text

import (
	"strings"
	"testing"
	plain "text/template"
	"text/template/parse"
)

// TestRender says every key once in every language, with values made up for what its
// template asks for.
func TestRender(t *testing.T) {
	OnFault(func(key string, err error) { t.Errorf("%s: %v", key, err) })
	defer OnFault(nil)
	for _, l := range Languages() {
		for id, m := range book().messages[l] {
			data := sampleOf(t, id, m.other.source)
			if got := In(l).HTML(id, data); got == "" || strings.Contains(string(got), "<no value>") {
				t.Errorf("%s %s is %q", l, id, got)
			}
			if got := In(l).Plain(id, data); got == "" || strings.Contains(got, "<no value>") {
				t.Errorf("%s %s is %q in plain", l, id, got)
			}
		}
	}
}

// sampleOf makes values for a template: lists for what it ranges over, words for the rest.
func sampleOf(t *testing.T, id, text string) map[string]any {
	t.Helper()
	tpl, err := plain.New(id).Parse(text)
	if err != nil {
		t.Fatalf("%s: %v", id, err)
	}
	data := map[string]any{}
	sample(data, tpl.Root)
	return data
}

// sample puts into data what the nodes below n ask of it, and returns true when they print
// the value itself.
func sample(data map[string]any, n parse.Node) (self bool) {
	switch n := n.(type) {
	case *parse.ListNode:
		if n == nil {
			return false
		}
		for _, c := range n.Nodes {
			self = sample(data, c) || self
		}
	case *parse.ActionNode:
		self = sample(data, n.Pipe)
	case *parse.PipeNode:
		for _, c := range n.Cmds {
			for _, a := range c.Args {
				self = sample(data, a) || self
			}
		}
	case *parse.FieldNode:
		if data[n.Ident[0]] == nil {
			data[n.Ident[0]] = "词"
		}
	case *parse.VariableNode:
		if len(n.Ident) == 1 {
			return n.Ident[0] != "$i"
		}
		data[n.Ident[1]] = "词"
	case *parse.DotNode:
		return true
	case *parse.IfNode:
		self = sample(data, n.Pipe)
		self = sample(data, n.List) || self
		self = sample(data, n.ElseList) || self
	case *parse.RangeNode:
		element := map[string]any{}
		over := n.Pipe.Cmds[0].Args[0].(*parse.FieldNode).Ident[0]
		if sample(element, n.List) && len(element) == 0 {
			data[over] = []any{"词", "词"}
		} else {
			data[over] = []any{element, element}
		}
	}
	return self
}
