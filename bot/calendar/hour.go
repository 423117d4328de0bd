package calendar

import "strings"

// period is a part of the day.
type period int

const (
	anyTime    period = iota
	beforeNoon        // am
	beforeDawn
	morning
	noon
	afternoon
	night
)

var periods = []struct {
	word string
	p    period
}{
	{"凌晨", beforeDawn}, {"半夜", beforeDawn}, {"清晨", morning}, {"清早", morning}, {"早上", morning}, {"早晨", morning}, {"早", morning}, {"上午", morning}, {"晨", morning},
	{"中午", noon}, {"正午", noon}, {"下午", afternoon}, {"午后", afternoon}, {"傍晚", afternoon}, {"晚上", night}, {"夜里", night}, {"晚间", night}, {"夜晚", night}, {"晚", night},
	{"in morning", morning}, {"morning", morning}, {"afternoon", afternoon}, {"evening", night}, {"tonight", night},
}

// at is an hour as it is said in a part of the day: 下午3点 is 15:00, 晚上12点 the end of the day.
func (p period) at(c Clock) (Clock, error) {
	h, half := c/60, Clock(12*60)
	switch {
	case (p == beforeDawn || p == beforeNoon) && h == 12:
		return c - half, nil
	case p == beforeDawn && h > 6, (p == morning || p == beforeNoon) && h > 12, p == night && h < 5: // 晚上1点: of which day?
		return 0, ErrWhen
	case p == noon && h < 3, (p == afternoon || p == night) && h < 12:
		return c + half, nil
	case p == noon && (h < 10 || h > 14):
		return 0, ErrWhen
	case p == night && h == 12 && c%60 == 0:
		return Midnight, nil
	case p == night && h == 12:
		return 0, ErrWhen
	}
	return c, nil
}

// cutClock reads a part of the day, or an hour: 7:30, 8点, 七点半, 9点一刻, 15点20分, 8am, noon.
func (w *when) cutClock(s string) int {
	if w.period == anyTime {
		for _, p := range periods {
			if strings.HasPrefix(s, p.word) {
				w.period = p.p
				return len(p.word)
			}
		}
	}
	if w.hour {
		return 0
	}
	if n, ok := strings.CutPrefix(s, "noon"); ok {
		w.hour, w.clock = true, 12*60
		return len(s) - len(n)
	}
	h, n := cutCount(s)
	if n == 0 || h > 24 {
		return 0
	}
	if gap := blanks(s[n:]); peekIn(s[n+gap:], "点时") {
		n += gap
	}
	minute, size, said := w.cutMinute(s[n:])
	if !said || h == 24 && minute > 0 {
		return 0
	}
	w.hour, w.clock = true, Clock(h*60+minute)
	return n + size
}

// cutMinute reads what follows the number of an hour.
func (w *when) cutMinute(s string) (minute, n int, said bool) {
	switch peek(s) {
	case ':', '：':
		n = len(firstRune(s))
		m, size := 0, 0
		for size < 2 && isDigit(peek(s[n+size:])) {
			m = m*10 + int(peek(s[n+size:])-'0')
			size++
		}
		if size != 2 || m > 59 || isDigit(peek(s[n+size:])) {
			return 0, 0, false
		}
		return m, n + size + w.cutHalf(s[n+size:]), true
	case '点', '时':
		n = len(firstRune(s))
		if strings.HasPrefix(s[n:], "钟") {
			return 0, n + len("钟"), true
		}
		return afterOClock(s, n)
	}
	if size := w.cutHalf(s); size > 0 {
		return 0, size, true
	}
	return 0, 0, false
}

// afterOClock reads 半, 一刻, 三刻, 整, 15分, 15 or nothing behind 「8点」.
func afterOClock(s string, n int) (int, int, bool) {
	for word, m := range map[string]int{"半": 30, "一刻": 15, "三刻": 45, "1刻": 15, "3刻": 45, "整": 0} {
		if strings.HasPrefix(s[n:], word) {
			return m, n + len(word), true
		}
	}
	zero := 0
	if strings.HasPrefix(s[n:], "零") || strings.HasPrefix(s[n:], "〇") {
		zero = len("零")
	}
	m, size := cutCount(s[n+zero:])
	if size == 0 && zero == 0 || peekIn(s[n+zero+size:], "月/-") { // 9点12月1日
		return 0, n, true
	}
	if size == 0 || m > 59 {
		return 0, 0, false
	}
	n += zero + size
	if strings.HasPrefix(s[n:], "分") {
		n += len("分")
		if strings.HasPrefix(s[n:], "钟") {
			n += len("钟")
		}
	}
	return m, n, true
}

// cutHalf reads am and pm.
func (w *when) cutHalf(s string) int {
	n := blanks(s)
	for word, p := range map[string]period{"am": beforeNoon, "a.m.": beforeNoon, "pm": afternoon, "p.m.": afternoon, "o'clock": anyTime} {
		if strings.HasPrefix(s[n:], word) && !isLetter(peek(s[n+len(word):])) {
			w.period = max(w.period, p)
			return n + len(word)
		}
	}
	return 0
}

// cutCount reads a number of up to two digits, or a Chinese one up to 59.
func cutCount(s string) (value, n int) {
	for n < 2 && isDigit(peek(s[n:])) {
		value = value*10 + int(peek(s[n:])-'0')
		n++
	}
	if n > 0 {
		if isDigit(peek(s[n:])) {
			return 0, 0
		}
		return value, n
	}
	for word, v := range map[string]int{"两": 2, "零": 0, "〇": 0} {
		if strings.HasPrefix(s, word) {
			return v, len(word)
		}
	}
	return cutHan(s)
}
