package telegram

import (
	"bytes"
	"cmp"
	"context"
	"errors"
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

// Sender is the only one who calls Telegram, for one person and for a crowd.
type Sender struct {
	api   *bot.Bot // all but the hot methods
	wire  *wire
	gate  *gate
	token string

	// Wait is how long one request may take with all its waiting and retrying.
	Wait time.Duration
	// OnGone is told of a chat in which nobody can be reached any more; nil: nobody asks.
	OnGone func(ctx context.Context, chat int64, why queue.Why)
	// OnMigrate renames a group that has become a supergroup, everywhere. It is called
	// before the message goes to the new ID. When it fails the message goes all the
	// same, and it is called again for the next one to the old ID.
	OnMigrate func(ctx context.Context, from, to int64) error
}

// NewSender makes a Sender for the bot with this token. It paces itself; see Share.
func NewSender(api, token string, client *http.Client, limits Limits) (*Sender, error) {
	c := *client
	c.CheckRedirect = stay
	w, err := newWire(api, token, &c)
	if err != nil {
		return nil, fmt.Errorf("sender: %w", err)
	}
	b, err := bot.New(token, bot.WithServerURL(strings.TrimRight(api, "/")), bot.WithSkipGetMe(), bot.WithHTTPClient(time.Minute, library{&c}))
	if err != nil {
		return nil, fmt.Errorf("sender: %w", err)
	}
	return &Sender{api: b, wire: w, gate: &gate{limits: limits, local: newPace()}, token: token, Wait: 2 * time.Minute}, nil
}

// Share makes the Sender keep its pace together with all that use the same Limiter. It
// keeps its own pace whenever that does not answer.
func (s *Sender) Share(l Limiter) { s.gate.shared = l }

// Me returns the bot's own account.
func (s *Sender) Me(ctx context.Context) (*models.User, error) {
	var me *models.User
	err := s.call(ctx, "getMe", func(ctx context.Context) (err error) {
		me, err = s.api.GetMe(ctx)
		return err
	})
	return me, err
}

// PartError says that Sent parts of a message that takes several went out before Err: a
// new try with that in Message.Skip does not repeat them.
type PartError struct {
	Sent int
	Err  error
}

func (e *PartError) Error() string { return fmt.Sprintf("after %d parts: %v", e.Sent, e.Err) }

func (e *PartError) Unwrap() error { return e.Err }

// Send sends m and returns the ID of the message that carries its buttons, the last one
// when it takes several. It returns queue.ErrUnreachable, queue.ErrUnknown,
// queue.ErrRefused or queue.ErrLater, within a PartError when some parts went out. With
// queue.ErrUnknown of a part, the others went out, and the ID is that of the last, or 0.
//
// What m.Photo or m.File points to is given the ID that Telegram has for it from now on.
func (s *Sender) Send(ctx context.Context, to queue.Chat, m Message) (int, error) {
	sent, err := s.Deliver(ctx, to, m)
	return sent.Last, err
}

// Sent is what became of a message: where it arrived, which is elsewhere when the group has
// become a supergroup, and the IDs of all messages that it took.
type Sent struct {
	Chat int64
	IDs  []int
	Last int // of the last one, which has the buttons; 0 when nobody knows
}

// Deliver is Send that tells all that was sent, also what went out before an error.
func (s *Sender) Deliver(ctx context.Context, to queue.Chat, m Message) (Sent, error) {
	sent := Sent{Chat: to.ID}
	markup, err := m.markup()
	if err != nil {
		return sent, err
	}
	var unknown error
	parts := m.parts(markup)
	for i := m.Skip; i < len(parts); i++ {
		p := parts[i]
		if p.placed = m.Placed >= p.load(); p.placed && p.load() == 1 && i == 0 {
			p.entry = m.Entry.asked
		}
		m.Placed -= p.load()
		ids, err := s.deliver(ctx, &to, p, m.Class)
		sent.IDs, sent.Last, sent.Chat = append(sent.IDs, ids...), 0, to.ID
		if len(ids) > 0 {
			sent.Last = ids[len(ids)-1]
		}
		switch {
		case err == nil:
		case errors.Is(err, queue.ErrUnknown): // it may have arrived; what follows has not
			unknown = err
		case i > 0:
			return Sent{Chat: to.ID, IDs: sent.IDs}, &PartError{i, err}
		default:
			return Sent{Chat: to.ID}, err
		}
	}
	return sent, unknown
}

// part is one message of those that a Message takes, or an album.
type part struct {
	html   text.HTML
	photo  *File
	file   *File
	album  []*File
	reply  int
	silent bool
	markup any
	placed bool // the limit over all does not count it any more
	entry  entrance
}

// load is how many messages Telegram counts a part as.
func (p part) load() int { return max(1, len(p.album)) }

// Load is how many messages Telegram counts m as.
func (m Message) Load() int {
	n := 0
	for _, p := range m.parts(nil) {
		n += p.load()
	}
	return n
}

// parts splits m: a text that is too long for a caption follows its file, and one that is
// too long for a message comes in several. The first quotes, the last has the buttons, which
// an album cannot have.
func (m Message) parts(markup any) []part {
	var ps []part
	file := m.Photo != nil || m.File != nil || len(m.Album) > 0
	if file {
		ps = append(ps, part{photo: m.Photo, file: m.File, album: m.Album})
	}
	caption := text.Length(m.HTML) <= maxCaption && (len(m.Album) == 0 || len(m.Buttons) == 0 || m.HTML == "")
	if file && caption {
		ps[0].html = m.HTML
	} else {
		for _, h := range text.Split(m.HTML, maxText) {
			ps = append(ps, part{html: h})
		}
	}
	for i := range ps {
		ps[i].silent = m.Silent
	}
	ps[0].reply, ps[len(ps)-1].markup = m.Reply, markup
	return ps
}

// deliver sends one part. to is changed when the group has become a supergroup.
func (s *Sender) deliver(ctx context.Context, to *queue.Chat, p part, c queue.Class) (ids []int, err error) {
	r := request{method: "sendMessage", chat: to.ID, class: c, within: callTimeout, patient: true, load: p.load(), placed: p.placed, entry: p.entry}
	if p.photo != nil || p.file != nil || p.album != nil {
		r.method, r.within = "sendFile", fileTimeout
	}
	r.moved = func(chat int64) {
		*to, p.reply = queue.Chat{ID: chat}, 0 // message IDs have begun anew
	}
	err = s.try(ctx, r, func(ctx context.Context) (err error) {
		if p.album != nil {
			ids, err = s.album(ctx, *to, p)
			return err
		}
		id, err := s.part(ctx, *to, p)
		ids = []int{id}
		return err
	})
	if err != nil {
		return nil, err
	}
	return ids, nil
}

func (s *Sender) part(ctx context.Context, to queue.Chat, p part) (int, error) {
	var sent *models.Message
	var err error
	switch {
	case p.photo != nil:
		sent, err = s.api.SendPhoto(ctx, &bot.SendPhotoParams{
			ChatID: to.ID, MessageThreadID: to.Thread, Photo: p.photo.input(), Caption: string(p.html), ParseMode: models.ParseModeHTML,
			DisableNotification: p.silent, ReplyParameters: quote(p.reply), ReplyMarkup: p.markup,
		})
	case p.file != nil:
		sent, err = s.api.SendDocument(ctx, &bot.SendDocumentParams{
			ChatID: to.ID, MessageThreadID: to.Thread, Document: p.file.input(), Caption: string(p.html), ParseMode: models.ParseModeHTML,
			DisableNotification: p.silent, ReplyParameters: quote(p.reply), ReplyMarkup: p.markup,
		})
	default:
		m := sendMessage{Chat: to.ID, Thread: to.Thread, Text: string(p.html), Mode: "HTML", Preview: preview{true}, Silent: p.silent, Markup: p.markup}
		if p.reply != 0 {
			m.Reply = &reply{p.reply, true}
		}
		return s.wire.call(ctx, "sendMessage", m)
	}
	if err != nil {
		return 0, err
	}
	cmp.Or(p.photo, p.file).learn(sent)
	return sent.ID, nil
}

func quote(message int) *models.ReplyParameters {
	if message == 0 {
		return nil
	}
	return &models.ReplyParameters{MessageID: message, AllowSendingWithoutReply: true}
}

// Edit makes message id of chat say m. A text over the limit is cut at its first part.
func (s *Sender) Edit(ctx context.Context, chat int64, id int, m Message) error {
	markup, err := m.markup()
	if err != nil {
		return err
	}
	e := editMessageText{Chat: chat, Message: id, Text: string(text.Split(m.HTML, maxText)[0]), Mode: "HTML", Preview: preview{true}, Markup: markup}
	r := request{method: "editMessageText", chat: chat, class: m.Class, edit: true, again: true, within: callTimeout, patient: true}
	return s.try(ctx, r, func(ctx context.Context) error {
		_, err := s.wire.call(ctx, "editMessageText", e)
		return err
	})
}

// Answer ends the waiting of a press. It is never held back by other messages.
func (s *Sender) Answer(ctx context.Context, press, line string, alert bool) error {
	a := answerCallbackQuery{Query: press, Text: cut(line, maxToast), Alert: alert && line != ""}
	r := request{method: "answerCallbackQuery", again: true, within: callTimeout, wait: pressWait}
	return s.try(ctx, r, func(ctx context.Context) error {
		_, err := s.wire.call(ctx, "answerCallbackQuery", a)
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
