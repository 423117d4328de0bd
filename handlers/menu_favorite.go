package handlers

import (
	"context"
	"slices"

	"xingfuli/bot/calendar"
	"xingfuli/bot/card"
	"xingfuli/bot/menu"
	"xingfuli/bot/queue"
	"xingfuli/bot/telegram"
)

// FavoriteStore keeps the dishes that people like.
type FavoriteStore interface {
	Favorites(ctx context.Context, user int64) (menu.Favorites, error)
	Like(ctx context.Context, op queue.Op, user int64, dish string) error
	Unlike(ctx context.Context, op queue.Op, user int64, dish string) error
	MuteFavorites(ctx context.Context, op queue.Op, user int64, muted bool) error
}

func (h *Menu) registerFavorites(r *telegram.Router) {
	r.Command("favorites", h.favorites, telegram.In(telegram.Private), telegram.About("favorite.about"))
	r.Button("favorite", alone(h.favor))
	r.Button("favorites", alone(h.unfavor))
	r.Button("favoritemute", alone(h.muteFavorites))
	r.Button("favoritestop", alone(h.stopFavorites))
	r.Explain(menu.ErrFavorites, "favorite.full")
}

// alone takes a press in private only: in a group somebody has made it up.
func alone(press telegram.Handler) telegram.Handler {
	return func(ctx context.Context, t *telegram.Turn) error {
		if !t.Private() {
			return telegram.ErrStale
		}
		return press(ctx, t)
	}
}

// favor shows the dishes of a day to choose from, and first makes one a favourite or takes it
// off. Canteen, date and dish come from the press and may be anything.
func (h *Menu) favor(ctx context.Context, t *telegram.Turn) error {
	f, ok := card.FavoritePlace(t.Button.ID)
	if !ok {
		return telegram.ErrStale
	}
	canteens, err := h.Store.Canteens(ctx, t.Known.Content)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(canteens, func(c menu.Canteen) bool { return c.ID == f.Canteen })
	if i < 0 {
		return telegram.ErrStale
	}
	q := menu.Question{Kind: menu.AskDay, Day: calendar.Day{Date: f.Date}, HasDay: true}
	a, err := h.look(ctx, t, canteens[i], q)
	if err != nil {
		return err
	}
	if !a.Day.Serves("") { // any more
		return t.Edit(ctx, menuCard(t, a))
	}
	if f.Mark != "" {
		if err := h.favorOne(ctx, t, a.Day, f); err != nil {
			return err
		}
	}
	mine, err := h.Favorites.Favorites(ctx, t.UserID())
	if err != nil {
		return err
	}
	return t.Edit(ctx, card.Favor(t.Words(), a, mine, f.Page, today(t)))
}

func (h *Menu) favorOne(ctx context.Context, t *telegram.Turn, d menu.Day, f card.FavoriteChoice) error {
	names := d.Names()
	i := slices.IndexFunc(names, func(name string) bool { return menu.DishMark(name) == f.Mark })
	switch {
	case i < 0:
		return t.Toast(ctx, "favorite.gone", nil)
	case f.On:
		return h.Favorites.Like(ctx, t.Op(), t.UserID(), names[i])
	}
	return h.Favorites.Unlike(ctx, t.Op(), t.UserID(), names[i])
}

// favorites lists what a person likes.
func (h *Menu) favorites(ctx context.Context, t *telegram.Turn) error {
	mine, err := h.Favorites.Favorites(ctx, t.UserID())
	if err != nil {
		return err
	}
	_, err = t.Send(ctx, card.Favorites(t.Words(), mine, 0))
	return err
}

// unfavor takes the dish of the press off the list, and shows a page of what is left.
func (h *Menu) unfavor(ctx context.Context, t *telegram.Turn) error {
	mine, err := h.Favorites.Favorites(ctx, t.UserID())
	if err != nil {
		return err
	}
	mark, page := card.CutPage(t.Button.ID)
	for key, name := range mine.Dishes {
		if menu.DishMark(name) != mark {
			continue
		}
		if err := h.Favorites.Unlike(ctx, t.Op(), t.UserID(), name); err != nil {
			return err
		}
		delete(mine.Dishes, key)
	}
	return t.Edit(ctx, card.Favorites(t.Words(), mine, page))
}

// muteFavorites switches the reminders off or on, and shows the list.
func (h *Menu) muteFavorites(ctx context.Context, t *telegram.Turn) error {
	if err := h.Favorites.MuteFavorites(ctx, t.Op(), t.UserID(), t.Button.ID != "0"); err != nil {
		return err
	}
	mine, err := h.Favorites.Favorites(ctx, t.UserID())
	if err != nil {
		return err
	}
	return t.Edit(ctx, card.Favorites(t.Words(), mine, 0))
}

// stopFavorites switches the reminders off under one of them.
func (h *Menu) stopFavorites(ctx context.Context, t *telegram.Turn) error {
	if err := h.Favorites.MuteFavorites(ctx, t.Op(), t.UserID(), true); err != nil {
		return err
	}
	return t.Alert(ctx, "favorite.muted", nil)
}
