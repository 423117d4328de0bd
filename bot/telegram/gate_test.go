package telegram

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"xingfuli/bot/queue"
	"xingfuli/bot/sim"
	"xingfuli/bot/store"
	"xingfuli/bot/store/redistest"
)

// crowd adds n people who have pressed Start.
func crowd(t testing.TB, s *sim.Server, n int64) {
	t.Helper()
	for i := range n {
		s.AddPerson(sim.Person{ID: 10_000 + i, Name: "x"})
		if err := s.Start(10_000 + i); err != nil {
			t.Fatal(err)
		}
	}
}

// punctual runs f, which fails when the machine is too busy to send in time: then that
// proves nothing, and f is run again.
func punctual(t *testing.T, f func() error) {
	t.Helper()
	for range 3 {
		late := watch()
		err := f()
		worst := late()
		if err == nil {
			return
		}
		if worst < 50*time.Millisecond {
			t.Fatal(err)
		}
		t.Logf("%v, with the machine %v late", err, worst)
	}
	t.Skip("the machine is too busy to tell")
}

// watch measures by how much the machine, or this process, is late, until the returned function is called.
func watch() func() time.Duration {
	var worst time.Duration
	stop, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		const beat = 5 * time.Millisecond
		for last := time.Now(); ; last = time.Now() {
			select {
			case <-stop:
				return
			case <-time.After(beat):
				runtime.Gosched() // behind all that want to run
				worst = max(worst, time.Since(last)-beat)
			}
		}
	}()
	return func() time.Duration { close(stop); <-stopped; return worst }
}

// TestThreeSenders lets three replicas send 200 messages to the same 20 chats, each chat ten, as
// fast as Telegram takes them: seven seconds, three at once and then one a second. Nobody
// may be refused.
func TestThreeSenders(t *testing.T) {
	t.Parallel()
	redistest.Each(t, func(t *testing.T, db *redis.Client) {
		punctual(t, func() error { return errors.Join(db.FlushAll(t.Context()).Err(), threeSenders(t, db)) })
	})
}

func threeSenders(t *testing.T, db *redis.Client) error {
	const chats, each, ideal = 20, 10, 7 * time.Second
	s, url := world(t, sim.Options{})
	crowd(t, s, chats)
	var senders [3]*Sender
	for i := range senders {
		senders[i] = sender(t, s, url, telegrams)
		senders[i].Share(store.New(db, "xf:").Limits(self))
	}
	start := time.Now()
	var wg sync.WaitGroup
	var begun [chats]atomic.Int64
	for i := range int64(3 * chats) {
		chat := i % chats
		wg.Go(func() {
			for begun[chat].Add(1) <= each {
				if _, err := senders[i/chats].Send(t.Context(), queue.Chat{ID: 10_000 + chat}, Message{HTML: "x"}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	took, c := time.Since(start), s.Counts()["sendMessage"]
	t.Logf("%v, %.3f of the ideal", took, took.Seconds()/ideal.Seconds())
	if c.Refused != 0 || c.Calls != chats*each || took > ideal*13/10 {
		return fmt.Errorf("%d calls in %v, %d refused; want %d in %v", c.Calls, took, c.Refused, chats*each, ideal)
	}
	return nil
}

// TestGroupKeepsItsMinute: a group takes two at once and then one a second, until its
// minute is used up.
func TestGroupKeepsItsMinute(t *testing.T) {
	t.Parallel()
	s, url := world(t, sim.Options{})
	sd := sender(t, s, url, telegrams)
	sd.Wait = 2 * time.Second
	var sent atomic.Int64
	var wg sync.WaitGroup
	for range 40 {
		wg.Go(func() {
			switch _, err := sd.Send(t.Context(), queue.Chat{ID: group}, Message{HTML: "x"}); {
			case err == nil:
				sent.Add(1)
			case !errors.Is(err, queue.ErrLater):
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if c := s.Counts()["sendMessage"]; c.Refused != 0 || sent.Load() < 3 || sent.Load() > 5 {
		t.Errorf("%d sent, %+v", sent.Load(), c)
	}
}

// TestPriority keeps Telegram busy with bulk from two replicas, and answers ten people
// meanwhile: an answer waits less than the time between two bulk messages, and all that
// Telegram takes is used.
func TestPriority(t *testing.T) {
	t.Parallel()
	redistest.Each(t, func(t *testing.T, db *redis.Client) {
		punctual(t, func() error { return errors.Join(db.FlushAll(t.Context()).Err(), saturated(t, db)) })
	})
}

func saturated(t *testing.T, db *redis.Client) error {
	limits := Limits{PerSecond: 30}
	step := limits.meets(1, queue.Bulk, false).All.Step
	var gates [2]*gate
	for i := range gates {
		gates[i] = &gate{limits: limits, shared: store.New(db, "xf:").Limits(1), local: newPace()}
	}
	ctx, stop := context.WithCancel(t.Context())
	end := time.Now().Add(time.Hour)
	var sent atomic.Int64
	var wg sync.WaitGroup
	defer wg.Wait()
	defer stop()
	full := make(chan struct{})
	for i := range int64(40) {
		wg.Go(func() {
			for gates[i%2].wait(ctx, end, 1+i, limits.meets(1+i, queue.Bulk, false), queue.Bulk, nil) == nil {
				if sent.Add(1) == 10 {
					close(full)
				}
			}
		})
	}
	<-full // the burst is used up
	began, before := time.Now(), sent.Load()
	var worst time.Duration
	const answers = 10
	for i := range int64(answers) {
		_ = pause(ctx, 150*time.Millisecond)
		asked := time.Now()
		if err := gates[i%2].wait(ctx, end, 1000+i, limits.meets(1000+i, queue.Answer, false), queue.Answer, nil); err != nil {
			t.Error(err)
		}
		worst = max(worst, time.Since(asked))
	}
	_ = pause(ctx, time.Second)
	took, n := time.Since(began), sent.Load()-before+answers
	used := float64(n) * step.Seconds() / took.Seconds()
	t.Logf("%d messages in %v, %.3f of the rate; an answer waited %v at most", n, took, used, worst)
	if used < 0.98 || used > 1.1 || worst >= step {
		return fmt.Errorf("%.3f of the rate is used; an answer waited %v, and a bulk message goes out every %v", used, worst, step)
	}
	return nil
}

// TestPlacesThatPass: places that nobody came for in time are not made up for at once.
func TestPlacesThatPass(t *testing.T) {
	t.Parallel()
	ctx, limits := t.Context(), Limits{PerSecond: 10}
	for name, shared := range map[string]Limiter{"alone": nil, "shared": newPace()} {
		g := &gate{limits: limits, local: newPace(), shared: shared}
		step := limits.crowd(1).Step
		first, second := g.book(ctx, limits.crowd(1)), g.book(ctx, limits.crowd(1))
		_ = pause(ctx, 3*step)
		var at []time.Time
		for _, wait := range []func(context.Context) error{first, second, g.book(ctx, limits.crowd(1))} {
			if err := wait(ctx); err != nil {
				t.Fatal(err)
			}
			at = append(at, time.Now())
		}
		if a, b := at[1].Sub(at[0]), at[2].Sub(at[1]); a < step*8/10 || b < step*8/10 {
			t.Errorf("%s: one every %v, and they are %v and %v apart", name, step, a, b)
		}
	}
}

// TestClasses fills the burst from the lowest class up.
func TestClasses(t *testing.T) {
	g := &gate{limits: Limits{PerSecond: 30}, local: newPace()}
	var got []int
	for _, c := range []queue.Class{queue.Bulk, queue.Scheduled, queue.Answer} {
		n := 0
		for now := time.Now(); ; n++ {
			if _, overAll := g.local.take(1, g.limits.meets(1, c, false), now, false); overAll > 0 {
				break
			}
		}
		got = append(got, n)
	}
	if fmt.Sprint(got) != "[7 7 10]" && fmt.Sprint(got) != "[7 8 10]" { // 30 %, then up to 60 %, then up to all
		t.Errorf("places taken: %d", got)
	}
}

// TestFloodIsShared: what one replica is told, the others obey, for that chat only.
func TestFloodIsShared(t *testing.T) {
	t.Parallel()
	redistest.Each(t, func(t *testing.T, db *redis.Client) {
		s, url := world(t, sim.Options{Unlimited: true})
		crowd(t, s, 4)
		one, two := sender(t, s, url, Limits{PerSecond: 1000}), sender(t, s, url, Limits{PerSecond: 1000})
		for _, sd := range []*Sender{one, two} {
			sd.Share(store.New(db, "xf:").Limits(self))
			sd.Wait = 500 * time.Millisecond
		}
		s.Fail(func(method string, chat int64) *sim.Fault {
			if chat != 0 && chat < 10_003 && method == "sendMessage" {
				return &sim.Fault{Status: 429, RetryAfter: 60}
			}
			return nil
		})
		later := func(sd *Sender, chat int64, calls int64) {
			t.Helper()
			before := s.Counts()["sendMessage"].Calls
			_, err := sd.Send(t.Context(), queue.Chat{ID: chat}, Message{HTML: "x"})
			if want := map[bool]error{true: queue.ErrLater}[chat < 10_003 || calls == 0]; !errors.Is(err, want) {
				t.Errorf("chat %d: %v", chat, err)
			}
			if n := s.Counts()["sendMessage"].Calls - before; n != calls {
				t.Errorf("chat %d: %d calls, want %d", chat, n, calls)
			}
		}
		later(one, 10_000, 1)
		later(one, 10_000, 0)
		later(two, 10_000, 0)
		later(two, 10_001, 1)
		later(one, 10_003, 1) // two closed chats say nothing of the others
		if err := two.Answer(t.Context(), "0", "", false); err != nil {
			t.Errorf("the answer to a press: %v", err)
		}
		later(two, 10_002, 1)
		later(one, 10_003, 0) // three do
		if err := two.Answer(t.Context(), "0", "", false); err != nil {
			t.Errorf("the answer to a press: %v", err)
		}
	})
}

// TestFloodTells gives the caller the time that Telegram named.
func TestFloodTells(t *testing.T) {
	t.Parallel()
	s, url := world(t, sim.Options{Unlimited: true})
	failing(s, "sendMessage", sim.Fault{Status: 429, RetryAfter: 3600})
	_, err := sender(t, s, url, Limits{}).Send(t.Context(), queue.Chat{ID: ana}, Message{HTML: "x"})
	if api := (*APIError)(nil); !errors.As(err, &api) || api.RetryAfter != time.Hour {
		t.Error(err)
	}
}

// TestPressIsNotAnsweredLate: nobody waits a minute in front of a button.
func TestPressIsNotAnsweredLate(t *testing.T) {
	t.Parallel()
	s, url := world(t, sim.Options{Unlimited: true})
	failing(s, "answerCallbackQuery", sim.Fault{Status: 429, RetryAfter: 60})
	if err := sender(t, s, url, Limits{}).Answer(t.Context(), "0", "", false); !errors.Is(err, queue.ErrLater) {
		t.Error(err)
	}
}

// refusing is a Limiter that nobody may ask.
type refusing struct{ t *testing.T }

func (r refusing) BookSoon(context.Context, queue.Bucket) func(context.Context) (time.Duration, bool, error) {
	r.t.Error("the shared limiter is asked for a place")
	return func(context.Context) (time.Duration, bool, error) { return 0, true, nil }
}

func (r refusing) ReserveSoon(context.Context, int64, queue.Pace) func(context.Context) (time.Duration, time.Duration, error) {
	r.t.Error("the shared limiter is asked for a place")
	return func(context.Context) (time.Duration, time.Duration, error) { return 0, 0, nil }
}

func (r refusing) Reserve(context.Context, int64, queue.Pace) (time.Duration, time.Duration, error) {
	r.t.Error("the shared limiter is asked for a place")
	return 0, 0, nil
}

func (r refusing) Close(context.Context, int64, time.Duration, time.Duration) (int, error) {
	r.t.Error("the shared limiter is asked to close")
	return 0, nil
}

// TestLifted: without limits Redis is left alone, and Telegram's wish is obeyed all the same.
func TestLifted(t *testing.T) {
	t.Parallel()
	s, url := world(t, sim.Options{Unlimited: true})
	sd := sender(t, s, url, Limits{})
	sd.Share(refusing{t})
	failing(s, "sendMessage", sim.Fault{Status: 429, RetryAfter: 1})
	start := time.Now()
	for range 20 {
		if _, err := sd.Send(t.Context(), queue.Chat{ID: ana}, Message{HTML: "x"}); err != nil {
			t.Error(err)
		}
	}
	if took := time.Since(start); took < time.Second {
		t.Errorf("sent after %v, and Telegram wanted a second of silence", took)
	}
}

// TestRedisAway: answers go out while Redis stands still or is gone, at the own pace, and
// at the shared one again when it is back.
func TestRedisAway(t *testing.T) {
	t.Parallel()
	srv := redistest.Start(t)
	db, err := store.Open(srv.URL())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	s, url := world(t, sim.Options{})
	crowd(t, s, 30)
	sd := sender(t, s, url, telegrams)
	sd.Share(store.New(db, "xf:").Limits(self))
	next := int64(0)
	send := func(what string, within time.Duration) {
		t.Helper()
		start := time.Now()
		for range 3 {
			if _, err := sd.Send(t.Context(), queue.Chat{ID: 10_000 + next%30}, Message{HTML: "x"}); err != nil {
				t.Errorf("%s: %v", what, err)
			}
			next++
		}
		if took := time.Since(start); took > within {
			t.Errorf("%s: took %v", what, took)
		}
	}
	send("as usual", 5*time.Second)
	srv.Stop(t)
	send("Redis stands still", askWithin+2*time.Second)
	srv.Continue(t)
	srv.Kill()
	send("Redis is gone", askWithin+2*time.Second)
	srv.Restart(t)
	for ; sd.gate.away.Load() > time.Now().UnixNano(); _ = pause(t.Context(), 10*time.Millisecond) {
	}
	send("Redis is back", 5*time.Second)
	if n := db.Exists(t.Context(), "xf:{x}:pace:7000000001:all").Val(); n != 1 {
		t.Error("the pace is not shared again")
	}
	if c := s.Counts()["sendMessage"]; c.Refused != 0 {
		t.Errorf("%+v", c)
	}
}
