package card

import (
	"strings"

	"xingfuli/bot/calendar"
	"xingfuli/bot/menu"
	"xingfuli/bot/telegram"
	"xingfuli/bot/text"
)

// PrivateMenu is Menu for one person alone: where it is about dishes of a day, they can be made
// favourites.
func PrivateMenu(w text.Words, a menu.Answer, today calendar.Date) telegram.Message {
	m := Menu(w, a, today)
	date, ok := dishesOf(a)
	if !ok || len(m.Buttons) == 0 {
		return m
	}
	last := len(m.Buttons) - 1
	m.Buttons[last] = append(m.Buttons[last], telegram.Button{
		Label: w.Plain("favorite.see", nil), Word: "favorite", ID: FavoriteID(a.Canteen.ID, date),
	})
	return m
}

// dishesOf is the date whose dishes an answer shows; ok is false when it shows those of no day,
// or of several.
func dishesOf(a menu.Answer) (date calendar.Date, ok bool) {
	switch a.Kind {
	case menu.Served, menu.NoMeal:
		return a.Day.Date, a.Day.Serves("")
	case menu.Past, menu.Closed, menu.Gone, menu.Unpublished:
		return a.Next.Date, a.Next.Serves("")
	}
	return date, false
}

// FavoriteID is the ID of a button that shows the dishes of a canteen's day to choose
// favourites from. FavoritePlace reads it.
func FavoriteID(canteen string, d calendar.Date) string { return canteen + "." + d.String() }

// FavoriteChoice is what a press among the dishes of a day means.
type FavoriteChoice struct {
	Canteen string
	Date    calendar.Date
	Mark    string // menu.DishMark; "" to look only
	On      bool   // the dish becomes a favourite
	Page    int
}

// FavoritePlace reads the ID of such a button, or of one of the dishes behind it. It may be
// forged.
func FavoritePlace(id string) (f FavoriteChoice, ok bool) {
	place, page := CutPage(id)
	parts := strings.Split(place, ".")
	if len(parts) != 2 && len(parts) != 4 {
		return f, false
	}
	date, err := calendar.Parse(parts[1])
	f = FavoriteChoice{Canteen: parts[0], Date: date, Page: page}
	if len(parts) == 4 {
		f.Mark, f.On = parts[2], parts[3] == "1"
	}
	return f, err == nil
}

// Favor shows the dishes of a day, those that are favourites with a full heart. A press turns
// one into the other.
func Favor(w text.Words, a menu.Answer, f menu.Favorites, page int, today calendar.Date) telegram.Message {
	var all []Choice
	names := a.Day.Names()
	p := Page{page, len(names)}
	for _, name := range names {
		key, on := "favorite.off", ".1"
		if f.Has(name) {
			key, on = "favorite.on", ".0"
		}
		all = append(all, Choice{w.Plain(key, map[string]any{"Name": name}), PageID(menu.DishMark(name)+on, p.From()/PerPage)})
	}
	id := FavoriteID(a.Canteen.ID, a.Day.Date)
	v := map[string]any{"Canteen": a.Canteen.Name, "Day": day(w, a.Day.Date, today), "Muted": f.Muted}
	rows := choose(w, "favorite", id+".", all, page)
	done := telegram.Button{Label: w.Plain("favorite.done", nil), Word: "menu", ID: MenuButton(a.Canteen.ID, a.Day.Date, false)}
	return telegram.Message{HTML: w.HTML("favorite.day", v), Buttons: append(rows, []telegram.Button{done})}
}

// Favorites lists a page of a person's favourites, with buttons that take them off.
func Favorites(w text.Words, f menu.Favorites, page int) telegram.Message {
	names := f.Names()
	if len(names) == 0 {
		return telegram.Message{HTML: w.HTML("favorite.none", nil)}
	}
	p := Page{page, len(names)}
	var all []Choice
	for _, name := range names {
		id := PageID(menu.DishMark(name), p.From()/PerPage)
		all = append(all, Choice{w.Plain("favorite.drop", map[string]any{"Name": name}), id})
	}
	key, id := "favorite.mute", "1"
	if f.Muted {
		key, id = "favorite.wake", "0"
	}
	v := map[string]any{"Total": len(names), "Names": names[p.From():p.To()], "Muted": f.Muted}
	rows := choose(w, "favorites", "", all, page)
	return telegram.Message{
		HTML:    w.HTML("favorite.list", v),
		Buttons: append(rows, []telegram.Button{{Label: w.Plain(key, nil), Word: "favoritemute", ID: id}}),
	}
}

// Treats tells a person which of their favourites are served on a day. They never want to hear
// that again with one tap.
func Treats(w text.Words, treats []menu.Treat, date, today calendar.Date) telegram.Message {
	type line struct{ Canteen, Dishes string }
	var lines []line
	for _, t := range treats {
		lines = append(lines, line{t.Canteen.Name, w.Plain("menu.list", map[string]any{"Names": t.Dishes})})
	}
	v := map[string]any{"Day": day(w, date, today), "Treats": lines, "One": len(lines) == 1}
	return telegram.Message{
		HTML:    w.HTML("favorite.served", v),
		Buttons: [][]telegram.Button{{{Label: w.Plain("favorite.mute", nil), Word: "favoritestop"}}},
	}
}
