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

// TestPressBehind presses a button while the chat is busy with something that takes long: the
// press does not show its waiting until that is done, and is told its outcome as a message.
func TestPressBehind(t *testing.T) {
	t.Parallel()
	busy, free := make(chan struct{}), make(chan struct{})
	h := open(t, func(h *house) {
		h.router.Command("ask", func(ctx context.Context, t *telegram.Turn) error {
			_, err := t.Send(ctx, telegram.Message{HTML: "press me", Buttons: [][]telegram.Button{{{Label: "Press", Word: "press"}}}})
			return err
		})
		h.router.Button("press", func(ctx context.Context, t *telegram.Turn) error { return t.Toast(ctx, "chat.cancelled", nil) })
		h.router.Command("slow", func(ctx context.Context, t *telegram.Turn) error {
			close(busy)
			<-free
			return t.Say(ctx, "chat.stale", nil)
		})
	})
	h.play(t, "ana: /start\nana: /ask\nbot: press me")
	message := h.sim.History(ana, me, 0, 1)[0].ID
	if _, err := h.sim.Do(t.Context(), ana, me, sim.Act{Text: "/slow"}); err != nil {
		t.Fatal(err)
	}
	<-busy
	toast, err := h.sim.Press(t.Context(), ana, me, message, "press") // returns when it is answered
	if err != nil || toast.Text != "" {
		t.Errorf("the press was answered %+v, %v", toast, err)
	}
	close(free)
	if err := h.intake.Settle(t.Context()); err != nil {
		t.Fatal(err)
	}
	said := h.sim.History(ana, me, 0, 2)
	if first, last := said[len(said)-2].Text, said[len(said)-1].Text; !strings.Contains(first, "out of date") || !strings.HasPrefix(last, "All right") {
		t.Errorf("said %q, %q", first, last)
	}
	if n := h.sim.Counts()["answerCallbackQuery"].Calls; n != 1 {
		t.Errorf("the press was answered %d times", n)
	}
}

// TestRefused has Telegram refuse what a handler says: it would be refused every time, and so
// the person is told at once.
func TestRefused(t *testing.T) {
	t.Parallel()
	var tries atomic.Int64
	h := open(t, func(h *house) {
		h.router.Command("bad", func(ctx context.Context, t *telegram.Turn) error {
			tries.Add(1)
			_, err := t.Send(ctx, telegram.Message{HTML: "what nobody can send"})
			return err
		})
	})
	h.sim.Fail(func(method string, _ int64) *sim.Fault {
		if n := tries.Load(); method == "sendMessage" && n > 0 && h.sim.Counts()["sendMessage"].Faults < n {
			return &sim.Fault{Status: 400}
		}
		return nil
	})
	h.play(t, "ana: /start\nana: /bad\nbot: …the code…")
	if n := tries.Load(); n != 2 {
		t.Errorf("tried %d times", n)
	}
}

// TestUnknownPart loses the answer of Telegram to the middle of a long text: it may have
// arrived and is not sent again, what follows it is not left out.
func TestUnknownPart(t *testing.T) {
	t.Parallel()
	h := open(t, func(h *house) {
		h.router.Command("long", func(ctx context.Context, t *telegram.Turn) error {
			_, err := t.Send(ctx, telegram.Message{HTML: text.HTML(strings.Repeat("甲", 4096) + strings.Repeat("乙", 4096) + strings.Repeat("丙", 4096))})
			return err
		})
	})
	var calls atomic.Int64
	h.sim.Fail(func(method string, _ int64) *sim.Fault {
		if method == "sendMessage" && calls.Add(1) == 2 {
			return &sim.Fault{Act: true, Drop: true}
		}
		return nil
	})
	h.play(t, "ana: /long\nbot: 甲…甲\nbot: 乙…乙\nbot: 丙…丙")
	if n := calls.Load(); n != 3 {
		t.Errorf("%d calls", n)
	}
}
