package menu

import (
	"time"

	"xingfuli/bot/calendar"
)

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
	DayMissing  DoubtKind = "day_missing"  // a day between the first and the last named is not there
	DishTwice   DoubtKind = "dish_twice"   // a dish is in one meal twice: it is kept once
	OtherWeek   DoubtKind = "other_week"   // a date outside the week: it is left out
	WrongDay    DoubtKind = "wrong_day"    // the weekday is not that date's: the date is taken
	NotUsed     DoubtKind = "not_used"     // words that are no dish: they are left out
	DishUnusual DoubtKind = "dish_unusual" // a name so long that it may be a sentence: it is kept
)

// ParseText reads a menu as a cook pastes it.
func ParseText(text string, today calendar.Date) (Draft, error) { return Draft{}, ErrNothing }

// Move is the draft some weeks later, or earlier when weeks is negative: the same
// weekdays, dishes and doubts. d is not changed.
func (d Draft) Move(weeks int) Draft { return d }

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
