package sim

import (
	"maps"
	"slices"
	"time"
)

// Message returns one message as who sees it; ok is false when there is none.
func (s *Server) Message(who, chat int64, id int) (m Message, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c, _, err := s.enter(who, chat)
	if err != nil {
		return Message{}, false
	}
	found := c.find(id)
	if found == nil {
		return Message{}, false
	}
	return s.view(c, found, who), true
}

// History returns the newest limit messages of a chat before message ID before (0: from
// the end), oldest first, as who sees them. Deleted ones are left out.
func (s *Server) History(who, chat int64, before, limit int) []Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	c, _, err := s.enter(who, chat)
	if err != nil {
		return nil
	}
	var list []Message
	for i := len(c.msgs) - 1; i >= 0 && len(list) < limit; i-- {
		if m := c.msgs[i]; !m.deleted && (before == 0 || m.api.ID < before) {
			list = append(list, s.view(c, m, who))
		}
	}
	slices.Reverse(list)
	return list
}

// view shows a message to a person.
func (s *Server) view(c *chat, m *message, who int64) Message {
	chat, _ := s.place(c)
	a := m.api
	v := Message{
		ID: a.ID, Chat: chat, From: m.from, FromName: m.name, At: time.Unix(a.Date, 0).In(s.clock.now().Location()),
		Pinned: m.pinned, Deleted: m.deleted, Service: m.service.String(), Deed: m.service, Thread: a.Thread,
	}
	if a.SenderChat != nil {
		v.From = a.SenderChat.ID // an anonymous admin stays so
	}
	if m.service.Did != "" || m.deleted {
		return v
	}
	v.Edited = a.EditDate != 0
	v.Text, v.HTML = a.Text, renderHTML(a.Text, a.Entities)
	if a.Text == "" {
		v.Text, v.HTML = a.Caption, renderHTML(a.Caption, a.CaptionEntities)
	}
	if a.ReplyTo != nil {
		v.ReplyTo = a.ReplyTo.ID
	}
	for _, f := range m.files {
		v.Files = append(v.Files, f.view())
	}
	v.Buttons, v.Reply = buttons(a.Markup), m.reply.copy()
	if m.poll != nil {
		v.Poll = m.poll.view(who)
	}
	v.Forwarded = a.Origin.name()
	v.Reactions = m.reactions(who)
	return v
}

func (o *apiOrigin) name() string {
	switch {
	case o == nil:
		return ""
	case o.Chat != nil:
		return o.Chat.Title
	case o.User != nil:
		return o.User.FirstName
	}
	return ""
}

func (m *message) reactions(who int64) []Reaction {
	var list []Reaction
	for _, id := range slices.Sorted(maps.Keys(m.chosen)) {
		r := m.chosen[id]
		i := slices.IndexFunc(list, func(x Reaction) bool { return x.Emoji == r.Emoji })
		if i < 0 {
			list, i = append(list, Reaction{Emoji: r.Emoji}), len(list)
		}
		list[i].Count++
		list[i].Mine = list[i].Mine || id == who
	}
	return list
}

func buttons(k *apiInline) [][]Button {
	if k == nil {
		return nil
	}
	rows := make([][]Button, len(k.Rows))
	for i, row := range k.Rows {
		for _, b := range row {
			rows[i] = append(rows[i], Button{Text: b.Text, Data: b.Data, URL: b.URL, Style: b.Style})
		}
	}
	return rows
}

func (k *Keyboard) copy() *Keyboard {
	if k == nil {
		return nil
	}
	c := *k
	c.Rows = make([][]string, len(k.Rows))
	for i, row := range k.Rows {
		c.Rows[i] = slices.Clone(row)
	}
	return &c
}

// Chats lists the chats of who: the private one with the bot first, then groups.
func (s *Server) Chats(who int64) []Chat {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.person(who)
	if p == nil {
		return nil
	}
	list := []Chat{s.chatView(s.chats[who], p)}
	for _, g := range s.groups {
		if g.members[who] && g.moved == 0 {
			list = append(list, s.chatView(g.chat, p))
		}
	}
	return list
}

func (s *Server) chatView(c *chat, p *person) Chat {
	v := Chat{
		ID: c.id, Pinned: slices.Clone(c.pinned), Keyboard: c.keyboardOf(p.ID).copy(), Typing: c.typing != nil,
		Commands: s.commandsFor(p, c),
	}
	if c.person != nil {
		v.ID, v.Key, v.Title, v.Started, v.Blocked = s.bot.ID, "bot", s.me.FirstName, c.started && !c.blocked, c.blocked
		return v
	}
	g := c.group
	v.Key, v.Title, v.Group, v.Members = g.Key, g.Title, true, g.count(s.bot.ID)
	if g.Forum {
		v.Topics = maps.Clone(g.Topics)
	}
	if !g.BotIn {
		v.Commands = nil
	}
	return v
}
