package handlers_test

import (
	"testing"
	"time"

	"xingfuli/bot/app"
	"xingfuli/bot/community"
	"xingfuli/bot/sim"
)

// withStaff is a demo with two specialists: of 安居小区, and of 世纪花园小区.
func withStaff(t *testing.T, start time.Time) *app.Demo {
	t.Helper()
	d, err := app.NewDemo(t.Context(), app.DemoOptions{Start: start, Stopped: true, Fast: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(d.Close)
	content, err := d.App.Store.Content(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	all, err := d.App.Store.Communities(t.Context(), content)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := community.Find("世纪花园小区", all); err != nil {
		if err := d.App.Store.PutCommunity(t.Context(), "test.century", 0, community.Community{ID: "century", Name: "世纪花园小区"}); err != nil {
			t.Fatal(err)
		}
	}
	for id, of := range map[int64]string{2001: "anju", 2002: "century"} {
		d.Sim.AddPerson(sim.Person{ID: id, Key: "expert-" + of, Name: "专员" + of, Language: "zh-hans"})
		if err := d.App.Store.Grant(t.Context(), id, "", community.Specialist, of); err != nil {
			t.Fatal(err)
		}
	}
	return d
}

func playStaff(t *testing.T, scripts []script) {
	t.Helper()
	for _, s := range scripts {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			start := s.at
			if start.IsZero() {
				start = monday
			}
			if err := withStaff(t, start).Sim.Play(t.Context(), s.script); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestAnswers(t *testing.T) {
	playStaff(t, []script{
		{name: "two levels of buttons, in place", script: `
			resident@group: /answers
			bot@group: 您想知道什么？点一下就有答案：
			| [食堂几点开饭]
			| [吃一顿多少钱]
			| [社区专员怎么找]
			| [机器人会记下我什么]
			| [开放时间 ›] [停车 ›]
			| [公交 ›] [景点和路线 ›]
			| [办事 ›]
			resident@group: [停车 ›]
			bot*@group: 停车
			| 您想问哪一个？
			| [食堂门口能停车吗]
			| [小区停车怎么收费]
			| [回到问题列表]
			resident@group: [食堂门口能停车吗]
			bot*@group: 食堂门口能停车吗
			|
			| 门口不能停，要留给救护车。小区北门外有公共停车场，走过来两分钟。
			| [看别的「停车」问题]
			| [回到问题列表]
			resident@group: [看别的]
			bot*@group: 停车…
			resident@group: [回到问题列表]
			bot*@group: 您想知道什么？…`},
		{name: "asked in plain words, to the bot itself only", script: `
			resident@group: 食堂门口能停车吗
			bot@group: (silence)
			resident@group: @xingfuli_demo_bot 食堂门口能停车吗
			bot@group: 食堂门口能停车吗
			|
			| 门口不能停…
			resident: /start
			bot: (anything)
			bot: (anything)
			resident: [安居小区]
			bot*: …
			resident: 请问门口让停车不
			bot: 食堂门口能停车吗…
			resident: 停车
			bot: 您想问的是不是：
			| [食堂门口能停车吗]
			| [小区停车怎么收费]
			| [都不是]
			resident: [小区停车怎么收费]
			bot*: 小区停车怎么收费
			|
			| 两个小时以内不要钱…
			resident: /answers 杨梅哪里摘
			bot: 您想问的是不是：
			| [永乐村杨梅基地怎么去]
			| [都不是]
			resident: /answers 阿弥陀佛
			bot: 您想知道什么？…
			resident: 阿弥陀佛
			bot: ` + unknown + `
			resident: 周二有鱼吗
			bot: 有的！…`},
		{name: "a specialist adds one for the own community, by dialogue", script: `
			expert-anju: /start
			bot: (anything)
			bot: (anything)
			expert-anju: [安居小区]
			bot*: …
			expert-anju: /answers
			bot: …
			expert-anju: [加一条问答]
			bot: 放在哪一组？点一个，或者打字起个新的组名（十二个字以内）。
			| [开放时间] [停车]
			| [公交] [景点和路线]
			| [办事]
			expert-anju: 一个实在是太长太长了的组名呀
			bot: 组名请写一到十二个字。
			expert-anju: 健康
			bot: 大家会怎么问？…
			expert-anju: 请问在哪里呢
			bot: 问题请写清楚一点…
			expert-anju: 哪里可以量血压
			bot: 「哪里可以量血压」
			| 请把答案写给我…
			expert-anju: (photo)
			bot: 请打字告诉我…
			expert-anju: 周三上午在 <1> 号楼
			bot: 哪里可以量血压
			|
			| 周三上午在 <1> 号楼
			|
			| 放在「健康」里，给安居小区的人看。还没发布，请您过目。
			| [发布给大家]
			| [重写答案] [不发了]
			resident@group: @xingfuli_demo_bot 哪里量血压
			bot@group: 这个我还答不上来…
			expert-anju: 随便说一句
			bot: 请点上面的按钮选一个。
			expert-anju: [重写答案]
			bot: 「哪里可以量血压」…
			expert-anju: 周三上午在一号楼
			bot: …
			expert-anju: [发布给大家]
			bot*: 发布好了！…
			resident@group: @xingfuli_demo_bot 哪里量血压
			bot@group: 哪里可以量血压
			|
			| 周三上午在一号楼…
			expert-century: /start
			bot: (anything)
			bot: (anything)
			expert-century: [世纪花园小区]
			bot*: …
			expert-century: 哪里量血压
			bot: 这个我还答不上来…`},
		{name: "an admin says whom it is for", script: `
			admin: /answers
			bot: …
			admin: [加一条问答]
			bot: 这一条给谁看？
			| [所有小区]
			| [安居小区] [世纪花园小区]
			admin: 所有
			bot: 请点上面的按钮选一个。
			admin: (forge answerfor elsewhere)
			bot!!: 这个按钮已经过时了…
			admin: [世纪花园小区]
			bot: 放在哪一组？…
			admin: [办事]
			bot: 大家会怎么问？…
			admin: 旧家具扔到哪里
			bot: …
			admin: 打电话给物业
			bot: …给世纪花园小区的人看。…
			admin: [不发了]
			bot*: 好，没有改动。`},
		{name: "an answer is changed, moved and deleted", script: `
			admin: /answers
			bot: …
			admin: [停车 ›]
			bot*: …
			admin: [小区停车怎么收费]
			bot*: 小区停车怎么收费
			|
			| 两个小时以内不要钱，超过了每小时 2 元，一天最多 10 元。
			| [改这一条]
			| [看别的「停车」问题]
			| [回到问题列表]
			admin: [改这一条]
			bot*: 小区停车怎么收费
			|
			| 两个小时以内不要钱，超过了每小时 2 元，一天最多 10 元。
			|
			| 在「停车」里，所有小区都看得到。
			|
			| 要改什么？
			| [改问题] [改答案]
			| [别的问法] [换一组]
			| [排到最前面] [删掉]
			| [不改了，回去]
			admin: [排到最前面]
			bot!: 排到最前面了
			bot*: 小区停车怎么收费…
			admin: [改答案]
			bot: 现在的答案是：…
			admin: 前半小时不要钱
			bot: 改好了，大家现在看到的就是新的。
			admin: [改答案]
			bot!!: 这个按钮已经过时了…
			admin: /answers 停车怎么收费
			bot: 小区停车怎么收费
			|
			| 前半小时不要钱…
			admin: [看别的]
			bot*: 停车
			| 您想问哪一个？
			| [小区停车怎么收费]
			| [食堂门口能停车吗]
			| [回到问题列表]
			admin: [小区停车怎么收费]
			bot*: …
			admin: [改这一条]
			bot*: …
			admin: [别的问法]
			bot: 别的问法请一行写一个发给我…
			admin: 月卡多少钱
			| 包月怎么办
			bot: 改好了…
			admin: 包月怎么办
			bot: 小区停车怎么收费…
			admin: [看别的]
			bot*: …
			admin: [小区停车怎么收费]
			bot*: …
			admin: [改这一条]
			bot*: …也这样问：月卡多少钱；包月怎么办…
			admin: [删掉]
			bot*: 真的要删掉「小区停车怎么收费」吗？删了大家就查不到了。
			| [删掉] [不删]
			admin: [不删]
			bot*: 小区停车怎么收费…
			admin: [删掉]
			bot*: 真的要删掉…
			admin: [删掉]
			bot*: 「小区停车怎么收费」删掉了。
			| [回到问题列表]
			admin: [回到问题列表]
			bot*: …`},
		{name: "in one line", script: `
			admin: /answers 新增 停车 | 北门晚上关吗 | 十一点关，按门铃有人开。
			bot: 「北门晚上关吗」加好了，大家现在就能问到。
			admin: /answers 新增 停车 | 北门，晚上关吗？ | 不关
			bot: 已经有一条这样的问题了。…
			admin: /answers 新增 停车 | 北门几点关 | 不关 | 哪里都不是
			bot: 请在最后写上给哪个小区看…
			admin: /answers 修改 北门晚上关吗 | 十二点关。
			bot: 「北门晚上关吗」改好了。
			admin: /answers 问法 北门晚上关吗 | 北门通宵开吗
			bot: 「北门晚上关吗」改好了。
			admin: /answers 移到 北门晚上关吗 | 出入
			bot: 「北门晚上关吗」改好了。
			resident@group: @xingfuli_demo_bot 北门通宵开吗
			bot@group: 北门晚上关吗
			|
			| 十二点关。
			| [看别的「出入」问题]
			| [回到问题列表]
			admin: /answers 删除 北门晚上关吗
			bot: 「北门晚上关吗」删掉了。
			admin: /answers 删除 北门晚上关吗
			bot: 这一条已经不在了。…
			admin: /answers 新增 停车
			bot: 我没看懂。可以这样写：…
			admin@group: /answers 新增 停车 | 北门几点关 | 不关
			bot@group: 这件事请私下跟我说…
			expert-anju: /start
			bot: (anything)
			bot: (anything)
			expert-anju: /answers 新增 办事 | 快递放哪里 | 门卫
			bot: 「快递放哪里」加好了…
			resident@group: @xingfuli_demo_bot 快递放哪里呀
			bot@group: 快递放哪里…`},
	})
}
