package card

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"xingfuli/bot/calendar"
	"xingfuli/bot/text"
)

// When says a rule in words, 「每周一 8:00」. A cron line that says more than people do is shown
// as it is.
func When(w text.Words, r calendar.Rule, now time.Time) string {
	if r.Once != (calendar.Moment{}) {
		return once(w, r.Once, now)
	}
	f := strings.Fields(r.Cron)
	minute, hour, days := "", "", ""
	if len(f) == 5 {
		minute, hour, days = f[0], f[1], daysOf(w, r, f[2], f[3], f[4])
	}
	m, errM := strconv.Atoi(minute)
	h, errH := strconv.Atoi(hour)
	if errM != nil || errH != nil || days == "" {
		return w.Plain("when.cron", map[string]any{"Line": r.String()})
	}
	return w.Plain("when.at", map[string]any{"Days": days, "Clock": fmt.Sprintf("%d:%02d", h, m)})
}

// once is a single time; the year is said when it is another one than now.
func once(w text.Words, m calendar.Moment, now time.Time) string {
	key := "when.once"
	if m.Date.Year != now.Year() {
		key = "when.year"
	}
	v := dateValues(w, m.Date)
	v["Year"], v["Clock"] = strconv.Itoa(m.Date.Year), fmt.Sprintf("%d:%02d", int(m.Clock)/60, int(m.Clock)%60)
	return w.Plain(key, v)
}

// daysOf names the days of a line, "" when there are no words for them.
func daysOf(w text.Words, r calendar.Rule, dom, month, dow string) string {
	all := func(s string) bool { return s == "*" || s == "?" }
	switch {
	case r.Days == calendar.Workdays && all(dom) && all(month) && all(dow):
		return w.Plain("when.days_work", nil)
	case r.Days == calendar.MonthEnd && all(month) && all(dow):
		return w.Plain("when.days_monthend", nil)
	case r.Days != calendar.EveryDay:
		return ""
	case all(dom) && all(month) && all(dow):
		return w.Plain("when.days_every", nil)
	case all(dom) && all(month):
		return weekly(w, dow)
	case all(month) && all(dow):
		return joined(w, dom, 31, "when.days_monthly", func(n int) string { return w.Plain("when.day_of_month", map[string]any{"Day": n}) })
	}
	d, errD := strconv.Atoi(dom)
	m, errM := strconv.Atoi(month)
	if !all(dow) || errD != nil || errM != nil {
		return ""
	}
	return w.Plain("when.days_yearly", map[string]any{"Month": m, "Day": d})
}

func weekly(w text.Words, dow string) string {
	if slices.Contains([]string{"1-5", "1,2,3,4,5", "MON-FRI"}, dow) {
		return w.Plain("when.days_weekdays", nil)
	}
	return joined(w, dow, 6, "when.days_weekly", func(n int) string { return w.Plain("when.week_"+strconv.Itoa(n), nil) })
}

// joined names a list of numbers; it is "" for a field that is not just that.
func joined(w text.Words, field string, most int, key string, name func(int) string) string {
	var names []string
	for p := range strings.SplitSeq(field, ",") {
		n, err := strconv.Atoi(p)
		if err != nil || n < 0 || n > most {
			return ""
		}
		names = append(names, name(n))
	}
	days := names[0]
	for _, n := range names[1:] {
		days = w.Plain("when.join", map[string]any{"First": days, "Last": n})
	}
	return w.Plain(key, map[string]any{"Days": days})
}

// Times names when something happens, 「周一 11月30日 08:00」 each.
func Times(w text.Words, all []calendar.Occurrence) []string {
	list := make([]string, len(all))
	for i, o := range all {
		list[i] = moment(w, o.At)
	}
	return list
}

// NextTimes lists the next n times of a rule after now.
func NextTimes(r calendar.Rule, now time.Time, h calendar.Holidays, n int) []calendar.Occurrence {
	var all []calendar.Occurrence
	for range n {
		o, ok := r.Next(now, h)
		if !ok {
			break
		}
		all, now = append(all, o), o.At
	}
	return all
}
