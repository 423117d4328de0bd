package jobs

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/redis/go-redis/v9"
	"pgregory.net/rapid"

	"xingfuli/bot/calendar"
	"xingfuli/bot/queue"
	"xingfuli/bot/store"
	"xingfuli/bot/store/redistest"
)

// TestClockJumps moves the clock both ways: no wall time is done twice, and none is left out
// that the clock meets.
func TestClockJumps(t *testing.T) {
	for _, tt := range []struct {
		name  string
		rule  string
		moves []time.Duration // each is settled after
		done  []string
		kept  []string // the newest first
	}{
		{"back over what was done", daily.Rule, []time.Duration{30 * time.Minute, -2 * time.Hour, 2 * time.Hour, 24 * time.Hour},
			[]string{"2026-11-23 07:30", "2026-11-24 07:30"}, []string{"2026-11-24 07:30 done", "2026-11-23 07:30 done"}},
		{"ahead and back", daily.Rule, []time.Duration{7*24*time.Hour + time.Hour, -7 * 24 * time.Hour, 23*time.Hour + 30*time.Minute},
			[]string{"2026-11-24 07:30"}, []string{"2026-11-24 07:30 done", "2026-11-23 07:30 missed"}},
		{"a year back", daily.Rule, []time.Duration{30 * time.Minute, -365 * 24 * time.Hour, 24 * time.Hour},
			[]string{"2026-11-23 07:30", "2025-11-24 07:30"}, []string{"2026-11-23 07:30 done", "2025-11-24 07:30 done"}},
		{"a little back", daily.Rule, []time.Duration{30 * time.Minute, -30 * time.Second, time.Minute},
			[]string{"2026-11-23 07:30"}, []string{"2026-11-23 07:30 done"}},
		{"once, and back", "2026-11-23 07:30", []time.Duration{30 * time.Minute, -2 * time.Hour, 2 * time.Hour, 24 * time.Hour},
			[]string{"2026-11-23 07:30"}, []string{"2026-11-23 07:30 done"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			redistest.Each(t, func(t *testing.T, db *redis.Client) {
				tw := monday()
				c := tw.replica(db)
				put(t, c, queue.Schedule{ID: "post.a", Rule: tt.rule})
				for _, d := range tt.moves {
					tw.move(d)
					settle(t, c)
				}
				equal(t, "done", tw.walls(), tt.done)
				equal(t, "kept", runs(t, c, "post.a"), tt.kept)
			})
		})
	}
}

// TestClockFloor forgets old wall times and never fires one of them again: the clock is put
// back to the beginning of more minutes than are remembered.
func TestClockFloor(t *testing.T) {
	m := miniredis.RunT(t)
	db := redis.NewClient(&redis.Options{Addr: m.Addr()})
	t.Cleanup(func() { _ = db.Close() })
	tw := monday()
	c := tw.replica(db)
	put(t, c, queue.Schedule{ID: "post.minute", Rule: "* * * * *"})
	const minutes = 600
	for range minutes {
		tw.move(time.Minute)
		settle(t, c)
	}
	equal(t, "done", len(tw.walls()), minutes)
	tw.move(-minutes * time.Minute)
	for range minutes {
		tw.move(time.Minute)
		settle(t, c)
	}
	equal(t, "done again", len(tw.walls()), minutes)
	if n, err := db.ZCard(t.Context(), "xf:{x}:schedule:marks:post.minute").Result(); err != nil || n > 500 {
		t.Errorf("%d wall times are kept: %v", n, err)
	}
}

func zone(t testing.TB, name string) *time.Location {
	t.Helper()
	z, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

// TestClockZones meets the hour that comes twice, the one that never comes, and a config that
// moves to another zone.
func TestClockZones(t *testing.T) {
	for _, tt := range []struct {
		name, zone, from, rule string
		hours                  int
		to                     string // the zone it moves to, after the first hour
		want                   []string
	}{
		{"a fold", "Europe/Berlin", "2026-10-25 00:10", "30 2 * * *", 30, "", []string{"2026-10-25 02:30 at 00:30", "2026-10-26 02:30 at 01:30"}},
		{"hours in a fold", "Europe/Berlin", "2026-10-25 00:10", "30 * * * *", 5, "",
			[]string{"2026-10-25 00:30 at 22:30", "2026-10-25 01:30 at 23:30", "2026-10-25 02:30 at 00:30", "2026-10-25 03:30 at 02:30"}},
		{"a gap", "Europe/Berlin", "2026-03-29 00:10", "30 2 * * *", 30, "", []string{"2026-03-29 02:30 at 01:00", "2026-03-30 02:30 at 00:30"}},
		{"a midnight gap", "Africa/Cairo", "2026-04-23 22:10", "0 0 * * *", 30, "", []string{"2026-04-24 00:00 at 22:00", "2026-04-25 00:00 at 21:00"}},
		{"a zone that moves west", "Asia/Shanghai", "2026-11-23 07:10", "30 7 * * *", 36, "Europe/Berlin",
			[]string{"2026-11-23 07:30 at 23:30", "2026-11-24 07:30 at 06:30"}},
		{"a zone that moves east", "Europe/Berlin", "2026-11-23 07:10", "30 7 * * *", 36, "Asia/Shanghai",
			[]string{"2026-11-23 07:30 at 06:30", "2026-11-24 07:30 at 23:30"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			redistest.Each(t, func(t *testing.T, db *redis.Client) {
				z := zone(t, tt.zone)
				from, err := time.ParseInLocation("2006-01-02 15:04", tt.from, z)
				if err != nil {
					t.Fatal(err)
				}
				tw := &township{now: from, zone: z}
				var got []string
				tw.do = func(r queue.Run) (queue.Outcome, error) {
					got = append(got, r.Wall+" at "+tw.now.UTC().Format("15:04"))
					return "", nil
				}
				c := tw.replica(db)
				put(t, c, queue.Schedule{ID: "post.a", Rule: tt.rule})
				for i := range tt.hours * 6 {
					if i == 6 && tt.to != "" {
						tw.mu.Lock()
						tw.zone = zone(t, tt.to)
						tw.mu.Unlock()
						c = tw.replica(db) // with another config
					}
					tw.move(10 * time.Minute)
					settle(t, c)
				}
				equal(t, "done", got, tt.want)
			})
		})
	}
}

// TestClockHolidays looks for the next workday anew when the holidays change.
func TestClockHolidays(t *testing.T) {
	redistest.Each(t, func(t *testing.T, db *redis.Client) {
		tw := monday()
		c := tw.replica(db)
		put(t, c, queue.Schedule{ID: "post.a", Rule: "30 7 * * * workdays"})
		tw.mu.Lock()
		tw.days = tw.days.With([]calendar.Special{{Date: calendar.Date{Year: 2026, Month: time.November, Day: 23}, Rest: true, Name: "镇庆"}})
		tw.mu.Unlock()
		if err := db.Incr(t.Context(), "xf:{x}:content").Err(); err != nil {
			t.Fatal(err)
		}
		settle(t, c)
		s, err := c.Store.Schedule(t.Context(), "post.a")
		if err != nil {
			t.Fatal(err)
		}
		equal(t, "next", s.Next.Wall, "2026-11-24 07:30")
		tw.move(time.Hour)
		settle(t, c)
		equal(t, "done", tw.walls(), nil)
	})
}

// TestClockSettled does what was missed after all, or skips it: once, whoever presses.
func TestClockSettled(t *testing.T) {
	for _, now := range []bool{true, false} {
		t.Run(fmt.Sprint(now), func(t *testing.T) {
			redistest.Each(t, func(t *testing.T, db *redis.Client) {
				tw := monday()
				c := tw.replica(db)
				s := c.Store.(*store.Store)
				put(t, c, daily)
				tw.move(2 * time.Hour)
				settle(t, c)
				op := queue.RunOp(daily.ID, "202611230730")
				for i, press := range []queue.Op{"press.1", "press.1", "press.2"} {
					r, err := s.SettleRun(t.Context(), press, daily.ID, op, int64(7+i/2), now, tw.time())
					if first := i < 2; errors.Is(err, queue.ErrConflict) == first || r.By != 7 {
						t.Errorf("press %d: %+v, %v", i, r, err)
					}
				}
				settle(t, c)
				want, done := "2026-11-23 07:30 skipped", []string(nil)
				if now {
					want, done = "2026-11-23 07:30 done", []string{"2026-11-23 07:30"}
				}
				equal(t, "done", tw.walls(), done)
				equal(t, "runs", runs(t, c, daily.ID), []string{want})
			})
		})
	}
}

// TestClockAnything lets replicas beat and die in the middle, admins pause, and the clock go
// where it will. No wall time is done twice; and once the clock is right again, every
// occurrence that it meets is done.
func TestClockAnything(t *testing.T) {
	m := miniredis.RunT(t)
	db := redis.NewClient(&redis.Options{Addr: m.Addr()})
	t.Cleanup(func() { _ = db.Close() })
	rapid.Check(t, func(rt *rapid.T) {
		m.FlushAll()
		tw := monday()
		all := []*Clock{tw.replica(db), tw.replica(db), tw.replica(db)}
		ctx := context.Background()
		s := queue.Schedule{ID: "post.a", Rule: rapid.SampledFrom([]string{"*/30 * * * *", "30 7 * * *", "0 * * * *"}).Draw(rt, "rule"), Grace: 40 * time.Minute}
		if err := all[0].Ensure(ctx, s); err != nil {
			rt.Fatal(err)
		}
		ended := map[queue.Op]int{}
		tw.do = func(r queue.Run) (queue.Outcome, error) { ended[r.Op]++; return "", nil }
		begin, high := tw.now, tw.now
		for range rapid.IntRange(5, 60).Draw(rt, "steps") {
			c := rapid.SampledFrom(all).Draw(rt, "replica")
			var err error
			switch rapid.SampledFrom([]string{"beat", "beat", "beat", "ahead", "ahead", "far", "back", "dies", "pause"}).Draw(rt, "what") {
			case "beat":
				err = c.Settle(ctx)
			case "ahead":
				tw.move(time.Duration(rapid.IntRange(1, 15).Draw(rt, "minutes")) * time.Minute)
			case "far":
				tw.move(time.Duration(rapid.IntRange(1, 50).Draw(rt, "hours")) * time.Hour)
			case "back":
				tw.move(-time.Duration(rapid.IntRange(1, 3000).Draw(rt, "minutes")) * time.Minute)
			case "dies": // between claim and commit
				_, err = c.Store.Due(ctx, queue.Look{Now: c.Now(), Back: clockBack, Basis: c.basis.name, Token: "dies", Lease: time.Second, Most: 5})
				m.FastForward(2 * time.Second)
			case "pause":
				err = c.Store.(*store.Store).PauseSchedule(ctx, queue.Op(rapid.StringMatching(`[a-z]{20}`).Draw(rt, "op")), s.ID, rapid.Bool().Draw(rt, "paused"))
			}
			if err != nil {
				rt.Fatal(err)
			}
			high = later(high, tw.now)
		}
		for op, n := range ended {
			if n > 1 {
				rt.Fatalf("%s was done %d times", op, n)
			}
		}
		tw.mu.Lock()
		tw.now = high // the clock is right again
		tw.mu.Unlock()
		if err := errors.Join(all[0].Store.(*store.Store).PauseSchedule(ctx, "last", s.ID, false), all[0].Settle(ctx)); err != nil {
			rt.Fatal(err)
		}
		before := len(tw.walls())
		for range 48 {
			tw.move(30 * time.Minute)
			if err := all[0].Settle(ctx); err != nil {
				rt.Fatal(err)
			}
		}
		walls := tw.walls()
		slices.Sort(walls)
		if len(slices.Compact(slices.Clone(walls))) != len(walls) {
			rt.Fatalf("done twice: %q", walls)
		}
		want := map[string]int{"*/30 * * * *": 48, "30 7 * * *": 1, "0 * * * *": 24}[s.Rule]
		if got := len(walls) - before; got < want-1 || got > want { // the first may be done already
			rt.Fatalf("in a day it was done %d times, want %d; the clock began at %v", got, want, begin)
		}
	})
}
