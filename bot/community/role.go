package community

import "slices"

// Role is what somebody may do.
type Role string

// The roles.
const (
	Admin      Role = "admin"      // 管理员
	Cook       Role = "canteen"    // 食堂
	Specialist Role = "specialist" // 社区专员
	Officer    Role = "officer"    // 助企服务员
	Guide      Role = "guide"      // 指导员
	Supervisor Role = "supervisor" // 督办
	Notice     Role = "notice"     // 公告员
	Teller     Role = "teller"     // 监票人
	Bank       Role = "bank"       // 银行联络员
)

// Roles lists every role, in the order in which they are offered.
var Roles = []Role{Admin, Cook, Specialist, Officer, Guide, Supervisor, Notice, Teller, Bank}

// Tie is the kind of thing that a role is held for.
type Tie string

// What roles are tied to.
const (
	Nothing     Tie = ""          // the role is held at large
	ToCommunity Tie = "community" // each grant names a community
	ToCanteen   Tie = "canteen"   // each grant names a canteen
)

// Tie is what the role is tied to.
func (r Role) Tie() Tie {
	switch r {
	case Cook:
		return ToCanteen
	case Specialist:
		return ToCommunity
	}
	return Nothing
}

// Known tells whether there is such a role: it may come from a forged button.
func (r Role) Known() bool { return slices.Contains(Roles, r) }

// Grants are the roles of one person: role to the IDs of what it is held for, which is
// nothing for a role that is tied to nothing.
type Grants map[Role][]string

// May tells whether the person has role for the thing with this ID, which does not count
// for a role that is tied to nothing. An admin may do what every role may; rolls and
// ballots are read by who Reads them only.
func (g Grants) May(role Role, id string) bool {
	if _, ok := g[Admin]; ok {
		return true
	}
	ids, ok := g[role]
	if role.Tie() == Nothing {
		return ok
	}
	return slices.Contains(ids, id)
}

// Has tells whether the person has the role for anything at all. An admin has every role.
func (g Grants) Has(role Role) bool {
	_, admin := g[Admin]
	_, ok := g[role]
	return admin || ok && (role.Tie() == Nothing || len(g[role]) > 0)
}

// ReadsBallots tells whether the person may read rolls of voters and ballots: a teller
// may. That somebody is an admin does not count here, in either direction.
func (g Grants) ReadsBallots() bool {
	_, ok := g[Teller]
	return ok
}
