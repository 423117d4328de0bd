package handlers

import (
	"context"
	"errors"
	"strings"

	"xingfuli/bot/calendar"
	"xingfuli/bot/card"
	"xingfuli/bot/menu"
	"xingfuli/bot/queue"
	"xingfuli/bot/telegram"
)

var (
	// errNotKept refuses to go back to a version that is not kept any more.
	errNotKept = errors.New("menu: that version is not kept")
	// errNewer refuses to undo what is not the newest version.
	errNewer = errors.New("menu: a newer version was published")
)

// undo takes back the version under the pressed button, when it is still the published one.
func (h *Menu) undo(ctx context.Context, t *telegram.Turn) error {
	canteen, date, _ := strings.Cut(t.Button.ID, ".")
	monday, err := calendar.Parse(date)
	if err != nil || t.Button.Version == 0 {
		return telegram.ErrStale
	}
	c, err := h.mayPublish(ctx, t, canteen)
	if err != nil {
		return err
	}
	m, err := h.restore(ctx, t, t.Op(), c, monday, t.Button.Version)
	if err != nil {
		return err
	}
	return t.Edit(ctx, m)
}

// undoLast takes back what the canteen has published last. When an earlier try of this very
// turn has done that, the last is what it has published.
func (h *Menu) undoLast(ctx context.Context, t *telegram.Turn, c menu.Canteen) error {
	weeks, err := h.Store.Menus(ctx, t.Known.Content, c.ID)
	if err != nil {
		return err
	}
	op, last := t.Op(), menu.Newest(weeks)
	version := last.Version
	if last.Op == string(op) {
		version--
	}
	if version == 0 {
		return menu.ErrFirst
	}
	m, err := h.restore(ctx, t, op, c, last.Monday, version)
	if err != nil {
		return err
	}
	if _, err := t.Send(ctx, m); err != nil || !t.Asks() {
		return err
	}
	return t.End(ctx)
}

// restore publishes the days of the version before, over a version that must be the newest.
func (h *Menu) restore(ctx context.Context, t *telegram.Turn, op queue.Op, c menu.Canteen, monday calendar.Date, version int64) (telegram.Message, error) {
	was, err := h.version(ctx, c, monday, version)
	if err != nil {
		return telegram.Message{}, err
	}
	n, err := was.Before()
	if err != nil {
		return telegram.Message{}, err
	}
	before, err := h.before(ctx, c, monday, n)
	if err != nil {
		return telegram.Message{}, err
	}
	is := was.Undone(before, t.UserID(), t.Now)
	is.Op = string(op)
	err = h.Store.PublishMenu(ctx, op, is, entry(t, c, "undo", was, is))
	if errors.Is(err, queue.ErrConflict) {
		err = errNewer
	}
	if err == nil {
		err = h.Corrected(ctx, op+".fix", c, was, is)
	}
	return card.Undone(t.Words(), c, was, is), err
}

func (h *Menu) version(ctx context.Context, c menu.Canteen, monday calendar.Date, version int64) (menu.Menu, error) {
	m, ok, err := h.Store.MenuVersion(ctx, c.ID, monday, version)
	if err == nil && !ok {
		err = errNotKept
	}
	return m, err
}
