package card

import (
	"strings"

	"xingfuli/bot/community"
	"xingfuli/bot/telegram"
	"xingfuli/bot/text"
)

// AnswerEdit shows staff an answer with all that can be done to it. whose is the name of the
// community it is for, empty for everybody.
func AnswerEdit(w text.Words, a community.Answer, whose string) telegram.Message {
	key := func(label, word, field string) telegram.Button {
		return telegram.Button{Label: w.Plain(label, nil), Word: word, ID: field + "-" + a.ID, Version: a.Version}
	}
	return telegram.Message{
		HTML: w.HTML("answers.editing", map[string]any{"Question": a.Question, "Text": a.Text, "Group": a.Group, "Whose": whose, "Wordings": a.Wordings}),
		Buttons: [][]telegram.Button{
			{key("answers.set_question", "answerset", "question"), key("answers.set_text", "answerset", "text")},
			{key("answers.set_wordings", "answerset", "wordings"), key("answers.set_group", "answerset", "group")},
			{key("answers.set_first", "answerfirst", "x"), key("answers.drop", "answerdrop", "ask")},
			{{Label: w.Plain("answers.back_answer", nil), Word: "answers", ID: "a-" + a.ID}},
		},
	}
}

// AnswerDrop asks whether an answer is really to go.
func AnswerDrop(w text.Words, a community.Answer) telegram.Message {
	return telegram.Message{
		HTML: w.HTML("answers.drop_sure", map[string]any{"Question": a.Question}),
		Buttons: [][]telegram.Button{{
			{Label: w.Plain("answers.drop_yes", nil), Word: "answerdrop", ID: "yes-" + a.ID, Version: a.Version},
			{Label: w.Plain("answers.drop_no", nil), Word: "answeredit", ID: a.ID},
		}},
	}
}

// AnswerFor asks whose people a new answer is for; all offers everybody.
func AnswerFor(w text.Words, mine []community.Community, all bool, step int64) telegram.Message {
	m := telegram.Message{HTML: w.HTML("answers.ask_for", nil)}
	if all {
		m.Buttons = append(m.Buttons, []telegram.Button{{Label: w.Plain("answers.for_all", nil), Word: "answerfor", ID: "*", Version: step}})
	}
	var bs []telegram.Button
	for _, c := range mine {
		bs = append(bs, telegram.Button{Label: c.Name, Word: "answerfor", ID: c.ID, Version: step})
	}
	m.Buttons = append(m.Buttons, pairs(bs)...)
	return m
}

// AnswerGroups asks for the group of an answer: one that is there, a usual one, or a new name.
func AnswerGroups(w text.Words, groups []community.Group, step int64) telegram.Message {
	var bs []telegram.Button
	for _, name := range GroupNames(w, groups) {
		bs = append(bs, telegram.Button{Label: name, Word: "answergroup", ID: community.GroupID(name), Version: step})
	}
	return telegram.Message{HTML: w.HTML("answers.ask_group", nil), Buttons: pairs(bs)}
}

// GroupNames lists the names that AnswerGroups offers.
func GroupNames(w text.Words, groups []community.Group) []string {
	var names []string
	for _, g := range groups {
		names = append(names, g.Name)
	}
	if len(names) == 0 {
		names = strings.Fields(w.Plain("answers.usual_groups", nil))
	}
	return names
}

// AnswerDraft shows staff a new answer before it is published.
func AnswerDraft(w text.Words, a community.Answer, whose string, step int64) telegram.Message {
	return telegram.Message{
		HTML: w.HTML("answers.draft", map[string]any{"Question": a.Question, "Text": a.Text, "Group": a.Group, "Whose": whose}),
		Buttons: [][]telegram.Button{
			{{Label: w.Plain("answers.publish", nil), Word: "answerput", Version: step}},
			{{Label: w.Plain("answers.rewrite", nil), Word: "answeragain", Version: step}, {Label: w.Plain("answers.leave", nil), Word: "answerleave", Version: step}},
		},
	}
}

// AnswerClash shows staff what a colleague wrote meanwhile beside what they wrote.
func AnswerClash(w text.Words, now community.Answer, mine string, step int64) telegram.Message {
	return telegram.Message{
		HTML: w.HTML("answers.clash", map[string]any{"Question": now.Question, "Text": now.Text, "Group": now.Group, "Wordings": now.Wordings, "Mine": mine}),
		Buttons: [][]telegram.Button{{
			{Label: w.Plain("answers.use_mine", nil), Word: "answermine", Version: step}, {Label: w.Plain("answers.use_theirs", nil), Word: "answerleave", Version: step},
		}},
	}
}
