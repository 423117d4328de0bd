package recount

import (
	"math/big"
	"regexp"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"xingfuli/bot/renovation/budget"
)

// budgetShape is a vote on a budget. Numbers may be JSON numbers or strings that hold
// decimals, without exponent.
type budgetShape struct {
	Budget   jsontext.Value `json:"budget"`
	Projects []struct {
		ID   string         `json:"id"`
		Cost jsontext.Value `json:"cost"`
		Name jsontext.Value `json:"name"` // says nothing here
	} `json:"projects"`
	Voters []struct {
		ID        jsontext.Value `json:"id"` // says nothing here
		Approvals []string       `json:"approvals"`
		Weight    jsontext.Value `json:"weight"`
	} `json:"voters"`
	TieBreaking []string       `json:"tie_breaking"`
	TieOrder    []string       `json:"tie_order"`
	Increment   jsontext.Value `json:"add1_increment"`
	Announced   jsontext.Value `json:"announced"`
}

// Bounds of a vote on a budget, so that a hostile file is refused and not worked on:
// the time of a count grows with their product.
const (
	maxProjects  = 1000
	maxVoters    = 200_000
	maxApprovals = 2_000_000
)

// budgetFile counts a vote on a budget.
func budgetFile(in []byte) (printed, error) {
	var f budgetShape
	if err := decode(in, &f); err != nil {
		return printed{}, err
	}
	v, err := f.vote()
	if err != nil {
		return printed{}, err
	}
	return countBudget(v, f.Announced)
}

// vote checks the file and makes a vote of it.
func (f *budgetShape) vote() (v budget.Vote, err error) {
	if v.Budget, err = inFile("/budget", f.Budget, nil); err != nil {
		return v, err
	}
	if v.Increment, err = inFile("/add1_increment", f.Increment, big.NewRat(1, 1)); err != nil {
		return v, err
	}
	if v.Increment.Sign() == 0 {
		return v, refuse("/add1_increment", "budget.not_above_zero", nil)
	}
	list := newBallots()
	for i, p := range f.Projects {
		cost, err := inFile(at("/projects", i, "cost"), p.Cost, nil)
		if err == nil {
			err = list.project(at("/projects", i), p.ID, cost)
		}
		if err != nil {
			return v, err
		}
	}
	for i, voter := range f.Voters {
		weight, err := inFile(at("/voters", i, "weight"), voter.Weight, big.NewRat(1, 1))
		if err == nil {
			err = list.voter(at("/voters", i), voter.Approvals, weight)
		}
		if err != nil {
			return v, err
		}
	}
	v.Projects, v.Voters = list.projects, list.voters
	return v, f.ties(&v, list)
}

// ties checks the keys and the drawn order.
func (f *budgetShape) ties(v *budget.Vote, list *ballots) error {
	for i, key := range f.TieBreaking {
		if !budget.Key(key).Known() {
			return refuse(at("/tie_breaking", i), "budget.tie_key", map[string]any{"Key": shown(key)})
		}
		v.Ties = append(v.Ties, budget.Key(key))
	}
	seen := map[string]bool{}
	for i, id := range f.TieOrder {
		switch {
		case !list.known[id]:
			return refuse(at("/tie_order", i), "budget.no_project", map[string]any{"Project": shown(id)})
		case seen[id]:
			return refuse(at("/tie_order", i), "budget.twice", map[string]any{"ID": shown(id)})
		}
		seen[id] = true
	}
	v.Order = f.TieOrder
	return nil
}

// ballots gathers the projects and voters of a file, and refuses what is not sound.
type ballots struct {
	projects  []budget.Project
	voters    []budget.Voter
	known     map[string]bool
	approvals int
}

func newBallots() *ballots { return &ballots{known: map[string]bool{}} }

// project adds a project that stands at a place of the file.
func (b *ballots) project(where, id string, cost *big.Rat) error {
	switch {
	case id == "":
		return refuse(where, "budget.no_id", nil)
	case b.known[id]:
		return refuse(where, "budget.twice", map[string]any{"ID": shown(id)})
	case cost.Sign() <= 0:
		return refuse(at(where, "cost"), "budget.not_above_zero", nil)
	case len(b.projects) == maxProjects:
		return refuse(where, "budget.too_many", map[string]any{"Limit": maxProjects})
	}
	b.known[id] = true
	b.projects = append(b.projects, budget.Project{ID: id, Cost: cost})
	return nil
}

// voter adds a ballot. A project approved twice on one ballot is a fault of the file:
// nobody can tell what was meant.
func (b *ballots) voter(where string, approvals []string, weight *big.Rat) error {
	seen := make(map[string]bool, len(approvals))
	for i, id := range approvals {
		switch {
		case !b.known[id]:
			return refuse(at(where, "approvals", i), "budget.no_project", map[string]any{"Project": shown(id)})
		case seen[id]:
			return refuse(at(where, "approvals", i), "budget.twice", map[string]any{"ID": shown(id)})
		}
		seen[id] = true
	}
	if b.approvals += len(approvals); b.approvals > maxApprovals {
		return refuse(where, "budget.too_many", map[string]any{"Limit": maxApprovals})
	}
	if len(b.voters) == maxVoters {
		return refuse(where, "budget.too_many", map[string]any{"Limit": maxVoters})
	}
	b.voters = append(b.voters, budget.Voter{Approvals: approvals, Weight: weight})
	return nil
}

// inFile reads a number of a JSON file, which is not below zero; missing stands for it
// where it is not there, nil when it must be.
func inFile(pointer string, raw jsontext.Value, missing *big.Rat) (*big.Rat, error) {
	written := string(raw)
	switch raw.Kind() {
	case '0':
	case '"':
		if err := decode(raw, &written); err != nil {
			return nil, err
		}
	default:
		if len(raw) == 0 && missing != nil {
			return missing, nil
		}
		return nil, refuse(pointer, "budget.number", map[string]any{"Number": shown(written)})
	}
	n, why := number(written)
	if why != "" {
		return nil, refuse(pointer, why, map[string]any{"Number": shown(written)})
	}
	return n, nil
}

// plainNumber is a decimal without exponent.
var plainNumber = regexp.MustCompile(`^(-?)([0-9]+)(\.[0-9]+)?$`)

// number reads a decimal, or says with a key of the words why it is none. Fifteen digits
// before the point and nine after it are enough for money in any currency; Count puts
// them over one denominator and has a bound of its own.
func number(written string) (n *big.Rat, why string) {
	m := plainNumber.FindStringSubmatch(written)
	if m == nil {
		return nil, "budget.number"
	}
	if len(strings.TrimLeft(m[2], "0")) > 15 || len(strings.TrimRight(m[3], "0")) > 10 || len(written) > 100 {
		return nil, "budget.huge"
	}
	n, ok := new(big.Rat).SetString(written)
	switch {
	case !ok:
		return nil, "budget.number"
	case n.Sign() < 0:
		return nil, "budget.negative"
	}
	return n, ""
}

// shown keeps what a file says fit to be shown.
func shown(s string) string { return short(strings.ToValidUTF8(s, "\uFFFD")) }
