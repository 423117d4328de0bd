package menu

import (
	"strings"
	"unicode"

	"xingfuli/bot/calendar"
)

// more reads the days that follow a day in short, 周一、三、五 and 周六日 and 11/23（一）,
// and returns what comes after them.
func (r *reader) more(day calendar.Day, s string) string {
	for {
		next, n := r.short(s, day.Bare)
		if n == 0 {
			return s
		}
		r.name(namedDay{next}, "、")
		s = s[n:]
		if !day.Bare {
			return s
		}
	}
}

// short reads one day that is written by its number alone: after a weekday, and in brackets
// after a date. What goes on as a dish, 三鲜汤, is none.
func (r *reader) short(s string, bare bool) (calendar.Day, int) {
	at := 0
	switch c, n := fold(s); {
	case !bare && c != '(':
		return calendar.Day{}, 0
	case !bare, c == '、', c == ',', c == '和', c == '及':
		at = n
	}
	number, size := fold(s[at:])
	if size == 0 || !strings.ContainsRune("一二三四五六日天", number) {
		return calendar.Day{}, 0
	}
	end := at + size
	next, n := fold(s[end:])
	_, rest := restOf(firstRunes(s[end:], 4))
	_, meal := cutMeal(s[end:])
	switch {
	case !bare && next != ')':
		return calendar.Day{}, 0
	case !bare:
		end += n
	case unicode.IsLetter(next) && !strings.ContainsRune("一二三四五六日和及", next) && !rest && meal == 0:
		return calendar.Day{}, 0
	}
	named, size := calendar.CutDay("周"+string(number), r.today)
	if size == 0 {
		return calendar.Day{}, 0
	}
	return named, end
}

var breakfasts = []string{"早餐", "早饭", "早点", "早上"}

// cutBreakfast is the length of the heading of a breakfast, which canteens for elders do
// not serve and the bot does not know: what is below it is left out, and the cook told so.
func cutBreakfast(s string) int {
	n := eatAny(s, breakfasts)
	if r := first(s[n:]); n > 0 && unicode.IsLetter(r) {
		return 0 // a dish
	}
	return n
}

// labels are kinds of dishes, which stand before a dish and are none.
var labels = wordSet("大荤 小荤 主荤 副荤 半荤 荤菜 全荤 素菜 全素 汤类")

func isLabel(words string) bool { return has(labels, strings.TrimSpace(words)) }
