package telegram_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/redis/go-redis/v9"

	"xingfuli/bot/queue"
	"xingfuli/bot/store"
	"xingfuli/bot/telegram"
)

// running is an intake at work.
type running struct {
	*telegram.Intake
	stop  context.CancelFunc
	ended chan struct{}
}

// runIntake starts an intake on an inbox; end stops it and waits.
func runIntake(t *testing.T, in *store.Inbox, name string, handle func(context.Context, queue.Update, *telegram.Attempt) error) *running {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	r := &running{telegram.NewIntake(in, name, handle, slog.New(slog.DiscardHandler)), stop, make(chan struct{})}
	go func() { r.Run(ctx); close(r.ended) }()
	t.Cleanup(r.end)
	return r
}

func (r *running) end() { r.stop(); <-r.ended }

// newInbox is an inbox with a short lease, in a Redis of its own.
func newInbox(t *testing.T) (*store.Inbox, *redis.Client) {
	t.Helper()
	m := miniredis.RunT(t)
	m.ClockTTL(true)
	db := redis.NewClient(&redis.Options{Addr: m.Addr()})
	t.Cleanup(func() { _ = db.Close() })
	in := store.New(db, "xf:").Inbox(7)
	in.For = 300 * time.Millisecond
	return in, db
}

func accept(t *testing.T, in *store.Inbox, raws ...json.RawMessage) {
	t.Helper()
	if err := telegram.NewIntake(in, "door", nil, slog.New(slog.DiscardHandler)).Accept(t.Context(), raws); err != nil {
		t.Fatal(err)
	}
}

// TestStopBetweenAttempts stops the process while an update that has failed once waits to
// be handled again: the next process must find it.
func TestStopBetweenAttempts(t *testing.T) {
	t.Parallel()
	in, db := newInbox(t)
	failed := make(chan struct{}, 10)
	accept(t, in, raw(1, 5), raw(2, 5))
	first := runIntake(t, in, "first", func(context.Context, queue.Update, *telegram.Attempt) error {
		failed <- struct{}{}
		return errors.New("not today")
	})
	<-failed
	first.end()
	if n := left(t, db); n != 2 {
		t.Fatalf("%d updates are left, want 2", n)
	}
	got := make(chan int64, 2)
	runIntake(t, in, "next", func(_ context.Context, u queue.Update, _ *telegram.Attempt) error { got <- u.ID; return nil })
	if a, b := <-got, <-got; a != 1 || b != 2 {
		t.Errorf("handled %d, %d", a, b)
	}
}

// TestLeaseWhileDraining stops a process that is in the middle of an update for longer than
// its lease: nobody else may handle that one meanwhile, but everything else.
func TestLeaseWhileDraining(t *testing.T) {
	t.Parallel()
	in, db := newInbox(t)
	begun, release := make(chan struct{}), make(chan struct{})
	accept(t, in, raw(1, 5))
	first := runIntake(t, in, "first", func(context.Context, queue.Update, *telegram.Attempt) error {
		close(begun)
		<-release
		return nil
	})
	<-begun
	first.stop()
	got := make(chan int64, 20)
	runIntake(t, in, "next", func(_ context.Context, u queue.Update, _ *telegram.Attempt) error { got <- u.ID; return nil })
	var others []json.RawMessage
	for i := range int64(15) {
		others = append(others, raw(10+i, 6+i)) // all other shards
	}
	accept(t, in, others...)
	for range others {
		if id := <-got; id == 1 {
			t.Error("two processes handle one update")
		}
	}
	select {
	case id := <-got:
		t.Errorf("update %d is handled twice", id)
	case <-time.After(3 * in.For):
	}
	close(release)
	<-first.ended
	accept(t, in, raw(2, 5))
	if id := <-got; id != 2 {
		t.Errorf("handled %d, want 2", id)
	}
	if err := settled(t, db); err != nil {
		t.Error(err)
	}
}

// settled waits until nothing is left in the inbox.
func settled(t *testing.T, db *redis.Client) error {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	for left(t, db) > 0 {
		select {
		case <-ctx.Done():
			return fmt.Errorf("%d updates are left", left(t, db))
		case <-time.After(10 * time.Millisecond):
		}
	}
	return nil
}

// TestShardsComeBack has another replica come and go while a shard is about to be given up:
// what was given up and came back in one call is read again.
func TestShardsComeBack(t *testing.T) {
	t.Parallel()
	in, db := newInbox(t)
	var busy sync.WaitGroup
	busy.Add(16)
	release := make(chan struct{})
	runIntake(t, in, "first", func(_ context.Context, u queue.Update, _ *telegram.Attempt) error {
		if u.ID <= 16 {
			busy.Done()
			<-release
		}
		return nil
	})
	var raws []json.RawMessage
	for i := range int64(16) {
		raws = append(raws, raw(1+i, 1+i)) // one in each shard
	}
	accept(t, in, raws...)
	busy.Wait()
	for range 3 { // it asks for its half, and the first begins to give that up
		if _, err := in.Own(t.Context(), "guest", nil, false); err != nil {
			t.Fatal(err)
		}
		time.Sleep(in.For / 3)
	}
	if err := in.Leave(t.Context(), "guest"); err != nil {
		t.Fatal(err)
	}
	close(release)
	raws = nil
	for i := range int64(16) {
		raws = append(raws, raw(101+i, 1+i))
	}
	accept(t, in, raws...)
	if err := settled(t, db); err != nil {
		t.Error(err)
	}
}

// TestLeaseLost has a replica lose everything while one update is being handled and another
// waits: what comes back is handled once here, and in order.
func TestLeaseLost(t *testing.T) {
	t.Parallel()
	in, db := newInbox(t)
	var mu sync.Mutex
	var ids []int64
	begun, release := make(chan struct{}), make(chan struct{})
	runIntake(t, in, "first", func(_ context.Context, u queue.Update, _ *telegram.Attempt) error {
		mu.Lock()
		ids = append(ids, u.ID)
		mu.Unlock()
		if u.ID == 1 {
			close(begun)
			<-release
		}
		return nil
	})
	accept(t, in, raw(1, 5), raw(2, 5), raw(3, 5))
	<-begun
	shards, err := db.Keys(t.Context(), "xf:{x}:owner:7:*").Result()
	if err != nil || len(shards) == 0 {
		t.Fatal(shards, err)
	}
	for _, key := range shards { // as if Redis had been away for longer than the lease
		if err := db.Set(t.Context(), key, "thief", in.For).Err(); err != nil {
			t.Fatal(err)
		}
	}
	time.Sleep(2 * in.For) // lost, and won back
	accept(t, in, raw(4, 5))
	time.Sleep(in.For / 2)
	close(release)
	if err := settled(t, db); err != nil {
		t.Error(err)
	}
	mu.Lock()
	defer mu.Unlock()
	if !slices.Equal(ids, []int64{1, 2, 3, 4}) {
		t.Errorf("handled %v", ids)
	}
}

// TestTelegramAway has Telegram out of order for more attempts than an update has: that is
// no failure of the update, which is handled when Telegram is back.
func TestTelegramAway(t *testing.T) {
	t.Parallel()
	in, db := newInbox(t)
	var tries atomic.Int64
	runIntake(t, in, "first", func(_ context.Context, _ queue.Update, a *telegram.Attempt) error {
		if a.Last {
			t.Error("the last attempt")
		}
		if tries.Add(1) <= 5 {
			return fmt.Errorf("sendMessage: %w", &net.OpError{Op: "dial", Err: errors.New("no route to host")})
		}
		return nil
	})
	accept(t, in, raw(1, 5))
	if err := settled(t, db); err != nil {
		t.Error(err)
	}
	if n := db.XLen(t.Context(), "xf:{x}:dead:7").Val(); n != 0 || tries.Load() != 6 {
		t.Errorf("%d dead letters after %d tries", n, tries.Load())
	}
}

// TestSuspects finds updates that many processes have left: they are handled one at a time,
// so that the one that kills is told from its neighbours, and that one is parked.
func TestSuspects(t *testing.T) {
	t.Parallel()
	in, db := newInbox(t)
	accept(t, in, raw(1, 1), raw(2, 2), raw(3, 3), raw(4, 4))
	for id, n := range map[int64]int{1: 3, 2: 5, 3: 7, 4: 10} {
		for range n {
			if _, err := in.Began(t.Context(), queue.Update{ID: id}); err != nil {
				t.Fatal(err)
			}
		}
	}
	var at, most atomic.Int64
	runIntake(t, in, "first", func(_ context.Context, u queue.Update, _ *telegram.Attempt) error {
		if u.ID == 4 {
			t.Error("the deadly update was handled")
		}
		most.Store(max(most.Load(), at.Add(1)))
		time.Sleep(20 * time.Millisecond)
		at.Add(-1)
		return nil
	})
	if err := settled(t, db); err != nil {
		t.Error(err)
	}
	if most.Load() != 1 {
		t.Errorf("%d suspects were handled at once", most.Load())
	}
	if n, tries := db.XLen(t.Context(), "xf:{x}:dead:7").Val(), db.HLen(t.Context(), "xf:{x}:tries:7").Val(); n != 1 || tries != 0 {
		t.Errorf("%d dead letters, %d counts of tries", n, tries)
	}
}
