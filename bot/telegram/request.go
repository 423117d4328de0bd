package telegram

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http/httptrace"
	"sync/atomic"
	"time"

	"xingfuli/bot/queue"
)

// request is how a call of the Bot API is made, and made again.
type request struct {
	method  string
	chat    int64 // whose limits it keeps to, 0 for none
	class   queue.Class
	edit    bool
	again   bool             // making it twice is harmless
	patient bool             // it is tried as long as there is time, not a few times only
	placed  bool             // the limit over all does not count it any more
	entry   entrance         // a place in the chat that was asked for
	load    int              // how many messages it counts as; 0: one
	within  time.Duration    // for one answer
	wait    time.Duration    // for all, when that is less than Sender.Wait; 0: it is not
	moved   func(chat int64) // sends it to this chat from now on; nil: it cannot go there

	hold         time.Duration // before the next try
	tries, moves int           // that were in vain
}

const (
	callTimeout = 20 * time.Second // for Telegram to answer
	fileTimeout = time.Minute      // with 10 MB to take in
	pressWait   = 15 * time.Second // after which nobody waits for the answer to a press any more
	fewTries    = 5
	maxMoves    = 3 // a group moves once
)

// call makes a call at once; doing so twice must be harmless.
func (s *Sender) call(ctx context.Context, method string, f func(context.Context) error) error {
	return s.try(ctx, request{method: method, again: true, within: callTimeout}, f)
}

// try makes a call until it succeeds or there is no point in it.
func (s *Sender) try(ctx context.Context, r request, f func(context.Context) error) error {
	wait := s.Wait
	if r.wait != 0 {
		wait = min(wait, r.wait)
	}
	end := time.Now().Add(wait)
	if d, ok := ctx.Deadline(); ok && d.Before(end) {
		end = d
	}
	var last error
	for {
		if err := s.admit(ctx, end, r); err != nil {
			return s.fail(r, late(last, err))
		}
		sent, err := once(ctx, min(r.within, time.Until(end)), f)
		if err == nil {
			return nil
		}
		v := judge(err, sent, r.again)
		if v.done {
			return nil
		}
		if !s.prepare(ctx, &r, v) {
			return s.fail(r, v.err)
		}
		if last = v.err; v.to != 0 {
			last = nil // the new chat has refused nothing yet
		}
	}
}

// prepare makes r ready for one more try, unless there is no point in it.
func (s *Sender) prepare(ctx context.Context, r *request, v verdict) bool {
	r.hold, r.placed, r.entry = v.after, false, nil
	switch {
	case v.after > 0:
		if r.chat != 0 {
			s.gate.close(ctx, r.chat, v.after)
		}
		return true
	case v.to != 0:
		return s.migrate(ctx, r, v.to)
	case v.retry && (r.patient || r.tries < fewTries-1):
		r.tries++
		r.hold = holdOff(r.tries)
		return true
	case v.gone && r.chat != 0 && s.OnGone != nil:
		s.OnGone(ctx, r.chat, WhyNot(v.err, r.chat))
	}
	return false
}

// admit waits as long as r is held and then, for a message, until the limits let it pass. It returns
// an error at once when that is not before end.
func (s *Sender) admit(ctx context.Context, end time.Time, r request) error {
	if time.Until(end) <= r.hold {
		return errLate
	}
	if err := pause(ctx, r.hold); err != nil || r.chat == 0 {
		return err
	}
	meets := times(s.gate.limits.meets(r.chat, r.class, r.edit), r.load)
	if r.placed {
		meets.All = queue.Bucket{}
	}
	return s.gate.wait(ctx, end, r.chat, meets, r.class, r.entry)
}

// once makes one request. sent tells whether it was given a connection, and so may have
// reached Telegram.
func once(ctx context.Context, within time.Duration, f func(context.Context) error) (sent bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	var connected atomic.Bool // by a goroutine of net/http
	err = f(httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{GotConn: func(httptrace.GotConnInfo) { connected.Store(true) }}))
	return connected.Load(), err
}

// migrate tells of a group's new ID and sends r there, if it can go there.
func (s *Sender) migrate(ctx context.Context, r *request, to int64) bool {
	if r.chat != 0 && s.OnMigrate != nil {
		_ = s.OnMigrate(ctx, r.chat, to) // the next message to the old ID asks again
	}
	if r.moved == nil || r.moves == maxMoves {
		return false
	}
	r.moved(to)
	r.chat = to
	r.moves++
	return true
}

// late is the error of a request for which the time ran out, after last.
func late(last, err error) error {
	if last != nil {
		return fmt.Errorf("%w (%w)", last, err)
	}
	return fmt.Errorf("%w: %w", queue.ErrLater, err)
}

// fail makes the error that the caller sees.
func (s *Sender) fail(r request, err error) error {
	return mask(fmt.Errorf("%s: %w", r.method, err), s.token)
}

// holdOff is how long to wait before try n+1: 100 ms doubling up to 10 s, of which up to a
// half is left to chance, so that those who failed together do not come back together.
func holdOff(n int) time.Duration {
	d := min(100*time.Millisecond<<min(n-1, 10), 10*time.Second)
	return d/2 + rand.N(d/2+1)
}
