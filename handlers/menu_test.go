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
			| [周五] [周六] [周日] [整周]
			| [看图（大字）] [收藏菜]`},
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
	if err := d.App.Store.Grant(t.Context(), 1002, "", community.Cook, second.ID); err != nil {
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

// TestAgain: a group that asks the same again within ten minutes is pointed to the answer
// once; what is said to the bot itself is always answered.
func TestAgain(t *testing.T) {
	play(t, []script{
		{name: "the same question, however it is worded", script: `
			resident@group: 周二有鱼吗？
			bot@group: 有的！…
			cook@group: 礼拜二食堂有没有鱼啊
			bot@group: 这个刚刚答过了，就是上面这条。
			admin@group: 明天有鱼吗
			bot@group: (silence)
			resident@group: 周二有鱼吗？
			bot@group: (silence)
			resident@group: 周二有鸡吗
			bot@group: 有的！…鸡肉炖土豆…
			resident@group: 周三有鱼吗
			bot@group: 周三（11月25日）没有鱼…
			resident@group: /menu 周二
			bot@group: 和食堂 明天…
			resident@group: /menu 周二
			bot@group: 和食堂 明天…
			resident@group: @xingfuli_demo_bot 周二有鱼吗
			bot@group: 有的！…
			resident@group: (reply) 周二有鱼吗
			bot@group: 有的！…
			clock: +9m
			resident@group: 周二有鱼吗？
			bot@group: (silence)
			clock: +2m
			resident@group: 周二有鱼吗？
			bot@group: 有的！…`},
		{name: "an answer that is another one now is given", script: `
			resident@group: 食堂今天有虾吗
			bot@group: 有的！…
			cook: /soldout 紫菜虾米汤
			bot: …
			resident@group: 食堂今天有虾吗
			bot@group: 今天本来有紫菜虾米汤，已经卖完了。…
			resident@group: 食堂今天有虾吗
			bot@group: 这个刚刚答过了，就是上面这条。`},
		{name: "in private everything is answered", script: `
			resident: 周二有鱼吗
			bot: 有的！…
			resident: 周二有鱼吗
			bot: 有的！…
			resident: 周二有鱼吗
			bot: 有的！…`},
		{name: "at night a group is left alone, unless it calls the bot", at: at(23, 21, 59), script: `
			resident@group: 周二有鱼吗
			bot@group: 有的！…
			clock: +1m
			resident@group: 周三有鱼吗
			bot@group: (silence)
			resident@group: @xingfuli_demo_bot 周三有鱼吗
			bot@group: 周三（11月25日）没有鱼…
			resident@group: /menu 周三
			bot@group: 和食堂 周三…
			resident: 周三有鱼吗
			bot: 周三（11月25日）没有鱼…
			clock: 2026-11-24 06:59
			resident@group: 周三有鱼吗
			bot@group: (silence)
			clock: +1m
			resident@group: 周三有鱼吗
			bot@group: 明天（周三，11月25日）没有鱼…`},
	})
}

// TestCourtesy: thanks are no question.
func TestCourtesy(t *testing.T) {
	play(t, []script{{name: "in private they are answered, in a group they are the end", script: `
		resident: /menu 周二
		bot: …
		resident: 好的，谢谢🙏
		bot: 不客气，想问什么随时叫我。
		resident: 👍
		bot: 不客气，想问什么随时叫我。
		resident@group: /menu 周二
		bot@group: …
		resident@group: (reply) 谢谢！
		bot@group: (silence)
		resident@group: (reply) 好的
		bot@group: (silence)
		resident@group: 谢谢 @xingfuli_demo_bot
		bot@group: (silence)
		resident@group: (reply) 谢谢，那电梯呢
		bot@group: …`}})
}

func TestPlace(t *testing.T) {
	play(t, []script{{name: "where the canteen is", script: `
		resident@group: 食堂电话多少
		bot@group: 和食堂
		| 地址：安居小区 1 号楼一楼
		| 电话：0577-00000002
		resident@group: 食堂在哪里
		bot@group: 这个刚刚答过了，就是上面这条。
		resident: 食堂怎么走
		bot: 和食堂
		| 地址：安居小区 1 号楼一楼…`}})
}

// TestNoCanteen: a group whose community has no canteen means another one when it talks of
// one; who asks the bot itself is told.
func TestNoCanteen(t *testing.T) {
	t.Parallel()
	d, err := app.NewDemo(t.Context(), app.DemoOptions{Start: monday, Stopped: true, Fast: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(d.Close)
	if err := d.App.Store.PutCommunity(t.Context(), "none", 0, community.Community{ID: "none", Name: "没食堂小区"}); err != nil {
		t.Fatal(err)
	}
	err = d.Sim.Play(t.Context(), `
		admin@group: /bind 没食堂小区
		bot@group: …
		resident@group: 食堂今天吃什么
		bot@group: (silence)
		resident@group: /menu
		bot@group: 这里还没有登记食堂…`)
	if err != nil {
		t.Error(err)
	}
}
