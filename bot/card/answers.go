package card

import (
	"strconv"
	"strings"

	"xingfuli/bot/community"
	"xingfuli/bot/telegram"
	"xingfuli/bot/text"
)

// perPage is how many questions stand below each other.
const perPage = 8

// topics are the common questions whose answers are made of what is known, the newest at any
// time: the ID of the button and the key of its label.
var topics = [][2]string{
	{"hours", "answers.topic_hours"}, {"prices", "answers.topic_prices"},
	{"contact", "answers.topic_contact"}, {"privacy", "answers.topic_privacy"},
}

// Questions offers the common questions: the living ones, and groups of those that staff
// answer. Staff get a button to add one, and with elsewhere one to those of other communities.
func Questions(w text.Words, groups []community.Group, staff, elsewhere bool) telegram.Message {
	m := telegram.Message{HTML: w.HTML("answers.list", nil)}
	for _, t := range topics {
		m.Buttons = append(m.Buttons, []telegram.Button{{Label: w.Plain(t[1], nil), Word: "answers", ID: t[0]}})
	}
	var bs []telegram.Button
	for _, g := range groups {
		bs = append(bs, telegram.Button{Label: w.Plain("answers.group", map[string]any{"Name": g.Name}), Word: "answers", ID: ofGroup(g.Name) + ".0"})
	}
	m.Buttons = append(m.Buttons, pairs(bs)...)
	if elsewhere {
		m.Buttons = append(m.Buttons, []telegram.Button{{Label: w.Plain("answers.elsewhere", nil), Word: "answers", ID: "c-"}})
	}
	if staff {
		m.Buttons = append(m.Buttons, []telegram.Button{{Label: w.Plain("answers.add", nil), Word: "answeradd"}})
	}
	return m
}

// pairs puts buttons two a row.
func pairs(bs []telegram.Button) [][]telegram.Button {
	var rows [][]telegram.Button
	for i := 0; i < len(bs); i += 2 {
		rows = append(rows, bs[i:min(i+2, len(bs))])
	}
	return rows
}

// Elsewhere offers the communities that have answers of their own.
func Elsewhere(w text.Words, cs []community.Community) telegram.Message {
	var bs []telegram.Button
	for _, c := range cs {
		bs = append(bs, telegram.Button{Label: w.Plain("answers.group", map[string]any{"Name": c.Name}), Word: "answers", ID: OfCommunity(c.ID) + ".0"})
	}
	return telegram.Message{HTML: w.HTML("answers.which_community", nil), Buttons: append(pairs(bs), Back(w)...)}
}

// ofGroup begins the ID of a button that shows the questions of a group.
func ofGroup(name string) string { return "g-" + community.GroupID(name) }

// OfCommunity begins the ID of a button that shows a community's own questions.
func OfCommunity(id string) string { return "c-" + id }

// ReadPage reads the ID of a button that shows a page of questions, without "g-" or "c-".
func ReadPage(id string) (of string, page int, ok bool) {
	of, number, ok := strings.Cut(id, ".")
	page, err := strconv.Atoi(number)
	return of, page, ok && err == nil && page >= 0 && page <= community.MaxAnswers
}

// Group offers the questions of a group, a page of them. ok is false when there is no such page.
func Group(w text.Words, g community.Group, page int) (telegram.Message, bool) {
	return questions(w, g, ofGroup(g.Name), page)
}

// OwnQuestions offers a community's own questions, a page of them. ok is false when there is no such page.
func OwnQuestions(w text.Words, c community.Community, own []community.Answer, page int) (telegram.Message, bool) {
	return questions(w, community.Group{Name: c.Name, Answers: own}, OfCommunity(c.ID), page)
}

// questions shows a page of questions; of is how the IDs of the buttons to its pages begin.
func questions(w text.Words, g community.Group, of string, page int) (m telegram.Message, ok bool) {
	from := page * perPage
	if from >= len(g.Answers) {
		return m, false
	}
	m.HTML = w.HTML("answers.in_group", map[string]any{"Name": g.Name})
	for _, a := range g.Answers[from:min(from+perPage, len(g.Answers))] {
		m.Buttons = append(m.Buttons, []telegram.Button{{Label: a.Question, Word: "answers", ID: "a-" + a.ID}})
	}
	to := func(page int) string { return of + "." + strconv.Itoa(page) }
	m.Buttons = append(m.Buttons, turner(w, "answers", page, from+perPage < len(g.Answers), to)...)
	m.Buttons = append(m.Buttons, Back(w)...)
	return m, true
}

// turner is a row of buttons to the pages before and after, none when there are none.
func turner(w text.Words, word string, page int, more bool, to func(page int) string) [][]telegram.Button {
	var row []telegram.Button
	if page > 0 {
		row = append(row, telegram.Button{Label: w.Plain("answers.before", nil), Word: word, ID: to(page - 1)})
	}
	if more {
		row = append(row, telegram.Button{Label: w.Plain("answers.after", nil), Word: word, ID: to(page + 1)})
	}
	if len(row) == 0 {
		return nil
	}
	return [][]telegram.Button{row}
}

// Answer shows an answer; mine is for who may change it.
func Answer(w text.Words, a community.Answer, mine bool) telegram.Message {
	m := telegram.Message{HTML: w.HTML("answers.answer", map[string]any{"Question": a.Question, "Text": a.Text})}
	if mine {
		m.Buttons = append(m.Buttons, []telegram.Button{{Label: w.Plain("answers.edit", nil), Word: "answeredit", ID: a.ID}})
	}
	m.Buttons = append(m.Buttons, []telegram.Button{{Label: w.Plain("answers.back_group", map[string]any{"Name": a.Group}), Word: "answers", ID: ofGroup(a.Group) + ".0"}})
	m.Buttons = append(m.Buttons, Back(w)...)
	return m
}

// Back is the button from an answer to the list of common questions.
func Back(w text.Words) [][]telegram.Button {
	return [][]telegram.Button{{{Label: w.Plain("answers.back", nil), Word: "answers"}}}
}

// Likely offers answers to what somebody asked; none is the button for none of them.
func Likely(w text.Words, likely []community.Answer, none string) telegram.Message {
	m := telegram.Message{HTML: w.HTML("answers.likely", nil)}
	for _, a := range likely {
		id := "a-" + a.ID
		if community.IsLive(a.ID) {
			id = a.ID
		}
		m.Buttons = append(m.Buttons, []telegram.Button{{Label: a.Question, Word: "answers", ID: id}})
	}
	m.Buttons = append(m.Buttons, []telegram.Button{{Label: w.Plain("answers.none_of_these", nil), Word: "unlikely", ID: none}})
	return m
}

// Noted says that a question was noted, and offers to tell who asked.
func Noted(w text.Words, q community.Question) telegram.Message {
	return telegram.Message{
		HTML:    w.HTML("questions.noted", nil),
		Buttons: [][]telegram.Button{{{Label: w.Plain("questions.tell_me", nil), Word: "tellme", ID: q.ID}}},
	}
}

// Told tells somebody the answer to what they asked some days ago.
func Told(w text.Words, a community.Answer) telegram.Message {
	return telegram.Message{HTML: w.HTML("questions.told", map[string]any{"Question": a.Question, "Text": a.Text})}
}
