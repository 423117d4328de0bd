package telegram_test

import (
	"log/slog"
	"net/http/httptest"
	"testing"

	"xingfuli/bot/store"
	"xingfuli/bot/telegram"
)

// newSender sends to a simulated Telegram without limits.
func newSender(t *testing.T, srv *httptest.Server, token string, _ *store.Store, _ *slog.Logger) *telegram.Sender {
	t.Helper()
	s, err := telegram.NewSender(srv.URL, token, srv.Client(), telegram.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	return s
}
