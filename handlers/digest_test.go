package handlers_test

import (
	"strings"
	"testing"

	"xingfuli/bot/app"
	"xingfuli/bot/calendar"
	"xingfuli/bot/community"
	"xingfuli/bot/sim"
)

// digested is a week in 安居小区: five questions, three of them answered, and a notice.
const digested = `
	expert-anju: /start
	bot: (anything)
	bot: (anything)
	expert-century: /start
	bot: (anything)
	bot: (anything)
	second-anju: /start
	bot: (anything)
	bot: (anything)
	english-anju: /language
	bot: (anything)
	english-anju: [English]
	bot*: …
	bot: (anything)
	resident@group: 今天食堂吃什么
	bot@group: …红烧猪肉…
	resident@group: /menu 周五
	bot@group: …梅干菜扣肉…
	resident@group: @xingfuli_demo_bot 几点开饭？
	bot@group: …
	resident@group: @xingfuli_demo_bot 路灯坏了找谁修？我电话13800000000
	bot@group: 这个我还答不上来…
	cook@group: @xingfuli_demo_bot 路灯坏了找谁修？我电话13800000000
	bot@group: 这个我还答不上来…
	cook@group: 今天天气真好
	bot@group: (silence)`

// withDigest is a demo with two more specialists of 安居小区, of whom one reads English.
func withDigest(t *testing.T) *app.Demo {
	t.Helper()
	d := withStaff(t, monday)
	for id, p := range map[int64][2]string{2003: {"second-anju", "zh-hans"}, 2004: {"english-anju", "en"}} {
		d.Sim.AddPerson(sim.Person{ID: id, Key: p[0], Name: p[0], Language: p[1]})
		if err := d.App.Store.Grant(t.Context(), id, "", community.Specialist, "anju"); err != nil {
			t.Fatal(err)
		}
	}
	return d
}

func acts(t *testing.T, d *app.Demo, scripts ...string) {
	t.Helper()
	if err := d.Sim.Play(t.Context(), strings.Join(scripts, "\n")); err != nil {
		t.Fatal(err)
	}
}

// TestDigest: on Monday at 8:00 each community's specialists are told of theirs, the admins of
// all, once each, with a picture that is sent once for each language.
func TestDigest(t *testing.T) {
	t.Parallel()
	d := withDigest(t)
	const figures = `
			| 大家问了 5 次（↑5）
			| 答上了 3 次（↑3）
			| 没答上 2 次（↑2）
			|
			| 还没人答的问题
			| · 路灯坏了找谁修？我电话＊＊（问过2次）`
	acts(t, d, digested, `
			admin: /start
			bot: (anything)
			bot: (anything)
			clock: 2026-11-30 08:00
			bot@expert-anju: (photo) 安居小区一周小结
			| 周一 11月23日到周日 11月29日
			|`+figures+`
			bot@second-anju: (photo) 安居小区一周小结…
			bot@english-anju: (photo) 安居小区: the week
			| Mon 23 Nov to Sun 29 Nov
			|
			| Questions: 5 (↑5)
			| Answered: 3 (↑3)
			| Unanswered: 2 (↑2)
			|
			| Questions nobody has answered yet
			| · 路灯坏了找谁修？我电话＊＊ (asked 2×)
			bot@expert-century: 世纪花园小区一周小结（周一 11月23日到周日 11月29日）：这一周没有人提问，也没有发公告。
			bot@admin: (photo) 全镇一周小结
			| 周一 11月23日到周日 11月29日
			|`+figures+`
			|
			| 各个小区
			| · 安居小区（问 5，没答上 2）
			bot@resident: (silence)
			bot@cook: (silence)
			clock: +1h
			bot@expert-anju: (silence)
			expert-century: /digest
			bot: 世纪花园小区一周小结…
			resident: /digest
			bot: …
			expert-anju: /digest
			bot: (photo) 安居小区一周小结…大家问了 5 次…
			resident@group: 今天食堂吃什么
			bot@group: …
			clock: 2026-12-07 08:00
			bot@expert-anju: (photo) 安居小区一周小结
			| 周一 11月30日到周日 12月6日
			|
			| 大家问了 1 次（↓4）
			| 答上了 1 次（↓2）
			| 没答上 0 次（↓2）
			bot@second-anju: (photo) 安居小区一周小结…
			bot@english-anju: (photo) 安居小区: the week…
			bot@expert-century: 世纪花园小区一周小结…
			bot@admin: (photo) 全镇一周小结…
			bot@resident: (silence)`)
	of := func(viewer int64) string { return photos(d.Sim, viewer, d.Sim.Bot().ID)[0].Files[0].ID }
	if of(2001) != of(2003) {
		t.Error("the same picture was sent twice")
	}
	if of(2001) == of(2004) {
		t.Error("the picture is the same in both languages")
	}
}

// TestTally: nothing is counted of a community that is not known, and each question once.
func TestTally(t *testing.T) {
	t.Parallel()
	d := withStaff(t, monday)
	acts(t, d, `
		resident@group: 今天食堂吃什么
		bot@group: …
		cook@group: 今天食堂吃什么
		bot@group: …
		admin@group: 今天食堂吃什么
		bot@group: (silence)
		resident: /menu 周五
		bot: (anything)`)
	got, err := d.App.Store.Tallies(t.Context(), calendar.Of(monday), []string{"anju", "century", ""})
	if err != nil {
		t.Fatal(err)
	}
	if want := (community.Tally{Asked: 2}); got[0] != want || got[1] != (community.Tally{}) || got[2] != (community.Tally{}) {
		t.Errorf("counted %+v, not %+v and nothing else", got, want)
	}
}
