package jobs

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"
)

type lines struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lines) Write(p []byte) (int, error) { l.mu.Lock(); defer l.mu.Unlock(); return l.b.Write(p) }
func (l *lines) String() string              { l.mu.Lock(); defer l.mu.Unlock(); return l.b.String() }

// TestBeat runs jobs until it is stopped: one that panics and one that fails run again, and
// a slow one neither holds up the others nor runs twice at once.
func TestBeat(t *testing.T) {
	t.Parallel()
	panics, fails, slow := make(chan int, 10), make(chan int, 10), make(chan int, 10)
	var log lines
	b := &Beat{Log: slog.New(slog.NewTextHandler(&log, nil)), Jobs: []Job{
		{Name: "panics", Run: func(context.Context) error { panics <- 1; panic("boom") }},
		{Name: "fails", Run: func(context.Context) error { fails <- 1; return errors.New("broken") }},
		{Name: "slow", Run: func(ctx context.Context) error { slow <- 1; <-ctx.Done(); return ctx.Err() }},
		{Name: "rare", Every: time.Hour, Run: func(context.Context) error { return nil }},
	}}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- b.Run(ctx) }()
	for range 2 {
		<-panics
		<-fails
	}
	<-slow
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	if len(slow) > 0 {
		t.Error("a job that was not done was begun again")
	}
	for _, want := range []string{"boom", "name=fails", "broken"} {
		if !strings.Contains(log.String(), want) {
			t.Errorf("the log lacks %q:\n%s", want, log.String())
		}
	}
	if strings.Contains(log.String(), "name=slow") {
		t.Error("a job that was stopped is logged as failed")
	}
}

func TestBeatEvery(t *testing.T) {
	ran := 0
	b := &Beat{Log: slog.New(slog.DiscardHandler)}
	j := Job{Name: "hourly", Every: time.Hour, Run: func(context.Context) error { ran++; return nil }}
	now := time.Unix(1_800_000_000, 0)
	for i, at := range []time.Duration{0, time.Second, time.Hour - time.Second, time.Hour, time.Hour + time.Second} {
		b.beat(t.Context(), j, now.Add(at))
		if want := []int{1, 1, 1, 2, 2}[i]; ran != want {
			t.Errorf("after %v it ran %d times, want %d", at, ran, want)
		}
	}
}
