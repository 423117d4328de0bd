package card

import (
	"xingfuli/bot/telegram"
	"xingfuli/bot/text"
)

// Keys is the keyboard for people who do not type commands.
func Keys(w text.Words) *telegram.Keys {
	return &telegram.Keys{
		Rows: [][]string{
			{w.Plain("chat.key_today", nil), w.Plain("chat.key_week", nil)},
			{w.Plain("chat.key_contact", nil), w.Plain("chat.key_answers", nil)},
		},
		Hint: w.Plain("chat.key_hint", nil),
	}
}

// Languages offers the languages, each by its own name.
func Languages(w text.Words, group bool) telegram.Message {
	var row []telegram.Button
	for _, l := range text.Languages() {
		row = append(row, telegram.Button{Label: text.In(l).Plain("chat.language_name", nil), Word: "language", ID: string(l)})
	}
	return telegram.Message{HTML: w.HTML("chat.language", map[string]any{"Group": group}), Buttons: [][]telegram.Button{row}}
}
