package recount

import (
	"errors"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"xingfuli/bot/renovation"
)

// voteJSON is a vote by the double threshold, as its file has it.
type voteJSON struct {
	Item      int            `json:"item"`
	Units     []unitJSON     `json:"units"`
	Ballots   []ballotJSON   `json:"ballots"`
	OpensAt   string         `json:"opens_at"`
	ClosesAt  string         `json:"closes_at"`
	Scope     []string       `json:"scope_buildings"`
	Policy    policyJSON     `json:"policy"`
	Announced jsontext.Value `json:"announced"`
}

type unitJSON struct {
	ID             string   `json:"id"`
	Area           string   `json:"area"`
	Owners         []string `json:"owners"`
	Kind           string   `json:"kind"`
	State          string   `json:"state"`
	Building       string   `json:"building"`
	Representative string   `json:"representative"`
	Proxies        []string `json:"proxies"`
	Delivered      bool     `json:"delivered_ballot"`
}

type ballotJSON struct {
	Unit   string `json:"unit"`
	Voter  string `json:"voter"`
	Choice string `json:"choice"`
	At     string `json:"at"`
}

type policyJSON struct {
	ParkingCounts       bool   `json:"parking_counts"`
	MultiUnit           string `json:"multi_unit"`
	Revote              string `json:"revote"`
	InvalidParticipates bool   `json:"invalid_participates"`
	Unreturned          string `json:"unreturned"`
}

// voteFile counts a vote by the double threshold.
func voteFile(in []byte) (printed, error) {
	var file voteJSON
	if err := decode(in, &file); err != nil {
		return printed{}, err
	}
	v, err := file.vote()
	if err != nil {
		return printed{}, err
	}
	r, err := renovation.Count(v)
	if err != nil {
		return printed{}, misfit(err)
	}
	return printed{entries: voteEntries(r), sentences: r.Sentences(), announced: file.Announced}, nil
}

// vote is the file as the rules want it.
func (f *voteJSON) vote() (renovation.Vote, error) {
	v := renovation.Vote{Item: f.Item, Scope: f.Scope, Policy: renovation.Policy(f.Policy)}
	var err error
	if v.OpensAt, err = moment(f.OpensAt, "/opens_at"); err != nil {
		return v, err
	}
	if v.ClosesAt, err = moment(f.ClosesAt, "/closes_at"); err != nil {
		return v, err
	}
	v.Units = make([]renovation.Unit, len(f.Units))
	for i, u := range f.Units {
		area, err := renovation.ParseArea(u.Area)
		if err != nil {
			return v, refuse(at("/units", i, "area"), "recount.area", nil)
		}
		v.Units[i] = renovation.Unit{ID: u.ID, Area: area, Owners: u.Owners, Kind: renovation.Kind(u.Kind), State: renovation.State(u.State),
			Building: u.Building, Representative: u.Representative, Proxies: u.Proxies, Delivered: u.Delivered}
	}
	v.Ballots = make([]renovation.Ballot, len(f.Ballots))
	for i, b := range f.Ballots {
		cast, err := time.Parse(time.RFC3339, b.At)
		if err != nil {
			return v, refuse(at("/ballots", i, "at"), "recount.time", nil)
		}
		v.Ballots[i] = renovation.Ballot{Unit: b.Unit, Voter: b.Voter, Choice: renovation.Choice(b.Choice), At: cast}
	}
	return v, nil
}

// moment reads a time that may be left out.
func moment(s, pointer string) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		return t, refuse(pointer, "recount.time", nil)
	}
	return t, nil
}

// misfit says in words what the rules refuse.
func misfit(err error) error {
	var m *renovation.Misfit
	if !errors.As(err, &m) {
		return err
	}
	for _, s := range []struct {
		err error
		key string
	}{
		{renovation.ErrItem, "recount.item"},
		{renovation.ErrNoUnits, "recount.no_units"},
		{renovation.ErrArea, "recount.area"},
		{renovation.ErrNoName, "recount.no_name"},
		{renovation.ErrTwice, "recount.unit_twice"},
		{renovation.ErrNoOwner, "recount.no_owner"},
		{renovation.ErrRepresentative, "recount.representative"},
		{renovation.ErrTimes, "recount.times"},
	} {
		if errors.Is(err, s.err) {
			return refuse(m.Pointer, s.key, nil)
		}
	}
	return refuse(m.Pointer, "recount.word", nil)
}

// voteEntries are the printed keys of a vote.
func voteEntries(r renovation.Result) Entries {
	entries := tallies("", r.Total, r.Participating, r.Yes, r.No, r.Abstain)
	entries = append(entries, verdict("", r.Verdict)...)
	rejected := make([]any, len(r.Rejected))
	for i, x := range r.Rejected {
		rejected[i] = Entries{{"unit", x.Ballot.Unit}, {"voter", x.Ballot.Voter}, {"at", x.Ballot.At.Format(time.RFC3339Nano)}, {"reason", x.Reason}}
	}
	return append(entries,
		missingEntry("", r.Missing),
		Entry{"followed_area", Number(r.Followed.Area.String())}, Entry{"followed_owners", r.Followed.Owners},
		Entry{"followed_choice", string(r.FollowedChoice)},
		Entry{"rejected", rejected})
}

func missingEntry(prefix string, missing renovation.Tally) Entry {
	return Entry{prefix + "missing_to_quorum", Entries{{"area", Number(missing.Area.String())}, {"owners", missing.Owners}}}
}

func tallies(prefix string, total, participating, yes, no, abstain renovation.Tally) Entries {
	var entries Entries
	for _, t := range []struct {
		name  string
		tally renovation.Tally
	}{{"total", total}, {"participating", participating}, {"yes", yes}, {"no", no}, {"abstain", abstain}} {
		entries = append(entries, Entry{prefix + t.name + "_area", Number(t.tally.Area.String())}, Entry{prefix + t.name + "_owners", t.tally.Owners})
	}
	return entries
}

func verdict(prefix string, v renovation.Verdict) Entries {
	return Entries{
		{prefix + "quorum_area", v.QuorumArea}, {prefix + "quorum_owners", v.QuorumOwners}, {prefix + "quorum", v.Quorum()},
		{prefix + "approved_area", v.ApprovedArea}, {prefix + "approved_owners", v.ApprovedOwners}, {prefix + "passed", v.Passed()},
	}
}
