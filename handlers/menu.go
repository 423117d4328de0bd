package handlers

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"strconv"
	"sync/atomic"
	"time"

	"xingfuli/bot/calendar"
	"xingfuli/bot/card"
	"xingfuli/bot/community"
	"xingfuli/bot/menu"
	"xingfuli/bot/queue"
	"xingfuli/bot/telegram"
)

// MenuStore keeps canteens and what they serve. content is queue.Known.Content.
type MenuStore interface {
	Directory
	Canteens(ctx context.Context, content int64) ([]menu.Canteen, error)
	Menus(ctx context.Context, content int64, canteen string) ([]menu.Menu, error)
	SoldOut(ctx context.Context, content int64, canteen string) (menu.SoldOut, error)
	MenuMemory
	MenuWriter
}

// MenuMemory knows who was shown and answered what.
type MenuMemory interface {
	Show(ctx context.Context, canteen string, dates []calendar.Date, to queue.Chat, now time.Time) error
	Asked(ctx context.Context, op queue.Op, chat int64, question, answer string) (message int, err error)
	Answered(chat int64, question string, message int)
	Counter
}

// Counter counts what communities ask, by week; see store.Count.
type Counter interface {
	Count(home string, monday calendar.Date, t community.Tally)
}

// Menu answers what there is to eat, and takes the menu from the cooks.
type Menu struct {
	Store     MenuStore
	Pictures  PictureStore
	Favorites FavoriteStore
	Staff     Staff
	Quiet     func(time.Time) bool // hours in which a group is not answered unasked
	// Corrected tells who was shown what was published before, once for each op.
	Corrected func(ctx context.Context, op queue.Op, c menu.Canteen, was, is menu.Menu) error

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
	r.Text(h.pasted)
	r.Text(h.question)
	r.Button("menu", h.show)
	r.Button("picture", h.picture)
	h.registerSet(r)
	h.registerSold(r)
	h.registerFavorites(r)
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
// about the canteen is passed over before anything is read, and nothing is said at night.
func (h *Menu) question(ctx context.Context, t *telegram.Turn) (bool, error) {
	q, ok := h.words().Ask(t.Text, t.Now, t.Direct)
	if !ok {
		return false, nil
	}
	if !t.Direct && h.Quiet(t.Now) {
		return true, nil
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

// answer answers a question. One that a group did not put to the bot itself is answered
// once in ten minutes; who asks it again is pointed to that answer, the next ones to nothing.
func (h *Menu) answer(ctx context.Context, t *telegram.Turn, q menu.Question) error {
	c, home, err := h.canteen(ctx, t)
	if err != nil || home == "" {
		return err
	}
	a, err := h.look(ctx, t, c, q)
	if err != nil {
		return err
	}
	m := menuCard(t, a)
	if !t.Private() && t.Message != nil {
		m.Reply = t.Message.ID
	}
	topic, last := q.Topic()+"."+strconv.Itoa(t.Thread), 0
	if !t.Direct {
		if last, err = h.Store.Asked(ctx, t.Op(), t.Chat.ID, topic, printOf(m)); err != nil || last < 0 {
			return err
		}
	}
	if last > 0 {
		if _, err = t.Send(ctx, telegram.Message{HTML: t.Words().HTML("menu.answered", nil), Reply: last}); err == nil {
			h.count(t, home, a)
		}
		return err
	}
	id, err := t.Send(ctx, m)
	if err != nil {
		return err
	}
	h.count(t, home, a)
	if !t.Direct {
		h.Store.Answered(t.Chat.ID, topic, id)
	}
	return h.shown(ctx, t, a)
}

// count counts a question of a community; what is not published nobody knows.
func (h *Menu) count(t *telegram.Turn, home string, a menu.Answer) {
	n := community.Tally{Asked: 1}
	if a.Kind == menu.Unpublished {
		n.Missed = 1
	}
	h.Store.Count(home, today(t).Monday(), n)
}

// printOf tells one answer from another: a dish may be sold out since, or a meal over.
func printOf(m telegram.Message) string {
	sum := sha256.Sum256([]byte(m.HTML))
	return hex.EncodeToString(sum[:8])
}

// shown remembers that this chat has seen what the answer says.
func (h *Menu) shown(ctx context.Context, t *telegram.Turn, a menu.Answer) error {
	return h.Store.Show(ctx, a.Canteen.ID, a.Shown(today(t)), queue.Chat{ID: t.Chat.ID, Thread: t.Thread}, t.Now)
}

// look finds the answer in what a canteen has published.
func (h *Menu) look(ctx context.Context, t *telegram.Turn, c menu.Canteen, q menu.Question) (menu.Answer, error) {
	weeks, err := h.Store.Menus(ctx, t.Known.Content, c.ID)
	if err != nil {
		return menu.Answer{}, err
	}
	sold, err := h.Store.SoldOut(ctx, t.Known.Content, c.ID)
	if err != nil {
		return menu.Answer{}, err
	}
	return q.Answer(c, sold.Mark(weeks, today(t)), t.Now), nil
}

// canteen finds the canteen that the chat or the person eats at. When that is not known
// it says so, and returns no community.
func (h *Menu) canteen(ctx context.Context, t *telegram.Turn) (c menu.Canteen, home string, err error) {
	d, err := h.Store.Directory(ctx, t.Known.Content)
	if err != nil {
		return menu.Canteen{}, "", err
	}
	place, ok := at(t, d.Open())
	if !ok {
		return menu.Canteen{}, "", unsettled(ctx, t, d, t.Text)
	}
	canteens, err := h.Store.Canteens(ctx, t.Known.Content)
	if err != nil {
		return menu.Canteen{}, "", err
	}
	if c, ok := menu.CanteenOf(canteens, place.ID); ok {
		return c, place.ID, nil
	}
	if !t.Direct {
		return menu.Canteen{}, "", nil // perhaps they mean another canteen
	}
	return menu.Canteen{}, "", t.Say(ctx, "menu.no_canteen", nil)
}

// show changes the message to another day of the week, or to the whole week. The canteen
// and the date come from the press and may be anything; menus are for everybody.
func (h *Menu) show(ctx context.Context, t *telegram.Turn) error {
	c, date, week, err := h.pressed(ctx, t)
	if err != nil {
		return err
	}
	q := menu.Question{Kind: menu.AskDay, Day: calendar.Day{Date: date}, HasDay: true}
	if week {
		q = menu.Question{Kind: menu.AskWeek, Monday: date.Monday()}
	}
	a, err := h.look(ctx, t, c, q)
	if err != nil {
		return err
	}
	if err := t.Edit(ctx, menuCard(t, a)); err != nil {
		return err
	}
	return h.shown(ctx, t, a)
}

// menuCard is an answer as the chat gets it. What a person likes is nobody else's business, and
// so a group is not asked.
func menuCard(t *telegram.Turn, a menu.Answer) telegram.Message {
	if t.Private() {
		return card.PrivateMenu(t.Words(), a, today(t))
	}
	return card.Menu(t.Words(), a, today(t))
}

func today(t *telegram.Turn) calendar.Date { return calendar.Of(t.Now) }
