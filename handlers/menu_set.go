package handlers

import (
	"context"
	"errors"
	"strings"

	"xingfuli/bot/calendar"
	"xingfuli/bot/card"
	"xingfuli/bot/community"
	"xingfuli/bot/menu"
	"xingfuli/bot/queue"
	"xingfuli/bot/telegram"
)

// MenuWriter keeps what cooks publish.
type MenuWriter interface {
	// PublishMenu writes a week over version m.Version, or returns queue.ErrConflict.
	PublishMenu(ctx context.Context, op queue.Op, m menu.Menu, entries ...community.Entry) error
	// MenuVersion reads a version of a week, when it is kept.
	MenuVersion(ctx context.Context, canteen string, monday calendar.Date, version int64) (menu.Menu, bool, error)
	// SellOut marks dishes of a date as sold out, or takes the mark off.
	SellOut(ctx context.Context, op queue.Op, canteen string, date calendar.Date, dishes []string, out bool, entries ...community.Entry) error
	// Content is the newest content number.
	Content(ctx context.Context) (int64, error)
}

func (h *Menu) registerSet(r *telegram.Router) {
	r.Command("setmenu", h.begin, telegram.In(telegram.Private), telegram.For(has(h.Staff, community.Cook)), telegram.About("menu.about_setmenu"))
	r.Step("setmenu", "menu.doing", h.paste)
	r.File(h.sent)
	r.Button("setmenu", h.choose)
	r.Button("publish", h.publish)
	r.Button("move", h.move)
	r.Button("revise", h.revise)
	r.Button("drop", h.drop)
	r.Button("undo", h.undo)
	for err, key := range map[error]string{
		menu.ErrNothing: "menu.nothing", menu.ErrLong: "menu.too_long", menu.ErrDishLong: "menu.dish_long", menu.ErrDishMany: "menu.dish_many",
		menu.ErrChange: "menu.change_unclear", menu.ErrWeeks: "menu.change_weeks",
		menu.ErrFirst: "menu.undo_nothing", errNotKept: "menu.undo_not_kept", errNewer: "menu.undo_newer",
	} {
		r.Explain(err, key)
	}
}

// draft is what a cook is in the middle of.
type draft struct {
	Canteen string            `json:"c,omitempty"`
	Draft   menu.Draft        `json:"d,omitzero"`
	Was     int64             `json:"w,omitempty"` // the published version that the preview was made on
	Pasted  string            `json:"p,omitempty"` // as the cook sent it, until the canteen is known
	File    telegram.Document `json:"f,omitzero"`  // the same, of a table
	What    string            `json:"k,omitempty"` // what the audit calls it
	Changes []menu.Change     `json:"e,omitempty"` // what the draft was made of, when it only replaces dishes
}

// begin takes the menu that came with the command, or asks for it, or for which canteen it is.
func (h *Menu) begin(ctx context.Context, t *telegram.Turn) error {
	mine, err := h.mine(ctx, t)
	if err != nil {
		return err
	}
	if len(mine) == 0 {
		return t.Say(ctx, "menu.no_canteen", nil)
	}
	c, words, ok := pick(mine, t.Args)
	if !ok {
		return h.which(ctx, t, mine, t.Args)
	}
	return h.take(ctx, t, c, words)
}

// pasted takes a menu that a cook sends without the command, which is easily forgotten.
func (h *Menu) pasted(ctx context.Context, t *telegram.Turn) (bool, error) {
	if !t.Private() || !menu.IsMenu(t.Text, today(t)) {
		return false, nil
	}
	mine, err := h.mine(ctx, t)
	if err != nil || len(mine) == 0 {
		return false, err
	}
	c, words, ok := pick(mine, t.Text)
	if !ok {
		return true, h.which(ctx, t, mine, t.Text)
	}
	return true, h.take(ctx, t, c, words)
}

// mine lists the canteens whose menu this person may publish, asked now.
func (h *Menu) mine(ctx context.Context, t *telegram.Turn) ([]menu.Canteen, error) {
	g, err := h.Staff.Grants(ctx, t.UserID())
	if err != nil {
		return nil, err
	}
	all, err := h.Store.Canteens(ctx, t.Known.Content)
	if err != nil {
		return nil, err
	}
	var mine []menu.Canteen
	for _, c := range all {
		if g.May(community.Cook, c.ID) {
			mine = append(mine, c)
		}
	}
	return mine, nil
}

// pick finds the canteen that words are for: the only one, or the one that they begin with
// the name of, which is cut off then.
func pick(mine []menu.Canteen, words string) (menu.Canteen, string, bool) {
	if len(mine) == 1 {
		return mine[0], words, true
	}
	for _, c := range mine {
		if rest, ok := strings.CutPrefix(words, c.Name); ok && rest != "" {
			return c, strings.TrimSpace(rest), true
		}
	}
	return menu.Canteen{}, words, false
}

// which asks for the canteen; what was pasted already is kept until it is known.
func (h *Menu) which(ctx context.Context, t *telegram.Turn, mine []menu.Canteen, pasted string) error {
	if len(mine) == 0 {
		return community.ErrNotStaff // not any more
	}
	if err := t.Go(ctx, "setmenu", "which", draft{Pasted: pasted, File: attached(t)}); err != nil {
		return err
	}
	_, err := t.Send(ctx, card.WhichCanteen(t.Words(), mine, "setmenu", t.Known.Dialogue.Version))
	return err
}

func (h *Menu) choose(ctx context.Context, t *telegram.Turn) error {
	var d draft
	if err := t.Dialogue("setmenu", &d); err != nil {
		return err
	}
	c, err := h.mayPublish(ctx, t, t.Button.ID)
	if err != nil {
		return err
	}
	if d.File.ID != "" {
		return h.sheet(ctx, t, c, d.File)
	}
	return h.take(ctx, t, c, d.Pasted)
}

// mayPublish returns the canteen if this person may publish its menu now.
func (h *Menu) mayPublish(ctx context.Context, t *telegram.Turn, canteen string) (menu.Canteen, error) {
	mine, err := h.mine(ctx, t)
	if err != nil {
		return menu.Canteen{}, err
	}
	for _, c := range mine {
		if c.ID == canteen {
			return c, nil
		}
	}
	return menu.Canteen{}, community.ErrNotStaff
}

// paste reads what the cook sent. One that cannot be read is explained, and the cook may
// send it again: the dialogue goes on.
func (h *Menu) paste(ctx context.Context, t *telegram.Turn) error {
	var d struct { // of the draft before, this is all that stays
		Canteen string `json:"c"`
	}
	if err := t.Dialogue("setmenu", &d); err != nil {
		return err
	}
	if d.Canteen == "" {
		mine, err := h.mine(ctx, t)
		if err != nil {
			return err
		}
		return h.which(ctx, t, mine, t.Text)
	}
	c, err := h.mayPublish(ctx, t, d.Canteen)
	if err != nil {
		return err
	}
	if t.Text == "" && t.Message.Document == nil {
		return sample(ctx, t, "sheet.takes")
	}
	return h.take(ctx, t, c, t.Text)
}

// take reads what a cook sent for a canteen: a table, nothing yet, the wish to undo, dishes
// that replace others, or a menu.
func (h *Menu) take(ctx context.Context, t *telegram.Turn, c menu.Canteen, words string) error {
	if doc, ok := t.Document(); ok {
		return h.sheet(ctx, t, c, doc)
	}
	switch words {
	case "":
		return h.wait(ctx, t, c.ID)
	case "撤销", "撤消", "撤回", "undo":
		return h.undoLast(ctx, t, c)
	}
	changes, ok, err := menu.ParseChange(words, today(t))
	if err != nil {
		return err
	}
	if ok {
		return h.change(ctx, t, c, changes)
	}
	d, err := menu.ParseText(words, today(t))
	if err != nil {
		return err
	}
	return h.preview(ctx, t, c, draft{Draft: d, What: "publish"})
}

func (h *Menu) wait(ctx context.Context, t *telegram.Turn, canteen string) error {
	if err := t.Go(ctx, "setmenu", "paste", draft{Canteen: canteen}); err != nil {
		return err
	}
	return t.Say(ctx, "menu.paste", nil)
}

// change shows the published day with other dishes in it.
func (h *Menu) change(ctx context.Context, t *telegram.Turn, c menu.Canteen, changes []menu.Change) error {
	weeks, err := h.Store.Menus(ctx, t.Known.Content, c.ID)
	if err != nil {
		return err
	}
	d, err := menu.Apply(changes, weeks)
	if e := (*menu.ChangeError)(nil); errors.As(err, &e) {
		_, err := t.Send(ctx, card.NoChange(t.Words(), e, today(t)))
		return err
	}
	if err != nil {
		return err
	}
	return h.preview(ctx, t, c, draft{Draft: d, What: "change", Changes: changes})
}
