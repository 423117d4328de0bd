package app

import (
	"context"
	"errors"
	"fmt"
	"time"

	"xingfuli/bot/queue"
	"xingfuli/bot/telegram"
	"xingfuli/bot/text"
)

// letters tells the admins of updates that could not be handled, each of them once an hour at
// most, and not again of what they were told. It is asked whenever an update is parked and
// once a minute: a process that dies in between leaves nobody untold.
func (a *App) letters(ctx context.Context) error {
	newest, err := a.inbox.Dead(ctx, "", 1)
	if err != nil || len(newest) == 0 {
		return err
	}
	for _, admin := range a.config.Admins {
		err = errors.Join(err, a.letter(ctx, admin, newest[0]))
	}
	return err
}

func (a *App) letter(ctx context.Context, admin int64, newest queue.Dead) error {
	name := fmt.Sprintf("parked:%d", admin)
	told, err := a.Store.Note(ctx, name)
	if err != nil || told == newest.Entry {
		return err
	}
	first, err := a.Store.Once(ctx, name+":hour", time.Hour)
	if err != nil || !first {
		return err
	}
	if err := a.tell(ctx, admin, "dead.parked", map[string]any{"Code": newest.Code}); err != nil && !errors.Is(err, queue.ErrUnreachable) {
		return err
	}
	return a.Store.SetNote(ctx, name, newest.Entry)
}

// tell writes to an admin in their language, without a sound in the quiet hours. A
// message of which nobody knows whether it arrived is not sent again.
func (a *App) tell(ctx context.Context, admin int64, key string, data any) error {
	known, err := a.Store.Known(ctx, admin, admin)
	if err != nil {
		return err
	}
	w := text.In(text.Match(known.Person.Language, a.router.Default))
	m := telegram.Message{HTML: w.HTML(key, data), Silent: a.config.Quiet.In(a.router.Now())}
	if _, err := a.sender.Send(ctx, queue.Chat{ID: admin}, m); err != nil && !errors.Is(err, queue.ErrUnknown) {
		return err
	}
	return nil
}
