package telegram_test

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/png"
	"sync/atomic"
	"testing"

	"xingfuli/bot/queue"
	"xingfuli/bot/sim"
	"xingfuli/bot/telegram"
)

// TestAgain fails a turn at its worst moments: what an earlier try has said is not taken for
// something else that is still to be said.
func TestAgain(t *testing.T) {
	t.Parallel()
	var other, spoke atomic.Int64
	h := open(t, func(h *house) {
		h.router.Step("form", "menu.doing", func(context.Context, *telegram.Turn) error { return nil })
		h.router.Command("begin", func(ctx context.Context, t *telegram.Turn) error {
			if err := t.Go(ctx, "form", "ask", "data"); err != nil {
				return err
			}
			_, err := t.Send(ctx, telegram.Message{HTML: "form"})
			return err
		})
		h.router.Command("other", func(ctx context.Context, t *telegram.Turn) error {
			if other.Add(1) == 1 {
				return errors.New("fails once, after the form was put aside")
			}
			_, err := t.Send(ctx, telegram.Message{HTML: "other"})
			return err
		})
		h.router.Command("speaks", func(ctx context.Context, t *telegram.Turn) error {
			if spoke.Add(1) == 1 {
				if _, err := t.Send(ctx, telegram.Message{HTML: "something"}); err != nil {
					return err
				}
			}
			return errors.New("fails every time, after the first without a word")
		})
	})
	h.play(t, `
		ana: /start
		ana: /begin
		bot: form
		ana: /other
		bot: …put aside…
		bot: other
		ana: /speaks
		bot: something
		bot: …the code…`)
}

// TestLatePress refuses a press after its waiting was ended: the person reads it all the same.
func TestLatePress(t *testing.T) {
	t.Parallel()
	release := make(chan struct{})
	h := open(t, func(h *house) {
		h.router.Command("show", func(ctx context.Context, t *telegram.Turn) error {
			_, err := t.Send(ctx, telegram.Message{HTML: "buttons", Buttons: [][]telegram.Button{{{Label: "slow", Word: "slow"}, {Label: "gone", Word: "gone"}, {Label: "mine", Word: "mine"}}}})
			return err
		})
		h.router.Button("slow", func(context.Context, *telegram.Turn) error { <-release; return telegram.ErrStale })
		h.router.Button("mine", func(ctx context.Context, t *telegram.Turn) error {
			<-release
			return t.Toast(ctx, "chat.cancelled", nil)
		})
		h.router.Button("gone", func(context.Context, *telegram.Turn) error { return queue.ErrUnreachable })
	})
	h.play(t, "ana: /start\nana: /show\nbot: buttons\nana@group: /show\nbot@group: buttons")
	press := func(chat int64, data string) {
		t.Helper()
		last := h.sim.History(ana, chat, 0, 1)[0]
		if toast, err := h.sim.Press(t.Context(), ana, chat, last.ID, data); err != nil || !toast.Answered || toast.Text != "" {
			t.Errorf("%s: %+v, %v", data, toast, err)
		}
	}
	press(me, "gone")
	press(me, "slow")
	press(-1001, "mine") // what became of it is said to nobody else
	close(release)
	h.play(t, "ana: x\nbot: This button is out of date…\nana@group: x\nbot@group: (silence)")
}

// TestAlbumAgain loses no answer to an album when the first one could not be sent.
func TestAlbumAgain(t *testing.T) {
	t.Parallel()
	var lost, steps atomic.Int64
	var fail atomic.Bool
	h := open(t, func(h *house) {
		h.router.Lost(func(ctx context.Context, t *telegram.Turn) error {
			lost.Add(1)
			if fail.Swap(false) {
				return errors.New("fails once")
			}
			return t.Say(ctx, "chat.cancelled", nil)
		})
		h.router.Command("begin", func(ctx context.Context, t *telegram.Turn) error { return t.Go(ctx, "form", "ask", nil) })
		h.router.Step("form", "menu.doing", func(ctx context.Context, t *telegram.Turn) error {
			steps.Add(1)
			return t.Say(ctx, "chat.cancelled", nil)
		})
	})
	album := func(captions ...string) {
		t.Helper()
		var a sim.Act
		for _, c := range captions {
			a.Album = append(a.Album, sim.Act{Photo: onePixel, Caption: c})
		}
		if _, err := h.sim.Do(t.Context(), ana, me, a); err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(h.sim.Drained(t.Context()), h.intake.Settle(t.Context())); err != nil {
			t.Fatal(err)
		}
	}
	h.play(t, "ana: /start\nbot: All right…")
	lost.Store(0)
	fail.Store(true)
	album("", "", "")
	if n := lost.Load(); n != 2 {
		t.Errorf("tried %d times to answer an album, want 2: once in vain", n)
	}
	h.play(t, "ana: /begin")
	album("", "", "")
	album("", "dishes", "")
	if n := steps.Load(); n != 3 {
		t.Errorf("a step heard %d times of two albums, want 3: each, and the caption", n)
	}
}

// onePixel is a picture.
var onePixel = func() []byte {
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 1, 1))); err != nil {
		panic(err)
	}
	return b.Bytes()
}()
