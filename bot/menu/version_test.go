package menu

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestDiff(t *testing.T) {
	was := published(t, "周一 鱼、虾（12元）\n周二 鸡\n周三休息\n周四休息（台风）\n周五 午餐 面 晚餐 粥", "2026-11-23")
	tests := []struct{ paste, want string }{
		{"周一 虾（12元）、鱼", ""},
		{"周一 鱼、虾（15元）", "11-23 changed -虾 +虾"},
		{"周一 鱼", "11-23 changed -虾"},
		{"周一 鱼、虾（12元）、菜", "11-23 changed +菜"},
		{"周二 鸭", "11-24 changed -鸡 +鸭"},
		{"周二休息", "11-24 rests"},
		{"周三 鸡", "11-25 opens +鸡"},
		{"周三休息", ""},
		{"周四休息（停电）", "11-26 rests"},
		{"周五 午餐 粥 晚餐 面", "11-27 changed -面 -粥 +粥 +面"},
		{"周六 饼、汤", "11-28 new +饼 +汤"},
		{"周日休息", "11-29 new"},
	}
	for _, tt := range tests {
		draft, err := ParseText(tt.paste, on("2026-11-23"))
		if err != nil {
			t.Fatal(err)
		}
		if got := briefDiff(Diff(was, draft.Menu("he", was, 7, was.At))); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.paste, got, tt.want)
		}
	}
	if got := briefDiff(Diff(was, Menu{Monday: was.Monday})); got != "11-23 gone\n11-24 gone\n11-25 gone\n11-26 gone\n11-27 gone" {
		t.Errorf("nothing any more: %q", got)
	}
	before, after := Changes(was, was.With(Day{Date: on("2026-11-24"), Closed: true}))
	if before != "2026-11-24 周二：鸡" || after != "2026-11-24 周二：休息" {
		t.Errorf("for the trail: %q, %q", before, after)
	}
}

func briefDiff(diff []DayDiff) string {
	var lines []string
	for _, d := range diff {
		line := d.Date.String()[5:] + " " + string(d.Kind)
		for _, dish := range d.Out {
			line += " -" + dish.Name
		}
		for _, dish := range d.In {
			line += " +" + dish.Name
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n")
}

// TestDiffTells: a week differs from itself in nothing, and from another in what is another.
func TestDiffTells(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := aMenu.Draw(t, "a"), aMenu.Draw(t, "b")
		b = Draft{Monday: b.Monday, Days: b.Days}.Move(a.Monday.Sub(b.Monday)/7).Menu("", Menu{}, 0, b.At)
		if d := Diff(a, a); len(d) > 0 {
			t.Fatalf("from itself: %+v", d)
		}
		differ := map[string]bool{}
		for _, d := range Diff(a, b) {
			differ[d.Date.String()] = true
		}
		for _, date := range a.Monday.Week() {
			x, had := a.Day(date)
			y, has := b.Day(date)
			if equal := had == has && reflect.DeepEqual(x, y); !equal != differ[date.String()] && !sameDishes(x, y) {
				t.Fatalf("%v: %+v, %+v: %v", date, x, y, differ)
			}
		}
	})
}

// sameDishes tells whether days serve the same in another order.
func sameDishes(x, y Day) bool {
	if x.Closed != y.Closed || len(x.Meals) == 0 || len(y.Meals) == 0 {
		return false
	}
	count := map[string]int{}
	for _, s := range x.Meals {
		for _, d := range s.Dishes {
			count[fmt.Sprint(s.Meal, d)]++
		}
	}
	for _, s := range y.Meals {
		for _, d := range s.Dishes {
			count[fmt.Sprint(s.Meal, d)]--
		}
	}
	for _, n := range count {
		if n != 0 {
			return false
		}
	}
	return true
}

// TestUndo goes back step by step, and forward again by what is published anew.
func TestUndo(t *testing.T) {
	var versions []Menu // published, versions count from 1
	publish := func(dish string) {
		versions = append(versions, Menu{Version: int64(len(versions)) + 1, Days: []Day{{Reason: dish}}})
	}
	undo := func() string {
		newest := versions[len(versions)-1]
		n, err := newest.Before()
		if errors.Is(err, ErrFirst) {
			return "first"
		}
		before := Menu{}
		if n > 0 {
			before = versions[n-1]
		}
		m := newest.Undone(before, 7, newest.At)
		m.Version++
		versions = append(versions, m)
		if len(m.Days) == 0 {
			return "nothing"
		}
		return m.Days[0].Reason
	}
	for _, d := range []string{"a", "b", "c"} {
		publish(d)
	}
	var got []string
	for range 4 {
		got = append(got, undo())
	}
	publish("d")
	for range 2 {
		got = append(got, undo())
	}
	if want := []string{"b", "a", "nothing", "first", "nothing", "a"}; !reflect.DeepEqual(got, want) {
		t.Errorf("going back gives %v, want %v", got, want)
	}
	if _, err := (Menu{}).Before(); !errors.Is(err, ErrFirst) {
		t.Errorf("nothing was published: %v", err)
	}
}

func TestSoldOut(t *testing.T) {
	week := published(t, "周二 午餐 清蒸青鱼、青菜 晚餐 鱼丸汤\n周三 鸡汤", "2026-11-23")
	c := canteen
	tests := []struct{ name, sold, ask, clock, want string }{
		{"a dish that is asked for", "清蒸青鱼", "今天有鱼吗", "09:00", "served 2026-11-24 has 清蒸青鱼 鱼丸汤"},
		{"all of that dish", "清蒸青鱼 鱼丸汤", "今天有鱼吗", "09:00", "sold_out 2026-11-24 has 清蒸青鱼 鱼丸汤"},
		{"lunch", "清蒸青鱼 青菜", "/", "09:00", "served 2026-11-24 dinner"},
		{"everything", "清蒸青鱼 青菜 鱼丸汤", "/", "09:00", "sold_out 2026-11-24 next 2026-11-25 lunch"},
		{"everything, asked for today", "清蒸青鱼 青菜 鱼丸汤", "今天食堂吃什么", "09:00", "sold_out 2026-11-24 next 2026-11-25 lunch"},
		{"what was left when lunch was over", "鱼丸汤", "今天食堂吃什么", "13:00", "sold_out 2026-11-24 next 2026-11-25 lunch"},
		{"when all meals are over it does not matter", "清蒸青鱼 青菜 鱼丸汤", "今天食堂吃什么", "19:00", "past 2026-11-24 next 2026-11-25 lunch"},
		{"another dish", "豆腐", "今天食堂吃什么", "09:00", "served 2026-11-24"},
		{"tomorrow has nothing to do with it", "鸡汤", "明天食堂吃什么", "09:00", "served 2026-11-25"},
	}
	for _, tt := range tests {
		sold := SoldOut{"鸭": on("2026-11-23")}
		for dish := range strings.FieldsSeq(tt.sold) {
			sold[dish] = on("2026-11-24")
		}
		q, ok := asker.Ask(tt.ask, at(tt.clock), true)
		if tt.ask == "/" {
			q, ok = Question{Kind: AskNext}, true
		}
		a := q.Answer(c, sold.Mark([]Menu{week}, on("2026-11-24")), at(tt.clock))
		if got := answered(a); !ok || got != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
		}
	}
	if brief(week.Days[:1]) != "2026-11-24 清蒸青鱼 青菜 | dinner 鱼丸汤" || week.Days[0].Meals[0].Dishes[0].Gone {
		t.Error("the week was changed")
	}
}

func TestSoldNames(t *testing.T) {
	for _, tt := range []struct {
		words, want string
		out         bool
	}{
		{"红烧猪肉", "红烧猪肉", true}, {"红烧猪肉、 蛋汤，青菜", "红烧猪肉 蛋汤 青菜", true}, {"红烧猪肉卖完了", "红烧猪肉", true}, {"恢复 红烧猪肉", "红烧猪肉", false}, {"红烧猪肉 恢复", "红烧猪肉", false}, {"红烧猪肉又有了", "红烧猪肉", false},
		{"", "", true}, {strings.Repeat("鱼", MaxDish+1), "", true}, {strings.Repeat("鱼 ", 100), strings.TrimSpace(strings.Repeat("鱼 ", MaxDishes)), true},
	} {
		names, out := SoldNames(tt.words)
		if got := strings.Join(names, " "); got != tt.want || out != tt.out {
			t.Errorf("%.20q: %q, %v", tt.words, got, out)
		}
	}
}

// TestTopic: the same question in other words has the same topic, another day or dish not.
func TestTopic(t *testing.T) {
	now := at("09:00")
	topic := func(text string) string {
		q, ok := asker.Ask(text, now, true)
		if !ok {
			t.Fatalf("%q is no question", text)
		}
		return q.Topic()
	}
	groups := []string{
		"周二有鱼吗？ 今天有没有鱼 礼拜二食堂有魚么", "明天有鱼吗", "今天有西红柿吗 周二有番茄没有", "今天食堂吃什么 周二的菜单", "食堂有什么菜 食堂吃什么", "食堂中午吃什么", "今天中午吃啥 周二午饭食堂烧什么",
		"本周菜单 这周食堂吃什么", "下周菜单", "食堂几点开门 食堂营业时间", "食堂多少钱一餐 70岁以上多少钱", "食堂哪天有鱼 食堂有鱼吗", "这周哪天有鱼",
	}
	seen := map[string]string{}
	for _, g := range groups {
		var first string
		for text := range strings.FieldsSeq(g) {
			got := topic(text)
			if first == "" {
				first = got
			}
			if other, taken := seen[got]; got != first || taken && other != g || len(got) != 16 {
				t.Errorf("%s: %s, of %s, first %s", text, got, other, first)
			}
			seen[got] = g
		}
	}
}

func TestShownDates(t *testing.T) {
	this := published(t, seed+"\n周三 鱼香肉丝\n周五休息", "2026-11-23")
	for ask, want := range map[string]string{
		"今天食堂吃什么": "2026-11-24", "本周菜单": "2026-11-24 2026-11-25", "周三有鱼吗": "2026-11-24 2026-11-25", "食堂几点开门": "", "昨天食堂吃什么": "", "周五食堂吃什么": "", "下周菜单": "", "食堂哪天有鱼": "2026-11-24",
	} {
		q, ok := asker.Ask(ask, at("09:00"), true)
		var dates []string
		for _, d := range q.Answer(canteen, []Menu{this}, at("09:00")).Shown(on("2026-11-24")) {
			dates = append(dates, d.String())
		}
		if got := strings.Join(dates, " "); !ok || len(dates) != len(strings.Fields(want)) || !containsAll(dates, strings.Fields(want)) {
			t.Errorf("%s shows %s, want %s", ask, got, want)
		}
	}
}

func containsAll(list, want []string) bool {
	for _, w := range want {
		if !strings.Contains(strings.Join(list, " "), w) {
			return false
		}
	}
	return true
}

func TestAgainst(t *testing.T) {
	d, err := ParseText("周一 鱼\n周二 虾\n周三 鸡", on("2026-11-23"))
	if err != nil {
		t.Fatal(err)
	}
	old := published(t, "周四 鸭", "2026-11-23")
	doubts := func(d Draft) (s string) {
		for _, x := range d.Doubts {
			s += " " + string(x.Kind) + x.Date.String()[7:]
		}
		return strings.TrimSpace(s)
	}
	for _, tt := range []struct {
		d     Draft
		old   Menu
		today string
		want  string
	}{
		{d, Menu{}, "2026-11-23", "day_missing-26 day_missing-27"},
		{d, old, "2026-11-23", "day_missing-27"},
		{d, old, "2026-11-29", "day_missing-27"},
		{d, old, "2026-10-23", "day_missing-27"},
		{d, old, "2026-10-22", "far_week-23 day_missing-27"},
		{d, old, "2026-11-30", "past_week-23 day_missing-27"},
		{d.Against(old, on("2026-11-30")).Move(1), Menu{}, "2026-11-30", "day_missing-04"},
	} {
		if got := doubts(tt.d.Against(tt.old, on(tt.today))); got != tt.want {
			t.Errorf("on %s: %s, want %s", tt.today, got, tt.want)
		}
	}
	for today, want := range map[string]int{"2026-11-23": 1, "2026-11-29": 1, "2026-11-30": 1, "2026-11-22": -1, "2026-12-07": 2} {
		if got := d.Away(on(today)); got != want {
			t.Errorf("on %s it moves %d weeks, want %d", today, got, want)
		}
	}
}
