package jobs

import (
	"context"
	"errors"
	"fmt"
	"time"

	"xingfuli/bot/card"
	"xingfuli/bot/queue"
	"xingfuli/bot/telegram"
	"xingfuli/bot/text"
)

// pump gives chats that wait their turn, one delivery after the other, the urgent ones first.
func (p *Post) pump(ctx context.Context) {
	room := make(chan struct{}, maxSending)
	for round := 0; ctx.Err() == nil; round++ {
		d, ok := p.next(round)
		if !ok {
			select {
			case <-ctx.Done():
			case <-p.news:
			}
			continue
		}
		select {
		case <-ctx.Done():
			return
		case room <- struct{}{}:
		}
		if !p.one(ctx, d, func() { <-room }) {
			<-room
		}
	}
}

// next is the delivery whose turn it is.
func (p *Post) next(round int) (queue.Delivery, bool) {
	all := p.active.Load()
	if all == nil || time.Now().UnixNano() < p.away.Load() {
		return queue.Delivery{}, false
	}
	var ready []queue.Delivery
	quiet := p.Quiet(p.Now())
	for _, d := range *all {
		if d.State != queue.Running || d.Ready == 0 || quiet && d.Waits() {
			continue
		}
		if len(ready) > 0 && ready[0].Urgent && !d.Urgent {
			break
		}
		ready = append(ready, d)
	}
	if len(ready) == 0 {
		return queue.Delivery{}, false
	}
	return ready[round%len(ready)], true
}

// drained notes, until the deliveries are looked at again, that one has nobody to send to now.
func (p *Post) drained(id string) {
	all := p.active.Load()
	list := make([]queue.Delivery, len(*all))
	for i, d := range *all {
		if d.ID == id {
			d.Ready = 0
		}
		list[i] = d
	}
	p.active.CompareAndSwap(all, &list)
}

// one sends to the next chat of a delivery, beside the others, and calls done at the end; it
// returns false when there is none. A chat is taken only when its message may go out at once:
// what waits at a kill is sent by another process, and nobody doubts that.
func (p *Post) one(ctx context.Context, d queue.Delivery, done func()) bool {
	load := 1
	if n, ok := p.loads.Load(d.ID); ok {
		load = n.(int)
	}
	if k := p.kinds[d.Kind]; k.Do != nil {
		load = 0 // it asks for its place itself
	} else if load > 1 || time.Since(p.spare) > spareFor {
		if err := p.place(ctx, load)(ctx); err != nil {
			p.hush(ctx, "place", err)
			return false
		}
	}
	p.spare = time.Time{}
	if ctx.Err() != nil {
		return false
	}
	if load > 0 && d.Ready > 1 {
		p.ahead = place{load, p.Sender.Place(ctx, load)} // asked for together with the chat
	}
	to, idle, running, err := p.Store.Take(ctx, d.ID, p.Owner, p.Lease, p.Now())
	if err != nil {
		p.hush(ctx, "take", err)
		return false
	}
	if idle || !running {
		p.spare = time.Now()
		p.drained(d.ID)
		return false
	}
	p.flying.Add(1)
	p.work.Go(func() {
		defer done()
		defer p.flying.Add(-1)
		p.send(context.WithoutCancel(ctx), d, to, load)
	})
	return true
}

// place is where the next message may go out: a time that was asked for ahead, or one that is
// asked for now.
type place struct {
	load int // of the message
	wait func(context.Context) error
}

func (p *Post) place(ctx context.Context, load int) func(context.Context) error {
	ahead := p.ahead
	p.ahead = place{}
	if ahead.wait == nil || ahead.load != load {
		return p.Sender.Place(ctx, load)
	}
	return ahead.wait
}

// hush waits before anything else is sent, when Redis or Telegram is not reached.
func (p *Post) hush(ctx context.Context, what string, err error) {
	if ctx.Err() != nil {
		return
	}
	p.Log.Warn("deliveries wait", "at", what, "err", err)
	p.away.Store(time.Now().Add(awayFor).UnixNano())
}

// send sends to one chat and notes what became of it.
func (p *Post) send(ctx context.Context, d queue.Delivery, to queue.Chat, placed int) {
	row, wait, counted := p.judge(ctx, d, to, p.deliver(ctx, d, &to, placed))
	for try := 1; ; try++ { // while Redis is away; who does not come back is declared unknown
		err := p.Store.Settle(ctx, d.ID, p.Owner, row, wait, counted, p.Now())
		if err == nil {
			return
		}
		if try == 30 {
			p.Log.Error("what became of a message was not noted", "delivery", d.ID, "chat", to.ID, "err", err)
			return
		}
		time.Sleep(time.Duration(try) * 100 * time.Millisecond)
	}
}

// outcome is what came of sending to one chat.
type outcome struct {
	sent telegram.Sent
	why  queue.Why // known before it was tried
	err  error
}

func (p *Post) deliver(ctx context.Context, d queue.Delivery, to *queue.Chat, placed int) (o outcome) {
	ctx, cancel := context.WithTimeout(ctx, sendWithin)
	defer cancel()
	defer func() {
		if r := recover(); r != nil {
			o.err = fmt.Errorf("%w: %v", errCompose, r)
		}
	}()
	k, ok := p.kinds[d.Kind]
	if !ok {
		return outcome{err: errKind}
	}
	var entry telegram.Entry
	if k.Do == nil && placed == 1 {
		entry = p.Sender.Enter(ctx, to.ID) // asked for together with what is known of the chat
	}
	known, err := p.Store.Known(ctx, to.ID, max(to.ID, 0))
	if err != nil {
		return outcome{err: fmt.Errorf("%w: %w", queue.ErrLater, err)}
	}
	if to.ID > 0 && known.Person.Gone != "" {
		return outcome{why: known.Person.Gone}
	}
	w := text.In(text.Match(known.Chat.Language, p.Default))
	if k.Do != nil {
		sent, err := k.Do(ctx, d, *to, w)
		return outcome{sent: sent, err: err}
	}
	m, err := p.message(ctx, k, d, *to, w)
	if errors.Is(err, queue.ErrUnwanted) {
		return outcome{why: queue.WhyUnwanted}
	}
	if err != nil {
		return outcome{err: fmt.Errorf("%w: %w", errCompose, err)}
	}
	m.Placed, m.Entry = placed, entry
	p.loads.Store(d.ID, m.Load())
	sent, err := p.Sender.Deliver(ctx, *to, m)
	return outcome{sent: sent, err: err}
}

// errCompose says that a message could not be made.
var errCompose = errors.New("jobs: the message could not be made")

// message is what a chat gets, with the label and the buttons of its delivery.
func (p *Post) message(ctx context.Context, k PostKind, d queue.Delivery, to queue.Chat, w text.Words) (telegram.Message, error) {
	m, err := k.Compose(ctx, d, to, w)
	if err != nil {
		return m, err
	}
	return card.Posted(w, d, m), nil
}

// judge makes of what came of it a row, and for one that is queued again how long it waits and
// whether that is the chat's own fault.
func (p *Post) judge(ctx context.Context, d queue.Delivery, to queue.Chat, o outcome) (row queue.Row, wait time.Duration, counted bool) {
	row = queue.Row{To: to, Chat: o.sent.Chat, Messages: o.sent.IDs}
	var part *telegram.PartError
	var api *telegram.APIError
	switch err := o.err; {
	case o.why != "":
		row.State, row.Why = queue.RowFailed, o.why
	case err == nil:
		row.State = queue.RowSent
	case errors.Is(err, queue.ErrUnknown), errors.As(err, &part):
		row.State = queue.RowUnknown // a part that has arrived must not come twice
	case errors.Is(err, queue.ErrUnreachable), errors.Is(err, queue.ErrRefused):
		row.State, row.Why = queue.RowFailed, telegram.WhyNot(err, to.ID)
	case errors.As(err, &api):
		row.State = queue.RowQueued
		return row, max(putBackFor, api.RetryAfter), true
	case errors.Is(err, errCompose), errors.Is(err, errKind):
		p.Log.Error("a message could not be made", "delivery", d.ID, "kind", d.Kind, "chat", to.ID, "err", err)
		row.State = queue.RowQueued
		return row, putBackFor, true
	default:
		p.hush(ctx, "send", err)
		row.State = queue.RowQueued
		return row, awayFor, false
	}
	return row, 0, false
}
