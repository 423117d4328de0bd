package menu

import (
	"testing"
	"time"

	"xingfuli/bot/calendar"
)

// A public holiday is a rest where nothing is published; what is published stands, and so does
// the canteen's own reason. A Saturday that is worked is a day like any other.
func TestPublicHoliday(t *testing.T) {
	public := calendar.BuiltIn()
	friday := calendar.Date{Year: 2026, Month: time.September, Day: 25} // 中秋节
	now := time.Date(2026, 9, 21, 9, 0, 0, 0, time.UTC)
	on := func(d calendar.Date) Question {
		return Question{Kind: AskDay, Day: calendar.Day{Date: d}, HasDay: true}
	}
	week := published(t, "周一 青菜", "2026-09-21")
	open := published(t, "周五 月饼", "2026-09-21")
	own := Canteen{Public: public, Holidays: []Holiday{{friday, friday, "装修"}}}
	makeUp := calendar.Date{Year: 2026, Month: time.October, Day: 10}
	for _, tt := range []struct {
		name   string
		c      Canteen
		weeks  []Menu
		day    calendar.Date
		kind   AnswerKind
		reason string
	}{
		{"nothing published", Canteen{Public: public}, []Menu{week}, friday, Closed, "中秋节"},
		{"no menu at all", Canteen{Public: public}, nil, friday, Closed, "中秋节"},
		{"published all the same", Canteen{Public: public}, []Menu{open}, friday, Served, ""},
		{"the canteen's own rest", own, []Menu{open}, friday, Closed, "装修"},
		{"nothing known of holidays", Canteen{}, []Menu{week}, friday, Unpublished, ""},
		{"a Saturday that is worked", Canteen{Public: public}, nil, makeUp, Unpublished, ""},
	} {
		a := on(tt.day).Answer(tt.c, tt.weeks, now)
		if a.Kind != tt.kind || a.Day.Reason != tt.reason {
			t.Errorf("%s: %s (%s), want %s (%s)", tt.name, a.Kind, a.Day.Reason, tt.kind, tt.reason)
		}
	}
	a := Question{Kind: AskWeek, Monday: friday.Monday()}.Answer(Canteen{Public: public}, []Menu{week}, now)
	if len(a.Week.Days) != 4 || a.Week.Days[1].Reason != "中秋节" || len(week.Days) != 1 {
		t.Errorf("the week is %+v", a.Week.Days)
	}
	if a := (Question{Kind: AskNext}).Answer(Canteen{Public: public}, []Menu{week}, friday.At(9*60, time.UTC)); a.Kind != Closed {
		t.Errorf("asked for the next meal on a holiday: %s", a.Kind)
	}
}
