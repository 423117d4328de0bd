package jobs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"xingfuli/bot/calendar"
	"xingfuli/bot/card"
	"xingfuli/bot/community"
	"xingfuli/bot/menu"
	"xingfuli/bot/queue"
	"xingfuli/bot/telegram"
	"xingfuli/bot/text"
)

// CanteenStore keeps canteens, what they serve, and who was shown it.
type CanteenStore interface {
	Content(ctx context.Context) (int64, error)
	Canteens(ctx context.Context, content int64) ([]menu.Canteen, error)
	Menus(ctx context.Context, content int64, canteen string) ([]menu.Menu, error)
	SoldOut(ctx context.Context, content int64, canteen string) (menu.SoldOut, error)
	Known(ctx context.Context, chat, user int64) (queue.Known, error)
	Show(ctx context.Context, canteen string, dates []calendar.Date, to queue.Chat, now time.Time) error
	Shown(ctx context.Context, canteen string, date calendar.Date, now time.Time) ([]queue.Seen, error)
	Schedules(ctx context.Context, kind string, offset, n int64) ([]queue.Schedule, int64, error)
	Holders(ctx context.Context, role community.Role, id string) ([]int64, error)
	Titles(ctx context.Context, groups []int64) ([]string, error)
	StartDelivery(ctx context.Context, op queue.Op, d queue.Delivery) (queue.Delivery, error)
}

// Canteens posts the day's menu in groups, reminds the cooks of one that is missing, and
// corrects what people were shown.
type Canteens struct {
	Store  CanteenStore
	Admins []int64 // are reminded where a canteen has no cook
	Now    func() time.Time
}

// MenuNag is the schedule by which cooks are reminded: at 16:00, of the next day. Those are the
// bot's own hours.
var MenuNag = queue.Schedule{ID: "nag.menu", Rule: "0 16 * * *"}

// Register takes the schedules "push.<chat>" and MenuNag, and what is sent for them.
func (j Canteens) Register(c *Clock, p *Post) {
	c.Register("push", Task{Quiet: true, Run: j.push, Title: j.title})
	c.Register("nag", Task{Quiet: true, Run: j.nag, Title: func(w text.Words, _ queue.Schedule) string { return w.Plain("daily.nag_title", nil) }})
	p.Register("push", PostKind{Fill: named, Compose: j.posted})
	p.Register("nag", PostKind{Fill: named, Compose: j.nagged})
	p.Register("menufix", PostKind{Fill: j.saw, Compose: j.corrected})
}

// title names the group of a schedule, by its number where its title is not known.
func (j Canteens) title(w text.Words, s queue.Schedule) string {
	name := strings.TrimPrefix(s.ID, "push.")
	if id, err := strconv.ParseInt(name, 10, 64); err == nil {
		if titles, err := j.Store.Titles(context.Background(), []int64{id}); err == nil && titles[0] != "" {
			name = titles[0]
		}
	}
	return w.Plain("daily.title", map[string]any{"Chat": name})
}

// named fills a delivery with the chats that its targets name.
func named(ctx context.Context, d queue.Delivery, page func(context.Context, []queue.Chat) error) error {
	chats := make([]queue.Chat, len(d.To))
	for i, s := range d.To {
		var err error
		if chats[i], err = queue.ParseChat(s); err != nil {
			return err
		}
	}
	return page(ctx, chats)
}

// start starts a delivery about a canteen, of a rehearsal to who wants it.
func (j Canteens) start(ctx context.Context, run queue.Run, op queue.Op, d queue.Delivery, about any) error {
	body, err := json.Marshal(about)
	if err != nil {
		return err
	}
	d.Body, d.Made = body, j.Now()
	if run.Rehearse {
		d.Rehearsal, d.Author = true, run.By
	}
	_, err = j.Store.StartDelivery(ctx, op, d)
	return err
}

// pushed is the body of a day's menu on its way to a group.
type pushed struct {
	Canteen string        `json:"canteen"`
	Date    calendar.Date `json:"date"`
}

// push posts today's menu in a group, when there is one.
func (j Canteens) push(ctx context.Context, s queue.Schedule, run queue.Run) (queue.Outcome, error) {
	to, err := queue.ParseChat(strings.TrimPrefix(s.ID, "push."))
	if err != nil {
		return queue.Failed, nil //nolint:nilerr // it will never be one
	}
	content, err := j.Store.Content(ctx)
	if err != nil {
		return "", err
	}
	c, ok, err := j.eatsAt(ctx, content, to.ID)
	if err != nil || !ok {
		return queue.Nothing, err
	}
	today := calendar.Of(j.Now())
	a, err := j.look(ctx, content, c, today)
	if err != nil || a.Kind != menu.Served {
		return queue.Nothing, err
	}
	d := queue.Delivery{Kind: "push", Ref: c.ID, To: []string{to.String()}}
	return queue.Done, j.start(ctx, run, run.Op, d, pushed{c.ID, today})
}

// eatsAt is the canteen that serves the community of a group.
func (j Canteens) eatsAt(ctx context.Context, content, chat int64) (menu.Canteen, bool, error) {
	known, err := j.Store.Known(ctx, chat, 0)
	if err != nil || known.Chat.Community == "" {
		return menu.Canteen{}, false, err
	}
	all, err := j.Store.Canteens(ctx, content)
	if err != nil {
		return menu.Canteen{}, false, err
	}
	c, ok := menu.CanteenOf(all, known.Chat.Community)
	return c, ok, nil
}

// look is what a canteen serves on a date, as it is answered now.
func (j Canteens) look(ctx context.Context, content int64, c menu.Canteen, date calendar.Date) (menu.Answer, error) {
	weeks, err := j.Store.Menus(ctx, content, c.ID)
	if err != nil {
		return menu.Answer{}, err
	}
	sold, err := j.Store.SoldOut(ctx, content, c.ID)
	if err != nil {
		return menu.Answer{}, err
	}
	now := j.Now()
	q := menu.Question{Kind: menu.AskDay, Day: calendar.Day{Date: date}, HasDay: true}
	return q.Answer(c, sold.Mark(weeks, calendar.Of(now)), now), nil
}

// canteen finds a canteen by ID. One that is gone has nothing to say.
func (j Canteens) canteen(ctx context.Context, id string) (menu.Canteen, int64, error) {
	content, err := j.Store.Content(ctx)
	if err != nil {
		return menu.Canteen{}, 0, err
	}
	all, err := j.Store.Canteens(ctx, content)
	if err != nil {
		return menu.Canteen{}, 0, err
	}
	i := slices.IndexFunc(all, func(c menu.Canteen) bool { return c.ID == id })
	if i < 0 {
		return menu.Canteen{}, 0, fmt.Errorf("canteen %s: %w", id, queue.ErrRefused)
	}
	return all[i], content, nil
}

// posted is the day's menu as a group is shown it, which is remembered for corrections. A menu
// that was taken back meanwhile is not posted.
func (j Canteens) posted(ctx context.Context, d queue.Delivery, to queue.Chat, w text.Words) (telegram.Message, error) {
	var b pushed
	if err := json.Unmarshal(d.Body, &b); err != nil {
		return telegram.Message{}, err
	}
	c, content, err := j.canteen(ctx, b.Canteen)
	if err != nil {
		return telegram.Message{}, err
	}
	a, err := j.look(ctx, content, c, b.Date)
	if err != nil {
		return telegram.Message{}, err
	}
	if a.Kind != menu.Served {
		return telegram.Message{}, fmt.Errorf("the menu of %s: %w", b.Date, queue.ErrRefused)
	}
	now := j.Now()
	return card.Menu(w, a, calendar.Of(now)), j.Store.Show(ctx, c.ID, a.Shown(calendar.Of(now)), to, now)
}

// nag reminds the cooks of each canteen whose menu some group is to get tomorrow, and which has
// published none.
func (j Canteens) nag(ctx context.Context, _ queue.Schedule, run queue.Run) (queue.Outcome, error) {
	content, err := j.Store.Content(ctx)
	if err != nil {
		return "", err
	}
	tomorrow := calendar.Of(j.Now()).AddDays(1)
	missing := map[string]menu.Canteen{}
	err = j.pushes(ctx, func(s queue.Schedule, chat int64) error {
		if s.Paused || calendar.Of(s.Next.At.In(j.Now().Location())) != tomorrow {
			return nil
		}
		c, ok, err := j.eatsAt(ctx, content, chat)
		if err != nil || !ok {
			return err
		}
		a, err := j.look(ctx, content, c, tomorrow)
		if a.Kind == menu.Unpublished {
			missing[c.ID] = c
		}
		return err
	})
	if err != nil || len(missing) == 0 {
		return queue.Nothing, err
	}
	for id, c := range missing {
		d := queue.Delivery{Kind: "nag", Ref: id}
		staff, err := j.Store.Holders(ctx, community.Cook, id)
		if err != nil {
			return "", err
		}
		if len(staff) == 0 {
			staff = j.Admins
		}
		for _, user := range staff {
			d.To = append(d.To, queue.Chat{ID: user}.String())
		}
		if err := j.start(ctx, run, run.Op+queue.Op("."+c.ID), d, pushed{id, tomorrow}); err != nil {
			return "", err
		}
	}
	return queue.Done, nil
}

// pushes calls f with every schedule by which a group gets the menu.
func (j Canteens) pushes(ctx context.Context, f func(s queue.Schedule, chat int64) error) error {
	const some = 200
	for from := int64(0); ; from += some {
		list, total, err := j.Store.Schedules(ctx, "push", from, some)
		if err != nil {
			return err
		}
		for _, s := range list {
			to, err := queue.ParseChat(strings.TrimPrefix(s.ID, "push."))
			if err == nil {
				err = f(s, to.ID)
			}
			if err != nil {
				return err
			}
		}
		if from+some >= total {
			return nil
		}
	}
}

func (j Canteens) nagged(ctx context.Context, d queue.Delivery, _ queue.Chat, w text.Words) (telegram.Message, error) {
	var b pushed
	if err := json.Unmarshal(d.Body, &b); err != nil {
		return telegram.Message{}, err
	}
	c, _, err := j.canteen(ctx, b.Canteen)
	return card.Nag(w, c.Name, b.Date, calendar.Of(j.Now())), err
}

// Fix is the body of a correction: how a day differs from what people were shown.
type Fix struct {
	Name   string       `json:"name"` // of the canteen
	Day    menu.DayDiff `json:"day"`
	Reason string       `json:"reason,omitempty"` // why it is a rest
}

// Corrected starts the corrections of what a canteen has published in another's place: to each
// chat that was shown a day, and not since then, once. What was not published before needs none,
// nor does a day whose last meal is over.
func (j Canteens) Corrected(ctx context.Context, op queue.Op, c menu.Canteen, was, is menu.Menu) error {
	now := j.Now()
	var all error
	for _, d := range menu.Diff(was, is) {
		if d.Kind == menu.DayNew || d.Date.Before(calendar.Of(now)) {
			continue
		}
		q := menu.Question{Kind: menu.AskDay, Day: calendar.Day{Date: d.Date}, HasDay: true}
		if a := q.Answer(c, []menu.Menu{is}, now); a.Kind == menu.Past {
			continue
		}
		day, _ := is.Day(d.Date)
		next := queue.Delivery{Kind: "menufix", Ref: c.ID + "." + d.Date.String()}
		err := j.start(ctx, queue.Run{}, op+queue.Op("."+d.Date.String()), next, Fix{c.Name, d, day.Reason})
		all = errors.Join(all, err)
	}
	return all
}

// saw lists the chats that were shown the day before it was corrected, and not since.
func (j Canteens) saw(ctx context.Context, d queue.Delivery, page func(context.Context, []queue.Chat) error) error {
	canteen, date, _ := strings.Cut(d.Ref, ".")
	day, err := calendar.Parse(date)
	if err != nil {
		return err
	}
	all, err := j.Store.Shown(ctx, canteen, day, j.Now())
	if err != nil {
		return err
	}
	var chats []queue.Chat
	for _, s := range all {
		if !s.At.After(d.Made) {
			chats = append(chats, s.Chat)
		}
	}
	for some := range slices.Chunk(chats, 1000) {
		if err := page(ctx, some); err != nil {
			return err
		}
	}
	return nil
}

func (j Canteens) corrected(ctx context.Context, d queue.Delivery, to queue.Chat, w text.Words) (telegram.Message, error) {
	var f Fix
	if err := json.Unmarshal(d.Body, &f); err != nil {
		return telegram.Message{}, err
	}
	canteen, _, _ := strings.Cut(d.Ref, ".")
	now := j.Now()
	return card.Correction(w, f.Name, f.Day, f.Reason, calendar.Of(now)), j.Store.Show(ctx, canteen, []calendar.Date{f.Day.Date}, to, now)
}
