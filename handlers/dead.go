package handlers

import (
	"context"
	"time"

	"xingfuli/bot/card"
	"xingfuli/bot/community"
	"xingfuli/bot/queue"
	"xingfuli/bot/telegram"
)

// DeadStore keeps the updates that could not be handled.
type DeadStore interface {
	Dead(ctx context.Context, before string, n int64) ([]queue.Dead, error)
	Revive(ctx context.Context, op queue.Op, entry string, retry bool) (bool, error)
}

// Dead shows admins what could not be handled, and has it handled again or dropped.
type Dead struct {
	Store DeadStore
	Staff Staff
}

// Register takes /dead and its buttons.
func (h Dead) Register(r *telegram.Router) {
	r.Command("dead", h.list, telegram.In(telegram.Private), telegram.For(has(h.Staff, community.Admin)), telegram.About("dead.about"))
	r.Button("dead", h.page)
	r.Button("retry", h.retry)
	r.Button("forget", h.forget)
}

func (h Dead) list(ctx context.Context, t *telegram.Turn) error {
	m, err := h.card(ctx, t, "")
	if err != nil {
		return err
	}
	_, err = t.Send(ctx, m)
	return err
}

// page shows the letter before the one in the button, or the newest.
func (h Dead) page(ctx context.Context, t *telegram.Turn) error {
	if err := admin(ctx, h.Staff, t); err != nil {
		return err
	}
	m, err := h.card(ctx, t, t.Button.ID)
	if err != nil {
		return err
	}
	return t.Edit(ctx, m)
}

// card shows one letter: there should be few.
func (h Dead) card(ctx context.Context, t *telegram.Turn, before string) (telegram.Message, error) {
	ds, err := h.Store.Dead(ctx, before, 2)
	if err != nil {
		return telegram.Message{}, err
	}
	if len(ds) == 0 {
		return card.NoDead(t.Words()), nil
	}
	d := ds[0]
	return card.Dead(t.Words(), card.Letter{
		Entry: d.Entry, Update: d.Update.ID, Chat: d.Update.Lane, Code: d.Code, Reason: d.Reason, At: time.Unix(d.At, 0).In(t.Now.Location()),
	}, len(ds) > 1), nil
}

func (h Dead) retry(ctx context.Context, t *telegram.Turn) error {
	return h.revive(ctx, t, true, "dead.retried")
}

func (h Dead) forget(ctx context.Context, t *telegram.Turn) error {
	return h.revive(ctx, t, false, "dead.dropped")
}

func (h Dead) revive(ctx context.Context, t *telegram.Turn, retry bool, key string) error {
	if err := admin(ctx, h.Staff, t); err != nil {
		return err
	}
	ok, err := h.Store.Revive(ctx, t.Op(), t.Button.ID, retry)
	if err != nil {
		return err
	}
	if !ok {
		return telegram.ErrStale
	}
	if err := t.Toast(ctx, key, nil); err != nil {
		return err
	}
	m, err := h.card(ctx, t, "")
	if err != nil {
		return err
	}
	return t.Edit(ctx, m)
}
