package sim

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// sees tells whether the bot is given a message. In private chats it is, unless it is
// blocked; in groups by the rules of privacy mode: everything as an admin or with
// ReadsAll, else service messages, commands for it or for nobody in particular, replies
// to it and mentions of it.
//
// Source: "Privacy mode" of Telegram's bot features. A bare command counts as meant for
// the bot: there is no other one in this world.
func (s *Server) sees(c *chat, m *message) bool {
	if c.person != nil {
		return !c.blocked
	}
	g := c.group
	switch {
	case !g.BotIn:
		return false
	case s.bot.ReadsAll, s.botAdmin(g), m.service.Did != "":
		return true
	case m.api.ReplyTo != nil && m.api.ReplyTo.From != nil && m.api.ReplyTo.From.ID == s.bot.ID:
		return true
	}
	return s.addressed(m.api.Text, m.api.Entities) || s.addressed(m.api.Caption, m.api.CaptionEntities)
}

// addressed tells whether a text speaks to the bot.
func (s *Server) addressed(text string, list []apiEntity) bool {
	if len(list) == 0 {
		return false
	}
	at := offsets(text)
	for _, e := range list {
		word := text[at[e.Offset]:at[end(e)]]
		switch e.Type {
		case "mention":
			if strings.EqualFold(word, "@"+s.bot.Username) {
				return true
			}
		case "bot_command":
			_, to, directed := strings.Cut(word, "@")
			if strings.EqualFold(to, s.bot.Username) || !directed && e.Offset == 0 {
				return true
			}
		}
	}
	return false
}

// Start marks that a person pressed Start some time ago: the bot may write, and is not told.
func (s *Server) Start(who int64) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.person(who)
	if p == nil {
		return fmt.Errorf("%w: %d", ErrNoPerson, who)
	}
	s.chats[who].started = true
	s.emitChat(s.chats[who])
	return nil
}

// Block makes the bot unreachable for who (403, my_chat_member "kicked"); Unblock undoes it.
func (s *Server) Block(who int64) error { return s.block(who, true) }

// Unblock lets the bot reach who again.
func (s *Server) Unblock(who int64) error { return s.block(who, false) }

func (s *Server) block(who int64, blocked bool) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.person(who) == nil {
		return fmt.Errorf("%w: %d", ErrNoPerson, who)
	}
	if c := s.chats[who]; c.blocked != blocked {
		s.setBlocked(c, blocked)
	}
	return nil
}

func (s *Server) setBlocked(c *chat, blocked bool) {
	c.blocked = blocked
	was, is := any(memberPlain{"member", s.me}), any(memberBanned{"kicked", s.me, 0})
	if !blocked {
		was, is = is, was
	}
	s.memberUpdate("my_chat_member", c, c.person.api, was, is)
	s.emitChat(c)
}

// Deactivate deletes a person's account: the bot gets 403 "user is deactivated".
func (s *Server) Deactivate(who int64) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.person(who) == nil {
		return fmt.Errorf("%w: %d", ErrNoPerson, who)
	}
	s.chats[who].gone = true
	return nil
}

func (s *Server) memberUpdate(kind string, c *chat, by *apiUser, was, is any) {
	m := &apiMemberUpdate{Chat: c.api, From: by, Date: s.clock.now().Unix(), Old: was, New: is}
	u, line := &apiUpdate{MyMember: m}, chatQueue(c)
	if kind == "chat_member" {
		u, line = &apiUpdate{Member: m}, userQueue(by.ID)
	}
	s.push(kind, u, line, s.clock.now().Add(day))
}

// groupAndPerson finds both under the lock.
func (s *Server) groupAndPerson(group, who int64) (*group, *person, error) {
	c := s.chats[group]
	if c == nil || c.group == nil {
		return nil, nil, fmt.Errorf("%w: %d", ErrNoChat, group)
	}
	p := s.person(who)
	if p == nil {
		return nil, nil, fmt.Errorf("%w: %d", ErrNoPerson, who)
	}
	return c.group, p, nil
}

// AddBot lets a person add the bot to a group.
func (s *Server) AddBot(group, by int64) error { return s.setBot(group, by, true) }

// RemoveBot lets a person remove the bot from a group.
func (s *Server) RemoveBot(group, by int64) error { return s.setBot(group, by, false) }

func (s *Server) setBot(group, by int64, in bool) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	g, p, err := s.groupAndPerson(group, by)
	if err != nil {
		return err
	}
	if g.BotIn != in {
		s.moveBot(g, p.api, in, !in)
	}
	return nil
}

// moveBot changes whether the bot is in a group and says so to both.
func (s *Server) moveBot(g *group, by *apiUser, in, kicked bool) {
	was := s.member(g, s.me)
	g.BotIn, g.kicked = in, kicked
	if !in {
		delete(g.admins, s.bot.ID)
	}
	s.memberUpdate("my_chat_member", g.chat, by, was, s.member(g, s.me))
	if in {
		note := s.service(by, Added, s.me.FirstName)
		note.api.Joined = []*apiUser{s.me}
		s.post(g.chat, note)
	} else {
		note := s.service(by, Removed, s.me.FirstName)
		if by == s.me {
			note = s.service(by, Left, "")
		}
		note.api.Left = s.me
		s.post(g.chat, note)
	}
	s.emitChat(g.chat)
}

// Promote makes an account, also the bot, an admin of a group, by the hand of another.
func (s *Server) Promote(group, who, by int64) error { return s.setAdmin(group, who, by, true) }

// Demote makes an admin a plain member.
func (s *Server) Demote(group, who, by int64) error { return s.setAdmin(group, who, by, false) }

func (s *Server) setAdmin(group, who, by int64, admin bool) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	g, p, err := s.groupAndPerson(group, by)
	if err != nil {
		return err
	}
	u := s.user(who)
	if u == nil {
		return fmt.Errorf("%w: %d", ErrNoPerson, who)
	}
	if !g.members[who] && !(who == s.bot.ID && g.BotIn) {
		return ErrNotMember
	}
	was := s.member(g, u)
	delete(g.admins, who)
	if admin {
		g.admins[who] = true
		if !slices.Contains(g.Admins, who) {
			g.Admins = append(slices.Clone(g.Admins), who)
		}
	}
	if who == s.bot.ID {
		s.memberUpdate("my_chat_member", g.chat, p.api, was, s.member(g, u))
	} else if s.botAdmin(g) {
		s.memberUpdate("chat_member", g.chat, p.api, was, s.member(g, u))
	}
	s.emitChat(g.chat)
	return nil
}

// Join lets a person enter a group; Leave lets one go.
func (s *Server) Join(who, group int64) error { return s.setMember(who, group, true) }

// Leave takes a person out of a group, by the person's own will.
func (s *Server) Leave(who, group int64) error { return s.setMember(who, group, false) }

func (s *Server) setMember(who, group int64, in bool) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	g, p, err := s.groupAndPerson(group, who)
	if err != nil {
		return err
	}
	if g.members[who] == in {
		return nil
	}
	was := s.member(g, p.api)
	var note *message
	if in {
		g.members[who] = true
		note = s.service(p.api, Joined, "")
		note.api.Joined = []*apiUser{p.api}
	} else {
		delete(g.members, who)
		delete(g.admins, who)
		note = s.service(p.api, Left, "")
		note.api.Left = p.api
	}
	if s.botAdmin(g) {
		s.memberUpdate("chat_member", g.chat, p.api, was, s.member(g, p.api))
	}
	s.post(g.chat, note)
	s.emitChat(g.chat)
	return nil
}

// Mute takes from the bot the right to write to a group, or gives it back.
func (s *Server) Mute(group int64, muted bool) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.chats[group]
	if c == nil || c.group == nil {
		return fmt.Errorf("%w: %d", ErrNoChat, group)
	}
	c.group.muted = muted
	return nil
}

// Disband deletes a group, as its owner does.
func (s *Server) Disband(group int64) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.chats[group]
	if c == nil || c.group == nil {
		return fmt.Errorf("%w: %d", ErrNoChat, group)
	}
	c.group.deleted = true
	return nil
}

// CloseTopic closes a topic of a forum, or opens it again: only admins write there.
func (s *Server) CloseTopic(group int64, thread int, closed bool) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.chats[group]
	if c == nil || c.group == nil || c.group.Topics[thread] == "" {
		return fmt.Errorf("%w: %d", ErrNoTopic, thread)
	}
	c.group.closed[thread] = closed
	return nil
}

// Delete removes a message, as its author or an admin does in an app.
func (s *Server) Delete(who, chat int64, message int) error {
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
	case c.group != nil && m.from != p.ID && !c.group.admins[p.ID]:
		return ErrNotAuthor
	}
	s.remove(c, m)
	return nil
}

// Migrate makes a supergroup of a group and returns its ID. Whoever writes to the old one
// is told the new ID: 400 with migrate_to_chat_id.
func (s *Server) Migrate(id int64) (int64, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.chats[id]
	if c == nil || c.group == nil || c.group.moved != 0 {
		return 0, fmt.Errorf("%w: %d", ErrNoChat, id)
	}
	old := c.group
	next := &group{Group: old.Group, members: maps.Clone(old.members), admins: maps.Clone(old.admins), closed: map[int]bool{}}
	next.ID, _ = strconv.ParseInt("-100"+strconv.FormatInt(-id, 10), 10, 64)
	if _, taken := s.chats[next.ID]; taken {
		return 0, fmt.Errorf("%w: %d is taken", ErrNoChat, next.ID)
	}
	next.Topics = maps.Clone(old.Topics)
	s.placeGroup(next)
	note := s.service(s.me, Grew, "")
	note.api.MigrateTo = next.ID
	s.post(c, note)
	old.moved, old.Key = next.ID, old.Key+" (old)"
	note = s.service(s.me, GrownFrom, "")
	note.api.MigrateFrom = id
	s.post(next.chat, note)
	s.emitChat(next.chat)
	return next.ID, nil
}
