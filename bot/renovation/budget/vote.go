// Package budget decides which projects a common budget pays for, from ballots that
// approve projects: utilitarian Greedy, the Method of Equal Shares, and the completions
// Add1 and Greedy ("U").
//
// Everything is exact: money and weights are rationals, never floats. An effective vote
// is compared by its fraction, so the same ballots always fund the same list.
package budget

import (
	"errors"
	"fmt"
	"math/big"
	"math/bits"
	"slices"
)

// Refusals of a vote that cannot be counted. Count wraps them with the place.
var (
	ErrBudget    = errors.New("budget: the budget is negative")
	ErrCost      = errors.New("budget: a cost is not above zero")
	ErrDuplicate = errors.New("budget: a project is there twice")
	ErrUnknown   = errors.New("budget: no such project")
	ErrWeight    = errors.New("budget: a weight is negative")
	ErrIncrement = errors.New("budget: the Add1 increment is not above zero")
	ErrKey       = errors.New("budget: no such tie key")
	ErrHuge      = errors.New("budget: the numbers together need more than 62 bits")
	ErrSteps     = errors.New("budget: Add1 needs more work than is allowed")
)

// Project is one thing that the budget may pay for.
type Project struct {
	ID   string
	Cost *big.Rat // money, above zero
}

// Voter is one ballot. A weight means replication: a ballot of weight w counts as w
// ballots of weight 1. nil is 1; a ballot of weight zero is not there.
// A blank ballot keeps its share of the budget. An approval named twice counts once.
type Voter struct {
	Approvals []string
	Weight    *big.Rat
}

// Vote is all that a count depends on. It is never changed.
type Vote struct {
	Budget    *big.Rat
	Projects  []Project
	Voters    []Voter
	Ties      []Key    // nil: min_cost, max_votes, then the drawn order, or the id where none was drawn
	Order     []string // the order that was drawn; what it does not name comes after it
	Increment *big.Rat // Add1's step in money per unit of weight; nil: 1
}

// Methods, as they are printed: the rule, then its completion. add1 here runs without
// the exhaustive stop ("noexh").
const (
	Greedy = "greedy"
	MES    = "mes"
	MESU   = "mes_u"
	Add1   = "mes_add1_noexh"
	Add1U  = "mes_add1u_noexh"
)

// Methods lists the methods in the order in which they are told.
func Methods() []string { return []string{Greedy, MES, MESU, Add1, Add1U} }

// Round is one project chosen.
type Round struct {
	Project string
	// Price is the most that a supporter pays, in money per unit of weight: who has
	// less pays what is left. nil where Greedy chose.
	Price *big.Rat
	// Votes is the weight of all who approve the project.
	Votes *big.Rat
}

// Result is a count.
type Result struct {
	Rounds map[string][]Round // by method, in the order chosen
	Steps  int64              // Add1 increments in the outcome
	Passes int                // Equal Shares passes that Add1 ran to find it
}

// Chosen lists the projects of a method in the order chosen, never nil.
func (r Result) Chosen(method string) []string {
	ids := make([]string, 0, len(r.Rounds[method]))
	for _, round := range r.Rounds[method] {
		ids = append(ids, round.Project)
	}
	return ids
}

// Count runs every method. It returns one of the package's errors, wrapped with the
// place, when the vote cannot be counted.
func Count(v Vote) (Result, error) {
	p, err := compile(v)
	if err != nil {
		return Result{}, err
	}
	mes := p.priced(p.equalShares(0, &trace{}))
	add1, passes, err := p.add1()
	if err != nil {
		return Result{}, err
	}
	r := Result{Rounds: map[string][]Round{}, Steps: add1.step, Passes: passes}
	r.Rounds[Greedy] = p.rounds(outcome{}, p.greedy(nil))
	r.Rounds[MES] = p.rounds(mes, nil)
	r.Rounds[MESU] = p.rounds(mes, p.greedy(mes.chosen))
	r.Rounds[Add1] = p.rounds(add1, nil)
	r.Rounds[Add1U] = p.rounds(add1, p.greedy(add1.chosen))
	return r, nil
}

// rounds tells an outcome, then what Greedy added to it.
func (p *problem) rounds(o outcome, added []int) []Round {
	rs := make([]Round, 0, len(o.chosen)+len(added))
	for i, c := range o.chosen {
		rs = append(rs, Round{p.ids[c], o.prices[i], p.votesOf(c)})
	}
	for _, c := range added {
		rs = append(rs, Round{p.ids[c], nil, p.votesOf(c)})
	}
	return rs
}

func (p *problem) votesOf(c int) *big.Rat {
	return new(big.Rat).SetFrac(new(big.Int).SetUint64(p.votes[c]), p.weightUnit)
}

// problem is a vote in integers: money in units of 1/moneyUnit, weights in units of
// 1/weightUnit, and the voters with the same approvals put together as one group. They
// may be: weights mean replication, so two voters with the same approvals always hold
// the same money per unit of weight.
type problem struct {
	ids        []string
	costs      []uint64   // < 2^62
	votes      []uint64   // weight of the supporters
	rank       []int      // the place in the one order of ties, the first wins
	supporters [][]int32  // groups, by project
	approved   int        // the length of all supporters
	approvals  [][]uint64 // bits by project, by group of voters who approve the same
	weight     []uint64   // by group
	budget     uint64
	increment  uint64
	total      uint64 // weight of all voters, blank ballots too
	moneyUnit  *big.Int
	weightUnit *big.Int
	maxWork    int
}

// compile checks a vote and puts it into integers.
func compile(v Vote) (*problem, error) {
	p := &problem{moneyUnit: big.NewInt(1), weightUnit: big.NewInt(1), maxWork: maxWork}
	index, err := p.addProjects(v)
	if err != nil {
		return nil, err
	}
	if err := p.addMoney(v); err != nil {
		return nil, err
	}
	if err := p.addVoters(v, index); err != nil {
		return nil, err
	}
	return p, p.addTies(v, index)
}

// addProjects numbers the projects and returns the numbers by id.
func (p *problem) addProjects(v Vote) (map[string]int, error) {
	index := make(map[string]int, len(v.Projects))
	for i, pr := range v.Projects {
		if _, twice := index[pr.ID]; twice {
			return nil, fmt.Errorf("project %q: %w", pr.ID, ErrDuplicate)
		}
		if pr.Cost == nil || pr.Cost.Sign() <= 0 {
			return nil, fmt.Errorf("project %q: %w", pr.ID, ErrCost)
		}
		index[pr.ID] = i
		p.ids = append(p.ids, pr.ID)
	}
	return index, nil
}

// addMoney puts costs, budget and increment over one denominator.
func (p *problem) addMoney(v Vote) error {
	if v.Budget == nil || v.Budget.Sign() < 0 {
		return ErrBudget
	}
	step := v.Increment
	if step == nil {
		step = big.NewRat(1, 1)
	}
	if step.Sign() <= 0 {
		return ErrIncrement
	}
	money := []*big.Rat{v.Budget, step}
	for _, pr := range v.Projects {
		money = append(money, pr.Cost)
	}
	whole, err := integers(money, p.moneyUnit)
	if err != nil {
		return err
	}
	p.budget, p.increment, p.costs = whole[0], whole[1], whole[2:]
	return nil
}

// integers sets unit to the common denominator and returns the values as multiples of
// 1/unit. It returns ErrHuge when one does not fit in 62 bits.
func integers(values []*big.Rat, unit *big.Int) ([]uint64, error) {
	for _, v := range values {
		if d := v.Denom(); new(big.Int).Rem(unit, d).Sign() != 0 {
			gcd := new(big.Int).GCD(nil, nil, unit, d)
			unit.Mul(unit, gcd.Quo(d, gcd))
		}
		if unit.BitLen() > 62 {
			return nil, ErrHuge
		}
	}
	whole := make([]uint64, len(values))
	for i, v := range values {
		n := new(big.Int).Mul(v.Num(), unit)
		if n.Quo(n, v.Denom()); n.BitLen() > 62 {
			return nil, fmt.Errorf("%s: %w", v.RatString(), ErrHuge)
		}
		whole[i] = n.Uint64()
	}
	return whole, nil
}

// addVoters groups the voters by what they approve.
func (p *problem) addVoters(v Vote, index map[string]int) error {
	weights, err := p.weights(v)
	if err != nil {
		return err
	}
	p.votes = make([]uint64, len(p.ids))
	p.supporters = make([][]int32, len(p.ids))
	words := (len(p.ids) + 63) / 64
	at, key := map[string]int{}, make([]byte, 8*words)
	approvals := make([]uint64, words)
	for i, voter := range v.Voters {
		clearWords(approvals)
		for _, id := range voter.Approvals {
			n, ok := index[id]
			if !ok {
				return fmt.Errorf("voter %d approves %q: %w", i+1, id, ErrUnknown)
			}
			approvals[n/64] |= 1 << (n % 64)
		}
		var carry uint64
		if p.total, carry = bits.Add64(p.total, weights[i], 0); carry != 0 || p.total>>62 != 0 {
			return fmt.Errorf("the weights: %w", ErrHuge)
		}
		if weights[i] == 0 {
			continue
		}
		for w, word := range approvals {
			for b := range 8 {
				key[8*w+b] = byte(word >> (8 * b))
			}
		}
		g, ok := at[string(key)]
		if !ok {
			g = len(p.approvals)
			at[string(key)] = g
			p.approvals = append(p.approvals, slices.Clone(approvals))
			p.weight = append(p.weight, 0)
		}
		p.weight[g] += weights[i]
	}
	for g, approvals := range p.approvals {
		for n := range each(approvals) {
			p.votes[n] += p.weight[g]
			p.supporters[n] = append(p.supporters[n], int32(g))
			p.approved++
		}
	}
	return nil
}

// weights puts the voters' weights over one denominator.
func (p *problem) weights(v Vote) ([]uint64, error) {
	one := big.NewRat(1, 1)
	all := make([]*big.Rat, len(v.Voters))
	for i, voter := range v.Voters {
		if all[i] = voter.Weight; all[i] == nil {
			all[i] = one
		}
		if all[i].Sign() < 0 {
			return nil, fmt.Errorf("voter %d: %w", i+1, ErrWeight)
		}
	}
	whole, err := integers(all, p.weightUnit)
	if err != nil {
		return nil, fmt.Errorf("the weights: %w", err)
	}
	return whole, nil
}

// each yields the numbers of the bits that are set, upwards.
func each(words []uint64) func(yield func(int) bool) {
	return func(yield func(int) bool) {
		for w, word := range words {
			for ; word != 0; word &= word - 1 {
				if !yield(64*w + bits.TrailingZeros64(word)) {
					return
				}
			}
		}
	}
}

func clearWords(words []uint64) {
	for i := range words {
		words[i] = 0
	}
}
