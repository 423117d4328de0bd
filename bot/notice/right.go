package notice

import (
	"errors"
	"slices"
	"strings"

	"xingfuli/bot/community"
)

// ErrMay refuses somebody who may not write to all of the targets.
var ErrMay = errors.New("notice: these people are not theirs to write to")

// May tells whether a person may send notices to all of the targets: with the role Notice,
// and as an admin, to anybody; as a specialist to what is of the own communities alone. It
// returns ErrMay.
func May(g community.Grants, to ...Target) error {
	if g.Has(community.Notice) {
		return nil
	}
	if !g.Has(community.Specialist) {
		return ErrMay
	}
	for _, t := range to {
		if home := t.Community(); home == "" || !g.May(community.Specialist, home) {
			return ErrMay
		}
	}
	return nil
}

// Community is the only one whose people the target reaches; empty when there is none such.
func (t Target) Community() string {
	switch t.Kind {
	case Groups, Residents:
		return t.ID
	case Subscriber:
		_, home, _ := strings.Cut(t.ID, "@")
		return home
	}
	return ""
}

// NeedsSecond tells whether a second person must agree: to more chats than over, and to all
// groups, of which there are so many, when they are several. An over of 0 is never.
func NeedsSecond(to []Target, r Reach, groups, over int) bool {
	if over <= 0 {
		return false
	}
	all := slices.Contains(to, Target{Kind: AllGroups}) || r.Groups == groups
	return r.Chats() > over || all && groups > 1
}

// Offers lists the targets that a person may choose from, those of the same kind together.
func Offers(g community.Grants, p Places) []Target {
	d := p.Directory
	var all []Target
	add := func(kind TargetKind, id string) {
		if t := (Target{kind, id}); May(g, t) == nil {
			all = append(all, t)
		}
	}
	for _, kind := range []TargetKind{Groups, Residents} {
		for _, c := range d.Open() {
			add(kind, c.ID)
		}
	}
	for _, topic := range p.Topics.Open() {
		if add(Subscriber, topic.ID); !topic.Local || May(g, Target{Subscriber, topic.ID}) == nil {
			continue
		}
		for _, c := range d.Open() { // who may not write to all of them
			add(Subscriber, topic.ID+"@"+c.ID)
		}
	}
	for _, a := range d.Alliances {
		if !a.Closed {
			add(Alliance, a.ID)
		}
	}
	add(AllGroups, "")
	add(Staff, "")
	for _, r := range community.Roles {
		add(OfRole, string(r))
	}
	return all
}
