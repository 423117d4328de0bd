// Package notice is what staff tell many people at once: whom, what, when, and who must agree.
package notice

import (
	"errors"
	"slices"
	"strings"
)

// ErrTarget refuses what names no group of recipients.
var ErrTarget = errors.New("notice: nobody is called that")

// Target is a group of chats that a notice may be for.
type Target struct {
	Kind TargetKind
	ID   string // of the community, alliance, topic or role; "" for kinds that are one group only
}

// TargetKind is a kind of Target.
type TargetKind string

// The kinds of target.
const (
	Groups     TargetKind = "groups"    // the bound groups of a community
	Alliance   TargetKind = "alliance"  // the bound groups of an alliance's communities
	AllGroups  TargetKind = "allgroups" // all bound groups
	Residents  TargetKind = "residents" // who has said that they live in a community
	Subscriber TargetKind = "topic"     // who wants to hear of a topic; "topic:water@anju": and lives there
	Staff      TargetKind = "staff"     // everybody on the staff
	OfRole     TargetKind = "role"      // who holds a role
	One        TargetKind = "chat"      // one chat, as queue.Chat writes itself
)

// kinds lists them, and whether each needs an ID.
var kinds = map[TargetKind]bool{Groups: true, Alliance: true, AllGroups: false, Residents: true, Subscriber: true, Staff: false, OfRole: true, One: true}

// String writes a target as "groups:anju".
func (t Target) String() string {
	if t.ID == "" {
		return string(t.Kind)
	}
	return string(t.Kind) + ":" + t.ID
}

// ParseTarget reads what String writes. It returns ErrTarget for anything else.
func ParseTarget(s string) (Target, error) {
	kind, id, _ := strings.Cut(s, ":")
	t := Target{TargetKind(kind), id}
	needs, ok := kinds[t.Kind]
	if !ok || needs != (id != "") {
		return Target{}, ErrTarget
	}
	return t, nil
}

// Private tells whether the target is people in their private chats, not groups.
func (t Target) Private() bool {
	return slices.Contains([]TargetKind{Residents, Subscriber, Staff, OfRole}, t.Kind)
}

// Audience is whom a notice is for.
type Audience struct {
	To     []Target
	Urgent bool // it is also for residents who want no notices
}
