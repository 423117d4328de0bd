package handlers_test

import (
	"testing"
	"time"

	"xingfuli/bot/sim"
)

func TestCommunity(t *testing.T) {
	play(t, []script{
		{name: "whom to call", script: `
			resident@group: /contact
			bot@group: 安居小区的社区专员
			| 安居小区社区专员
			| 电话：0577-00000001
			| 时间：周一到周五 8:30–17:00`},
		{name: "common questions are answered in place", script: `
			resident: /start
			bot: (anything)
			resident: [常见问题]
			bot: 您想知道什么？点一下就有答案：
			| [食堂几点开饭]
			| [吃一顿多少钱]
			| [社区专员怎么找]
			| [机器人会记下我什么]
			| [开放时间 ›] [停车 ›]
			| [公交 ›] [景点和路线 ›]
			| [办事 ›]
			resident: [吃一顿多少钱]
			bot*: 和食堂吃一顿饭
			| · 70岁以上：8元
			| · 60到69岁：12元
			| · 其他居民：15元
			| [回到问题列表]
			resident: [回到问题列表]
			bot*: 您想知道什么？点一下就有答案：
			resident: [食堂几点开饭]
			bot*: 和食堂开饭时间
			| · 午餐 10:30–12:30
			| 地址：安居小区 1 号楼一楼
			| 电话：0577-00000002
			resident: [回到问题列表]
			bot*: …
			resident: [社区专员怎么找]
			bot*: 安居小区的社区专员…
			resident: [回到问题列表]
			bot*: …
			resident: [机器人会记下我什么]
			bot*: …发 /privacy（私下发给我）…
			resident: (forge answers nonsense)
			bot!!: 这个按钮已经过时了…`},
		{name: "an admin binds a group; an unknown name gives the list", script: `
			admin@group: /bind 世纪
			bot@group: 没有找到这个小区。登记过的有：安居小区。请这样发：/bind 安居小区
			admin@group: /bind
			bot@group: 没有找到这个小区。登记过的有：安居小区。请这样发：/bind 安居小区
			admin@group: /bind <b>安居
			bot@group: 没有找到这个小区。…
			admin@group: /bind 安居
			bot@group: 本群已绑定「安居小区」。`},
		{name: "where somebody lives", script: `
			resident: /where
			bot: 您住在哪个小区？点一下就行，以后问菜单、找专员都按这个来。
			| [安居小区]
			resident: [安居小区]
			bot*: 记下了，您住在安居小区。
			resident: (forge where elsewhere)
			bot!!: 这个按钮已经过时了…`},
	})
}

// TestJoined follows the bot into a group that nobody has bound yet.
func TestJoined(t *testing.T) {
	t.Parallel()
	s := demo(t, monday)
	s.AddGroup(sim.Group{ID: -1002000000002, Key: "new", Title: "邻居群", Members: []int64{1001, 1003}})
	if err := s.AddBot(-1002000000002, 1001); err != nil {
		t.Fatal(err)
	}
	err := s.Play(t.Context(), `
		bot@new: 大家好，我是幸福里，能告诉大家食堂今天吃什么、社区专员怎么找。
		|
		| 先请镇里的管理员或者小区的专员在群里发一句：/bind 小区名。绑定以前我不会出声。
		resident@new: 周二有鱼吗？
		bot@new: (silence)
		resident@new: /menu
		bot@new: 本群还没有绑定小区，我还不知道该说哪个食堂。请镇里的管理员或者小区的专员在群里发：/bind 小区名
		resident@new: /bind 安居小区
		bot@new: 这件事要由镇里的管理员…
		admin@new: /bind 安居小区
		bot@new: 本群已绑定「安居小区」。
		resident@new: 周二有鱼吗？
		bot@new: 有的！…`)
	if err != nil {
		t.Error(err)
	}
}

// TestMigrate keeps what a group has chosen when it becomes a supergroup.
func TestMigrate(t *testing.T) {
	t.Parallel()
	s := demo(t, monday)
	s.AddGroup(sim.Group{ID: -2002, Key: "small", Title: "小群", Members: []int64{1001, 1003}, Admins: []int64{1003}, BotIn: true})
	err := s.Play(t.Context(), `
		admin@small: /bind 安居小区
		bot@small: 本群已绑定「安居小区」。`)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Migrate(-2002); err != nil {
		t.Fatal(err)
	}
	if err := s.Play(t.Context(), "resident@small: 周二有鱼吗？\nbot@small: 有的！…"); err != nil {
		t.Error(err)
	}
}

// TestMuted stays silent in a group where the bot may not speak: nothing is tried again,
// and nothing is laid before an admin.
func TestMuted(t *testing.T) {
	t.Parallel()
	s := demo(t, monday)
	if err := s.Mute(-1001000000001, true); err != nil {
		t.Fatal(err)
	}
	before := s.Counts()["sendMessage"].Calls
	err := s.Play(t.Context(), `
		resident@group: 周二有鱼吗？
		bot@group: (silence)
		admin: /dead
		bot: 没有处理不了的消息，都好好的。`)
	if err != nil {
		t.Error(err)
	}
	if n := s.Counts()["sendMessage"].Calls - before; n != 2 {
		t.Errorf("%d calls instead of one refused and one answered", n)
	}
}

// TestContactHours: who asks for the specialist outside working hours is told when somebody
// answers, by the holiday calendar.
func TestContactHours(t *testing.T) {
	const set = `
			admin: /contact 设置 安居小区 安居专员 0577-00000001 周一到周五 8:30–17:00
			bot: …
			resident: /contact
			bot: 安居小区的社区专员…时间：周一到周五 8:30–17:00`
	play(t, []script{
		{name: "at work", script: set},
		{name: "in the evening", at: monday.Add(10 * time.Hour), script: set + `
			|
			| 现在不是上班时间，周二 11月24日 08:30 以后打得通。`},
		{name: "on a make-up Saturday", at: time.Date(2026, 10, 10, 1, 0, 0, 0, time.UTC), script: set},
		{name: "in the holidays", at: time.Date(2026, 10, 2, 1, 0, 0, 0, time.UTC), script: set + `
			|
			| 现在不是上班时间，周四 10月8日 08:30 以后打得通。`},
		{name: "in words that say nothing", script: `
			admin: /contact 设置 安居小区 安居专员 0577-00000001 随时都行
			bot: …
			resident: /contact
			bot: 安居小区的社区专员
			| 安居专员
			| 电话：0577-00000001
			| 时间：随时都行`},
	})
}
