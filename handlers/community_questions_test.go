package handlers_test

import (
	"testing"
	"time"

	"xingfuli/bot/queue"
)

// ask has a resident of 安居小区 ask what nobody has answered.
const asked = `
	resident: /start
	bot: (anything)
	bot: (anything)
	resident: [安居小区]
	bot*: …
	resident: 请问小区的路灯坏了找谁修？我电话13800138000
	bot: 这个我还答不上来，已经记下来给工作人员看了（没有记您是谁）。
	| [有了答案告诉我]
	resident: [有了答案告诉我]
	bot*: 好，七天之内有了答案，我私下告诉您。
`

func TestQuestions(t *testing.T) {
	playStaff(t, []script{
		{name: "asked, answered, told once", script: asked + `
			cook: /start
			bot: (anything)
			bot: (anything)
			clock: +1m
			resident@group: @xingfuli_demo_bot 路灯坏了吗？
			bot@group: 这个我还答不上来…
			cook@group: [有了答案告诉我]
			bot!!: 好，七天之内有了答案，我私下告诉您。还没单独跟我聊过的话，请先点我的头像发一句 /start
			expert-anju: /start
			bot: (anything)
			bot: (anything)
			expert-anju: /questions
			bot: 有 2 个问题还没人答，最近问的在前面。点一个看看：
			| [路灯坏了吗？（1次）]
			| [请问小区的路灯坏了找谁修？我电话＊＊（1次）]
			| [按问得多少排]
			expert-anju: [路灯坏了吗？]
			bot*: 路灯坏了吗？
			|
			| 问过 1 次，最近一次是周一 11月23日 09:01，安居小区的人问的。
			| [写答案]
			| [不用回答]
			| [回到问题列表]
			expert-anju: [写答案]
			bot: 「路灯坏了吗？」
			| 请把答案写给我…
			expert-anju: 已经在修了，<明天> 就好。
			bot: 放在哪一组？…
			expert-anju: [办事]
			bot*: 答好了！等着的人，我会私下告诉他们。
			bot@cook: 您前几天问的有答案了：
			|
			| 路灯坏了吗？
			|
			| 已经在修了，<明天> 就好。
			resident@group: @xingfuli_demo_bot 路灯坏了吗
			bot@group: 路灯坏了吗？…
			expert-anju: /questions
			bot: 有 1 个问题还没人答…
			expert-anju: [请问小区的路灯坏了]
			bot*: …
			| [写答案]
			| [就是「路灯坏了吗？」]
			| [不用回答]
			| [回到问题列表]
			expert-anju: [就是「路灯坏了吗？」]
			bot!: 答好了！等着的人，我会私下告诉他们。
			bot*: 没有等着回答的问题，都好好的。
			bot@resident: 您前几天问的有答案了：…
			clock: +1h
			resident: /id
			bot: 您的编号…`},
		{name: "a question with a number in it gets one of staff's own", script: asked + `
			admin: /questions
			bot: …
			admin: [请问小区的路灯]
			bot*: …
			admin: [写答案]
			bot: 请把答案写给我…
			admin: 打社区电话，当天就修
			bot: 放在哪一组？…
			admin: 报修
			bot: 大家会怎么问？…
			admin: 路灯坏了找谁修
			bot: 答好了！…
			bot@resident: 您前几天问的有答案了：
			|
			| 路灯坏了找谁修
			|
			| 打社区电话，当天就修`},
		{name: "nobody is told in the quiet hours", at: at(23, 21, 0), script: asked + `
			clock: +1h30m
			admin: /questions
			bot: …
			admin: [请问小区的路灯]
			bot*: …
			admin: [写答案]
			bot: …
			admin: 打社区电话
			bot: …
			admin: [办事]
			bot: …
			admin: 路灯坏了找谁修
			bot: 答好了！…
			bot@resident: (silence)
			clock: +8h
			bot@resident: (silence)
			clock: +31m
			bot@resident: 您前几天问的有答案了：…`},
		{name: "who asked more than seven days ago is not told", script: asked + `
			clock: +7d
			admin: /questions
			bot: 有 1 个问题还没人答…
			admin: [请问小区的路灯]
			bot*: …
			admin: [写答案]
			bot: …
			admin: 打社区电话
			bot: …
			admin: [办事]
			bot: …
			admin: 路灯坏了找谁修
			bot: 答好了！…
			bot@resident: (silence)`},
		{name: "who has blocked the bot meanwhile is left alone, later too", script: asked + `
			resident: (block)
			admin: /questions
			bot: …
			admin: [请问小区的路灯]
			bot*: …
			admin: [写答案]
			bot: …
			admin: 打社区电话
			bot: …
			admin: [办事]
			bot: …
			admin: 路灯坏了找谁修
			bot: 答好了！…
			clock: +1h
			resident: (unblock)
			clock: +1h
			bot@resident: (silence)
			resident: 路灯坏了找谁修
			bot: 路灯坏了找谁修
			|
			| 打社区电话…`},
		{name: "none of what was offered", script: `
			resident: /start
			bot: (anything)
			bot: (anything)
			resident: [安居小区]
			bot*: …
			resident: 停车场什么时候建好，停车一直难
			bot: 这个我还答不上来…
			resident: 哪里能停车呢
			bot: 您想问的是不是：…
			resident: [都不是]
			bot*: 这个我还答不上来…
			| [有了答案告诉我]
			expert-century: /start
			bot: (anything)
			bot: (anything)
			expert-century: /questions
			bot: 没有等着回答的问题，都好好的。
			expert-anju: /start
			bot: (anything)
			bot: (anything)
			expert-anju: /questions
			bot: 有 2 个问题还没人答…
			resident: 请问停车场什么时候建好？停车一直难！
			bot: 这个我还答不上来…
			expert-anju: [按问得多少排]
			bot*: 有 2 个问题还没人答，问得多的在前面。点一个看看：
			| [停车场什么时候建好，停车一直难（2次）]
			| [哪里能停车呢（1次）]
			| [按时间排]
			expert-anju: [停车场什么时候]
			bot*: …
			expert-anju: [不用回答]
			bot!: 好，不回答了
			bot*: 有 1 个问题还没人答…`},
		{name: "of two who answer the second gets back what they wrote", script: asked + `
			admin: /questions
			bot: …
			admin: [请问小区的路灯]
			bot*: …
			admin: [写答案]
			bot: …
			expert-anju: /start
			bot: (anything)
			bot: (anything)
			expert-anju: /questions
			bot: …
			expert-anju: [请问小区的路灯]
			bot*: …
			expert-anju: [写答案]
			bot: …
			admin: 打社区电话
			bot: …
			expert-anju: 找我就行
			bot: …
			admin: [办事]
			bot: …
			admin: 路灯坏了找谁修
			bot: 答好了！…
			bot@resident: 您前几天问的有答案了：…
			expert-anju: [办事]
			bot: …
			expert-anju: 路灯不亮找谁
			bot: 刚才有同事先处理了这个问题，您的答案没有发布。您写的在这里，要用的话发 /answers 另加一条：
			|
			| 找我就行
			expert-anju: [不用回答]
			bot!!: 这个问题已经有人处理好了…`},
		{name: "forged presses", script: asked + `
			resident: /questions
			bot: 这件事要由镇里的管理员，或者管这一块的工作人员来办。…
			resident@group: /questions
			bot@group: 这件事请私下跟我说…
			resident: (forge questions new.0)
			bot!!: 这一条要镇里的管理员…
			resident: (forge question abc)
			bot!!: 这一条要镇里的管理员…
			resident: (forge questionanswer abc)
			bot!!: 这一条要镇里的管理员…
			resident: (forge questionsame abc/sample.1)
			bot!!: 这一条要镇里的管理员…
			resident: (forge questiondismiss abc)
			bot!!: 这一条要镇里的管理员…
			resident: (forge tellme abc)
			bot!!: 这个问题已经有人处理好了。您再问我一次…
			admin: /questions
			bot: …
			admin: (forge question abc)
			bot!!: 这个问题已经有人处理好了…
			admin: (forge questions often.99999999999999999999)
			bot*: …
			admin: (forge questions new.7)
			bot*: …
			admin@group: /answers
			bot@group: …
			admin@group: (forge questions new.0)
			bot!!: 这一条要镇里的管理员…`},
	})
}

// TestTold tells nobody twice, and leaves nobody out, when a process dies before, in or
// after telling.
func TestTold(t *testing.T) {
	t.Parallel()
	d := withStaff(t, monday)
	if err := d.Sim.Play(t.Context(), asked); err != nil {
		t.Fatal(err)
	}
	s := d.App.Store
	qs, err := s.Questions(t.Context())
	if err != nil || len(qs) != 1 {
		t.Fatalf("%v, %v", qs, err)
	}
	a := qs[0].Draft("u1.1", nil)
	a.Question, a.Group, a.Text = "路灯坏了找谁修", "办事", "打社区电话"
	e := entry(1003, monday)
	for range 3 { // a turn that is repeated
		if err := s.AnswerQuestion(t.Context(), queue.Op("u1.2"), qs[0].ID, a, e); err != nil {
			t.Fatal(err)
		}
	}
	before := said(d.Sim)
	// Another replica takes whom it is to tell, and dies; this one comes after its time.
	if _, ok, err := s.Tell(t.Context(), monday, 4*time.Minute); !ok || err != nil {
		t.Fatalf("nobody is to be told: %v", err)
	}
	if _, ok, _ := s.Tell(t.Context(), monday.Add(4*time.Minute-time.Second), 0); ok {
		t.Error("two are telling the same person")
	}
	err = d.Sim.Play(t.Context(), `
		clock: +3m
		bot@resident: (silence)
		clock: +1m
		bot@resident: 您前几天问的有答案了：…
		clock: +1h
		bot@resident: (silence)`)
	if err != nil {
		t.Error(err)
	}
	if n := said(d.Sim) - before; n != 1 {
		t.Errorf("told %d times", n)
	}
}
