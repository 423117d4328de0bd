package jobs

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"xingfuli/bot/card"
	"xingfuli/bot/queue"
	"xingfuli/bot/telegram"
	"xingfuli/bot/text"
)

const (
	maxTries = 5
	// workWithin is how long one try may take.
	workWithin = 10 * time.Minute
	// begunLate is by how much more than its grace a run may be late that was begun in time.
	begunLate = queue.DefaultGrace
)

// backOff is how long is waited before a try.
func backOff(try int) time.Duration {
	return []time.Duration{5 * time.Second, 30 * time.Second, 2 * time.Minute, 5 * time.Minute}[min(try, maxTries-1)-1]
}

// errTask says that this process does not know schedules of a kind: they are of a newer or an
// older bot.
var errTask = errors.New("jobs: nothing is registered for schedules of this kind")

// free is how many more runs may be worked off.
func (c *Clock) free() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return maxFlying - c.flying
}

func (c *Clock) fill(full bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.full = full
}

// leave makes room for another run, and tells whether one may be waiting for it.
func (c *Clock) leave() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.flying--
	waiting := c.full
	c.full = false
	return waiting
}

// begin works off a run, beside whatever else goes on.
func (c *Clock) begin(ctx context.Context, w queue.Work) {
	c.mu.Lock()
	c.flying++
	c.mu.Unlock()
	c.working.Go(func() {
		err := c.work(ctx, w)
		if c.leave() && ctx.Err() == nil {
			err = errors.Join(err, c.Run(ctx)) // the others that are due need not wait for the next beat
		}
		if err != nil {
			c.Log.Warn("a run", "schedule", w.Run.Schedule, "op", w.Run.Op, "try", w.Try, "err", err)
		}
	})
}

// work makes one try of a run and keeps how it ended.
func (c *Clock) work(ctx context.Context, w queue.Work) error {
	s, err := c.Store.Schedule(ctx, w.Run.Schedule)
	switch {
	case errors.Is(err, queue.ErrNoSchedule): // it was dropped meanwhile, with all its runs
		_, err = c.Store.EndRun(ctx, w)
		return err
	case err != nil:
		return err // it is taken up again when the lease is over
	}
	outcome, err := c.try(ctx, s, &w)
	late := context.WithoutCancel(ctx) // what was done is kept even when the process is being stopped
	switch {
	case err == nil:
		w.Run.Outcome, w.Run.Ended = outcome, c.Now()
		_, err = c.Store.EndRun(late, w)
		return err
	case ctx.Err() != nil:
		return c.Store.LeaveRun(late, w)
	case w.Try < maxTries:
		_, failed := c.Store.KeepRun(late, w, backOff(w.Try))
		return errors.Join(err, failed)
	}
	if w.Run.Outcome != queue.Missed { // which stays what it is when nobody can be asked about it
		w.Run.Outcome = queue.Failed
	}
	w.Run.Ended, w.Run.Note = c.Now(), telegram.NewCode()
	c.Log.Error("a run was given up", "code", w.Run.Note, "schedule", s.ID, "op", w.Run.Op, "err", err)
	_, err = c.Store.EndRun(late, w)
	return err
}

// try does what a run is for, or asks about it when it comes too late. It holds the run's
// lease meanwhile. A task that panics has failed.
func (c *Clock) try(ctx context.Context, s queue.Schedule, w *queue.Work) (outcome queue.Outcome, err error) {
	ctx, cancel := context.WithTimeout(ctx, workWithin)
	defer cancel()
	defer c.hold(ctx, *w, cancel)()
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	t, ok := c.task(s)
	switch {
	case !ok:
		return "", errTask
	case w.Run.Outcome == queue.Missed || c.tooLate(s, *w):
		if t.Quiet {
			return queue.Missed, nil
		}
		return queue.Missed, c.ask(ctx, s, w.Run)
	}
	outcome, err = t.Run(ctx, s, w.Run)
	return cmp.Or(outcome, queue.Done), err
}

// tooLate tells whether the clock's own run has waited for too long: all processes were dead.
// One that was begun in time has more time to be tried again.
func (c *Clock) tooLate(s queue.Schedule, w queue.Work) bool {
	late := s.Late()
	if w.Try > 1 {
		late += begunLate
	}
	return w.Run.By == 0 && c.Now().Sub(w.Run.Due) > late
}

// hold renews the lease of a run until the function it returns is called. When it cannot, as
// long as the lease lasts, or somebody else has it, it cancels.
func (c *Clock) hold(ctx context.Context, w queue.Work, cancel func()) (stop func()) {
	lease := cmp.Or(c.Lease, clockLease)
	ended, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		beat := time.NewTicker(lease / 3)
		defer beat.Stop()
		until := time.Now().Add(lease)
		for {
			select {
			case <-ended:
				return
			case now := <-beat.C:
				held, err := c.Store.KeepRun(ctx, w, lease)
				switch {
				case err == nil && held:
					until = now.Add(lease)
				case err == nil || now.After(until):
					cancel()
					return
				}
			}
		}
	}()
	return func() { close(ended); <-stopped }
}

// ask tells the author of a schedule, or the admins, that an occurrence was missed, and asks
// what is to become of it. A message of which nobody knows whether it arrived is not repeated.
func (c *Clock) ask(ctx context.Context, s queue.Schedule, r queue.Run) error {
	if s.Author != 0 {
		if err := c.askOne(ctx, s.Author, s, r); !errors.Is(err, queue.ErrUnreachable) && !errors.Is(err, queue.ErrRefused) {
			return err
		}
	}
	var failed error
	reached := false
	for _, admin := range c.Admins {
		switch err := c.askOne(ctx, admin, s, r); {
		case err == nil:
			reached = true
		case errors.Is(err, queue.ErrUnreachable), errors.Is(err, queue.ErrRefused):
			c.Log.Warn("an admin cannot be asked", "admin", admin, "schedule", s.ID)
		default:
			failed = errors.Join(failed, err)
		}
	}
	if reached {
		return nil // whoever was asked need not be asked again
	}
	return failed
}

func (c *Clock) askOne(ctx context.Context, user int64, s queue.Schedule, r queue.Run) error {
	known, err := c.Store.Known(ctx, user, user)
	if err != nil {
		return err
	}
	w := text.In(text.Match(known.Person.Language, c.Default))
	m := card.Missed(w, c.Title(w, s), card.LateID(r.Schedule, queue.Occurrence{Wall: r.Wall}.Mark()), r.Due.In(c.Now().Location()))
	m.Class, m.Silent = queue.Scheduled, c.Quiet(c.Now())
	if _, err := c.Speaker.Send(ctx, queue.Chat{ID: user}, m); err != nil && !errors.Is(err, queue.ErrUnknown) {
		return err
	}
	return nil
}
