package sim

import (
	"fmt"
	"testing"
	"time"
)

func TestPins(t *testing.T) {
	s := started(t)
	if err := s.Promote(theGroup, s.Bot().ID, cook); err != nil {
		t.Fatal(err)
	}
	one := must(t, s, "sendMessage", `{"chat_id":%d,"text":"one"}`, theGroup).id()
	two := must(t, s, "sendMessage", `{"chat_id":%d,"text":"two"}`, theGroup).id()
	fetch(t, s)
	for _, id := range []int{one, two, two} {
		must(t, s, "pinChatMessage", `{"chat_id":%d,"message_id":%d}`, theGroup, id)
	}
	if got := fmt.Sprint(s.Chats(cook)[1].Pinned); got != fmt.Sprint([]int{one, two}) {
		t.Error(got)
	}
	if list := fetch(t, s); len(list) != 2 || dig(list[1], "message", "pinned_message", "text") != "two" {
		t.Error(list)
	}
	must(t, s, "deleteMessage", `{"chat_id":%d,"message_id":%d}`, theGroup, two)
	if got := fmt.Sprint(s.Chats(cook)[1].Pinned); got != fmt.Sprint([]int{one}) {
		t.Error("after a delete:", got)
	}
	must(t, s, "unpinChatMessage", `{"chat_id":%d}`, theGroup)
	if m, _ := s.Message(cook, theGroup, one); m.Pinned || len(s.Chats(cook)[1].Pinned) != 0 {
		t.Errorf("%+v", m)
	}
}

func TestDeletes(t *testing.T) {
	s := started(t)
	mine := must(t, s, "sendMessage", `{"chat_id":%d,"text":"a"}`, theGroup).id()
	theirs := do(t, s, resident, theGroup, Act{Text: "a"})
	del := func(id int) string {
		return ask(t, s, "deleteMessage", `{"chat_id":%d,"message_id":%d}`, theGroup, id).String()
	}
	const not = "Bad Request: message can't be deleted for everyone"
	if got := del(theirs); got != not {
		t.Error("somebody else's:", got)
	}
	if err := s.Move(t.Context(), 48*time.Hour); err != nil {
		t.Fatal(err)
	}
	if got := del(mine); got != not {
		t.Error("its own after 48 hours:", got)
	}
	if err := s.Promote(theGroup, s.Bot().ID, cook); err != nil {
		t.Fatal(err)
	}
	if got := del(theirs) + del(mine); got != "okok" {
		t.Error("as an admin:", got)
	}
	if m, ok := s.Message(resident, theGroup, theirs); !ok || !m.Deleted || m.Text != "" {
		t.Errorf("%+v", m)
	}
}
