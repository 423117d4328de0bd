package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"xingfuli/bot/calendar"
	"xingfuli/bot/community"
	"xingfuli/bot/menu"
	"xingfuli/bot/queue"
	"xingfuli/bot/store/redistest"
)

// each runs f on a new Store, on both kinds of Redis.
func each(t *testing.T, f func(t *testing.T, s *Store)) {
	t.Parallel()
	redistest.Each(t, func(t *testing.T, db *redis.Client) { f(t, New(db, "xf:")) })
}

func TestInboxKeepsOrderAndDropsRepeats(t *testing.T) {
	each(t, func(t *testing.T, s *Store) {
		ctx, in := t.Context(), s.Inbox(7)
		var us []queue.Update
		for i := range int64(100) {
			us = append(us, queue.Update{ID: 1000 + i, Lane: i % 7 * -1, Raw: fmt.Appendf(nil, `{"update_id":%d,"x":"\u0000👵"}`, 1000+i)})
		}
		if fresh, err := in.Accept(ctx, us); fresh != 100 || err != nil {
			t.Fatalf("Accept = %d, %v", fresh, err)
		}
		if fresh, err := in.Accept(ctx, us[50:60]); fresh != 0 || err != nil {
			t.Fatalf("Accept of repeats = %d, %v", fresh, err)
		}
		taken := take(t, in, 100)
		last := map[int64]int64{}
		for _, u := range taken {
			if u.ID <= last[u.Lane] {
				t.Errorf("lane %d: %d comes after %d", u.Lane, u.ID, last[u.Lane])
			}
			last[u.Lane] = u.ID
			if want := us[u.ID-1000]; string(u.Raw) != string(want.Raw) || u.Lane != want.Lane {
				t.Errorf("update %d came back as lane %d, %s", u.ID, u.Lane, u.Raw)
			}
		}
		if err := in.Done(ctx, taken[:40]); err != nil {
			t.Fatal(err)
		}
		again := take(t, in, 60)
		for _, u := range again {
			if slices.ContainsFunc(taken[:40], func(d queue.Update) bool { return d.ID == u.ID }) {
				t.Errorf("update %d was done and comes again", u.ID)
			}
		}
	})
}

// take takes n updates from the beginning of all shards.
func take(t *testing.T, in *Inbox, n int) []queue.Update {
	t.Helper()
	after := queue.Cursor{}
	for i := range shards {
		after[i] = "0"
	}
	var us []queue.Update
	for len(us) < n {
		more, err := in.Take(t.Context(), after)
		if err != nil {
			t.Fatal(err)
		}
		if len(more) == 0 {
			t.Fatalf("took %d updates of %d", len(us), n)
		}
		for _, u := range more {
			after[u.Shard] = u.Entry
		}
		us = append(us, more...)
	}
	return us
}

func TestDialogue(t *testing.T) {
	each(t, func(t *testing.T, s *Store) {
		ctx := t.Context()
		first := queue.Dialogue{Word: "setmenu", Step: "paste", Version: 10, Data: []byte(`{"c":"hefan"}`)}
		second := queue.Dialogue{Word: "setmenu", Step: "check", Version: 20}
		steps := []struct {
			was  int64
			d    queue.Dialogue
			want error
		}{
			{5, first, queue.ErrConflict}, // never begun
			{0, first, nil},
			{0, first, nil}, // the same again, after a lost reply
			{0, second, queue.ErrConflict},
			{10, second, nil},
			{10, queue.Dialogue{Version: 30}, queue.ErrConflict},
			{20, queue.Dialogue{Version: 30}, nil},
			{0, first, queue.ErrConflict}, // an end is remembered: nothing of before comes to life again
		}
		for i, st := range steps {
			if err := s.SetDialogue(ctx, 1, 1, st.was, st.d); !errors.Is(err, st.want) {
				t.Errorf("step %d: %v, want %v", i, err, st.want)
			}
		}
		k, err := s.Known(ctx, 1, 1)
		if err != nil || k.Dialogue.Word != "" || k.Dialogue.Version != 30 {
			t.Errorf("known: %+v, %v", k.Dialogue, err)
		}
		ttl := s.db.TTL(ctx, s.dialogueKey(1, 1)).Val()
		if ttl <= 23*time.Hour || ttl > 24*time.Hour {
			t.Errorf("a dialogue is kept for %v", ttl)
		}
	})
}

func TestKnown(t *testing.T) {
	each(t, func(t *testing.T, s *Store) {
		ctx := t.Context()
		if k, err := s.Known(ctx, -5, 1); err != nil || k.Content != 0 || k.Person != (queue.Profile{}) || k.Chat != (queue.Profile{}) {
			t.Fatalf("known of nobody: %+v, %v", k, err)
		}
		for _, err := range []error{s.SetLanguage(ctx, "u1.1", 1, "en"), s.SetLanguage(ctx, "u2.1", -5, "zh-Hans"), s.SetCommunity(ctx, "u3.1", -5, "anju"), s.SetGone(ctx, 1, queue.WhyBlocked), s.SetGone(ctx, 1, "")} {
			if err != nil {
				t.Fatal(err)
			}
		}
		k, err := s.Known(ctx, -5, 1)
		if err != nil || k.Person.Language != "en" || k.Chat != (queue.Profile{Language: "zh-Hans", Community: "anju"}) {
			t.Errorf("known: %+v, %v", k, err)
		}
		// A process that stood still writes late what another did in its place, long ago.
		for _, op := range []queue.Op{"u4.1", "u5.1", "u4.1"} {
			if err := s.SetLanguage(ctx, op, 1, map[queue.Op]string{"u4.1": "en", "u5.1": "zh-Hans"}[op]); err != nil {
				t.Fatal(err)
			}
		}
		if k, err := s.Known(ctx, -5, 1); err != nil || k.Person.Language != "zh-Hans" {
			t.Errorf("a late write undid a newer one: %+v, %v", k, err)
		}
	})
}

func TestPublishMenu(t *testing.T) {
	each(t, func(t *testing.T, s *Store) {
		ctx := t.Context()
		if err := s.PutCanteen(ctx, "c", 0, menu.Canteen{ID: "hefan", Name: "和食堂"}); err != nil {
			t.Fatal(err)
		}
		monday := calendar.Date{Year: 2026, Month: time.November, Day: 23}
		week := menu.Menu{Canteen: "hefan", Monday: monday, Days: []menu.Day{{Date: monday, Closed: true}}, At: time.Unix(1_800_000_000, 0).UTC()}
		if err := s.PublishMenu(ctx, "u1.1", week); err != nil {
			t.Fatal(err)
		}
		if err := s.PublishMenu(ctx, "u1.1", week); err != nil {
			t.Errorf("the same op again, after a lost reply: %v", err)
		}
		if err := s.PublishMenu(ctx, "u2.1", week); !errors.Is(err, queue.ErrConflict) {
			t.Errorf("a second editor over the same version: %v", err)
		}
		content, err := s.Content(ctx)
		if err != nil {
			t.Fatal(err)
		}
		ms, err := s.Menus(ctx, content, "hefan")
		if err != nil || len(ms) != 1 || ms[0].Version != 1 || !ms[0].At.Equal(week.At) || !ms[0].Days[0].Closed {
			t.Fatalf("menus: %+v, %v", ms, err)
		}
		week.Version = 1
		if err := s.PublishMenu(ctx, "u3.1", week); err != nil {
			t.Fatal(err)
		}
		if ms, _ := s.Menus(ctx, content, "hefan"); ms[0].Version != 1 {
			t.Error("the cache was read anew although the content number is the same")
		}
		content, _ = s.Content(ctx)
		if ms, _ := s.Menus(ctx, content, "hefan"); ms[0].Version != 2 {
			t.Errorf("after a change of content: version %d", ms[0].Version)
		}
	})
}

func TestGrants(t *testing.T) {
	each(t, func(t *testing.T, s *Store) {
		ctx := t.Context()
		if err := s.Grant(ctx, 1, "", community.Cook, "hefan"); err != nil {
			t.Fatal(err)
		}
		g, err := s.Grants(ctx, 1)
		if err != nil || !g.May(community.Cook, "hefan") || g.May(community.Cook, "other") || g.Has(community.Admin) {
			t.Errorf("grants: %+v, %v", g, err)
		}
		if g, err := s.Grants(ctx, 2); err != nil || g.Has(community.Cook) {
			t.Errorf("grants of a stranger: %+v, %v", g, err)
		}
	})
}

// TestKeys holds every key to the prefix and the one hash tag.
func TestKeys(t *testing.T) {
	each(t, func(t *testing.T, s *Store) {
		ctx := t.Context()
		if _, err := s.Inbox(7).Accept(ctx, []queue.Update{{ID: 1, Lane: 2, Raw: []byte("{}")}}); err != nil {
			t.Fatal(err)
		}
		if err := s.PutCommunity(ctx, "op", 0, community.Community{ID: "anju"}); err != nil {
			t.Fatal(err)
		}
		for _, key := range s.db.Keys(ctx, "*").Val() {
			if !strings.HasPrefix(key, "xf:{x}:") {
				t.Errorf("key %s", key)
			}
		}
	})
}

func TestOpen(t *testing.T) {
	for _, url := range []string{"redis://u:geheim@127.0.0.1:1/0", "rediss://127.0.0.1:1", "unix:///tmp/x.sock?db=1", "redis+sentinel://:geheim@a:1,b/2?master_name=m"} {
		db, err := Open(url)
		if err != nil {
			t.Errorf("%s: %v", url, err)
			continue
		}
		_ = db.Close()
	}
	for _, url := range []string{"", "http://x", "redis://:geheim@h:x/0", "redis+sentinel://:geheim@a/0", "redis+sentinel://:geheim@a/x?master_name=m"} {
		if _, err := Open(url); err == nil || strings.Contains(err.Error(), "geheim") {
			t.Errorf("%s: %v", url, err)
		}
	}
}

func TestDurability(t *testing.T) {
	s := New(redistest.Start(t).Client(t), "xf:")
	if d, err := s.Durability(context.Background()); err != nil || d != (Durability{true, "noeviction"}) {
		t.Errorf("durability: %+v, %v", d, err)
	}
}
