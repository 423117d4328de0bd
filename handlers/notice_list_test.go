package handlers_test

import (
	"strings"
	"testing"

	"xingfuli/bot/app"
)

const weekly = `
	crier: /announce 倒垃圾
	bot: 发给谁？…
	crier: [小区的群…]
	bot*: …
	crier: [安居小区的群]
	bot*: …
	crier: [下一步]
	bot*: …
	crier: 每周一 8:00
	bot: 每周一 8:00
	|
	| 接下来的时间是：
	| · 周一 11月30日 08:00
	| · 周一 12月7日 08:00
	| · 周一 12月14日 08:00
	| [就这个时间]
	| [换一个时间] [立即发]
	crier: [就这个时间]
	bot*: …
	crier: [看预览]
	bot: 倒垃圾
	bot: 上面就是…时间：每周一 8:00…
	crier: [确认发送]
	bot*: 好，记下了，到时候会发：1 个群。
	| 每周一 8:00
	| · 周一 11月30日 08:00
	| · 周一 12月7日 08:00
	| · 周一 12月14日 08:00
	| [看全部公告]
	`

const opened = `
	crier: /notices
	bot: 要发的公告，一共 1 条
	| [周一 11月30日 08:00 倒垃圾 · 定时]
	| [正在发的] [发过的]
	crier: [周一 11月30日 08:00 倒垃圾]
	bot*: 倒垃圾
	| 定时，crier写的
	|
	| 发给：安居小区的群
	| 时间：每周一 8:00
	| 接下来：
	| · 周一 11月30日 08:00
	| · 周一 12月7日 08:00
	| · 周一 12月14日 08:00
	| [改期] [停用]
	| [现在发] [演练]
	| [看内容]
	| [回到公告]
	`

// groupHeard counts how often the group was told something.
func groupHeard(d *app.Demo, words string) int {
	n := 0
	for _, m := range d.Sim.History(1003, -1001000000001, 0, 50) {
		if m.Text == words {
			n++
		}
	}
	return n
}

func want(t *testing.T, d *app.Demo, words string, n int) {
	t.Helper()
	if got := groupHeard(d, words); got != n {
		t.Errorf("the group was told 「%s」 %d times, want %d", words, got, n)
	}
}

// TestNoticeWeekly: a notice goes out at its times, and what is done to it in between holds.
func TestNoticeWeekly(t *testing.T) {
	t.Parallel()
	t.Run("three weeks", func(t *testing.T) {
		t.Parallel()
		d := hall(t)
		playIn(t, d, weekly)
		for i := range 3 {
			done(t, d, "clock: +7d")
			want(t, d, "倒垃圾", i+1)
		}
		playIn(t, d, "crier: /notices\nbot: 要发的公告，一共 1 条…\ncrier: [发过的]\nbot*: 发过的公告，一共 1 条…\ncrier: [周一]\nbot*: …12月14日 08:00 发给 1 个…12月7日 08:00 发给 1 个…11月30日 08:00 发给 1 个：已发 1，失败 0，未确认 0，剩余 0…")
	})
	t.Run("moved", func(t *testing.T) {
		t.Parallel()
		d := hall(t)
		playIn(t, d, weekly+opened+`
			crier: [改期]
			bot: 改到什么时候？…
			crier: 不知道
			bot: 「不知道」是什么时候，我没看懂。…
			crier: 明天 7:30
			bot: 「倒垃圾」改成：
			| 11月24日（周二）7:30
			|
			| 可以吗？也可以再打一个时间。
			| [就这样改] [先不]
			crier: [就这样改]
			bot*: 倒垃圾…时间：11月24日（周二）7:30…`)
		done(t, d, "clock: 2026-11-24 07:29")
		want(t, d, "倒垃圾", 0)
		done(t, d, "clock: +1m")
		want(t, d, "倒垃圾", 1)
		done(t, d, "clock: +14d")
		want(t, d, "倒垃圾", 1)
		playIn(t, d, "crier: /notices\nbot: 要发的公告…现在没有。…\ncrier: [发过的]\nbot*: …一共 1 条\n| [周二 11月24日 07:30 倒垃圾 · 已发]\n| [要发的] [正在发的]")
	})
	t.Run("stopped, and moved again", func(t *testing.T) {
		t.Parallel()
		d := hall(t)
		playIn(t, d, weekly+opened+`
			crier: [停用]
			bot*: 停用以后就不再发了：「倒垃圾」。要停用吗？
			| [停用] [先不]
			crier: [停用]
			bot*: 倒垃圾
			| 已停用，crier写的…
			| [改期] [演练]
			| [看内容]
			| [回到公告]`)
		done(t, d, "clock: +14d")
		want(t, d, "倒垃圾", 0)
		playIn(t, d, "crier: [改期]\nbot: …\ncrier: 每周一 8:00\nbot: …\ncrier: [就这样改]\nbot*: …定时…")
		done(t, d, "clock: +7d")
		want(t, d, "倒垃圾", 1)
	})
	t.Run("now", func(t *testing.T) {
		t.Parallel()
		d := hall(t)
		playIn(t, d, weekly+opened+"crier: [现在发]\nbot*: 现在就发「倒垃圾」吗？将发到 1 个群。…\n| [现在发] [先不]\n")
		done(t, d, "crier: [现在发]")
		want(t, d, "倒垃圾", 1)
		done(t, d, "clock: +7d")
		want(t, d, "倒垃圾", 2)
	})
	t.Run("rehearsed", func(t *testing.T) {
		t.Parallel()
		d := hall(t)
		playIn(t, d, weekly+opened)
		done(t, d, "crier: [演练]")
		want(t, d, "倒垃圾", 0)
		told := ""
		for _, m := range d.Sim.History(3001, d.Sim.Bot().ID, 0, 3) {
			told += m.Text + "\n"
		}
		for _, want := range []string{"演练开始了，只发给您一个人。真发的话，会到 1 个群。", "【演练】只发给您一个人看。\n\n倒垃圾", "（演练，只发给您）\n\n已发：1"} {
			if !strings.Contains(told, want) {
				t.Errorf("%q is not in %q", want, told)
			}
		}
	})
	t.Run("the author has lost the role", func(t *testing.T) {
		t.Parallel()
		d := hall(t)
		playIn(t, d, weekly+`
			admin: /staff 移除 3001 notice
			bot: 已经移除…
			clock: +7d
			bot@admin: 公告「倒垃圾」这次没有发：写它的人（编号 3001）现在不能给这些人发公告了，所以停用了。…
			bot@admin: 全镇一周小结…没有发公告。
			bot@crier: 公告「倒垃圾」这次没有发：…
			clock: +14d
			bot@admin: 全镇一周小结…
			bot@admin: 全镇一周小结…
			bot@spec: 安居小区一周小结…
			bot@spec: 安居小区一周小结…
			bot@spec: 安居小区一周小结…
			bot@group: (silence)
			crier: /notices
			bot: 这件事要由镇里的管理员…
			admin: /notices
			bot: …现在没有。…
			admin: [发过的]
			bot*: …
			| [周一 11月23日 09:00 倒垃圾 · 已停用]
			| [要发的] [正在发的]`)
	})
	t.Run("others", func(t *testing.T) {
		t.Parallel()
		d := hall(t)
		playIn(t, d, weekly)
		all, err := d.App.Store.Notices(t.Context(), "ahead", 0, 9)
		if err != nil || len(all) != 1 {
			t.Fatalf("%v, %v", all, err)
		}
		playIn(t, d, strings.ReplaceAll(`
			ana: /start
			bot: …
			ana: /notices
			bot: 这件事要由镇里的管理员…
			ana: (forge notices ahead)
			bot!!: 您现在不能给他们发公告。…
			ana: (forge notice ID)
			bot!!: 没有这条公告…
			ana: (forge notice ID.stopped 1)
			bot!!: 没有这条公告…
			ana: (forge announce tick.+allgroups.~0)
			bot!!: 您现在不能给他们发公告。…
			spec: /notices
			bot: 要发的公告，一共 1 条…
			spec: [周一]
			bot*: 倒垃圾…
			spec: (forge notice ID.stopped 9)
			bot!!: 这个按钮已经过时了…
			spec: (forge notice ID.moved 1)
			bot!!: 这个按钮已经过时了…
			spec: (forge notice ID.nonsense 1)
			bot!!: 这个按钮已经过时了…
			crier: (forge announce send 3)
			bot!!: 这个按钮已经过时了…`, "ID", all[0].ID))
		want(t, d, "倒垃圾", 0)
	})
}
