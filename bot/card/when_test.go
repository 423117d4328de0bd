package card

import (
	"testing"
	"time"

	"xingfuli/bot/calendar"
	"xingfuli/bot/text"
)

// TestWhen says rules in words, which are understood as the same rule.
func TestWhen(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 24, 10, 0, 0, 0, time.UTC)
	for rule, want := range map[string][2]string{
		"2026-12-01 09:00":        {"12月1日（周二）9:00", "Tue 1 Dec at 9:00"},
		"2027-01-01 00:00":        {"2027年1月1日（周五）0:00", "Fri 1 Jan 2027 at 0:00"},
		"0 8 * * 1":               {"每周一 8:00", "every Monday at 8:00"},
		"0 8 * * 1,3,0":           {"每周一、三、日 8:00", "every Monday, Wednesday, Sunday at 8:00"},
		"30 10 * * 1,2,3,4,5":     {"周一到周五 10:30", "Monday to Friday at 10:30"},
		"0 7 * * *":               {"每天 7:00", "every day at 7:00"},
		"5 7 * * * workdays":      {"每个工作日 7:05", "every working day at 7:05"},
		"0 9 1,15 * *":            {"每月1号、15号 9:00", "on day 1, 15 of each month at 9:00"},
		"0 17 28-31 * * monthend": {"每月最后一天 17:00", "on the last day of each month at 17:00"},
		"0 9 1 12 *":              {"每年12月1日 9:00", "every year on 1/12 at 9:00"},
		"*/15 9-17 * * MON-FRI":   {"按「*/15 9-17 * * MON-FRI」", "by “*/15 9-17 * * MON-FRI”"},
		"0 7 * * 6 workdays":      {"按「0 7 * * 6 workdays」", "by “0 7 * * 6 workdays”"},
		"0 9 1 * 1":               {"按「0 9 1 * 1」", "by “0 9 1 * 1”"},
	} {
		var r calendar.Rule
		if err := r.UnmarshalText([]byte(rule)); err != nil {
			t.Fatal(err)
		}
		zh, en := When(text.In(text.Chinese), r, now), When(text.In(text.English), r, now)
		if zh != want[0] || en != want[1] {
			t.Errorf("%s is %q and %q", rule, zh, en)
		}
		if zh[:3] == "按" {
			continue
		}
		back, err := calendar.ParseWhen(zh, now, calendar.BuiltIn())
		if err != nil {
			t.Errorf("%q: %v", zh, err)
			continue
		}
		a, b := NextTimes(r, now, calendar.BuiltIn(), 5), NextTimes(back, now, calendar.BuiltIn(), 5)
		for i := range a {
			if a[i] != b[i] {
				t.Errorf("%q is understood as %s", zh, back)
				break
			}
		}
	}
	if got := Times(text.In(text.Chinese), NextTimes(calendar.Rule{Cron: "0 8 * * 1"}, now, calendar.BuiltIn(), 2)); len(got) != 2 || got[0] != "周一 11月30日 08:00" {
		t.Errorf("%q", got)
	}
}
