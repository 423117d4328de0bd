package card

import (
	"time"

	"xingfuli/bot/notice"
	"xingfuli/bot/telegram"
	"xingfuli/bot/text"
)

// NoticeDone says what became of a confirmed notice: the text under key.
func NoticeDone(w text.Words, key string, c Compose, s Sum) telegram.Message {
	return telegram.Message{
		HTML:    w.HTML(key, sumValues(w, c, s)),
		Buttons: [][]telegram.Button{{{Label: w.Plain("notice.all", nil), Word: "notices"}}},
	}
}

// NoticeSecond asks a second person whether a notice may go out, below the notice itself.
func NoticeSecond(w text.Words, id string, version int64, author string, c Compose, s Sum) telegram.Message {
	v := sumValues(w, c, s)
	v["Author"] = author
	return telegram.Message{HTML: w.HTML("notice.second", v), Buttons: [][]telegram.Button{{
		{Label: w.Plain("notice.agree", map[string]any{"Corrects": s.Corrects}), Word: "noticeyes", ID: id, Version: version},
		{Label: w.Plain("notice.disagree", nil), Word: "noticeno", ID: id, Version: version},
	}}}
}

// NoticeDecided tells an author what the second person has said.
func NoticeDecided(w text.Words, n notice.Notice, second string, yes bool) telegram.Message {
	return telegram.Message{HTML: w.HTML("notice.decided", map[string]any{"Head": NoticeHead(n.Body), "Second": second, "Yes": yes, "Later": n.When != "", "Corrects": n.Corrects != ""})}
}

// Announced is a notice as a list of notices shows it.
type Announced struct {
	notice.Notice
	At   time.Time // when it goes out next; zero: that is not known
	When string    // its times in words; empty: at once
	Next []string  // its next times; empty: none
	By   string    // who wrote it; empty: nobody is known
	Sent []Figures // of its newest deliveries, the newest first
	Mine bool      // the person may change it
}

// Figures is how far a delivery has come.
type Figures struct {
	ID                                      string // empty: its report is not for this person
	At                                      time.Time
	Total, Sent, Failed, Unknown, Left, Got int
}

// The tabs of the list of notices.
const (
	TabAhead   = "ahead"
	TabRunning = "running"
	TabPast    = "past"
)

// Notices shows a page of a tab.
func Notices(w text.Words, tab string, list []Announced, page int) telegram.Message {
	p := Page{page, len(list)}
	m := telegram.Message{HTML: w.HTML("notice.list_"+tab, map[string]any{"Count": len(list)})}
	for _, n := range list[p.From():p.To()] {
		at := n.Last
		if tab == TabAhead || at.IsZero() {
			at = n.Made
		}
		if !n.At.IsZero() {
			at = n.At
		}
		label := w.Plain("notice.line", map[string]any{"At": moment(w, at), "Head": NoticeHead(n.Body), "State": w.Plain("notice.state_"+string(n.State), nil)})
		m.Buttons = append(m.Buttons, []telegram.Button{{Label: label, Word: "notice", ID: n.ID}})
	}
	m.Buttons = append(m.Buttons, p.turn(w, "notices", tab)...)
	var tabs []telegram.Button
	for _, other := range []string{TabAhead, TabRunning, TabPast} {
		if other != tab {
			tabs = append(tabs, telegram.Button{Label: w.Plain("notice.tab_"+other, nil), Word: "notices", ID: other})
		}
	}
	m.Buttons = append(m.Buttons, tabs)
	return m
}

// NoticeCard shows one notice, with what the person may do with it.
func NoticeCard(w text.Words, p notice.Places, n Announced) telegram.Message {
	type row struct {
		At                                      string
		Total, Sent, Failed, Unknown, Left, Got int
	}
	var rows []row
	for _, f := range n.Sent {
		rows = append(rows, row{moment(w, f.At), f.Total, f.Sent, f.Failed, f.Unknown, f.Left, f.Got})
	}
	m := telegram.Message{HTML: w.HTML("notice.card", map[string]any{
		"Head": NoticeHead(n.Body), "State": w.Plain("notice.state_"+string(n.State), nil), "To": targets(w, p, n.To), "When": n.When, "Next": n.Next,
		"By": n.By, "Sent": rows, "Urgent": n.Urgent, "Receipt": n.Receipt,
		"Missed": n.State == notice.Scheduled && len(n.Next) == 0,
	})}
	do := func(key, verb string) telegram.Button {
		return telegram.Button{Label: w.Plain(key, nil), Word: "notice", ID: n.ID + "." + verb, Version: n.Version}
	}
	if n.Mine {
		switch n.State {
		case notice.Scheduled:
			m.Buttons = append(m.Buttons, []telegram.Button{do("notice.move", "move"), do("notice.stop", "stop")}, []telegram.Button{do("notice.at_once", "now"), do("notice.rehearse", "rehearse")})
		case notice.Waiting:
			m.Buttons = append(m.Buttons, []telegram.Button{do("notice.stop", "stop"), do("notice.rehearse", "rehearse")})
		case notice.Stopped:
			if n.Corrects == "" {
				m.Buttons = append(m.Buttons, []telegram.Button{do("notice.move", "move"), do("notice.rehearse", "rehearse")})
			}
		}
	}
	for _, f := range n.Sent {
		if f.ID == "" {
			continue
		}
		label := w.Plain("notice.report", map[string]any{"At": moment(w, f.At)})
		m.Buttons = append(m.Buttons, []telegram.Button{{Label: label, Word: "post", ID: f.ID + ".show"}})
	}
	tab := TabPast
	if n.State == notice.Waiting || n.State == notice.Scheduled {
		tab = TabAhead
	}
	m.Buttons = append(m.Buttons, []telegram.Button{do("notice.read", "read")}, []telegram.Button{{Label: w.Plain("notice.back", nil), Word: "notices", ID: tab}})
	return m
}

// NoticeSure asks whether something shall be done with a notice: the text under key, and what
// the button that does it says.
func NoticeSure(w text.Words, n notice.Notice, key, yes, verb string, v map[string]any) telegram.Message {
	v["Head"] = NoticeHead(n.Body)
	return telegram.Message{HTML: w.HTML(key, v), Buttons: [][]telegram.Button{{
		{Label: w.Plain(yes, nil), Word: "notice", ID: n.ID + "." + verb, Version: n.Version},
		{Label: w.Plain("notice.leave", nil), Word: "notice", ID: n.ID},
	}}}
}

// NoticeLost tells that a notice was not sent: its author may not write to its people any more.
func NoticeLost(w text.Words, n notice.Notice, author string) telegram.Message {
	return telegram.Message{HTML: w.HTML("notice.lost", map[string]any{"Head": NoticeHead(n.Body), "Author": author})}
}
