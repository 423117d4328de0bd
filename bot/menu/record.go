package menu

import (
	"slices"
	"strings"

	"xingfuli/bot/calendar"
)

// Changes are the days that differ between two versions of a week, a line each as
// Day.Text writes it, behind its date: as they were, and as they are.
func Changes(was, is Menu) (before, after string) {
	diff := Diff(was, is)
	return lines(was, diff), lines(is, diff)
}

func lines(m Menu, diff []DayDiff) string {
	var all []string
	for _, d := range diff {
		if day, ok := m.Day(d.Date); ok {
			all = append(all, d.Date.String()+" "+day.Text())
		}
	}
	return strings.Join(all, "\n")
}

// Week is the week of that Monday among the published ones, the zero Menu when it is not there.
func Week(weeks []Menu, monday calendar.Date) Menu {
	if i := slices.IndexFunc(weeks, func(m Menu) bool { return m.Monday == monday }); i >= 0 {
		return weeks[i]
	}
	return Menu{}
}

// Newest is the week that was published last, the zero Menu when there is none.
func Newest(weeks []Menu) (newest Menu) {
	for _, m := range weeks {
		if m.At.After(newest.At) {
			newest = m
		}
	}
	return newest
}

// Away is how many weeks a draft moves when it is put to the other week: from this week to
// the next, from any other to this.
func (d Draft) Away(today calendar.Date) int {
	if weeks := today.Monday().Sub(d.Monday) / 7; weeks != 0 {
		return weeks
	}
	return 1
}
