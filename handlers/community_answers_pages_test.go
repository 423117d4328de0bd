package handlers_test

import (
	"fmt"
	"strings"
	"testing"
)

// TestAnswersPages leafs through many questions, here and elsewhere.
func TestAnswersPages(t *testing.T) {
	var add strings.Builder
	for i := range 9 {
		fmt.Fprintf(&add, "\nadmin: /answers 新增 停车 | %d号门能停车吗 | 可以\nbot: …", i+1)
		fmt.Fprintf(&add, "\nadmin: /answers 新增 停车 | %d号门几点关 | 十点 | 世纪花园小区\nbot: …", i+1)
		fmt.Fprintf(&add, "\nresident@group: @xingfuli_demo_bot %d号楼的灯坏了找谁\nbot@group: …", i+1)
	}
	playStaff(t, []script{{name: "pages", script: add.String() + `
		resident@group: /answers
		bot@group: …
		resident@group: [停车 ›]
		bot*@group: 停车
		| 您想问哪一个？
		| [食堂门口能停车吗]
		| [小区停车怎么收费]
		| [1号门能停车吗]
		| [2号门能停车吗]
		| [3号门能停车吗]
		| [4号门能停车吗]
		| [5号门能停车吗]
		| [6号门能停车吗]
		| [下一页 ›]
		| [回到问题列表]
		resident@group: [下一页 ›]
		bot*@group: 停车
		| 您想问哪一个？
		| [7号门能停车吗]
		| [8号门能停车吗]
		| [9号门能停车吗]
		| [‹ 上一页]
		| [回到问题列表]
		resident@group: [‹ 上一页]
		bot*@group: …
		admin: /where
		bot: …
		admin: [安居小区]
		bot*: …
		admin: /answers
		bot: …
		admin: [别的小区的问答 ›]
		bot*: 看哪个小区的？
		| [世纪花园小区 ›]
		| [回到问题列表]
		admin: [世纪花园小区 ›]
		bot*: 世纪花园小区
		| 您想问哪一个？…
		admin: [下一页 ›]
		bot*: …
		| [9号门几点关]
		| [‹ 上一页]
		| [回到问题列表]
		admin: [9号门几点关]
		bot*: …
		| [改这一条]
		| [看别的「停车」问题]
		| [回到问题列表]
		admin: (forge answers c-nowhere.0)
		bot!!: 这个按钮已经过时了…
		admin: (forge answers c-century.9)
		bot!!: 这个按钮已经过时了…
		admin: /questions
		bot: 有 9 个问题还没人答…
		admin: [下一页 ›]
		bot*: …
		admin: [‹ 上一页]
		bot*: …`}})
}

// TestAnswersEnglish says every step in English, too.
func TestAnswersEnglish(t *testing.T) {
	playStaff(t, []script{{name: "English", script: `
		admin: /language
		bot: …
		admin: [English]
		bot*: …
		bot: …
		admin: /answers
		bot: What would you like to know?…
		admin: [Add a question]
		bot: Who is it for?…
		admin: [All communities]
		bot: In which group?…
		admin: [停车]
		bot: How do people ask it?…
		admin: 北门晚上关吗
		bot: “北门晚上关吗”…
		admin: 不关
		bot: …Not published yet: please check.…
		admin: [Publish it]
		bot*: Published!…
		admin: /answers 北门晚上关吗
		bot: 北门晚上关吗…
		admin: where do you keep the lamps
		bot: I cannot answer that yet.…
		admin: [Tell me the answer]
		bot*: All right: if there is an answer within seven days I will tell you in private.
		admin: /questions
		bot: Open questions: 1, the newest first. Tap one:…
		admin: [where do you]
		bot*: …Asked 1×…
		admin: /privacy
		bot: This is what I keep about you:
		|
		| · language: English; for right answers, until you change or delete it
		| · questions whose answer you wait for: 1, for seven days
		| · changes you made as staff, or that were made to your roles: 1, to be accountable, for three years
		| · you are an administrator by the configuration, which I cannot change…
		admin: [Delete]
		bot*: Delete it all?…`}})
}
