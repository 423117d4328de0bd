package handlers_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"xingfuli/bot/app"
	"xingfuli/bot/community"
	"xingfuli/bot/queue"
)

// wasTold is what a digest says of the notice of this week that asked for receipts.
const wasTold = `发过的公告
· 周一 11月23日 明天 停水（送到 3，没送到 1，已收到 2）`

// afterNotice is a hall in the week after a notice to the people of 安居小区, of whom two have sent
// receipts. 世纪花园小区 has a specialist too, who had nothing to do with it.
func afterNotice(t *testing.T) *app.Demo {
	t.Helper()
	d := hall(t)
	posted(t, d)
	d.Sim.AddPerson(person(3005, "century"))
	err := errors.Join(
		d.Sim.Start(3005), d.App.Store.PutCommunity(t.Context(), "century", 0, community.Community{ID: "century", Name: "世纪花园小区"}),
		d.App.Store.Grant(t.Context(), 3005, "", community.Specialist, "century"),
	)
	if err != nil {
		t.Fatal(err)
	}
	done(t, d, "ben: [已收到]\nresident@group: [已收到]")
	return d
}

// TestDigestNotices: staff read what was sent in the week to the people of their community, whom
// it reached and who has said so, once, and not what was sent to others.
func TestDigestNotices(t *testing.T) {
	t.Parallel()
	d := afterNotice(t)
	lines := strings.ReplaceAll(wasTold, "\n", "\n| ")
	playIn(t, d, `
		clock: 2026-11-30 08:00
		bot@spec: (photo) 安居小区一周小结
		| 周一 11月23日到周日 11月29日
		|
		| 大家问了 0 次（和前一周一样）
		| 答上了 0 次（和前一周一样）
		| 没答上 0 次（和前一周一样）
		|
		| `+lines+`
		bot@century: 世纪花园小区一周小结（周一 11月23日到周日 11月29日）：这一周没有人提问，也没有发公告。
		bot@admin: (photo) 全镇一周小结…发过的公告…明天 停水（送到 3，没送到 1，已收到 2）
		bot@resident: (silence)
		bot@ben: (silence)
		spec: /language
		bot: …
		spec: [English]
		bot*: …
		bot: …
		spec: /digest
		bot: (photo) 安居小区: the week…
		| Notices sent
		| · Mon 23 Nov 明天 停水 (reached 3, not reached 1, receipts 2)
		clock: 2026-12-07 08:00
		bot@spec: 安居小区, the week Mon 30 Nov to Sun 6 Dec: nobody asked anything, and no notice was sent.
		bot@century: 世纪花园小区一周小结…
		bot@admin: 全镇一周小结…`)
}

// TestDigestRehearsed: a rehearsal from /jobs shows each digest to the admin who wants it, labelled,
// and to nobody else; on Monday all are told all the same.
func TestDigestRehearsed(t *testing.T) {
	t.Parallel()
	d := afterNotice(t)
	at := func(who int64, n int) (texts []string) {
		for _, m := range d.Sim.History(who, d.Sim.Bot().ID, 0, n) {
			texts = append(texts, m.Text)
		}
		return texts
	}
	done(t, d, "clock: 2026-11-30 07:00\nadmin: /jobs\nadmin: (forge job week.digest)")
	others := map[int64]int{}
	for _, who := range []int64{1001, 3001, 3002, 3003, 3005, 4001} {
		others[who] = len(at(who, 100))
	}
	done(t, d, "admin: [演练]")
	for who, n := range others {
		if got := at(who, 100); len(got) != n {
			t.Errorf("%d is told %q", who, got[n:])
		}
	}
	digests, reports := map[string]string{}, 0
	for _, said := range at(1003, 6) { // three digests, and a report of each
		label, rest, _ := strings.Cut(said, "\n\n")
		name, _, found := strings.Cut(rest, "一周小结")
		switch {
		case found && label == "【演练】只发给您一个人看。":
			digests[name] = rest
		case strings.HasPrefix(said, "演练完了\n（演练，只发给您）"):
			reports++
		default:
			t.Errorf("the admin is told %q", said)
		}
	}
	if len(digests) != 3 || reports != 3 {
		t.Errorf("%d digests and %d reports", len(digests), reports)
	}
	for name, has := range map[string]bool{"安居小区": true, "世纪花园小区": false, "全镇": true} {
		if strings.HasSuffix(digests[name], wasTold) != has {
			t.Errorf("%s is shown as %q", name, digests[name])
		}
	}
	playIn(t, d, `
		clock: 2026-11-30 08:00
		bot@spec: (photo) 安居小区一周小结…发过的公告…
		bot@century: 世纪花园小区一周小结…
		bot@admin: (photo) 全镇一周小结…发过的公告…
		bot@crier: (silence)`)
}

// TestDigestParts: of a notice that went to several communities, each one's staff read whom it
// reached there, and the admins whom it reached at all.
func TestDigestParts(t *testing.T) {
	t.Parallel()
	d := afterNotice(t)
	for id, home := range map[int64]string{3003: "century", 4001: "century", 4002: "century"} {
		if err := d.App.Store.SetCommunity(t.Context(), queue.Op(fmt.Sprint("move", id)), id, home); err != nil {
			t.Fatal(err)
		}
	}
	_, err := d.App.Store.StartDelivery(t.Context(), "both", queue.Delivery{
		Kind: "notice", Body: json.RawMessage(`{"h":"全镇停电"}`), Receipt: true, Made: d.Sim.Now(),
		To: []string{"residents:anju", "groups:anju", "residents:century"},
	})
	if err := errors.Join(err, d.App.Settle(t.Context())); err != nil {
		t.Fatal(err)
	}
	playIn(t, d, `
		ana: [已收到]
		bot!: …
		bot*: 全镇停电…
		resident@group: [已收到]
		bot!: …
		clock: 2026-11-30 08:00
		bot@spec: (photo) 安居小区一周小结…全镇停电（送到 2，已收到 1）…
		bot@century: (photo) 世纪花园小区一周小结…全镇停电（送到 2，没送到 1，已收到 1）
		bot@admin: (photo) 全镇一周小结…全镇停电（送到 4，没送到 1，已收到 2）…`)
}
