package sim

import (
	"bytes"
	"mime/multipart"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
)

// TestRefusals: what Telegram refuses is refused, in its words where they are known.
func TestRefusals(t *testing.T) {
	long := strings.Repeat("长", 4096)
	tests := []struct{ name, method, body, want string }{
		{"fine", "sendMessage", `{"chat_id":101,"text":"hi"}`, "ok"},
		{"method in any case", "SENDmessage", `{"chat_id":101,"text":"hi"}`, "ok"},
		{"chat_id as text", "sendMessage", `{"chat_id":"101","text":"hi"}`, "ok"},
		{"null is absent", "sendMessage", `{"chat_id":101,"text":"hi","reply_markup":null,"entities":null}`, "ok"},
		{"objects as text", "sendMessage", `{"chat_id":101,"text":"hi","reply_markup":"{\"remove_keyboard\":true}"}`, "ok"},
		{"unknown method", "sendFax", `{}`, "Not Found"},
		{"known, not simulated", "sendDice", `{"chat_id":101}`, "Bad Request: method sendDice is not simulated"},
		{"unknown parameter", "sendMessage", `{"chat_id":101,"text":"hi","txet":1}`, `Bad Request: unknown parameter "txet" in sendMessage`},
		{"parameter of another method", "getMe", `{"chat_id":101}`, `Bad Request: unknown parameter "chat_id" in getMe`},
		{"wrong type", "sendMessage", `{"chat_id":101,"text":7}`, `Bad Request: parameter "text" of sendMessage must be of type String`},
		{"wrong type of a flag", "sendMessage", `{"chat_id":101,"text":"hi","protect_content":"maybe"}`, `Bad Request: parameter "protect_content" of sendMessage must be of type Boolean`},
		{"wrong number", "editMessageText", `{"chat_id":101,"message_id":"one","text":"hi"}`, `Bad Request: parameter "message_id" of editMessageText must be of type Integer`},
		{"no chat", "sendMessage", `{"text":"hi"}`, "Bad Request: chat_id is empty"},
		{"no text", "sendMessage", `{"chat_id":101}`, "Bad Request: message text is empty"},
		{"white space only", "sendMessage", `{"chat_id":101,"text":" \n "}`, "Bad Request: message text is empty"},
		{"strange chat", "sendMessage", `{"chat_id":5,"text":"hi"}`, "Bad Request: chat not found"},
		{"strange name", "sendMessage", `{"chat_id":"@channel","text":"hi"}`, "Bad Request: chat not found"},
		{"4096", "sendMessage", `{"chat_id":101,"text":"` + long + `"}`, "ok"},
		{"4097", "sendMessage", `{"chat_id":101,"text":"` + long + `a"}`, "Bad Request: message is too long"},
		{"emoji count twice", "sendMessage", `{"chat_id":101,"text":"` + strings.Repeat("😀", 2048) + `"}`, "ok"},
		{"emoji too many", "sendMessage", `{"chat_id":101,"text":"` + strings.Repeat("😀", 2048) + `a"}`, "Bad Request: message is too long"},
		{"white space does not count", "sendMessage", `{"chat_id":101,"text":"  ` + long + `\n\n"}`, "ok"},
		{"tags do not count", "sendMessage", `{"chat_id":101,"parse_mode":"HTML","text":"<b>` + long + `</b>"}`, "ok"},
		{"bad HTML", "sendMessage", `{"chat_id":101,"parse_mode":"HTML","text":"1 < 2"}`, `Bad Request: can't parse entities: Unsupported start tag "" at byte offset 2`},
		{"markdown", "sendMessage", `{"chat_id":101,"parse_mode":"MarkdownV2","text":"*a*"}`, "Bad Request: parse_mode MarkdownV2 is not simulated: use HTML"},
		{"parse mode", "sendMessage", `{"chat_id":101,"parse_mode":"RTF","text":"a"}`, "Bad Request: unsupported parse_mode"},
		{"entity beyond the text", "sendMessage", `{"chat_id":101,"text":"abc","entities":[{"type":"bold","offset":1,"length":3}]}`, "Bad Request: entity beginning at UTF-16 offset 1 ends after the end of the text at UTF-16 offset 3"},
		{"entity inside an emoji", "sendMessage", `{"chat_id":101,"text":"😀b","entities":[{"type":"bold","offset":1,"length":1}]}`, "Bad Request: entity begins in a middle of a UTF-16 symbol at UTF-16 offset 1"},
		{"unknown entity", "sendMessage", `{"chat_id":101,"text":"abc","entities":[{"type":"loud","offset":0,"length":3}]}`, "Bad Request: can't parse MessageEntity: unsupported type specified"},
		{"unknown field of an entity", "sendMessage", `{"chat_id":101,"text":"abc","entities":[{"type":"bold","offset":0,"length":3,"colour":"red"}]}`, `Bad Request: can't parse entities of sendMessage: entities[0]: MessageEntity has no field "colour"`},
		{"no JSON", "sendMessage", `{"chat_id":101,"text":"abc","entities":"[{"}`, "Bad Request: can't parse entities JSON object"},
		{"reply to nothing", "sendMessage", `{"chat_id":101,"text":"a","reply_parameters":{"message_id":99}}`, "Bad Request: message to be replied not found"},
		{"reply to nothing, if need be", "sendMessage", `{"chat_id":101,"text":"a","reply_parameters":{"message_id":99,"allow_sending_without_reply":true}}`, "ok"},
		{"topic that is not", "sendMessage", `{"chat_id":-1001000000001,"message_thread_id":9,"text":"a"}`, "Bad Request: message thread not found"},
		{"topic", "sendMessage", `{"chat_id":-1001000000001,"message_thread_id":3,"text":"a"}`, "ok"},
		{"preview", "sendMessage", `{"chat_id":101,"text":"https://a.cn","link_preview_options":{"is_disabled":true}}`, "ok"},
		{"edit without message", "editMessageText", `{"chat_id":101,"text":"a"}`, "Bad Request: message identifier is not specified"},
		{"edit of nothing", "editMessageText", `{"chat_id":101,"message_id":99,"text":"a"}`, "Bad Request: message to edit not found"},
		{"edit inline", "editMessageText", `{"inline_message_id":"x","text":"a"}`, "Bad Request: MESSAGE_ID_INVALID"},
		{"delete of nothing", "deleteMessage", `{"chat_id":101,"message_id":99}`, "Bad Request: message to delete not found"},
		{"no photo", "sendPhoto", `{"chat_id":101}`, "Bad Request: there is no photo in the request"},
		{"strange file", "sendPhoto", `{"chat_id":101,"photo":"AgACAgIxyz"}`, "Bad Request: wrong file identifier/HTTP URL specified"},
		{"file of the web", "sendDocument", `{"chat_id":101,"document":"https://a.cn/x.pdf"}`, "Bad Request: failed to get HTTP URL content"},
		{"strange query", "answerCallbackQuery", `{"callback_query_id":"1"}`, "Bad Request: query is too old and response timeout expired or query ID is invalid"},
		{"strange file_id", "getFile", `{"file_id":"x"}`, "Bad Request: wrong file_id or the file is temporarily unavailable"},
		{"chat action", "sendChatAction", `{"chat_id":101,"action":"dance"}`, "Bad Request: wrong parameter action in request"},
		{"pin without the right", "pinChatMessage", `{"chat_id":-1001000000001,"message_id":1}`, "Bad Request: not enough rights to manage pinned messages in the chat"},
		{"no admins in private", "getChatAdministrators", `{"chat_id":101}`, "Bad Request: there are no administrators in the private chat"},
		{"leave a private chat", "leaveChat", `{"chat_id":101}`, "Bad Request: chat member status can't be changed in private chats"},
	}
	s := started(t)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := ask(t, s, tt.method, "%s", tt.body).String(); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
	if got := s.NotSimulated(); len(got) != 1 || got[0] != "sendDice" {
		t.Errorf("NotSimulated: %v", got)
	}
}

// TestReach: who cannot be reached, and why.
func TestReach(t *testing.T) {
	tests := []struct {
		name   string
		chat   int64
		change func(*Server) error
		want   string
	}{
		{"before /start", resident, nil, "Forbidden: bot can't initiate conversation with a user"},
		{"started", resident, func(s *Server) error { return s.Start(resident) }, "ok"},
		{"blocked", resident, func(s *Server) error { _ = s.Start(resident); return s.Block(resident) }, "Forbidden: bot was blocked by the user"},
		{"unblocked", resident, func(s *Server) error { _ = s.Start(resident); _ = s.Block(resident); return s.Unblock(resident) }, "ok"},
		{"deleted account", resident, func(s *Server) error { return s.Deactivate(resident) }, "Forbidden: user is deactivated"},
		{"group", theGroup, nil, "ok"},
		{"kicked", theGroup, func(s *Server) error { return s.RemoveBot(theGroup, cook) }, "Forbidden: bot was kicked from the supergroup chat"},
		{"never in", -55, func(s *Server) error { s.AddGroup(Group{ID: -55, Title: "旧群"}); return nil }, "Forbidden: bot is not a member of the group chat"},
		{"added", theGroup, func(s *Server) error { _ = s.RemoveBot(theGroup, cook); return s.AddBot(theGroup, cook) }, "ok"},
		{"muted", theGroup, func(s *Server) error { return s.Mute(theGroup, true) }, "Bad Request: not enough rights to send text messages to the chat"},
		{"disbanded", theGroup, func(s *Server) error { return s.Disband(theGroup) }, "Forbidden: the group chat was deleted"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := testWorld(t)
			if tt.change != nil {
				if err := tt.change(s); err != nil {
					t.Fatal(err)
				}
			}
			if got := ask(t, s, "sendMessage", `{"chat_id":%d,"text":"hi"}`, tt.chat).String(); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

// TestBodies: every way to send parameters, and what is no such way.
func TestBodies(t *testing.T) {
	s := started(t)
	base := "/bot" + s.Bot().Token
	form := func(fields ...string) (string, string) {
		var b bytes.Buffer
		w := multipart.NewWriter(&b)
		for i := 0; i < len(fields); i += 2 {
			if err := w.WriteField(fields[i], fields[i+1]); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		return b.String(), w.FormDataContentType()
	}
	multi, multiType := form("chat_id", "101", "text", "hi", "protect_content", "true", "reply_markup", "null")
	twice, twiceType := form("chat_id", "101", "chat_id", "102", "text", "hi")
	bare := "--b\r\ncontent-disposition:form-data;name=\"chat_id\"\r\n\r\n101\r\n--b\r\ncontent-disposition:form-data;name=\"document\";filename=菜单.csv\r\n\r\nhi\r\n--b--\r\n"
	tests := []struct{ name, verb, path, kind, body, want string }{
		{"GET", "GET", base + "/sendMessage?chat_id=101&text=hi", "", "", "ok"},
		{"urlencoded", "POST", base + "/sendMessage", "application/x-www-form-urlencoded", url.Values{"chat_id": {"101"}, "text": {"hi"}}.Encode(), "ok"},
		{"multipart", "POST", base + "/sendMessage", multiType, multi, "ok"},
		{"a field twice", "POST", base + "/sendMessage", twiceType, twice, `Bad Request: can't read the request: field "chat_id" stands twice`},
		{"empty multipart", "POST", base + "/getMe", multiType, "", "ok"},
		{"a file name without quotes", "POST", base + "/sendDocument", "multipart/form-data; boundary=b", bare, "ok"},
		{"cut multipart", "POST", base + "/sendMessage", multiType, multi[:len(multi)-20], "Bad Request: can't read the request: unexpected EOF"},
		{"URL and body", "POST", base + "/sendMessage?chat_id=101", "application/json; charset=utf-8", `{"text":"hi"}`, "ok"},
		{"empty JSON", "POST", base + "/getMe", "application/json", "", "ok"},
		{"bad JSON", "POST", base + "/getMe", "application/json", "{", "Bad Request: can't read the request: unexpected end of JSON input"},
		{"other content", "POST", base + "/getMe", "text/plain", "hi", `Bad Request: can't read the request: content type "text/plain" is none of multipart/form-data, application/json, application/x-www-form-urlencoded`},
		{"no UTF-8", "POST", base + "/sendMessage", "application/x-www-form-urlencoded", "chat_id=101&text=%ff", "Bad Request: strings must be encoded in UTF-8"},
		{"wrong token", "POST", "/bot1:x/getMe", "", "", "Unauthorized"},
		{"no bot", "GET", "/", "", "", "Not Found"},
		{"no method", "GET", base, "", "", "Not Found"},
		{"strange file", "GET", "/file" + base + "/photos/x.png", "", "", "Not Found"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := httptest.NewRequest(tt.verb, tt.path, strings.NewReader(tt.body))
			if tt.kind != "" {
				r.Header.Set("Content-Type", tt.kind)
			}
			if got := request(t, s, r).String(); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}

// TestEdits: an edit must change something that is there.
func TestEdits(t *testing.T) {
	const key = `{"inline_keyboard":[[{"text":"a","callback_data":"1"}]]}`
	const key2 = `{"inline_keyboard":[[{"text":"a","callback_data":"2"}]]}`
	const same = "Bad Request: message is not modified: specified new message content and reply markup are exactly the same as a current content and reply markup of the message"
	tests := []struct{ name, method, body, want string }{
		{"same text, same keys", "editMessageText", `"text":"a","reply_markup":` + key, same},
		{"same after trimming", "editMessageText", `"text":" a ","reply_markup":` + key, same},
		{"same text, other keys", "editMessageText", `"text":"a","reply_markup":` + key2, "ok"},
		{"same text, no keys", "editMessageText", `"text":"a"`, "ok"},
		{"same text in bold", "editMessageText", `"text":"<b>a</b>","parse_mode":"HTML","reply_markup":` + key, "ok"},
		{"other text", "editMessageText", `"text":"b"`, "ok"},
		{"empty text", "editMessageText", `"text":""`, "Bad Request: message text is empty"},
		{"same keys", "editMessageReplyMarkup", `"reply_markup":` + key, same},
		{"no keys", "editMessageReplyMarkup", `"protected":1`, `Bad Request: unknown parameter "protected" in editMessageReplyMarkup`},
		{"empty keys", "editMessageReplyMarkup", `"reply_markup":{"inline_keyboard":[]}`, "ok"},
		{"a caption of a text", "editMessageCaption", `"caption":"b"`, "Bad Request: there is no caption in the message to edit"},
		{"a reply keyboard", "editMessageText", `"text":"b","reply_markup":{"remove_keyboard":true}`, "Bad Request: can't parse reply_markup of editMessageText: reply_markup: InlineKeyboardMarkup has no field \"remove_keyboard\""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := started(t)
			id := must(t, s, "sendMessage", `{"chat_id":101,"text":"a","reply_markup":%s}`, key).id()
			if got := ask(t, s, tt.method, `{"chat_id":101,"message_id":%d,%s}`, id, tt.body).String(); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
	t.Run("not its own", func(t *testing.T) {
		s := started(t)
		id := do(t, s, resident, s.Bot().ID, Act{Text: "mine"})
		if got := ask(t, s, "editMessageText", `{"chat_id":101,"message_id":%d,"text":"yours"}`, id).String(); got != "Bad Request: message can't be edited" {
			t.Error(got)
		}
		id = must(t, s, "sendMessage", `{"chat_id":101,"text":"a","reply_markup":{"keyboard":[["x"]]}}`).id()
		if got := ask(t, s, "editMessageText", `{"chat_id":101,"message_id":%d,"text":"b"}`, id).String(); got != "Bad Request: message can't be edited" {
			t.Error("with a reply keyboard:", got)
		}
	})
}
