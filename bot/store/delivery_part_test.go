package store

import (
	"errors"
	"testing"
	"time"

	"xingfuli/bot/queue"
)

// TestPart counts what became of a delivery in each of two communities, and nothing of it in a
// third: rows that wait count nowhere, nor does who has said nothing of where they live.
func TestPart(t *testing.T) {
	each(t, func(t *testing.T, s *Store) {
		ctx, now := t.Context(), time.UnixMilli(1_800_000_000_000)
		homes := map[int64]string{1: "a", 2: "a", 3: "a", -1: "a", 4: "b", -2: "b", 6: "c"}
		var err error
		for chat, home := range homes {
			err = errors.Join(err, s.SetCommunity(ctx, queue.Op(queue.Chat{ID: chat}.String()), chat, home))
		}
		d, failed := s.StartDelivery(ctx, "op", queue.Delivery{Kind: "test", Made: now})
		var chats []queue.Chat
		for _, id := range []int64{1, 2, 3, 4, 5, -1, -2} {
			chats = append(chats, queue.Chat{ID: id})
		}
		if err = errors.Join(err, failed, s.Fill(ctx, d.ID, chats), s.Filled(ctx, d.ID, now)); err != nil {
			t.Fatal(err)
		}
		ends := map[int64]queue.RowState{1: queue.RowSent, 2: queue.RowFailed, 3: queue.RowUnknown, 5: queue.RowSent, -1: queue.RowSent, -2: queue.RowSent}
		for range chats {
			to, _, _, err := s.Take(ctx, d.ID, "o", time.Hour, now)
			r := queue.Row{To: to, State: ends[to.ID], Why: queue.WhyBlocked, Messages: []int{3}}
			if ends[to.ID] == "" {
				r.State = queue.RowQueued
			}
			if err = errors.Join(err, s.Settle(ctx, d.ID, "o", r, time.Hour, false, now)); err != nil {
				t.Fatal(err)
			}
		}
		for _, got := range [][2]int64{{1, 1}, {-1, 1}, {-1, 9}, {-1, 9}, {-2, 4}, {5, 5}} {
			if _, err := s.Got(ctx, d.ID, got[0], got[1], now); err != nil {
				t.Fatal(err)
			}
		}
		for home, want := range map[string]queue.Progress{
			"a": {Total: 4, Sent: 2, Failed: 1, Unknown: 1, Got: 3}, "b": {Total: 1, Sent: 1, Got: 1}, "c": {}, "nowhere": {},
		} {
			if got, err := s.Part(ctx, d.ID, home); got != want || err != nil {
				t.Errorf("%s: %+v, %v, want %+v", home, got, err, want)
			}
		}
	})
}
