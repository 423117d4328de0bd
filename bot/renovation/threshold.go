package renovation

import "math/big"

// Items is how many items article 278 lists; a vote is on one, from 1.
const Items = 9

// fraction is what a side has to reach; over means that it must be more.
type fraction struct {
	num, den int64
	over     bool
}

// quorum is the part of all owners, by area and by heads, that has to take part.
//
// Source: Civil Code, article 278, paragraph 2, first sentence: 三分之二以上; article
// 1259: 以上 includes the number itself.
var quorum = fraction{2, 3, false}

// approval is the part of those who take part, by area and by heads, that has to agree.
//
// Source: Civil Code, article 278, paragraph 2: 四分之三以上 for items 6 to 8, second
// sentence; 过半数 for all others, third sentence. 以上 includes the number (article
// 1259); more than half does not include the half.
func approval(item int) fraction {
	if item >= 6 && item <= 8 {
		return fraction{3, 4, false}
	}
	return fraction{1, 2, true}
}

// reached tells whether part is enough of whole. Of nobody nothing is reached.
func (f fraction) reached(part, whole *big.Int) bool {
	if whole.Sign() == 0 || part.Sign() == 0 {
		return false
	}
	have := new(big.Int).Mul(part, big.NewInt(f.den))
	switch have.Cmp(new(big.Int).Mul(whole, big.NewInt(f.num))) {
	case 0:
		return !f.over
	case 1:
		return true
	}
	return false
}

// heads is the least number of n owners that reaches the fraction.
func (f fraction) heads(n int) int {
	if f.over {
		return n*int(f.num)/int(f.den) + 1
	}
	return (n*int(f.num) + int(f.den) - 1) / int(f.den)
}

// Tally is owners and the area that is theirs.
type Tally struct {
	Area   Area
	Owners int
}

// reachedBy tells for area and for heads whether part is enough of whole.
func (f fraction) reachedBy(part, whole Tally) (area, owners bool) {
	places := max(part.Area.places, whole.Area.places)
	return f.reached(part.Area.at(places), whole.Area.at(places)),
		f.reached(big.NewInt(int64(part.Owners)), big.NewInt(int64(whole.Owners)))
}

// Verdict is what the double threshold says of a count.
type Verdict struct {
	QuorumArea, QuorumOwners     bool
	ApprovedArea, ApprovedOwners bool // of those who took part, also without a quorum
}

// Judge holds a count to article 278 for one of its items, 1 to 9: total is everybody,
// taking part are yes, no and abstentions (and what else the rules of the vote say).
// Where nobody takes part nothing is reached.
func Judge(item int, total, participating, yes Tally) Verdict {
	var v Verdict
	v.QuorumArea, v.QuorumOwners = quorum.reachedBy(participating, total)
	v.ApprovedArea, v.ApprovedOwners = approval(item).reachedBy(yes, participating)
	return v
}

// Quorum tells whether enough took part, by area and by heads.
func (v Verdict) Quorum() bool { return v.QuorumArea && v.QuorumOwners }

// Passed tells whether the matter is decided: quorum and approval, each two-sided.
func (v Verdict) Passed() bool { return v.Quorum() && v.ApprovedArea && v.ApprovedOwners }

// missing is what a quorum lacks: heads, and area rounded up to places (or as many as
// the areas have), since a third may have no end.
func missing(total, participating Tally, places int) Tally {
	m := Tally{Owners: max(0, quorum.heads(total.Owners)-participating.Owners)}
	need := total.Area.portion(quorum.num, quorum.den, max(places, participating.Area.places))
	if need.Cmp(participating.Area) > 0 {
		places = max(need.places, participating.Area.places)
		m.Area = areaOf(new(big.Int).Sub(need.at(places), participating.Area.at(places)), places)
	}
	return m
}
