package handlers

import (
	"context"
	"errors"
	"fmt"

	"xingfuli/bot/calendar"
	"xingfuli/bot/card"
	"xingfuli/bot/community"
	"xingfuli/bot/menu"
	"xingfuli/bot/queue"
	"xingfuli/bot/telegram"
)

// PushStore keeps when groups get the day's menu.
type PushStore interface {
	Schedule(ctx context.Context, id string) (queue.Schedule, error)
	PutSchedule(ctx context.Context, op queue.Op, s queue.Schedule, entries ...community.Entry) error
	DropSchedule(ctx context.Context, op queue.Op, id string, entries ...community.Entry) error
	Canteens(ctx context.Context, content int64) ([]menu.Canteen, error)
}

// Push has the day's menu posted in a group.
type Push struct {
	Store    PushStore
	Staff    Staff
	Holidays func(ctx context.Context) (h calendar.Holidays, version int64, err error)
}

// Refusals of times at which a group is to get the menu.
var (
	errOften    = errors.New("menu: more than once a day")
	errPushWhen = errors.New("menu: no days and hour of a day")
	errUnbound  = errors.New("menu: the group belongs to no community")
	errNoMeals  = errors.New("menu: no canteen serves the community")
	errNotPush  = errors.New("menu: only the canteen's staff, specialists and admins may do that")
)

// Register takes /menu_push, its button and refusals.
func (h Push) Register(r *telegram.Router) {
	staff := telegram.For(func(ctx context.Context, t *telegram.Turn) (bool, error) {
		if t.User == nil {
			return false, nil
		}
		g, err := h.Staff.Grants(ctx, t.User.ID)
		return g.Has(community.Specialist) || g.Has(community.Cook), err
	})
	r.Command("menu_push", h.push, telegram.In(telegram.Group), staff, telegram.About("daily.about"))
	r.Button("pushoff", h.off)
	r.Explain(errPushOther, "daily.other")
	for err, key := range map[error]string{
		errOften: "daily.often", errUnbound: "daily.unbound", errNoMeals: "daily.no_canteen", errNotPush: "daily.staff", errPushWhen: "daily.how",
	} {
		r.Explain(err, key)
	}
}

func pushID(t *telegram.Turn) string {
	return "push." + queue.Chat{ID: t.Chat.ID, Thread: t.Thread}.String()
}

// push shows, sets or ends it.
func (h Push) push(ctx context.Context, t *telegram.Turn) error {
	if err := h.may(ctx, t); err != nil {
		return err
	}
	if t.Args == "" {
		return h.show(ctx, t)
	}
	if says(t.Args, "daily.stop") || t.Args == "关" || t.Args == "stop" {
		return h.drop(ctx, t)
	}
	holidays, _, err := h.Holidays(ctx)
	if err != nil {
		return err
	}
	rule, err := daily(t, holidays)
	if err != nil {
		return err
	}
	s := queue.Schedule{ID: pushID(t), Rule: rule.String(), Author: t.UserID()}
	was, err := h.Store.Schedule(ctx, s.ID)
	if err != nil && !errors.Is(err, queue.ErrNoSchedule) {
		return err
	}
	s.Version = was.Version
	times := card.NextTimes(rule, t.Now, holidays, 3)
	s.Next, s.From = queue.Occurrence{At: times[0].At, Wall: times[0].Wall}, t.Now
	e := community.Entry{At: t.Now, Who: t.UserID(), What: "daily.set", About: t.Chat.Title, Before: was.Rule, After: s.Rule}
	if err := h.Store.PutSchedule(ctx, t.Op(), s, e); err != nil {
		return err
	}
	_, err = t.Send(ctx, card.Push(t.Words(), rule, times, t.Now, true))
	return err
}

// daily reads when; an hour alone is that of Monday to Friday.
func daily(t *telegram.Turn, holidays calendar.Holidays) (calendar.Rule, error) {
	rule, err := calendar.ParseWhen(t.Args, t.Now, holidays)
	if err == nil && rule.Once != (calendar.Moment{}) {
		rule, err = calendar.ParseWhen("周一至周五 "+t.Args, t.Now, holidays)
	}
	if err != nil {
		return rule, fmt.Errorf("%w: %w", errPushWhen, err)
	}
	last := ""
	for _, o := range card.NextTimes(rule, t.Now, holidays, 10) {
		if o.Wall[:len("2006-01-02")] == last {
			return rule, errOften
		}
		last = o.Wall[:len("2006-01-02")]
	}
	return rule, nil
}

func (h Push) show(ctx context.Context, t *telegram.Turn) error {
	s, err := h.Store.Schedule(ctx, pushID(t))
	if errors.Is(err, queue.ErrNoSchedule) {
		return t.Say(ctx, "daily.none", nil)
	}
	if err != nil {
		return err
	}
	var rule calendar.Rule
	if err := rule.UnmarshalText([]byte(s.Rule)); err != nil {
		return err
	}
	holidays, _, err := h.Holidays(ctx)
	if err != nil {
		return err
	}
	_, err = t.Send(ctx, card.Push(t.Words(), rule, card.NextTimes(rule, t.Now, holidays, 3), t.Now, false))
	return err
}

func (h Push) off(ctx context.Context, t *telegram.Turn) error {
	if err := h.may(ctx, t); err != nil {
		return err
	}
	s, err := h.Store.Schedule(ctx, pushID(t))
	if err != nil && !errors.Is(err, queue.ErrNoSchedule) {
		return err
	}
	var rule calendar.Rule
	if err == nil && rule.UnmarshalText([]byte(s.Rule)) == nil && card.PushID(rule) != t.Button.ID {
		return errPushOther
	}
	return h.drop(ctx, t)
}

// errPushOther refuses the button below times that others have taken the place of.
var errPushOther = errors.New("handlers: the menu comes at other times by now")

func (h Push) drop(ctx context.Context, t *telegram.Turn) error {
	e := community.Entry{At: t.Now, Who: t.UserID(), What: "push.drop", About: t.Chat.Title}
	if err := h.Store.DropSchedule(ctx, t.Op(), pushID(t), e); err != nil && !errors.Is(err, queue.ErrNoSchedule) {
		return err
	}
	return t.Edit(ctx, telegram.Message{HTML: t.Words().HTML("daily.dropped", nil)})
}

// may lets pass who may decide it for this group: admins, the community's specialist, and the
// cooks of the canteen that serves it.
func (h Push) may(ctx context.Context, t *telegram.Turn) error {
	home := t.Known.Chat.Community
	switch {
	case t.User == nil:
		return telegram.ErrAnonymous
	case t.Private():
		return telegram.ErrStale
	case home == "":
		return errUnbound
	}
	all, err := h.Store.Canteens(ctx, t.Known.Content)
	if err != nil {
		return err
	}
	c, ok := menu.CanteenOf(all, home)
	if !ok {
		return errNoMeals
	}
	g, err := h.Staff.Grants(ctx, t.User.ID)
	if err != nil {
		return err
	}
	if !g.May(community.Specialist, home) && !g.May(community.Cook, c.ID) {
		return errNotPush
	}
	return nil
}
