package telegram

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"xingfuli/bot/queue"
)

// wire calls the methods that make up nearly all of the bot's traffic: one JSON body out,
// of the answer only what is needed. The library's way, a form written through a pipe by
// reflection, costs twice as much (BenchmarkSend).
type wire struct {
	base  url.URL // up to and with the token
	files url.URL // the same, of files
	trip  http.RoundTripper
}

func newWire(api, token string, client *http.Client) (*wire, error) {
	base, err := url.Parse(strings.TrimRight(api, "/"))
	if err != nil {
		return nil, fmt.Errorf("api: %w", err)
	}
	files := *base
	base.Path += "/bot" + token + "/"
	files.Path += "/file/bot" + token + "/"
	w := &wire{base: *base, files: files, trip: client.Transport}
	if w.trip == nil {
		w.trip = http.DefaultTransport
	}
	return w, nil
}

// maxAnswer bounds the answer to a message sent, which repeats it.
const maxAnswer = 1 << 20

var (
	jsonHeader = http.Header{"Content-Type": {"application/json"}} // shared: nobody changes it
	answers    = sync.Pool{New: func() any { return new(bytes.Buffer) }}
)

// call makes one request and returns the ID of the message that it is answered with, 0
// when the answer is something else. It follows no redirect: that would take the token
// elsewhere.
//
// net/http makes the request again only when nothing of it was written to a connection
// that the server had closed: it has no Idempotency-Key.
func (w *wire) call(ctx context.Context, method string, params any) (int, error) {
	body, err := json.Marshal(params)
	if err != nil {
		return 0, fmt.Errorf("%w: encode: %w", queue.ErrRefused, err)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "/", bytes.NewReader(body))
	if err != nil {
		return 0, err
	}
	to := w.base
	to.Path += method
	req.URL, req.Header = &to, jsonHeader
	resp, err := w.trip.RoundTrip(req)
	if err != nil {
		return 0, err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return 0, refusal(resp)
	}
	answer := answers.Get().(*bytes.Buffer)
	defer answers.Put(answer)
	answer.Reset()
	if _, err := answer.ReadFrom(io.LimitReader(resp.Body, maxAnswer)); err != nil {
		return 0, fmt.Errorf("read the answer: %w", err)
	}
	return messageID(answer.Bytes())
}

// messageID reads {"ok":true,"result":{"message_id":7,… as the server begins its answers,
// and any other order of the same.
func messageID(answer []byte) (int, error) {
	if rest, ok := bytes.CutPrefix(answer, []byte(`{"ok":true,"result":{"message_id":`)); ok {
		n := 0
		for n < len(rest) && '0' <= rest[n] && rest[n] <= '9' {
			n++
		}
		if id, err := strconv.Atoi(string(rest[:n])); err == nil && n < len(rest) {
			return id, nil
		}
	}
	var a struct {
		OK     bool            `json:"ok"`
		Result json.RawMessage `json:"result"`
		failure
	}
	if err := json.Unmarshal(answer, &a); err != nil {
		return 0, fmt.Errorf("read the answer: %w", err)
	}
	if !a.OK {
		return 0, a.failure.error()
	}
	var m struct {
		ID int `json:"message_id"`
	}
	if bytes.HasPrefix(a.Result, []byte("{")) {
		if err := json.Unmarshal(a.Result, &m); err != nil {
			return 0, fmt.Errorf("read the answer: %w", err)
		}
	}
	return m.ID, nil
}

// failure is what the Bot API says of a request that failed.
type failure struct {
	Code        int    `json:"error_code"`
	Description string `json:"description"`
	Parameters  struct {
		RetryAfter int   `json:"retry_after"`
		MigrateTo  int64 `json:"migrate_to_chat_id"`
	} `json:"parameters"`
}

func (f failure) error() error {
	return &APIError{f.Code, f.Description, time.Duration(f.Parameters.RetryAfter) * time.Second, f.Parameters.MigrateTo}
}

// refusal reads an answer that is no success: *APIError, or *statusError when it is not
// the Bot API's.
func refusal(resp *http.Response) error {
	var f failure
	data, _ := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	if json.Unmarshal(data, &f) != nil || f.Code == 0 {
		return &statusError{resp.StatusCode}
	}
	return f.error()
}

// library is the HTTP client of go-telegram/bot. It turns what the library would turn into
// texts into *APIError, and gives a request a body that can be read again: a form comes
// through a pipe, and would be lost with the connection it was about to be written to.
type library struct{ *http.Client }

// Do makes a request.
func (l library) Do(req *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(req.Body)
	if err != nil {
		return nil, fmt.Errorf("%w: encode: %w", queue.ErrRefused, err)
	}
	again, err := http.NewRequestWithContext(req.Context(), req.Method, "/", bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	again.URL, again.Header, again.Host = req.URL, req.Header, req.Host
	resp, err := l.Client.Do(again)
	if err != nil {
		return nil, withoutURL(err)
	}
	if resp.StatusCode == http.StatusOK {
		return resp, nil
	}
	defer resp.Body.Close()
	return nil, refusal(resp)
}
