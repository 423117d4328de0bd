package budget

import (
	"cmp"
	"slices"
)

// greedy takes the projects with the most votes first, passing over what no longer fits
// beside those already chosen. Equal votes go by the order of ties. What nobody approves
// is never funded.
//
// Source: the greedy rule of Talmon and Faliszewski, "A Framework for Approval-Based
// Budgeting Methods", AAAI 2019, arXiv:1809.04382. With cost utilities the votes per
// cost times the cost are the votes, so the order is that of the votes. After Equal
// Shares it is the completion "U" of Peters, Pierczyński and Skowron, arXiv:2008.13276.
func (p *problem) greedy(chosen []int) []int {
	left := p.budget
	var order []int
	for c, votes := range p.votes {
		if votes > 0 && !slices.Contains(chosen, c) {
			order = append(order, c)
		}
	}
	for _, c := range chosen {
		left -= p.costs[c] // what was chosen fits
	}
	slices.SortFunc(order, func(a, b int) int {
		return cmp.Or(cmp.Compare(p.votes[b], p.votes[a]), cmp.Compare(p.rank[a], p.rank[b]))
	})
	var added []int
	for _, c := range order {
		if p.costs[c] <= left {
			left -= p.costs[c]
			added = append(added, c)
		}
	}
	return added
}
