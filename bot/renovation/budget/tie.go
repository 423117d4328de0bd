package budget

import (
	"cmp"
	"fmt"
	"slices"
)

// Key is one way to decide between projects that a rule holds equal.
type Key string

// The keys. Count uses them in the order of Vote.Ties; what is still equal goes by the
// drawn order, then by the id. equalshares.net recommends the lowest cost, then the most
// votes, then one drawn order for the whole run with all its Add1 steps.
const (
	MinCost  Key = "min_cost"
	MaxCost  Key = "max_cost"
	MaxVotes Key = "max_votes"
	ByOrder  Key = "order" // the drawn order, or where none was drawn the order of the projects
	ByID     Key = "id"    // by bytes, the lowest first
)

// Known tells whether k is one of the keys.
func (k Key) Known() bool {
	return slices.Contains([]Key{MinCost, MaxCost, MaxVotes, ByOrder, ByID}, k)
}

// addTies works out the one order in which ties are settled.
func (p *problem) addTies(v Vote, index map[string]int) error {
	place, err := p.drawn(v.Order, index)
	if err != nil {
		return err
	}
	keys := v.Ties
	if keys == nil {
		keys = []Key{MinCost, MaxVotes}
	}
	if len(v.Order) > 0 {
		keys = append(slices.Clone(keys), ByOrder)
	}
	keys = append(slices.Clone(keys), ByID)
	compare := map[Key]func(a, b int) int{
		MinCost:  func(a, b int) int { return cmp.Compare(p.costs[a], p.costs[b]) },
		MaxCost:  func(a, b int) int { return cmp.Compare(p.costs[b], p.costs[a]) },
		MaxVotes: func(a, b int) int { return cmp.Compare(p.votes[b], p.votes[a]) },
		ByOrder:  func(a, b int) int { return cmp.Compare(place[a], place[b]) },
		ByID:     func(a, b int) int { return cmp.Compare(p.ids[a], p.ids[b]) },
	}
	order := make([]int, len(p.ids))
	for i := range order {
		order[i] = i
	}
	for _, k := range keys {
		if !k.Known() {
			return fmt.Errorf("%q: %w", k, ErrKey)
		}
	}
	slices.SortFunc(order, func(a, b int) int {
		for _, k := range keys {
			if c := compare[k](a, b); c != 0 {
				return c
			}
		}
		return 0
	})
	p.rank = make([]int, len(order))
	for r, c := range order {
		p.rank[c] = r
	}
	return nil
}

// drawn gives each project its place in the drawn order, the unnamed all the last.
// Without a drawn order it is the order of the projects.
func (p *problem) drawn(order []string, index map[string]int) ([]int, error) {
	place := make([]int, len(p.ids))
	for i := range place {
		place[i] = i
		if len(order) > 0 {
			place[i] = len(order)
		}
	}
	for i, id := range order {
		n, ok := index[id]
		if !ok {
			return nil, fmt.Errorf("the order of ties names %q: %w", id, ErrUnknown)
		}
		if place[n] != len(order) {
			return nil, fmt.Errorf("the order of ties names %q: %w", id, ErrDuplicate)
		}
		place[n] = i
	}
	return place, nil
}
