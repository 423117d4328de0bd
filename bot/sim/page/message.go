package page

import (
	"html/template"
	"slices"
	"strings"
	"time"

	"xingfuli/bot/sim"
)

// pageful is how many messages are shown at first and with each look back.
const pageful = 40

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
	Kind      string // of Others
	HasWords  bool
	Happened  string // the line of a service message
	Joined    bool   // goes on with the pictures or files above: an album
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
		b.Joined = len(m.Files) > 0 && len(before.Files) > 0 && m.From == before.From && m.Files[0].Photo == before.Files[0].Photo && m.At.Equal(before.At)
		b.First = before.From != m.From || before.Thread != m.Thread || before.FromName != m.FromName || before.Service != "" || m.At.Sub(before.At) > 10*time.Minute
	}
	if m.Service != "" {
		b.Happened = l.happened(m.Deed)
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
			b.Others, b.Kind = append(b.Others, f), kindOf(f)
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
