package renovation

import (
	"cmp"
	"math/big"
	"slices"
)

// Rejection is a ballot that was left out, and why.
type Rejection struct {
	Ballot Ballot
	Reason string
}

// Result is a count.
type Result struct {
	Item                                            int
	Total, Participating, Yes, No, Abstain, Invalid Tally
	// Followed are the followers, who are part of FollowedChoice as well.
	Followed       Tally
	FollowedChoice Choice
	Verdict        Verdict
	Missing        Tally // to the quorum; the area is rounded up where it has no end
	Rejected       []Rejection
}

// sum adds up heads, and areas in the roll's unit.
type sum struct {
	area   big.Int
	owners int
}

// sides are where a ballot counts; follow is settled at the end.
var sides = []Choice{Yes, No, Abstain, Invalid, Follow}

// Count counts a vote. It returns a [*Misfit] when the vote cannot be counted.
//
// A holder is one head. Abstentions take part and are no yes; an invalid ballot takes no
// part unless the policy says so, and then for neither side. Ballots of the same instant
// are taken in their order.
func Count(v Vote) (Result, error) {
	if err := v.check(); err != nil {
		return Result{}, err
	}
	r, err := newRoll(&v)
	if err != nil {
		return Result{}, err
	}
	result := Result{Item: v.Item, Rejected: r.accept()}
	var total sum
	sums := map[Choice]*sum{}
	for _, c := range sides {
		sums[c] = &sum{}
	}
	for i := range r.holders {
		h := &r.holders[i]
		total.add(r, h.units)
		if choice, units := r.says(h); choice != "" {
			sums[choice].add(r, units)
		}
	}
	settle(&result, r, &total, sums)
	return result, nil
}

func (s *sum) add(r *roll, units []int) {
	s.owners++
	for _, u := range units {
		s.area.Add(&s.area, r.areas[u])
	}
}

func (s *sum) join(o *sum) {
	s.owners += o.owners
	s.area.Add(&s.area, &o.area)
}

func (s *sum) tally(places int) Tally { return Tally{areaOf(&s.area, places), s.owners} }

// accept hands the ballots to their holders, by time, and returns those left out, by
// time, unit and voter.
func (r *roll) accept() []Rejection {
	var rejected []Rejection
	order := make([]int, len(r.vote.Ballots))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return r.vote.Ballots[a].At.Compare(r.vote.Ballots[b].At) })
	for _, i := range order {
		b := r.vote.Ballots[i]
		if reason, unit := r.refusal(b); reason != "" {
			rejected = append(rejected, Rejection{b, reason})
		} else {
			h := &r.holders[r.of[unit]]
			h.ballots = append(h.ballots, i)
		}
	}
	slices.SortStableFunc(rejected, func(a, b Rejection) int {
		return cmp.Or(a.Ballot.At.Compare(b.Ballot.At), cmp.Compare(a.Ballot.Unit, b.Ballot.Unit), cmp.Compare(a.Ballot.Voter, b.Ballot.Voter))
	})
	return rejected
}

// says is a holder's choice and the units that bring their area, "" for none.
func (r *roll) says(h *holder) (Choice, []int) {
	byUnit := r.vote.Policy.MultiUnit == ByUnit
	units := h.units
	if len(h.ballots) == 0 {
		if r.vote.Policy.Unreturned != FollowMajority {
			return "", nil
		}
		handed := slices.DeleteFunc(slices.Clone(h.units), func(u int) bool { return !r.vote.Units[u].Delivered })
		if len(handed) == 0 {
			return "", nil
		}
		if byUnit {
			units = handed
		}
		return Follow, units
	}
	if byUnit {
		voted := map[int]bool{}
		for _, b := range h.ballots {
			voted[r.unit[r.vote.Ballots[b].Unit]] = true
		}
		units = slices.DeleteFunc(slices.Clone(h.units), func(u int) bool { return !voted[u] })
	}
	return r.choice(h), units
}

// choice is what a holder's ballots say together. The holder has one choice, whatever
// the number of units.
func (r *roll) choice(h *holder) Choice {
	ballots := r.vote.Ballots
	if r.vote.Policy.Revote == Reject && r.again(h) || r.disagree(h) {
		return Invalid
	}
	if r.vote.Policy.Revote == First {
		return ballots[h.ballots[0]].Choice
	}
	return ballots[h.ballots[len(h.ballots)-1]].Choice
}

// again tells whether a holder voted twice: two ballots, or where each unit has its own,
// two for one unit or two that differ.
func (r *roll) again(h *holder) bool {
	if r.vote.Policy.MultiUnit != ByUnit {
		return len(h.ballots) > 1
	}
	seen := map[string]bool{}
	first := r.vote.Ballots[h.ballots[0]].Choice
	for _, i := range h.ballots {
		b := &r.vote.Ballots[i]
		if seen[b.Unit] || b.Choice != first {
			return true
		}
		seen[b.Unit] = true
	}
	return false
}

// disagree tells whether co-owners differ in what each last said (or first, where the
// first ballot counts). Where they chose a representative nobody else was accepted.
func (r *roll) disagree(h *holder) bool {
	if len(h.owners) < 2 || len(h.ballots) < 2 {
		return false
	}
	own := map[string]Choice{}
	for _, i := range h.ballots {
		b := &r.vote.Ballots[i]
		if _, owner := slices.BinarySearch(h.owners, b.Voter); !owner {
			continue
		}
		if _, before := own[b.Voter]; !before || r.vote.Policy.Revote != First {
			own[b.Voter] = b.Choice
		}
	}
	var said Choice
	for _, c := range own {
		if said != "" && c != said {
			return true
		}
		said = c
	}
	return false
}

// settle lets the followers join, and judges.
func settle(result *Result, r *roll, total *sum, sums map[Choice]*sum) {
	followed := sums[Follow]
	if followed.owners > 0 {
		result.FollowedChoice = leader(sums)
		sums[result.FollowedChoice].join(followed)
	}
	var participating sum
	for _, c := range []Choice{Yes, No, Abstain} {
		participating.join(sums[c])
	}
	if r.vote.Policy.InvalidParticipates {
		participating.join(sums[Invalid])
	}
	result.Total, result.Participating = total.tally(r.places), participating.tally(r.places)
	result.Yes, result.No, result.Abstain = sums[Yes].tally(r.places), sums[No].tally(r.places), sums[Abstain].tally(r.places)
	result.Invalid, result.Followed = sums[Invalid].tally(r.places), followed.tally(r.places)
	result.Verdict = Judge(result.Item, result.Total, result.Participating, result.Yes)
	result.Missing = missing(result.Total, result.Participating, r.places)
}

// leader is the explicit choice with strictly the most area and strictly the most heads,
// else abstention.
func leader(sums map[Choice]*sum) Choice {
	explicit := []Choice{Yes, No, Abstain}
	for _, c := range explicit {
		if !slices.ContainsFunc(explicit, func(o Choice) bool {
			return o != c && (sums[o].owners >= sums[c].owners || sums[o].area.Cmp(&sums[c].area) >= 0)
		}) {
			return c
		}
	}
	return Abstain
}
