package sim

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/png"
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

func TestPolls(t *testing.T) {
	tests := []struct{ name, body, want string }{
		{"12 options", `"question":"q","options":[` + strings.TrimSuffix(strings.Repeat(`{"text":"a"},`, 12), ",") + `]`, "ok"},
		{"13 options", `"question":"q","options":[` + strings.TrimSuffix(strings.Repeat(`{"text":"a"},`, 13), ",") + `]`, "Bad Request: poll can't have more than 12 options"},
		{"1 option", `"question":"q","options":[{"text":"a"}]`, "ok"},
		{"none", `"question":"q","options":[]`, "Bad Request: poll must have at least 1 option"},
		{"texts", `"question":"q","options":["a","b"]`, "ok"},
		{"empty option", `"question":"q","options":["a"," "]`, "Bad Request: poll options must be non-empty"},
		{"option of 101", `"question":"q","options":["` + strings.Repeat("长", 101) + `"]`, "Bad Request: poll options length must not exceed 100"},
		{"question of 300", `"question":"` + strings.Repeat("长", 300) + `","options":["a"]`, "ok"},
		{"question of 301", `"question":"` + strings.Repeat("长", 301) + `","options":["a"]`, "Bad Request: poll question length must not exceed 300"},
		{"no question", `"options":["a"]`, `Bad Request: parameter "question" is required in sendPoll`},
		{"open for 4 s", `"question":"q","options":["a"],"open_period":4`, "Bad Request: poll can be open for 5-2628000 seconds"},
		{"open for a month", `"question":"q","options":["a"],"open_period":2628000`, "ok"},
		{"quiz", `"question":"q","options":["a"],"type":"quiz","correct_option_id":0`, "ok"},
		{"quiz of go", `"question":"q","options":["a"],"type":"quiz","correct_option_ids":[1]`, "Bad Request: wrong correct option ID specified"},
		{"kind", `"question":"q","options":["a"],"type":"war"`, "Bad Request: unsupported poll type specified"},
	}
	s := started(t)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := ask(t, s, "sendPoll", `{"chat_id":101,%s}`, tt.body).String(); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
	t.Run("votes", func(t *testing.T) {
		s := started(t)
		id := must(t, s, "sendPoll", `{"chat_id":%d,"question":"q","options":["a","b"],"is_anonymous":false,"open_period":60}`, theGroup).id()
		vote := func(who int64, options ...int) error { return s.Vote(t.Context(), who, theGroup, id, options) }
		for _, err := range []error{vote(resident, 0), vote(cook, 1), vote(cook, 0), vote(resident)} {
			if err != nil {
				t.Error(err)
			}
		}
		if err := vote(resident, 0, 1); !errors.Is(err, ErrPoll) {
			t.Error("two answers:", err)
		}
		if err := vote(resident, 2); !errors.Is(err, ErrPoll) {
			t.Error("no such option:", err)
		}
		var answers []any
		for _, u := range fetch(t, s) {
			if a := u["poll_answer"]; a != nil {
				answers = append(answers, fmt.Sprint(dig(a, "user", "id"), dig(a, "option_ids")))
			}
		}
		if got := fmt.Sprint(answers); got != "[101 [0] 102 [1] 102 [0] 101 []]" {
			t.Error(got)
		}
		if m, _ := s.Message(cook, theGroup, id); m.Poll.Total != 1 || m.Poll.Options[0] != (PollOption{Text: "a", Votes: 1, Mine: true}) {
			t.Errorf("%+v", m.Poll)
		}
		if err := s.Move(t.Context(), time.Minute); err != nil {
			t.Fatal(err)
		}
		if list := fetch(t, s); len(list) != 1 || dig(list[0], "poll", "is_closed") != true {
			t.Error(list)
		}
		if err := vote(resident, 0); !errors.Is(err, ErrPoll) {
			t.Error("closed:", err)
		}
		if r := ask(t, s, "stopPoll", `{"chat_id":%d,"message_id":%d}`, theGroup, id); r.String() != "Bad Request: poll has already been closed" {
			t.Error(r)
		}
	})
	t.Run("anonymous", func(t *testing.T) {
		s := started(t)
		id := must(t, s, "sendPoll", `{"chat_id":101,"question":"q","options":["a","b"],"allows_multiple_answers":true}`).id()
		if err := s.Vote(t.Context(), resident, s.Bot().ID, id, []int{0, 1}); err != nil {
			t.Fatal(err)
		}
		if list := fetch(t, s); len(list) != 1 || dig(list[0], "poll", "total_voter_count") != 1.0 {
			t.Error(list)
		}
	})
	t.Run("by a clock that runs", func(t *testing.T) {
		s := started(t, func(o *Options) { o.Stopped = false })
		must(t, s, "sendPoll", `{"chat_id":101,"question":"q","options":["a"],"open_period":600}`)
		if err := s.Move(t.Context(), 10*time.Minute); err != nil {
			t.Fatal(err)
		}
		if m := s.History(resident, s.Bot().ID, 0, 1); !m[0].Poll.Closed {
			t.Error("still open")
		}
	})
}

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

func TestFiles(t *testing.T) {
	s := started(t)
	picture := func(w, h int) []byte {
		var b bytes.Buffer
		if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, w, h))); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	for _, tt := range []struct {
		name string
		data []byte
		want string
	}{
		{"no picture", []byte("GIF"), "Bad Request: IMAGE_PROCESS_FAILED"},
		{"empty", []byte{}, "Bad Request: file must be non-empty"},
		{"1:20", picture(20, 400), ""},
		{"1:21", picture(20, 420), "Bad Request: PHOTO_INVALID_DIMENSIONS"},
		{"too large", picture(9000, 1001), "Bad Request: PHOTO_INVALID_DIMENSIONS"},
	} {
		_, err := s.Do(t.Context(), resident, s.Bot().ID, Act{Photo: tt.data})
		if got := errorText(err); got != tt.want {
			t.Errorf("%s: got %q, want %q", tt.name, got, tt.want)
		}
	}
	id := do(t, s, resident, s.Bot().ID, Act{Photo: picture(400, 200), Caption: "<b>"})
	m, _ := s.Message(resident, s.Bot().ID, id)
	if len(m.Files) != 1 || !m.Files[0].Photo || m.Files[0].Width != 400 || m.HTML != "&lt;b&gt;" || m.Text != "<b>" {
		t.Fatalf("%+v", m)
	}
	data, kind, err := s.File(m.Files[0].Path)
	if err != nil || kind != "image/png" || !bytes.Equal(data, picture(400, 200)) {
		t.Error(kind, err)
	}
	small := s.files.byID[m.Files[0].ID].thumb
	data, kind, err = s.File(small.path)
	cfg, _, err2 := image.DecodeConfig(bytes.NewReader(data))
	if err != nil || err2 != nil || kind != "image/jpeg" || cfg.Width != 90 || cfg.Height != 45 {
		t.Error(kind, cfg, err, err2)
	}
	if r := ask(t, s, "sendDocument", `{"chat_id":101,"document":"%s"}`, m.Files[0].ID); r.String() != "Bad Request: can't use file of type Photo as Document" {
		t.Error(r)
	}
	if _, _, err := s.File("photos/none.png"); !errors.Is(err, ErrNoFile) {
		t.Error(err)
	}
}

func errorText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
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
