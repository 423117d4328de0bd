package sim

import (
	"encoding/json"
	"strconv"
	"strings"
	"unicode/utf8"
)

// What Telegram takes of the bot's profile and menu.
const (
	maxCommands         = 100
	maxCommand          = 32
	maxCommandText      = 256
	maxName             = 64
	maxDescription      = 512
	maxShortDescription = 120
)

type rawScope struct {
	Type string          `json:"type"`
	Chat json.RawMessage `json:"chat_id"`
	User int64           `json:"user_id"`
}

// scopeKey names the list of commands that a call is about.
func (s *Server) scopeKey(c *call) (string, *apiError) {
	lang := c.p.str("language_code")
	if !validLanguage(lang) {
		return "", bad("invalid language code specified")
	}
	sc := rawScope{Type: "default"}
	if err := c.p.json("scope", &sc); err != nil {
		return "", bad("can't parse BotCommandScope JSON object")
	}
	var id int64
	if sc.Chat != nil {
		n, err := strconv.ParseInt(strings.Trim(string(sc.Chat), `"`), 10, 64)
		if err != nil || s.chats[n] == nil {
			return "", bad("chat not found")
		}
		if id = n; s.chats[n].person != nil && sc.Type != "chat" {
			return "", bad("can't change commands in private chats")
		}
	}
	if sc.Type == "chat_member" && s.user(sc.User) == nil {
		return "", bad("invalid user_id specified")
	}
	return commandKey(sc.Type, id, sc.User, lang), nil
}

func commandKey(kind string, chat, user int64, lang string) string {
	return kind + " " + strconv.FormatInt(chat, 10) + " " + strconv.FormatInt(user, 10) + " " + lang
}

// validLanguage takes two letters or none.
func validLanguage(code string) bool {
	if len(code) != 0 && len(code) != 2 {
		return false
	}
	return strings.Trim(code, "abcdefghijklmnopqrstuvwxyz") == ""
}

func (s *Server) setMyCommands(c *call) (any, *apiError) {
	var list []apiCommand
	if err := c.p.json("commands", &list); err != nil {
		return nil, bad("can't parse commands JSON object")
	}
	if len(list) > maxCommands {
		return nil, bad("BOT_COMMANDS_TOO_MUCH")
	}
	for i, cmd := range list {
		list[i].Name = strings.TrimPrefix(cmd.Name, "/")
		if err := checkCommand(list[i]); err != nil {
			return nil, err
		}
	}
	key, err := s.scopeKey(c)
	if err != nil {
		return nil, err
	}
	s.setCommands(key, list)
	return true, nil
}

func checkCommand(c apiCommand) *apiError {
	if c.Name == "" || len(c.Name) > maxCommand || strings.Trim(c.Name, "abcdefghijklmnopqrstuvwxyz0123456789_") != "" {
		return bad("BOT_COMMAND_INVALID")
	}
	if n := utf8.RuneCountInString(c.Description); n < 1 || n > maxCommandText {
		return bad("BOT_COMMAND_DESCRIPTION_INVALID")
	}
	return nil
}

func (s *Server) setCommands(key string, list []apiCommand) {
	if len(list) == 0 {
		delete(s.commands, key)
	} else {
		s.commands[key] = list
	}
	if len(s.chats) > keepEvents/2 {
		return // more news than a watcher can take: a crowd has nobody looking at each menu
	}
	for _, c := range s.chats {
		if c.person == nil || c.started {
			s.emitChat(c)
		}
	}
}

func (s *Server) getMyCommands(c *call) (any, *apiError) {
	key, err := s.scopeKey(c)
	if err != nil {
		return nil, err
	}
	list := s.commands[key]
	if list == nil {
		list = []apiCommand{}
	}
	return list, nil
}

func (s *Server) deleteMyCommands(c *call) (any, *apiError) {
	key, err := s.scopeKey(c)
	if err != nil {
		return nil, err
	}
	s.setCommands(key, nil)
	return true, nil
}

// commandsFor resolves what a person sees in a chat: the narrowest scope that has
// commands, in each scope the person's language before none.
//
// Source: "Determining list of commands" of the Bot API.
func (s *Server) commandsFor(p *person, c *chat) []Command {
	type scope struct {
		kind       string
		chat, user int64
	}
	scopes := []scope{{"chat", c.id, 0}, {"all_private_chats", 0, 0}, {"default", 0, 0}}
	if c.group != nil {
		admin := c.group.admins[p.ID]
		scopes = []scope{{"chat_member", c.id, p.ID}}
		if admin {
			scopes = append(scopes, scope{"chat_administrators", c.id, 0})
		}
		scopes = append(scopes, scope{"chat", c.id, 0})
		if admin {
			scopes = append(scopes, scope{"all_chat_administrators", 0, 0})
		}
		scopes = append(scopes, scope{"all_group_chats", 0, 0}, scope{"default", 0, 0})
	}
	for _, sc := range scopes {
		for _, lang := range []string{language(p.Language), ""} {
			if list := s.commands[commandKey(sc.kind, sc.chat, sc.user, lang)]; list != nil {
				return commandViews(list)
			}
		}
	}
	return nil
}

// language is the ISO 639-1 part of a language code.
func language(code string) string {
	code, _, _ = strings.Cut(strings.ToLower(code), "-")
	return code
}

func commandViews(list []apiCommand) []Command {
	views := make([]Command, len(list))
	for i, c := range list {
		views[i] = Command(c)
	}
	return views
}

// setProfile keeps a text of the bot's profile in a language; empty removes it.
func (s *Server) setProfile(c *call, field string, limit int) (any, *apiError) {
	lang, text := c.p.str("language_code"), c.p.str(field)
	if !validLanguage(lang) {
		return nil, bad("invalid language code specified")
	}
	if utf8.RuneCountInString(text) > limit {
		return nil, bad("%s is too long", strings.ReplaceAll(field, "_", " "))
	}
	s.profile[field+" "+lang] = text
	return true, nil
}

// getProfile returns the text in a language, or in none.
func (s *Server) getProfile(c *call, field string) string {
	if text := s.profile[field+" "+c.p.str("language_code")]; text != "" {
		return text
	}
	return s.profile[field+" "]
}

func (s *Server) setMyName(c *call) (any, *apiError) { return s.setProfile(c, "name", maxName) }
func (s *Server) getMyName(c *call) (any, *apiError) {
	name := s.getProfile(c, "name")
	if name == "" {
		name = s.bot.Name
	}
	return map[string]string{"name": name}, nil
}

func (s *Server) setMyDescription(c *call) (any, *apiError) {
	return s.setProfile(c, "description", maxDescription)
}

func (s *Server) getMyDescription(c *call) (any, *apiError) {
	return map[string]string{"description": s.getProfile(c, "description")}, nil
}

func (s *Server) setMyShortDescription(c *call) (any, *apiError) {
	return s.setProfile(c, "short_description", maxShortDescription)
}

func (s *Server) getMyShortDescription(c *call) (any, *apiError) {
	text := s.getProfile(c, "short_description")
	if text == "" {
		text = s.bot.AboutText
	}
	return map[string]string{"short_description": text}, nil
}
