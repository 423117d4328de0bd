package recount

import (
	"errors"
	"math/big"
	"slices"

	"github.com/go-json-experiment/json/jsontext"

	"xingfuli/bot/renovation"
	"xingfuli/bot/renovation/budget"
)

// countBudget counts a vote on a budget by every method.
func countBudget(v budget.Vote, announced jsontext.Value) (printed, error) {
	r, err := budget.Count(v)
	switch {
	case errors.Is(err, budget.ErrSteps):
		return printed{}, refuse("", "budget.steps", nil)
	case errors.Is(err, budget.ErrHuge):
		return printed{}, refuse("", "budget.together", nil)
	case err != nil:
		return printed{}, err
	}
	p := printed{announced: announced, sentences: budgetSentences(v, r)}
	rounds := []any{}
	for _, method := range budget.Methods() {
		p.entries = append(p.entries, Entry{method, r.Chosen(method)})
		for i, round := range r.Rounds[method] {
			rounds = append(rounds, Entries{
				{"method", method}, {"step", i + 1}, {"project", round.Project},
				{"price", price(round.Price)}, {"supporters", exactly(round.Votes)},
			})
		}
	}
	p.entries = append(p.entries, Entry{"add1_steps", int(r.Steps)}, Entry{"rounds", rounds})
	return p, nil
}

// price is the most that a household pays, nil where Greedy chose: no household pays.
func price(n *big.Rat) any {
	if n == nil {
		return nil
	}
	return Number(exact(n))
}

// exactly is a number of supporters: whole ones as a JSON number, others as a decimal.
func exactly(n *big.Rat) any {
	if n.IsInt() && n.Num().IsInt64() {
		return int(n.Num().Int64())
	}
	return Number(exact(n))
}

// exact writes a rational as a decimal where it ends, or else as a fraction in lowest
// terms such as 1000/3.
func exact(n *big.Rat) string {
	if places, ends := n.FloatPrec(); ends {
		return n.FloatString(places)
	}
	return n.String()
}

// budgetSentences tells a count in plain words.
func budgetSentences(v budget.Vote, r budget.Result) []renovation.Sentence {
	all := []renovation.Sentence{{Key: "budget.vote", Values: map[string]any{"Budget": yuan(v.Budget), "Projects": len(v.Projects), "Voters": len(v.Voters)}}}
	weighted := slices.ContainsFunc(v.Voters, func(v budget.Voter) bool { return v.Weight != nil && v.Weight.Cmp(big.NewRat(1, 1)) != 0 })
	heads := map[string]string{budget.Greedy: "budget.greedy", budget.MES: "budget.shares", budget.MESU: "budget.shares_rest", budget.Add1: "budget.add1", budget.Add1U: "budget.add1_rest"}
	for _, method := range budget.Methods() {
		rounds, chosen := r.Rounds[method], r.Chosen(method)
		extra := new(big.Rat).Mul(v.Increment, new(big.Rat).SetInt64(r.Steps))
		all = append(all, renovation.Sentence{Key: heads[method], Values: map[string]any{
			"Chosen": chosen, "Cost": yuan(spent(v, chosen)), "Steps": r.Steps, "Extra": yuan(extra),
		}})
		if method == budget.MESU || method == budget.Add1U {
			continue // its list says it all: the rounds were told with the rule that it completes
		}
		for i, round := range rounds {
			values := map[string]any{"Round": i + 1, "Project": round.Project, "Supporters": yuan(round.Votes), "Weighted": weighted}
			key := "budget.round_greedy"
			if round.Price != nil {
				key, values["Price"] = "budget.round", yuan(round.Price)
			}
			all = append(all, renovation.Sentence{Key: key, Values: values})
		}
	}
	return all
}

// spent is what projects cost together.
func spent(v budget.Vote, chosen []string) *big.Rat {
	sum := new(big.Rat)
	for _, p := range v.Projects {
		if slices.Contains(chosen, p.ID) {
			sum.Add(sum, p.Cost)
		}
	}
	return sum
}

// yuan writes a number for people: what has more than two decimals is cut off, never
// rounded up, and marked by a + behind it, as in 312.33+.
func yuan(n *big.Rat) string {
	if places, ends := n.FloatPrec(); ends && places <= 2 {
		return n.FloatString(places)
	}
	fen := new(big.Int).Mul(n.Num(), big.NewInt(100))
	fen.Quo(fen, n.Denom())
	return new(big.Rat).SetFrac(fen, big.NewInt(100)).FloatString(2) + "+"
}
