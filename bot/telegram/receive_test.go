package telegram_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"xingfuli/bot/telegram"
)

// TestPollerAcknowledgesOnlyWhatIsKept refuses the first batch: it must be asked for again.
// An update of a shape nobody knows must not stop the ones behind it.
func TestPollerAcknowledgesOnlyWhatIsKept(t *testing.T) {
	const poison = `{"update_id":12,"message":{"paid_media":{"paid_media":[{"type":"live_photo"}]}}}`
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	var offsets []int64
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/deleteWebhook") {
			fmt.Fprint(w, `{"ok":true,"result":true}`)
			return
		}
		var p struct {
			Offset         int64    `json:"offset"`
			AllowedUpdates []string `json:"allowed_updates"`
		}
		if err := json.NewDecoder(r.Body).Decode(&p); err != nil || len(p.AllowedUpdates) == 0 {
			t.Errorf("getUpdates: %+v, %v", p, err)
		}
		offsets = append(offsets, p.Offset)
		if p.Offset < 13 {
			fmt.Fprintf(w, `{"ok":true,"result":[{"update_id":11,"message":{}},%s]}`, poison)
			return
		}
		stop()
		fmt.Fprint(w, `{"ok":true,"result":[]}`)
	}))
	defer srv.Close()
	var kept []json.RawMessage
	refuse := true
	p := &telegram.Poller{API: srv.URL, Token: "1:x", Client: srv.Client(), Log: slog.New(slog.DiscardHandler), Accept: func(_ context.Context, raws []json.RawMessage) error {
		if refuse {
			refuse = false
			return errors.New("Redis is away")
		}
		kept = append(kept, raws...)
		return nil
	}}
	if err := p.Run(ctx); err != nil {
		t.Fatal(err)
	}
	if fmt.Sprint(offsets) != "[0 0 13]" { // deleteWebhook has none
		t.Errorf("offsets %v", offsets)
	}
	if len(kept) != 2 || string(kept[1]) != poison {
		t.Errorf("kept %s", kept)
	}
}

// TestPollerExplains tells a refused token from everything that asking again may mend.
func TestPollerExplains(t *testing.T) {
	answers := []string{
		`502 <html>bad gateway</html>`,
		`409 {"ok":false,"error_code":409,"description":"Conflict: terminated by other getUpdates request"}`,
		`200 garbage`,
		`401 {"ok":false,"error_code":401,"description":"Unauthorized"}`,
	}
	asked := 0
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var status int
		code, body, _ := strings.Cut(answers[min(asked, len(answers)-1)], " ")
		_, _ = fmt.Sscan(code, &status)
		asked++
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}))
	defer srv.Close()
	var log bytes.Buffer
	p := &telegram.Poller{API: srv.URL, Token: "123:geheim", Client: srv.Client(), Log: slog.New(slog.NewTextHandler(&log, nil))}
	if err := p.Run(t.Context()); !errors.Is(err, telegram.ErrToken) {
		t.Errorf("Run: %v", err)
	}
	if asked != len(answers) {
		t.Errorf("asked %d times", asked)
	}
	p.API = "http://127.0.0.1:1"
	ctx, stop := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer stop()
	if err := p.Run(ctx); err != nil {
		t.Errorf("Telegram cannot be reached: %v", err)
	}
	if strings.Contains(log.String(), "geheim") {
		t.Errorf("the log holds the token:\n%s", log.String())
	}
}

func TestHook(t *testing.T) {
	var away error
	var kept []json.RawMessage
	h := &telegram.Hook{Secret: "s3cret", Log: slog.New(slog.DiscardHandler), Accept: func(_ context.Context, raws []json.RawMessage) error {
		if away == nil {
			kept = append(kept, raws...)
		}
		return away
	}}
	call := func(method, secret, body string) int {
		r := httptest.NewRequest(method, "/", strings.NewReader(body))
		if secret != "" {
			r.Header.Set("X-Telegram-Bot-Api-Secret-Token", secret)
		}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		return w.Code
	}
	tests := []struct {
		name, method, secret, body string
		want                       int
	}{
		{"an update", "POST", "s3cret", `{"update_id":1}`, 200},
		{"asked, not brought", "GET", "s3cret", "", 405},
		{"no secret", "POST", "", `{"update_id":2}`, 401},
		{"a wrong secret", "POST", "s3cres", `{"update_id":2}`, 401},
		{"too large", "POST", "s3cret", strings.Repeat("x", 1<<20+1), 413},
	}
	for _, tt := range tests {
		if got := call(tt.method, tt.secret, tt.body); got != tt.want {
			t.Errorf("%s: %d, want %d", tt.name, got, tt.want)
		}
	}
	if len(kept) != 1 || string(kept[0]) != `{"update_id":1}` {
		t.Errorf("kept %s", kept)
	}
	away = errors.New("Redis is away")
	if got := call("POST", "s3cret", `{"update_id":3}`); got != 503 {
		t.Errorf("while Redis is away: %d", got)
	}
	h.Secret = ""
	if got := call("POST", "", `{"update_id":3}`); got != 401 {
		t.Errorf("without a secret configured: %d", got)
	}
}

// TestPollerTakesTheWebhookAway has that fail at first, and somebody set another one later:
// updates come all the same.
func TestPollerTakesTheWebhookAway(t *testing.T) {
	t.Parallel()
	ctx, stop := context.WithTimeout(t.Context(), 20*time.Second)
	defer stop()
	const active = `{"ok":false,"error_code":409,"description":"Conflict: can't use getUpdates method while webhook is active"}`
	deleted, polled := 0, 0
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/deleteWebhook") {
			if deleted++; deleted == 1 {
				w.WriteHeader(http.StatusBadGateway)
				return
			}
			fmt.Fprint(w, `{"ok":true,"result":true}`)
			return
		}
		polled++
		switch {
		case deleted < 2, polled == 2:
			fmt.Fprint(w, active)
		case polled == 1:
			fmt.Fprint(w, `{"ok":true,"result":[]}`)
		default:
			stop()
			fmt.Fprint(w, `{"ok":true,"result":[]}`)
		}
	}))
	defer srv.Close()
	p := &telegram.Poller{API: srv.URL, Token: "1:x", Client: srv.Client(), Log: slog.New(slog.DiscardHandler)}
	if err := p.Run(ctx); err != nil {
		t.Fatal(err)
	}
	if deleted != 3 || polled != 3 {
		t.Errorf("took the webhook away %d times and polled %d times", deleted, polled)
	}
}

// TestPollerIsPatientToAPoint gets no answer at all from one request for updates: it asks
// again when Telegram must have answered long ago.
func TestPollerIsPatientToAPoint(t *testing.T) {
	t.Parallel()
	ctx, stop := context.WithTimeout(t.Context(), 30*time.Second)
	defer stop()
	gone := make(chan struct{})
	var asked atomic.Int64
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/deleteWebhook") {
			fmt.Fprint(w, `{"ok":true,"result":true}`)
			return
		}
		if asked.Add(1) == 1 {
			<-gone
			return
		}
		close(gone)
		stop()
		fmt.Fprint(w, `{"ok":true,"result":[]}`)
	}))
	defer srv.Close()
	began := time.Now()
	p := &telegram.Poller{API: srv.URL, Token: "1:x", Client: srv.Client(), Hold: time.Second, Log: slog.New(slog.DiscardHandler)}
	if err := p.Run(ctx); err != nil || asked.Load() != 2 {
		t.Errorf("asked %d times, %v", asked.Load(), err)
	}
	if took := time.Since(began); took > 10*time.Second {
		t.Errorf("after %v", took)
	}
}

// TestPollerRests gets the same update without a number over and over, which it cannot
// acknowledge.
func TestPollerRests(t *testing.T) {
	t.Parallel()
	ctx, stop := context.WithTimeout(t.Context(), 500*time.Millisecond)
	defer stop()
	var asked atomic.Int64
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		asked.Add(1)
		fmt.Fprint(w, `{"ok":true,"result":[{}]}`)
	}))
	defer srv.Close()
	p := &telegram.Poller{
		API: srv.URL, Token: "1:x", Client: srv.Client(), Log: slog.New(slog.DiscardHandler),
		Accept: func(context.Context, []json.RawMessage) error { return nil },
	}
	if err := p.Run(ctx); err != nil || asked.Load() > 3 {
		t.Errorf("asked %d times, %v", asked.Load(), err)
	}
}
