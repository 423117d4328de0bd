package menu

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"time"

	"xingfuli/bot/calendar"
)

var canteen = Canteen{
	ID: "he", Name: "和食堂", Communities: []string{"安居小区", "世纪花园小区"},
	Hours:  []Opening{{Lunch, calendar.Hours{From: 10*60 + 30, To: 12*60 + 30}}, {Dinner, calendar.Hours{From: 16*60 + 30, To: 18 * 60}}},
	Prices: []Price{{"70岁以上", 800}, {"其他居民", 1500}},
}

// published is a week from a paste, published on its Monday at eight.
func published(t *testing.T, paste, monday string) Menu {
	t.Helper()
	draft, err := ParseText(paste, on(monday))
	if err != nil {
		t.Fatal(err)
	}
	m := draft.Menu("he", Menu{}, 7, on(monday).At(8*60, china))
	if m.Monday != on(monday) {
		t.Fatalf("the paste is for the week of %v", m.Monday)
	}
	return m
}

// answered writes an answer as "served 2026-11-24 [清蒸青鱼] next 2026-11-25 lunch".
func answered(a Answer) string {
	words := []string{string(a.Kind)}
	add := func(label string, d calendar.Date) {
		if !d.IsZero() {
			words = append(words, label, d.String())
		}
	}
	add("", a.Day.Date)
	words = append(words, string(a.Meal))
	if a.Latest {
		add("latest for", a.Asked)
	}
	if len(a.Dishes) > 0 {
		words = append(words, "has", strings.Join(a.Dishes, " "))
	}
	for _, d := range a.Days {
		words = append(words, "+"+d.Date.String()[5:])
		for _, dish := range d.Dishes("") {
			words = append(words, dish.Name)
		}
	}
	add("week", a.Week.Monday)
	add("next", a.Next.Date)
	words = append(words, string(a.NextMeal))
	add("last", a.Last.Date)
	return strings.Join(strings.Fields(strings.Join(words, " ")), " ")
}

func TestAnswer(t *testing.T) {
	this := published(t, seed+"\n周三 鱼香肉丝、素鸡\n周四 午餐 排骨汤 晚餐 白粥\n周五休息（停电）", "2026-11-23")
	coming := published(t, "周一 红烧带鱼、米饭\n周三 鸡汤", "2026-11-30")
	older := published(t, "周五 红烧肉\n周六 年糕", "2026-11-16")
	all := []Menu{coming, older, this}
	tests := []struct {
		name, text string
		now        time.Time
		weeks      []Menu
		want       string
	}{
		{"fish on Tuesday", "周二有鱼吗？", at("09:00"), all, "served 2026-11-24 has 清蒸青鱼 +11-30 红烧带鱼"},
		{"no fish on Wednesday", "周三有鱼吗？", at("09:00"), all, "served 2026-11-25 +11-24 清蒸青鱼 +11-30 红烧带鱼"},
		{"no chicken in 素鸡", "周三有鸡吗？", at("09:00"), all, "served 2026-11-25 +11-24 鸡肉炖土豆 +12-02 鸡汤"},
		{"shrimp in the soup of yesterday", "昨天有虾吗", at("09:00"), all, "served 2026-11-23 has 紫菜虾米汤"},
		{"which days of the week", "这周哪天有排骨", at("09:00", 26), all, "found +11-24 排骨豆腐汤 +11-26 排骨汤"},
		{"which days from now on", "食堂哪天有排骨", at("12:30"), all, "found +11-26 排骨汤"},
		{"no day has it", "食堂哪天有螃蟹", at("09:00"), all, "not_found"},
		{"a week that is not published", "下周有鱼吗", at("09:00"), []Menu{this}, "unpublished 2026-11-30 +11-24 清蒸青鱼 week 2026-11-30 last 2026-11-23"},

		{"before lunch", "/", at("08:00"), all, "served 2026-11-24 lunch"},
		{"in lunch", "/", at("12:29"), all, "served 2026-11-24 lunch"},
		{"lunch is over", "/", at("12:30"), all, "past 2026-11-24 next 2026-11-25 lunch"},
		{"between lunch and dinner", "/", at("13:00", 26), all, "served 2026-11-26 dinner"},
		{"after dinner, over a rest", "/", at("18:00", 26), all, "past 2026-11-26 next 2026-11-30 lunch"},
		{"a rest today", "/", at("09:00", 27), all, "closed 2026-11-27 next 2026-11-30 lunch"},
		{"Sunday gives Monday", "/", at("09:00", 29), all, "served 2026-11-30 lunch"},
		{"Sunday without a next week", "/", at("09:00", 29), []Menu{this}, "unpublished 2026-11-29"},
		{"a working day that is missing", "/", at("09:00", 25), []Menu{coming, older}, "unpublished 2026-11-25 next 2026-11-30 lunch last 2026-12-02"},
		{"a working day that is missing, past lunch", "/", at("12:30", 25), []Menu{coming, older}, "served 2026-11-30 lunch"},
		{"no menu at all", "/", at("09:00"), nil, "unpublished 2026-11-24"},
		{"a dinner to come", "/晚餐", at("09:00"), all, "served 2026-11-26 dinner"},

		{"today before lunch", "今天食堂吃什么", at("09:00"), all, "served 2026-11-24"},
		{"today after lunch", "今天食堂吃什么", at("12:30"), all, "past 2026-11-24 next 2026-11-25 lunch"},
		{"today between meals", "今天食堂吃什么", at("13:00", 26), all, "served 2026-11-26"},
		{"today's lunch between meals", "今天中午食堂吃什么", at("13:00", 26), all, "past 2026-11-26 lunch next 2026-11-26 dinner"},
		{"today's last meal, nothing after it", "今天食堂吃什么", at("19:00", 26), []Menu{this}, "past 2026-11-26"},
		{"fish today, after lunch", "今天有鱼吗", at("12:31"), all, "past 2026-11-24 has 清蒸青鱼 +11-30 红烧带鱼 next 2026-11-25 lunch"},
		{"a meal that is not served", "今晚食堂吃什么", at("09:00"), all, "no_meal 2026-11-24 dinner"},
		{"a rest", "周五食堂吃什么", at("09:00"), all, "closed 2026-11-27 next 2026-11-30 lunch"},
		{"a bare weekday falls back", "周六食堂吃什么", at("09:00"), all, "served 2026-11-21 latest for 2026-11-28"},
		{"not to a rest", "周五食堂吃什么", at("09:00", 28), all, "served 2026-11-20 latest for 2026-12-04"},
		{"a bare weekday with a dish falls back", "周二有鱼吗", at("09:00", 25), []Menu{this}, "served 2026-11-24 latest for 2026-12-01 has 清蒸青鱼"},
		{"a bare weekday never published", "周日食堂吃什么", at("09:00"), all, "unpublished 2026-11-29 next 2026-11-30 lunch"},
		{"a date does not fall back", "下周二食堂吃什么", at("09:00"), all, "unpublished 2026-12-01 next 2026-12-02 lunch last 2026-11-24"},
		{"yesterday", "昨天食堂吃什么", at("20:00", 25), all, "served 2026-11-24"},
		{"the week", "本周菜单", at("09:00"), all, "week week 2026-11-23"},
		{"next week", "下周菜单", at("09:00"), all, "week week 2026-11-30"},
		{"a week that is missing", "下周菜单", at("09:00"), []Menu{this}, "unpublished 2026-11-30 week 2026-11-30 last 2026-11-23"},
		{"hours", "食堂几点开门", at("09:00"), all, "hours"},
		{"prices", "70岁以上多少钱", at("09:00"), nil, "prices"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			q, ok := asker.Ask(tt.text, tt.now, false)
			if arg, command := strings.CutPrefix(tt.text, "/"); command {
				var err error
				q, err = asker.Args(arg, tt.now)
				ok = err == nil
			}
			if !ok {
				t.Fatalf("%q is no question", tt.text)
			}
			a := q.Answer(canteen, tt.weeks, tt.now)
			if got := answered(a); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
			if a.Question != q || a.Canteen.ID != "he" {
				t.Errorf("the answer is to %+v of %s", a.Question, a.Canteen.ID)
			}
			if len(tt.weeks) == 3 && !a.Changed.Equal(coming.At) {
				t.Errorf("changed at %v", a.Changed)
			}
		})
	}
	if brief(all[2].Days) != brief(this.Days) || all[0].Monday != coming.Monday {
		t.Error("the weeks were changed")
	}
}

func TestOpenings(t *testing.T) {
	if got := (Canteen{}).Openings(); !reflect.DeepEqual(got, []Opening{{Lunch, DefaultLunch}}) {
		t.Errorf("without hours: %v", got)
	}
	if h, ok := (Canteen{}).Open(Dinner); ok {
		t.Errorf("dinner without hours is %v", h)
	}
	// A dinner without hours lasts to midnight.
	weeks := []Menu{published(t, "周二 晚餐 白粥", "2026-11-23")}
	q := Question{Kind: AskNext}
	if a := q.Answer(Canteen{}, weeks, at("23:59")); a.Kind != Served || a.Meal != Dinner {
		t.Errorf("a minute to midnight: %s", answered(a))
	}
}

func TestJSON(t *testing.T) {
	m := published(t, seed+"\n周三 晚餐 鱼（12元）\n周六休息（停电）", "2026-11-23")
	m.Version = 2
	for _, v := range []any{m, canteen, Question{Kind: AskDish, Dish: "鱼", HasDay: true, Day: calendar.Day{Date: m.Monday, Bare: true}}} {
		body, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		back := reflect.New(reflect.TypeOf(v))
		if err := json.Unmarshal(body, back.Interface()); err != nil {
			t.Fatal(err)
		}
		if m, ok := back.Interface().(*Menu); ok {
			m.At = m.At.In(china)
		}
		again, err := json.Marshal(back.Interface())
		if err != nil || string(again) != string(body) {
			t.Errorf("wrote %s\nread  %s, %v", body, again, err)
		}
	}
}

func TestNames(t *testing.T) {
	m := published(t, "周一 鱼、虾\n周二 鱼", "2026-11-23")
	if got := Names(m, m); !reflect.DeepEqual(got, []string{"虾", "鱼"}) {
		t.Errorf("the names are %v", got)
	}
	if got := Names(); len(got) != 0 {
		t.Errorf("no menus have %v", got)
	}
}

func TestWith(t *testing.T) {
	m := published(t, "周一 鱼\n周三 虾", "2026-11-23")
	fish, shrimp := m.Days[0], m.Days[1]
	got := m.With(Day{Date: on("2026-11-24"), Closed: true}, Day{Date: on("2026-11-25"), Closed: true}, Day{Date: on("2026-11-30"), Closed: true})
	if want := "2026-11-23 鱼\n2026-11-24 closed\n2026-11-25 closed"; brief(got.Days) != want {
		t.Errorf("got\n%s", brief(got.Days))
	}
	if !reflect.DeepEqual(m.Days, []Day{fish, shrimp}) {
		t.Error("the menu was changed")
	}
}
