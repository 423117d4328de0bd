package telegram

import (
	"context"

	"github.com/go-telegram/bot/models"

	"xingfuli/bot/queue"
)

type editMessageReplyMarkup struct {
	Chat    int64                       `json:"chat_id"`
	Message int                         `json:"message_id"`
	Markup  models.InlineKeyboardMarkup `json:"reply_markup"`
}

// Relabel makes the pressed button say something else, and leaves all else of its message as it
// is: a mark that what it is for is done. Where Telegram no longer shows the message, or the
// press was forged, nothing is changed.
func (t *Turn) Relabel(ctx context.Context, label string) error {
	keys, ok := t.relabelled(label)
	if !ok {
		return nil
	}
	defer t.timer.pause()()
	if err := t.try.check(ctx); err != nil {
		return err
	}
	return t.router.Sender.relabel(context.WithoutCancel(ctx), t.Chat.ID, t.Message.ID, keys)
}

// relabelled is the keyboard under the pressed button with its new label; ok is false when there
// is nothing to change.
func (t *Turn) relabelled(label string) (keys models.InlineKeyboardMarkup, ok bool) {
	if t.press == "" || t.Message == nil || t.Message.ReplyMarkup == nil {
		return keys, false
	}
	data, err := t.Button.Encode()
	if err != nil {
		return keys, false
	}
	for _, row := range t.Message.ReplyMarkup.InlineKeyboard {
		fresh := make([]models.InlineKeyboardButton, len(row))
		for i, b := range row {
			if b.CallbackData == data && b.Text != label {
				b.Text, ok = label, true
			}
			fresh[i] = b
		}
		keys.InlineKeyboard = append(keys.InlineKeyboard, fresh)
	}
	return keys, ok
}

func (s *Sender) relabel(ctx context.Context, chat int64, id int, keys models.InlineKeyboardMarkup) error {
	r := request{method: "editMessageReplyMarkup", chat: chat, class: queue.Answer, edit: true, again: true, within: callTimeout}
	return s.try(ctx, r, func(ctx context.Context) error {
		_, err := s.wire.call(ctx, "editMessageReplyMarkup", editMessageReplyMarkup{chat, id, keys})
		return err
	})
}
