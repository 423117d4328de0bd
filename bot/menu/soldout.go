package menu

import (
	"slices"
	"strings"
	"time"

	"xingfuli/bot/calendar"
)

// Remembered is how long it is remembered who was shown what a canteen serves: long enough
// for whoever looked the evening before to be told of a change.
const Remembered = 48 * time.Hour

// SoldOut is what a canteen has no more of: dishes by name, with the date on which that is so.
type SoldOut map[string]calendar.Date

// Mark is the weeks with today's dishes that are sold out marked as Gone. weeks is not
// changed; it is returned itself when nothing is sold out today.
func (s SoldOut) Mark(weeks []Menu, today calendar.Date) []Menu {
	i := slices.IndexFunc(weeks, func(m Menu) bool { return m.Monday == today.Monday() })
	if i < 0 || !s.any(today) {
		return weeks
	}
	day, ok := weeks[i].Day(today)
	if !ok {
		return weeks
	}
	weeks = slices.Clone(weeks)
	weeks[i] = weeks[i].With(s.day(day))
	return weeks
}

func (s SoldOut) any(today calendar.Date) bool {
	for _, date := range s {
		if date == today {
			return true
		}
	}
	return false
}

// day is a day with what is sold out on it marked.
func (s SoldOut) day(d Day) Day {
	d.Meals = slices.Clone(d.Meals)
	for i := range d.Meals {
		d.Meals[i].Dishes = slices.Clone(d.Meals[i].Dishes)
		for j, dish := range d.Meals[i].Dishes {
			d.Meals[i].Dishes[j].Gone = s[dish.Name] == d.Date
		}
	}
	return d
}

// gone tells whether a meal has dishes and all of them are sold out.
func (s Serving) gone() bool {
	return len(s.Dishes) > 0 && !slices.ContainsFunc(s.Dishes, func(d Dish) bool { return !d.Gone })
}

// Find is the dish of a day by the name that somebody gives it: width, traditional
// characters and other names of a food do not matter. When there is none, near lists up
// to three that may be meant, the likeliest first: those that have the name in theirs, or
// else half of its runes.
func (d Day) Find(name string, m Meal) (dish Dish, near []string, ok bool) {
	dishes := d.Dishes(m)
	want := same(foldAll(name))
	for _, dish := range dishes {
		if same(foldAll(dish.Name)) == want {
			return dish, nil, true
		}
	}
	for _, similar := range []func(name string) int{
		func(name string) int { return min(1, runes(want)*strings.Count(name, want)+strings.Count(want, name)) },
		func(name string) int { return max(0, 2*shared(want, name)-runes(want)+1) },
	} {
		if near := nearest(dishes, similar); len(near) > 0 {
			return Dish{}, near, false
		}
	}
	return Dish{}, nil, false
}

// nearest lists up to three dishes that are similar at all, the most similar first.
func nearest(dishes []Dish, similar func(name string) int) (near []string) {
	at := func(d Dish) int { return similar(same(foldAll(d.Name))) }
	dishes = slices.DeleteFunc(slices.Clone(dishes), func(d Dish) bool { return at(d) == 0 })
	slices.SortStableFunc(dishes, func(a, b Dish) int { return at(b) - at(a) })
	for _, d := range dishes {
		if len(near) < 3 && !slices.Contains(near, d.Name) {
			near = append(near, d.Name)
		}
	}
	return near
}

// shared counts the runes that two names have in common.
func shared(a, b string) int {
	n := 0
	rest := []rune(b)
	for _, r := range a {
		if i := slices.Index(rest, r); i >= 0 {
			rest = slices.Delete(rest, i, i+1)
			n++
		}
	}
	return n
}

// SoldNames reads which dishes somebody says are sold out, 「红烧猪肉、蛋汤」, or are there
// again, 「恢复 蛋汤」.
func SoldNames(words string) (names []string, out bool) {
	out = true
	words = strings.TrimSpace(words)
	for _, w := range []string{"恢复", "取消", "还有", "又有了", "restore", "undo"} {
		before, after := strings.TrimPrefix(words, w), strings.TrimSuffix(words, w)
		if before != words || after != words {
			words, out = strings.TrimSpace(strings.TrimSuffix(before, w)), false
		}
	}
	for _, name := range strings.FieldsFunc(words, func(r rune) bool {
		r = calendar.Fold(r)
		return r == ' ' || r == '\n' || strings.ContainsRune("、,;。", r)
	}) {
		for _, w := range []string{"卖完了", "没有了", "售罄", "卖光了", "没了", "卖完"} {
			name = strings.TrimSuffix(name, w)
		}
		if name != "" && runes(name) <= MaxDish && len(names) < MaxDishes {
			names = append(names, name)
		}
	}
	return names, out
}
