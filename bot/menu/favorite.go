package menu

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"maps"
	"slices"
)

// MaxFavorites is how many dishes a person may have as favourites: more than a canteen cooks
// in two months are no favourites.
const MaxFavorites = 50

// ErrFavorites refuses a favourite: the person has MaxFavorites of them.
var ErrFavorites = errors.New("menu: too many favourites")

// DishKey is the name by which a dish is known again on another menu: width, traditional
// characters and other names of a food do not matter.
func DishKey(name string) string { return same(foldAll(name)) }

// DishMark is DishKey made short enough for a button: 16 letters and digits.
func DishMark(name string) string {
	sum := sha256.Sum256([]byte(DishKey(name)))
	return hex.EncodeToString(sum[:8])
}

// Favorites are the dishes that a person wants to be told of the evening before.
type Favorites struct {
	Dishes map[string]string // by DishKey: the name as it was on a menu
	Muted  bool              // they are kept, and nobody is told
}

// Has tells whether a dish is among them.
func (f Favorites) Has(name string) bool {
	_, ok := f.Dishes[DishKey(name)]
	return ok
}

// Names lists them by name.
func (f Favorites) Names() []string { return slices.Sorted(maps.Values(f.Dishes)) }

// Names lists the dishes of a day, those of the same DishKey once, in the cook's order.
func (d Day) Names() []string { return namesOf(d.Dishes("")) }

func namesOf(dishes []Dish) []string {
	var names []string
	seen := map[string]bool{}
	for _, dish := range dishes {
		if key := DishKey(dish.Name); !seen[key] {
			seen[key] = true
			names = append(names, dish.Name)
		}
	}
	return names
}

// Treat is what a canteen serves on a day of what somebody likes: the dishes' names.
type Treat struct {
	Canteen Canteen
	Dishes  []string
}

// Feeds tells whether somebody who lives in a community eats at the canteen. Of whom that is
// not known, it may be any canteen.
func (c Canteen) Feeds(home string) bool { return home == "" || slices.Contains(c.Communities, home) }

// Offers lists what canteens serve on a day by their answers about it, without what is sold
// out and those that serve nothing any more.
func Offers(answers []Answer) []Treat {
	var all []Treat
	for _, a := range answers {
		left := slices.DeleteFunc(a.Day.Dishes(""), func(d Dish) bool { return d.Gone })
		if names := namesOf(left); a.Kind == Served && len(names) > 0 {
			all = append(all, Treat{a.Canteen, names})
		}
	}
	return all
}

// Cooks lists the canteens of offers by the dishes that they serve. Names of the same DishKey
// stand once.
func Cooks(offers []Treat) map[string][]Canteen {
	all, first := map[string][]Canteen{}, map[string]string{}
	for _, t := range offers {
		for _, name := range t.Dishes {
			key := DishKey(name)
			if _, known := first[key]; !known {
				first[key] = name
			}
			all[first[key]] = append(all[first[key]], t.Canteen)
		}
	}
	return all
}

// Among is what is left of offers for who has these favourites and lives in a community, ""
// where they have not said; nothing for who does not want to be told. offers is not changed.
func (f Favorites) Among(offers []Treat, home string) []Treat {
	if f.Muted {
		return nil
	}
	var mine []Treat
	for _, t := range offers {
		var names []string
		for _, name := range t.Dishes {
			if f.Has(name) {
				names = append(names, name)
			}
		}
		if len(names) > 0 && t.Canteen.Feeds(home) {
			mine = append(mine, Treat{t.Canteen, names})
		}
	}
	return mine
}
