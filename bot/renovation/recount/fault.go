package recount

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"
	"unicode/utf8"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"xingfuli/bot/renovation"
)

// Fault is why a file cannot be used, and where.
type Fault struct {
	Why          renovation.Sentence
	Pointer      string // the place as a JSON pointer (RFC 6901), such as /units/3/area; "" when Line tells it, or it is the whole file
	Line, Column int    // from 1; 0 when unknown
	Err          error  // what lies below, if anything
}

func (f *Fault) Error() string {
	s := "recount: " + f.Why.Key
	if f.Pointer != "" {
		s += " at " + f.Pointer
	}
	if f.Line > 0 {
		s += fmt.Sprintf(" in line %d, column %d", f.Line, f.Column)
	}
	return s
}

func (f *Fault) Unwrap() error { return f.Err }

// Sentences tells the place, if it is known, and the reason.
func (f *Fault) Sentences() []renovation.Sentence {
	var all []renovation.Sentence
	if f.Line > 0 || f.Pointer != "" {
		all = append(all, renovation.Sentence{Key: "recount.where", Values: map[string]any{"Line": f.Line, "Column": f.Column, "Pointer": f.Pointer}})
	}
	return append(all, f.Why)
}

// TooBig is the fault of a file above MaxBytes.
func TooBig() *Fault {
	return refuse("", "recount.too_big", map[string]any{"Limit": MaxBytes >> 20})
}

// refuse is a fault at a JSON pointer; line and column are found later.
func refuse(pointer, key string, values map[string]any) *Fault {
	return &Fault{Why: renovation.Sentence{Key: key, Values: values}, Pointer: short(pointer)}
}

// refuseLine is a fault in a line of a file that is not JSON.
func refuseLine(line int, key string, values map[string]any) *Fault {
	return &Fault{Why: renovation.Sentence{Key: key, Values: values}, Line: line, Column: 1}
}

// strict is how files are read: no member twice or unknown, names and UTF-8 exact.
var strict = json.JoinOptions(json.RejectUnknownMembers(true), json.MatchCaseInsensitiveNames(false), jsontext.AllowDuplicateNames(false), jsontext.AllowInvalidUTF8(false))

// decode reads JSON strictly into a value of Go.
func decode(in []byte, into any) error { return json.Unmarshal(in, into, strict) }

// members lists the names of the object in a file that is well formed and not nested
// too deep.
func members(in []byte) (map[string]bool, error) {
	d := jsontext.NewDecoder(bytes.NewBuffer(in), jsontext.AllowDuplicateNames(false))
	keys := map[string]bool{}
	if d.PeekKind() != '{' {
		if _, err := d.ReadToken(); err != nil {
			return nil, err
		}
		return nil, refuse("", "recount.object", nil)
	}
	for depth := 0; ; {
		token, err := d.ReadToken()
		if err != nil {
			return nil, err
		}
		if depth == 1 && token.Kind() == '"' {
			if _, n := d.StackIndex(1); n%2 == 1 {
				keys[token.String()] = true
			}
		}
		if depth = d.StackDepth(); depth > maxDepth {
			return nil, refuse(string(d.StackPointer()), "recount.deep", map[string]any{"Limit": maxDepth})
		}
		if depth == 0 {
			return keys, nil
		}
	}
}

// maxDepth bounds objects and lists within each other; no shape needs half of it.
const maxDepth = 16

// place makes a fault of any error in reading in, and finds its line.
func place(in []byte, err error) error {
	var fault *Fault
	if errors.As(err, &fault) {
		if fault.Line == 0 && fault.Pointer != "" {
			fault.Line, fault.Column = position(in, offsetOf(in, fault.Pointer))
		}
		return fault
	}
	var syntax *jsontext.SyntacticError
	var meaning *json.SemanticError
	fault = refuse("", "recount.syntax", map[string]any{"Error": "JSON"})
	fault.Err = err
	switch {
	case errors.Is(err, jsontext.ErrDuplicateName):
		fault.Why = renovation.Sentence{Key: "recount.twice"}
		if errors.As(err, &syntax) {
			fault.Pointer = short(string(syntax.JSONPointer))
			fault.Line, fault.Column = position(in, syntax.ByteOffset)
		}
	case errors.Is(err, json.ErrUnknownName) && errors.As(err, &meaning):
		fault.Why = renovation.Sentence{Key: "recount.unknown"}
		fault.Pointer = short(string(meaning.JSONPointer))
		fault.Line, fault.Column = position(in, meaning.ByteOffset)
	case errors.As(err, &syntax):
		fault.Why.Values["Error"] = syntax.Err.Error()
		fault.Pointer = short(string(syntax.JSONPointer))
		fault.Line, fault.Column = position(in, syntax.ByteOffset)
	case errors.As(err, &meaning):
		fault.Why = renovation.Sentence{Key: "recount.kind", Values: map[string]any{"Kind": meaning.JSONKind.String()}}
		fault.Pointer = short(string(meaning.JSONPointer))
		fault.Line, fault.Column = position(in, meaning.ByteOffset)
	default: // the file ends too early
		fault.Why.Values["Error"] = err.Error()
		fault.Line, fault.Column = position(in, int64(len(in)))
	}
	return fault
}

// position is the line and column (in characters) of a byte, both from 1.
func position(in []byte, offset int64) (line, column int) {
	before := in[:max(0, min(offset, int64(len(in))))]
	line = 1 + bytes.Count(before, []byte("\n"))
	return line, 1 + utf8.RuneCount(before[bytes.LastIndexByte(before, '\n')+1:])
}

// offsetOf finds the byte at which the value of a pointer, or its nearest parent, begins.
func offsetOf(in []byte, pointer string) int64 {
	d := jsontext.NewDecoder(bytes.NewBuffer(in))
	best, found := 0, int64(0)
	for {
		if _, err := d.ReadToken(); err != nil {
			return found
		}
		at := string(d.StackPointer())
		if len(at) > best && (pointer == at || len(pointer) > len(at) && pointer[:len(at)] == at && pointer[len(at)] == '/') {
			best, found = len(at), d.InputOffset()
		}
		if at == pointer {
			return found
		}
	}
}

// short keeps a pointer fit to be shown.
func short(pointer string) string {
	const most = 120
	if len(pointer) <= most {
		return pointer
	}
	cut := most
	for !utf8.RuneStart(pointer[cut]) {
		cut--
	}
	return pointer[:cut] + "…"
}

// at is the pointer of a member or element below a pointer.
func at(pointer string, parts ...any) string {
	for _, p := range parts {
		switch p := p.(type) {
		case int:
			pointer += "/" + strconv.Itoa(p)
		case string:
			pointer += "/" + p
		}
	}
	return pointer
}
