package recount

import (
	"bytes"
	"cmp"
	"encoding/json"
	"math/big"
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"xingfuli/bot/renovation"
)

// Entry is a printed key and its value: bool, int, string, [Number], []string, []any of
// these, or Entries.
type Entry struct {
	Key   string
	Value any
}

// Entries is a JSON object whose members keep their order.
type Entries []Entry

// Number is an exact decimal, printed as a JSON string and compared by value:
// "100" announced and "100.00" counted are the same.
type Number string

// MarshalJSON writes the members in their order.
func (e Entries) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, entry := range e {
		if i > 0 {
			b.WriteByte(',')
		}
		for j, v := range []any{entry.Key, entry.Value} {
			raw, err := plain(v)
			if err != nil {
				return nil, err
			}
			if j > 0 {
				b.WriteByte(':')
			}
			b.Write(raw)
		}
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// plain is JSON with <, > and & as they are.
func plain(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(v)
	return bytes.TrimSpace(b.Bytes()), err
}

// JSON is the report as one indented JSON object with a newline at its end: the printed
// keys, and "differences" when something was announced.
func (r Report) JSON() ([]byte, error) {
	all := r.Printed
	if r.Differences != nil {
		list := make([]any, len(r.Differences))
		for i, d := range r.Differences {
			list[i] = Entries{{"key", d.Key}, {"announced", json.RawMessage(d.Announced)}, {"counted", d.Counted}}
		}
		all = append(slices.Clone(all), Entry{"differences", list})
	}
	raw, err := plain(all)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if err := json.Indent(&b, raw, "", "  "); err != nil {
		return nil, err
	}
	b.WriteByte('\n')
	return b.Bytes(), nil
}

// compare lists what was announced and is not so, by key. Nil is returned when nothing
// was announced, an empty list when all is confirmed. Only printed keys may be announced.
func compare(counted Entries, announced jsontext.Value) ([]Difference, error) {
	if announced == nil || announced.Kind() == 'n' {
		return nil, nil
	}
	var said map[string]jsontext.Value
	if announced.Kind() != '{' {
		return nil, refuse("/announced", "recount.object", nil)
	}
	if err := decode(announced, &said); err != nil {
		return nil, err
	}
	differences := []Difference{}
	for key, value := range said {
		i := slices.IndexFunc(counted, func(e Entry) bool { return e.Key == key })
		if i < 0 {
			return nil, refuse(at("/announced", pointerName(key)), "recount.unknown", nil)
		}
		if !same(counted[i].Value, value) {
			differences = append(differences, Difference{key, value, counted[i].Value})
		}
	}
	slices.SortFunc(differences, func(a, b Difference) int { return cmp.Compare(a.Key, b.Key) })
	return differences, nil
}

// same tells whether a JSON value says what was counted.
func same(counted any, said jsontext.Value) bool {
	switch c := counted.(type) {
	case Number:
		return equal(string(c), said)
	case int:
		return equal(big.NewInt(int64(c)).String(), said)
	case Entries:
		return sameMembers(c, said)
	case []string:
		list := make([]any, len(c))
		for i, s := range c {
			list[i] = s
		}
		return sameList(list, said)
	case []any:
		return sameList(c, said)
	case string:
		var s string
		return said.Kind() == '"' && decode(said, &s) == nil && s == c
	}
	raw, err := plain(counted) // a bool, or nothing
	return err == nil && string(raw) == strings.TrimSpace(string(said))
}

func sameMembers(counted Entries, said jsontext.Value) bool {
	var members map[string]jsontext.Value
	if said.Kind() != '{' || decode(said, &members) != nil || len(members) != len(counted) {
		return false
	}
	for _, e := range counted {
		if v, ok := members[e.Key]; !ok || !same(e.Value, v) {
			return false
		}
	}
	return true
}

func sameList(counted []any, said jsontext.Value) bool {
	var list []jsontext.Value
	if said.Kind() != '[' || decode(said, &list) != nil || len(list) != len(counted) {
		return false
	}
	for i, c := range counted {
		if !same(c, list[i]) {
			return false
		}
	}
	return true
}

// equal compares a number with a JSON number or a string that holds one, both without
// exponent; a counted fraction such as 1/3 equals the same fraction.
func equal(counted string, said jsontext.Value) bool {
	text := string(said)
	if said.Kind() == '"' && decode(said, &text) != nil {
		return false
	}
	if text == counted {
		return true
	}
	if len(text) > 2000 || strings.ContainsAny(text, "eEpPxX_") {
		return false
	}
	a, okA := new(big.Rat).SetString(counted)
	b, okB := new(big.Rat).SetString(text)
	return okA && okB && a.Cmp(b) == 0
}

func pointerName(name string) string {
	return strings.NewReplacer("~", "~0", "/", "~1").Replace(name)
}

// told says how the count compares to what was announced.
func told(announced jsontext.Value, differences []Difference) []renovation.Sentence {
	if announced == nil || announced.Kind() == 'n' {
		return nil
	}
	if len(differences) == 0 {
		return []renovation.Sentence{{Key: "recount.confirmed"}}
	}
	var all []renovation.Sentence
	for _, d := range differences {
		counted, err := plain(d.Counted)
		if err != nil {
			continue
		}
		all = append(all, renovation.Sentence{Key: "recount.differs", Values: map[string]any{"Key": d.Key, "Announced": string(d.Announced), "Counted": string(counted)}})
	}
	return all
}
