package telegram

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/go-telegram/bot"
	"github.com/go-telegram/bot/models"

	"xingfuli/bot/queue"
	"xingfuli/bot/text"
)

// Sizes that Telegram takes, in UTF-16 units after entities (Bot API, sendMessage,
// sendPhoto, answerCallbackQuery).
const (
	maxText    = 4096
	maxCaption = 1024
	maxToast   = 200
)

// Sender is the only one who calls Telegram.
type Sender struct {
	api  *bot.Bot
	pace *pace
	// Wait is how long one call may take with all its waiting and retrying.
	Wait time.Duration
}

// callTimeout is how long Telegram may take to answer one request.
const callTimeout = 20 * time.Second

// NewSender makes a Sender for the bot with this token.
func NewSender(api, token string, client *http.Client, limits Limits) (*Sender, error) {
	b, err := bot.New(token, bot.WithServerURL(strings.TrimRight(api, "/")), bot.WithSkipGetMe(), bot.WithHTTPClient(time.Minute, statusClient{client}))
	if err != nil {
		return nil, fmt.Errorf("sender: %w", err)
	}
	return &Sender{api: b, pace: newPace(limits), Wait: 2 * time.Minute}, nil
}

// Me returns the bot's own account.
func (s *Sender) Me(ctx context.Context) (*models.User, error) {
	var me *models.User
	err := s.call(ctx, "getMe", func(ctx context.Context) (err error) {
		me, err = s.api.GetMe(ctx)
		return err
	})
	return me, err
}

// Send sends m and returns the ID of the message that carries its buttons, the last one
// when the text had to be split. It returns queue.ErrUnreachable, queue.ErrUnknown or
// queue.ErrRefused.
func (s *Sender) Send(ctx context.Context, to queue.Chat, m Message) (int, error) {
	markup, err := m.markup()
	if err != nil {
		return 0, err
	}
	if m.Photo != nil || m.File != nil {
		return s.sendFile(ctx, to, m, markup)
	}
	var id int
	parts := text.Split(m.HTML, maxText)
	for i, part := range parts {
		p := &bot.SendMessageParams{
			ChatID: to.ID, MessageThreadID: to.Thread, Text: string(part), ParseMode: models.ParseModeHTML,
			DisableNotification: m.Silent, LinkPreviewOptions: noPreview,
		}
		if i == 0 {
			p.ReplyParameters = m.quote()
		}
		if i == len(parts)-1 {
			p.ReplyMarkup = markup
		}
		sent, err := s.send(ctx, "sendMessage", to.ID, func(ctx context.Context) (*models.Message, error) { return s.api.SendMessage(ctx, p) })
		if err != nil {
			return 0, err
		}
		id = sent.ID
	}
	return id, nil
}

// sendFile sends a picture or document with the text as its caption, or after it when
// it is too long for one.
func (s *Sender) sendFile(ctx context.Context, to queue.Chat, m Message, markup models.ReplyMarkup) (int, error) {
	caption := string(m.HTML)
	long := text.Length(m.HTML) > maxCaption
	if long {
		caption = ""
	}
	sent, err := s.send(ctx, "sendFile", to.ID, func(ctx context.Context) (*models.Message, error) {
		if m.Photo != nil {
			p := &bot.SendPhotoParams{ChatID: to.ID, MessageThreadID: to.Thread, Photo: m.Photo.input(), Caption: caption, ParseMode: models.ParseModeHTML, DisableNotification: m.Silent, ReplyParameters: m.quote()}
			if !long {
				p.ReplyMarkup = markup
			}
			return s.api.SendPhoto(ctx, p)
		}
		p := &bot.SendDocumentParams{ChatID: to.ID, MessageThreadID: to.Thread, Document: m.File.input(), Caption: caption, ParseMode: models.ParseModeHTML, DisableNotification: m.Silent, ReplyParameters: m.quote()}
		if !long {
			p.ReplyMarkup = markup
		}
		return s.api.SendDocument(ctx, p)
	})
	if err != nil {
		return 0, err
	}
	if !long {
		return sent.ID, nil
	}
	m.Photo, m.File, m.Reply = nil, nil, 0
	return s.Send(ctx, to, m)
}

// Edit makes message id of chat say m. A text over the limit is cut at its first part.
func (s *Sender) Edit(ctx context.Context, chat int64, id int, m Message) error {
	markup, err := m.markup()
	if err != nil {
		return err
	}
	p := &bot.EditMessageTextParams{ChatID: chat, MessageID: id, Text: string(text.Split(m.HTML, maxText)[0]), ParseMode: models.ParseModeHTML, LinkPreviewOptions: noPreview, ReplyMarkup: markup}
	return s.paced(ctx, "editMessageText", chat, true, func(ctx context.Context) error {
		_, err := s.api.EditMessageText(ctx, p)
		return err
	})
}

// Answer ends the waiting of a press. It is never held back by other messages.
func (s *Sender) Answer(ctx context.Context, press, line string, alert bool) error {
	p := &bot.AnswerCallbackQueryParams{CallbackQueryID: press, Text: cut(line, maxToast), ShowAlert: alert && line != ""}
	return s.call(ctx, "answerCallbackQuery", func(ctx context.Context) error {
		_, err := s.api.AnswerCallbackQuery(ctx, p)
		return err
	})
}

// IsAdmin asks whether a person runs a group.
func (s *Sender) IsAdmin(ctx context.Context, chat, user int64) (bool, error) {
	var m *models.ChatMember
	err := s.call(ctx, "getChatMember", func(ctx context.Context) (err error) {
		m, err = s.api.GetChatMember(ctx, &bot.GetChatMemberParams{ChatID: chat, UserID: user})
		return err
	})
	if err != nil {
		return false, err
	}
	return m.Type == models.ChatMemberTypeOwner || m.Type == models.ChatMemberTypeAdministrator, nil
}

func (s *Sender) send(ctx context.Context, method string, chat int64, f func(context.Context) (*models.Message, error)) (sent *models.Message, err error) {
	err = s.paced(ctx, method, chat, false, func(ctx context.Context) (err error) {
		sent, err = f(ctx)
		return err
	})
	return sent, err
}

// paced calls f when the limits allow a message to chat.
func (s *Sender) paced(ctx context.Context, method string, chat int64, again bool, f func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, s.Wait)
	defer cancel()
	return s.try(ctx, method, again, f, func(ctx context.Context) error { return s.pace.wait(ctx, chat) },
		func(d time.Duration) { s.pace.close(chat, d) })
}

// call calls f at once; doing so twice must be harmless.
func (s *Sender) call(ctx context.Context, method string, f func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, s.Wait)
	defer cancel()
	var hold time.Duration
	return s.try(ctx, method, true, f, func(ctx context.Context) error { return pause(ctx, hold) }, func(d time.Duration) { hold = d })
}

// tries is how often a call is made that fails through no fault of its own; a 429 is
// obeyed as often as Telegram says it.
const tries = 5

// try calls f, after wait, until it succeeds or there is no point in it. flood is told
// how long Telegram wants silence.
func (s *Sender) try(ctx context.Context, method string, again bool, f func(context.Context) error, wait func(context.Context) error, flood func(time.Duration)) error {
	for n := 1; ; {
		if err := wait(ctx); err != nil {
			return fmt.Errorf("%s: not sent in time: %w", method, err)
		}
		once, cancel := context.WithTimeout(ctx, callTimeout)
		err := f(once)
		cancel()
		if err == nil {
			return nil
		}
		v := judge(err, again)
		switch {
		case v.done:
			return nil
		case v.retry && v.after > 0:
			flood(v.after)
			continue
		case !v.retry || n == tries:
			return fmt.Errorf("%s: %w", method, v.err)
		}
		if err := pause(ctx, time.Duration(n*n)*100*time.Millisecond); err != nil {
			return fmt.Errorf("%s: %w", method, v.err)
		}
		n++
	}
}

func pause(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

var noPreview = &models.LinkPreviewOptions{IsDisabled: bot.True()}

func (m Message) quote() *models.ReplyParameters {
	if m.Reply == 0 {
		return nil
	}
	return &models.ReplyParameters{MessageID: m.Reply, AllowSendingWithoutReply: true}
}

// markup is nil, not a nil pointer in the interface, when there is nothing to press:
// the library would send that as null.
func (m Message) markup() (models.ReplyMarkup, error) {
	switch {
	case len(m.Buttons) > 0:
		var k models.InlineKeyboardMarkup
		for _, row := range m.Buttons {
			var keys []models.InlineKeyboardButton
			for _, b := range row {
				key := models.InlineKeyboardButton{Text: b.Label, URL: b.URL}
				if b.URL == "" {
					data, err := b.Encode()
					if err != nil {
						return nil, err
					}
					key.CallbackData = data
				}
				keys = append(keys, key)
			}
			k.InlineKeyboard = append(k.InlineKeyboard, keys)
		}
		return k, nil
	case m.Keys != nil:
		k := models.ReplyKeyboardMarkup{ResizeKeyboard: true, IsPersistent: true, InputFieldPlaceholder: m.Keys.Hint}
		for _, row := range m.Keys.Rows {
			var keys []models.KeyboardButton
			for _, label := range row {
				keys = append(keys, models.KeyboardButton{Text: label})
			}
			k.Keyboard = append(k.Keyboard, keys)
		}
		return k, nil
	}
	return nil, nil
}

// input opens the file anew for each try: an upload consumes it.
func (f *File) input() models.InputFile {
	if f.ID != "" {
		return &models.InputFileString{Data: f.ID}
	}
	return &models.InputFileUpload{Filename: f.Name, Data: bytes.NewReader(f.Bytes)}
}

// cut shortens a line to n UTF-16 units.
func cut(line string, n int) string {
	units := 0
	for i, r := range line {
		size := 1
		if r > 0xFFFF {
			size = 2
		}
		if units+size > n {
			return line[:i]
		}
		units += size
	}
	return line
}
