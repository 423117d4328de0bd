package telegram

import (
	"bytes"
	"encoding/json"
	"errors"
	"strconv"

	"xingfuli/bot/queue"
)

// updateID reads the ID of an update, which Telegram writes first; 0 when there is none.
func updateID(raw []byte) int64 {
	if rest, ok := bytes.CutPrefix(raw, []byte(`{"update_id":`)); ok {
		if end := bytes.IndexAny(rest, ",}"); end >= 0 {
			if id, err := strconv.ParseInt(string(rest[:end]), 10, 64); err == nil {
				return id
			}
		}
	}
	var u struct {
		ID int64 `json:"update_id"`
	}
	_ = json.Unmarshal(raw, &u)
	return u.ID
}

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

// pressID reads the ID under which a press is answered; ok is false for other updates.
func pressID(raw []byte) (id string, ok bool) {
	if !bytes.Contains(raw, []byte(`"callback_query"`)) {
		return "", false
	}
	var u struct {
		Press struct {
			ID string `json:"id"`
		} `json:"callback_query"`
	}
	_ = json.Unmarshal(raw, &u)
	return u.Press.ID, u.Press.ID != ""
}
