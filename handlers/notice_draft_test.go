package handlers_test

import (
	"strconv"
	"strings"
	"testing"

	"xingfuli/bot/community"
	"xingfuli/bot/sim"
)

// TestAnnounceParts: albums, what is too long, what cannot be sent on, and going back.
func TestAnnounceParts(t *testing.T) {
	t.Parallel()
	d := hall(t)
	playIn(t, d, `
		spec: /announce
		bot: 请把要发的内容发给我…
		spec: (sticker)
		bot: 这个我转不了。请发文字、照片或者文件。
		spec: (album 3) 茶园
		bot: 发给谁？可以选好几个，几处都有的人只收一次。
		| [安居小区的群]
		| [安居小区的居民]
		| [安居小区订阅了停水停电的人]
		| [安居小区订阅了活动的人]
		| [安居小区订阅了食堂的人]
		| [安居小区订阅了便民服务的人]
		spec: 随便说说
		bot: 请先点上面的按钮。…
		spec: (forge tick)
		bot!!: 这个按钮已经过时了…
		spec: (forge announce tick.+allgroups.~0 zzzzzzzz)
		bot!!: 您现在不能给他们发公告。…
		spec: (forge announce tick.+chat:1001.~0 zzzzzzzz)
		bot!!: 您现在不能给他们发公告。…
		spec: (forge announce preview zzzzzzzz)
		bot!!: 这样一个人也发不到…`)
	draft, _, err := d.App.Store.NoticeDraft(t.Context(), 3002)
	if err != nil {
		t.Fatal(err)
	}
	playIn(t, d, strings.ReplaceAll(`
		spec: (forge announce send EDITION)
		bot!!: 这样一个人也发不到…
		spec: [安居小区的居民]
		bot*: …现在一个人也发不到…
		spec: [安居小区的群]
		bot*: …将发到 1 个群…
		spec: [下一步]
		bot*: …
		spec: 等会儿吧
		bot: 「等会儿吧」是什么时候，我没看懂。…
		spec: 昨天 8:00
		bot: 这个时间已经过了，请换一个时间，内容都在。
		spec: 每周一 8:00
		bot: …
		|
		| 接下来的时间是：
		| · 周一 11月30日 08:00
		| · 周一 12月7日 08:00
		| · 周一 12月14日 08:00
		| [就这个时间]
		| [换一个时间] [立即发]
		spec: 今晚11点
		bot: …这个时间大家在休息，不是紧急的会等到天亮再发。…
		spec: [立即发]
		bot*: …
		spec: [看预览]
		bot: (photo)
		bot: (photo)
		bot: (photo)
		bot: 茶园
		| [不再接收此类]
		bot: 上面就是…
		spec: [修改]
		bot*: 要改什么？其他的都不变。
		| [改内容] [改发给谁]
		| [改时间] [改选项]
		| [看预览]
		spec: [改时间]
		bot*: …
		spec: 9点半
		bot: 11月23日（周一）9:30…
		spec: [就这个时间]
		bot: (photo)
		bot: (photo)
		bot: (photo)
		bot: 茶园
		| [不再接收此类]
		bot: 上面就是…时间：11月23日（周一）9:30…
		spec: (forge announce send 1)
		bot!!: 这个按钮已经过时了…
		clock: +40m
		spec: [确认发送]
		bot!!: 这个时间已经过了，请换一个时间，内容都在。
		spec: (photo) 换一张
		bot: 请先点上面的按钮。…`, "EDITION", strconv.FormatInt(int64(draft.Edition), 36)))
}

// TestAnnounceLong: what is too long is told at once, by how much, and kept.
func TestAnnounceLong(t *testing.T) {
	t.Parallel()
	d := hall(t)
	playIn(t, d, "crier: /announce\nbot: …")
	long := strings.Repeat("长", 1000)
	album := []sim.Act{{Photo: onePixel, Caption: long}, {Photo: onePixel, Caption: long}}
	if _, err := d.Sim.Do(t.Context(), 3001, d.Sim.Bot().ID, sim.Act{Album: album}); err != nil {
		t.Fatal(err)
	}
	done(t, d, "clock: +1m")
	heard(t, d, 3001, "发给谁？…", "太长了：带照片或文件的最多 1024 个字，现在多了 977 个。…")
	playIn(t, d, `
		crier: [所有的群]
		bot*: …
		crier: (forge announce preview zzzzzzzz)
		bot!!: 太长了：带照片或文件的最多 1024 个字，现在多了 977 个。…
		crier: (forge announce body zzzzzzzz)
		bot*: 请把新的内容发给我…
		crier: 短的
		bot: 发给谁？…✓ 所有的群…`)
}

// TestAnnounceEnglish: what an announcer with an English Telegram reads, receipts of photos
// without words among it.
func TestAnnounceEnglish(t *testing.T) {
	t.Parallel()
	d := hall(t)
	d.Sim.AddPerson(sim.Person{ID: 3009, Key: "eve", Name: "eve", Language: "en"})
	if err := d.App.Store.Grant(t.Context(), 3009, "", community.Notice, ""); err != nil {
		t.Fatal(err)
	}
	playIn(t, d, `
		eve: /announce
		bot: Send me what to announce:…
		eve: (album 2)
		bot: For whom?…
		eve: [all groups]
		bot*: For whom? Tick as many as you like; whoever is in several gets it once.
		|
		| ✓ all groups
		|
		| It goes to groups: 1…
		eve: [Next]
		bot*: When?…
		eve: when I like
		bot: I do not understand when “when I like” is.…
		eve: tomorrow 7:30
		bot: Tue 24 Nov at 7:30
		|
		| It is sent once, then.…
		eve: [Now]
		bot*: Anything else?…
		eve: [Receipts]
		bot*: …
		eve: [Preview]
		bot: (photo)
		bot: (photo)
		bot: Please press “Received” when you have seen it.
		| [Received]
		bot: Above is what everybody will see.
		|
		| For: all groups
		| It goes to groups: 1
		| When: as soon as you confirm
		| Receipts are asked for
		| [Send it to me first] [Send]
		| [Change] [Give up]
		eve: [Give up]
		bot*: All right, it is not sent now. It is kept for seven days: go on with /announce.`)
}
