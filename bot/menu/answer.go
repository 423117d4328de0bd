package menu

import (
	"time"

	"xingfuli/bot/calendar"
)

// AnswerKind tells the answers apart.
type AnswerKind string

const (
	Served      AnswerKind = "served"      // Day's dishes; for AskDish with Dishes the matching names, empty for no
	Closed      AnswerKind = "closed"      // Day is a rest, 休息; Next is the next meal
	NoMeal      AnswerKind = "no_meal"     // Day is published, but without the meal asked for
	Unpublished AnswerKind = "unpublished" // nothing for Day.Date, 未公布; Changed, Last and Next as known
	Past        AnswerKind = "past"        // today's last meal is over, 已过饭点; Next is the next meal
	Week        AnswerKind = "week"        // Week's days
	Found       AnswerKind = "found"       // Days have the dish
	NotFound    AnswerKind = "not_found"   // no published day has the dish
	Hours       AnswerKind = "hours"       // Canteen.Openings
	Prices      AnswerKind = "prices"      // Canteen.Prices, perhaps none
)

// Answer is what the canteen's menus say to a question. A day that is not there is the zero Day.
type Answer struct {
	Kind     AnswerKind    `json:"kind"`
	Question Question      `json:"question"`
	Canteen  Canteen       `json:"canteen"`
	Day      Day           `json:"day,omitzero"`     // the day answered about, with its date even when unpublished
	Meal     Meal          `json:"meal,omitempty"`   // the meal of Day to show, "" for all
	Latest   bool          `json:"latest,omitempty"` // a bare weekday whose coming day is unpublished: Day is the latest published one of that name
	Asked    calendar.Date `json:"asked,omitzero"`   // the date asked for, which differs from Day's with Latest
	Dishes   []string      `json:"dishes,omitempty"` // names of Day that match the dish asked for
	Days     []Day         `json:"days,omitempty"`   // days that have the dish, with those dishes only, by date
	Week     Menu          `json:"week,omitzero"`    // the week asked for
	Next     Day           `json:"next,omitzero"`    // the day of the next published meal
	NextMeal Meal          `json:"next_meal,omitempty"`
	Last     Day           `json:"last,omitzero"`    // the latest published day of the same weekday
	Changed  time.Time     `json:"changed,omitzero"` // when the newest of the menus was published
}

// Answer answers from the canteen's published weeks, the newest version of each, in any
// order. weeks is not changed.
func (q Question) Answer(c Canteen, weeks []Menu, now time.Time) Answer {
	return Answer{Kind: Unpublished, Question: q, Canteen: c}
}

// Matches tells whether a dish of that name is what was asked for.
func Matches(name, want string) bool { return false }
