package card

import (
	"strconv"
	"strings"
	"time"

	"xingfuli/bot/community"
	"xingfuli/bot/telegram"
	"xingfuli/bot/text"
)

// perPageOpen is how many open questions stand on a page.
const perPageOpen = 6

// OpenQuestions lists a page of the open questions for staff, those asked last or most often first.
func OpenQuestions(w text.Words, qs []community.Question, often bool, page int) telegram.Message {
	if len(qs) == 0 {
		return telegram.Message{HTML: w.HTML("questions.none", nil)}
	}
	page = min(page, (len(qs)-1)/perPageOpen)
	from := page * perPageOpen
	m := telegram.Message{HTML: w.HTML("questions.list", map[string]any{"Count": len(qs), "Often": often})}
	for _, q := range qs[from:min(from+perPageOpen, len(qs))] {
		label := w.Plain("questions.line", map[string]any{"Text": brief(q.Text), "Count": q.Count})
		m.Buttons = append(m.Buttons, []telegram.Button{{Label: label, Word: "question", ID: q.ID}})
	}
	to := func(page int) string { return QuestionsPage(often, page) }
	m.Buttons = append(m.Buttons, turner(w, "questions", page, from+perPageOpen < len(qs), to)...)
	other := "questions.by_often"
	if often {
		other = "questions.by_new"
	}
	m.Buttons = append(m.Buttons, []telegram.Button{{Label: w.Plain(other, nil), Word: "questions", ID: QuestionsPage(!often, 0)}})
	return m
}

// brief cuts a question to what a button shows.
func brief(s string) string {
	if r := []rune(s); len(r) > 40 {
		return string(r[:40]) + "…"
	}
	return s
}

// QuestionsPage names a page of the open questions in a button.
func QuestionsPage(often bool, page int) string {
	order := "new."
	if often {
		order = "often."
	}
	return order + strconv.Itoa(page)
}

// ReadQuestionsPage reads what QuestionsPage makes, the first page of what is anything else.
func ReadQuestionsPage(id string) (often bool, page int) {
	order, number, _ := strings.Cut(id, ".")
	page, err := strconv.Atoi(number)
	if err != nil || page < 0 || page > community.MaxQuestions {
		page = 0
	}
	return order == "often", page
}

// OpenQuestion shows staff an open question and what can be done about it. likely are
// answers that it may be another wording of.
func OpenQuestion(w text.Words, q community.Question, whose string, likely []community.Answer, zone *time.Location) telegram.Message {
	m := telegram.Message{HTML: w.HTML("questions.open", map[string]any{"Text": q.Text, "Count": q.Count, "Whose": whose, "Last": moment(w, q.Last.In(zone))})}
	m.Buttons = append(m.Buttons, []telegram.Button{{Label: w.Plain("questions.write", nil), Word: "questionanswer", ID: q.ID}})
	for _, a := range likely {
		label := w.Plain("questions.same_as", map[string]any{"Question": a.Question})
		m.Buttons = append(m.Buttons, []telegram.Button{{Label: label, Word: "questionsame", ID: q.ID + "/" + a.ID}})
	}
	m.Buttons = append(m.Buttons,
		[]telegram.Button{{Label: w.Plain("questions.dismiss", nil), Word: "questiondismiss", ID: q.ID}},
		[]telegram.Button{{Label: w.Plain("questions.back", nil), Word: "questions", ID: QuestionsPage(false, 0)}})
	return m
}
