// Package text says every word of the bot, in Chinese and in English.
//
// The words are in the JSON files beside this one, <feature>.<language>.json.
// Each is a template in Telegram's HTML over the values it is given. What goes
// into a template is escaped there, unless it is an [HTML]: a handler has
// nothing to remember.
package text

import (
	"bytes"
	"errors"
	"log/slog"
	"maps"
	"reflect"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
)

// Language is a language of the bot, by its BCP 47 tag.
type Language string

const (
	Chinese Language = "zh-Hans"
	English Language = "en"
)

// Match is the bot's language for a Telegram language_code or a locale, such as
// "zh-CN", "zh_TW.UTF-8" or "en-GB". It returns def for any other.
func Match(code string, def Language) Language {
	end := strings.IndexAny(code, "-_.@")
	if end < 0 {
		end = len(code)
	}
	switch strings.ToLower(code[:end]) {
	case "zh":
		return Chinese
	case "en":
		return English
	}
	return def
}

// Words says the bot's words in one language; the zero value speaks Chinese.
// It is small, and safe for use by many goroutines.
type Words struct{ language Language }

// In returns the words of a language, Chinese for one that the bot does not speak.
func In(l Language) Words {
	if l != English {
		l = Chinese
	}
	return Words{l}
}

// Language is what w speaks.
func (w Words) Language() Language {
	if w.language == "" {
		return Chinese
	}
	return w.language
}

// HTML is the message of a key. Values in data, a map or a struct, are escaped;
// those of type [HTML] are not. data may be nil when the message has no values.
//
// A fault of ours, such as a key or a value that is missing, is reported (see
// [OnFault]), and what is returned is still fit for a person to read.
func (w Words) HTML(key string, data any) HTML {
	return HTML(w.say(key, other, data, (*phrase).asHTML))
}

// Plain is the text of a key for where Telegram takes no tags: a button, a
// toast, a command's description, a terminal. Nothing is escaped; of a value of
// type [HTML] the bare text is used. Faults are met as by [Words.HTML].
func (w Words) Plain(key string, data any) string {
	return w.say(key, other, data, (*phrase).asPlain)
}

// Count is like [Words.HTML] for n of something, and says n where the template
// has {{.Count}}. The JSON gives the forms that the language's plural rule asks
// for: "one" and "other" in English, "other" in Chinese. data may be nil, a map
// with strings for keys, or a struct, of which a template here sees the fields.
func (w Words) Count(key string, n int, data any) HTML {
	return HTML(w.say(key, book().form(w.Language(), n), counts{n, data}, (*phrase).asHTML))
}

// Keys lists every key of either language, sorted.
func Keys() []string {
	keys := maps.Clone(book().messages[Chinese])
	maps.Copy(keys, book().messages[English])
	return slices.Sorted(maps.Keys(keys))
}

// Has tells whether there are words for a key in the language that every other
// falls back to, Chinese.
func Has(key string) bool {
	_, ok := book().messages[Chinese][key]
	return ok
}

// OnFault has f told of each key that could not be said as it should. Without
// it, or with nil, the key is logged. The error may hold what people typed.
func OnFault(f func(key string, err error)) {
	if f == nil {
		onFault.Store(nil)
		return
	}
	onFault.Store(&f)
}

var onFault atomic.Pointer[func(key string, err error)]

func fault(l Language, key string, err error) {
	if f := onFault.Load(); f != nil {
		(*f)(key, err)
		return
	}
	slog.Error("text: cannot say", "key", key, "language", string(l)) // not err: it may quote a person
}

// apology is for when there are no words at all. It is not in the JSON, which
// may be what is broken.
var apology = map[Language]string{
	Chinese: "这句话我没能说好，请再试一次。",
	English: "I could not put this into words. Please try again.",
}

// errNoWords is the fault of a key that a language lacks.
var errNoWords = errors.New("text: no words for the key")

// say executes the message of a key, or else the same in Chinese, or else the
// apology.
func (w Words) say(key string, f form, data any, execute func(*phrase, *bytes.Buffer, any) error) string {
	b := buffers.Get().(*bytes.Buffer)
	defer buffers.Put(b)
	for _, l := range [...]Language{w.Language(), Chinese} {
		p := book().messages[l][key].in(f)
		if p != nil && p.fixed {
			return p.source
		}
		err := errNoWords
		if p != nil {
			b.Reset()
			err = execute(p, b, data)
		}
		if err == nil {
			return strings.ToValidUTF8(b.String(), "\uFFFD")
		}
		fault(l, key, err)
		if l == Chinese {
			break
		}
	}
	return apology[w.Language()]
}

var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// counts is data for a message about n of something.
type counts struct {
	n    int
	data any
}

// values is what a template sees of c: the entries or fields of the data, and Count.
func (c counts) values() map[string]any {
	values := map[string]any{}
	v := reflect.ValueOf(c.data)
	if v.Kind() == reflect.Pointer {
		v = v.Elem()
	}
	switch {
	case v.Kind() == reflect.Map && v.Type().Key().Kind() == reflect.String:
		for k, x := range v.Seq2() {
			values[k.String()] = x.Interface()
		}
	case v.Kind() == reflect.Struct:
		for _, f := range reflect.VisibleFields(v.Type()) {
			if x, err := v.FieldByIndexErr(f.Index); err == nil && f.IsExported() && x.CanInterface() {
				values[f.Name] = x.Interface()
			}
		}
	}
	values["Count"] = c.n
	return values
}
