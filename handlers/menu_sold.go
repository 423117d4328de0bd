package handlers

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"xingfuli/bot/card"
	"xingfuli/bot/community"
	"xingfuli/bot/menu"
	"xingfuli/bot/telegram"
	"xingfuli/bot/text"
)

func (h *Menu) registerSold(r *telegram.Router) {
	r.Command("soldout", h.soldOut, telegram.In(telegram.Private), telegram.For(has(h.Staff, community.Cook)), telegram.About("menu.about_soldout"))
	r.Button("soldout", func(ctx context.Context, t *telegram.Turn) error { return h.sell(ctx, t, true) })
	r.Button("restock", func(ctx context.Context, t *telegram.Turn) error { return h.sell(ctx, t, false) })
}

// soldOut marks the dishes that were named, or shows today's to choose from.
func (h *Menu) soldOut(ctx context.Context, t *telegram.Turn) error {
	mine, err := h.mine(ctx, t)
	if err != nil {
		return err
	}
	if len(mine) == 0 {
		return t.Say(ctx, "menu.no_canteen", nil)
	}
	c, words, ok := pick(mine, t.Args)
	if !ok {
		_, err := t.Send(ctx, card.WhichCanteen(t.Words(), mine, "soldout", 0))
		return err
	}
	note, err := h.sellNamed(ctx, t, c, words)
	if err != nil {
		return err
	}
	day, version, err := h.today(ctx, t, c)
	if err != nil {
		return err
	}
	m := card.SoldOut(t.Words(), c, day, version)
	m.HTML = note + m.HTML
	_, err = t.Send(ctx, m)
	return err
}

// today is what a canteen serves today, with what is sold out marked, and the version of
// its week; the zero Day with its date when that is not published.
func (h *Menu) today(ctx context.Context, t *telegram.Turn, c menu.Canteen) (menu.Day, int64, error) {
	a, err := h.look(ctx, t, c, menu.Question{Kind: menu.AskWeek, Monday: today(t).Monday()})
	if err != nil {
		return menu.Day{}, 0, err
	}
	day, ok := a.Week.Day(today(t))
	if !ok {
		day.Date = today(t)
	}
	return day, a.Week.Version, nil
}

// sell marks the dish under the pressed button, or takes the mark off, and shows the list
// as it is then. A dish is known by its place in a version of the menu: in another version
// it may be another dish.
func (h *Menu) sell(ctx context.Context, t *telegram.Turn, out bool) error {
	parts := strings.Split(t.Button.ID, ".")
	c, err := h.mayPublish(ctx, t, parts[0])
	if err != nil {
		return err
	}
	day, version, err := h.today(ctx, t, c)
	if err != nil {
		return err
	}
	if len(parts) == 3 {
		i, err := strconv.Atoi(parts[2])
		dishes := day.Dishes("")
		switch {
		case err != nil || i < 0 || parts[1] != day.Date.String():
			return telegram.ErrStale
		case version != t.Button.Version || i >= len(dishes):
			if err := t.Alert(ctx, "menu.soldout_changed", nil); err != nil {
				return err
			}
		default:
			if err := h.mark(ctx, t, c, day, []string{dishes[i].Name}, out); err != nil {
				return err
			}
			if day, version, err = h.today(ctx, t, c); err != nil {
				return err
			}
		}
	}
	return t.Edit(ctx, card.SoldOut(t.Words(), c, day, version))
}

// mark keeps what is sold out, and reads from then on what is kept now.
func (h *Menu) mark(ctx context.Context, t *telegram.Turn, c menu.Canteen, day menu.Day, dishes []string, out bool) (err error) {
	what := "soldout"
	if !out {
		what = "restock"
	}
	e := community.Entry{At: t.Now, Who: t.UserID(), What: "menu" + "." + what, About: c.Name, After: day.Date.String() + " " + strings.Join(dishes, "、")}
	if err := h.Store.SellOut(ctx, t.Op(), c.ID, day.Date, dishes, out, e); err != nil {
		return err
	}
	t.Known.Content, err = h.Store.Content(ctx)
	return err
}

// sellNamed marks dishes by their names, 「红烧猪肉、蛋汤」, or takes the mark off, 「恢复 蛋汤」,
// and returns what to say of it.
func (h *Menu) sellNamed(ctx context.Context, t *telegram.Turn, c menu.Canteen, words string) (text.HTML, error) {
	day, _, err := h.today(ctx, t, c)
	if err != nil {
		return "", err
	}
	names, out := menu.SoldNames(words)
	var known, unknown []string
	for _, name := range names {
		dish, near, ok := day.Find(name, "")
		switch {
		case ok && !slices.Contains(known, dish.Name):
			known = append(known, dish.Name)
		case !ok && len(near) == 1 && len([]rune(name)) >= 2:
			known = append(known, near[0])
		case !ok:
			unknown = append(unknown, name)
		}
	}
	if len(known) > 0 {
		if err := h.mark(ctx, t, c, day, known, out); err != nil {
			return "", err
		}
	}
	return card.Sold(t.Words(), known, unknown, out), nil
}
