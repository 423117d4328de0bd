package menu

import (
	"strings"
	"unicode/utf8"

	"xingfuli/bot/calendar"
)

// fold is the first rune of s, folded, and its length in s; 0 and 0 at the end.
func fold(s string) (rune, int) {
	r, n := utf8.DecodeRuneInString(s)
	if n == 0 {
		return 0, 0
	}
	return calendar.Fold(r), n
}

// first is the first rune of s, folded, 0 at the end.
func first(s string) rune {
	r, _ := fold(s)
	return r
}

// eat returns how many bytes at the start of s fold to word, 0 when s begins otherwise.
func eat(s, word string) int {
	if strings.HasPrefix(s, word) {
		return len(word)
	}
	n := 0
	for _, w := range word {
		r, size := fold(s[n:])
		if size == 0 || r != w {
			return 0
		}
		n += size
	}
	return n
}

// eatAny is eat for the first of several words that s begins with.
func eatAny(s string, words []string) int {
	begins := first(s)
	for _, w := range words {
		if r, _ := utf8.DecodeRuneInString(w); r != begins {
			continue
		}
		if n := eat(s, w); n > 0 {
			return n
		}
	}
	return 0
}

// findTitle finds the first word for a menu in s, and its length, 0 for none.
func findTitle(s string) (at, n int) {
	for i, r := range s {
		if !strings.ContainsRune(menuRunes, calendar.Fold(r)) {
			continue
		}
		if n := eatAny(s[i:], menuWords); n > 0 {
			return i, n
		}
	}
	return 0, 0
}

// index finds the first of the words that stands anywhere in folded text, and its length.
func index(folded string, words []string) (at, n int) {
	for _, w := range words {
		if at := strings.Index(folded, w); at >= 0 {
			return at, len(w)
		}
	}
	return 0, 0
}

// A mealWord is a word for a meal. 日昼 and 黄昏 are Wenzhou's noon and evening.
type mealWord struct {
	word string
	meal Meal
}

var mealWords = []mealWord{
	{"午餐", Lunch}, {"午饭", Lunch}, {"中餐", Lunch}, {"中饭", Lunch}, {"中午", Lunch}, {"日昼", Lunch}, {"昼饭", Lunch}, {"lunch", Lunch},
	{"晚餐", Dinner}, {"晚饭", Dinner}, {"晚上", Dinner}, {"夜饭", Dinner}, {"黄昏", Dinner}, {"dinner", Dinner}, {"supper", Dinner},
}

// mealRunes are what the words for meals begin with.
const mealRunes = "午中日昼晚夜黄lds"

// cutMeal reads the meal that s begins with and how many bytes name it. 午餐肉 is a
// dish, but 午餐肉末茄子 is a heading before its dish.
func cutMeal(s string) (Meal, int) {
	if !strings.ContainsRune(mealRunes, first(s)) {
		return "", 0
	}
	for _, w := range mealWords {
		n := eat(s, w.word)
		if n == 0 || isPlain(rune(w.word[0])) && isPlain(first(s[n:])) {
			continue
		}
		if r, size := fold(s[n:]); w.word == "午餐" && r == '肉' && !strings.ContainsRune("末丝丸饼", first(s[n+size:])) {
			continue
		}
		return w.meal, n
	}
	return "", 0
}

// findMeal finds the first meal named in s and where it stands.
func findMeal(s string) (Meal, calendar.Span, bool) {
	for i, r := range s {
		if r = calendar.Fold(r); r < 0x80 && (i > 0 && isPlain(rune(s[i-1]))) || !strings.ContainsRune(mealRunes, r) {
			continue
		}
		if m, n := cutMeal(s[i:]); n > 0 {
			return m, calendar.Span{From: i, To: i + n}, true
		}
	}
	return "", calendar.Span{}, false
}

func isDigit(r rune) bool { return '0' <= r && r <= '9' }

// isPlain tells whether r, folded, is a letter or digit of English.
func isPlain(r rune) bool { return isDigit(r) || 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' }
