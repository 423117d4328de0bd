package community

import (
	"errors"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"
)

// TestGrants asks each kind of person for every kind of role.
func TestGrants(t *testing.T) {
	cook, admin, officer := Grants{Cook: {"hefan"}}, Grants{Admin: nil}, Grants{Officer: nil}
	tests := []struct {
		g    Grants
		role Role
		id   string
		may  bool
		has  bool
	}{
		{cook, Cook, "hefan", true, true},
		{cook, Cook, "other", false, true},
		{cook, Cook, "", false, true},
		{cook, Admin, "", false, false},
		{cook, Specialist, "hefan", false, false},
		{admin, Cook, "hefan", true, true},
		{admin, Admin, "", true, true},
		{admin, Teller, "", true, true},
		{officer, Officer, "", true, true},
		{officer, Officer, "anything", true, true},
		{officer, Guide, "", false, false},
		{Grants{Cook: nil}, Cook, "", false, false},
		{nil, Cook, "hefan", false, false},
		{nil, Officer, "", false, false},
	}
	for _, tt := range tests {
		if tt.g.May(tt.role, tt.id) != tt.may || tt.g.Has(tt.role) != tt.has {
			t.Errorf("%v: May(%s, %q) = %v, Has = %v", tt.g, tt.role, tt.id, tt.g.May(tt.role, tt.id), tt.g.Has(tt.role))
		}
	}
}

// TestAdmin holds for any grants: an admin may do everything, and reads ballots only as a
// teller; who is no admin may do only what was granted.
func TestAdmin(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := Grants(rapid.MapOf(rapid.SampledFrom(Roles), rapid.SliceOfN(rapid.SampledFrom([]string{"a", "b"}), 0, 2)).Draw(t, "grants"))
		role, id := rapid.SampledFrom(Roles).Draw(t, "role"), rapid.SampledFrom([]string{"", "a", "b", "c"}).Draw(t, "id")
		_, admin := g[Admin]
		_, granted := g[role]
		if _, teller := g[Teller]; g.ReadsBallots() != teller {
			t.Errorf("%v reads ballots: %v", g, g.ReadsBallots())
		}
		if admin && !g.May(role, id) || !admin && !granted && g.May(role, id) || g.May(role, id) && !g.Has(role) {
			t.Errorf("%v: May(%s, %q) = %v, Has = %v", g, role, id, g.May(role, id), g.Has(role))
		}
	})
}

func TestRole(t *testing.T) {
	for _, r := range Roles {
		if !r.Known() {
			t.Errorf("%s is not known", r)
		}
	}
	if Role("").Known() || Role("king").Known() {
		t.Error("a role nobody has is known")
	}
	if Cook.Tie() != ToCanteen || Specialist.Tie() != ToCommunity || Admin.Tie() != Nothing {
		t.Error("ties")
	}
}

func TestSecond(t *testing.T) {
	for _, tt := range []struct {
		first, person int64
		want          error
	}{{1, 2, nil}, {1, 1, ErrSelf}, {1, 0, ErrSelf}, {0, 0, ErrSelf}, {0, 1, nil}} {
		if err := Second(tt.first, tt.person); !errors.Is(err, tt.want) {
			t.Errorf("Second(%d, %d) = %v", tt.first, tt.person, err)
		}
	}
}

func TestClip(t *testing.T) {
	for n, want := range map[int]int{0: 0, MaxValue: MaxValue, MaxValue + 1: MaxValue + 1, 5000: MaxValue + 1} {
		e := Entry{Before: strings.Repeat("好", n)}.Clip()
		if got := utf8.RuneCountInString(e.Before); got != want {
			t.Errorf("of %d runes %d are kept", n, got)
		}
	}
}
