package card

import (
	"xingfuli/bot/community"
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

// Contact says whom the people of a community call.
func Contact(w text.Words, c community.Community) telegram.Message {
	return telegram.Message{HTML: w.HTML("community.contact", map[string]any{
		"Community": c.Name, "Title": c.Contact.Title, "Phone": c.Contact.Phone, "Hours": c.Contact.Hours,
	})}
}

// Communities asks which community somebody belongs to, two a row.
func Communities(w text.Words, all []community.Community) telegram.Message {
	m := telegram.Message{HTML: w.HTML("community.which", nil)}
	for i, c := range all {
		if i%2 == 0 {
			m.Buttons = append(m.Buttons, nil)
		}
		last := len(m.Buttons) - 1
		m.Buttons[last] = append(m.Buttons[last], telegram.Button{Label: c.Name, Word: "where", ID: c.ID})
	}
	return m
}
