package jobs

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"xingfuli/bot/calendar"
	"xingfuli/bot/card"
	"xingfuli/bot/menu"
	"xingfuli/bot/queue"
	"xingfuli/bot/telegram"
	"xingfuli/bot/text"
)

// FavoriteStore knows what canteens serve, and who likes it.
type FavoriteStore interface {
	Content(ctx context.Context) (int64, error)
	Known(ctx context.Context, chat, user int64) (queue.Known, error)
	Canteens(ctx context.Context, content int64) ([]menu.Canteen, error)
	Menus(ctx context.Context, content int64, canteen string) ([]menu.Menu, error)
	SoldOut(ctx context.Context, content int64, canteen string) (menu.SoldOut, error)
	Favorites(ctx context.Context, user int64) (menu.Favorites, error)
	Fans(ctx context.Context, dish string, page func(context.Context, []int64) error) error
	Homes(ctx context.Context, users []int64) ([]string, error)
	StartDelivery(ctx context.Context, op queue.Op, d queue.Delivery) (queue.Delivery, error)
}

// Favorites tells people in private, the evening before, which of their favourite dishes are
// served. Each hears it once a day, of all dishes and canteens together.
type Favorites struct {
	Store FavoriteStore
	Now   func() time.Time // in the township's zone
}

// FavoritesSchedule is when that is: at six in the evening, when tomorrow's menu is published
// and it is not quiet yet.
var FavoritesSchedule = queue.Schedule{ID: "favorites.evening", Rule: "0 18 * * *"}

// favoriteDay is the Body of a delivery.
type favoriteDay struct {
	Date calendar.Date `json:"date"`
}

// Task is what the clock does.
func (j Favorites) Task() Task {
	return Task{
		Title: func(w text.Words, _ queue.Schedule) string { return w.Plain("favorite.job", nil) },
		Run:   j.run,
		Quiet: true, // later than that evening it is of no use
	}
}

// Kind is how it is delivered.
func (j Favorites) Kind() PostKind { return PostKind{Fill: j.fill, Compose: j.compose} }

func (j Favorites) run(ctx context.Context, _ queue.Schedule, run queue.Run) (queue.Outcome, error) {
	tomorrow := calendar.Of(run.Due.In(j.Now().Location())).AddDays(1)
	content, err := j.Store.Content(ctx)
	if err != nil {
		return "", err
	}
	offers, err := j.offers(ctx, content, tomorrow)
	if err != nil {
		return "", err
	}
	if len(offers) == 0 {
		return queue.Nothing, nil
	}
	body, err := json.Marshal(favoriteDay{tomorrow})
	if err != nil {
		return "", err
	}
	d, op := queue.Delivery{Kind: "favorites", Body: body, Made: j.Now()}, queue.Op("favorites."+tomorrow.String()) // of the day: by hand and by the clock together it is told once
	if run.Rehearse {
		d.Rehearsal, d.Author, op = true, run.By, run.Op
	}
	_, err = j.Store.StartDelivery(ctx, op, d)
	return queue.Done, err
}

// offers lists what the canteens serve on a date, as of a content number.
func (j Favorites) offers(ctx context.Context, content int64, date calendar.Date) ([]menu.Treat, error) {
	canteens, err := j.Store.Canteens(ctx, content)
	if err != nil {
		return nil, err
	}
	q := menu.Question{Kind: menu.AskDay, Day: calendar.Day{Date: date}, HasDay: true}
	answers := make([]menu.Answer, 0, len(canteens))
	for _, c := range canteens {
		weeks, err := j.Store.Menus(ctx, content, c.ID)
		if err != nil {
			return nil, err
		}
		sold, err := j.Store.SoldOut(ctx, content, c.ID)
		if err != nil {
			return nil, err
		}
		answers = append(answers, q.Answer(c, sold.Mark(weeks, date), j.Now()))
	}
	return menu.Offers(answers), nil
}

// fill finds the people who like what is served where they live.
func (j Favorites) fill(ctx context.Context, d queue.Delivery, page func(context.Context, []queue.Chat) error) error {
	var body favoriteDay
	if err := json.Unmarshal(d.Body, &body); err != nil {
		return fmt.Errorf("favourites: %w", err)
	}
	content, err := j.Store.Content(ctx)
	if err != nil {
		return err
	}
	offers, err := j.offers(ctx, content, body.Date)
	if err != nil {
		return err
	}
	for dish, canteens := range menu.Cooks(offers) {
		err := j.Store.Fans(ctx, dish, func(ctx context.Context, users []int64) error {
			chats, err := j.guests(ctx, users, canteens)
			if err != nil {
				return err
			}
			return page(ctx, chats)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// guests are those of the people who live where one of the canteens serves.
func (j Favorites) guests(ctx context.Context, users []int64, canteens []menu.Canteen) ([]queue.Chat, error) {
	homes, err := j.Store.Homes(ctx, users)
	if err != nil {
		return nil, err
	}
	var chats []queue.Chat
	for i, user := range users {
		if slices.ContainsFunc(canteens, func(c menu.Canteen) bool { return c.Feeds(homes[i]) }) {
			chats = append(chats, queue.Chat{ID: user})
		}
	}
	return chats, nil
}

// compose tells a person what they like of what is served, by what they like and what is
// published now. A rehearsal tells its author of anything.
func (j Favorites) compose(ctx context.Context, d queue.Delivery, to queue.Chat, w text.Words) (telegram.Message, error) {
	var body favoriteDay
	if err := json.Unmarshal(d.Body, &body); err != nil {
		return telegram.Message{}, fmt.Errorf("favourites: %w", err)
	}
	today := calendar.Of(j.Now())
	if body.Date.Before(today) { // it was held up
		return telegram.Message{}, queue.ErrUnwanted
	}
	known, err := j.Store.Known(ctx, to.ID, to.ID)
	if err != nil {
		return telegram.Message{}, err
	}
	offers, err := j.offers(ctx, known.Content, body.Date)
	if err != nil {
		return telegram.Message{}, err
	}
	mine, err := j.Store.Favorites(ctx, to.ID)
	if err != nil {
		return telegram.Message{}, err
	}
	treats := mine.Among(offers, known.Person.Community)
	if len(treats) == 0 && d.Rehearsal {
		treats = offers
	}
	if len(treats) == 0 {
		return telegram.Message{}, queue.ErrUnwanted
	}
	return card.Treats(w, treats, body.Date, today), nil
}
