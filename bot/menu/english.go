package menu

import "strings"

// idle are words of English that a question keeps its meaning without.
var idle = wordSet("is are the for at in on there any some please of s do does they have has serve serving served to eat will be you we it a an today this what which day days whats can i get dish dishes food")

// english reads a question in English: what is for lunch today, is there fish on
// tuesday, the menu of this week, when does the canteen open, how much is lunch.
func (p phrase) english() (Question, bool) {
	if p.core != "" && p.core[0] >= 0x80 {
		return Question{}, false
	}
	var rest []string
	asks := p.asks
	what := false
	for w := range strings.FieldsSeq(p.core) {
		what = what || strings.HasPrefix(w, "what")
		asks = asks || what || w == "is" || w == "are" || w == "any" || w == "there"
		if !has(idle, w) {
			rest = append(rest, w)
		}
	}
	switch core := strings.Join(rest, " "); core {
	case "menu":
		q := p.dishes()
		q.Strong = p.canteen || p.placed() || p.meal != ""
		return q, true
	case "":
		q := p.dishes()
		q.Strong = p.meal == Lunch || p.canteen
		return q, what
	case "when open", "when close", "time open", "time close", "open hours", "opening hours", "hours", "when":
		return Question{Kind: AskHours, Meal: p.meal, Strong: p.canteen}, true
	case "how much", "price", "prices", "how much cost", "cost":
		return Question{Kind: AskPrice, Strong: p.canteen}, true
	default:
		food, ok := englishFoods[core]
		q := p.dish(food)
		q.Strong = asks && (p.canteen || p.placed() || p.meal != "")
		return q, ok
	}
}

// toChinese is the food's Chinese name when it was named in English.
func toChinese(food string) string {
	if name, ok := englishFoods[food]; ok {
		return name
	}
	return food
}
