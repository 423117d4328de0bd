package calendar

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/robfig/cron/v3"
)

// Refusals of times.
var (
	// ErrCron refuses what is no cron line of five fields.
	ErrCron = errors.New("calendar: not a cron line")
	// ErrNever refuses a rule by which nothing would ever happen, such as 31 February.
	ErrNever = errors.New("calendar: that never comes")
)

// Rule says when something happens: once, or again and again. Its times are those of a clock
// in the zone of the times it is given.
type Rule struct {
	Once Moment // a single time; the zero Moment for again and again
	Cron string // five fields: minute, hour, day of the month, month, weekday
	Days Days   // which of the days that Cron names
}

// Moment is a time of a day as a clock shows it.
type Moment struct {
	Date  Date
	Clock Clock
}

// String is the moment as "2026-11-24 07:30"; the end of a day is the next one's 00:00.
func (m Moment) String() string {
	if m.Clock >= Midnight {
		m = Moment{m.Date.AddDays(1), m.Clock - Midnight}
	}
	return m.Date.String() + " " + m.Clock.String()
}

// Days says which of the days that a line names are meant.
type Days string

// The kinds of days.
const (
	EveryDay Days = ""         //
	Workdays Days = "workdays" // those that are worked (Holidays.Workday)
	MonthEnd Days = "monthend" // the last of each month
)

// Occurrence is one time that a rule names.
type Occurrence struct {
	At   time.Time
	Wall string // what the clock shows, "2026-11-24 07:30"; in a gap the time that it leaves out
}

// cronParser reads the five fields of crontab(5).
var cronParser = cron.NewParser(cron.Minute | cron.Hour | cron.Dom | cron.Month | cron.Dow)

// maxCron is longer than any sensible line.
const maxCron = 100

// named are the lines that have a name in crontab(5).
var namedLines = map[string]string{
	"@yearly": "0 0 1 1 *", "@annually": "0 0 1 1 *", "@monthly": "0 0 1 * *", "@weekly": "0 0 * * 0",
	"@daily": "0 0 * * *", "@midnight": "0 0 * * *", "@hourly": "0 * * * *",
}

// ParseCron reads a cron line of five fields, or a named one such as @daily; 7 is Sunday too.
// When both the day of the month and the weekday are restricted, a day that is either counts,
// as crontab(5) has it. Zones, seconds and @every are refused. It returns ErrCron or ErrNever.
func ParseCron(line string) (Rule, error) {
	line = strings.ToUpper(strings.Join(strings.Fields(strings.Map(Fold, line)), " "))
	if full, ok := namedLines[strings.ToLower(line)]; ok {
		line = full
	}
	fields := strings.Fields(line)
	if len(line) > maxCron || len(fields) != 5 || strings.ContainsFunc(line, notCron) {
		return Rule{}, ErrCron
	}
	fields[4] = sundays(fields[4])
	r := Rule{Cron: strings.Join(fields, " ")}
	s, err := r.schedule()
	if err != nil {
		return Rule{}, err
	}
	if s.Next(time.Unix(0, 0).UTC()).IsZero() {
		return Rule{}, ErrNever
	}
	return r, nil
}

func notCron(r rune) bool {
	return !('0' <= r && r <= '9' || 'A' <= r && r <= 'Z' || strings.ContainsRune("*/,-? ", r))
}

// sundays writes 7 as 0, which is all that the parser takes for Sunday.
func sundays(field string) string {
	parts := strings.Split(field, ",")
	for i, p := range parts {
		from, step, _ := strings.Cut(p, "/")
		first, last, span := strings.Cut(from, "-")
		switch {
		case p == "7":
			parts[i] = "0"
		case span && last == "7" && step == "" && first == "0":
			parts[i] = "0-6"
		case span && last == "7" && step == "":
			parts[i] = first + "-6,0"
			if first == "7" {
				parts[i] = "0"
			}
		}
	}
	return strings.Join(parts, ",")
}

// schedule is the line as robfig/cron reads it.
func (r Rule) schedule() (s cron.Schedule, err error) {
	defer func() {
		if recover() != nil { // as it does for some lines that name a zone
			s, err = nil, ErrCron
		}
	}()
	if s, err = cronParser.Parse(r.Cron); err != nil {
		return nil, ErrCron
	}
	return s, nil
}

// tooMany is how many times of a line are looked at before it is said that none comes: each day
// that is left out counts once.
const tooMany = 4000

// Next is the first time after a moment, in the zone of that; ok is false when there is none
// any more.
//
// The line names times of a clock, and each of them comes once: what falls into the hour that
// a clock leaves out in spring comes when the clock goes on, and what falls into the hour that
// it shows twice in autumn comes the first time. Several times that would come at the same
// instant come once.
func (r Rule) Next(after time.Time, h Holidays) (o Occurrence, ok bool) {
	loc := after.Location()
	if r.Once != (Moment{}) {
		o = Occurrence{instant(r.Once, loc), r.Once.String()}
		return o, o.At.After(after)
	}
	s, err := r.schedule()
	if err != nil {
		return Occurrence{}, false
	}
	wall := time.Date(after.Year(), after.Month(), after.Day(), after.Hour(), after.Minute(), after.Second(), 0, time.UTC) // no zone, no gaps
	for range tooMany {
		if wall = s.Next(wall); wall.IsZero() {
			return Occurrence{}, false
		}
		date := Of(wall)
		if !r.Days.has(date, h) {
			wall = date.AddDays(1).In(time.UTC).Add(-time.Second)
			continue
		}
		m := Moment{date, ClockOf(wall)}
		if o = (Occurrence{instant(m, loc), m.String()}); o.At.After(after) {
			return o, true
		}
	}
	return Occurrence{}, false
}

func (d Days) has(date Date, h Holidays) bool {
	switch d {
	case Workdays:
		return h.Workday(date)
	case MonthEnd:
		return date.AddDays(1).Day == 1
	case EveryDay:
	}
	return true
}

// instant is when a clock in loc shows m: the first time when it does so twice, and the end of
// the gap when it leaves m out.
func instant(m Moment, loc *time.Location) time.Time {
	want := m.Date.At(m.Clock, time.UTC)
	t := m.Date.At(m.Clock, loc)
	shown := func(t time.Time) time.Time {
		_, offset := t.Zone()
		return t.Add(time.Duration(offset) * time.Second)
	}
	start, end := t.ZoneBounds()
	switch got := shown(t); {
	case got.Equal(want):
		if start.IsZero() {
			return t
		}
		_, before := start.Add(-time.Second).Zone()
		if first := want.Add(-time.Duration(before) * time.Second); first.Before(start) {
			return first.In(loc)
		}
		return t
	case got.After(want):
		return start
	default:
		return end
	}
}

// Skips is the first day of the month that a monthly rule names and some months do not have, 29
// to 31; 0 when there is none.
func (r Rule) Skips() int {
	f := strings.Fields(r.Cron)
	if len(f) != 5 || r.Days == MonthEnd {
		return 0
	}
	first := 0
	for word := range strings.SplitSeq(f[2], ",") {
		if n, err := strconv.Atoi(word); err == nil && n > 28 && (first == 0 || n < first) {
			first = n
		}
	}
	return first
}

// String is the rule as it is kept: "2026-12-01 09:00", "0 8 * * 1" or "0 7 * * * workdays".
func (r Rule) String() string {
	switch {
	case r.Once != (Moment{}):
		return r.Once.Date.String() + " " + r.Once.Clock.String()
	case r.Days != EveryDay:
		return r.Cron + " " + string(r.Days)
	}
	return r.Cron
}

// MarshalText writes the rule as String does.
func (r Rule) MarshalText() ([]byte, error) { return []byte(r.String()), nil }

// UnmarshalText reads what MarshalText writes, the zero Rule from "".
func (r *Rule) UnmarshalText(text []byte) error {
	s := string(text)
	if s == "" {
		*r = Rule{}
		return nil
	}
	if date, clock, ok := strings.Cut(s, " "); ok && strings.Contains(date, "-") && strings.Contains(clock, ":") {
		d, err := Parse(date)
		if err != nil {
			return fmt.Errorf("rule %q: %w", s, err)
		}
		c, err := ParseClock(clock)
		if err != nil {
			return fmt.Errorf("rule %q: %w", s, err)
		}
		*r = Rule{Once: Moment{d, c}}
		return nil
	}
	days := EveryDay
	for _, d := range []Days{Workdays, MonthEnd} {
		if line, ok := strings.CutSuffix(s, " "+string(d)); ok {
			s, days = line, d
		}
	}
	parsed, err := ParseCron(s)
	if err != nil {
		return fmt.Errorf("rule %q: %w", s, err)
	}
	parsed.Days = days
	*r = parsed
	return nil
}
