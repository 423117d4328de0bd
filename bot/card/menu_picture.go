package card

import (
	"fmt"

	"xingfuli/bot/calendar"
	"xingfuli/bot/menu"
	"xingfuli/bot/picture"
	"xingfuli/bot/telegram"
	"xingfuli/bot/text"
)

// MenuPicture is the week as a picture that Telegram has by id, or that is drawn when id is
// empty, with the same in words below it. a is the answer to a question for the whole week.
// A week of more than fits into a picture comes in words only.
//
// The picture is of the published version and no more: which day it is, and what is sold out,
// is in the words.
func MenuPicture(w text.Words, a menu.Answer, today calendar.Date, id string) (telegram.Message, error) {
	m := telegram.Message{HTML: menuText(w, a, today, map[string]any{"Canteen": a.Canteen.Name})}
	m.Photo = &telegram.File{ID: id, Name: "menu-" + a.Week.Monday.String() + ".png"}
	if id != "" {
		return m, nil
	}
	data, err := drawn(w, a).PNG()
	if err != nil {
		m.Photo = nil
		return m, fmt.Errorf("picture of %s: %w", a.Week.Monday, err)
	}
	m.Photo.Bytes = data
	return m, nil
}

func drawn(w text.Words, a menu.Answer) picture.Week {
	p := picture.Week{
		Title: a.Canteen.Name, Mark: w.Plain("menu.list", map[string]any{"Names": []string{"", ""}}), // what stands between two names
		Dates: w.Plain("picture.dates", weekValues(w, a.Week.Monday)),
	}
	for _, d := range a.Week.Days {
		row := picture.Day{Name: weekday(w, d.Date), Date: w.Plain("picture.date", dateValues(w, d.Date))}
		if d.Closed {
			row.Rest = w.Plain("picture.rest", map[string]any{"Reason": d.Reason})
		}
		for _, s := range d.Meals {
			meal := picture.Meal{Dishes: priced(w, s.Dishes)}
			if len(d.Meals) > 1 || s.Meal != menu.Lunch {
				meal.Name = mealName(w, s.Meal)
			}
			row.Meals = append(row.Meals, meal)
		}
		p.Days = append(p.Days, row)
	}
	return p
}
