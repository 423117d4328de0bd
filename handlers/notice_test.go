package handlers_test

import (
	"net/http"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"

	"xingfuli/bot/app"
	"xingfuli/bot/community"
	"xingfuli/bot/sim"
)

// hall is a demo with an announcer, a specialist of 安居小区, and a stranger.
func hall(t *testing.T) *app.Demo {
	t.Helper()
	d, err := app.NewDemo(t.Context(), app.DemoOptions{Start: monday, Stopped: true, Fast: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(d.Close)
	if err := d.Sim.Start(1003); err != nil {
		t.Fatal(err)
	}
	for id, key := range map[int64]string{3001: "crier", 3002: "spec", 3003: "ana"} {
		d.Sim.AddPerson(person(id, key))
		if err := d.Sim.Start(id); err != nil {
			t.Fatal(err)
		}
	}
	for id, role := range map[int64]community.Role{3001: community.Notice, 3002: community.Specialist} {
		home := ""
		if role == community.Specialist {
			home = "anju"
		}
		if err := d.App.Store.Grant(t.Context(), id, "", role, home); err != nil {
			t.Fatal(err)
		}
	}
	return d
}

// done has people do what a script says, and the bot all that comes of it. How often the
// report of a delivery is edited meanwhile is a matter of time.
func done(t *testing.T, d *app.Demo, script string) {
	t.Helper()
	steps, err := sim.Parse(script)
	if err != nil {
		t.Fatal(err)
	}
	for _, st := range steps {
		if err := d.Sim.Perform(t.Context(), st); err != nil {
			t.Fatal(err)
		}
	}
}

// heard wants the newest messages of the bot in a chat: "…" stands for anything.
func heard(t *testing.T, d *app.Demo, chat int64, want ...string) {
	t.Helper()
	who, at := chat, d.Sim.Bot().ID
	if chat < 0 {
		who, at = 1003, chat
	}
	var got []string
	for _, m := range d.Sim.History(who, at, 0, len(want)) {
		got = append(got, m.Text)
	}
	for i, w := range want {
		parts := strings.Split(regexp.QuoteMeta(w), "…")
		if len(got) != len(want) || !regexp.MustCompile("^(?s)"+strings.Join(parts, ".*")+"$").MatchString(got[i]) {
			t.Errorf("chat %d has %q, want %q", chat, got, want)
			return
		}
	}
}

// TestAnnounce takes a notice from its words to its recipients.
func TestAnnounce(t *testing.T) {
	t.Parallel()
	d := hall(t)
	playIn(t, d, `
		ana: /announce
		bot: 这件事要由镇里的管理员…
		resident: /where
		bot: …
		resident: [安居小区]
		bot*: …
		crier: (html) /announce 明天 <b>停水</b>
		bot: 发给谁？可以选好几个，几处都有的人只收一次。
		| [小区的群…]
		| [小区的居民…]
		| [所有的群]
		| [全体工作人员]
		| [某个职务…]
		crier: [小区的居民…]
		bot*: 发给谁？…
		| [安居小区的居民]
		| [回到分类]
		crier: [安居小区的居民]
		bot*: 发给谁？可以选好几个，几处都有的人只收一次。
		|
		| ✓ 安居小区的居民
		|
		| 将发到 0 个群、1 人
		| [✓ 安居小区的居民]
		| [回到分类] [选好了，下一步]
		crier: [回到分类]
		bot*: …
		crier: [小区的群…]
		bot*: …
		crier: [安居小区的群]
		bot*: …将发到 1 个群、1 人
		| [✓ 安居小区的群]
		| [回到分类] [选好了，下一步]
		crier: [选好了，下一步]
		bot*: 什么时候发？…
		| [立即发]
		crier: [立即发]
		bot*: 还要什么？…
		| [紧急] [要求回执]
		| [看预览]
		crier: [要求回执]
		bot*: …
		| [紧急] [✓ 要求回执]
		| [看预览]
		crier: [看预览]
		bot: 明天 停水
		| [已收到]
		bot: 上面就是大家会看到的样子。
		|
		| 发给：安居小区的居民、安居小区的群
		| 将发到 1 个群、1 人
		| 时间：确认后马上发
		| 要求回执
		| [先发给我] [确认发送]
		| [修改] [取消]
		crier: [先发给我]
		bot: 明天 停水
		| [已收到]
		bot!: 发给您了，别人收到的也是这样。
		crier: [修改]
		bot*: 要改什么？…
		crier: [改内容]
		bot*: 请把新的内容发给我…
		crier: (html) 后天 <b>停水</b>
		bot: 后天 停水
		| [已收到]
		bot: 上面就是大家会看到的样子。…
`)
	done(t, d, "crier: [确认发送]")
	heard(t, d, 3001, "好，开始发了：1 个群、1 人。发得怎么样，下面会一直告诉您。", "发完了…已发：2…")
	heard(t, d, 1001, "后天 停水")
	heard(t, d, -1001000000001, "后天 停水")
	playIn(t, d, `
		crier: /notices
		bot: 要发的公告…
		crier: [发过的]
		bot*: 发过的公告，一共 1 条
		| [周一 11月23日 09:00 后天 停水 · 已发]
		| [要发的] [正在发的]
		crier: [周一 11月23日 09:00 后天]
		bot*: 后天 停水
		| 已发，crier写的
		|
		| 发给：安居小区的居民、安居小区的群
		| 要求回执
		|
		| 周一 11月23日 09:00 发给 2 个：已发 2，失败 0，未确认 0，剩余 0
		| [看发送情况（周一 11月23日 09:00）]
		| [看内容]
		| [回到公告]
		crier: [看内容]
		bot: 后天 停水
		crier: [看发送情况]
		bot*: 发完了…
		admin: /audit
		bot: …`)
	var got []string
	for _, m := range d.Sim.History(1001, d.Sim.Bot().ID, 0, 9) {
		got = append(got, m.HTML)
	}
	if !strings.Contains(strings.Join(got, "\n"), "后天 <b>停水</b>") {
		t.Errorf("the formatting is lost: %q", got)
	}
}

// secondGroup binds one more group: a notice to both is to all.
func secondGroup(t *testing.T, d *app.Demo) {
	t.Helper()
	d.Sim.AddGroup(sim.Group{ID: -1001000000002, Key: "north", Title: "北区", Members: []int64{1003}, BotIn: true})
	if err := d.App.Store.SetCommunity(t.Context(), "test.north", -1001000000002, "anju"); err != nil {
		t.Fatal(err)
	}
}

const toAll = `
	crier: /announce 明天停水
	bot: 发给谁？…
	crier: [所有的群]
	bot*: 发给谁？…将发到 2 个群、0 人…
	crier: [选好了，下一步]
	bot*: …
	crier: [立即发]
	bot*: …
	crier: [看预览]
	bot: 明天停水
	bot: 上面就是大家会看到的样子。…发的人多，确认以后要另一位同事同意，才会发出去。
	crier: [确认发送]
	bot*: 好，已经请其他同事看了：2 个群、0 人，要有一位同意才会发。有了结果我告诉您。
	bot@admin: 明天停水
	bot@admin: crier要发上面这条公告，请您看一看。
	|
	| 发给：所有的群
	| 将发到 2 个群、0 人
	| 时间：您同意后马上发
	| [同意发送] [不同意]
	`

// TestNoticeSecond: what goes to all groups needs a second person, and one only.
func TestNoticeSecond(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, script string }{
		{"agreed", toAll + `
			DONE admin: [同意发送]
			admin: (forge noticeyes ID 1)
			bot!!: 别人已经定了，或者已经发出去了。
			admin: (forge noticeno ID 1)
			bot!!: 别人已经定了，或者已经发出去了。
			admin: /audit
			bot: 改动记录，留三年
			|
			| 1. 周一 11月23日 09:00 镇管理员：同意了公告「明天停水」
			| 2. 周一 11月23日 09:00 crier：写了公告「明天停水」…
			admin: [1]
			bot*: …所有的群：2 个群、0 人…`},
		{"refused", toAll + `
			admin: [不同意]
			bot*: 好，这条不发了，我去告诉写的人。
			bot@crier: 镇管理员没有同意，这条没有发。要改一改再发，用 /announce 接着写。
			| 「明天停水」
			bot@group: (silence)
			crier: /announce
			bot: …
			crier: [接着写]
			bot: 明天停水
			bot: 上面就是…
			admin: /start
			bot: …
			admin: (forge noticeyes ID 1)
			bot!!: 别人已经定了，或者已经发出去了。`},
		{"nobody else", toAll + `
			crier: (forge noticeyes ID 1)
			bot!!: 自己写的要请另一位同事来同意。
			spec: /start
			bot: …
			spec: (forge noticeyes ID 1)
			bot!!: 您现在不能给他们发公告。…
			ana: /start
			bot: …
			ana: (forge noticeyes ID 1)
			bot!!: 您现在不能给他们发公告。…
			admin: (forge noticeyes ID 2)
			bot!!: 这个按钮已经过时了…
			admin: (forge noticeyes nosuch 1)
			bot!!: 没有这条公告…
			bot@group: (silence)`},
		{"the author has lost the role", toAll + `
			admin: /staff 移除 3001 notice
			bot: 已经移除…
			admin: [同意发送]
			bot!!: 写这条的人现在不能给他们发公告了，所以不发。
			bot@group: (silence)`},
		{"stopped by its author", toAll + `
			crier: /notices
			bot: 要发的公告，一共 1 条…
			crier: [周一 11月23日]
			bot*: …等人同意…
			crier: [停用]
			bot*: 停用以后就不再发了：「明天停水」。要停用吗？…
			crier: [停用]
			bot*: …已停用…
			admin: [同意发送]
			bot!!: 别人已经定了，或者已经发出去了。`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			d := hall(t)
			secondGroup(t, d)
			first, rest, _ := strings.Cut(tt.script, "[同意发送] [不同意]\n")
			playIn(t, d, first+"[同意发送] [不同意]\n")
			all, err := d.App.Store.Notices(t.Context(), "ahead", 0, 9)
			if err != nil || len(all) != 1 {
				t.Fatalf("%v, %v", all, err)
			}
			if before, after, ok := strings.Cut(rest, "DONE admin: [同意发送]"); ok {
				playIn(t, d, before)
				done(t, d, "admin: [同意发送]")
				heard(t, d, 1003, "好，开始发了：2 个群、0 人。…")
				heard(t, d, 3001, "镇管理员同意了，开始发了。…「明天停水」", "发完了…已发：2…")
				heard(t, d, -1001000000001, "明天停水")
				heard(t, d, -1001000000002, "明天停水")
				rest = after
			}
			playIn(t, d, strings.ReplaceAll(rest, "ID", all[0].ID))
		})
	}
}

// TestNoticeAlone: where nobody could agree, nothing is lost.
func TestNoticeAlone(t *testing.T) {
	t.Parallel()
	d := hall(t)
	secondGroup(t, d)
	playIn(t, d, strings.ReplaceAll(toAll[:strings.Index(toAll, "	bot*: 好，已经")], "crier", "admin")+`
		bot*: 好，已经请其他同事看了…
		bot@crier: 明天停水
		bot@crier: 镇管理员要发上面这条公告…`)
	if err := d.App.Store.Revoke(t.Context(), "test.revoke", 3001, community.Notice, "", 0, community.Entry{At: monday, Who: 1003, What: "staff.remove"}); err != nil {
		t.Fatal(err)
	}
	playIn(t, d, strings.ReplaceAll(toAll[:strings.Index(toAll, "	bot*: 好，已经")], "crier", "admin")+`
		bot!!: 发的人多，要另一位同事同意，可是现在没有别的公告员或管理员。…
		admin: /announce
		bot: 请把要发的内容发给我…您上次还有一条没写完，可以接着写。
		| [接着写] [不要了，重新写]
		admin: [接着写]
		bot: 明天停水
		bot: 上面就是…
		| [先发给我] [确认发送]
		| [修改] [取消]
		admin: [取消]
		bot*: 好，这条不发了。
		admin: /announce
		bot: 请把要发的内容发给我：…都会保留。`)
}

// TestAnnounceParts: albums, what is too long, what cannot be sent on, and going back.
func TestAnnounceParts(t *testing.T) {
	t.Parallel()
	d := hall(t)
	playIn(t, d, `
		spec: /announce
		bot: 请把要发的内容发给我…
		spec: (sticker)
		bot: 这个我转不了。请发文字、照片或者文件。
		spec: (album 3) 茶园
		bot: 发给谁？可以选好几个，几处都有的人只收一次。
		| [安居小区的群]
		| [安居小区的居民]
		spec: 随便说说
		bot: 请点上面的按钮。…
		spec: (forge tick)
		bot!!: 这个按钮已经过时了…
		spec: (forge announce tick.+allgroups.~0)
		bot!!: 您现在不能给他们发公告。…
		spec: (forge announce tick.+chat:1001.~0)
		bot!!: 您现在不能给他们发公告。…
		spec: (forge announce preview)
		bot!!: 这样一个人也发不到…
		spec: (forge announce send 1)
		bot!!: 这样一个人也发不到…
		spec: [安居小区的居民]
		bot*: …现在一个人也发不到…
		spec: [安居小区的群]
		bot*: …将发到 1 个群、0 人…
		spec: [选好了，下一步]
		bot*: …
		spec: 等会儿吧
		bot: 「等会儿吧」是什么时候，我没看懂。…
		spec: 昨天 8:00
		bot: 这个时间已经过了，请换一个时间。写好的内容都在。
		spec: 每周一 8:00
		bot: …
		|
		| 接下来的时间是：
		| · 周一 11月30日 08:00
		| · 周一 12月7日 08:00
		| · 周一 12月14日 08:00
		| [就这个时间]
		| [换一个时间] [立即发]
		spec: 今晚11点
		bot: …这个时间大家在休息，不是紧急的会等到天亮再发。…
		spec: [立即发]
		bot*: …
		spec: [看预览]
		bot: (photo) 茶园
		bot: (photo)
		bot: (photo)
		bot: 上面就是…
		spec: [修改]
		bot*: 要改什么？其他的都不变。
		| [改内容] [改发给谁]
		| [改时间] [改选项]
		| [看预览]
		spec: [改时间]
		bot*: …
		spec: 9点半
		bot: …· 周一 11月23日 09:30…
		spec: [就这个时间]
		bot: (photo) 茶园
		bot: (photo)
		bot: (photo)
		bot: 上面就是…时间：11月23日（周一）9:30…
		spec: (forge announce send 1)
		bot!!: 这个按钮已经过时了…
		clock: +40m
		spec: [确认发送]
		bot!!: 这个时间已经过了，请换一个时间。写好的内容都在。
		spec: (photo) 换一张
		bot: 请点上面的按钮。…`)
}

const weekly = `
	crier: /announce 倒垃圾
	bot: 发给谁？…
	crier: [小区的群…]
	bot*: …
	crier: [安居小区的群]
	bot*: …
	crier: [选好了，下一步]
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
	bot*: 好，记下了，到时候会发：1 个群、0 人。
	| 每周一 8:00
	| · 周一 11月30日 08:00
	| · 周一 12月7日 08:00
	| · 周一 12月14日 08:00
	| [看全部公告]
	`

const opened = `
	crier: /notices
	bot: 要发的公告，一共 1 条
	| [周一 11月23日 09:00 倒垃圾 · 定时]
	| [正在发的] [发过的]
	crier: [周一 11月23日 09:00 倒垃圾]
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
			| · 周二 11月24日 07:30
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
		playIn(t, d, weekly+opened+"crier: [现在发]\nbot*: 现在就发「倒垃圾」吗？将发到 1 个群、0 人。\n| [现在发] [先不]\n")
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
		for _, want := range []string{"演练开始了，只发给您一个人。真发的话，会到 1 个群、0 人。", "【演练】只发给您一个人看。\n\n倒垃圾", "（演练，只发给您）\n\n已发：1"} {
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
			bot@crier: 公告「倒垃圾」这次没有发：…
			clock: +14d
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

// TestNoticeNight: what is not urgent waits for the morning, what is urgent does not.
func TestNoticeNight(t *testing.T) {
	t.Parallel()
	for _, urgent := range []bool{false, true} {
		d := hall(t)
		done(t, d, "clock: 2026-11-23 23:30\ncrier: /announce 爆管了\ncrier: [所有的群]\ncrier: [选好了，下一步]\ncrier: [立即发]")
		if urgent {
			done(t, d, "crier: [紧急]")
		}
		done(t, d, "crier: [看预览]")
		if urgent {
			heard(t, d, 3001, "爆管了", "上面就是…紧急：夜里也发")
		} else {
			heard(t, d, 3001, "爆管了", "上面就是…这个时间大家在休息，会等到天亮再发。…")
		}
		done(t, d, "crier: [确认发送]")
		want(t, d, "爆管了", map[bool]int{true: 1}[urgent])
		done(t, d, "crier: /notices\ncrier: [正在发的]")
		heard(t, d, 3001, map[bool]string{true: "正在发的公告…现在没有。", false: "正在发的公告，一共 1 条"}[urgent])
		done(t, d, "clock: 2026-11-24 07:00")
		want(t, d, "爆管了", 1)
	}
}

// TestAnnounceKept: what somebody is writing outlives days, and is gone when they say so.
func TestAnnounceKept(t *testing.T) {
	t.Parallel()
	d := hall(t)
	playIn(t, d, `
		crier: (html) /announce <b>体检</b>
		bot: 发给谁？…
		crier: [全体工作人员]
		bot*: …
		clock: +25h
		crier: [选好了，下一步]
		bot!!: 这个按钮已经过时了…
		crier: /announce
		bot: …您上次还有一条没写完，可以接着写。
		| [接着写] [不要了，重新写]
		crier: [接着写]
		bot*: 发给谁？…✓ 全体工作人员…
		crier: [选好了，下一步]
		bot*: 什么时候发？…
		crier: /menu
		bot: …
		crier: /announce
		bot: …可以接着写。
		crier: [不要了，重新写]
		bot*: 请把要发的内容发给我：…都会保留。
		crier: 开会
		bot: 发给谁？…
		crier: /cancel
		bot: 好，这条不发了。
		crier: /announce
		bot: 请把要发的内容发给我：…都会保留。
		crier: 开会
		bot: 发给谁？…
		clock: +8d
		crier: /announce
		bot: 请把要发的内容发给我：…都会保留。`)
}

// TestAnnounceReply: a notice may be a message that is replied to.
func TestAnnounceReply(t *testing.T) {
	t.Parallel()
	d := hall(t)
	playIn(t, d, "crier: /id\nbot: …\ncrier: (reply) /announce\nbot: 发给谁？…\ncrier: [所有的群]\nbot*: …\ncrier: [选好了，下一步]\nbot*: …\ncrier: [立即发]\nbot*: …\ncrier: [看预览]\nbot: …3001…\nbot: …")
}

// TestAnnounceAgain: what Telegram refuses to show at first is shown at the next try, and what
// was done meanwhile is not done twice.
func TestAnnounceAgain(t *testing.T) {
	t.Parallel()
	const begun = "clock: +1m\ncrier: /announce 倒垃圾\nbot: …\n"
	const ready = begun + "crier: [所有的群]\nbot*: …\ncrier: [选好了，下一步]\nbot*: …\ncrier: [立即发]\nbot*: …\ncrier: [看预览]\nbot: …\nbot: …\n"
	tests := []struct {
		name, method, before, act, after string
		sent                             int
	}{
		{"begin", "sendMessage", "clock: +1m", "crier: /announce 倒垃圾", "crier: /notices\nbot: …现在没有…", 0},
		{"tick", "editMessageText", begun, "crier: [所有的群]", "crier: [选好了，下一步]\nbot*: …", 0},
		{"option", "editMessageText", begun + "crier: [所有的群]\nbot*: …\ncrier: [选好了，下一步]\nbot*: …\ncrier: [立即发]\nbot*: …\n", "crier: [紧急]", "crier: [看预览]\nbot: …\nbot: …紧急：夜里也发…", 0},
		{"preview", "sendMessage", begun + "crier: [所有的群]\nbot*: …\ncrier: [选好了，下一步]\nbot*: …\ncrier: [立即发]\nbot*: …\n", "crier: [看预览]", "crier: [修改]\nbot*: …", 0},
		{"send", "editMessageText", ready, "crier: [确认发送]", "crier: /notices\nbot: …现在没有…\ncrier: [发过的]\nbot*: …一共 1 条…", 1},
		{"a photo", "sendMessage", "clock: +1m\ncrier: /announce\nbot: …\n", "crier: (album 2) 茶园", "crier: [所有的群]\nbot*: …\ncrier: [选好了，下一步]\nbot*: …\ncrier: [立即发]\nbot*: …\ncrier: [看预览]\nbot: (photo) 茶园\nbot: (photo)\nbot: …", 0},
		{"stop", "editMessageText", weekly + opened + "crier: [停用]\nbot*: …\n", "crier: [停用]", "crier: /notices\nbot: …现在没有…", 0},
		{"move", "editMessageText", weekly + opened + "crier: [改期]\nbot: …\ncrier: 明天 7:30\nbot: …\n", "crier: [就这样改]", "crier: /notices\nbot: …一共 1 条…", 0},
		{"now", "editMessageText", weekly + opened + "crier: [现在发]\nbot*: …\n", "crier: [现在发]", "crier: /notices\nbot: …一共 1 条…", 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			d := hall(t)
			playIn(t, d, tt.before)
			var failed atomic.Bool
			stop := d.Sim.Fail(func(method string, chat int64) *sim.Fault {
				if method == tt.method && chat == 3001 && failed.CompareAndSwap(false, true) {
					return &sim.Fault{Status: http.StatusBadRequest}
				}
				return nil
			})
			done(t, d, tt.act)
			stop()
			if !failed.Load() {
				t.Errorf("no %s was refused", tt.method)
			}
			want(t, d, "倒垃圾", tt.sent)
			playIn(t, d, tt.after)
			want(t, d, "倒垃圾", tt.sent)
		})
	}
}

// TestAnnounceLong: what is too long is told at once, by how much, and kept.
func TestAnnounceLong(t *testing.T) {
	t.Parallel()
	d := hall(t)
	playIn(t, d, "crier: /announce\nbot: …")
	long := strings.Repeat("长", 1000)
	album := []sim.Act{{Photo: onePixel, Caption: long}, {Photo: onePixel, Caption: long}}
	if _, err := d.Sim.Do(t.Context(), 3001, d.Sim.Bot().ID, sim.Act{Album: album}); err != nil {
		t.Fatal(err)
	}
	done(t, d, "clock: +1m")
	heard(t, d, 3001, "发给谁？…", "太长了：带照片或文件的最多 1024 个字，现在多了 977 个。…")
	playIn(t, d, `
		crier: [所有的群]
		bot*: …
		crier: (forge announce preview)
		bot!!: 太长了：带照片或文件的最多 1024 个字，现在多了 977 个。…
		crier: (forge announce body)
		bot*: 请把新的内容发给我…
		crier: 短的
		bot: 发给谁？…✓ 所有的群…`)
}

// TestAnnounceEnglish: what an announcer with an English Telegram reads, receipts of photos
// without words among it.
func TestAnnounceEnglish(t *testing.T) {
	t.Parallel()
	d := hall(t)
	d.Sim.AddPerson(sim.Person{ID: 3009, Key: "eve", Name: "eve", Language: "en"})
	if err := d.App.Store.Grant(t.Context(), 3009, "", community.Notice, ""); err != nil {
		t.Fatal(err)
	}
	playIn(t, d, `
		eve: /announce
		bot: Send me what to announce:…
		eve: (album 2)
		bot: For whom?…
		eve: [all groups]
		bot*: For whom? Tick as many as you like; whoever is in several gets it once.
		|
		| ✓ all groups
		|
		| It goes to groups: 1, people: 0…
		eve: [Next]
		bot*: When?…
		eve: when I like
		bot: I do not understand when “when I like” is.…
		eve: tomorrow 7:30
		bot: …The next times are:
		| · Tue 24 Nov 07:30…
		eve: [Now]
		bot*: Anything else?…
		eve: [Receipts]
		bot*: …
		eve: [Preview]
		bot: (photo)
		bot: (photo)
		bot: Please press “Received” when you have seen it.
		| [Received]
		bot: Above is what everybody will see.
		|
		| For: all groups
		| It goes to groups: 1, people: 0
		| When: as soon as you confirm
		| Receipts are asked for
		| [Send it to me first] [Send]
		| [Change] [Give up]
		eve: [Give up]
		bot*: All right, it is not sent.`)
}
