package calendar

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Day is a day as somebody named it.
type Day struct {
	Date Date `json:"date"`
	Bare bool `json:"bare,omitempty"` // a weekday without a week, 「周二」: Date is the coming one, today included
}

// Span is where in a text something was said: bytes From to To, To not included.
type Span struct{ From, To int }

// A named is a day and how it was named, which decides what may stand before it.
type named struct {
	Day
	how how
}

type how int

const (
	byWord    how = iota // 明天
	byWeekday            // 下周二
	byNumber             // 6月20日
	byLetters            // tomorrow
)

// ParseDay reads text that names a day and nothing else, blanks aside. See CutDay.
func ParseDay(s string, today Date) (Day, bool) {
	s = strings.TrimSpace(s)
	day, n := CutDay(s, today)
	return day, n > 0 && n == len(s)
}

// CutDay reads the day that s begins with and returns how many bytes of s name it, 0
// when s begins with none. Width, case and traditional characters do not matter.
//
// It knows 今天 明天 后天 大后天 昨天 前天 and their kin; 周二 星期二 礼拜二 周2 周末 with 上 这 本 下
// before them; 6月20日 6/20 6-20 6.20 2026-11-24 20号; today, tomorrow, tue, next friday.
// A bare weekday is the coming one, today included, 周末 its Saturday (on Sunday: today).
// 下周二 and "next tuesday" are the Tuesday of the week after this one.
// A date without a year is the nearest such date, at most 183 days past; a day without
// a month is the nearest such day. Of two as near the later is meant.
// 「今晚」 gives 今 only, so that 晚 is left to whoever looks for the hour.
func CutDay(s string, today Date) (Day, int) {
	day, n := cutNamed(s, today)
	return day.Day, n
}

// FindDay finds the first day named in s, as CutDay reads it, and where it stands. A
// word that only looks like one is passed over: 「一周一次」, 「3-2-501」, "someday".
func FindDay(s string, today Date) (Day, Span, bool) {
	var before, last rune // the two runes before i
	for i, r := range s {
		r = Fold(r)
		if mayBegin(r) {
			if day, n := cutNamed(s[i:], today); n > 0 && !day.blocked(before, last) {
				return day.Day, Span{i, i + n}, true
			}
		}
		before, last = last, r
	}
	return Day{}, Span{}, false
}

// mayBegin tells whether a day's name may begin with r, already folded.
func mayBegin(r rune) bool {
	if r < 0x80 {
		return '0' <= r && r <= '9' || 'a' <= r && r <= 'z'
	}
	return strings.ContainsRune("今明后大昨前周星礼下这本上一二三四五六七八九十廿", r)
}

// blocked tells whether a name that follows these two runes is part of another word.
func (d named) blocked(before, last rune) bool {
	switch d.how {
	case byWeekday: // 一周一次, but 周一周二
		return isNumeral(last) && !strings.ContainsRune("周期拜", before)
	case byNumber:
		return isNumeral(last) || 'a' <= last && last <= 'z' || last != 0 && strings.ContainsRune(".-/:第¥", last)
	case byLetters:
		return unicode.IsLetter(last) && last < 0x80
	}
	return false
}

func cutNamed(s string, today Date) (named, int) {
	if !mayBegin(peek(s)) {
		return named{}, 0
	}
	if day, n := cutWord(s, today); n > 0 {
		return named{day, byWord}, n
	}
	if day, n := cutWeekday(s, today); n > 0 {
		return named{day, byWeekday}, n
	}
	if date, n := cutDate(s, today); n > 0 {
		return named{Day{Date: date}, byNumber}, n
	}
	day, n := cutEnglish(s, today)
	return named{day, byLetters}, n
}

// eat returns how many bytes at the start of s fold to word, 0 when s begins otherwise.
func eat(s, word string) int {
	n := 0
	for _, w := range word {
		r, size := utf8.DecodeRuneInString(s[n:])
		if size == 0 || Fold(r) != w {
			return 0
		}
		n += size
	}
	return n
}

// eatAny eats the first of the words that fits, and returns its index, -1 for none.
func eatAny(s string, words []string) (which, n int) {
	for i, w := range words {
		if n := eat(s, w); n > 0 {
			return i, n
		}
	}
	return -1, 0
}

// peek is the first rune of s, folded, 0 at its end.
func peek(s string) rune {
	r, n := utf8.DecodeRuneInString(s)
	if n == 0 {
		return 0
	}
	return Fold(r)
}

// peekIn tells whether s begins with one of the runes of set.
func peekIn(s, set string) bool {
	r := peek(s)
	return r != 0 && strings.ContainsRune(set, r)
}

var (
	relativeWords = []string{"大后", "大前", "今", "明", "后", "昨", "前"}
	relativeDays  = []int{3, -3, 0, 1, 2, -1, -2}
)

// cutWord reads 今天, 明儿, 后日 and their kin.
func cutWord(s string, today Date) (Day, int) {
	which, n := eatAny(s, relativeWords)
	if n == 0 {
		return Day{}, 0
	}
	day, near := Day{Date: today.AddDays(relativeDays[which])}, peekIn(s, "今明")
	switch {
	case peekIn(s[n:], "天日"), near && peekIn(s[n:], "朝"):
		return day, n + len(firstRune(s[n:]))
	case peekIn(s[n:], "儿"): // 今儿, 今儿个
		n += len(firstRune(s[n:]))
		return day, n + eat(s[n:], "个")
	case (near || peekIn(s, "后昨")) && peekIn(s[n:], "晚早午"):
		return day, n
	}
	return Day{}, 0
}

func firstRune(s string) string {
	_, n := utf8.DecodeRuneInString(s)
	return s[:n]
}

var (
	weekPrefixes = []string{"下下", "上上", "下", "上", "这", "本"}
	weekOffsets  = []int{2, -2, 1, -1, 0, 0}
	weekNouns    = []string{"周", "星期", "礼拜", "礼白"}
)

// cutWeekName reads 下个星期 and the like: how many weeks from this one, and whether
// anything said so.
func cutWeekName(s string) (offset int, said bool, n int) {
	which, n := eatAny(s, weekPrefixes)
	if said = n > 0; said {
		offset = weekOffsets[which]
		n += eat(s[n:], "一")
		n += eat(s[n:], "个")
	}
	_, noun := eatAny(s[n:], weekNouns)
	if noun == 0 {
		return 0, false, 0
	}
	return offset, said, n + noun
}

// cutWeekday reads 周二, 下个星期天, 这礼拜5, 周末.
func cutWeekday(s string, today Date) (Day, int) {
	offset, said, n := cutWeekName(s)
	if n == 0 {
		return Day{}, 0
	}
	weekday, size := cutWeekdayNumber(s[n:])
	if size == 0 {
		return Day{}, 0
	}
	if weekday == weekend {
		weekday = 5
		if !said && weekdayIndex(today.Weekday()) == 6 {
			weekday = 6
		}
	}
	return weekdayOf(today, weekday, offset, said), n + size
}

// weekdayOf is a weekday, 0 for Monday, of the week so many weeks on, or the coming one
// when no week was said.
func weekdayOf(today Date, weekday, offset int, said bool) Day {
	if said {
		return Day{Date: today.Monday().AddDays(7*offset + weekday)}
	}
	return Day{Date: today.AddDays((weekday - weekdayIndex(today.Weekday()) + 7) % 7), Bare: true}
}

const weekend = 7

// cutWeekdayNumber reads what follows 周: 一 to 六, 日, 天, 1 to 7, 末. Monday is 0.
func cutWeekdayNumber(s string) (weekday, n int) {
	const numbers = "一二三四五六日天末"
	first := firstRune(s)
	r := peek(s)
	switch i := strings.IndexRune(numbers, r); {
	case r == 0:
		return 0, 0
	case '1' <= r && r <= '7' && !isDigit(peek(s[len(first):])):
		return int(r - '1'), len(first)
	case i < 0, r == '天' && peek(s[len(first):]) == '气': // 下周天气
		return 0, 0
	case r == '天':
		return 6, len(first)
	case r == '末':
		return weekend, len(first)
	default:
		return i / len("一"), len(first)
	}
}

func isDigit(r rune) bool  { return '0' <= r && r <= '9' }
func isLetter(r rune) bool { return 'a' <= r && r <= 'z' }

// isNumeral tells whether r is a digit or a Chinese numeral.
func isNumeral(r rune) bool {
	return isDigit(r) || r != 0 && strings.ContainsRune("一二三四五六七八九十廿两几半百", r)
}
