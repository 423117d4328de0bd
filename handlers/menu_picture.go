package handlers

import (
	"context"
	"errors"
	"strconv"

	"xingfuli/bot/calendar"
	"xingfuli/bot/card"
	"xingfuli/bot/menu"
	"xingfuli/bot/queue"
	"xingfuli/bot/telegram"
)

// PictureStore knows which pictures Telegram has already, by version and variant: the language and what the canteen is.
type PictureStore interface {
	Picture(ctx context.Context, m menu.Menu, variant string) (id string, err error)
	KeepPicture(ctx context.Context, m menu.Menu, variant, id string) error
}

// picture sends the week under the pressed button as a picture, a new message: Telegram does
// not let words become one. A group is sent the same picture once in ten minutes.
func (h *Menu) picture(ctx context.Context, t *telegram.Turn) error {
	c, date, _, err := h.pressed(ctx, t)
	if err != nil {
		return err
	}
	a, err := h.look(ctx, t, c, menu.Question{Kind: menu.AskWeek, Monday: date.Monday()})
	if err != nil {
		return err
	}
	if a.Kind != menu.WholeWeek {
		return t.Alert(ctx, "picture.unpublished", nil)
	}
	topic := "picture." + c.ID + "." + date.Monday().String() + "." + strconv.Itoa(t.Thread)
	if !t.Private() {
		last, err := h.Store.Asked(ctx, t.Op(), t.Chat.ID, topic, strconv.FormatInt(a.Week.Version, 10)+c.Print())
		if err != nil {
			return err
		}
		if last != 0 {
			return t.Toast(ctx, "picture.above", nil)
		}
	}
	id, err := h.sendPicture(ctx, t, a)
	if err != nil {
		return err
	}
	if !t.Private() {
		h.Store.Answered(t.Chat.ID, topic, id)
	}
	return h.shown(ctx, t, a)
}

// sendPicture sends the picture that Telegram has of this version, or draws it: when there is
// none, or when Telegram has forgotten it. Two replicas that draw it at once both send it.
func (h *Menu) sendPicture(ctx context.Context, t *telegram.Turn, a menu.Answer) (int, error) {
	variant := string(t.Words().Language()) + "." + a.Canteen.Print() // its name and hours are in the picture, and its holidays
	known, err := h.Pictures.Picture(ctx, a.Week, variant)
	if err != nil {
		return 0, err
	}
	if known != "" {
		m, err := card.MenuPicture(t.Words(), a, today(t), known)
		if err != nil {
			return 0, err
		}
		if id, err := t.Send(ctx, m); !errors.Is(err, queue.ErrRefused) {
			return id, err
		}
	}
	m, err := card.MenuPicture(t.Words(), a, today(t), "")
	if err != nil { // more than fits into a picture: the words say it
		m.Photo = nil
	}
	id, err := t.Send(ctx, m)
	if err != nil || m.Photo == nil || m.Photo.ID == "" {
		return id, err
	}
	return id, h.Pictures.KeepPicture(ctx, a.Week, variant, m.Photo.ID)
}

// pressed is the canteen and the date that a press names, and whether it means the whole
// week. They come from the press and may be anything; menus are for everybody.
func (h *Menu) pressed(ctx context.Context, t *telegram.Turn) (c menu.Canteen, date calendar.Date, week bool, err error) {
	id, day, week, ok := card.MenuPlace(t.Button.ID)
	if !ok {
		return c, date, false, telegram.ErrStale
	}
	canteens, err := h.Store.Canteens(ctx, t.Known.Content)
	if err != nil {
		return c, date, false, err
	}
	for _, c := range canteens {
		if c.ID == id {
			return c, day, week, nil
		}
	}
	return c, date, false, telegram.ErrStale
}
