package sim

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"path"
	"strconv"
	"strings"
	"unicode/utf8"
)

// maxBody is what one request may carry: a document of 50 MB and its form.
const maxBody = 51 << 20

// param is one parameter as it came. All are texts, as in Telegram's own server; json
// tells what a JSON body had in its place.
type param struct {
	name  string
	value string
	json  jsonKind
	file  *upload // a part of a form with a file name
}

type jsonKind byte

const (
	notJSON    jsonKind = iota // a form or the URL
	jsonString                 // a JSON string, without its quotes
	jsonOther                  // any other JSON value, as it stands
)

type upload struct {
	name string
	data []byte
}

type params []param

func (p params) find(name string) *param {
	for i := range p {
		if p[i].name == name {
			return &p[i]
		}
	}
	return nil
}

func (p params) str(name string) string {
	if f := p.find(name); f != nil {
		return f.value
	}
	return ""
}

func (p params) has(name string) bool { return p.find(name) != nil }

func (p params) int(name string) int64 {
	n, _ := strconv.ParseInt(p.str(name), 10, 64) // checked before: see checkParam
	return n
}

func (p params) bool(name string) bool {
	v, _ := parseBool(p.str(name))
	return v
}

// json decodes an object that was checked against api.json.
func (p params) json(name string, v any) error {
	s := p.str(name)
	if s == "" {
		return nil
	}
	return json.Unmarshal([]byte(s), v)
}

func parseBool(s string) (v, ok bool) {
	switch s {
	case "true", "True", "1":
		return true, true
	case "false", "False", "0":
		return false, true
	}
	return false, false
}

var errTooLarge = errors.New("body too large")

// readParams takes the parameters from the URL and the body.
func readParams(r *http.Request) (params, error) {
	var list params
	if r.URL.RawQuery != "" {
		q, err := url.ParseQuery(r.URL.RawQuery)
		if err != nil {
			return nil, err
		}
		list = fromValues(list, q)
	}
	if r.Method == http.MethodGet || r.Body == nil || r.Body == http.NoBody {
		return list, nil
	}
	body := http.MaxBytesReader(nil, r.Body, maxBody)
	list, err := readBody(list, r.Header.Get("Content-Type"), body)
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		return nil, errTooLarge
	}
	return list, err
}

func readBody(list params, contentType string, body io.Reader) (params, error) {
	kind, attrs, err := mime.ParseMediaType(contentType)
	if err != nil && contentType != "" {
		return nil, fmt.Errorf("content type %q: %w", contentType, err)
	}
	switch kind {
	case "multipart/form-data":
		return readForm(list, multipart.NewReader(body, attrs["boundary"]))
	case "application/json":
		data, err := io.ReadAll(body)
		if err != nil {
			return nil, err
		}
		return fromJSON(list, data)
	case "application/x-www-form-urlencoded":
		data, err := io.ReadAll(body)
		if err != nil {
			return nil, err
		}
		q, err := url.ParseQuery(string(data))
		return fromValues(list, q), err
	}
	if n, _ := io.Copy(io.Discard, body); n > 0 {
		return nil, fmt.Errorf("content type %q is none of multipart/form-data, application/json, application/x-www-form-urlencoded", contentType)
	}
	return list, nil
}

// readForm reads a multipart form. An empty body is a form without fields: clients
// send that for methods without parameters.
func readForm(list params, r *multipart.Reader) (params, error) {
	for first := true; ; first = false {
		part, err := r.NextRawPart()
		if err == io.EOF || first && errors.Is(err, io.EOF) { //nolint:errorlint // a wrapped one is a form that was cut
			return list, nil
		}
		if err != nil {
			return nil, err
		}
		data, err := io.ReadAll(part)
		if err != nil {
			return nil, err
		}
		name, file := disposition(part)
		p := param{name: name}
		if file != "" {
			p.file = &upload{name: file, data: data}
		} else {
			p.value = string(data)
		}
		if list.find(p.name) != nil {
			return nil, fmt.Errorf("field %q stands twice", p.name)
		}
		list = append(list, p)
	}
}

// disposition reads the name of a part and its file name. Some clients write file names
// of any script without quotes: mime refuses that, Telegram does not.
func disposition(part *multipart.Part) (name, file string) {
	if name = part.FormName(); name != "" {
		return name, part.FileName()
	}
	for attr := range strings.SplitSeq(part.Header.Get("Content-Disposition"), ";") {
		key, value, _ := strings.Cut(strings.TrimSpace(attr), "=")
		value = strings.Trim(value, `"`)
		switch strings.ToLower(key) {
		case "name":
			name = value
		case "filename":
			file = path.Base(value)
		}
	}
	return name, file
}

func fromValues(list params, q url.Values) params {
	for name, v := range q {
		list = append(list, param{name: name, value: v[len(v)-1]})
	}
	return list
}

// fromJSON takes the members of a JSON object; null is as good as absent.
func fromJSON(list params, data []byte) (params, error) {
	if len(bytes.TrimSpace(data)) == 0 {
		return list, nil
	}
	var members map[string]json.RawMessage
	if err := json.Unmarshal(data, &members); err != nil {
		return nil, err
	}
	for name, raw := range members {
		p := param{name: name, value: string(raw), json: jsonOther}
		if raw[0] == '"' {
			p.json = jsonString
			if err := json.Unmarshal(raw, &p.value); err != nil {
				return nil, err
			}
		}
		if p.json == jsonString || p.value != "null" {
			list = append(list, p)
		}
	}
	return list, nil
}

// oddities are what clients in wide use send beyond api.json: the server still reads
// the first, and ignores what go-telegram/bot v1.19.0 adds to editMessageCaption.
var oddities = map[string][]string{
	"sendPoll":           {"correct_option_id"},
	"editMessageCaption": {"k", "disable_web_page_preview"},
}

// checkParams compares the parameters of a call with api.json. What is empty or null in
// the place of an object counts as absent and is taken out.
func checkParams(m *specItem, list params) (params, *apiError) {
	kept := make(params, 0, len(list))
	for _, p := range list {
		f := m.byName[p.name]
		if f == nil {
			if p.file != nil || has(oddities[m.Name], p.name) {
				kept = append(kept, p) // a file may be meant by attach://
				continue
			}
			return nil, bad("unknown parameter %q in %s", p.name, m.Name)
		}
		if isObject(f) && p.file == nil && (p.value == "" || p.value == "null") {
			continue
		}
		if err := checkParam(m, f, p); err != nil {
			return nil, err
		}
		kept = append(kept, p)
	}
	for i := range m.Fields {
		if f := &m.Fields[i]; f.Required && kept.empty(f.Name) {
			return nil, missing(m.Name, f.Name)
		}
	}
	return kept, nil
}

func (p params) empty(name string) bool {
	f := p.find(name)
	return f == nil || f.file == nil && f.value == "" && !mayBeEmpty[name]
}

// mayBeEmpty are the required parameters that have a meaning when they are empty.
var mayBeEmpty = map[string]bool{"url": true}

func has(list []string, s string) bool {
	for _, e := range list {
		if e == s {
			return true
		}
	}
	return false
}

// isObject tells whether the parameter's text is JSON rather than the value itself.
func isObject(f *specField) bool {
	switch f.Types[0] {
	case "Integer", "Float", "Boolean", "String", "InputFile":
		return false
	}
	return true
}

func checkParam(m *specItem, f *specField, p param) *apiError {
	if p.file != nil {
		if f.Types[0] != "InputFile" {
			return bad("parameter %q of %s is not a file", p.name, m.Name)
		}
		return nil
	}
	if !utf8.ValidString(p.value) {
		return bad("strings must be encoded in UTF-8")
	}
	if isObject(f) {
		return checkObjectParam(m, f, p)
	}
	for _, t := range f.Types {
		if scalarOK(t, p) {
			return nil
		}
	}
	return bad("parameter %q of %s must be of type %s", p.name, m.Name, strings.Join(f.Types, " or "))
}

func scalarOK(t string, p param) bool {
	var err error
	switch t {
	case "Integer":
		_, err = strconv.ParseInt(p.value, 10, 64)
		return err == nil
	case "Float":
		_, err = strconv.ParseFloat(p.value, 64)
		return err == nil
	case "Boolean":
		if p.json == jsonOther {
			return p.value == "true" || p.value == "false"
		}
		_, ok := parseBool(p.value)
		return ok
	}
	return p.json != jsonOther // String
}

func checkObjectParam(m *specItem, f *specField, p param) *apiError {
	d := json.NewDecoder(strings.NewReader(p.value))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return bad("can't parse %s JSON object", strings.ReplaceAll(p.name, "_", " "))
	}
	if d.More() {
		return bad("can't parse %s JSON object", strings.ReplaceAll(p.name, "_", " "))
	}
	if m.Name == "sendPoll" && p.name == "options" {
		v = optionObjects(v)
	}
	if m.Name == "sendMessage" || p.name == "reply_markup" {
		v = keyboardObjects(v)
	}
	if err := loadSpec().check(p.name, v, f.Types); err != nil {
		return bad("can't parse %s of %s: %v", p.name, m.Name, err)
	}
	return nil
}

// optionObjects makes objects of the options that are bare strings: older clients send
// those, and Telegram takes them.
func optionObjects(v any) any {
	list, _ := v.([]any)
	for i, o := range list {
		if s, ok := o.(string); ok {
			list[i] = map[string]any{"text": s}
		}
	}
	return v
}

// keyboardObjects does the same for the buttons of a reply keyboard, for which the Bot
// API says "for simple text buttons, String can be used".
func keyboardObjects(v any) any {
	m, _ := v.(map[string]any)
	rows, _ := m["keyboard"].([]any)
	for _, row := range rows {
		optionObjects(row)
	}
	return v
}

// missing words the refusal of a call that lacks a required parameter as Telegram does,
// where that is known.
func missing(method, name string) *apiError {
	switch name {
	case "chat_id":
		return bad("chat_id is empty")
	case "text":
		return bad("message text is empty")
	case "message_id":
		return bad("message identifier is not specified")
	case "message_ids":
		return bad("message identifiers are not specified")
	case "from_chat_id":
		return bad("chat identifier is empty")
	case "photo", "document", "voice", "sticker":
		return bad("there is no %s in the request", name)
	case "file_id":
		return bad("file_id not specified")
	case "user_id":
		return bad("invalid user_id specified")
	case "callback_query_id":
		return bad("query is too old and response timeout expired or query ID is invalid")
	case "action":
		return bad("wrong parameter action in request")
	}
	return bad("parameter %q is required in %s", name, method)
}
