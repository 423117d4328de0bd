package calendar

import (
	"errors"
	"strconv"
	"strings"
	"time"
)

// ErrWorking refuses words that name no working hours.
var ErrWorking = errors.New("calendar: not understood as working hours")

// Working is when somebody is at work in a week. The zero Working never is.
type Working struct {
	days [7][]Hours // Monday first; of a day in order and apart
}

// ParseWorking reads working hours as staff write them, days before hours:
//
//	周一到周五 8:30-17:00
//	工作日 8:30–11:30、14:00–17:00；周六 上午9点到12点
//	每天 8点到20点, mon-fri 8:30-17:00, sat 9am to 12
//
// A day is named once. It returns ErrWorking.
func ParseWorking(s string) (Working, error) {
	var w Working
	if len(s) > maxWhen*3 {
		return w, ErrWorking
	}
	s = strings.ToLower(strings.Map(Fold, s))
	for s = trimBetween(s); s != ""; {
		days, n := cutWorkDays(s)
		if n == 0 {
			return Working{}, ErrWorking
		}
		spans, n2 := cutSpans(s[n:])
		if n2 == 0 {
			return Working{}, ErrWorking
		}
		for _, d := range days {
			if w.days[d] != nil {
				return Working{}, ErrWorking
			}
			w.days[d] = spans
		}
		s = trimBetween(s[n+n2:])
	}
	if w.week() == [7]bool{} {
		return w, ErrWorking
	}
	return w, nil
}

// week tells on which days there are hours.
func (w Working) week() (on [7]bool) {
	for d, spans := range w.days {
		on[d] = len(spans) > 0
	}
	return on
}

func trimBetween(s string) string { return strings.TrimLeft(s, " \t\n,，、;；。:：") }

// cutWorkDays reads days of the week, Monday is 0.
func cutWorkDays(s string) (days []int, n int) {
	var w when
	if n = w.cutAgain(s); n == 0 {
		return cutOneDay(s)
	}
	again, ok := strings.CutPrefix(w.again, "* * ")
	switch {
	case !ok || w.days == MonthEnd:
		return nil, 0
	case w.days == Workdays:
		return []int{0, 1, 2, 3, 4}, n
	case again == "*":
		return []int{0, 1, 2, 3, 4, 5, 6}, n
	}
	for f := range strings.SplitSeq(again, ",") {
		d, err := strconv.Atoi(f)
		if err != nil {
			return nil, 0
		}
		days = append(days, (d+6)%7) // cron's Sunday is 0
	}
	return days, n
}

// cutOneDay reads 周六, 周末 or "sat".
func cutOneDay(s string) (days []int, n int) {
	if _, n = eatAny(s, weekNouns); n > 0 {
		d, size := cutWeekdayNumber(s[n:])
		switch {
		case size == 0:
			return nil, 0
		case d == weekend:
			return []int{5, 6}, n + size
		}
		return []int{d}, n + size
	}
	for i, name := range dayNames {
		for _, word := range []string{name, name[:3]} {
			if strings.HasPrefix(s, word) && !isLetter(peek(s[len(word):])) {
				return []int{(i + 6) % 7}, len(word)
			}
		}
	}
	return nil, 0
}

// cutSpans reads hours of one day, in order and apart.
func cutSpans(s string) (spans []Hours, n int) {
	for {
		rest := trimBetween(s[n:])
		h, size := cutSpan(rest)
		if size == 0 {
			return spans, n
		}
		if last := len(spans) - 1; last >= 0 && h.From < spans[last].To {
			return nil, 0
		}
		spans, n = append(spans, h), len(s)-len(rest)+size
	}
}

// cutSpan reads 8:30-17:00, 上午9点到12点, 下午2点到5点.
func cutSpan(s string) (h Hours, n int) {
	from, part, n := cutHour(s)
	if n == 0 {
		return h, 0
	}
	n += blanks(s[n:])
	_, size := eatAny(s[n:], []string{"到", "至", "-", "–", "—", "~", "to "})
	if size == 0 {
		return h, 0
	}
	n += size
	n += blanks(s[n:])
	to, _, size := cutHour(s[n:])
	if size == 0 {
		return h, 0
	}
	const noon = 12 * 60
	if to <= from && part != anyTime { // 下午2点到5点
		to += noon
	}
	if h = (Hours{from, to}); to > Midnight || from >= to {
		return Hours{}, 0
	}
	return h, n + size
}

// cutHour reads an hour with the part of the day before it.
func cutHour(s string) (c Clock, part period, n int) {
	var w when
	for !w.hour {
		n += blanks(s[n:])
		size := w.cutClock(s[n:])
		if size == 0 {
			return 0, part, 0
		}
		n += size
	}
	c, err := w.period.at(w.clock)
	if err != nil {
		return 0, part, 0
	}
	return c, w.period, n
}

// On is when somebody is at work on a day. On a holiday they are not, and on a make-up day they
// are as on the first day of their week; who works on all days of the week works on those too.
func (w Working) On(d Date, h Holidays) []Hours {
	spans := w.days[weekdayIndex(d.Weekday())]
	s, special := h.Day(d)
	switch {
	case !special, w.week() == daily:
		return spans
	case s.Rest:
		return nil
	case len(spans) > 0:
		return spans
	}
	for _, spans := range w.days {
		if len(spans) > 0 {
			return spans
		}
	}
	return nil
}

// daily is a week in which every day has hours.
var daily = [7]bool{true, true, true, true, true, true, true}

// longest is longer than any row of holidays, in days.
const longest = 60

// Next is the first instant from t on at which somebody is at work: t itself while they are. ok
// is false when there is none within sixty days. t is in the zone of the hours.
func (w Working) Next(t time.Time, h Holidays) (next time.Time, ok bool) {
	today := Of(t)
	for i := range longest {
		d := today.AddDays(i)
		for _, span := range w.On(d, h) {
			if from := d.At(span.From, t.Location()); from.After(t) {
				return from, true
			}
			if d.At(span.To, t.Location()).After(t) {
				return t, true
			}
		}
	}
	return time.Time{}, false
}
