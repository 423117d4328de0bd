package menu

import (
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"

	"xingfuli/bot/calendar"
	"xingfuli/bot/community"
)

// TestParseOpenings reads hours as staff write them.
func TestParseOpenings(t *testing.T) {
	t.Parallel()
	tests := []struct{ in, want string }{
		{"午餐 10:30-12:30", "lunch 10:30–12:30"},
		{"中饭：10点半到12点半", "lunch 10:30–12:30"},
		{"午餐十点半至十二点一刻", "lunch 10:30–12:15"},
		{"午餐 11点～1点", "lunch 11:00–13:00"},
		{"午餐 １０：３０－１２：３０", "lunch 10:30–12:30"},
		{"午餐 10點半到12點", "lunch 10:30–12:00"},
		{"中午 上午10点45分 – 中午12点", "lunch 10:45–12:00"},
		{"晚餐 4:30-6:00", "dinner 16:30–18:00"},
		{"晚饭 下午4点半到6点", "dinner 16:30–18:00"},
		{"晚上五点到七点。", "dinner 17:00–19:00"},
		{"晚餐 16:30-18:00", "dinner 16:30–18:00"},
		{"晚餐 20:00-24:00", "dinner 20:00–24:00"},
		{"午餐 10:30-12:30，晚餐 16:30-18:00", "lunch 10:30–12:30|dinner 16:30–18:00"},
		{"晚餐 16:30-18:00\n午餐 10:30-12:30", "dinner 16:30–18:00|lunch 10:30–12:30"},
		{"晚餐 无", "dinner 00:00–00:00"},
		{"lunch 10:30 to 12:30", "lunch 10:30–12:30"},
		{"午餐 无", ""}, {"", ""}, {"午餐", ""}, {"10:30-12:30", ""}, {"午餐 10:30", ""}, {"午餐 25:00-26:00", ""}, {"午餐 10:70-12:00", ""},
		{"午餐 12:30-12:30", ""}, {"午餐 13:30-12:30", ""}, {"午餐 10:30-12:30 左右", ""}, {"早餐 6:00-8:00", ""},
		{"午餐 10:30-12:30，中饭 11:00-12:00", ""}, {"晚餐 20:00-24:30", ""}, {"午餐 三十点到四十点", ""},
	}
	for _, tt := range tests {
		list, err := ParseOpenings(tt.in)
		var got []string
		for _, o := range list {
			got = append(got, string(o.Meal)+" "+o.String())
		}
		if strings.Join(got, "|") != tt.want || (tt.want == "") != errors.Is(err, ErrHours) {
			t.Errorf("%q: %q, %v, want %q", tt.in, got, err, tt.want)
		}
	}
}

// TestParsePrices reads price tiers; the oldest people's come first.
func TestParsePrices(t *testing.T) {
	t.Parallel()
	tests := []struct {
		in   string
		want []Price
		err  error
	}{
		{"70岁以上 8元，60到69岁 12.5元，其他居民 15", []Price{{"70岁以上", 800}, {"60到69岁", 1250}, {"其他居民", 1500}}, nil},
		{"其他居民15元、60到69岁12元、70岁以上8元", []Price{{"70岁以上", 800}, {"60到69岁", 1200}, {"其他居民", 1500}}, nil},
		{"其他 15元 70 岁以上 免费", []Price{{"70岁以上", 0}, {"其他", 1500}}, nil},
		{"80岁以上 免费\n70岁以上：８．５０元／份", []Price{{"80岁以上", 0}, {"70岁以上", 850}}, nil},
		{"老人 8块5；其他 ￥12", []Price{{"老人", 850}, {"其他", 1200}}, nil},
		{"老人 0.01元", []Price{{"老人", 1}}, nil},
		{"老人 9999.99元", []Price{{"老人", 999999}}, nil},
		{"", nil, ErrPrices}, {"18元", nil, ErrPrices}, {"70岁以上", nil, ErrPrices}, {"老人 0元", nil, ErrPrices}, {"老人 -8元", nil, ErrPrices},
		{"老人 99999元", nil, ErrPrices}, {"老人 8.555元", nil, ErrPrices}, {"老人 8元，老人 9元", nil, ErrPrices},
		{strings.Repeat("老", 21) + " 8元", nil, ErrPrices},
		{"一 1，二 2，三 3，四 4，五 5，六 6，七 7，八 8，九 9，十 10，百 11", nil, ErrMany},
	}
	for _, tt := range tests {
		got, err := ParsePrices(tt.in)
		if !reflect.DeepEqual(got, tt.want) || !errors.Is(err, tt.err) {
			t.Errorf("%q: %v, %v, want %v, %v", tt.in, got, err, tt.want, tt.err)
		}
	}
}

// TestParseHolidays reads dates and ranges with their reasons, on Monday 2026-11-23.
func TestParseHolidays(t *testing.T) {
	t.Parallel()
	tests := []struct {
		in, want string
		err      error
	}{
		{"12月1日 停电", "2026-12-01 2026-12-01 停电", nil},
		{"明天", "2026-11-24 2026-11-24 ", nil},
		{"今天休息", "2026-11-23 2026-11-23 ", nil},
		{"周六 休息（台风）", "2026-11-28 2026-11-28 台风", nil},
		{"2027-02-05到2027-02-12 春节", "2027-02-05 2027-02-12 春节", nil},
		{"2月5日-12日 春节放假", "2027-02-05 2027-02-12 春节", nil},
		{"12/30～1/3，元旦", "2026-12-30 2027-01-03 元旦", nil},
		{"11月30日到3号 装修 厨房", "2026-11-30 2026-12-03 装修 厨房", nil},
		{"12月1日 停电；12月5日 停水\n", "2026-12-01 2026-12-01 停电|2026-12-05 2026-12-05 停水", nil},
		{"11月20日到25日 装修", "2026-11-20 2026-11-25 装修", nil},
		{"11月22日 停电", "", ErrHolidayOver},
		{"", "", ErrHoliday}, {"停电", "", ErrHoliday}, {"国庆 10月1日", "", ErrHoliday},
		{"12月5日到12月1日 停电", "", ErrHoliday},
		{"2026-12-01到2027-03-31", "", ErrHoliday},
		{"2026-12-01到2027-03-30", "2026-12-01 2027-03-30 ", nil},
		{"明天 " + strings.Repeat("很", 21), "", community.ErrLong},
		{strings.Repeat("明天；", MaxHolidays+1), "", ErrMany},
	}
	for _, tt := range tests {
		list, err := ParseHolidays(tt.in, on("2026-11-23"))
		var got []string
		for _, h := range list {
			got = append(got, h.From.String()+" "+h.To.String()+" "+h.Reason)
		}
		if strings.Join(got, "|") != tt.want || !errors.Is(err, tt.err) {
			t.Errorf("%q: %q, %v, want %q, %v", tt.in, got, err, tt.want, tt.err)
		}
	}
}

// FuzzCanteen: what people write of a canteen is refused, or fits into its limits.
func FuzzCanteen(f *testing.F) {
	for _, s := range []string{"午餐 10:30-12:30，晚餐 无", "70岁以上 8元，其他 免费", "10月1日到7日 国庆；明天", "\xff午餐 十点到", "2月29日到"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if list, err := ParseOpenings(s); err == nil {
			for _, o := range list {
				if (o.Hours != calendar.Hours{}) && (o.From < 0 || o.From >= o.To || o.To > calendar.Midnight) {
					t.Errorf("%q: %v", s, o)
				}
			}
		}
		if list, err := ParsePrices(s); err == nil {
			for _, p := range list {
				if p.Cents < 0 || p.Cents > 999_999 || p.Who == "" || len([]rune(p.Who)) > community.MaxName {
					t.Errorf("%q: %v", s, p)
				}
			}
		}
		if list, err := ParseHolidays(s, on("2026-11-23")); err == nil {
			for _, h := range list {
				if h.To.Before(h.From) || h.To.Before(on("2026-11-23")) || h.To.Sub(h.From) >= MaxRest {
					t.Errorf("%q: %v", s, h)
				}
			}
		}
	})
}

// TestCanteens changes the list of canteens at its edges.
func TestCanteens(t *testing.T) {
	t.Parallel()
	all := Canteens{
		{ID: "hefan", Name: "和食堂", Communities: []string{"anju"}},
		{ID: "k1", Name: "旧食堂", Communities: []string{"anju", "c2"}, Closed: true},
		{ID: "k7", Name: "新食堂", Hours: []Opening{{Lunch, DefaultLunch}}},
	}
	before := slices.Clone(all)
	many := make([]string, MaxServed+1)
	for i := range many {
		many[i] = "m" + string(rune('A'+i))
	}
	got := func(c Canteen, err error) any {
		if err != nil {
			return err
		}
		return c
	}
	tests := []struct {
		name string
		got  any
		want any
	}{
		{"a new one", got(all.Add(" 三食堂 ", "c3")), Canteen{ID: "k8", Name: "三食堂", Communities: []string{"c3"}}},
		{"a name twice", got(all.Add("和食堂")), community.ErrTwice},
		{"no name", got(all.Add("三 食堂")), community.ErrName},
		{"a served community", got(all.Add("三食堂", "anju")), ErrServed},
		{"opened again", got(all.Add("旧食堂")), Canteen{ID: "k1", Name: "旧食堂", Communities: []string{"c2"}}},
		{"renamed", got(all.Rename("hefan", "幸福食堂")), Canteen{ID: "hefan", Name: "幸福食堂", Communities: []string{"anju"}}},
		{"renamed to another's", got(all.Rename("hefan", "旧食堂")), community.ErrTwice},
		{"renamed, unknown", got(all.Rename("x", "旧食堂")), community.ErrUnknown},
		{"renamed, closed", got(all.Rename("k1", "老食堂")), community.ErrClosed},
		{"closed twice", got(all.Close("k1")), community.ErrClosed},
		{"closed, unknown", got(all.Close("")), community.ErrUnknown},
		{"closed", got(all.Close("hefan")), Canteen{ID: "hefan", Name: "和食堂", Communities: []string{"anju"}, Closed: true}},
		{"serves", got(all.Serve("hefan", []string{"anju", "c2", "c2"})), Canteen{ID: "hefan", Name: "和食堂", Communities: []string{"anju", "c2"}}},
		{"serves another's", got(all.Serve("k7", []string{"anju"})), ErrServed},
		{"serves too many", got(all.Serve("hefan", many)), ErrMany},
		{"one meal changes", got(all.SetHours("k7", []Opening{{Dinner, calendar.Hours{From: 960, To: 1080}}})),
			Canteen{ID: "k7", Name: "新食堂", Hours: []Opening{{Lunch, DefaultLunch}, {Dinner, calendar.Hours{From: 960, To: 1080}}}}},
		{"too many prices", got(all.SetPrices("k7", make([]Price, MaxPrices+1))), ErrMany},
		{"a long address", got(all.SetAddress("k7", strings.Repeat("远", community.MaxWords+1))), community.ErrLong},
		{"no telephone", got(all.SetPhone("k7", "打我")), community.ErrPhone},
		{"the telephone of a closed one", got(all.SetPhone("k1", "")), community.ErrClosed},
	}
	for _, tt := range tests {
		if err, ok := tt.want.(error); ok {
			if is, _ := tt.got.(error); !errors.Is(is, err) {
				t.Errorf("%s: %v, want %v", tt.name, tt.got, err)
			}
			continue
		}
		if !reflect.DeepEqual(tt.got, tt.want) {
			t.Errorf("%s: %+v, want %+v", tt.name, tt.got, tt.want)
		}
	}
	if !reflect.DeepEqual(all, before) {
		t.Errorf("the list was changed: %+v", all)
	}
	if open := all.Open(); len(open) != 2 || open[1].ID != "k7" {
		t.Errorf("open are %+v", open)
	}
}

// TestHolidays adds, replaces and takes away holidays, and has questions know them.
func TestHolidays(t *testing.T) {
	t.Parallel()
	today := on("2026-11-23")
	day := func(from, to int, why string) Holiday { return Holiday{today.AddDays(from), today.AddDays(to), why} }
	all := Canteens{{ID: "k1", Name: "和食堂", Holidays: []Holiday{day(-9, -8, "过了"), day(1, 2, "停电"), day(10, 10, "停水")}}}
	c, err := all.Rest("k1", []Holiday{day(12, 12, "装修"), day(2, 3, "台风")}, today)
	if want := []Holiday{day(2, 3, "台风"), day(10, 10, "停水"), day(12, 12, "装修")}; err != nil || !reflect.DeepEqual(c.Holidays, want) {
		t.Errorf("%v, %v, want %v", c.Holidays, err, want)
	}
	if c, err = (Canteens{c}).Work("k1", []Holiday{day(3, 10, "")}, today); err != nil || !reflect.DeepEqual(c.Holidays, []Holiday{day(12, 12, "装修")}) {
		t.Errorf("%v, %v", c.Holidays, err)
	}
	if c, err = (Canteens{c}).Work("k1", nil, today); err != nil || len(c.Holidays) != 0 {
		t.Errorf("%v, %v", c.Holidays, err)
	}
	var many []Holiday
	for i := range MaxHolidays {
		many = append(many, day(20+2*i, 20+2*i, ""))
	}
	if _, err := all.Rest("k1", many, today); !errors.Is(err, ErrMany) {
		t.Errorf("too many holidays: %v", err)
	}
	if len(all[0].Holidays) != 3 || all[0].Holidays[1] != day(1, 2, "停电") {
		t.Errorf("the canteen was changed: %v", all[0].Holidays)
	}
}

// TestHolidayAnswers: on a holiday a canteen rests, whatever was published for it.
func TestHolidayAnswers(t *testing.T) {
	t.Parallel()
	monday := on("2026-11-23")
	var days []Day
	for i := range 3 {
		days = append(days, Day{Date: monday.AddDays(i), Meals: []Serving{{Lunch, []Dish{{Name: "红烧鱼"}}}}})
	}
	weeks := []Menu{{Monday: monday, Days: days}}
	c := Canteen{Holidays: []Holiday{{monday, monday.AddDays(1), "停电"}, {monday.AddDays(5), monday.AddDays(5), "台风"}, {monday.AddDays(7), monday.AddDays(13), "过年"}}}
	ask := func(q Question) Answer { return q.Answer(c, weeks, monday.At(9*60, china)) }
	named := func(n int) Question {
		return Question{Kind: AskDay, Day: calendar.Day{Date: monday.AddDays(n)}, HasDay: true}
	}
	for n, want := range map[int]string{0: "停电", 1: "停电", 5: "台风", 7: "过年"} {
		if a := ask(named(n)); a.Kind != Closed || a.Day.Reason != want {
			t.Errorf("day %d: %s %+v", n, a.Kind, a.Day)
		}
	}
	if a := ask(named(2)); a.Kind != Served {
		t.Errorf("the day after: %s", a.Kind)
	}
	if a := ask(Question{Kind: AskNext}); a.Kind != Closed || a.Next.Date != monday.AddDays(2) {
		t.Errorf("the next meal: %s, then %v", a.Kind, a.Next.Date)
	}
	if a := ask(Question{Kind: AskDish, Dish: "鱼"}); a.Kind != Found || len(a.Days) != 1 {
		t.Errorf("the dish: %s %v", a.Kind, a.Days)
	}
	if a := ask(Question{Kind: AskWeek, Monday: monday}); a.Kind != WholeWeek || len(a.Week.Days) != 4 || !a.Week.Days[0].Closed || !a.Week.Days[3].Closed {
		t.Errorf("the week: %s %+v", a.Kind, a.Week.Days)
	}
	if a := ask(Question{Kind: AskWeek, Monday: monday.AddDays(7)}); a.Kind != WholeWeek || len(a.Week.Days) != 7 {
		t.Errorf("a week of rest: %s %+v", a.Kind, a.Week.Days)
	}
	if weeks[0].Days[0].Closed {
		t.Error("the published week was changed")
	}
}
