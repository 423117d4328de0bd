package calendar

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// fixed are words for days that come again.
var fixed = []struct {
	word  string
	again string
	days  Days
}{
	{"每个工作日", "* * *", Workdays}, {"每工作日", "* * *", Workdays}, {"工作日", "* * *", Workdays}, {"every workday", "* * *", Workdays}, {"every working day", "* * *", Workdays},
	{"working days", "* * *", Workdays}, {"workdays", "* * *", Workdays}, {"every weekday", "* * *", Workdays}, {"weekdays", "* * *", Workdays},
	{"每个月最后一天", "28-31 * *", MonthEnd}, {"每月最后一天", "28-31 * *", MonthEnd}, {"每个月底", "28-31 * *", MonthEnd}, {"每月底", "28-31 * *", MonthEnd}, {"每月月底", "28-31 * *", MonthEnd},
	{"every month end", "28-31 * *", MonthEnd}, {"last day of every month", "28-31 * *", MonthEnd},
	{"每一天", "* * *", EveryDay}, {"每天", "* * *", EveryDay}, {"每日", "* * *", EveryDay}, {"天天", "* * *", EveryDay}, {"every day", "* * *", EveryDay}, {"daily", "* * *", EveryDay},
	{"每个周末", "* * 0,6", EveryDay}, {"每周末", "* * 0,6", EveryDay}, {"every weekend", "* * 0,6", EveryDay},
}

// cutAgain reads days that come again and again.
func (w *when) cutAgain(s string) int {
	if w.again != "" || w.single {
		return 0
	}
	for _, f := range fixed {
		if strings.HasPrefix(s, f.word) {
			w.again, w.days = f.again, f.days
			return len(f.word)
		}
	}
	if strings.HasPrefix(s, "每晚") || strings.HasPrefix(s, "每早") { // the part of the day is left
		w.again = "* * *"
		return len("每")
	}
	for _, f := range []func(string) (string, int){cutWeekdays, cutEnglishDays, cutMonthDays, cutYearDay} {
		if again, n := f(s); n > 0 {
			w.again = again
			return n
		}
	}
	return 0
}

// cutWeekdays reads 每周一, 每星期一三五, 每周一、周三, 每周一到周五, and 周一至周五 without 每.
func cutWeekdays(s string) (string, int) {
	n := eat(s, "每")
	every := n > 0
	n += eat(s[n:], "个")
	if _, size := eatAny(s[n:], weekNouns); size == 0 {
		return "", 0
	}
	var list []int
	span, end := false, 0
	for {
		_, size := eatAny(s[n:], weekNouns)
		day, size2 := cutWeekdayNumber(s[n+size:])
		if size2 == 0 || day == weekend || len(list) > 0 && peekIn(s[n+size+size2:], ":点时十") { // the hour: 每周一7:30
			break
		}
		day = (day + 1) % 7 // from Monday, 0, to cron's Sunday, 0
		if span {
			for d := list[len(list)-1]; d != day; {
				d = (d + 1) % 7
				list = append(list, d)
			}
		} else {
			list = append(list, day)
		}
		n += size + size2
		end = n
		_, to := eatAny(s[n:], []string{"到", "至", "-", "—", "~", "～"})
		_, sep := eatAny(s[n:], []string{"、", "和", "及", ",", "，"})
		span = to > 0
		n += to + sep
	}
	if len(list) == 0 || !every && len(list) == 1 {
		return "", 0
	}
	slices.Sort(list)
	list = slices.Compact(list)
	words := make([]string, len(list))
	for i, d := range list {
		words[i] = strconv.Itoa(d)
	}
	return "* * " + strings.Join(words, ","), end
}

var dayNames = []string{"sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"}

// cutEnglishDays reads "every monday", "mondays", "monday to friday", "mon-fri".
func cutEnglishDays(s string) (string, int) {
	n := eat(s, "every ")
	every := n > 0
	day := func(s string) (int, int) {
		for i, d := range dayNames {
			for _, word := range []string{d + "s", d, d[:3]} {
				if strings.HasPrefix(s, word) && !isLetter(peek(s[len(word):])) {
					return i, len(word)
				}
			}
		}
		return 0, 0
	}
	first, size := day(s[n:])
	if size == 0 {
		return "", 0
	}
	plural := strings.HasSuffix(s[n:n+size], "days")
	n += size
	to := 0
	for _, word := range []string{" to ", "-", " - ", " through "} {
		if strings.HasPrefix(s[n:], word) {
			to = len(word)
		}
	}
	if to > 0 {
		if last, size := day(s[n+to:]); size > 0 {
			list := []string{strconv.Itoa(first)}
			for d := first; d != last; {
				d = (d + 1) % 7
				list = append(list, strconv.Itoa(d))
			}
			return "* * " + strings.Join(list, ","), n + to + size
		}
	}
	if !every && !plural {
		return "", 0
	}
	return "* * " + strconv.Itoa(first), n
}

// cutMonthDays reads 每月1号, 每个月1日、15日.
func cutMonthDays(s string) (string, int) {
	n := eat(s, "每")
	if n == 0 {
		return "", 0
	}
	n += eat(s[n:], "个")
	size := eat(s[n:], "月")
	if size == 0 {
		return "", 0
	}
	n += size
	var list []string
	end := 0
	for {
		day, to := cutDayNumber(s, n)
		if to == 0 || day < 1 || day > 31 {
			break
		}
		list, n, end = append(list, strconv.Itoa(day)), to, to
		if _, sep := eatAny(s[n:], []string{"、", "和", "及", ",", "，"}); sep > 0 {
			n += sep
			continue
		}
		break
	}
	if len(list) == 0 {
		return "", 0
	}
	return strings.Join(list, ",") + " * *", end
}

// cutYearDay reads 每年12月1日.
func cutYearDay(s string) (string, int) {
	n := eat(s, "每年")
	if n == 0 {
		return "", 0
	}
	month, size, _ := cutNumber(s[n:])
	if n += size; size == 0 || peek(s[n:]) != '月' || month < 1 || month > 12 {
		return "", 0
	}
	n += len("月")
	day, n := cutDayNumber(s, n)
	if n == 0 || day < 1 || day > 31 {
		return "", 0
	}
	return fmt.Sprintf("%d %d *", day, month), n
}
