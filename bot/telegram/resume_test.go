package telegram_test

import (
	"context"
	"testing"

	"xingfuli/bot/community"
	"xingfuli/bot/queue"
	"xingfuli/bot/telegram"
	"xingfuli/handlers"
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
	h.killAtEnd()
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

// TestResumeCancel leaves a dialogue and is repeated: nobody reads that there was none.
func TestResumeCancel(t *testing.T) {
	t.Parallel()
	h := open(t, func(h *house) {
		h.router.Step("form", "menu.doing", func(context.Context, *telegram.Turn) error { return nil })
		h.router.Command("begin", func(ctx context.Context, t *telegram.Turn) error { return t.Go(ctx, "form", "ask", nil) })
		handlers.Chat{Store: h.store, Staff: nobody{}}.Register(h.router)
	})
	h.killAtEnd()
	h.play(t, `
		ana: /start
		bot: Hello…
		bot: Hello…
		ana: /begin
		ana: /cancel
		bot: All right, I have dropped it. Nothing of it was kept.
		ana: /cancel
		bot: You have nothing half done…
		bot: You have nothing half done…`)
}

// killAtEnd handles every update a second time from the start, as when the process was
// killed before it noted that it was done.
func (h *house) killAtEnd() {
	handle := h.intake.Handle
	h.intake.Handle = func(ctx context.Context, u queue.Update, a *telegram.Attempt) error {
		if err := handle(ctx, u, &telegram.Attempt{}); err != nil {
			return err
		}
		return handle(ctx, u, a)
	}
}

// nobody has a role.
type nobody struct{}

func (nobody) Grants(context.Context, int64) (community.Grants, error) { return nil, nil }
