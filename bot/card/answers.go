package card

import (
	"xingfuli/bot/telegram"
	"xingfuli/bot/text"
)

// topics are the common questions: the ID of the button and the key of its label.
var topics = [][2]string{
	{"hours", "answers.topic_hours"}, {"prices", "answers.topic_prices"},
	{"contact", "answers.topic_contact"}, {"privacy", "answers.topic_privacy"},
}

// Questions offers the common questions.
func Questions(w text.Words) telegram.Message {
	m := telegram.Message{HTML: w.HTML("answers.list", nil)}
	for _, t := range topics {
		m.Buttons = append(m.Buttons, []telegram.Button{{Label: w.Plain(t[1], nil), Word: "answers", ID: t[0]}})
	}
	return m
}

// Back is the button from an answer to the list of common questions.
func Back(w text.Words) [][]telegram.Button {
	return [][]telegram.Button{{{Label: w.Plain("answers.back", nil), Word: "answers"}}}
}
