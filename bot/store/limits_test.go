package store

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"xingfuli/bot/queue"
	"xingfuli/bot/store/redistest"
)

const ms = time.Millisecond

// reserved asks for a place as often as told and returns how long that took.
func reserved(t *testing.T, l *Limits, chat int64, p queue.Pace) time.Duration {
	t.Helper()
	start := time.Now()
	for {
		inChat, overAll, err := l.Reserve(t.Context(), chat, p)
		if err != nil {
			t.Fatal(err)
		}
		if inChat == 0 && overAll == 0 {
			return time.Since(start)
		}
		wait(t, max(inChat, overAll))
	}
}

func wait(t *testing.T, d time.Duration) {
	t.Helper()
	select {
	case <-time.After(d):
	case <-t.Context().Done():
		t.Fatal(t.Context().Err())
	}
}

// TestLimitsBuckets fills each kind of bucket: whoever comes after that is told the right
// time for the right reason, and takes nothing from the others.
func TestLimitsBuckets(t *testing.T) {
	each(t, func(t *testing.T, s *Store) {
		l := s.Limits(1)
		hour := queue.Bucket{Step: time.Hour, Slack: 2 * time.Hour}
		for i := range 3 {
			if took := reserved(t, l, 5, queue.Pace{Chat: hour}); took > 10*time.Second {
				t.Fatalf("place %d of a burst took %v", i, took)
			}
		}
		near := func(d time.Duration) bool { return d > 59*time.Minute && d <= time.Hour }
		inChat, overAll, err := l.Reserve(t.Context(), 5, queue.Pace{Chat: hour, Minute: hour, All: hour})
		if !near(inChat) || overAll != 0 || err != nil {
			t.Errorf("a full chat: %v, %v, %v", inChat, overAll, err)
		}
		reserved(t, l, 6, queue.Pace{Chat: hour, Minute: hour, All: queue.Bucket{Step: time.Hour}})
		inChat, overAll, err = l.Reserve(t.Context(), 7, queue.Pace{Chat: hour, All: queue.Bucket{Step: time.Hour}})
		if inChat != 0 || !near(overAll) || err != nil {
			t.Errorf("no place over all: %v, %v, %v", inChat, overAll, err)
		}
		reserved(t, l, 7, queue.Pace{Chat: hour, All: hour})
		inChat, _, _ = l.Reserve(t.Context(), 6, queue.Pace{Minute: queue.Bucket{Step: time.Hour}})
		if !near(inChat) {
			t.Errorf("a full minute: %v", inChat)
		}
		if inChat, overAll, err = s.Limits(2).Reserve(t.Context(), 5, queue.Pace{Chat: hour, All: hour}); inChat != 0 || overAll != 0 || err != nil {
			t.Errorf("another bot waits %v, %v, %v", inChat, overAll, err)
		}
	})
}

// TestLimitsRate takes as many places as there are in a second, from several sides: not
// one more, and hardly one less.
func TestLimitsRate(t *testing.T) {
	each(t, func(t *testing.T, s *Store) {
		p := queue.Pace{All: queue.Bucket{Step: 5 * ms, Slack: 20 * ms}}
		start := time.Now()
		var wg sync.WaitGroup
		for range 3 {
			wg.Go(func() {
				l := s.Limits(1)
				for range 67 {
					reserved(t, l, 1, p)
				}
			})
		}
		wg.Wait()
		// How much longer it takes is the machine's affair; sooner would be too many.
		if took, least := time.Since(start), (3*67-5)*5*ms; took < least {
			t.Errorf("201 places took only %v, want %v", took, least)
		}
	})
}

func TestLimitsClose(t *testing.T) {
	each(t, func(t *testing.T, s *Store) {
		l, ctx := s.Limits(1), t.Context()
		shut := func(chat int64, d time.Duration) int {
			t.Helper()
			n, err := l.Close(ctx, chat, d, time.Minute)
			if err != nil {
				t.Fatal(err)
			}
			return n
		}
		if n := shut(-5, time.Hour); n != 1 {
			t.Errorf("%d chats closed", n)
		}
		if n := shut(-5, time.Second); n != 1 {
			t.Errorf("the same chat counts: %d", n)
		}
		if inChat, overAll, err := l.Reserve(ctx, -5, queue.Pace{}); inChat < 59*time.Minute || inChat > time.Hour || overAll != 0 || err != nil {
			t.Errorf("a closed chat: %v, %v, %v", inChat, overAll, err)
		}
		if inChat, overAll, err := l.Reserve(ctx, 6, queue.Pace{}); inChat != 0 || overAll != 0 || err != nil {
			t.Errorf("another chat: %v, %v, %v", inChat, overAll, err)
		}
		shut(6, 50*ms)
		began := time.Now()
		if n := shut(0, 100*ms); n != 2 {
			t.Errorf("%d chats closed, want 2: all chats are not one more", n)
		}
		if reserved(t, l, 7, queue.Pace{}); time.Since(began) < 100*ms {
			t.Errorf("all were closed for 100ms, and one opened after %v", time.Since(began))
		}
	})
}

// TestLimitsExpire: nothing stays in Redis for a chat that is left alone.
func TestLimitsExpire(t *testing.T) {
	each(t, func(t *testing.T, s *Store) {
		l, ctx := s.Limits(1), t.Context()
		b := queue.Bucket{Step: time.Minute}
		reserved(t, l, -5, queue.Pace{Chat: b, Minute: b, All: b})
		for _, chat := range []int64{-5, 0} {
			if _, err := l.Close(ctx, chat, time.Minute, time.Minute); err != nil {
				t.Fatal(err)
			}
		}
		keys := s.db.Keys(ctx, "*").Val()
		if len(keys) != 6 {
			t.Errorf("keys %q", keys)
		}
		for _, k := range keys {
			if ttl := s.db.PTTL(ctx, k).Val(); !strings.HasPrefix(k, "xf:{x}:pace:1:") || ttl < 50*time.Second || ttl > time.Minute {
				t.Errorf("%s is kept for %v", k, ttl)
			}
		}
	})
}

// TestLimitsAway: who waits for Redis waits no longer than he wants.
func TestLimitsAway(t *testing.T) {
	t.Parallel()
	srv := redistest.Start(t)
	db, err := Open(srv.URL())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	l := New(db, "xf:").Limits(1)
	reserved(t, l, 1, queue.Pace{})
	srv.Stop(t)
	defer srv.Continue(t)
	ctx, cancel := context.WithTimeout(t.Context(), 50*ms)
	defer cancel()
	if _, _, err := l.Reserve(ctx, 1, queue.Pace{}); err == nil {
		t.Error("Redis stands still, and there is a place")
	}
	if _, err := l.Close(ctx, 1, time.Second, time.Second); err == nil {
		t.Error("Redis stands still, and the chat is closed")
	}
}

// TestLimitsSoon asks for places along with another question, in one round trip, and in one of
// their own when nobody asks anything.
func TestLimitsSoon(t *testing.T) {
	t.Parallel()
	redistest.Each(t, func(t *testing.T, db *redis.Client) {
		ctx, s := t.Context(), New(db, "xf:")
		l, chat, all := s.Limits(1), queue.Pace{Chat: queue.Bucket{Step: time.Hour}}, queue.Bucket{Step: time.Minute, Slack: time.Hour}
		reserved(t, l, 5, queue.Pace{})
		if _, booked, err := l.BookSoon(ctx, all)(ctx); !booked || err != nil { // the scripts are known now
			t.Fatal(err)
		}
		count := redistest.Trips(db)
		place, enter := l.BookSoon(ctx, all), l.ReserveSoon(ctx, 7, chat)
		if _, err := s.Known(ctx, 7, 7); err != nil {
			t.Fatal(err)
		}
		wait(t, 20*ms) // of the time until the place
		left, booked, err := place(ctx)
		if !booked || err != nil || left > time.Minute-20*ms || left < 50*time.Second {
			t.Errorf("the second place is in %v, %t, %v", left, booked, err)
		}
		if inChat, overAll, err := enter(ctx); inChat != 0 || overAll != 0 || err != nil {
			t.Errorf("an empty chat: %v, %v, %v", inChat, overAll, err)
		}
		if n := count.Load(); n != 1 {
			t.Errorf("%d round trips for three questions", n)
		}
		if inChat, _, err := l.ReserveSoon(ctx, 7, chat)(ctx); inChat < 59*time.Minute || err != nil {
			t.Errorf("a full chat: %v, %v", inChat, err)
		}
		if n := count.Load(); n != 2 {
			t.Errorf("%d round trips when nobody asked anything else", n)
		}
	})
}

// BenchmarkReserve is what a message pays for its places.
func BenchmarkReserve(b *testing.B) {
	l := New(redistest.Start(b).Client(b), "xf:").Limits(1)
	p := queue.Pace{Chat: queue.Bucket{Step: time.Microsecond, Slack: time.Hour}, All: queue.Bucket{Step: time.Microsecond, Slack: time.Hour}}
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if _, _, err := l.Reserve(b.Context(), 7, p); err != nil {
				b.Fatal(err)
			}
		}
	})
}
