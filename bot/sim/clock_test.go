package sim

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"
)

// TestStops moves the clock over several times at which something happens: it stops at each
// and lets the bot settle there, and never beyond where it goes.
func TestStops(t *testing.T) {
	start := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	s := New(Options{Start: start, Stopped: true})
	t.Cleanup(s.Close)
	due := []time.Duration{-time.Hour, time.Hour, 2 * time.Hour, 3 * time.Hour, 30 * time.Hour}
	var settled []time.Duration
	s.Stops(func(context.Context) (time.Time, bool, error) {
		if len(due) == 0 {
			return time.Time{}, false, nil
		}
		return start.Add(due[0]), true, nil
	})
	s.Settle(func(context.Context) error {
		settled = append(settled, s.Now().Sub(start))
		for len(due) > 0 && !start.Add(due[0]).After(s.Now()) {
			due = due[1:]
		}
		return nil
	})
	if _, err := s.settled(t.Context()); err != nil { // what was due before
		t.Fatal(err)
	}
	if err := s.Move(t.Context(), 3*time.Hour); err != nil {
		t.Fatal(err)
	}
	if want := []time.Duration{0, time.Hour, 2 * time.Hour}; !slices.Equal(settled, want) {
		t.Errorf("settled at %v, want %v", settled, want)
	}
	if got := s.Now().Sub(start); got != 3*time.Hour {
		t.Errorf("it stands %v on", got)
	}
	broken := errors.New("broken")
	s.Stops(func(context.Context) (time.Time, bool, error) { return time.Time{}, false, broken })
	if err := s.Move(t.Context(), time.Hour); !errors.Is(err, broken) {
		t.Errorf("a move that cannot know where to stop: %v", err)
	}
}
