package handlers_test

import "testing"

func TestPrivacy(t *testing.T) {
	playStaff(t, []script{
		{name: "told, taken away, deleted", script: `
			resident@group: /privacy
			bot@group: 我记下的关于您的事，只跟您一个人说。请点我的头像，私下发 /privacy 给我。
			resident: /start
			bot: (anything)
			bot: 您住在哪个小区？…
			resident: /privacy
			bot: 我记下了您的这些：
			|
			| · 一件办到一半的事，为了接着办，二十四小时
			|
			| 还有几样很快自己消失的：…
			| [导出] [删除]
			resident: [安居小区]
			bot*: …
			resident: 路灯坏了找谁
			bot: 这个我还答不上来…
			resident: [有了答案告诉我]
			bot*: …
			resident: /language
			bot: …
			resident: [中文]
			bot*: …
			bot: …
			resident: /privacy
			bot: 我记下了您的这些：
			|
			| · 语言：中文；小区：安居小区；为了回答得对，一直留到您改掉或者删除
			| · 等着我告诉您答案的问题：1 个，七天
			|
			| 还有几样很快自己消失的：…
			| [导出] [删除]
			resident: [导出]
			bot: (file xingfuli-2026-11-23.json) 这就是我记下的全部，一个字不少。
			resident: [删除]
			bot*: 真的都删掉吗？…会留下：…
			| [都删掉]
			| [不删了]
			resident: [不删了]
			bot*: 我记下了您的这些：…安居小区…
			resident: [删除]
			bot*: 真的都删掉吗？…
			resident: [都删掉]
			bot*: 都删掉了，我已经不认识您了。以后想用，发 /start 从头来就行。
			resident: (forge privacyerase  5)
			bot!!: 这个按钮已经过时了…
			admin: /questions
			bot: …
			admin: [路灯坏了找谁]
			bot*: …
			admin: [写答案]
			bot: …
			admin: 打社区电话
			bot: …
			admin: [办事]
			bot*: 答好了！…
			bot@resident: (silence)
			resident: /privacy
			bot: 我记下了您的这些：
			|
			| 什么都没有。…
			resident: /start
			bot: (anything)
			bot: 您住在哪个小区？…`},
		{name: "staff lose their roles, and leave what they did", script: `
			expert-anju: /start
			bot: (anything)
			bot: (anything)
			expert-anju: /answers 新增 办事 | 快递放哪里 | 门卫
			bot: …
			expert-anju: /privacy
			bot: 我记下了您的这些：
			|
			| · 职务：社区专员（安居小区）；管理员给的，收回或者您删除就没了
			| · 一件办到一半的事，为了接着办，二十四小时
			| · 您作为工作人员改过的、别人给您改过的：1 处，为了查得清楚，三年…
			expert-anju: [删除]
			bot*: …
			expert-anju: [都删掉]
			bot*: 都删掉了…
			expert-anju: /questions
			bot: 这件事要由镇里的管理员…
			resident@group: @xingfuli_demo_bot 快递放哪里呀
			bot@group: 快递放哪里…`},
		{name: "an admin of the config stays one, and is told so", script: `
			admin: /privacy
			bot: …
			| · 您是管理员，写在装机器人时的配置里，我改不了…
			admin: [删除]
			bot*: …您的管理员是写在配置里的，删不掉，要请装机器人的人去改。…
			admin: [都删掉]
			bot*: 都删掉了…
			admin: /questions
			bot: 没有等着回答的问题，都好好的。`},
		{name: "presses in a group, and without having been asked", script: `
			resident@group: /answers
			bot@group: …
			resident@group: (forge privacy)
			bot!!: 这个按钮已经过时了…
			resident@group: (forge privacyexport)
			bot!!: 这个按钮已经过时了…
			resident@group: (forge privacyask)
			bot!!: 这个按钮已经过时了…
			resident@group: (forge privacyerase  5)
			bot!!: 这个按钮已经过时了…
			resident: /start
			bot: (anything)
			bot: (anything)
			resident: (forge privacyerase)
			bot!!: 这个按钮已经过时了…
			resident: (forge privacyerase  5)
			bot!!: 这个按钮已经过时了…
			admin@group (anonymous): /privacy
			bot@group: 我记下的关于您的事，只跟您一个人说。…`},
	})
}
