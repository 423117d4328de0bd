package card

import (
	"fmt"
	"slices"
	"strings"

	"xingfuli/bot/calendar"
	"xingfuli/bot/menu"
	"xingfuli/bot/telegram"
	"xingfuli/bot/text"
)

// Menu answers a question about the canteen, as of today. Buttons for each day of the
// week the answer is about, and for the whole of it, change the message in place.
func Menu(w text.Words, a menu.Answer, today calendar.Date) telegram.Message {
	v := map[string]any{"Canteen": a.Canteen.Name, "Today": a.Day.Date == today, "Dish": a.Question.Dish}
	if !a.Day.Date.IsZero() {
		v["Day"] = day(w, a.Day.Date, today)
	}
	m := telegram.Message{HTML: menuText(w, a, today, v)}
	if a.Kind != menu.Hours && a.Kind != menu.Prices && a.Kind != menu.Place {
		m.Buttons = weekButtons(w, a, today)
	}
	return m
}

func menuText(w text.Words, a menu.Answer, today calendar.Date, v map[string]any) text.HTML {
	switch a.Kind {
	case menu.Served:
		v["Meals"] = meals(w, a.Canteen, a.Day, a.Meal, a.Dishes)
		if a.Question.Kind == menu.AskDish {
			return askedDish(w, a, today, v)
		}
		return latest(w, a, today) + w.HTML("menu.served", v)
	case menu.NoMeal:
		v["Meal"], v["Meals"] = mealName(w, a.Meal), meals(w, a.Canteen, a.Day, "", nil)
		return latest(w, a, today) + w.HTML("menu.no_meal", v)
	case menu.Closed:
		v["Reason"] = a.Day.Reason
		return latest(w, a, today) + w.HTML("menu.closed", v) + next(w, a, today)
	case menu.Past:
		return past(w, a, today, v)
	case menu.WholeWeek:
		return week(w, a, today, v)
	case menu.Found:
		v["Days"] = dishDays(w, a.Days)
		return w.HTML("menu.found", v)
	case menu.NotFound:
		return w.HTML("menu.not_found", v)
	case menu.Hours:
		return hours(w, a.Canteen, today)
	case menu.Prices:
		return prices(w, a.Canteen)
	case menu.Place:
		return w.HTML("menu.place", map[string]any{"Canteen": a.Canteen.Name, "Address": a.Canteen.Address, "Phone": a.Canteen.Phone})
	case menu.Gone:
		return gone(w, a, today, v)
	}
	return unpublished(w, a, today, v)
}

// latest says that an older day of the name is shown, because the coming one is not published.
func latest(w text.Words, a menu.Answer, today calendar.Date) text.HTML {
	if !a.Latest {
		return ""
	}
	return w.HTML("menu.latest", map[string]any{"Asked": day(w, a.Asked, today), "Weekday": weekday(w, a.Day.Date)}) + "\n\n"
}

func askedDish(w text.Words, a menu.Answer, today calendar.Date, v map[string]any) text.HTML {
	key := "menu.has_not"
	if len(a.Dishes) > 0 {
		key, v["Dishes"] = "menu.has", w.Plain("menu.list", map[string]any{"Names": a.Dishes})
	}
	said := latest(w, a, today) + w.HTML(key, v)
	if len(a.Dishes) == 0 {
		said += otherDays(w, a)
	}
	return said
}

// otherDays lists the other days that have the dish asked for.
func otherDays(w text.Words, a menu.Answer) text.HTML {
	if len(a.Days) == 0 {
		return ""
	}
	return "\n\n" + w.HTML("menu.other_days", map[string]any{"Dish": a.Question.Dish, "Days": dishDays(w, a.Days)})
}

// past says that today's meals are over, and to who asked for today what they were.
func past(w text.Words, a menu.Answer, today calendar.Date, v map[string]any) text.HTML {
	said := w.HTML("menu.past", v)
	if a.Question.HasDay {
		v["Meals"] = meals(w, a.Canteen, a.Day, a.Meal, a.Dishes)
		said += "\n" + w.HTML("menu.was", v)
	}
	return said + next(w, a, today)
}

// gone says that today's dishes, or those of them that were asked for, are sold out.
func gone(w text.Words, a menu.Answer, today calendar.Date, v map[string]any) text.HTML {
	if len(a.Dishes) == 0 {
		v["Meals"] = meals(w, a.Canteen, a.Day, a.Meal, nil)
		return w.HTML("menu.gone", v) + next(w, a, today)
	}
	v["Dishes"], v["Meals"] = w.Plain("menu.list", map[string]any{"Names": a.Dishes}), meals(w, a.Canteen, a.Day, a.Meal, a.Dishes)
	return w.HTML("menu.gone_dish", v) + next(w, a, today) + otherDays(w, a)
}

func next(w text.Words, a menu.Answer, today calendar.Date) text.HTML {
	if a.Next.Date.IsZero() {
		return ""
	}
	return "\n\n" + w.HTML("menu.next", map[string]any{
		"Day": day(w, a.Next.Date, today), "Meals": meals(w, a.Canteen, a.Next, a.NextMeal, nil),
	})
}

func unpublished(w text.Words, a menu.Answer, today calendar.Date, v map[string]any) text.HTML {
	said := w.HTML("menu.unpublished", v)
	if a.Week.Monday == a.Day.Date {
		v["From"], v["To"] = shortDay(w, a.Day.Date), shortDay(w, a.Day.Date.AddDays(6))
		said = w.HTML("menu.unpublished_week", v)
	}
	if !a.Changed.IsZero() {
		said += "\n" + w.HTML("menu.changed", map[string]any{"At": moment(w, a.Changed)})
	}
	return said + next(w, a, today)
}

func week(w text.Words, a menu.Answer, today calendar.Date, v map[string]any) text.HTML {
	type line struct {
		Day, Dishes string
		Closed      bool
		Today       bool
	}
	var lines []line
	for _, d := range a.Week.Days {
		l := line{Day: weekday(w, d.Date), Closed: d.Closed, Today: d.Date == today}
		var served []string
		for _, s := range d.Meals {
			names := w.Plain("menu.list", map[string]any{"Names": names(w, s.Dishes)})
			if len(d.Meals) > 1 || s.Meal != menu.Lunch {
				names = w.Plain("menu.meal_line", map[string]any{"Meal": mealName(w, s.Meal), "Dishes": names})
			}
			served = append(served, names)
		}
		l.Dishes = strings.Join(served, "\n")
		lines = append(lines, l)
	}
	v["Days"], v["From"], v["To"] = lines, shortDay(w, a.Week.Monday), shortDay(w, a.Week.Monday.AddDays(6))
	return w.HTML("menu.week", v)
}

// meals lists what a day serves, meal (all of them for "") by meal, with matched dishes in bold.
func meals(w text.Words, c menu.Canteen, d menu.Day, only menu.Meal, matched []string) text.HTML {
	type dish struct {
		Name, Price string
		Match, Gone bool
	}
	type sitting struct {
		Name, Hours string
		Dishes      []dish
	}
	var list []sitting
	for _, s := range d.Meals {
		if only != "" && s.Meal != only {
			continue
		}
		sit := sitting{Name: mealName(w, s.Meal)}
		if h, ok := c.Open(s.Meal); ok {
			sit.Hours = h.String()
		}
		for _, x := range s.Dishes {
			sit.Dishes = append(sit.Dishes, dish{x.Name, money(w, x.Cents), slices.Contains(matched, x.Name), x.Gone})
		}
		list = append(list, sit)
	}
	return text.HTML(strings.TrimRight(string(w.HTML("menu.meals", map[string]any{"Meals": list})), "\n"))
}

// dishDays lists days with the dishes found on them, one a line.
func dishDays(w text.Words, days []menu.Day) text.HTML {
	type line struct{ Day, Dishes string }
	var lines []line
	for _, d := range days {
		lines = append(lines, line{shortDay(w, d.Date), w.Plain("menu.list", map[string]any{"Names": names(w, d.Dishes(""))})})
	}
	return w.HTML("menu.dish_days", map[string]any{"Days": lines})
}

// names are the names of dishes, with a word for those that are sold out.
func names(w text.Words, dishes []menu.Dish) []string {
	list := make([]string, len(dishes))
	for i, d := range dishes {
		list[i] = d.Name
		if d.Gone {
			list[i] = w.Plain("menu.gone_name", map[string]any{"Name": d.Name})
		}
	}
	return list
}

func mealName(w text.Words, m menu.Meal) string {
	if m == menu.Dinner {
		return w.Plain("menu.dinner", nil)
	}
	return w.Plain("menu.lunch", nil)
}

// money says an amount of fen in yuan, 「12元」「4.50元」, and nothing for 0.
func money(w text.Words, cents int64) string {
	if cents == 0 {
		return ""
	}
	yuan := fmt.Sprintf("%d.%02d", cents/100, cents%100)
	return w.Plain("menu.yuan", map[string]any{"Amount": strings.TrimSuffix(yuan, ".00")})
}

func hours(w text.Words, c menu.Canteen, today calendar.Date) text.HTML {
	type line struct{ Meal, Hours string }
	var lines []line
	for _, o := range c.Openings() {
		lines = append(lines, line{mealName(w, o.Meal), o.Hours.String()})
	}
	return w.HTML("menu.hours", map[string]any{"Canteen": c.Name, "Hours": lines, "Holidays": Holidays(w, c, today), "Address": c.Address, "Phone": c.Phone})
}

func prices(w text.Words, c menu.Canteen) text.HTML {
	type line struct{ Who, Price string }
	var lines []line
	for _, p := range c.Prices {
		lines = append(lines, line{p.Who, price(w, p.Cents)})
	}
	return w.HTML("menu.prices", map[string]any{"Canteen": c.Name, "Prices": lines, "Phone": c.Phone})
}

// WholeWeek stands for the week in the ID of a menu button.
const WholeWeek = "week"

// MenuButton is the ID of a button that shows a day of a canteen, or with week the whole
// week of that day.
func MenuButton(canteen string, d calendar.Date, week bool) string {
	id := canteen + "." + d.String()
	if week {
		id += "." + WholeWeek
	}
	return id
}

// MenuPlace reads the ID of such a button. It may be forged.
func MenuPlace(id string) (canteen string, d calendar.Date, week, ok bool) {
	parts := strings.Split(id, ".")
	if len(parts) < 2 || len(parts) > 3 {
		return "", d, false, false
	}
	d, err := calendar.Parse(parts[1])
	return parts[0], d, len(parts) == 3, err == nil
}

// weekButtons are 周一…周日, 整周 and 看图 of the week that the answer is about.
func weekButtons(w text.Words, a menu.Answer, today calendar.Date) [][]telegram.Button {
	monday := today.Monday()
	switch {
	case a.Kind == menu.WholeWeek:
		monday = a.Week.Monday
	case !a.Day.Date.IsZero():
		monday = a.Day.Date.Monday()
	}
	keys := make([]telegram.Button, 0, 8)
	for _, d := range monday.Week() {
		keys = append(keys, telegram.Button{Label: weekday(w, d), Word: "menu", ID: MenuButton(a.Canteen.ID, d, false)})
	}
	keys = append(keys, telegram.Button{Label: w.Plain("menu.whole_week", nil), Word: "menu", ID: MenuButton(a.Canteen.ID, monday, true)})
	rows := [][]telegram.Button{keys[:4], keys[4:]}
	if a.Kind == menu.Unpublished && a.Week.Monday == monday { // there is nothing to draw
		return rows
	}
	return append(rows, []telegram.Button{{Label: w.Plain("picture.see", nil), Word: "picture", ID: MenuButton(a.Canteen.ID, monday, false)}})
}
