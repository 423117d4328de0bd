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
	"strings"
	"time"

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

// keepWithin is how long keeping an update may take. One that is kept all the same after
// that is known when it is brought again.
const keepWithin = 5 * time.Second

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
	ctx, cancel := context.WithTimeout(r.Context(), keepWithin)
	defer cancel()
	if err := h.Accept(ctx, []json.RawMessage{raw}); err != nil {
		h.Log.Error("webhook", "err", err)
		http.Error(w, "not kept, bring it again", http.StatusServiceUnavailable)
		return
	}
	w.WriteHeader(http.StatusOK)
}

// SetWebhook tells Telegram where to bring updates, if that differs from what it has. told
// says that it was told this secret last, which it does not give away.
func (s *Sender) SetWebhook(ctx context.Context, url, secret string, told bool) error {
	var have *models.WebhookInfo
	err := s.call(ctx, "getWebhookInfo", func(ctx context.Context) (err error) {
		have, err = s.api.GetWebhookInfo(ctx)
		return err
	})
	if err != nil {
		return err
	}
	allowed := slices.Equal(slices.Sorted(slices.Values(have.AllowedUpdates)), slices.Sorted(slices.Values(AllowedUpdates)))
	refused := strings.Contains(have.LastErrorMessage, "401") // somebody else has set another secret
	if told && allowed && !refused && have.URL == url && have.MaxConnections == hookConnections {
		return nil
	}
	return s.call(ctx, "setWebhook", func(ctx context.Context) error {
		_, err := s.api.SetWebhook(ctx, &bot.SetWebhookParams{URL: url, SecretToken: secret, AllowedUpdates: AllowedUpdates, MaxConnections: hookConnections})
		return err
	})
}

// hookConnections is how many updates Telegram may bring at the same time.
const hookConnections = 40
