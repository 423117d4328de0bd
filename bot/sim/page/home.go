package page

import (
	"html/template"
	"net/http"

	"xingfuli/bot/sim"
)

// What the page offers to choose from.
var (
	emoji  = []string{"👍", "❤", "😁", "🎉", "🙏", "👎"}
	themes = []string{"auto", "light", "dark"}
)

// home is the whole page: what surrounds the chats, and the view it opens with.
type home struct {
	Lang, Title, Note, Theme, Epoch string
	Words                           map[string]string // for the script
	Bot                             sim.Bot
	Emoji, Themes, Jumps, Tours     []string
	Clock                           clock

	Seq       int64
	Who, Chat int64 // 0 in a world without people
	Thread    int
	Listed    bool
	Faces     []face
	Lines     []line
	Head      head
	Pins      []quote
	Keys      keys
	Log       template.HTML
	More      bool
}

func (p *page) home(w http.ResponseWriter, r *http.Request) {
	seq := p.sim.Seq() // before anything is read: the stream goes on from here
	l, _ := p.lookOf(r)
	if r.URL.Query().Get("lang") != "" {
		http.SetCookie(w, &http.Cookie{Name: "lang", Value: l.lang, Path: "/", SameSite: http.SameSiteStrictMode, MaxAge: 365 * 24 * 3600})
	}
	h := l.frame()
	h.Theme, h.Seq = themeOf(r), seq
	if len(l.people) > 0 {
		l.read()
		log, more := l.history(0)
		h.Log, h.More = template.HTML(log), more // rendered by our own templates
		h.Faces, h.Lines, h.Head, h.Pins, h.Keys = l.faces(), l.lines(), l.head(), l.pins(), l.keys()
	}
	head := w.Header()
	head.Set("Content-Type", "text/html; charset=utf-8")
	head.Set("Cache-Control", "no-store")
	_, _ = w.Write([]byte(l.render("page", h)))
}

// frame is what surrounds the chats.
func (l look) frame() home {
	o := l.p.o
	h := home{
		Lang: l.lang, Title: pick(o.Title, l.lang), Note: pick(o.Note, l.lang), Epoch: l.p.epoch, Words: allWords(l.lang),
		Bot: l.p.sim.Bot(), Emoji: emoji, Themes: themes, Clock: l.clock(),
		Who: l.person.ID, Chat: l.chat.ID, Thread: l.thread, Listed: l.listed,
	}
	for _, j := range o.Jumps {
		h.Jumps = append(h.Jumps, pick(j.Label, l.lang))
	}
	for _, t := range o.Tours {
		h.Tours = append(h.Tours, pick(t.Title, l.lang))
	}
	return h
}

func themeOf(r *http.Request) string {
	if c, err := r.Cookie("theme"); err == nil && (c.Value == "dark" || c.Value == "light") {
		return c.Value
	}
	return themes[0]
}
