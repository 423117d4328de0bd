package sim

import (
	"fmt"
	"strings"
	"testing"
)

func TestCommands(t *testing.T) {
	tests := []struct{ name, body, want string }{
		{"fine", `"commands":[{"command":"menu_1","description":"菜单"}]`, "ok"},
		{"none", `"commands":[]`, "ok"},
		{"Chinese", `"commands":[{"command":"菜单","description":"菜单"}]`, "Bad Request: BOT_COMMAND_INVALID"},
		{"capitals", `"commands":[{"command":"Menu","description":"菜单"}]`, "Bad Request: BOT_COMMAND_INVALID"},
		{"32", `"commands":[{"command":"` + strings.Repeat("a", 32) + `","description":"菜单"}]`, "ok"},
		{"33", `"commands":[{"command":"` + strings.Repeat("a", 33) + `","description":"菜单"}]`, "Bad Request: BOT_COMMAND_INVALID"},
		{"no description", `"commands":[{"command":"a","description":""}]`, "Bad Request: BOT_COMMAND_DESCRIPTION_INVALID"},
		{"257", `"commands":[{"command":"a","description":"` + strings.Repeat("长", 257) + `"}]`, "Bad Request: BOT_COMMAND_DESCRIPTION_INVALID"},
		{"101 commands", `"commands":[` + strings.TrimSuffix(strings.Repeat(`{"command":"a","description":"b"},`, 101), ",") + `]`, "Bad Request: BOT_COMMANDS_TOO_MUCH"},
		{"language", `"commands":[],"language_code":"zh-hans"`, "Bad Request: invalid language code specified"},
		{"strange chat", `"commands":[],"scope":{"type":"chat","chat_id":5}`, "Bad Request: chat not found"},
		{"strange scope", `"commands":[],"scope":{"type":"world"}`, `Bad Request: can't parse scope of setMyCommands: scope: BotCommandScopeDefault has type "default", not world`},
	}
	s := started(t)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := ask(t, s, "setMyCommands", "{%s}", tt.body).String(); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
	t.Run("scopes", func(t *testing.T) {
		s := started(t)
		set := func(name, scope, lang string) {
			must(t, s, "setMyCommands", `{"commands":[{"command":"%s","description":"x"}],"scope":%s,"language_code":"%s"}`, name, scope, lang)
		}
		see := func(who int64, chat int) string {
			list := s.Chats(who)[chat].Commands
			if len(list) == 0 {
				return ""
			}
			return list[0].Name
		}
		inGroup := func(kind string) string {
			return fmt.Sprintf(`{"type":"%s","chat_id":%d,"user_id":%d}`, kind, theGroup, cook)
		}
		steps := []struct {
			name, scope, lang          string
			resident, residentIn, cook string // private, group, group
		}{
			{"a", `{"type":"default"}`, "", "a", "a", "a"},
			{"b", `{"type":"default"}`, "zh", "b", "b", "a"},
			{"c", `{"type":"all_private_chats"}`, "", "c", "b", "a"},
			{"d", `{"type":"all_group_chats"}`, "", "c", "d", "d"},
			{"e", `{"type":"all_chat_administrators"}`, "", "c", "d", "e"},
			{"f", fmt.Sprintf(`{"type":"chat","chat_id":%d}`, theGroup), "", "c", "f", "f"},
			{"g", fmt.Sprintf(`{"type":"chat_administrators","chat_id":%d}`, theGroup), "", "c", "f", "g"},
			{"h", inGroup("chat_member"), "", "c", "f", "h"},
			{"i", `{"type":"chat","chat_id":101}`, "", "i", "f", "h"},
		}
		for _, st := range steps {
			set(st.name, st.scope, st.lang)
			if a, b, c := see(resident, 0), see(resident, 1), see(cook, 1); a != st.resident || b != st.residentIn || c != st.cook {
				t.Errorf("after %s: %s %s %s, want %s %s %s", st.name, a, b, c, st.resident, st.residentIn, st.cook)
			}
		}
	})
}
