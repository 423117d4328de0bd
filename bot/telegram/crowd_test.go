package telegram

import (
	"errors"
	"fmt"
	"testing"

	"xingfuli/bot/queue"
)

// TestWhyNot holds what Telegram says, word for word, to the reason that the author is told.
func TestWhyNot(t *testing.T) {
	const person, group int64 = 1001, -1001
	for _, tt := range []struct {
		chat int64
		code int
		said string
		want queue.Why
	}{
		{person, 403, "Forbidden: bot was blocked by the user", queue.WhyBlocked},
		{person, 400, "Bad Request: USER_IS_BLOCKED", queue.WhyBlocked},
		{person, 403, "Forbidden: user is deactivated", queue.WhyDeactivated},
		{person, 400, "Bad Request: INPUT_USER_DEACTIVATED", queue.WhyDeactivated},
		{person, 403, "Forbidden: bot can't initiate conversation with a user", queue.WhyNotStarted},
		{person, 400, "Bad Request: chat not found", queue.WhyNotStarted},
		{person, 400, "Bad Request: private chat not found", queue.WhyNotStarted},
		{person, 400, "Bad Request: PEER_ID_INVALID", queue.WhyNotStarted},
		{person, 403, "Forbidden: bot can't send messages to bots", queue.WhyRefused},
		{group, 403, "Forbidden: bot was kicked from the group chat", queue.WhyKicked},
		{group, 403, "Forbidden: bot was kicked from the supergroup chat", queue.WhyKicked},
		{group, 403, "Forbidden: bot is not a member of the supergroup chat", queue.WhyKicked},
		{group, 403, "Forbidden: something that nobody has heard of", queue.WhyKicked},
		{group, 400, "Bad Request: chat not found", queue.WhyKicked},
		{group, 403, "Forbidden: the group chat was deleted", queue.WhyDeleted},
		{group, 400, "Bad Request: group chat was deactivated", queue.WhyDeleted},
		{group, 400, "Bad Request: not enough rights to send text messages to the chat", queue.WhyMuted},
		{group, 400, "Bad Request: have no rights to send a message", queue.WhyMuted},
		{group, 400, "Bad Request: CHAT_WRITE_FORBIDDEN", queue.WhyMuted},
		{group, 400, "Bad Request: TOPIC_CLOSED", queue.WhyMuted},
		{group, 400, "Bad Request: TOPIC_DELETED", queue.WhyMuted},
		{group, 400, "Bad Request: message thread not found", queue.WhyMuted},
		{group, 400, "Bad Request: group chat was upgraded to a supergroup chat", queue.WhyMoved},
		{person, 400, "Bad Request: message can't be deleted", queue.WhyOld},
		{person, 400, "Bad Request: message can't be deleted for everyone", queue.WhyOld},
		{person, 400, "Bad Request: message to delete not found", queue.WhyGone},
		{person, 400, "Bad Request: message to edit not found", queue.WhyGone},
		{person, 400, "Bad Request: MESSAGE_ID_INVALID", queue.WhyGone},
		{person, 400, "Bad Request: message can't be edited", queue.WhyFixed},
		{person, 400, "Bad Request: message is too long", queue.WhyRefused},
	} {
		err := fmt.Errorf("send: %w", &APIError{Code: tt.code, Description: tt.said})
		if got := WhyNot(err, tt.chat); got != tt.want {
			t.Errorf("%q in %d is %s, want %s", tt.said, tt.chat, got, tt.want)
		}
	}
	if got := WhyNot(errors.New("the request could not be made"), group); got != queue.WhyRefused {
		t.Errorf("what Telegram has not said is %s", got)
	}
}
