package handlers_test

import (
	"context"
	"testing"

	"xingfuli/bot/notice"
	"xingfuli/bot/queue"
)

// TestTopicsAdmin: an admin adds a kind of news, which people choose then and notices are
// written for, renames and closes it.
func TestTopicsAdmin(t *testing.T) {
	t.Parallel()
	d := hall(t)
	playIn(t, d, `
		resident: /where 安居小区
		bot: …
		admin: /topics
		bot: 通知的种类，一共 8 种…
		| [停水停电] [活动]
		| [食堂] [便民服务]
		| [政策] [招工]
		| [茶青收购价] [农技培训]
		| [新增一种]
		admin: [新增一种]
		bot: 请把新种类的名字发给我…
		admin: 老年 大学
		bot: 名字要 1 到 20 个字…
		admin: 活动
		bot: 已经有一种通知叫这个名字了…
		admin: 老年大学
		bot: 好了，「老年大学」已经列在 /subscribe 里…
		| [改成按小区发]
		| [改名] [停用]
		| [回到种类列表]
		admin: [改成按小区发]
		bot*: 老年大学…选了的有 0 人。…按小区发…
		resident: /subscribe
		bot: 您想收哪些通知？…
		resident: [老年大学]
		bot*: …
		spec: /announce 周三开班
		bot: …
		spec: [安居小区订阅了老年大学的人]
		bot*: …将发到 1 人…
		admin: /topics 改名 老年大学 夜校
		bot: 好了，现在叫「夜校」。
		admin: /topics 改名 老年大学 夜校
		bot: 没有找到叫这个名字的通知种类…
		admin: /topics 停用 夜校
		bot: 要停用「夜校」吗？有 1 人选了它…
		| [停用] [先不停用]
		admin: [停用]
		bot*: 夜校（已停用，选过的 1 人还记着）
		| [重新启用]
		| [回到种类列表]
		admin: [回到种类列表]
		bot*: 通知的种类，一共 8 种…
		| [停水停电] [活动]
		| [食堂] [便民服务]
		| [政策] [招工]
		| [茶青收购价] [农技培训]
		| [下一页]
		| [新增一种]
		resident: (forge topic +t1)
		bot!!: 这个按钮已经过时了…
		admin: (forge subject t1.local)
		bot*: …
		admin: (forge subject nosuch.close)
		bot!!: 这个按钮已经过时了…
		admin: /topics 没有的
		bot: 可以这样说：…
		admin: /audit
		bot: …停用了通知种类「夜校」…`)
	if n := reach(t, d.App.Store.Walk, d.App.Store.Content, "topic:t1"); n != 0 {
		t.Errorf("a closed kind of news reaches %d", n)
	}
	playIn(t, d, `
		admin: /topics open 夜校
		bot: 夜校
		| 选了的有 1 人。…
		admin: /topics 夜校
		bot: 夜校…`)
	if n := reach(t, d.App.Store.Walk, d.App.Store.Content, "topic:t1"); n != 1 {
		t.Errorf("an open kind of news reaches %d", n)
	}
}

// reach counts the chats that a target means.
func reach(t *testing.T, walk func(context.Context, int64, notice.Audience, func(context.Context, []queue.Chat) error) error, content func(context.Context) (int64, error), target string) (n int) {
	t.Helper()
	to, err := notice.ParseTarget(target)
	if err != nil {
		t.Fatal(err)
	}
	number, err := content(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	err = walk(t.Context(), number, notice.Audience{To: []notice.Target{to}}, func(_ context.Context, chats []queue.Chat) error {
		n += len(chats)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}
