package jobs

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/redis/go-redis/v9"

	"xingfuli/bot/queue"
	"xingfuli/bot/store/redistest"
)

// ticking runs f on both Redises, of which the embedded one lets keys end by themselves.
func ticking(t *testing.T, f func(t *testing.T, db *redis.Client)) {
	t.Helper()
	t.Run("miniredis", func(t *testing.T) {
		t.Parallel()
		m := miniredis.RunT(t)
		m.ClockTTL(true)
		db := redis.NewClient(&redis.Options{Addr: m.Addr()})
		t.Cleanup(func() { _ = db.Close() })
		f(t, db)
	})
	t.Run("redis-server", func(t *testing.T) {
		t.Parallel()
		f(t, redistest.Start(t).Client(t))
	})
}

// TestClockRace has three replicas beat at once, over an hour of something that is done every
// minute: each occurrence is done by one of them.
func TestClockRace(t *testing.T) {
	redistest.Each(t, func(t *testing.T, db *redis.Client) {
		tw := monday()
		var all []*Clock
		for range 3 {
			all = append(all, tw.replica(db))
		}
		put(t, all[0], queue.Schedule{ID: "post.minute", Rule: "* * * * *"})
		var want []string
		for range 60 {
			tw.move(time.Minute)
			want = append(want, tw.time().Format("2006-01-02 15:04"))
			var racing sync.WaitGroup
			for _, c := range all {
				racing.Go(func() {
					if err := c.Settle(t.Context()); err != nil {
						t.Error(err)
					}
				})
			}
			racing.Wait()
			settle(t, all[0]) // what one claimed in vain, because another was first
		}
		equal(t, "done", tw.walls(), want)
	})
}

// until settles until something was done n times: leases have to end by themselves.
func until(t *testing.T, tw *township, c *Clock, n int) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	for len(tw.walls()) < n {
		if err := c.Settle(ctx); err != nil {
			t.Fatal(err)
		}
	}
}

// TestClockKilled has a process die between any two steps: another one goes on where it was.
func TestClockKilled(t *testing.T) {
	const soon = 50 * time.Millisecond
	claim := func(t *testing.T, c *Clock, runs int) queue.Claimed {
		t.Helper()
		_, name, err := c.basis.read(t.Context(), c.Holidays, shanghai)
		if err != nil {
			t.Fatal(err)
		}
		claimed, err := c.Store.Due(t.Context(), queue.Look{
			Now: c.Now(), Back: clockBack, Basis: name, Token: "dies", Lease: soon, Most: 10, Runs: runs,
		})
		if err != nil {
			t.Fatal(err)
		}
		return claimed
	}
	for _, tt := range []struct {
		name string
		die  func(t *testing.T, c *Clock)
		runs int
	}{
		{"between claim and commit", func(t *testing.T, c *Clock) { equal(t, "claimed", len(claim(t, c, 0).Schedules), 1) }, 1},
		{"between commit and run", func(t *testing.T, c *Clock) {
			if again, _, err := c.look(t.Context()); !again || err != nil {
				t.Error(again, err)
			}
		}, 1},
		{"between run and its end", func(t *testing.T, c *Clock) {
			if _, _, err := c.look(t.Context()); err != nil {
				t.Fatal(err)
			}
			for _, w := range claim(t, c, 10).Runs {
				s, err := c.Store.Schedule(t.Context(), w.Run.Schedule)
				if err != nil {
					t.Fatal(err)
				}
				if _, err := c.try(t.Context(), s, &w); err != nil {
					t.Error(err)
				}
			}
		}, 2},
	} {
		t.Run(tt.name, func(t *testing.T) {
			ticking(t, func(t *testing.T, db *redis.Client) {
				tw := monday()
				put(t, tw.replica(db), daily)
				tw.move(30 * time.Minute)
				tt.die(t, tw.replica(db))
				lives := tw.replica(db)
				until(t, tw, lives, tt.runs)
				settle(t, lives)
				equal(t, "runs", runs(t, lives, daily.ID), []string{"2026-11-23 07:30 done"})
				equal(t, "tries", len(tw.calls), tt.runs)
				for _, r := range tw.calls {
					equal(t, "op", r.Op, "c.post.anju.202611230730")
				}
			})
		})
	}
}

// TestClockDeadForDays has all processes die between commit and run: what they would have done
// in time is asked about days later.
func TestClockDeadForDays(t *testing.T) {
	redistest.Each(t, func(t *testing.T, db *redis.Client) {
		tw := monday()
		c := tw.replica(db)
		put(t, c, daily)
		tw.move(30 * time.Minute)
		if _, _, err := c.look(t.Context()); err != nil {
			t.Fatal(err)
		}
		tw.move(3 * 24 * time.Hour)
		settle(t, tw.replica(db))
		slices.Sort(tw.asked)
		equal(t, "asked", tw.asked, []int64{7, 7, 8, 8})
		equal(t, "done", tw.walls(), []string{"2026-11-26 07:30"}) // which has just come
		equal(t, "runs", runs(t, c, daily.ID), []string{"2026-11-26 07:30 done", "2026-11-24 07:30 missed", "2026-11-23 07:30 missed"})
	})
}

// TestClockFails tries again what fails or panics, and gives it up in the end under a code.
func TestClockFails(t *testing.T) {
	for _, tt := range []struct {
		name  string
		do    func(try int) error
		tries int
		want  string
	}{
		{"once", func(try int) error { return map[int]error{1: errBroken}[try] }, 2, "2026-11-23 07:30 done"},
		{"always", func(int) error { return errBroken }, maxTries, "2026-11-23 07:30 failed"},
		{"panics", func(int) error { panic("boom") }, maxTries, "2026-11-23 07:30 failed"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			m := miniredis.RunT(t)
			db := redis.NewClient(&redis.Options{Addr: m.Addr()})
			t.Cleanup(func() { _ = db.Close() })
			tw := monday()
			tries := 0
			tw.do = func(queue.Run) (queue.Outcome, error) { tries++; return "", tt.do(tries) }
			c := tw.replica(db)
			m.SetTime(tw.time())
			put(t, c, daily)
			tw.move(30 * time.Minute)
			for i := range 10 {
				settle(t, c)
				settle(t, c) // it is not tried again before its time
				if tries < tt.tries {
					equal(t, "tries", tries, i+1)
				}
				m.SetTime(tw.time().Add(time.Duration(i+1) * 6 * time.Minute))
			}
			equal(t, "tries", tries, tt.tries)
			equal(t, "runs", runs(t, c, daily.ID), []string{tt.want})
			s, err := c.Store.Schedule(t.Context(), daily.ID)
			if err != nil || (s.Last.Note != "") != strings.HasSuffix(tt.want, "failed") {
				t.Errorf("last: %+v, %v", s.Last, err)
			}
		})
	}
}

// TestClockUnknown leaves alone a schedule that cannot be read, and one that this process
// knows nothing of, while the others go on.
func TestClockUnknown(t *testing.T) {
	redistest.Each(t, func(t *testing.T, db *redis.Client) {
		tw := monday()
		c := tw.replica(db)
		if err := c.Ensure(t.Context(), queue.Schedule{ID: "post.bad", Rule: "half past never"}, queue.Schedule{ID: "other.kind", Rule: daily.Rule}, daily); err != nil {
			t.Fatal(err)
		}
		settle(t, c)
		tw.move(30 * time.Minute)
		settle(t, c)
		equal(t, "done", tw.walls(), []string{"2026-11-23 07:30"})
		equal(t, "the other's", runs(t, c, "other.kind"), []string{"2026-11-23 07:30 "})
		if err := c.Ensure(t.Context(), queue.Schedule{ID: "Not an ID", Rule: daily.Rule}); !errors.Is(err, queue.ErrScheduleID) {
			t.Error(err)
		}
	})
}

// TestClockStopped gives back what it is doing when the process stops: the next one goes on at
// once, and the try does not count.
func TestClockStopped(t *testing.T) {
	redistest.Each(t, func(t *testing.T, db *redis.Client) {
		tw := monday()
		put(t, tw.replica(db), daily)
		tw.move(30 * time.Minute)
		ctx, stop := context.WithCancel(t.Context())
		tw.do = func(queue.Run) (queue.Outcome, error) {
			if ctx.Err() == nil {
				stop()
				return "", ctx.Err()
			}
			return "", nil
		}
		dies := tw.replica(db)
		_ = dies.Settle(ctx)
		settle(t, tw.replica(db))
		equal(t, "tries", len(tw.walls()), 2)
		equal(t, "runs", runs(t, dies, daily.ID), []string{"2026-11-23 07:30 done"})
	})
}

// TestClockMany has more due at once than are worked off beside each other: one beat does all.
func TestClockMany(t *testing.T) {
	redistest.Each(t, func(t *testing.T, db *redis.Client) {
		tw := monday()
		c := tw.replica(db)
		const many = 3*maxFlying + 5
		for i := range many {
			put(t, c, queue.Schedule{ID: "post." + strconv.Itoa(i), Rule: daily.Rule})
		}
		tw.move(30 * time.Minute)
		if err := c.Run(t.Context()); err != nil {
			t.Fatal(err)
		}
		c.Wait()
		equal(t, "done", len(tw.walls()), many)
	})
}

// TestClockTrips holds an idle beat to one round trip, and a firing to few.
func TestClockTrips(t *testing.T) {
	redistest.Each(t, func(t *testing.T, db *redis.Client) {
		tw := monday()
		c := tw.replica(db)
		put(t, c, daily)
		tw.move(30 * time.Minute)
		settle(t, c) // the scripts are known now
		count := redistest.Trips(db)
		if err := c.Run(t.Context()); err != nil {
			t.Fatal(err)
		}
		equal(t, "round trips of an idle beat", count.Load(), 1)
		tw.move(24 * time.Hour)
		count.Store(0)
		if err := c.Run(t.Context()); err != nil {
			t.Fatal(err)
		}
		c.Wait()
		equal(t, "round trips of a firing and its run", count.Load(), 5) // claim, commit, claim, read, end
		equal(t, "done", len(tw.walls()), 2)
	})
}
