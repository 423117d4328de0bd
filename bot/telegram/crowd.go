package telegram

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/go-telegram/bot"
	"github.com/go-telegram/bot/models"

	"xingfuli/bot/queue"
)

// Place asks for a time at which n messages more may go out to a crowd, over all chats and
// replicas. What it returns waits for that time; they are sent at once then, with
// Message.Placed. Asking takes no time: the question goes along with the next one that
// somebody asks Redis. A time that nobody waits for passes.
func (s *Sender) Place(ctx context.Context, n int) func(context.Context) error {
	wait := s.gate.book(ctx, s.gate.limits.crowd(n))
	return func(ctx context.Context) error {
		if err := wait(ctx); err != nil {
			return fmt.Errorf("place: %w", err)
		}
		return nil
	}
}

// Entry is a place in a chat for one message that has its place over all.
type Entry struct{ asked entrance }

// Enter asks for a place in a chat, along with the next question that somebody asks Redis. It
// is given to Deliver in Message.Entry.
func (s *Sender) Enter(ctx context.Context, chat int64) Entry {
	meets := s.gate.limits.meets(chat, queue.Bulk, false)
	meets.All = queue.Bucket{}
	return Entry{s.gate.enter(ctx, chat, meets)}
}

// album sends the files of an album, of which the first has the words.
func (s *Sender) album(ctx context.Context, to queue.Chat, p part) ([]int, error) {
	media := make([]models.InputMedia, len(p.album))
	for i, f := range p.album {
		m := f.media(fmt.Sprintf("attach://f%d", i))
		if i == 0 {
			m = f.captioned(m, p)
		}
		media[i] = m
	}
	sent, err := s.api.SendMediaGroup(ctx, &bot.SendMediaGroupParams{
		ChatID: to.ID, MessageThreadID: to.Thread, Media: media, DisableNotification: p.silent, ReplyParameters: quote(p.reply),
	})
	if err != nil {
		return nil, err
	}
	ids := make([]int, len(sent))
	for i, m := range sent {
		ids[i] = m.ID
		if i < len(p.album) {
			p.album[i].learn(m)
		}
	}
	return ids, nil
}

// media is the file in the words of the Bot API; attached is the name under which it is uploaded.
func (f *File) media(attached string) models.InputMedia {
	name, data := f.ID, []byte(nil)
	if name == "" {
		name, data = attached, f.Bytes
	}
	if f.Kind == AsPhoto {
		return &models.InputMediaPhoto{Media: name, MediaAttachment: bytes.NewReader(data)}
	}
	return &models.InputMediaDocument{Media: name, MediaAttachment: bytes.NewReader(data)}
}

func (f *File) captioned(m models.InputMedia, p part) models.InputMedia {
	switch m := m.(type) {
	case *models.InputMediaPhoto:
		m.Caption, m.ParseMode = string(p.html), models.ParseModeHTML
	case *models.InputMediaDocument:
		m.Caption, m.ParseMode = string(p.html), models.ParseModeHTML
	}
	return m
}

// ErrShape refuses to make of a message that was sent one that takes another number of messages.
var ErrShape = errors.New("telegram: it takes another number of messages")

// Revise makes the messages that m was sent as say what now says, where they are. Files stay as
// they are, but a photo or document that is another one by now. It is harmless to do twice. It
// returns ErrShape, queue.ErrUnreachable, queue.ErrRefused or queue.ErrLater.
func (s *Sender) Revise(ctx context.Context, chat int64, ids []int, now Message) error {
	markup, err := now.markup()
	if err != nil {
		return err
	}
	parts := now.parts(markup)
	n := 0
	for _, p := range parts {
		n += p.load()
	}
	if n != len(ids) {
		return fmt.Errorf("revise %d messages to %d: %w: %w", len(ids), n, ErrShape, queue.ErrRefused)
	}
	for _, p := range parts {
		if err := s.revise(ctx, chat, ids[0], p, now.Class); err != nil {
			return err
		}
		ids = ids[p.load():]
	}
	return nil
}

func (s *Sender) revise(ctx context.Context, chat int64, id int, p part, c queue.Class) error {
	r := request{method: "editMessage", chat: chat, class: c, edit: true, again: true, within: callTimeout, patient: true}
	return s.try(ctx, r, func(ctx context.Context) error {
		var err error
		switch {
		case p.album != nil:
			_, err = s.api.EditMessageCaption(ctx, &bot.EditMessageCaptionParams{ChatID: chat, MessageID: id, Caption: string(p.html), ParseMode: models.ParseModeHTML})
		case p.photo != nil || p.file != nil:
			f := p.photo
			if f == nil {
				f = p.file
			} else {
				f = &File{ID: f.ID, Kind: AsPhoto, Name: f.Name, Bytes: f.Bytes}
			}
			_, err = s.api.EditMessageMedia(ctx, &bot.EditMessageMediaParams{ChatID: chat, MessageID: id, Media: f.captioned(f.media("attach://f"), p), ReplyMarkup: p.markup})
		default:
			_, err = s.wire.call(ctx, "editMessageText", editMessageText{Chat: chat, Message: id, Text: string(p.html), Mode: "HTML", Preview: preview{true}, Markup: p.markup})
		}
		return err
	})
}

// maxDelete is how many messages one request deletes (Bot API, deleteMessages).
const maxDelete = 100

// Delete takes messages of a chat away. It returns queue.ErrUnreachable, queue.ErrLater, or
// queue.ErrRefused for what is older than Telegram lets a bot delete (48 hours).
func (s *Sender) Delete(ctx context.Context, chat int64, ids []int, c queue.Class) error {
	for some := range slices.Chunk(ids, maxDelete) {
		r := request{method: "deleteMessage", chat: chat, class: c, edit: true, again: true, within: callTimeout, patient: true}
		err := s.try(ctx, r, func(ctx context.Context) (err error) {
			if len(some) == 1 { // which says when it could not be deleted
				_, err = s.api.DeleteMessage(ctx, &bot.DeleteMessageParams{ChatID: chat, MessageID: some[0]})
				return err
			}
			_, err = s.api.DeleteMessages(ctx, &bot.DeleteMessagesParams{ChatID: chat, MessageIDs: some})
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// WhyNot says why a message did not reach a chat, from the error that sending it returned.
func WhyNot(err error, chat int64) queue.Why {
	switch why := whyNot(err); {
	case why == queue.WhyNotStarted && chat < 0:
		return queue.WhyKicked
	case why == queue.WhyKicked && chat > 0:
		return queue.WhyRefused // nobody removes the bot from a private chat
	default:
		return why
	}
}

func whyNot(err error) queue.Why {
	var api *APIError
	if !errors.As(err, &api) {
		return queue.WhyRefused
	}
	for _, r := range reasons {
		if api.says(r.says...) {
			return r.why
		}
	}
	if errors.Is(err, queue.ErrUnreachable) {
		return queue.WhyKicked
	}
	return queue.WhyRefused
}

// reasons holds what the server says for each reason, the more particular first.
//
// Source: as for gone.
var reasons = []struct {
	why  queue.Why
	says []string
}{
	{queue.WhyBlocked, []string{"bot was blocked by the user", "USER_IS_BLOCKED"}},
	{queue.WhyDeactivated, []string{"user is deactivated", "INPUT_USER_DEACTIVATED"}},
	{queue.WhyNotStarted, []string{"bot can't initiate conversation", "private chat not found", "PEER_ID_INVALID", "chat not found"}},
	{queue.WhyDeleted, []string{"the group chat was deleted", "group chat was deactivated"}},
	{queue.WhyMuted, []string{"not enough rights", "have no rights", "CHAT_WRITE_FORBIDDEN", "TOPIC_CLOSED", "TOPIC_DELETED", "message thread not found"}},
	{queue.WhyKicked, []string{"bot was kicked", "bot is not a member"}},
	{queue.WhyOld, []string{"message can't be deleted"}},
	{queue.WhyGone, []string{"message to delete not found", "message to edit not found", "MESSAGE_ID_INVALID"}},
	{queue.WhyFixed, []string{"message can't be edited"}},
	{queue.WhyMoved, []string{"group chat was upgraded to a supergroup chat"}},
}
