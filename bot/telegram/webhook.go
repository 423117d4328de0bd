package telegram

import (
	"context"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"slices"

	"github.com/go-telegram/bot"
	"github.com/go-telegram/bot/models"
)

// Hook receives the updates that Telegram brings. It answers 200 only when Accept has
// kept an update; everything else makes Telegram bring it again.
//
// The library's own handler answers 200 to everything, before anything is handled.
type Hook struct {
	Secret string // what Telegram was told to send along
	Accept func(context.Context, []json.RawMessage) error
	Log    *slog.Logger
}

// maxUpdate is the largest update taken; the largest message is far below.
const maxUpdate = 1 << 20

// ServeHTTP takes one update.
func (h *Hook) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", http.MethodPost)
		http.Error(w, "POST only", http.StatusMethodNotAllowed)
		return
	}
	given := r.Header.Get("X-Telegram-Bot-Api-Secret-Token")
	if h.Secret == "" || subtle.ConstantTimeCompare([]byte(given), []byte(h.Secret)) != 1 {
		http.Error(w, "wrong secret", http.StatusUnauthorized)
		return
	}
	raw, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxUpdate))
	if err != nil {
		status := http.StatusBadRequest
		if tooLarge := (*http.MaxBytesError)(nil); errors.As(err, &tooLarge) {
			status = http.StatusRequestEntityTooLarge
		}
		http.Error(w, "body", status)
		return
	}
	if err := h.Accept(r.Context(), []json.RawMessage{raw}); err != nil {
		h.Log.Error("webhook", "err", err)
		http.Error(w, "not kept, bring it again", http.StatusServiceUnavailable)
		return
	}
	w.WriteHeader(http.StatusOK)
}

// SetWebhook tells Telegram where to bring updates, if it does not know yet.
func (s *Sender) SetWebhook(ctx context.Context, url, secret string) error {
	var have *models.WebhookInfo
	err := s.call(ctx, "getWebhookInfo", func(ctx context.Context) (err error) {
		have, err = s.api.GetWebhookInfo(ctx)
		return err
	})
	if err != nil {
		return err
	}
	same := have.URL == url && slices.Equal(slices.Sorted(slices.Values(have.AllowedUpdates)), slices.Sorted(slices.Values(AllowedUpdates)))
	if same && have.LastErrorDate == 0 {
		return nil
	}
	return s.call(ctx, "setWebhook", func(ctx context.Context) error {
		_, err := s.api.SetWebhook(ctx, &bot.SetWebhookParams{URL: url, SecretToken: secret, AllowedUpdates: AllowedUpdates, MaxConnections: 40})
		return err
	})
}
