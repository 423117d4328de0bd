package menu

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"

	"xingfuli/bot/calendar"
)

// Topic names what a question asks for, however it was worded: questions of the same
// kind, day, week, meal and dish have the same topic. It is 16 letters and digits, which
// tell nobody what was asked.
func (q Question) Topic() string {
	said := []string{string(q.Kind), q.Day.Date.String(), q.Monday.String(), string(foodOf(q.Dish)), string(q.Meal)}
	sum := sha256.Sum256([]byte(strings.Join(said, "\n")))
	return hex.EncodeToString(sum[:8])
}

// Shown lists the dates, from today on, of which the answer tells dishes.
func (a Answer) Shown(today calendar.Date) []calendar.Date {
	days := []Day{a.Next}
	switch a.Kind {
	case Served, Gone, NoMeal, Past:
		days = append(days, a.Day)
	case WholeWeek:
		days = append(days, a.Week.Days...)
	}
	if a.Kind == Found || a.Kind == Gone || a.Kind == Served && len(a.Dishes) == 0 { // else no other days are told
		days = append(days, a.Days...)
	}
	var dates []calendar.Date
	for _, d := range days {
		if d.Serves("") && !d.Date.Before(today) && !slices.Contains(dates, d.Date) {
			dates = append(dates, d.Date)
		}
	}
	return dates
}
