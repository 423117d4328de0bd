package handlers_test

import (
	"os"
	"strings"
	"testing"

	"xingfuli/bot/sim"
)

// TestTours plays the guided tours of the demo page, with the answers in them.
func TestTours(t *testing.T) {
	for _, name := range []string{"resident", "cook", "favorite", "answers", "notice"} {
		s, err := os.ReadFile("../bot/app/tour_" + name + ".txt")
		if err != nil {
			t.Fatal(err)
		}
		play(t, []script{{name: name, script: string(s)}})
	}
}

const unknown = "不好意思，这句话我没看懂。发 /help，看看我能帮上什么忙。"

func TestChat(t *testing.T) {
	play(t, []script{
		{name: "help shows each person what they may do", script: `
			resident: /help
			bot: 您可以让我做这些：
			|
			| /menu 看食堂菜单，比如 /menu 周二
			| /favorites 收藏的菜，前一天晚上告诉您
			| /contact 找社区专员
			| /where 换一个小区
			| /answers 常见问题
			| /privacy 我记下了您的什么，可以拿走、可以删
			| /subscribe 想收哪些通知
			| /start 从头开始，拿出大按钮
			| /help 我能帮您办什么
			| /language 换语言 Language
			| /cancel 手上的事不办了
			| /id 看自己的编号
			|
			| 也可以直接打字问，比如「今天吃什么」「周二有鱼吗」「食堂几点开门」。
			cook: /help
			bot: …/setmenu 发布食堂菜单…
			admin@group: /help
			bot@group: …/bind 把本群绑定到小区…
			resident@group: /help
			bot@group: 您可以让我做这些：
			|
			| /menu 看食堂菜单，比如 /menu 周二
			| /contact 找社区专员
			| /answers 常见问题
			| /privacy 我记下了您的什么，可以拿走、可以删
			| /subscribe 想收哪些通知
			| /help 我能帮您办什么
			| /language 换语言 Language
			| /id 看自己的编号
			|
			| 也可以直接打字问，比如「今天吃什么」「周二有鱼吗」「食堂几点开门」。`},
		{name: "staff are greeted as such", script: `
			cook: /start
			bot: …您是工作人员，能办的事都列在 /help 里。…`},
		{name: "what nobody understands gets the big buttons", script: `
			resident: /start
			bot: (anything)
			resident: 阿弥陀佛
			bot: ` + unknown + `
			resident: (voice)
			bot: 语音、图片和表情我还看不懂。打几个字问我，或者点下面的按钮就行。
			resident: (sticker)
			bot: 语音、图片和表情我还看不懂。打几个字问我，或者点下面的按钮就行。
			| [今天吃什么] [本周菜单]
			| [联系专员] [常见问题]
			resident: [本周菜单]
			bot: 和食堂 …`},
		{name: "commands are matched whole, for this bot only", script: `
			resident@group: /menu@xingfuli_demo_bot 周三
			bot@group: 和食堂 周三（11月25日）…
			resident@group: /MENU@Xingfuli_Demo_Bot
			bot@group: 和食堂 今天…
			resident@group: /menu@otherbot 周三
			bot@group: (silence)
			resident@group: /menus
			bot@group: (silence)
			resident@group: /nothing@xingfuli_demo_bot
			bot@group: ` + unknown + `
			resident@group: ／menu周三
			bot@group: 和食堂 周三…
			resident@group: 大家看 /menu
			bot@group: (silence)`},
		{name: "a command in the wrong place says so", script: `
			resident@group: /start
			bot@group: 这件事请私下跟我说，别让大家看见您的消息。点一下我的头像就能单独聊。
			admin: /start
			bot: (anything)
			admin: /bind 安居小区
			bot: 这个要在群里说才行。请到群里再发一次。`},
		{name: "a command is refused to who may not use it", script: `
			resident: /start
			bot: (anything)
			resident: /setmenu 周一红烧肉
			bot: 这件事要由镇里的管理员，或者管这一块的工作人员来办。需要的话，请他们帮您办。
			resident@group: /bind 安居小区
			bot@group: 这件事要由镇里的管理员，或者管这一块的工作人员来办。需要的话，请他们帮您办。`},
		{name: "the bot says who somebody is", script: `
			resident: /id
			bot: 您的编号是 1001。
			resident@group: /id
			bot@group: 您的编号是 1001。
			| 这个群的编号是 -1001000000001。`},
		{name: "an anonymous admin is answered, but is nobody", script: `
			admin@group (anonymous): /menu 周三
			bot@group: 和食堂 周三…
			admin@group (anonymous): /bind 安居小区
			bot@group: 您现在是匿名管理员，我不知道您是谁，这件事办不了。请先在群里关掉匿名，再来一次。
			admin@group (anonymous): /id
			bot@group: 您现在是匿名管理员，我不知道您是谁，这件事办不了。请先在群里关掉匿名，再来一次。`},
		{name: "mentioned or replied to, the bot always answers", script: `
			resident@group: @xingfuli_demo_bot 阿弥陀佛
			bot@group: ` + unknown + `
			resident@group: @xingfuli_demo_bot 有鱼没
			bot@group: …清蒸青鱼…
			resident@group: (reply) 天气不错
			bot@group: ` + unknown + `
			resident@group: (photo) @xingfuli_demo_bot
			bot@group: 语音、图片和表情我还看不懂。打几个字问我就行。
			resident@group: (voice)
			bot@group: (silence)`},
	})
}

func TestLanguage(t *testing.T) {
	play(t, []script{
		{name: "a person chooses", script: `
			resident: /language
			bot: 我跟您说哪种话？
			| [中文] [English]
			resident: [English]
			bot*: All right, I will speak English from now on.
			bot: The big buttons below speak English now, too.
			resident: [What's for lunch]
			bot: 和食堂, today (Mon 23 Nov)
			| Lunch 10:30–12:30
			| · 红烧猪肉
			| · 西红柿炒蛋
			| · 清炒花菜
			| · 紫菜虾米汤
			| [Mon] [Tue] [Wed] [Thu]
			| [Fri] [Sat] [Sun] [Week]
			| [As a picture] [Favourites]
			resident: 今天吃什么
			bot: 和食堂, today…
			cook: /menu
			bot: 和食堂 今天…`},
		{name: "a group's administrators choose for it", script: `
			resident@group: /language
			bot@group: 我在这个群里说哪种话？由群管理员来选。
			| [中文] [English]
			resident@group: [English]
			bot!!: 这要请群管理员来选。
			admin@group: [English]
			bot*@group: All right, I will speak English from now on.
			resident@group: 周二有鱼吗？
			bot@group: Yes! 清蒸青鱼, tomorrow (Tue 24 Nov)…
			resident: /menu
			bot: 和食堂 今天…`},
		{name: "a forged language is stale", script: `
			resident: /language
			bot: (anything)
			resident: (forge language klingon)
			bot!!: 这个按钮已经过时了，事情可能刚有了变化。请重新问我一次，我把最新的给您看。`},
	})
}

func TestDialogue(t *testing.T) {
	play(t, []script{
		{name: "a dialogue can be left", script: `
			cook: /cancel
			bot: 您没有办到一半的事，不用取消。
			cook: /setmenu
			bot: 请把菜单直接粘贴给我…
			cook: /cancel
			bot: 好，不办了，刚才填的都没有留下。
			cook: 周一红烧肉
			bot: …`},
		{name: "a new command leaves the old dialogue and says so", script: `
			cook: /setmenu
			bot: 请把菜单直接粘贴给我…
			cook: /menu 周三
			bot: 先办您说的新事情，刚才没做完的「发菜单」就放下了。想接着办，重新开始就行。
			bot: 和食堂 周三…
			cook: /start
			bot: (anything)
			cook: /setmenu
			bot: 请把菜单直接粘贴给我…
			cook: [今天吃什么]
			bot: 先办您说的新事情，刚才没做完的「发菜单」就放下了。想接着办，重新开始就行。
			bot: 和食堂 今天…`},
		{name: "a button of an earlier step is stale, and so is one after the end", script: `
			cook: /setmenu 周四葱油鲳鱼
			bot: …葱油鲳鱼…
			cook: /setmenu 周四麻婆豆腐
			bot: 先办…
			bot: …麻婆豆腐…
			cook: (forge publish  5)
			bot!!: 这个按钮已经过时了…
			cook: [发布]
			bot*: 发布好了！…
			cook: (forge publish  5)
			bot!!: 这个按钮已经过时了…
			cook: /menu 周四
			bot: …麻婆豆腐…`},
		{name: "a dialogue is forgotten after a day", script: `
			cook: /setmenu 周四葱油鲳鱼
			bot: …
			clock: +23h
			cook: [修改]
			bot: 点一下这段字…
			clock: +25h
			cook: [发布]
			bot!!: 这个按钮已经过时了…`},
		{name: "nobody presses another person's dialogue", script: `
			cook: /setmenu 周四葱油鲳鱼
			bot: …
			admin: /start
			bot: (anything)
			admin: (forge publish  5)
			bot!!: 这个按钮已经过时了…
			resident: /start
			bot: (anything)
			resident: (forge drop)
			bot!!: 这个按钮已经过时了…`},
	})
}

// TestDeaf lists what the bot hears and does not answer.
func TestDeaf(t *testing.T) {
	const group = `"chat":{"id":-1001000000001,"type":"supergroup","title":"g"},"date":1795395600,"message_id":99`
	const person = `"from":{"id":1001,"is_bot":false,"first_name":"x"}`
	tests := map[string]string{
		"an edited message":             `"edited_message":{` + person + `,"edit_date":1795395600,"text":"/menu",` + group + `}`,
		"a channel's post":              `"channel_post":{"chat":{"id":-1009,"type":"channel","title":"c"},"date":1,"message_id":1,"text":"/menu"}`,
		"a channel in its linked group": `"message":{"from":{"id":777000,"is_bot":false,"first_name":"Telegram"},"sender_chat":{"id":-1009,"type":"channel","title":"c"},"is_automatic_forward":true,"text":"/menu",` + group + `}`,
		"a channel as a member":         `"message":{"from":{"id":136817688,"is_bot":true,"first_name":"Channel"},"sender_chat":{"id":-1009,"type":"channel","title":"c"},"text":"/menu",` + group + `}`,
		"another bot":                   `"message":{"from":{"id":5,"is_bot":true,"first_name":"bot"},"text":"/menu",` + group + `}`,
		"a message via another bot":     `"message":{` + person + `,"via_bot":{"id":5,"is_bot":true,"first_name":"bot"},"text":"/menu",` + group + `}`,
		"a service message":             `"message":{` + person + `,"new_chat_title":"g2",` + group + `}`,
		"a poll":                        `"poll":{"id":"1","question":"q","options":[],"total_voter_count":0,"is_closed":false,"is_anonymous":true,"type":"regular","allows_multiple_answers":false}`,
		"an unknown kind":               `"something_new":{"a":1}`,
		"a press without its message":   `"callback_query":{"id":"1",` + person + `,"chat_instance":"1","inline_message_id":"x","data":"menu"}`,
	}
	for name, body := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := demo(t, monday)
			before := said(s)
			s.Inject([]byte(`{` + body + `}`))
			if err := s.Play(t.Context(), "resident@group: /id\nbot@group: …"); err != nil {
				t.Fatal(err)
			}
			if n := said(s) - before; n != 1 {
				t.Errorf("the bot sent %d messages instead of one", n)
			}
		})
	}
}

// TestAlbum answers several pictures sent as one with one message.
func TestAlbum(t *testing.T) {
	t.Parallel()
	s := demo(t, monday)
	if err := s.Play(t.Context(), "resident: /start\nbot: …"); err != nil {
		t.Fatal(err)
	}
	before := said(s)
	photo := sim.Act{Photo: onePixel}
	if _, err := s.Do(t.Context(), 1001, s.Bot().ID, sim.Act{Album: []sim.Act{photo, photo, photo}}); err != nil {
		t.Fatal(err)
	}
	if err := s.Play(t.Context(), "resident: /id\nbot: 语音、图片和表情…\nbot: 您的编号…"); err != nil && !strings.Contains(err.Error(), "nobody") {
		t.Error(err)
	}
	if n := said(s) - before; n != 2 {
		t.Errorf("the bot sent %d messages instead of two", n)
	}
}

// TestTopic answers in the forum topic that was asked in.
func TestTopic(t *testing.T) {
	t.Parallel()
	s := demo(t, monday)
	s.AddGroup(sim.Group{ID: -1002000000002, Key: "forum", Title: "安居小区论坛", Forum: true, Topics: map[int]string{3: "食堂"}, Members: []int64{1001, 1003}, Admins: []int64{1003}, BotIn: true})
	err := s.Play(t.Context(), `
		admin@forum: /bind 安居小区
		bot@forum: 本群已绑定「安居小区」。
		resident@forum#3: 周二有鱼吗？
		bot@forum#3: 有的！…
		resident@forum#3: [整周]
		bot*@forum#3: 和食堂…
		resident@forum: 周二有鱼吗？
		bot@forum: 有的！…`)
	if err != nil {
		t.Error(err)
	}
}

// TestNoKeysInGroups puts the big buttons below nobody's screen but the person's own.
func TestNoKeysInGroups(t *testing.T) {
	t.Parallel()
	s := demo(t, monday)
	err := s.Play(t.Context(), `
		resident: /start
		bot: (anything)
		resident@group: @xingfuli_demo_bot 阿弥陀佛
		bot@group: `+unknown+`
		admin@group: /language
		bot@group: …
		admin@group: [中文]
		bot*@group: 好，以后我说中文。`)
	if err != nil {
		t.Error(err)
	}
	for _, c := range s.Chats(1001) {
		if (c.Keyboard == nil) != c.Group {
			t.Errorf("the keyboard in %s is %v", c.Title, c.Keyboard)
		}
	}
}
