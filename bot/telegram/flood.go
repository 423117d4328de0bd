package telegram

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"
)

// Flood keeps one person, or one group, from taking all of the bot's time: each has a
// bucket of answers that refills. Who empties it is told once, until it is half full again; an
// answer is given whenever there is one in it. The zero Flood holds nobody back.
type Flood struct {
	Person, Group Bucket
	// Exempt tells whether somebody is never held back; it is asked when a bucket is empty.
	Exempt func(ctx context.Context, user int64) (bool, error)

	mu      sync.Mutex
	buckets map[int64]*level
}

// Bucket is how many answers may follow each other at once, and how long one takes to come back.
type Bucket struct {
	Size   int
	Refill time.Duration
}

// level is how full a bucket was at a time, and when it will be full.
type level struct {
	answers  float64
	at, full time.Time
	warned   bool
}

// errFlood holds somebody back; the first time they are told.
type errFlood struct{ first bool }

func (e *errFlood) Error() string { return "telegram: too many questions at once" }

// allow takes an answer out of the person's bucket and, in a group, out of the group's. A
// person who is held back takes nothing from the group's.
func (f *Flood) allow(ctx context.Context, t *Turn) error {
	err := f.take(t.UserID(), f.Person, t.Now)
	if err == nil && !t.Private() {
		err = f.take(t.Chat.ID, f.Group, t.Now)
	}
	if err == nil || f.Exempt == nil || t.User == nil {
		return err
	}
	exempt, failed := f.Exempt(ctx, t.User.ID)
	switch {
	case failed != nil:
		return fmt.Errorf("flood: %w", failed)
	case exempt:
		return nil
	}
	return err
}

// maxBuckets is how many are kept: full ones are forgotten, and all when that is not enough.
const maxBuckets = 10_000

func (f *Flood) take(id int64, b Bucket, now time.Time) error {
	if b.Size == 0 || id == 0 {
		return nil
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	l := f.buckets[id]
	if l == nil {
		if f.buckets == nil || len(f.buckets) >= maxBuckets {
			f.forget(now)
		}
		l = &level{answers: float64(b.Size), at: now}
		f.buckets[id] = l
	}
	l.answers = min(float64(b.Size), l.answers+max(0, now.Sub(l.at).Seconds()/b.Refill.Seconds()))
	l.at = now
	if l.answers >= float64(b.Size)/2 {
		l.warned = false // a drop at a time is no reason to be told again and again
	}
	first, empty := !l.warned, l.answers < 1
	if empty {
		l.warned = true
	} else {
		l.answers--
	}
	l.full = now.Add(time.Duration((float64(b.Size) - l.answers) * float64(b.Refill)))
	if empty {
		return &errFlood{first}
	}
	return nil
}

// forget drops the buckets that are full, which is as if they had never been used.
func (f *Flood) forget(now time.Time) {
	kept := map[int64]*level{}
	for id, l := range f.buckets {
		if now.Before(l.full) {
			kept[id] = l
		}
	}
	if len(kept) >= maxBuckets {
		clear(kept)
	}
	f.buckets = kept
}

// hold answers somebody who is held back: in words once, then only by ending the waiting
// of a press. ok is false when err is another error.
func (t *Turn) hold(ctx context.Context, err error) (ok bool, _ error) {
	var e *errFlood
	if !errors.As(err, &e) {
		return false, nil
	}
	if e.first {
		return true, t.Alert(ctx, "chat.flood", nil)
	}
	t.release(ctx)
	return true, nil
}
