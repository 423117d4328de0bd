package telegram_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"testing"

	"github.com/redis/go-redis/v9"

	"xingfuli/bot/queue"
	"xingfuli/bot/store"
	"xingfuli/bot/store/redistest"
	"xingfuli/bot/telegram"
)

func raw(id, chat int64) json.RawMessage {
	return fmt.Appendf(nil, `{"update_id":%d,"message":{"message_id":1,"date":1,"chat":{"id":%d,"type":"private"},"text":"x"}}`, id, chat)
}

// TestIntakeKeepsLanesInOrder handles many updates of several chats at once: those of a
// chat one after another in the order of arrival, those of different chats beside each other.
func TestIntakeKeepsLanesInOrder(t *testing.T) {
	t.Parallel()
	redistest.Each(t, func(t *testing.T, db *redis.Client) {
		var mu sync.Mutex
		seen, busy := map[int64][]int64{}, map[int64]bool{}
		var together sync.WaitGroup
		together.Add(5) // the first of each lane waits for the first of all others
		in := telegram.NewIntake(store.New(db, "xf:").Inbox(7), "a", func(_ context.Context, u queue.Update, _ *telegram.Attempt) error {
			mu.Lock()
			if busy[u.Lane] {
				t.Errorf("lane %d handles two updates at once", u.Lane)
			}
			busy[u.Lane] = true
			first := len(seen[u.Lane]) == 0
			seen[u.Lane] = append(seen[u.Lane], u.ID)
			mu.Unlock()
			if first {
				together.Done()
				together.Wait()
			}
			mu.Lock()
			busy[u.Lane] = false
			mu.Unlock()
			return nil
		}, slog.New(slog.DiscardHandler))
		var raws []json.RawMessage
		for i := range int64(200) {
			raws = append(raws, raw(1000+i, i%5+1))
		}
		if err := in.Accept(t.Context(), append(raws, raws[:20]...)); err != nil {
			t.Fatal(err)
		}
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan struct{})
		go func() { in.Run(ctx); close(ended) }()
		if err := in.Settle(t.Context()); err != nil {
			t.Fatal(err)
		}
		stop()
		<-ended
		for lane, ids := range seen {
			if len(ids) != 40 || !slices.IsSorted(ids) {
				t.Errorf("lane %d handled %v", lane, ids)
			}
		}
		if n := left(t, db); n > 0 {
			t.Errorf("%d updates are left", n)
		}
	})
}

// TestIntakeFindsWhatWasLeft begins with what another process took in and did not finish.
func TestIntakeFindsWhatWasLeft(t *testing.T) {
	t.Parallel()
	redistest.Each(t, func(t *testing.T, db *redis.Client) {
		inbox := store.New(db, "xf:").Inbox(7)
		killed := telegram.NewIntake(inbox, "killed", nil, slog.New(slog.DiscardHandler))
		if err := killed.Accept(t.Context(), []json.RawMessage{raw(1, 5), raw(2, 5), raw(3, 6)}); err != nil {
			t.Fatal(err)
		}
		got := make(chan int64, 10)
		next := telegram.NewIntake(inbox, "next", func(_ context.Context, u queue.Update, _ *telegram.Attempt) error { got <- u.ID; return nil }, slog.New(slog.DiscardHandler))
		ctx, stop := context.WithCancel(t.Context())
		defer stop()
		go next.Run(ctx)
		ids := []int64{<-got, <-got, <-got}
		if slices.Index(ids, 1) > slices.Index(ids, 2) {
			t.Errorf("handled %v", ids)
		}
	})
}

// left counts what is in the inbox.
func left(t *testing.T, db *redis.Client) int64 {
	t.Helper()
	n := int64(0)
	for i := range 16 {
		n += db.XLen(t.Context(), fmt.Sprintf("xf:{x}:inbox:7:%d", i)).Val()
	}
	return n
}

func TestAddress(t *testing.T) {
	tests := []struct {
		raw  string
		id   int64
		lane int64
	}{
		{`{"update_id":5,"message":{"chat":{"id":-7}}}`, 5, -7},
		{`{"update_id":5,"edited_message":{"chat":{"id":-7}}}`, 5, -7},
		{`{"update_id":5,"channel_post":{"chat":{"id":-8}}}`, 5, -8},
		{`{"update_id":5,"callback_query":{"from":{"id":3},"message":{"chat":{"id":-7},"date":0}}}`, 5, -7},
		{`{"update_id":5,"callback_query":{"from":{"id":3},"inline_message_id":"x"}}`, 5, 3},
		{`{"update_id":5,"my_chat_member":{"chat":{"id":9},"from":{"id":3}}}`, 5, 9},
		{`{"update_id":5,"poll_answer":{"user":{"id":3}}}`, 5, 3},
		{`{"update_id":5,"something_new":{"live_photo":[1,2]}}`, 5, 0},
		{`{"update_id":5,"message":"not an object"}`, 5, 0},
		{`{"update_id":5,"message":{"chat":{"id":"text"}}}`, 5, 0},
	}
	for _, tt := range tests {
		u, err := telegram.Address([]byte(tt.raw))
		if err != nil || u.ID != tt.id || u.Lane != tt.lane || string(u.Raw) != tt.raw {
			t.Errorf("Address(%s) = %d in lane %d, %v", tt.raw, u.ID, u.Lane, err)
		}
	}
	for _, bad := range []string{"", "{}", "[]", "null", `{"update_id":"x"}`, "\xff"} {
		if _, err := telegram.Address([]byte(bad)); !errors.Is(err, telegram.ErrDecode) {
			t.Errorf("Address(%q): %v", bad, err)
		}
	}
}

func FuzzAddress(f *testing.F) {
	f.Add([]byte(raw(1, 2)))
	f.Add([]byte(`{"update_id":5,"callback_query":{"message":null}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		if u, err := telegram.Address(data); err == nil && u.ID == 0 {
			t.Error("an update without an ID was taken")
		}
	})
}
