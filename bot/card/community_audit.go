package card

import (
	"strconv"
	"strings"

	"xingfuli/bot/community"
	"xingfuli/bot/telegram"
	"xingfuli/bot/text"
)

// deeds are the words for what entries of the audit trail tell, by the two halves of their
// code. An empty second half stands for all others of the first.
var deeds = map[[2]string]string{
	{"menu", "publish"}: "audit.menu_publish", {"menu", "change"}: "audit.menu_change", {"menu", "undo"}: "audit.menu_undo",
	{"menu", "soldout"}: "audit.menu_soldout", {"menu", "restock"}: "audit.menu_restock",
	{"canteen", "add"}: "audit.canteen_add", {"canteen", "close"}: "audit.canteen_close", {"canteen", ""}: "audit.canteen",
	{"community", "add"}: "audit.community_add", {"community", "rename"}: "audit.community_rename",
	{"community", "close"}: "audit.community_close", {"community", "open"}: "audit.community_open",
	{"community", "contact"}: "audit.community_contact", {"community", "ally"}: "audit.community_ally",
	{"community", "dissolve"}: "audit.community_dissolve",
	{"group", "bind"}:         "audit.group_bind", {"group", "unbind"}: "audit.group_unbind",
	{"staff", "invite"}: "audit.staff_invite", {"staff", "join"}: "audit.staff_join", {"staff", "remove"}: "audit.staff_remove",
	{"answer", "add"}: "audit.answer_add", {"answer", "change"}: "audit.answer_change", {"answer", "drop"}: "audit.answer_drop", {"answer", "move"}: "audit.answer_move",
	{"topic", "add"}: "audit.topic_add", {"topic", "rename"}: "audit.topic_rename", {"topic", "close"}: "audit.topic_close", {"topic", "reopen"}: "audit.topic_reopen",
	{"topic", "local"}: "audit.topic_local", {"topic", "general"}: "audit.topic_general",
	{"push", "set"}: "audit.push_set", {"push", "drop"}: "audit.push_drop",
	{"delivery", "stop"}: "audit.delivery_stop", {"delivery", "recall"}: "audit.delivery_recall",
	{"delivery", "revise"}: "audit.delivery_revise", {"delivery", "remind"}: "audit.delivery_remind",
	{"job", "run"}: "audit.job_run", {"job", "rehearse"}: "audit.job_rehearse", {"job", "late"}: "audit.job_late", {"job", "skip"}: "audit.job_skip",
	{"job", "pause"}: "audit.job_pause", {"job", "resume"}: "audit.job_resume",
	{"holidays", "set"}: "audit.holidays_set", {"holidays", "reset"}: "audit.holidays_reset",
	{"notice", "write"}: "audit.notice_write", {"notice", "agree"}: "audit.notice_agree", {"notice", "refuse"}: "audit.notice_refuse",
	{"notice", "move"}: "audit.notice_move", {"notice", "stop"}: "audit.notice_stop", {"notice", "now"}: "audit.notice_now",
	{"question", "answer"}: "audit.question_answer", {"question", "drop"}: "audit.question_drop",
}

// Deed is what an entry of the audit trail tells, with the names of the people in it; an
// empty name is somebody who is not known any more, or the bot.
type Deed struct {
	community.Entry
	By, To string
}

func (d Deed) line(w text.Words) text.HTML {
	kind, what, _ := strings.Cut(d.What, ".")
	key, ok := deeds[[2]string{kind, what}]
	if !ok {
		key, ok = deeds[[2]string{kind, ""}]
	}
	if !ok {
		key = "audit.other"
	}
	return w.HTML(key, map[string]any{"About": d.About, "To": d.To, "After": d.After, "Code": d.What})
}

// Audit shows a page of the trail, the newest first; newest tells that nothing is before it,
// more that there are older entries. Each entry has a button that shows what was before and
// after.
func Audit(w text.Words, ds []Deed, newest, more bool) telegram.Message {
	type line struct {
		N, When, By string
		Did         text.HTML
	}
	var lines []line
	var m telegram.Message
	for i, d := range ds {
		n := strconv.Itoa(i + 1)
		lines = append(lines, line{n, moment(w, d.At), d.By, d.line(w)})
		if i%4 == 0 {
			m.Buttons = append(m.Buttons, nil)
		}
		last := len(m.Buttons) - 1
		m.Buttons[last] = append(m.Buttons[last], telegram.Button{Label: n, Word: "deed", ID: d.ID})
	}
	m.HTML = w.HTML("audit.list", map[string]any{"Entries": lines})
	var turn []telegram.Button
	if !newest {
		turn = append(turn, telegram.Button{Label: w.Plain("audit.newest", nil), Word: "audit"})
	}
	if more {
		turn = append(turn, telegram.Button{Label: w.Plain("audit.older", nil), Word: "audit", ID: ds[len(ds)-1].ID})
	}
	if turn != nil {
		m.Buttons = append(m.Buttons, turn)
	}
	return m
}

// AuditEntry shows one entry whole.
func AuditEntry(w text.Words, d Deed) telegram.Message {
	return telegram.Message{
		HTML: w.HTML("audit.entry", map[string]any{
			"When": moment(w, d.At), "Year": strconv.Itoa(d.At.Year()), "By": d.By, "Did": d.line(w), "Before": d.Before, "After": d.After,
		}),
		Buttons: [][]telegram.Button{{{Label: w.Plain("audit.back", nil), Word: "audit"}}},
	}
}
