package calendar

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
)

// Refusals of times in words.
var (
	// ErrWhen refuses words that name no time.
	ErrWhen = errors.New("calendar: not understood as a time")
	// ErrHour refuses words that name a day, or days, and no hour.
	ErrHour = errors.New("calendar: the hour is missing")
	// ErrPast refuses a single time that is over.
	ErrPast = errors.New("calendar: that time is over")
)

// maxWhen is longer than anything that names a time.
const maxWhen = 120

// ParseWhen reads when something is to happen, as people say it, or a cron line. The day and the
// hour may come in either order:
//
//	once:   明天 7:30, 下周一早上8点, 12月1日 9:00, 今晚8点, 8点半, 半小时后, tomorrow 7:30
//	again:  每天 7:00, 每周一三五 8点, 周一至周五 10:30, 每月1号 9点, 每月最后一天 17:00, 工作日 7:00
//
// now is in the township's zone. An hour alone is the next such hour; a weekday without a week
// the coming one; 工作日 are the days that Holidays has as worked. It returns ErrWhen, ErrHour,
// ErrPast, ErrCron or ErrNever.
func ParseWhen(s string, now time.Time, h Holidays) (Rule, error) {
	s = strings.ToLower(strings.TrimSpace(strings.Map(Fold, s)))
	if len(s) > maxWhen*3 || s == "" {
		return Rule{}, ErrWhen
	}
	if looksCron(s) {
		return ParseCron(s)
	}
	if slices.Contains(hourly, s) {
		return ParseCron("@hourly")
	}
	w := when{now: now, rest: s}
	if err := w.read(); err != nil {
		return Rule{}, err
	}
	r, err := w.rule()
	if err != nil {
		return Rule{}, err
	}
	if _, ok := r.Next(now, h); !ok {
		if r.Once != (Moment{}) {
			return Rule{}, ErrPast
		}
		return Rule{}, ErrNever
	}
	return r, nil
}

var hourly = []string{"每小时", "每个小时", "每个钟头", "every hour", "hourly"}

// looksCron tells whether a text is meant as a cron line: five fields of its characters.
func looksCron(s string) bool {
	f := strings.Fields(s)
	return strings.HasPrefix(s, "@") || len(f) == 5 && !strings.ContainsFunc(f[0]+f[1], func(r rune) bool { return !strings.ContainsRune("0123456789*/,-?", r) })
}

// when is what has been read of words for a time.
type when struct {
	now  time.Time
	rest string

	in        time.Duration // from now
	hour      bool
	clock     Clock
	period    period
	day       Day
	single    bool
	monthless bool   // the day was said without its month, 「20号」
	again     string // days of the month, months and weekdays of a cron line
	days      Days
}

// read reads parts until nothing is left.
func (w *when) read() error {
	for w.rest = trimWhen(w.rest); w.rest != ""; w.rest = trimWhen(w.rest) {
		switch {
		case w.cut(w.cutIn), w.cut(w.cutAgain), w.cut(w.cutClock), w.cut(w.cutSingle):
		default:
			return ErrWhen
		}
	}
	return nil
}

// cut takes what f reads off the text.
func (w *when) cut(f func(string) int) bool {
	n := f(w.rest)
	w.rest = w.rest[n:]
	return n > 0
}

// fillers may stand before, between and behind the parts.
var fillers = []string{"的时候", "的", "在", "就", "请", "发送", "发布", "发出", "发", "通知", "吧", "at ", "on ", "the ", ",", "，", "、", "。", "."}

func trimWhen(s string) string {
	for {
		was := s
		s = strings.TrimLeftFunc(s, unicode.IsSpace)
		for _, f := range fillers {
			s = strings.TrimPrefix(s, f)
		}
		if s == was {
			return s
		}
	}
}

// rule is what the words say together.
func (w *when) rule() (Rule, error) {
	switch {
	case w.in > 0:
		if w.hour || w.single || w.again != "" {
			return Rule{}, ErrWhen
		}
		t := w.now.Add(w.in).Add(time.Minute - time.Nanosecond).Truncate(time.Minute)
		return Rule{Once: Moment{Of(t), ClockOf(t)}}, nil
	case w.single && w.again != "":
		return Rule{}, ErrWhen
	case !w.hour && (w.single || w.again != ""):
		return Rule{}, ErrHour
	case !w.hour:
		return Rule{}, ErrWhen
	}
	c, err := w.period.at(w.clock)
	if err != nil {
		return Rule{}, err
	}
	if w.again != "" {
		return w.repeated(c)
	}
	return Rule{Once: w.once(c)}, nil
}

// repeated is a rule that comes again. The midnight that ends a day is no hour of a cron line,
// and where not every day is meant it would be of another day.
func (w *when) repeated(c Clock) (Rule, error) {
	switch {
	case c >= Midnight && w.again == "* * *" && w.days == EveryDay:
		c -= Midnight
	case c >= Midnight:
		return Rule{}, ErrWhen
	}
	r, err := ParseCron(fmt.Sprintf("%d %d %s", int(c)%60, int(c)/60, w.again))
	r.Days = w.days
	return r, err
}

// once is a single time: without a day, on a bare weekday and on a day of no month, the next one.
func (w *when) once(c Clock) Moment {
	today := Of(w.now)
	over := func(d Date) bool { return !instant(Moment{d, c}, w.now.Location()).After(w.now) }
	switch {
	case !w.single && over(today):
		return Moment{today.AddDays(1), c}
	case !w.single:
		return Moment{today, c}
	case w.day.Bare && over(w.day.Date):
		return Moment{w.day.Date.AddDays(7), c}
	case w.monthless && over(w.day.Date):
		return Moment{nextOfMonth(w.day.Date, today), c}
	}
	return Moment{w.day.Date, c}
}

// nextOfMonth is the same day of the first month after today's, or of this one when it is yet to
// come, that has such a day.
func nextOfMonth(d, today Date) Date {
	for i := time.Month(0); ; i++ {
		first := Of(time.Date(d.Year, d.Month+i, 1, 0, 0, 0, 0, time.UTC))
		if next := (Date{first.Year, first.Month, d.Day}); next.AddDays(0) == next && next.After(d) && next.After(today) {
			return next
		}
	}
}

// cutIn reads a time from now: 半小时后, 2小时后, 30分钟后, 三天后 is a day.
func (w *when) cutIn(s string) int {
	if w.in > 0 || w.hour || w.single || w.again != "" {
		return 0
	}
	s2, lead := s, 0
	if strings.HasPrefix(s, "in ") {
		s2, lead = s[3:], 3
	} else if strings.HasPrefix(s, "过") {
		s2, lead = s[len("过"):], len("过")
	}
	count, n, _ := cutNumber(s2)
	if n == 0 {
		count, n = cutCount(s2)
	}
	half := strings.HasPrefix(s2, "半")
	if half {
		count, n = 0, len("半")
	}
	if n == 0 {
		return 0
	}
	n += blanks(s2[n:])
	n += eat(s2[n:], "个")
	unit, size := eatAny(s2[n:], []string{"半小时", "小时", "钟头", "分钟", "hours", "hour", "minutes", "minute", "天", "days", "day"})
	if size == 0 || half && unit != 1 && unit != 2 {
		return 0
	}
	n += size
	end := n + blanks(s2[n:])
	_, behind := eatAny(s2[end:], []string{"之后", "以后", "后", "later"})
	if behind == 0 && lead == 0 {
		return 0
	}
	if behind > 0 {
		n = end + behind
	}
	switch {
	case unit >= 8:
		w.single, w.day = true, Day{Date: Of(w.now).AddDays(count)}
	case unit == 3 || unit == 6 || unit == 7:
		w.in = time.Duration(count) * time.Minute
	case half:
		w.in = 30 * time.Minute
	case unit == 0:
		w.in = time.Duration(count)*time.Hour + 30*time.Minute
	default:
		w.in = time.Duration(count) * time.Hour
	}
	if w.in == 0 && !w.single {
		return 0
	}
	return lead + n
}

// cutSingle reads a day that comes once.
func (w *when) cutSingle(s string) int {
	if w.single || w.again != "" {
		return 0
	}
	day, n := CutDay(s, Of(w.now))
	if n == 0 {
		if strings.HasPrefix(s, "today") {
			day, n = Day{Date: Of(w.now)}, len("today")
		}
	}
	if n == 0 {
		day.Date, n = cutEnglishDate(s, Of(w.now))
	}
	if n > 0 {
		w.single, w.day = true, day
		w.monthless = peekIn(s[n-len("号"):n], "号日") && isNumeral(peek(s)) && !strings.ContainsAny(s[:n], "月年")
		n += cutBracket(s[n:], day.Date)
	}
	return n
}

// cutBracket reads a weekday in brackets behind a date, when it is that date's: 「12月1日（周二）」.
func cutBracket(s string, d Date) int {
	n := eat(s, "(")
	if n == 0 {
		return 0
	}
	day, size := CutDay(s[n:], d)
	end := eat(s[n+size:], ")")
	if size == 0 || end == 0 || day.Date != d {
		return 0
	}
	return n + size + end
}
