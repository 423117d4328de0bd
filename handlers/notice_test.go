package handlers_test

import (
	"regexp"
	"strings"
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
		| [订阅的人…]
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
		| 将发到 1 人
		| [✓ 安居小区的居民]
		| [回到分类] [下一步]
		crier: [回到分类]
		bot*: …
		crier: [小区的群…]
		bot*: …
		crier: [安居小区的群]
		bot*: …将发到 1 个群、1 人
		| [✓ 安居小区的群]
		| [回到分类] [下一步]
		crier: [下一步]
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
		| [不再接收此类]
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
		| [不再接收此类]
		bot!: 发给您了，别人收到的也是这样。
		crier: [修改]
		bot*: 要改什么？…
		crier: [改内容]
		bot*: 请把新的内容发给我…
		crier: (html) 后天 <b>停水</b>
		bot: 后天 停水
		| [已收到]
		| [不再接收此类]
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

// TestNoticeNight: what is not urgent waits for the morning, what is urgent does not.
func TestNoticeNight(t *testing.T) {
	t.Parallel()
	for _, urgent := range []bool{false, true} {
		d := hall(t)
		done(t, d, "clock: 2026-11-23 23:30\ncrier: /announce 爆管了\ncrier: [所有的群]\ncrier: [下一步]\ncrier: [立即发]")
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
		crier: [下一步]
		bot!!: 这个按钮已经过时了…
		crier: /announce
		bot: …上次写的「体检」还没发，可以接着写。直接发新的内容来，上次那条就不要了。
		| [接着写] [不要了，重新写]
		crier: [接着写]
		bot*: 发给谁？…✓ 全体工作人员…
		crier: [下一步]
		bot*: 什么时候发？…
		crier: /menu
		bot: …
		crier: /announce
		bot: …可以接着写。…
		crier: [不要了，重新写]
		bot*: 请把要发的内容发给我：…都会保留。
		crier: 开会
		bot: 发给谁？…
		crier: /cancel
		bot: 好，先不发了。写好的替您留七天，发 /announce 可以接着写。
		crier: /announce
		bot: …上次写的「开会」还没发，可以接着写。…
		crier: 开会
		bot: 发给谁？…
		clock: +8d
		bot@spec: (photo) 安居小区一周小结…
		bot@admin: (photo) 全镇一周小结…
		crier: /announce
		bot: 请把要发的内容发给我：…都会保留。`)
}

// TestAnnounceReply: a notice may be a message that is replied to.
func TestAnnounceReply(t *testing.T) {
	t.Parallel()
	d := hall(t)
	playIn(t, d, "crier: /id\nbot: …\ncrier: (reply) /announce\nbot: 发给谁？…\ncrier: [所有的群]\nbot*: …\ncrier: [下一步]\nbot*: …\ncrier: [立即发]\nbot*: …\ncrier: [看预览]\nbot: …3001…\nbot: …")
}

// TestAnnounceStaff: the staff are those who hold a role, and the admins of the configuration,
// each once.
func TestAnnounceStaff(t *testing.T) {
	t.Parallel()
	d := hall(t)
	playIn(t, d, `
		admin: /announce 明天开会
		bot: 发给谁？…
		admin: [某个职务…]
		bot*: …
		admin: [职务是「管理员」的所有人]
		bot*: …将发到 1 人…
		admin: [回到分类]
		bot*: …
		admin: [全体工作人员]
		bot*: …将发到 4 人…
		admin: [下一步]
		bot*: …
		admin: [立即发]
		bot*: …
		admin: [看预览]
		bot: 明天开会
		bot: …`)
	done(t, d, "admin: [确认发送]")
	for _, who := range []int64{3001, 3002} {
		heard(t, d, who, "明天开会")
	}
	told := 0
	for _, m := range d.Sim.History(1003, d.Sim.Bot().ID, 0, 50) {
		if m.Text == "明天开会" {
			told++
		}
	}
	if told != 2 { // the preview, and what everybody gets
		t.Errorf("the admin has it %d times", told)
	}
}
