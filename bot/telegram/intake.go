package telegram

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"xingfuli/bot/queue"
)

// Inbox keeps updates between being accepted and being handled.
type Inbox interface {
	// Accept keeps those updates that it has not had before, in this order, and returns their number.
	Accept(ctx context.Context, us []queue.Update) (fresh int, err error)
	// Take returns updates after the cursor, which it moves on, and waits a second at most for some to come.
	Take(ctx context.Context, c *queue.Cursor) ([]queue.Update, error)
	// Done forgets updates that have been handled.
	Done(ctx context.Context, us []queue.Update) error
}

// Intake takes updates out of the inbox and has them handled: those of one lane one
// after another, lanes beside each other. An update is forgotten when its handler is
// done, so that a killed process finds it again.
type Intake struct {
	Inbox  Inbox
	Handle func(context.Context, queue.Update) error
	Log    *slog.Logger

	mu    sync.Mutex
	lanes map[int64][]queue.Update // waiting in each lane; the first is being handled
	held  int                      // updates in lanes
	work  sync.WaitGroup
	done  chan queue.Update
	room  *sync.Cond
	quiet *sync.Cond
	taken int64 // accepted by this process
	ended int64 // handled by this process
}

// maxHeld is how many updates one process takes out of the inbox at most.
const maxHeld = 4096

// NewIntake makes an Intake that gives updates to handle.
func NewIntake(inbox Inbox, handle func(context.Context, queue.Update) error, log *slog.Logger) *Intake {
	in := &Intake{Inbox: inbox, Handle: handle, Log: log, lanes: map[int64][]queue.Update{}, done: make(chan queue.Update, maxHeld)}
	in.room, in.quiet = sync.NewCond(&in.mu), sync.NewCond(&in.mu)
	return in
}

// Accept keeps updates in the inbox; only when it returns nil may they be acknowledged.
func (in *Intake) Accept(ctx context.Context, raws []json.RawMessage) error {
	us := make([]queue.Update, 0, len(raws))
	for _, raw := range raws {
		u, err := Address(raw)
		if err != nil {
			in.Log.Error("update without an ID", "bytes", len(raw))
			continue
		}
		us = append(us, u)
	}
	if len(us) == 0 {
		return nil
	}
	fresh, err := in.Inbox.Accept(ctx, us)
	if err != nil {
		return fmt.Errorf("accept: %w", err)
	}
	in.mu.Lock()
	in.taken += int64(fresh)
	in.mu.Unlock()
	return nil
}

// Run takes updates until ctx ends, then waits for the handlers that have begun.
func (in *Intake) Run(ctx context.Context) {
	work := context.WithoutCancel(ctx)
	forgotten := make(chan struct{})
	go func() { defer close(forgotten); in.forget(work) }()
	in.take(ctx, work)
	in.work.Wait()
	close(in.done)
	<-forgotten
}

func (in *Intake) take(ctx, work context.Context) {
	stop := context.AfterFunc(ctx, func() { in.mu.Lock(); in.room.Broadcast(); in.mu.Unlock() })
	defer stop()
	var cursor queue.Cursor
	for ctx.Err() == nil {
		in.mu.Lock()
		for in.held >= maxHeld && ctx.Err() == nil {
			in.room.Wait()
		}
		in.mu.Unlock()
		us, err := in.Inbox.Take(ctx, &cursor)
		if err != nil {
			if ctx.Err() == nil {
				in.Log.Error("take updates", "err", err)
				_ = pause(ctx, time.Second)
			}
			continue
		}
		if ctx.Err() != nil {
			return // they stay in the inbox for the next process
		}
		for _, u := range us {
			in.add(work, u)
		}
	}
}

func (in *Intake) add(ctx context.Context, u queue.Update) {
	in.mu.Lock()
	defer in.mu.Unlock()
	in.held++
	waiting, busy := in.lanes[u.Lane]
	in.lanes[u.Lane] = append(waiting, u)
	if !busy {
		in.work.Add(1)
		go in.lane(ctx, u.Lane)
	}
}

// lane handles what waits in one lane until nothing does.
func (in *Intake) lane(ctx context.Context, lane int64) {
	defer in.work.Done()
	for {
		in.mu.Lock()
		waiting := in.lanes[lane]
		if len(waiting) == 0 {
			delete(in.lanes, lane)
			in.mu.Unlock()
			return
		}
		u := waiting[0]
		in.lanes[lane] = waiting[1:]
		in.mu.Unlock()
		if err := in.Handle(ctx, u); err != nil {
			in.Log.Error("update", "id", u.ID, "err", err)
		}
		in.done <- u
		in.mu.Lock()
		in.held--
		in.room.Signal()
		in.mu.Unlock()
	}
}

// forget takes handled updates out of the inbox, as many at once as have come together
// while it was busy.
func (in *Intake) forget(ctx context.Context) {
	for u := range in.done {
		us := []queue.Update{u}
		for more := true; more && len(us) < 500; {
			select {
			case next, open := <-in.done:
				if more = open; open {
					us = append(us, next)
				}
			default:
				more = false
			}
		}
		for {
			err := in.Inbox.Done(ctx, us)
			if err == nil {
				break
			}
			in.Log.Error("forget updates", "err", err)
			if errors.Is(pause(ctx, time.Second), context.Canceled) {
				return
			}
		}
		in.mu.Lock()
		in.ended += int64(len(us))
		in.quiet.Broadcast()
		in.mu.Unlock()
	}
}

// Settle waits until every update accepted by this process has been handled.
func (in *Intake) Settle(ctx context.Context) error {
	stop := context.AfterFunc(ctx, func() { in.mu.Lock(); in.quiet.Broadcast(); in.mu.Unlock() })
	defer stop()
	in.mu.Lock()
	defer in.mu.Unlock()
	for in.ended < in.taken && ctx.Err() == nil {
		in.quiet.Wait()
	}
	return ctx.Err()
}

// Address reads of an update only what the inbox needs: its ID and its lane, which is
// the chat it came from, or for what has no chat the person.
func Address(raw []byte) (queue.Update, error) {
	type chat struct {
		Chat struct{ ID int64 } `json:"chat"`
	}
	type from struct {
		From struct{ ID int64 } `json:"from"`
		User struct{ ID int64 } `json:"user"`
		Chat struct{ ID int64 } `json:"chat"`
	}
	var u struct {
		ID       int64 `json:"update_id"`
		Message  *chat `json:"message"`
		Edited   *chat `json:"edited_message"`
		Post     *chat `json:"channel_post"`
		EditPost *chat `json:"edited_channel_post"`
		Press    *struct {
			From    struct{ ID int64 } `json:"from"`
			Message *chat              `json:"message"`
		} `json:"callback_query"`
		Mine *from `json:"my_chat_member"`
		Poll *from `json:"poll_answer"`
	}
	// A field of an unforeseen shape leaves its struct empty: the update is kept all the same.
	err := json.Unmarshal(raw, &u)
	if u.ID == 0 {
		return queue.Update{}, errors.Join(ErrDecode, err)
	}
	to := queue.Update{ID: u.ID, Raw: raw}
	for _, c := range []*chat{u.Message, u.Edited, u.Post, u.EditPost} {
		if c != nil {
			to.Lane = c.Chat.ID
		}
	}
	switch {
	case u.Press != nil && u.Press.Message != nil:
		to.Lane = u.Press.Message.Chat.ID
	case u.Press != nil:
		to.Lane = u.Press.From.ID
	case u.Mine != nil:
		to.Lane = u.Mine.Chat.ID
	case u.Poll != nil:
		to.Lane = u.Poll.User.ID
	}
	return to, nil
}
