package telegram_test

import (
	"context"
	"testing"

	"xingfuli/bot/queue"
	"xingfuli/bot/telegram"
)

// TestResume handles updates twice from the start, as after a kill at the worst instant: the
// second time nothing is changed again, and nobody is told something that is not so.
func TestResume(t *testing.T) {
	t.Parallel()
	published := map[queue.Op]int{}
	h := open(t, func(h *house) {
		h.router.Command("begin", func(ctx context.Context, t *telegram.Turn) error {
			if err := t.Go(ctx, "form", "ask", "data"); err != nil {
				return err
			}
			_, err := t.Send(ctx, telegram.Message{HTML: "form", Buttons: [][]telegram.Button{{{Label: "publish", Word: "publish", Version: t.Known.Dialogue.Version}}}})
			return err
		})
		h.router.Command("other", func(ctx context.Context, t *telegram.Turn) error {
			_, err := t.Send(ctx, telegram.Message{HTML: "other"})
			return err
		})
		h.router.Step("form", "menu.doing", func(ctx context.Context, t *telegram.Turn) error {
			var s string
			if err := t.Dialogue("form", &s); err != nil {
				return err
			}
			if err := t.Go(ctx, "form", "check", s+"+"+t.Text); err != nil {
				return err
			}
			_, err := t.Send(ctx, telegram.Message{HTML: "step"})
			return err
		})
		h.router.Button("publish", func(ctx context.Context, t *telegram.Turn) error {
			var s string
			if err := t.Dialogue("form", &s); err != nil {
				return err
			}
			published[t.Op()]++
			if err := t.Edit(ctx, telegram.Message{HTML: "published"}); err != nil {
				return err
			}
			return t.End(ctx)
		})
	})
	handle := h.intake.Handle
	h.intake.Handle = func(ctx context.Context, u queue.Update, a *telegram.Attempt) error {
		if err := handle(ctx, u, &telegram.Attempt{}); err != nil { // of a process that was killed before it was noted as done
			return err
		}
		return handle(ctx, u, a)
	}
	h.play(t, `
		ana: /start
		ana: /begin
		bot: form
		bot: form
		ana: /begin
		bot: …put aside…
		bot: form
		bot: form
		ana: [publish]
		bot*: published
		ana: /begin
		bot: form
		bot: form
		ana: /other
		bot: …put aside…
		bot: other
		bot: other`)
	for op, n := range published {
		if n != 1 {
			t.Errorf("op %s was made %d times", op, n)
		}
	}
	if len(published) != 1 {
		t.Errorf("published %v", published)
	}
}
