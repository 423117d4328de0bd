package sim

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/go-telegram/bot"
)

// The world of the tests: two people, a group with topics, and the bot.
const (
	resident = 101
	cook     = 102
	theGroup = -1001000000001
)

var startTime = time.Date(2026, 11, 24, 8, 0, 0, 0, time.FixedZone("CST", 8*3600))

func testWorld(t testing.TB, change ...func(*Options)) *Server {
	t.Helper()
	o := Options{
		Bot:       Bot{ID: 7001, Token: "7001:secret", Username: "town_bot", Name: "小镇助手", CanJoin: true},
		Start:     startTime,
		Stopped:   true,
		Unlimited: true,
	}
	for _, f := range change {
		f(&o)
	}
	s := New(o)
	s.AddPerson(Person{ID: resident, Key: "resident", Name: "居民", Username: "resident_a", Language: "zh-hans", Role: "居民"})
	s.AddPerson(Person{ID: cook, Key: "cook", Name: "厨师", Language: "en", Role: "厨师"})
	s.AddGroup(Group{
		ID: theGroup, Key: "group", Title: "小区群", Forum: true, Topics: map[int]string{3: "食堂"},
		Members: []int64{resident, cook}, Admins: []int64{cook}, BotIn: true,
	})
	t.Cleanup(s.Close)
	t.Cleanup(func() { checkReplies(t, s) })
	return s
}

// liveBot runs a bot on go-telegram/bot against s until the test ends.
func liveBot(t testing.TB, s *Server, handler bot.HandlerFunc) *bot.Bot {
	t.Helper()
	api := httptest.NewServer(s.API())
	ctx, stop := context.WithCancel(context.Background())
	b, err := bot.New(s.Bot().Token, bot.WithServerURL(api.URL), bot.WithDefaultHandler(handler), bot.WithNotAsyncHandlers(),
		bot.WithErrorsHandler(func(err error) {
			if ctx.Err() == nil {
				t.Log(err)
			}
		}))
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		b.Start(ctx)
	}()
	t.Cleanup(func() {
		stop()
		s.Close()
		<-ended
		api.Close()
	})
	return b
}

// checkReplies compares all that the simulator said with api.json: the replies of the
// calls that it keeps, and the updates.
func checkReplies(t testing.TB, s *Server) {
	for _, c := range s.Calls(0) {
		var r struct {
			OK          bool   `json:"ok"`
			Result      any    `json:"result"`
			Code        int    `json:"error_code"`
			Description string `json:"description"`
			Parameters  any    `json:"parameters"`
		}
		if c.Reply == nil || strings.HasPrefix(c.Method, "getUpdates") {
			continue // its updates are checked below, as far as they are ours
		}
		if err := decode(c.Reply, &r); err != nil {
			t.Errorf("%s replied %s: %v", c.Method, c.Reply, err)
			continue
		}
		if r.OK != (c.Status == 200) || !r.OK && (r.Code != c.Status || r.Description == "") {
			t.Errorf("%s: status %d, reply %s", c.Method, c.Status, c.Reply)
		}
		if r.OK {
			if err := loadSpec().check("result", r.Result, loadSpec().Methods[c.Method].Returns); err != nil {
				t.Errorf("%s: %v in %s", c.Method, err, c.Reply)
			}
		} else if r.Parameters != nil {
			if err := loadSpec().check("parameters", r.Parameters, []string{"ResponseParameters"}); err != nil {
				t.Errorf("%s: %v in %s", c.Method, err, c.Reply)
			}
		}
	}
	checkUpdates(t, s)
}

// ours tells whether an update was made here, not injected by a test.
func checkUpdates(t testing.TB, s *Server) {
	for _, u := range s.Updates() {
		if bytes.Contains(u.Raw, []byte("injected")) {
			continue
		}
		var v any
		if err := decode(u.Raw, &v); err != nil {
			t.Errorf("update %s: %v", u.Raw, err)
		} else if err := loadSpec().check("update", v, []string{"Update"}); err != nil {
			t.Errorf("%v in %s", err, u.Raw)
		}
	}
}

func decode(data []byte, v any) error {
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	return d.Decode(v)
}

// reply is an answer of the API.
type reply struct {
	OK          bool            `json:"ok"`
	Result      json.RawMessage `json:"result"`
	Code        int             `json:"error_code"`
	Description string          `json:"description"`
	Parameters  struct {
		RetryAfter int   `json:"retry_after"`
		MigrateTo  int64 `json:"migrate_to_chat_id"`
	} `json:"parameters"`
	header http.Header
}

// String is "ok" or what was wrong.
func (r reply) String() string {
	if r.OK {
		return "ok"
	}
	return r.Description
}

// id is the message_id of the result.
func (r reply) id() int {
	var m struct {
		ID int `json:"message_id"`
	}
	_ = json.Unmarshal(r.Result, &m)
	return m.ID
}

// ask calls a method with a JSON body, without a network.
func ask(t testing.TB, s *Server, method, body string, args ...any) reply {
	t.Helper()
	r := httptest.NewRequest("POST", "/bot"+s.Bot().Token+"/"+method, strings.NewReader(fmt.Sprintf(body, args...)))
	r.Header.Set("Content-Type", "application/json")
	return request(t, s, r)
}

func request(t testing.TB, s *Server, r *http.Request) reply {
	t.Helper()
	w := httptest.NewRecorder()
	s.API().ServeHTTP(w, r)
	var out reply
	if err := json.Unmarshal(w.Body.Bytes(), &out); err != nil {
		t.Fatalf("%s: %v: %s", r.URL.Path, err, w.Body)
	}
	if out.header = w.Header(); !out.OK && w.Code != out.Code {
		t.Errorf("%s: status %d, error_code %d", r.URL.Path, w.Code, out.Code)
	}
	return out
}

// must is ask for what has to work.
func must(t testing.TB, s *Server, method, body string, args ...any) reply {
	t.Helper()
	r := ask(t, s, method, body, args...)
	if !r.OK {
		t.Fatalf("%s %s: %s", method, fmt.Sprintf(body, args...), r)
	}
	return r
}

// updates fetches and confirms what waits for the bot; each as "kind text".
func fetch(t testing.TB, s *Server) []map[string]any {
	t.Helper()
	var list []map[string]any
	r := must(t, s, "getUpdates", `{"timeout":0}`)
	if err := json.Unmarshal(r.Result, &list); err != nil {
		t.Fatal(err)
	}
	if n := len(list); n > 0 {
		must(t, s, "getUpdates", `{"offset":%d,"timeout":0}`, int64(list[n-1]["update_id"].(float64))+1)
	}
	return list
}

// dig follows keys into a decoded JSON value.
func dig(v any, keys ...string) any {
	for _, k := range keys {
		m, _ := v.(map[string]any)
		v = m[k]
	}
	return v
}

// started is a world in which both people have started the bot.
func started(t testing.TB, change ...func(*Options)) *Server {
	t.Helper()
	s := testWorld(t, change...)
	for _, id := range []int64{resident, cook} {
		if err := s.Start(id); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

func do(t testing.TB, s *Server, who, chat int64, a Act) int {
	t.Helper()
	id, err := s.Do(t.Context(), who, chat, a)
	if err != nil {
		t.Fatal(err)
	}
	return id
}
