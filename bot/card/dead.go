package card

import (
	"strings"
	"time"

	"xingfuli/bot/telegram"
	"xingfuli/bot/text"
)

// maxReason is how much of an error is shown, in bytes.
const maxReason = 500

// Letter is an update that could not be handled, as admins see it.
type Letter struct {
	Entry        string // what its buttons carry
	Update, Chat int64
	Code, Reason string
	At           time.Time
}

// NoDead says that there is nothing to look at.
func NoDead(w text.Words) telegram.Message {
	return telegram.Message{HTML: w.HTML("dead.none", nil)}
}

// Dead shows a letter, with a button to the one before it when there is one.
func Dead(w text.Words, d Letter, older bool) telegram.Message {
	reason := d.Reason
	if len(reason) > maxReason {
		reason = strings.ToValidUTF8(reason[:maxReason], "") + "…"
	}
	m := telegram.Message{
		HTML: w.HTML("dead.letter", map[string]any{"Update": d.Update, "Chat": d.Chat, "Code": d.Code, "Reason": reason, "At": moment(w, d.At)}),
		Buttons: [][]telegram.Button{{
			{Label: w.Plain("dead.retry", nil), Word: "retry", ID: d.Entry}, {Label: w.Plain("dead.forget", nil), Word: "forget", ID: d.Entry},
		}},
	}
	if older {
		m.Buttons = append(m.Buttons, []telegram.Button{{Label: w.Plain("dead.older", nil), Word: "dead", ID: d.Entry}})
	}
	return m
}
