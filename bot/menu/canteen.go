package menu

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"

	"xingfuli/bot/calendar"
)

// DefaultLunch is when lunch is served until staff say otherwise.
var DefaultLunch = calendar.Hours{From: 10*60 + 30, To: 12*60 + 30}

// Canteen is an elders' canteen, as shown to anybody.
type Canteen struct {
	ID          string    `json:"id"`
	Name        string    `json:"name"`
	Communities []string  `json:"communities,omitempty"` // the communities it serves
	Address     string    `json:"address,omitempty"`
	Phone       string    `json:"phone,omitempty"`
	Hours       []Opening `json:"hours,omitempty"`
	Prices      []Price   `json:"prices,omitempty"`   // the oldest people's first
	Holidays    []Holiday `json:"holidays,omitempty"` // by date, without overlaps
	Closed      bool      `json:"closed,omitempty"`   // it is not offered any more; its ID is never used again

	Public calendar.Holidays `json:"-"` // the township's, not the canteen's own: it rests on those for which it publishes nothing
}

// Opening is when a meal is served.
type Opening struct {
	Meal Meal `json:"meal"`
	calendar.Hours
}

// Price is what a meal costs for some people.
type Price struct {
	Who   string `json:"who"`   // 「70岁以上」
	Cents int64  `json:"cents"` // fen, 0 for nothing to pay
}

// Open is when the canteen serves that meal: what staff set, else DefaultLunch for
// lunch. It is false for a meal whose hours nobody set.
func (c Canteen) Open(m Meal) (calendar.Hours, bool) {
	for _, o := range c.Hours {
		if o.Meal == m {
			return o.Hours, true
		}
	}
	return DefaultLunch, m == Lunch
}

// Openings lists the meals with known hours in the order of Meals, lunch always among them.
func (c Canteen) Openings() []Opening {
	var list []Opening
	for _, m := range Meals {
		if h, ok := c.Open(m); ok {
			list = append(list, Opening{m, h})
		}
	}
	return list
}

// Print tells a canteen from what it was before somebody changed it: 16 letters and digits.
func (c Canteen) Print() string {
	body, _ := json.Marshal(c) // of strings and numbers
	sum := sha256.Sum256(body)
	return hex.EncodeToString(sum[:8])
}

// CanteenOf is the first of the canteens that serves a community; ok is false when none does.
func CanteenOf(all []Canteen, home string) (c Canteen, ok bool) {
	i := slices.IndexFunc(all, func(c Canteen) bool { return slices.Contains(c.Communities, home) })
	if i < 0 {
		return Canteen{}, false
	}
	return all[i], true
}
