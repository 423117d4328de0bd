package menu

import (
	"slices"
	"time"

	"xingfuli/bot/calendar"
)

// AnswerKind tells the answers apart.
type AnswerKind string

const (
	Served      AnswerKind = "served"      // Day's dishes; for AskDish with Dishes the matching names, empty for no
	Closed      AnswerKind = "closed"      // Day is a rest, 休息; Next is the next meal after it
	NoMeal      AnswerKind = "no_meal"     // Day is published, but without the meal asked for
	Unpublished AnswerKind = "unpublished" // nothing for Day.Date, 未公布; Changed, Last and Next as known
	Past        AnswerKind = "past"        // today's last meal is over, 已过饭点; Next is the next meal
	Gone        AnswerKind = "sold_out"    // 售罄: all that today still serves, Next is the next meal; for AskDish all of Dishes
	WholeWeek   AnswerKind = "week"        // Week's days
	Found       AnswerKind = "found"       // Days have the dish
	NotFound    AnswerKind = "not_found"   // no published day has the dish
	Hours       AnswerKind = "hours"       // Canteen.Openings
	Prices      AnswerKind = "prices"      // Canteen.Prices, perhaps none
	Place       AnswerKind = "place"       // Canteen.Address and Canteen.Phone, perhaps none
)

// Answer is what the canteen's menus say to a question. A day that is not there is the zero Day.
type Answer struct {
	Kind     AnswerKind    `json:"kind"`
	Question Question      `json:"question"`
	Canteen  Canteen       `json:"canteen"`
	Day      Day           `json:"day,omitzero"`     // the day answered about, with its date even when unpublished
	Meal     Meal          `json:"meal,omitempty"`   // the meal of Day to show, "" for all
	Latest   bool          `json:"latest,omitempty"` // a bare weekday whose coming day is unpublished: Day is the latest published one of that name
	Asked    calendar.Date `json:"asked,omitzero"`   // the date asked for, which differs from Day's with Latest
	Dishes   []string      `json:"dishes,omitempty"` // names of Day that match the dish asked for
	Days     []Day         `json:"days,omitempty"`   // days that have the dish, with those dishes only, by date
	Week     Menu          `json:"week,omitzero"`    // the week asked for
	Next     Day           `json:"next,omitzero"`    // the day of the next published meal
	NextMeal Meal          `json:"next_meal,omitempty"`
	Last     Day           `json:"last,omitzero"`    // the latest published day of the same weekday
	Changed  time.Time     `json:"changed,omitzero"` // when the newest of the menus was published
}

// A book is what a canteen has published, read at a moment.
type book struct {
	canteen Canteen
	days    []Day // by date
	today   calendar.Date
	clock   calendar.Clock
}

// Answer answers from the canteen's published weeks, the newest version of each, in any
// order. weeks is not changed.
//
// A meal is over when its hours end; one without hours lasts to midnight. A question
// after today's last meal gets Past and the next meal that is published. A bare weekday
// whose coming day is not published gets the latest published day of that name that
// serves something, marked Latest.
// These rules are the bot's own.
func (q Question) Answer(c Canteen, weeks []Menu, now time.Time) Answer {
	b := book{canteen: c, today: calendar.Of(now), clock: calendar.ClockOf(now)}
	b.days = make([]Day, 0, 7*len(weeks))
	a := Answer{Question: q, Canteen: c, Meal: q.Meal}
	for _, w := range slices.Backward(weeks) { // the newest comes first
		b.days = append(b.days, w.Days...)
		if w.At.After(a.Changed) {
			a.Changed = w.At
		}
	}
	byDate := func(x, y Day) int { return x.Date.Compare(y.Date) }
	if !slices.IsSortedFunc(b.days, byDate) { // as they come from the store, they are
		slices.SortFunc(b.days, byDate)
	}
	c.rest(b.days)
	switch {
	case q.Kind == AskHours:
		a.Kind = Hours
	case q.Kind == AskPrice:
		a.Kind = Prices
	case q.Kind == AskPlace:
		a.Kind = Place
	case q.Kind == AskWeek:
		b.week(&a, weeks)
	case q.Kind == AskDish && !q.HasDay:
		b.find(&a)
	case q.Kind == AskNext:
		b.soonest(&a)
	default:
		b.on(&a, q.Day)
	}
	return a
}

// soonest answers with the next meal still to come, of a later day when today never
// serves the meal asked for. On a Saturday or Sunday that nobody
// published it is just the next one; on a working day it says that today is missing for
// as long as lunch may still be had.
func (b book) soonest(a *Answer) {
	day, published := b.day(b.today)
	b.next(a, a.Meal, b.today)
	weekend := b.today.Sub(b.today.Monday()) >= 5
	later := published && !day.Serves(a.Meal) || !published && (weekend || b.isOver(b.today, Lunch))
	switch {
	case published && day.Closed:
		a.Kind, a.Day, a.Asked = Closed, day, day.Date
	case a.Next.Date == b.today, !a.Next.Date.IsZero() && later:
		a.Kind, a.Day, a.Asked, a.Meal = Served, a.Next, a.Next.Date, a.NextMeal
		a.Next, a.NextMeal = Day{}, ""
	case published && !day.Serves(a.Meal):
		a.Kind, a.Day, a.Asked = NoMeal, day, day.Date
	case published && b.allOver(day, a.Meal):
		a.Kind, a.Day, a.Asked = Past, day, day.Date
	case published:
		a.Kind, a.Day, a.Asked = Gone, day, day.Date
	default:
		b.unpublished(a, b.today)
	}
}

// on answers for the day that was named.
func (b book) on(a *Answer, named calendar.Day) {
	a.Asked = named.Date
	day, ok := b.day(named.Date)
	if !ok && named.Bare {
		day, ok = b.latest(named.Date)
		a.Latest = ok
	}
	if !ok {
		b.unpublished(a, named.Date)
		return
	}
	a.Kind, a.Day = Served, day
	switch {
	case day.Closed:
		a.Kind = Closed
		b.next(a, "", day.Date)
	case !day.Serves(a.Meal):
		a.Kind = NoMeal
	case day.Date == b.today && b.allOver(day, a.Meal):
		a.Kind = Past
		b.next(a, "", b.today)
	case day.Date == b.today && !b.anyLeft(day, a.Meal):
		a.Kind = Gone
		b.next(a, "", b.today)
	}
	if want := a.Question.Dish; want != "" {
		food := foodOf(want)
		left := false
		for _, dish := range day.Dishes(a.Meal) {
			if food.in(dish.Name) {
				a.Dishes = append(a.Dishes, dish.Name)
				left = left || !dish.Gone
			}
		}
		if a.Kind == Served && len(a.Dishes) > 0 && !left {
			a.Kind = Gone
		}
		a.Days = b.having(want, a.Question.Meal, func(d Day) bool { return d.Date != day.Date && b.toCome(d) })
	}
}

// unpublished answers that nobody published that date, with what is known beside it.
func (b book) unpublished(a *Answer, date calendar.Date) {
	a.Kind, a.Day, a.Asked = Unpublished, Day{Date: date}, date
	a.Last, _ = b.latest(date)
	b.next(a, "", date)
	if want := a.Question.Dish; want != "" {
		a.Days = b.having(want, a.Question.Meal, b.toCome)
	}
}

// week answers with the week asked for.
func (b book) week(a *Answer, weeks []Menu) {
	monday := a.Question.Monday
	a.Week.Monday, a.Asked = monday, monday
	week := Menu{Monday: monday}
	for _, w := range weeks {
		if w.Monday == monday {
			week = w
		}
	}
	if week = week.Rest(b.canteen); len(week.Days) > 0 {
		a.Kind, a.Week = WholeWeek, week
		return
	}
	b.unpublished(a, monday)
}

// find answers which days have a dish: all of a week that was named, else those to come.
func (b book) find(a *Answer) {
	q := a.Question
	in := b.toCome
	if !q.Monday.IsZero() {
		in = func(d Day) bool { return d.Date.Monday() == q.Monday }
		if !slices.ContainsFunc(b.days, in) {
			a.Week.Monday = q.Monday
			b.unpublished(a, q.Monday)
			return
		}
	}
	a.Kind, a.Days = Found, b.having(q.Dish, q.Meal, in)
	if len(a.Days) == 0 {
		a.Kind = NotFound
	}
}

// day is the published day of that date.
func (b book) day(date calendar.Date) (Day, bool) {
	if d, ok := (Menu{Days: b.days}).Day(date); ok {
		return d, true
	}
	return b.canteen.off(date)
}

// latest is the last published day with dishes of the same weekday as date.
func (b book) latest(date calendar.Date) (Day, bool) {
	for _, d := range slices.Backward(b.days) {
		if d.Date != date && d.Date.Weekday() == date.Weekday() && d.Serves("") {
			return d, true
		}
	}
	return Day{}, false
}

// next puts the next published meal from a date on into a, only that meal for one that is
// not "". Somebody who asked about Saturday is not helped by Monday's meal before it.
func (b book) next(a *Answer, only Meal, from calendar.Date) {
	for _, d := range b.days {
		for _, s := range d.Meals {
			if (only == "" || s.Meal == only) && !d.Date.Before(from) && !b.isOver(d.Date, s.Meal) && !s.gone() {
				a.Next, a.NextMeal = d, s.Meal
				return
			}
		}
	}
}

// having lists the days that have a dish, with those dishes only.
func (b book) having(want string, only Meal, in func(Day) bool) []Day {
	var list []Day
	food := foodOf(want)
	for _, d := range b.days {
		if !in(d) {
			continue
		}
		found := Day{Date: d.Date}
		for _, s := range d.Meals {
			if only != "" && s.Meal != only {
				continue
			}
			var dishes []Dish
			for _, dish := range s.Dishes {
				if food.in(dish.Name) {
					dishes = append(dishes, dish)
				}
			}
			if len(dishes) > 0 {
				found.Meals = append(found.Meals, Serving{Meal: s.Meal, Dishes: dishes})
			}
		}
		if len(found.Meals) > 0 {
			list = append(list, found)
		}
	}
	return list
}

// toCome tells whether a day has a meal that is not over.
func (b book) toCome(d Day) bool { return !b.allOver(d, "") }

// allOver tells whether a day's meals, or one of them, are over.
func (b book) allOver(d Day, only Meal) bool {
	return !slices.ContainsFunc(d.Meals, func(s Serving) bool {
		return (only == "" || s.Meal == only) && !b.isOver(d.Date, s.Meal)
	})
}

// anyLeft tells whether a day's meals, or one of them, are to come and not sold out.
func (b book) anyLeft(d Day, only Meal) bool {
	return slices.ContainsFunc(d.Meals, func(s Serving) bool {
		return (only == "" || s.Meal == only) && !b.isOver(d.Date, s.Meal) && !s.gone()
	})
}

// isOver tells whether that meal of a date has ended.
func (b book) isOver(date calendar.Date, m Meal) bool {
	if date != b.today {
		return date.Before(b.today)
	}
	h, ok := b.canteen.Open(m)
	return ok && b.clock >= h.To
}
