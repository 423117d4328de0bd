package sim

import (
	"strconv"
	"testing"
	"time"
)

// limited is a world with buckets and a clock of their own.
func limited(t *testing.T) (*Server, *time.Duration) {
	s := started(t, func(o *Options) { o.Unlimited = false })
	var passed time.Duration
	begin := time.Now()
	s.limits.now = func() time.Time { return begin.Add(passed) }
	return s, &passed
}

func TestLimits(t *testing.T) {
	const say, group = `{"chat_id":101,"text":"a"}`, `{"chat_id":-1001000000001,"text":"a"}`
	type act struct {
		after  time.Duration
		method string
		body   string
		want   int // retry_after, 0 for no refusal
	}
	tests := []struct {
		name string
		acts []act
	}{
		{"three at once, then one a second", []act{
			{0, "sendMessage", say, 0}, {0, "sendMessage", say, 0}, {0, "sendMessage", say, 0}, {0, "sendMessage", say, 1},
			{999 * time.Millisecond, "sendMessage", say, 1}, {time.Millisecond, "sendMessage", say, 0}, {0, "sendMessage", say, 1},
			{0, "sendMessage", `{"chat_id":102,"text":"a"}`, 0}}},
		{"edits and answers do not count in a chat", []act{
			{0, "sendMessage", say, 0}, {0, "sendMessage", say, 0}, {0, "sendMessage", say, 0},
			{0, "editMessageText", `{"chat_id":101,"message_id":1,"text":"b"}`, 0},
			{0, "getChat", `{"chat_id":101}`, 0}, {0, "sendChatAction", `{"chat_id":101,"action":"typing"}`, 0}}},
		{"an album counts its items", []act{
			{0, "copyMessages", `{"chat_id":101,"from_chat_id":102,"message_ids":[1,2,3]}`, 0}, {0, "sendMessage", say, 1}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s, passed := limited(t)
			for i := range 3 {
				do(t, s, cook, s.Bot().ID, Act{Text: strconv.Itoa(i)})
			}
			for i, a := range tt.acts {
				*passed += a.after
				r := ask(t, s, a.method, "%s", a.body)
				if got := r.Parameters.RetryAfter; got != a.want || r.OK != (a.want == 0) {
					t.Errorf("act %d: %s, retry after %d, want %d", i, r, got, a.want)
				}
				if a.want > 0 && (r.header.Get("Retry-After") != strconv.Itoa(a.want) || r.Code != 429) {
					t.Errorf("act %d: header %q, code %d", i, r.header.Get("Retry-After"), r.Code)
				}
			}
		})
	}
	t.Run("a group: 20 a minute, edits too", func(t *testing.T) {
		s, passed := limited(t)
		for i := range 20 {
			if r := ask(t, s, "sendMessage", group); !r.OK {
				t.Fatal(i, r)
			}
			*passed += time.Millisecond
			if i >= 2 {
				*passed += time.Second
			}
		}
		// 20 went in 18 seconds, in which 6 came back
		for i := range 6 {
			if r := ask(t, s, "editMessageText", `{"chat_id":%d,"message_id":1,"text":"%d"}`, theGroup, i); !r.OK {
				t.Fatal(i, r)
			}
		}
		if r := ask(t, s, "editMessageText", `{"chat_id":%d,"message_id":1,"text":"x"}`, theGroup); r.Parameters.RetryAfter != 3 {
			t.Error(r, r.Parameters)
		}
	})
	t.Run("all chats: 30 a second", func(t *testing.T) {
		s, passed := limited(t)
		for i := range 31 {
			id := int64(1000 + i)
			s.AddPerson(Person{ID: id, Name: "x"})
			if err := s.Start(id); err != nil {
				t.Fatal(err)
			}
			if r := ask(t, s, "sendMessage", `{"chat_id":%d,"text":"a"}`, id); r.OK != (i < 30) {
				t.Errorf("%d: %s", i, r)
			}
		}
		*passed += 34 * time.Millisecond
		if r := ask(t, s, "sendMessage", `{"chat_id":1030,"text":"a"}`); !r.OK {
			t.Error(r)
		}
	})
	t.Run("the simulator's clock does not matter", func(t *testing.T) {
		s, _ := limited(t)
		for range 3 {
			must(t, s, "sendMessage", say)
		}
		if err := s.Move(t.Context(), time.Hour); err != nil {
			t.Fatal(err)
		}
		if r := ask(t, s, "sendMessage", say); r.OK {
			t.Error("an hour of the simulator filled a bucket")
		}
	})
}
