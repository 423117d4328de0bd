package handlers

import (
	"context"
	"errors"
	"strings"
	"time"

	"xingfuli/bot/card"
	"xingfuli/bot/community"
	"xingfuli/bot/queue"
	"xingfuli/bot/telegram"
)

// QuestionStore keeps what people asked and nobody answered.
type QuestionStore interface {
	Questions(ctx context.Context) ([]community.Question, error)
	Question(ctx context.Context, id string) (community.Question, error)
	DismissQuestion(ctx context.Context, op queue.Op, question string, e community.Entry) error
	Wish(ctx context.Context, user int64, id string, now time.Time) error
}

// Questions shows staff what is still to be answered.
type Questions struct {
	Store   QuestionStore
	Staff   Staff
	Answers *Answers
}

// Register takes /questions and its buttons.
func (h Questions) Register(r *telegram.Router) {
	r.Command("questions", h.list, telegram.In(telegram.Private), telegram.For(has(h.Staff, community.Specialist)), telegram.About("questions.about"))
	r.Button("questions", h.page)
	r.Button("question", h.show)
	r.Button("questionanswer", h.write)
	r.Button("questionsame", h.same)
	r.Button("questiondismiss", h.dismiss)
	r.Button("tellme", h.wish)
	r.Explain(community.ErrNoQuestion, "questions.gone")
	r.Explain(community.ErrAsked, "questions.too_many")
	r.Explain(community.ErrWishes, "questions.too_many_wishes")
}

func (h Questions) list(ctx context.Context, t *telegram.Turn) error {
	m, err := h.card(ctx, t, false, 0)
	if err != nil {
		return err
	}
	_, err = t.Send(ctx, m)
	return err
}

func (h Questions) page(ctx context.Context, t *telegram.Turn) error {
	often, page := card.ReadQuestionsPage(t.Button.ID)
	m, err := h.card(ctx, t, often, page)
	if err != nil {
		return err
	}
	return t.Edit(ctx, m)
}

// card lists the questions that the person may see to, asked now.
func (h Questions) card(ctx context.Context, t *telegram.Turn, often bool, page int) (telegram.Message, error) {
	g, err := h.Answers.grants(ctx, t)
	if err != nil {
		return telegram.Message{}, err
	}
	if !g.Has(community.Specialist) {
		return telegram.Message{}, community.ErrNotAnswer
	}
	all, err := h.Store.Questions(ctx)
	if err != nil {
		return telegram.Message{}, err
	}
	return card.OpenQuestions(t.Words(), community.SortQuestions(g.Sees(all), often), often, page), nil
}

// seen finds an open question that the person may see to.
func (h Questions) seen(ctx context.Context, t *telegram.Turn, id string) (community.Question, error) {
	g, err := h.Answers.grants(ctx, t)
	if err != nil {
		return community.Question{}, err
	}
	if !g.Has(community.Specialist) {
		return community.Question{}, community.ErrNotAnswer
	}
	q, err := h.Store.Question(ctx, id)
	if err == nil && !g.MayAnswer(q.Community) {
		err = community.ErrNotAnswer
	}
	return q, err
}

// show shows one question, with answers that it may be another wording of.
func (h Questions) show(ctx context.Context, t *telegram.Turn) error {
	q, err := h.seen(ctx, t, t.Button.ID)
	if err != nil {
		return err
	}
	whose, err := h.Answers.name(ctx, t, q.Community)
	if err != nil {
		return err
	}
	likely, err := h.likely(ctx, t, q)
	if err != nil {
		return err
	}
	return t.Edit(ctx, card.OpenQuestion(t.Words(), q, whose, likely, t.Now.Location()))
}

// likely are the answers near a question that the person may change.
func (h Questions) likely(ctx context.Context, t *telegram.Turn, q community.Question) ([]community.Answer, error) {
	all, err := h.Answers.now(ctx)
	if err != nil {
		return nil, err
	}
	g, err := h.Answers.grants(ctx, t)
	if err != nil {
		return nil, err
	}
	var mine []community.Answer
	for _, a := range all {
		if g.MayAnswer(a.Community) && (a.Community == "" || a.Community == q.Community) {
			mine = append(mine, a)
		}
	}
	return community.NewIndex(mine).Near(q.Text, q.Community), nil
}

// write begins the answer to a question: for whom it is, and what is asked, is known.
func (h Questions) write(ctx context.Context, t *telegram.Turn) error {
	q, err := h.seen(ctx, t, t.Button.ID)
	if err != nil {
		return err
	}
	all, err := h.Answers.now(ctx)
	if err != nil {
		return err
	}
	d := answerDraft{Question: q.ID, Answer: q.Draft(string(t.Op()), all)}
	return h.Answers.next(ctx, t, d)
}

// same adds a question to an answer, as another wording of its own.
func (h Questions) same(ctx context.Context, t *telegram.Turn) error {
	id, answer, _ := strings.Cut(t.Button.ID, "/")
	q, err := h.seen(ctx, t, id)
	if err != nil {
		return err
	}
	a, err := h.Answers.owned(ctx, t, answer)
	if err != nil {
		return err
	}
	before := strings.Join(a.Wordings, "\n")
	a = q.Word(a)
	if err := a.CheckField("wordings", nil); err != nil {
		return err
	}
	e := change(t, "question.answer", a, before, strings.Join(a.Wordings, "\n"))
	if err := h.Answers.Store.AnswerQuestion(ctx, t.Op(), id, a, e); err != nil {
		return err
	}
	return h.done(ctx, t, "questions.answered")
}

// dismiss closes a question that needs no answer.
func (h Questions) dismiss(ctx context.Context, t *telegram.Turn) error {
	q, err := h.seen(ctx, t, t.Button.ID)
	if err != nil {
		return err
	}
	e := community.Entry{At: t.Now, Who: t.UserID(), What: "question.drop", About: q.Text}
	if err := h.Store.DismissQuestion(ctx, t.Op(), q.ID, e); err != nil {
		return err
	}
	return h.done(ctx, t, "questions.dismissed")
}

// done says what came of a question over the list of the others.
func (h Questions) done(ctx context.Context, t *telegram.Turn, key string) error {
	if err := t.Toast(ctx, key, nil); err != nil {
		return err
	}
	m, err := h.card(ctx, t, false, 0)
	if err != nil {
		return err
	}
	return t.Edit(ctx, m)
}

// wish notes that whoever pressed wants to be told. In a group anybody may press, and the
// button stays.
func (h Questions) wish(ctx context.Context, t *telegram.Turn) error {
	err := h.Store.Wish(ctx, t.User.ID, t.Button.ID, t.Now)
	if errors.Is(err, community.ErrNoQuestion) {
		return t.Alert(ctx, "questions.ask_again", nil)
	}
	if err != nil {
		return err
	}
	if !t.Private() {
		return t.Alert(ctx, "questions.will_tell", map[string]any{"Group": true})
	}
	return t.Edit(ctx, telegram.Message{HTML: t.Words().HTML("questions.will_tell", map[string]any{"Group": false})})
}
