package telegram

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"time"

	"github.com/go-telegram/bot"

	"xingfuli/bot/queue"
)

// verdict says what to do after a call failed.
type verdict struct {
	retry bool          // the request had no effect, or repeating it has none
	after time.Duration // not before this time has passed
	done  bool          // the wished-for state holds already
	err   error         // wraps a sentinel of package queue
}

// judge reads an error of the library. again tells whether doing the call twice is
// harmless (edits, answers to presses), so that a lost reply may be tried again.
//
// Descriptions are those of the published server, github.com/tdlib/telegram-bot-api,
// Client.cpp: the library hands on nothing else.
func judge(err error, again bool) verdict {
	var flood *bot.TooManyRequestsError
	var moved *bot.MigrateError
	var status *statusError
	var dial *net.OpError
	text := err.Error()
	switch {
	case errors.As(err, &flood):
		return verdict{retry: true, after: time.Duration(flood.RetryAfter) * time.Second, err: err}
	case errors.As(err, &moved):
		return verdict{err: fmt.Errorf("%w: %w", queue.ErrUnreachable, err)}
	case errors.As(err, &status):
		return verdict{retry: true, err: err}
	case errors.Is(err, bot.ErrorForbidden), strings.Contains(text, "chat not found"):
		return verdict{err: fmt.Errorf("%w: %w", queue.ErrUnreachable, err)}
	case strings.Contains(text, "message is not modified"), strings.Contains(text, "query is too old"):
		return verdict{done: true}
	case errors.Is(err, bot.ErrorUnauthorized), errors.Is(err, bot.ErrorNotFound):
		return verdict{err: fmt.Errorf("%w: %w", ErrToken, err)}
	case errors.Is(err, bot.ErrorBadRequest), errors.Is(err, bot.ErrorConflict):
		return verdict{err: fmt.Errorf("%w: %w", queue.ErrRefused, err)}
	case errors.As(err, &dial) && dial.Op == "dial":
		return verdict{retry: true, err: err}
	case errors.Is(err, context.Canceled):
		return verdict{err: err}
	}
	if again {
		return verdict{retry: true, err: err}
	}
	return verdict{err: fmt.Errorf("%w: %w", queue.ErrUnknown, err)}
}
