package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"xingfuli/bot/queue"
)

// TestOwn shares the shards out: one replica has all, a second gets its part when the first
// gives some up, and nobody ever owns what another does.
func TestOwn(t *testing.T) {
	each(t, func(t *testing.T, s *Store) {
		ctx, in := t.Context(), s.Inbox(7)
		own := func(name string, give ...int) []int {
			t.Helper()
			share, err := in.Own(ctx, name, give, false)
			if err != nil {
				t.Fatal(err)
			}
			return share.Shards
		}
		if got := own("a"); len(got) != shards {
			t.Fatalf("alone, a owns %v", got)
		}
		if got := own("b"); len(got) != 0 {
			t.Errorf("b owns %v, which are a's", got)
		}
		a := own("a", 0, 1, 2, 3, 4, 5, 6, 7)
		if len(a) != shards/2 || slices.Contains(a, 3) {
			t.Errorf("a gave up eight and owns %v", a)
		}
		b := own("b", 9) // not b's to give
		if len(b) != shards/2 || slices.Contains(b, 9) {
			t.Errorf("b owns %v", b)
		}
		if err := in.Leave(ctx, "a"); err != nil {
			t.Fatal(err)
		}
		if got := own("b"); len(got) != shards {
			t.Errorf("after a left, b owns %v", got)
		}
		share, err := in.Own(ctx, "b", nil, false)
		if err != nil || share.Fair != shards || share.Now < 1_600_000_000_000 {
			t.Errorf("share %+v, %v", share, err)
		}
	})
}

// TestOwnExpires takes over the shards of a replica that says nothing any more.
func TestOwnExpires(t *testing.T) {
	each(t, func(t *testing.T, s *Store) {
		in := s.Inbox(7)
		if _, err := in.Own(t.Context(), "dead", nil, false); err != nil {
			t.Fatal(err)
		}
		for i := range shards { // as if the lease had run out
			if err := s.db.PExpire(t.Context(), s.ownerKey(7, i), 0).Err(); err != nil {
				t.Fatal(err)
			}
		}
		s.db.ZAdd(t.Context(), s.replicasKey(7), redis.Z{Score: 1, Member: "dead"})
		share, err := in.Own(t.Context(), "next", nil, false)
		if err != nil || len(share.Shards) != shards {
			t.Errorf("the next replica owns %v, %v", share.Shards, err)
		}
	})
}

func TestPark(t *testing.T) {
	each(t, func(t *testing.T, s *Store) {
		ctx, in := t.Context(), s.Inbox(7)
		var us []queue.Update
		for i := range int64(3) {
			us = append(us, queue.Update{ID: 10 + i, Lane: -5, Raw: fmt.Appendf(nil, `{"update_id":%d}`, 10+i)})
		}
		if _, err := in.Accept(ctx, us); err != nil {
			t.Fatal(err)
		}
		taken := take(t, in, 3)
		now := time.Now()
		for _, u := range taken {
			d := queue.Dead{Update: u, Code: "ABC234", Reason: "because"}
			for range 2 { // again, after a lost reply
				if err := in.Park(ctx, d, now); err != nil {
					t.Fatal(err)
				}
			}
		}
		ds, err := in.Dead(ctx, "", 2)
		if err != nil || len(ds) != 2 || ds[0].Update.ID != 12 || ds[0].Code != "ABC234" || ds[0].Reason != "because" || string(ds[0].Update.Raw) != `{"update_id":12}` || ds[0].Update.Lane != -5 {
			t.Fatalf("dead letters: %+v, %v", ds, err)
		}
		if older, err := in.Dead(ctx, ds[1].Entry, 2); err != nil || len(older) != 1 || older[0].Update.ID != 10 {
			t.Errorf("the page behind: %+v, %v", older, err)
		}
		for _, forged := range []string{"", "-", "+", "1", "(1-1", "1-1 ", "x-y", "99999999999999999999-1"} {
			if ok, err := in.Revive(ctx, "forged", forged, true); ok || err != nil {
				t.Errorf("letter %q: %v, %v", forged, ok, err)
			}
		}
		if ds[0].Update.ID != 12 {
			t.Fatalf("the newest letter: %+v", ds[0])
		}
		// Two admins press at once; the turn of the first is repeated after a kill.
		for _, tt := range []struct {
			op   queue.Op
			want bool
		}{{"first", true}, {"second", false}, {"first", true}} {
			if ok, err := in.Revive(ctx, tt.op, ds[0].Entry, true); ok != tt.want || err != nil {
				t.Errorf("Revive by %s: %v, %v; want %v", tt.op, ok, err, tt.want)
			}
		}
		if again := take(t, in, 1); again[0].ID != 12 || again[0].Lane != -5 || string(again[0].Raw) != `{"update_id":12}` {
			t.Errorf("came back as %+v", again)
		}
		// a month later the next one pushes the old ones out
		if _, err := in.Accept(ctx, []queue.Update{{ID: 99, Lane: 1, Raw: []byte("{}")}}); err != nil {
			t.Fatal(err)
		}
		for _, u := range take(t, in, 2) {
			if u.ID == 99 {
				if err := in.Park(ctx, queue.Dead{Update: u}, now.Add(31*24*time.Hour)); err != nil {
					t.Fatal(err)
				}
			}
		}
		if ds, _ := in.Dead(ctx, "", 10); len(ds) != 1 || ds[0].Update.ID != 99 {
			t.Errorf("after a month: %+v", ds)
		}
	})
}

func TestBegan(t *testing.T) {
	each(t, func(t *testing.T, s *Store) {
		in := s.Inbox(7)
		u := queue.Update{ID: 5, Left: true, Entry: "1-1"}
		for want := int64(1); want <= 3; want++ {
			if n, err := in.Began(t.Context(), u); n != want || err != nil {
				t.Errorf("Began = %d, %v; want %d", n, err, want)
			}
		}
		if err := in.Done(t.Context(), []queue.Update{u}); err != nil {
			t.Fatal(err)
		}
		if n, err := in.Began(t.Context(), u); n != 1 || err != nil {
			t.Errorf("after it was handled: %d, %v", n, err)
		}
	})
}

func TestLease(t *testing.T) {
	each(t, func(t *testing.T, s *Store) {
		ctx := t.Context()
		steps := []struct {
			who     string
			release bool
			want    bool
		}{
			{"a", false, true}, {"a", false, true}, {"b", false, false}, {"b", true, true}, {"b", false, false}, {"a", true, true}, {"b", false, true},
		}
		for i, st := range steps {
			var err error
			got := true
			if st.release {
				err = s.Release(ctx, "poller", st.who)
			} else {
				got, err = s.Hold(ctx, "poller", st.who, time.Minute)
			}
			if got != st.want || err != nil {
				t.Errorf("step %d: %v, %v", i, got, err)
			}
		}
		for _, want := range []bool{true, false} {
			if first, err := s.Once(ctx, "told", time.Hour); first != want || err != nil {
				t.Errorf("Once: %v, %v", first, err)
			}
		}
	})
}

func TestMigrate(t *testing.T) {
	each(t, func(t *testing.T, s *Store) {
		ctx := t.Context()
		if err := errors.Join(s.SetCommunity(ctx, "a", -1, "anju"), s.SetLanguage(ctx, "b", -1, "en"), s.SetLanguage(ctx, "c", -100, "zh-Hans")); err != nil {
			t.Fatal(err)
		}
		for range 2 {
			if err := s.Migrate(ctx, -1, -100); err != nil {
				t.Fatal(err)
			}
		}
		k, err := s.Known(ctx, -100, 5)
		if err != nil || k.Chat != (queue.Profile{Language: "zh-Hans", Community: "anju"}) {
			t.Errorf("the supergroup: %+v, %v", k.Chat, err)
		}
		if k, _ := s.Known(ctx, -1, 5); k.Chat != (queue.Profile{}) {
			t.Errorf("the group: %+v", k.Chat)
		}
	})
}

// TestBatch has many callers at once: each gets its own answer, in far fewer round trips,
// and one that does not wait any longer leaves the others alone.
func TestBatch(t *testing.T) {
	each(t, func(t *testing.T, s *Store) {
		var wg sync.WaitGroup
		for i := range int64(300) {
			wg.Go(func() {
				user := i + 1
				if err := s.SetDialogue(t.Context(), user, user, 0, queue.Dialogue{Word: "w", Step: fmt.Sprint(i), Version: user}); err != nil {
					t.Error(err)
				}
				k, err := s.Known(t.Context(), user, user)
				if err != nil || k.Dialogue.Step != fmt.Sprint(i) {
					t.Errorf("caller %d: %+v, %v", i, k.Dialogue, err)
				}
			})
			wg.Go(func() {
				ctx, cancel := context.WithCancel(t.Context())
				cancel()
				if _, err := s.Known(ctx, 1, 1); err != nil && !errors.Is(err, context.Canceled) {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if err := s.db.ScriptFlush(t.Context()).Err(); err != nil {
			t.Fatal(err)
		}
		if err := s.SetDialogue(t.Context(), 1, 1, 1, queue.Dialogue{Version: 1000}); err != nil {
			t.Errorf("after Redis forgot its scripts: %v", err)
		}
		if err := s.SetDialogue(t.Context(), 1, 1, 1, queue.Dialogue{Version: 2000}); !errors.Is(err, queue.ErrConflict) || !strings.Contains(err.Error(), "dialogue") {
			t.Errorf("a conflict: %v", err)
		}
	})
}
