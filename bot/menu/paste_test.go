package menu

import (
	"errors"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"xingfuli/bot/calendar"
)

// The seed's Monday and Tuesday, as the neighbourhood writes them.
const seed = "周一红烧猪肉、西红柿炒蛋、清炒花菜、紫菜虾米汤；周二鸡肉炖土豆、清蒸青鱼、清炒芥菜、排骨豆腐汤"

func on(text string) calendar.Date {
	d, err := calendar.Parse(text)
	if err != nil {
		panic(err)
	}
	return d
}

// brief writes days as "2026-11-23 红烧猪肉 紫菜虾米汤 | dinner 白粥", a rest as "2026-11-28 closed 台风".
func brief(days []Day) string {
	var lines []string
	for _, d := range days {
		line := d.Date.String()
		if d.Closed {
			line += strings.TrimRight(" closed "+d.Reason, " ")
		}
		for i, s := range d.Meals {
			if i > 0 {
				line += " |"
			}
			if s.Meal != Lunch {
				line += " " + string(s.Meal)
			}
			for _, dish := range s.Dishes {
				line += " " + strings.ReplaceAll(dish.Name, " ", "_")
				if dish.Cents > 0 {
					line += "=" + strings.TrimSuffix(strings.TrimSuffix(dishesText([]Dish{dish})[len(dish.Name)+len("（"):], "）"), "元")
				}
			}
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n")
}

func TestParseText(t *testing.T) {
	tuesday := on("2026-11-24")
	const seedDays = "2026-11-23 红烧猪肉 西红柿炒蛋 清炒花菜 紫菜虾米汤\n2026-11-24 鸡肉炖土豆 清蒸青鱼 清炒芥菜 排骨豆腐汤"
	tests := []struct {
		name, paste string
		today       calendar.Date
		want        string
		doubts      []DoubtKind
	}{
		{"the seed", seed, tuesday, seedDays, nil},
		{"the seed quoted, with a tail", "“" + seed + "……”", tuesday, seedDays, nil},
		{"a day a line", "周一：红烧猪肉、西红柿炒蛋、清炒花菜、紫菜虾米汤\n周二：鸡肉炖土豆、清蒸青鱼、清炒芥菜、排骨豆腐汤\n", tuesday, seedDays, nil},
		{"half-width", "周一: 红烧猪肉, 西红柿炒蛋, 清炒花菜, 紫菜虾米汤;\r\n周二: 鸡肉炖土豆, 清蒸青鱼, 清炒芥菜, 排骨豆腐汤.", tuesday, seedDays, nil},
		{"full-width digits, traditional", "星期１　紅燒豬肉　魚湯\n禮拜２　清蒸青魚", tuesday, "2026-11-23 紅燒豬肉 魚湯\n2026-11-24 清蒸青魚", nil},
		{"礼拜 and blanks", "礼拜三 红烧肉 青菜 蛋汤\n礼拜天 白粥", tuesday, "2026-11-25 红烧肉 青菜 蛋汤\n2026-11-29 白粥", []DoubtKind{DayMissing, DayMissing, DayMissing}},
		{"the dishes below the day", "【周一】\n红烧猪肉\n西红柿炒蛋\n\n【周二】\n清蒸青鱼\n", tuesday, "2026-11-23 红烧猪肉 西红柿炒蛋\n2026-11-24 清蒸青鱼", nil},
		{"numbered", "周一：1.红烧肉 2.青菜 3.蛋汤\n周二：①鱼②虾 ③汤\n周三：1、米饭、2、馒头", tuesday, "2026-11-23 红烧肉 青菜 蛋汤\n2026-11-24 鱼 虾 汤\n2026-11-25 米饭 馒头", []DoubtKind{DayMissing, DayMissing}},
		{"emoji", "🍚周一🍖红烧肉🥬青菜\n1️⃣ 周二 🐟 清蒸鱼 😋", tuesday, "2026-11-23 红烧肉 青菜\n2026-11-24 清蒸鱼", nil},
		{"a title", "和食堂本周菜单\n周一 红烧肉\n周二 鱼", tuesday, "2026-11-23 红烧肉\n2026-11-24 鱼", nil},
		{"a title without the word", "安居小区和食堂\n周一 红烧肉\n周二 鱼", tuesday, "2026-11-23 红烧肉\n2026-11-24 鱼", nil},
		{"a title for next week", "下周菜单：\n周一 红烧肉\n周二 鱼", tuesday, "2026-11-30 红烧肉\n2026-12-01 鱼", nil},
		{"a title with dates", "水头和食堂6月22日-26日菜谱\n周一：红烧肉\n周五：鱼", on("2026-06-20"), "2026-06-22 红烧肉\n2026-06-26 鱼", []DoubtKind{DayMissing, DayMissing, DayMissing}},
		{"one day's title", "周二菜单：红烧肉、青菜", tuesday, "2026-11-24 红烧肉 青菜", nil},
		{"today's title", "今日菜单\n红烧肉、今日例汤", tuesday, "2026-11-24 红烧肉 今日例汤", nil},
		{"a date's title", "6月23日菜单\n红烧肉", on("2026-06-20"), "2026-06-23 红烧肉", nil},
		{"dates", "6月22日：红烧肉、青菜\n6/23 鱼\n6.24 虾", on("2026-06-20"), "2026-06-22 红烧肉 青菜\n2026-06-23 鱼\n2026-06-24 虾", []DoubtKind{DayMissing, DayMissing}},
		{"weekday and date", "周一（6月22日）：红烧肉\n6/23 周二：鱼\n周三6.24 虾", on("2026-06-20"), "2026-06-22 红烧肉\n2026-06-23 鱼\n2026-06-24 虾", []DoubtKind{DayMissing, DayMissing}},
		{"weekday and date disagree", "周一（6月23日）：红烧肉", on("2026-06-20"), "2026-06-23 红烧肉", []DoubtKind{WrongDay}},
		{"sections in a day", "周一\n午餐：红烧肉、青菜\n晚餐：白粥、馒头\n周二 午餐 鱼；晚餐 面条", tuesday, "2026-11-23 红烧肉 青菜 | dinner 白粥 馒头\n2026-11-24 鱼 | dinner 面条", nil},
		{"sections around days", "午餐\n周一：红烧肉\n周二：鱼\n晚餐\n周一：白粥\n周二：面条", tuesday, "2026-11-23 红烧肉 | dinner 白粥\n2026-11-24 鱼 | dinner 面条", nil},
		{"dinner only", "周三晚餐：白粥", tuesday, "2026-11-25 dinner 白粥", nil},
		{"luncheon meat is a dish", "周一：午餐肉炒蛋、青菜\n周二：午餐肉末茄子", tuesday, "2026-11-23 午餐肉炒蛋 青菜\n2026-11-24 肉末茄子", nil},
		{"rests", "周五 鱼\n周六休息（台风，停电）\n周日：不营业", tuesday, "2026-11-27 鱼\n2026-11-28 closed 台风 停电\n2026-11-29 closed", nil},
		{"two days rest", "周五 鱼\n周六、周日休息", tuesday, "2026-11-27 鱼\n2026-11-28 closed\n2026-11-29 closed", nil},
		{"a span rests", "周一到周三国庆放假\n周四 鱼", tuesday, "2026-11-23 closed 国庆\n2026-11-24 closed 国庆\n2026-11-25 closed 国庆\n2026-11-26 鱼", nil},
		{"a rest with a colon", "周六休息：台风", tuesday, "2026-11-28 closed 台风", nil},
		{"a meal rests", "周五 鱼\n晚餐 休息", tuesday, "2026-11-27 鱼", nil},
		{"prices", "周一：红烧肉（12元）、青菜3元、鱼￥18.5、蛋汤 2块\n周二：虾15元/份", tuesday, "2026-11-23 红烧肉=12 青菜=3 鱼=18.5 蛋汤=2\n2026-11-24 虾=15", nil},
		{"remarks in brackets stay", "周二：红烧肉（微辣、少油）、青菜", tuesday, "2026-11-24 红烧肉（微辣、少油） 青菜", nil},
		{"labels", "周二 荤菜：红烧肉、鱼 素菜：青菜 汤：蛋汤", tuesday, "2026-11-24 红烧肉 鱼 青菜 蛋汤", nil},
		{"HTML", "周二：<b>红烧肉</b>、A&B汤", tuesday, "2026-11-24 <b>红烧肉< b> A&B汤", nil},
		{"a remark at the end", "周二：红烧肉\n注：菜品如有变动，以当天为准", tuesday, "2026-11-24 红烧肉", []DoubtKind{NotUsed}},
		{"a date below", "周二：红烧肉\n2026年11月20日", tuesday, "2026-11-24 红烧肉", nil},
		{"a meal twice", "周二：红烧肉\n周二：鱼", tuesday, "2026-11-24 红烧肉 鱼", []DoubtKind{DayTwice}},
		{"a dish twice", "周二：红烧肉、红烧肉", tuesday, "2026-11-24 红烧肉", []DoubtKind{DishTwice}},
		{"another week", "11月24日 鱼\n12月1日 虾", tuesday, "2026-11-24 鱼", []DoubtKind{OtherWeek}},
		{"a sentence", "周二：今天没有买到鱼所以只有红烧肉了", tuesday, "2026-11-24 今天没有买到鱼所以只有红烧肉了", []DoubtKind{DishUnusual}},
		{"every named day is past", seed, on("2026-11-25"), strings.NewReplacer("11-23", "11-30", "11-24", "12-01").Replace(seedDays), nil},
		{"one named day is today", seed, on("2026-11-24"), seedDays, nil},
		{"Friday is this week", "周五 鱼", on("2026-11-27"), "2026-11-27 鱼", nil},
		{"Saturday is next week", "周六 鱼", on("2026-11-28"), "2026-12-05 鱼", nil},
		{"Sunday is next week", seed, on("2026-11-22"), seedDays, nil},
		{"下周 by the day", "下周一 鱼、下周二 虾", tuesday, "2026-11-30 鱼\n2026-12-01 虾", nil},
		{"days in short", "周一、三、五：米饭\n周二四 面条\n周六日休息", tuesday, "2026-11-23 米饭\n2026-11-24 面条\n2026-11-25 米饭\n2026-11-26 面条\n2026-11-27 米饭\n2026-11-28 closed\n2026-11-29 closed", nil},
		{"what only looks like a day in short", "周一三鲜汤、五花肉\n周二、三丝炒面、一品豆腐", tuesday, "2026-11-23 三鲜汤 五花肉\n2026-11-24 三丝炒面 一品豆腐", nil},
		{"dates with a number for the weekday", "11/23（一）红烧肉、青菜\n11/24(三) 鱼", tuesday, "2026-11-23 红烧肉 青菜\n2026-11-24 鱼", []DoubtKind{WrongDay}},
		{"a breakfast", "周一早餐 粥、包子 午餐 红烧肉、青菜 晚餐 面条\n周二早餐：早餐饼", on("2026-11-23"), "2026-11-23 红烧肉 青菜 | dinner 面条", []DoubtKind{NotUsed, NotUsed, NotUsed}},
		{"a rest for a reason, in a sentence", "周五因停电停餐一天\n周六改成休息\n周日休息一天", tuesday, "2026-11-27 closed 停电\n2026-11-28 closed\n2026-11-29 closed", nil},
		{"kinds of dishes without a colon", "周二 大荤 红烧肉 素菜 青菜 汤 蛋汤", tuesday, "2026-11-24 红烧肉 青菜 汤 蛋汤", nil},
		{"bars, arrows and pluses", "周一｜红烧肉｜青菜\n周二👉鱼→豆腐\n周三：鸡+土豆丝+蛋汤", tuesday, "2026-11-23 红烧肉 青菜\n2026-11-24 鱼 豆腐\n2026-11-25 鸡 土豆丝 蛋汤", []DoubtKind{DayMissing, DayMissing}},
		{"a notice around it", "各位老年朋友大家好！本周食堂菜单如下：\n星期一：红烧肉，青菜。\n星期二：带鱼，白菜。\n欢迎大家前来用餐！电话：0577-1", tuesday, "2026-11-23 红烧肉 青菜\n2026-11-24 带鱼 白菜", []DoubtKind{NotUsed}},
		{"over New Year", "1月1日 休息\n12月31日 年糕", on("2026-12-30"), "2026-12-31 年糕\n2027-01-01 closed", nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			draft, err := ParseText(tt.paste, tt.today)
			if err != nil {
				t.Fatal(err)
			}
			if got := brief(draft.Days); got != tt.want {
				t.Errorf("got\n%s\nwant\n%s", got, tt.want)
			}
			var kinds []DoubtKind
			for _, d := range draft.Doubts {
				kinds = append(kinds, d.Kind)
			}
			if !reflect.DeepEqual(kinds, tt.doubts) {
				t.Errorf("doubts are %+v, want %v", draft.Doubts, tt.doubts)
			}
		})
	}
}

func TestParseTextRefuses(t *testing.T) {
	dishes := func(n int) string {
		list := make([]string, n)
		for i := range list {
			list[i] = strings.Repeat("菜", i+1)
		}
		return "周一：" + strings.Join(list, "、")
	}
	tests := []struct {
		name, paste string
		want        error
	}{
		{"empty", "", ErrNothing}, {"blank", " \n　\n", ErrNothing}, {"a chat line", "大家好", ErrNothing}, {"a title only", "本周菜单", ErrNothing},
		{"dishes without a day", "红烧肉、青菜", ErrNothing}, {"days without dishes", "周一 周二 周三", ErrNothing}, {"not text", "\xff\xfe\x00", ErrNothing},
		{"thirty runes", "周一：" + strings.Repeat("鱼", MaxDish), nil}, {"one rune more", "周一：" + strings.Repeat("鱼", MaxDish+1), ErrDishLong},
		{"a long reason", "周一：休息（" + strings.Repeat("鱼", MaxDish+1) + "）", ErrDishLong},
		{"twenty dishes", dishes(MaxDishes), nil}, {"one dish more", dishes(MaxDishes + 1), ErrDishMany},
		{"all the text there may be", "周一：鱼" + strings.Repeat(" ", MaxText-4), nil}, {"one rune too many", "周一：鱼" + strings.Repeat(" ", MaxText-3), ErrLong},
	}
	for _, tt := range tests {
		if _, err := ParseText(tt.paste, on("2026-11-24")); !errors.Is(err, tt.want) {
			t.Errorf("%s: %v, want %v", tt.name, err, tt.want)
		}
	}
}

func TestIsMenu(t *testing.T) {
	for text, want := range map[string]bool{
		seed: true, "周二：红烧肉\n青菜\n蛋汤": true, "周二 鱼→虾": true, "明天：红烧肉、青菜、蛋汤": true,
		"周二有鱼、有肉、有蛋吗？": false, "周二有鱼吗": false, "周二鱼": false, "红烧肉、青菜、蛋汤": false, "": false, "大家好，我是新来的，请多关照": false, "周二 鱼→虾、菜": false, "本周菜单": false,
	} {
		if got := IsMenu(text, on("2026-11-24")); got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
}

func TestDraft(t *testing.T) {
	draft, err := ParseText(seed+"；周三鱼", on("2026-11-24"))
	if err != nil {
		t.Fatal(err)
	}
	later := draft.Move(1)
	if later.Monday != on("2026-11-30") || later.Days[0].Date != on("2026-11-30") || draft.Days[0].Date != on("2026-11-23") {
		t.Errorf("moved to %v, %v; the draft is on %v", later.Monday, later.Days[0].Date, draft.Days[0].Date)
	}
	old := Menu{Canteen: "he", Monday: draft.Monday, Version: 3, Days: []Day{
		{Date: on("2026-11-25"), Meals: []Serving{{Lunch, []Dish{{Name: "虾"}}}}},
		{Date: on("2026-11-27"), Closed: true},
	}}
	got := draft.Menu("he", old, 7, old.At)
	if want := "2026-11-25 鱼\n2026-11-27 closed"; !strings.HasSuffix(brief(got.Days), want) || len(got.Days) != 4 || got.Version != 3 || got.By != 7 {
		t.Errorf("published over the old menu: %+v", got)
	}
	if brief(old.Days) != "2026-11-25 虾\n2026-11-27 closed" {
		t.Errorf("the old menu was changed: %s", brief(old.Days))
	}
	if got := later.Menu("he", old, 7, old.At); len(got.Days) != 3 || got.Version != 0 {
		t.Errorf("another week kept days of the old menu: %+v", got)
	}
}

// dishName draws a name that is a dish and nothing else in a paste.
var dishName = rapid.Custom(func(t *rapid.T) string {
	how := rapid.SampledFrom([]string{"红烧", "清炒", "清蒸", "排骨", "Fried ", "鱼香", "1 ", "午餐肉", "<&>"}).Draw(t, "how")
	what := rapid.StringOfN(rapid.RuneFrom([]rune("猪肉青鱼豆腐虾米汤蛋花菜椒-和一二三周天AZaz09&<>'\"")), 1, 10, -1).Draw(t, "what")
	remark := rapid.SampledFrom([]string{"", "", "（微辣）", "(小份、少油)"}).Draw(t, "remark")
	return how + what + remark
}).Filter(func(s string) bool {
	part, label := segment(s)
	return !label && part == s && dishOf(s) == Dish{Name: s}
})

var aMenu = rapid.Custom(func(t *rapid.T) Menu {
	m := Menu{Monday: on("2026-11-23").AddDays(7 * rapid.IntRange(-200, 200).Draw(t, "weeks"))}
	for i := range 7 {
		d := Day{Date: m.Monday.AddDays(i)}
		switch rapid.IntRange(0, 4).Draw(t, "kind") {
		case 0:
			continue
		case 1:
			d.Closed, d.Reason = true, rapid.SampledFrom([]string{"", "台风", "国庆 放假", "停电 A1"}).Draw(t, "reason")
		case 2:
			d.Meals = []Serving{{Dinner, dishes(t)}}
		case 3:
			d.Meals = []Serving{{Lunch, dishes(t)}, {Dinner, dishes(t)}}
		default:
			d.Meals = []Serving{{Lunch, dishes(t)}}
		}
		m.Days = append(m.Days, d)
	}
	return m
}).Filter(func(m Menu) bool { return len(m.Days) > 0 })

func dishes(t *rapid.T) []Dish {
	var list []Dish
	for _, name := range rapid.SliceOfNDistinct(dishName, 1, 6, rapid.ID).Draw(t, "dishes") {
		cents := rapid.SampledFrom([]int64{0, 0, 1200, 1250, 5, 999999}).Draw(t, "cents")
		list = append(list, Dish{Name: name, Cents: cents})
	}
	return list
}

// What is written down reads back the same, on whatever day.
func TestTextReadsBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := aMenu.Draw(t, "menu")
		today := m.Monday.AddDays(rapid.IntRange(-400, 400).Draw(t, "today"))
		draft, err := ParseText(m.Text(), today)
		if err != nil {
			t.Fatalf("%v\n%s", err, m.Text())
		}
		if !reflect.DeepEqual(draft.Days, m.Days) || draft.Monday != m.Monday {
			t.Fatalf("wrote\n%s\nread\n%s", m.Text(), brief(draft.Days))
		}
	})
}

func FuzzParseText(f *testing.F) {
	for _, s := range []string{seed, "周一\n午餐：红烧肉（12元）\n晚餐：休息", "6月20日-6月24日菜单\n周一 鱼", "周六、周日休息（台风）", "【周一】1.鱼 2.虾", "<b>周一</b>", "今日菜单：今日例汤", "周一到周日 a(b、c)d", "\xff周一x", "下周菜单 mon fish"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		today := on("2026-11-24")
		draft, err := ParseText(s, today)
		if err != nil {
			return
		}
		for _, d := range draft.Days {
			if d.Date.Monday() != draft.Monday || d.Closed == (len(d.Meals) > 0) || utf8.RuneCountInString(d.Reason) > MaxDish {
				t.Fatalf("%q: %+v", s, d)
			}
			for _, meal := range d.Meals {
				if len(meal.Dishes) == 0 || len(meal.Dishes) > MaxDishes {
					t.Fatalf("%q: %d dishes", s, len(meal.Dishes))
				}
				for _, dish := range meal.Dishes {
					if n := utf8.RuneCountInString(dish.Name); n == 0 || n > MaxDish {
						t.Fatalf("%q: a dish of %d runes", s, n)
					}
				}
			}
		}
		text := Menu{Monday: draft.Monday, Days: draft.Days}.Text()
		again, err := ParseText(text, today)
		if errors.Is(err, ErrLong) {
			return
		}
		if err != nil || !reflect.DeepEqual(again.Days, draft.Days) {
			t.Fatalf("%q\nis\n%s\nwhich reads as\n%s\n%v", s, text, brief(again.Days), err)
		}
	})
}
