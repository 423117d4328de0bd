package handlers_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"xingfuli/bot/app"
	"xingfuli/bot/calendar"
	"xingfuli/bot/community"
	"xingfuli/bot/menu"
)

func TestSetMenu(t *testing.T) {
	play(t, []script{
		{name: "a paste that cannot be read is explained, and can be sent again", script: `
			cook: /setmenu
			bot: 请把菜单直接粘贴给我…
			cook: 你好
			bot: 我没看出哪天有什么菜。请写上星期几和菜名，比如：周一红烧猪肉、西红柿炒蛋；周二清蒸青鱼。改一改再发给我就行。
			cook: 周二清蒸<鲈鱼>
			bot: …清蒸<鲈鱼>…
			cook: [发布]
			bot*: 发布好了！…
			resident: /menu 周二
			bot: …
			| · 清蒸<鲈鱼>…`},
		{name: "the preview says what publishing changes, and what is doubtful", script: `
			cook: /setmenu 周一红烧猪肉、西红柿炒蛋、清炒花菜、虾皮冬瓜汤；周三休息（停电）；周三 11月24日 鱼；周六面条、面条；下周一 鸭
			bot: 和食堂的菜单，请您过目（还没发布）：
			|
			| 周一 11月23日
			| 午餐：红烧猪肉、西红柿炒蛋、清炒花菜、虾皮冬瓜汤
			|
			| 周二 11月24日
			| 午餐：鱼
			|
			| 周三 11月25日
			| 休息（停电）
			|
			| 周六 11月28日
			| 午餐：面条
			|
			| 跟已经公布的比：
			| · 周一：紫菜虾米汤 → 虾皮冬瓜汤
			| · 周二：全换了，原来是鸡肉炖土豆、清蒸青鱼、清炒芥菜、排骨豆腐汤
			| · 周三：改成休息
			| · 周六：不休息了，有面条
			| 没写到的日子不变。
			|
			| 有几处请您看一眼：
			| ⚠ 「周三 2026-11-24」的日期和星期对不上，按日期算了
			| ⚠ 周六 11月28日的「面条」写了两遍，只留了一个
			| ⚠ 周一 11月30日的「鸭」不在这一周，没有收进来
			| [发布] [换成下周]
			| [修改] [取消]`},
		{name: "nothing is saved before it is published", script: `
			cook: /setmenu 周四葱油鲳鱼
			bot: …
			resident: /menu 周四
			bot: …糖醋排骨…
			cook: [取消]
			bot*: 好，这份菜单不发了，原来的没有动。
			resident: /menu 周四
			bot: …糖醋排骨…`},
		{name: "the draft moves to the next week and back", script: `
			cook: /setmenu 周四葱油鲳鱼（12元）
			bot: …
			cook: [换成下周]
			bot*: 和食堂的菜单，请您过目（还没发布）：
			|
			| 周四 12月3日
			| 午餐：葱油鲳鱼（12元）
			|
			| 跟已经公布的比：
			| · 周四：全换了，原来是糖醋排骨、肉末蒸蛋、清炒丝瓜、雪菜黄鱼汤
			| 没写到的日子不变。
			| [发布] [换成这周]
			| [修改] [取消]
			cook: [换成这周]
			bot*: …周四 11月26日…
			| [发布] [换成下周]
			| [修改] [取消]
			cook: [换成下周]
			bot*: …12月3日…
			cook: [发布]
			bot*: 发布好了！大家现在问周一 11月30日到周日 12月6日的菜单，看到的就是这一份。…
			resident: /menu 12月3日
			bot: …· 葱油鲳鱼（12元）…`},
		{name: "from Saturday on names mean the next week, which nobody has published", at: at(28, 10, 0), script: `
			clock: +7d
			cook: /setmenu 周一鱼
			bot: …周一 12月7日
			| 午餐：鱼
			|
			| 这一周以前没公布过菜单。
			| [发布] [换成这周]
			| [修改] [取消]`},
		{name: "the cook gets the draft to change and send again", script: `
			cook: /setmenu 周四葱油鲳鱼、A&B汤；周五休息
			bot: …
			cook: [修改]
			bot: 点一下这段字就能复制，改好再发给我：
			|
			| 菜单 2026-11-23
			| 周四：葱油鲳鱼、A&B汤
			| 周五：休息
			cook: 菜单 2026-11-23
			| 周四：葱油鲳鱼、冬瓜汤
			bot: …周四 11月26日
			| 午餐：葱油鲳鱼、冬瓜汤…`},
		{name: "a week that is over is doubted", script: `
			cook: /setmenu 11月16日 鱼
			bot: …
			| ⚠ 周一 11月16日那一周已经过去了，请看看日期对不对
			| [发布] [换成这周]
			| [修改] [取消]`},
	})
}

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
		| 和食堂跟您不一样的是：
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
			resident: /menu 周四
			bot: …葱油鲳鱼…`},
		{name: "and is told again when a third was faster", script: both + `
			admin: /setmenu 周四红烧带鱼
			bot: …
			admin: [发布]
			bot*: 发布好了！…
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

func TestChangeDish(t *testing.T) {
	play(t, []script{
		{name: "several at once", script: `
			cook: /setmenu 周二 鸡肉炖土豆→红烧茄子，清蒸青鱼换成葱油<带鱼>
			bot: …周二 11月24日
			| 午餐：红烧茄子、葱油<带鱼>、清炒芥菜、排骨豆腐汤
			|
			| 跟已经公布的比：
			| · 周二：鸡肉炖土豆、清蒸青鱼 → 红烧茄子、葱油<带鱼>
			| 没写到的日子不变。…
			cook: [发布]
			bot*: 发布好了！…
			resident@group: 周二有鱼吗
			bot@group: 有的！明天（周二，11月24日）有葱油<带鱼>。…`},
		{name: "what the day has not, nearly has, or has not at all", script: `
			cook: /setmenu 周二 鸡肉土豆→红烧茄子
			bot: 明天（周二，11月24日）没有「鸡肉土豆」。您说的是鸡肉炖土豆吗？点一下这行就能复制，发给我就行：
			| /setmenu 2026-11-24 鸡肉炖土豆→红烧茄子
			cook: /setmenu 2026-11-24 鸡肉炖土豆→红烧茄子
			bot: …· 周二：鸡肉炖土豆 → 红烧茄子…
			cook: 周二 披萨->红烧茄子
			bot: 明天（周二，11月24日）没有「披萨」。那天有：鸡肉炖土豆、清蒸青鱼、清炒芥菜、排骨豆腐汤。
			cook: 周六 披萨->红烧茄子
			bot: 周六（11月28日）没有公布过菜，没有「披萨」可以换。请先用 /setmenu 发布那天的菜单。
			cook: 周二 清蒸青鱼->带鱼、青菜
			bot: 我没看懂要把哪道菜换成哪道菜。请这样写：…
			cook: 周二 清蒸青鱼->带鱼；下周二 清蒸青鱼->带鱼
			bot: 一次只能改同一周的菜，请分开发。`},
	})
}

func TestSoldOut(t *testing.T) {
	play(t, []script{
		{name: "by buttons", script: `
			cook: /soldout
			bot: 和食堂 周一 11月23日
			| 午餐 10:30–12:30
			| · 红烧猪肉
			| · 西红柿炒蛋
			| · 清炒花菜
			| · 紫菜虾米汤
			|
			| 哪道菜卖完了，就点哪一个。大家来问，会看到「售罄」，过了今天自动取消。
			| [售罄：红烧猪肉]
			| [售罄：西红柿炒蛋]
			| [售罄：清炒花菜]
			| [售罄：紫菜虾米汤]
			cook: [售罄：紫菜虾米汤]
			bot*: …· 紫菜虾米汤（售罄）…
			| [售罄：红烧猪肉]
			| [售罄：西红柿炒蛋]
			| [售罄：清炒花菜]
			| [恢复：紫菜虾米汤]
			resident@group: 今天有虾吗
			bot@group: 今天本来有紫菜虾米汤，已经卖完了。
			|
			| 午餐 10:30–12:30
			| · 红烧猪肉
			| · 西红柿炒蛋
			| · 清炒花菜
			| · 紫菜虾米汤（售罄）
			|
			| 想吃虾，这些天有：
			| · 周一 11月30日：紫菜虾米汤
			| [周一] [周二] [周三] [周四]
			| [周五] [周六] [周日] [整周]
			resident: /menu 整周
			bot: …周一（今天） 红烧猪肉、西红柿炒蛋、清炒花菜、紫菜虾米汤（售罄）…
			resident: /menu 虾
			bot: 虾在这些天有：
			| · 周一 11月23日：紫菜虾米汤（售罄）
			| · 周一 11月30日：紫菜虾米汤…
			cook: [恢复：紫菜虾米汤]
			bot*: …· 紫菜虾米汤
			|…
			| [售罄：红烧猪肉]
			| [售罄：西红柿炒蛋]
			| [售罄：清炒花菜]
			| [售罄：紫菜虾米汤]
			resident: /menu 今天
			bot: …· 紫菜虾米汤`},
		{name: "by name, until all is gone, and until the day ends", script: `
			cook: /soldout 紅燒豬肉、番茄炒蛋 花菜，佛跳墙
			bot: 记下了，今天的红烧猪肉、西红柿炒蛋、清炒花菜卖完了。
			|
			| 今天的菜里没有佛跳墙。
			|
			| 和食堂 周一 11月23日…
			resident: /menu
			bot: 和食堂 今天（周一，11月23日）
			| 午餐 10:30–12:30
			| · 红烧猪肉（售罄）
			| · 西红柿炒蛋（售罄）
			| · 清炒花菜（售罄）
			| · 紫菜虾米汤…
			cook: /soldout 紫菜虾米汤
			bot: 记下了，今天的紫菜虾米汤卖完了。…
			resident: /menu
			bot: 今天的菜已经卖完了：
			| 午餐 10:30–12:30
			| · 红烧猪肉（售罄）…
			| 下一顿是明天（周二，11月24日）：…
			cook: /soldout 恢复 红烧猪肉
			bot: 好，今天的红烧猪肉又有了。…
			resident: /menu
			bot: …· 红烧猪肉
			| · 西红柿炒蛋（售罄）…
			clock: +7d
			resident: /menu
			bot: …· 红烧猪肉
			| · 西红柿炒蛋
			| · 清炒花菜…`},
		{name: "on a day without dishes", at: at(28, 10, 0), script: `
			cook: /soldout
			bot: 和食堂今天休息，没有菜可以标记。
			clock: +7d
			clock: +7d
			cook: /soldout 鱼
			bot: 今天的菜里没有鱼。
			|
			| 和食堂今天没有公布菜单，没有菜可以标记。`},
		{name: "a button of a menu that has changed, or of another day, marks nothing", script: `
			cook: /soldout
			bot: …
			admin: /setmenu 周一 红烧猪肉→东坡肉
			bot: …
			admin: [发布]
			bot*: …
			cook: [售罄：红烧猪肉]
			bot!!: 菜单刚刚改过，请看一眼再点。
			bot*: …· 东坡肉…
			cook: (forge soldout hefan.2026-11-24.0 1)
			bot!!: 这个按钮已经过时了…
			clock: +1d
			cook: [售罄：西红柿炒蛋]
			bot!!: 这个按钮已经过时了…`},
	})
}

// TestRefused forges every press of the canteen's buttons, and says every command of its
// staff, as those who may not.
func TestRefused(t *testing.T) {
	t.Parallel()
	d, err := app.NewDemo(t.Context(), app.DemoOptions{Start: monday, Stopped: true, Fast: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(d.Close)
	other := menu.Canteen{ID: "other", Name: "邻里食堂", Communities: []string{"elsewhere"}}
	if err := d.App.Store.PutCanteen(t.Context(), "other", 0, other); err != nil {
		t.Fatal(err)
	}
	d.Sim.AddPerson(person(1010, "neighbour")) // cooks for another canteen
	if err := d.App.Store.Grant(t.Context(), 1010, community.Cook, other.ID); err != nil {
		t.Fatal(err)
	}
	const stale, cooks, forbidden = "这个按钮已经过时了…", "这件事要食堂的工作人员来办…", "这件事要由镇里的管理员…"
	tests := []struct{ act, resident, neighbour string }{
		{"/setmenu 周四鱼", forbidden, "邻里食堂的菜单，请您过目…"},
		{"/setmenu 和食堂 周四鱼", forbidden, "邻里食堂的菜单…"},
		{"/setmenu 撤销", forbidden, "没有可以撤销的菜单了。"},
		{"/soldout 红烧猪肉", forbidden, "今天的菜里没有红烧猪肉。…"},
		{"(forge setmenu hefan)", stale, stale}, {"(forge setmenu hefan 5)", stale, stale}, {"(forge setmenu)", stale, stale},
		{"(forge publish)", stale, stale}, {"(forge publish  5)", stale, stale}, {"(forge move  5)", stale, stale}, {"(forge revise  5)", stale, stale}, {"(forge drop  5)", stale, stale},
		{"(forge undo hefan.2026-11-23 1)", cooks, cooks}, {"(forge undo hefan.2026-11-23)", stale, stale}, {"(forge undo hefan.x 1)", stale, stale}, {"(forge undo)", stale, stale},
		{"(forge undo nowhere.2026-11-23 1)", cooks, cooks},
		{"(forge soldout hefan.2026-11-23.0 1)", cooks, cooks}, {"(forge restock hefan.2026-11-23.0 1)", cooks, cooks}, {"(forge soldout hefan)", cooks, cooks}, {"(forge soldout)", cooks, cooks},
	}
	var b strings.Builder
	b.WriteString("resident: /start\nbot: (anything)\nneighbour: /start\nbot: (anything)\n")
	for _, tt := range tests {
		sign := ""
		if strings.HasPrefix(tt.act, "(") {
			sign = "!!"
		}
		fmt.Fprintf(&b, "resident: %s\nbot%s: %s\n", tt.act, sign, tt.resident)
		fmt.Fprintf(&b, "neighbour: %s\nbot%s: %s\nclock: +1m\n", tt.act, sign, tt.neighbour)
		if strings.HasPrefix(tt.neighbour, "邻里食堂的") {
			b.WriteString("neighbour: /cancel\nbot: (anything)\n")
		}
	}
	b.WriteString("cook: /soldout\nbot: …\n")
	for _, forged := range []string{"soldout hefan.2026-11-23.9 1", "soldout hefan.2026-11-23.-1 1", "soldout hefan.2026-11-23.x 1", "restock hefan.2026-11-23.0.0 1", "undo hefan.2026-11-24 1", "undo hefan.2026-11-23 9"} {
		fmt.Fprintf(&b, "cook: (forge %s)\nbot…\n", forged)
	}
	script := b.String()
	script = strings.ReplaceAll(script, "(forge soldout hefan.2026-11-23.9 1)\nbot…", "(forge soldout hefan.2026-11-23.9 1)\nbot!!: 菜单刚刚改过…")
	script = strings.ReplaceAll(script, "(forge restock hefan.2026-11-23.0.0 1)\nbot…", "(forge restock hefan.2026-11-23.0.0 1)\nbot!!: ")
	script = strings.ReplaceAll(script, "(forge undo hefan.2026-11-24 1)\nbot…", "(forge undo hefan.2026-11-24 1)\nbot!!: 之前那一份没有存着…")
	script = strings.ReplaceAll(script, "(forge undo hefan.2026-11-23 9)\nbot…", "(forge undo hefan.2026-11-23 9)\nbot!!: 之前那一份没有存着…")
	script = strings.ReplaceAll(script, "\nbot…", "\nbot!!: "+stale)
	if err := d.Sim.Play(t.Context(), script+"resident: /menu 周四\nbot: …糖醋排骨…"); err != nil {
		t.Error(err)
	}
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
		cook: [撤销]
		bot*: …
		cook: /setmenu 周五鱼
		bot: …
		cook: [发布]
		bot*: …
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
	if err != nil || len(seen) != 2 || seen[0].Chat.ID != -1001000000001 || seen[1].Chat.ID != 1001 || !seen[0].At.Equal(monday) {
		t.Errorf("shown Tuesday: %+v, %v", seen, err)
	}
	if seen, err := d.App.Store.Shown(t.Context(), "hefan", tuesday, monday.Add(menu.Remembered+time.Minute)); err != nil || len(seen) != 0 {
		t.Errorf("two days later: %+v, %v", seen, err)
	}
}
