package jobs

import (
	"fmt"
	"testing"
	"time"

	"xingfuli/bot/queue"
	"xingfuli/bot/store/redistest"
)

func benchmarkBeat(b *testing.B, schedules int) {
	tw := monday()
	db := redistest.Start(b).Client(b)
	c := tw.replica(db)
	for i := range schedules {
		if err := c.Ensure(b.Context(), queue.Schedule{ID: fmt.Sprint("post.", i), Rule: daily.Rule}); err != nil {
			b.Fatal(err)
		}
	}
	if err := c.Settle(b.Context()); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if err := c.Run(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkBeatIdle(b *testing.B) { benchmarkBeat(b, 1) }

func BenchmarkBeatIdleThousand(b *testing.B) { benchmarkBeat(b, 1000) }

// BenchmarkBeatDue fires a thousand schedules that are due at once, and does them.
func BenchmarkBeatDue(b *testing.B) {
	tw := monday()
	c := tw.replica(redistest.Start(b).Client(b))
	for i := range 1000 {
		if err := c.Ensure(b.Context(), queue.Schedule{ID: fmt.Sprint("post.", i), Rule: daily.Rule}); err != nil {
			b.Fatal(err)
		}
	}
	if err := c.Settle(b.Context()); err != nil {
		b.Fatal(err)
	}
	tw.move(30*time.Minute - 24*time.Hour) // from here, it is half past seven each time
	for b.Loop() {
		tw.move(24 * time.Hour)
		if err := c.Settle(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(len(tw.walls()))/b.Elapsed().Seconds(), "done/s")
}
