package budget

import (
	"fmt"
	"math/big"
	"math/rand"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// votes draws small votes whose numbers often tie.
func votes(t *rapid.T) Vote {
	v := Vote{
		Budget:    big.NewRat(rapid.Int64Range(0, 60).Draw(t, "budget"), rapid.SampledFrom([]int64{1, 1, 2, 3}).Draw(t, "parts")),
		Increment: big.NewRat(1, rapid.SampledFrom([]int64{1, 1, 2, 7}).Draw(t, "step")),
	}
	projects := rapid.IntRange(0, 7).Draw(t, "projects")
	for i := range projects {
		cost := big.NewRat(rapid.Int64Range(1, 40).Draw(t, "cost"), rapid.SampledFrom([]int64{1, 1, 1, 2}).Draw(t, "half"))
		v.Projects = append(v.Projects, Project{ID: fmt.Sprint("p", i), Cost: cost})
	}
	weighted := rapid.Bool().Draw(t, "weighted")
	for range rapid.IntRange(0, 9).Draw(t, "voters") {
		var voter Voter
		for _, p := range v.Projects {
			if rapid.Bool().Draw(t, p.ID) {
				voter.Approvals = append(voter.Approvals, p.ID)
			}
		}
		if weighted {
			voter.Weight = big.NewRat(rapid.Int64Range(0, 4).Draw(t, "weight"), rapid.SampledFrom([]int64{1, 1, 2}).Draw(t, "of"))
		}
		v.Voters = append(v.Voters, voter)
	}
	keys := []Key{MinCost, MaxCost, MaxVotes, ByOrder, ByID}
	if n := rapid.IntRange(0, 3).Draw(t, "keys"); n > 0 {
		v.Ties = rapid.Permutation(keys).Draw(t, "ties")[:n]
	}
	return v
}

func count(t rapid.TB, v Vote) Result {
	t.Helper()
	r, err := Count(v)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func same(a, b []Round) bool {
	return slices.EqualFunc(a, b, func(a, b Round) bool {
		prices := a.Price == b.Price || a.Price != nil && b.Price != nil && a.Price.Cmp(b.Price) == 0
		return a.Project == b.Project && prices && a.Votes.Cmp(b.Votes) == 0
	})
}

func tell(rs []Round) (s string) {
	for _, r := range rs {
		s += fmt.Sprint(" ", r.Project, "@", r.Price)
	}
	return s
}

// TestFastIsPlain holds groups, bounds and skipped steps to the rule as written down.
func TestFastIsPlain(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := votes(t)
		r := count(t, v)
		p, err := compile(v)
		if err != nil {
			t.Fatal(err)
		}
		if want := plainShares(v, p, new(big.Rat)); !same(r.Rounds[MES], want) {
			t.Fatalf("equal shares:%s, want%s", tell(r.Rounds[MES]), tell(want))
		}
		want, steps := plainAdd1(v, p, 3000)
		if !same(r.Rounds[Add1], want) || r.Steps != steps {
			t.Fatalf("Add1 at %d:%s, want at %d:%s", r.Steps, tell(r.Rounds[Add1]), steps, tell(want))
		}
	})
}

// TestFastIsPlainWhenLarge does the same with more projects than a word has bits, and
// with money whose balances leave the fixed-point numbers unsure.
func TestFastIsPlainWhenLarge(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		random := rand.New(rand.NewSource(rapid.Int64().Draw(t, "seed")))
		v := sample(random, 66, 20)
		v.Budget = big.NewRat(int64(1+random.Intn(20000)), int64(1+random.Intn(3)))
		if random.Intn(2) == 0 {
			for i := range v.Voters {
				v.Voters[i].Weight = big.NewRat(int64(1+random.Intn(1_000_000_000)), int64(1+random.Intn(9)))
			}
		}
		p, err := compile(v)
		if err != nil {
			t.Fatal(err)
		}
		for _, step := range []int64{0, 100, 1_000_000_007} {
			got := p.priced(p.equalShares(step, &trace{}))
			want := plainShares(v, p, new(big.Rat).SetInt64(step))
			if !same(p.rounds(got, nil), want) {
				t.Fatalf("step %d:%s, want%s", step, tell(p.rounds(got, nil)), tell(want))
			}
		}
	})
}

// TestSkips holds Add1 to every step taken where hundreds of steps change nothing.
func TestSkips(t *testing.T) {
	random := rand.New(rand.NewSource(1))
	steps, passes := int64(0), 0
	for range 30 {
		v := sample(random, 5, 2+random.Intn(4))
		for _, p := range v.Projects {
			p.Cost.Mul(p.Cost, big.NewRat(int64(1+random.Intn(9)), 1))
		}
		v.Budget.Mul(v.Budget, big.NewRat(3, 2))
		p, err := compile(v)
		if err != nil {
			t.Fatal(err)
		}
		r := count(t, v)
		want, wanted := plainAdd1(v, p, 10_000)
		if !same(r.Rounds[Add1], want) || r.Steps != wanted {
			t.Errorf("Add1 at %d:%s, want at %d:%s", r.Steps, tell(r.Rounds[Add1]), wanted, tell(want))
		}
		steps, passes = steps+r.Steps, passes+r.Passes
	}
	if int64(passes)*5 > steps {
		t.Errorf("%d passes for %d steps", passes, steps)
	}
}

// TestNeverOverspends checks every method.
func TestNeverOverspends(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := votes(t)
		r := count(t, v)
		for _, method := range Methods() {
			if sum := plainCost(v, r.Rounds[method]); sum.Cmp(v.Budget) > 0 {
				t.Fatalf("%s spends %s of %s", method, sum, v.Budget)
			}
			ids := r.Chosen(method)
			slices.Sort(ids)
			if len(slices.Compact(ids)) != len(r.Rounds[method]) {
				t.Fatalf("%s chose twice:%s", method, tell(r.Rounds[method]))
			}
			for _, round := range r.Rounds[method] {
				if round.Votes.Sign() == 0 {
					t.Fatalf("%s funds %s without an approval", method, round.Project)
				}
			}
		}
	})
}

// TestNothingElseFits: after greedy, alone or as a completion, no approved project is
// left that still fits.
func TestNothingElseFits(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := votes(t)
		r := count(t, v)
		approved := map[string]bool{}
		for _, voter := range v.Voters {
			for _, id := range voter.Approvals {
				approved[id] = approved[id] || voter.Weight == nil || voter.Weight.Sign() > 0
			}
		}
		for _, method := range []string{Greedy, MESU, Add1U} {
			left := new(big.Rat).Sub(v.Budget, plainCost(v, r.Rounds[method]))
			for _, p := range v.Projects {
				if approved[p.ID] && !slices.Contains(r.Chosen(method), p.ID) && p.Cost.Cmp(left) <= 0 {
					t.Fatalf("%s leaves %s, which fits", method, p.ID)
				}
			}
		}
	})
}

// TestOrderOfVoters: it says nothing.
func TestOrderOfVoters(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := votes(t)
		before := count(t, v)
		v.Voters = rapid.Permutation(v.Voters).Draw(t, "voters")
		sameResult(t, before, count(t, v))
	})
}

// TestWeightsReplicate: a ballot of weight w is w ballots.
func TestWeightsReplicate(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := votes(t)
		weighted, single := v, v
		weighted.Voters, single.Voters = nil, nil
		for _, voter := range v.Voters {
			n := rapid.Int64Range(0, 4).Draw(t, "n")
			weighted.Voters = append(weighted.Voters, Voter{voter.Approvals, big.NewRat(n, 1)})
			for range n {
				single.Voters = append(single.Voters, Voter{Approvals: voter.Approvals})
			}
		}
		sameResult(t, count(t, weighted), count(t, single))
	})
}

func sameResult(t *rapid.T, a, b Result) {
	t.Helper()
	for _, method := range Methods() {
		if !same(a.Rounds[method], b.Rounds[method]) {
			t.Fatalf("%s:%s and%s", method, tell(a.Rounds[method]), tell(b.Rounds[method]))
		}
	}
	if a.Steps != b.Steps {
		t.Fatalf("steps: %d and %d", a.Steps, b.Steps)
	}
}

// sample is a vote like a city's: dear and cheap projects, few approvals to a ballot.
func sample(random *rand.Rand, projects, voters int) Vote {
	v := Vote{Budget: big.NewRat(int64(voters)*300, 1), Increment: big.NewRat(1, 1)}
	for i := range projects {
		cost := int64(voters) * int64(5+random.Intn(95)) / 4
		v.Projects = append(v.Projects, Project{ID: fmt.Sprint("p", i), Cost: big.NewRat(cost+1, 1)})
	}
	for range voters {
		var voter Voter
		for range 3 + random.Intn(12) {
			c := int(float64(projects) * random.Float64() * random.Float64())
			voter.Approvals = append(voter.Approvals, v.Projects[c].ID)
		}
		v.Voters = append(v.Voters, voter)
	}
	return v
}
