package handlers_test

import (
	"strconv"
	"strings"
	"testing"

	"xingfuli/bot/notice"
)

// TestAnnounceSlips: what people do who do not read buttons: they say 取消, name a time several
// times, and press where they pressed before.
func TestAnnounceSlips(t *testing.T) {
	t.Parallel()
	d := hall(t)
	playIn(t, d, `
		crier: /announce
		bot: …
		crier: 取消。
		bot: 好，不办了，刚才填的都没有留下。
		crier: /announce 开会
		bot: …
		crier: 算了
		bot: 好，先不发了。写好的替您留七天，发 /announce 可以接着写。
		crier: /announce
		bot: …上次写的「开会」还没发，可以接着写。…
		crier: [接着写]
		bot*: …
		crier: [全体工作人员]
		bot*: …
		crier: [下一步]
		bot*: 什么时候发？…
		crier: 明天
		bot: 「明天」几点？请连钟点一起说，比如：明天 7:30、每周一 8:00。
		crier: */5 * * * *
		bot: 一个小时里发好几次，大家就不看了。…
		crier: 每月31号 9点
		bot: …没有 31 号的月份不发。…
		crier: 每天 9:30
		bot: 每天 9:30…`)
	older, _, err := d.App.Store.NoticeDraft(t.Context(), 3001)
	if err != nil {
		t.Fatal(err)
	}
	playIn(t, d, strings.ReplaceAll(`
		crier: 明天 7:30
		bot: 11月24日（周二）7:30
		|
		| 到时候发一次。
		| [就这个时间]
		| [换一个时间] [立即发]
		crier: (forge announce timed OLDER)
		bot!!: 您后来又说了别的时间，请点最下面那一条的按钮。
		crier: 马上发
		bot: 还要什么？…
		clock: +1s
		crier: /announce 停电
		bot: 发给谁？…
		crier: (forge announce next OLDER)
		bot!!: 这是前面那一条公告的按钮，请看最下面的。
		crier: 停水
		bot: 请先点上面的按钮。…`, "OLDER", strconv.FormatInt(int64(older.Edition), 36)))
}

// TestMenuPushOlder: the button below times that others have taken the place of ends nothing.
func TestMenuPushOlder(t *testing.T) {
	t.Parallel()
	playIn(t, hall(t), `
		admin@group: /menu_push 10:30
		bot@group: 好，以后…
		admin@group: /menu_push 11:00
		bot@group: 好，以后…
		admin@group: (forge pushoff 00000000)
		bot!!: 后来改过时间了，请看最下面那条。…
		admin@group: [不发了]
		bot*@group: 好，这个群不再定时发菜单了。`)
}

// TestAnnounceSilentAlbum: who gets photos without a word can refuse more of them all the same.
func TestAnnounceSilentAlbum(t *testing.T) {
	t.Parallel()
	d := hall(t)
	playIn(t, d, `
		resident: /where 安居小区
		bot: …
		crier: /announce
		bot: …
		crier: (album 2)
		bot: 发给谁？…
		crier: [小区的居民…]
		bot*: …
		crier: [安居小区的居民]
		bot*: …
		crier: [下一步]
		bot*: …
		crier: [立即发]
		bot*: …
		crier: [看预览]
		bot: (photo)
		bot: (photo)
		bot: 上面这些请您看一看。
		| [不再接收此类]
		bot: …`)
	done(t, d, "crier: [确认发送]\nresident: [不再接收此类]")
	if chosen, err := d.App.Store.Subscriptions(t.Context(), 1001); err != nil || len(chosen) != 1 || chosen[0] != notice.NoNews {
		t.Errorf("%v, %v", chosen, err)
	}
}
