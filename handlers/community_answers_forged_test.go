package handlers_test

import (
	"testing"
	"time"

	"xingfuli/bot/community"
)

// TestAnswersClash shows the second of two editors what the first wrote, and asks.
func TestAnswersClash(t *testing.T) {
	playStaff(t, []script{{name: "of one answer", script: `
		admin: /answers 新增 健康 | 哪里可以量血压 | 一号楼 | 安居小区
		bot: 「哪里可以量血压」加好了…
		expert-anju: /start
		bot: (anything)
		bot: (anything)
		expert-anju: [安居小区]
		bot*: …
		admin: /where
		bot: …
		admin: [安居小区]
		bot*: …
		admin: /answers
		bot: …
		admin: [健康 ›]
		bot*: …
		admin: [哪里可以量血压]
		bot*: …
		admin: [改这一条]
		bot*: …
		expert-anju: /answers
		bot: …
		expert-anju: [健康 ›]
		bot*: …
		expert-anju: [哪里可以量血压]
		bot*: …
		expert-anju: [改这一条]
		bot*: …
		admin: [改答案]
		bot: …
		expert-anju: [改答案]
		bot: …
		admin: 二号楼
		bot: 改好了…
		expert-anju: 三号楼
		bot: 刚才有同事先改了这一条，现在是这样：
		|
		| 哪里可以量血压
		| 二号楼
		| （健康）
		|
		| 您写的是：
		| 三号楼
		|
		| 用哪个？
		| [用我写的] [留着现在的]
		resident@group: @xingfuli_demo_bot 哪里量血压
		bot@group: …二号楼…
		expert-anju: [用我写的]
		bot*: 改好了…
		resident@group: @xingfuli_demo_bot 哪里量血压
		bot@group: …三号楼…
		admin: /answers 删除 哪里可以量血压
		bot: …删掉了。
		expert-anju: [改问题]
		bot!!: 这一条已经不在了…`}})
}

// TestAnswersForged refuses who may not what they may not, whatever they press.
func TestAnswersForged(t *testing.T) {
	playStaff(t, []script{
		{name: "a resident", script: `
			resident: /start
			bot: (anything)
			bot: (anything)
			resident: (forge answeradd)
			bot!!: 这一条要镇里的管理员或者那个小区的专员来改。
			resident: (forge answeredit sample.3)
			bot!!: 这一条要镇里的管理员…
			resident: (forge answerset text-sample.3 1)
			bot!!: 这一条要镇里的管理员…
			resident: (forge answerfirst x-sample.3 1)
			bot!!: 这一条要镇里的管理员…
			resident: (forge answerdrop yes-sample.3 1)
			bot!!: 这一条要镇里的管理员…
			resident: (forge answerfor * 5)
			bot!!: 这个按钮已经过时了…
			resident: (forge answergroup abc 5)
			bot!!: 这个按钮已经过时了…
			resident: (forge answerput  5)
			bot!!: 这个按钮已经过时了…
			resident: (forge answeragain  5)
			bot!!: 这个按钮已经过时了…
			resident: (forge answermine  5)
			bot!!: 这个按钮已经过时了…
			resident: (forge answerleave  5)
			bot!!: 这个按钮已经过时了…
			resident: /answers 新增 停车 | 北门晚上关吗 | 不关
			bot: 这一条要镇里的管理员…
			resident: /answers 删除 食堂门口能停车吗
			bot: 这一条要镇里的管理员…
			cook: /answers 删除 食堂门口能停车吗
			bot: 这一条要镇里的管理员…
			resident: (forge answers g-abc.0)
			bot!!: 这个按钮已经过时了…
			resident: (forge answers g-abc.-1)
			bot!!: 这个按钮已经过时了…
			resident: (forge answers a-nothing)
			bot!!: 这一条已经不在了…
			resident: (forge unlikely nothing)
			bot*: 您想知道什么？…`},
		{name: "a specialist, the answers of others", script: `
			expert-anju: /start
			bot: (anything)
			bot: (anything)
			expert-anju: (forge answeredit sample.3)
			bot!!: 这一条要镇里的管理员…
			expert-anju: (forge answerdrop yes-sample.3 1)
			bot!!: 这一条要镇里的管理员…
			expert-anju: /answers 删除 食堂门口能停车吗
			bot: 这一条已经不在了…
			expert-anju: /answers 新增 停车 | 北门晚上关吗 | 不关 | 世纪花园小区
			bot: 请在最后写上给哪个小区看…`},
		{name: "an admin in a group is nobody here", script: `
			admin@group: /answers
			bot@group: …
			admin@group: (forge answeredit sample.3)
			bot!!: 这一条要镇里的管理员…
			admin@group: (forge answerdrop yes-sample.3 1)
			bot!!: 这一条要镇里的管理员…`},
	})
}

// entry is a change that somebody made.
func entry(who int64, at time.Time) community.Entry {
	return community.Entry{At: at, Who: who, What: "question.answer", About: "?"}
}
