package renovation

// CountHeads judges an item from the heads of a ledger and area sums that somebody else
// vouches for. areas holds what each choice had in the end, followers among them, and
// under [Follow] the followers alone: they joined the choice that leads strictly in
// both without them.
func CountHeads(item int, total Tally, heads map[Choice]int, areas map[Choice]Area, invalidParticipates bool) Result {
	places := max(2, total.Area.places)
	for _, a := range areas {
		places = max(places, a.places)
	}
	sums, explicit := map[Choice]*sum{}, map[Choice]*sum{}
	for _, c := range sides {
		sums[c] = &sum{owners: heads[c]}
		sums[c].area.Set(areas[c].at(places))
		explicit[c] = &sum{owners: heads[c]}
		explicit[c].area.Set(&sums[c].area)
	}
	r := Result{Item: item, Total: total, Followed: sums[Follow].tally(places), Invalid: sums[Invalid].tally(places)}
	if heads[Follow] > 0 {
		r.FollowedChoice = Abstain
		for _, c := range []Choice{Yes, No} { // whoever led has the followers' area already
			trial := map[Choice]*sum{Yes: explicit[Yes], No: explicit[No], Abstain: explicit[Abstain]}
			trial[c] = &sum{owners: heads[c]}
			trial[c].area.Sub(&explicit[c].area, &explicit[Follow].area)
			if leader(trial) == c {
				r.FollowedChoice = c
			}
		}
		sums[r.FollowedChoice].owners += heads[Follow]
	}
	r.Yes, r.No, r.Abstain = sums[Yes].tally(places), sums[No].tally(places), sums[Abstain].tally(places)
	var participating sum
	for _, c := range []Choice{Yes, No, Abstain} {
		participating.join(sums[c])
	}
	if invalidParticipates {
		participating.join(sums[Invalid])
	}
	r.Participating = participating.tally(places)
	r.Verdict = Judge(item, r.Total, r.Participating, r.Yes)
	r.Missing = missing(r.Total, r.Participating, places)
	return r
}
