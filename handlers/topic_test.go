package handlers_test

import (
	"encoding/json"
	"html/template"
	"testing"

	"xingfuli/bot/notice"
	"xingfuli/bot/queue"
)

// TestTopics lets people choose what they are told, and stop it with one tap.
func TestTopics(t *testing.T) {
	t.Parallel()
	d := hall(t)
	playIn(t, d, `
		resident@group: /subscribe
		bot@group: 想收哪些通知，请私下告诉我…
		| [私下挑一挑]
		resident: /subscribe
		bot: 您想收哪些通知？…
		| [停水停电] [活动]
		| [食堂] [便民服务]
		| [政策] [招工]
		| [茶青收购价] [农技培训]
		| [✓ 小区通知]
		| [全部打开] [全部关掉]
		resident: [停水停电]
		bot*: 您想收哪些通知？…
		resident: (forge topic +water)
		bot: (silence)
		resident: (forge topic +nosuch)
		bot!!: 这个按钮已经过时了…
		ana: /subscribe
		bot: …
		ana: [全部打开]
		bot*: …
		crier: /announce 明天停水
		bot: …
		crier: [订阅的人…]
		bot*: …
		crier: [订阅了停水停电的人]
		bot*: …将发到 2 人…
		spec: /announce 明天停水
		bot: …
		| [安居小区的群]
		| [安居小区的居民]
		| [安居小区订阅了停水停电的人]
		| [安居小区订阅了活动的人]
		| [安居小区订阅了食堂的人]
		| [安居小区订阅了便民服务的人]
		spec: [安居小区订阅了停水停电的人]
		bot*: …将发到 2 人…`)
	send := func(op, words string, urgent bool, to ...string) {
		t.Helper()
		body, err := json.Marshal(notice.Body{HTML: template.HTML(words)})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := d.App.Store.StartDelivery(t.Context(), queue.Op(op), queue.Delivery{Kind: "notice", Body: body, To: to, Urgent: urgent, Made: d.Sim.Now()}); err != nil {
			t.Fatal(err)
		}
		if err := d.App.Settle(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	send("1", "停水一", false, "topic:water@anju", "staff")
	heard(t, d, 1001, "停水一")
	done(t, d, "resident: [不再接收此类]")
	send("2", "停水二", false, "topic:water")
	heard(t, d, 1001, "停水一")
	heard(t, d, 3003, "停水二")
	send("3", "小区三", false, "residents:anju")
	heard(t, d, 1001, "小区三")
	done(t, d, "resident: [不再接收此类]\nresident: [✓ 不再接收]")
	send("4", "小区四", false, "residents:anju")
	heard(t, d, 1001, "小区三")
	send("5", "紧急五", true, "residents:anju")
	heard(t, d, 1001, "紧急五")
	playIn(t, d, `
		resident: /subscribe
		bot: …
		resident: [小区通知]
		bot*: …
		| [停水停电] [活动]
		| [食堂] [便民服务]
		| [政策] [招工]
		| [茶青收购价] [农技培训]
		| [✓ 小区通知]
		| [全部打开] [全部关掉]`)
	send("6", "小区六", false, "residents:anju")
	heard(t, d, 1001, "小区六")
	send("7", "两样七", false, "residents:anju", "topic:tea") // which came as one to residents
	done(t, d, "resident: [不再接收此类]")
	send("8", "小区八", false, "residents:anju")
	heard(t, d, 1001, "两样七")
	playIn(t, d, `
		ana: /privacy
		bot: …您选的想收哪些通知：8 样…`)
}

// TestTopicsHome: of what is told by community, a person hears in their own. Who has not said
// which that is is asked, and has their topics before them again then; a link in the group
// leads to them at once.
func TestTopicsHome(t *testing.T) {
	t.Parallel()
	d := hall(t)
	playIn(t, d, `
		admin: /community 新增 世纪花园小区
		bot: …
		resident: /subscribe
		bot: 您想收哪些通知？…我还不知道您住哪个小区…
		| [停水停电] [活动]
		| [食堂] [便民服务]
		| [政策] [招工]
		| [茶青收购价] [农技培训]
		| [✓ 小区通知]
		| [全部打开] [全部关掉]
		| [告诉我住哪个小区]
		resident: [告诉我住哪个小区]
		bot: 您住在哪个小区？…
		| [安居小区] [世纪花园小区]
		resident: [世纪花园小区]
		bot*: …
		bot: 您想收哪些通知？点一下打开或关掉。
		|
		| 「小区通知」关掉以后，只有紧急的还会告诉您。
		| [停水停电] [活动]
		| [食堂] [便民服务]
		| [政策] [招工]
		| [茶青收购价] [农技培训]
		| [✓ 小区通知]
		| [全部打开] [全部关掉]
		ana: /start subscribe
		bot: 您好！…
		bot: 您住在哪个小区？…
		ana: [安居小区]
		bot*: …
		bot: 您想收哪些通知？…
		ana: [停水停电]
		bot*: …
		ana: /start subscribe
		bot: 您好！…
		bot: 您想收哪些通知？…
		| [✓ 停水停电] [活动]
		| [食堂] [便民服务]
		| [政策] [招工]
		| [茶青收购价] [农技培训]
		| [✓ 小区通知]
		| [全部打开] [全部关掉]`)
}

// TestOneHome: where there is one community only, who starts the bot lives there, and hears
// what its residents are told.
func TestOneHome(t *testing.T) {
	t.Parallel()
	d := hall(t)
	playIn(t, d, `
		resident: /start
		bot: 您好！…
		crier: /announce 明天停水
		bot: …
		crier: [小区的居民…]
		bot*: …
		crier: [安居小区的居民]
		bot*: …将发到 1 人…`)
}
