package menu

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"xingfuli/bot/calendar"
)

var (
	// ErrNothing refuses a paste in which no day with a dish or a rest was understood.
	ErrNothing = errors.New("menu: no day with dishes understood")
	// ErrLong refuses a paste of more than MaxText runes.
	ErrLong = errors.New("menu: the text is too long")
	// ErrDishLong refuses a dish name, or a reason to rest, of more than MaxDish runes.
	ErrDishLong = errors.New("menu: a dish's name is too long")
	// ErrDishMany refuses a meal of more than MaxDishes dishes.
	ErrDishMany = errors.New("menu: too many dishes in a meal")
)

// unusual is how many runes a dish's name has when it may be a sentence: the longest
// names on township menus, 「西红柿土豆炖牛腩煲」, have nine or ten.
const unusual = 12

// Draft is a pasted menu as understood, before anybody published it.
type Draft struct {
	Monday calendar.Date `json:"monday"`
	Days   []Day         `json:"days"` // by date, all of Monday's week
	Doubts []Doubt       `json:"doubts,omitempty"`
}

// Doubt is something in a paste that a cook should look at before publishing.
type Doubt struct {
	Kind DoubtKind     `json:"kind"`
	Date calendar.Date `json:"date,omitzero"`
	Meal Meal          `json:"meal,omitempty"`
	Text string        `json:"text,omitempty"` // the words in doubt
}

// DoubtKind says what is doubtful.
type DoubtKind string

const (
	DayTwice    DoubtKind = "day_twice"    // a meal of that date was named twice: the lists are joined
	DayMissing  DoubtKind = "day_missing"  // a day between the first and the last named, or a working day beside three days with dishes, is not there
	DishTwice   DoubtKind = "dish_twice"   // a dish is in one meal twice: it is kept once
	OtherWeek   DoubtKind = "other_week"   // a date outside the week: it is left out
	WrongDay    DoubtKind = "wrong_day"    // the weekday is not that date's: the date is taken
	NotUsed     DoubtKind = "not_used"     // words that are no dish: they are left out
	DishUnusual DoubtKind = "dish_unusual" // a name so long that it may be a sentence: it is kept
	PastWeek    DoubtKind = "past_week"    // the whole week is over
	FarWeek     DoubtKind = "far_week"     // the week begins more than a month from now: a slip in the date
)

// ParseText reads a menu as a cook pastes it: days with their dishes in one line or
// many, 午餐 and 晚餐 before the dishes or before the days, 休息, dates, prices, a title.
// A day's list without a heading is lunch.
//
// The first date that is said with a week decides the week. Without one, names mean
// this week, and next week from Saturday on or when every named day is past.
// Errors are ErrNothing, ErrLong, ErrDishLong and ErrDishMany.
//
// The week's rule is the bot's own.
func ParseText(text string, today calendar.Date) (Draft, error) {
	if utf8.RuneCountInString(text) > MaxText {
		return Draft{}, ErrLong
	}
	r := reader{today: today}
	if err := r.read(text); err != nil {
		return Draft{}, err
	}
	d := Draft{Monday: r.week(), Doubts: r.doubts}
	for _, e := range r.entries {
		if err := d.add(e); err != nil {
			return Draft{}, err
		}
	}
	d.settle()
	if len(d.Days) == 0 {
		return Draft{}, ErrNothing
	}
	return d, nil
}

// IsMenu tells whether words that nobody asked for are plainly a menu, or dishes in the
// place of others: a cook need not remember the command. Three dishes in a list make a menu.
func IsMenu(text string, today calendar.Date) bool {
	if !strings.ContainsAny(text, "\n、，,;；。→>＞➡⇒➔⟶改换換") { // as most that is said
		return false
	}
	if _, ok, err := ParseChange(text, today); ok {
		return err == nil
	}
	if len(pieces(text)) < 3 || strings.ContainsAny(text, "?？") {
		return false
	}
	d, err := ParseText(text, today)
	dishes := 0
	for _, day := range d.Days {
		dishes += len(day.Dishes(""))
	}
	return err == nil && dishes >= 3
}

// Move is the draft some weeks later, or earlier when weeks is negative: the same
// weekdays, dishes and doubts. d is not changed.
func (d Draft) Move(weeks int) Draft {
	d.Monday = d.Monday.AddDays(7 * weeks)
	d.Days, d.Doubts = slices.Clone(d.Days), slices.Clone(d.Doubts)
	for i := range d.Days {
		d.Days[i].Date = d.Days[i].Date.AddDays(7 * weeks)
	}
	for i, doubt := range d.Doubts {
		if !doubt.Date.IsZero() {
			d.Doubts[i].Date = doubt.Date.AddDays(7 * weeks)
		}
	}
	return d
}

// Menu is the draft's week as a menu to publish on top of what is published of that
// week: old's days that the draft does not name remain. old is the zero Menu when
// there is none, and is not changed. Version is old's, for the store to raise.
func (d Draft) Menu(canteen string, old Menu, by int64, at time.Time) Menu {
	if old.Monday != d.Monday {
		old = Menu{}
	}
	m := Menu{Canteen: canteen, Monday: d.Monday, Days: old.Days, Version: old.Version, By: by, At: at}
	return m.With(d.Days...)
}

// Against is the draft with its doubts as they are today, beside what is published of its
// week: a day that is published is not missing, and a week that is over or far away is doubtful.
// d is not changed.
func (d Draft) Against(old Menu, today calendar.Date) Draft {
	var doubts []Doubt
	switch {
	case d.Monday.AddDays(6).Before(today):
		doubts = append(doubts, Doubt{Kind: PastWeek, Date: d.Monday})
	case d.Monday.Sub(today) > 31:
		doubts = append(doubts, Doubt{Kind: FarWeek, Date: d.Monday})
	}
	for _, doubt := range d.Doubts {
		_, published := old.Day(doubt.Date)
		if doubt.Kind != PastWeek && doubt.Kind != FarWeek && !(doubt.Kind == DayMissing && published) {
			doubts = append(doubts, doubt)
		}
	}
	d.Doubts = doubts
	return d
}

// add puts an entry into its days.
func (d *Draft) add(e entry) error {
	for _, named := range e.days {
		date := named.in(d.Monday)
		if date.Monday() != d.Monday {
			text := cmp.Or(e.dish.Name, restWord)
			d.doubt(Doubt{Kind: OtherWeek, Date: date, Meal: e.meal, Text: text})
			continue
		}
		if err := d.day(date).add(e, d); err != nil {
			return err
		}
	}
	return nil
}

// day is the draft's day of that date, made when it is not there.
func (d *Draft) day(date calendar.Date) *Day {
	i := slices.IndexFunc(d.Days, func(day Day) bool { return day.Date == date })
	if i < 0 {
		d.Days = append(d.Days, Day{Date: date})
		i = len(d.Days) - 1
	}
	return &d.Days[i]
}

// add puts an entry into the day; what is doubtful about it goes to draft.
func (d *Day) add(e entry, draft *Draft) error {
	if e.closed {
		d.Closed = true
		d.Reason = e.reason
		return nil
	}
	i := slices.IndexFunc(d.Meals, func(s Serving) bool { return s.Meal == e.meal })
	if i < 0 {
		d.Meals = append(d.Meals, Serving{Meal: e.meal})
		i = len(d.Meals) - 1
	} else if e.first {
		draft.doubt(Doubt{Kind: DayTwice, Date: d.Date, Meal: e.meal})
	}
	s := &d.Meals[i]
	if slices.ContainsFunc(s.Dishes, func(dish Dish) bool { return dish.Name == e.dish.Name }) {
		draft.doubt(Doubt{Kind: DishTwice, Date: d.Date, Meal: e.meal, Text: e.dish.Name})
		return nil
	}
	if len(s.Dishes) == MaxDishes {
		return fmt.Errorf("read %v: %w", d.Date, ErrDishMany)
	}
	if utf8.RuneCountInString(e.dish.Name) > unusual {
		draft.doubt(Doubt{Kind: DishUnusual, Date: d.Date, Meal: e.meal, Text: e.dish.Name})
	}
	s.Dishes = append(s.Dishes, e.dish)
	return nil
}

// settle puts days and meals in order. A rest beside dishes was one meal's.
func (d *Draft) settle() {
	slices.SortFunc(d.Days, func(a, b Day) int { return a.Date.Compare(b.Date) })
	for i := range d.Days {
		day := &d.Days[i]
		if len(day.Meals) > 0 {
			day.Closed, day.Reason = false, ""
		}
		slices.SortFunc(day.Meals, func(a, b Serving) int {
			return slices.Index(Meals, a.Meal) - slices.Index(Meals, b.Meal)
		})
	}
	d.missing()
}

// missing doubts the days that a cook may have forgotten.
func (d *Draft) missing() {
	if len(d.Days) == 0 {
		return
	}
	first, last := d.Days[0].Date, d.Days[len(d.Days)-1].Date
	serving := 0
	for _, day := range d.Days {
		if day.Serves("") {
			serving++
		}
	}
	if friday := d.Monday.AddDays(4); serving >= 3 {
		first = d.Monday
		if last.Before(friday) {
			last = friday
		}
	}
	for date := first; !date.After(last); date = date.AddDays(1) {
		if _, named := (Menu{Days: d.Days}).Day(date); !named {
			d.doubt(Doubt{Kind: DayMissing, Date: date})
		}
	}
}

func (d *Draft) doubt(doubt Doubt) {
	if !slices.Contains(d.Doubts, doubt) {
		d.Doubts = append(d.Doubts, doubt)
	}
}
