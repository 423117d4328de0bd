package handlers_test

import "testing"

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
			| [看图（大字）]
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
