package config

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

// maxSize is the most bytes of a config.yaml; the example has 3 KB.
// The YAML parser takes seconds for the most brackets that fit.
const maxSize = 16 << 10

// Load reads the file at path. Secrets that env knows and that are not empty win
// over the file; env may be nil. All that is wrong comes as one [*Error].
func Load(path string, env func(string) (string, bool)) (Config, error) {
	data, err := readFile(path)
	if err != nil {
		return Config{}, &Error{File: path, Faults: []Fault{{File: path, Key: "unreadable", cause: err}}}
	}
	return load(path, data, env)
}

// readFile reads a file of which it wants little more than maxSize.
func readFile(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }() // it was only read
	return io.ReadAll(io.LimitReader(f, maxSize+1))
}

func load(path string, data []byte, env func(string) (string, bool)) (Config, error) {
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	r := reader{file: path, config: Default(), places: map[string]*token.Token{}, env: map[string]string{}}
	r.fields = r.config.fields()
	r.lines = strings.Split(string(data), "\n")
	r.read(data)
	r.environment(env)
	r.check()
	if len(r.faults) > 0 {
		slices.SortStableFunc(r.faults, func(a, b Fault) int {
			return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
		})
		return Config{}, &Error{File: path, Faults: r.faults}
	}
	return r.config, nil
}

// reader goes through one file and gathers what is wrong with it.
type reader struct {
	file   string
	lines  []string
	config Config
	fields map[string]any          // where each key goes
	places map[string]*token.Token // where the file has each value
	env    map[string]string       // which variable each secret came from
	faults []Fault
}

// fault notes what is wrong at a token, which may be nil for no place.
func (r *reader) fault(at *token.Token, f Fault) {
	f.File = r.file
	if at != nil && at.Position != nil {
		f.Line, f.Column = at.Position.Line, at.Position.Column
		f.Excerpt = excerpt(r.lines, f.Line, f.Column)
	}
	r.faults = append(r.faults, f)
}

// read takes the file's values into the configuration.
func (r *reader) read(data []byte) {
	switch {
	case len(data) > maxSize:
		r.fault(nil, Fault{Key: "large"})
		return
	case !utf8.Valid(data) || bytes.IndexByte(data, 0) >= 0:
		r.fault(nil, Fault{Key: "encoding"})
		return
	}
	file, err := parse(data)
	if err != nil {
		r.syntax(err)
		return
	}
	for i, doc := range file.Docs {
		if doc.Body == nil {
			continue
		}
		if i > 0 {
			r.fault(doc.Body.GetToken(), Fault{Key: "documents"})
			continue
		}
		r.section("", doc.Body)
	}
}

// parse is the YAML parser without its panics, of which odd files have found some.
func parse(data []byte) (file *ast.File, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("parse: %v", p)
		}
	}()
	return parser.ParseBytes(data, 0, parser.AllowDuplicateMapKey()) // section tells of duplicates, of all of them
}

// syntax notes what the YAML parser refused. Its message is not passed on: it
// may quote the file, which may hold a secret there.
func (r *reader) syntax(err error) {
	var e yaml.Error
	if !errors.As(err, &e) {
		r.fault(nil, Fault{Key: "syntax"})
		return
	}
	key, message := "syntax", e.GetMessage()
	for _, k := range []struct{ says, key string }{
		{"tab", "tab"}, {"'\t'", "tab"}, {"quoted", "quote"}, {"'['", "bracket"}, {"']'", "bracket"}, {"'{'", "bracket"}, {"'}'", "bracket"}, {"flow m", "bracket"},
	} {
		if strings.Contains(message, k.says) {
			key = k.key
			break
		}
	}
	r.fault(e.GetToken(), Fault{Key: key})
}

// section reads the mapping below a path, "" for the whole file.
func (r *reader) section(path string, n ast.Node) {
	switch n.(type) {
	case *ast.NullNode, *ast.CommentGroupNode: // nothing below it: all defaults
		return
	}
	m, ok := n.(ast.MapNode)
	if !ok {
		r.fault(n.GetToken(), Fault{Path: path, Key: "section", Hint: strings.Join(below(r.fields, path), ", ")})
		return
	}
	first := map[string]int{}
	for it := m.MapRange(); it.Next(); {
		key := it.Key().GetToken()
		name := strings.TrimSpace(key.Value)
		at := join(path, name)
		if line, twice := first[name]; twice {
			r.fault(key, Fault{Path: at, Key: "twice", Values: map[string]string{"line": fmt.Sprint(line)}})
			continue
		}
		first[name] = key.Position.Line
		switch field, ok := r.fields[at]; {
		case ok:
			r.value(at, it.Value(), field)
		case slices.Contains(below(r.fields, path), name):
			r.section(at, it.Value())
		default:
			r.fault(key, Fault{Path: join(path, r.name(key)), Key: "unknown", Hint: nearest(r.fields, path, name)})
		}
	}
}

// name is an unknown key as it may be shown. One without a colon may be the end
// of a secret that has a comma in it.
func (r *reader) name(key *token.Token) string {
	line := r.lines[min(key.Position.Line, len(r.lines))-1]
	if !strings.Contains(line, key.Value+":") && !strings.Contains(line, key.Value+"\":") && !strings.Contains(line, key.Value+"':") {
		return "***"
	}
	return clean(key.Value)
}

// value reads the value of a key into its field.
func (r *reader) value(path string, n ast.Node, field any) {
	if _, ok := n.(*ast.NullNode); ok {
		return // "admins:" and nothing behind it: the default
	}
	r.places[path] = n.GetToken()
	switch field := field.(type) {
	case *string:
		r.text(path, n, field)
	case *Secret:
		r.text(path, n, (*string)(field))
	case *float64:
		r.number(path, n, field)
	case *int:
		r.count(path, n, field)
	case *[]int64:
		r.ids(path, n, field)
	case *Quiet:
		var s string
		if !r.text(path, n, &s) {
			return
		}
		q, ok := parseQuiet(s)
		if !ok {
			r.fault(n.GetToken(), Fault{Path: path, Key: "quiet"})
			return
		}
		*field = q
	}
}

func (r *reader) text(path string, n ast.Node, to *string) bool {
	switch n := n.(type) {
	case *ast.StringNode:
		*to = n.Value
	case *ast.LiteralNode:
		*to = strings.TrimSpace(n.Value.Value)
	default:
		r.fault(n.GetToken(), Fault{Path: path, Key: "not_text"})
		return false
	}
	return true
}

func (r *reader) number(path string, n ast.Node, to *float64) {
	switch n := n.(type) {
	case *ast.IntegerNode:
		switch v := n.Value.(type) {
		case int64:
			*to = float64(v)
			return
		case uint64:
			*to = float64(v)
			return
		}
	case *ast.FloatNode:
		*to = n.Value
		return
	}
	r.fault(n.GetToken(), Fault{Path: path, Key: "not_number"})
}

// count reads a whole number that is not negative.
func (r *reader) count(path string, n ast.Node, to *int) {
	if n, ok := n.(*ast.IntegerNode); ok {
		if v, ok := n.Value.(uint64); ok && v <= math.MaxInt32 {
			*to = int(v)
			return
		}
	}
	r.fault(n.GetToken(), Fault{Path: path, Key: "not_count"})
}

func (r *reader) ids(path string, n ast.Node, to *[]int64) {
	list, ok := n.(*ast.SequenceNode)
	if !ok {
		r.fault(n.GetToken(), Fault{Path: path, Key: "not_ids"})
		return
	}
	*to = []int64{}
	for _, n := range list.Values {
		number, _ := n.(*ast.IntegerNode)
		var id uint64
		if number != nil {
			id, _ = number.Value.(uint64)
		}
		switch {
		case id == 0 || id > math.MaxInt64:
			r.fault(n.GetToken(), Fault{Path: path, Key: "not_ids"})
		case slices.Contains(*to, int64(id)):
			r.fault(n.GetToken(), Fault{Path: path, Key: "twice_id"})
		default:
			*to = append(*to, int64(id))
		}
	}
}

// environment lets the secrets of env win over the file.
func (r *reader) environment(env func(string) (string, bool)) {
	if env == nil {
		return
	}
	for name, path := range secrets {
		v, _ := env(name)
		if v = strings.TrimSpace(v); v == "" {
			continue
		}
		*r.fields[path].(*Secret) = Secret(v)
		r.env[path] = name
	}
}
