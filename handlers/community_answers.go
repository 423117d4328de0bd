package handlers

import (
	"context"

	"xingfuli/bot/card"
	"xingfuli/bot/community"
	"xingfuli/bot/menu"
	"xingfuli/bot/telegram"
)

// AnswerStore keeps what the common questions are answered from.
type AnswerStore interface {
	Communities(ctx context.Context, content int64) ([]community.Community, error)
	Canteens(ctx context.Context, content int64) ([]menu.Canteen, error)
}

// Answers answers the common questions.
type Answers struct {
	Store AnswerStore
	Staff Staff
}

// Register takes /answers and its buttons.
func (h Answers) Register(r *telegram.Router) {
	r.Command("answers", h.questions, telegram.About("answers.about"))
	r.Phrase("chat.key_answers", h.questions)
	r.Button("answers", h.answer)
}

func (h Answers) questions(ctx context.Context, t *telegram.Turn) error {
	_, err := t.Send(ctx, card.Questions(t.Words()))
	return err
}

// answer answers a common question in place.
func (h Answers) answer(ctx context.Context, t *telegram.Turn) error {
	w := t.Words()
	if t.Button.ID == "" {
		return t.Edit(ctx, card.Questions(w))
	}
	m, err := h.topic(ctx, t, t.Button.ID)
	if err != nil {
		return err
	}
	m.Buttons = append(m.Buttons, card.Back(w)...)
	return t.Edit(ctx, m)
}

func (h Answers) topic(ctx context.Context, t *telegram.Turn, topic string) (telegram.Message, error) {
	w := t.Words()
	if topic == "privacy" {
		return telegram.Message{HTML: w.HTML("answers.privacy", nil)}, nil
	}
	all, err := h.Store.Communities(ctx, t.Known.Content)
	if err != nil {
		return telegram.Message{}, err
	}
	home, ok := at(t, all)
	switch {
	case !ok && len(all) == 0:
		return telegram.Message{HTML: w.HTML("community.none", nil)}, nil
	case !ok && !t.Private():
		return telegram.Message{HTML: w.HTML("community.unbound", nil)}, nil
	case !ok:
		return card.Communities(w, all), nil
	}
	if topic == "contact" {
		return contactCard(t, home), nil
	}
	canteens, err := h.Store.Canteens(ctx, t.Known.Content)
	if err != nil {
		return telegram.Message{}, err
	}
	c, ok := serving(canteens, home.ID)
	if !ok {
		return telegram.Message{HTML: w.HTML("menu.no_canteen", nil)}, nil
	}
	kinds := map[string]menu.AnswerKind{"hours": menu.Hours, "prices": menu.Prices}
	kind, ok := kinds[topic]
	if !ok {
		return telegram.Message{}, telegram.ErrStale
	}
	return card.Menu(w, menu.Answer{Kind: kind, Canteen: c}, today(t)), nil
}
