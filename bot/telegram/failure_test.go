package telegram

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"xingfuli/bot/queue"
)

const retried, done, unreachable, refused, token, other = "retried", "done", "unreachable", "refused", "token", "other poller"

func outcome(v verdict) string {
	switch {
	case v.done:
		return done
	case v.gone && errors.Is(v.err, queue.ErrUnreachable):
		return unreachable
	case v.retry && errors.Is(v.err, queue.ErrLater):
		return retried
	case errors.Is(v.err, queue.ErrRefused):
		return refused
	case errors.Is(v.err, ErrToken):
		return token
	case errors.Is(v.err, ErrOtherPoller):
		return other
	}
	return "nothing"
}

// TestRefusals holds what Telegram says, word for word, to what the bot makes of it.
func TestRefusals(t *testing.T) {
	tests := []struct {
		code        int
		description string
		want        string
	}{
		{400, "Bad Request: message is not modified: specified new message content and reply markup are exactly the same as a current content and reply markup of the message", done},
		{400, "Bad Request: query is too old and response timeout expired or query ID is invalid", done},
		{400, "Bad Request: chat not found", unreachable},
		{400, "Bad Request: private chat not found", unreachable},
		{400, "Bad Request: PEER_ID_INVALID", unreachable},
		{400, "Bad Request: message to edit not found", refused},
		{400, "Bad Request: message can't be edited", refused},
		{400, "Bad Request: message can't be deleted", refused},
		{400, "Bad Request: message text is empty", refused},
		{400, "Bad Request: message is too long", refused},
		{400, "Bad Request: reply markup is too long", refused},
		{400, "Bad Request: BUTTON_DATA_INVALID", refused},
		{400, "Bad Request: can't parse entities: Unsupported start tag \"x\" at byte offset 0", refused},
		{400, "Bad Request: not enough rights to send text messages to the chat", unreachable},
		{400, "Bad Request: CHAT_WRITE_FORBIDDEN", unreachable},
		{400, "Bad Request: TOPIC_CLOSED", unreachable},
		{400, "Bad Request: message thread not found", unreachable},
		{400, "Bad Request: wrong remote file identifier specified: Wrong string length", refused},
		{401, "Unauthorized", token},
		{403, "Forbidden: bot was blocked by the user", unreachable},
		{403, "Forbidden: user is deactivated", unreachable},
		{403, "Forbidden: bot can't initiate conversation with a user", unreachable},
		{403, "Forbidden: bot can't send messages to bots", unreachable},
		{403, "Forbidden: bot was kicked from the group chat", unreachable},
		{403, "Forbidden: bot was kicked from the supergroup chat", unreachable},
		{403, "Forbidden: bot was kicked from the channel chat", unreachable},
		{403, "Forbidden: bot is not a member of the group chat", unreachable},
		{403, "Forbidden: bot is not a member of the supergroup chat", unreachable},
		{403, "Forbidden: bot is not a member of the channel chat", unreachable},
		{403, "Forbidden: the group chat was deleted", unreachable},
		{404, "Not Found", token},
		{409, "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running", other},
		{413, "Request Entity Too Large", refused},
		{421, "Misdirected Request", refused},
		{500, "Internal Server Error", retried},
		{502, "Bad Gateway", retried},
		{504, "Gateway Timeout", retried},
	}
	for _, tt := range tests {
		err := refusal(answer(tt.code, fmt.Sprintf(`{"ok":false,"error_code":%d,"description":%q}`, tt.code, tt.description)))
		v := judge(fmt.Errorf("call: %w", err), true, false)
		if got := outcome(v); got != tt.want {
			t.Errorf("%d %s: %s, want %s", tt.code, tt.description, got, tt.want)
		}
		if api := (*APIError)(nil); !v.done && (!errors.As(v.err, &api) || api.Code != tt.code || api.Description != tt.description) {
			t.Errorf("%d %s: %+v", tt.code, tt.description, v.err)
		}
	}
}

func answer(status int, body string) *http.Response {
	return &http.Response{StatusCode: status, Body: io.NopCloser(strings.NewReader(body))}
}

// TestFailures reads what else may go wrong with a request, and the numbers Telegram adds.
func TestFailures(t *testing.T) {
	broken := errors.New("connection reset by peer")
	flood := answer(429, `{"ok":false,"error_code":429,"description":"Too Many Requests: retry after 7","parameters":{"retry_after":7}}`)
	moved := answer(400, `{"ok":false,"error_code":400,"description":"Bad Request: group chat was upgraded to a supergroup chat","parameters":{"migrate_to_chat_id":-1001234567890123}}`)
	tests := []struct {
		name        string
		err         error
		sent, again bool
		want        verdict
		is          error
	}{
		{"429", refusal(flood), true, false, verdict{retry: true, after: 7 * time.Second}, queue.ErrLater},
		{"429 without a time", &APIError{Code: 429}, true, false, verdict{retry: true, after: time.Second}, queue.ErrLater},
		{"moved", refusal(moved), true, false, verdict{to: -1001234567890123}, queue.ErrRefused},
		{"a gateway's 502", refusal(answer(502, "<html>bad gateway</html>")), true, false, verdict{retry: true}, queue.ErrLater},
		{"a gateway's 403 is not about the chat", refusal(answer(403, "<html>forbidden</html>")), true, false, verdict{retry: true}, queue.ErrLater},
		{"a gateway's 404 is not about the token", refusal(answer(404, "")), true, false, verdict{retry: true}, queue.ErrLater},
		{"too large for a gateway", refusal(answer(413, "<html>")), true, false, verdict{}, queue.ErrRefused},
		{"a redirect", refusal(answer(302, "")), true, false, verdict{retry: true}, queue.ErrLater},
		{"never connected", broken, false, false, verdict{retry: true}, queue.ErrLater},
		{"lost on the way", broken, true, false, verdict{}, queue.ErrUnknown},
		{"lost on the way, harmless", broken, true, true, verdict{retry: true}, queue.ErrLater},
		{"no answer", context.DeadlineExceeded, true, false, verdict{}, queue.ErrUnknown},
		{"cannot be encoded", fmt.Errorf("%w: encode", queue.ErrRefused), false, true, verdict{}, queue.ErrRefused},
	}
	for _, tt := range tests {
		got := judge(tt.err, tt.sent, tt.again)
		if !errors.Is(got.err, tt.is) {
			t.Errorf("%s: %v, want %v", tt.name, got.err, tt.is)
		}
		if got.err = nil; got != tt.want {
			t.Errorf("%s: %+v, want %+v", tt.name, got, tt.want)
		}
	}
}

func TestMask(t *testing.T) {
	const secret = "123:geheim"
	if err := mask(nil, secret); err != nil {
		t.Error(err)
	}
	err := mask(fmt.Errorf("Post \"https://host/bot%s/x\": %w", secret, &APIError{Code: 403}), secret)
	for _, format := range []string{"%v", "%+v", "%q", "%s"} {
		if said := fmt.Sprintf(format, fmt.Errorf("call: %w", err)); strings.Contains(said, "geheim") {
			t.Error(said)
		}
	}
	if api := (*APIError)(nil); !errors.Is(err, queue.ErrUnreachable) || !errors.As(err, &api) {
		t.Errorf("what it was is lost: %v", err)
	}
}
