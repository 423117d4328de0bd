package telegram

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/go-telegram/bot/models"

	"xingfuli/bot/queue"
	"xingfuli/bot/text"
)

// Turn is one update on its way to an answer.
type Turn struct {
	Chat    models.Chat
	Thread  int             // forum topic to answer in, 0 none
	User    *models.User    // nil for an anonymous admin
	Message *models.Message // what was said, or the message under the pressed button; nil when Telegram no longer shows it
	Text    string          // text or caption, without a mention of the bot
	Args    string          // what followed the command
	Direct  bool            // said to the bot: in private, by command, mention or reply
	Button  Button          // what was pressed
	Now     time.Time

	Known queue.Known // filled by Load, which the router has called unless the turn is group chatter

	router  *Router
	update  int64
	try     *Attempt
	press   string // callback query ID
	command bool
	gathers bool
	loaded  bool
	ops     int
	timer   *turnTimer

	mu sync.Mutex // of try.answered, which a late press sets
}

// Private tells whether this is the private chat of one person with the bot.
func (t *Turn) Private() bool { return t.Chat.Type == models.ChatTypePrivate }

// UserID is the person's ID, 0 for an anonymous admin.
func (t *Turn) UserID() int64 {
	if t.User == nil {
		return 0
	}
	return t.User.ID
}

// Op names the turn's next change of state.
func (t *Turn) Op() queue.Op {
	t.ops++
	return queue.UpdateOp(t.router.ID, t.update, t.ops)
}

// Load reads what is known of chat and person, once per turn. It is called when the bot is
// going to answer, and so fails for who asks too much at once.
func (t *Turn) Load(ctx context.Context) error {
	if t.loaded {
		return nil
	}
	k, err := t.router.Memory.Known(ctx, t.Chat.ID, t.UserID())
	if err != nil {
		return fmt.Errorf("load turn: %w", err)
	}
	t.Known, t.loaded = k, true
	if !t.try.counted {
		t.try.counted = true
		if err := t.router.Flood.allow(ctx, t); err != nil {
			return err
		}
	}
	if title := t.Chat.Title; title != "" && k.Chat.Community != "" && k.Chat.Title != title {
		if err := t.router.Memory.SetTitle(ctx, t.Chat.ID, title); err != nil {
			return err
		}
	}
	if t.Private() && k.Person.Gone != "" { // they write again
		return t.router.Memory.SetGone(ctx, t.Chat.ID, "")
	}
	return nil
}

// Words speaks the language of the chat: a group's own choice or the bot's default; in
// private the person's choice, else the one their Telegram is set to.
func (t *Turn) Words() text.Words {
	return text.In(t.language())
}

func (t *Turn) language() text.Language {
	chosen := t.Known.Chat.Language
	if t.Private() {
		chosen = t.Known.Person.Language
	}
	if chosen != "" {
		return text.Match(chosen, t.router.Default)
	}
	if t.Private() && t.User != nil {
		return text.Match(t.User.LanguageCode, t.router.Default)
	}
	return t.router.Default
}

// Say answers with the text under key.
func (t *Turn) Say(ctx context.Context, key string, data any) error {
	_, err := t.Send(ctx, Message{HTML: t.Words().HTML(key, data)})
	return err
}

// Send answers in the chat, and topic, of the turn and returns the new message's ID, 0 when
// nobody knows whether it was sent. A message that an earlier attempt of the same turn has
// sent is not sent again.
func (t *Turn) Send(ctx context.Context, m Message) (int, error) {
	if a := t.try; a.next < len(a.sent) {
		a.next++
		return a.sent[a.next-1], nil
	}
	defer t.timer.pause()()
	if err := t.try.check(ctx); err != nil {
		return 0, err
	}
	m.Skip = t.try.half.of(m)
	id, err := t.router.Sender.Send(context.WithoutCancel(ctx), queue.Chat{ID: t.Chat.ID, Thread: t.Thread}, m)
	if err != nil && !errors.Is(err, queue.ErrUnknown) {
		if p := (*PartError)(nil); errors.As(err, &p) {
			t.try.half = half{m.HTML, p.Sent}
		}
		return 0, err
	}
	t.note(id)
	return id, nil
}

// half is a message of several parts that broke off: the next try sends the rest.
type half struct {
	html  text.HTML
	parts int
}

func (h half) of(m Message) int {
	if h.html != m.HTML {
		return 0
	}
	return h.parts
}

// Edit changes the message under the pressed button, or answers anew where there is none, or
// where m does not fit into one.
func (t *Turn) Edit(ctx context.Context, m Message) error {
	if t.press == "" || t.Message == nil || text.Length(m.HTML) > maxText {
		_, err := t.Send(ctx, m)
		return err
	}
	defer t.timer.pause()()
	if err := t.try.check(ctx); err != nil {
		return err
	}
	return t.router.Sender.Edit(context.WithoutCancel(ctx), t.Chat.ID, t.Message.ID, m)
}

// pass takes the place of a message and a change that only some tries of the turn make, so
// that those behind it have the same places in all.
func (t *Turn) pass() {
	t.ops++
	t.note(0)
}

// note keeps the ID of what was said at the turn's next place, unless an earlier try was there.
func (t *Turn) note(id int) {
	a := t.try
	if a.next++; a.next > len(a.sent) {
		a.sent = append(a.sent, id)
	}
}

// Toast answers a press with a short line over the chat. Outside a press it is said as a
// message, and so it is in private when the press does not wait any more; a group is not
// told what was meant for one person.
func (t *Turn) Toast(ctx context.Context, key string, data any) error {
	return t.toast(ctx, key, data, false, t.Private())
}

// Alert answers a press like Toast, with a box the person has to close.
func (t *Turn) Alert(ctx context.Context, key string, data any) error {
	return t.toast(ctx, key, data, true, t.Private())
}

// refuse is Alert for what may be heard by everybody: it is never dropped.
func (t *Turn) refuse(ctx context.Context, key string, data any) error {
	return t.toast(ctx, key, data, true, true)
}

func (t *Turn) toast(ctx context.Context, key string, data any, alert, aloud bool) error {
	if t.press == "" {
		return t.Say(ctx, key, data)
	}
	if t.try.next < len(t.try.sent) { // by an earlier try
		t.try.next++
		return nil
	}
	first, err := t.answer(ctx, t.Words().Plain(key, data), alert)
	if err != nil {
		return err
	}
	if !first && aloud {
		return t.Say(ctx, key, data)
	}
	t.note(0)
	return nil
}

// answer ends the waiting that a press shows; only the first call is sent.
func (t *Turn) answer(ctx context.Context, line string, alert bool) (first bool, err error) {
	t.mu.Lock()
	first = !t.try.answered
	t.try.answered = true
	t.mu.Unlock()
	if !first {
		return false, nil
	}
	if err := t.try.check(ctx); err != nil {
		return true, err
	}
	return true, t.router.Sender.Answer(context.WithoutCancel(ctx), t.press, line, alert)
}

// EndWaiting ends the waiting that a press shows, without a word.
func (r *Router) EndWaiting(ctx context.Context, press string) error {
	return r.Sender.Answer(ctx, press, "", false)
}

// release ends the waiting of a press without a word, if nothing has ended it. That it could
// not be is no reason to do the turn again.
func (t *Turn) release(ctx context.Context) {
	if t.press == "" {
		return
	}
	if _, err := t.answer(ctx, "", false); err != nil {
		t.router.Log.Warn("end the waiting of a press", "update", t.update, "err", err)
	}
}

// answerLate releases the press when its handler takes long. What it returns stops that.
func (t *Turn) answerLate(ctx context.Context) (stop func()) {
	ended := make(chan struct{})
	late := time.AfterFunc(answerWithin, func() {
		defer close(ended)
		t.release(ctx)
	})
	return func() {
		if !late.Stop() {
			<-ended
		}
	}
}

// Go puts the person's dialogue at a step; data is kept as JSON until the next one. The
// new version is in t.Known.Dialogue, for the buttons that belong to this step.
func (t *Turn) Go(ctx context.Context, word, step string, data any) error {
	raw, err := json.Marshal(data)
	if err != nil {
		return fmt.Errorf("dialogue %s %s: %w", word, step, err)
	}
	return t.setDialogue(ctx, queue.Dialogue{Word: word, Step: step, Data: raw})
}

// End ends the person's dialogue. It comes last in a turn: killed before it, the turn is
// repeated and finds the dialogue as it was.
func (t *Turn) End(ctx context.Context) error {
	return t.setDialogue(ctx, queue.Dialogue{})
}

// setDialogue gives the step a version that no other step of this person ever has: made of
// the update, so that a retry makes the same one, and a button of last week is known as stale.
func (t *Turn) setDialogue(ctx context.Context, d queue.Dialogue) error {
	t.ops++
	d.Version = t.update<<6 | int64(t.ops)
	if err := t.router.Memory.SetDialogue(ctx, t.Chat.ID, t.UserID(), t.Known.Dialogue.Version, d); err != nil {
		return fmt.Errorf("dialogue %q: %w", d.Word, err)
	}
	t.Known.Dialogue = d
	return nil
}

// Dialogue reads the data of the step the person is at into v. It returns ErrStale when
// the person is at no step of word, or the pressed button belongs to an earlier step.
func (t *Turn) Dialogue(word string, v any) error {
	d := t.Known.Dialogue
	switch {
	case t.Ended():
		return errDone
	case d.Word != word, t.press != "" && t.Button.Version != d.Version && !t.resumed():
		return fmt.Errorf("dialogue %s: %w", word, ErrStale)
	}
	if err := json.Unmarshal(d.Data, v); err != nil {
		return fmt.Errorf("dialogue %s: %w", word, err)
	}
	return nil
}

// Asks tells whether the person is in the middle of a dialogue, and not because this very
// turn has begun it before it was interrupted.
func (t *Turn) Asks() bool { return t.Known.Dialogue.Word != "" && !t.resumed() }

// Ended tells whether this very turn has ended the person's dialogue before it was interrupted.
func (t *Turn) Ended() bool { return t.Known.Dialogue.Word == "" && t.resumed() }

// resumed tells whether this turn has set the dialogue already, before the process that
// handled it was killed.
func (t *Turn) resumed() bool { return t.Known.Dialogue.Version>>6 == t.update }

// errDone ends a turn whose work an earlier try has done to the end.
var errDone = errors.New("telegram: done by an earlier try")

// Commands lists what this person may do here, asked now.
func (t *Turn) Commands(ctx context.Context) ([]Command, error) {
	var may []Command
	for _, c := range t.router.commands {
		if c.About == "" || c.Where == Group && t.Private() || c.Where == Private && !t.Private() {
			continue
		}
		ok, err := c.allows(ctx, t)
		if err != nil {
			return nil, err
		}
		if ok {
			may = append(may, *c)
		}
	}
	return may, nil
}

func (c *Command) allows(ctx context.Context, t *Turn) (bool, error) {
	if c.May == nil {
		return true, nil
	}
	return c.May(ctx, t)
}

// IsGroupAdmin asks Telegram whether the person runs this group. An anonymous admin does.
func (t *Turn) IsGroupAdmin(ctx context.Context) (bool, error) {
	if t.User == nil {
		return t.Message != nil && t.Message.SenderChat != nil && t.Message.SenderChat.ID == t.Chat.ID, nil
	}
	return t.router.Sender.IsAdmin(ctx, t.Chat.ID, t.User.ID)
}

// BotIsAdmin asks Telegram whether the bot runs this group, and so hears all that is said in it.
func (t *Turn) BotIsAdmin(ctx context.Context) (bool, error) {
	return t.router.Sender.IsAdmin(ctx, t.Chat.ID, t.router.ID)
}

// turnTimer is the turn's one timeout; it stands still while messages wait to be sent.
type turnTimer struct {
	mu     sync.Mutex
	timer  *time.Timer
	left   time.Duration
	since  time.Time
	paused int
}

func startTimer(d time.Duration, expire func()) *turnTimer {
	return &turnTimer{timer: time.AfterFunc(d, expire), left: d, since: time.Now()}
}

// pause stops the time until the function it returns is called.
func (tt *turnTimer) pause() (resume func()) {
	tt.mu.Lock()
	defer tt.mu.Unlock()
	tt.paused++
	if tt.paused == 1 && tt.timer.Stop() {
		tt.left -= time.Since(tt.since)
	}
	return func() {
		tt.mu.Lock()
		defer tt.mu.Unlock()
		tt.paused--
		if tt.paused == 0 {
			tt.since = time.Now()
			tt.timer.Reset(max(tt.left, time.Millisecond))
		}
	}
}

func (tt *turnTimer) stop() { tt.timer.Stop() }
