package sim

import (
	"encoding/json"
	"slices"
	"sort"
	"strconv"
	"strings"
	"time"
)

// bare is a message as it stands inside of another one: without what it replies to or pins.
func (m *apiMessage) bare() *apiMessage {
	if m.ReplyTo == nil && m.Pinned == nil {
		return m
	}
	b := *m
	b.ReplyTo, b.Pinned = nil, nil
	return &b
}

// find returns the message with an ID, nil when there never was one or it is forgotten.
func (c *chat) find(id int) *message {
	i := sort.Search(len(c.msgs), func(i int) bool { return c.msgs[i].api.ID >= id })
	if i < len(c.msgs) && c.msgs[i].api.ID == id {
		return c.msgs[i]
	}
	return nil
}

// alive returns a message that was not deleted.
func (c *chat) alive(id int) *message {
	if m := c.find(id); m != nil && !m.deleted {
		return m
	}
	return nil
}

// add gives a message its ID and date and puts it into its chat. The chat forgets its
// oldest messages.
func (s *Server) add(c *chat, m *message) {
	c.lastID++
	m.api.ID, m.api.Date, m.api.Chat = c.lastID, s.clock.now().Unix(), c.api
	if keep := s.opts.KeepMessages; len(c.msgs) >= keep+keep/4+1 {
		c.msgs = append(make([]*message, 0, keep+keep/4+1), c.msgs[len(c.msgs)-keep+1:]...)
	}
	c.msgs = append(c.msgs, m)
	s.emitMessage(c, c.lastID)
	s.turn.Broadcast()
}

// service makes a service message about what by did, of or with something.
func (s *Server) service(by *apiUser, did Happening, of string) *message {
	return &message{api: &apiMessage{From: by}, service: Deed{did, by.FirstName, of}}
}

// post adds a message that somebody else than an API call of the bot made, and tells the
// bot if it may see it.
func (s *Server) post(c *chat, m *message) {
	s.add(c, m)
	if s.sees(c, m) {
		s.push("message", &apiUpdate{Message: m.api}, chatQueue(c), s.clock.now().Add(day))
	}
}

const day = 24 * time.Hour

// say adds a message of the bot, and shows it to those who wait for what the bot says.
func (s *Server) say(c *chat, m *message) {
	m.from, m.name = s.bot.ID, s.me.FirstName
	m.api.From = s.me
	if c.typing != nil {
		c.stopTyping()
		s.emitChat(c)
	}
	s.add(c, m)
	s.record(c, m, tapeNew)
}

// draft collects what all methods that send have in common.
type draft struct {
	chat   *chat
	msg    *message
	markup markup
	to     int64 // the only one who sees a selective keyboard
}

// draft reads chat, topic, reply and keyboard of a call that sends.
func (s *Server) draft(c *call) (*draft, *apiError) {
	mk, err := readMarkup(c.p)
	if err != nil {
		return nil, err
	}
	ch, thread, err := s.writable(c)
	if err != nil {
		return nil, err
	}
	d := &draft{chat: ch, markup: mk, msg: &message{api: &apiMessage{Thread: thread, InTopic: thread != 0}}}
	d.msg.api.Markup, d.msg.reply = mk.inline, mk.reply
	d.msg.api.Protected = c.p.bool("protect_content")
	return d, s.setReply(c, d)
}

type replyParams struct {
	ID      int             `json:"message_id"`
	Chat    json.RawMessage `json:"chat_id"`
	Without bool            `json:"allow_sending_without_reply"`
	Quote   string          `json:"quote"`
	Mode    string          `json:"quote_parse_mode"`
	Marks   json.RawMessage `json:"quote_entities"`
	At      int             `json:"quote_position"`
}

func (s *Server) setReply(c *call, d *draft) *apiError {
	var r replyParams
	if err := c.p.json("reply_parameters", &r); err != nil {
		return bad("can't parse reply parameters JSON object")
	}
	if r.ID == 0 {
		return nil
	}
	if other := strings.Trim(string(r.Chat), `"`); other != "" && other != strconv.FormatInt(d.chat.id, 10) {
		return bad("a reply to a message of another chat is not simulated")
	}
	m := d.chat.alive(r.ID)
	if m == nil {
		if r.Without {
			return nil
		}
		return bad("message to be replied not found")
	}
	if m.from != s.bot.ID {
		d.to = m.from
	}
	api := d.msg.api
	api.ReplyTo = m.api.bare()
	if api.Thread == 0 && m.api.Thread != 0 {
		api.Thread, api.InTopic = m.api.Thread, true
	}
	return s.setQuote(d, m, r)
}

func (s *Server) setQuote(d *draft, m *message, r replyParams) *apiError {
	if r.Quote == "" {
		return nil
	}
	f, err := s.format(r.Quote, r.Mode, string(r.Marks))
	if err != nil {
		return err
	}
	text := m.api.Text + m.api.Caption
	before, _, ok := strings.Cut(text, f.text)
	if !ok || f.text == "" {
		return bad("QUOTE_TEXT_INVALID")
	}
	d.msg.api.Quote = &apiQuote{Text: f.text, Entities: f.entities, Position: len16(before), Manual: true}
	return nil
}

// send puts the message of a draft into its chat.
func (s *Server) send(d *draft) *apiMessage {
	s.say(d.chat, d.msg)
	if p := d.msg.poll; p != nil {
		p.at = append(p.at, spot{d.chat, d.msg})
	}
	if d.msg.reply != nil {
		s.setKeyboard(d)
	}
	return d.msg.api
}

// setKeyboard changes the reply keyboard of the chat, or of one member.
func (s *Server) setKeyboard(d *draft) {
	k := d.msg.reply
	if k.Remove {
		k = nil
	}
	if d.markup.selective && d.to != 0 {
		d.chat.keyboards[d.to] = k
	} else {
		d.chat.keyboard = k
		clear(d.chat.keyboards)
	}
	s.emitChat(d.chat)
}

// body reads a text of 1 to 4096 or a caption of 0 to 1024 units.
func (s *Server) body(p params, name, entities string, limit int) (formatted, *apiError) {
	f, err := s.format(p.str(name), p.str("parse_mode"), p.str(entities))
	if err != nil {
		return f, err
	}
	switch {
	case limit == maxText && f.text == "":
		return f, bad("message text is empty")
	case len16(f.text) <= limit:
		return f, nil
	case limit == maxText:
		return f, bad("message is too long")
	}
	return f, bad("message caption is too long")
}

func (s *Server) sendMessage(c *call) (any, *apiError) {
	f, err := s.body(c.p, "text", "entities", maxText)
	if err != nil {
		return nil, err
	}
	d, err := s.draft(c)
	if err != nil {
		return nil, err
	}
	d.msg.api.Text, d.msg.api.Entities = f.text, f.entities
	d.msg.api.Preview = raw(c.p.str("link_preview_options"))
	return s.send(d), nil
}

func raw(s string) json.RawMessage {
	if s == "" {
		return nil
	}
	return json.RawMessage(s)
}

// source finds the message of a call that copies or forwards.
func (s *Server) source(c *call, id int) (*message, *apiError) {
	ch, err := s.chatParam(c, "from_chat_id")
	if err != nil {
		return nil, err
	}
	m := ch.alive(id)
	switch {
	case m == nil:
		return nil, bad("message to %s not found", verb(c.method))
	case m.service.Did != "":
		return nil, bad("message can't be %s", map[string]string{"copy": "copied", "forward": "forwarded"}[verb(c.method)])
	case m.api.Protected:
		return nil, bad("message has protected content and can't be %s", map[string]string{"copy": "copied", "forward": "forwarded"}[verb(c.method)])
	}
	return m, nil
}

func verb(method string) string {
	if method[0] == 'c' {
		return "copy"
	}
	return "forward"
}

// content copies what a message says, without who said it and where.
func (m *message) content(to *message) {
	a, b := m.api, to.api
	b.Text, b.Entities, b.Preview = a.Text, a.Entities, a.Preview
	b.Photo, b.Document, b.Sticker, b.Voice = a.Photo, a.Document, a.Sticker, a.Voice
	b.Caption, b.CaptionEntities, b.CaptionAbove, b.Spoiler = a.Caption, a.CaptionEntities, a.CaptionAbove, a.Spoiler
	to.files = m.files
	if m.poll != nil {
		to.poll, b.Poll = m.poll, a.Poll
	}
}

func (s *Server) copyMessage(c *call) (any, *apiError) {
	d, err := s.draft(c)
	if err != nil {
		return nil, err
	}
	m, err := s.source(c, int(c.p.int("message_id")))
	if err != nil {
		return nil, err
	}
	m.content(d.msg)
	if c.p.has("caption") && d.msg.api.Text == "" {
		f, err := s.body(c.p, "caption", "caption_entities", maxCaption)
		if err != nil {
			return nil, err
		}
		d.msg.api.Caption, d.msg.api.CaptionEntities = f.text, f.entities
	}
	return apiMessageID{s.send(d).ID}, nil
}

func (s *Server) forwardMessage(c *call) (any, *apiError) {
	d, err := s.draft(c)
	if err != nil {
		return nil, err
	}
	m, err := s.source(c, int(c.p.int("message_id")))
	if err != nil {
		return nil, err
	}
	return s.forward(d, m), nil
}

func (s *Server) forward(d *draft, m *message) *apiMessage {
	m.content(d.msg)
	d.msg.api.Origin = m.origin()
	return s.send(d)
}

func (m *message) origin() *apiOrigin {
	switch {
	case m.api.Origin != nil:
		return m.api.Origin
	case m.api.SenderChat != nil:
		return &apiOrigin{Type: "chat", Date: m.api.Date, Chat: m.api.SenderChat}
	}
	return &apiOrigin{Type: "user", Date: m.api.Date, User: m.api.From}
}

const maxIDs = 100

// ids reads message_ids: 1 to 100.
func (c *call) ids() ([]int, *apiError) {
	var list []int
	if err := c.p.json("message_ids", &list); err != nil {
		return nil, bad("expected an Array of message identifiers")
	}
	if len(list) == 0 {
		return nil, bad("message identifiers are not specified")
	}
	if len(list) > maxIDs {
		return nil, bad("too many message identifiers specified")
	}
	return list, nil
}

func idsLoad(c *call) load {
	list, _ := c.ids()
	return load{sent: len(list)}
}

// each copies or forwards several messages; those that are not found are skipped.
func (s *Server) each(c *call, f func(d *draft, m *message) *apiMessage) (any, *apiError) {
	list, err := c.ids()
	if err != nil {
		return nil, err
	}
	if !slices.IsSorted(list) {
		return nil, bad("message identifiers must be in a strictly increasing order")
	}
	sent := []apiMessageID{}
	for _, id := range list {
		m, err := s.source(c, id)
		if err != nil {
			continue
		}
		d, err := s.draft(c)
		if err != nil {
			return nil, err
		}
		sent = append(sent, apiMessageID{f(d, m).ID})
	}
	if len(sent) == 0 {
		return nil, bad("there are no messages to %s", verb(c.method))
	}
	return sent, nil
}

func (s *Server) copyMessages(c *call) (any, *apiError) {
	return s.each(c, func(d *draft, m *message) *apiMessage {
		m.content(d.msg)
		if c.p.bool("remove_caption") {
			d.msg.api.Caption, d.msg.api.CaptionEntities = "", nil
		}
		return s.send(d)
	})
}

func (s *Server) forwardMessages(c *call) (any, *apiError) { return s.each(c, s.forward) }

// deletable tells whether the bot may delete a message: its own and those of a private chat
// for 48 hours, any as an admin.
func (s *Server) deletable(ch *chat, m *message) bool {
	if ch.group != nil && s.botAdmin(ch.group) {
		return true
	}
	fresh := s.clock.now().Unix()-m.api.Date < int64(2*day/time.Second)
	return fresh && (ch.person != nil || m.from == s.bot.ID)
}

func (s *Server) remove(ch *chat, m *message) {
	m.deleted = true
	s.unpin(ch, m.api.ID)
	s.emitMessage(ch, m.api.ID)
}

func (s *Server) deleteMessage(c *call) (any, *apiError) {
	ch, err := s.chatParam(c, "chat_id")
	if err != nil {
		return nil, err
	}
	m := ch.alive(int(c.p.int("message_id")))
	if m == nil {
		return nil, bad("message to delete not found")
	}
	if !s.deletable(ch, m) {
		return nil, bad("message can't be deleted for everyone")
	}
	s.remove(ch, m)
	return true, nil
}

func (s *Server) deleteMessages(c *call) (any, *apiError) {
	list, err := c.ids()
	if err != nil {
		return nil, err
	}
	ch, err := s.chatParam(c, "chat_id")
	if err != nil {
		return nil, err
	}
	for _, id := range list {
		if m := ch.alive(id); m != nil && s.deletable(ch, m) {
			s.remove(ch, m)
		}
	}
	return true, nil
}

func (s *Server) setMessageReaction(c *call) (any, *apiError) {
	ch, err := s.chatParam(c, "chat_id")
	if err != nil {
		return nil, err
	}
	m := ch.alive(int(c.p.int("message_id")))
	if m == nil {
		return nil, bad("message to react not found")
	}
	var list []apiReaction
	if err := c.p.json("reaction", &list); err != nil {
		return nil, bad("can't parse reaction types JSON object")
	}
	if len(list) > 1 {
		return nil, bad("too many reactions specified") // bots without a subscription may set one
	}
	for _, r := range list {
		if r.Type == "emoji" && !reactionEmoji[r.Emoji] || r.Type == "paid" {
			return nil, bad("REACTION_INVALID")
		}
	}
	m.react(s.bot.ID, list)
	s.emitMessage(ch, m.api.ID)
	return true, nil
}

func (m *message) react(who int64, list []apiReaction) {
	if m.chosen == nil {
		m.chosen = map[int64]apiReaction{}
	}
	delete(m.chosen, who)
	if len(list) > 0 {
		m.chosen[who] = list[0]
	}
}
