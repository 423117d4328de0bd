package budget

import (
	"math/big"
	"slices"
)

// outcome is what one Equal Shares pass chose.
type outcome struct {
	step    int64 // Add1 increments in everybody's share
	chosen  []int
	prices  []*big.Rat // per unit of weight, by round
	nums    []*big.Int // the same over denom
	denom   *big.Int
	scanned int // groups of voters looked at: the work that it took
}

// fits tells whether what was chosen costs no more than the budget.
func (p *problem) fits(o outcome) bool {
	left := p.budget
	for _, c := range o.chosen {
		if p.costs[c] > left {
			return false
		}
		left -= p.costs[c]
	}
	return true
}

// pass is one run of the Method of Equal Shares with cost utilities.
//
// Source: Peters, Pierczyński and Skowron, "Proportional Participatory Budgeting with
// Additive Utilities", NeurIPS 2021, arXiv:2008.13276, and equalshares.net. Every voter
// starts with an equal share of the budget (times the weight). Again and again, for each
// project that its supporters can still pay, take the smallest price q at which they pay
// it, each min(what is left, q times the weight); its effective votes are its cost / q.
// The project with the most effective votes is bought. Ties go by the order of ties.
//
// All money is in units of 1/(moneyUnit * total * weightUnit), in which every starting
// share per unit of weight is the whole number t and every cost is whole. A voter who
// could always pay in full holds t less the prices paid, and one who could not holds
// nothing: so a balance is exact as a sum of prices, and the price of a project is
//
//	q = (cost - weight(poor)*t + sum over rounds of weight(poor who paid)*price) / weight(rich)
//
// where the poor hold less than q. The prices are kept as whole numbers over one
// denominator. To save time a balance is kept as a binary fixed-point number too, rounded
// down and less than slack below the truth; a comparison that these bounds do not
// decide is made with the exact numbers. No result depends on the rounding.
type pass struct {
	*problem
	trace      *trace
	t, denom   *big.Int   // a full share per unit of weight, over denom
	nums       []*big.Int // the prices paid, over denom
	scale      *big.Int   // total * weightUnit: a cost times scale is in the pass's units
	shift      int        // a fixed-point number is value * 2^shift
	chosen     []int
	chosenBits []uint64
	round      []int    // the round that bought a project
	balance    []uint64 // fixed point, by group, < 2^62
	dead       []bool   // holds nothing at all
	slack      uint64
	lists      [][]int32 // supporters who are not dead, by project
	open       []*candidate
	scanned    int
	unsure     []int
}

// candidate is a project that may still be bought.
type candidate struct {
	c      int
	cost   wide   // fixed point, rounded down
	lo, hi uint64 // fixed-point bounds of the price, lo <= q <= hi, when last looked at
	fresh  bool   // looked at in this round
	poor   []uint64
	poorW  uint64
	richW  uint64
	num    *big.Int // the exact price times richW over denom, nil: not worked out
}

// equalShares runs one pass with step Add1 increments in everybody's share.
func (p *problem) equalShares(step int64, tr *trace) outcome {
	tr.words = tr.words[:0]
	s := &pass{problem: p, trace: tr, denom: big.NewInt(1), slack: 1}
	if p.total == 0 || !s.start(step) {
		return outcome{step: step, denom: s.denom}
	}
	for {
		best := s.best()
		if best == nil {
			break
		}
		s.pay(best)
	}
	return outcome{step: step, chosen: s.chosen, nums: s.nums, denom: s.denom, scanned: s.scanned}
}

// priced works out the prices of an outcome in money.
func (p *problem) priced(o outcome) outcome {
	if len(o.chosen) > 0 {
		unit := new(big.Int).Mul(o.denom, new(big.Int).SetUint64(p.total))
		unit.Mul(unit, p.moneyUnit)
		for _, n := range o.nums {
			o.prices = append(o.prices, new(big.Rat).SetFrac(n, unit))
		}
	}
	return o
}

// start hands out the shares. It returns false when there is no money.
func (s *pass) start(step int64) bool {
	whole := func(n uint64) *big.Int { return new(big.Int).SetUint64(n) }
	s.t = new(big.Int).Mul(whole(s.budget), s.weightUnit)
	added := new(big.Int).Mul(big.NewInt(step), whole(s.increment))
	s.t.Add(s.t, added.Mul(added, whole(s.total)))
	if s.t.Sign() == 0 {
		return false
	}
	s.scale = new(big.Int).Mul(whole(s.total), s.weightUnit)
	s.shift = 61 - s.t.BitLen()
	share := s.fixed(s.t, s.denom).lo
	s.balance = slices.Repeat([]uint64{share}, len(s.weight))
	s.dead = make([]bool, len(s.weight))
	s.chosenBits = make([]uint64, (len(s.ids)+63)/64)
	s.round = make([]int, len(s.ids))
	s.lists = make([][]int32, len(s.ids))
	copies := make([]int32, 0, s.approved)
	for c, votes := range s.votes {
		cost := new(big.Int).Mul(whole(s.costs[c]), s.scale)
		if cost.Cmp(new(big.Int).Mul(whole(votes), s.t)) > 0 {
			s.trace.add(event(c, never))
			continue
		}
		at := len(copies)
		copies = append(copies, s.supporters[c]...)
		s.lists[c] = copies[at:]
		k := &candidate{c: c, cost: s.fixed(cost, s.denom)}
		k.lo, _ = k.cost.div(votes) // nobody is poor yet: at least cost/votes
		s.open = append(s.open, k)
	}
	return true
}

// fixed is n/d in fixed point, rounded down.
func (s *pass) fixed(n, d *big.Int) wide {
	q := new(big.Int)
	if s.shift >= 0 {
		q.Lsh(n, uint(s.shift))
		q.Quo(q, d)
	} else {
		q.Quo(n, q.Lsh(d, uint(-s.shift)))
	}
	return wideOf(q)
}

// best looks for the project with the most effective votes, nil when none can be paid.
//
// Balances only fall, so a price only rises: the bound of an earlier round still holds,
// and a project that this bound already puts behind the best need not be looked at.
func (s *pass) best() *candidate {
	var best *candidate
	for _, k := range s.open {
		k.fresh, k.num = false, nil
	}
	for {
		next := s.promising()
		if next == nil || best != nil && less(best.hi, s.costs[best.c], next.lo, s.costs[next.c]) {
			return best
		}
		if !s.look(next) {
			s.open = slices.DeleteFunc(s.open, func(k *candidate) bool { return k == next })
			continue
		}
		if best == nil || s.beats(next, best) {
			best = next
		}
	}
}

// promising is the project with the lowest bound of price per cost among those that were
// not looked at in this round.
func (s *pass) promising() *candidate {
	var first *candidate
	for _, k := range s.open {
		if !k.fresh && (first == nil || less(k.lo, s.costs[k.c], first.lo, s.costs[first.c])) {
			first = k
		}
	}
	return first
}

// beats tells whether a has more effective votes than b, or as many and the better place
// in the order of ties.
func (s *pass) beats(a, b *candidate) bool {
	ca, cb := s.costs[a.c], s.costs[b.c]
	if less(a.hi, ca, b.lo, cb) {
		return true
	}
	if less(b.hi, cb, a.lo, ca) {
		return false
	}
	x := new(big.Int).Mul(s.exact(a), new(big.Int).SetUint64(b.richW))
	y := new(big.Int).Mul(s.exact(b), new(big.Int).SetUint64(a.richW))
	x.Mul(x, new(big.Int).SetUint64(cb))
	y.Mul(y, new(big.Int).SetUint64(ca))
	if c := x.Cmp(y); c != 0 {
		return c < 0
	}
	return s.rank[a.c] < s.rank[b.c]
}

// pay buys a project: the poor pay all they have, the rich the price.
func (s *pass) pay(k *candidate) {
	num := s.exact(k)
	rich := new(big.Int).SetUint64(k.richW)
	gcd := new(big.Int).GCD(nil, nil, num, rich)
	price := new(big.Int).Quo(num, gcd)
	if factor := rich.Quo(rich, gcd); factor.BitLen() > 1 {
		for _, n := range append(s.nums, s.denom, s.t) {
			n.Mul(n, factor)
		}
	}
	q := s.fixed(price, s.denom).lo + 1
	for i, g := range s.lists[k.c] {
		switch {
		case bit(k.poor, i):
			s.balance[g], s.dead[g] = 0, true
		case s.balance[g] > q:
			s.balance[g] -= q
		default:
			s.balance[g] = 0
		}
	}
	s.slack++
	s.trace.add(event(k.c, bought))
	s.round[k.c] = len(s.chosen)
	s.chosen = append(s.chosen, k.c)
	s.nums = append(s.nums, price)
	s.chosenBits[k.c/64] |= 1 << (k.c % 64)
	s.open = slices.DeleteFunc(s.open, func(o *candidate) bool { return o == k })
}
