package card

import (
	"encoding/json"
	"slices"
	"strconv"
	"time"

	"xingfuli/bot/notice"
	"xingfuli/bot/queue"
	"xingfuli/bot/telegram"
	"xingfuli/bot/text"
)

// Posted is a message as a delivery sends it: a rehearsal is labelled, and where a receipt is
// asked for, there is a button for it.
func Posted(w text.Words, d queue.Delivery, m telegram.Message) telegram.Message {
	m.Class = queue.Bulk
	if d.Rehearsal {
		m.HTML = w.HTML("post.rehearsal", nil) + "\n\n" + m.HTML
	}
	if len(m.Album) > 0 && m.HTML == "" && (d.Receipt || len(m.Buttons) > 0) { // an album has no buttons, words below it have
		m.HTML = w.HTML("post.below", map[string]any{"Receipt": d.Receipt})
	}
	if d.Receipt {
		got := []telegram.Button{{Label: w.Plain("post.got", nil), Word: "got", ID: d.ID}}
		m.Buttons = append([][]telegram.Button{got}, m.Buttons...)
	}
	return m
}

// perSecond is about how many messages go out in a second to all.
const perSecond = 29.5

// Takes says how long it takes to write to n chats, 「3 分钟」.
func Takes(w text.Words, n int) string {
	d := time.Duration(float64(n) / perSecond * float64(time.Second))
	switch {
	case d < time.Minute:
		return w.Plain("post.seconds", map[string]any{"N": int(d.Seconds()) + 1})
	case d < time.Hour:
		return w.Plain("post.minutes", map[string]any{"N": int(d.Minutes()) + 1})
	}
	return w.Plain("post.hours", map[string]any{"H": int(d.Hours()), "M": int(d.Minutes()) % 60})
}

// Delivery tells the author how a delivery goes, and what can be done about it. held says that
// it waits for the end of the quiet hours.
func Delivery(w text.Words, d queue.Delivery, held bool) telegram.Message {
	left := d.Queued + d.Sending
	v := map[string]any{
		"Kind": actOf(d), "Head": DeliveryHead(d),
		"State": string(d.State), "Held": held, "Rehearsal": d.Rehearsal, "Sent": d.Sent, "Failed": d.Failed, "Unknown": d.Unknown,
		"Left": left, "Receipt": d.Receipt, "Got": d.Got, "Time": "", "Ended": !d.Ended.IsZero(),
	}
	if d.State == queue.Running && left > 0 && !held {
		v["Time"] = Takes(w, left)
	}
	return telegram.Message{HTML: w.HTML("post.report", v), Buttons: deliveryButtons(w, d)}
}

// actOf is what a delivery does to what an earlier one has sent; empty for one that sends.
func actOf(d queue.Delivery) string {
	if d.IsAct() || d.Kind == queue.KindRemind {
		return d.Kind
	}
	return ""
}

// DeliveryHead is how the notice begins that a delivery is of; empty when it is of something else.
func DeliveryHead(d queue.Delivery) string {
	var b struct {
		notice.Body
		Revised notice.Body `json:"body"` // of a revision
	}
	if d.Kind != "notice" && actOf(d) == "" || json.Unmarshal(d.Body, &b) != nil {
		return ""
	}
	if d.Kind == queue.KindRevise {
		return NoticeHead(b.Revised)
	}
	return NoticeHead(b.Body)
}

// DeliveryActs says that a delivery has begun that does something to what was sent.
func DeliveryActs(w text.Words, kind string) telegram.Message {
	return telegram.Message{HTML: w.HTML("post.begun_"+kind, nil)}
}

// deliveryButtons are what may be done about a delivery as it stands, two a row.
func deliveryButtons(w text.Words, d queue.Delivery) [][]telegram.Button {
	var acts []string
	add := func(act string, when bool) {
		if when {
			acts = append(acts, act)
		}
	}
	ended := !d.Ended.IsZero()
	notice := !d.Rehearsal && !d.IsAct()
	add("pause", d.State == queue.Running)
	add("resume", d.State == queue.Paused)
	add("stop", !ended && d.State != queue.Filling)
	add("failures", d.Failed > 0)
	add("again_failed", ended && d.State != queue.Stopped && d.Failed > 0) // with them would go what was stopped
	add("again_unknown", ended && d.State != queue.Stopped && d.Unknown > 0)
	add("revise", ended && notice && d.Sent > 0 && d.Kind == "notice")
	add("recall", notice && d.Sent > 0 && (ended || d.State == queue.Paused))
	add("remind", ended && notice && d.Receipt && d.Sent > 0)
	add("visit", ended && notice && d.Receipt)
	var rows [][]telegram.Button
	for pair := range slices.Chunk(acts, 2) {
		var row []telegram.Button
		for _, act := range pair {
			label := w.Plain("post.act_"+act, nil)
			if act == "again_failed" && d.IsAct() { // nothing is sent
				label = w.Plain("post.act_retry", nil)
			}
			row = append(row, telegram.Button{Label: label, Word: "post", ID: d.ID + "." + act})
		}
		rows = append(rows, row)
	}
	return rows
}

// recallable is for how long after it was sent Telegram lets a bot delete a message (Bot API,
// deleteMessage).
const recallable = 48 * time.Hour

// Sure asks before something is done to a delivery that cannot be undone.
func Sure(w text.Words, d queue.Delivery, act string, now time.Time) telegram.Message {
	made := d.Made.In(now.Location())
	v := map[string]any{"Left": d.Queued + d.Sending, "Sent": d.Sent, "Unknown": d.Unknown, "At": moment(w, made), "Old": now.Sub(made) > recallable}
	return telegram.Message{HTML: w.HTML("post.sure_"+act, v), Buttons: [][]telegram.Button{{
		{Label: w.Plain("post.yes_"+act, nil), Word: "post", ID: d.ID + ".yes_" + act},
		{Label: w.Plain("post.no", nil), Word: "post", ID: d.ID + ".keep"},
	}}}
}

// Why says in plain words why a message did not reach a chat.
func Why(w text.Words, why queue.Why) string { return w.Plain("post.why_"+string(why), nil) }

// Failures is a table of the chats that a delivery did not reach, and what they are called.
func Failures(w text.Words, rows []queue.Row, names []string) [][]string {
	table := [][]string{{w.Plain("post.column_name", nil), w.Plain("post.column_chat", nil), w.Plain("post.column_kind", nil), w.Plain("post.column_why", nil)}}
	for i, r := range rows {
		kind := "post.person"
		if r.To.ID < 0 {
			kind = "post.group"
		}
		table = append(table, []string{names[i], strconv.FormatInt(r.To.ID, 10), w.Plain(kind, nil), Why(w, r.Why)})
	}
	return table
}

// Visits is a table of the people who have sent no receipt, and what they are called, by the
// community where they live.
func Visits(w text.Words, rows []queue.Row, homes, names []string) [][]string {
	var lines [][]string
	for i, r := range rows {
		home := homes[i]
		if home == "" {
			home = w.Plain("post.home_none", nil)
		}
		lines = append(lines, []string{home, names[i], strconv.FormatInt(r.To.ID, 10), w.Plain("post.state_"+string(r.State), nil)})
	}
	slices.SortFunc(lines, slices.Compare)
	head := []string{w.Plain("post.column_home", nil), w.Plain("post.column_name", nil), w.Plain("post.column_chat", nil), w.Plain("post.column_state", nil)}
	return append([][]string{head}, lines...)
}

// Revision shows the corrected words of a notice before they are sent.
func Revision(w text.Words, words text.HTML, d queue.Delivery, version int64) telegram.Message {
	return telegram.Message{
		HTML: w.HTML("post.revise_sure", map[string]any{"Text": words, "Sent": d.Sent}),
		Buttons: [][]telegram.Button{{
			{Label: w.Plain("post.yes_revise", nil), Word: "postfix", Version: version},
			{Label: w.Plain("post.no", nil), Word: "post", ID: d.ID + ".keep"},
		}},
	}
}
