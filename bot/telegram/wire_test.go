package telegram

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
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
	secretToken = "7000000001:geheim"
	answered    = `{"ok":true,"result":{"message_id":7,"date":1}}`
)

// rude is a server that reads a request whole and hangs up. It answers the first good
// ones of each connection.
type rude struct {
	net.Listener
	good int
	got  sync.Map // how often each message was read
}

// number is what tells one message from another.
var number = regexp.MustCompile(`number \d+`)

func (r *rude) serve() {
	for {
		c, err := r.Accept()
		if err != nil {
			return
		}
		go r.talk(c)
	}
}

func (r *rude) talk(c net.Conn) {
	defer func() { _ = c.Close() }()
	in := bufio.NewReader(c)
	for n := 0; ; n++ {
		req, err := http.ReadRequest(in)
		if err != nil {
			return
		}
		body, err := io.ReadAll(req.Body)
		if err != nil {
			return
		}
		count, _ := r.got.LoadOrStore(number.FindString(string(body)), new(atomic.Int64))
		count.(*atomic.Int64).Add(1)
		if n == r.good {
			return
		}
		_, _ = fmt.Fprintf(c, "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s", len(answered), answered)
	}
}

// TestNeverTwice sends to a server that hangs up after it has read a message, at once or
// after it has answered some on the same connection, and without a word after an answer.
// Whatever becomes of a message, the server never reads it twice; what it answered is
// known as sent, and what it did not is not.
func TestNeverTwice(t *testing.T) {
	t.Parallel()
	for _, good := range []int{0, 1, 3} {
		for _, file := range []bool{false, true} {
			t.Run(fmt.Sprintf("after %d answers, file %t", good, file), func(t *testing.T) {
				t.Parallel()
				l, err := net.Listen("tcp", "127.0.0.1:0")
				if err != nil {
					t.Fatal(err)
				}
				defer func() { _ = l.Close() }()
				r := &rude{Listener: l, good: good}
				go r.serve()
				sd := senderOf(t, "http://"+l.Addr().String(), secretToken, Limits{})
				for i := range 60 {
					m := Message{HTML: text.HTML(fmt.Sprintf("number %03d.", i))}
					if file {
						m.File = &File{Name: "a.txt", Bytes: []byte("a")}
					}
					id, err := sd.Send(t.Context(), queue.Chat{ID: ana}, m)
					if (err != nil || id != 7) && !errors.Is(err, queue.ErrUnknown) {
						t.Errorf("message %d: %d, %v", i, id, err)
					}
					if lost := i%(good+1) == good; lost == (err == nil) {
						t.Errorf("message %d: %v", i, err)
					}
				}
				n := 0
				r.got.Range(func(message, count any) bool {
					if n++; count.(*atomic.Int64).Load() != 1 {
						t.Errorf("%s was read %d times", message, count.(*atomic.Int64).Load())
					}
					return true
				})
				if n != 60 {
					t.Errorf("%d messages were read", n)
				}
			})
		}
	}
}

// TestNeverTwiceOverHTTP2 breaks streams of a connection that all messages share: after the
// message was read, or with the whole connection.
func TestNeverTwiceOverHTTP2(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	read := map[string]int{}
	srv := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		mu.Lock()
		message := number.FindString(string(body))
		read[message]++
		n := len(read)
		mu.Unlock()
		switch {
		case r.ProtoMajor != 2:
			t.Errorf("over %s", r.Proto)
		case n%5 == 0:
			panic(http.ErrAbortHandler)
		case n%7 == 0:
			w.Header().Set("Connection", "close") // says goodbye to the connection
		}
		_, _ = io.WriteString(w, answered)
	}))
	srv.EnableHTTP2 = true
	srv.StartTLS()
	defer srv.Close()
	client, err := NewClient("")
	if err != nil {
		t.Fatal(err)
	}
	client.Transport.(*http.Transport).TLSClientConfig = &tls.Config{RootCAs: srv.Client().Transport.(*http.Transport).TLSClientConfig.RootCAs}
	sd, err := NewSender(srv.URL, secretToken, client, Limits{})
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for i := range 100 {
		wg.Go(func() {
			id, err := sd.Send(t.Context(), queue.Chat{ID: ana}, Message{HTML: text.HTML(fmt.Sprintf("number %d", i))})
			if (err != nil || id != 7) && !errors.Is(err, queue.ErrUnknown) {
				t.Errorf("message %d: %d, %v", i, id, err)
			}
		})
	}
	wg.Wait()
	if len(read) != 100 {
		t.Errorf("%d messages were read", len(read))
	}
	for message, n := range read {
		if n != 1 {
			t.Errorf("%s was read %d times", message, n)
		}
	}
}

// TestDeadConnections lets the server close each connection after its answer without
// saying so: the message that comes upon a dead one arrives once, or is told as unknown.
func TestDeadConnections(t *testing.T) {
	t.Parallel()
	for _, file := range []bool{false, true} {
		var mu sync.Mutex
		read := map[string]int{}
		srv := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body)
			mu.Lock()
			read[number.FindString(string(body))]++
			mu.Unlock()
			c, _, _ := w.(http.Hijacker).Hijack()
			_, _ = fmt.Fprintf(c, "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s", len(answered), answered)
			_ = c.Close()
		}))
		srv.Start()
		sd := senderOf(t, srv.URL, secretToken, Limits{})
		unknown := 0
		for i := range 300 {
			m := Message{HTML: text.HTML(fmt.Sprintf("number %d", i))}
			if file {
				m.Photo = &File{Name: "a.png", Bytes: []byte("a")}
			}
			if _, err := sd.Send(t.Context(), queue.Chat{ID: ana}, m); errors.Is(err, queue.ErrUnknown) {
				unknown++
			} else if err != nil {
				t.Error(err)
			}
		}
		srv.Close()
		for message, n := range read {
			if n != 1 {
				t.Errorf("%s was read %d times", message, n)
			}
		}
		if len(read)+unknown < 300 {
			t.Errorf("%d arrived and %d are unknown, of 300", len(read), unknown)
		}
	}
}

// TestTokenIsSecret lets everything fail that can, and looks for the token in what is
// said, logged and sent elsewhere.
func TestTokenIsSecret(t *testing.T) {
	var logged bytes.Buffer
	log.SetOutput(&logged)
	defer log.SetOutput(io.Discard)
	var elsewhere bytes.Buffer
	other := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { _ = r.Write(&elsewhere) }))
	defer other.Close()
	server := func(h http.HandlerFunc) string {
		srv := httptest.NewServer(h)
		t.Cleanup(srv.Close)
		return srv.URL
	}
	answers := func(status int, body string) string {
		return server(func(w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(status)
			_, _ = fmt.Fprintf(w, body, r.URL.Path)
		})
	}
	plain, _ := NewClient("")
	proxied, _ := NewClient("http://user:password@127.0.0.1:1")
	socks, _ := NewClient("socks5://user:password@127.0.0.1:1")
	naive := &http.Client{} // follows redirects
	tests := []struct {
		name   string
		api    string
		client *http.Client
	}{
		{"nobody listens", "http://127.0.0.1:1", plain},
		{"no such host", "http://nowhere.invalid", plain},
		{"not TLS", strings.Replace(answers(200, "%s"), "http:", "https:", 1), plain},
		{"a proxy is away", "http://127.0.0.1:2", proxied},
		{"a proxy is away, TLS", "https://127.0.0.1:2", proxied},
		{"a socks proxy is away", "http://127.0.0.1:2", socks},
		{"a redirect", server(func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, other.URL+r.URL.Path, http.StatusTemporaryRedirect)
		}), naive},
		{"a redirect by GET", server(func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, other.URL, http.StatusFound) }), naive},
		{"a page that shows the address", answers(404, "<html>%s was not found</html>"), plain},
		{"an answer that shows the address", answers(400, `{"ok":false,"error_code":400,"description":"Bad Request: %s"}`), plain},
		{"a good answer that is none", answers(200, "<html>%s"), plain},
		{"hangs up", server(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }), plain},
		{"an address that is none", "http://[::1", plain},
		{"a port that is none", "http://127.0.0.1:99999", plain},
		{"a scheme that is none", "gopher://127.0.0.1", plain},
	}
	t.Run("each", func(t *testing.T) {
		for _, tt := range tests {
			t.Run(tt.name, func(t *testing.T) {
				t.Parallel()
				for _, err := range failures(t, tt.api, tt.client) {
					lookFor(t, err, "geheim", "password")
				}
			})
		}
	})
	if strings.Contains(logged.String(), "geheim") {
		t.Errorf("logged: %s", logged.String())
	}
	if elsewhere.Len() > 0 {
		t.Errorf("another server was sent: %s", elsewhere.String())
	}
	if _, err := NewClient("http://user:password@host:port"); err == nil || strings.Contains(err.Error(), "password") {
		t.Errorf("a proxy's address: %v", err)
	}
}

// failures does everything a Sender can do and returns what it says.
func failures(t *testing.T, api string, client *http.Client) []error {
	sd, err := NewSender(api, secretToken, client, Limits{})
	if err != nil {
		return []error{err}
	}
	sd.Wait = 40 * time.Millisecond
	ctx, to := t.Context(), queue.Chat{ID: ana}
	_, errText := sd.Send(ctx, to, Message{HTML: "x"})
	_, errFile := sd.Send(ctx, to, Message{HTML: "x", File: &File{Name: "a", Bytes: []byte("a")}})
	_, errMe := sd.Me(ctx)
	_, errAdmin := sd.IsAdmin(ctx, group, ana)
	errs := []error{errText, errFile, errMe, errAdmin, sd.SetWebhook(ctx, "https://x.example", "s", false)}
	if slices.Contains(errs, nil) {
		t.Errorf("not all failed: %v", errs)
	}
	return append(errs, sd.Edit(ctx, ana, 1, Message{HTML: "x"}), sd.Answer(ctx, "1", "", false))
}

// lookFor looks for secrets in all that an error says.
func lookFor(t *testing.T, err error, secrets ...string) {
	t.Helper()
	u := new(url.Error)
	for e := err; e != nil; e = errors.Unwrap(e) {
		said := fmt.Sprintf("%v %+v %q", e, e, e)
		if errors.As(e, &u) {
			said += u.URL
		}
		for _, secret := range secrets {
			if strings.Contains(said, secret) {
				t.Errorf("%s in: %s", secret, said)
			}
		}
	}
}

// TestWireCarriesAnything sends texts that are hard on JSON, and what can be pressed, and
// reads them as Telegram does.
func TestWireCarriesAnything(t *testing.T) {
	t.Parallel()
	s, addr := world(t, sim.Options{Unlimited: true})
	sd := sender(t, s, addr, Limits{})
	for _, want := range []string{"\"\\/", "a\u2028b\nc", "👨‍👩‍👧 & <b>", "x\xff\xfey", "𝕏", strings.Repeat("鱼", 4096)} {
		id, err := sd.Send(t.Context(), queue.Chat{ID: ana}, Message{HTML: text.HTML(strings.NewReplacer("&", "&amp;", "<", "&lt;").Replace(want)), Silent: true})
		if err != nil {
			t.Fatalf("%q: %v", want, err)
		}
		if m, _ := s.Message(ana, self, id); m.Text != strings.ToValidUTF8(want, "\uFFFD\uFFFD") {
			t.Errorf("sent %q, arrived as %q", want, m.Text)
		}
	}
	id, err := sd.Send(t.Context(), queue.Chat{ID: ana}, Message{HTML: "x", Reply: 1, Buttons: [][]Button{{{Label: "认领", Word: "claim", ID: "7", Version: 3}, {Label: "see", URL: "https://x.example/"}}}})
	if m, _ := s.Message(ana, self, id); err != nil || m.ReplyTo != 1 || fmt.Sprint(m.Buttons) != "[[{认领 claim 7 3  } {see  https://x.example/ }]]" {
		t.Errorf("%+v, %v", m, err)
	}
	calls := s.Calls(0)
	if p := calls[len(calls)-1].Params["reply_markup"]; strings.Contains(p, "copy_text") {
		t.Errorf("buttons carry what nobody gave them: %s", p)
	}
	id, err = sd.Send(t.Context(), queue.Chat{ID: ana}, Message{HTML: "x", Keys: &Keys{Rows: [][]string{{"a", "b"}, {"c"}}, Hint: "say"}})
	if m, _ := s.Message(ana, self, id); err != nil || m.Reply == nil || fmt.Sprint(m.Reply.Rows) != "[[a b] [c]]" || m.Reply.Placeholder != "say" {
		t.Errorf("%+v, %v", m, err)
	}
	if _, err := sd.Send(t.Context(), queue.Chat{ID: ana}, Message{HTML: "x", Buttons: [][]Button{{{Label: "x", Word: strings.Repeat("x", 65)}}}}); !errors.Is(err, ErrButton) {
		t.Errorf("a button that is too long: %v", err)
	}
}

func TestMessageID(t *testing.T) {
	tests := []struct {
		answer string
		id     int
		err    bool
	}{
		{`{"ok":true,"result":{"message_id":7,"date":1}}`, 7, false},
		{`{"ok":true,"result":{"message_id":7}}`, 7, false},
		{`{"result":{"date":1,"message_id":8},"ok":true}`, 8, false},
		{`{ "ok" : true, "result" : {"message_id" : 9} }`, 9, false},
		{`{"ok":true,"result":true}`, 0, false},
		{`{"ok":true,"result":[]}`, 0, false},
		{`{"ok":true,"result":{"message_id":7`, 0, true},
		{`{"ok":true,"result":{"message_id":`, 0, true},
		{`{"ok":true,"result":{"message_id":99999999999999999999}}`, 0, true},
		{`{"ok":false,"error_code":403,"description":"Forbidden: bot was blocked by the user"}`, 0, true},
		{``, 0, true},
		{`<html>`, 0, true},
	}
	for _, tt := range tests {
		if id, err := messageID([]byte(tt.answer)); id != tt.id || (err != nil) != tt.err {
			t.Errorf("%s: %d, %v", tt.answer, id, err)
		}
	}
}
