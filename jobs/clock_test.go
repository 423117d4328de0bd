package jobs

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"xingfuli/bot/calendar"
	"xingfuli/bot/queue"
	"xingfuli/bot/store"
	"xingfuli/bot/store/redistest"
	"xingfuli/bot/telegram"
	"xingfuli/bot/text"
)

// township is a clock that tests move, with what was done by it and who was asked.
type township struct {
	mu    sync.Mutex
	now   time.Time
	zone  *time.Location
	days  calendar.Holidays
	calls []queue.Run
	asked []int64
	do    func(queue.Run) (queue.Outcome, error) // nil: it is done
	reach func(user int64) error                 // nil: everybody is reached
}

func (tw *township) time() time.Time {
	tw.mu.Lock()
	defer tw.mu.Unlock()
	return tw.now.In(tw.zone)
}

func (tw *township) move(d time.Duration) { tw.mu.Lock(); defer tw.mu.Unlock(); tw.now = tw.now.Add(d) }

func (tw *township) Send(_ context.Context, to queue.Chat, _ telegram.Message) (int, error) {
	tw.mu.Lock()
	defer tw.mu.Unlock()
	if tw.reach != nil {
		if err := tw.reach(to.ID); err != nil {
			return 0, err
		}
	}
	tw.asked = append(tw.asked, to.ID)
	return 1, nil
}

func (tw *township) run(_ context.Context, _ queue.Schedule, r queue.Run) (queue.Outcome, error) {
	tw.mu.Lock()
	defer tw.mu.Unlock()
	tw.calls = append(tw.calls, r)
	if tw.do != nil {
		return tw.do(r)
	}
	return "", nil
}

// walls lists the wall times of what was done.
func (tw *township) walls() (all []string) {
	tw.mu.Lock()
	defer tw.mu.Unlock()
	for _, r := range tw.calls {
		all = append(all, r.Wall)
	}
	return all
}

// replica is one more process.
func (tw *township) replica(db redis.UniversalClient) *Clock {
	c := &Clock{
		Store: store.New(db, "xf:"), Speaker: tw, Admins: []int64{7, 8}, Default: text.Chinese, Now: tw.time, Log: slog.New(slog.DiscardHandler),
		Quiet: func(time.Time) bool { return false },
		Holidays: func(context.Context, int64) (calendar.Holidays, error) {
			tw.mu.Lock()
			defer tw.mu.Unlock()
			return tw.days, nil
		},
	}
	c.Register("post", Task{Title: func(text.Words, queue.Schedule) string { return "每天的菜单" }, Run: tw.run})
	return c
}

var shanghai = time.FixedZone("Asia/Shanghai", 8*3600)

// monday is 2026-11-23 07:00 in Shuitou.
func monday() *township {
	return &township{now: time.Date(2026, 11, 23, 7, 0, 0, 0, shanghai), zone: shanghai, days: calendar.BuiltIn()}
}

// daily is a schedule of half past seven.
var daily = queue.Schedule{ID: "post.anju", Rule: "30 7 * * *"}

// put keeps a schedule.
func put(t *testing.T, c *Clock, s queue.Schedule) {
	t.Helper()
	if err := c.Ensure(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	settle(t, c)
}

func settle(t *testing.T, c *Clock) {
	t.Helper()
	if err := c.Settle(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func equal[T any](t *testing.T, what string, got, want T) {
	t.Helper()
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("%s: %v, want %v", what, got, want)
	}
}

// runs lists the outcomes of a schedule's runs, the newest first.
func runs(t *testing.T, c *Clock, id string) (all []string) {
	t.Helper()
	rs, err := c.Store.(*store.Store).Runs(t.Context(), id, 20)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rs {
		all = append(all, r.Wall+" "+string(r.Outcome))
	}
	return all
}

// TestClock fires each occurrence when it is due, once, and tells what became of it.
func TestClock(t *testing.T) {
	redistest.Each(t, func(t *testing.T, db *redis.Client) {
		tw := monday()
		c := tw.replica(db)
		put(t, c, daily)
		equal(t, "before it is due", tw.walls(), nil)
		for range 3 {
			tw.move(30 * time.Minute)
			settle(t, c)
			settle(t, c)
			tw.move(23*time.Hour + 30*time.Minute)
			settle(t, c)
		}
		equal(t, "done", tw.walls(), []string{"2026-11-23 07:30", "2026-11-24 07:30", "2026-11-25 07:30"})
		s, err := c.Store.Schedule(t.Context(), daily.ID)
		if err != nil {
			t.Fatal(err)
		}
		equal(t, "next", s.Next.Wall, "2026-11-26 07:30")
		equal(t, "last", s.Last.Wall+" "+string(s.Last.Outcome), "2026-11-25 07:30 done")
		equal(t, "runs", runs(t, c, daily.ID), []string{"2026-11-25 07:30 done", "2026-11-24 07:30 done", "2026-11-23 07:30 done"})
	})
}

// TestClockLate does what is late by no more than its grace, and asks about the rest: the
// author, or the admins when there is none or the author cannot be reached. A week away is
// one occurrence, not seven.
func TestClockLate(t *testing.T) {
	gone := func(user int64) error {
		if user == 5 {
			return queue.ErrUnreachable
		}
		return nil
	}
	for _, tt := range []struct {
		name   string
		s      queue.Schedule
		late   time.Duration
		reach  func(int64) error
		done   int
		asked  []int64
		starts string
	}{
		{"in time", daily, 0, nil, 1, nil, "2026-11-23 07:30 done"},
		{"just in time", daily, 30 * time.Minute, nil, 1, nil, "2026-11-23 07:30 done"},
		{"too late", daily, 30*time.Minute + time.Second, nil, 0, []int64{7, 8}, "2026-11-23 07:30 missed"},
		{"a week away", daily, 7*24*time.Hour - time.Minute, nil, 0, []int64{7, 8}, "2026-11-23 07:30 missed"},
		{"a grace of its own", queue.Schedule{ID: "post.a", Rule: daily.Rule, Grace: time.Hour}, time.Hour, nil, 1, nil, "2026-11-23 07:30 done"},
		{"the author is asked", queue.Schedule{ID: "post.a", Rule: daily.Rule, Author: 5}, time.Hour, nil, 0, []int64{5}, "2026-11-23 07:30 missed"},
		{"an author who is gone", queue.Schedule{ID: "post.a", Rule: daily.Rule, Author: 5}, time.Hour, gone, 0, []int64{7, 8}, "2026-11-23 07:30 missed"},
		{"paused", queue.Schedule{ID: "post.a", Rule: daily.Rule, Paused: true}, time.Minute, nil, 0, nil, "2026-11-23 07:30 skipped"},
		{"once", queue.Schedule{ID: "post.a", Rule: "2026-11-23 07:30"}, time.Minute, nil, 1, nil, "2026-11-23 07:30 done"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			redistest.Each(t, func(t *testing.T, db *redis.Client) {
				tw := monday()
				tw.reach = tt.reach
				c := tw.replica(db)
				put(t, c, tt.s)
				tw.move(30*time.Minute + tt.late)
				settle(t, c)
				settle(t, c)
				equal(t, "done", len(tw.walls()), tt.done)
				equal(t, "asked", tw.asked, tt.asked)
				equal(t, "runs", runs(t, c, tt.s.ID), []string{tt.starts})
			})
		})
	}
}

var errBroken = errors.New("broken")
