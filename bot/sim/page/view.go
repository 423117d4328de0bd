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
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"xingfuli/bot/sim"
)

//go:embed assets
var assets embed.FS

// templates are by language: {{t "key"}} is the page's own word in it.
var templates = func() map[string]*template.Template {
	out := map[string]*template.Template{}
	for _, lang := range languages {
		out[lang] = template.Must(template.New("").Funcs(template.FuncMap{
			"t":     func(key string, pairs ...string) string { return say(lang, key, pairs...) },
			"asset": assetPath,
			"size":  size,
			"short": short,
			"plus":  func(a, b int) int { return a + b },
		}).ParseFS(assets, "assets/*.html"))
	}
	return out
}()

// pageful is how many messages are shown at first and with each look back.
const pageful = 40

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
	if err := templates[l.lang].ExecuteTemplate(&b, name, data); err != nil {
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

type face struct {
	sim.Person
	Initial string
	Color   int
	Unread  int
	Here    bool
	Key     int // Alt+Key, 0 none
}

func (l look) faces() []face {
	out := make([]face, len(l.people))
	for i, q := range l.people {
		out[i] = face{Person: q, Initial: initial(q.Name), Color: i % 8, Here: q.ID == l.person.ID}
		if i < 9 {
			out[i].Key = i + 1
		}
		for _, n := range l.p.unread.of(q.ID) {
			out[i].Unread += n
		}
	}
	return out
}

// line is one chat in the list.
type line struct {
	sim.Chat
	Initial string
	Color   int
	Here    bool
	Last    string // how the newest message begins
	By      string // who wrote it, in a group
	When    string
	Unread  int
}

func (l look) lines() []line {
	waiting := l.p.unread.of(l.person.ID)
	out := make([]line, len(l.chats))
	for i, c := range l.chats {
		out[i] = line{Chat: c, Initial: initial(c.Title), Color: hue(c.ID), Here: c.ID == l.chat.ID, Unread: waiting[c.ID]}
		last := l.p.sim.History(l.person.ID, c.ID, 0, 1)
		if len(last) == 0 {
			continue
		}
		m := last[0]
		out[i].Last, out[i].When = l.preview(m), l.when(m.At)
		if c.Group && m.Service == "" {
			out[i].By = m.FromName
		}
		if m.From == l.person.ID {
			out[i].By = say(l.lang, "you")
		}
	}
	return out
}

// preview is a message in a few words, for the list, a quote and the pin bar.
func (l look) preview(m sim.Message) string {
	switch {
	case m.Service != "":
		return m.Service
	case m.Text != "":
		return strings.Join(strings.Fields(m.Text), " ")
	case m.Poll != nil:
		return say(l.lang, "poll") + " " + m.Poll.Question
	case len(m.Files) == 0:
		return say(l.lang, "messages")
	case m.Files[0].Photo:
		return say(l.lang, "photo")
	case m.Files[0].Name != "":
		return m.Files[0].Name
	}
	return say(l.lang, "file")
}

// when is the hour of a message of today, else its day.
func (l look) when(at time.Time) string {
	at, now := at.In(l.p.o.Zone), l.p.sim.Now().In(l.p.o.Zone)
	if day(at) == day(now) {
		return at.Format("15:04")
	}
	if l.lang == "en" {
		return at.Format("2 Jan")
	}
	return at.Format("1月2日")
}

func day(t time.Time) string { return t.Format(time.DateOnly) }

var weekdays = []string{"日", "一", "二", "三", "四", "五", "六"}

// date is a day in full, as it stands between messages.
func (l look) date(t time.Time) string {
	if l.lang == "en" {
		return t.Format("Monday, 2 January")
	}
	return t.Format("1月2日") + " 星期" + weekdays[t.Weekday()]
}

type clock struct{ Day, Time, Machine string }

func (l look) clock() clock {
	now := l.p.sim.Now().In(l.p.o.Zone)
	c := clock{Day: now.Format("1月2日") + " 周" + weekdays[now.Weekday()], Time: now.Format("15:04"), Machine: now.Format("2006-01-02T15:04")}
	if l.lang == "en" {
		c.Day = now.Format("Mon 2 Jan")
	}
	return c
}

type head struct {
	sim.Chat
	Initial string
	Color   int
	Thread  int
	Threads []thread
}

type thread struct {
	ID   int
	Name string
	Here bool
}

func (l look) head() head {
	h := head{Chat: l.chat, Initial: initial(l.chat.Title), Color: hue(l.chat.ID), Thread: l.thread}
	for id, name := range l.chat.Topics {
		h.Threads = append(h.Threads, thread{id, name, id == l.thread})
	}
	slices.SortFunc(h.Threads, func(a, b thread) int { return a.ID - b.ID })
	return h
}

type quote struct {
	ID         int
	Name, Text string
}

// pins are the pinned messages, newest first.
func (l look) pins() []quote {
	var out []quote
	for _, id := range slices.Backward(l.chat.Pinned) {
		if m, ok := l.p.sim.Message(l.person.ID, l.chat.ID, id); ok && !m.Deleted {
			out = append(out, quote{id, m.FromName, l.preview(m)})
		}
	}
	return out
}

type keys struct {
	sim.Chat
	Begin bool   // the person must press Start first
	At    string // what a command ends with in a chat of several people: @bot
}

func (l look) keys() keys {
	k := keys{Chat: l.chat, Begin: !l.chat.Group && !l.chat.Started && !l.chat.Blocked}
	if l.chat.Group {
		k.At = "@" + l.p.sim.Bot().Username
	}
	return k
}

// bubble is one message as the log shows it.
type bubble struct {
	sim.Message
	Mine, Bot bool
	Group     bool   // in a chat of several people: names are shown
	First     bool   // of those that one person sent in a row
	Day       string // not empty: the first message of that day
	Clock     string
	Machine   string
	Initial   string
	Color     int
	Role      string
	Quote     *quote
	Body      template.HTML
	Topic     string
	Photos    []sim.File
	Others    []sim.File
	HasWords  bool
}

// bubble shows m below the message before it.
func (l look) bubble(m sim.Message, before *sim.Message) bubble {
	at := m.At.In(l.p.o.Zone)
	b := bubble{
		Message: m, Mine: m.From == l.person.ID, Group: l.chat.Group, First: true,
		Clock: at.Format("15:04"), Machine: at.Format(time.RFC3339), Initial: initial(m.FromName), Color: 8,
		Body:     template.HTML(m.HTML), // escaped where it was rendered: see sim.Message
		HasWords: m.HTML != "",
	}
	if before == nil || day(before.At.In(l.p.o.Zone)) != day(at) {
		b.Day = l.date(at)
	} else {
		b.First = before.From != m.From || before.FromName != m.FromName || before.Service != "" || m.At.Sub(before.At) > 10*time.Minute
	}
	b.Bot = !slices.ContainsFunc(l.people, func(q sim.Person) bool { return q.ID == m.From })
	for i, q := range l.people {
		if q.ID == m.From {
			b.Color, b.Role = i%8, q.Role
		}
	}
	if l.thread == 0 && m.Thread != 0 {
		b.Topic = l.chat.Topics[m.Thread]
	}
	for _, f := range m.Files {
		if f.Photo {
			b.Photos = append(b.Photos, f)
		} else {
			b.Others = append(b.Others, f)
		}
	}
	if m.ReplyTo != 0 {
		b.Quote = &quote{m.ReplyTo, "", say(l.lang, "gone")}
		if q, ok := l.p.sim.Message(l.person.ID, l.chat.ID, m.ReplyTo); ok && !q.Deleted {
			b.Quote = &quote{q.ID, q.FromName, l.preview(q)}
		}
	}
	return b
}

// history renders the newest messages before an ID (0: all); more says that there
// are older ones still.
func (l look) history(before int) (html string, more bool) {
	found := l.collect(before, pageful+1)
	more = len(found) > pageful
	var b strings.Builder
	for i, m := range found {
		if i == 0 && more {
			continue // only what the first shown is compared with
		}
		var prev *sim.Message
		if i > 0 {
			prev = &found[i-1]
		}
		b.WriteString(l.render("item", l.bubble(m, prev)))
	}
	return b.String(), more
}

// collect is the history of the topic looked at, at most n messages, oldest first.
func (l look) collect(before, n int) []sim.Message {
	var out []sim.Message
	for len(out) < n {
		some := l.p.sim.History(l.person.ID, l.chat.ID, before, n)
		if len(some) == 0 {
			break
		}
		before = some[0].ID
		some = slices.DeleteFunc(some, func(m sim.Message) bool { return m.Deleted || !l.shows(m) })
		out = append(some, out...)
	}
	return out[max(0, len(out)-n):]
}

func (l look) shows(m sim.Message) bool { return l.thread == 0 || m.Thread == l.thread }

// one renders a single message, as history would.
func (l look) one(m sim.Message) string {
	var prev *sim.Message
	if before := l.collect(m.ID, 1); len(before) > 0 {
		prev = &before[0]
	}
	return l.render("item", l.bubble(m, prev))
}

// emoji are the reactions that the page offers.
var emoji = []string{"👍", "❤", "😁", "🎉", "🙏", "👎"}

type home struct {
	Lang, Title, Note, Theme, Epoch string
	Bot                             sim.Bot
	Emoji                           []string
	Seq                             int64
	Look                            look
	Who, Chat                       int64
	Thread                          int
	Listed, More, Empty             bool
	Faces                           []face
	Lines                           []line
	Head                            head
	Pins                            []quote
	Keys                            keys
	Clock                           clock
	Log                             template.HTML
	Words                           map[string]string
	Jumps, Tours, Themes            []string
}

func (p *page) home(w http.ResponseWriter, r *http.Request) {
	seq := p.sim.Seq() // before anything is read: the stream goes on from here
	l, _ := p.lookOf(r)
	if q := r.URL.Query().Get("lang"); q != "" {
		http.SetCookie(w, &http.Cookie{Name: "lang", Value: l.lang, Path: "/", SameSite: http.SameSiteStrictMode, MaxAge: 365 * 24 * 3600})
	}
	h := home{
		Lang: l.lang, Title: pick(p.o.Title, l.lang), Note: pick(p.o.Note, l.lang), Epoch: p.epoch, Seq: seq, Theme: themeOf(r), Bot: p.sim.Bot(), Emoji: emoji, Themes: []string{"auto", "light", "dark"},
		Who: l.person.ID, Chat: l.chat.ID, Thread: l.thread, Listed: l.listed, Clock: l.clock(), Words: allWords(l.lang),
	}
	if len(l.people) > 0 {
		l.read()
		log, more := l.history(0)
		h.Log, h.More, h.Empty = template.HTML(log), more, log == ""
		h.Faces, h.Lines, h.Head, h.Pins, h.Keys = l.faces(), l.lines(), l.head(), l.pins(), l.keys()
	}
	for _, j := range p.o.Jumps {
		h.Jumps = append(h.Jumps, pick(j.Label, l.lang))
	}
	for _, t := range p.o.Tours {
		h.Tours = append(h.Tours, pick(t.Title, l.lang))
	}
	head := w.Header()
	head.Set("Content-Type", "text/html; charset=utf-8")
	head.Set("Cache-Control", "no-store")
	head.Set("Vary", "Accept-Language, Cookie")
	_, _ = w.Write([]byte(l.render("page", h)))
}

func themeOf(r *http.Request) string {
	if c, err := r.Cookie("theme"); err == nil && (c.Value == "dark" || c.Value == "light") {
		return c.Value
	}
	return "auto"
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

// initial is what stands in the circle of somebody without a picture.
func initial(name string) string {
	r, _ := utf8.DecodeRuneInString(strings.TrimSpace(name))
	if r == utf8.RuneError {
		return "·"
	}
	return string(unicode.ToUpper(r))
}

// hue is a group's colour, one of eight.
func hue(id int64) int { return int(max(id, -id) % 8) }

// size is a number of bytes as people read it.
func size(n int64) string {
	switch {
	case n >= 1<<20:
		return fmt.Sprintf("%.1f MB", float64(n)/(1<<20))
	case n >= 1<<10:
		return fmt.Sprintf("%d KB", n>>10)
	}
	return fmt.Sprintf("%d B", n)
}

// short cuts at n characters.
func short(n int, s string) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n]) + "…"
	}
	return s
}
