package sim

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"
)

// TestPrivacy: which messages of a group the bot is given.
func TestPrivacy(t *testing.T) {
	tests := []struct {
		name            string
		act             Act
		plain, readsAll bool
	}{
		{"talk", Act{Text: "周二有鱼吗？"}, false, true},
		{"a command", Act{Text: "/menu"}, true, true},
		{"a command for the bot", Act{Text: "/menu@Town_Bot 周二"}, true, true},
		{"a command for another bot", Act{Text: "/menu@other_bot"}, false, true},
		{"a command inside", Act{Text: "发 /menu"}, false, true},
		{"a mention", Act{Text: "@town_bot 你好"}, true, true},
		{"another mention", Act{Text: "@resident_a 你好"}, false, true},
		{"a reply to the bot", Act{Text: "谢谢", ReplyTo: 1}, true, true},
		{"a reply to somebody", Act{Text: "谢谢", ReplyTo: 2}, false, true},
		{"a caption", Act{Photo: samplePhoto(), Caption: "/report"}, true, true},
		{"a photo", Act{Photo: samplePhoto()}, false, true},
		{"anonymous", Act{Text: "/menu", AsGroup: true}, true, true},
	}
	for _, tt := range tests {
		for _, all := range []bool{false, true} {
			t.Run(fmt.Sprint(tt.name, " ", all), func(t *testing.T) {
				s := started(t, func(o *Options) { o.Bot.ReadsAll = all })
				must(t, s, "sendMessage", `{"chat_id":%d,"text":"hi"}`, theGroup)
				do(t, s, cook, theGroup, Act{Text: "hi"})
				fetch(t, s)
				do(t, s, cook, theGroup, tt.act)
				want := tt.plain
				if all {
					want = tt.readsAll
				}
				if got := len(fetch(t, s)) == 1; got != want {
					t.Errorf("given: %v, want %v", got, want)
				}
			})
		}
	}
	t.Run("as an admin", func(t *testing.T) {
		s := started(t)
		if err := s.Promote(theGroup, s.Bot().ID, cook); err != nil {
			t.Fatal(err)
		}
		fetch(t, s)
		do(t, s, cook, theGroup, Act{Text: "hi"})
		if len(fetch(t, s)) != 1 {
			t.Error("an admin sees all")
		}
	})
}

// TestRefusedActs: what an app would not let people do.
func TestRefusedActs(t *testing.T) {
	s := started(t)
	s.AddPerson(Person{ID: 103, Key: "stranger", Name: "路人"})
	bot := s.Bot().ID
	tests := []struct {
		name      string
		who, chat int64
		act       Act
		want      error
	}{
		{"nobody", 5, bot, Act{Text: "a"}, ErrNoPerson},
		{"nowhere", resident, 5, Act{Text: "a"}, ErrNoChat},
		{"somebody's chat", resident, cook, Act{Text: "a"}, ErrNoChat},
		{"not a member", 103, theGroup, Act{Text: "a"}, ErrNotMember},
		{"nothing", resident, bot, Act{Text: " "}, ErrEmpty},
		{"too long", resident, bot, Act{Text: strings.Repeat("长", 4097)}, ErrTooLong},
		{"a reply to nothing", resident, bot, Act{Text: "a", ReplyTo: 9}, ErrNoMessage},
		{"no topic", resident, theGroup, Act{Text: "a", Thread: 9}, ErrNoTopic},
		{"not an admin", resident, theGroup, Act{Text: "a", AsGroup: true}, ErrNotAdmin},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if _, err := s.Do(t.Context(), tt.who, tt.chat, tt.act); !errors.Is(err, tt.want) {
				t.Errorf("got %v, want %v", err, tt.want)
			}
		})
	}
	if err := s.CloseTopic(theGroup, 3, true); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Do(t.Context(), resident, theGroup, Act{Text: "a", Thread: 3}); !errors.Is(err, ErrNoTopic) {
		t.Error("a closed topic:", err)
	}
	if r := ask(t, s, "sendMessage", `{"chat_id":%d,"message_thread_id":3,"text":"a"}`, theGroup); r.String() != "Bad Request: TOPIC_CLOSED" {
		t.Error(r)
	}
	id := do(t, s, cook, theGroup, Act{Text: "a"})
	if err := s.Edit(t.Context(), resident, theGroup, id, "b"); !errors.Is(err, ErrNotAuthor) {
		t.Error(err)
	}
	if err := s.Delete(resident, theGroup, id); !errors.Is(err, ErrNotAuthor) {
		t.Error(err)
	}
	if err := s.Delete(cook, theGroup, id); err != nil {
		t.Error(err)
	}
}

func TestWatch(t *testing.T) {
	s := started(t)
	events, stop := s.Watch(0)
	id := do(t, s, resident, theGroup, Act{Text: "a"})
	first := <-events
	if first.Kind != EventMessage || first.Chat != theGroup || first.Who != 0 || first.Message != id || first.Seq != s.Seq() {
		t.Errorf("%+v", first)
	}
	do(t, s, resident, s.Bot().ID, Act{Text: "a"})
	if e := <-events; e.Chat != s.Bot().ID || e.Who != resident {
		t.Errorf("%+v", e)
	}
	stop()
	stop()
	if _, open := <-events; open {
		t.Error("still open")
	}
	again, stop := s.Watch(first.Seq)
	defer stop()
	if e := <-again; e.Seq != first.Seq+1 {
		t.Errorf("caught up with %+v", e)
	}
	slow, _ := s.Watch(0)
	for i := range 3 * keepEvents {
		do(t, s, resident, theGroup, Act{Text: strconv.Itoa(i)})
	}
	n := 0
	for range slow {
		n++
	}
	if n < keepEvents {
		t.Error("a slow watcher was cut off after", n)
	}
	if late, _ := s.Watch(first.Seq); len(late) != 0 {
		t.Error("a watcher who missed too much got", len(late))
	} else if _, open := <-late; open {
		t.Error("it must be told to start anew")
	}
	live, _ := s.Watch(0)
	s.Close()
	if _, open := <-live; open {
		t.Error("open after Close")
	}
}

func TestClock(t *testing.T) {
	s := started(t)
	var calls []string
	for _, name := range []string{"a", "b"} {
		s.OnMove(func(_ context.Context, now time.Time, d time.Duration) error {
			calls = append(calls, fmt.Sprint(name, now.Format(" 15:04 "), d))
			return nil
		})
	}
	if err := s.Move(t.Context(), 90*time.Minute); err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(calls); got != "[a 09:30 1h30m0s b 09:30 1h30m0s]" {
		t.Error(got)
	}
	if !s.Now().Equal(startTime.Add(90*time.Minute)) || s.Now().Location() != startTime.Location() {
		t.Error(s.Now())
	}
	broken := errors.New("broken")
	s.OnMove(func(context.Context, time.Time, time.Duration) error { return broken })
	if err := s.Move(t.Context(), 0); !errors.Is(err, broken) {
		t.Error(err)
	}
	runs := New(Options{})
	defer runs.Close()
	if d := time.Since(runs.Now()); d < 0 || d > time.Minute {
		t.Error("a clock that runs is off by", d)
	}
}

// TestMemory: a chat forgets its oldest messages.
func TestMemory(t *testing.T) {
	s := started(t, func(o *Options) { o.KeepMessages = 10 })
	for i := range 100 {
		do(t, s, resident, theGroup, Act{Text: strconv.Itoa(i)})
	}
	list := s.History(resident, theGroup, 0, 1000)
	if n := len(list); n < 10 || n > 13 || list[n-1].Text != "99" {
		t.Error(n)
	}
	if got := s.History(resident, theGroup, list[2].ID, 1); len(got) != 1 || got[0].ID != list[1].ID {
		t.Errorf("%+v", got)
	}
	if _, ok := s.Message(resident, theGroup, 1); ok {
		t.Error("the first message is still there")
	}
	if _, err := s.press(resident, theGroup, 1, "old"); err != nil {
		t.Error("a press on a forgotten message:", err)
	}
}

func TestWorldViews(t *testing.T) {
	s := testWorld(t)
	if c := s.Chats(resident); len(c) != 2 || c[0].Started || c[0].ID != s.Bot().ID || c[1].Members != 3 || c[1].Topics[3] != "食堂" {
		t.Errorf("%+v", c)
	}
	if p := s.People(); len(p) != 2 || p[1].Key != "cook" {
		t.Errorf("%+v", p)
	}
	g := s.Groups()[0]
	g.Topics[3], g.Members[0] = "x", 5
	if again := s.Groups()[0]; again.Topics[3] != "食堂" || again.Members[0] != resident {
		t.Error("Groups hands out its own state")
	}
	if s.Chats(5) != nil || s.History(5, theGroup, 0, 1) != nil {
		t.Error("nobody has chats")
	}
	must(t, s, "sendChatAction", `{"chat_id":%d,"action":"typing"}`, theGroup)
	if !s.Chats(cook)[1].Typing {
		t.Error("not typing")
	}
	must(t, s, "sendMessage", `{"chat_id":%d,"text":"a"}`, theGroup)
	if s.Chats(cook)[1].Typing {
		t.Error("still typing")
	}
	id := must(t, s, "sendMessage", `{"chat_id":%d,"text":"a"}`, theGroup).id()
	must(t, s, "setMessageReaction", `{"chat_id":%d,"message_id":%d,"reaction":[{"type":"emoji","emoji":"👍"}]}`, theGroup, id)
	if err := s.React(t.Context(), cook, theGroup, id, "👍"); err != nil {
		t.Fatal(err)
	}
	if m, _ := s.Message(cook, theGroup, id); len(m.Reactions) != 1 || m.Reactions[0] != (Reaction{Emoji: "👍", Count: 2, Mine: true}) {
		t.Errorf("%+v", m.Reactions)
	}
}

// TestMigrate: both chats get a service message, the old one names the new one from then on.
func TestMigrate(t *testing.T) {
	s := started(t)
	s.AddGroup(Group{ID: -55, Key: "old", Title: "旧群", Members: []int64{resident, cook}, Admins: []int64{cook}, BotIn: true})
	id, err := s.Migrate(-55)
	if err != nil {
		t.Fatal(err)
	}
	list := fetch(t, s)
	if len(list) != 2 || dig(list[0], "message", "migrate_to_chat_id") != float64(id) || dig(list[0], "message", "chat", "id") != -55.0 ||
		dig(list[1], "message", "migrate_from_chat_id") != -55.0 || dig(list[1], "message", "chat", "type") != "supergroup" {
		t.Error(list)
	}
	for _, method := range []string{"sendMessage", "getChat"} {
		body := `{"chat_id":-55}`
		if method == "sendMessage" {
			body = `{"chat_id":-55,"text":"a"}`
		}
		r := ask(t, s, method, "%s", body)
		if r.Code != 400 || r.Parameters.MigrateTo != id || r.Description != "Bad Request: group chat was upgraded to a supergroup chat" {
			t.Errorf("%s: %s %+v", method, r, r.Parameters)
		}
	}
	if _, err := s.Do(t.Context(), resident, -55, Act{Text: "a"}); !errors.Is(err, ErrNotMember) {
		t.Error(err)
	}
	do(t, s, resident, id, Act{Text: "/a"})
	if _, err := s.Migrate(-55); !errors.Is(err, ErrNoChat) {
		t.Error("twice:", err)
	}
	if c := s.Chats(resident); len(c) != 3 || c[2].ID != id || c[2].Key != "old" {
		t.Errorf("%+v", c)
	}
}

// TestDrained: it returns when the last update is confirmed, or when it may not wait longer.
func TestDrained(t *testing.T) {
	s := started(t)
	if err := s.Drained(t.Context()); err != nil {
		t.Error(err)
	}
	do(t, s, resident, s.Bot().ID, Act{Text: "a"})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.Drained(ctx); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	done := make(chan error)
	go func() { done <- s.Drained(t.Context()) }()
	fetch(t, s)
	if err := <-done; err != nil {
		t.Error(err)
	}
	do(t, s, resident, s.Bot().ID, Act{Text: "a"})
	go func() { done <- s.Drained(t.Context()) }()
	s.Close()
	s.Close()
	if err := <-done; !errors.Is(err, ErrClosed) {
		t.Error(err)
	}
	if r := ask(t, s, "getUpdates", `{}`); r.Code != 500 {
		t.Error("a closed server is polled:", r)
	}
}
