package card

import (
	"slices"
	"strings"

	"xingfuli/bot/community"
	"xingfuli/bot/notice"
	"xingfuli/bot/telegram"
	"xingfuli/bot/text"
)

// Target names whom a notice is for: 「安居小区的居民」.
func Target(w text.Words, p notice.Places, t notice.Target) string {
	d := p.Directory
	id, home, _ := strings.Cut(t.ID, "@")
	name := id
	if t.Kind == notice.Subscriber {
		topic, _ := p.Topics.ByID(id)
		name = TopicName(w, topic)
	}
	switch c, ok := d.ByID(t.Community()); {
	case ok && home != "":
		home = c.Name
	case ok:
		name = c.Name
	case t.Kind == notice.Alliance:
		for _, a := range d.Alliances {
			if a.ID == id {
				name = a.Name
			}
		}
	case t.Kind == notice.OfRole:
		name = Role(w, community.Role(id), "")
	}
	return w.Plain("notice.to_"+string(t.Kind), map[string]any{"Name": name, "Home": home})
}

// targets names all of them.
func targets(w text.Words, p notice.Places, to []notice.Target) []string {
	names := make([]string, len(to))
	for i, t := range to {
		names[i] = Target(w, p, t)
	}
	return names
}

// TargetNames names all targets in one line.
func TargetNames(w text.Words, p notice.Places, to []notice.Target) string {
	return w.Plain("menu.list", map[string]any{"Names": targets(w, p, to)})
}

// Reach says how many groups and people a notice goes to: 「3 个群、128 人」.
func Reach(w text.Words, r notice.Reach) string {
	return w.Plain("notice.reach", map[string]any{"Groups": r.Groups, "People": r.People})
}

// Compose is the part of a notice's card that all its steps have.
type Compose struct {
	Draft  notice.Draft
	Places notice.Places
	Reach  notice.Reach
}

func (c Compose) button(w text.Words, key, id string) telegram.Button {
	return telegram.Button{Label: w.Plain(key, nil), Word: "announce", ID: id, Version: int64(c.Draft.Edition)}
}

// NoticeBegin asks for what to send; kept tells that there is an unfinished one, of which this is
// the body.
func NoticeBegin(w text.Words, kept bool, old notice.Body) telegram.Message {
	m := telegram.Message{HTML: w.HTML("notice.begin", map[string]any{"Kept": kept, "Head": NoticeHead(old)})}
	if kept {
		m.Buttons = [][]telegram.Button{{
			{Label: w.Plain("notice.resume", nil), Word: "announce", ID: "resume"},
			{Label: w.Plain("notice.forget", nil), Word: "announce", ID: "forget"},
		}}
	}
	return m
}

// NoticeAgain asks for what to send instead of what the draft has.
func NoticeAgain(w text.Words, c Compose) telegram.Message {
	return telegram.Message{HTML: w.HTML("notice.again", nil), Buttons: [][]telegram.Button{{c.button(w, "notice.keep_body", "resume")}}}
}

// NoticeTo lets a notice's author tick whom it is for. offers are all that may be ticked: few
// at once, many by their kind.
func NoticeTo(w text.Words, c Compose, offers []notice.Target, kind notice.TargetKind, page int) telegram.Message {
	m := telegram.Message{HTML: w.HTML("notice.whom", map[string]any{
		"To": targets(w, c.Places, c.Draft.To), "Reach": Reach(w, c.Reach), "Nobody": c.Reach.Chats() == 0,
	})}
	back := false
	if len(offers) > PerPage {
		if kind == "" {
			m.Buttons = kinds(w, c, offers)
		} else {
			offers, back = slices.DeleteFunc(slices.Clone(offers), func(t notice.Target) bool { return t.Kind != kind }), true
		}
	}
	if m.Buttons == nil {
		m.Buttons = ticks(w, c, offers, kind, page)
	}
	var last []telegram.Button
	if back {
		last = append(last, c.button(w, "notice.kinds", "to"))
	}
	if len(c.Draft.To) > 0 {
		last = append(last, c.button(w, "notice.next", "next"))
	}
	m.Buttons = append(m.Buttons, last)
	return m
}

// ticks are the buttons of a page of targets, one a row.
func ticks(w text.Words, c Compose, offers []notice.Target, kind notice.TargetKind, page int) [][]telegram.Button {
	p := Page{page, len(offers)}
	var rows [][]telegram.Button
	for _, t := range offers[p.From():p.To()] {
		rows = append(rows, []telegram.Button{tick(w, c, t, PageID(string(kind), p.From()/PerPage))})
	}
	for _, row := range p.turn(w, "announce", "to."+string(kind)) {
		for i := range row {
			row[i].Version = int64(c.Draft.Edition)
		}
		rows = append(rows, row)
	}
	return rows
}

// tick carries what a press makes of it, so that a second press changes nothing.
func tick(w text.Words, c Compose, t notice.Target, back string) telegram.Button {
	key, sign := "notice.unticked", "+"
	if slices.Contains(c.Draft.To, t) {
		key, sign = "notice.ticked", "-"
	}
	return telegram.Button{Label: w.Plain(key, map[string]any{"Name": Target(w, c.Places, t)}), Word: "announce", ID: "tick." + sign + t.String() + "." + back, Version: int64(c.Draft.Edition)}
}

// kinds leads to the targets of each kind; of a kind that is one target only it is that.
func kinds(w text.Words, c Compose, offers []notice.Target) [][]telegram.Button {
	var rows [][]telegram.Button
	var seen []notice.TargetKind
	for _, t := range offers {
		switch {
		case slices.Contains(seen, t.Kind):
		case t.ID == "":
			rows = append(rows, []telegram.Button{tick(w, c, t, "")})
		default:
			rows = append(rows, []telegram.Button{c.button(w, "notice.kind_"+string(t.Kind), PageID("to."+string(t.Kind), 0))})
		}
		seen = append(seen, t.Kind)
	}
	return rows
}

// NoticeWhen asks when to send.
func NoticeWhen(w text.Words, c Compose) telegram.Message {
	return telegram.Message{HTML: w.HTML("notice.when", nil), Buttons: [][]telegram.Button{{c.button(w, "notice.now", "now")}}}
}

// NoticeTimes shows how a time was understood: when is the rule in words, times its next
// ones; skips is the day that some months do not have.
func NoticeTimes(w text.Words, c Compose, when string, times []string, skips int, quiet bool) telegram.Message {
	return telegram.Message{
		HTML:    w.HTML("notice.times", map[string]any{"When": when, "Times": times, "Skips": skips, "Quiet": quiet && !c.Draft.Urgent}),
		Buttons: [][]telegram.Button{{c.button(w, "notice.times_yes", "timed")}, {c.button(w, "notice.times_no", "when"), c.button(w, "notice.now", "now")}},
	}
}

// NoticeOptions asks how to send.
func NoticeOptions(w text.Words, c Compose) telegram.Message {
	option := func(on bool, key, id string) telegram.Button {
		name, sign := "notice.unticked", "+"
		if on {
			name, sign = "notice.ticked", "-"
		}
		return telegram.Button{Label: w.Plain(name, map[string]any{"Name": w.Plain(key, nil)}), Word: "announce", ID: "option." + sign + id, Version: int64(c.Draft.Edition)}
	}
	return telegram.Message{HTML: w.HTML("notice.options", nil), Buttons: [][]telegram.Button{
		{option(c.Draft.Urgent, "notice.urgent", "urgent"), option(c.Draft.Receipt, "notice.receipt", "receipt")},
		{c.button(w, "notice.preview", "preview")},
	}}
}

// Sum is what the summary of a notice says besides.
type Sum struct {
	When   string // in words; empty: at once
	Times  []string
	Quiet  bool // it waits for the end of the quiet hours
	Second bool // a second person must agree

	Corrects bool // it takes the place of what was sent
}

// NoticeSum sums up a notice below its preview.
func NoticeSum(w text.Words, c Compose, s Sum) telegram.Message {
	v := sumValues(w, c, s)
	return telegram.Message{HTML: w.HTML("notice.sum", v), Buttons: [][]telegram.Button{
		{c.button(w, "notice.to_me", "me"), c.button(w, "notice.send", "send")},
		{c.button(w, "notice.edit", "edit"), c.button(w, "notice.drop", "drop")},
	}}
}

// shortly is how many messages are sent before anybody asks how long it takes.
const shortly = 300

func sumValues(w text.Words, c Compose, s Sum) map[string]any {
	takes := ""
	if n := c.Reach.Chats() * c.Draft.Body.Messages(); n > shortly {
		takes = Takes(w, n)
	}
	return map[string]any{
		"To": targets(w, c.Places, c.Draft.To), "Reach": Reach(w, c.Reach), "When": s.When, "Times": s.Times,
		"Takes": takes, "Quiet": s.Quiet, "Urgent": c.Draft.Urgent, "Receipt": c.Draft.Receipt, "Second": s.Second, "Corrects": s.Corrects,
	}
}

// NoticeEdit asks what to change.
func NoticeEdit(w text.Words, c Compose) telegram.Message {
	return telegram.Message{HTML: w.HTML("notice.what", nil), Buttons: [][]telegram.Button{
		{c.button(w, "notice.edit_body", "body"), c.button(w, "notice.edit_to", "to")},
		{c.button(w, "notice.edit_when", "when"), c.button(w, "notice.edit_options", "options")},
		{c.button(w, "notice.preview", "preview")},
	}}
}

// NoticeBody is a notice itself, as its recipients get it.
func NoticeBody(b notice.Body) telegram.Message {
	m := telegram.Message{HTML: b.HTML}
	files := make([]*telegram.File, len(b.Files))
	for i, f := range b.Files {
		files[i] = &telegram.File{ID: f.ID, Kind: telegram.Kind(f.Kind)}
	}
	switch {
	case len(files) > 1:
		m.Album = files
	case len(files) == 1 && files[0].Kind == telegram.AsPhoto:
		m.Photo = files[0]
	case len(files) == 1:
		m.File = files[0]
	}
	return m
}

// headRunes is how much of a notice names it.
const headRunes = 24

// NoticeHead names a notice by how it begins; empty for pictures without words.
func NoticeHead(b notice.Body) string {
	line, _, _ := strings.Cut(strings.TrimSpace(text.Bare(b.HTML)), "\n")
	if r := []rune(line); len(r) > headRunes {
		return string(r[:headRunes]) + "…"
	}
	return line
}
