// Package jobs is what the bot does by the clock. One file holds one feature.
package jobs

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/robfig/cron/v3"
)

// Job is upkeep that every replica does for itself, over and over.
type Job struct {
	Name  string
	Every time.Duration // between the end of one run and the next
	Run   func(ctx context.Context) error
}

// Beat runs jobs when they are due. Cron's runner only beats, once a second: it keeps no
// schedule of its own, and a job that takes longer is not begun twice.
type Beat struct {
	Jobs []Job
	Log  *slog.Logger

	mu   sync.Mutex
	next map[string]time.Time
}

// Run beats until ctx ends, and returns when the last job has.
func (b *Beat) Run(ctx context.Context) error {
	// In this order: the other way round, a job that panics once would never run again.
	log := cron.PrintfLogger(slog.NewLogLogger(b.Log.Handler(), slog.LevelError))
	runner := cron.New(cron.WithLogger(log), cron.WithChain(cron.SkipIfStillRunning(cron.DiscardLogger), cron.Recover(log)))
	for _, j := range b.Jobs {
		if _, err := runner.AddFunc("@every 1s", func() { b.beat(ctx, j, time.Now()) }); err != nil {
			return fmt.Errorf("beat: %w", err)
		}
	}
	runner.Start()
	<-ctx.Done()
	<-runner.Stop().Done()
	return nil
}

func (b *Beat) beat(ctx context.Context, j Job, now time.Time) {
	b.mu.Lock()
	due := ctx.Err() == nil && !now.Before(b.next[j.Name])
	b.mu.Unlock()
	if !due {
		return
	}
	if err := j.Run(ctx); err != nil && ctx.Err() == nil {
		b.Log.Error("job", "name", j.Name, "err", err)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.next == nil {
		b.next = map[string]time.Time{}
	}
	b.next[j.Name] = now.Add(j.Every)
}
