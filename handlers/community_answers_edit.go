package handlers

import (
	"context"
	"errors"
	"slices"
	"strings"

	"xingfuli/bot/card"
	"xingfuli/bot/community"
	"xingfuli/bot/queue"
	"xingfuli/bot/telegram"
)

// edit shows an answer with what can be done to it.
func (h *Answers) edit(ctx context.Context, t *telegram.Turn) error {
	a, err := h.owned(ctx, t, t.Button.ID)
	if err != nil {
		return err
	}
	return h.editing(ctx, t, a)
}

func (h *Answers) editing(ctx context.Context, t *telegram.Turn, a community.Answer) error {
	whose, err := h.name(ctx, t, a.Community)
	if err != nil {
		return err
	}
	return t.Edit(ctx, card.AnswerEdit(t.Words(), a, whose))
}

// pressed finds the answer that a button such as "text-<id>" acts on. It returns
// telegram.ErrStale when that has changed since the button was shown.
func (h *Answers) pressed(ctx context.Context, t *telegram.Turn) (act string, a community.Answer, err error) {
	act, id, _ := strings.Cut(t.Button.ID, "-")
	if a, err = h.owned(ctx, t, id); err == nil && a.Version != t.Button.Version {
		err = telegram.ErrStale
	}
	return act, a, err
}

// set asks for a new value of one field.
func (h *Answers) set(ctx context.Context, t *telegram.Turn) error {
	field, a, err := h.pressed(ctx, t)
	if err != nil {
		return err
	}
	if !slices.Contains([]string{"question", "text", "wordings", "group"}, field) {
		return telegram.ErrStale
	}
	if err := t.Go(ctx, "answers", "set", answerDraft{Answer: a, Was: a.Version, Field: field}); err != nil {
		return err
	}
	return t.Say(ctx, "answers.new_"+field, map[string]any{"Value": value(a, field)})
}

// value is a field of an answer as staff write it.
func value(a community.Answer, field string) string {
	switch field {
	case "question":
		return a.Question
	case "wordings":
		return strings.Join(a.Wordings, "\n")
	case "group":
		return a.Group
	}
	return a.Text
}

// with is the answer with a new value of a field.
func with(a community.Answer, field, value string) community.Answer {
	switch field {
	case "question":
		a.Question = value
	case "wordings":
		a.Wordings = nil
		if value = strings.TrimSpace(value); value != "无" && value != "-" {
			a.Wordings = strings.Split(value, "\n")
		}
	case "group":
		a.Group = value
	default:
		a.Text = value
	}
	return a.Tidy()
}

// save writes a new value of one field over the version that was shown. When a colleague has
// changed the answer since, both are shown, and nothing is written before it is said which.
func (h *Answers) save(ctx context.Context, t *telegram.Turn, d answerDraft) error {
	all, err := h.now(ctx)
	if err != nil {
		return err
	}
	a := d.Answer
	a.Version = d.Was
	fresh := with(a, d.Field, d.Value)
	if err := fresh.CheckField(d.Field, all); err != nil {
		return err
	}
	err = h.Store.PutAnswer(ctx, t.Op(), fresh, change(t, "answer.change", a, value(a, d.Field), value(fresh, d.Field)))
	if errors.Is(err, queue.ErrConflict) {
		return h.clash(ctx, t, d)
	}
	if err != nil {
		return err
	}
	return said(ctx, t, "answers.saved")
}

func (h *Answers) clash(ctx context.Context, t *telegram.Turn, d answerDraft) error {
	now, err := h.owned(ctx, t, d.Answer.ID)
	if errors.Is(err, community.ErrNoAnswer) {
		if err := t.Say(ctx, "answers.gone_meanwhile", map[string]any{"Mine": d.Value}); err != nil {
			return err
		}
		return t.End(ctx)
	}
	if err != nil {
		return err
	}
	d.Answer, d.Was = now, now.Version
	if err := t.Go(ctx, "answers", "clash", d); err != nil {
		return err
	}
	_, err = t.Send(ctx, card.AnswerClash(t.Words(), now, d.Value, t.Known.Dialogue.Version))
	return err
}

// mine writes what the person wrote over what a colleague wrote meanwhile.
func (h *Answers) mine(ctx context.Context, t *telegram.Turn) error {
	var d answerDraft
	if err := t.Dialogue("answers", &d); err != nil {
		return err
	}
	if t.Known.Dialogue.Step != "clash" {
		return telegram.ErrStale
	}
	if err := h.allowed(ctx, t, d.Answer.Community); err != nil {
		return err
	}
	return h.save(ctx, t, d)
}

// first puts an answer in front of all others of its group.
func (h *Answers) first(ctx context.Context, t *telegram.Turn) error {
	_, id, _ := strings.Cut(t.Button.ID, "-")
	a, err := h.owned(ctx, t, id) // of any version: nothing is lost by it
	if err != nil {
		return err
	}
	all, err := h.now(ctx)
	if err != nil {
		return err
	}
	a.Order = community.First(all)
	if err := h.Store.PutAnswer(ctx, t.Op(), a, change(t, "answer.move", a, a.Group, a.Group)); err != nil {
		return err
	}
	if err := t.Toast(ctx, "answers.moved_first", nil); err != nil {
		return err
	}
	a.Version++
	return h.editing(ctx, t, a)
}

// drop asks whether an answer is to go, and then drops it.
func (h *Answers) drop(ctx context.Context, t *telegram.Turn) error {
	act, a, err := h.pressed(ctx, t)
	if err != nil {
		return err
	}
	if act != "yes" {
		return t.Edit(ctx, card.AnswerDrop(t.Words(), a))
	}
	if err := h.Store.DropAnswer(ctx, t.Op(), a, change(t, "answer.drop", a, a.Text, "")); err != nil {
		return err
	}
	return t.Edit(ctx, telegram.Message{HTML: t.Words().HTML("answers.dropped", map[string]any{"Question": a.Question}), Buttons: card.Back(t.Words())})
}

// line does what staff say in one line. bad is why it cannot be read.
func (h *Answers) line(ctx context.Context, t *telegram.Turn, l community.Line, bad error) error {
	mine, everybody, err := h.scopes(ctx, t)
	switch {
	case err != nil:
		return err
	case bad != nil:
		return bad
	case l.Verb == community.LineAdd:
		return h.lineAdd(ctx, t, l, mine, everybody)
	}
	all, err := h.now(ctx)
	if err != nil {
		return err
	}
	g, err := h.grants(ctx, t)
	if err != nil {
		return err
	}
	a, err := community.FindAnswer(l.Fields[0], all, g)
	if err != nil {
		return err
	}
	if l.Verb == community.LineDrop {
		err = h.Store.DropAnswer(ctx, t.Op(), a, change(t, "answer.drop", a, a.Text, ""))
		return h.lined(ctx, t, "answers.dropped", a, err)
	}
	return h.lineChange(ctx, t, l, a, all)
}

// lineChange changes the field of an answer that a line names.
func (h *Answers) lineChange(ctx context.Context, t *telegram.Turn, l community.Line, a community.Answer, all []community.Answer) error {
	field, given := "text", l.Fields[1]
	switch l.Verb {
	case community.LineMove:
		field = "group"
	case community.LineWord:
		field, given = "wordings", strings.Join(append(slices.Clone(a.Wordings), given), "\n")
	}
	fresh := with(a, field, given)
	if err := fresh.CheckField(field, all); err != nil {
		return err
	}
	err := h.Store.PutAnswer(ctx, t.Op(), fresh, change(t, "answer.change", a, value(a, field), value(fresh, field)))
	return h.lined(ctx, t, "answers.line_saved", fresh, err)
}

func (h *Answers) lined(ctx context.Context, t *telegram.Turn, key string, a community.Answer, err error) error {
	if err != nil {
		return err
	}
	return t.Say(ctx, key, map[string]any{"Question": a.Question})
}

// lineAdd publishes a new answer that was said in one line: for the community that is named,
// else for everybody or the only one that the person sees to.
func (h *Answers) lineAdd(ctx context.Context, t *telegram.Turn, l community.Line, mine []community.Community, everybody bool) error {
	a := community.Answer{ID: string(t.Op()), Group: l.Fields[0], Question: l.Fields[1], Text: l.Fields[2]}.Tidy()
	switch {
	case len(l.Fields) > 3:
		c, err := community.Find(l.Fields[3], mine)
		if err != nil {
			return community.ErrAnswerFor
		}
		a.Community = c.ID
	case !everybody && len(mine) == 1:
		a.Community = mine[0].ID
	case !everybody:
		return community.ErrAnswerFor
	}
	all, err := h.now(ctx)
	if err != nil {
		return err
	}
	if err := a.Check(all); err != nil {
		return err
	}
	a.Order = community.Last(all)
	err = h.Store.PutAnswer(ctx, t.Op(), a, change(t, "answer.add", a, "", a.Text))
	return h.lined(ctx, t, "answers.line_added", a, err)
}
