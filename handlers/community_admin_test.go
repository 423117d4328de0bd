package handlers_test

import (
	"strings"
	"testing"

	"xingfuli/bot/sim"
)

// TestCommunities keeps the directory in words and by buttons.
func TestCommunities(t *testing.T) {
	t.Parallel()
	scripts := []struct{ name, script string }{
		{"in one line", `
			admin: /community 新增 世纪花园小区
			bot: 已登记世纪花园小区。接着可以登记专员。…
			admin: /community 新增 世纪花园小区
			bot: 已经有一个叫这个名字的了，请换一个名字。
			admin: /community 新增
			bot: 名字要 1 到 20 个字…
			admin: /contact 设置 世纪花园 花园专员 0577-00000005 周一到周五 8:30–17:00
			bot: 世纪花园小区的专员：花园专员 0577-00000005 周一到周五 8:30–17:00…
			admin: /contact 设置 仙境 专员 0577-00000005
			bot: 没有找到这个小区。登记过的有：安居小区、世纪花园小区。请这样发：/contact 设置 安居小区
			admin: /contact 设置 安居小区 专员
			bot: 安居小区的专员：专员…
			resident: /contact 世纪花园小区
			bot: 世纪花园小区的社区专员…花园专员…电话：0577-00000005…时间：周一到周五 8:30–17:00
			admin: /community 改名 世纪花园小区 世纪花苑
			bot: 已改名为世纪花苑。…
			admin: /community 改名 世纪花园小区 别的
			bot: 没有找到这个名字…
			admin: /community 联盟 水头联盟 安居小区 世纪花苑
			bot: 水头联盟：安居小区、世纪花苑
			admin: /community 联盟 小联盟 安居小区
			bot: 联盟里至少要有两个小区…
			admin: /community 联盟 水头联盟
			bot: 水头联盟：安居小区、世纪花苑
			admin: /community
			bot: 小区，一共 2 个。…联盟
			| · 水头联盟：安居小区、世纪花苑
			| [安居小区] [世纪花苑]
			| [新增小区] [新增联盟]
			admin: /community 解散 水头联盟
			bot: 已解散水头联盟，里面的小区都还在。
			admin: /community 解散 水头联盟
			bot: 没有找到这个名字…
			admin: /community 随便
			bot: 可以这样说：…
			admin: /audit
			bot: 改动记录，留三年
			|
			| 1. 周一 11月23日 09:00 镇管理员：解散了联盟水头联盟
			| 2. 周一 11月23日 09:00 镇管理员：改了联盟水头联盟
			| 3. 周一 11月23日 09:00 镇管理员：给世纪花园小区改了名
			| 4. 周一 11月23日 09:00 镇管理员：换了安居小区的联系人
			| 5. 周一 11月23日 09:00 镇管理员：换了世纪花园小区的联系人
			| 6. 周一 11月23日 09:00 镇管理员：新增了世纪花园小区
			| 7. …
			admin: [4]
			bot*: 2026 年 周一 11月23日 09:00
			| 镇管理员：换了安居小区的联系人
			|
			| 改之前：
			| 安居小区社区专员 0577-00000001 周一到周五 8:30–17:00
			|
			| 改之后：
			| 专员
			| [回到记录]
			admin: [回到记录]
			bot*: 改动记录…
			admin: (forge deed 9-9)
			bot!!: 这个按钮已经过时了…
			admin: (forge deed x)
			bot!!: 这个按钮已经过时了…
			admin: /audit 联盟
			bot: 改动记录，留三年
			|
			| 1. 周一 11月23日 09:00 镇管理员：解散了联盟水头联盟
			| 2. 周一 11月23日 09:00 镇管理员：改了联盟水头联盟
			|
			| 点数字看改之前和改之后。
			| [1] [2]`},
		{"by buttons", `
			admin: /community
			bot: 小区，一共 1 个。…
			admin: [新增小区]
			bot: 请把新小区的名字发给我…
			admin: 世纪 花园
			bot: 名字要 1 到 20 个字，中间不要空格。…
			admin: 世纪花园小区
			bot: 已登记世纪花园小区。…
			admin: /community
			bot: 小区，一共 2 个。…
			admin: [世纪花园小区]
			bot*: 世纪花园小区
			| 专员：还没登记
			| [换联系人] [改名]
			| [关闭这个小区]
			| [回到小区列表]
			admin: [换联系人]
			bot: 请把专员的称呼、电话和时间发给我…
			admin: 花园专员 12
			bot: (anything)
			admin: /community 世纪花园小区
			bot: (anything)
			admin: [改名]
			bot: 现在是：
			| 世纪花园小区
			|
			| 请把新的名字发给我。…
			admin: /cancel
			bot: 好，不办了…
			admin: /community 关闭 世纪花园小区
			bot: 要关闭世纪花园小区吗？…
			| [关闭] [先不关]
			admin: [关闭]
			bot*: 已关闭世纪花园小区。…
			admin: (forge closed c1)
			bot!!: 它已经关闭了。
			admin: /community
			bot: 小区，一共 1 个。…
			| [安居小区] [世纪花园小区（已关闭）]
			| [新增小区] [新增联盟]
			admin: [世纪花园小区（已关闭）]
			bot*: 世纪花园小区（已关闭）…
			admin: [重新开放]
			bot*: 已登记世纪花园小区。…`},
	}
	for _, tt := range scripts {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			playIn(t, office(t), tt.script)
		})
	}
}

// TestTwoAdmins: the second to change the same thing is shown what the first has made of it.
func TestTwoAdmins(t *testing.T) {
	t.Parallel()
	begin := `
		admin: /community 安居小区
		bot: …
		admin: [换联系人]
		bot: 现在是：
		| 安居小区社区专员 0577-00000001 …
		second: /community 安居小区
		bot: …
		second: [换联系人]
		bot: 现在是：…
		second: 二号专员 0577-00000022
		bot: 安居小区的专员：二号专员 0577-00000022…
		admin: 一号专员 0577-00000011
		bot: 刚才有同事先改了，现在是：
		| 二号专员 0577-00000022
		|
		| 您写的是：
		| 一号专员 0577-00000011
		|
		| 还没有存。要用您的吗？
		| [用我的] [留着他的]
		resident: /start
		bot: (anything)
		resident: (forge insist)
		bot!!: 这个按钮已经过时了…`
	t.Run("insists", func(t *testing.T) {
		t.Parallel()
		playIn(t, office(t), begin+`
			admin: [用我的]
			bot*: 安居小区的专员：一号专员 0577-00000011…
			resident: /contact
			bot: …一号专员…`)
	})
	t.Run("gives up", func(t *testing.T) {
		t.Parallel()
		playIn(t, office(t), begin+`
			admin: [留着他的]
			bot*: 好，不改了，还是原来的样子。
			resident: /contact
			bot: …二号专员…`)
	})
}

// TestHome asks a person once where they live, and answers then what they had asked before.
func TestHome(t *testing.T) {
	t.Parallel()
	d := office(t)
	d.Sim.AddPerson(person(3004, "carl"))
	d.Sim.AddGroup(sim.Group{ID: -1003, Key: "other", Title: "花园群", Members: []int64{1001, 1003}, BotIn: true})
	playIn(t, d, `
		admin: /community 新增 世纪花园小区
		bot: …
		carl: /start
		bot: 您好！…
		bot: 您住在哪个小区？…
		| [安居小区] [世纪花园小区]
		carl: 今天食堂吃什么
		bot: 您住在哪个小区？…
		carl: 周二有鱼吗？
		bot: 您住在哪个小区？…
		carl: [安居小区]
		bot*: 记下了，您住在安居小区。
		bot: …红烧猪肉…
		bot: 有的！…清蒸青鱼…
		carl: /start
		bot: 您好！…
		bot: (silence)
		carl: /where
		bot: 您住在哪个小区？…
		carl: 周二有鱼吗？
		bot: 有的！…
		carl: 世纪花园
		bot: 记下了，您住在世纪花园小区。
		carl: /menu
		bot: (anything)
		carl: /where 安居小区
		bot: 记下了，您住在安居小区。
		admin@other: /bind 世纪花园小区
		bot@other: 本群已绑定「世纪花园小区」。
		admin: /community 关闭 世纪花园小区
		bot: …
		admin: [关闭]
		bot*: 已关闭世纪花园小区。…
		resident@other: /menu
		bot@other: 本群原来绑定的世纪花园小区已经不在名单里了。…
		resident@other: /unbind
		bot@other: 这件事要由镇里的管理员…
		admin@other: /bind 仙境
		bot@other: 没有找到这个小区。登记过的有：安居小区。请这样发：/bind 安居小区
		admin@other: /unbind
		bot@other: 本群现在没有绑定小区，我不再出声。…
		resident@other: 今天食堂吃什么
		bot@other: (silence)`)
}

// TestBindRoles: admins bind any group, a specialist one of nobody or of the own community to
// the own community, nobody else any.
func TestBindRoles(t *testing.T) {
	t.Parallel()
	d := office(t)
	d.Sim.AddGroup(sim.Group{ID: -1004, Key: "fresh", Title: "新群", Members: []int64{1001, 1002, 1003, 3002}, BotIn: true})
	playIn(t, d, "admin: /community 新增 世纪花园小区\nbot: …\nadmin: /staff 邀请 社区专员 世纪花园小区\nbot: 请把这个链接…")
	playIn(t, d, strings.ReplaceAll(`
		ana: /start TOKEN
		bot: ana，欢迎！…
		bot@admin: …
		cook@fresh: /bind 安居小区
		bot@fresh: 这件事要由镇里的管理员…
		resident@fresh: /bind 安居小区
		bot@fresh: 这件事要由镇里的管理员…
		ana@fresh: /bind 安居小区
		bot@fresh: 您不是那个小区的专员…
		ana@fresh: /bind 世纪花园小区
		bot@fresh: 本群已绑定「世纪花园小区」。
		admin@fresh: /bind 安居小区
		bot@fresh: 本群已绑定「安居小区」。
		ana@fresh: /bind 世纪花园小区
		bot@fresh: 您不是那个小区的专员…
		ana@fresh: /unbind
		bot@fresh: 您不是那个小区的专员…
		admin: /audit
		bot: …镇管理员：绑定了群「新群」…ana：绑定了群「新群」…`, "TOKEN", invited(t, d, 1003)))
}
