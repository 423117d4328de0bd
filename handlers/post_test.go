package handlers_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"xingfuli/bot/app"
	"xingfuli/bot/community"
	"xingfuli/bot/notice"
	"xingfuli/bot/queue"
	"xingfuli/bot/sim"
)

// posted sends a notice that asks for receipts to 居民阿婆, two neighbours of whom one has
// blocked the bot, and the group, and returns the delivery's ID.
func posted(t *testing.T, d *app.Demo, files ...notice.File) string {
	t.Helper()
	for id, key := range map[int64]string{4001: "ben", 4002: "eva"} {
		d.Sim.AddPerson(person(id, key))
		if err := d.Sim.Start(id); err != nil {
			t.Fatal(err)
		}
	}
	for _, id := range []int64{1001, 4001, 4002} {
		if id == 1001 {
			if err := d.Sim.Start(id); err != nil {
				t.Fatal(err)
			}
		}
		if err := d.App.Store.SetCommunity(t.Context(), queue.Op(fmt.Sprint("home", id)), id, "anju"); err != nil {
			t.Fatal(err)
		}
	}
	if err := d.Sim.Block(4002); err != nil {
		t.Fatal(err)
	}
	if err := d.App.Settle(t.Context()); err != nil {
		t.Fatal(err)
	}
	body, err := json.Marshal(notice.Body{HTML: "明天 <b>停水</b>", Files: files})
	if err != nil {
		t.Fatal(err)
	}
	del := queue.Delivery{Kind: "notice", Body: body, To: []string{"residents:anju", "groups:anju"}, Author: 3001, Receipt: true, Made: d.Sim.Now()}
	del, err = d.App.Store.StartDelivery(t.Context(), "test.post", del)
	if err != nil {
		t.Fatal(err)
	}
	if err := d.App.Settle(t.Context()); err != nil {
		t.Fatal(err)
	}
	return del.ID
}

// TestPost lets the author see how a sending went, and send again, correct, remind and take back.
func TestPost(t *testing.T) {
	t.Parallel()
	d := hall(t)
	id := posted(t, d)
	heard(t, d, 3001, `发完了
「明天 停水」

已发：3
失败：1
未确认：0
剩余：0
已收到：0`)
	heard(t, d, 4001, "明天 停水")
	done(t, d, "ben: [已收到]\nadmin@group: [已收到]\nresident@group: [已收到]\nresident@group: [已收到]")
	heard(t, d, 3001, "…已收到：3")
	done(t, d, "ben: [✓ 已收到]\nadmin@group: [已收到]") // in private the button is ticked, in a group it is for the others
	heard(t, d, 4001, "明天 停水")
	heard(t, d, 3001, "…已收到：3")
	done(t, d, "crier: [失败名单]")
	heard(t, d, 3001, "没发到的 1 个，原因在表里。")
	if got := sheet(t, d, 3001); !strings.Contains(got, "eva,4002,个人,把机器人停用了") {
		t.Errorf("the failures: %q", got)
	}
	done(t, d, "crier: [走访名单]")
	if got := sheet(t, d, 3001); !strings.Contains(got, "安居小区,居民阿婆,1001,发到了，还没回") || !strings.Contains(got, "安居小区,eva,4002,没发到") || strings.Contains(got, "4001") {
		t.Errorf("the visits: %q", got)
	}
	done(t, d, "crier: [提醒未回执]")
	heard(t, d, 1001, "明天 停水", "上面这条请您看一下，看过点「已收到」。")
	done(t, d, "crier: [提醒未回执]")
	heard(t, d, 1001, "明天 停水", "上面这条请您看一下，看过点「已收到」。")
	heard(t, d, 3001, "提醒完了\n「明天 停水」\n\n已提醒：1\n失败：0…")
	heard(t, d, 4001, "明天 停水")
	done(t, d, "resident: [已收到]")
	if err := d.Sim.Unblock(4002); err != nil {
		t.Fatal(err)
	}
	done(t, d, "eva: /start\ncrier: [补发失败]")
	heard(t, d, 4002, "明天 停水")
	done(t, d, "crier: [更正]\ncrier: 后天停水\ncrier: [确定更正]")
	for _, chat := range []int64{4001, 4002, -1001000000001} {
		heard(t, d, chat, "后天停水\n\n（已更正，周一 11月23日 09:00）")
	}
	heard(t, d, 3001, "好，这就把已经发出去的改过来。改得怎么样，下面告诉您。", "更正完了\n「后天停水」\n\n已改：4\n没改成：0…")
	done(t, d, "crier: (forge post "+id+".recall)\ncrier: [不了]\ncrier: (forge post "+id+".recall)\ncrier: [确定撤回]")
	for _, m := range d.Sim.History(4001, d.Sim.Bot().ID, 0, 9) {
		if strings.Contains(m.Text, "停水") && !m.Deleted {
			t.Errorf("still there: %q", m.Text)
		}
	}
	heard(t, d, 3001, "好，这就撤回。撤得怎么样，下面告诉您。", "撤回完了\n「后天停水」\n\n已撤回：4\n没撤成：0…")
}

// TestPostUnknown: what may have arrived is sent again only when somebody insists.
func TestPostUnknown(t *testing.T) {
	t.Parallel()
	d := hall(t)
	stop := d.Sim.Fail(func(method string, chat int64) *sim.Fault {
		if chat == 4001 && strings.HasPrefix(method, "send") {
			return &sim.Fault{Act: true, Drop: true}
		}
		return nil
	})
	posted(t, d)
	stop()
	heard(t, d, 3001, "发完了…未确认：1…「未确认」是发的时候断了线…")
	done(t, d, "crier: [补发未确认]")
	heard(t, d, 3001, "有 1 个不知道收到没有，再发的话，有人可能会收到两遍。确定补发吗？")
	heard(t, d, 4001, "明天 停水")
	done(t, d, "crier: [确定补发]")
	heard(t, d, 4001, "明天 停水", "明天 停水")
}

// TestPostSteered pauses, resumes and stops by the buttons of the report.
func TestPostSteered(t *testing.T) {
	t.Parallel()
	d := hall(t)
	d.Sim.Fail(func(method string, chat int64) *sim.Fault {
		if chat == 4001 && strings.HasPrefix(method, "send") {
			return &sim.Fault{Status: http.StatusTooManyRequests, RetryAfter: 60}
		}
		return nil
	})
	ctx := t.Context()
	for _, err := range []error{d.Sim.Start(1001), d.App.Store.SetCommunity(ctx, "home1001", 1001, "anju")} {
		if err != nil {
			t.Fatal(err)
		}
	}
	del, err := d.App.Store.StartDelivery(ctx, "test.post", queue.Delivery{Kind: "notice", Body: json.RawMessage(`{"h":"停水"}`), To: []string{"chat:4001", "residents:anju"}, Author: 3001, Made: d.Sim.Now()})
	if err != nil {
		t.Fatal(err)
	}
	reported := func(head string) {
		t.Helper()
		for {
			h := d.Sim.History(3001, d.Sim.Bot().ID, 0, 1)
			if len(h) == 1 && strings.HasPrefix(h[0].Text, head) {
				return
			}
			if _, err := d.App.Store.Delivery(ctx, del.ID); err != nil {
				t.Fatal(err)
			}
		}
	}
	reported("正在发送")
	done(t, d, "crier: [暂停]")
	reported("已暂停")
	done(t, d, "crier: [继续]")
	reported("正在发送")
	done(t, d, "crier: [终止]")
	reported("终止以后，还没发的 1 个就不发了")
	done(t, d, "crier: [确定终止]")
	reported("已终止")
	done(t, d, "ana: /start\nana: (forge post "+del.ID+".resume)\ncrier: (forge post "+del.ID+".again_failed)\ncrier: (forge post "+del.ID+".yes_unknown)")
	if got, err := d.App.Store.Delivery(ctx, del.ID); err != nil || got.State != queue.Stopped {
		t.Errorf("%+v, %v", got.Progress, err)
	}
}

// TestPostLost: an author who may not write to these people any more may not send again either.
func TestPostLost(t *testing.T) {
	t.Parallel()
	d := hall(t)
	id := posted(t, d)
	if err := d.App.Store.Grant(t.Context(), 3001, "", community.Teller, ""); err != nil {
		t.Fatal(err)
	}
	if err := d.App.Store.Revoke(t.Context(), "test.revoke", 3001, community.Notice, "", 0, community.Entry{At: monday, Who: 1003, What: "staff.remove"}); err != nil {
		t.Fatal(err)
	}
	for _, act := range []string{"again_failed", "revise", "remind", "yes_recall", "failures"} {
		done(t, d, "crier: (forge post "+id+"."+act+")")
	}
	if got, err := d.App.Store.Delivery(t.Context(), id); err != nil || got.Failed != 1 {
		t.Errorf("%+v, %v", got.Progress, err)
	}
	playIn(t, d, strings.ReplaceAll(`
		crier: /start
		bot: …
		crier: (forge post ID.revise)
		bot!!: 您现在不能给他们发公告。…
		admin: /notices
		bot: …
		admin: (forge post ID.show)
		bot*: 发完了…`, "ID", id))
}

// TestPostForged lets nobody else see or do anything.
func TestPostForged(t *testing.T) {
	t.Parallel()
	d := hall(t)
	id := posted(t, d)
	playIn(t, d, strings.ReplaceAll(`
		ana: /start
		bot: …
		ana: (forge post ID.failures)
		bot!!: 只有发的人和管理员可以这样做。
		spec: /start
		bot: …
		spec: (forge post ID.yes_recall)
		bot!!: 只有发的人和管理员可以这样做。
		ana: (forge post nosuch.pause)
		bot!!: 这次发送的记录已经没有了（只留 90 天）。
		ana: (forge got ID)
		bot!!: 这个按钮已经过时了…`, "ID", id))
}

// sheet is the text of the newest file that somebody was sent.
func sheet(t *testing.T, d *app.Demo, chat int64) string {
	t.Helper()
	h := d.Sim.History(chat, d.Sim.Bot().ID, 0, 1)
	if len(h) != 1 || len(h[0].Files) != 1 {
		t.Fatalf("no file: %+v", h)
	}
	data, _, err := d.Sim.File(h[0].Files[0].Path)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}
