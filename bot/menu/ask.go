package menu

import (
	"fmt"
	"strings"
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
	AskPlace QuestionKind = "place" // where the canteen is, and its telephone
)

// Question is what somebody wants to know of the canteen. It is comparable: questions
// equal but for Strong want the same answer.
type Question struct {
	Kind   QuestionKind  `json:"kind"`
	Day    calendar.Day  `json:"day,omitzero"`
	HasDay bool          `json:"has_day,omitempty"`
	Monday calendar.Date `json:"monday,omitzero"`  // the week asked for: always with AskWeek, at times with AskDish
	Dish   string        `json:"dish,omitempty"`   // what AskDish looks for, folded
	Meal   Meal          `json:"meal,omitempty"`   // the meal asked for, "" for any
	Strong bool          `json:"strong,omitempty"` // plain enough to answer in a group unasked
}

// maxAsk is how many bytes a question in a group has at most, some forty runes: what
// is longer tells something. maxDirect is the same for somebody who speaks to the bot.
const maxAsk, maxDirect = 120, 300

// Asker reads questions. The zero Asker knows the common foods only. Its methods do
// not change it, and any number of goroutines may use it.
type Asker struct {
	dishes   map[string]struct{}
	canteens []string
}

// NewAsker reads questions with the dishes ever published, of which it also knows the
// ends from two runes on (青鱼 of 清蒸青鱼), and the canteens' names.
func NewAsker(dishes, canteens []string) Asker {
	a := Asker{dishes: map[string]struct{}{}}
	for _, d := range dishes {
		d = foldAll(d)
		a.dishes[d] = struct{}{}
		for i := range d {
			if rest := d[i:]; runes(rest) >= 2 {
				a.dishes[rest] = struct{}{}
			}
		}
	}
	for _, c := range canteens {
		if c = foldAll(c); c != "" {
			a.canteens = append(a.canteens, c)
		}
	}
	return a
}

// Ask reads one message. Without direct, as in a group, it takes strong questions only
// and is silent on everything else; direct is for private chats and mentions, where it
// also takes 「吃啥」, 「有鱼没」, 「明天呢」.
//
// A strong question is one that the canteen alone can answer: nothing but known words
// may remain in it, and it names the canteen, or a day or week together with a menu or
// a food, or an elder's age with a price, or a day, lunch and 吃什么.
// The rule is the bot's own.
func (a Asker) Ask(text string, now time.Time, direct bool) (Question, bool) {
	if len(text) > maxDirect || !direct && (len(text) > maxAsk || !hints(text)) {
		return Question{}, false
	}
	p := a.take(text, calendar.Of(now))
	if q, ok := a.read(p); ok && (q.Strong || direct) {
		return q, true
	}
	if !direct {
		return Question{}, false
	}
	return a.generous(p, calendar.Of(now))
}

// hints tells whether a text has a rune that every strong question has one of. It keeps
// the price of an ordinary line low.
func hints(text string) bool {
	for _, r := range text {
		if r < 0x80 {
			if r == 'm' || r == 'M' || r == 'u' || r == 'U' || r == 'f' || r == 'F' || r == 'h' || r == 'H' {
				return true
			}
			continue
		}
		switch calendar.Fold(r) {
		case '食', '饭', '菜', '吃', '有', '钱', '餐', '价', '费', '莱', '彩', '块', '元':
			return true
		}
	}
	return false
}

// read takes a phrase whose every word is known. Strong says whether it needs no more context.
func (a Asker) read(p phrase) (Question, bool) {
	if age, ok := p.wantsPrice(); ok {
		return Question{Kind: AskPrice, Strong: p.canteen || age >= elder}, true
	}
	if p.wantsPlace() {
		return Question{Kind: AskPlace, Strong: p.canteen}, true
	}
	if p.wantsHours() || p.wantsOpen() && !p.placed() {
		return Question{Kind: AskHours, Meal: p.meal, Strong: p.canteen}, true
	}
	if p.wantsOpen() || p.wantsMenu() {
		q := p.dishes()
		q.Strong = p.canteen || p.wantsMenu() && (p.placed() || p.meal != "")
		return q, true
	}
	if verb, dishes, ok := p.wantsWhat(); ok {
		q := p.dishes()
		lunch := verb == "吃" && p.hasDay && p.meal == Lunch
		q.Strong = p.canteen || lunch || dishes && p.placed() && (verb == "有" || verb == "" || verb == "是")
		return q, true
	}
	if food, days, ok := p.wantsDish(); ok && a.isFood(food) {
		q := p.dish(food)
		q.Strong = p.canteen || !p.monday.IsZero() || p.hasDay && !days
		return q, true
	}
	return p.english()
}

// dishes asks for what the phrase's day, week or next meal serves.
func (p phrase) dishes() Question {
	switch {
	case p.hasDay:
		return Question{Kind: AskDay, Day: p.day, HasDay: true, Meal: p.meal}
	case !p.monday.IsZero():
		return Question{Kind: AskWeek, Monday: p.monday, Meal: p.meal}
	}
	return Question{Kind: AskNext, Meal: p.meal}
}

// dish asks for a food on the phrase's day, in its week, or at all.
func (p phrase) dish(food string) Question {
	return Question{Kind: AskDish, Dish: food, Day: p.day, HasDay: p.hasDay, Monday: p.monday, Meal: p.meal}
}

// generous takes what somebody says to the bot about food without a whole question.
func (a Asker) generous(p phrase, today calendar.Date) (Question, bool) {
	named := p.placed() || p.canteen || p.meal != ""
	core := strings.TrimPrefix(p.core, "的")
	food := trimFood(skip(core, "想吃", "有没有", "有", "要"))
	food = strings.TrimSuffix(food, "没")
	_, says := index(core, []string{"菜单", "菜谱", "吃什么", "什么菜", "伙食", "什么吃", "什么好吃"})
	switch {
	case core == "" && named, core == "吗" && named, says > 0:
		return p.dishes(), true
	case core == "一周" || core == "周菜单" || core == "本周" || core == "每天":
		p.monday = today.Monday()
		return p.dishes(), true
	case a.isFood(food):
		return p.dish(food), true
	}
	return Question{}, false
}

// Args reads what follows /menu: nothing for the next meal still to come, a day, a
// week, a whole question, or else a dish, which may follow its day. It returns
// ErrDishLong when what would be a dish has more than MaxDish runes.
func (a Asker) Args(arg string, now time.Time) (Question, error) {
	arg = strings.TrimSpace(arg)
	if arg == "" {
		return Question{Kind: AskNext}, nil
	}
	if q, ok := a.Ask(arg, now, true); ok {
		return q, nil
	}
	if runes(arg) > 2*MaxDish {
		return Question{}, fmt.Errorf("read /menu: %w", ErrDishLong)
	}
	p := a.take(arg, calendar.Of(now))
	food := foldAll(p.core)
	if runes(food) > MaxDish {
		return Question{}, fmt.Errorf("read /menu %.20q: %w", food, ErrDishLong)
	}
	if food == "" {
		return p.dishes(), nil
	}
	return p.dish(toChinese(food)), nil
}
