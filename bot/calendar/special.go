package calendar

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// Special is a day that is not what its weekday says: a holiday, or one that is worked to make
// up for a holiday (调休).
type Special struct {
	Date Date   `json:"date"`
	Rest bool   `json:"rest"` // off; else worked
	Name string `json:"name,omitempty"`
}

// Holidays knows which days are worked. It is never changed: each change makes a new value.
// The zero Holidays knows weekends only.
type Holidays struct {
	days  map[Date]Special
	whole map[int]bool // years of which the make-up days are known
}

// Workday tells whether a day is worked: Monday to Friday, unless something else is known of it.
func (h Holidays) Workday(d Date) bool {
	if s, ok := h.days[d]; ok {
		return !s.Rest
	}
	return d.Weekday() != time.Saturday && d.Weekday() != time.Sunday
}

// Day is what is known of a day; ok is false for an ordinary one.
func (h Holidays) Day(d Date) (s Special, ok bool) {
	s, ok = h.days[d]
	return s, ok
}

// Covers tells whether all of a year is known, make-up days too.
func (h Holidays) Covers(year int) bool { return h.whole[year] }

// Year lists what is known of a year's days, in order.
func (h Holidays) Year(year int) []Special {
	var list []Special
	for d, s := range h.days {
		if d.Year == year {
			list = append(list, s)
		}
	}
	slices.SortFunc(list, func(a, b Special) int { return a.Date.Compare(b.Date) })
	return list
}

// With is h with these days in the place of what was known of them. A year is covered when any
// of them makes up for a holiday.
func (h Holidays) With(list []Special) Holidays {
	n := Holidays{maps.Clone(h.days), maps.Clone(h.whole)}
	if n.days == nil {
		n.days, n.whole = map[Date]Special{}, map[int]bool{}
	}
	for _, s := range list {
		n.days[s.Date] = s
		if !s.Rest {
			n.whole[s.Date.Year] = true
		}
	}
	return n
}

// Specials are the days that an admin has set in the place of those built in.
type Specials struct {
	Days    []Special `json:"days"` // by date
	Version int64     `json:"-"`    // of the last write; 0: there was none
}

// Set is what is set when list is set too; s is not changed. It returns ErrSpecials when that is
// too much.
func (s Specials) Set(list []Special) (Specials, error) {
	days := map[Date]Special{}
	for _, d := range slices.Concat(s.Days, list) {
		days[d.Date] = d
	}
	if len(days) > maxSpecials {
		return s, ErrSpecials
	}
	s.Days = slices.SortedFunc(maps.Values(days), func(a, b Special) int { return a.Date.Compare(b.Date) })
	return s, nil
}

// Change is a day that becomes another one.
type Change struct {
	Date    Date
	Was, Is Special // the zero Special: an ordinary day
}

// Changes lists the days that are not the same in both, in order, from a day on.
func (h Holidays) Changes(next Holidays, from Date) []Change {
	var list []Change
	for _, days := range []map[Date]Special{h.days, next.days} {
		for d := range days {
			was, is := h.days[d], next.days[d]
			c := Change{d, was, is}
			if was != is && !d.Before(from) && !slices.Contains(list, c) {
				list = append(list, c)
			}
		}
	}
	slices.SortFunc(list, func(a, b Change) int { return a.Date.Compare(b.Date) })
	return list
}

// SpecialError says in which row of a table something is wrong.
type SpecialError struct{ Row int }

func (e *SpecialError) Error() string { return fmt.Sprintf("calendar: row %d is no holiday", e.Row) }

// ErrSpecials refuses a table of too many days, or of none.
var ErrSpecials = errors.New("calendar: no table of holidays")

// maxSpecials is how many days a table has at most: three years of them.
const maxSpecials = 200

// ParseSpecials reads a table of days: date, what it is (休 班 rest work), in either order, and its
// name, which may be missing. A heading and empty rows are passed over. It returns a SpecialError, ErrSpecials.
func ParseSpecials(rows [][]string) ([]Special, error) {
	var list []Special
	for i, row := range rows {
		if strings.TrimSpace(strings.Join(row, "")) == "" {
			continue
		}
		s, ok := special(row)
		switch {
		case !ok && i == 0 && len(list) == 0 && !strings.ContainsAny(strings.Join(row, ""), "0123456789"):
			continue // a heading
		case !ok:
			return nil, &SpecialError{i + 1}
		}
		list = append(list, s)
	}
	if len(list) == 0 || len(list) > maxSpecials {
		return nil, ErrSpecials
	}
	return list, nil
}

func special(row []string) (s Special, ok bool) {
	if len(row) < 2 {
		return s, false
	}
	if !strings.ContainsAny(row[0], "0123456789") {
		row = append([]string{row[1], row[0]}, row[2:]...)
	}
	day, named := ParseDay(row[0], Date{2000, time.January, 1})
	switch strings.ToLower(strings.TrimSpace(row[1])) {
	case "休", "休息", "放假", "rest", "off":
		s.Rest = true
	case "班", "上班", "调休上班", "work":
	default:
		return s, false
	}
	if len(row) > 2 {
		s.Name = strings.TrimSpace(row[2])
	}
	s.Date = day.Date
	return s, named && s.Date.Year > 2000 && len([]rune(s.Name)) <= 20
}

// BuiltIn is what the State Council has published, and for a year of which it has published
// nothing yet the days that are off by law.
//
// Sources: for 2026, 国务院办公厅关于2026年部分节假日安排的通知 (国办发明电〔2025〕7号); for 2027,
// 全国年节及纪念日放假办法 (国务院令第795号, 2024-11-10), article 2.
func BuiltIn() Holidays { return builtIn }

var builtIn = Holidays{}.With(builtInDays())

func builtInDays() []Special {
	var list []Special
	off := func(name string, year int, month time.Month, day, days int) {
		for i := range days {
			list = append(list, Special{Date{year, month, day}.AddDays(i), true, name})
		}
	}
	work := func(name string, month time.Month, day int) {
		list = append(list, Special{Date{2026, month, day}, false, name})
	}
	off("元旦", 2026, time.January, 1, 3)
	work("元旦", time.January, 4)
	off("春节", 2026, time.February, 15, 9)
	work("春节", time.February, 14)
	work("春节", time.February, 28)
	off("清明节", 2026, time.April, 4, 3)
	off("劳动节", 2026, time.May, 1, 5)
	work("劳动节", time.May, 9)
	off("端午节", 2026, time.June, 19, 3)
	off("中秋节", 2026, time.September, 25, 3)
	off("国庆节", 2026, time.October, 1, 7)
	work("国庆节", time.September, 20)
	work("国庆节", time.October, 10)

	off("元旦", 2027, time.January, 1, 1)
	off("春节", 2027, time.February, 5, 4)
	off("清明节", 2027, time.April, 5, 1)
	off("劳动节", 2027, time.May, 1, 2)
	off("端午节", 2027, time.June, 9, 1)
	off("中秋节", 2027, time.September, 15, 1)
	off("国庆节", 2027, time.October, 1, 3)
	return list
}
