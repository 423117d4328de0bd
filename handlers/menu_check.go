package handlers

import (
	"context"
	"errors"

	"xingfuli/bot/calendar"
	"xingfuli/bot/card"
	"xingfuli/bot/community"
	"xingfuli/bot/menu"
	"xingfuli/bot/queue"
	"xingfuli/bot/telegram"
)

// preview shows a draft, wherever it comes from, as understood, beside what is published.
// Nothing is kept but the draft, in the dialogue. Of d it needs Draft and What.
func (h *Menu) preview(ctx context.Context, t *telegram.Turn, c menu.Canteen, d draft) error {
	old, err := h.published(ctx, t, c.ID, d.Draft.Monday)
	if err != nil {
		return err
	}
	d.Canteen, d.Was = c.ID, old.Version
	if err := t.Go(ctx, "setmenu", "check", d); err != nil {
		return err
	}
	_, err = t.Send(ctx, card.Draft(t.Words(), c, d.Draft, old, today(t), t.Known.Dialogue.Version))
	return err
}

// published is the week as it is published, the zero Menu when it is not.
func (h *Menu) published(ctx context.Context, t *telegram.Turn, canteen string, monday calendar.Date) (menu.Menu, error) {
	weeks, err := h.Store.Menus(ctx, t.Known.Content, canteen)
	return menu.Week(weeks, monday), err
}

// drafted is the draft under the pressed button, if this person may publish it now.
func (h *Menu) drafted(ctx context.Context, t *telegram.Turn) (d draft, c menu.Canteen, err error) {
	if err := t.Dialogue("setmenu", &d); err != nil {
		return d, c, err
	}
	if t.Known.Dialogue.Step != "check" {
		return d, c, telegram.ErrStale
	}
	c, err = h.mayPublish(ctx, t, d.Canteen)
	return d, c, err
}

// ahead tells whether an earlier try of this press has made the dialogue's next step: what
// the person saw when they pressed is behind it.
func ahead(t *telegram.Turn) bool { return t.Button.Version != t.Known.Dialogue.Version }

// publish makes the draft the menu that everybody sees, unless somebody published that
// week since the cook saw the preview.
func (h *Menu) publish(ctx context.Context, t *telegram.Turn) error {
	d, c, err := h.drafted(ctx, t)
	if err != nil {
		return err
	}
	old, err := h.published(ctx, t, d.Canteen, d.Draft.Monday)
	if err != nil {
		return err
	}
	if ahead(t) {
		return t.Edit(ctx, card.Clash(t.Words(), c, d.Draft, old, t.UserID(), old.At.In(t.Now.Location()), t.Known.Dialogue.Version))
	}
	m := d.Draft.Menu(d.Canteen, old, t.UserID(), t.Now)
	m.Version = d.Was
	err = h.Store.PublishMenu(ctx, t.Op(), m, entry(t, c, d.What, old, m))
	if errors.Is(err, queue.ErrConflict) {
		return h.clash(ctx, t, c, d)
	}
	if err != nil {
		return err
	}
	m.Version++
	if old.Version != d.Was { // an earlier try of this press has published it
		if old, err = h.before(ctx, c, m.Monday, d.Was); err != nil {
			return err
		}
	}
	if err := h.Corrected(ctx, t.Op(), c, old, m); err != nil {
		return err
	}
	if err := t.Edit(ctx, card.Published(t.Words(), m)); err != nil {
		return err
	}
	return t.End(ctx)
}

// before is a version of a week, the zero Menu for version 0.
func (h *Menu) before(ctx context.Context, c menu.Canteen, monday calendar.Date, version int64) (menu.Menu, error) {
	if version == 0 {
		return menu.Menu{}, nil
	}
	return h.version(ctx, c, monday, version)
}

// entry is what the audit trail keeps of a change.
func entry(t *telegram.Turn, c menu.Canteen, what string, was, is menu.Menu) community.Entry {
	before, after := menu.Changes(was, is)
	return community.Entry{At: t.Now, Who: t.UserID(), What: "menu" + "." + what, About: c.Name, Before: before, After: after}
}

// clash shows the cook what somebody else has published meanwhile, and asks again.
// A dish that was to be replaced is replaced in what is published now, if it is still there.
func (h *Menu) clash(ctx context.Context, t *telegram.Turn, c menu.Canteen, d draft) (err error) {
	if t.Known.Content, err = h.Store.Content(ctx); err != nil {
		return err
	}
	weeks, err := h.Store.Menus(ctx, t.Known.Content, c.ID)
	if err != nil {
		return err
	}
	if len(d.Changes) > 0 { // the others' dishes stay
		if again, err := menu.Apply(d.Changes, weeks); err == nil {
			d.Draft = again
		}
	}
	old := menu.Week(weeks, d.Draft.Monday)
	if len(menu.Diff(old, d.Draft.Menu(c.ID, old, 0, t.Now))) == 0 {
		return said(ctx, t, "menu.clash_same")
	}
	d.Was = old.Version
	if err := t.Go(ctx, "setmenu", "check", d); err != nil {
		return err
	}
	return t.Edit(ctx, card.Clash(t.Words(), c, d.Draft, old, t.UserID(), old.At.In(t.Now.Location()), t.Known.Dialogue.Version))
}

// move puts the draft to the other week.
func (h *Menu) move(ctx context.Context, t *telegram.Turn) error {
	d, c, err := h.drafted(ctx, t)
	if err != nil {
		return err
	}
	if !ahead(t) {
		d.Draft, d.Changes = d.Draft.Move(d.Draft.Away(today(t))), nil
	}
	old, err := h.published(ctx, t, c.ID, d.Draft.Monday)
	if err != nil {
		return err
	}
	if !ahead(t) {
		d.Was = old.Version
		if err := t.Go(ctx, "setmenu", "check", d); err != nil {
			return err
		}
	}
	return t.Edit(ctx, card.Draft(t.Words(), c, d.Draft, old, today(t), t.Known.Dialogue.Version))
}

// revise gives the cook the draft to copy, change and send again.
func (h *Menu) revise(ctx context.Context, t *telegram.Turn) error {
	d, c, err := h.drafted(ctx, t)
	if err != nil {
		return err
	}
	m := d.Draft.Menu(c.ID, menu.Menu{}, 0, t.Now)
	return t.Say(ctx, "menu.revise_how", map[string]any{"Text": m.Text()}) // what comes next is a paste: the draft stays until then
}

func (h *Menu) drop(ctx context.Context, t *telegram.Turn) error {
	if _, _, err := h.drafted(ctx, t); err != nil {
		return err
	}
	return said(ctx, t, "menu.dropped")
}

// said replaces the preview by its outcome and ends the dialogue, in this order: killed
// in between, the turn is repeated and finds the dialogue still there.
func said(ctx context.Context, t *telegram.Turn, key string) error {
	if err := t.Edit(ctx, telegram.Message{HTML: t.Words().HTML(key, nil)}); err != nil {
		return err
	}
	return t.End(ctx)
}
