package menu

import (
	"slices"

	"xingfuli/bot/calendar"
)

// DiffKind says how a day differs.
type DiffKind string

const (
	DayNew     DiffKind = "new"     // it was not published
	DayGone    DiffKind = "gone"    // it is not published any more
	DayRests   DiffKind = "rests"   // it served, and is a rest now, or for another reason
	DayOpens   DiffKind = "opens"   // it was a rest; In are its dishes
	DayChanged DiffKind = "changed" // Out are its dishes no more, In are new
)

// DayDiff is how a day of one version of a week differs from the same day of another.
type DayDiff struct {
	Date    calendar.Date
	Kind    DiffKind
	Out, In []Dish
	All     bool // of several dishes that it had none is left
}

// Diff lists the days of a week that differ from what they were, by date. The order of
// dishes makes no difference; their prices and meals do.
func Diff(was, is Menu) []DayDiff {
	dates := map[calendar.Date]bool{}
	for _, d := range append(slices.Clone(was.Days), is.Days...) {
		dates[d.Date] = true
	}
	var list []DayDiff
	for date := range dates {
		if d, differs := diffDay(was, is, date); differs {
			list = append(list, d)
		}
	}
	slices.SortFunc(list, func(a, b DayDiff) int { return a.Date.Compare(b.Date) })
	return list
}

func diffDay(was, is Menu, date calendar.Date) (d DayDiff, differs bool) {
	before, had := was.Day(date)
	after, has := is.Day(date)
	d.Date = date
	switch {
	case !had:
		d.Kind, d.In = DayNew, after.Dishes("")
	case !has:
		d.Kind = DayGone
	case after.Closed:
		d.Kind = DayRests
		return d, !before.Closed || before.Reason != after.Reason
	case before.Closed:
		d.Kind, d.In = DayOpens, after.Dishes("")
	default:
		for _, m := range Meals {
			d.Out = append(d.Out, lacking(before.Dishes(m), after.Dishes(m))...)
			d.In = append(d.In, lacking(after.Dishes(m), before.Dishes(m))...)
		}
		d.Kind, d.All = DayChanged, len(d.Out) > 1 && len(d.Out) == len(before.Dishes(""))
		return d, len(d.Out)+len(d.In) > 0
	}
	return d, true
}

// lacking lists the dishes that others do not have.
func lacking(dishes, others []Dish) []Dish {
	return slices.DeleteFunc(slices.Clone(dishes), func(d Dish) bool { return slices.Contains(others, d) })
}
