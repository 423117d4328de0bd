package handlers_test

import (
	"strings"
	"testing"

	"xingfuli/bot/app"
	"xingfuli/bot/community"
	"xingfuli/bot/sim"
)

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
	bot*: 发给谁？…将发到 2 个群…
	crier: [下一步]
	bot*: …
	crier: [立即发]
	bot*: …
	crier: [看预览]
	bot: 明天停水
	bot: 上面就是大家会看到的样子。…发的人多，确认以后要另一位同事同意，才会发出去。
	crier: [确认发送]
	bot*: 好，已经请其他同事看了：2 个群，要有一位同意才会发。有了结果我告诉您。
	bot@admin: 明天停水
	bot@admin: crier要发上面这条公告，请您看一看。
	|
	| 发给：所有的群
	| 将发到 2 个群
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
			bot*: …所有的群：2 个群…`},
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
				heard(t, d, 1003, "好，开始发了：2 个群。…")
				heard(t, d, 3001, "镇管理员同意了，开始发了。…「明天停水」", "发完了…已发：2…")
				heard(t, d, -1001000000001, "明天停水")
				heard(t, d, -1001000000002, "明天停水")
				rest = after
			}
			playIn(t, d, strings.ReplaceAll(rest, "ID", all[0].ID))
		})
	}
}

// TestNoticeCorrection: what needed a second person needs one to be corrected too, and stays as it
// is until then.
func TestNoticeCorrection(t *testing.T) {
	t.Parallel()
	for name, script := range map[string]string{
		"agreed": `
			admin: [同意更正]
			bot*: 好，这就把发出去的改过来，我也告诉写的人。
			bot@crier: 镇管理员同意了，这就把发出去的改过来。
			| 「后天停水」
			bot@crier: …
			bot*@group: 后天停水…（已更正…
			bot*@north: 后天停水…
			admin: (forge noticeyes ID 1)
			bot!!: 别人已经定了，或者已经发出去了。`,
		"refused": `
			admin: [不同意]
			bot*: 好，不改了，我去告诉写的人。
			bot@crier: 镇管理员没有同意，发出去的没有改。要换个说法，再点一次「更正」。
			| 「后天停水」
			bot@group: (silence)`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := hall(t)
			secondGroup(t, d)
			playIn(t, d, toAll)
			done(t, d, "admin: [同意发送]")
			playIn(t, d, `
				crier: [更正]
				bot: 请把更正以后的文字发给我…
				crier: 后天停水
				bot: 改成这样：…
				crier: [确定更正]
				bot*: 这条发给的人多，已经请其他同事看了更正，要有一位同意才会改。…
				bot@admin: 后天停水…
				bot@admin: crier要把已经发出去的公告改成上面这样，请您看一看。
				|
				| 收到过的：所有的群
				| 时间：您同意后马上改
				| [同意更正] [不同意]
				bot@group: (silence)`)
			all, err := d.App.Store.Notices(t.Context(), "ahead", 0, 9)
			if err != nil || len(all) != 1 || all[0].Corrects == "" {
				t.Fatalf("%+v, %v", all, err)
			}
			playIn(t, d, strings.ReplaceAll(script, "ID", all[0].ID))
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
		bot: 请把要发的内容发给我…上次写的「明天停水」还没发，可以接着写。…
		| [接着写] [不要了，重新写]
		admin: [接着写]
		bot: 明天停水
		bot: 上面就是…
		| [先发给我] [确认发送]
		| [修改] [取消]
		admin: [取消]
		bot*: 好，先不发了。写好的替您留七天，发 /announce 可以接着写。
		admin: /announce
		bot: …上次写的「明天停水」还没发，可以接着写。…`)
}

// TestNoticeSecondMoved: what needs a second person needs one for other times too, and is not let
// go by being stopped while it waits.
func TestNoticeSecondMoved(t *testing.T) {
	t.Parallel()
	d := hall(t)
	secondGroup(t, d)
	playIn(t, d, toAll+`
		crier: /notices
		bot: 要发的公告，一共 1 条…
		crier: [周一 11月23日]
		bot*: …等人同意…
		crier: [停用]
		bot*: 停用以后就不再发了：「明天停水」。要停用吗？…
		crier: [停用]
		bot*: …已停用…
		crier: [改期]
		bot: …
		crier: 明天 7:30
		bot: …
		crier: [就这样改]
		bot*: 好，已经请其他同事看了：2 个群，要有一位同意才会发。…
		bot@admin: 明天停水
		bot@admin: crier要发上面这条公告，请您看一看。
		|
		| 发给：所有的群
		| 将发到 2 个群
		| 时间：11月24日（周二）7:30
		| [同意发送] [不同意]`)
	done(t, d, "clock: 2026-11-24 07:25")
	playIn(t, d, `
		admin: [同意发送]
		bot*: 好，记下了…
		bot@crier: 镇管理员同意了…`)
	want(t, d, "明天停水", 0)
	done(t, d, "clock: +6m")
	want(t, d, "明天停水", 1)
	t.Run("not at all", func(t *testing.T) {
		d := hall(t)
		secondGroup(t, d)
		playIn(t, d, toAll)
		done(t, d, "crier: /notices\ncrier: [周一 11月23日]\ncrier: [停用]\ncrier: [停用]\ncrier: [改期]\ncrier: 明天 7:30\ncrier: [就这样改]\nclock: 2026-11-24 07:31")
		want(t, d, "明天停水", 0)
	})
}

// TestNoticeGrown: what one person could decide when it was written needs two when it goes to more
// by now.
func TestNoticeGrown(t *testing.T) {
	t.Parallel()
	d := hall(t)
	playIn(t, d, `
		crier: /announce 明天停水
		bot: …
		crier: [所有的群]
		bot*: …将发到 1 个群…
		crier: [下一步]
		bot*: …
		crier: 明天 7:30
		bot: …
		crier: [就这个时间]
		bot*: …
		crier: [看预览]
		bot: …
		bot: …
		crier: [确认发送]
		bot*: 好，记下了…`)
	secondGroup(t, d)
	playIn(t, d, `
		crier: /notices
		bot: …
		crier: [周二 11月24日]
		bot*: …
		crier: [现在发]
		bot*: 现在就发「明天停水」吗？将发到 2 个群。…
		crier: [现在发]
		bot!!: 现在要发到的人多了，要另一位同事同意才能发。…
		bot@group: (silence)
		crier: /notices
		bot: 要发的公告，一共 1 条…`)
}
