package menu

import (
	"testing"
	"time"

	"xingfuli/bot/calendar"
)

// BenchmarkAnswer answers which day has fish, from two published weeks.
func BenchmarkAnswer(b *testing.B) {
	now := time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)
	var weeks []Menu
	for i := range 2 {
		d, err := ParseText(benchPaste, calendar.Of(now).AddDays(7*i))
		if err != nil {
			b.Fatal(err)
		}
		weeks = append([]Menu{d.Menu("hefan", Menu{}, 1, now)}, weeks...) // the newest first, as they come
	}
	asker := NewAsker(Names(weeks...), []string{"和食堂"})
	b.ReportAllocs()
	for b.Loop() {
		q, ok := asker.Ask("周二有鱼吗？", now, true)
		if a := q.Answer(Canteen{}, weeks, now); !ok || len(a.Dishes) != 1 {
			b.Fatal(a)
		}
	}
}

const benchPaste = "周一红烧猪肉、西红柿炒蛋、清炒花菜\n周二鸡肉炖土豆、清蒸青鱼、清炒芥菜\n周三萝卜炖牛腩、鱼香茄子、蒜蓉空心菜\n周四糖醋排骨、肉末蒸蛋、清炒丝瓜\n周五梅干菜扣肉、芹菜炒香干、番茄蛋花汤"

// BenchmarkParseText reads a week that a cook pasted.
func BenchmarkParseText(b *testing.B) {
	today := calendar.Date{Year: 2026, Month: 11, Day: 23}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := ParseText(benchPaste, today); err != nil {
			b.Fatal(err)
		}
	}
}
