package telegram_test

import (
	"context"
	"strings"
	"sync/atomic"
	"testing"

	"xingfuli/bot/sim"
	"xingfuli/bot/telegram"
	"xingfuli/bot/text"
)

// TestHalf breaks a long answer off after its first part: the turn's next try says the rest.
func TestHalf(t *testing.T) {
	t.Parallel()
	h := open(t, func(h *house) {
		h.router.Command("long", func(ctx context.Context, t *telegram.Turn) error {
			_, err := t.Send(ctx, telegram.Message{HTML: text.HTML(strings.Repeat("甲", 4096) + strings.Repeat("乙", 4096))})
			return err
		})
	})
	var calls atomic.Int64
	h.sim.Fail(func(method string, _ int64) *sim.Fault {
		if method == "sendMessage" && calls.Add(1) == 2 {
			return &sim.Fault{Status: 400}
		}
		return nil
	})
	h.play(t, "ana: /long\nbot: 甲…甲\nbot: 乙…乙")
}
