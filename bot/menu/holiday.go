package menu

import (
	"errors"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"xingfuli/bot/calendar"
	"xingfuli/bot/community"
)

// Refusals of holidays.
var (
	// ErrHoliday refuses what is no date, a range that ends before it begins, or one of more
	// than MaxRest days.
	ErrHoliday = errors.New("menu: not a date or a range of dates")
	// ErrHolidayOver refuses a holiday that is over.
	ErrHolidayOver = errors.New("menu: that day is over")
)

// MaxRest is how many days a holiday has at most: a summer and a renovation.
const MaxRest = 120

// Holiday is when a canteen serves nothing, both dates included.
type Holiday struct {
	From   calendar.Date `json:"from"`
	To     calendar.Date `json:"to"`
	Reason string        `json:"reason,omitempty"` // why, "" when nobody said
}

func (h Holiday) has(d calendar.Date) bool { return !d.Before(h.From) && !d.After(h.To) }

func (h Holiday) meets(o Holiday) bool { return !h.To.Before(o.From) && !o.To.Before(h.From) }

// ParseHolidays reads dates and ranges, one a line or with ； between them, each with its reason
// behind it: 「10月1日到7日 国庆」, 「明天 停电」. Dates are read by calendar.CutDay. It returns
// ErrHoliday, ErrHolidayOver, ErrMany or community.ErrLong.
func ParseHolidays(s string, today calendar.Date) ([]Holiday, error) {
	var list []Holiday
	for _, line := range strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune("\n\r;；", r) }) {
		if strings.TrimSpace(line) == "" {
			continue
		}
		h, err := holidayOf(strings.TrimSpace(line), today)
		if err != nil {
			return nil, err
		}
		list = append(list, h)
	}
	switch {
	case len(list) == 0:
		return nil, ErrHoliday
	case len(list) > MaxHolidays:
		return nil, ErrMany
	}
	return list, nil
}

// holidayOf reads one of them. The second date of a range is the nearest after the first.
func holidayOf(s string, today calendar.Date) (h Holiday, err error) {
	day, n := calendar.CutDay(s, today)
	if n == 0 {
		return h, ErrHoliday
	}
	h.From, h.To = day.Date, day.Date
	s = strings.TrimLeftFunc(s[n:], unicode.IsSpace)
	if rest := strings.TrimLeft(s, "-–—－~～至到 "); rest != s {
		if day, n = calendar.CutDay(rest, h.From); n > 0 {
			h.To, s = day.Date, rest[n:]
		}
	}
	h.Reason = whyOf(s)
	switch {
	case h.To.Sub(h.From) < 0, h.To.Sub(h.From) >= MaxRest:
		return h, ErrHoliday
	case h.To.Before(today):
		return h, ErrHolidayOver
	case utf8.RuneCountInString(h.Reason) > community.MaxName:
		return h, community.ErrLong
	}
	return h, nil
}

// whyOf is why, without brackets and the word for a rest.
func whyOf(s string) string {
	s = strings.TrimLeft(tidy(s), " ,，:：、。")
	if reason, ok := restOf(s); ok {
		return reason
	}
	return reasonOf(s)
}

// Rest adds holidays to an open canteen. One replaces those that it meets, and those that are
// over are dropped. It returns ErrMany, community.ErrUnknown or community.ErrClosed.
func (all Canteens) Rest(id string, list []Holiday, today calendar.Date) (Canteen, error) {
	c, err := all.open(id)
	if err != nil {
		return c, err
	}
	c.Holidays = c.Coming(today)
	for _, h := range list {
		c.Holidays = append(slices.DeleteFunc(c.Holidays, h.meets), h)
	}
	slices.SortFunc(c.Holidays, func(a, b Holiday) int { return a.From.Compare(b.From) })
	if len(c.Holidays) > MaxHolidays {
		return Canteen{}, ErrMany
	}
	return c, nil
}

// Work takes away the holidays that meet any of list, whole; all of them for an empty one. It
// returns community.ErrUnknown or community.ErrClosed.
func (all Canteens) Work(id string, list []Holiday, today calendar.Date) (Canteen, error) {
	c, err := all.open(id)
	if err != nil {
		return c, err
	}
	c.Holidays = slices.DeleteFunc(c.Coming(today), func(h Holiday) bool {
		return len(list) == 0 || slices.ContainsFunc(list, h.meets)
	})
	return c, nil
}

// Coming lists the holidays that are not over, as a new slice.
func (c Canteen) Coming(today calendar.Date) []Holiday {
	var list []Holiday
	for _, h := range c.Holidays {
		if !h.To.Before(today) {
			list = append(list, h)
		}
	}
	return list
}

// resting is the day as a holiday has it; ok is false on any other date.
func (c Canteen) resting(date calendar.Date) (d Day, ok bool) {
	for _, h := range c.Holidays {
		if h.has(date) {
			return Day{Date: date, Closed: true, Reason: h.Reason}, true
		}
	}
	return Day{}, false
}

// off is a day on which nothing is served unless something is published: the canteen's own
// holiday, or a public one.
func (c Canteen) off(date calendar.Date) (d Day, ok bool) {
	if d, ok = c.resting(date); ok {
		return d, true
	}
	if s, ok := c.Public.Day(date); ok && s.Rest {
		return Day{Date: date, Closed: true, Reason: s.Name}, true
	}
	return Day{}, false
}

// rest puts the canteen's holidays in the place of what was published for them. days is changed.
func (c Canteen) rest(days []Day) {
	if len(c.Holidays) == 0 {
		return
	}
	for i, d := range days {
		if closed, ok := c.resting(d.Date); ok {
			days[i] = closed
		}
	}
}

// Rest is a week as the canteen's holidays leave it: they and public ones stand also where
// nothing was published, unless that is all of the week and some of its days are none. m is not
// changed.
func (m Menu) Rest(c Canteen) Menu {
	m.Days = slices.Clone(m.Days)
	c.rest(m.Days)
	var more []Day
	for _, date := range m.Monday.Week() {
		if d, ok := c.off(date); ok && !slices.ContainsFunc(m.Days, func(x Day) bool { return x.Date == date }) {
			more = append(more, d)
		}
	}
	if len(m.Days) > 0 || len(more) == 7 {
		m.Days = append(m.Days, more...)
		slices.SortFunc(m.Days, func(a, b Day) int { return a.Date.Compare(b.Date) })
	}
	return m
}
