package handlers

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync/atomic"

	"xingfuli/bot/card"
	"xingfuli/bot/community"
	"xingfuli/bot/menu"
	"xingfuli/bot/queue"
	"xingfuli/bot/telegram"
)

// AnswerStore keeps what the common questions are answered from. content is
// queue.Known.Content, or what Content returns.
type AnswerStore interface {
	WorkDays
	Content(ctx context.Context) (int64, error)
	Communities(ctx context.Context, content int64) ([]community.Community, error)
	Canteens(ctx context.Context, content int64) ([]menu.Canteen, error)
	Answers(ctx context.Context, content int64) ([]community.Answer, error)
	PutAnswer(ctx context.Context, op queue.Op, a community.Answer, e community.Entry) error
	DropAnswer(ctx context.Context, op queue.Op, a community.Answer, e community.Entry) error
	AnswerQuestion(ctx context.Context, op queue.Op, question string, a community.Answer, e community.Entry) error
	NoteQuestion(ctx context.Context, op queue.Op, user int64, q community.Question) error
	SetPending(ctx context.Context, id string, q community.Question) error
	Pending(ctx context.Context, id string) (community.Question, error)
	Counter
}

// Answers answers the common questions, and takes the answers from staff.
type Answers struct {
	Store AnswerStore
	Staff Staff

	index atomic.Pointer[indexed]
}

// indexed is what plain questions are matched with.
type indexed struct {
	content int64
	*community.Index
}

// Register takes /answers, its buttons, and plain questions that nobody before understood.
func (h *Answers) Register(r *telegram.Router) {
	r.Command("answers", h.questions, telegram.About("answers.about"))
	r.Phrase("chat.key_answers", h.list)
	r.Text(h.ask)
	r.Button("answers", h.answer)
	r.Button("unlikely", h.unlikely)
	h.registerStaff(r)
}

// questions answers /answers: the list, a question that follows, or a line of staff.
func (h *Answers) questions(ctx context.Context, t *telegram.Turn) error {
	l, ok, err := community.ParseLine(t.Args)
	switch {
	case ok && !t.Private():
		return t.Say(ctx, "chat.private_only", nil)
	case ok:
		return h.line(ctx, t, l, err)
	case t.Args == "":
		return h.list(ctx, t)
	}
	found, err := h.match(ctx, t, t.Args)
	if err != nil || found {
		return err
	}
	return h.list(ctx, t)
}

func (h *Answers) list(ctx context.Context, t *telegram.Turn) error {
	m, err := h.top(ctx, t)
	if err != nil {
		return err
	}
	_, err = t.Send(ctx, m)
	return err
}

// top is the list of common questions, for staff in private with a button to add one.
func (h *Answers) top(ctx context.Context, t *telegram.Turn) (telegram.Message, error) {
	home, all, err := h.here(ctx, t)
	if err != nil {
		return telegram.Message{}, err
	}
	g, err := h.grants(ctx, t)
	if err != nil {
		return telegram.Message{}, err
	}
	elsewhere := func(a community.Answer) bool {
		return a.Community != "" && a.Community != home && g.MayAnswer(a.Community)
	}
	return card.Questions(t.Words(), community.Groups(all, home), g.Has(community.Specialist), slices.ContainsFunc(all, elsewhere)), nil
}

// grants are the person's own, asked now; in a group nobody has any here.
func (h *Answers) grants(ctx context.Context, t *telegram.Turn) (community.Grants, error) {
	if !t.Private() {
		return nil, nil
	}
	return h.Staff.Grants(ctx, t.UserID())
}

// here is the community that the turn is about, empty when it is not known, and all answers.
func (h *Answers) here(ctx context.Context, t *telegram.Turn) (home string, all []community.Answer, err error) {
	communities, err := h.Store.Communities(ctx, t.Known.Content)
	if err != nil {
		return "", nil, err
	}
	c, _ := at(t, communities)
	all, err = h.Store.Answers(ctx, t.Known.Content)
	return c.ID, all, err
}

// answer answers a common question in place.
func (h *Answers) answer(ctx context.Context, t *telegram.Turn) error {
	m, err := h.shown(ctx, t, t.Button.ID)
	if err != nil {
		return err
	}
	return t.Edit(ctx, m)
}

// shown is what a button of the list leads to. Answers are for everybody: one of another
// community is no secret.
func (h *Answers) shown(ctx context.Context, t *telegram.Turn, id string) (telegram.Message, error) {
	w := t.Words()
	if id == "" {
		return h.top(ctx, t)
	}
	if page, ok := strings.CutPrefix(id, "g-"); ok {
		return h.group(ctx, t, page)
	}
	if page, ok := strings.CutPrefix(id, "c-"); ok {
		return h.elsewhere(ctx, t, page)
	}
	if id, ok := strings.CutPrefix(id, "a-"); ok {
		_, all, err := h.here(ctx, t)
		if err != nil {
			return telegram.Message{}, err
		}
		a, err := withID(all, id)
		if err != nil {
			return telegram.Message{}, err
		}
		g, err := h.grants(ctx, t)
		return card.Answer(w, a, g.MayAnswer(a.Community)), err
	}
	m, err := h.topic(ctx, t, id)
	m.Buttons = append(m.Buttons, card.Back(w)...)
	return m, err
}

func withID(all []community.Answer, id string) (community.Answer, error) {
	for _, a := range all {
		if a.ID == id {
			return a, nil
		}
	}
	return community.Answer{}, community.ErrNoAnswer
}

func (h *Answers) group(ctx context.Context, t *telegram.Turn, id string) (telegram.Message, error) {
	home, all, err := h.here(ctx, t)
	if err != nil {
		return telegram.Message{}, err
	}
	name, page, ok := card.ReadPage(id)
	if g, found := community.FindGroup(community.Groups(all, home), name); ok && found {
		if m, ok := card.Group(t.Words(), g, page); ok {
			return m, nil
		}
	}
	return telegram.Message{}, telegram.ErrStale
}

// elsewhere lists the communities that have answers of their own, or those of one.
func (h *Answers) elsewhere(ctx context.Context, t *telegram.Turn, id string) (telegram.Message, error) {
	_, all, err := h.here(ctx, t)
	if err != nil {
		return telegram.Message{}, err
	}
	communities, err := h.Store.Communities(ctx, t.Known.Content)
	if err != nil {
		return telegram.Message{}, err
	}
	of, page, ok := card.ReadPage(id)
	var with []community.Community
	for _, c := range communities {
		own := community.Own(all, c.ID)
		if len(own) > 0 {
			with = append(with, c)
		}
		if c.ID != of {
			continue
		}
		if m, found := card.OwnQuestions(t.Words(), c, own, page); ok && found {
			return m, nil
		}
	}
	if id != "" {
		return telegram.Message{}, telegram.ErrStale
	}
	return card.Elsewhere(t.Words(), with), nil
}

// ask answers a plain question to the bot itself that is about nothing else; one that nobody
// has answered yet is noted for staff. Group chatter is passed over.
func (h *Answers) ask(ctx context.Context, t *telegram.Turn) (bool, error) {
	if !t.Direct {
		return false, nil
	}
	if found, err := h.match(ctx, t, t.Text); found || err != nil {
		return found, err
	}
	home, _, err := h.here(ctx, t)
	if err != nil {
		return false, err
	}
	q, ok := community.NewQuestion(t.Text, home, t.Now)
	if !ok {
		return false, nil
	}
	if err := h.Store.NoteQuestion(ctx, t.Op(), t.UserID(), q); err != nil {
		return false, err
	}
	if _, err = t.Send(ctx, card.Noted(t.Words(), q)); err == nil {
		h.Store.Count(home, today(t).Monday(), community.Tally{Asked: 1, Missed: 1})
	}
	return true, err
}

// match answers a question when there is an answer that is sure, or offers those that are likely.
func (h *Answers) match(ctx context.Context, t *telegram.Turn, question string) (bool, error) {
	home, all, err := h.here(ctx, t)
	if err != nil {
		return false, err
	}
	found, sure := h.learn(t.Known.Content, all).Match(question, home)
	if len(found) == 0 {
		return false, nil
	}
	if sure {
		if err := h.found(ctx, t, found[0]); err != nil {
			return true, err
		}
		h.Store.Count(home, today(t).Monday(), community.Tally{Asked: 1})
		return true, nil
	}
	none := "" // there is nothing to note of what is no question
	if q, ok := community.NewQuestion(question, home, t.Now); ok {
		none = string(t.Op())
		if err := h.Store.SetPending(ctx, none, q); err != nil {
			return false, err
		}
	}
	if _, err = t.Send(ctx, card.Likely(t.Words(), found, none)); err == nil {
		h.Store.Count(home, today(t).Monday(), community.Tally{Asked: 1})
	}
	return true, err
}

// found answers a question with the answer that is sure.
func (h *Answers) found(ctx context.Context, t *telegram.Turn, a community.Answer) error {
	m := card.Answer(t.Words(), a, false)
	if community.IsLive(a.ID) {
		var err error
		if m, err = h.topic(ctx, t, a.ID); err != nil {
			return err
		}
	}
	_, err := t.Send(ctx, m)
	return err
}

// learn indexes the answers as of a content number.
func (h *Answers) learn(content int64, all []community.Answer) *community.Index {
	x := h.index.Load()
	if x == nil || x.content != content {
		x = &indexed{content, community.NewIndex(slices.Concat(community.Live, all))}
		h.index.Store(x)
	}
	return x.Index
}

// unlikely notes a question for which the wrong answers were offered.
func (h *Answers) unlikely(ctx context.Context, t *telegram.Turn) error {
	q, err := h.Store.Pending(ctx, t.Button.ID)
	if errors.Is(err, community.ErrNoQuestion) {
		m, err := h.top(ctx, t) // too late to note it
		if err != nil {
			return err
		}
		return t.Edit(ctx, m)
	}
	if err != nil {
		return err
	}
	if err := h.Store.NoteQuestion(ctx, queue.Op("asked."+t.Button.ID), t.UserID(), q); err != nil { // once, whoever presses
		return err
	}
	h.Store.Count(q.Community, today(t).Monday(), community.Tally{Missed: 1}) // it was counted as asked
	return t.Edit(ctx, card.Noted(t.Words(), q))
}

// topic answers a question from what is known at this time.
func (h *Answers) topic(ctx context.Context, t *telegram.Turn, topic string) (telegram.Message, error) {
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
		return contactCard(ctx, t, h.Store, home)
	}
	canteens, err := h.Store.Canteens(ctx, t.Known.Content)
	if err != nil {
		return telegram.Message{}, err
	}
	c, ok := menu.CanteenOf(canteens, home.ID)
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
