package sim

import (
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"
)

// apiJSON is the machine-readable Bot API 10.1; LICENSE_API says whose it is.
//
//go:embed api.json
var apiJSON []byte

// spec is what the Bot API says of its methods and types.
type spec struct {
	Methods map[string]*specItem `json:"methods"`
	Types   map[string]*specItem `json:"types"`

	byLower map[string]*specItem // methods, by the name in lower case
}

// specItem is a method with its parameters or a type with its fields.
type specItem struct {
	Name     string      `json:"name"`
	Returns  []string    `json:"returns"`
	Fields   []specField `json:"fields"`
	Subtypes []string    `json:"subtypes"`

	byName map[string]*specField
}

type specField struct {
	Name        string   `json:"name"`
	Types       []string `json:"types"`
	Required    bool     `json:"required"`
	Description string   `json:"description"`

	fixed string // the only value, of a type's discriminator
}

// loadSpec parses api.json at the first call.
var loadSpec = sync.OnceValue(parseSpec)

func parseSpec() *spec {
	s := &spec{byLower: map[string]*specItem{}}
	if err := json.Unmarshal(apiJSON, s); err != nil {
		panic(fmt.Sprintf("sim: api.json: %v", err)) // embedded: cannot happen in a binary that was tested
	}
	for name, m := range s.Methods {
		m.index()
		s.byLower[strings.ToLower(name)] = m
	}
	for _, t := range s.Types {
		t.index()
	}
	return s
}

func (it *specItem) index() {
	it.byName = make(map[string]*specField, len(it.Fields))
	for i := range it.Fields {
		f := &it.Fields[i]
		if f.Name == "type" || f.Name == "status" || f.Name == "source" {
			f.fixed = fixedValue(f.Description)
		}
		f.Description = ""
		it.byName[f.Name] = f
	}
}

// fixedValue reads `… always "user"` and `… must be photo` out of a description.
func fixedValue(description string) string {
	for _, mark := range []string{", always ", ", must be "} {
		if _, v, ok := strings.Cut(description, mark); ok {
			v = strings.Trim(v, "\"“”*.")
			if !strings.ContainsAny(v, " ,") {
				return v
			}
		}
	}
	return ""
}

// check compares a decoded JSON value (numbers as json.Number) with the types that
// api.json allows for it. path names the value in the error.
func (s *spec) check(path string, v any, types []string) error {
	var first error
	for _, t := range types {
		err := s.checkOne(path, v, t)
		if err == nil {
			return nil
		}
		if first == nil || deeper(err, first) {
			first = err
		}
	}
	return first
}

// mismatch is a value that is not what api.json says.
type mismatch struct {
	path string
	what string
}

func (m *mismatch) Error() string { return m.path + ": " + m.what }

// deeper tells whether a is about a part of what b is about: the closer guess at a union.
func deeper(a, b error) bool {
	var am, bm *mismatch
	return errors.As(a, &am) && errors.As(b, &bm) && len(am.path) > len(bm.path)
}

func (s *spec) checkOne(path string, v any, t string) error {
	if elem, ok := strings.CutPrefix(t, "Array of "); ok {
		return s.checkArray(path, v, elem)
	}
	var ok bool
	switch t {
	case "Integer":
		ok = isInteger(v)
	case "Float":
		_, ok = v.(json.Number)
	case "Boolean":
		_, ok = v.(bool)
	case "String", "InputFile":
		_, ok = v.(string)
	default:
		return s.checkObject(path, v, t)
	}
	if !ok {
		return &mismatch{path, fmt.Sprintf("%s expected, got %s", t, kind(v))}
	}
	return nil
}

func (s *spec) checkArray(path string, v any, elem string) error {
	list, ok := v.([]any)
	if !ok {
		return &mismatch{path, fmt.Sprintf("Array of %s expected, got %s", elem, kind(v))}
	}
	for i, e := range list {
		if err := s.checkOne(path+"["+strconv.Itoa(i)+"]", e, elem); err != nil {
			return err
		}
	}
	return nil
}

func (s *spec) checkObject(path string, v any, t string) error {
	it := s.Types[t]
	if it == nil {
		return &mismatch{path, "type " + t + " is not in the Bot API"}
	}
	if len(it.Subtypes) > 0 {
		return s.check(path, v, it.Subtypes)
	}
	obj, ok := v.(map[string]any)
	if !ok {
		return &mismatch{path, fmt.Sprintf("%s expected, got %s", t, kind(v))}
	}
	for name, fv := range obj {
		if err := s.checkField(path, t, it.byName[name], name, fv); err != nil {
			return err
		}
	}
	for i := range it.Fields {
		if f := &it.Fields[i]; f.Required {
			if _, ok := obj[f.Name]; !ok {
				return &mismatch{path, fmt.Sprintf("%s lacks the field %q", t, f.Name)}
			}
		}
	}
	return nil
}

func (s *spec) checkField(path, t string, f *specField, name string, v any) error {
	if f == nil {
		return &mismatch{path, fmt.Sprintf("%s has no field %q", t, name)}
	}
	if f.fixed != "" && v != f.fixed {
		return &mismatch{path, fmt.Sprintf("%s has %s %q, not %v", t, name, f.fixed, v)}
	}
	return s.check(path+"."+name, v, f.Types)
}

func isInteger(v any) bool {
	n, ok := v.(json.Number)
	if !ok {
		return false
	}
	_, err := strconv.ParseInt(n.String(), 10, 64)
	return err == nil
}

func kind(v any) string {
	switch v.(type) {
	case nil:
		return "null"
	case string:
		return "a String"
	case bool:
		return "a Boolean"
	case json.Number:
		return "a Number"
	case []any:
		return "an Array"
	}
	return "an Object"
}
