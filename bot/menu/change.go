package menu

import (
	"cmp"
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"xingfuli/bot/calendar"
)

var (
	// ErrChange refuses a text that replaces dishes in words not all of which are understood.
	ErrChange = errors.New("menu: a change that is not understood")
	// ErrNoDay refuses to change a day that is not published.
	ErrNoDay = errors.New("menu: that day is not published")
	// ErrNoDish refuses to replace a dish that the day has not.
	ErrNoDish = errors.New("menu: that day has no such dish")
	// ErrWeeks refuses changes in more than one week.
	ErrWeeks = errors.New("menu: changes of more than one week")
)

// Change puts one dish in the place of another.
type Change struct {
	Date calendar.Date `json:"date"`
	Meal Meal          `json:"meal,omitempty"` // "" for any
	Old  string        `json:"old"`
	New  Dish          `json:"new"`
}

// A ChangeError says what stood in the way of a change. It wraps ErrNoDay or ErrNoDish.
type ChangeError struct {
	Change Change
	Near   []string // dishes of that day that may be meant, the likeliest first
	Has    []Dish   // the day's dishes
	err    error
}

func (e *ChangeError) Error() string { return fmt.Sprintf("change %v: %v", e.Change.Date, e.err) }

func (e *ChangeError) Unwrap() error { return e.err }

const arrow = "→"

// arrows are the words between a dish and the one in its place.
var arrows = strings.NewReplacer("->", arrow, "=>", arrow, "－＞", arrow, "—>", arrow, "–>", arrow, "-＞", arrow, "➡️", arrow, "➡", arrow, "⇒", arrow, "➔", arrow, "⟶", arrow,
	"替换成", arrow, "替换为", arrow, "更换为", arrow, "改成", arrow, "改为", arrow, "改做", arrow, "改烧", arrow, "换成", arrow, "换为", arrow, "换做", arrow, "換成", arrow)

// ParseChange reads dishes that are replaced by others: 「周二 鸡肉炖土豆→红烧茄子」, also
// with -> or 改成 or 换成, several in one text. A day holds until another is named, and is
// today before one is; a bare weekday is the coming one. ok is false, without an error,
// for a text that replaces nothing: a menu may have 「周一→红烧肉」.
// It returns ErrChange when only a part is understood, and ErrDishLong.
func ParseChange(text string, today calendar.Date) (changes []Change, ok bool, err error) {
	if utf8.RuneCountInString(text) > MaxText {
		return nil, false, nil
	}
	day, meal, rest := today, Meal(""), ""
	for _, piece := range pieces(tidy(arrows.Replace(text))) {
		c, left := cutChange(piece, today, &day, &meal)
		switch {
		case left != "":
			rest = left
		case c.Old != "":
			changes = append(changes, c)
		}
		if runes(c.Old) > MaxDish || runes(c.New.Name) > MaxDish {
			return nil, true, fmt.Errorf("read a change: %w", ErrDishLong)
		}
	}
	switch {
	case len(changes) == 0:
		return nil, false, nil
	case rest != "":
		return nil, true, fmt.Errorf("read a change: %w", ErrChange)
	}
	return changes, true, nil
}

// pieces parts a text where one change ends and the next may begin, but not before an
// arrow: 土豆没有了，换成茄子.
func pieces(s string) []string {
	for i, part := range strings.Split(s, arrow) {
		if i == 0 {
			s = part
			continue
		}
		s = strings.TrimRightFunc(s, func(r rune) bool { return parts(r) || unicode.IsSpace(r) }) + arrow + part
	}
	return strings.FieldsFunc(s, parts)
}

// parts tells whether a rune stands between two changes.
func parts(r rune) bool { return strings.ContainsRune("\n、,;。!", calendar.Fold(r)) }

// cutChange reads one piece: names of a day and a meal, which hold for those after it,
// and a change. left is what is none of it.
func cutChange(s string, today calendar.Date, day *calendar.Date, meal *Meal) (c Change, left string) {
	s = lead(s)
	if named, n := calendar.CutDay(s, today); n > 0 {
		*day, *meal, s = named.Date, "", lead(s[n:])
		if again, n := calendar.CutDay(s, today); n > 0 && !again.Bare { // 周二（11月24日）
			*day, s = again.Date, lead(s[n:])
		}
	}
	if m, n := cutMeal(s); n > 0 {
		*meal, s = m, lead(s[n:])
	}
	old, fresh, ok := strings.Cut(s, arrow)
	old = trimName(skip(strings.TrimSpace(old), "的", "把", "将", "原来的"))
	for _, w := range []string{"没有了", "没了", "卖完了", "不做了", "没有", "不烧了"} {
		old = strings.TrimSuffix(old, w)
	}
	dish := dishOf(fresh)
	switch {
	case s == "" || ok && old == "":
		return Change{}, ""
	case !ok || dish.Name == "" || !(&reader{today: today}).isName(dish.Name) || strings.Contains(fresh, arrow):
		return Change{}, s
	}
	return Change{Date: *day, Meal: *meal, Old: old, New: dish}, ""
}

// Apply is the draft in which the published days have the changes. A new dish without a
// price has that of the one it replaces. weeks is not changed. It returns a ChangeError
// that wraps ErrNoDay or ErrNoDish, or ErrWeeks.
func Apply(changes []Change, weeks []Menu) (Draft, error) {
	d := Draft{Monday: changes[0].Date.Monday()}
	for _, c := range changes {
		if c.Date.Monday() != d.Monday {
			return Draft{}, ErrWeeks
		}
		day, ok := Menu{Days: d.Days}.Day(c.Date)
		for _, w := range weeks {
			if !ok && w.Monday == d.Monday {
				day, ok = w.Day(c.Date)
			}
		}
		if !ok || !day.Serves("") {
			return Draft{}, &ChangeError{Change: c, err: ErrNoDay}
		}
		changed, err := d.replace(day, c)
		if err != nil {
			return Draft{}, err
		}
		d.Days = Menu{Monday: d.Monday, Days: d.Days}.With(changed).Days
	}
	return d, nil
}

// replace is the day with the change in it; what is doubtful about it goes to d.
func (d *Draft) replace(day Day, c Change) (Day, error) {
	old, near, ok := day.Find(c.Old, c.Meal)
	if !ok {
		return Day{}, &ChangeError{Change: c, Near: near, Has: day.Dishes(""), err: ErrNoDish}
	}
	fresh := Day{Date: day.Date}
	for _, s := range day.Meals {
		meal := Serving{Meal: s.Meal}
		for _, dish := range s.Dishes {
			switch {
			case dish.Name == old.Name && (c.Meal == "" || c.Meal == s.Meal):
				meal.Dishes = append(meal.Dishes, Dish{Name: c.New.Name, Cents: cmp.Or(c.New.Cents, dish.Cents)})
			case dish.Name == c.New.Name:
				d.doubt(Doubt{Kind: DishTwice, Date: day.Date, Meal: s.Meal, Text: dish.Name})
			default:
				meal.Dishes = append(meal.Dishes, dish)
			}
		}
		fresh.Meals = append(fresh.Meals, meal)
	}
	return fresh, nil
}
