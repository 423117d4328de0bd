package jobs

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"hash/fnv"
	"log/slog"
	"sync"
	"time"

	"xingfuli/bot/calendar"
	"xingfuli/bot/community"
	"xingfuli/bot/queue"
	"xingfuli/bot/text"
)

// ClockStore keeps schedules and their runs.
type ClockStore interface {
	PutSchedule(ctx context.Context, op queue.Op, s queue.Schedule, entries ...community.Entry) error
	Schedule(ctx context.Context, id string) (queue.Schedule, error)
	Due(ctx context.Context, l queue.Look) (queue.Claimed, error)
	Fire(ctx context.Context, f queue.Firing) (queue.Fired, error)
	EndRun(ctx context.Context, w queue.Work) (bool, error)
	KeepRun(ctx context.Context, w queue.Work, d time.Duration) (bool, error)
	LeaveRun(ctx context.Context, w queue.Work) error
	Known(ctx context.Context, chat, user int64) (queue.Known, error)
}

// Task is what schedules of a kind do.
type Task struct {
	// Title names a schedule for people: 「和食堂每天的菜单」.
	Title func(w text.Words, s queue.Schedule) string
	// Run does it, and says how it ended; no outcome is queue.Done. It may be called again for
	// the same run, after a kill or an error: what it does under run.Op is done once. ctx ends
	// when the process stops or somebody else has taken up the run. Of a rehearsal only run.By
	// sees anything. Whether s.Author may still do it is asked here, now.
	Run func(ctx context.Context, s queue.Schedule, run queue.Run) (queue.Outcome, error)
	// Quiet says that nobody is asked about an occurrence that was missed; it is noted.
	Quiet bool
}

// Clock does what is due: each occurrence of a schedule once, on whichever replica is first.
//
// Every beat claims what is due by the app's clock, commits what becomes of it together with
// the next occurrence, which is looked for after now, and only then begins to do it. There is
// no series of what was missed: a bot that was away for a week finds one occurrence of each
// schedule. That one is done when it is late by no more than its grace; else its author is
// asked, and one more may be done that is not too late.
//
// A clock that is put back by more than clockBack has every next occurrence looked for again,
// and so have another time zone and other holidays. No time that a clock on the wall shows is
// done twice, whatever the clock does.
type Clock struct {
	Store    ClockStore
	Speaker  Speaker
	Admins   []int64 // are asked about what has no author, or one who cannot be reached
	Default  text.Language
	Now      func() time.Time // in the township's zone
	Holidays func(ctx context.Context, content int64) (calendar.Holidays, error)
	Quiet    func(time.Time) bool // when nobody is woken up to be asked
	Lease    time.Duration        // after which others take up what this process does; 0: half a minute
	Log      *slog.Logger

	beating sync.Mutex
	basis   basis
	working sync.WaitGroup

	mu     sync.Mutex
	tasks  map[string]Task
	flying int  // runs that are being worked off
	full   bool // there may be more than were free to be worked off
}

const (
	clockBack  = time.Minute      // clocks of replicas that differ by less are no clocks that were put back
	clockLease = 30 * time.Second // see Clock.Lease
	maxClaims  = 64               // schedules that a look claims
	maxFlying  = 64               // runs that a process works off beside each other
)

// Register says what schedules of a kind do. A run of a kind that is not registered is tried
// again, as other processes may know it, and given up in the end.
func (c *Clock) Register(kind string, t Task) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.tasks == nil {
		c.tasks = map[string]Task{}
	}
	if _, twice := c.tasks[kind]; twice {
		panic("jobs: two tasks for schedules of the kind " + kind)
	}
	c.tasks[kind] = t
}

// Title names a schedule for people, by its ID where nothing knows its kind.
func (c *Clock) Title(w text.Words, s queue.Schedule) string {
	if t, ok := c.task(s); ok && t.Title != nil {
		return t.Title(w, s)
	}
	return s.ID
}

func (c *Clock) task(s queue.Schedule) (Task, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	t, ok := c.tasks[s.Kind()]
	return t, ok
}

// Job is the upkeep that beats.
func (c *Clock) Job() Job { return Job{Name: "clock", Run: c.Run} }

// Run is one beat. What it begins to do goes on beside the next ones.
func (c *Clock) Run(ctx context.Context) error {
	_, err := c.beat(ctx)
	return err
}

// Wait returns when all that was begun has ended, or was given up because its ctx ended.
func (c *Clock) Wait() { c.working.Wait() }

// Settle beats until nothing more is due, and all of it is done.
func (c *Clock) Settle(ctx context.Context) error {
	for ctx.Err() == nil {
		busy, err := c.beat(ctx)
		c.Wait()
		if err != nil || !busy {
			return err
		}
	}
	return ctx.Err()
}

// Ensure has schedules kept that the bot has by itself. What an admin has made of one, such as
// a pause, stays.
func (c *Clock) Ensure(ctx context.Context, all ...queue.Schedule) error {
	for _, s := range all {
		kept, err := c.Store.Schedule(ctx, s.ID)
		switch {
		case errors.Is(err, queue.ErrNoSchedule):
		case err != nil:
			return err
		case kept.Rule == s.Rule && kept.Grace == s.Grace && kept.Author == s.Author:
			continue
		default:
			s.Paused, s.Version = kept.Paused, kept.Version
		}
		err = c.Store.PutSchedule(ctx, queue.Op("ensure."+rand.Text()), s)
		if err != nil && !errors.Is(err, queue.ErrConflict) { // another replica was first
			return err
		}
	}
	return nil
}

// beat looks for what is due until nothing more is, and tells whether anything was.
func (c *Clock) beat(ctx context.Context) (busy bool, err error) {
	c.beating.Lock()
	defer c.beating.Unlock()
	for ctx.Err() == nil {
		again, some, err := c.look(ctx)
		busy = busy || some
		if err != nil || !again {
			return busy, err
		}
	}
	return busy, nil
}

// look claims once. again tells that it is to be done again at once: a schedule was fired, so
// that there may be something to do, or content has changed; some, that anything was claimed.
func (c *Clock) look(ctx context.Context) (again, some bool, err error) {
	now := c.Now()
	h, name, err := c.basis.read(ctx, c.Holidays, now.Location())
	if err != nil {
		return false, false, err
	}
	l := queue.Look{
		Now: now, Back: clockBack, Basis: name, Content: c.basis.content, Token: rand.Text(),
		Lease: cmp.Or(c.Lease, clockLease), Most: maxClaims, Runs: c.free(),
	}
	claimed, err := c.Store.Due(ctx, l)
	if err == nil && claimed.Content != l.Content {
		c.basis = basis{content: claimed.Content}
		return true, false, nil
	}
	c.fill(len(claimed.Runs) == l.Runs)
	for _, w := range claimed.Runs {
		c.begin(ctx, w)
	}
	for _, s := range claimed.Schedules {
		fired, failed := c.fire(ctx, s, now, h, l.Token)
		again = again || fired != queue.Lost
		err = errors.Join(err, failed)
	}
	return again, len(claimed.Schedules)+len(claimed.Runs) > 0, err
}

// fire commits what becomes of a claimed schedule.
func (c *Clock) fire(ctx context.Context, s queue.Schedule, now time.Time, h calendar.Holidays, token string) (queue.Fired, error) {
	f := queue.Firing{Schedule: s, Token: token, From: now}
	if !s.Next.At.IsZero() && !s.Next.At.After(now) {
		f.Run, f.Work = c.occurrence(s, now)
	}
	if f.Run.Outcome == queue.Missed { // the next one may have come too, and in time
		f.From = later(s.Next.At, now.Add(-s.Late())).In(now.Location())
	}
	var rule calendar.Rule
	if err := rule.UnmarshalText([]byte(s.Rule)); err != nil { // it never comes again until it is written anew
		c.Log.Error("a schedule's rule cannot be read", "schedule", s.ID, "err", err)
	} else if next, ok := rule.Next(f.From, h); ok {
		f.Next = queue.Occurrence{At: next.At, Wall: next.Wall}
	}
	fired, err := c.Store.Fire(ctx, f)
	if err == nil && fired == queue.New && f.Run.Op != "" {
		c.Log.Info("due", "schedule", s.ID, "wall", s.Next.Wall, "late", now.Sub(s.Next.At), "outcome", f.Run.Outcome)
	}
	return fired, err
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// occurrence is what the one that is due comes to, and whether there is anything to do.
func (c *Clock) occurrence(s queue.Schedule, now time.Time) (r queue.Run, work bool) {
	r = queue.Run{Schedule: s.ID, Wall: s.Next.Wall, Due: s.Next.At, Op: queue.RunOp(s.ID, s.Next.Mark())}
	switch {
	case s.Paused:
		r.Outcome, r.Ended = queue.Skipped, now
	case now.Sub(s.Next.At) > s.Late():
		r.Outcome, r.Ended = queue.Missed, now
		t, _ := c.task(s)
		return r, !t.Quiet
	default:
		return r, true
	}
	return r, false
}

// basis is what the next occurrences depend on beside the rules and the time.
type basis struct {
	content  int64
	holidays calendar.Holidays
	zone     string
	name     string // empty: it is to be read
}

// read makes the basis of its content, once, and names it as the store compares it: it bears
// another name when it has other holidays or another zone.
func (b *basis) read(ctx context.Context, holidays func(context.Context, int64) (calendar.Holidays, error), zone *time.Location) (calendar.Holidays, string, error) {
	if b.name != "" && b.zone == zone.String() {
		return b.holidays, b.name, nil
	}
	h, err := holidays(ctx, b.content)
	if err != nil {
		return h, "", fmt.Errorf("clock: %w", err)
	}
	sum := fnv.New64a()
	for year := 2020; year < 2100; year++ {
		_, _ = fmt.Fprintln(sum, h.Year(year)) // never fails
	}
	*b = basis{b.content, h, zone.String(), fmt.Sprintf("%s %x", zone, sum.Sum64())}
	return h, b.name, nil
}
