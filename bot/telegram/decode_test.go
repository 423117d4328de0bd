package telegram

import (
	"errors"
	"testing"

	"github.com/go-telegram/bot/models"
)

// FuzzDecode gives the library's types anything: whatever they cannot hold is ErrDecode,
// and nothing stops the program.
func FuzzDecode(f *testing.F) {
	for _, s := range []string{
		`{"update_id":1,"message":{"message_id":1,"date":1,"chat":{"id":1,"type":"private"},"text":"x","entities":[{"type":"bot_command","offset":9,"length":9}]}}`,
		`{"update_id":1,"callback_query":{"message":{"date":0}}}`,
		`{"message":{"paid_media":{"paid_media":[{"type":"live_photo"}]}}}`,
		`{"my_chat_member":{"new_chat_member":{"status":"x"}}}`, `[]`, `null`, `{"message":5}`, "\xff",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		var up models.Update
		if err := decode(raw, &up); err != nil && !errors.Is(err, ErrDecode) {
			t.Errorf("decode: %v", err)
		}
		if up.Message != nil {
			_ = spoken(up.Message)
		}
	})
}
