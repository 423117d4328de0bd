package page

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"xingfuli/bot/sim"
)

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
		return l.happened(m.Deed)
	case m.Text != "":
		return strings.Join(strings.Fields(m.Text), " ")
	case m.Poll != nil:
		return say(l.lang, "poll") + " " + m.Poll.Question
	case len(m.Files) == 0:
		return say(l.lang, "messages")
	case m.Files[0].Photo:
		return say(l.lang, "photo")
	case kindOf(m.Files[0]) != "document":
		return say(l.lang, kindOf(m.Files[0]))
	case m.Files[0].Name != "":
		return m.Files[0].Name
	}
	return say(l.lang, "file")
}

// happenings are the page's words for what a service message tells of.
var happenings = map[sim.Happening]string{
	sim.Pinned: "event.pinned", sim.MadeTopic: "event.topic", sim.Added: "event.added", sim.Removed: "event.removed",
	sim.Joined: "event.joined", sim.Left: "event.left", sim.Grew: "event.grew", sim.GrownFrom: "event.grown",
}

func (l look) happened(d sim.Deed) string {
	return say(l.lang, happenings[d.Did], "name", d.By, "of", d.Of)
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

// kindOf tells a "sticker" and a "voice" message from a "document": their paths begin so.
func kindOf(f sim.File) string {
	switch dir, _, _ := strings.Cut(f.Path, "/"); dir {
	case "stickers":
		return "sticker"
	case "voices":
		return "voice"
	}
	return "document"
}

// tongue is the lang attribute of what people wrote: a screen reader must not spell
// out hanzi in English.
func tongue(s string) string {
	if strings.ContainsFunc(s, func(r rune) bool { return unicode.Is(unicode.Han, r) }) {
		return "zh-Hans"
	}
	return ""
}
