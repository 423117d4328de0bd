package calendar

import (
	"strings"
	"time"
)

// maxPast is how many days ago a date without a year may lie: half a year.
const maxPast = 183

// cutDate reads a date in numbers: 2026-11-24, 2026年11月24日, 11月24号, 十一月廿四, 11/24, 24号.
func cutDate(s string, today Date) (Date, int) {
	a, n, han := cutNumber(s)
	if n == 0 {
		return Date{}, 0
	}
	n += blanks(s[n:])
	switch unit := peek(s[n:]); unit {
	case '年':
		return cutYear(s, a, n+len(firstRune(s[n:])))
	case '月':
		return cutMonth(s, a, n+len(firstRune(s[n:])), today)
	case '号', '日':
		return cutOfMonth(s, a, n+len(firstRune(s[n:])), today)
	case '-', '/', '.':
		if !han {
			return cutParted(s, a, n, unit, today)
		}
	}
	return Date{}, 0
}

// cutYear goes on after 「2026年」, n bytes into s.
func cutYear(s string, year, n int) (Date, int) {
	n += blanks(s[n:])
	month, size, _ := cutNumber(s[n:])
	n += size + blanks(s[n+size:])
	if size == 0 || peek(s[n:]) != '月' {
		return Date{}, 0
	}
	n += len(firstRune(s[n:]))
	day, n := cutDayNumber(s, n)
	return valid(year, month, day, n)
}

// cutMonth goes on after 「6月」.
func cutMonth(s string, month, n int, today Date) (Date, int) {
	day, n := cutDayNumber(s, n)
	return nearestDate(month, day, today, n)
}

// cutDayNumber reads 20, 20日 or 20号 at s[n:] and returns where it ends, 0 when it is not there.
func cutDayNumber(s string, n int) (day, end int) {
	n += blanks(s[n:])
	day, size, _ := cutNumber(s[n:])
	if size == 0 {
		return 0, 0
	}
	n += size
	if unit := n + blanks(s[n:]); peekIn(s[unit:], "日号") {
		return day, unit + len(firstRune(s[unit:]))
	}
	if isDigit(peek(s[n:])) {
		return 0, 0
	}
	return day, n
}

// notOfMonth are words that make 「20号」 a place or a tour: 20号楼, 3号线, 二日游.
const notOfMonth = "楼线门院店桌车房路室窗幢栋铺机厅口库井坑地棚岗馆柜位游间元"

// cutOfMonth goes on after 「20号」: the nearest 20th.
func cutOfMonth(s string, day, n int, today Date) (Date, int) {
	if day < 1 || day > 31 || peekIn(s[n:], notOfMonth) {
		return Date{}, 0
	}
	var best Date
	for i := -1; i <= 1; i++ {
		first := Of(time.Date(today.Year, today.Month+time.Month(i), 1, 0, 0, 0, 0, time.UTC))
		d := Date{first.Year, first.Month, day}
		if d.AddDays(0) == d && (best.IsZero() || distance(d, today) <= distance(best, today)) {
			best = d
		}
	}
	return best, n
}

// notAfterParted are what make 「3-2」 or 「6.5」 no date: prices, hours, flats, counts.
const notAfterParted = ":%元块点岁人楼幢室单斤折号米度个万亿分角倍"

// cutParted reads 2026-11-24, 6/20, 6-20 or 6.20; the part before its first separator is a.
func cutParted(s string, a, n int, sep rune, today Date) (Date, int) {
	n += len(firstRune(s[n:]))
	b, size, han := cutNumber(s[n:])
	if n += size; size == 0 || han {
		return Date{}, 0
	}
	if a >= 1000 {
		if peek(s[n:]) != sep {
			return Date{}, 0
		}
		n += len(firstRune(s[n:]))
		c, size, _ := cutNumber(s[n:])
		if n += size; isDigit(peek(s[n:])) {
			return Date{}, 0
		}
		return valid(a, b, c, n)
	}
	if next := peek(s[n:]); next == sep || isDigit(next) || peekIn(s[n:], notAfterParted) {
		return Date{}, 0
	}
	return nearestDate(a, b, today, n)
}

// valid is the date when there is such a day, from 1900 to 2199, and n its length.
func valid(year, month, day, n int) (Date, int) {
	d := Date{year, time.Month(month), day}
	if n == 0 || year < 1900 || year > 2199 || month < 1 || month > 12 || d.AddDays(0) != d {
		return Date{}, 0
	}
	return d, n
}

// nearestDate is the nearest such date at most maxPast days ago; 29 February may be years off.
func nearestDate(month, day int, today Date, n int) (Date, int) {
	var best Date
	for year := today.Year - 1; year <= today.Year+8 && month >= 1 && month <= 12; year++ {
		d := Date{year, time.Month(month), day}
		if d.AddDays(0) != d || d.Sub(today) < -maxPast {
			continue
		}
		if best.IsZero() || distance(d, today) <= distance(best, today) {
			best = d
		}
	}
	if best.IsZero() {
		return Date{}, 0
	}
	return best, n
}

func distance(d, e Date) int { return max(d.Sub(e), e.Sub(d)) }

// cutNumber reads up to four digits or a Chinese numeral up to 39, and says which.
func cutNumber(s string) (value, n int, han bool) {
	for digits := 0; isDigit(peek(s[n:])); digits++ {
		if digits == 4 {
			return 0, 0, false
		}
		value = value*10 + int(peek(s[n:])-'0')
		n += len(firstRune(s[n:]))
	}
	if n > 0 {
		return value, n, false
	}
	value, n = cutHan(s)
	return value, n, true
}

// cutHan reads 七, 十二, 二十, 三十一, 廿四.
func cutHan(s string) (value, n int) {
	const units = "一二三四五六七八九"
	unit := func() int {
		r := peek(s[n:])
		i := strings.IndexRune(units, r)
		if r == 0 || i < 0 {
			return 0
		}
		n += len(firstRune(s[n:]))
		return i/len("一") + 1
	}
	value = unit()
	switch peek(s[n:]) {
	case '十':
		n += len("十")
		value = max(value, 1)*10 + unit()
	case '廿':
		if value == 0 {
			n += len("廿")
			value = 20 + unit()
		}
	}
	return value, n
}

// blanks counts the blanks at the start of s.
func blanks(s string) int {
	n := 0
	for peek(s[n:]) == ' ' {
		n += len(firstRune(s[n:]))
	}
	return n
}
