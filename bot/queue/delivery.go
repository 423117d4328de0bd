package queue

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Delivery is one message on its way to many chats. Each chat has a row of its own, which is
// in exactly one of the states queued, sending, sent, failed and unknown.
type Delivery struct {
	ID      string          `json:"id"`                // letters and digits, 12 at most
	Kind    string          `json:"kind"`              // who makes the message: "notice", "correction", …
	Ref     string          `json:"ref,omitempty"`     // of what it is a delivery: a notice's ID
	Body    json.RawMessage `json:"body,omitempty"`    // of what the message is made, in the words of its kind
	To      []string        `json:"to"`                // whom it is for: notice.Target, as it writes itself
	Author  int64           `json:"author,omitempty"`  // who sees the report; 0: nobody
	Urgent  bool            `json:"urgent,omitempty"`  // it is sent in the quiet hours too
	Receipt bool            `json:"receipt,omitempty"` // 已收到 is asked for
	Again   string          `json:"again,omitempty"`   // ID of the delivery that this one repeats to some

	Rehearsal bool      `json:"rehearsal,omitempty"` // only the author gets it, labelled
	Made      time.Time `json:"made"`

	Progress `json:"-"`
}

// Waits tells whether the quiet hours hold the delivery back. A rehearsal is seen by who wanted
// it, and by nobody else.
func (d Delivery) Waits() bool { return !d.Urgent && !d.Rehearsal }

// IsAct tells whether the delivery does something to what an earlier one, Ref, has sent.
func (d Delivery) IsAct() bool { return d.Kind == KindRevise || d.Kind == KindRecall }

// The kinds of delivery that are about another one, whose ID is Ref.
const (
	KindRevise = "revise" // what was sent is made to say something else
	KindRecall = "recall" // what was sent is deleted
	KindRemind = "remind" // who has not sent a receipt is asked for it
)

// Progress is how far a delivery has come.
type Progress struct {
	State   State
	Total   int // rows
	Queued  int
	Ready   int // those of them that may be sent now
	Sending int
	Sent    int
	Failed  int
	Unknown int
	Got     int       // receipts
	Began   time.Time // when the first row was sent; zero: not yet
	Ended   time.Time // zero: not yet
	Report  int       // the message in the author's chat that tells all this; 0: none yet
	Told    string    // what that message says, as a mark; "" before it was sent
}

// State is what is being done about a delivery.
type State string

// The states.
const (
	Filling State = "filling" // its rows are being written
	Running State = "running" // its rows are being sent
	Paused  State = "paused"
	Stopped State = "stopped" // for good: what is queued stays queued
	Over    State = "over"    // nothing is queued or being sent
)

// Why says why a message did not reach a chat.
type Why string

// The reasons.
const (
	WhyBlocked     Why = "blocked"     // the person has blocked the bot
	WhyDeactivated Why = "deactivated" // the account is no more
	WhyAway        Why = "away"        // the person could not be reached the last time, and has not written since
	WhyNotStarted  Why = "not_started" // the person has never written to the bot
	WhyKicked      Why = "kicked"      // the group has removed the bot, or never had it
	WhyDeleted     Why = "deleted"     // the group is no more
	WhyMuted       Why = "muted"       // the bot may not write in the group, or in its topic
	WhyRefused     Why = "refused"     // Telegram did not take the message
	WhyOld         Why = "old"         // the message is too old to be deleted
	WhyGone        Why = "gone"        // the message is not there any more
	WhyFixed       Why = "fixed"       // Telegram does not let the message be changed
	WhyMoved       Why = "moved"       // the message stayed behind when the group became a supergroup
	WhyBusy        Why = "busy"        // Telegram did not take it in the time there was
	WhyUnwanted    Why = "unwanted"    // there was nothing to tell the chat any more
)

// Row is what became of a delivery in one chat.
type Row struct {
	To       Chat
	State    RowState
	Why      Why   // of a failed one
	Chat     int64 // where it arrived, when the group has another ID by now; 0: To.ID
	Messages []int // their IDs, when sent
}

// RowState is the state of a row.
type RowState string

// The states of a row.
const (
	RowQueued  RowState = "queued"
	RowSending RowState = "sending"
	RowSent    RowState = "sent"
	RowFailed  RowState = "failed"
	RowUnknown RowState = "unknown"
)

// ErrNoDelivery says that there is no delivery of that ID (any more).
var ErrNoDelivery = errors.New("queue: no such delivery")

// ErrUnwanted says that a chat of a delivery need not be told anything any more.
var ErrUnwanted = errors.New("queue: nothing to tell this chat")

// String is a chat as rows name it: "-1001" or, with a topic, "-1001.7".
func (c Chat) String() string {
	if c.Thread == 0 {
		return strconv.FormatInt(c.ID, 10)
	}
	return fmt.Sprintf("%d.%d", c.ID, c.Thread)
}

// ParseChat reads what String writes.
func ParseChat(s string) (Chat, error) {
	id, thread, topic := strings.Cut(s, ".")
	n, err := strconv.ParseInt(id, 10, 64)
	if err != nil {
		return Chat{}, fmt.Errorf("chat %q: %w", s, err)
	}
	c := Chat{ID: n}
	if topic {
		if c.Thread, err = strconv.Atoi(thread); err != nil {
			return Chat{}, fmt.Errorf("chat %q: %w", s, err)
		}
	}
	return c, nil
}
