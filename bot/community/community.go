// Package community is who is who: neighbourhoods, their contact persons and the
// roles people have in them.
package community

import (
	"errors"
	"strings"
)

// Refusals.
var (
	// ErrUnknown refuses a name that belongs to no community.
	ErrUnknown = errors.New("community: no community of that name")
	// ErrNotAdmin refuses what only an admin may do.
	ErrNotAdmin = errors.New("community: only an admin may do that")
	// ErrNotStaff refuses what only staff of that role may do.
	ErrNotStaff = errors.New("community: not of the staff that may do that")
)

// Community is a neighbourhood (小区).
type Community struct {
	ID      string  `json:"id"`
	Name    string  `json:"name"`
	Contact Contact `json:"contact"`
	Closed  bool    `json:"closed,omitempty"` // it is not offered any more; its ID is never used again
}

// Contact is whom the people of a community call (一小区一专员).
type Contact struct {
	Title string `json:"title,omitempty"` // what to call the person: a name or a role
	Phone string `json:"phone,omitempty"`
	Hours string `json:"hours,omitempty"` // in plain words
}

// Find returns the community of this name: the whole name, or the only one that
// begins with it. It returns ErrUnknown when there is none, or more than one.
func Find(name string, all []Community) (Community, error) {
	return Named(name, all, func(c Community) string { return c.Name })
}

// Named is Find for anything that has a name.
func Named[T any](name string, all []T, nameOf func(T) string) (v T, err error) {
	name = strings.Trim(strings.TrimSpace(name), "「」“”\"")
	found := 0
	for _, x := range all {
		if nameOf(x) == name {
			return x, nil
		}
		if name != "" && strings.HasPrefix(nameOf(x), name) {
			found++
			v = x
		}
	}
	if found != 1 {
		var none T
		return none, ErrUnknown
	}
	return v, nil
}
