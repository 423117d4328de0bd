package renovation

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// someVote draws a vote in which times differ.
func someVote(t *rapid.T) Vote {
	names := rapid.SampledFrom([]string{"a", "b", "c", "a+b", "b+a", "d", "e"})
	var units, ballots []string
	n := rapid.IntRange(1, 8).Draw(t, "units")
	for i := range n {
		word := rapid.SampledFrom([]string{"", "", "parking", "unsold", "handed", "proxy=p"}).Draw(t, "word")
		units = append(units, fmt.Sprintf("%d %d.%d %s %s", i, rapid.IntRange(1, 5).Draw(t, "area"), rapid.IntRange(0, 99).Draw(t, "cents"), names.Draw(t, "owners"), word))
	}
	for range rapid.IntRange(0, 12).Draw(t, "ballots") {
		ballots = append(ballots, fmt.Sprintf("%d %s %s", rapid.IntRange(0, n).Draw(t, "unit"), rapid.SampledFrom([]string{"a", "b", "c", "d", "e", "p", Developer}).Draw(t, "voter"),
			rapid.SampledFrom(sides).Draw(t, "choice")))
	}
	v := street(t, Policy{
		ParkingCounts: rapid.Bool().Draw(t, "parking"), InvalidParticipates: rapid.Bool().Draw(t, "invalid"),
		MultiUnit:  rapid.SampledFrom([]string{ByOwner, ByUnit}).Draw(t, "multi"),
		Revote:     rapid.SampledFrom([]string{Last, First, Reject}).Draw(t, "revote"),
		Unreturned: rapid.SampledFrom([]string{Absent, FollowMajority}).Draw(t, "unreturned"),
	}, strings.Join(units, ";"), strings.Join(ballots, ";"))
	v.Item = rapid.IntRange(1, Items).Draw(t, "item")
	return v
}

func counted(t rapid.TB, v Vote) string {
	t.Helper()
	r, err := Count(v)
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprint(r)
}

// TestOrder: ballots, units and zeros may stand in any order and number.
func TestOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := someVote(t)
		want, err := Count(v)
		if err != nil {
			t.Fatal(err)
		}
		w := v
		w.Ballots = rapid.Permutation(v.Ballots).Draw(t, "ballots")
		w.Units = rapid.Permutation(v.Units).Draw(t, "units")
		for i := range w.Units {
			a := w.Units[i].Area.String()
			if !strings.Contains(a, ".") {
				a += "."
			}
			w.Units[i].Area = area(t, a+"000")
		}
		if got := counted(t, w); got != fmt.Sprint(want) {
			t.Errorf("got %s, want %s", got, fmt.Sprint(want))
		}
	})
}

// TestParts: what takes part is yes, no and abstentions, and no more than all.
func TestParts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := someVote(t)
		r, err := Count(v)
		if err != nil {
			t.Fatal(err)
		}
		owners := r.Yes.Owners + r.No.Owners + r.Abstain.Owners
		if v.Policy.InvalidParticipates {
			owners += r.Invalid.Owners
		}
		if r.Participating.Owners != owners || r.Participating.Owners > r.Total.Owners || r.Participating.Area.Cmp(r.Total.Area) > 0 {
			t.Errorf("%+v", r)
		}
		if (r.Missing == Tally{} || r.Missing.Area.Sign() == 0 && r.Missing.Owners == 0) != (r.Verdict.Quorum() || r.Total.Owners == 0) {
			t.Errorf("missing %v, quorum %v", r.Missing, r.Verdict)
		}
	})
}

// TestOneMoreYes: a holder who had not voted and now agrees never turns passed into failed.
func TestOneMoreYes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := someVote(t)
		before, err := Count(v)
		if err != nil {
			t.Fatal(err)
		}
		v.Units = append(v.Units, Unit{ID: "new", Area: area(t, "3.3"), Owners: []string{"new"}})
		absent, err := Count(v)
		if err != nil {
			t.Fatal(err)
		}
		v.Ballots = append(v.Ballots, Ballot{"new", "new", Yes, opened.Add(time.Minute)})
		after, err := Count(v)
		if err != nil {
			t.Fatal(err)
		}
		if absent.Verdict.Passed() && !after.Verdict.Passed() || before.Verdict.Passed() && before.Followed.Owners == 0 && !after.Verdict.Passed() {
			t.Errorf("before %+v\nafter %+v", before, after)
		}
	})
}

// BenchmarkCount: 100,000 ballots in less than a second, and ten times the ballots take
// about ten times as long.
func BenchmarkCount(b *testing.B) {
	for _, n := range []int{1000, 10000, 100000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			v := Vote{Item: 7}
			for i := range n {
				id := fmt.Sprint(i)
				a, err := ParseArea(fmt.Sprintf("%d.%02d", 60+i%90, i%100))
				if err != nil {
					b.Fatal(err)
				}
				v.Units = append(v.Units, Unit{ID: id, Area: a, Owners: []string{"o" + id}})
				v.Ballots = append(v.Ballots, Ballot{id, "o" + id, sides[i%3], opened.Add(time.Duration(i*7919%n) * time.Second)})
			}
			for b.Loop() {
				if _, err := Count(v); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
