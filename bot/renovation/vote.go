package renovation

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"
)

// Refusals of a vote that cannot be counted; [Misfit] tells the place.
var (
	ErrItem           = errors.New("renovation: article 278 has no such item")
	ErrNoUnits        = errors.New("renovation: there are no units")
	ErrNoName         = errors.New("renovation: a name is empty")
	ErrTwice          = errors.New("renovation: a unit is there twice")
	ErrNoOwner        = errors.New("renovation: a delivered unit has no owner")
	ErrRepresentative = errors.New("renovation: the representative is neither owner nor proxy")
	ErrWord           = errors.New("renovation: no such word here")
	ErrTimes          = errors.New("renovation: it closes before it opens")
)

// Misfit is an error and the JSON pointer of its place in a vote: /units/3/area.
type Misfit struct {
	Pointer string
	Err     error
}

func (m *Misfit) Error() string { return fmt.Sprintf("%s: %v", m.Pointer, m.Err) }
func (m *Misfit) Unwrap() error { return m.Err }

// Kind is what a unit is for; empty is a home.
type Kind string

// Kinds. A parking space counts only where the by-laws say so.
//
// Source: interpretation on 建筑物区分所有权 (2020), article 2; 指导规则 (建房〔2009〕274号), 25.
const (
	Home    Kind = "home"
	Shop    Kind = "shop"
	Parking Kind = "parking"
)

// State is whether the developer has parted with a unit; empty is delivered.
type State string

// States. What is unsold, or sold and undelivered, is the developer's.
//
// Source: interpretation on 建筑物区分所有权 (2020), article 9.
const (
	Delivered       State = "delivered"
	Unsold          State = "unsold"
	SoldUndelivered State = "sold_undelivered"
)

// Developer is the one holder, and the voter, of all units that are unsold or undelivered.
const Developer = "developer"

// Choice is what a ballot says.
type Choice string

// Choices. Follow joins whatever the others decide, 随多数.
const (
	Yes     Choice = "yes"
	No      Choice = "no"
	Abstain Choice = "abstain"
	Invalid Choice = "invalid"
	Follow  Choice = "follow"
)

// Unit is one exclusive part of a building.
type Unit struct {
	ID             string
	Area           Area
	Owners         []string
	Kind           Kind
	State          State
	Building       string
	Representative string // the one co-owner who votes, if they chose one
	Proxies        []string
	Delivered      bool // its ballot paper was handed over
}

func (u *Unit) developers() bool { return u.State == Unsold || u.State == SoldUndelivered }

// Ballot is one that was handed in.
type Ballot struct {
	Unit, Voter string
	Choice      Choice
	At          time.Time
}

// Words of a policy; the first of each is the default.
const (
	ByOwner        = "owner" // one ballot speaks for all units of a holder
	ByUnit         = "unit"  // only units that voted bring their area
	Last           = "last"
	First          = "first"
	Reject         = "reject"
	Absent         = "absent"
	FollowMajority = "follow_majority"
)

// Policy is what the law leaves open and the by-laws settle. The zero value holds the
// defaults.
type Policy struct {
	ParkingCounts       bool
	MultiUnit           string
	Revote              string
	InvalidParticipates bool
	Unreturned          string
}

// Vote is all that a count depends on. It is never changed.
type Vote struct {
	Item              int // of article 278, 1 to 9
	Units             []Unit
	Ballots           []Ballot
	OpensAt, ClosesAt time.Time // both inside; zero is no bound
	Scope             []string  // the buildings whose owners decide; nil is all
	Policy            Policy
}

// check returns a [*Misfit] for the first thing in a vote that cannot be counted.
func (v *Vote) check() error {
	switch {
	case v.Item < 1 || v.Item > Items:
		return &Misfit{"/item", ErrItem}
	case len(v.Units) == 0:
		return &Misfit{"/units", ErrNoUnits}
	case !v.OpensAt.IsZero() && !v.ClosesAt.IsZero() && v.ClosesAt.Before(v.OpensAt):
		return &Misfit{"/closes_at", ErrTimes}
	}
	if err := v.Policy.check(); err != nil {
		return err
	}
	for i := range v.Units {
		if field, err := v.Units[i].check(); err != nil {
			return &Misfit{"/units/" + strconv.Itoa(i) + field, err}
		}
	}
	for i, b := range v.Ballots {
		if !slices.Contains([]Choice{Yes, No, Abstain, Invalid, Follow}, b.Choice) {
			return &Misfit{"/ballots/" + strconv.Itoa(i) + "/choice", ErrWord}
		}
	}
	return nil
}

func (p Policy) check() error {
	for _, s := range []struct {
		field, word string
		known       []string
	}{
		{"multi_unit", p.MultiUnit, []string{"", ByOwner, ByUnit}},
		{"revote", p.Revote, []string{"", Last, First, Reject}},
		{"unreturned", p.Unreturned, []string{"", Absent, FollowMajority}},
	} {
		if !slices.Contains(s.known, s.word) {
			return &Misfit{"/policy/" + s.field, ErrWord}
		}
	}
	return nil
}

// check returns what is wrong with a unit, and in which field.
func (u *Unit) check() (field string, err error) {
	switch {
	case u.ID == "":
		return "/id", ErrNoName
	case u.Area.Sign() == 0:
		return "/area", ErrArea
	case !slices.Contains([]Kind{"", Home, Shop, Parking}, u.Kind):
		return "/kind", ErrWord
	case !slices.Contains([]State{"", Delivered, Unsold, SoldUndelivered}, u.State):
		return "/state", ErrWord
	case slices.Contains(u.Owners, ""):
		return "/owners", ErrNoName
	case slices.Contains(u.Proxies, ""):
		return "/proxies", ErrNoName
	case u.developers():
		return "", nil
	case len(u.Owners) == 0:
		return "/owners", ErrNoOwner
	case u.Representative != "" && !slices.Contains(u.Owners, u.Representative) && !slices.Contains(u.Proxies, u.Representative):
		return "/representative", ErrRepresentative
	}
	return "", nil
}
