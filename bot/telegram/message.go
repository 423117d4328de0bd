package telegram

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"xingfuli/bot/queue"
	"xingfuli/bot/text"
)

// Message is what the bot says: words, and what can be pressed below them.
type Message struct {
	HTML    text.HTML
	Buttons [][]Button // inline, below the message
	Keys    *Keys      // the keyboard in place of the phone's own; nil leaves it as it is
	Photo   *File
	File    *File
	Album   []*File // two to ten photos, or two to ten documents; with buttons, the words follow it
	Reply   int     // message to quote, 0 none; sent without a quote when that one is gone
	Silent  bool    // no sound
	Class   queue.Class
	Skip    int   // parts that an earlier try has sent (see PartError)
	Placed  int   // how many of its messages have their place over all already (see Sender.Place)
	Entry   Entry // of the first of them
}

// File is a picture or a document, by its bytes or, once Telegram has it, by ID. An ID is the
// bot's own: another bot's is refused (queue.ErrRefused), and so may one be that is old.
type File struct {
	ID    string // set by Sender.Send
	Kind  Kind   // in an album
	Name  string
	Bytes []byte
}

// Kind is what a file is shown as.
type Kind string

// The kinds.
const (
	AsDocument Kind = ""
	AsPhoto    Kind = "photo"
)

// Keys is a reply keyboard: rows of what a tap types.
type Keys struct {
	Rows [][]string
	Hint string // in the empty input field, 64 characters at most
}

// Button is an inline button. A press comes back with Word, ID and Version, or opens URL.
type Button struct {
	Label   string
	Word    string // given to Router.Button
	ID      string // of what it acts on; no spaces
	Version int64  // of what the person saw, so that a stale press is known
	URL     string
}

// maxData is how many bytes Telegram takes with a button.
const maxData = 64

// Errors of buttons.
var (
	// ErrButton refuses a press that carries nothing the bot has ever made.
	ErrButton = errors.New("telegram: malformed button")
	// ErrStale refuses a press on something that has changed since it was shown.
	ErrStale = errors.New("telegram: stale button")
	// ErrElse is what a dialogue's step returns for words that are meant for something else:
	// they are answered as if nothing had been asked. The step has said and changed nothing.
	ErrElse = errors.New("telegram: no answer to what was asked")
)

// Encode returns what Telegram sends back for a press: "word id version", the last
// two left out when empty. It returns ErrButton when that is over 64 bytes, or would
// not be read back as it is.
func (b Button) Encode() (string, error) {
	data := b.Word
	switch {
	case b.Version != 0:
		data += " " + b.ID + " " + strconv.FormatInt(b.Version, 36)
	case b.ID != "":
		data += " " + b.ID
	}
	back, err := DecodeButton(data)
	if err != nil || back.Word != b.Word || back.ID != b.ID || back.Version != b.Version {
		return "", fmt.Errorf("encode %q: %w", b.Word, ErrButton)
	}
	return data, nil
}

// DecodeButton reads the data of a press. Anybody can send any data: what it names
// must be looked up and the right to it asked.
func DecodeButton(data string) (Button, error) {
	if data == "" || len(data) > maxData {
		return Button{}, ErrButton
	}
	parts := strings.Split(data, " ")
	b := Button{Word: parts[0]}
	if b.Word == "" || len(parts) > 3 {
		return Button{}, ErrButton
	}
	if len(parts) > 1 {
		b.ID = parts[1]
	}
	if len(parts) > 2 {
		v, err := strconv.ParseInt(parts[2], 36, 64)
		if err != nil || v <= 0 {
			return Button{}, ErrButton
		}
		b.Version = v
	}
	return b, nil
}

// Number returns the button's ID as a number, or ErrStale: it may be forged.
func (b Button) Number() (int64, error) {
	n, err := strconv.ParseInt(b.ID, 10, 64)
	if err != nil {
		return 0, fmt.Errorf("button %q: %w", b.Word, ErrStale)
	}
	return n, nil
}
