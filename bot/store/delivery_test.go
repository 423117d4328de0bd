package store

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/redis/go-redis/v9"
	"pgregory.net/rapid"

	"xingfuli/bot/queue"
	"xingfuli/bot/store/redistest"
)

// crowd is a delivery as a property goes through it: what was really sent, and what is known.
type crowd struct {
	s       *Store
	id      string
	now     time.Time
	chats   []queue.Chat
	copies  map[queue.Chat]int // really sent
	asked   map[queue.Chat]int // how often somebody wanted it sent: once, and by 补发
	sending map[queue.Chat]string
	rounds  int
}

// TestDelivery: whatever crashes, pauses, resumes and refusals come in whatever order, in the
// end each chat is in exactly one of sent, failed and unknown, the counts are right, and
// nobody got a copy that nobody asked for.
func TestDelivery(t *testing.T) {
	t.Parallel()
	m := miniredis.RunT(t)
	db := redis.NewClient(&redis.Options{Addr: m.Addr()})
	t.Cleanup(func() { _ = db.Close() })
	run := 0
	rapid.Check(t, func(t *rapid.T) {
		run++
		c := &crowd{s: New(db, fmt.Sprintf("t%d:", run)), now: time.UnixMilli(1_800_000_000_000), copies: map[queue.Chat]int{}, asked: map[queue.Chat]int{}, sending: map[queue.Chat]string{}}
		c.begin(t, rapid.IntRange(1, 30).Draw(t, "chats"))
		owners := []string{"a", "b", "c"}
		for range rapid.IntRange(0, 120).Draw(t, "steps") {
			owner := rapid.SampledFrom(owners).Draw(t, "owner")
			switch rapid.IntRange(0, 10).Draw(t, "act") {
			case 10:
				c.fillLate(t)
			case 0, 1, 2, 3:
				c.take(t, owner)
			case 4, 5, 6:
				c.settle(t, owner, rapid.SampledFrom([]queue.RowState{queue.RowSent, queue.RowSent, queue.RowFailed, queue.RowUnknown, queue.RowQueued}).Draw(t, "state"))
			case 7:
				c.die(t, owner)
			case 8:
				c.steer(t, rapid.Bool().Draw(t, "pause"))
			case 9:
				c.again(t, rapid.SampledFrom([]queue.RowState{queue.RowFailed, queue.RowUnknown}).Draw(t, "which"))
			}
		}
		c.drain(t, owners)
		c.check(t)
	})
}

func (c *crowd) must(t *rapid.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func (c *crowd) begin(t *rapid.T, n int) {
	ctx := context.Background()
	d, err := c.s.StartDelivery(ctx, "op", queue.Delivery{Kind: "test", Made: c.now})
	c.must(t, err)
	c.id = d.ID
	for i := range n {
		chat := queue.Chat{ID: int64(i) + 1, Thread: i % 3}
		c.chats = append(c.chats, chat)
		c.asked[chat] = 1
	}
	c.must(t, c.s.Fill(ctx, c.id, c.chats))
	c.must(t, c.s.Fill(ctx, c.id, c.chats[:1]))
	for range 2 {
		c.must(t, c.s.Filled(ctx, c.id, c.now))
	}
}

// fillLate is a process that was stopped while it filled the delivery.
func (c *crowd) fillLate(t *rapid.T) {
	if err := c.s.Fill(context.Background(), c.id, c.chats); !errors.Is(err, queue.ErrConflict) {
		t.Fatalf("a delivery that is filled is filled again: %v", err)
	}
	c.must(t, c.s.Filled(context.Background(), c.id, c.now))
}

func (c *crowd) take(t *rapid.T, owner string) bool {
	to, idle, running, err := c.s.Take(context.Background(), c.id, owner, time.Hour, c.now)
	c.must(t, err)
	if idle || !running {
		return false
	}
	if by, ok := c.sending[to]; ok {
		t.Fatalf("%s is given to %s while %s sends to it", to, owner, by)
	}
	c.sending[to] = owner
	return true
}

// settle ends one sending of an owner; the write is made twice, as after a lost reply.
func (c *crowd) settle(t *rapid.T, owner string, state queue.RowState) bool {
	to, ok := c.one(owner)
	if !ok {
		return false
	}
	r := queue.Row{To: to, State: state, Messages: []int{7}, Why: queue.WhyBlocked}
	if state == queue.RowSent || state == queue.RowUnknown {
		c.copies[to]++
	}
	for range 2 {
		c.must(t, c.s.Settle(context.Background(), c.id, owner, r, 0, true, c.now))
	}
	delete(c.sending, to)
	return true
}

func (c *crowd) one(owner string) (queue.Chat, bool) {
	for _, to := range c.chats {
		if c.sending[to] == owner {
			return to, true
		}
	}
	return queue.Chat{}, false
}

// die kills an owner in the middle: every second of its messages had gone out.
func (c *crowd) die(t *rapid.T, owner string) {
	c.must(t, c.s.db.Del(context.Background(), c.s.senderKey(owner)).Err())
	for i, to := range c.chats {
		if c.sending[to] == owner {
			if i%2 == 0 {
				c.copies[to]++
			}
			delete(c.sending, to)
		}
	}
	c.must(t, c.s.Lose(context.Background(), c.id, c.now))
}

func (c *crowd) steer(t *rapid.T, pause bool) {
	to, from := queue.Running, queue.Paused
	if pause {
		to, from = from, to
	}
	_, err := c.s.Steer(context.Background(), c.id, to, c.now, from)
	c.must(t, err)
}

func (c *crowd) again(t *rapid.T, which queue.RowState) {
	for to, r := range c.rows(t) {
		if r.State == which {
			c.asked[to]++
		}
	}
	c.rounds++
	for range 2 {
		_, err := c.s.Again(context.Background(), queue.Op(fmt.Sprint("again", c.rounds)), c.id, which)
		c.must(t, err)
	}
}

func (c *crowd) rows(t *rapid.T) map[queue.Chat]queue.Row {
	all := map[queue.Chat]queue.Row{}
	c.must(t, c.s.Rows(context.Background(), c.id, func(_ context.Context, rows []queue.Row) error {
		for _, r := range rows {
			all[r.To] = r
		}
		return nil
	}))
	return all
}

// drain lets everybody finish.
func (c *crowd) drain(t *rapid.T, owners []string) {
	c.steer(t, false)
	for _, o := range owners {
		for c.settle(t, o, queue.RowSent) {
		}
	}
	for c.take(t, "z") {
		c.settle(t, "z", queue.RowSent)
	}
}

func (c *crowd) check(t *rapid.T) {
	d, err := c.s.Delivery(context.Background(), c.id)
	c.must(t, err)
	rows := c.rows(t)
	states := map[queue.RowState]int{}
	for _, r := range rows {
		states[r.State]++
	}
	if !slices.Equal(slices.SortedFunc(maps.Keys(rows), compareChats), slices.SortedFunc(slices.Values(c.chats), compareChats)) {
		t.Fatalf("rows %v of chats %v", rows, c.chats)
	}
	if d.State != queue.Over || d.Ended.IsZero() || d.Queued+d.Sending != 0 || d.Sent != states[queue.RowSent] || d.Failed != states[queue.RowFailed] || d.Unknown != states[queue.RowUnknown] {
		t.Fatalf("%+v, and the rows are %v", d.Progress, states)
	}
	for to, n := range c.copies {
		if n > c.asked[to] {
			t.Fatalf("%s got %d copies and was asked for %d", to, n, c.asked[to])
		}
	}
	for to, r := range rows {
		if r.State == queue.RowSent && c.copies[to] == 0 {
			t.Fatalf("%s counts as sent and got nothing", to)
		}
	}
}

func compareChats(a, b queue.Chat) int {
	return int(a.ID-b.ID)*10 + a.Thread - b.Thread
}

// ended makes a delivery to chats that has ended, each row as state says.
func ended(t *testing.T, s *Store, state queue.RowState, chats ...queue.Chat) queue.Delivery {
	t.Helper()
	ctx, now := t.Context(), time.UnixMilli(1_800_000_000_000)
	d, err := s.StartDelivery(ctx, "op", queue.Delivery{Kind: "test", Author: 7, Made: now})
	err = errors.Join(err, s.Fill(ctx, d.ID, chats), s.Filled(ctx, d.ID, now))
	for range chats {
		to, _, _, failed := s.Take(ctx, d.ID, "a", time.Hour, now)
		r := queue.Row{To: to, State: state, Why: queue.WhyBlocked, Messages: []int{3}, Chat: to.ID * 10}
		err = errors.Join(err, failed, s.Settle(ctx, d.ID, "a", r, 0, false, now))
	}
	if err != nil {
		t.Fatal(err)
	}
	if d, err = s.Delivery(ctx, d.ID); err != nil || d.Ended.IsZero() {
		t.Fatalf("%+v, %v", d, err)
	}
	return d
}

// TestReported: what happens to a delivery while its author is told of the end keeps it active.
func TestReported(t *testing.T) {
	each(t, func(t *testing.T, s *Store) {
		ctx := t.Context()
		active := func() int {
			all, err := s.ActiveDeliveries(ctx)
			if err != nil {
				t.Fatal(err)
			}
			return len(all)
		}
		d := ended(t, s, queue.RowFailed, queue.Chat{ID: 1}, queue.Chat{ID: 2})
		if n, err := s.Again(ctx, "press", d.ID, queue.RowFailed); n != 2 || err != nil {
			t.Fatal(n, err)
		}
		if err := s.Reported(ctx, d, "old", true); err != nil || active() != 1 {
			t.Errorf("sent again, and %d are active, %v", active(), err)
		}
		for range 2 {
			to, _, _, err := s.Take(ctx, d.ID, "a", time.Hour, d.Made)
			if err = errors.Join(err, s.Settle(ctx, d.ID, "a", queue.Row{To: to, State: queue.RowSent, Messages: []int{4}}, 0, false, d.Made)); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := s.Got(ctx, d.ID, 1, 1, d.Made); err != nil {
			t.Fatal(err)
		}
		if err := s.Reported(ctx, d, "old", true); err != nil || active() != 1 {
			t.Errorf("a receipt came, and %d are active, %v", active(), err)
		}
		d.Got = 1
		if err := s.Reported(ctx, d, "new", true); err != nil || active() != 0 {
			t.Errorf("all was told, and %d are active, %v", active(), err)
		}
	})
}

// TestDeliveryRead reads a delivery while it is sent: no row is ever missing from its counts, so
// that one that is on its way is not taken for one at rest.
func TestDeliveryRead(t *testing.T) {
	each(t, func(t *testing.T, s *Store) {
		const n = 400
		ctx, now := t.Context(), time.UnixMilli(1_800_000_000_000)
		chats := make([]queue.Chat, n)
		for i := range chats {
			chats[i] = queue.Chat{ID: int64(i) + 1}
		}
		d, err := s.StartDelivery(ctx, "op", queue.Delivery{Kind: "test", Made: now})
		if err = errors.Join(err, s.Fill(ctx, d.ID, chats), s.Filled(ctx, d.ID, now)); err != nil {
			t.Fatal(err)
		}
		sent := make(chan error, 1)
		go func() {
			var err error
			for range n {
				to, _, _, failed := s.Take(ctx, d.ID, "a", time.Hour, now)
				r := queue.Row{To: to, State: queue.RowSent, Messages: []int{1}}
				err = errors.Join(err, failed, s.Settle(ctx, d.ID, "a", r, 0, false, now))
			}
			sent <- err
		}()
		for {
			seen, err := s.Delivery(ctx, d.ID)
			if err != nil {
				t.Fatal(err)
			}
			if seen.Total < n {
				t.Fatalf("rows are missing: %+v", seen.Progress)
			}
			if seen.State == queue.Over {
				break
			}
		}
		if err := <-sent; err != nil {
			t.Error(err)
		}
	})
}

// TestReached: a receipt is taken where the message is, also when the group has another ID there.
func TestReached(t *testing.T) {
	each(t, func(t *testing.T, s *Store) {
		d := ended(t, s, queue.RowSent, queue.Chat{ID: -5})
		for chat, want := range map[int64]bool{-5: true, -50: true, -6: false, 0: false} {
			if got, err := s.Reached(t.Context(), d.ID, chat); got != want || err != nil {
				t.Errorf("%d is reached: %t, %v", chat, got, err)
			}
		}
	})
	t.Run("not", func(t *testing.T) {
		each(t, func(t *testing.T, s *Store) {
			d := ended(t, s, queue.RowFailed, queue.Chat{ID: 5})
			if got, err := s.Reached(t.Context(), d.ID, 5); got || err != nil {
				t.Errorf("%t, %v", got, err)
			}
		})
	})
}

// BenchmarkFill queues 100,000 rows.
func BenchmarkFill(b *testing.B) {
	for _, n := range []int{1_000, 100_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			s := New(redistest.Start(b).Client(b), "xf:")
			chats := make([]queue.Chat, n)
			for i := range chats {
				chats[i] = queue.Chat{ID: int64(i) + 1_000_000_000}
			}
			for i := 0; b.Loop(); i++ {
				d, err := s.StartDelivery(b.Context(), queue.Op(fmt.Sprint(i)), queue.Delivery{Kind: "test", Made: time.Now()})
				if err != nil {
					b.Fatal(err)
				}
				for some := range slices.Chunk(chats, 1000) {
					if err := s.Fill(b.Context(), d.ID, some); err != nil {
						b.Fatal(err)
					}
				}
				if err := s.Filled(b.Context(), d.ID, time.Now()); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(n)*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
		})
	}
}

// TestUrgentPlace: an urgent delivery stays before all others when somebody sends a receipt of it,
// or has it sent again.
func TestUrgentPlace(t *testing.T) {
	each(t, func(t *testing.T, s *Store) {
		ctx := t.Context()
		old := ended(t, s, queue.RowFailed, queue.Chat{ID: 1})
		urgent, err := s.StartDelivery(ctx, "urgent", queue.Delivery{Kind: "test", Author: 7, Urgent: true, Made: old.Made.Add(time.Hour)})
		if err != nil {
			t.Fatal(err)
		}
		first := func(after string) {
			t.Helper()
			all, err := s.ActiveDeliveries(ctx)
			if err != nil || len(all) != 2 || all[0].ID != urgent.ID {
				t.Errorf("after %s: %+v, %v", after, all, err)
			}
		}
		first("the start")
		if err := s.Wake(ctx, urgent); err != nil {
			t.Fatal(err)
		}
		first("a receipt")
		to := queue.Chat{ID: 2}
		err = errors.Join(s.Fill(ctx, urgent.ID, []queue.Chat{to}), s.Filled(ctx, urgent.ID, old.Made))
		_, _, _, failed := s.Take(ctx, urgent.ID, "a", time.Hour, old.Made)
		err = errors.Join(err, failed, s.Settle(ctx, urgent.ID, "a", queue.Row{To: to, State: queue.RowFailed, Why: queue.WhyBusy}, 0, false, old.Made))
		if n, again := s.Again(ctx, "press", urgent.ID, queue.RowFailed); n != 1 || errors.Join(err, again) != nil {
			t.Fatal(n, err, again)
		}
		first("being sent again")
	})
}

// TestStopped: what was stopped stays so, and what is in its queue there.
func TestStopped(t *testing.T) {
	each(t, func(t *testing.T, s *Store) {
		ctx, now := t.Context(), time.UnixMilli(1_800_000_000_000)
		d, err := s.StartDelivery(ctx, "op", queue.Delivery{Kind: "test", Made: now})
		err = errors.Join(err, s.Fill(ctx, d.ID, []queue.Chat{{ID: 1}, {ID: 2}}), s.Filled(ctx, d.ID, now))
		to, _, _, failed := s.Take(ctx, d.ID, "a", time.Hour, now)
		err = errors.Join(err, failed, s.Settle(ctx, d.ID, "a", queue.Row{To: to, State: queue.RowFailed, Why: queue.WhyBusy}, 0, false, now))
		_, failed = s.Steer(ctx, d.ID, queue.Stopped, now, queue.Running)
		if err = errors.Join(err, failed); err != nil {
			t.Fatal(err)
		}
		if n, err := s.Again(ctx, "press", d.ID, queue.RowFailed); n != 0 || !errors.Is(err, queue.ErrConflict) {
			t.Errorf("%d are sent again, %v", n, err)
		}
		if got, err := s.Delivery(ctx, d.ID); got.State != queue.Stopped || got.Queued != 1 || got.Failed != 1 || err != nil {
			t.Errorf("%+v, %v", got.Progress, err)
		}
	})
}
