package calendar

import (
	"encoding/json"
	"errors"
	"testing"
	"time"
	"unicode/utf8"

	"pgregory.net/rapid"
)

var tuesday = Date{2026, 11, 24}

func TestDate(t *testing.T) {
	if got := (Date{2026, 12, 31}).AddDays(1); got != (Date{2027, 1, 1}) {
		t.Errorf("the day after New Year's Eve is %v", got)
	}
	if got := (Date{2028, 3, 1}).Sub(Date{2028, 2, 28}); got != 2 {
		t.Errorf("from 28 February to 1 March of a leap year are %d days", got)
	}
	for i, d := range (Date{2026, 11, 29}).Week() { // a Sunday
		if want := (Date{2026, 11, 23 + i}); d != want {
			t.Errorf("day %d of the week is %v, want %v", i, d, want)
		}
	}
	if got := (Date{2026, 11, 23}).Monday(); got != (Date{2026, 11, 23}) {
		t.Errorf("a Monday's week begins on %v", got)
	}
	china := time.FixedZone("CST", 8*3600)
	if got := Of(time.Date(2026, 11, 23, 23, 30, 0, 0, time.UTC).In(china)); got != tuesday {
		t.Errorf("half past seven in the morning is on %v", got)
	}
	if got, want := tuesday.At(10*60+30, china), time.Date(2026, 11, 24, 10, 30, 0, 0, china); !got.Equal(want) {
		t.Errorf("At gives %v, want %v", got, want)
	}
	if !tuesday.Before(Date{2026, 12, 1}) || tuesday.Before(tuesday) || !tuesday.After(Date{2025, 12, 25}) {
		t.Error("dates are in the wrong order")
	}
}

func TestJSON(t *testing.T) {
	type value struct {
		Day   Day    `json:"day"`
		No    Date   `json:"no,omitzero"`
		Hours Hours  `json:"hours"`
		Keys  []Date `json:"keys"`
	}
	in := value{Day: Day{tuesday, true}, Hours: Hours{630, Midnight}, Keys: []Date{{}}}
	body, err := json.Marshal(in)
	if err != nil {
		t.Fatal(err)
	}
	const want = `{"day":{"date":"2026-11-24","bare":true},"hours":{"from":"10:30","to":"24:00"},"keys":[""]}`
	if string(body) != want {
		t.Errorf("got  %s\nwant %s", body, want)
	}
	var out value
	if err := json.Unmarshal(body, &out); err != nil || out.Day != in.Day || out.Hours != in.Hours {
		t.Errorf("read back %+v, %v", out, err)
	}
	for _, bad := range []string{"2026-11-31", "2026-1-2", "24.11.2026", "x"} {
		if _, err := Parse(bad); !errors.Is(err, ErrDate) {
			t.Errorf("Parse(%q): %v", bad, err)
		}
	}
}

func TestClock(t *testing.T) {
	for _, tt := range []struct {
		text string
		want Clock
		ok   bool
	}{
		{"10:30", 630, true}, {"9:05", 545, true}, {"００：００", 0, true}, {"24:00", Midnight, true},
		{"24:01", 0, false}, {"10:60", 0, false}, {"10:5", 0, false}, {"1030", 0, false}, {"", 0, false}, {"-1:30", 0, false}, {"+1:30", 0, false},
	} {
		got, err := ParseClock(tt.text)
		if got != tt.want || errors.Is(err, ErrClock) == tt.ok {
			t.Errorf("ParseClock(%q) = %v, %v", tt.text, got, err)
		}
	}
	lunch := Hours{630, 750}
	if lunch.Contains(629) || !lunch.Contains(630) || !lunch.Contains(749) || lunch.Contains(750) {
		t.Error("a span holds its beginning and not its end")
	}
	if lunch.String() != "10:30–12:30" {
		t.Errorf("a span reads %s", lunch)
	}
}

func TestParseDay(t *testing.T) {
	const bare = true
	on := func(text string) Date {
		d, err := Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	tests := []struct {
		text string
		date string // "" for none
		bare bool
	}{
		{"今天", "2026-11-24", false}, {"今日", "2026-11-24", false}, {"今儿", "2026-11-24", false}, {"今儿个", "2026-11-24", false}, {"今朝", "2026-11-24", false},
		{"明天", "2026-11-25", false}, {"明儿", "2026-11-25", false}, {"明朝", "2026-11-25", false}, {"后天", "2026-11-26", false}, {"後天", "2026-11-26", false}, {"后日", "2026-11-26", false},
		{"大后天", "2026-11-27", false}, {"昨天", "2026-11-23", false}, {"前天", "2026-11-22", false}, {"大前天", "2026-11-21", false},
		{"周一", "2026-11-30", bare}, {"周二", "2026-11-24", bare}, {"星期三", "2026-11-25", bare}, {"礼拜天", "2026-11-29", bare}, {"禮拜日", "2026-11-29", bare}, {"週六", "2026-11-28", bare},
		{"周1", "2026-11-30", bare}, {"周７", "2026-11-29", bare}, {"星期5", "2026-11-27", bare}, {"周末", "2026-11-28", bare}, {"礼白四", "2026-11-26", bare},
		{"下周二", "2026-12-01", false}, {"下个礼拜三", "2026-12-02", false}, {"下一周五", "2026-12-04", false}, {"下下周一", "2026-12-07", false},
		{"这周五", "2026-11-27", false}, {"本周一", "2026-11-23", false}, {"這個星期五", "2026-11-27", false}, {"上周三", "2026-11-18", false}, {"上个星期天", "2026-11-22", false},
		{"6月20日", "2026-06-20", false}, {"6月20号", "2026-06-20", false}, {"６月２０號", "2026-06-20", false}, {"6 月 20 日", "2026-06-20", false}, {"6/20", "2026-06-20", false}, {"6-20", "2026-06-20", false}, {"6.20", "2026-06-20", false},
		{"5月26日", "2026-05-26", false}, {"5月25日", "2027-05-25", false}, // 182 days past or 183 to come; 183 past or 182 to come
		{"1月2日", "2027-01-02", false}, {"十二月三日", "2026-12-03", false}, {"十一月廿四", "2026-11-24", false}, {"十一月二十四号", "2026-11-24", false}, {"2月29日", "2028-02-29", false},
		{"2026-11-24", "2026-11-24", false}, {"2026/1/5", "2026-01-05", false}, {"2026年11月4日", "2026-11-04", false},
		{"20号", "2026-11-20", false}, {"2号", "2026-12-02", false}, {"9号", "2026-12-09", false}, {"31号", "2026-10-31", false}, {"二十号", "2026-11-20", false}, {"20日", "2026-11-20", false},
		{"today", "2026-11-24", false}, {"Tomorrow", "2026-11-25", false}, {"the day after tomorrow", "2026-11-26", false}, {"yesterday", "2026-11-23", false},
		{"monday", "2026-11-30", bare}, {"Tue", "2026-11-24", bare}, {"SUN", "2026-11-29", bare}, {"next friday", "2026-12-04", false}, {"this Monday", "2026-11-23", false}, {"last wed", "2026-11-18", false}, {"coming thursday", "2026-11-26", bare},
		{"", "", false}, {"周", "", false}, {"周八", "", false}, {"周8", "", false}, {"周12", "", false}, {"今", "", false}, {"13月1日", "", false}, {"2月30日", "", false}, {"32号", "", false}, {"0号", "", false},
		{"6/20/30", "", false}, {"2026-13-01", "", false}, {"20261124", "", false}, {"monda", "", false}, {"next", "", false}, {"明天呢", "", false}, {"后面", "", false}, {"前年", "", false}, {"下周天气", "", false},
	}
	for _, tt := range tests {
		got, ok := ParseDay(tt.text, tuesday)
		if ok != (tt.date != "") {
			t.Errorf("ParseDay(%q): %v, %v", tt.text, got, ok)
		} else if ok && got != (Day{on(tt.date), tt.bare}) {
			t.Errorf("ParseDay(%q) = %+v, want %s, bare %v", tt.text, got, tt.date, tt.bare)
		}
	}
}

func TestFindDay(t *testing.T) {
	for _, tt := range []struct{ text, said string }{
		{"那周二有鱼吗", "周二"}, {"食堂明天吃啥", "明天"}, {"周一周二都休息", "周一"}, {"今晚吃什么", "今"}, {"大后天呢", "大后天"}, {"请问６月２０号食堂开吗", "６月２０号"},
		{"lunch on Tuesday?", "Tuesday"}, {"6/17-6/21菜单", "6/17"}, {"6.17-6.21", "6.17"}, {"每周一有鱼", "周一"},
		{"一周一次", ""}, {"两周五天", ""}, {"20号楼停电", ""}, {"3号线通车", ""}, {"3-2-501漏水", ""}, {"A20号", ""}, {"第3号", ""}, {"打13800000000", ""}, {"6.5元一份", ""}, {"3-5人", ""},
		{"something monumental", ""}, {"下周天气", ""}, {"2.5.1版", ""}, {"今年", ""}, {"以后", ""}, {"\xff周", ""},
	} {
		_, span, ok := FindDay(tt.text, tuesday)
		if got := tt.text[span.From:span.To]; got != tt.said || ok != (tt.said != "") {
			t.Errorf("FindDay(%q) found %q, %v; want %q", tt.text, got, ok, tt.said)
		}
	}
}

func TestFindWeek(t *testing.T) {
	for _, tt := range []struct {
		text, said string
		weeks      int
	}{
		{"这周哪天有排骨", "这周", 0}, {"本周菜单", "本周", 0}, {"整周", "整周", 0}, {"一周菜单", "一周", 0}, {"下個星期的菜單", "下個星期", 1}, {"上周吃什么", "上周", -1}, {"下下周", "下下周", 2}, {"下一周", "下一周", 1},
		{"整个礼拜", "整个礼拜", 0}, {"Next week's menu", "Next week", 1}, {"week", "week", 0},
		{"下周二", "", 0}, {"一周一次", "", 0}, {"每一周", "", 0}, {"三周", "", 0}, {"周围", "", 0}, {"biweekly", "", 0}, {"weeks", "", 0}, {"", "", 0},
	} {
		monday, span, ok := FindWeek(tt.text, tuesday)
		if got := tt.text[span.From:span.To]; got != tt.said || ok != (tt.said != "") {
			t.Errorf("FindWeek(%q) found %q, %v", tt.text, got, ok)
		} else if want := (Date{2026, 11, 23}).AddDays(7 * tt.weeks); ok && monday != want {
			t.Errorf("FindWeek(%q) = %v, want %v", tt.text, monday, want)
		}
	}
	if monday, ok := ParseWeek(" 下周 ", tuesday); !ok || monday != (Date{2026, 11, 30}) {
		t.Errorf("ParseWeek: %v, %v", monday, ok)
	}
	if _, ok := ParseWeek("下周菜单", tuesday); ok {
		t.Error("ParseWeek took more than a week's name")
	}
}

// A weekday said without its week lies within seven days from today on.
func TestBareWeekdayComes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		today := tuesday.AddDays(rapid.IntRange(-4000, 4000).Draw(t, "today"))
		name := rapid.SampledFrom([]string{"周一", "周二", "周三", "周四", "周五", "周六", "周日"}).Draw(t, "weekday")
		day, ok := ParseDay(name, today)
		if n := day.Date.Sub(today); !ok || n < 0 || n > 6 || !day.Bare {
			t.Fatalf("%s on %v is %+v", name, today, day)
		}
		if again, ok := ParseDay(day.Date.String(), today); !ok || again.Date != day.Date {
			t.Fatalf("%v reads as %+v", day.Date, again)
		}
	})
}

func FuzzFindDay(f *testing.F) {
	for _, s := range []string{"周二有鱼吗", "6月20日", "２０２６-１１-２４", "next friday", "一周一次", "下个", "廿", "\xff\xfe", "6/"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		day, span, ok := FindDay(s, tuesday)
		if ok && (span.From >= span.To || span.To > len(s) || day.Date.AddDays(0) != day.Date) {
			t.Fatalf("%q: %+v at %+v", s, day, span)
		}
		if _, span, ok := FindWeek(s, tuesday); ok && (span.From >= span.To || span.To > len(s)) {
			t.Fatalf("%q: week at %+v", s, span)
		}
		if utf8.ValidString(s) {
			if cut, n := CutDay(s[span.From:], tuesday); ok && (cut != day || n != span.To-span.From) {
				t.Fatalf("%q: found %+v, cut %+v", s, day, cut)
			}
		}
	})
}
