package jobs

import (
	"context"
	"maps"
	"slices"
	"time"

	"xingfuli/bot/queue"
	"xingfuli/bot/text"
)

// SweepStore forgets what is too old; see store.Sweep.
type SweepStore interface {
	Sweep(ctx context.Context, bot int64, kinds []string, now time.Time) (n int, err error)
}

// Sweep forgets every night what is too old. A rehearsal forgets nothing.
type Sweep struct {
	Store SweepStore
	Bot   int64
	Now   func() time.Time
	Post  *Post // whose kinds of delivery are looked through
}

// NightSweep is its schedule: every day at 3:30.
var NightSweep = queue.Schedule{ID: "night.sweep", Rule: "30 3 * * *"}

// Register takes NightSweep.
func (j Sweep) Register(c *Clock) {
	c.Register("night", Task{Quiet: true, Run: j.run, Title: func(w text.Words, _ queue.Schedule) string { return w.Plain("jobs.sweep", nil) }})
}

func (j Sweep) run(ctx context.Context, _ queue.Schedule, run queue.Run) (queue.Outcome, error) {
	if run.Rehearse {
		return queue.Nothing, nil
	}
	n, err := j.Store.Sweep(ctx, j.Bot, slices.Sorted(maps.Keys(j.Post.kinds)), j.Now())
	if err != nil || n > 0 {
		return queue.Done, err
	}
	return queue.Nothing, nil
}
