package community

import (
	"errors"
	"time"
)

// Entry is one change by staff, as the audit trail keeps it.
//
// People are in Who and Whom alone, so that an account can be cut out of the trail later.
// The other fields hold no account, and of what is said Before and After no more than
// tells what has changed: at most MaxValue runes are kept of each.
type Entry struct {
	ID     string    // where the trail keeps it: the cursor to what is older; empty for a new one
	At     time.Time // when it was done
	Who    int64     // account of who did it; 0: the bot; Erased
	What   string    // stable code: "menu.publish", "staff.invite"
	About  string    // name of the thing: a canteen, a community, a role
	Whom   int64     // account of the person it was done to; 0 none; Erased
	Before string    // as it was; empty for something new
	After  string    // as it is; empty for something that is gone
}

// Erased stands for an account that was cut out of the trail.
const Erased = -1

// MaxValue is how many runes of Entry.Before and of Entry.After are kept.
const MaxValue = 600

// KeepAudit is how many years the audit trail goes back.
const KeepAudit = 3

// Clip cuts what is too long to be kept. e is not changed.
func (e Entry) Clip() Entry {
	for _, s := range []*string{&e.About, &e.Before, &e.After} {
		if r := []rune(*s); len(r) > MaxValue {
			*s = string(r[:MaxValue]) + "…"
		}
	}
	return e
}

// ErrSelf refuses somebody who would be the second person to their own entry.
var ErrSelf = errors.New("community: nobody is the second person to their own entry")

// Second tells whether person may confirm what first has entered: everybody else may.
// Nobody knows who an anonymous person, 0, is; they confirm nothing. It returns ErrSelf.
func Second(first, person int64) error {
	if person == 0 || first == person {
		return ErrSelf
	}
	return nil
}
