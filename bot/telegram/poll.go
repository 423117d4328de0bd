package telegram

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// AllowedUpdates are the kinds of updates the bot asks for. Edits are not among them:
// a question that was mended is asked again by sending it again, and nobody's vote or
// request changes because an old line did.
var AllowedUpdates = []string{"message", "callback_query", "my_chat_member"}

// Poller asks Telegram for updates and gives them to Accept as they came, byte for byte.
// Only what Accept has kept is acknowledged, by the offset of the next request.
//
// The library's own polling acknowledges updates before they are handled, and stops
// for ever at one it cannot decode.
type Poller struct {
	API    string
	Token  string
	Client *http.Client
	Accept func(context.Context, []json.RawMessage) error
	Hold   time.Duration // how long Telegram may hold a request, in whole seconds; 0: as long as it does
	Log    *slog.Logger
}

// Errors that asking again does not mend.
var (
	// ErrToken: the token is not, or no longer, valid.
	ErrToken = errors.New("telegram: the bot's token is refused")
	// ErrOtherPoller: another program asks for updates of the same bot.
	ErrOtherPoller = errors.New("telegram: another program receives this bot's updates")
)

// maxHold is how long the server holds a request at most.
const maxHold = 50 * time.Second

// Run takes the webhook away, which would refuse every request for updates, and polls
// until ctx ends. It returns ErrToken when Telegram refuses the token; all else is tried
// again, more slowly each time up to five seconds.
func (p *Poller) Run(ctx context.Context) error {
	offset, failed, free := int64(0), 0, false
	for ctx.Err() == nil {
		var err error
		if free {
			offset, err = p.take(ctx, offset)
		} else {
			err = p.freeFromWebhook(ctx)
		}
		switch {
		case err == nil:
			free, failed = true, 0
		case errors.Is(err, ErrToken):
			return err
		case ctx.Err() == nil:
			failed++
			free = free && !errors.Is(err, errWebhook) // somebody has set one meanwhile
			p.complain(err, failed)
			_ = pause(ctx, backoff(err, failed))
		}
	}
	return nil
}

// take asks for updates once and has them kept. It returns the offset that acknowledges
// them.
func (p *Poller) take(ctx context.Context, offset int64) (int64, error) {
	raws, next, err := p.once(ctx, offset)
	if err == nil && len(raws) > 0 {
		err = p.Accept(ctx, raws)
	}
	if err != nil {
		return offset, err
	}
	if len(raws) > 0 && next <= offset { // nothing that could be acknowledged
		_ = pause(ctx, time.Second)
	}
	return max(offset, next), nil
}

func backoff(err error, failed int) time.Duration {
	var flood *pollError
	if errors.As(err, &flood) && flood.RetryAfter > 0 {
		return time.Duration(flood.RetryAfter) * time.Second
	}
	return min(100*time.Millisecond<<min(failed, 10), 5*time.Second)
}

// complain says what is wrong, and where somebody must look into it, what to do.
func (p *Poller) complain(err error, failed int) {
	if errors.Is(err, ErrOtherPoller) {
		p.Log.Error("another program receives this bot's updates: stop it, or get a new token from BotFather", "failed", failed)
		return
	}
	p.Log.Warn("polling", "err", err, "failed", failed)
}

// pollError is Telegram's refusal of a request.
type pollError struct {
	Code        int
	Description string
	RetryAfter  int
}

func (e *pollError) Error() string { return fmt.Sprintf("telegram: %d %s", e.Code, e.Description) }

func (e *pollError) Unwrap() error {
	switch e.Code {
	case http.StatusUnauthorized, http.StatusNotFound:
		return ErrToken
	case http.StatusConflict:
		if strings.Contains(e.Description, "webhook") {
			return errWebhook
		}
		return ErrOtherPoller
	}
	return nil
}

// errWebhook: a webhook keeps updates from pollers.
var errWebhook = errors.New("telegram: a webhook is set")

// once makes one request. next is the offset that acknowledges all it returned.
func (p *Poller) once(ctx context.Context, offset int64) (raws []json.RawMessage, next int64, err error) {
	hold := cmp.Or(p.Hold, maxHold)
	ctx, cancel := context.WithTimeout(ctx, hold+hold/4+2*time.Second)
	defer cancel()
	var answer struct {
		OK          bool              `json:"ok"`
		Result      []json.RawMessage `json:"result"`
		Code        int               `json:"error_code"`
		Description string            `json:"description"`
		Parameters  struct {
			RetryAfter int `json:"retry_after"`
		} `json:"parameters"`
	}
	body := map[string]any{"offset": offset, "timeout": int(hold.Seconds()), "limit": 100, "allowed_updates": AllowedUpdates}
	if err := p.post(ctx, "getUpdates", body, &answer); err != nil {
		return nil, 0, err
	}
	if !answer.OK {
		return nil, 0, &pollError{answer.Code, answer.Description, answer.Parameters.RetryAfter}
	}
	for _, raw := range answer.Result {
		next = max(next, updateID(raw)+1) // one without an ID is logged by the intake and cannot be acknowledged by itself
	}
	return answer.Result, next, nil
}

// freeFromWebhook takes the webhook away. What waits to be delivered stays.
func (p *Poller) freeFromWebhook(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	var answer struct {
		OK          bool   `json:"ok"`
		Code        int    `json:"error_code"`
		Description string `json:"description"`
	}
	if err := p.post(ctx, "deleteWebhook", map[string]any{"drop_pending_updates": false}, &answer); err != nil {
		return err
	}
	if !answer.OK {
		return &pollError{Code: answer.Code, Description: answer.Description}
	}
	return nil
}

// maxPoll bounds one answer; the server sends 4 MiB of updates at most.
const maxPoll = 16 << 20

func (p *Poller) post(ctx context.Context, method string, body, answer any) error {
	data, err := json.Marshal(body)
	if err != nil {
		return fmt.Errorf("%s: %w", method, err)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, strings.TrimRight(p.API, "/")+"/bot"+p.Token+"/"+method, bytes.NewReader(data))
	if err != nil {
		return fmt.Errorf("%s: %w", method, withoutURL(err))
	}
	req.Header.Set("Content-Type", "application/json")
	resp, err := p.Client.Do(req)
	if err != nil {
		return fmt.Errorf("%s: %w", method, withoutURL(err))
	}
	defer resp.Body.Close()
	if resp.StatusCode >= 500 {
		return fmt.Errorf("%s: %w", method, &statusError{resp.StatusCode})
	}
	read := answers.Get().(*bytes.Buffer)
	defer answers.Put(read)
	read.Reset()
	if _, err = read.ReadFrom(io.LimitReader(resp.Body, maxPoll)); err == nil {
		err = json.Unmarshal(read.Bytes(), answer)
	}
	if err != nil {
		return fmt.Errorf("%s: read the answer: %w", method, err)
	}
	return nil
}

// withoutURL drops the address from an error of net/http: the token is in it.
func withoutURL(err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		return u.Err
	}
	return err
}
