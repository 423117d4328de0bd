package renovation

import (
	"math/big"
	"slices"
	"strconv"
	"strings"
)

// holder is one head: a set of owners with all units that just they own, and the ballots
// that speak for them.
//
// Source: interpretation on 建筑物区分所有权 (2020), article 9: the same buyer of several
// parts is one, and so is the developer with all that is unsold or undelivered. That
// equal sets of owners are one holder, and others are not, is this project's reading.
type holder struct {
	units   []int
	owners  []string // sorted
	ballots []int    // accepted, by time
}

// roll is the units that count and who holds them.
type roll struct {
	vote    *Vote
	places  int // enough for every area
	unit    map[string]int
	of      []int // holder by unit, -1 for a unit that does not count
	names   [][]string
	proxies [][]string
	holders []holder
	areas   []*big.Int // by unit
}

// newRoll finds the holders. It returns ErrTwice for a unit that is there twice.
func newRoll(v *Vote) (*roll, error) {
	r := &roll{vote: v, places: 2, unit: make(map[string]int, len(v.Units))}
	n := len(v.Units)
	r.of, r.names, r.proxies, r.areas = make([]int, n), make([][]string, n), make([][]string, n), make([]*big.Int, n)
	scope := map[string]bool{}
	for _, b := range v.Scope {
		scope[b] = true
	}
	for i := range v.Units {
		u := &v.Units[i]
		if _, twice := r.unit[u.ID]; twice {
			return nil, &Misfit{"/units/" + strconv.Itoa(i) + "/id", ErrTwice}
		}
		r.unit[u.ID] = i
		r.of[i] = -1
		if (u.Kind != Parking || v.Policy.ParkingCounts) && (v.Scope == nil || scope[u.Building]) {
			r.of[i] = 0
			r.places = max(r.places, u.Area.places)
		}
	}
	r.hold()
	return r, nil
}

// hold gives each unit that counts to its holder.
func (r *roll) hold() {
	byOwners := map[string]int{}
	for i := range r.vote.Units {
		u := &r.vote.Units[i]
		if r.of[i] < 0 {
			continue
		}
		r.areas[i] = u.Area.at(r.places)
		r.names[i], r.proxies[i] = set(u.Owners), set(u.Proxies)
		if u.developers() {
			r.names[i] = []string{Developer}
		}
		key := keyOf(r.names[i])
		h, known := byOwners[key]
		if !known {
			h = len(r.holders)
			byOwners[key] = h
			r.holders = append(r.holders, holder{owners: r.names[i]})
		}
		r.of[i] = h
		r.holders[h].units = append(r.holders[h].units, i)
	}
}

// set is names sorted, each once.
func set(names []string) []string {
	if len(names) < 2 {
		return names
	}
	return slices.Compact(slices.Sorted(slices.Values(names)))
}

// keyOf writes a set so that no two are written alike.
func keyOf(names []string) string {
	var b strings.Builder
	for _, n := range names {
		b.WriteString(strconv.Itoa(len(n)))
		b.WriteByte(':')
		b.WriteString(n)
	}
	return b.String()
}

// entitled tells whether a voter may vote for a unit: an owner, or a proxy in writing;
// where the co-owners chose one of them, no other.
//
// Source: 物业管理条例 (2018), article 12 (proxies); 指导规则, 25 and 26.
func (r *roll) entitled(unit int, voter string) bool {
	if _, proxy := slices.BinarySearch(r.proxies[unit], voter); proxy {
		return true
	}
	if u := &r.vote.Units[unit]; u.Representative != "" && !u.developers() {
		return voter == u.Representative
	}
	_, owner := slices.BinarySearch(r.names[unit], voter)
	return owner
}

// Reasons for which a ballot is left out.
const (
	UnknownUnit    = "unknown_unit"
	UnitNotCounted = "unit_not_counted"
	NotEntitled    = "not_entitled"
	TooEarly       = "too_early"
	TooLate        = "too_late"
)

// refusal is the reason for which a ballot is left out, or "", and its unit.
func (r *roll) refusal(b Ballot) (reason string, unit int) {
	unit, known := r.unit[b.Unit]
	switch {
	case !known:
		return UnknownUnit, 0
	case r.of[unit] < 0:
		return UnitNotCounted, unit
	case !r.entitled(unit, b.Voter):
		return NotEntitled, unit
	case !r.vote.OpensAt.IsZero() && b.At.Before(r.vote.OpensAt):
		return TooEarly, unit
	case !r.vote.ClosesAt.IsZero() && b.At.After(r.vote.ClosesAt):
		return TooLate, unit
	}
	return "", unit
}
