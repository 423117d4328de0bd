package handlers

import (
	"context"
	"errors"
	"slices"

	"xingfuli/bot/card"
	"xingfuli/bot/community"
	"xingfuli/bot/telegram"
)

// registerStaff takes what changes answers. Who may is asked at each step: a role may be
// gone since, and any press may be forged.
func (h *Answers) registerStaff(r *telegram.Router) {
	r.Step("answers", "answers.doing", h.typed)
	r.Button("answeradd", h.add)
	r.Button("answerfor", h.chooseFor)
	r.Button("answergroup", h.chooseGroup)
	r.Button("answerput", h.publish)
	r.Button("answeragain", h.again)
	r.Button("answerleave", h.leave)
	r.Button("answeredit", h.edit)
	r.Button("answerset", h.set)
	r.Button("answerfirst", h.first)
	r.Button("answerdrop", h.drop)
	r.Button("answermine", h.mine)
	r.Explain(community.ErrNoAnswer, "answers.gone")
	r.Explain(community.ErrNotAnswer, "answers.not_yours")
	r.Explain(community.ErrAnswerGroup, "answers.bad_group")
	r.Explain(community.ErrAnswerQuestion, "answers.bad_question")
	r.Explain(community.ErrAnswerText, "answers.bad_text")
	r.Explain(community.ErrAnswerTwice, "answers.twice")
	r.Explain(community.ErrWordings, "answers.bad_wordings")
	r.Explain(community.ErrAnswers, "answers.too_many")
	r.Explain(community.ErrGroups, "answers.too_many_groups")
	r.Explain(community.ErrAnswerFor, "answers.say_for")
	r.Explain(community.ErrLine, "answers.bad_line")
}

// answerDraft is what staff are in the middle of: a new answer, or one field of one.
type answerDraft struct {
	Answer   community.Answer `json:"a"`
	Was      int64            `json:"w,omitempty"` // the version that was shown
	Field    string           `json:"f,omitempty"` // of an answer that is there: "question", "text", "wordings", "group"
	Value    string           `json:"v,omitempty"` // what was typed for it
	Question string           `json:"q,omitempty"` // ID of the open question that is answered
}

// allowed refuses who may not change the answers for a community, asked now.
func (h *Answers) allowed(ctx context.Context, t *telegram.Turn, of string) error {
	g, err := h.grants(ctx, t)
	if err == nil && !g.MayAnswer(of) {
		err = community.ErrNotAnswer
	}
	return err
}

// now reads the answers as they are at this time: staff see what they changed a moment ago.
func (h *Answers) now(ctx context.Context) ([]community.Answer, error) {
	content, err := h.Store.Content(ctx)
	if err != nil {
		return nil, err
	}
	return h.Store.Answers(ctx, content)
}

// owned finds an answer that the person may change.
func (h *Answers) owned(ctx context.Context, t *telegram.Turn, id string) (community.Answer, error) {
	all, err := h.now(ctx)
	if err != nil {
		return community.Answer{}, err
	}
	a, err := withID(all, id)
	if err != nil {
		return a, err
	}
	return a, h.allowed(ctx, t, a.Community)
}

// scopes are the communities for which the person may write answers, and whether also for all.
func (h *Answers) scopes(ctx context.Context, t *telegram.Turn) (mine []community.Community, all bool, err error) {
	g, err := h.grants(ctx, t)
	if err != nil {
		return nil, false, err
	}
	cs, err := h.Store.Communities(ctx, t.Known.Content)
	for _, c := range cs {
		if g.MayAnswer(c.ID) {
			mine = append(mine, c)
		}
	}
	all = g.MayAnswer("")
	if err == nil && !all && len(mine) == 0 {
		err = community.ErrNotAnswer
	}
	return mine, all, err
}

// name is what a community is called, empty for "".
func (h *Answers) name(ctx context.Context, t *telegram.Turn, id string) (string, error) {
	cs, err := h.Store.Communities(ctx, t.Known.Content)
	for _, c := range cs {
		if c.ID == id {
			return c.Name, err
		}
	}
	return "", err
}

// add begins a new answer.
func (h *Answers) add(ctx context.Context, t *telegram.Turn) error {
	mine, all, err := h.scopes(ctx, t)
	if err != nil {
		return err
	}
	d := answerDraft{Answer: community.Answer{ID: string(t.Op())}}
	if !all && len(mine) == 1 {
		d.Answer.Community = mine[0].ID
		return h.askGroup(ctx, t, d)
	}
	if err := t.Go(ctx, "answers", "for", d); err != nil {
		return err
	}
	_, err = t.Send(ctx, card.AnswerFor(t.Words(), mine, all, t.Known.Dialogue.Version))
	return err
}

func (h *Answers) chooseFor(ctx context.Context, t *telegram.Turn) error {
	var d answerDraft
	if err := t.Dialogue("answers", &d); err != nil {
		return err
	}
	if d.Answer.Community = t.Button.ID; t.Button.ID == "*" {
		d.Answer.Community = ""
	}
	if name, err := h.name(ctx, t, d.Answer.Community); err != nil || name == "" && d.Answer.Community != "" {
		return errors.Join(err, telegram.ErrStale)
	}
	if err := h.allowed(ctx, t, d.Answer.Community); err != nil {
		return err
	}
	return h.askGroup(ctx, t, d)
}

func (h *Answers) askGroup(ctx context.Context, t *telegram.Turn, d answerDraft) error {
	gs, err := h.groups(ctx, d.Answer.Community)
	if err != nil {
		return err
	}
	if err := t.Go(ctx, "answers", "group", d); err != nil {
		return err
	}
	_, err = t.Send(ctx, card.AnswerGroups(t.Words(), gs, t.Known.Dialogue.Version))
	return err
}

func (h *Answers) groups(ctx context.Context, home string) ([]community.Group, error) {
	all, err := h.now(ctx)
	return community.Groups(all, home), err
}

// chooseGroup takes a group from a button.
func (h *Answers) chooseGroup(ctx context.Context, t *telegram.Turn) error {
	var d answerDraft
	if err := t.Dialogue("answers", &d); err != nil {
		return err
	}
	gs, err := h.groups(ctx, d.Answer.Community)
	if err != nil {
		return err
	}
	names := card.GroupNames(t.Words(), gs)
	i := slices.IndexFunc(names, func(n string) bool { return community.GroupID(n) == t.Button.ID })
	if i < 0 {
		return telegram.ErrStale
	}
	return h.take(ctx, t, d, names[i])
}

// typed takes what staff write at a step; where a button is to be pressed it is said again.
func (h *Answers) typed(ctx context.Context, t *telegram.Turn) error {
	var d answerDraft
	if err := t.Dialogue("answers", &d); err != nil {
		return err
	}
	if t.Text == "" {
		return t.Say(ctx, "answers.text_only", nil)
	}
	return h.take(ctx, t, d, t.Text)
}

// take puts a value where the dialogue is, and goes on. One that is refused may be given again.
func (h *Answers) take(ctx context.Context, t *telegram.Turn, d answerDraft, value string) error {
	if err := h.allowed(ctx, t, d.Answer.Community); err != nil {
		return err
	}
	step := t.Known.Dialogue.Step
	switch step {
	case "set":
		d.Value = value
		return h.save(ctx, t, d)
	case "group":
		d.Answer.Group = value
	case "question":
		d.Answer.Question = value
	case "text":
		d.Answer.Text = value
	default:
		return t.Say(ctx, "answers.press", nil)
	}
	all, err := h.now(ctx)
	if err != nil {
		return err
	}
	d.Answer = d.Answer.Tidy()
	if err := d.Answer.CheckField(step, all); err != nil {
		return err
	}
	return h.next(ctx, t, d)
}

// next asks for what a new answer still lacks, and shows it when it lacks nothing. The answer
// to an open question is published then: it was read in the question.
func (h *Answers) next(ctx context.Context, t *telegram.Turn, d answerDraft) error {
	var step string
	switch a := d.Answer; {
	case a.Text == "" && d.Question != "":
		step = "text"
	case a.Group == "":
		return h.askGroup(ctx, t, d)
	case a.Question == "":
		step = "question"
	case a.Text == "":
		step = "text"
	case d.Question != "":
		return h.put(ctx, t, d)
	default:
		return h.preview(ctx, t, d)
	}
	if err := t.Go(ctx, "answers", step, d); err != nil {
		return err
	}
	return t.Say(ctx, "answers.ask_"+step, map[string]any{"Question": d.Answer.Question})
}

func (h *Answers) preview(ctx context.Context, t *telegram.Turn, d answerDraft) error {
	whose, err := h.name(ctx, t, d.Answer.Community)
	if err != nil {
		return err
	}
	if err := t.Go(ctx, "answers", "check", d); err != nil {
		return err
	}
	_, err = t.Send(ctx, card.AnswerDraft(t.Words(), d.Answer, whose, t.Known.Dialogue.Version))
	return err
}

// publish makes the new answer one that everybody sees.
func (h *Answers) publish(ctx context.Context, t *telegram.Turn) error {
	var d answerDraft
	if err := t.Dialogue("answers", &d); err != nil {
		return err
	}
	if t.Known.Dialogue.Step != "check" {
		return telegram.ErrStale
	}
	if err := h.allowed(ctx, t, d.Answer.Community); err != nil {
		return err
	}
	return h.put(ctx, t, d)
}

// put writes a new answer, unless it may not stand among the others by now.
func (h *Answers) put(ctx context.Context, t *telegram.Turn, d answerDraft) error {
	all, err := h.now(ctx)
	if err != nil {
		return err
	}
	if err := d.Answer.Check(all); err != nil {
		return err
	}
	if d.Answer.Order == 0 {
		d.Answer.Order = community.Last(all)
	}
	if d.Question != "" {
		err = h.Store.AnswerQuestion(ctx, t.Op(), d.Question, d.Answer, change(t, "question.answer", d.Answer, "", d.Answer.Text))
	} else {
		err = h.Store.PutAnswer(ctx, t.Op(), d.Answer, change(t, "answer.add", d.Answer, "", d.Answer.Text))
	}
	if errors.Is(err, community.ErrNoQuestion) {
		return h.tooLate(ctx, t, d)
	}
	if err != nil {
		return err
	}
	if d.Question != "" {
		return said(ctx, t, "questions.answered")
	}
	return said(ctx, t, "answers.published")
}

// tooLate gives who was the second to answer an open question back what they wrote.
func (h *Answers) tooLate(ctx context.Context, t *telegram.Turn, d answerDraft) error {
	if err := t.Say(ctx, "questions.too_late", map[string]any{"Text": d.Answer.Text}); err != nil {
		return err
	}
	return t.End(ctx)
}

// change is what the audit trail gets of an answer.
func change(t *telegram.Turn, what string, a community.Answer, before, after string) community.Entry {
	return community.Entry{At: t.Now, Who: t.UserID(), What: what, About: a.Question, Before: before, After: after}
}

// again asks for the text of a new answer once more.
func (h *Answers) again(ctx context.Context, t *telegram.Turn) error {
	var d answerDraft
	if err := t.Dialogue("answers", &d); err != nil {
		return err
	}
	d.Answer.Text = ""
	return h.next(ctx, t, d)
}

// leave ends the dialogue; nothing has changed.
func (h *Answers) leave(ctx context.Context, t *telegram.Turn) error {
	var d answerDraft
	if err := t.Dialogue("answers", &d); err != nil {
		return err
	}
	return said(ctx, t, "answers.left")
}
