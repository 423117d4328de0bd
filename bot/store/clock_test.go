package store

import (
	"fmt"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/redis/go-redis/v9"

	"xingfuli/bot/queue"
)

// TestClockPutBack puts the clock of Redis back by an hour, and forward again: neither who
// died nor what was sent before keeps anybody waiting.
//
// Trap: a machine's clock jumps.
func TestClockPutBack(t *testing.T) {
	m := miniredis.RunT(t)
	db := redis.NewClient(&redis.Options{Addr: m.Addr()})
	t.Cleanup(func() { _ = db.Close() })
	s := New(db, "xf:")
	in, limits := s.Inbox(7), s.Limits(7)
	in.For = 3 * time.Second
	noon := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	m.SetTime(noon)
	ctx := t.Context()
	for _, replica := range []string{"dies", "lives", "lives"} {
		if _, err := in.Own(ctx, replica, nil, false); err != nil {
			t.Fatal(err)
		}
	}
	pace := queue.Pace{Chat: queue.Bucket{Step: time.Second}, All: queue.Bucket{Step: 30 * time.Millisecond}}
	if a, b, err := limits.Reserve(ctx, 1, pace); a != 0 || b != 0 || err != nil {
		t.Fatal(a, b, err)
	}
	for _, jump := range []time.Duration{-time.Hour, time.Hour, -48 * time.Hour} {
		t.Run(fmt.Sprint(jump), func(t *testing.T) {
			m.SetTime(noon.Add(jump))
			if a, b, err := limits.Reserve(ctx, 1, pace); a > time.Second || b > time.Second || err != nil {
				t.Errorf("who sends waits for %v, %v: %v", a, b, err)
			}
			for i := range 16 { // the keys of a dead owner end by their own time
				key := fmt.Sprintf("xf:{x}:owner:7:%d", i)
				if m.Exists(key) {
					if owner, _ := m.Get(key); owner == "dies" {
						m.Del(key)
					}
				}
			}
			share, err := in.Own(ctx, "lives", nil, false)
			if err != nil || share.Fair != 16 || len(share.Shards) != 16 {
				t.Errorf("the one that lives has %+v, %v", share, err)
			}
		})
	}
}
