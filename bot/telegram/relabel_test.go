package telegram_test

import (
	"context"
	"testing"

	"xingfuli/bot/telegram"
)

// TestRelabel: the pressed button alone says something else, and a press that was made up
// changes nothing.
func TestRelabel(t *testing.T) {
	t.Parallel()
	h := open(t, func(h *house) {
		h.router.Command("two", func(ctx context.Context, t *telegram.Turn) error {
			_, err := t.Send(ctx, telegram.Message{HTML: "two", Buttons: [][]telegram.Button{{{Label: "a", Word: "got", ID: "1"}}, {{Label: "b", Word: "got", ID: "2"}}}})
			return err
		})
		h.router.Button("got", func(ctx context.Context, t *telegram.Turn) error { return t.Relabel(ctx, "✓ "+t.Button.ID) })
	})
	h.play(t, `
		ana: /start
		ana: /two
		bot: two
		| [a]
		| [b]
		ana: [b]
		bot*: two
		| [a]
		| [✓ 2]
		ana: [✓ 2]
		bot: (silence)
		ana: (forge got 3)
		bot: (silence)
		ana: [a]
		bot*: two
		| [✓ 1]
		| [✓ 2]`)
}
