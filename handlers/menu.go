package handlers

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync/atomic"

	"xingfuli/bot/calendar"
	"xingfuli/bot/card"
	"xingfuli/bot/community"
	"xingfuli/bot/menu"
	"xingfuli/bot/queue"
	"xingfuli/bot/telegram"
)

// MenuStore keeps canteens and what they serve. content is queue.Known.Content.
type MenuStore interface {
	Communities(ctx context.Context, content int64) ([]community.Community, error)
	Canteens(ctx context.Context, content int64) ([]menu.Canteen, error)
	Menus(ctx context.Context, content int64, canteen string) ([]menu.Menu, error)
	PublishMenu(ctx context.Context, op queue.Op, m menu.Menu) error
}

// Menu answers what there is to eat, and takes the menu from the cooks.
type Menu struct {
	Store MenuStore
	Staff Staff

	asker atomic.Pointer[vocabulary]
}

// vocabulary is what questions are read with: every dish of the published menus.
type vocabulary struct {
	content int64
	asker   menu.Asker
}

// Register takes the canteen's commands, questions, buttons and refusals.
func (h *Menu) Register(r *telegram.Router) {
	r.Command("menu", h.menu, telegram.About("menu.about"))
	r.Phrase("chat.key_today", h.menu)
	r.Phrase("chat.key_week", h.week)
	r.Text(h.question)
	r.Button("menu", h.show)

	r.Command("setmenu", h.begin, telegram.In(telegram.Private), telegram.For(has(h.Staff, community.Cook)), telegram.About("menu.about_setmenu"))
	r.Step("setmenu", "menu.doing", h.paste)
	r.Button("setmenu", h.choose)
	r.Button("publish", h.publish)
	r.Button("redraft", h.redraft)
	r.Button("drop", h.drop)
	r.Explain(menu.ErrNothing, "menu.nothing")
	r.Explain(menu.ErrLong, "menu.too_long")
	r.Explain(menu.ErrDishLong, "menu.dish_long")
	r.Explain(menu.ErrDishMany, "menu.dish_many")
}

// Learn reads the dishes that questions in groups are recognised by, as of content.
func (h *Menu) Learn(ctx context.Context, content int64) error {
	if v := h.asker.Load(); v != nil && v.content == content {
		return nil
	}
	canteens, err := h.Store.Canteens(ctx, content)
	if err != nil {
		return err
	}
	var dishes, names []string
	for _, c := range canteens {
		weeks, err := h.Store.Menus(ctx, content, c.ID)
		if err != nil {
			return err
		}
		names = append(names, c.Name)
		dishes = append(dishes, menu.Names(weeks...)...)
	}
	h.asker.Store(&vocabulary{content, menu.NewAsker(dishes, names)})
	return nil
}

func (h *Menu) words() menu.Asker {
	if v := h.asker.Load(); v != nil {
		return v.asker
	}
	return menu.Asker{}
}

// menu answers /menu and the big button.
func (h *Menu) menu(ctx context.Context, t *telegram.Turn) error {
	if err := h.Learn(ctx, t.Known.Content); err != nil {
		return err
	}
	q, err := h.words().Args(t.Args, t.Now)
	if errors.Is(err, menu.ErrDishLong) {
		return t.Say(ctx, "menu.question_long", nil)
	}
	if err != nil {
		return err
	}
	return h.answer(ctx, t, q)
}

func (h *Menu) week(ctx context.Context, t *telegram.Turn) error {
	return h.answer(ctx, t, menu.Question{Kind: menu.AskWeek, Monday: today(t).Monday()})
}

// question answers plain words. In a group nobody spoke to the bot: what is not plainly
// about the canteen is passed over before anything is read.
func (h *Menu) question(ctx context.Context, t *telegram.Turn) (bool, error) {
	q, ok := h.words().Ask(t.Text, t.Now, t.Direct)
	if !ok {
		return false, nil
	}
	if err := t.Load(ctx); err != nil {
		return true, err
	}
	if err := h.Learn(ctx, t.Known.Content); err != nil {
		return true, err
	}
	if !t.Direct && t.Known.Chat.Community == "" {
		return true, nil // a group that nobody has bound yet
	}
	return true, h.answer(ctx, t, q)
}

func (h *Menu) answer(ctx context.Context, t *telegram.Turn, q menu.Question) error {
	c, ok, err := h.canteen(ctx, t)
	if err != nil || !ok {
		return err
	}
	m, err := h.card(ctx, t, c, q)
	if err != nil {
		return err
	}
	if !t.Private() && t.Message != nil {
		m.Reply = t.Message.ID
	}
	_, err = t.Send(ctx, m)
	return err
}

func (h *Menu) card(ctx context.Context, t *telegram.Turn, c menu.Canteen, q menu.Question) (telegram.Message, error) {
	weeks, err := h.Store.Menus(ctx, t.Known.Content, c.ID)
	if err != nil {
		return telegram.Message{}, err
	}
	return card.Menu(t.Words(), q.Answer(c, weeks, t.Now), today(t)), nil
}

// canteen finds the canteen that the chat or the person eats at. When that is not known
// it says so, and returns false.
func (h *Menu) canteen(ctx context.Context, t *telegram.Turn) (menu.Canteen, bool, error) {
	all, err := h.Store.Communities(ctx, t.Known.Content)
	if err != nil {
		return menu.Canteen{}, false, err
	}
	home, ok := at(t, all)
	switch {
	case !ok && !t.Private():
		return menu.Canteen{}, false, t.Say(ctx, "community.unbound", nil)
	case !ok && len(all) > 0:
		_, err := t.Send(ctx, card.Communities(t.Words(), all))
		return menu.Canteen{}, false, err
	}
	canteens, err := h.Store.Canteens(ctx, t.Known.Content)
	if err != nil {
		return menu.Canteen{}, false, err
	}
	if c, ok := serving(canteens, home.ID); ok {
		return c, true, nil
	}
	return menu.Canteen{}, false, t.Say(ctx, "menu.no_canteen", nil)
}

// serving is the canteen that serves a community.
func serving(canteens []menu.Canteen, home string) (menu.Canteen, bool) {
	for _, c := range canteens {
		if slices.Contains(c.Communities, home) {
			return c, true
		}
	}
	return menu.Canteen{}, false
}

// show changes the message to another day of the week, or to the whole week. The canteen
// and the date come from the press and may be anything; menus are for everybody.
func (h *Menu) show(ctx context.Context, t *telegram.Turn) error {
	parts := strings.Split(t.Button.ID, ".")
	if len(parts) < 2 || len(parts) > 3 {
		return telegram.ErrStale
	}
	date, err := calendar.Parse(parts[1])
	if err != nil {
		return telegram.ErrStale
	}
	canteens, err := h.Store.Canteens(ctx, t.Known.Content)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(canteens, func(c menu.Canteen) bool { return c.ID == parts[0] })
	if i < 0 {
		return telegram.ErrStale
	}
	q := menu.Question{Kind: menu.AskDay, Day: calendar.Day{Date: date}, HasDay: true}
	if len(parts) == 3 {
		q = menu.Question{Kind: menu.AskWeek, Monday: date.Monday()}
	}
	m, err := h.card(ctx, t, canteens[i], q)
	if err != nil {
		return err
	}
	return t.Edit(ctx, m)
}

func today(t *telegram.Turn) calendar.Date { return calendar.Of(t.Now) }

// draft is what a cook is in the middle of.
type draft struct {
	Canteen string     `json:"c,omitempty"`
	Draft   menu.Draft `json:"d,omitzero"`
	Was     int64      `json:"w,omitempty"` // the published version that the preview was made on
	Pasted  string     `json:"p,omitempty"` // as the cook sent it
}

// begin asks the cook for the menu, or for which canteen it is.
func (h *Menu) begin(ctx context.Context, t *telegram.Turn) error {
	mine, err := h.mine(ctx, t)
	if err != nil {
		return err
	}
	if len(mine) == 0 {
		return t.Say(ctx, "menu.no_canteen", nil)
	}
	if len(mine) > 1 {
		return h.which(ctx, t, mine, t.Args)
	}
	if t.Args != "" {
		return h.preview(ctx, t, mine[0], t.Args)
	}
	return h.wait(ctx, t, mine[0].ID)
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

// which asks for the canteen; what was pasted already is kept until it is known.
func (h *Menu) which(ctx context.Context, t *telegram.Turn, mine []menu.Canteen, pasted string) error {
	if len(mine) == 0 {
		return community.ErrNotStaff // not any more
	}
	if err := t.Go(ctx, "setmenu", "which", draft{Pasted: pasted}); err != nil {
		return err
	}
	m := telegram.Message{HTML: t.Words().HTML("menu.which_canteen", nil)}
	for _, c := range mine {
		m.Buttons = append(m.Buttons, []telegram.Button{{Label: c.Name, Word: "setmenu", ID: c.ID, Version: t.Known.Dialogue.Version}})
	}
	_, err := t.Send(ctx, m)
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
	if d.Pasted != "" {
		return h.preview(ctx, t, c, d.Pasted)
	}
	return h.wait(ctx, t, t.Button.ID)
}

func (h *Menu) wait(ctx context.Context, t *telegram.Turn, canteen string) error {
	if err := t.Go(ctx, "setmenu", "paste", draft{Canteen: canteen}); err != nil {
		return err
	}
	return t.Say(ctx, "menu.paste", nil)
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
	if t.Text == "" {
		return t.Say(ctx, "menu.text_only", nil)
	}
	c, err := h.mayPublish(ctx, t, d.Canteen)
	if err != nil {
		return err
	}
	return h.preview(ctx, t, c, t.Text)
}

func (h *Menu) preview(ctx context.Context, t *telegram.Turn, c menu.Canteen, pasted string) error {
	d, err := menu.ParseText(pasted, today(t))
	if err != nil {
		return err
	}
	old, err := h.published(ctx, t, c.ID, d.Monday)
	if err != nil {
		return err
	}
	if err := t.Go(ctx, "setmenu", "check", draft{c.ID, d, old.Version, pasted}); err != nil {
		return err
	}
	_, err = t.Send(ctx, card.Draft(t.Words(), c.Name, d, today(t), t.Known.Dialogue.Version))
	return err
}

// published is the week as it is published, the zero Menu when it is not.
func (h *Menu) published(ctx context.Context, t *telegram.Turn, canteen string, monday calendar.Date) (menu.Menu, error) {
	weeks, err := h.Store.Menus(ctx, t.Known.Content, canteen)
	if err != nil {
		return menu.Menu{}, err
	}
	for _, w := range weeks {
		if w.Monday == monday {
			return w, nil
		}
	}
	return menu.Menu{}, nil
}

// publish makes the draft the menu that everybody sees, unless somebody published that
// week since the cook saw the preview.
func (h *Menu) publish(ctx context.Context, t *telegram.Turn) error {
	var d draft
	if err := t.Dialogue("setmenu", &d); err != nil {
		return err
	}
	if _, err := h.mayPublish(ctx, t, d.Canteen); err != nil {
		return err
	}
	old, err := h.published(ctx, t, d.Canteen, d.Draft.Monday)
	if err != nil {
		return err
	}
	old.Version = d.Was
	err = h.Store.PublishMenu(ctx, t.Op(), d.Draft.Menu(d.Canteen, old, t.UserID(), t.Now))
	key := "menu.published"
	if errors.Is(err, queue.ErrConflict) {
		key, err = "menu.changed_meanwhile", nil
	}
	if err != nil {
		return err
	}
	return said(ctx, t, key)
}

func (h *Menu) redraft(ctx context.Context, t *telegram.Turn) error {
	var d draft
	if err := t.Dialogue("setmenu", &d); err != nil {
		return err
	}
	return h.wait(ctx, t, d.Canteen)
}

func (h *Menu) drop(ctx context.Context, t *telegram.Turn) error {
	var d draft
	if err := t.Dialogue("setmenu", &d); err != nil {
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
