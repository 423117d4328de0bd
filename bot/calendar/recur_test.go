package calendar

import (
	"testing"
	"time"
	_ "time/tzdata"

	"pgregory.net/rapid"
)

func zone(t testing.TB, name string) *time.Location {
	t.Helper()
	loc, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return loc
}

// TestNext holds two years of occurrences to instants that were worked out by hand: holidays,
// make-up days, month ends, 29 February, and zones whose clocks leave out an hour or show it
// twice.
func TestNext(t *testing.T) {
	t.Parallel()
	tests := []struct {
		rule, zone, after string   // after as the clock shows it
		want              []string // in UTC
	}{
		{"0 8 * * 1", "Asia/Shanghai", "2026-11-24 10:00", []string{"2026-11-30T00:00Z", "2026-12-07T00:00Z", "2026-12-14T00:00Z"}},
		{"0 8 * * 1", "Asia/Shanghai", "2026-11-30 08:00", []string{"2026-12-07T00:00Z"}},
		{"0 8 * * 1", "Asia/Shanghai", "2026-11-30 07:59", []string{"2026-11-30T00:00Z"}},
		{"2026-12-01 09:00", "Asia/Shanghai", "2026-11-24 10:00", []string{"2026-12-01T01:00Z", ""}},
		{"2026-11-24 24:00", "Asia/Shanghai", "2026-11-24 10:00", []string{"2026-11-24T16:00Z", ""}},
		// 国庆节 2026: worked on Sunday 20 September and Saturday 10 October, off from 1 to 7 October.
		{"0 7 * * * workdays", "Asia/Shanghai", "2026-09-18 08:00", []string{"2026-09-19T23:00Z", "2026-09-20T23:00Z", "2026-09-21T23:00Z", "2026-09-22T23:00Z", "2026-09-23T23:00Z", "2026-09-27T23:00Z"}},
		{"0 7 * * * workdays", "Asia/Shanghai", "2026-09-30 08:00", []string{"2026-10-07T23:00Z", "2026-10-08T23:00Z", "2026-10-09T23:00Z", "2026-10-11T23:00Z"}},
		// 春节 2026: off from 15 to 23 February, worked on Saturdays 14 and 28.
		{"30 6 * * * workdays", "Asia/Shanghai", "2026-02-13 08:00", []string{"2026-02-13T22:30Z", "2026-02-23T22:30Z"}},
		{"30 6 * * 6 workdays", "Asia/Shanghai", "2026-01-10 00:00", []string{"2026-02-13T22:30Z", "2026-02-27T22:30Z", "2026-05-08T22:30Z"}},
		{"0 9 * * * workdays", "Asia/Shanghai", "2026-12-31 10:00", []string{"2027-01-04T01:00Z"}},
		{"0 17 28-31 * * monthend", "Asia/Shanghai", "2026-11-24 10:00", []string{"2026-11-30T09:00Z", "2026-12-31T09:00Z", "2027-01-31T09:00Z", "2027-02-28T09:00Z"}},
		{"0 17 28-31 * * monthend", "Asia/Shanghai", "2028-02-01 10:00", []string{"2028-02-29T09:00Z", "2028-03-31T09:00Z"}},
		{"0 9 29 2 *", "Asia/Shanghai", "2026-11-24 10:00", []string{"2028-02-29T01:00Z"}},
		{"0 9 31 * *", "Asia/Shanghai", "2026-11-24 10:00", []string{"2026-12-31T01:00Z", "2027-01-31T01:00Z", "2027-03-31T01:00Z"}},
		// both the day and the weekday: either.
		{"0 9 1 * 1", "Asia/Shanghai", "2026-11-28 10:00", []string{"2026-11-30T01:00Z", "2026-12-01T01:00Z", "2026-12-07T01:00Z"}},
		// Berlin leaves out 02:00 to 03:00 on 28 March 2027, and shows it twice on 31 October.
		{"30 2 * * *", "Europe/Berlin", "2027-03-27 02:30", []string{"2027-03-28T01:00Z", "2027-03-29T00:30Z"}},
		{"*/15 2 * * *", "Europe/Berlin", "2027-03-27 12:00", []string{"2027-03-28T01:00Z", "2027-03-29T00:00Z"}},
		{"30 2 * * *", "Europe/Berlin", "2027-10-30 12:00", []string{"2027-10-31T00:30Z", "2027-11-01T01:30Z"}},
		{"*/30 2 * * *", "Europe/Berlin", "2027-10-30 12:00", []string{"2027-10-31T00:00Z", "2027-10-31T00:30Z", "2027-11-01T01:00Z"}},
		{"0 * * * *", "Europe/Berlin", "2027-03-28 00:30", []string{"2027-03-28T00:00Z", "2027-03-28T01:00Z", "2027-03-28T02:00Z"}},
		{"2027-03-28 02:30", "Europe/Berlin", "2027-03-27 12:00", []string{"2027-03-28T01:00Z", ""}},
		// Cairo leaves out midnight on 30 April 2027.
		{"0 0 * * *", "Africa/Cairo", "2027-04-29 12:00", []string{"2027-04-29T22:00Z", "2027-04-30T21:00Z"}},
		// São Paulo left out midnight on 4 November 2018, and showed 23:00 twice on 17 February 2018.
		{"0 0 * * *", "America/Sao_Paulo", "2018-11-03 12:00", []string{"2018-11-04T03:00Z", "2018-11-05T02:00Z"}},
		{"30 23 * * *", "America/Sao_Paulo", "2018-02-17 12:00", []string{"2018-02-18T01:30Z", "2018-02-19T02:30Z"}},
		// Lord Howe goes half an hour on, on 3 October 2027, and back on 4 April.
		{"15 2 * * *", "Australia/Lord_Howe", "2027-10-02 12:00", []string{"2027-10-02T15:30Z", "2027-10-03T15:15Z"}},
		{"45 1 * * *", "Australia/Lord_Howe", "2027-04-03 12:00", []string{"2027-04-03T14:45Z", "2027-04-04T15:15Z"}},
		// Apia left out all of 30 December 2011.
		{"0 9 30 12 *", "Pacific/Apia", "2011-12-29 12:00", []string{"2011-12-30T10:00Z", "2012-12-29T19:00Z"}},
	}
	for _, tt := range tests {
		var r Rule
		if err := r.UnmarshalText([]byte(tt.rule)); err != nil {
			t.Fatal(err)
		}
		at, err := time.ParseInLocation("2006-01-02 15:04", tt.after, zone(t, tt.zone))
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range tt.want {
			o, ok := r.Next(at, BuiltIn())
			got := ""
			if ok {
				got = o.At.UTC().Format("2006-01-02T15:04Z")
			}
			if got != want {
				t.Errorf("%s in %s after %v is %s (%s), want %s", tt.rule, tt.zone, at, got, o.Wall, want)
			}
			at = o.At
		}
	}
}

// TestNextInvariants goes through a year in any zone: time goes on, each time of the clock comes
// once, and it is the one that the clock shows unless the clock leaves it out.
func TestNextInvariants(t *testing.T) {
	t.Parallel()
	zones := []string{"Asia/Shanghai", "Europe/Berlin", "America/Sao_Paulo", "Africa/Cairo", "Australia/Lord_Howe", "America/New_York", "Pacific/Apia", "UTC"}
	lines := []string{"*/10 * * * *", "30 2 * * *", "0 0 * * *", "15,45 1-3 * * *", "0 7 * * * workdays", "0 17 28-31 * * monthend", "59 23 * * 0,6", "0 3 1,15 * *"}
	rapid.Check(t, func(t *rapid.T) {
		loc, err := time.LoadLocation(rapid.SampledFrom(zones).Draw(t, "zone"))
		if err != nil {
			t.Fatal(err)
		}
		var r Rule
		if err := r.UnmarshalText([]byte(rapid.SampledFrom(lines).Draw(t, "line"))); err != nil {
			t.Fatal(err)
		}
		at := time.Unix(rapid.Int64Range(1_262_304_000, 1_893_456_000).Draw(t, "at"), 0).In(loc)
		seen := map[string]bool{}
		for range 50 {
			o, ok := r.Next(at, BuiltIn())
			if !ok || !o.At.After(at) {
				t.Fatalf("after %v comes %v", at, o)
			}
			if seen[o.Wall] {
				t.Fatalf("%s comes twice", o.Wall)
			}
			seen[o.Wall] = true
			if shown := o.At.Format("2006-01-02 15:04"); shown != o.Wall {
				want, err := time.Parse("2006-01-02 15:04", o.Wall)
				if err != nil {
					t.Fatal(err)
				}
				if back := time.Date(want.Year(), want.Month(), want.Day(), want.Hour(), want.Minute(), 0, 0, loc); back.Format("2006-01-02 15:04") == o.Wall {
					t.Fatalf("%s comes at %s, though the clock shows it", o.Wall, shown)
				}
			}
			if between, ok := r.Next(o.At.Add(-time.Second), BuiltIn()); ok && between.At.Before(o.At) && between.At.After(at) {
				t.Fatalf("%v was left out between %v and %v", between.At, at, o.At)
			}
			at = o.At
		}
	})
}

func TestHolidays(t *testing.T) {
	t.Parallel()
	h := BuiltIn()
	day := func(s string) Date { d, _ := Parse(s); return d }
	for s, want := range map[string]bool{
		"2026-02-14": true, "2026-02-15": false, "2026-02-23": false, "2026-02-24": true, "2026-02-28": true, "2026-10-10": true,
		"2026-11-23": true, "2026-11-22": false, "2027-02-05": false, "2027-02-09": true, "2029-01-01": true,
	} {
		if got := h.Workday(day(s)); got != want {
			t.Errorf("%s is worked: %t", s, got)
		}
	}
	if !h.Covers(2026) || h.Covers(2027) {
		t.Error("2026 is covered and 2027 is not")
	}
	if n := len(h.Year(2026)); n != 33+6 {
		t.Errorf("2026 has %d special days", n)
	}
	list, err := ParseSpecials([][]string{{"日期", "类型", "名称"}, {"2027-10-08", "休", "国庆节"}, {}, {"2027年10月9日", "班"}})
	if err != nil || len(list) != 2 {
		t.Fatal(list, err)
	}
	more := h.With(list)
	if more.Workday(day("2027-10-08")) || !more.Workday(day("2027-10-09")) || !more.Covers(2027) || !h.Workday(day("2027-10-08")) || h.Covers(2027) {
		t.Error("the imported days")
	}
	for _, bad := range [][][]string{{}, {{"2027-10-08", "maybe"}}, {{"2027-10-08", "休"}, {"soon", "休"}}, {{"2027-02-30", "休"}}, {{"2027-10-08"}}} {
		if list, err := ParseSpecials(bad); err == nil {
			t.Errorf("%v is %v", bad, list)
		}
	}
}

func BenchmarkNext(b *testing.B) {
	for name, line := range map[string]string{"weekly": "0 8 * * 1", "workdays": "0 7 * * * workdays", "leap": "0 9 29 2 *"} {
		b.Run(name, func(b *testing.B) {
			var r Rule
			if err := r.UnmarshalText([]byte(line)); err != nil {
				b.Fatal(err)
			}
			for b.Loop() {
				if _, ok := r.Next(spoken, BuiltIn()); !ok {
					b.Fatal("never")
				}
			}
		})
	}
}

func TestSkips(t *testing.T) {
	t.Parallel()
	for words, want := range map[string]int{
		"每月31号 9点": 31, "每月1号、30号 9点": 30, "每月28号 9点": 0, "每月最后一天 9点": 0, "每天 9点": 0, "每周一 9点": 0, "明天 9点": 0, "0 9 29-31 * *": 0,
	} {
		r, err := ParseWhen(words, time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC), BuiltIn())
		if err != nil || r.Skips() != want {
			t.Errorf("%s leaves out %d, %v; want %d", words, r.Skips(), err, want)
		}
	}
}
