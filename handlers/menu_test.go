package handlers_test

import (
	"testing"
	"time"

	"xingfuli/bot/app"
	"xingfuli/bot/community"
	"xingfuli/bot/menu"
)

func at(day, hour, minute int) time.Time {
	return time.Date(2026, 11, day, hour, minute, 0, 0, monday.Location())
}

func TestMenu(t *testing.T) {
	play(t, []script{
		{name: "the next meal", at: at(24, 13, 0), script: `
			resident: /menu
			bot: 今天的饭点已经过了。
			|
			| 下一顿是明天（周三，11月25日）：
			| 午餐 10:30–12:30
			| · 萝卜炖牛腩
			| · 鱼香茄子
			| · 蒜蓉空心菜
			| · 冬瓜花蛤汤
			| [周一] [周二] [周三] [周四]
			| [周五] [周六] [周日] [整周]`},
		{name: "a day on which the canteen rests", script: `
			resident: /menu 周六
			bot: 周六（11月28日）食堂休息。
			|
			| 下一顿是周一（11月30日）：…`},
		{name: "on a Sunday Tuesday is the coming one", at: at(22, 21, 0), script: `
			resident@group: 周二有鱼吗？
			bot@group: 有的！周二（11月24日）有清蒸青鱼。…`},
		{name: "a day that is not published yet", script: `
			resident: /menu 12月24日
			bot: 周四（12月24日）的菜单还没公布，食堂定了就能查到。
			| 菜单最近一次更新：周一 11月23日 09:00…`},
		{name: "a dish: a day that lacks it, days that have it, and none", script: `
			resident@group: 周三有鱼吗？
			bot@group: 周三（11月25日）没有鱼，烧的是：
			| 午餐 10:30–12:30
			| · 萝卜炖牛腩
			| · 鱼香茄子
			| · 蒜蓉空心菜
			| · 冬瓜花蛤汤…
			resident: /menu 排骨
			bot: 排骨在这些天有：
			| · 周二 11月24日：排骨豆腐汤
			| · 周四 11月26日：糖醋排骨…
			resident: /menu 佛跳墙
			bot: 最近公布的菜单里没有佛跳墙。
			resident: /menu 我想问一下明天中午到底有没有那种红红的甜甜的软软的又不太辣的适合牙口不好的老人家吃的菜呀
			bot: 这句话有点长，我没看明白。请说短一些，比如：/menu 周二，或者 /menu 鱼`},
		{name: "today's meals are over", at: at(24, 13, 0), script: `
			resident: /menu 今天
			bot: 今天的饭点已经过了。
			| 今天烧的是：
			| 午餐 10:30–12:30
			| · 鸡肉炖土豆
			| · 清蒸青鱼
			| · 清炒芥菜
			| · 排骨豆腐汤
			|
			| 下一顿是明天（周三，11月25日）：…`},
		{name: "a week that is not published yet", script: `
			resident: /menu 12月24日
			bot: 周四（12月24日）的菜单还没公布…
			resident: [整周]
			bot*: 周一 12月21日到周日 12月27日这一周的菜单还没公布，食堂定了就能查到。…`},
		{name: "hours and prices in plain words", script: `
			resident@group: 食堂几点开门
			bot@group: 和食堂开饭时间…
			resident@group: 70岁以上多少钱
			bot@group: 和食堂吃一顿饭
			| · 70岁以上：8元…`},
		{name: "chatter is left alone", script: `
			resident@group: 周三一起去吃饭
			bot@group: (silence)
			resident@group: 食堂门口能停车吗
			bot@group: (silence)
			resident@group: 菜单栏在哪
			bot@group: (silence)
			resident@group: 明天有雨吗
			bot@group: (silence)`},
		{name: "buttons change the message in place, the same one twice is harmless", script: `
			resident: /menu
			bot: 和食堂 今天…
			resident: [周五]
			bot*: 和食堂 周五（11月27日）…
			resident: [周五]
			resident: [周日]
			bot*: 周日（11月29日）食堂休息。…
			resident: [整周]
			bot*: 和食堂 周一 11月23日到周日 11月29日…
			resident: (forge menu hefan)
			bot!!: 这个按钮已经过时了…
			resident: (forge menu elsewhere.2026-11-24)
			bot!!: 这个按钮已经过时了…
			resident: (forge menu hefan.9999-99-99)
			bot!!: 这个按钮已经过时了…
			resident: (forge menu hefan.2026-11-24.week.more)
			bot!!: 这个按钮已经过时了…`},
		{name: "what people type comes back escaped", script: `
			resident: /menu <b>&鱼</b>
			bot: 最近公布的菜单里没有…`},
	})
}

// TestWhichCanteen asks who cooks for two canteens which one it is, and keeps what was pasted.
func TestWhichCanteen(t *testing.T) {
	t.Parallel()
	d, err := app.NewDemo(t.Context(), app.DemoOptions{Start: monday, Stopped: true, Fast: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(d.Close)
	second := menu.Canteen{ID: "second", Name: "邻里食堂", Communities: []string{"anju"}}
	if err := d.App.Store.PutCanteen(t.Context(), "second", 0, second); err != nil {
		t.Fatal(err)
	}
	if err := d.App.Store.Grant(t.Context(), 1002, community.Cook, second.ID); err != nil {
		t.Fatal(err)
	}
	err = d.Sim.Play(t.Context(), `
		cook: /setmenu 周四葱油鲳鱼
		bot: 您管着好几个食堂，这次是哪一个？
		| [和食堂]
		| [邻里食堂]
		cook: [邻里食堂]
		bot: 邻里食堂的菜单，请您过目（还没发布）：…葱油鲳鱼…
		cook: /setmenu
		bot: 先办…
		bot: 您管着好几个食堂…
		cook: 周五麻婆豆腐
		bot: 您管着好几个食堂…
		cook: [和食堂]
		bot: 和食堂的菜单，请您过目（还没发布）：…麻婆豆腐…
		cook: /setmenu
		bot: 先办…
		bot: 您管着好几个食堂…
		cook: [和食堂]
		bot: 请把菜单直接粘贴给我…
		cook: /cancel
		bot: 好，不办了…
		cook: /setmenu
		bot: 您管着好几个食堂…
		cook: (forge setmenu elsewhere)
		bot!!: 这个按钮已经过时了…`)
	if err != nil {
		t.Error(err)
	}
}

func TestSetMenu(t *testing.T) {
	play(t, []script{
		{name: "a paste that cannot be read is explained, and can be sent again", script: `
			cook: /setmenu
			bot: 请把菜单直接粘贴给我…
			cook: 你好
			bot: 我没看出哪天有什么菜。请写上星期几和菜名，比如：周一红烧猪肉、西红柿炒蛋；周二清蒸青鱼。改一改再发给我就行。
			cook: (photo)
			bot: 菜单请直接打字或者粘贴文字给我，图片和文件我还看不懂。
			cook: 周二清蒸<鲈鱼>
			bot: …清蒸<鲈鱼>…
			cook: [发布]
			bot*: 发布好了！…
			resident: /menu 周二
			bot: …
			| · 清蒸<鲈鱼>…`},
		{name: "nothing is saved before it is published", script: `
			cook: /setmenu 周四葱油鲳鱼
			bot: …
			resident: /menu 周四
			bot: …糖醋排骨…
			cook: [取消]
			bot*: 好，这份菜单不发了，原来的没有动。
			resident: /menu 周四
			bot: …糖醋排骨…`},
		{name: "of two editors the second is told", script: `
			cook: /setmenu 周四葱油鲳鱼
			bot: …
			admin: /setmenu 周四麻婆豆腐
			bot: …
			admin: [发布]
			bot*: 发布好了！…
			cook: [发布]
			bot*: 刚才有另一位同事先发布了这一周的菜单（周一 11月23日 09:00），您这份还没有发。…
			| 要是发布您这份，跟已经公布的比：
			| · 周四：麻婆豆腐 → 葱油鲳鱼
			| 没写到的日子不变。
			| [还是发布我这份]
			| [用现在公布的]
			resident: /menu 周四
			bot: …麻婆豆腐…`},
	})
}
