package telegram

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"xingfuli/bot/queue"
)

// APIError is Telegram's refusal of a request. It is one of queue.ErrUnreachable,
// queue.ErrRefused, ErrToken and ErrOtherPoller, or none of them when the request was
// not looked at (429 and the 500s).
type APIError struct {
	Code        int
	Description string
	RetryAfter  time.Duration // with 429
	MigrateTo   int64         // the ID of the supergroup that the group has become
}

func (e *APIError) Error() string { return fmt.Sprintf("telegram: %d %s", e.Code, e.Description) }

// Unwrap tells what the refusal means to who sends.
func (e *APIError) Unwrap() error {
	switch {
	case e.Code == http.StatusTooManyRequests, e.Code >= 500:
		return nil
	case e.Code == http.StatusForbidden, e.says(gone...):
		return queue.ErrUnreachable
	case e.Code == http.StatusUnauthorized, e.Code == http.StatusNotFound:
		return ErrToken
	case e.Code == http.StatusConflict:
		return ErrOtherPoller
	}
	return queue.ErrRefused
}

func (e *APIError) says(texts ...string) bool {
	return slices.ContainsFunc(texts, func(t string) bool { return strings.Contains(e.Description, t) })
}

// What the server says, which tells more than its codes do.
//
// Source: Client.cpp of the published server, github.com/tdlib/telegram-bot-api:
// fail_query_with_error, check_chat_access. A 403 is always about the chat.
var (
	gone = []string{"chat not found", "PEER_ID_INVALID", "USER_IS_BLOCKED", "INPUT_USER_DEACTIVATED",
		"not enough rights to send", "have no rights to send", "CHAT_WRITE_FORBIDDEN", "TOPIC_CLOSED", "TOPIC_DELETED", "message thread not found"}
	already = []string{"message is not modified", "query is too old", "query ID is invalid"}
)

// statusError is an answer that is not the Bot API's: a gateway's, in HTML as a rule.
type statusError struct{ Code int }

func (e *statusError) Error() string {
	return fmt.Sprintf("telegram: HTTP status %d from a gateway", e.Code)
}

// Unwrap: what is too large for a gateway stays so.
func (e *statusError) Unwrap() error {
	if e.Code == http.StatusRequestEntityTooLarge {
		return queue.ErrRefused
	}
	return nil
}

// verdict says what to do after a call failed.
type verdict struct {
	done  bool          // the wished-for state holds already
	retry bool          // the request had no effect, or repeating it has none
	after time.Duration // not before this time has passed
	to    int64         // but to this chat
	gone  bool          // nobody is there any more
	err   error         // what the caller is told when the call is not made again
}

// judge reads why a call failed. sent tells whether a part of the request may have reached
// Telegram, again whether making it twice is harmless.
func judge(err error, sent, again bool) verdict {
	var api *APIError
	var gateway *statusError
	switch {
	case errors.As(err, &api):
		return api.judge()
	case errors.Is(err, queue.ErrRefused):
		return verdict{err: err}
	case errors.As(err, &gateway), !sent, again:
		return verdict{retry: true, err: fmt.Errorf("%w: %w", queue.ErrLater, err)}
	}
	return verdict{err: fmt.Errorf("%w: %w", queue.ErrUnknown, err)}
}

func (e *APIError) judge() verdict {
	switch {
	case e.Code == http.StatusTooManyRequests:
		return verdict{retry: true, after: max(e.RetryAfter, time.Second), err: fmt.Errorf("%w: %w", queue.ErrLater, e)}
	case e.Code >= 500:
		return verdict{retry: true, err: fmt.Errorf("%w: %w", queue.ErrLater, e)}
	case e.MigrateTo != 0:
		return verdict{to: e.MigrateTo, err: e}
	case e.says(already...):
		return verdict{done: true}
	}
	return verdict{gone: errors.Is(e, queue.ErrUnreachable), err: e}
}

// masked is an error without the bot's token, which net/http puts into its own ones.
type masked struct {
	text string
	err  error
}

// mask takes token out of what err says.
func mask(err error, token string) error {
	if err == nil || !strings.Contains(err.Error(), token) {
		return err
	}
	return &masked{strings.ReplaceAll(err.Error(), token, "…"), err}
}

func (m *masked) Error() string        { return m.text }
func (m *masked) Is(target error) bool { return errors.Is(m.err, target) }
func (m *masked) As(target any) bool   { return errors.As(m.err, target) }
