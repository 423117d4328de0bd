package handlers

import (
	"context"
	"errors"

	"xingfuli/bot/community"
	"xingfuli/bot/telegram"
)

// errElsewhere refuses a specialist what belongs to another community.
var errElsewhere = errors.New("community: another community's specialist")

// bind says which community a group belongs to. A specialist binds to their own, and takes no
// group from another.
func (h Community) bind(ctx context.Context, t *telegram.Turn) error {
	d, err := h.Store.Directory(ctx, t.Known.Content)
	if err != nil {
		return err
	}
	c, err := community.Find(t.Args, d.Open())
	if err != nil {
		return h.unknown(ctx, t, d, "/bind")
	}
	if err := h.mayBind(ctx, t, d, c.ID); err != nil {
		return err
	}
	if err := h.belong(ctx, t, d, "group.bind", c); err != nil {
		return err
	}
	w := t.Words()
	bound := w.HTML("community.bound", map[string]any{"Community": c.Name})
	if hears, err := h.hears(ctx, t); err != nil {
		return err
	} else if !hears {
		bound += "\n\n" + w.HTML("community.bound_privacy", nil)
	}
	_, err = t.Send(ctx, telegram.Message{HTML: bound})
	return err
}

// unbind leaves a group without a community: the bot is silent in it again.
func (h Community) unbind(ctx context.Context, t *telegram.Turn) error {
	d, err := h.Store.Directory(ctx, t.Known.Content)
	if err != nil {
		return err
	}
	if t.Known.Chat.Community == "" {
		return t.Say(ctx, "community.unbound_now", nil)
	}
	if err := h.mayBind(ctx, t, d, t.Known.Chat.Community); err != nil {
		return err
	}
	if err := h.belong(ctx, t, d, "group.unbind", community.Community{}); err != nil {
		return err
	}
	return t.Say(ctx, "community.unbound_now", nil)
}

// mayBind lets pass who may act for a community and for the one that the group belongs to now.
func (h Community) mayBind(ctx context.Context, t *telegram.Turn, d community.Directory, id string) error {
	if err := may(ctx, h.Staff, t, community.Specialist, id, errElsewhere); err != nil {
		return err
	}
	now, ok := d.ByID(t.Known.Chat.Community)
	if !ok || now.Closed {
		return nil
	}
	return may(ctx, h.Staff, t, community.Specialist, now.ID, errElsewhere)
}

// belong notes which community the group belongs to. It is recorded first: a turn that is
// killed in between finds what was before in the trail.
func (h Community) belong(ctx context.Context, t *telegram.Turn, d community.Directory, what string, c community.Community) error {
	was, _ := d.ByID(t.Known.Chat.Community)
	e := community.Entry{At: t.Now, Who: t.UserID(), What: what, About: t.Chat.Title, Before: was.Name, After: c.Name}
	if err := h.Store.Record(ctx, t.Op(), e); err != nil {
		return err
	}
	if err := h.Store.SetCommunity(ctx, t.Op(), t.Chat.ID, c.ID); err != nil {
		return err
	}
	return h.Store.SetTitle(ctx, t.Chat.ID, t.Chat.Title)
}

// hears tells whether plain words in this group reach the bot.
func (h Community) hears(ctx context.Context, t *telegram.Turn) (bool, error) {
	if h.ReadsAll {
		return true, nil
	}
	return t.BotIsAdmin(ctx)
}
