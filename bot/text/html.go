package text

import (
	"html/template"
	"iter"
	"slices"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// HTML is text in Telegram's HTML parse mode, escaped already: it goes into
// another message as it is.
type HTML = template.HTML

// Escape is the one place where what people typed becomes HTML. What it makes
// shows s as it was typed, but for bytes that are not UTF-8, which Telegram refuses.
//
// Templates escape by the same rules on their own; Escape is for text that is
// put together without one.
func Escape(s string) HTML {
	return HTML(template.HTMLEscapeString(strings.ToValidUTF8(s, "\uFFFD")))
}

// Bare is what a person sees of h: no tags, entities decoded. For toasts and
// wherever else Telegram takes no formatting.
func Bare(h HTML) string {
	if !strings.ContainsAny(string(h), "<&") {
		return strings.ToValidUTF8(string(h), "\uFFFD")
	}
	var b strings.Builder
	b.Grow(len(h))
	for t := range tokens(string(h)) {
		if !t.tag() {
			b.WriteRune(t.rune)
		}
	}
	return b.String()
}

// Length is how much of a limit h takes: UTF-16 units without tags, after
// entities. It is how Telegram counts text and captions.
func Length(h HTML) int {
	n := 0
	for t := range tokens(string(h)) {
		n += t.units()
	}
	return n
}

// token is a tag or one character of HTML.
type token struct {
	raw  string // as written: "<b>", "&lt;", "字"
	rune rune   // the character; 0 of a tag
	name string // the tag's name, in lower case; "" of a character
	end  bool   // the tag is an end tag
}

func (t token) tag() bool { return t.name != "" }

func (t token) units() int {
	if t.tag() {
		return 0
	}
	return max(1, utf16.RuneLen(t.rune))
}

// tokens yields the tags and characters of s as Telegram reads them. What
// Telegram would refuse, such as a lone "<", is yielded as a character.
//
// Source: parse_html and decode_html_entity in td/telegram/MessageEntity.cpp of
// Telegram's TDLib.
func tokens(s string) iter.Seq[token] {
	return func(yield func(token) bool) {
		for len(s) > 0 {
			t := next(s)
			if !yield(t) {
				return
			}
			s = s[len(t.raw):]
		}
	}
}

func next(s string) token {
	switch s[0] {
	case '<':
		if t, ok := tag(s); ok {
			return t
		}
	case '&':
		if t, ok := entity(s); ok {
			return t
		}
	}
	r, size := utf8.DecodeRuneInString(s)
	return token{raw: s[:size], rune: r}
}

// tag reads a tag at the start of s, up to the first ">" outside of quotes.
func tag(s string) (token, bool) {
	rest, end := strings.CutPrefix(s[1:], "/")
	name := strings.IndexFunc(rest, func(r rune) bool { return !letter(r) && r != '-' })
	if name <= 0 {
		return token{}, false
	}
	quote := byte(0)
	for i := len(s) - len(rest) + name; i < len(s); i++ {
		switch c := s[i]; {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case c == '>':
			return token{raw: s[:i+1], name: strings.ToLower(rest[:name]), end: end}, true
		}
	}
	return token{}, false
}

// entity reads an entity at the start of s. Telegram knows four names and every
// number, and the semicolon may be left out.
func entity(s string) (token, bool) {
	if strings.HasPrefix(s, "&#") {
		return number(s)
	}
	size := 1
	for size < len(s) && letter(rune(s[size])) {
		size++
	}
	r, ok := map[string]rune{"lt": '<', "gt": '>', "amp": '&', "quot": '"'}[s[1:size]]
	return token{raw: s[:semicolon(s, size)], rune: r}, ok
}

// number reads an entity such as "&#39;" or "&#x27;" at the start of s.
func number(s string) (token, bool) {
	size, base, digits := 2, rune(10), "0123456789"
	if strings.HasPrefix(s, "&#x") {
		size, base, digits = 3, 16, "0123456789abcdef"
	}
	r := rune(0)
	for size < len(s) && size < 10 {
		d := strings.IndexByte(digits, s[size]|0x20)
		if d < 0 {
			break
		}
		r = r*base + rune(d)
		size++
	}
	if r == 0 || r >= 0x10ffff || size >= 10 {
		return token{}, false
	}
	return token{raw: s[:semicolon(s, size)], rune: r}, true
}

func semicolon(s string, at int) int {
	if at < len(s) && s[at] == ';' {
		return at + 1
	}
	return at
}

func letter(r rune) bool { return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' }

// Split cuts h into parts of at most limit units each, as [Length] counts them. A
// limit below 2 is taken as 2, which every character fits.
//
// It cuts at the last line end that fits, whose newline is left out; where there
// is none, behind the last space; else between two characters. Tags that are open
// at a cut are closed there and opened again. Parts of white space alone, which
// Telegram refuses, are left out. There is always at least one part.
func Split(h HTML, limit int) []HTML {
	if len(h) <= limit || Length(h) <= limit { // no character has more units than bytes
		return []HTML{h}
	}
	var parts []HTML
	var open []token
	for rest := slices.Collect(tokens(string(h))); len(rest) > 0; {
		end, next := fit(rest, max(2, limit))
		part := slices.Clone(rest[:end])
		for next < len(rest) && rest[next].end { // what ends at the cut ends before it
			part = append(part, rest[next])
			next++
		}
		var p HTML
		if p, open = closed(open, part); strings.TrimSpace(Bare(p)) != "" {
			parts = append(parts, p)
		}
		rest = rest[next:]
	}
	if parts == nil {
		return []HTML{""}
	}
	return parts
}

// fit finds the first cut in tokens: before it go tokens[:end], behind it
// tokens[next:].
func fit(tokens []token, limit int) (end, next int) {
	line, space, char, units := -1, 0, 0, 0
	var last rune
	for i, t := range tokens {
		if t.tag() {
			continue
		}
		if t.rune == '\n' {
			line = i // it fits always, as it is left out
		}
		if units > 0 && !joined(last, t.rune) {
			char = i
		}
		gap := unicode.IsSpace(t.rune) && t.rune != '\u00a0'
		if gap {
			space = i
		}
		if units += t.units(); units > limit {
			switch {
			case line >= 0:
				return line, line + 1
			case space > 0:
				return space, space
			case char > 0:
				return char, char
			}
			return i, i
		}
		if gap {
			space = i + 1
		}
		last = t.rune
	}
	return len(tokens), len(tokens)
}

// joined tells whether a cut between two characters would show: between a letter
// and its accent, or within an emoji of several characters, such as a flag.
func joined(a, b rune) bool {
	if b < 0x300 || 0x4e00 <= b && b <= 0x9fff { // Latin and hanzi join nothing: spares the search
		return false
	}
	return unicode.In(b, unicode.Mn, unicode.Me, unicode.Mc) ||
		a == '\u200d' || b == '\u200d' ||
		0x1f3fb <= b && b <= 0x1f3ff || // skin tones
		0xe0020 <= b && b <= 0xe007f || // flags of regions
		flag(a) && flag(b)
}

func flag(r rune) bool { return 0x1f1e6 <= r && r <= 0x1f1ff }

// closed writes tokens between the start tags of open and the end tags they lack,
// and returns what is open behind them.
func closed(open, tokens []token) (HTML, []token) {
	open = slices.Clone(open)
	var b strings.Builder
	for _, t := range open {
		b.WriteString(t.raw)
	}
	for _, t := range tokens {
		b.WriteString(t.raw)
		switch last := len(open) - 1; {
		case t.tag() && !t.end:
			open = append(open, t)
		case t.tag() && last >= 0 && open[last].name == t.name:
			open = open[:last]
		}
	}
	for _, t := range slices.Backward(open) {
		b.WriteString("</" + t.name + ">")
	}
	return HTML(b.String()), open
}
