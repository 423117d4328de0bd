package notice

import (
	"errors"
	"html/template"
	"slices"
	"time"
)

// Refusals of what somebody writes.
var (
	// ErrEmpty refuses a notice that says and shows nothing.
	ErrEmpty = errors.New("notice: there is nothing in it")
	// ErrLong refuses a text that Telegram does not take: see LongError.
	ErrLong = errors.New("notice: the text is too long")
	// ErrNobody refuses a notice that would reach nobody.
	ErrNobody = errors.New("notice: it would reach nobody")
	// ErrPast refuses a time that is over.
	ErrPast = errors.New("notice: the time is over")
)

// The limits of one message, in UTF-16 units without formatting, and of an album.
//
// Source: sendMessage, sendPhoto and sendMediaGroup of the Bot API.
const (
	MaxText    = 4096
	MaxCaption = 1024
	MaxAlbum   = 10
)

// LongError says by how much a text is too long.
type LongError struct {
	Max, Over int // UTF-16 units
	Caption   bool
}

func (e *LongError) Error() string { return ErrLong.Error() }

func (e *LongError) Unwrap() error { return ErrLong }

// Values are what the error's text is filled with.
func (e *LongError) Values() map[string]any {
	return map[string]any{"Max": e.Max, "Over": e.Over, "Caption": e.Caption}
}

// Body is what a notice says.
type Body struct {
	HTML  template.HTML `json:"h,omitempty"` // in Telegram's parse mode
	Files []File        `json:"f,omitempty"` // several are an album
}

// File is a photo or a document that Telegram has.
type File struct {
	Kind string `json:"k,omitempty"` // "photo"; empty: a document
	ID   string `json:"i"`
}

// Messages is how many messages a recipient gets: each file of an album is one.
func (b Body) Messages() int { return max(1, len(b.Files)) }

// Fits tells whether Telegram takes b, whose text has so many UTF-16 units. It returns
// ErrEmpty or a *LongError.
func (b Body) Fits(units int) error {
	limit := MaxText
	if len(b.Files) > 0 {
		limit = MaxCaption
	}
	switch {
	case units == 0 && len(b.Files) == 0:
		return ErrEmpty
	case units > limit:
		return &LongError{Max: limit, Over: units - limit, Caption: len(b.Files) > 0}
	}
	return nil
}

// With is b and what came later in the same album. b is not changed. What is too much for
// an album is left out: Telegram itself never makes one of more.
func (b Body) With(more Body) Body {
	b.Files = append(slices.Clone(b.Files), more.Files...)
	b.Files = b.Files[:min(len(b.Files), MaxAlbum)]
	if b.HTML != "" && more.HTML != "" {
		b.HTML += "\n"
	}
	b.HTML += more.HTML
	return b
}

// Draft is a notice that somebody is writing.
type Draft struct {
	Body    Body     `json:"b,omitzero"`
	Album   string   `json:"a,omitempty"` // what the messages have in common that the files come in; empty: in one
	To      []Target `json:"t,omitempty"`
	When    string   `json:"w,omitempty"` // a calendar.Rule as it writes itself; empty: at once
	Urgent  bool     `json:"u,omitempty"` // it is sent in the quiet hours too
	Receipt bool     `json:"r,omitempty"` // 已收到 is asked for
	Seen    bool     `json:"s,omitempty"` // its author has seen it as a whole, and only changes it now
	Begun   int      `json:"f,omitempty"` // the first edition: what is below it is of an earlier draft
	Timed   int      `json:"m,omitempty"` // the edition in which the time was said last
	Edition int      `json:"e,omitempty"` // grows with each change: what is confirmed is what was shown
}

// NewDraft is an empty draft, of which the editions follow those of all drafts begun before it.
func NewDraft(now time.Time) Draft {
	first := int(now.UnixMilli()) // nobody makes a thousand changes in a second
	return Draft{Begun: first, Edition: first}
}

// Edit is the draft as f changes it. What is confirmed from now on is the new one.
func (d Draft) Edit(f func(*Draft)) Draft {
	d.To = slices.Clone(d.To)
	f(&d)
	d.Edition++
	return d
}

// Audience is whom the draft is for.
func (d Draft) Audience() Audience { return Audience{d.To, d.Urgent} }

// Tick adds a target or takes it away; doing it again changes nothing.
func (d *Draft) Tick(t Target, on bool) {
	d.To = slices.DeleteFunc(d.To, func(x Target) bool { return x == t })
	if on {
		d.To = append(d.To, t)
	}
}

// Again is the draft that a notice was made of, to go on with.
func Again(n Notice) Draft {
	return Draft{Body: n.Body, To: slices.Clone(n.To), When: n.When, Urgent: n.Urgent, Receipt: n.Receipt, Seen: true}
}

// Ready tells whether the draft may be sent: its text has so many UTF-16 units and it would
// go to so many chats. It returns ErrEmpty, a *LongError or ErrNobody.
func (d Draft) Ready(units, chats int) error {
	if err := d.Body.Fits(units); err != nil {
		return err
	}
	if len(d.To) == 0 || chats == 0 {
		return ErrNobody
	}
	return nil
}

// Reach is how many chats a notice goes to.
type Reach struct{ Groups, People int }

// Chats is how many they are.
func (r Reach) Chats() int { return r.Groups + r.People }
