package telegram

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"xingfuli/bot/queue"
)

// Limiter keeps the pace at which all replicas of the bot send together.
type Limiter interface {
	// Reserve takes a place for a message to chat. When there is none it takes nothing
	// and returns for how long there will be none in the chat, and over all.
	Reserve(ctx context.Context, chat int64, meets queue.Pace) (inChat, overAll time.Duration, err error)
	// ReserveSoon asks that along with the next question that somebody asks whoever keeps
	// the pace. What it returns waits for the answer.
	ReserveSoon(ctx context.Context, chat int64, meets queue.Pace) func(context.Context) (inChat, overAll time.Duration, err error)
	// BookSoon asks for a place over all, at most b.Slack ahead, in the same way. The answer is
	// how long it is until then, less than 0 when it has passed; with booked false it took
	// none, and there is none to take for that long.
	BookSoon(ctx context.Context, b queue.Bucket) func(context.Context) (wait time.Duration, booked bool, err error)
	// Close lets no message into chat, or with 0 into any, for d. It returns how many
	// chats were closed in the time within before.
	Close(ctx context.Context, chat int64, d, within time.Duration) (chats int, err error)
}

// gate lets messages through as Telegram's limits allow. There is no queue: everybody
// asks again when told to, and who is urgent finds a place where others do not (shares).
type gate struct {
	limits Limits
	shared Limiter // nil: this process is alone
	local  *pace
	away   atomic.Int64 // Unix nanoseconds before which shared is not asked: it did not answer
	crowd  [len(shares)]atomic.Int64
}

const (
	askWithin = 2 * time.Second // how long shared may take to answer
	askAgain  = time.Second     // for how long it is left alone when it did not
	maxCrowd  = 64              // who comes later asks as late as the one of this number
)

// errLate says that there is no place before the end of the time there was.
var errLate = errors.New("no place in time")

// entrance is a place in a chat that was asked for: nil, when it is still to be asked for.
type entrance func(context.Context) (inChat, overAll time.Duration, err error)

// wait returns when a message to chat may go out, or at once with an error when that is
// not before end.
func (g *gate) wait(ctx context.Context, end time.Time, chat int64, meets queue.Pace, c queue.Class, asked entrance) error {
	for ; ; asked = nil {
		inChat, overAll := g.reserve(ctx, chat, meets, asked)
		if err := ctx.Err(); err != nil {
			return err
		}
		if inChat == 0 && overAll == 0 {
			return nil
		}
		if time.Until(end) < max(inChat, overAll) {
			return errLate
		}
		if err := g.stand(ctx, c, inChat, overAll, meets.All.Step); err != nil {
			return err
		}
	}
}

// book asks for a place over all ahead of its time, and returns what waits until that has come:
// who has a crowd to write to takes one place after the other, each at its time, and is in
// time for all though each message takes a while.
func (g *gate) book(ctx context.Context, b queue.Bucket) func(context.Context) error {
	if b.Step == 0 {
		return func(ctx context.Context) error { return g.opened(ctx) }
	}
	from := Limiter(g.local)
	if g.shared != nil {
		from = g.shared
	}
	first := from.BookSoon(ctx, b)
	return func(ctx context.Context) error {
		for answer := first; ; answer = from.BookSoon(ctx, b) {
			wait, booked, err := answer(ctx)
			if err != nil {
				return fmt.Errorf("shared limiter: %w", err)
			}
			place := time.Now().Add(wait)
			if wait < -lost {
				continue // nobody was there to take it
			}
			if err := pause(ctx, wait); err != nil {
				return err
			}
			if _, closed := g.local.closed(0); closed > 0 {
				if err := g.opened(ctx); err != nil {
					return err
				}
				continue
			}
			if booked {
				return g.overslept(ctx, from, time.Since(place))
			}
		}
	}
}

// lost is after how long a place is given up for another one.
const lost = 100 * time.Millisecond

// opened waits as long as this process knows all chats to be closed.
func (g *gate) opened(ctx context.Context) error {
	for {
		_, closed := g.local.closed(0)
		if err := pause(ctx, closed); err != nil || closed == 0 {
			return err
		}
	}
}

// overslept moves all later places on by as much as this process came too late to its own, on a
// machine that is too busy: what was late and what is in time would be one too many otherwise.
func (g *gate) overslept(ctx context.Context, l Limiter, late time.Duration) error {
	if late < tooLate {
		return nil
	}
	_, _, err := l.BookSoon(ctx, queue.Bucket{Step: min(late, time.Second), Slack: time.Minute})(ctx)
	return err
}

// tooLate is how late a place may be taken: less than what crowdRate leaves free in a second.
const tooLate = 8 * time.Millisecond

// stand waits before asking again. When the limit over all is what holds the message back,
// those who wait in this process ask one after another, not all at the same moment.
func (g *gate) stand(ctx context.Context, c queue.Class, inChat, overAll, step time.Duration) error {
	if inChat >= overAll {
		return pause(ctx, inChat)
	}
	before := g.crowd[c].Add(1) - 1
	defer g.crowd[c].Add(-1)
	return pause(ctx, overAll+time.Duration(min(before, maxCrowd))*step)
}

// reserve asks the shared limiter, or the own one when there is none or it does not answer:
// somebody waits for the message. With all limits lifted nobody is asked.
func (g *gate) reserve(ctx context.Context, chat int64, meets queue.Pace, asked entrance) (inChat, overAll time.Duration) {
	if inChat, overAll = g.local.closed(chat); inChat > 0 || overAll > 0 {
		return inChat, overAll
	}
	if g.limits == (Limits{}) {
		return 0, 0
	}
	err := g.ask(ctx, func(ctx context.Context) (err error) {
		if asked == nil {
			inChat, overAll, err = g.shared.Reserve(ctx, chat, meets)
		} else {
			inChat, overAll, err = asked(ctx)
		}
		return err
	})
	switch {
	case err != nil:
		return g.local.take(chat, meets, time.Now(), false)
	case inChat == 0 && overAll == 0:
		g.local.take(chat, meets, time.Now(), true)
	}
	return inChat, overAll
}

// enter asks for a place in a chat along with the next question that somebody asks the shared
// limiter.
func (g *gate) enter(ctx context.Context, chat int64, meets queue.Pace) entrance {
	if g.limits == (Limits{}) || g.shared == nil || time.Now().UnixNano() < g.away.Load() {
		return nil
	}
	if inChat, overAll := g.local.closed(chat); inChat > 0 || overAll > 0 {
		return nil
	}
	return g.shared.ReserveSoon(ctx, chat, meets)
}

// floodWindow and manyFloods say when silence is kept in all chats: this many chats that
// want it within this time mean that the bot as a whole is too fast.
const (
	floodWindow = 5 * time.Second
	manyFloods  = 3
)

// close obeys Telegram's wish for silence.
func (g *gate) close(ctx context.Context, chat int64, d time.Duration) {
	chats, _ := g.local.Close(ctx, chat, d, floodWindow)
	if g.limits != (Limits{}) {
		_ = g.ask(ctx, func(ctx context.Context) (err error) { // without an answer the own count stands
			shared, err := g.shared.Close(ctx, chat, d, floodWindow)
			chats = max(chats, shared)
			return err
		})
	}
	if chat != 0 && chats >= manyFloods {
		g.close(ctx, 0, d)
	}
}

// errAway says that the shared limiter was not asked.
var errAway = errors.New("the shared limiter is away")

// ask calls f with little time, and not at all soon after the limiter did not answer.
func (g *gate) ask(ctx context.Context, f func(context.Context) error) error {
	if g.shared == nil || time.Now().UnixNano() < g.away.Load() {
		return errAway
	}
	short, cancel := context.WithTimeout(ctx, askWithin)
	defer cancel()
	err := f(short)
	if err != nil && ctx.Err() == nil {
		g.away.Store(time.Now().Add(askAgain).UnixNano())
	}
	if err != nil {
		return fmt.Errorf("shared limiter: %w", err)
	}
	return nil
}

func pause(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
