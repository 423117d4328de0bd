package budget

import (
	"errors"
	"fmt"
	"math/big"
	"strings"
	"testing"
)

// vote reads a vote from words: projects as "id cost", ballots as "count: id id".
func vote(t *testing.T, money int64, projects, ballots string) Vote {
	t.Helper()
	v := Vote{Budget: big.NewRat(money, 1)}
	for p := range strings.SplitSeq(projects, ",") {
		f := strings.Fields(p)
		cost, ok := new(big.Rat).SetString(f[1])
		if !ok {
			t.Fatalf("no cost in %q", p)
		}
		v.Projects = append(v.Projects, Project{f[0], cost})
	}
	for b := range strings.SplitSeq(ballots, ",") {
		count, ids, _ := strings.Cut(b, ":")
		var n int
		if _, err := fmt.Sscan(count, &n); err != nil {
			t.Fatalf("no count in %q", b)
		}
		for range n {
			v.Voters = append(v.Voters, Voter{Approvals: strings.Fields(ids)})
		}
	}
	return v
}

func TestLiterature(t *testing.T) {
	tests := []struct {
		name              string
		money             int64
		projects, ballots string
		want              map[string]string
		steps             int64
		prices            string // of Equal Shares, in order
	}{
		// electowiki.org, "Method of Equal Shares", motivation: 51 % want ten red projects
		// and 49 % ten blue ones, and there is money for ten. Knapsack voting takes the ten
		// red ones; Equal Shares is to take five of each. By hand: 100 voters, each project
		// costs 1, everybody has 0.1. Red: 1/51 each, five times (5/51 < 0.1; a sixth needs
		// 6 of 5.1). Blue: 1/49, and 4/49 leaves 0.1 - 4/49 = 0.9/49, so the fifth cannot
		// be paid (49 hold 4.9 in all); Greedy gives what is left to the most votes, a sixth
		// red. Add1 with steps of 1/1000: at 2/1000 more, 51 hold
		// 5.202 and 49 hold 4.998; at 3/1000 more 5.253 and 5.047: five of each. At 18/1000
		// more 51 hold 6.018: six red and five blue, too much: 17 steps.
		{"51 percent and 49 percent", 10,
			"r0 1, r1 1, r2 1, r3 1, r4 1, r5 1, r6 1, r7 1, r8 1, r9 1, b0 1, b1 1, b2 1, b3 1, b4 1, b5 1, b6 1, b7 1, b8 1, b9 1",
			"51: r0 r1 r2 r3 r4 r5 r6 r7 r8 r9, 49: b0 b1 b2 b3 b4 b5 b6 b7 b8 b9",
			map[string]string{
				Greedy: "r0 r1 r2 r3 r4 r5 r6 r7 r8 r9",
				MES:    "r0 r1 r2 r3 r4 b0 b1 b2 b3",
				MESU:   "r0 r1 r2 r3 r4 b0 b1 b2 b3 r5",
				Add1:   "r0 r1 r2 r3 r4 b0 b1 b2 b3 b4",
				Add1U:  "r0 r1 r2 r3 r4 b0 b1 b2 b3 b4",
			}, 17, "1/51 1/51 1/51 1/51 1/51 1/49 1/49 1/49 1/49"},
		// Peters and Skowron, "Proportionality and the Limits of Welfarism", EC 2020,
		// arXiv:1911.11747: twelve seats, three voters who agree on three candidates and have
		// one of their own each, and three voters with three of their own. PAV would leave the
		// first three voters nothing of their own; Rule X, which Equal Shares is for unit
		// costs, gives everybody two seats' worth. By hand: 12/6 = 2 each; c01 to c03 for 1/3,
		// which leaves the first three 1 each for their own; the others pay 1 for each of two.
		// With 1 more each, all fifteen are paid: too much, so no step.
		{"twelve seats for six voters", 12,
			"c01 1, c02 1, c03 1, c04 1, c05 1, c06 1, c07 1, c08 1, c09 1, c10 1, c11 1, c12 1, c13 1, c14 1, c15 1",
			"1: c01 c02 c03 c04, 1: c01 c02 c03 c05, 1: c01 c02 c03 c06, 1: c07 c08 c09, 1: c10 c11 c12, 1: c13 c14 c15",
			map[string]string{
				Greedy: "c01 c02 c03 c04 c05 c06 c07 c08 c09 c10 c11 c12",
				MES:    "c01 c02 c03 c04 c05 c06 c07 c08 c10 c11 c13 c14",
				MESU:   "c01 c02 c03 c04 c05 c06 c07 c08 c10 c11 c13 c14",
				Add1:   "c01 c02 c03 c04 c05 c06 c07 c08 c10 c11 c13 c14",
				Add1U:  "c01 c02 c03 c04 c05 c06 c07 c08 c10 c11 c13 c14",
			}, 0, "1/3 1/3 1/3 1/1 1/1 1/1 1/1 1/1 1/1 1/1 1/1 1/1"},
		// In the manner of the Helenka paradox (a district whose voters all agree gets
		// nothing from Utilitarian Greedy): 6 voters in the town like three projects of 30,
		// 4 in the suburb a school way of 36; the budget is 90, so everybody has 9. Greedy
		// spends all on the town. Equal Shares: t1 for 30/6 = 5 each (6 effective votes);
		// the town then holds 6*4 = 24 < 30; the suburb pays 36/4 = 9 each.
		// Add1: t2 needs 10 each in town, one step: 30+30+36 > 90, so no step.
		{"a minority that agrees", 90, "t1 30, t2 30, t3 30, way 36", "6: t1 t2 t3, 4: way",
			map[string]string{Greedy: "t1 t2 t3", MES: "t1 way", MESU: "t1 way", Add1: "t1 way", Add1U: "t1 way"}, 0, "5/1 9/1"},
		// The poor pay all they have and the rest share (equalshares.net, the effective vote
		// count). Budget 40, 4 voters with 10 each. a: 12/3 = 4 (3 effective votes). Then
		// voters 1-3 hold 6. b (1, 4; cost 14): 14/2 = 7 > 6, so voter 1 pays 6 and voter 4
		// pays 8: 14/8 = 1.75 effective votes. c (2, 3; cost 12): 6 each, 2 effective votes,
		// so c goes first, then b.
		{"the poor pay all they have", 40, "a 12, b 14, c 12", "1: a b, 1: a c, 1: a c, 1: b",
			map[string]string{Greedy: "a c b", MES: "a c b", MESU: "a c b", Add1: "a c b", Add1U: "a c b"}, 0, "4/1 6/1 8/1"},
		// Dear projects are not worse for being dear: effective votes by cost are votes.
		{"votes, not cost", 100, "dear 90, cheap 10", "9: dear, 1: cheap",
			map[string]string{Greedy: "dear cheap", MES: "dear cheap", MESU: "dear cheap", Add1: "dear cheap", Add1U: "dear cheap"}, 0, "10/1 10/1"},
		// Add1 goes on although nothing can be added ("noexh"). 2 voters, budget 10, each 5:
		// a (1 and 2, cost 8) for 4 each. 2 is left, b costs 5: exhaustive. 4 steps: voter 1
		// has 9, a leaves him 5, b is paid: 13 > 10. So 3 steps, though nothing changed.
		{"an exhaustive outcome does not stop Add1", 10, "a 8, b 5", "1: a b, 1: a",
			map[string]string{Greedy: "a", MES: "a", MESU: "a", Add1: "a", Add1U: "a"}, 3, "4/1"},
		// What nobody approves is never funded, though it fits.
		{"no approvals", 10, "a 1, b 1", "3: a",
			map[string]string{Greedy: "a", MES: "a", MESU: "a", Add1: "a", Add1U: "a"}, 0, "1/3"},
		// A blank ballot keeps its share: a's two supporters hold 5 of 10, and a costs 8.
		// 2 steps of 1: 4.5 each is 9 >= 8.
		{"a blank ballot", 10, "a 8", "2: a, 2:",
			map[string]string{Greedy: "a", MES: "", MESU: "a", Add1: "a", Add1U: "a"}, 2, ""},
		{"blank ballots only", 10, "a 8", "3:", map[string]string{Greedy: "", MES: "", MESU: "", Add1: "", Add1U: ""}, 0, ""},
		{"nothing to spend", 0, "a 8", "3: a", map[string]string{Greedy: "", MES: "", MESU: "", Add1: "", Add1U: ""}, 2, ""},
		{"exactly the budget", 8, "a 8", "3: a", map[string]string{Greedy: "a", MES: "a", MESU: "a", Add1: "a", Add1U: "a"}, 0, "8/3"},
		{"one fen too dear", 8, "a 8.01", "3: a", map[string]string{Greedy: "", MES: "", MESU: "", Add1: "", Add1U: ""}, 0, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			v := vote(t, tt.money, tt.projects, tt.ballots)
			if strings.HasPrefix(tt.name, "51") {
				v.Increment = big.NewRat(1, 1000)
			}
			r := count(t, v)
			for method, want := range tt.want {
				if got := strings.Join(r.Chosen(method), " "); got != want {
					t.Errorf("%s: %s, want %s", method, got, want)
				}
			}
			var prices []string
			for _, round := range r.Rounds[MES] {
				prices = append(prices, round.Price.String())
			}
			if got := strings.Join(prices, " "); got != tt.prices {
				t.Errorf("prices %s, want %s", got, tt.prices)
			}
			if r.Steps != tt.steps {
				t.Errorf("%d steps, want %d", r.Steps, tt.steps)
			}
		})
	}
}

// TestTies: two voters, two projects that every rule holds equal, money for one of them.
func TestTies(t *testing.T) {
	for _, tt := range []struct {
		name, projects, ballots string
		ties                    []Key
		order                   []string
		want                    string
	}{
		{"default: the cheaper", "b 10, a 9", "2: a b", nil, nil, "a"},
		{"default: then the id", "b 10, a 10", "2: a b", nil, nil, "a"},
		{"default: then what was drawn", "b 10, a 10", "2: a b", nil, []string{"b", "a"}, "b"},
		{"default: the cheaper before what was drawn", "b 10, a 9", "2: a b", nil, []string{"b", "a"}, "a"},
		{"the id by bytes", "a 10, B 10", "2: a B", nil, nil, "B"},
		{"the id by bytes, not as numbers", "9 10, 10 10", "2: 9 10", nil, nil, "10"},
		{"the dearer", "a 9, b 10", "2: a b", []Key{MaxCost}, nil, "b"},
		{"the id first", "a 10, b 9", "2: a b", []Key{ByID}, nil, "a"},
		{"the id first, whatever was drawn", "a 10, b 9", "2: a b", []Key{ByID}, []string{"b"}, "a"},
		{"the order of the projects", "b 10, a 10", "2: a b", []Key{ByOrder}, nil, "b"},
		{"the drawn order", "b 10, a 10", "2: a b", []Key{ByOrder}, []string{"a", "b"}, "a"},
		{"what was not drawn comes last", "b 10, a 10", "2: a b", []Key{ByOrder}, []string{"b"}, "b"},
		{"all keys used up: what was drawn", "b 10, a 10", "2: a b", []Key{MaxVotes}, []string{"b", "a"}, "b"},
		{"all keys used up: the id", "b 10, a 10", "2: a b", []Key{MaxVotes}, nil, "a"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			v := vote(t, 10, tt.projects, tt.ballots)
			v.Ties, v.Order = tt.ties, tt.order
			r := count(t, v)
			for _, method := range Methods() {
				if got := strings.Join(r.Chosen(method), " "); got != tt.want {
					t.Errorf("%s: %s, want %s", method, got, tt.want)
				}
			}
		})
	}
}

// TestTieByVotes: effective votes may tie where votes do not. 7 voters with 4 each. p (1,
// 2, 3, 4; cost 8) costs 2 each: 4 effective votes, the most. Voters 1 and 2 hold 2 then,
// so u (1, 2, 5; cost 8) takes 2 + 2 + 4: 8/4 = 2 effective votes of 3 votes. w (6, 7)
// takes half its cost from each: 2 effective votes of 2 votes.
func TestTieByVotes(t *testing.T) {
	for _, tt := range []struct {
		w    int
		ties []Key
		want string
	}{
		{8, nil, "p u w"},
		{8, []Key{MinCost}, "p u w"}, // then the id
		{8, []Key{MinCost, ByOrder}, "p w u"},
		{8, []Key{MaxVotes}, "p u w"},
		{4, nil, "p w u"},
		{4, []Key{MaxVotes}, "p u w"},
		{4, []Key{MaxCost}, "p u w"},
	} {
		v := vote(t, 28, fmt.Sprintf("p 8, w %d, u 8", tt.w), "2: p u, 2: p, 1: u, 2: w")
		v.Ties = tt.ties
		if got := strings.Join(count(t, v).Chosen(MES), " "); got != tt.want {
			t.Errorf("w for %d, %v: %s, want %s", tt.w, tt.ties, got, tt.want)
		}
	}
}

func TestRefuses(t *testing.T) {
	good := func() Vote { return vote(t, 10, "a 5, b 6", "2: a b") }
	for _, tt := range []struct {
		name  string
		spoil func(v *Vote)
		want  error
	}{
		{"a budget below zero", func(v *Vote) { v.Budget = big.NewRat(-1, 100) }, ErrBudget},
		{"no budget", func(v *Vote) { v.Budget = nil }, ErrBudget},
		{"no cost", func(v *Vote) { v.Projects[1].Cost = nil }, ErrCost},
		{"a cost of zero", func(v *Vote) { v.Projects[1].Cost = new(big.Rat) }, ErrCost},
		{"a cost below zero", func(v *Vote) { v.Projects[1].Cost = big.NewRat(-5, 1) }, ErrCost},
		{"an id twice", func(v *Vote) { v.Projects[1].ID = "a" }, ErrDuplicate},
		{"an unknown approval", func(v *Vote) { v.Voters[1].Approvals = []string{"c"} }, ErrUnknown},
		{"a weight below zero", func(v *Vote) { v.Voters[1].Weight = big.NewRat(-1, 2) }, ErrWeight},
		{"a step of zero", func(v *Vote) { v.Increment = new(big.Rat) }, ErrIncrement},
		{"an unknown key", func(v *Vote) { v.Ties = []Key{"lot"} }, ErrKey},
		{"an unknown project in the order", func(v *Vote) { v.Order = []string{"c"} }, ErrUnknown},
		{"a project twice in the order", func(v *Vote) { v.Order = []string{"a", "b", "a"} }, ErrDuplicate},
		{"a budget of 63 bits", func(v *Vote) { v.Budget = big.NewRat(1<<62, 1) }, ErrHuge},
		{"denominators of 63 bits", func(v *Vote) { v.Budget, v.Increment = big.NewRat(1, 1<<61-1), big.NewRat(1, 7) }, ErrHuge},
		{"weights of 63 bits", func(v *Vote) { v.Voters[0].Weight, v.Voters[1].Weight = big.NewRat(1<<61, 1), big.NewRat(1<<61, 1) }, ErrHuge},
	} {
		t.Run(tt.name, func(t *testing.T) {
			v := good()
			tt.spoil(&v)
			if _, err := Count(v); !errors.Is(err, tt.want) {
				t.Errorf("%v, want %v", err, tt.want)
			}
		})
	}
	if _, err := Count(good()); err != nil {
		t.Error(err)
	}
}

// TestLongest counts at the bounds of what is allowed.
func TestLongest(t *testing.T) {
	v := vote(t, 1, "a 1, b 1", "1: a, 1: b")
	v.Budget = big.NewRat(1<<62-1, 1)
	v.Projects[0].Cost, v.Projects[1].Cost = big.NewRat(1<<61-1, 1), big.NewRat(1<<61, 1)
	v.Voters[0].Weight, v.Voters[1].Weight = big.NewRat(1<<61-1, 1), big.NewRat(1<<61-1, 1)
	r := count(t, v)
	if got := fmt.Sprint(r.Chosen(MES), r.Chosen(Add1), r.Steps); got != "[a] [a b] 1" {
		t.Error(got)
	}
}

// TestTooMuchWork: Add1 gives up instead of running on.
func TestTooMuchWork(t *testing.T) {
	p, err := compile(vote(t, 10, "a 8, b 9", "1: a, 1: b, 5:"))
	if err != nil {
		t.Fatal(err)
	}
	for limit, want := range map[int]error{0: ErrSteps, maxWork: nil} {
		p.maxWork = limit
		if _, _, err := p.add1(); !errors.Is(err, want) {
			t.Errorf("at most %d: %v", limit, err)
		}
	}
}
