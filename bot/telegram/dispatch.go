package telegram

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"runtime/debug"
	"strings"
	"time"

	"github.com/go-telegram/bot/models"

	"xingfuli/bot/queue"
)

// answerWithin is how long a press shows its waiting at most before it is answered empty.
const answerWithin = 800 * time.Millisecond

// Handle answers one update. A refusal is explained to the person and is no error. What is
// returned is worth another attempt, but for ErrDecode: the update has a shape that the
// library does not know. On the last attempt the person is told that it failed, and a
// *Failed with the code is returned.
func (r *Router) Handle(ctx context.Context, u queue.Update, a *Attempt) (err error) {
	defer func() {
		if p := recover(); p != nil { // outside of a turn, which catches its own
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	var up models.Update
	if err := decode(u.Raw, &up); err != nil {
		return fmt.Errorf("update %d: %w", u.ID, err)
	}
	switch {
	case up.Message != nil:
		return r.message(ctx, u.ID, a, up.Message)
	case up.CallbackQuery != nil:
		return r.press(ctx, u.ID, a, up.CallbackQuery)
	case up.MyChatMember != nil:
		return r.member(ctx, u.ID, a, up.MyChatMember)
	}
	return nil // nobody is answered for edits, channel posts and polls (see AllowedUpdates)
}

// ErrDecode says that an update has a shape the library does not know.
var ErrDecode = errors.New("telegram: cannot decode the update")

func decode(raw []byte, up *models.Update) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("%w: %v", ErrDecode, p)
		}
	}()
	if err := json.Unmarshal(raw, up); err != nil {
		return fmt.Errorf("%w: %w", ErrDecode, err)
	}
	return nil
}

// message answers what a person said. It stays silent on other bots, on what a linked
// channel posts into the group, and on service messages.
func (r *Router) message(ctx context.Context, id int64, a *Attempt, m *models.Message) error {
	anonymous := m.SenderChat != nil && m.SenderChat.ID == m.Chat.ID
	switch {
	case m.MigrateToChatID != 0:
		return r.Memory.Migrate(ctx, m.Chat.ID, m.MigrateToChatID)
	case m.MigrateFromChatID != 0:
		return r.Memory.Migrate(ctx, m.MigrateFromChatID, m.Chat.ID)
	case m.Chat.Type == models.ChatTypeChannel, m.IsAutomaticForward, m.ViaBot != nil:
		return nil
	case m.SenderChat != nil && !anonymous: // a channel speaking in the group
		return nil
	case !anonymous && (m.From == nil || m.From.IsBot):
		return nil
	case !spoken(m):
		return nil
	}
	t := &Turn{Chat: m.Chat, Message: m, update: id, try: a, router: r, Now: r.Now()}
	if !anonymous {
		t.User = m.From
	}
	if m.IsTopicMessage {
		t.Thread = m.MessageThreadID
	}
	t.Text = m.Text
	if t.Text == "" {
		t.Text = m.Caption
	}
	album := m.MediaGroupID
	if last, _ := r.albums.Load(m.Chat.ID); album != "" && last == album && t.Text == "" {
		return nil // one answer is enough for several pictures sent as one
	}
	err := r.turn(ctx, t, r.said)
	if err == nil && album != "" && t.Direct && !t.gathers {
		r.albums.Store(m.Chat.ID, album)
	}
	return err
}

// press answers a button. The message under it may be gone, and its data may be forged.
func (r *Router) press(ctx context.Context, id int64, a *Attempt, q *models.CallbackQuery) error {
	t := &Turn{User: &q.From, update: id, try: a, press: q.ID, Direct: true, router: r, Now: r.Now()}
	switch {
	case q.Message.Message != nil:
		t.Message, t.Chat = q.Message.Message, q.Message.Message.Chat
		if t.Message.IsTopicMessage {
			t.Thread = t.Message.MessageThreadID
		}
	case q.Message.InaccessibleMessage != nil:
		t.Chat = q.Message.InaccessibleMessage.Chat
	default: // a message sent through another chat's inline mode: not ours
		return nil
	}
	return r.turn(ctx, t, func(ctx context.Context, t *Turn) error {
		defer t.answerLate(ctx)()
		if err := t.Load(ctx); err != nil {
			return err
		}
		if err := r.pressed(ctx, t, q.Data); err != nil {
			return err
		}
		t.release(ctx)
		return nil
	})
}

func (r *Router) pressed(ctx context.Context, t *Turn, data string) error {
	b, err := DecodeButton(data)
	if err != nil {
		return fmt.Errorf("press: %w", ErrStale)
	}
	h := r.buttons[b.Word]
	if h == nil {
		return fmt.Errorf("press %q: %w", b.Word, ErrStale)
	}
	t.Button = b
	return h(ctx, t)
}

// member notes who can be reached, and greets a group the bot was added to.
func (r *Router) member(ctx context.Context, id int64, a *Attempt, m *models.ChatMemberUpdated) error {
	was, is := inside(m.OldChatMember), inside(m.NewChatMember)
	if m.Chat.Type == models.ChatTypePrivate {
		why := queue.WhyBlocked
		if is {
			why = ""
		}
		return r.Memory.SetGone(ctx, m.Chat.ID, why)
	}
	if was || !is || m.Chat.Type == models.ChatTypeChannel {
		return nil
	}
	t := &Turn{Chat: m.Chat, User: &m.From, update: id, try: a, router: r, Now: r.Now()}
	return r.turn(ctx, t, func(ctx context.Context, t *Turn) error {
		if err := t.Load(ctx); err != nil {
			return err
		}
		for _, h := range r.joined {
			if err := h(ctx, t); err != nil {
				return err
			}
		}
		return nil
	})
}

func inside(m models.ChatMember) bool {
	switch m.Type {
	case models.ChatMemberTypeLeft, models.ChatMemberTypeBanned:
		return false
	case models.ChatMemberTypeRestricted:
		return m.Restricted != nil && m.Restricted.IsMember
	}
	return true
}

// turn gives a handler its time, catches its panic, and explains its error.
func (r *Router) turn(ctx context.Context, t *Turn, h Handler) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	t.timer = startTimer(r.Timeout, func() { cancel(context.DeadlineExceeded) })
	defer t.timer.stop()
	err := r.guarded(ctx, t, h)
	if err == nil {
		return nil
	}
	return r.tell(context.WithoutCancel(ctx), t, err)
}

func (r *Router) guarded(ctx context.Context, t *Turn, h Handler) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	return h(ctx, t)
}

// tell explains err to the person in the words registered for it. An error without words
// is returned for another attempt; after the last one the person gets an apology with a
// code, under which it is logged too. Who cannot be reached is not told.
func (r *Router) tell(ctx context.Context, t *Turn, err error) error {
	if err := t.try.check(ctx); err != nil {
		return err // what came of it here, a conflict perhaps, is nothing to tell
	}
	if errors.Is(err, queue.ErrUnreachable) || errors.Is(err, errDone) {
		t.release(ctx)
		return nil
	}
	t.try.next = len(t.try.sent) // no earlier try has said what comes now
	if held, err := t.hold(ctx, err); held {
		return err
	}
	for _, e := range r.explain {
		if errors.Is(err, e.err) {
			return t.refuse(ctx, e.key, values(err))
		}
	}
	if !t.try.Last {
		t.release(ctx) // the next attempt may be seconds away
		return err
	}
	failed := &Failed{Code: NewCode(), Err: err}
	r.Log.Error("turn failed", "code", failed.Code, "update", t.update, "chat", t.Chat.ID, "user", t.UserID(), "err", err)
	if !t.Direct && !t.Private() {
		return failed // nobody in the group asked the bot for anything
	}
	if err := t.refuse(ctx, "chat.sorry", map[string]any{"Code": failed.Code}); err != nil && !errors.Is(err, queue.ErrUnreachable) {
		r.Log.Error("apologise", "code", failed.Code, "err", err)
	}
	return failed
}

// values are what an error's text is filled with, when it brings any.
func values(err error) any {
	var v interface{ Values() map[string]any }
	if errors.As(err, &v) {
		return v.Values()
	}
	return nil
}

// NewCode makes the code of a fault, by which it is found in the log: six characters that can
// be read out on the telephone, without 0, O, 1 and I.
func NewCode() string {
	const letters = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
	b := make([]byte, 6)
	_, _ = rand.Read(b) // never fails: crypto/rand
	for i := range b {
		b[i] = letters[int(b[i])%len(letters)]
	}
	return string(b)
}

// said finds who answers words: a command, a key of the keyboard, the dialogue the
// person is in, a plain question, and last the bot's own 「我没听懂」.
func (r *Router) said(ctx context.Context, t *Turn) error {
	if word, args, mine, ok := ParseCommand(t.Text, r.Username); ok {
		if !mine {
			return nil
		}
		t.Args, t.command, t.Direct = args, true, true
		return r.commanded(ctx, t, word)
	}
	var mentioned bool
	t.Text, mentioned = cutMention(t.Text, r.Username)
	replied := t.Message.ReplyToMessage
	toUs := replied != nil && replied.From != nil && replied.From.ID == r.ID
	t.Direct = t.Private() || mentioned || toUs
	if !t.Direct { // group chatter: nothing is read before somebody wants it
		_, err := r.asked(ctx, t)
		return err
	}
	return r.addressed(ctx, t)
}

func (r *Router) commanded(ctx context.Context, t *Turn, word string) error {
	c := r.byWord[word]
	if c == nil && !t.Private() && !strings.Contains(strings.ToLower(t.Message.Text), "@"+strings.ToLower(r.Username)) {
		return nil // perhaps another bot's command
	}
	if err := t.Load(ctx); err != nil {
		return err
	}
	if c == nil {
		return r.lostFor(ctx, t)
	}
	switch {
	case c.Where == Private && !t.Private():
		return t.Say(ctx, "chat.private_only", nil)
	case c.Where == Group && t.Private():
		return t.Say(ctx, "chat.group_only", nil)
	}
	if c.May != nil && t.User == nil {
		return fmt.Errorf("/%s: %w", word, ErrAnonymous)
	}
	ok, err := c.allows(ctx, t)
	if err != nil {
		return err
	}
	if !ok {
		return fmt.Errorf("/%s: %w", word, ErrForbidden)
	}
	if word != "cancel" {
		if err := r.abandon(ctx, t); err != nil {
			return err
		}
	}
	return c.run(ctx, t)
}

// abandon leaves an unfinished dialogue because something new was begun, and says so.
func (r *Router) abandon(ctx context.Context, t *Turn) error {
	name, ok := r.doing[t.Known.Dialogue.Word]
	if !ok || !t.Asks() {
		t.pass()
		return nil // nothing was begun, or by an older version of the bot
	}
	if err := t.Say(ctx, "chat.abandoned", map[string]any{"What": t.Words().Plain(name, nil)}); err != nil {
		return err
	}
	return t.End(ctx)
}

// addressed answers what was said to the bot itself and is no command.
func (r *Router) addressed(ctx context.Context, t *Turn) error {
	if err := t.Load(ctx); err != nil {
		return err
	}
	if h := r.phrases[strings.TrimSpace(t.Text)]; h != nil && t.Private() {
		if err := r.abandon(ctx, t); err != nil {
			return err
		}
		return h(ctx, t)
	}
	if r.leaves(t) {
		return r.leave(ctx, t)
	}
	if h := r.steps[t.Known.Dialogue.Word]; h != nil && (t.Private() || t.Message.ReplyToMessage != nil) {
		if err := h(ctx, t); !errors.Is(err, ErrElse) {
			return err
		}
	}
	if done, err := r.handed(ctx, t); done || err != nil {
		return err
	}
	if done, err := r.asked(ctx, t); done || err != nil {
		return err
	}
	return r.lostFor(ctx, t)
}

// handed looks for who takes a document.
func (r *Router) handed(ctx context.Context, t *Turn) (bool, error) {
	if _, ok := t.Document(); !ok {
		return false, nil
	}
	for _, h := range r.files {
		if done, err := h(ctx, t); done || err != nil {
			return done, err
		}
	}
	return false, nil
}

func (r *Router) asked(ctx context.Context, t *Turn) (bool, error) {
	if t.Text == "" {
		return false, nil
	}
	for _, h := range r.texts {
		if done, err := h(ctx, t); done || err != nil {
			return done, err
		}
	}
	return false, nil
}

// lostFor says that the bot did not understand.
func (r *Router) lostFor(ctx context.Context, t *Turn) error {
	if r.lost == nil {
		return nil
	}
	return r.lost(ctx, t)
}

// spoken tells what a person said from a line such as "pinned a message".
func spoken(m *models.Message) bool {
	return m.Text != "" || m.Caption != "" || len(m.Photo) > 0 || m.Document != nil || m.Sticker != nil || m.Voice != nil || m.Video != nil ||
		m.VideoNote != nil || m.Audio != nil || m.Animation != nil || m.Contact != nil || m.Location != nil || m.Venue != nil || m.Poll != nil || m.Dice != nil
}
