package sim

import (
	"context"
	"errors"
	"fmt"
	"testing"
)

// TestUpdates: what the bot is told of what people do.
func TestUpdates(t *testing.T) {
	s := started(t)
	only := func() map[string]any {
		t.Helper()
		list := fetch(t, s)
		if len(list) != 1 {
			t.Fatalf("%d updates: %v", len(list), list)
		}
		return list[0]
	}
	private := s.Bot().ID

	do(t, s, resident, private, Act{Text: "/start 😀"})
	m := only()["message"]
	if dig(m, "from", "is_bot") != false || dig(m, "from", "language_code") != "zh-hans" || dig(m, "chat", "type") != "private" ||
		dig(m, "date") != float64(startTime.Unix()) || fmt.Sprint(dig(m, "entities")) != "[map[length:6 offset:0 type:bot_command]]" {
		t.Error(m)
	}
	id := do(t, s, resident, private, Act{Text: "a"})
	only()
	if err := s.Edit(t.Context(), resident, private, id, "b"); err != nil {
		t.Fatal(err)
	}
	if m := only()["edited_message"]; dig(m, "text") != "b" || dig(m, "edit_date") == nil {
		t.Error(m)
	}
	do(t, s, cook, theGroup, Act{Text: "/a", Thread: 3, AsGroup: true})
	m = only()["message"]
	if dig(m, "sender_chat", "id") != float64(theGroup) || dig(m, "from", "id") != float64(anonymousID) || dig(m, "from", "is_bot") != true ||
		dig(m, "message_thread_id") != float64(3) || dig(m, "is_topic_message") != true || dig(m, "chat", "is_forum") != true {
		t.Error(m)
	}
	do(t, s, resident, private, Act{Album: []Act{{Photo: samplePhoto(), Caption: "c"}, {Photo: samplePhoto()}}})
	list := fetch(t, s)
	if len(list) != 2 || dig(list[0]["message"], "media_group_id") == nil || dig(list[0]["message"], "media_group_id") != dig(list[1]["message"], "media_group_id") {
		t.Error(list)
	}
	do(t, s, resident, private, Act{Document: []byte("x"), FileName: "a.xlsx"})
	if m := only()["message"]; dig(m, "document", "file_name") != "a.xlsx" {
		t.Error(m)
	}
	do(t, s, resident, private, Act{Sticker: true})
	if m := only()["message"]; dig(m, "sticker", "type") != "regular" {
		t.Error(m)
	}
	do(t, s, resident, private, Act{Voice: true})
	if m := only()["message"]; dig(m, "voice", "duration") != 1.0 {
		t.Error(m)
	}
	if err := s.Block(resident); err != nil {
		t.Fatal(err)
	}
	if m := only()["my_chat_member"]; dig(m, "new_chat_member", "status") != "kicked" || dig(m, "from", "id") != float64(resident) {
		t.Error(m)
	}
	if _, err := s.Do(t.Context(), resident, private, Act{Text: "a"}); !errors.Is(err, ErrBlocked) {
		t.Error(err)
	}
	do(t, s, resident, private, Act{Text: "/start"})
	if list := fetch(t, s); len(list) != 2 || dig(list[0], "my_chat_member", "new_chat_member", "status") != "member" {
		t.Error(list)
	}
	if err := s.RemoveBot(theGroup, cook); err != nil {
		t.Fatal(err)
	}
	if m := only()["my_chat_member"]; dig(m, "new_chat_member", "status") != "kicked" || dig(m, "chat", "id") != float64(theGroup) {
		t.Error(m)
	}
	do(t, s, cook, theGroup, Act{Text: "/a"})
	if list := fetch(t, s); len(list) != 0 {
		t.Error("told of a group it was removed from:", list)
	}
	if err := s.AddBot(theGroup, resident); err != nil {
		t.Fatal(err)
	}
	list = fetch(t, s)
	if len(list) != 2 || dig(list[0], "my_chat_member", "new_chat_member", "status") != "member" || dig(list[1], "message", "new_chat_members") == nil {
		t.Error(list)
	}
}

func TestPress(t *testing.T) {
	s := started(t)
	const keys = `"reply_markup":{"inline_keyboard":[[{"text":"a","callback_data":"b"}]]}`
	id := must(t, s, "sendMessage", `{"chat_id":%d,"text":"x",%s}`, theGroup, keys).id()
	type pressed struct {
		toast Toast
		err   error
	}
	got := make(chan pressed)
	go func() {
		toast, err := s.Press(t.Context(), resident, theGroup, id, "b")
		got <- pressed{toast, err}
	}()
	waitFor(t, s, func() bool { return s.updates.count() == 1 })
	q := fetch(t, s)[0]["callback_query"]
	if dig(q, "data") != "b" || dig(q, "message", "message_id") != float64(id) || dig(q, "chat_instance") == nil || dig(q, "from", "id") != float64(resident) {
		t.Error(q)
	}
	must(t, s, "answerCallbackQuery", `{"callback_query_id":"%s","text":"好","show_alert":true,"cache_time":0}`, dig(q, "id"))
	if p := <-got; p.err != nil || p.toast != (Toast{Answered: true, Text: "好", Alert: true}) {
		t.Errorf("%+v", p)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if toast, err := s.Press(ctx, resident, theGroup, id, "forged"); toast.Answered || err != nil {
		t.Error("nobody answered:", toast, err)
	}
	must(t, s, "deleteMessage", `{"chat_id":%d,"message_id":%d}`, theGroup, id)
	fetch(t, s)
	if _, err := s.press(resident, theGroup, id, "b"); err != nil {
		t.Fatal(err)
	}
	if q := fetch(t, s)[0]["callback_query"]; dig(q, "message", "date") != 0.0 || dig(q, "message", "text") != nil {
		t.Error("a press on a deleted message:", q)
	}
	if _, err := s.press(resident, theGroup, 99, "b"); !errors.Is(err, ErrNoMessage) {
		t.Error(err)
	}
}
