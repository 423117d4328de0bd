package sim

import (
	"context"
	"errors"
	"sync"
	"time"
)

// ErrBackwards refuses to move the clock back.
var ErrBackwards = errors.New("sim: the clock only moves forward")

type moveFunc func(ctx context.Context, now time.Time, d time.Duration) error

// clock is the simulator's time: where it was set, and how long the machine ran since.
type clock struct {
	mu      sync.Mutex
	at      time.Time
	since   time.Time // the machine's time when at was set
	stopped bool
}

func (c *clock) start(at time.Time, stopped bool) {
	if at.IsZero() {
		at = time.Now().Round(0)
	}
	c.at, c.since, c.stopped = at, time.Now(), stopped
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.read()
}

func (c *clock) read() time.Time {
	if c.stopped {
		return c.at
	}
	return c.at.Add(time.Since(c.since))
}

func (c *clock) move(d time.Duration) time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at, c.since = c.read().Add(d), time.Now()
	return c.at
}

// Now is the simulator's time, in the zone of Options.Start.
func (s *Server) Now() time.Time { return s.clock.now() }

// Move sets the clock forward by d and calls what OnMove registered, in order.
// A poll whose time is over is closed first.
func (s *Server) Move(ctx context.Context, d time.Duration) error {
	if d < 0 {
		return ErrBackwards
	}
	s.moving.Lock()
	defer s.moving.Unlock()
	now := s.clock.move(d)
	s.mu.Lock()
	s.closePolls(now)
	s.hookDue()
	s.emit(Event{Kind: EventClock})
	calls := s.onMove
	s.mu.Unlock()
	for _, f := range calls {
		if err := f(ctx, now, d); err != nil {
			return err
		}
	}
	return nil
}

// OnMove registers what must happen when the clock was moved (expire keys, wake
// a scheduler); now is the new time and d how far it jumped.
func (s *Server) OnMove(f func(ctx context.Context, now time.Time, d time.Duration) error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.onMove = append(s.onMove[:len(s.onMove):len(s.onMove)], f)
}

type settleFunc func(ctx context.Context) error

// Settle registers how to wait until the bot has nothing left to do. Play and the
// page's tour call it after each act; without it Play waits for what it expects only.
func (s *Server) Settle(f func(ctx context.Context) error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.settle = f
}

// settled waits until the bot is idle; known tells whether anybody could say.
func (s *Server) settled(ctx context.Context) (known bool, err error) {
	s.mu.Lock()
	f := s.settle
	s.mu.Unlock()
	if f == nil {
		return false, nil
	}
	return true, f(ctx)
}
