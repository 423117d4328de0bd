package budget

import (
	"math/big"
	"slices"
)

// plainShares is the Method of Equal Shares as it is written down, voter by voter with
// big.Rat, without groups, bounds or steps skipped: the rule that the fast one is held
// to. extra is added to everybody's share per unit of weight.
func plainShares(v Vote, p *problem, extra *big.Rat) []Round {
	left, weights := make([]*big.Rat, len(v.Voters)), make([]*big.Rat, len(v.Voters))
	total := new(big.Rat)
	for i, voter := range v.Voters {
		if weights[i] = voter.Weight; weights[i] == nil {
			weights[i] = big.NewRat(1, 1)
		}
		total.Add(total, weights[i])
	}
	for i := range v.Voters {
		left[i] = new(big.Rat)
		if total.Sign() > 0 {
			left[i].Quo(v.Budget, total)
			left[i].Add(left[i], extra).Mul(left[i], weights[i])
		}
	}
	var rounds []Round
	done := map[int]bool{}
	for {
		best, bestQ := -1, new(big.Rat)
		for c, project := range v.Projects {
			if done[c] || p.votes[c] == 0 {
				continue
			}
			q := plainPrice(v, project, left, weights)
			if q == nil {
				continue
			}
			if best >= 0 {
				a := new(big.Rat).Quo(q, project.Cost)
				b := new(big.Rat).Quo(bestQ, v.Projects[best].Cost)
				if d := a.Cmp(b); d > 0 || d == 0 && p.rank[c] > p.rank[best] {
					continue
				}
			}
			best, bestQ = c, q
		}
		if best < 0 {
			return rounds
		}
		done[best] = true
		rounds = append(rounds, Round{v.Projects[best].ID, bestQ, p.votesOf(best)})
		for i, voter := range v.Voters {
			if slices.Contains(voter.Approvals, v.Projects[best].ID) {
				left[i].Sub(left[i], least(left[i], new(big.Rat).Mul(bestQ, weights[i])))
			}
		}
	}
}

// plainPrice is the smallest q at which the supporters pay, nil when they cannot.
func plainPrice(v Vote, project Project, left, weights []*big.Rat) *big.Rat {
	var who []int
	money, weight := new(big.Rat), new(big.Rat)
	for i, voter := range v.Voters {
		if slices.Contains(voter.Approvals, project.ID) && weights[i].Sign() > 0 {
			who = append(who, i)
			money.Add(money, left[i])
			weight.Add(weight, weights[i])
		}
	}
	if money.Cmp(project.Cost) < 0 {
		return nil
	}
	per := func(i int) *big.Rat { return new(big.Rat).Quo(left[i], weights[i]) }
	slices.SortFunc(who, func(a, b int) int { return per(a).Cmp(per(b)) })
	cost := new(big.Rat).Set(project.Cost)
	for _, i := range who {
		q := new(big.Rat).Quo(cost, weight)
		if per(i).Cmp(q) >= 0 {
			return q
		}
		cost.Sub(cost, left[i])
		weight.Sub(weight, weights[i])
	}
	return nil
}

// plainAdd1 takes every step.
func plainAdd1(v Vote, p *problem, limit int64) ([]Round, int64) {
	now := plainShares(v, p, new(big.Rat))
	supported := 0
	for _, votes := range p.votes {
		if votes > 0 {
			supported++
		}
	}
	for step := int64(1); ; step++ {
		if len(now) == supported || step > limit {
			return now, step - 1
		}
		extra := new(big.Rat).Mul(big.NewRat(step, 1), v.Increment)
		next := plainShares(v, p, extra)
		if plainCost(v, next).Cmp(v.Budget) > 0 {
			return now, step - 1
		}
		now = next
	}
}

func plainCost(v Vote, rounds []Round) *big.Rat {
	sum := new(big.Rat)
	for _, r := range rounds {
		for _, p := range v.Projects {
			if p.ID == r.Project {
				sum.Add(sum, p.Cost)
			}
		}
	}
	return sum
}

func least(a, b *big.Rat) *big.Rat {
	if a.Cmp(b) < 0 {
		return new(big.Rat).Set(a)
	}
	return b
}
