// Package menu holds the elders' canteen: what it serves and when, the menu as a cook
// pastes it, the questions of residents and their answers.
//
// It is pure: now is an argument, already in the township's zone.
package menu

import (
	"slices"
	"time"

	"xingfuli/bot/calendar"
)

// The limits of a menu. They keep a day within one message and a picture of the week
// readable; a township canteen serves four to six dishes a meal.
const (
	MaxDish   = 30   // runes in a dish's name
	MaxDishes = 20   // dishes in a meal
	MaxText   = 6000 // runes in a pasted menu
)

// Meal is a sitting of the day: Lunch, Dinner, or "" for any.
type Meal string

const (
	Lunch  Meal = "lunch"  // 午餐, the meal of a list without a heading
	Dinner Meal = "dinner" // 晚餐
)

// Meals lists the meals in the order of the day.
var Meals = []Meal{Lunch, Dinner}

// Dish is one dish of a meal.
type Dish struct {
	Name  string `json:"name"`
	Cents int64  `json:"cents,omitempty"` // its own price, 0 when the meal has one price
	Gone  bool   `json:"-"`               // sold out: set by SoldOut.Mark, never kept
}

// Serving is a meal of a day with its dishes, in the cook's order.
type Serving struct {
	Meal   Meal   `json:"meal"`
	Dishes []Dish `json:"dishes"`
}

// Day is what a canteen serves on a date: servings in the order of Meals, or a rest.
type Day struct {
	Date   calendar.Date `json:"date"`
	Meals  []Serving     `json:"meals,omitempty"`
	Closed bool          `json:"closed,omitempty"` // 休息
	Reason string        `json:"reason,omitempty"` // why it is closed, "" when nobody said
}

// Dishes lists a meal's dishes, those of all meals for "".
func (d Day) Dishes(m Meal) []Dish {
	var dishes []Dish
	for _, s := range d.Meals {
		if m == "" || s.Meal == m {
			dishes = append(dishes, s.Dishes...)
		}
	}
	return dishes
}

// Serves tells whether the day has dishes for that meal, for any meal when m is "".
func (d Day) Serves(m Meal) bool {
	return slices.ContainsFunc(d.Meals, func(s Serving) bool { return (m == "" || s.Meal == m) && len(s.Dishes) > 0 })
}

// Menu is one published version of a canteen's week. Versions of a week count from 1;
// a day that Days lacks is not published.
type Menu struct {
	Canteen string        `json:"canteen"` // its ID
	Monday  calendar.Date `json:"monday"`
	Days    []Day         `json:"days"` // by date
	Version int64         `json:"version,omitempty"`
	By      int64         `json:"by,omitempty"`    // who published it, a Telegram user ID
	At      time.Time     `json:"at,omitzero"`     // when it was published
	Op      string        `json:"op,omitempty"`    // what published it, so that a repeated turn knows its own work
	Undid   int64         `json:"undid,omitempty"` // the version it took back, 0 when it was new
}

// Day is the menu's day of that date, if it is published.
func (m Menu) Day(date calendar.Date) (Day, bool) {
	i := slices.IndexFunc(m.Days, func(d Day) bool { return d.Date == date })
	if i < 0 {
		return Day{}, false
	}
	return m.Days[i], true
}

// With is the menu with those days put in, replacing days of the same date and leaving
// the others. Days outside the menu's week are left out. m is not changed.
func (m Menu) With(days ...Day) Menu {
	kept := slices.Clone(m.Days)
	for _, d := range days {
		if d.Date.Monday() != m.Monday {
			continue
		}
		kept = slices.DeleteFunc(kept, func(k Day) bool { return k.Date == d.Date })
		kept = append(kept, d)
	}
	slices.SortFunc(kept, func(a, b Day) int { return a.Date.Compare(b.Date) })
	m.Days = kept
	return m
}

// Names lists every dish name of the menus once, in no order: the vocabulary for NewAsker.
func Names(menus ...Menu) []string {
	var names []string
	for _, m := range menus {
		for _, d := range m.Days {
			for _, dish := range d.Dishes("") {
				names = append(names, dish.Name)
			}
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}
