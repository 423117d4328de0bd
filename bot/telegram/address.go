package telegram

import (
	"encoding/json"
	"errors"

	"xingfuli/bot/queue"
)

// Address reads of an update only what the inbox needs: its ID and its lane, which is
// the chat it came from, or for what has no chat the person.
func Address(raw []byte) (queue.Update, error) {
	type chat struct {
		Chat struct{ ID int64 } `json:"chat"`
	}
	type from struct {
		From struct{ ID int64 } `json:"from"`
		User struct{ ID int64 } `json:"user"`
		Chat struct{ ID int64 } `json:"chat"`
	}
	var u struct {
		ID       int64 `json:"update_id"`
		Message  *chat `json:"message"`
		Edited   *chat `json:"edited_message"`
		Post     *chat `json:"channel_post"`
		EditPost *chat `json:"edited_channel_post"`
		Press    *struct {
			From    struct{ ID int64 } `json:"from"`
			Message *chat              `json:"message"`
		} `json:"callback_query"`
		Mine *from `json:"my_chat_member"`
		Poll *from `json:"poll_answer"`
	}
	// A field of an unforeseen shape leaves its struct empty: the update is kept all the same.
	err := json.Unmarshal(raw, &u)
	if u.ID == 0 {
		return queue.Update{}, errors.Join(ErrDecode, err)
	}
	to := queue.Update{ID: u.ID, Raw: raw}
	for _, c := range []*chat{u.Message, u.Edited, u.Post, u.EditPost} {
		if c != nil {
			to.Lane = c.Chat.ID
		}
	}
	switch {
	case u.Press != nil && u.Press.Message != nil:
		to.Lane = u.Press.Message.Chat.ID
	case u.Press != nil:
		to.Lane = u.Press.From.ID
	case u.Mine != nil:
		to.Lane = u.Mine.Chat.ID
	case u.Poll != nil:
		to.Lane = u.Poll.User.ID
	}
	return to, nil
}
