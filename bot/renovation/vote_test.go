package renovation

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

var opened = time.Date(2026, 11, 1, 8, 0, 0, 0, time.UTC)

func area(t rapid.TB, s string) Area {
	t.Helper()
	a, err := ParseArea(s)
	if err != nil {
		t.Fatalf("%q: %v", s, err)
	}
	return a
}

// TestThreshold holds both sides of article 278 at their edges.
func TestThreshold(t *testing.T) {
	tests := []struct {
		name                      string
		item                      int
		total, participating, yes Tally
		want                      string // quorum area, owners; approved area, owners; passed
	}{
		{"278: exactly 2/3 take part, one more than half agrees", 1, tally(t, "9", 900), tally(t, "6", 600), tally(t, "3.1", 301), "11111"},
		{"278: 2/3 of the area less a hair", 1, tally(t, "9", 900), tally(t, "5.9999999999999999999", 600), tally(t, "5", 500), "01110"},
		{"278: 2/3 of the heads less one", 1, tally(t, "9", 900), tally(t, "6", 599), tally(t, "6", 599), "10110"},
		{"278, 1259: the half of the heads is not more than half", 5, tally(t, "9", 9), tally(t, "6", 6), tally(t, "4", 3), "11100"},
		{"278, 1259: the half of the area is not more than half", 9, tally(t, "9", 9), tally(t, "6", 6), tally(t, "3", 4), "11010"},
		{"278 (6): exactly 3/4", 6, tally(t, "12", 12), tally(t, "8", 8), tally(t, "6", 6), "11111"},
		{"278 (7): 3/4 of the area less a hair", 7, tally(t, "12", 12), tally(t, "8", 8), tally(t, "5.99999999999999999999", 6), "11010"},
		{"278 (8): 3/4 of the heads less one", 8, tally(t, "12", 12), tally(t, "8", 8), tally(t, "6", 5), "11100"},
		{"278 (9): less than 3/4 is enough", 9, tally(t, "12", 12), tally(t, "8", 8), tally(t, "5", 5), "11111"},
		{"areas that floats get wrong: 0.1+0.2 of 0.45", 1, tally(t, "0.45", 3), tally(t, "0.3", 2), tally(t, "0.3", 2), "11111"},
		{"nobody votes", 7, tally(t, "12", 12), Tally{}, Tally{}, "00000"},
		{"nobody is there", 7, Tally{}, Tally{}, Tally{}, "00000"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			v := Judge(tt.item, tt.total, tt.participating, tt.yes)
			got := ""
			for _, b := range []bool{v.QuorumArea, v.QuorumOwners, v.ApprovedArea, v.ApprovedOwners, v.Passed()} {
				got += map[bool]string{false: "0", true: "1"}[b]
			}
			if got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}

func tally(t *testing.T, a string, owners int) Tally { return Tally{area(t, a), owners} }

// street is a vote of units "id area owners [word...]" and ballots "unit voter choice",
// a minute apart.
func street(t rapid.TB, policy Policy, units, ballots string) Vote {
	v := Vote{Item: 1, Policy: policy, OpensAt: opened, ClosesAt: opened.Add(time.Hour)}
	for _, line := range strings.Split(units, ";") {
		f := strings.Fields(line)
		u := Unit{ID: f[0], Area: area(t, f[1]), Owners: strings.Split(f[2], "+")}
		for _, word := range f[3:] {
			switch key, value, _ := strings.Cut(word, "="); key {
			case "rep":
				u.Representative = value
			case "proxy":
				u.Proxies = append(u.Proxies, value)
			case "building":
				u.Building = value
			case "handed":
				u.Delivered = true
			case "unsold", "sold_undelivered":
				u.State = State(key)
			default:
				u.Kind = Kind(key)
			}
		}
		v.Units = append(v.Units, u)
	}
	for i, line := range strings.Split(ballots, ";") {
		if f := strings.Fields(line); len(f) > 0 {
			v.Ballots = append(v.Ballots, Ballot{f[0], f[1], Choice(f[2]), opened.Add(time.Duration(i) * time.Minute)})
		}
	}
	return v
}

// TestCount holds who is one head and which ballot counts.
func TestCount(t *testing.T) {
	const flats = "1 10 a; 2 20 a; 3 30 a; 4 40 b"
	const couple = "1 10 a+b; 2 20 c"
	tests := []struct {
		name           string
		policy         Policy
		units, ballots string
		want           string // area/owners of total, yes, no, abstain, part; reasons
	}{
		{"art. 9: one head with three flats", Policy{}, flats, "2 a yes", "100/2 60/1 0/0 0/0 60/1"},
		{"by unit: only what voted brings its area", Policy{MultiUnit: ByUnit}, flats, "2 a yes; 3 a yes", "100/2 50/1 0/0 0/0 50/1"},
		{"by unit: one choice for the head", Policy{MultiUnit: ByUnit}, flats, "2 a yes; 3 a no", "100/2 0/0 50/1 0/0 50/1"},
		{"revote: the last", Policy{}, flats, "1 a yes; 2 a no", "100/2 0/0 60/1 0/0 60/1"},
		{"revote: the first", Policy{Revote: First}, flats, "1 a yes; 2 a no", "100/2 60/1 0/0 0/0 60/1"},
		{"revote: two are invalid", Policy{Revote: Reject}, flats, "1 a yes; 2 a yes", "100/2 0/0 0/0 0/0 0/0"},
		{"revote by unit: one each is no revote", Policy{Revote: Reject, MultiUnit: ByUnit}, flats, "1 a yes; 2 a yes", "100/2 30/1 0/0 0/0 30/1"},
		{"revote by unit: two for one unit", Policy{Revote: Reject, MultiUnit: ByUnit}, flats, "1 a yes; 1 a yes", "100/2 0/0 0/0 0/0 0/0"},
		{"1.4: one here, with a spouse there: two heads", Policy{}, "1 10 a; 2 20 a+b; 3 5 b+a", "", "35/2 0/0 0/0 0/0 0/0"},
		{"guidance 25: co-owners who agree", Policy{}, couple, "1 a yes; 1 b yes", "30/2 10/1 0/0 0/0 10/1"},
		{"co-owners who disagree", Policy{}, couple, "1 a yes; 1 b no", "30/2 0/0 0/0 0/0 0/0"},
		{"co-owners who came to agree", Policy{}, couple, "1 a yes; 1 b no; 1 b yes", "30/2 10/1 0/0 0/0 10/1"},
		{"co-owners who disagree, invalid takes part", Policy{InvalidParticipates: true}, couple, "1 a yes; 1 b no", "30/2 0/0 0/0 0/0 10/1"},
		{"guidance 25: the representative alone", Policy{}, "1 10 a+b rep=b; 2 20 c", "1 b yes; 1 a no", "30/2 10/1 0/0 0/0 10/1 not_entitled"},
		{"regulation 12: a proxy", Policy{}, "1 10 a proxy=p; 2 20 c", "1 p yes; 2 p yes", "30/2 10/1 0/0 0/0 10/1 not_entitled"},
		{"interpretation 16: a tenant", Policy{}, couple, "1 t yes", "30/2 0/0 0/0 0/0 0/0 not_entitled"},
		{"art. 9: the developer is one", Policy{}, "1 10 x unsold; 2 20 c sold_undelivered; 3 5 c", "1 developer yes; 2 c no; 3 c no", "35/2 30/1 5/1 0/0 35/2 not_entitled"},
		{"parking stays outside", Policy{}, "1 10 a; P 20 a parking; Q 7 b parking", "P a yes", "10/1 0/0 0/0 0/0 0/0 unit_not_counted"},
		{"parking counts where the by-laws say so", Policy{ParkingCounts: true}, "1 10 a; P 20 a parking", "P a yes", "30/1 30/1 0/0 0/0 30/1"},
		{"an abstention takes part", Policy{}, couple, "2 c abstain", "30/2 0/0 0/0 20/1 20/1"},
		{"an invalid ballot does not", Policy{}, couple, "2 c invalid", "30/2 0/0 0/0 0/0 0/0"},
		{"follow joins what leads in both", Policy{}, "1 10 a; 2 20 b; 3 5 c; 4 7 d", "1 a yes; 2 b yes; 3 c no; 4 d follow", "42/4 37/3 5/1 0/0 42/4"},
		{"follow abstains where area and heads differ", Policy{}, "1 10 a; 2 20 b; 3 50 c; 4 7 d", "1 a yes; 2 b yes; 3 c no; 4 d follow", "87/4 30/2 50/1 7/1 87/4"},
		{"follow alone abstains", Policy{}, couple, "2 c follow", "30/2 0/0 0/0 20/1 20/1"},
		{"guidance 26: unreturned follows", Policy{Unreturned: FollowMajority}, "1 10 a; 2 20 b handed; 3 5 c", "1 a no", "35/3 0/0 30/2 0/0 30/2"},
		{"unreturned is absent by default", Policy{}, "1 10 a; 2 20 b handed; 3 5 c", "1 a no", "35/3 0/0 10/1 0/0 10/1"},
		{"returned but invalid does not follow", Policy{Unreturned: FollowMajority}, "1 10 a; 2 20 b handed", "1 a no; 2 b invalid", "30/2 0/0 10/1 0/0 10/1"},
		{"an unknown unit", Policy{}, couple, "9 a yes", "30/2 0/0 0/0 0/0 0/0 unknown_unit"},
		{"areas that break floats", Policy{}, "1 0.1 a; 2 0.2 b; 3 0.15 c", "1 a yes; 2 b yes", "0.45/3 0.3/2 0/0 0/0 0.3/2"},
		{"nobody votes", Policy{}, couple, "", "30/2 0/0 0/0 0/0 0/0"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r, err := Count(street(t, tt.policy, tt.units, tt.ballots))
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, x := range []Tally{r.Total, r.Yes, r.No, r.Abstain, r.Participating} {
				got = append(got, fmt.Sprintf("%s/%d", x.Area, x.Owners))
			}
			for _, x := range r.Rejected {
				got = append(got, x.Reason)
			}
			if s := strings.Join(got, " "); s != tt.want {
				t.Errorf("got %s, want %s", s, tt.want)
			}
		})
	}
}

func TestTimesAndScope(t *testing.T) {
	v := street(t, Policy{}, "1 10 a building=A; 2 20 b building=A; 3 5 c building=B; 4 5 d building=A; 5 5 e building=A", "1 a yes; 2 b yes; 3 c yes; 4 d yes; 5 e yes")
	v.Scope = []string{"A"}
	v.Ballots[0].At, v.Ballots[1].At = v.OpensAt, v.ClosesAt // both ends are inside
	v.Ballots[3].At, v.Ballots[4].At = v.OpensAt.Add(-1), v.ClosesAt.Add(1)
	r, err := Count(v)
	if err != nil {
		t.Fatal(err)
	}
	var reasons []string
	for _, x := range r.Rejected {
		reasons = append(reasons, x.Ballot.Unit+" "+x.Reason)
	}
	if want := []string{"4 too_early", "3 unit_not_counted", "5 too_late"}; !slices.Equal(reasons, want) {
		t.Errorf("left out: %q, want %q", reasons, want)
	}
	if r.Yes.Owners != 2 || r.Yes.Area.String() != "30" || r.Total.Owners != 4 {
		t.Errorf("counted %+v", r)
	}
}

func TestMissing(t *testing.T) {
	for _, tt := range []struct {
		total, part  string
		owners, come int
		want         string
	}{
		{"1000", "0", 600, 0, "666.67 400"}, // rounded up: 666.66 would not do
		{"1000", "666.66", 600, 399, "0.01 1"},
		{"1000", "666.67", 600, 400, "0 0"},
		{"9", "7", 4, 2, "0 1"},
		{"0.0010", "0.0001", 1, 1, "0.0006 0"},
	} {
		m := missing(tally(t, tt.total, tt.owners), tally(t, tt.part, tt.come), 2)
		if got := fmt.Sprintf("%s %d", m.Area, m.Owners); got != tt.want {
			t.Errorf("%s of %s: missing %s, want %s", tt.part, tt.total, got, tt.want)
		}
	}
}

func TestShare(t *testing.T) {
	for _, tt := range [][3]string{{"6666.66", "10000", "66.66"}, {"2", "3", "66.66"}, {"1", "1", "100.00"}, {"0.00001", "1", "0.00"}} {
		if got := area(t, tt[0]).Share(area(t, tt[1])); got != tt[2] {
			t.Errorf("%s of %s is %s %%, want %s", tt[0], tt[1], got, tt[2])
		}
	}
}

func TestParseArea(t *testing.T) {
	for in, want := range map[string]string{"89.530": "89.53", "007": "7", "0.10": "0.1", "100": "100", "0.000": "0", "1." + strings.Repeat("0", 900) + "1": "1." + strings.Repeat("0", 900) + "1"} {
		if got := area(t, in).String(); got != want {
			t.Errorf("%q is %q, want %q", in, got, want)
		}
	}
	for _, in := range []string{"", "-1", "+1", "1e3", "1.", ".5", "NaN", "1,5", "1 ", "0x1", "１", "1.2.3", strings.Repeat("9", 1001)} {
		if _, err := ParseArea(in); !errors.Is(err, ErrArea) {
			t.Errorf("%q: %v", in, err)
		}
	}
	if got := area(t, "31204567.5").Grouped(); got != "31,204,567.50" {
		t.Errorf("grouped: %s", got)
	}
}

func TestMisfit(t *testing.T) {
	for name, tt := range map[string]struct {
		change func(*Vote)
		want   error
		at     string
	}{
		"item 10":        {func(v *Vote) { v.Item = 10 }, ErrItem, "/item"},
		"no units":       {func(v *Vote) { v.Units = nil }, ErrNoUnits, "/units"},
		"twice":          {func(v *Vote) { v.Units[1].ID = "1" }, ErrTwice, "/units/1/id"},
		"no area":        {func(v *Vote) { v.Units[1].Area = Area{} }, ErrArea, "/units/1/area"},
		"no owner":       {func(v *Vote) { v.Units[0].Owners = nil }, ErrNoOwner, "/units/0/owners"},
		"a strange rep":  {func(v *Vote) { v.Units[0].Representative = "x" }, ErrRepresentative, "/units/0/representative"},
		"a kind":         {func(v *Vote) { v.Units[0].Kind = "castle" }, ErrWord, "/units/0/kind"},
		"a state":        {func(v *Vote) { v.Units[0].State = "burnt" }, ErrWord, "/units/0/state"},
		"a choice":       {func(v *Vote) { v.Ballots[0].Choice = "maybe" }, ErrWord, "/ballots/0/choice"},
		"a policy":       {func(v *Vote) { v.Policy.Revote = "best" }, ErrWord, "/policy/revote"},
		"closes at once": {func(v *Vote) { v.ClosesAt = v.OpensAt.Add(-1) }, ErrTimes, "/closes_at"},
	} {
		v := street(t, Policy{}, "1 10 a; 2 20 b", "1 a yes")
		tt.change(&v)
		_, err := Count(v)
		var m *Misfit
		if !errors.Is(err, tt.want) || !errors.As(err, &m) || m.Pointer != tt.at {
			t.Errorf("%s: %v", name, err)
		}
	}
}
