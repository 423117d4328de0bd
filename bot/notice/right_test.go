package notice

import (
	"errors"
	"testing"

	"xingfuli/bot/community"
)

var (
	crier      = community.Grants{community.Notice: nil}
	boss       = community.Grants{community.Admin: nil}
	specialist = community.Grants{community.Specialist: {"a", "b"}}
	cook       = community.Grants{community.Cook: {"x"}}
)

func TestMay(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		g    community.Grants
		to   []Target
		ok   bool
	}{
		{"an announcer to all", crier, []Target{{Kind: AllGroups}, {OfRole, "admin"}}, true},
		{"an admin to all", boss, []Target{{Kind: Staff}}, true},
		{"a specialist at all", specialist, nil, true},
		{"a specialist to the own communities", specialist, []Target{{Groups, "a"}, {Residents, "b"}, {Subscriber, "water@a"}}, true},
		{"a specialist to another one besides", specialist, []Target{{Groups, "a"}, {Residents, "c"}}, false},
		{"a specialist to an alliance", specialist, []Target{{Alliance, "a"}}, false},
		{"a specialist to all groups", specialist, []Target{{Kind: AllGroups}}, false},
		{"a specialist to a topic everywhere", specialist, []Target{{Subscriber, "water"}}, false},
		{"a specialist to one chat", specialist, []Target{{One, "a"}}, false},
		{"a specialist of nothing", community.Grants{community.Specialist: {}}, nil, false},
		{"a cook", cook, nil, false},
		{"nobody", community.Grants{}, []Target{{Groups, "a"}}, false},
	} {
		if err := May(tt.g, tt.to...); (err == nil) != tt.ok || err != nil && !errors.Is(err, ErrMay) {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
}

// TestOffers: what is offered may be chosen, and nothing of it is closed.
func TestOffers(t *testing.T) {
	t.Parallel()
	d := community.Directory{
		Communities: []community.Community{{ID: "a"}, {ID: "b", Closed: true}, {ID: "c"}},
		Alliances:   []community.Alliance{{ID: "a1"}, {ID: "a2", Closed: true}},
	}
	for _, tt := range []struct {
		g    community.Grants
		want int
	}{{boss, 2*2 + len(builtIn) - 1 + 1 + 2 + len(community.Roles)}, {specialist, 2 + 4}, {cook, 0}} {
		got := Offers(tt.g, Places{d, TopicsOf([]Topic{{ID: "tea", Closed: true}})})
		if len(got) != tt.want {
			t.Errorf("%v is offered %v", tt.g, got)
		}
		for _, x := range got {
			if May(tt.g, x) != nil || x.ID == "b" || x.ID == "a2" || x.ID == "tea" || x.Kind == One {
				t.Errorf("%v is offered %v", tt.g, x)
			}
			if back, err := ParseTarget(x.String()); err != nil || back != x {
				t.Errorf("%v is read back as %v, %v", x, back, err)
			}
		}
	}
}

func TestNeedsSecond(t *testing.T) {
	t.Parallel()
	all := []Target{{Kind: AllGroups}}
	some := []Target{{Groups, "a"}}
	for _, tt := range []struct {
		name         string
		to           []Target
		r            Reach
		groups, over int
		want         bool
	}{
		{"as many as may be", some, Reach{100, 400}, 200, 500, false},
		{"one more", some, Reach{100, 401}, 200, 500, true},
		{"all groups", all, Reach{3, 0}, 3, 500, true},
		{"all groups, one by one", some, Reach{3, 0}, 3, 500, true},
		{"all but one", some, Reach{2, 0}, 3, 500, false},
		{"the only group", some, Reach{1, 0}, 1, 500, false},
		{"never", all, Reach{1000, 9000}, 1000, 0, false},
		{"people alone where there is no group", some, Reach{0, 9}, 0, 500, false},
	} {
		if got := NeedsSecond(tt.to, tt.r, tt.groups, tt.over); got != tt.want {
			t.Errorf("%s: %t", tt.name, got)
		}
	}
}
