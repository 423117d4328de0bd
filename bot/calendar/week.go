package calendar

import (
	"strings"
	"unicode"
)

// ParseWeek reads text that names a week and nothing else, blanks aside, and returns its Monday.
func ParseWeek(s string, today Date) (Date, bool) {
	s = strings.TrimSpace(s)
	monday, n := cutWeek(s, today)
	return monday, n > 0 && n == len(s)
}

// FindWeek finds the first week named in s and returns its Monday and where it stands:
// 这周 本周 下星期 上个礼拜 整周 一周, "this week", "next week", "week". A weekday is no
// week: it finds nothing in 「下周二」.
func FindWeek(s string, today Date) (Date, Span, bool) {
	var last rune
	for i, r := range s {
		r = Fold(r)
		word := r < 0x80 && last < 0x80 && unicode.IsLetter(last)
		if mayBeginWeek(r) && !word && !isNumeral(last) && last != '每' {
			if monday, n := cutWeek(s[i:], today); n > 0 {
				return monday, Span{i, i + n}, true
			}
		}
		last = r
	}
	return Date{}, Span{}, false
}

func mayBeginWeek(r rune) bool {
	return 'a' <= r && r <= 'z' || strings.ContainsRune("下上这本整全一", r)
}

var (
	wholeWeeks   = []string{"整个", "整", "全", "一个", "一"}
	englishWeeks = []string{"next week", "last week", "this week", "whole week", "the week", "week"}
	englishAways = []int{1, -1, 0, 0, 0, 0}
)

func cutWeek(s string, today Date) (Date, int) {
	if which, n := eatAny(s, englishWeeks); n > 0 && !isLetter(peek(s[n:])) {
		return today.Monday().AddDays(7 * englishAways[which]), n
	}
	offset, said, n := cutWeekName(s)
	if _, whole := eatAny(s, wholeWeeks); !said && whole > 0 {
		if _, noun := eatAny(s[whole:], weekNouns); noun > 0 {
			said, n = true, whole+noun
		}
	}
	if !said {
		return Date{}, 0
	}
	if _, weekday := cutWeekdayNumber(s[n:]); weekday > 0 {
		return Date{}, 0
	}
	return today.Monday().AddDays(7 * offset), n
}
