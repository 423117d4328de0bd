package budget

import (
	"math"
	"math/big"
	"math/bits"
)

// look works out who of a project's supporters are poor at its price, and bounds of the
// price. It returns false when they can no longer pay it.
func (s *pass) look(k *candidate) bool {
	list := s.living(k.c)
	s.scanned += len(list)
	k.fresh = true
	switch s.bound(k, list) {
	case no:
		s.trace.add(event(k.c, unpaid))
		return false
	case unknown:
		k.hi = math.MaxUint64
		if !s.affords(k, list) {
			s.trace.add(event(k.c, unpaid))
			return false
		}
	}
	s.trace.add(event(k.c, seen))
	k.poor = s.trace.room((len(list) + 63) / 64)
	s.split(k, list)
	return true
}

// living drops the supporters who hold nothing from a project's list and returns it.
func (s *pass) living(c int) []int32 {
	list := s.lists[c][:0]
	for _, g := range s.lists[c] {
		if !s.dead[g] {
			list = append(list, g)
		}
	}
	s.lists[c] = list
	return list
}

// answer is what bounds can say.
type answer int

const (
	yes answer = iota
	no
	unknown
)

// bound narrows the price of a project by the fixed-point balances.
//
// It looks for the smallest q that pays the cost, rounded up, from the balances, rounded
// down: start with a q that is too low, let those who hold less pay all they have, raise
// q to what the others must pay, until nobody else is poor. That is at least the true
// price. At a price lower by d the true balances, each higher by less than slack, would
// bring at most slack*poorW - richW*d more, so the true price is at most
// (slack*poorW + 1)/richW lower.
func (s *pass) bound(k *candidate, list []int32) answer {
	var money wide
	var all uint64
	for _, g := range list {
		w := s.weight[g]
		all += w
		money = money.add(mul(w, s.balance[g]))
	}
	cost := k.cost.add(wide{0, 1})
	if money.less(cost) {
		if k.cost.less(money.add(mul(all, s.slack))) {
			return unknown
		}
		return no
	}
	q := k.lo
	for {
		var poorW uint64
		var poor wide
		for _, g := range list { // without a branch: who is poor cannot be guessed
			b := s.balance[g]
			_, below := bits.Sub64(b, q, 0)
			w := s.weight[g] & -below
			poorW += w
			poor = poor.add(mul(w, b))
		}
		raised, rest := cost.sub(poor).div(all - poorW)
		if rest > 0 {
			raised++
		}
		if raised > q {
			q = raised
			continue
		}
		k.hi = q
		if below := mul(poorW, s.slack).add(wide{0, 1}); below.hi < all-poorW {
			d, _ := below.div(all - poorW)
			if d+2 < q && q-d-2 > k.lo {
				k.lo = q - d - 2
			}
		}
		return yes
	}
}

// affords tells exactly whether the supporters can pay.
func (s *pass) affords(k *candidate, list []int32) bool {
	k.poor = make([]uint64, (len(list)+63)/64)
	for i := range list {
		set(k.poor, i)
	}
	k.num = nil
	short := s.exact(k).Sign() > 0
	k.num = nil
	return !short
}

// split marks the poor. Whom the bounds do not tell apart from the price is compared
// with it exactly, from the lowest price on that the sure ones leave.
func (s *pass) split(k *candidate, list []int32) {
	clearWords(k.poor)
	k.poorW, k.richW, k.num = 0, 0, nil
	s.unsure = s.unsure[:0]
	for i, g := range list {
		w, b := s.weight[g], s.balance[g]
		switch {
		case b >= k.hi:
			k.richW += w
		case b+s.slack <= k.lo:
			k.poorW += w
			set(k.poor, i)
		default:
			k.richW += w
			s.unsure = append(s.unsure, i)
		}
	}
	if len(s.unsure) > 0 {
		s.settle(k, list)
	}
}

// settle compares the unsure with the exact price, raising it until nobody else is poor.
func (s *pass) settle(k *candidate, list []int32) {
	held := make([]*big.Int, len(s.unsure))
	for i, at := range s.unsure {
		held[i] = s.held(list[at])
	}
	for again := true; again; {
		again = false
		num, rich := s.exact(k), new(big.Int).SetUint64(k.richW)
		for i, at := range s.unsure {
			if bit(k.poor, at) || new(big.Int).Mul(held[i], rich).Cmp(num) >= 0 {
				continue
			}
			w := s.weight[list[at]]
			set(k.poor, at)
			k.poorW += w
			k.richW -= w
			again = true
		}
		if again {
			k.num = nil
		}
	}
	q := s.fixed(s.exact(k), new(big.Int).Mul(s.denom, new(big.Int).SetUint64(k.richW))).lo
	k.lo, k.hi = max(k.lo, q), q+1
}

// held is what a group that is not dead holds per unit of weight, over denom.
func (s *pass) held(g int32) *big.Int {
	left := new(big.Int).Set(s.t)
	for w, word := range s.approvals[g] {
		for c := range each([]uint64{word & s.chosenBits[w]}) {
			left.Sub(left, s.nums[s.round[64*w+c]])
		}
	}
	return left
}

// exact is the exact price times the weight of the rich, over denom: the cost less what
// the poor hold.
func (s *pass) exact(k *candidate) *big.Int {
	if k.num != nil {
		return k.num
	}
	paid := make([]uint64, len(s.chosen)) // weight of the poor who paid, by round
	var poorW uint64
	list := s.lists[k.c]
	for i := range each(k.poor) {
		g := list[i]
		poorW += s.weight[g]
		for w, word := range s.approvals[g] {
			for word &= s.chosenBits[w]; word != 0; word &= word - 1 {
				paid[s.round[64*w+lowest(word)]] += s.weight[g]
			}
		}
	}
	num := new(big.Int).SetUint64(s.costs[k.c])
	num.Mul(num, s.scale).Mul(num, s.denom)
	part := new(big.Int)
	num.Sub(num, part.SetUint64(poorW).Mul(part, s.t))
	for r, w := range paid {
		if w > 0 {
			num.Add(num, part.SetUint64(w).Mul(part, s.nums[r]))
		}
	}
	k.num = num
	return num
}
