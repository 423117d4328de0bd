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
// A poll whose time is over is closed first. On the way it stops where Stops says: each stop
// is a move of its own, after which the bot settles.
func (s *Server) Move(ctx context.Context, d time.Duration) error {
	if d < 0 {
		return ErrBackwards
	}
	s.moving.Lock()
	defer s.moving.Unlock()
	until := s.clock.now().Add(d)
	for range maxStops {
		at, ok, err := s.nextStop(ctx)
		if err != nil {
			return err
		}
		now := s.clock.now()
		if !ok || !at.After(now) || !at.Before(until) {
			break
		}
		if err := s.step(ctx, at.Sub(now)); err != nil {
			return err
		}
		if _, err := s.settled(ctx); err != nil {
			return err
		}
	}
	return s.step(ctx, max(0, until.Sub(s.clock.now())))
}

// maxStops is how often a move stops: ten weeks of something hourly.
const maxStops = 2000

func (s *Server) nextStop(ctx context.Context) (at time.Time, ok bool, err error) {
	s.mu.Lock()
	f := s.stops
	s.mu.Unlock()
	if f == nil {
		return at, false, nil
	}
	return f(ctx)
}

type stopFunc func(ctx context.Context) (at time.Time, ok bool, err error)

// Stops registers where a move of the clock stops on its way: next is the first time after
// which something happens by itself. What people see after a long jump is then what would
// have happened in the meantime, in its order.
func (s *Server) Stops(next func(ctx context.Context) (at time.Time, ok bool, err error)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.stops = next
}

// step moves the clock at once.
func (s *Server) step(ctx context.Context, d time.Duration) error {
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
