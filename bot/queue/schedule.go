package queue

import (
	"errors"
	"strings"
	"time"
)

// Schedule is something that is done by the clock, as it is kept.
type Schedule struct {
	ID      string        `json:"id"`               // kind "." what it is for: "push.-1001", "notice.k3"
	Rule    string        `json:"rule"`             // a calendar.Rule, as it writes itself
	Author  int64         `json:"author,omitempty"` // who is asked about a missed occurrence; 0: the admins
	Grace   time.Duration `json:"grace,omitempty"`  // by how much it may be late and is still done; 0: DefaultGrace
	Paused  bool          `json:"paused,omitempty"` // it comes due and nothing is done
	Version int64         `json:"-"`                // of the last write; 0: it is not kept yet
	Next    Occurrence    `json:"-"`                // zero: never again
	Last    Run           `json:"-"`                // zero: it was never done
}

// DefaultGrace is by how much something may be late and is still done without asking.
const DefaultGrace = 30 * time.Minute

// Kind is what the schedule's ID begins with: it says who does it.
func (s Schedule) Kind() string {
	kind, _, _ := strings.Cut(s.ID, ".")
	return kind
}

// Occurrence is one time at which a schedule is due.
type Occurrence struct {
	At   time.Time // the instant
	Wall string    // what a clock in the township shows or should have shown then: "2026-11-24 07:30"
}

// Run is one time that something due is done, was done, or was not.
type Run struct {
	Schedule string    `json:"schedule"`
	Wall     string    `json:"wall"`               // of the occurrence; of a run by hand its own
	Due      time.Time `json:"due"`                //
	Op       Op        `json:"op"`                 // the same in every try: what is done under it is done once
	By       int64     `json:"by,omitempty"`       // who had it done by hand; 0: the clock
	Rehearse bool      `json:"rehearse,omitempty"` // it is a rehearsal: only By sees anything of it
	Outcome  Outcome   `json:"outcome,omitempty"`  //
	Note     string    `json:"note,omitempty"`     // code of what went wrong, as the log has it
	Ended    time.Time `json:"ended,omitzero"`
}

// Outcome is how a run ended.
type Outcome string

// The outcomes.
const (
	Waiting Outcome = ""        // it has not ended
	Done    Outcome = "done"    //
	Nothing Outcome = "nothing" // there was nothing to do
	Failed  Outcome = "failed"  // it was tried and given up
	Missed  Outcome = "missed"  // it was too late, and the author is asked
	Skipped Outcome = "skipped" // the author did not want it any more, or the schedule is paused
)

// ErrNoSchedule says that there is no schedule of that ID, or no run.
var ErrNoSchedule = errors.New("queue: no such schedule")
