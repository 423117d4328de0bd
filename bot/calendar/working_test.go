package calendar

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// said writes working hours day by day, those without hours left out.
func said(w Working) string {
	var parts []string
	for d, spans := range w.days {
		if len(spans) > 0 {
			var hours []string
			for _, h := range spans {
				hours = append(hours, h.String())
			}
			parts = append(parts, fmt.Sprint(d+1, " ", strings.Join(hours, "+")))
		}
	}
	return strings.Join(parts, ", ")
}

func TestParseWorking(t *testing.T) {
	t.Parallel()
	const week = "1 08:30–17:00, 2 08:30–17:00, 3 08:30–17:00, 4 08:30–17:00, 5 08:30–17:00"
	for words, want := range map[string]string{
		"周一到周五 8:30–17:00":             week,
		"周一至周五8:30-17:00":              week,
		"工作日 8点半到下午5点":                 week,
		"周一到周五，上午8:30到下午5:00":          week,
		"mon-fri 8:30-17:00":           week,
		"Monday to Friday 8:30-17:00":  week,
		"工作日 08：30～17：00":              week,
		"周一、周三 8:00-11:30、14:00-17:00": "1 08:00–11:30+14:00–17:00, 3 08:00–11:30+14:00–17:00",
		"周一 8点到12点；周六上午9点到12点":         "1 08:00–12:00, 6 09:00–12:00",
		"周一 下午2点到5点":                   "1 14:00–17:00",
		"周末 9:00-12:00":                "6 09:00–12:00, 7 09:00–12:00",
		"sat 9am to 12":                "",
		"sat 9am-12:00":                "6 09:00–12:00",
		"每天 0:00-24:00":                "1 00:00–24:00, 2 00:00–24:00, 3 00:00–24:00, 4 00:00–24:00, 5 00:00–24:00, 6 00:00–24:00, 7 00:00–24:00",
		"":                             "",
		"随时":                           "",
		"8:30-17:00":                   "", // of which days?
		"周一到周五":                        "",
		"周一 17:00-8:30":                "",
		"周一 8:00-12:00、11:00-17:00":    "",
		"周一 8:00-12:00，周一 14:00-17:00": "",
		"周一 8:00-12:00 找小王":            "",
		"每月1号 8:00-12:00":              "",
		"周一到周五 25:00-26:00":            "",
		strings.Repeat("周一 ", 200):     "",
	} {
		w, err := ParseWorking(words)
		if got := said(w); got != want || (err == nil) != (want != "") || err != nil && !errors.Is(err, ErrWorking) {
			t.Errorf("%s: %q, %v; want %q", words, got, err, want)
		}
	}
}

// TestWorkingNext: holidays and make-up days count, for who does not work every day.
func TestWorkingNext(t *testing.T) {
	t.Parallel()
	zone := time.FixedZone("", 8*3600)
	h := BuiltIn()
	for _, tt := range []struct{ hours, at, want string }{
		{"工作日 8:30-11:30、14:00-17:00", "2026-11-23 09:00", "2026-11-23 09:00"},
		{"工作日 8:30-11:30、14:00-17:00", "2026-11-23 08:30", "2026-11-23 08:30"},
		{"工作日 8:30-11:30、14:00-17:00", "2026-11-23 11:30", "2026-11-23 14:00"},
		{"工作日 8:30-11:30、14:00-17:00", "2026-11-23 17:00", "2026-11-24 08:30"},
		{"工作日 8:30-17:00", "2026-11-27 18:00", "2026-11-30 08:30"},
		{"工作日 8:30-17:00", "2026-09-30 18:00", "2026-10-08 08:30"}, // 国庆, 1 to 7 October
		{"工作日 8:30-17:00", "2026-10-09 18:00", "2026-10-10 08:30"}, // a Saturday that is worked
		{"周一 8:30-12:00", "2026-10-09 18:00", "2026-10-10 08:30"},
		{"周六 9:00-12:00", "2026-10-03 08:00", "2026-10-10 09:00"},
		{"每天 8:00-20:00", "2026-10-01 07:00", "2026-10-01 08:00"},
		{"每天 0:00-24:00", "2026-10-01 23:59", "2026-10-01 23:59"},
	} {
		w, err := ParseWorking(tt.hours)
		if err != nil {
			t.Fatal(err)
		}
		at, err := time.ParseInLocation("2006-01-02 15:04", tt.at, zone)
		if err != nil {
			t.Fatal(err)
		}
		if next, ok := w.Next(at, h); !ok || next.Format("2006-01-02 15:04") != tt.want {
			t.Errorf("%s from %s: %v, %t; want %s", tt.hours, tt.at, next, ok, tt.want)
		}
	}
	if next, ok := (Working{}).Next(time.Date(2026, 11, 23, 9, 0, 0, 0, zone), h); ok {
		t.Errorf("nobody is at work, but at %v", next)
	}
}

// TestWorkingInvariants: the next instant is not before the one asked from, is within hours, and
// is its own next; between the two nobody is at work.
func TestWorkingInvariants(t *testing.T) {
	t.Parallel()
	zone, err := time.LoadLocation("Asia/Shanghai")
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(t *rapid.T) {
		w, err := ParseWorking(rapid.SampledFrom([]string{"工作日 8:30-11:30、14:00-17:00", "周三 8点到12点", "每天 6:00-22:00", "周末 9:00-24:00"}).Draw(t, "hours"))
		if err != nil {
			t.Fatal(err)
		}
		at := time.Date(2026, 1, 1, 0, rapid.IntRange(0, 365*24*60).Draw(t, "minute"), 0, 0, zone)
		next, ok := w.Next(at, BuiltIn())
		if !ok || next.Before(at) {
			t.Fatalf("%v after %v, %t", next, at, ok)
		}
		if again, ok := w.Next(next, BuiltIn()); !ok || !again.Equal(next) {
			t.Fatalf("%v is not its own next, but %v", next, again)
		}
		if next.Equal(at) {
			return
		}
		between := at.Add(time.Duration(rapid.Int64Range(0, int64(next.Sub(at))-1).Draw(t, "between")))
		if n, ok := w.Next(between, BuiltIn()); !ok || !n.Equal(next) {
			t.Fatalf("at work at %v, before %v", n, next)
		}
	})
}

func FuzzParseWorking(f *testing.F) {
	for _, s := range []string{"周一到周五 8:30–17:00", "工作日 8点半到下午5点；周六 9-12", "sat 9am-12:00"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		w, err := ParseWorking(s)
		if (err == nil) != (w.week() != [7]bool{}) {
			t.Fatalf("%q: %v, %v", s, w, err)
		}
		for _, spans := range w.days {
			last := Clock(0)
			for _, h := range spans {
				if h.From < last || h.From >= h.To || h.To > Midnight {
					t.Fatalf("%q: %v", s, spans)
				}
				last = h.To
			}
		}
	})
}
