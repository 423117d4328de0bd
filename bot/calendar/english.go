package calendar

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
