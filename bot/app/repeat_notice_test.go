package app

import (
	"strings"
	"testing"
	"time"

	"xingfuli/bot/community"
	"xingfuli/bot/sim"
)

// TestRepeatNotice kills turns that write, send, move and agree to notices between their
// change and their end: each is done once and in the trail once, and nobody gets a second copy.
func TestRepeatNotice(t *testing.T) {
	t.Parallel()
	d, err := NewDemo(t.Context(), DemoOptions{Start: time.Date(2026, 11, 23, 1, 0, 0, 0, time.UTC), Stopped: true, Fast: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(d.Close)
	id := int64(2_000_000)
	press := func(labels ...string) {
		t.Helper()
		for _, label := range labels {
			id++
			message, data := newest(t, d, label)
			killed(t, d, id, presses(message, data))
		}
	}
	say := func(words string) {
		t.Helper()
		id++
		killed(t, d, id, says(words))
	}
	if err := d.Sim.Start(demoAdmin); err != nil {
		t.Fatal(err)
	}
	say("/announce 停水")
	press("所有的群", "下一步", "立即发", "紧急", "看预览", "先发给我", "确认发送")
	counted(t, d, "停水", 1, "notice.write", 1)

	say("/announce")
	say("开会")
	press("小区的群…", "安居小区的群", "下一步")
	say("每周一 8:00")
	press("就这个时间", "看预览", "修改", "改时间")
	say("每周二 8:00")
	press("就这个时间", "确认发送")
	say("/notices")
	press("周二 11月24日 08:00 开会", "改期")
	say("每周一 8:00")
	press("就这样改")
	counted(t, d, "开会", 0, "notice.move", 1)
	press("现在发")
	press("现在发")
	counted(t, d, "开会", 1, "notice.now", 1)
	press("停用")
	press("停用")
	counted(t, d, "开会", 1, "notice.stop", 1)

	d.Sim.AddGroup(sim.Group{ID: demoGroup - 1, Key: "north", Title: "北区", Members: []int64{demoAdmin}, BotIn: true})
	if err := d.App.Store.SetCommunity(t.Context(), "test.north", demoGroup-1, sampleCommunity); err != nil {
		t.Fatal(err)
	}
	if err := d.App.Store.Grant(t.Context(), demoCook, "", community.Notice, ""); err != nil {
		t.Fatal(err)
	}
	err = d.Sim.Play(t.Context(), `
		cook: /announce 体检
		bot: …
		cook: [所有的群]
		bot*: …
		cook: [下一步]
		bot*: …
		cook: [立即发]
		bot*: …
		cook: [看预览]
		bot: …
		bot: …
		cook: [确认发送]
		bot*: …
		bot@admin: 体检
		bot@admin: …`)
	if err != nil {
		t.Fatal(err)
	}
	press("同意发送")
	counted(t, d, "体检", 1, "notice.agree", 1)
}

// counted wants the group to have been told something so often, and a deed to be in the trail
// so often.
func counted(t *testing.T, d *Demo, words string, told int, what string, entries int) {
	t.Helper()
	if err := d.App.Settle(t.Context()); err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, m := range d.Sim.History(demoAdmin, demoGroup, 0, 50) {
		if strings.Contains(m.Text, words) {
			n++
		}
	}
	if n != told {
		t.Errorf("the group was told 「%s」 %d times, want %d", words, n, told)
	}
	es, err := d.App.Store.Audit(t.Context(), "", 1000)
	if err != nil {
		t.Fatal(err)
	}
	n = 0
	for _, e := range es {
		if e.What == what && e.About == words {
			n++
		}
	}
	if n != entries {
		t.Errorf("%s of 「%s」 is in the trail %d times, want %d", what, words, n, entries)
	}
}
