package community

import (
	"errors"
	"time"
)

// Refusals of changes to the staff.
var (
	// ErrInvitation refuses an invitation that is unknown, used or too old: which one is
	// nobody's business.
	ErrInvitation = errors.New("community: no such invitation")
	// ErrNotHeld refuses to take a role from somebody who does not have it.
	ErrNotHeld = errors.New("community: the person does not hold the role")
	// ErrLast refuses to remove the last admin.
	ErrLast = errors.New("community: the last admin stays")
	// ErrConfigured refuses to remove an admin whom the configuration names.
	ErrConfigured = errors.New("community: the configuration names this admin")
)

// InviteFor is how long an invitation is good. Two days is the bot's own rule.
const InviteFor = 48 * time.Hour

// Invitation makes who follows it hold a role.
type Invitation struct {
	Role Role      `json:"role"`
	ID   string    `json:"id,omitempty"` // of what the role is tied to
	By   int64     `json:"by"`           // account of who invited
	At   time.Time `json:"at"`
}

// Follow tells whether a person may take up the invitation, which by, the grants of who
// invited, still covers. Nobody takes up their own. It returns ErrInvitation or ErrSelf.
func (v Invitation) Follow(person int64, by Grants) error {
	if !by.Has(Admin) || !v.Role.Known() || (v.ID == "") != (v.Role.Tie() == Nothing) {
		return ErrInvitation
	}
	return Second(v.By, person)
}

// Member is somebody on the staff.
type Member struct {
	ID     int64
	Name   string // as their account was called when they joined; empty when not known
	Grants Grants
}

// Left is how many holders a role must have after somebody lost it. An admin whom the
// configuration names always stays; without one, one is left. It returns ErrConfigured for
// an admin whom the configuration names.
func Left(role Role, user int64, configured []int64) (int, error) {
	if role != Admin {
		return 0, nil
	}
	for _, id := range configured {
		if id == user {
			return 0, ErrConfigured
		}
	}
	if len(configured) > 0 {
		return 0, nil
	}
	return 1, nil
}
