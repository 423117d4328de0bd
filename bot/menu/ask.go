package menu

import (
	"time"

	"xingfuli/bot/calendar"
)

// QuestionKind says what a question asks for.
type QuestionKind string

const (
	AskNext  QuestionKind = "next"  // the next meal still to come: no day was named
	AskDay   QuestionKind = "day"   // a day's dishes
	AskWeek  QuestionKind = "week"  // a whole week's dishes
	AskDish  QuestionKind = "dish"  // whether a day, or which days, have a dish
	AskHours QuestionKind = "hours" // when the canteen serves
	AskPrice QuestionKind = "price" // what a meal costs
)

// Question is what somebody wants to know of the canteen. It is comparable: equal
// questions want the same answer.
type Question struct {
	Kind   QuestionKind  `json:"kind"`
	Day    calendar.Day  `json:"day,omitzero"`
	HasDay bool          `json:"has_day,omitempty"`
	Monday calendar.Date `json:"monday,omitzero"`  // the week asked for: always with AskWeek, at times with AskDish
	Dish   string        `json:"dish,omitempty"`   // what AskDish looks for, folded
	Meal   Meal          `json:"meal,omitempty"`   // the meal asked for, "" for any
	Strong bool          `json:"strong,omitempty"` // plain enough to answer in a group unasked
}

// Asker reads questions. The zero Asker knows the common foods only. It is not changed
// by its methods and serves any number of goroutines.
type Asker struct {
	dishes   map[string]struct{}
	canteens []string
}

// NewAsker reads questions with the dishes ever published and the canteens' names.
func NewAsker(dishes, canteens []string) Asker { return Asker{} }

// Ask reads one message. Without direct it returns strong questions only and is silent
// on everything else; direct is for private chats and mentions, where it is generous.
func (a Asker) Ask(text string, now time.Time, direct bool) (Question, bool) {
	return Question{}, false
}

// Args reads what follows /menu.
func (a Asker) Args(arg string, now time.Time) (Question, error) { return Question{Kind: AskNext}, nil }
