package sim

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"
)

// ids are the update_ids of an answer of getUpdates, counted from the first update.
func ids(t *testing.T, s *Server, body string, args ...any) string {
	t.Helper()
	r := must(t, s, "getUpdates", body, args...)
	var list []struct {
		ID int64 `json:"update_id"`
	}
	if err := json.Unmarshal(r.Result, &list); err != nil {
		t.Fatal(err)
	}
	out := ""
	for _, u := range list {
		out += " " + strconv.FormatInt(u.ID-s.Updates()[0].ID, 10)
	}
	return strings.TrimSpace(out)
}

func TestOffsets(t *testing.T) {
	s := started(t)
	for i := range 5 {
		do(t, s, resident, s.Bot().ID, Act{Text: strconv.Itoa(i)})
	}
	first := s.Updates()[0].ID
	for _, step := range []struct{ body, want string }{
		{`{}`, "0 1 2 3 4"},
		{`{"limit":2}`, "0 1"},
		{`{"limit":0}`, "0"},
		{`{"offset":0,"limit":1000}`, "0 1 2 3 4"},
		{fmt.Sprintf(`{"offset":%d}`, first+2), "2 3 4"},
		{fmt.Sprintf(`{"offset":%d}`, first), "2 3 4"},
		{`{"offset":-2}`, "3 4"},
		{`{}`, "3 4"},
		{`{"offset":-9}`, "3 4"},
		{fmt.Sprintf(`{"offset":%d}`, first+9), ""},
		{`{}`, ""},
	} {
		if got := ids(t, s, "%s", step.body); got != step.want {
			t.Errorf("%s: got %q, want %q", step.body, got, step.want)
		}
	}
	if err := s.Redeliver(first + 1); err != nil {
		t.Fatal(err)
	}
	if got := ids(t, s, `{"offset":%d}`, first+9); got != "1" {
		t.Errorf("redelivered: %q", got)
	}
	if got := ids(t, s, `{"offset":%d}`, first+9); got != "" {
		t.Errorf("redelivered twice: %q", got)
	}
	if err := s.Redeliver(first + 77); !errors.Is(err, ErrNoUpdate) {
		t.Error(err)
	}
}

func TestExpiry(t *testing.T) {
	s := started(t)
	id := must(t, s, "sendMessage", `{"chat_id":101,"text":"a","reply_markup":{"inline_keyboard":[[{"text":"a","callback_data":"b"}]]}}`).id()
	press := func() *query {
		q, err := s.press(resident, s.Bot().ID, id, "b")
		if err != nil {
			t.Fatal(err)
		}
		return q
	}
	q := press()
	do(t, s, resident, s.Bot().ID, Act{Text: "a"})
	move := func(d time.Duration) {
		if err := s.Move(t.Context(), d); err != nil {
			t.Fatal(err)
		}
	}
	move(149 * time.Second)
	if n := s.Pending(); n != 2 {
		t.Error("after 149 s:", n)
	}
	move(time.Second)
	if n := s.Pending(); n != 1 {
		t.Error("after 150 s:", n)
	}
	if r := ask(t, s, "answerCallbackQuery", `{"callback_query_id":"%s"}`, q.id); r.OK || !strings.HasPrefix(r.Description, "Bad Request: query is too old") {
		t.Error(r)
	}
	move(24*time.Hour - 151*time.Second)
	if n := s.Pending(); n != 1 {
		t.Error("a second before the day is over:", n)
	}
	move(time.Second)
	if n := s.Pending(); n != 0 {
		t.Error("after a day:", n)
	}
	q = press()
	if r := ask(t, s, "answerCallbackQuery", `{"callback_query_id":"%s","text":"%s"}`, q.id, strings.Repeat("长", 201)); r.String() != "Bad Request: MESSAGE_TOO_LONG" {
		t.Error(r)
	}
	must(t, s, "answerCallbackQuery", `{"callback_query_id":"%s","text":"%s"}`, q.id, strings.Repeat("长", 200))
	if r := ask(t, s, "answerCallbackQuery", `{"callback_query_id":"%s"}`, q.id); r.OK {
		t.Error("answered twice")
	}
}

func TestAllowedUpdates(t *testing.T) {
	s := started(t)
	if err := s.Promote(theGroup, s.Bot().ID, cook); err != nil {
		t.Fatal(err)
	}
	kinds := func() string {
		var list []string
		for _, u := range fetch(t, s) {
			for k := range u {
				if k != "update_id" {
					list = append(list, k)
				}
			}
		}
		return strings.Join(list, " ")
	}
	if got := kinds(); got != "my_chat_member" {
		t.Error("promoted:", got)
	}
	stir := func() {
		_ = s.Leave(resident, theGroup)
		_ = s.Join(resident, theGroup)
		id := do(t, s, resident, theGroup, Act{Text: "a"})
		_ = s.React(t.Context(), resident, theGroup, id, "👍")
	}
	stir()
	if got := kinds(); got != "message message message" {
		t.Error("by default:", got)
	}
	must(t, s, "getUpdates", `{"timeout":0,"allowed_updates":["chat_member","message_reaction","telepathy"]}`)
	stir()
	if got := kinds(); got != "chat_member chat_member message_reaction" {
		t.Error("asked for:", got)
	}
	must(t, s, "getUpdates", `{"timeout":0,"allowed_updates":[]}`)
	stir()
	if got := kinds(); got != "message message message" {
		t.Error("by default again:", got)
	}
}

// TestLongPoll: a poll waits for an update, for another poller, for a webhook, for the end.
func TestLongPoll(t *testing.T) {
	tests := []struct {
		name string
		end  func(s *Server)
		want string
	}{
		{"an update", func(s *Server) { do(t, s, resident, s.Bot().ID, Act{Text: "a"}) }, "ok 1"},
		{"an injected one", func(s *Server) { s.Inject([]byte(`{"message":"injected"}`)) }, "ok 1"},
		{"another poller", func(s *Server) { ask(t, s, "getUpdates", `{}`) }, "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"},
		{"a webhook", func(s *Server) { ask(t, s, "setWebhook", `{"url":"https://a.cn/"}`) }, "Conflict: terminated by setWebhook request"},
		{"the end", func(s *Server) { s.Close() }, "ok 0"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := started(t)
			got := make(chan string)
			go func() {
				r := ask(t, s, "getUpdates", `{"timeout":50}`)
				var list []any
				_ = json.Unmarshal(r.Result, &list)
				if r.OK {
					got <- "ok " + strconv.Itoa(len(list))
					return
				}
				got <- r.String()
			}()
			waitFor(t, s, func() bool { return s.updates.ousted != nil })
			tt.end(s)
			if out := <-got; out != tt.want {
				t.Errorf("got %q, want %q", out, tt.want)
			}
		})
	}
	s := started(t)
	must(t, s, "setWebhook", `{"url":"https://a.cn/"}`)
	if r := ask(t, s, "getUpdates", `{}`); r.Code != 409 || !strings.HasPrefix(r.Description, "Conflict: can't use getUpdates method while webhook is active") {
		t.Error(r)
	}
}

// waitFor waits until a condition on the server's state holds.
func waitFor(t *testing.T, s *Server, cond func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	if err := s.await(ctx, cond); err != nil {
		t.Fatal(err)
	}
}

func TestInject(t *testing.T) {
	s := started(t)
	s.Inject([]byte(`{"message":{"text":"injected"}}`))
	s.Inject([]byte(`{}`))
	s.Inject([]byte(`{"update_id":2000000000,"x":"injected"}`))
	s.Inject([]byte(`"injected"`))
	r := must(t, s, "getUpdates", `{}`)
	first := s.Updates()[0].ID
	want := fmt.Sprintf(`[{"update_id":%d,"message":{"text":"injected"}},{"update_id":%d},{"update_id":2000000000,"x":"injected"},"injected"]`, first, first+1)
	if string(r.Result) != want {
		t.Errorf("got  %s\nwant %s", r.Result, want)
	}
	s.Inject([]byte("injected {garbage"))
	w := httptest.NewRecorder()
	s.API().ServeHTTP(w, httptest.NewRequest("GET", "/bot"+s.Bot().Token+"/getUpdates", nil))
	if body := w.Body.String(); !strings.HasSuffix(body, ",injected {garbage]}") {
		t.Error(body)
	}
	if got := must(t, s, "getUpdates", `{}`); string(got.Result) != want {
		t.Error("garbage came twice:", string(got.Result))
	}
}

// hookEnd is the bot's side of a webhook: what came, and what to answer.
type hookEnd struct {
	*httptest.Server
	got    chan string // texts of messages or data of presses
	answer chan int    // statuses; each request takes one
	secret chan string
}

func newHook(t *testing.T) *hookEnd {
	h := &hookEnd{got: make(chan string, 100), answer: make(chan int, 100), secret: make(chan string, 100)}
	h.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		var u any
		_ = json.Unmarshal(body, &u)
		text, _ := dig(u, "message", "text").(string)
		data, _ := dig(u, "callback_query", "data").(string)
		h.secret <- r.Header.Get("X-Telegram-Bot-Api-Secret-Token")
		h.got <- text + data
		select {
		case code := <-h.answer:
			w.WriteHeader(code)
		case <-r.Context().Done():
		}
	}))
	t.Cleanup(h.Close)
	return h
}

func TestWebhook(t *testing.T) {
	t.Run("order, parallel lines, secret", func(t *testing.T) {
		s, h := started(t), newHook(t)
		t.Cleanup(s.Close)
		must(t, s, "setWebhook", `{"url":"%s","secret_token":"abc_-1","max_connections":2}`, h.URL)
		for _, text := range []string{"a1", "a2"} {
			do(t, s, resident, s.Bot().ID, Act{Text: text})
		}
		do(t, s, cook, s.Bot().ID, Act{Text: "b1"})
		do(t, s, resident, theGroup, Act{Text: "/g1"})
		one, two := <-h.got, <-h.got
		if one > two {
			one, two = two, one
		}
		if one != "a1" || two != "b1" {
			t.Fatal("first came", one, two)
		}
		if secret := <-h.secret; secret != "abc_-1" {
			t.Error("secret", secret)
		}
		if n := s.Pending(); n != 4 {
			t.Error("pending", n)
		}
		h.answer <- 200
		h.answer <- 204
		if rest := <-h.got + <-h.got; rest != "a2/g1" && rest != "/g1a2" {
			t.Error("then came", rest)
		}
		h.answer <- 200
		h.answer <- 200
		waitFor(t, s, func() bool { return s.updates.count() == 0 })
		var info apiWebhookInfo
		if err := json.Unmarshal(must(t, s, "getWebhookInfo", `{}`).Result, &info); err != nil || info.URL != h.URL || info.Max != 2 || info.Error != "" {
			t.Errorf("%+v %v", info, err)
		}
	})
	t.Run("retries, first at once, then by the clock", func(t *testing.T) {
		s, h := started(t), newHook(t)
		t.Cleanup(s.Close)
		must(t, s, "setWebhook", `{"url":"%s"}`, h.URL)
		do(t, s, resident, s.Bot().ID, Act{Text: "a1"})
		do(t, s, resident, s.Bot().ID, Act{Text: "a2"})
		h.answer <- 500
		h.answer <- 503
		<-h.got
		<-h.got
		waitFor(t, s, func() bool { return s.hook.lines[chatQueue(s.chats[resident])].timer != nil })
		if err := s.Move(t.Context(), 2*time.Second); err != nil {
			t.Fatal(err)
		}
		h.answer <- 200
		h.answer <- 200
		if got := <-h.got + <-h.got; got != "a1a2" {
			t.Error(got)
		}
		waitFor(t, s, func() bool { return s.updates.count() == 0 })
		var info apiWebhookInfo
		if err := json.Unmarshal(must(t, s, "getWebhookInfo", `{}`).Result, &info); err != nil || !strings.Contains(info.Error, "503") {
			t.Errorf("%+v %v", info, err)
		}
	})
	t.Run("what would come too late is dropped", func(t *testing.T) {
		s, h := started(t), newHook(t)
		t.Cleanup(s.Close)
		id := must(t, s, "sendMessage", `{"chat_id":101,"text":"a"}`).id()
		must(t, s, "setWebhook", `{"url":"%s"}`, h.URL)
		if _, err := s.press(resident, s.Bot().ID, id, "late"); err != nil {
			t.Fatal(err)
		}
		<-h.got
		if err := s.Move(t.Context(), 3*time.Minute); err != nil {
			t.Fatal(err)
		}
		h.answer <- 500
		waitFor(t, s, func() bool { return s.updates.count() == 0 })
	})
	t.Run("what waited before, and what is dropped", func(t *testing.T) {
		s, h := started(t), newHook(t)
		t.Cleanup(s.Close)
		do(t, s, resident, s.Bot().ID, Act{Text: "old"})
		must(t, s, "setWebhook", `{"url":"%s","drop_pending_updates":true}`, h.URL)
		do(t, s, resident, s.Bot().ID, Act{Text: "new"})
		if got := <-h.got; got != "new" {
			t.Error(got)
		}
		h.answer <- 200
		waitFor(t, s, func() bool { return s.updates.count() == 0 })
		must(t, s, "deleteWebhook", `{}`)
		do(t, s, resident, s.Bot().ID, Act{Text: "polled"})
		if list := fetch(t, s); len(list) != 1 || dig(list[0], "message", "text") != "polled" {
			t.Error(list)
		}
	})
	t.Run("a call in the answer", func(t *testing.T) {
		s := started(t)
		end := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			fmt.Fprint(w, `{"method":"sendmessage","chat_id":101,"text":"in the answer"}`)
		}))
		t.Cleanup(end.Close)
		t.Cleanup(s.Close)
		must(t, s, "setWebhook", `{"url":"%s"}`, end.URL)
		do(t, s, resident, s.Bot().ID, Act{Text: "a"})
		waitFor(t, s, func() bool { return s.chats[resident].lastID == 2 })
		if h := s.History(resident, s.Bot().ID, 0, 1); h[0].Text != "in the answer" {
			t.Error(h)
		}
	})
	t.Run("refused", func(t *testing.T) {
		s := started(t)
		for _, tt := range []struct{ body, want string }{
			{`{"url":"http://a.cn/"}`, "Bad Request: bad webhook: An HTTPS URL must be provided for webhook"},
			{`{"url":"https://a.cn:8080/"}`, "Bad Request: bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443"},
			{`{"url":"here"}`, "Bad Request: invalid webhook URL specified"},
			{`{"url":"https://a.cn/","secret_token":"a b"}`, "Bad Request: secret token contains unallowed characters"},
			{`{"url":"https://a.cn/","secret_token":"` + strings.Repeat("a", 257) + `"}`, "Bad Request: secret token is too long"},
			{`{"url":""}`, "ok"},
			{`{}`, `Bad Request: parameter "url" is required in setWebhook`},
		} {
			if got := ask(t, s, "setWebhook", "%s", tt.body).String(); got != tt.want {
				t.Errorf("%s: got %q, want %q", tt.body, got, tt.want)
			}
		}
	})
}
