package sim

import (
	"slices"
	"time"
	"unicode/utf8"
)

// chatParam finds the chat that a parameter names, as far as the bot may know it.
func (s *Server) chatParam(c *call, name string) (*chat, *apiError) {
	ch := s.chats[c.p.int(name)]
	if ch == nil || c.p.int(name) == 0 {
		return nil, bad("chat not found") // @usernames belong to public groups, which there are none of
	}
	if ch.group != nil {
		if err := ch.group.reachable(); err != nil {
			return nil, err
		}
	}
	return ch, nil
}

// reachable tells why the bot cannot act in a group.
func (g *group) reachable() *apiError {
	switch {
	case g.moved != 0:
		return &apiError{code: 400, text: "Bad Request: group chat was upgraded to a supergroup chat", migrate: g.moved}
	case g.deleted:
		return forbidden("the group chat was deleted")
	case g.kicked:
		return forbidden("bot was kicked from the " + g.kind() + " chat")
	case !g.BotIn:
		return forbidden("bot is not a member of the " + g.kind() + " chat")
	}
	return nil
}

func (g *group) kind() string { return g.chat.api.Type }

// writable finds the chat of a call that writes, and its topic.
func (s *Server) writable(c *call) (*chat, int, *apiError) {
	ch, err := s.chatParam(c, "chat_id")
	if err != nil {
		return nil, 0, err
	}
	thread := int(c.p.int("message_thread_id"))
	if ch.person != nil {
		switch {
		case ch.gone:
			return nil, 0, forbidden("user is deactivated")
		case ch.blocked:
			return nil, 0, forbidden("bot was blocked by the user")
		case !ch.started:
			return nil, 0, forbidden("bot can't initiate conversation with a user")
		case thread != 0:
			return nil, 0, bad("message thread not found")
		}
		return ch, 0, nil
	}
	g := ch.group
	if g.muted && !s.botAdmin(g) {
		return nil, 0, bad("not enough rights to send text messages to the chat")
	}
	if thread != 0 && (!g.Forum || g.Topics[thread] == "") {
		return nil, 0, bad("message thread not found")
	}
	if thread != 0 && g.closed[thread] && !s.botAdmin(g) {
		return nil, 0, bad("TOPIC_CLOSED")
	}
	return ch, thread, nil
}

func (s *Server) getChat(c *call) (any, *apiError) {
	ch, err := s.chatParam(c, "chat_id")
	if err != nil {
		return nil, err
	}
	full := apiChatFull{apiChat: *ch.api, MaxReactions: 11}
	if ch.api.Username != "" {
		full.ActiveUsernames = []string{ch.api.Username}
	}
	if n := len(ch.pinned); n > 0 {
		if m := ch.find(ch.pinned[n-1]); m != nil {
			full.Pinned = m.api.bare()
		}
	}
	return full, nil
}

// member is the ChatMember of an account in a group; every right comes with being admin.
func (s *Server) member(g *group, u *apiUser) any {
	switch {
	case u.ID == s.bot.ID && g.kicked:
		return memberBanned{Status: "kicked", User: u}
	case u.ID == s.bot.ID && !g.BotIn, u.ID != s.bot.ID && !g.members[u.ID]:
		return memberPlain{Status: "left", User: u}
	case u.ID == g.owner(s.bot.ID):
		return memberOwner{Status: "creator", User: u}
	case g.admins[u.ID]:
		a := memberAdmin{Status: "administrator", User: u}
		a.Manage, a.Delete, a.Video, a.Restrict, a.Info, a.Invite = true, true, true, true, true, true
		a.Pin, a.Topics = true, g.Forum
		return a
	}
	return memberPlain{Status: "member", User: u}
}

// owner is the first person among the admins.
func (g *group) owner(bot int64) int64 {
	for _, id := range g.Admins {
		if id != bot && g.admins[id] {
			return id
		}
	}
	return 0
}

type memberPlain struct {
	Status string   `json:"status"`
	User   *apiUser `json:"user"`
}

type memberBanned struct {
	Status string   `json:"status"`
	User   *apiUser `json:"user"`
	Until  int64    `json:"until_date"`
}

type memberOwner struct {
	Status    string   `json:"status"`
	User      *apiUser `json:"user"`
	Anonymous bool     `json:"is_anonymous"`
}

type memberAdmin struct {
	Status        string   `json:"status"`
	User          *apiUser `json:"user"`
	Editable      bool     `json:"can_be_edited"`
	Anonymous     bool     `json:"is_anonymous"`
	Manage        bool     `json:"can_manage_chat"`
	Delete        bool     `json:"can_delete_messages"`
	Video         bool     `json:"can_manage_video_chats"`
	Restrict      bool     `json:"can_restrict_members"`
	Promote       bool     `json:"can_promote_members"`
	Info          bool     `json:"can_change_info"`
	Invite        bool     `json:"can_invite_users"`
	PostStories   bool     `json:"can_post_stories"`
	EditStories   bool     `json:"can_edit_stories"`
	DeleteStories bool     `json:"can_delete_stories"`
	Pin           bool     `json:"can_pin_messages"`
	Topics        bool     `json:"can_manage_topics,omitempty"`
}

// user finds an account that the bot may ask for.
func (s *Server) user(id int64) *apiUser {
	if id == s.bot.ID {
		return s.me
	}
	if p := s.person(id); p != nil {
		return p.api
	}
	return nil
}

func (s *Server) getChatMember(c *call) (any, *apiError) {
	ch, err := s.chatParam(c, "chat_id")
	if err != nil {
		return nil, err
	}
	u := s.user(c.p.int("user_id"))
	if u == nil {
		return nil, bad("member not found")
	}
	if ch.person != nil {
		if u.ID != ch.id && u.ID != s.bot.ID {
			return nil, bad("member not found")
		}
		return memberPlain{Status: "member", User: u}, nil
	}
	return s.member(ch.group, u), nil
}

func (s *Server) getChatAdministrators(c *call) (any, *apiError) {
	ch, err := s.chatParam(c, "chat_id")
	if err != nil {
		return nil, err
	}
	if ch.person != nil {
		return nil, bad("there are no administrators in the private chat")
	}
	list := []any{}
	for _, id := range ch.group.Admins {
		u := s.user(id)
		if u == nil || !ch.group.admins[id] || id == s.bot.ID && !c.p.bool("return_bots") && !ch.group.BotIn {
			continue
		}
		list = append(list, s.member(ch.group, u))
	}
	return list, nil
}

func (s *Server) getChatMemberCount(c *call) (any, *apiError) {
	ch, err := s.chatParam(c, "chat_id")
	if err != nil {
		return nil, err
	}
	if ch.person != nil {
		return 2, nil
	}
	return ch.group.count(s.bot.ID), nil
}

// count is the number of members, the bot included.
func (g *group) count(bot int64) int {
	n := len(g.members)
	if g.BotIn && !g.members[bot] {
		n++
	}
	if !g.BotIn && g.members[bot] {
		n--
	}
	return n
}

func (s *Server) leaveChat(c *call) (any, *apiError) {
	ch, err := s.chatParam(c, "chat_id")
	if err != nil {
		return nil, err
	}
	if ch.person != nil {
		return nil, bad("chat member status can't be changed in private chats")
	}
	s.moveBot(ch.group, s.me, false, false)
	return true, nil
}

// pinnable finds the chat of a call that changes pins.
func (s *Server) pinnable(c *call) (*chat, *apiError) {
	ch, err := s.chatParam(c, "chat_id")
	if err != nil {
		return nil, err
	}
	if ch.group != nil && !s.botAdmin(ch.group) {
		return nil, bad("not enough rights to manage pinned messages in the chat")
	}
	return ch, nil
}

// pinChatMessage pins and, unless it was pinned already, says so in the chat.
func (s *Server) pinChatMessage(c *call) (any, *apiError) {
	ch, err := s.pinnable(c)
	if err != nil {
		return nil, err
	}
	m := ch.find(int(c.p.int("message_id")))
	if m == nil || m.deleted {
		return nil, bad("message to pin not found")
	}
	if m.pinned {
		return true, nil
	}
	m.pinned = true
	ch.pinned = append(ch.pinned, m.api.ID)
	note := s.service(s.me, Pinned, "")
	note.api.Pinned = m.api.bare()
	s.post(ch, note)
	s.emitMessage(ch, m.api.ID)
	s.emitChat(ch)
	return true, nil
}

func (s *Server) unpinChatMessage(c *call) (any, *apiError) {
	ch, err := s.pinnable(c)
	if err != nil {
		return nil, err
	}
	id := int(c.p.int("message_id"))
	if n := len(ch.pinned); id == 0 && n > 0 {
		id = ch.pinned[n-1]
	}
	if id != 0 && !slices.Contains(ch.pinned, id) {
		return nil, bad("message to unpin not found")
	}
	s.unpin(ch, id)
	return true, nil
}

func (s *Server) unpinAllChatMessages(c *call) (any, *apiError) {
	ch, err := s.pinnable(c)
	if err != nil {
		return nil, err
	}
	for len(ch.pinned) > 0 {
		s.unpin(ch, ch.pinned[0])
	}
	return true, nil
}

func (s *Server) unpin(ch *chat, id int) {
	i := slices.Index(ch.pinned, id)
	if i < 0 {
		return
	}
	ch.pinned = slices.Delete(slices.Clone(ch.pinned), i, i+1)
	if m := ch.find(id); m != nil {
		m.pinned = false
	}
	s.emitMessage(ch, id)
	s.emitChat(ch)
}

// topicColors are those that Telegram allows.
var topicColors = []int64{0x6FB9F0, 0xFFD67E, 0xCB86DB, 0x8EEE98, 0xFF93B2, 0xFB6F5F}

func (s *Server) createForumTopic(c *call) (any, *apiError) {
	ch, err := s.topicManager(c)
	if err != nil {
		return nil, err
	}
	name := c.p.str("name")
	if n := utf8.RuneCountInString(name); n < 1 || n > 128 {
		return nil, bad("TOPIC_TITLE_EMPTY")
	}
	color := topicColors[0]
	if c.p.has("icon_color") {
		if color = c.p.int("icon_color"); !slices.Contains(topicColors, color) {
			return nil, bad("TOPIC_ICON_COLOR_INVALID")
		}
	}
	made := apiTopicMade{Name: name, Color: int(color)}
	note := s.service(s.me, MadeTopic, name)
	note.api.TopicCreated, note.api.InTopic = &made, true
	note.api.Thread = ch.lastID + 1 // a topic has the ID of its first message
	ch.group.Topics[note.api.Thread] = name
	s.post(ch, note)
	s.emitChat(ch)
	return apiTopic{Thread: note.api.ID, apiTopicMade: made}, nil
}

func (s *Server) topicManager(c *call) (*chat, *apiError) {
	ch, err := s.chatParam(c, "chat_id")
	if err != nil {
		return nil, err
	}
	if ch.group == nil || !ch.group.Forum {
		return nil, bad("the chat is not a forum")
	}
	if !s.botAdmin(ch.group) {
		return nil, bad("not enough rights to create a topic")
	}
	return ch, nil
}

func (s *Server) closeForumTopic(c *call) (any, *apiError)  { return s.setClosed(c, true) }
func (s *Server) reopenForumTopic(c *call) (any, *apiError) { return s.setClosed(c, false) }

func (s *Server) setClosed(c *call, closed bool) (any, *apiError) {
	ch, err := s.topicManager(c)
	if err != nil {
		return nil, err
	}
	thread := int(c.p.int("message_thread_id"))
	if ch.group.Topics[thread] == "" {
		return nil, bad("message thread not found")
	}
	if ch.group.closed[thread] == closed {
		return nil, bad("TOPIC_NOT_MODIFIED")
	}
	ch.group.closed[thread] = closed
	return true, nil
}

// typingFor is how long the bot seems to type after sendChatAction.
const typingFor = 5 * time.Second

var chatActions = map[string]bool{
	"typing": true, "upload_photo": true, "record_video": true, "upload_video": true, "record_voice": true,
	"upload_voice": true, "upload_document": true, "choose_sticker": true, "find_location": true,
	"record_video_note": true, "upload_video_note": true,
}

func (s *Server) sendChatAction(c *call) (any, *apiError) {
	if !chatActions[c.p.str("action")] {
		return nil, bad("wrong parameter action in request")
	}
	ch, _, err := s.writable(c)
	if err != nil {
		return nil, err
	}
	ch.stopTyping()
	ch.typing = time.AfterFunc(typingFor, func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		if ch.typing != nil {
			ch.typing = nil
			s.emitChat(ch)
		}
	})
	s.emitChat(ch)
	return true, nil
}

func (c *chat) stopTyping() {
	if c.typing != nil {
		c.typing.Stop()
		c.typing = nil
	}
}
