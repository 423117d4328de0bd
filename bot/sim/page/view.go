package page

import (
	"bytes"
	"embed"
	"encoding/json"
	"fmt"
	"html/template"
	"net/http"
	"slices"
	"strconv"
	"sync"

	"xingfuli/bot/sim"
)

//go:embed assets
var assets embed.FS

// templates are by language: {{t "key"}} is the page's own word in it. They are parsed when
// the first page is shown, not whenever the program starts.
var templates = sync.OnceValue(func() map[string]*template.Template {
	out := map[string]*template.Template{}
	for _, lang := range languages {
		out[lang] = template.Must(template.New("").Funcs(template.FuncMap{
			"t":      func(key string, pairs ...string) string { return say(lang, key, pairs...) },
			"asset":  assetPath,
			"size":   size,
			"short":  short,
			"tongue": tongue,
		}).ParseFS(assets, "assets/*.html"))
	}
	return out
})

// look is where somebody looks from: a person, one of the person's chats, a topic
// of it, and a language.
type look struct {
	p      *page
	lang   string
	person sim.Person
	people []sim.Person
	chats  []sim.Chat
	chat   sim.Chat
	thread int  // 0: all topics
	listed bool // no chat was asked for: a phone shows the list
}

// lookOf reads ?who, ?chat and ?thread. Who asks for nobody, or for a chat that
// is not the person's, sees the first; ok is false in a world without people.
func (p *page) lookOf(r *http.Request) (l look, ok bool) {
	l = look{p: p, lang: langOf(r), people: p.sim.People()}
	if len(l.people) == 0 {
		return l, false
	}
	who, _ := strconv.ParseInt(r.FormValue("who"), 10, 64)
	l.person = l.people[max(0, slices.IndexFunc(l.people, func(q sim.Person) bool { return q.ID == who }))]
	l.chats = p.sim.Chats(l.person.ID)
	id, _ := strconv.ParseInt(r.FormValue("chat"), 10, 64)
	at := slices.IndexFunc(l.chats, func(c sim.Chat) bool { return c.ID == id })
	l.listed = at < 0
	if len(l.chats) > 0 {
		l.chat = l.chats[max(0, at)]
	}
	l.thread, _ = strconv.Atoi(r.FormValue("thread"))
	return l, true
}

// read marks the chat that was asked for as read; a phone that shows the list of
// chats asked for none.
func (l look) read() {
	if !l.listed {
		l.p.unread.read(l.person.ID, l.chat.ID)
	}
}

// render runs the template of a name; a failure is a bug in the template.
func (l look) render(name string, data any) string {
	var b bytes.Buffer
	if err := templates()[l.lang].ExecuteTemplate(&b, name, data); err != nil {
		panic(fmt.Errorf("page: template %s: %w", name, err))
	}
	return b.String()
}

// parts are the pieces of the page that change with the world, by element id.
func (l look) parts() map[string]string {
	return map[string]string{
		"people": l.render("people", l.faces()),
		"list":   l.render("list", l.lines()),
		"head":   l.render("head", l.head()),
		"pins":   l.render("pins", l.pins()),
		"keys":   l.render("keys", l.keys()),
		"clock":  l.render("clock", l.clock()),
	}
}

// view is all of the page that depends on who looks where, and seq, the event to
// go on from.
func (p *page) view(w http.ResponseWriter, r *http.Request) {
	seq := p.sim.Seq()
	l, ok := p.lookOf(r)
	if !ok {
		p.refuse(w, r, http.StatusNotFound, "nobody")
		return
	}
	l.read()
	log, more := l.history(0)
	reply(w, map[string]any{
		"seq": seq, "who": strconv.FormatInt(l.person.ID, 10), "chat": strconv.FormatInt(l.chat.ID, 10), "thread": l.thread,
		"parts": l.parts(), "log": log, "more": more, "title": l.chat.Title,
	})
}

func (p *page) older(w http.ResponseWriter, r *http.Request) {
	l, ok := p.lookOf(r)
	before, err := strconv.Atoi(r.FormValue("before"))
	if !ok || err != nil || before <= 0 {
		p.refuse(w, r, http.StatusBadRequest, "err.chat")
		return
	}
	log, more := l.history(before)
	reply(w, map[string]any{"log": log, "more": more})
}

func reply(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	_ = json.NewEncoder(w).Encode(v) // a page that went away needs no answer
}

// refuse answers with a word of the page.
func (p *page) refuse(w http.ResponseWriter, r *http.Request, status int, key string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]string{"error": say(langOf(r), key)})
}
