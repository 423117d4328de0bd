// Package calendar holds civil dates, hours of the day, and the way people say them.
//
// It is pure: today is an argument, already in the township's zone.
package calendar

import (
	"cmp"
	"errors"
	"fmt"
	"time"
)

// ErrDate refuses text that is not a date as Date.String writes it.
var ErrDate = errors.New("calendar: not a date")

// Date is a civil date, without hour or zone. The zero Date is no date.
type Date struct {
	Year  int
	Month time.Month
	Day   int
}

// Of is the date that a clock in t's zone shows.
func Of(t time.Time) Date {
	y, m, d := t.Date()
	return Date{y, m, d}
}

// Parse reads a date as String writes it. It returns ErrDate for anything else,
// days that no month has included.
func Parse(s string) (Date, error) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return Date{}, fmt.Errorf("%w: %q", ErrDate, s)
	}
	return Of(t), nil
}

// String is the date as "2026-11-24"; the zero Date is "".
func (d Date) String() string {
	if d.IsZero() {
		return ""
	}
	b := []byte("0000-00-00")
	digits(b[:4], d.Year)
	digits(b[5:7], int(d.Month))
	digits(b[8:], d.Day)
	return string(b)
}

// digits writes n over b, with noughts before it.
func digits(b []byte, n int) {
	for i := len(b) - 1; i >= 0; i-- {
		b[i] = byte('0' + n%10)
		n /= 10
	}
}

// MarshalText writes the date as String does.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads what MarshalText writes, the zero Date from "".
func (d *Date) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*d = Date{}
		return nil
	}
	parsed, err := Parse(string(text))
	if err != nil {
		return err
	}
	*d = parsed
	return nil
}

// IsZero tells whether d is no date.
func (d Date) IsZero() bool { return d == Date{} }

// In is the moment d begins in loc.
func (d Date) In(loc *time.Location) time.Time {
	return time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, loc)
}

// At is the moment a clock in loc shows c on d.
func (d Date) At(c Clock, loc *time.Location) time.Time {
	return time.Date(d.Year, d.Month, d.Day, 0, int(c), 0, 0, loc)
}

// Weekday is the day of the week.
func (d Date) Weekday() time.Weekday { return d.In(time.UTC).Weekday() }

// AddDays is the date n days later, or earlier when n is negative.
func (d Date) AddDays(n int) Date {
	return Of(time.Date(d.Year, d.Month, d.Day+n, 0, 0, 0, 0, time.UTC))
}

// Sub is the number of days from e to d, negative when d is the earlier one.
func (d Date) Sub(e Date) int {
	return int((d.In(time.UTC).Unix() - e.In(time.UTC).Unix()) / 86400)
}

// Compare is -1, 0 or 1 as d is before, equal to or after e.
func (d Date) Compare(e Date) int {
	return cmp.Or(cmp.Compare(d.Year, e.Year), cmp.Compare(d.Month, e.Month), cmp.Compare(d.Day, e.Day))
}

// Before tells whether d is an earlier day than e.
func (d Date) Before(e Date) bool { return d.Compare(e) < 0 }

// After tells whether d is a later day than e.
func (d Date) After(e Date) bool { return d.Compare(e) > 0 }

// Monday is the first day of d's week: weeks run from Monday to Sunday, as in
// GB/T 7408 and ISO 8601.
func (d Date) Monday() Date { return d.AddDays(-weekdayIndex(d.Weekday())) }

// Week lists the seven days of d's week from Monday on.
func (d Date) Week() [7]Date {
	var week [7]Date
	monday := d.Monday()
	for i := range week {
		week[i] = monday.AddDays(i)
	}
	return week
}

// weekdayIndex counts from Monday, 0, to Sunday, 6.
func weekdayIndex(w time.Weekday) int { return (int(w) + 6) % 7 }
