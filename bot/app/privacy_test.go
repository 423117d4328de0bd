package app

import (
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"xingfuli/bot/community"
	"xingfuli/bot/notice"
)

// carried says by which name the export shows what keys of a kind hold with an account.
var carried = map[string]string{
	"person": "profile", "homes": "profile", "roles": "roles", "holders": "roles", "staff": "roles", "dialogue": "dialogue", "fav": "favorites", "fans": "favorites", "wishes": "wishes", "wish": "wishes", "tells": "wishes",
	"menu": "menus", "menupast": "menus", "audit": "audit", "dead": "dead",
	"draft": "notices", "notice": "notices", "noticesby": "notices",
}

// expiring are the kinds of keys that may hold an account after it was erased, because they
// expire by themselves within days: the mark of a dialogue that has ended, how many
// questions were asked, when the next message may go to a chat, and who sent an invitation.
var expiring = []string{"dialogue", "asks", "pace", "invite", "op"}

// TestErase lets people leave traces wherever they can, and looks through all of Redis for
// their accounts: each is in the export, and none is left after the erasure.
func TestErase(t *testing.T) {
	t.Parallel()
	d, err := NewDemo(t.Context(), DemoOptions{Start: time.Date(2026, 11, 23, 1, 0, 0, 0, time.UTC), Stopped: true, Fast: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(d.Close)
	leaveTraces(t, d)
	p := d.App.Store.Privacy(d.Sim.Bot().ID)
	for _, who := range []int64{demoResident, demoCook} {
		kept, err := p.Export(t.Context(), who)
		if err != nil {
			t.Fatal(err)
		}
		var names []string
		for _, k := range kept {
			names = append(names, k.Name)
			if _, err := json.Marshal(k.Value); err != nil {
				t.Errorf("%s: %v", k.Name, err)
			}
		}
		t.Logf("%d: exported %v, kept in %v", who, names, traces(t, d.client, who))
		for _, kind := range traces(t, d.client, who) {
			if name := carried[kind]; !slices.Contains(expiring, kind) && !slices.Contains(names, name) || name == "" && !slices.Contains(expiring, kind) {
				t.Errorf("%d is in %s, and the export has only %v", who, kind, names)
			}
		}
		for range 2 { // a turn that is repeated
			if err := p.Erase(t.Context(), who); err != nil {
				t.Fatal(err)
			}
		}
		for _, kind := range traces(t, d.client, who) {
			if !slices.Contains(expiring, kind) {
				t.Errorf("after the erasure %d is in %s", who, kind)
			}
		}
	}
	if err := d.Sim.Play(t.Context(), "cook: /setmenu\nbot: 这件事要由镇里的管理员…\nresident@group: 周四有什么菜\nbot@group: …葱油鲳鱼…"); err != nil {
		t.Errorf("what stays: %v", err)
	}
}

func leaveTraces(t *testing.T, d *Demo) {
	t.Helper()
	err := d.Sim.Play(t.Context(), `
		resident: /language
		bot: …
		resident: [中文]
		bot*: …
		bot: …
		resident: /where
		bot: …
		resident: [安居小区]
		bot*: …
		resident: /menu 周二
		bot: …
		resident: [收藏菜]
		bot*: …
		resident: [♡ 清蒸青鱼]
		bot*: …
		resident: 路灯坏了找谁
		bot: …
		resident: [有了答案告诉我]
		bot*: …
		resident: 水管坏了找谁
		bot: …
		resident: [有了答案告诉我]
		bot*: …
		cook: /setmenu 周四葱油鲳鱼
		bot: …
		cook: [发布]
		bot*: …
		cook: /setmenu
		bot: …`)
	if err != nil {
		t.Fatal(err)
	}
	s, now := d.App.Store, d.Sim.Now()
	qs, err := s.Questions(t.Context())
	if err != nil || len(qs) != 2 {
		t.Fatalf("%v, %v", qs, err)
	}
	a := community.Answer{ID: "u1.1", Group: "办事", Question: "水管坏了找谁", Text: "专员"}
	d.App.answered.Quiet = func(time.Time) bool { return true } // nobody is told meanwhile
	if err := s.AnswerQuestion(t.Context(), "u1.2", qs[0].ID, a, community.Entry{At: now, Who: demoAdmin, Whom: demoCook, What: "question.answer"}); err != nil {
		t.Fatal(err)
	}
	draft := notice.Draft{Body: notice.Body{HTML: "停水"}, To: []notice.Target{{Kind: notice.AllGroups}}, When: "0 8 * * 1"}
	if err := s.KeepNoticeDraft(t.Context(), demoCook, draft); err != nil {
		t.Fatal(err)
	}
	if err := s.PutNotice(t.Context(), "u1.3", notice.New("n1", demoCook, draft, now), now); err != nil {
		t.Fatal(err)
	}
	for i, who := range []int64{demoResident, demoCook, demoAdmin} { // what could not be handled
		d.Sim.Inject(fmt.Appendf(nil, `{"message":{"message_id":%d,"date":1,"chat":{"id":%d,"type":"private"},"text":5}}`, 90+i, who))
		d.Sim.Inject(fmt.Appendf(nil, `{"message":{"message_id":%d,"date":1,"from":{"id":%d},"chat":{"id":%d,"type":"supergroup"},"text":5}}`, 90+i, who, demoGroup))
	}
	if err := d.settle(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// traces are the kinds of the keys that hold an account, in their names or in their values.
func traces(t *testing.T, db *redis.Client, account int64) []string {
	t.Helper()
	it, found := regexp.MustCompile(fmt.Sprintf(`(^|\D)%d(\D|$)`, account)), map[string]bool{}
	for _, key := range db.Keys(t.Context(), "*").Val() {
		if it.MatchString(key) || it.MatchString(dump(t.Context(), db, key)) {
			_, rest, _ := strings.Cut(key, "}:")
			kind, _, _ := strings.Cut(rest, ":")
			found[kind] = true
		}
	}
	var kinds []string
	for k := range found {
		kinds = append(kinds, k)
	}
	slices.Sort(kinds)
	return kinds
}

// dump is the value of a key of any type.
func dump(ctx context.Context, db *redis.Client, key string) string {
	switch db.Type(ctx, key).Val() {
	case "hash":
		return fmt.Sprint(db.HGetAll(ctx, key).Val())
	case "zset":
		return fmt.Sprint(db.ZRange(ctx, key, 0, -1).Val())
	case "set":
		return fmt.Sprint(db.SMembers(ctx, key).Val())
	case "list":
		return fmt.Sprint(db.LRange(ctx, key, 0, -1).Val())
	case "stream":
		return fmt.Sprint(db.XRange(ctx, key, "-", "+").Val())
	}
	return db.Get(ctx, key).Val()
}
