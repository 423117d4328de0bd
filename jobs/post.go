package jobs

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"xingfuli/bot/queue"
	"xingfuli/bot/telegram"
	"xingfuli/bot/text"
)

// PostStore keeps deliveries and their rows.
type PostStore interface {
	ActiveDeliveries(ctx context.Context) ([]queue.Delivery, error)
	Hold(ctx context.Context, name, replica string, ttl time.Duration) (bool, error)
	Release(ctx context.Context, name, replica string) error
	Fill(ctx context.Context, id string, chats []queue.Chat) error
	Filled(ctx context.Context, id string, now time.Time) error
	Steer(ctx context.Context, id string, to queue.State, now time.Time, from ...queue.State) (queue.State, error)
	Take(ctx context.Context, id, owner string, ttl time.Duration, now time.Time) (to queue.Chat, idle, running bool, err error)
	Settle(ctx context.Context, id, owner string, r queue.Row, wait time.Duration, counted bool, now time.Time) error
	Alive(ctx context.Context, owner string, ttl time.Duration) error
	Lose(ctx context.Context, id string, now time.Time) error
	Known(ctx context.Context, chat, user int64) (queue.Known, error)
	MayReport(ctx context.Context, id, mark string, every time.Duration, last bool) (bool, error)
	Reported(ctx context.Context, d queue.Delivery, mark string, last bool) error
}

// PostSender sends to a crowd.
type PostSender interface {
	Place(ctx context.Context, n int) func(context.Context) error
	Enter(ctx context.Context, chat int64) telegram.Entry
	Deliver(ctx context.Context, to queue.Chat, m telegram.Message) (telegram.Sent, error)
	Edit(ctx context.Context, chat int64, id int, m telegram.Message) error
}

// PostKind is what deliveries of a kind are.
type PostKind struct {
	// Fill calls page with all chats of a delivery, some at a time; again after a kill.
	Fill func(ctx context.Context, d queue.Delivery, page func(context.Context, []queue.Chat) error) error
	// Compose makes the message for a chat, in its language. With queue.ErrUnwanted the chat gets none.
	Compose func(ctx context.Context, d queue.Delivery, to queue.Chat, w text.Words) (telegram.Message, error)
	// Do is what is done for a chat when that is not to send it what Compose makes.
	Do func(ctx context.Context, d queue.Delivery, to queue.Chat, w text.Words) (telegram.Sent, error)
}

// Post sends deliveries, on all replicas together. Which chat is next, and what became of each,
// Redis knows: a process that is killed leaves some chats of which nobody knows, and never
// one that gets a message twice or not at all.
type Post struct {
	Store   PostStore
	Sender  PostSender
	Default text.Language
	Now     func() time.Time
	Quiet   func(time.Time) bool // what is not urgent waits as long as it is true
	Owner   string               // this process; no other ever has it
	Lease   time.Duration        // an owner that says nothing for so long is dead
	Every   time.Duration        // between two reports to an author (ReportEvery)
	Log     *slog.Logger

	kinds map[string]PostKind

	ahead   place     // of the next message
	spare   time.Time // a place that nobody took: when it came
	active  atomic.Pointer[[]queue.Delivery]
	news    chan struct{} // active is another one
	wake    chan struct{} // somebody started or steered a delivery
	flying  atomic.Int64  // chats that are being sent to
	work    sync.WaitGroup
	minding sync.Map // delivery → somebody of this process minds it
	failed  sync.Map // delivery → how often it was not filled
	loads   sync.Map // delivery → how many messages one of its chats gets
	away    atomic.Int64
}

const (
	postEvery  = time.Second      // how often it is looked for what others started
	maxSending = 64               // chats that a process sends to at a time
	sendWithin = 30 * time.Second // for one chat, with all its waiting
	putBackFor = 5 * time.Second  // how long a chat is left alone that could not be sent to
	awayFor    = 2 * time.Second  // how long all wait when Telegram is not reached
	spareFor   = 100 * time.Millisecond
)

// NewPost makes a Post of which all fields are still to be set.
func NewPost() *Post {
	return &Post{kinds: map[string]PostKind{}, news: make(chan struct{}, 1), wake: make(chan struct{}, 1)}
}

// Register says what deliveries of a kind are. All kinds are registered before Run.
func (p *Post) Register(kind string, k PostKind) { p.kinds[kind] = k }

// Wake says that a delivery was started or steered, which is found out a second later anyway.
func (p *Post) Wake() { nudge(p.wake) }

func nudge(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// Run sends until ctx ends, and returns when all that was begun is noted.
func (p *Post) Run(ctx context.Context) error {
	var both sync.WaitGroup
	both.Go(func() { p.keep(ctx) })
	both.Go(func() { p.pump(ctx) })
	done := make(chan struct{})
	go p.live(context.WithoutCancel(ctx), done)
	both.Wait()
	p.work.Wait()
	close(done)
	return nil
}

// live says that this process is alive, as long as it sends.
func (p *Post) live(ctx context.Context, done <-chan struct{}) {
	beat := time.NewTicker(p.Lease / 4)
	defer beat.Stop()
	for {
		select {
		case <-done:
			return
		case <-beat.C:
		}
		if p.flying.Load() == 0 {
			continue
		}
		if err := p.Store.Alive(ctx, p.Owner, p.Lease); err != nil {
			p.Log.Warn("deliveries", "at", "alive", "err", err)
		}
	}
}

// keep looks after the deliveries: it fills them, finds what dead processes left, and tells
// their authors.
func (p *Post) keep(ctx context.Context) {
	beat := time.NewTicker(postEvery)
	defer beat.Stop()
	for ctx.Err() == nil {
		if err := p.look(ctx); err != nil && ctx.Err() == nil {
			p.Log.Warn("deliveries", "err", err)
		}
		select {
		case <-ctx.Done():
		case <-beat.C:
		case <-p.wake:
		}
	}
}

// look reads the deliveries once and has each of them minded.
func (p *Post) look(ctx context.Context) error {
	all, err := p.Store.ActiveDeliveries(ctx)
	if err != nil {
		return err
	}
	p.active.Store(&all)
	nudge(p.news)
	for _, d := range all {
		if _, busy := p.minding.LoadOrStore(d.ID, true); busy {
			continue
		}
		p.work.Go(func() {
			defer p.minding.Delete(d.ID)
			if err := p.mind(ctx, d); err != nil && ctx.Err() == nil {
				p.Log.Warn("delivery", "id", d.ID, "kind", d.Kind, "err", err)
			}
		})
	}
	return nil
}

func (p *Post) mind(ctx context.Context, d queue.Delivery) error {
	if d.State == queue.Filling {
		return p.fill(ctx, d)
	}
	if d.Sending > 0 {
		if err := p.Store.Lose(ctx, d.ID, p.Now()); err != nil {
			return err
		}
	}
	return p.report(ctx, d)
}

const (
	fillFor   = 10 * time.Second
	fillAgain = fillFor / 4
)

// fill writes the rows of a delivery. Another process does it anew when this one dies.
func (p *Post) fill(ctx context.Context, d queue.Delivery) error {
	lease := "fill:" + d.ID
	if held, err := p.Store.Hold(ctx, lease, p.Owner, fillFor); err != nil || !held {
		return err
	}
	defer func() { _ = p.Store.Release(context.WithoutCancel(ctx), lease, p.Owner) }()
	renewed := time.Now()
	page := func(ctx context.Context, chats []queue.Chat) error {
		if time.Since(renewed) > fillAgain {
			renewed = time.Now()
			if held, err := p.Store.Hold(ctx, lease, p.Owner, fillFor); err != nil || !held {
				return fmt.Errorf("fill: the lease is lost: %w", err)
			}
		}
		return p.Store.Fill(ctx, d.ID, chats)
	}
	switch err := p.recipients(ctx, d, page); {
	case errors.Is(err, queue.ErrConflict):
		return nil // somebody else has filled it
	case err != nil:
		return p.unfilled(ctx, d, fmt.Errorf("fill: %w", err))
	}
	err := p.Store.Filled(ctx, d.ID, p.Now())
	p.Wake()
	return err
}

// fewFills is how often a process tries to fill a delivery whose recipients cannot be found.
const fewFills = 10

// unfilled stops a delivery that cannot be filled: it would be tried for ever.
func (p *Post) unfilled(ctx context.Context, d queue.Delivery, err error) error {
	n, _ := p.failed.LoadOrStore(d.ID, new(atomic.Int64))
	if ctx.Err() != nil || n.(*atomic.Int64).Add(1) < fewFills {
		return err
	}
	p.failed.Delete(d.ID)
	p.Log.Error("a delivery was stopped", "id", d.ID, "kind", d.Kind, "err", err)
	_, stop := p.Store.Steer(ctx, d.ID, queue.Stopped, p.Now(), queue.Running, queue.Paused)
	return stop
}

// recipients are those of the delivery's kind; of a rehearsal only the author.
func (p *Post) recipients(ctx context.Context, d queue.Delivery, page func(context.Context, []queue.Chat) error) error {
	if d.Rehearsal {
		return page(ctx, []queue.Chat{{ID: d.Author}})
	}
	k, ok := p.kinds[d.Kind]
	if !ok {
		return errKind
	}
	return k.Fill(ctx, d, page)
}

// errKind says that another version of the bot has started the delivery.
var errKind = errors.New("jobs: nobody knows this kind of delivery")
