package jobs

import (
	"context"
	"errors"
	"sync"
	"time"

	"xingfuli/bot/card"
	"xingfuli/bot/community"
	"xingfuli/bot/queue"
	"xingfuli/bot/telegram"
	"xingfuli/bot/text"
)

// TellStore keeps who is to be told of an answer.
type TellStore interface {
	Tell(ctx context.Context, now time.Time, again time.Duration) (community.Tell, bool, error)
	Told(ctx context.Context, t community.Tell) error
	Content(ctx context.Context) (int64, error)
	Answers(ctx context.Context, content int64) ([]community.Answer, error)
	Known(ctx context.Context, chat, user int64) (queue.Known, error)
}

// Speaker sends a message.
type Speaker interface {
	Send(ctx context.Context, to queue.Chat, m telegram.Message) (int, error)
}

// Answered tells those who asked, and wanted to know, once and in private, that there is an
// answer. Nobody is told in the quiet hours.
type Answered struct {
	Store   TellStore
	Sender  Speaker
	Default text.Language
	Now     func() time.Time
	Quiet   func(time.Time) bool

	mu sync.Mutex
}

const (
	// tellWithin is how long telling one person may take, with all waiting for Telegram.
	tellWithin = 2 * time.Minute
	// tellAgain is after how long another replica tells whom this one has not.
	tellAgain = 2 * tellWithin
)

// Job is the upkeep that tells.
func (j *Answered) Job() Job { return Job{Name: "answered", Every: 5 * time.Second, Run: j.Run} }

// Run tells everybody who is to be told now. Whom a process was telling when it was killed is
// told by the next one.
func (j *Answered) Run(ctx context.Context) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	for ctx.Err() == nil {
		now := j.Now()
		if j.Quiet(now) {
			return nil
		}
		t, ok, err := j.Store.Tell(ctx, now, tellAgain)
		if err != nil || !ok {
			return err
		}
		if err := j.tell(ctx, t); err != nil {
			return err
		}
	}
	return nil
}

// tell tells one person. Who cannot be reached is not tried again; nor is a message of which
// nobody knows whether it arrived.
func (j *Answered) tell(ctx context.Context, t community.Tell) error {
	ctx, cancel := context.WithTimeout(ctx, tellWithin)
	defer cancel()
	content, err := j.Store.Content(ctx)
	if err != nil {
		return err
	}
	all, err := j.Store.Answers(ctx, content)
	if err != nil {
		return err
	}
	for _, a := range all {
		if a.ID != t.Answer {
			continue
		}
		known, err := j.Store.Known(ctx, t.User, t.User)
		if err != nil {
			return err
		}
		m := card.Told(text.In(text.Match(known.Person.Language, j.Default)), a)
		m.Class = queue.Scheduled
		if _, err := j.Sender.Send(ctx, queue.Chat{ID: t.User}, m); !ended(err) {
			return err // it is tried again
		}
	}
	return j.Store.Told(context.WithoutCancel(ctx), t)
}

// ended tells whether there is no point in telling again.
func ended(err error) bool {
	return err == nil || errors.Is(err, queue.ErrUnreachable) || errors.Is(err, queue.ErrUnknown) || errors.Is(err, queue.ErrRefused)
}
