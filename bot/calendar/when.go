package calendar

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
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

// looksCron tells whether a text is meant as a cron line: five fields of its characters.
func looksCron(s string) bool {
	f := strings.Fields(s)
	return strings.HasPrefix(s, "@") || len(f) == 5 && !strings.ContainsFunc(f[0]+f[1], func(r rune) bool { return !strings.ContainsRune("0123456789*/,-?", r) })
}

// when is what has been read of words for a time.
type when struct {
	now  time.Time
	rest string

	in     time.Duration // from now
	hour   bool
	clock  Clock
	period period
	day    Day
	single bool
	again  string // days of the month, months and weekdays of a cron line
	days   Days
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

// repeated is a rule that comes again. The midnight that ends a day is no hour of a cron line.
func (w *when) repeated(c Clock) (Rule, error) {
	if c >= Midnight {
		return Rule{}, ErrWhen
	}
	r, err := ParseCron(fmt.Sprintf("%d %d %s", int(c)%60, int(c)/60, w.again))
	r.Days = w.days
	return r, err
}

// once is a single time: without a day, and on a bare weekday, the next one.
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
	}
	return Moment{w.day.Date, c}
}

// period is a part of the day.
type period int

const (
	anyTime period = iota
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
	case p == beforeDawn && h == 12:
		return c - half, nil
	case p == beforeDawn && h > 6, p == morning && h > 12:
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
	if size == 0 && zero == 0 {
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
	for word, p := range map[string]period{"am": morning, "a.m.": morning, "pm": afternoon, "p.m.": afternoon, "o'clock": anyTime} {
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
	count, n := cutCount(s2)
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
	if n > 0 {
		w.single, w.day = true, day
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
		if size2 == 0 || day == weekend {
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
