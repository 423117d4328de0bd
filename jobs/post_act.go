package jobs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"xingfuli/bot/queue"
	"xingfuli/bot/telegram"
	"xingfuli/bot/text"
)

// ActStore reads what earlier deliveries have sent.
type ActStore interface {
	Delivery(ctx context.Context, id string) (queue.Delivery, error)
	Rows(ctx context.Context, id string, page func(context.Context, []queue.Row) error) error
	Row(ctx context.Context, id string, to queue.Chat) (queue.Row, bool, error)
	GotBy(ctx context.Context, id string, users []int64) ([]int64, error)
}

// ActSender changes what was sent.
type ActSender interface {
	Revise(ctx context.Context, chat int64, ids []int, now telegram.Message) error
	Delete(ctx context.Context, chat int64, ids []int, c queue.Class) error
}

// RegisterActs registers the deliveries that are about another one: those that correct it, take
// it back, and remind of it. Each has rows of its own, so that what is interrupted goes on.
func (p *Post) RegisterActs(store ActStore, sender ActSender) {
	a := acts{p, store, sender}
	p.Register(queue.KindRevise, PostKind{Fill: a.sentTo, Do: a.revise})
	p.Register(queue.KindRecall, PostKind{Fill: a.sentTo, Do: a.recall})
	p.Register(queue.KindRemind, PostKind{Fill: a.silent, Compose: a.remind})
}

type acts struct {
	post   *Post
	store  ActStore
	sender ActSender
}

// sentTo lists the chats that the other delivery has reached.
func (a acts) sentTo(ctx context.Context, d queue.Delivery, page func(context.Context, []queue.Chat) error) error {
	return a.store.Rows(ctx, d.Ref, func(ctx context.Context, rows []queue.Row) error {
		var chats []queue.Chat
		for _, r := range rows {
			if r.State == queue.RowSent {
				chats = append(chats, r.To)
			}
		}
		return page(ctx, chats)
	})
}

// silent lists the people whom the other delivery has reached and who have not said so, but for
// its author.
func (a acts) silent(ctx context.Context, d queue.Delivery, page func(context.Context, []queue.Chat) error) error {
	of, err := a.store.Delivery(ctx, d.Ref)
	if err != nil {
		return err
	}
	return a.sentTo(ctx, d, func(ctx context.Context, chats []queue.Chat) error {
		chats = slices.DeleteFunc(chats, func(c queue.Chat) bool { return c.ID < 0 || c.ID == of.Author })
		users := make([]int64, len(chats))
		for i, c := range chats {
			users[i] = c.ID
		}
		got, err := a.store.GotBy(ctx, d.Ref, users)
		if err != nil {
			return err
		}
		return page(ctx, slices.DeleteFunc(chats, func(c queue.Chat) bool { return slices.Contains(got, c.ID) }))
	})
}

// row is what the other delivery has sent to a chat, and where.
func (a acts) row(ctx context.Context, d queue.Delivery, to queue.Chat) (queue.Row, error) {
	r, ok, err := a.store.Row(ctx, d.Ref, to)
	if err != nil {
		return r, fmt.Errorf("%w: %w", queue.ErrLater, err)
	}
	if !ok || r.State != queue.RowSent || len(r.Messages) == 0 {
		return r, fmt.Errorf("%s was sent nothing of %s: %w", to, d.Ref, queue.ErrRefused)
	}
	if r.Chat == 0 {
		r.Chat = to.ID
	}
	return r, nil
}

// Revision is the body of a delivery that corrects another one: what that one is made of now.
type Revision struct {
	Body json.RawMessage `json:"body"`
}

// revise makes what was sent say what the other delivery's kind makes of the new body.
func (a acts) revise(ctx context.Context, d queue.Delivery, to queue.Chat, w text.Words) (telegram.Sent, error) {
	r, err := a.row(ctx, d, to)
	if err != nil {
		return telegram.Sent{}, err
	}
	of, err := a.store.Delivery(ctx, d.Ref)
	if err != nil {
		return telegram.Sent{}, fmt.Errorf("%w: %w", queue.ErrLater, err)
	}
	var v Revision
	if err := json.Unmarshal(d.Body, &v); err != nil {
		return telegram.Sent{}, fmt.Errorf("%w: %w", errCompose, err)
	}
	of.Body = v.Body
	m, err := a.post.message(ctx, a.post.kinds[of.Kind], of, to, w)
	if err != nil {
		return telegram.Sent{}, fmt.Errorf("%w: %w", errCompose, err)
	}
	return telegram.Sent{Chat: r.Chat, IDs: r.Messages}, a.sender.Revise(ctx, r.Chat, r.Messages, m)
}

// recall deletes what was sent. What somebody has deleted before is deleted.
func (a acts) recall(ctx context.Context, d queue.Delivery, to queue.Chat, _ text.Words) (telegram.Sent, error) {
	r, err := a.row(ctx, d, to)
	if err != nil {
		return telegram.Sent{}, err
	}
	err = a.sender.Delete(ctx, r.Chat, r.Messages, queue.Bulk)
	if errors.Is(err, queue.ErrRefused) && telegram.WhyNot(err, to.ID) == queue.WhyGone {
		err = nil
	}
	return telegram.Sent{Chat: r.Chat, IDs: r.Messages}, err
}

// remind quotes what was sent.
func (a acts) remind(ctx context.Context, d queue.Delivery, to queue.Chat, w text.Words) (telegram.Message, error) {
	m := telegram.Message{HTML: w.HTML("post.remind_text", nil)}
	m.Buttons = [][]telegram.Button{{{Label: w.Plain("post.got", nil), Word: "got", ID: d.Ref}}}
	r, err := a.row(ctx, d, to)
	if errors.Is(err, queue.ErrLater) {
		return m, err
	}
	if err == nil {
		m.Reply = r.Messages[0]
	}
	return m, nil
}
