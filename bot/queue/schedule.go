package queue

import (
	"cmp"
	"errors"
	"regexp"
	"strings"
	"time"
)

// Schedule is something that is done by the clock, as it is kept.
type Schedule struct {
	ID      string        `json:"id"`               // kind "." what it is for: "push.-1001", "notice.k3"; letters, digits, "-" and "_", 40 bytes at most
	Rule    string        `json:"rule"`             // a calendar.Rule, as it writes itself
	Author  int64         `json:"author,omitempty"` // who is asked about a missed occurrence; 0: the admins
	Grace   time.Duration `json:"grace,omitempty"`  // by how much it may be late and is still done; 0: DefaultGrace
	Paused  bool          `json:"paused,omitempty"` // it comes due and nothing is done
	Version int64         `json:"-"`                // of the last write; 0: it is not kept yet
	Next    Occurrence    `json:"-"`                // zero: never again, or From is zero
	From    time.Time     `json:"-"`                // after which Next was looked for; zero: the clock looks for it at its next beat
	Last    Run           `json:"-"`                // zero: it was never done
}

// DefaultGrace is by how much something may be late and is still done without asking.
const DefaultGrace = 30 * time.Minute

// Kind is what the schedule's ID begins with: it says who does it.
func (s Schedule) Kind() string {
	kind, _, _ := strings.Cut(s.ID, ".")
	return kind
}

// Check returns ErrScheduleID unless the schedule's ID is one.
func (s Schedule) Check() error {
	if len(s.ID) > maxScheduleID || !scheduleID.MatchString(s.ID) {
		return ErrScheduleID
	}
	return nil
}

// maxScheduleID leaves room for an occurrence beside the ID in the data of a button.
const maxScheduleID = 40

var scheduleID = regexp.MustCompile(`^[a-z]+\.[A-Za-z0-9_-]+$`)

// Late is by how much it may be late and is still done.
func (s Schedule) Late() time.Duration { return cmp.Or(s.Grace, DefaultGrace) }

// Occurrence is one time at which a schedule is due.
type Occurrence struct {
	At   time.Time // the instant
	Wall string    // what a clock in the township shows or should have shown then: "2026-11-24 07:30"
}

// Mark is the wall time as a button can carry it: "202611240730".
func (o Occurrence) Mark() string { return digits.Replace(o.Wall) }

var digits = strings.NewReplacer("-", "", " ", "", ":", "")

// RunOp is the op of the run of a schedule at the occurrence with this Mark: there is one only.
func RunOp(schedule, mark string) Op { return Op("c." + schedule + "." + mark) }

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

// Look is what one beat of the clock asks the store.
type Look struct {
	Now     time.Time     // by the app's clock: what is due by now is claimed
	Back    time.Duration // schedules whose From is later than Now by more than this are claimed too: the clock was put back
	Basis   string        // of what rules are read by, zone and holidays; when it is another one, every schedule is claimed
	Content int64         // of which the basis was made
	Token   string        // of what is claimed: nobody else has it
	Lease   time.Duration // after which others may claim it, by Redis's clock
	Most    int           // schedules
	Runs    int           // runs
}

// Claimed is what one beat has to do.
type Claimed struct {
	Content   int64 // as it is now; nothing is claimed when it is not Look's
	Schedules []Schedule
	Runs      []Work
}

// Work is a run that is worked off: a try of it.
type Work struct {
	Run   Run
	Try   int // from 1
	Token string
}

// Firing is what becomes of a claimed schedule.
type Firing struct {
	Schedule Schedule // as it was claimed
	Token    string
	Next     Occurrence // zero: never again
	From     time.Time  // after which Next was looked for
	Run      Run        // what the occurrence that was due comes to; without an Op none was due
	Work     bool       // Run is to be worked off
}

// Fired is how a Firing ended.
type Fired int

// How a Firing can end.
const (
	Lost  Fired = iota // another replica was first, or the schedule was changed: nothing was written
	Again              // this wall time was fired before: it is not again
	New                // it was written
)

// Refusals of the clock.
var (
	// ErrNoSchedule says that there is no schedule of that ID, or no run.
	ErrNoSchedule = errors.New("queue: no such schedule")
	// ErrScheduleID refuses an ID that no schedule can have.
	ErrScheduleID = errors.New("queue: malformed schedule ID")
)
