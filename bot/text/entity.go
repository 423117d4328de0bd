package text

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"
)

// Entity is how a part of what a person wrote looks, as Telegram tells it. It may come from
// anybody's hand: nothing in it is believed.
type Entity struct {
	Kind     string // as Telegram names it: "bold", "text_link", …
	Offset   int    // UTF-16 units before it
	Length   int    // UTF-16 units
	URL      string // of a text_link
	User     int64  // account of a text_mention
	Language string // of a pre; may be empty
	Emoji    string // ID of a custom_emoji
}

// styles are the kinds of entity that are a tag and nothing else.
var styles = map[string]string{
	"bold": "b", "italic": "i", "underline": "u", "strikethrough": "s", "spoiler": "tg-spoiler", "code": "code", "blockquote": "blockquote",
}

// FromEntities is s with its formatting. Bare of it shows what s shows. Entities that
// overlap are cut into nested ones, and left out is what s has no place for, what lies within
// code, what is of no kind that people make by hand, and one within another of its kind.
//
// Source: "Formatting options" of the Bot API.
func FromEntities(s string, es []Entity) HTML {
	s = strings.ToValidUTF8(s, "\uFFFD")
	spans, edges := spread(s, es)
	var w formatter
	at := 0
	for _, edge := range edges {
		w.b.WriteString(string(Escape(s[at:edge])))
		at = edge
		w.end(at)
		for len(spans) > 0 && spans[0].from == at {
			w.begin(spans[0])
			spans = spans[1:]
		}
	}
	w.b.WriteString(string(Escape(s[at:])))
	return HTML(w.b.String())
}

// span is an entity by bytes, and the tags that make it.
type span struct {
	kind        string
	from, to    int
	first, last string
}

// spread finds where in s entities are, the outer ones before those within them, and all
// places at which one begins or ends.
func spread(s string, es []Entity) (spans []span, edges []int) {
	bytes := offsets(s)
	for _, e := range es {
		first, last := e.tags()
		if first == "" || e.Offset < 0 || e.Offset >= len(bytes) || e.Length <= 0 {
			continue
		}
		to := e.Offset + min(e.Length, len(bytes)-1-e.Offset)
		if p := (span{e.Kind, bytes[e.Offset], bytes[to], first, last}); p.from < p.to {
			spans = append(spans, p)
			edges = append(edges, p.from, p.to)
		}
	}
	slices.SortStableFunc(spans, func(a, b span) int { return cmp.Or(a.from-b.from, b.to-a.to) })
	slices.Sort(edges)
	return spans, slices.Compact(edges)
}

// offsets is where each UTF-16 unit of s begins, in bytes, and where s ends. What would cut a
// character in two stands before it.
func offsets(s string) []int {
	at := make([]int, 0, len(s)+1)
	for i, r := range s {
		for range utf16.RuneLen(r) {
			at = append(at, i)
		}
	}
	return append(at, len(s))
}

// tags are what stands around e; empty for what cannot be shown.
func (e Entity) tags() (first, last string) {
	if tag := styles[e.Kind]; tag != "" {
		return "<" + tag + ">", "</" + tag + ">"
	}
	switch {
	case e.Kind == "expandable_blockquote":
		return "<blockquote expandable>", "</blockquote>"
	case e.Kind == "pre" && e.Language != "":
		return `<pre><code class="language-` + string(Escape(e.Language)) + `">`, "</code></pre>"
	case e.Kind == "pre":
		return "<pre>", "</pre>"
	case e.Kind == "text_link" && e.URL != "":
		return `<a href="` + string(Escape(e.URL)) + `">`, "</a>"
	case e.Kind == "text_mention" && e.User > 0:
		return `<a href="tg://user?id=` + strconv.FormatInt(e.User, 10) + `">`, "</a>"
	case e.Kind == "custom_emoji" && e.Emoji != "":
		return `<tg-emoji emoji-id="` + string(Escape(e.Emoji)) + `">`, "</tg-emoji>"
	}
	return "", ""
}

// formatter writes tags so that each ends before those around it.
type formatter struct {
	b    strings.Builder
	open []span
}

// begin opens p, unless it may not be within what is open.
func (w *formatter) begin(p span) {
	for _, o := range w.open {
		if o.kind == p.kind || o.kind == "code" || o.kind == "pre" || o.last == p.last {
			return
		}
	}
	w.b.WriteString(p.first)
	w.open = append(w.open, p)
}

// end closes what ends at a place, and for that what is open within it, which begins again.
func (w *formatter) end(at int) {
	i := slices.IndexFunc(w.open, func(p span) bool { return p.to == at })
	if i < 0 {
		return
	}
	within := slices.Clone(w.open[i:])
	for _, p := range slices.Backward(within) {
		w.b.WriteString(p.last)
	}
	w.open = w.open[:i]
	for _, p := range within {
		if p.to > at {
			w.begin(p)
		}
	}
}
