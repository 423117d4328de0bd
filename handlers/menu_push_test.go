package handlers_test

import (
	"testing"
	"time"
)

func TestMenuPush(t *testing.T) {
	play(t, []script{
		{name: "the day's menu comes every working day, never a missing one, and the cook is reminded", script: `
			resident@group: /menu_push 10:30 周一至周五
			bot@group: 这件事要由镇里的管理员，或者管这一块的工作人员来办。…
			admin@group: /menu_push
			bot@group: 这个群还没有定时发菜单。要发的话，像这样说：…
			admin@group: /menu_push 周一 随便
			bot@group: 没看懂是什么时候。…
			admin@group: /menu_push */5 * * * *
			bot@group: 一天发一次就够了…
			cook@group: /menu_push 10:30 周一至周五
			bot@group: 好，以后周一到周五 10:30在这个群里发当天的菜单。
			| 接下来：
			| · 周一 11月23日 10:30
			| · 周二 11月24日 10:30
			| · 周三 11月25日 10:30…
			clock: +1h30m
			bot@group: 和食堂 今天（周一，11月23日）…红烧猪肉…
			admin@group: /menu_push
			bot@group: 这个群周一到周五 10:30发当天的菜单。…
			clock: +24h
			bot@group: 和食堂 今天（周二，11月24日）…鸡肉炖土豆…
			resident@group: [不发了]
			bot!!: 只有食堂师傅、社区专员和管理员可以定。
			admin@group: /menu_push 停
			bot@group: 好，这个群不再定时发菜单了。
			clock: +24h
			bot@group: (silence)`},
		{name: "a missing menu is not posted, and the cook is told the day before", at: monday.AddDate(0, 0, 11), script: `
			cook: /start
			bot: …
			cook@group: /menu_push 10:30
			bot@group: 好，以后周一到周五 10:30…
			clock: +25h
			bot@group: 和食堂 今天（周五，12月4日）…
			clock: +7d
			bot@group: 和食堂 今天（周一，12月7日）…
			bot@group: 和食堂 今天（周二，12月8日）…
			bot@group: 和食堂 今天（周三，12月9日）…
			bot@group: 和食堂 今天（周四，12月10日）…
			bot@group: 和食堂 今天（周五，12月11日）…
			bot@cook: (silence)
			clock: +31h
			bot@cook: 明天（周一，12月14日）和食堂的菜单还没有公布，明天群里就没有菜单可看了。现在发给我就行，或者发 /setmenu。
			clock: +18h
			bot@group: (silence)`},
	})
}

func TestMenuCorrections(t *testing.T) {
	play(t, []script{
		{name: "who was shown a dish that is not served any more is told once", script: `
			resident: 明天吃什么
			bot: …鸡肉炖土豆…
			cook: /setmenu 周二 鸡肉炖土豆→红烧茄子
			bot@cook: …鸡肉炖土豆 → 红烧茄子…
			cook: [发布]
			bot*@cook: 发布好了！…
			bot@resident: 更正：明天（周二，11月24日）和食堂的菜换了。
			| 没有了：鸡肉炖土豆
			| 换成：红烧茄子
			cook: /setmenu 周三休息（停电）
			bot@cook: …
			cook: [发布]
			bot*@cook: 发布好了！…
			bot@resident: (silence)
			resident: 明天吃什么
			bot: …红烧茄子…
			cook: /setmenu 周二休息（停电）
			bot@cook: …
			cook: [发布]
			bot*@cook: 发布好了！…
			bot@resident: 更正：明天（周二，11月24日）和食堂休息（停电），不供餐。`},
		{name: "a day that is over is not corrected", at: monday.Add(5 * time.Hour), script: `
			resident: /menu 周一
			bot: …
			cook: /setmenu 周一 红烧猪肉→红烧茄子
			bot@cook: …
			cook: [发布]
			bot*@cook: 发布好了！…
			bot@resident: (silence)`},
	})
}
