package menu

import (
	"errors"
	"slices"

	"xingfuli/bot/calendar"
	"xingfuli/bot/community"
)

// Refusals of changes to canteens.
var (
	// ErrServed refuses a community that another canteen serves: a question from there would
	// not know which of the two is meant.
	ErrServed = errors.New("menu: another canteen serves that community")
	// ErrMany refuses more communities, price tiers or holidays than a canteen can have.
	ErrMany = errors.New("menu: too many of them")
)

// The limits of a canteen. They keep its card within one message.
const (
	MaxServed   = 30 // communities that a canteen serves
	MaxPrices   = 10 // price tiers
	MaxHolidays = 20 // holidays to come
)

// Canteens is all canteens there ever were, in the order in which they were added. It is
// never changed: each change makes a new Canteen.
type Canteens []Canteen

// Open lists the canteens that are not closed.
func (all Canteens) Open() []Canteen {
	var open []Canteen
	for _, c := range all {
		if !c.Closed {
			open = append(open, c)
		}
	}
	return open
}

// ByID finds a canteen, closed or not.
func (all Canteens) ByID(id string) (Canteen, bool) {
	i := slices.IndexFunc(all, func(c Canteen) bool { return c.ID == id })
	if i < 0 {
		return Canteen{}, false
	}
	return all[i], true
}

// Find finds an open canteen as community.Find does a community. It returns
// community.ErrUnknown.
func (all Canteens) Find(name string) (Canteen, error) {
	return community.Named(name, all.Open(), func(c Canteen) string { return c.Name })
}

// Add makes a new canteen for these communities, or opens again a closed one of that name,
// with its old ID and what it was; of the communities it served, those stay that no other
// canteen serves now. It returns community.ErrName, community.ErrTwice, ErrServed or ErrMany.
func (all Canteens) Add(name string, served ...string) (Canteen, error) {
	name, err := community.Name(name)
	if err != nil {
		return Canteen{}, err
	}
	ids := make([]string, len(all))
	for i, c := range all {
		ids[i] = c.ID
		if c.Name != name {
			continue
		}
		if !c.Closed {
			return Canteen{}, community.ErrTwice
		}
		c.Closed = false
		c.Communities = slices.DeleteFunc(slices.Clone(c.Communities), func(id string) bool { return all.others(c.ID, id) })
		return all.serve(c, append(c.Communities, served...))
	}
	return all.serve(Canteen{ID: community.NextID("k", ids), Name: name}, served)
}

// others tells whether an open canteen other than id serves a community.
func (all Canteens) others(id, served string) bool {
	return slices.ContainsFunc(all, func(c Canteen) bool {
		return c.ID != id && !c.Closed && slices.Contains(c.Communities, served)
	})
}

// Serve makes an open canteen serve these communities and no other. It returns
// community.ErrUnknown, ErrServed or ErrMany.
func (all Canteens) Serve(id string, served []string) (Canteen, error) {
	c, err := all.open(id)
	if err != nil {
		return c, err
	}
	return all.serve(c, served)
}

func (all Canteens) serve(c Canteen, served []string) (Canteen, error) {
	var list []string
	for _, id := range served {
		if all.others(c.ID, id) {
			return Canteen{}, ErrServed
		}
		if !slices.Contains(list, id) {
			list = append(list, id)
		}
	}
	if len(list) > MaxServed {
		return Canteen{}, ErrMany
	}
	c.Communities = list
	return c, nil
}

// Rename gives an open canteen another name. It returns community.ErrName, ErrTwice or
// ErrUnknown of package community.
func (all Canteens) Rename(id, name string) (Canteen, error) {
	c, err := all.open(id)
	if err != nil {
		return c, err
	}
	if name, err = community.Name(name); err != nil {
		return Canteen{}, err
	}
	for _, other := range all {
		if other.ID != id && other.Name == name {
			return Canteen{}, community.ErrTwice
		}
	}
	c.Name = name
	return c, nil
}

// Close takes a canteen off all lists. It returns community.ErrUnknown or community.ErrClosed.
func (all Canteens) Close(id string) (Canteen, error) {
	c, err := all.open(id)
	c.Closed = err == nil
	return c, err
}

// open finds what may be changed. It returns community.ErrUnknown or community.ErrClosed.
func (all Canteens) open(id string) (Canteen, error) {
	c, ok := all.ByID(id)
	switch {
	case !ok:
		return Canteen{}, community.ErrUnknown
	case c.Closed:
		return Canteen{}, community.ErrClosed
	}
	return c, nil
}

// SetHours changes the hours of the meals in list; the others stay. A meal without hours is
// not served any more. It returns community.ErrUnknown or community.ErrClosed.
func (all Canteens) SetHours(id string, list []Opening) (Canteen, error) {
	c, err := all.open(id)
	if err != nil {
		return c, err
	}
	var hours []Opening
	for _, m := range Meals {
		said := slices.IndexFunc(list, func(o Opening) bool { return o.Meal == m })
		was := slices.IndexFunc(c.Hours, func(o Opening) bool { return o.Meal == m })
		switch {
		case said >= 0 && list[said].Hours != calendar.Hours{}:
			hours = append(hours, list[said])
		case said < 0 && was >= 0:
			hours = append(hours, c.Hours[was])
		}
	}
	c.Hours = hours
	return c, nil
}

// SetPrices gives a canteen these price tiers, as ParsePrices orders them. It returns
// community.ErrUnknown, community.ErrClosed or ErrMany.
func (all Canteens) SetPrices(id string, list []Price) (Canteen, error) {
	c, err := all.open(id)
	if err == nil && len(list) > MaxPrices {
		err = ErrMany
	}
	c.Prices = list
	return c, err
}

// SetAddress says where a canteen is; empty words take the address away. It returns
// community.ErrUnknown, community.ErrClosed or community.ErrLong.
func (all Canteens) SetAddress(id, words string) (Canteen, error) {
	c, err := all.open(id)
	if err == nil {
		c.Address, err = community.Words(words)
	}
	return c, err
}

// SetPhone says how to call a canteen; empty words take the number away. It returns
// community.ErrUnknown, community.ErrClosed or community.ErrPhone.
func (all Canteens) SetPhone(id, words string) (Canteen, error) {
	c, err := all.open(id)
	if c.Phone = words; err == nil && words != "" {
		c.Phone, err = community.Phone(words)
	}
	return c, err
}
