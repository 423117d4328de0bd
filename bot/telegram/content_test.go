package telegram_test

import (
	"context"
	"fmt"
	"testing"

	"xingfuli/bot/telegram"
	"xingfuli/bot/text"
)

// shown is a content in words.
func shown(c telegram.Content, ok bool) text.HTML {
	line := string(c.HTML)
	for _, f := range c.Files {
		line += fmt.Sprintf(" +%s%t", f.Kind, f.ID != "")
	}
	return text.Escape(fmt.Sprintf("%t %t: %s", ok, c.Album != "", line))
}

// TestContent reads what people send with its formatting, of a command only what follows it.
func TestContent(t *testing.T) {
	t.Parallel()
	h := open(t, func(h *house) {
		tell := func(ctx context.Context, t *telegram.Turn) error {
			_, err := t.Send(ctx, telegram.Message{HTML: shown(t.Content())})
			return err
		}
		h.router.Command("tell", tell)
		h.router.Command("quote", func(ctx context.Context, t *telegram.Turn) error {
			_, err := t.Send(ctx, telegram.Message{HTML: shown(t.Quoted())})
			return err
		})
		h.router.Lost(func(ctx context.Context, t *telegram.Turn) error {
			t.Gather()
			m := telegram.Message{HTML: shown(t.Content())}
			if t.Text == "button" {
				m.Buttons = [][]telegram.Button{{{Label: "press", Word: "press"}}}
			}
			_, err := t.Send(ctx, m)
			return err
		})
		h.router.Button("press", tell)
	})
	h.play(t, `
		ana: a < b
		bot: true false: a &lt; b
		ana: (html) 𠮷 <b>停水</b> <a href="https://x.cn">看这里</a>
		bot: true false: 𠮷 <b>停水</b> <a href="https://x.cn/">看这里</a>
		ana: (html) /tell <b>停 <i>水</i></b>
		bot: true false: <b>停 <i>水</i></b>
		ana: (html) <b>/tell 停</b>水
		bot: true false: <b>停</b>水
		ana: /tell
		bot: false false:
		ana: (photo) 坏了
		bot: true false: 坏了 +phototrue
		ana: (photo)
		bot: true false:  +phototrue
		ana: (file a.csv) 1,2
		bot: true false:  +true
		ana: (sticker)
		bot: false false:
		ana: (album 3) 三张
		bot: true true: 三张 +phototrue
		bot: true true:  +phototrue
		bot: true true:  +phototrue
		ana: (reply) /quote
		bot: true false: true true:  +phototrue
		ana: /quote
		bot: false false:
		ana: button
		bot: true false: button
		| [press]
		ana: [press]
		bot: false false:`)
}
