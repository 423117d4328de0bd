package telegram

import (
	"context"
	"errors"
	"fmt"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"xingfuli/bot/queue"
	"xingfuli/bot/sim"
	"xingfuli/bot/text"
)

const (
	self  = 7000000001
	ana   = 1001
	ben   = 1002
	group = -501
)

// world is a simulated Telegram in which ana has pressed Start and ben has not.
func world(t testing.TB, o sim.Options) (*sim.Server, string) {
	t.Helper()
	o.Bot = sim.Bot{ID: self, Username: "ourbot", Name: "Bot"}
	s := sim.New(o)
	s.AddPerson(sim.Person{ID: ana, Name: "ana"})
	s.AddPerson(sim.Person{ID: ben, Name: "ben"})
	s.AddGroup(sim.Group{ID: group, Title: "group", Members: []int64{ana, ben}, Admins: []int64{ana}, BotIn: true})
	if err := s.Start(ana); err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewServer(s.API())
	t.Cleanup(func() { s.Close(); srv.CloseClientConnections(); srv.Close() })
	return s, srv.URL
}

// sender is a Sender for it.
func sender(t testing.TB, s *sim.Server, url string, l Limits) *Sender {
	t.Helper()
	return senderOf(t, url, s.Bot().Token, l)
}

func senderOf(t testing.TB, url, token string, l Limits) *Sender {
	t.Helper()
	client, err := NewClient("")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.CloseIdleConnections)
	sd, err := NewSender(url, token, client, l)
	if err != nil {
		t.Fatal(err)
	}
	return sd
}

// failing lets each call of method fail with the next fault, until there are no more.
func failing(s *sim.Server, method string, faults ...sim.Fault) {
	var n atomic.Int64
	s.Fail(func(m string, _ int64) *sim.Fault {
		if m != method {
			return nil
		}
		if i := int(n.Add(1)); i <= len(faults) {
			return &faults[i-1]
		}
		return nil
	})
}

func said(s *sim.Server, who, chat int64) []string {
	var texts []string
	for _, m := range s.History(who, chat, 0, 1000) {
		texts = append(texts, m.Text)
	}
	return texts
}

const html502 = "<html><head><title>502 Bad Gateway</title></head></html>"

// TestFaults breaks the way to Telegram in each way there is: how often a message is sent
// then, how often it arrives, and what the caller is told.
func TestFaults(t *testing.T) {
	t.Parallel()
	gateway := sim.Fault{Status: 502, Body: html502}
	tests := []struct {
		name           string
		wait           time.Duration
		faults         []sim.Fault
		calls, arrived int
		want           error
	}{
		{"nothing", time.Minute, nil, 1, 1, nil},
		{"500 twice", time.Minute, []sim.Fault{{Status: 500}, {Status: 500}}, 3, 1, nil},
		{"a gateway's 502 twice", time.Minute, []sim.Fault{gateway, gateway}, 3, 1, nil},
		{"429", time.Minute, []sim.Fault{{Status: 429, RetryAfter: 1}}, 2, 1, nil},
		{"429 for longer than there is time", time.Second, []sim.Fault{{Status: 429, RetryAfter: 60}}, 1, 0, queue.ErrLater},
		// The second try comes after 50 to 100 ms and a third not before 150: none is under way when the time is over.
		{"502 as long as there is time", 130 * time.Millisecond, []sim.Fault{gateway, gateway, gateway, gateway, gateway, gateway}, 0, 0, queue.ErrLater},
		{"closed before it was done", time.Minute, []sim.Fault{{Drop: true}}, 1, 0, queue.ErrUnknown},
		{"closed after it was done", time.Minute, []sim.Fault{{Drop: true, Act: true}}, 1, 1, queue.ErrUnknown},
		{"no answer", 250 * time.Millisecond, []sim.Fault{{Delay: time.Minute}}, 0, 0, queue.ErrUnknown},
		{"an answer nobody can read", time.Minute, []sim.Fault{{Status: 200, Body: "<html>welcome"}}, 1, 0, queue.ErrUnknown},
		{"a slow answer", time.Minute, []sim.Fault{{Delay: 100 * time.Millisecond}}, 1, 1, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s, url := world(t, sim.Options{Unlimited: true})
			failing(s, "sendMessage", tt.faults...)
			sd := sender(t, s, url, Limits{})
			sd.Wait = tt.wait
			id, err := sd.Send(t.Context(), queue.Chat{ID: ana}, Message{HTML: "周二有鱼"})
			if !errors.Is(err, tt.want) || (err == nil) != (id != 0) {
				t.Errorf("Send = %d, %v; want %v", id, err, tt.want)
			}
			if got := said(s, ana, self); len(got) != tt.arrived {
				t.Errorf("arrived: %q", got)
			}
			if n := int(s.Counts()["sendMessage"].Calls); tt.calls != 0 && n != tt.calls {
				t.Errorf("%d calls, want %d", n, tt.calls)
			}
		})
	}
}

// TestHarmless: what may be done twice is tried until it is known to be done.
func TestHarmless(t *testing.T) {
	t.Parallel()
	s, url := world(t, sim.Options{Unlimited: true})
	sd := sender(t, s, url, Limits{})
	ctx := t.Context()
	id, err := sd.Send(ctx, queue.Chat{ID: ana}, Message{HTML: "old", Buttons: [][]Button{{{Label: "OK", Word: "ok"}}}})
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range []string{"editMessageText", "answerCallbackQuery", "getChatMember", "getMe", "setMyCommands"} {
		failing(s, m, sim.Fault{Drop: true, Act: true}, sim.Fault{Status: 502, Body: html502})
	}
	pressed := make(chan sim.Toast, 1)
	go func() {
		toast, _ := s.Press(ctx, ana, self, id, "ok")
		pressed <- toast
	}()
	query := s.Updates()
	for ; len(query) == 0 && ctx.Err() == nil; query = s.Updates() {
		_ = pause(ctx, time.Millisecond)
	}
	_, press, _ := strings.Cut(string(query[len(query)-1].Raw), `"callback_query":{"id":"`)
	press, _, _ = strings.Cut(press, `"`)
	admin := false
	r := &Router{Sender: sd}
	r.Command("help", nil, About("chat.about_help"))
	for name, err := range map[string]error{
		"edit": sd.Edit(ctx, ana, id, Message{HTML: "new"}), "the same edit": sd.Edit(ctx, ana, id, Message{HTML: "new"}),
		"answer": sd.Answer(ctx, press, "done", false), "late answer": sd.Answer(ctx, "0", "", false),
		"admin":    func() (err error) { admin, err = sd.IsAdmin(ctx, group, ana); return err }(),
		"me":       func() error { _, err := sd.Me(ctx); return err }(),
		"commands": func() error { _, err := r.PublishCommands(ctx); return err }(),
	} {
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if got := said(s, ana, self); fmt.Sprint(got) != "[new]" || !admin {
		t.Errorf("edited to %q; ana is admin: %t", got, admin)
	}
	if toast := <-pressed; toast.Text != "done" {
		t.Errorf("the press was answered with %+v", toast)
	}
}

// TestGone tells once for each way in which nobody is there any more, and tries only once.
func TestGone(t *testing.T) {
	t.Parallel()
	s, url := world(t, sim.Options{Unlimited: true})
	s.AddGroup(sim.Group{ID: -502, Title: "left", Members: []int64{ana}, BotIn: false})
	if err := errors.Join(s.Start(ben), s.Block(ben), s.Deactivate(ana), s.RemoveBot(group, ana)); err != nil {
		t.Fatal(err)
	}
	s.AddPerson(sim.Person{ID: 1003, Name: "never"})
	sd := sender(t, s, url, Limits{})
	var gone []int64
	sd.OnGone = func(_ context.Context, chat int64, _ queue.Why) { gone = append(gone, chat) }
	chats := []int64{ana, ben, 1003, 1004, group, -502, -999}
	for _, chat := range chats {
		if _, err := sd.Send(t.Context(), queue.Chat{ID: chat}, Message{HTML: "x"}); !errors.Is(err, queue.ErrUnreachable) {
			t.Errorf("chat %d: %v", chat, err)
		}
	}
	if fmt.Sprint(gone) != fmt.Sprint(chats) {
		t.Errorf("told of %d, want %d", gone, chats)
	}
	if n := s.Counts()["sendMessage"].Calls; n != int64(len(chats)) {
		t.Errorf("%d calls", n)
	}
}

// TestMigrate writes to a group that has become a supergroup: everybody is told, and every
// kind of message arrives in the new one.
func TestMigrate(t *testing.T) {
	t.Parallel()
	s, url := world(t, sim.Options{Unlimited: true})
	sd := sender(t, s, url, Limits{})
	first, err := sd.Send(t.Context(), queue.Chat{ID: group}, Message{HTML: "before"})
	if err != nil {
		t.Fatal(err)
	}
	to, err := s.Migrate(group)
	if err != nil {
		t.Fatal(err)
	}
	moves := 0
	sd.OnMigrate = func(_ context.Context, from, chat int64) error {
		if moves++; from != group || chat != to {
			t.Errorf("moved from %d to %d, want %d to %d", from, chat, group, to)
		}
		return errors.New("Redis is away")
	}
	long := text.HTML(strings.Repeat("鱼", 5000))
	for i, m := range []Message{
		{HTML: "text", Reply: first}, {HTML: long}, {HTML: "caption", File: &File{Name: "a.txt", Bytes: []byte("a")}},
		{HTML: long, File: &File{Name: "b.txt", Bytes: []byte("b")}},
	} {
		if id, err := sd.Send(t.Context(), queue.Chat{ID: group, Thread: 7}, m); id == 0 || err != nil {
			t.Errorf("message %d: %d, %v", i, id, err)
		}
		if moves != i+1 {
			t.Errorf("message %d: told %d times", i, moves)
		}
	}
	n := 0
	for _, m := range s.History(ana, to, 0, 100) {
		if m.Service == "" {
			n++
		}
		if m.ReplyTo != 0 {
			t.Errorf("%q quotes message %d of the old group", m.Text, m.ReplyTo)
		}
	}
	if n != 7 { // text, 2 parts, file with caption, file and 2 parts
		t.Errorf("%d messages arrived", n)
	}
	if err := sd.Edit(t.Context(), group, first, Message{HTML: "after"}); !errors.Is(err, queue.ErrRefused) {
		t.Errorf("an edit in the old group: %v", err)
	}
	if moves != 5 {
		t.Errorf("the edit told nobody: %d", moves)
	}
}

// TestParts fails in the middle of a long message: trying again sends the rest only.
func TestParts(t *testing.T) {
	t.Parallel()
	s, url := world(t, sim.Options{Unlimited: true})
	sd := sender(t, s, url, Limits{})
	failing(s, "sendMessage", sim.Fault{Status: 400}, sim.Fault{}, sim.Fault{Status: 400})
	m := Message{HTML: text.HTML(strings.Repeat("甲", 4096) + strings.Repeat("乙", 4096) + "丙"), Buttons: [][]Button{{{Label: "OK", Word: "ok"}}}, File: &File{Name: "a.txt", Bytes: []byte("a")}}
	var sent []int
	for tries := 0; ; tries++ {
		id, err := sd.Send(t.Context(), queue.Chat{ID: ana}, m)
		if err == nil {
			if last := s.History(ana, self, 0, 1)[0]; last.ID != id || len(last.Buttons) != 1 {
				t.Errorf("the buttons are not below message %d: %+v", id, last)
			}
			break
		}
		var p *PartError
		if !errors.As(err, &p) || !errors.Is(err, queue.ErrRefused) || tries == 9 {
			t.Fatal(err)
		}
		sent = append(sent, p.Sent)
		m.Skip = p.Sent
	}
	if fmt.Sprint(sent) != "[1 2]" {
		t.Errorf("failed after %d parts", sent)
	}
	var got []string
	for _, h := range said(s, ana, self) {
		got = append(got, string([]rune(h + "-")[:1]))
	}
	if fmt.Sprint(got) != "[- 甲 乙 丙]" {
		t.Errorf("arrived: %s", got)
	}
	m.Skip = 4
	if id, err := sd.Send(t.Context(), queue.Chat{ID: ana}, m); id != 0 || err != nil {
		t.Errorf("nothing is left to send: %d, %v", id, err)
	}
}

// TestCaptions at the edge of what a caption holds, in UTF-16 units without tags.
func TestCaptions(t *testing.T) {
	t.Parallel()
	s, url := world(t, sim.Options{Unlimited: true})
	sd := sender(t, s, url, Limits{})
	for units, messages := range map[int]int{0: 1, 1024: 1, 1025: 2, 4096: 2, 4097: 3} {
		before := len(said(s, ana, self))
		html := text.HTML("<b>" + strings.Repeat("x", units) + "</b>")
		if _, err := sd.Send(t.Context(), queue.Chat{ID: ana}, Message{HTML: html, File: &File{Name: "a.txt", Bytes: []byte("a")}}); err != nil {
			t.Errorf("%d units: %v", units, err)
		}
		if n := len(said(s, ana, self)) - before; n != messages {
			t.Errorf("%d units went out in %d messages, want %d", units, n, messages)
		}
	}
}

// TestManyRefusals answers two thousand people while one call in fifty gets a 429.
//
// It keeps the machine busy, and so runs alone.
func TestManyRefusals(t *testing.T) {
	const people = 2000
	s, url := world(t, sim.Options{Unlimited: true})
	for i := range int64(people) {
		s.AddPerson(sim.Person{ID: 10_000 + i, Name: "x"})
		if err := s.Start(10_000 + i); err != nil {
			t.Fatal(err)
		}
	}
	var calls atomic.Int64
	s.Fail(func(string, int64) *sim.Fault {
		if calls.Add(1)%50 == 0 {
			return &sim.Fault{Status: 429, RetryAfter: 1}
		}
		return nil
	})
	sd := sender(t, s, url, Limits{})
	var next atomic.Int64
	var wg sync.WaitGroup
	for range 500 {
		wg.Go(func() {
			for i := next.Add(1) - 1; i < people; i = next.Add(1) - 1 {
				if _, err := sd.Send(t.Context(), queue.Chat{ID: 10_000 + i}, Message{HTML: "x"}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	for i := range int64(people) {
		if got := said(s, 10_000+i, self); len(got) != 1 {
			t.Errorf("person %d got %q", i, got)
		}
	}
	if c := s.Counts()["sendMessage"]; c.Faults < people/50 {
		t.Errorf("only %d calls were refused", c.Faults)
	}
}
