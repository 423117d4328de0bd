package telegram_test

import (
	"context"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"xingfuli/bot/telegram"
)

// TestFlood warns a person who asks too much once, then is silent until the bucket refills.
// Others in the same group are answered as ever, and staff are never held back.
func TestFlood(t *testing.T) {
	t.Parallel()
	var now atomic.Int64
	now.Store(1_800_000_000)
	h := open(t, func(h *house) {
		h.router.Now = func() time.Time { return time.Unix(now.Load(), 0) }
		h.router.Flood = telegram.Flood{
			Person: telegram.Bucket{Size: 3, Refill: time.Minute}, Group: telegram.Bucket{Size: 100, Refill: time.Minute},
			Exempt: func(_ context.Context, user int64) (bool, error) { return user == ben, nil },
		}
		h.router.Command("fine", say("chat.cancelled"))
		h.router.Button("x", func(ctx context.Context, t *telegram.Turn) error { return t.Toast(ctx, "chat.cancelled", nil) })
		h.router.Command("show", func(ctx context.Context, t *telegram.Turn) error {
			_, err := t.Send(ctx, telegram.Message{HTML: "shown", Buttons: [][]telegram.Button{{{Label: "x", Word: "x"}}}})
			return err
		})
	})
	fine := "bot@group: All right…\n"
	h.play(t, "ana@group: /show\nbot@group: shown\n"+strings.Repeat("ana@group: /fine\n"+fine, 2)+`
		ana@group: /fine
		bot@group: You are asking faster than I can answer. Please give me a minute.
		ana@group: /fine
		bot@group: (silence)
		ana@group: chatter
		bot@group: (silence)`)
	last := h.sim.History(ana, -1001, 0, 50)
	for _, m := range last {
		if len(m.Buttons) > 0 {
			if toast, err := h.sim.Press(t.Context(), ana, -1001, m.ID, "x"); err != nil || !toast.Answered || toast.Text != "" {
				t.Errorf("a press while held back: %+v, %v", toast, err)
			}
		}
	}
	h.play(t, strings.Repeat("ben@group: /fine\n"+fine, 8))
	now.Add(60)
	h.play(t, "ana@group: /fine\n"+fine+`
		ana@group: /fine
		bot@group: (silence)`) // told already
	now.Add(180)
	h.play(t, strings.Repeat("ana@group: /fine\n"+fine, 3)+`
		ana@group: /fine
		bot@group: You are asking faster than I can answer. Please give me a minute.`)
}
