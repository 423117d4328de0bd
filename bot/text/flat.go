package text

import (
	"bytes"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"text/template/parse"
)

// piece is literal text and the field that follows it, if any.
type piece struct{ text, field string }

// flatten cuts a template into pieces. It returns nil for one that is more than
// text and fields ("{{.Name}}"), or that has a field within a tag, where
// html/template escapes by other rules.
//
// Most messages are flat, and saying them so takes a tenth of the time.
func flatten(source string) []piece {
	t := parse.New("")
	t.Mode = parse.SkipFuncCheck
	if _, err := t.Parse(source, "", "", map[string]*parse.Tree{}); err != nil {
		return nil
	}
	var pieces []piece
	inTag := false
	for _, n := range t.Root.Nodes {
		switch n := n.(type) {
		case *parse.TextNode:
			s := string(n.Text)
			pieces = append(pieces, piece{text: s})
			if i := strings.LastIndexAny(s, "<>"); i >= 0 {
				inTag = s[i] == '<'
			}
		case *parse.ActionNode:
			f := field(n.Pipe)
			if f == "" || inTag {
				return nil
			}
			pieces = append(pieces, piece{field: f})
		default:
			return nil
		}
	}
	return pieces
}

// field is the name in a pipeline such as ".Name", "" of any other.
func field(p *parse.PipeNode) string {
	if len(p.Decl) > 0 || len(p.Cmds) != 1 || len(p.Cmds[0].Args) != 1 {
		return ""
	}
	f, ok := p.Cmds[0].Args[0].(*parse.FieldNode)
	if !ok || len(f.Ident) != 1 {
		return ""
	}
	return f.Ident[0]
}

// sayFlat writes pieces over data, a string by write. It returns false for data
// that the templates know better: what it wrote then is to be thrown away.
func sayFlat(b *bytes.Buffer, pieces []piece, data any, write func(*bytes.Buffer, any) bool) bool {
	for _, p := range pieces {
		if p.field == "" {
			b.WriteString(p.text)
			continue
		}
		v, ok := value(data, p.field)
		if !ok || !write(b, v) {
			return false
		}
	}
	return true
}

// value is a field of data: a string map, a struct, a pointer to one, or [counts].
func value(data any, name string) (any, bool) {
	switch d := data.(type) {
	case map[string]any:
		v, ok := d[name]
		return v, ok
	case counts:
		if name == "Count" {
			return d.n, true
		}
		return value(d.data, name)
	}
	r := reflect.ValueOf(data)
	if r.Kind() == reflect.Pointer {
		r = r.Elem()
	}
	if r.Kind() != reflect.Struct {
		return nil, false
	}
	f, ok := r.Type().FieldByName(name)
	if !ok || !f.IsExported() || len(f.Index) > 1 { // a method, or below an embedded struct
		return nil, false
	}
	return r.Field(f.Index[0]).Interface(), true
}

func writeHTML(b *bytes.Buffer, v any) bool {
	if h, ok := v.(HTML); ok {
		b.WriteString(string(h))
		return true
	}
	s, ok := printed(v)
	b.WriteString(string(Escape(s)))
	return ok
}

func writePlain(b *bytes.Buffer, v any) bool {
	if h, ok := v.(HTML); ok {
		b.WriteString(Bare(h))
		return true
	}
	s, ok := printed(v)
	b.WriteString(s)
	return ok
}

// printed is how templates print a value; false for kinds that they have rules of
// their own for.
func printed(v any) (string, bool) {
	switch v := v.(type) {
	case string:
		return v, true
	case int:
		return strconv.Itoa(v), true
	case int64:
		return strconv.FormatInt(v, 10), true
	}
	t := reflect.TypeOf(v)
	if t == nil || t.PkgPath() == "html/template" {
		return "", false
	}
	switch t.Kind() {
	case reflect.String, reflect.Bool, reflect.Int, reflect.Int64, reflect.Float64:
		return fmt.Sprint(v), true
	}
	return "", false
}
