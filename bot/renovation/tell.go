package renovation

import "strconv"

// Sentences tells a count: the matter, the quorum, the votes, what is left out, the end.
func (r Result) Sentences() []Sentence {
	all := append([]Sentence{matter(r.Item)}, turnout(r.Total, r.Participating, r.Verdict, r.Missing)...)
	if r.Followed.Owners > 0 {
		all = append(all, Sentence{"renovation.followed", map[string]any{
			"Owners": r.Followed.Owners, "Area": r.Followed.Area.Grouped(), "Choice": string(r.FollowedChoice)}})
	}
	all = append(all, Division(r.Item, r.Participating, r.Yes, r.No, r.Abstain, r.Verdict)...)
	if n := r.Invalid.Owners; n > 0 {
		all = append(all, Sentence{"renovation.invalid", map[string]any{"Owners": n}})
	}
	if n := len(r.Rejected); n > 0 {
		all = append(all, Sentence{"renovation.rejected", map[string]any{"Ballots": n}})
	}
	for _, x := range r.Rejected {
		all = append(all, Sentence{"renovation.left_out_" + x.Reason, map[string]any{"Unit": x.Ballot.Unit, "Voter": x.Ballot.Voter}})
	}
	return append(all, End(r.Participating, r.Verdict))
}

// matter names the item of article 278.
func matter(item int) Sentence {
	return Sentence{"renovation.item_" + strconv.Itoa(item), nil}
}

// turnout tells whether there is a quorum, and what it lacks.
func turnout(total, participating Tally, v Verdict, lacks Tally) []Sentence {
	all := []Sentence{{"renovation.turnout", map[string]any{
		"Owners": participating.Owners, "OwnersNeeded": quorum.heads(total.Owners), "OwnersAll": total.Owners,
		"Area": participating.Area.Grouped(), "AreaNeeded": total.Area.portion(quorum.num, quorum.den, 2).Grouped(), "AreaAll": total.Area.Grouped(),
		"OwnersShare": heads(participating.Owners).Share(heads(total.Owners)), "AreaShare": participating.Area.Share(total.Area),
		"Quorum": v.Quorum(),
	}}}
	if !v.Quorum() {
		all = append(all, Sentence{"renovation.missing", map[string]any{"Owners": lacks.Owners, "Area": lacks.Area.Grouped()}})
	}
	return all
}

// Division tells how those who took part were divided, and what was needed of them.
func Division(item int, participating, yes, no, abstain Tally, v Verdict) []Sentence {
	need := approval(item)
	return []Sentence{
		{"renovation.approval", map[string]any{
			"Owners": yes.Owners, "OwnersNeeded": need.heads(participating.Owners),
			"Area": yes.Area.Grouped(), "AreaNeeded": participating.Area.portion(need.num, need.den, participating.Area.places+2).Grouped(), "Over": need.over,
			"OwnersShare": heads(yes.Owners).Share(heads(participating.Owners)), "AreaShare": yes.Area.Share(participating.Area),
			"Approved": v.ApprovedArea && v.ApprovedOwners,
		}},
		{"renovation.others", map[string]any{
			"No": no.Owners, "NoArea": no.Area.Grouped(), "Abstain": abstain.Owners, "AbstainArea": abstain.Area.Grouped()}},
	}
}

// End is the verdict.
func End(participating Tally, v Verdict) Sentence {
	switch {
	case participating.Owners == 0:
		return Sentence{"renovation.nobody", nil}
	case v.Passed():
		return Sentence{"renovation.passed", nil}
	case !v.Quorum():
		return Sentence{"renovation.no_quorum", nil}
	}
	return Sentence{"renovation.failed", map[string]any{"Area": v.ApprovedArea, "Owners": v.ApprovedOwners}}
}

// heads is a number of owners, for its share.
func heads(n int) Area {
	a, err := ParseArea(strconv.Itoa(n))
	if err != nil {
		return Area{}
	}
	return a
}
