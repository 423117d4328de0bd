// Package card is what messages look like: words, buttons, pictures. Handlers and jobs
// show the same thing by the same card.
package card

import (
	"strconv"
	"time"

	"xingfuli/bot/calendar"
	"xingfuli/bot/text"
)

// weekdays are the keys of the names of days, in the order of time.Weekday.
var weekdays = [7]string{"day.sunday", "day.monday", "day.tuesday", "day.wednesday", "day.thursday", "day.friday", "day.saturday"}

// weekday names a day of the week, 「周二」.
func weekday(w text.Words, d calendar.Date) string {
	return w.Plain(weekdays[d.Weekday()], nil)
}

// day names a date as people do: 「今天（周二，11月24日）」.
func day(w text.Words, d, today calendar.Date) string {
	key := "day.other"
	switch d.Sub(today) {
	case 0:
		key = "day.today"
	case 1:
		key = "day.tomorrow"
	}
	return w.Plain(key, dateValues(w, d))
}

// shortDay names a date within a list: 「周二 11月24日」.
func shortDay(w text.Words, d calendar.Date) string {
	return w.Plain("day.short", dateValues(w, d))
}

func dateValues(w text.Words, d calendar.Date) map[string]any {
	return map[string]any{
		"Weekday": weekday(w, d), "Month": strconv.Itoa(int(d.Month)), "Day": strconv.Itoa(d.Day),
		"MonthName": d.Month.String()[:3],
	}
}

// moment names a time of a date: 「周二 11月24日 10:30」.
func moment(w text.Words, t time.Time) string {
	return shortDay(w, calendar.Of(t)) + " " + t.Format("15:04")
}

// Moment names a time of a date as moment does.
func Moment(w text.Words, t time.Time) string { return moment(w, t) }
