package handlers_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"xingfuli/bot/app"
	"xingfuli/bot/calendar"
	"xingfuli/bot/menu"
)

// TestTwoEditors: who comes second sees what the first has published, and is asked again.
func TestTwoEditors(t *testing.T) {
	const both = `
		cook: /setmenu 周四葱油鲳鱼
		bot: …
		admin: /setmenu 周四麻婆豆腐
		bot: …
		admin: [发布]
		bot*: 发布好了！…
		cook: [发布]
		bot*: 刚才有另一位同事先发布了这一周的菜单（周一 11月23日 09:00），您这份还没有发。
		|
		| 和食堂现在公布的，跟您不一样的是：
		|
		| 周四 11月26日
		| 午餐：麻婆豆腐
		|
		| 要是发布您这份，跟已经公布的比：
		| · 周四：麻婆豆腐 → 葱油鲳鱼
		| 没写到的日子不变。
		| [还是发布我这份]
		| [用现在公布的]
		resident: /menu 周四
		bot: …麻婆豆腐…`
	play(t, []script{
		{name: "and gives way", script: both + `
			cook: [用现在公布的]
			bot*: 好，这份菜单不发了，原来的没有动。
			resident: /menu 周四
			bot: …麻婆豆腐…`},
		{name: "and insists", script: both + `
			cook: [还是发布我这份]
			bot*: 发布好了！…
			bot@resident: 更正：…
			resident: /menu 周四
			bot: …葱油鲳鱼…`},
		{name: "and is told again when a third was faster", script: both + `
			admin: /setmenu 周四红烧带鱼
			bot: …
			admin: [发布]
			bot*: 发布好了！…
			bot@resident: 更正：…
			cook: [还是发布我这份]
			bot*: …· 周四：红烧带鱼 → 葱油鲳鱼…`},
		{name: "and a dish is replaced in what the other has published", script: `
			cook: /setmenu 周四 糖醋排骨→红烧大排
			bot: …
			admin: /setmenu 周四 肉末蒸蛋→蒸双蛋
			bot: …
			admin: [发布]
			bot*: 发布好了！…
			cook: [发布]
			bot*: …午餐：糖醋排骨、蒸双蛋、清炒丝瓜、雪菜黄鱼汤
			|
			| 要是发布您这份，跟已经公布的比：
			| · 周四：糖醋排骨 → 红烧大排
			| 没写到的日子不变。
			| [还是发布我这份]
			| [用现在公布的]
			cook: [还是发布我这份]
			bot*: 发布好了！…
			resident: /menu 周四
			bot: …· 红烧大排
			| · 蒸双蛋…`},
		{name: "with the same menu", script: `
			cook: /setmenu 周四麻婆豆腐
			bot: …
			admin: /setmenu 周四麻婆豆腐
			bot: …
			admin: [发布]
			bot*: 发布好了！…
			cook: [发布]
			bot*: 刚才有另一位同事先发布了这一周的菜单，跟您这份一样，不用再发了。`},
		{name: "and an undo counts as a version", script: `
			clock: +1m
			cook: /setmenu 周四红烧鸭
			bot: …
			cook: [发布]
			bot*: …
			cook: /setmenu 周五鸭
			bot: …
			admin: /setmenu 撤销
			bot: 撤销好了。…
			cook: [发布]
			bot*: 刚才有另一位同事…`},
	})
}

func TestUndo(t *testing.T) {
	play(t, []script{
		{name: "by the button below what was published", script: `
			cook: /setmenu 周四葱油鲳鱼
			bot: …
			cook: [发布]
			bot*: 发布好了！…
			cook: [撤销]
			bot*: 撤销好了。和食堂周一 11月23日到周日 11月29日的菜单回到了之前那一份：
			| · 周四：葱油鲳鱼 → 糖醋排骨、肉末蒸蛋、清炒丝瓜、雪菜黄鱼汤
			resident: /menu 周四
			bot: …糖醋排骨…`},
		{name: "not what somebody has published over since", script: `
			clock: +1m
			cook: /setmenu 周四葱油鲳鱼
			bot: …
			cook: [发布]
			bot*: 发布好了！…
			admin: /setmenu 周五红烧鸭
			bot: …
			admin: [发布]
			bot*: 发布好了！…
			cook: [撤销]
			bot!!: 这份之后又有人发布过了，所以没有撤销。要撤销最近的一份，请发 /setmenu 撤销
			cook: /setmenu 撤销
			bot: 撤销好了。…· 周五：红烧鸭 → 梅干菜扣肉…
			cook: /setmenu 撤销
			bot: 撤销好了。…· 周四：葱油鲳鱼 → 糖醋排骨…
			cook: /setmenu
			bot: 请把菜单…
			cook: 撤销
			bot: 撤销好了。和食堂周一 11月23日到周日 11月29日的菜单收回了，这一周现在没有公布。
			resident: /menu 周四
			bot: …没公布…
			cook: /setmenu 撤销
			bot: 没有可以撤销的菜单了。`},
		{name: "a week that was published for the first time", script: `
			cook: /setmenu 12月10日 葱油鲳鱼
			bot: …
			cook: [发布]
			bot*: 发布好了！…
			cook: [撤销]
			bot*: …收回了…
			resident: /menu 12月10日
			bot: 周四（12月10日）的菜单还没公布…`},
	})
}

// TestTrail: what cooks do goes into the audit trail, and who was shown a day that was
// changed can be told.
func TestTrail(t *testing.T) {
	t.Parallel()
	d, err := app.NewDemo(t.Context(), app.DemoOptions{Start: monday, Stopped: true, Fast: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(d.Close)
	err = d.Sim.Play(t.Context(), `
		resident@group: 周二有鱼吗
		bot@group: 有的！…
		resident: /menu 周五
		bot: …
		resident: [周二]
		bot*: …
		clock: +1h
		cook: /setmenu 周二 清蒸青鱼→带鱼
		bot: …
		cook: [发布]
		bot*: …
		bot@group: 更正：…
		bot@resident: 更正：…
		cook: [撤销]
		bot*: …
		bot@group: 更正：…
		bot@resident: 更正：…
		cook: /setmenu 周五鱼
		bot: …
		cook: [发布]
		bot*: …
		bot@resident: 更正：…
		cook: /soldout 红烧猪肉
		bot: …
		cook: /soldout 恢复 红烧猪肉
		bot: …`)
	if err != nil {
		t.Fatal(err)
	}
	es, err := d.App.Store.Audit(t.Context(), "", 50)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range es {
		if e.Who != 1002 {
			continue // the sample's
		}
		got = append(got, fmt.Sprintf("%s %d %s: %s > %s", e.What, e.Who, e.About, e.Before, e.After))
	}
	want := []string{
		"menu.restock 1002 和食堂:  > 2026-11-23 红烧猪肉",
		"menu.soldout 1002 和食堂:  > 2026-11-23 红烧猪肉",
		"menu.publish 1002 和食堂: 2026-11-27 周五：梅干菜扣肉、芹菜炒香干、清炒包心菜、番茄蛋花汤 > 2026-11-27 周五：鱼",
		"menu.undo 1002 和食堂: 2026-11-24 周二：鸡肉炖土豆、带鱼、清炒芥菜、排骨豆腐汤 > 2026-11-24 周二：鸡肉炖土豆、清蒸青鱼、清炒芥菜、排骨豆腐汤",
		"menu.change 1002 和食堂: 2026-11-24 周二：鸡肉炖土豆、清蒸青鱼、清炒芥菜、排骨豆腐汤 > 2026-11-24 周二：鸡肉炖土豆、带鱼、清炒芥菜、排骨豆腐汤",
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("the trail is\n%s", strings.Join(got, "\n"))
	}
	tuesday := calendar.Date{Year: 2026, Month: 11, Day: 24}
	seen, err := d.App.Store.Shown(t.Context(), "hefan", tuesday, monday.Add(time.Hour))
	if err != nil || len(seen) != 2 || seen[0].Chat.ID != -1001000000001 || seen[1].Chat.ID != 1001 || !seen[0].At.Equal(monday.Add(time.Hour)) { // when they were corrected
		t.Errorf("shown Tuesday: %+v, %v", seen, err)
	}
	if seen, err := d.App.Store.Shown(t.Context(), "hefan", tuesday, monday.Add(menu.Remembered+time.Hour+time.Minute)); err != nil || len(seen) != 0 {
		t.Errorf("two days later: %+v, %v", seen, err)
	}
}
