package jobs

import (
	"context"
	"errors"
	"fmt"
	"time"

	"xingfuli/bot/card"
	"xingfuli/bot/queue"
	"xingfuli/bot/text"
)

// ReportEvery is how often the author is told how a delivery goes: edits count in Telegram's
// limits too.
const ReportEvery = 3 * time.Second

// held tells whether a delivery waits for the end of the quiet hours.
func (p *Post) held(d queue.Delivery) bool {
	return d.State == queue.Running && d.Queued > 0 && d.Waits() && p.Quiet(p.Now())
}

// mark stands for what the author is to be told.
func (p *Post) mark(d queue.Delivery) string {
	return fmt.Sprint(d.State, d.Sent, d.Failed, d.Unknown, d.Queued, d.Got, p.held(d))
}

// ended tells whether nothing is done for a delivery any more, unless somebody wants it.
func (p *Post) ended(d queue.Delivery) bool { return !d.Ended.IsZero() && d.Sending == 0 }

// fewRows are sent within about a second.
const fewRows = 30

// soon tells whether there will be more to tell in a moment: the first that an author is told of
// a small delivery is how it went.
func (p *Post) soon(d queue.Delivery) bool {
	return d.State == queue.Filling || d.State == queue.Running && d.Total <= fewRows && d.Ready+d.Sending > 0 && !p.held(d)
}

// report tells the author of a delivery how it stands, in one message that is edited.
func (p *Post) report(ctx context.Context, d queue.Delivery) error {
	mark, last := p.mark(d), p.ended(d)
	if d.Author == 0 || mark == d.Told {
		if last || d.Author == 0 && d.State == queue.Over {
			return p.Store.Reported(ctx, d, mark, true)
		}
		return nil
	}
	if d.Report == 0 && p.soon(d) {
		return nil
	}
	news, err := p.Store.MayReport(ctx, d.ID, mark, p.Every, last)
	if err != nil || !news {
		return err
	}
	known, err := p.Store.Known(ctx, d.Author, d.Author)
	if err != nil {
		return err
	}
	m := card.Delivery(text.In(text.Match(known.Person.Language, p.Default)), d, p.held(d))
	m.Class = queue.Scheduled
	if d.Report == 0 {
		sent, err := p.Sender.Deliver(ctx, queue.Chat{ID: d.Author}, m)
		if err != nil && !settled(err) {
			return err
		}
		d.Report = sent.Last
	} else if err := p.Sender.Edit(ctx, d.Author, d.Report, m); err != nil && !settled(err) {
		return err
	}
	return p.Store.Reported(context.WithoutCancel(ctx), d, mark, last)
}

// settled tells whether it is no use to say the same again.
func settled(err error) bool {
	return errors.Is(err, queue.ErrUnreachable) || errors.Is(err, queue.ErrRefused) || errors.Is(err, queue.ErrUnknown)
}

// Settle waits until all is sent that can be sent now, and the authors know.
func (p *Post) Settle(ctx context.Context) error {
	poll := time.NewTicker(5 * time.Millisecond)
	defer poll.Stop()
	for {
		all, err := p.Store.ActiveDeliveries(ctx)
		if err != nil {
			return err
		}
		busy := p.flying.Load() > 0
		for _, d := range all {
			busy = busy || p.busy(d)
		}
		if !busy {
			return nil
		}
		p.Wake()
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-poll.C:
		}
	}
}

// busy tells whether something will happen to a delivery without anybody doing anything.
func (p *Post) busy(d queue.Delivery) bool {
	switch {
	case d.State == queue.Filling, d.Sending > 0, p.ended(d):
		return true // one that has ended is not active any more once the author knows
	case d.Author != 0 && p.mark(d) != d.Told:
		return true
	}
	return d.State == queue.Running && (d.Ready > 0 || d.Queued == 0) && !p.held(d) // with nothing queued it is about to end
}
