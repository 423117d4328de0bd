package sim

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// What an app would not let a person do.
var (
	ErrNoPerson  = errors.New("sim: no such person")
	ErrNoChat    = errors.New("sim: no such chat")
	ErrNotMember = errors.New("sim: not a member of the group")
	ErrNotAdmin  = errors.New("sim: not an administrator of the group")
	ErrNoMessage = errors.New("sim: no such message")
	ErrNotAuthor = errors.New("sim: somebody else's message")
	ErrNoTopic   = errors.New("sim: no such topic, or it is closed")
	ErrBlocked   = errors.New("sim: the person blocked the bot")
	ErrEmpty     = errors.New("sim: nothing to send")
	ErrTooLong   = errors.New("sim: the text is too long")
	ErrPoll      = errors.New("sim: the poll does not take this answer")
)

// pressWait is how long Press waits for the bot's answer.
const pressWait = 10 * time.Second

// enter finds a chat as who names it, if who may write there.
func (s *Server) enter(who, chat int64) (*chat, *person, error) {
	p := s.person(who)
	if p == nil {
		return nil, nil, fmt.Errorf("%w: %d", ErrNoPerson, who)
	}
	if chat == s.bot.ID {
		return s.chats[who], p, nil
	}
	c := s.chats[chat]
	if c == nil || c.group == nil {
		return nil, nil, fmt.Errorf("%w: %d", ErrNoChat, chat)
	}
	if !c.group.members[who] || c.group.moved != 0 {
		return nil, nil, fmt.Errorf("%w: %s", ErrNotMember, c.group.Title)
	}
	return c, p, nil
}

// Do sends what a person says to a chat. chat is a group's ID, or the bot's for the
// private chat. It returns the new message's ID, of an album the first one. Whoever writes
// to the bot has started it; /start from a person who blocked it ends the block first.
func (s *Server) Do(ctx context.Context, who, chat int64, a Act) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c, p, err := s.enter(who, chat)
	if err != nil {
		return 0, err
	}
	if err := s.mayDo(c, p, a); err != nil {
		return 0, err
	}
	items := []Act{a}
	group := ""
	if len(a.Album) > 0 {
		items, group = a.Album, s.albumID()
	}
	messages := make([]*message, len(items))
	for i, item := range items {
		item.ReplyTo, item.Thread, item.AsGroup = a.ReplyTo, a.Thread, a.AsGroup
		if messages[i], err = s.compose(c, p, item); err != nil {
			return 0, err
		}
		messages[i].api.MediaGroup = group
	}
	for _, m := range messages {
		s.post(c, m)
	}
	c.useKeyboard(p.ID, a.Text)
	return messages[0].api.ID, nil
}

func (s *Server) mayDo(c *chat, p *person, a Act) error {
	if c.person != nil {
		if c.blocked && strings.HasPrefix(a.Text, "/start") {
			s.setBlocked(c, false)
		}
		if c.blocked {
			return ErrBlocked
		}
		if !c.started {
			c.started = true
			s.emitChat(c)
		}
		return nil
	}
	if a.AsGroup && !c.group.admins[p.ID] {
		return ErrNotAdmin
	}
	if a.Thread != 0 && (c.group.Topics[a.Thread] == "" || c.group.closed[a.Thread] && !c.group.admins[p.ID]) {
		return ErrNoTopic
	}
	return nil
}

// useKeyboard hides a one-time keyboard whose button was used.
func (c *chat) useKeyboard(who int64, text string) {
	k := c.keyboardOf(who)
	if k == nil || !k.OneTime && !k.Force {
		return
	}
	for _, row := range k.Rows {
		if slices.Contains(row, text) {
			c.keyboards[who] = nil
			return
		}
	}
	if k.Force {
		c.keyboards[who] = nil
	}
}

func (c *chat) keyboardOf(who int64) *Keyboard {
	if k, ok := c.keyboards[who]; ok {
		return k
	}
	return c.keyboard
}

// compose makes the message of an act.
func (s *Server) compose(c *chat, p *person, a Act) (*message, error) {
	m := &message{api: &apiMessage{From: p.api, Thread: a.Thread, InTopic: a.Thread != 0}, from: p.ID, name: p.Name}
	if a.AsGroup {
		m.api.From = &apiUser{ID: anonymousID, IsBot: true, FirstName: "Group", Username: "GroupAnonymousBot"}
		m.api.SenderChat, m.name = c.api, c.group.Title
	}
	if a.ReplyTo != 0 {
		to := c.alive(a.ReplyTo)
		if to == nil {
			return nil, fmt.Errorf("%w: %d", ErrNoMessage, a.ReplyTo)
		}
		m.api.ReplyTo = to.api.bare()
	}
	return m, s.content(m, a)
}

// content gives a message its text or its file.
func (s *Server) content(m *message, a Act) error {
	f, err := s.attach(a)
	if err != nil {
		return err
	}
	if f == nil {
		t, err := s.typed(a.Text, a.HTML)
		switch {
		case err != nil:
			return err
		case t.text == "":
			return ErrEmpty
		case len16(t.text) > maxText:
			return ErrTooLong
		}
		m.api.Text, m.api.Entities = t.text, t.entities
		return nil
	}
	t, err := s.typed(a.Caption, a.HTML)
	if err != nil {
		return err
	}
	if len16(t.text) > maxCaption {
		return ErrTooLong
	}
	media{file: f, caption: t}.fill(m.api)
	m.files = []*file{f}
	return nil
}

// typed is what a person typed, with or without formatting.
func (s *Server) typed(text string, html bool) (formatted, error) {
	if !html {
		return s.fix(text, nil), nil
	}
	f, err := s.format(text, "html", "")
	if err != nil {
		return f, err
	}
	return f, nil
}

// attach keeps the file of an act; nil when it is a text.
func (s *Server) attach(a Act) (*file, error) {
	var f *file
	var err *apiError
	switch {
	case a.Photo != nil:
		f, err = s.addPhoto(a.Photo, "photo.png")
	case a.Document != nil:
		f, err = s.addFile("document", a.Document, a.FileName)
	case a.Sticker:
		f, err = s.addFile("sticker", samplePhoto(), "sticker.webp")
	case a.Voice:
		f, err = s.addFile("voice", []byte("OggS simulated voice"), "voice.oga")
	}
	if err != nil {
		return nil, err
	}
	return f, nil
}

// Edit changes a message that who sent before: its text, or its caption.
func (s *Server) Edit(ctx context.Context, who, chat int64, message int, text string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	c, p, err := s.enter(who, chat)
	if err != nil {
		return err
	}
	m := c.alive(message)
	switch {
	case m == nil:
		return ErrNoMessage
	case m.from != p.ID:
		return ErrNotAuthor
	}
	f := s.fix(text, nil)
	api := *m.api
	if len(m.files) > 0 {
		api.Caption, api.CaptionEntities = f.text, f.entities
	} else if api.Text, api.Entities = f.text, f.entities; f.text == "" {
		return ErrEmpty
	}
	api.EditDate = s.clock.now().Unix()
	m.api = &api
	s.emitMessage(c, api.ID)
	if s.sees(c, m) {
		s.push("edited_message", &apiUpdate{EditedMessage: m.api}, chatQueue(c), s.clock.now().Add(day))
	}
	return nil
}

// query is a press that waits for the bot's answer.
type query struct {
	id       string
	chat     *chat
	who      int64
	message  int
	at       time.Time // the simulator's
	answered chan struct{}
	toast    Toast
}

// Press presses the inline button with data on a message that who can see, and
// returns once the bot answered the query or wait passed: Toast.Answered tells.
// Any data may be given: a forged press is delivered like an honest one.
// It waits until ctx is done, at most 10 seconds.
func (s *Server) Press(ctx context.Context, who, chat int64, message int, data string) (Toast, error) {
	q, err := s.press(who, chat, message, data)
	if err != nil {
		return Toast{}, err
	}
	timer := time.NewTimer(pressWait)
	defer timer.Stop()
	select {
	case <-q.answered:
	case <-timer.C:
	case <-ctx.Done():
	case <-s.done:
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return q.toast, nil
}

func (s *Server) press(who, chat int64, message int, data string) (*query, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c, p, err := s.enter(who, chat)
	if err != nil {
		return nil, err
	}
	if message <= 0 || message > c.lastID {
		return nil, ErrNoMessage
	}
	s.queryIDs++
	q := &query{
		id: strconv.FormatInt(4_000_000_000_000_000_000+s.queryIDs, 10), chat: c, who: who, message: message,
		at: s.clock.now(), answered: make(chan struct{}),
	}
	s.keepQuery(q)
	u := &apiQuery{ID: q.id, From: p.api, ChatInstance: strconv.FormatUint(hash(chatQueue(c)), 10), Data: data}
	u.Message = apiGone{Chat: c.api, ID: message}
	if m := c.alive(message); m != nil {
		u.Message = m.api
	}
	if c.person != nil && !c.blocked || c.group != nil && c.group.BotIn {
		s.push("callback_query", &apiUpdate{Query: u}, userQueue(who), q.at.Add(queryLife))
	}
	return q, nil
}

// keepQuery remembers a press; those that are too old to be answered go.
func (s *Server) keepQuery(q *query) {
	if len(s.queries) >= keepEvents {
		for id, old := range s.queries {
			if q.at.Sub(old.at) >= queryLife {
				delete(s.queries, id)
			}
		}
	}
	s.queries[q.id] = q
}

const maxToast = 200

func (s *Server) answerCallbackQuery(c *call) (any, *apiError) {
	q := s.queries[c.p.str("callback_query_id")]
	if q == nil || s.clock.now().Sub(q.at) >= queryLife {
		return nil, bad("query is too old and response timeout expired or query ID is invalid")
	}
	text := c.p.str("text")
	if len16(text) > maxToast {
		return nil, bad("MESSAGE_TOO_LONG")
	}
	if link := c.p.str("url"); link != "" && !strings.HasPrefix(link, "https://t.me/") && !strings.HasPrefix(link, "t.me/") && !strings.HasPrefix(link, "tg://") {
		return nil, bad("URL_INVALID")
	}
	delete(s.queries, q.id)
	q.toast = Toast{Answered: true, Text: text, Alert: c.p.bool("show_alert"), URL: c.p.str("url")}
	close(q.answered)
	toast := q.toast
	chat, _ := s.place(q.chat)
	s.emit(Event{Kind: EventToast, Chat: chat, Who: q.who, Message: q.message, Toast: &toast})
	s.recordToast(q)
	return true, nil
}

// React sets the reaction of a person to a message, or takes it away when emoji is empty.
func (s *Server) React(ctx context.Context, who, chat int64, message int, emoji string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	c, p, err := s.enter(who, chat)
	if err != nil {
		return err
	}
	m := c.alive(message)
	if m == nil || emoji != "" && !reactionEmoji[emoji] {
		return ErrNoMessage
	}
	u := &apiReactionUpdate{Chat: c.api, ID: message, User: p.api, Date: s.clock.now().Unix(), Old: []apiReaction{}, New: []apiReaction{}}
	if old, ok := m.chosen[who]; ok {
		u.Old = append(u.Old, old)
	}
	if emoji != "" {
		u.New = append(u.New, apiReaction{Type: "emoji", Emoji: emoji})
	}
	m.react(who, u.New)
	s.emitMessage(c, message)
	if c.person != nil || s.botAdmin(c.group) {
		s.push("message_reaction", &apiUpdate{Reaction: u}, chatQueue(c), s.clock.now().Add(day))
	}
	return nil
}

// reactionEmoji are the emoji that may be reactions, without the rarer ones.
var reactionEmoji = map[string]bool{
	"❤": true, "👍": true, "👎": true, "🔥": true, "🥰": true, "👏": true, "😁": true, "🤔": true, "🤯": true, "😱": true,
	"🤬": true, "😢": true, "🎉": true, "🤩": true, "🤮": true, "💩": true, "🙏": true, "👌": true, "🕊": true, "🤡": true,
	"🥱": true, "🥴": true, "😍": true, "🐳": true, "❤‍🔥": true, "🌚": true, "🌭": true, "💯": true, "🤣": true, "⚡": true,
	"🍌": true, "🏆": true, "💔": true, "🤨": true, "😐": true, "🍓": true, "🍾": true, "💋": true, "🖕": true, "😈": true,
	"😴": true, "😭": true, "🤓": true, "👻": true, "👀": true, "🎃": true, "🙈": true, "😇": true, "😨": true, "🤝": true,
	"✍": true, "🤗": true, "🫡": true, "🎅": true, "🎄": true, "☃": true, "💅": true, "🤪": true, "🗿": true, "🆒": true,
	"💘": true, "🙉": true, "🦄": true, "😘": true, "💊": true, "🙊": true, "😎": true, "👾": true, "😡": true,
}
