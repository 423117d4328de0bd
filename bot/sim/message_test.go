package sim

import (
	"bytes"
	"encoding/json"
	"fmt"
	"mime/multipart"
	"net/http/httptest"
	"strings"
	"testing"
)

// upload calls a method with a multipart form; files are named name=content.
func uploadForm(t *testing.T, s *Server, method string, fields, files map[string]string) reply {
	t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for name, v := range fields {
		_ = w.WriteField(name, v)
	}
	for name, v := range files {
		part, _ := w.CreateFormFile(name, name+".png")
		_, _ = part.Write([]byte(v))
	}
	_ = w.Close()
	r := httptest.NewRequest("POST", "/bot"+s.Bot().Token+"/"+method, &b)
	r.Header.Set("Content-Type", w.FormDataContentType())
	return request(t, s, r)
}

// TestMessages: replies, copies, albums, edits of files: what goes and what does not.
func TestMessages(t *testing.T) {
	s := started(t)
	if err := s.Promote(theGroup, s.Bot().ID, cook); err != nil {
		t.Fatal(err)
	}
	private := s.Bot().ID
	said := do(t, s, resident, private, Act{Text: "周二有鱼吗？"})
	service := must(t, s, "createForumTopic", `{"chat_id":%d,"name":"话题"}`, theGroup)
	secret := must(t, s, "sendMessage", `{"chat_id":101,"text":"秘密","protect_content":true}`).id()
	photo := uploadForm(t, s, "sendPhoto", map[string]string{"chat_id": "101", "caption": "a"}, map[string]string{"photo": string(samplePhoto())}).id()
	m, _ := s.Message(resident, private, photo)
	file := m.Files[0].ID
	poll := must(t, s, "sendPoll", `{"chat_id":101,"question":"q","options":["a"]}`).id()
	var topic struct {
		ID int `json:"message_thread_id"`
	}
	if err := json.Unmarshal(service.Result, &topic); err != nil {
		t.Fatal(err)
	}
	one := fmt.Sprintf(`{"type":"photo","media":"%s"}`, file)
	many := func(n int) string { return strings.TrimSuffix(strings.Repeat(one+",", n), ",") }
	tests := []struct{ name, method, body, want string }{
		{"quote", "sendMessage", fmt.Sprintf(`"text":"有","reply_parameters":{"message_id":%d,"quote":"有鱼"}`, said), "ok"},
		{"wrong quote", "sendMessage", fmt.Sprintf(`"text":"有","reply_parameters":{"message_id":%d,"quote":"有肉"}`, said), "Bad Request: QUOTE_TEXT_INVALID"},
		{"reply elsewhere", "sendMessage", fmt.Sprintf(`"text":"有","reply_parameters":{"message_id":%d,"chat_id":102}`, said), "Bad Request: a reply to a message of another chat is not simulated"},
		{"copy", "copyMessage", fmt.Sprintf(`"from_chat_id":101,"message_id":%d`, said), "ok"},
		{"copy with another caption", "copyMessage", fmt.Sprintf(`"from_chat_id":101,"message_id":%d,"caption":"b"`, photo), "ok"},
		{"copy nothing", "copyMessage", `"from_chat_id":101,"message_id":999`, "Bad Request: message to copy not found"},
		{"copy from nowhere", "copyMessage", `"message_id":999`, "Bad Request: chat identifier is empty"},
		{"copy a secret", "copyMessage", fmt.Sprintf(`"from_chat_id":101,"message_id":%d`, secret), "Bad Request: message has protected content and can't be copied"},
		{"copy a service message", "copyMessage", fmt.Sprintf(`"from_chat_id":%d,"message_id":%d`, theGroup, topic.ID), "Bad Request: message can't be copied"},
		{"forward", "forwardMessage", fmt.Sprintf(`"from_chat_id":101,"message_id":%d`, said), "ok"},
		{"forward nothing", "forwardMessage", `"from_chat_id":101,"message_id":999`, "Bad Request: message to forward not found"},
		{"forward no message", "forwardMessage", `"from_chat_id":101`, "Bad Request: message identifier is not specified"},
		{"copies out of order", "copyMessages", `"from_chat_id":101,"message_ids":[2,1]`, "Bad Request: message identifiers must be in a strictly increasing order"},
		{"copies of nothing", "copyMessages", `"from_chat_id":101,"message_ids":[998,999]`, "Bad Request: there are no messages to copy"},
		{"no copies", "copyMessages", `"from_chat_id":101,"message_ids":[]`, "Bad Request: message identifiers are not specified"},
		{"101 copies", "copyMessages", `"from_chat_id":101,"message_ids":[` + strings.TrimSuffix(strings.Repeat("1,", 101), ",") + `]`, "Bad Request: too many message identifiers specified"},
		{"album of 1", "sendMediaGroup", `"media":[` + many(1) + `]`, "Bad Request: media group must include 2-10 items"},
		{"album of 2", "sendMediaGroup", `"media":[` + many(2) + `]`, "ok"},
		{"album of 10", "sendMediaGroup", `"media":[` + many(10) + `]`, "ok"},
		{"album of 11", "sendMediaGroup", `"media":[` + many(11) + `]`, "Bad Request: media group must include 2-10 items"},
		{"album with a strange file", "sendMediaGroup", `"media":[` + one + `,{"type":"photo","media":"x"}]`, "Bad Request: wrong file identifier/HTTP URL specified"},
		{"album without its part", "sendMediaGroup", `"media":[` + one + `,{"type":"photo","media":"attach://x"}]`, `Bad Request: there is no file part "x" in the request`},
		{"album of films", "sendMediaGroup", `"media":[{"type":"video","media":"x"},{"type":"video","media":"x"}]`, `Bad Request: media of type "video" is not simulated`},
		{"caption of 1024", "sendPhoto", `"photo":"` + file + `","caption":"` + strings.Repeat("长", 1024) + `"`, "ok"},
		{"caption of 1025", "sendPhoto", `"photo":"` + file + `","caption":"` + strings.Repeat("长", 1025) + `"`, "Bad Request: message caption is too long"},
		{"no caption", "sendPhoto", `"photo":"` + file + `"`, "ok"},
		{"edit the caption", "editMessageCaption", fmt.Sprintf(`"message_id":%d,"caption":"b"`, photo), "ok"},
		{"no caption any more", "editMessageCaption", fmt.Sprintf(`"message_id":%d`, photo), "ok"},
		{"the same caption", "editMessageCaption", fmt.Sprintf(`"message_id":%d`, photo), "Bad Request: message is not modified: specified new message content and reply markup are exactly the same as a current content and reply markup of the message"},
		{"the text of a photo", "editMessageText", fmt.Sprintf(`"message_id":%d,"text":"b"`, photo), "Bad Request: there is no text in the message to edit"},
		{"the same photo", "editMessageMedia", fmt.Sprintf(`"message_id":%d,"media":%s`, photo, one), "Bad Request: message is not modified: specified new message content and reply markup are exactly the same as a current content and reply markup of the message"},
		{"a photo for a poll", "editMessageMedia", fmt.Sprintf(`"message_id":%d,"media":%s`, poll, one), "Bad Request: message can't be edited"},
		{"rich", "editMessageText", fmt.Sprintf(`"message_id":%d,"rich_message":{"html":"a"}`, secret), "Bad Request: rich_message is not simulated"},
		{"stop no poll", "stopPoll", fmt.Sprintf(`"message_id":%d`, secret), "Bad Request: message with poll to stop not found"},
		{"stop", "stopPoll", fmt.Sprintf(`"message_id":%d`, poll), "ok"},
		{"react", "setMessageReaction", fmt.Sprintf(`"message_id":%d,"reaction":[{"type":"emoji","emoji":"👍"}]`, said), "ok"},
		{"react with a fish", "setMessageReaction", fmt.Sprintf(`"message_id":%d,"reaction":[{"type":"emoji","emoji":"🐟"}]`, said), "Bad Request: REACTION_INVALID"},
		{"react twice", "setMessageReaction", fmt.Sprintf(`"message_id":%d,"reaction":[{"type":"emoji","emoji":"👍"},{"type":"emoji","emoji":"🔥"}]`, said), "Bad Request: too many reactions specified"},
		{"react to nothing", "setMessageReaction", `"message_id":999,"reaction":[]`, "Bad Request: message to react not found"},
		{"pin in private", "pinChatMessage", fmt.Sprintf(`"message_id":%d`, said), "ok"},
		{"pin nothing", "pinChatMessage", `"message_id":999`, "Bad Request: message to pin not found"},
		{"unpin what is not pinned", "unpinChatMessage", fmt.Sprintf(`"message_id":%d`, secret), "Bad Request: message to unpin not found"},
		{"unpin all", "unpinAllChatMessages", `"chat_id":101`, "ok"},
		{"a topic in private", "createForumTopic", `"name":"a"`, "Bad Request: the chat is not a forum"},
		{"member", "getChatMember", `"user_id":101`, "ok"},
		{"strange member", "getChatMember", `"user_id":5`, "Bad Request: member not found"},
		{"another in private", "getChatMember", `"user_id":102`, "Bad Request: member not found"},
		{"two", "getChatMemberCount", `"chat_id":101`, "ok"},
		{"chat", "getChat", `"chat_id":101`, "ok"},
		{"delete many", "deleteMessages", `"message_ids":[1,2,999]`, "ok"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			body := `"chat_id":101,` + tt.body
			if strings.HasPrefix(tt.body, `"chat_id"`) {
				body = tt.body
			}
			if got := ask(t, s, tt.method, "{%s}", body).String(); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}

// TestMembers: what getChatMember says of each kind.
func TestMembers(t *testing.T) {
	s := testWorld(t)
	s.AddPerson(Person{ID: 103, Key: "guest", Name: "客人"})
	status := func(id int64) string {
		var v struct{ Status string }
		_ = json.Unmarshal(must(t, s, "getChatMember", `{"chat_id":%d,"user_id":%d}`, theGroup, id).Result, &v)
		return v.Status
	}
	if got := strings.Join([]string{status(cook), status(resident), status(103), status(s.Bot().ID)}, " "); got != "creator member left member" {
		t.Error(got)
	}
	for _, err := range []error{s.Promote(theGroup, resident, cook), s.Promote(theGroup, s.Bot().ID, cook), s.Join(103, theGroup)} {
		if err != nil {
			t.Error(err)
		}
	}
	if got := strings.Join([]string{status(resident), status(103), status(s.Bot().ID)}, " "); got != "administrator member administrator" {
		t.Error(got)
	}
	if r := must(t, s, "getChatMemberCount", `{"chat_id":%d}`, theGroup); string(r.Result) != "4" {
		t.Error(string(r.Result))
	}
	if err := s.Demote(theGroup, resident, cook); err != nil || status(resident) != "member" {
		t.Error(err, status(resident))
	}
	if err := s.Promote(theGroup, 5, cook); err == nil {
		t.Error("nobody was promoted")
	}
}
