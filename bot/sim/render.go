package sim

import (
	"html"
	"net/url"
	"strconv"
	"strings"
)

// renderHTML makes of a text and its entities HTML that is safe to insert into a page:
// the text is escaped, links are http, https, tg, mailto or tel. Line feeds stay.
func renderHTML(text string, list []apiEntity) string {
	if len(list) == 0 {
		return html.EscapeString(text)
	}
	list = nest(append([]apiEntity(nil), list...))
	r := renderer{at: offsets(text), text: text, list: list}
	r.span(0, len(r.at)-1)
	return r.out.String()
}

// offsets gives the byte offset of each UTF-16 offset.
func offsets(text string) []int {
	at := make([]int, 0, len(text)+1)
	for i, r := range text {
		for range runeLen16(r) {
			at = append(at, i)
		}
	}
	return append(at, len(text))
}

type renderer struct {
	text string
	at   []int
	list []apiEntity
	next int // the entity to open next
	out  strings.Builder
}

// span writes the text between two UTF-16 offsets with the entities that lie there.
func (r *renderer) span(from, to int) {
	for r.next < len(r.list) && r.list[r.next].Offset < to {
		e := r.list[r.next]
		r.next++
		if e.Offset < from || end(e) > to || e.Length <= 0 {
			continue // garbage from an injected update
		}
		r.plain(from, e.Offset)
		open, close := r.tags(e)
		r.out.WriteString(open)
		r.span(e.Offset, end(e))
		r.out.WriteString(close)
		from = end(e)
	}
	r.plain(from, to)
}

func (r *renderer) plain(from, to int) {
	r.out.WriteString(html.EscapeString(r.text[r.at[from]:r.at[to]]))
}

func (r *renderer) content(e apiEntity) string { return r.text[r.at[e.Offset]:r.at[end(e)]] }

var plainTags = map[string][2]string{
	"bold":                  {"<b>", "</b>"},
	"italic":                {"<i>", "</i>"},
	"underline":             {"<u>", "</u>"},
	"strikethrough":         {"<s>", "</s>"},
	"spoiler":               {`<span class="spoiler">`, "</span>"},
	"code":                  {"<code>", "</code>"},
	"blockquote":            {"<blockquote>", "</blockquote>"},
	"expandable_blockquote": {`<blockquote class="expandable">`, "</blockquote>"},
	"mention":               {`<span class="mention">`, "</span>"},
	"hashtag":               {`<span class="hashtag">`, "</span>"},
	"bot_command":           {`<span class="command">`, "</span>"},
}

// tags are what opens and closes an entity.
func (r *renderer) tags(e apiEntity) (open, close string) {
	if t, ok := plainTags[e.Type]; ok {
		return t[0], t[1]
	}
	switch e.Type {
	case "pre":
		if e.Language != "" {
			return `<pre><code class="language-` + html.EscapeString(e.Language) + `">`, "</code></pre>"
		}
		return "<pre>", "</pre>"
	case "text_link":
		return anchor(e.URL)
	case "url":
		return anchor(checkedLink(r.content(e)))
	case "email":
		return anchor("mailto:" + r.content(e))
	case "phone_number":
		return anchor("tel:" + strings.NewReplacer(" ", "", "(", "", ")", "", "-", "").Replace(r.content(e)))
	case "text_mention":
		if e.User != nil {
			return `<span class="mention" data-user="` + strconv.FormatInt(e.User.ID, 10) + `">`, "</span>"
		}
	case "custom_emoji":
		return `<span class="emoji" data-emoji="` + html.EscapeString(e.EmojiID) + `">`, "</span>"
	case "date_time":
		return `<time data-unix="` + strconv.FormatInt(e.UnixTime, 10) + `" data-format="` + html.EscapeString(e.Format) + `">`, "</time>"
	}
	return "", ""
}

// anchor links to what is safe to link to.
func anchor(link string) (open, close string) {
	u, err := url.Parse(link)
	if err != nil {
		return "", ""
	}
	switch u.Scheme {
	case "http", "https", "tg", "ton", "mailto", "tel":
		return `<a href="` + html.EscapeString(link) + `" target="_blank" rel="noopener noreferrer">`, "</a>"
	}
	return "", ""
}
