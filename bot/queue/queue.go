// Package queue holds what waits to be done and what is known while doing it:
// updates taken in, the state of a conversation, and how sending may end.
package queue

import (
	"encoding/json"
	"errors"
	"strconv"
	"time"
)

// Update is one update as Telegram sent it. Raw is kept byte for byte: library
// types lose fields they do not know.
type Update struct {
	ID   int64 // update_id
	Lane int64 // chat in whose order it is handled
	Raw  []byte

	Entry string // where the inbox keeps it; empty before it is accepted
	Shard int
	Left  bool // another process took it before, or this one with an older lease
}

// Op names one change of state, so that a retry after a lost reply finds its own
// work done instead of doing it twice. It is the same in every try of an update.
type Op string

// UpdateOp is the op of the n-th change that update id of a bot makes. Another bot that takes
// the place of the first counts its updates anew.
func UpdateOp(bot, id int64, n int) Op {
	return Op("u" + strconv.FormatInt(bot, 10) + "." + strconv.FormatInt(id, 10) + "." + strconv.Itoa(n))
}

// Chat is where a message goes. Thread is a forum topic, 0 for none.
type Chat struct {
	ID     int64
	Thread int
}

// Seen is a chat that was shown something, and when it last was.
type Seen struct {
	Chat Chat
	At   time.Time
}

// Profile is what is kept of a person or a group and needed to answer at all.
type Profile struct {
	Language  string // as chosen by /language; empty: not chosen
	Community string // ID; empty: not known yet
	Title     string // of a group that belongs to a community, as it was last seen
	Gone      Why    // why nothing has reached them of late; empty: they can be reached
}

// Dialogue is a conversation of several steps, per chat and person. It is dropped
// 24 hours after its last step.
type Dialogue struct {
	Word    string // whose it is: the word given to Router.Step
	Step    string
	Data    json.RawMessage
	Version int64 // another one at each step, so that a stale button is known
}

// Known is what one look into the store says about a chat and a person.
type Known struct {
	Person   Profile
	Chat     Profile
	Dialogue Dialogue
	Content  int64 // grows with every change of what staff publish: what was read at the same number is still true
}

// Class says what goes first when there is more to send than Telegram takes.
type Class int

// The classes, the most urgent first.
const (
	Answer    Class = iota // somebody waits for it
	Scheduled              // due now
	Bulk                   // for a crowd
)

// Bucket is a limit as one message meets it: there is a place every Step, and a message
// may take one that comes up to Slack later. Without a Step there is no limit.
type Bucket struct{ Step, Slack time.Duration }

// Pace is the limits that one message meets: its chat's, its group's in a minute, and the
// bot's over all.
type Pace struct{ Chat, Minute, All Bucket }

// How sending may end, beside success.
var (
	// ErrUnreachable: the person has blocked the bot or never started it, or the group has removed it.
	ErrUnreachable = errors.New("queue: the chat cannot be reached")
	// ErrUnknown: the request may or may not have reached Telegram; a message is not sent again.
	ErrUnknown = errors.New("queue: it is not known whether the message was sent")
	// ErrRefused: Telegram understood and refuses; the same request would be refused again.
	ErrRefused = errors.New("queue: Telegram refused the request")
	// ErrLater: Telegram could not be reached, or takes no more in the time there was;
	// the same request may be made again.
	ErrLater = errors.New("queue: Telegram takes the request later")
	// ErrConflict: someone wrote the value after it was read.
	ErrConflict = errors.New("queue: another writer came first")
)

// Cursor is how far a process has read the inbox: the last entry taken, by shard. A shard
// that is not in it is not read; "0" reads it from its beginning.
type Cursor map[int]string

// Share is what one replica owns of the inbox until its lease ends.
type Share struct {
	Shards []int
	Fair   int   // how many shards each living replica should have
	Now    int64 // milliseconds since 1970, by Redis
}

// Dead is an update that could not be handled, and why.
type Dead struct {
	Entry  string // where the list keeps it
	Update Update
	Code   string // as the person was told and the log has it; empty: nobody was told
	Reason string // never what somebody typed
	At     int64  // seconds since 1970
}
