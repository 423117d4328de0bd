package calendar

import (
	"regexp"
	"slices"
	"strconv"
)

var (
	englishDays    = []string{"the day after tomorrow", "day after tomorrow", "tomorrow", "tmr", "today", "tonight", "yesterday"}
	englishOffsets = []int{2, 2, 1, 1, 0, 0, -1}
	englishPrefix  = []string{"next ", "last ", "this ", "coming "}
	englishWeekday = []string{"monday", "mon", "tuesday", "tues", "tue", "wednesday", "wed",
		"thursday", "thurs", "thur", "thu", "friday", "fri", "saturday", "sat", "sunday", "sun"}
	englishNumber = []int{0, 0, 1, 1, 1, 2, 2, 3, 3, 3, 3, 4, 4, 5, 5, 6, 6}
)

// cutEnglish reads today, tomorrow, tue, next friday.
func cutEnglish(s string, today Date) (Day, int) {
	if r := peek(s); !isLetter(r) {
		return Day{}, 0
	}
	if which, n := eatAny(s, englishDays); n > 0 && !isLetter(peek(s[n:])) {
		return Day{Date: today.AddDays(englishOffsets[which])}, n
	}
	prefix, n := eatAny(s, englishPrefix)
	which, size := eatAny(s[n:], englishWeekday)
	if size == 0 || isLetter(peek(s[n+size:])) {
		return Day{}, 0
	}
	offset := map[int]int{0: 1, 1: -1}[prefix]
	said := prefix >= 0 && englishPrefix[prefix] != "coming "
	return weekdayOf(today, englishNumber[which], offset, said), n + size
}

var englishMonths = []string{"jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"}

const monthForm = `(jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)`

// englishDate is a date with the name of its month, and perhaps a year.
var englishDate = regexp.MustCompile(`^(?:([0-9]{1,2})(?:st|nd|rd|th)? ` + monthForm + `|` + monthForm + ` ([0-9]{1,2})(?:st|nd|rd|th)?)(?:,? (20[0-9]{2}))?\b`)

// cutEnglishDate reads 1 dec, december 1st, 1 jan 2027, all in small letters. One without a year
// is the nearest, as by CutDay.
func cutEnglishDate(s string, today Date) (Date, int) {
	m := englishDate.FindStringSubmatch(s)
	if m == nil {
		return Date{}, 0
	}
	month := slices.Index(englishMonths, (m[2] + m[3])[:3]) + 1
	day, _ := strconv.Atoi(m[1] + m[4]) // two digits at most
	if m[5] == "" {
		return nearestDate(month, day, today, len(m[0]))
	}
	year, _ := strconv.Atoi(m[5])
	return valid(year, month, day, len(m[0]))
}
