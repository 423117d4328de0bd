package notice

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"xingfuli/bot/community"
)

// Refusals of what is done to a notice.
var (
	// ErrOver refuses what comes too late: somebody has decided already, or it was sent.
	ErrOver = errors.New("notice: that is decided already")
	// ErrUnknown says that there is no notice of that ID, or not for this person.
	ErrUnknown = errors.New("notice: no such notice")
)

// Keep is how many years a notice is kept.
const Keep = 3

// State is how far a notice has come.
type State string

// The states.
const (
	Waiting   State = "waiting"   // for a second person
	Scheduled State = "scheduled" // it goes out at its times
	Sent      State = "sent"      // for the last time
	Stopped   State = "stopped"   // before its time, or before its next
	Refused   State = "refused"   // by the second person
)

// Notice is what somebody has confirmed.
type Notice struct {
	ID         string    `json:"id"` // letters and digits
	Author     int64     `json:"author"`
	Body       Body      `json:"body"`
	To         []Target  `json:"to"`
	When       string    `json:"when,omitempty"` // see Draft
	Urgent     bool      `json:"urgent,omitempty"`
	Receipt    bool      `json:"receipt,omitempty"`
	Corrects   string    `json:"corrects,omitempty"` // ID of the delivery whose copies it changes; empty: it is sent
	State      State     `json:"state"`
	Second     int64     `json:"second,omitempty"` // who has agreed, or refused
	Made       time.Time `json:"made"`
	Last       time.Time `json:"last,omitzero"`        // when it was last sent; zero: never
	Deliveries []string  `json:"deliveries,omitempty"` // their IDs, the newest last
	Version    int64     `json:"-"`                    // of the last write; 0: it is not kept yet
}

// maxDeliveries is how many deliveries of a notice are known.
const maxDeliveries = 200

// New is a notice that waits for a second person.
func New(id string, author int64, d Draft, now time.Time) Notice {
	return Notice{
		ID: id, Author: author, Body: d.Body, To: slices.Clone(d.To), When: d.When, Urgent: d.Urgent, Receipt: d.Receipt,
		State: Waiting, Made: now,
	}
}

// Agree is a waiting notice to which person has said yes or no. It returns ErrOver, or
// community.ErrSelf for its author.
func (n Notice) Agree(person int64, yes bool) (Notice, error) {
	if n.State != Waiting {
		return n, fmt.Errorf("notice %s: %w", n.ID, ErrOver)
	}
	if err := community.Second(n.Author, person); err != nil {
		return n, err
	}
	n.Second = person
	if !yes {
		n.State = Refused
		return n, nil
	}
	return n.Go(), nil
}

// Go is a notice that nobody has to agree to any more.
func (n Notice) Go() Notice {
	n.State = Sent
	if n.When != "" {
		n.State = Scheduled
	}
	return n
}

// Move is a scheduled notice with other times, once more also one that was stopped. With ask it
// waits for a second person, whoever has agreed before: that was to other times, if it was at
// all. It returns ErrOver, also for a correction, which has no times.
func (n Notice) Move(when string, ask bool) (Notice, error) {
	if n.State != Scheduled && n.State != Stopped || n.Corrects != "" {
		return n, fmt.Errorf("notice %s: %w", n.ID, ErrOver)
	}
	n.When, n.State = when, Scheduled
	if ask {
		n.State, n.Second = Waiting, 0
	}
	return n, nil
}

// Stop is a notice that does not go out any more. It returns ErrOver.
func (n Notice) Stop() (Notice, error) {
	if n.State != Scheduled && n.State != Waiting {
		return n, fmt.Errorf("notice %s: %w", n.ID, ErrOver)
	}
	n.State = Stopped
	return n, nil
}

// Deliver is a notice with one more delivery. Doing it again changes nothing.
func (n Notice) Deliver(delivery string, now time.Time) Notice {
	if slices.Contains(n.Deliveries, delivery) {
		return n
	}
	n.Deliveries = append(slices.Clone(n.Deliveries), delivery)
	n.Deliveries = n.Deliveries[max(0, len(n.Deliveries)-maxDeliveries):]
	n.Last = now
	return n
}

// End is a scheduled notice that has gone out for the last time.
func (n Notice) End() Notice {
	if n.State == Scheduled {
		n.State = Sent
	}
	return n
}

// Shows tells whether a person may see the notice: who wrote it, and who may write to the
// same people.
func (n Notice) Shows(person int64, g community.Grants) bool {
	return person != 0 && n.Author == person && May(g) == nil || May(g, n.To...) == nil
}
