package handlers_test

import "testing"

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
		{name: "a cook may forget the command, a resident is no cook", script: `
			cook: 周四葱油鲳鱼、麻婆豆腐、清炒菠菜
			bot: 和食堂的菜单，请您过目（还没发布）：…
			cook: [取消]
			bot*: 好，这份菜单不发了…
			cook: 周四 糖醋排骨换成红烧大排
			bot: …· 周四：糖醋排骨 → 红烧大排…
			resident: 周四葱油鲳鱼、麻婆豆腐、清炒菠菜
			bot: 不好意思，这句话我没看懂…
			cook@group: 周四葱油鲳鱼、麻婆豆腐、清炒菠菜
			bot@group: (silence)`},
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
