package menu

import (
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"xingfuli/bot/calendar"
)

// separators part dishes; a blank, a colon and a dot do so only in places.
const separators = "、,;。!?|/+\t\\·•"

// segment cuts one dish's words off s, and tells whether they are a label before a
// colon (荤菜：). What is in brackets stays together.
func segment(s string) (part string, label bool) {
	var last rune
	for i := 0; i < len(s); {
		r, n := fold(s[i:])
		if unicode.Is(unicode.Han, r) {
			last = r
			i += n
			continue
		}
		next, _ := fold(s[i+n:])
		switch {
		case r == ':':
			return s[:i], true
		case strings.ContainsRune(separators, r) && !(r == '/' && last == '元'),
			unicode.Is(unicode.No, r), // ②
			r == '.' && !(isDigit(last) && isDigit(next)),
			r == ' ' && !(isPlain(last) && isPlain(next)):
			return s[:i], false
		case r == '(':
			n = bracket(s[i:])
		}
		last = r
		i += n
	}
	return s, false
}

// bracket is the length of the bracketed words that s begins with, of the bracket alone when nothing closes it.
func bracket(s string) int {
	_, n := fold(s)
	for i := n; i < len(s); {
		r, size := fold(s[i:])
		if i += size; r == ')' {
			return i
		}
	}
	return n
}

// lead cuts off what is before a name: separators, brackets, bullets, numbers of a list.
func lead(s string) string {
	for s != "" {
		r, n := fold(s)
		switch {
		case r == ' ' || strings.ContainsRune(separators, r) || unicode.In(r, unicode.P, unicode.No) && r != '(':
		case r == '(' && opens(s[n:]):
		case numbering(s) > 0:
			n = numbering(s)
		default:
			return s
		}
		s = s[n:]
	}
	return s
}

// opens tells whether a bracket holds a day, a meal, a rest or a number, and not a dish's remark.
func opens(s string) bool {
	_, day := calendar.CutDay(s, calendar.Date{Year: 2000, Month: 1, Day: 1})
	_, meal := cutMeal(s)
	if day > 0 || meal > 0 || numbering(s) > 0 || s == "" {
		return true
	}
	inside, _, closed := strings.Cut(strings.Map(calendar.Fold, s), ")")
	_, rest := restOf(inside)
	return rest || closed && strings.TrimSpace(inside) == ""
}

// numbering is the length of a list's number that s begins with: 1. 2) 3:
func numbering(s string) int {
	n := 0
	for n < len(s) && isDigit(rune(s[n])) {
		n++
	}
	r, size := fold(s[n:])
	after, _ := fold(s[n+size:])
	if n == 0 || n > 2 || r == 0 || !strings.ContainsRune(".):", r) || isDigit(after) {
		return 0
	}
	return n + size
}

var restWords = []string{"休息", "不营业", "暂停营业", "停业", "歇业", "停餐", "放假", "不开门", "不开餐", "不供餐", "不供应", "不开", "关门"}

// restRunes are such that every word for a rest has one of them.
const restRunes = "休无不停歇放关"

// restOf reads words that say that nothing is served, and why: 休息（台风）, 国庆放假.
func restOf(words string) (reason string, ok bool) {
	words = strings.TrimSpace(words)
	plain := strings.TrimRight(strings.Map(calendar.Fold, words), " )")
	if !strings.ContainsAny(plain, restRunes) {
		return "", false
	}
	for _, w := range []string{"一天", "1天", "一日", "全天", "一次"} { // 停电停餐一天
		plain = strings.TrimSuffix(plain, w)
	}
	if plain == "休" || plain == "无" {
		return "", true
	}
	for _, w := range restWords {
		if n := eat(words, w); n > 0 {
			return reasonOf(words[n:]), true
		}
		if before, ok := strings.CutSuffix(plain, w); ok && utf8.RuneCountInString(before) <= MaxDish {
			return reasonOf(before), true
		}
	}
	return "", false
}

// reasonOf strips a reason of its brackets, so that it can be put in brackets again.
func reasonOf(words string) string {
	words = strings.Map(func(r rune) rune {
		if f := calendar.Fold(r); f == '(' || f == ')' || f == ' ' {
			return ' '
		}
		return r
	}, words)
	words = skip(strings.TrimSpace(words), "因为", "因", "由于", "改成", "改为", "一天", "1天", "一日", "全天", "一次")
	return strings.Join(strings.FieldsFunc(words, func(r rune) bool {
		return r == ' ' || strings.ContainsRune("、,;。!?|/+\\·•:.，；！？：．", r)
	}), " ")
}

// priceForms are a price at the end of a dish, folded: 12元, (12.5元/份), ¥12.
var priceForms = []*regexp.Regexp{
	regexp.MustCompile(`\(?[¥￥]?([0-9]{1,4}(?:\.[0-9]{1,2})?)(?:元|块钱|块)(?:/?[份碗个]|一[份碗个])?\)?$`),
	regexp.MustCompile(`\(?[¥￥]([0-9]{1,4}(?:\.[0-9]{1,2})?)\)?$`),
}

// dishOf reads a dish's name and price: 红烧肉（12元）. It is nameless without a letter.
func dishOf(words string) Dish {
	name := trimName(words)
	folded := strings.Map(calendar.Fold, name)
	for _, form := range priceForms {
		if !strings.ContainsAny(folded, "0123456789") {
			break // to look for a price takes long
		}
		m := form.FindStringSubmatchIndex(folded)
		if m == nil {
			continue
		}
		yuan, _ := strconv.ParseFloat(folded[m[2]:m[3]], 64) // the form is digits
		if cents := int64(yuan*100 + 0.5); cents > 0 {
			before := utf8.RuneCountInString(folded[:m[0]])
			return Dish{Name: trimName(string([]rune(name)[:before])), Cents: cents}
		}
	}
	if !strings.ContainsFunc(name, unicode.IsLetter) {
		return Dish{}
	}
	return Dish{Name: name}
}

// trimName takes off a name what a list leaves at its ends, and brackets that do not close.
func trimName(s string) string {
	if !paired(s) {
		s = strings.Map(func(r rune) rune {
			if f := calendar.Fold(r); f == '(' || f == ')' || strings.ContainsRune(separators+":. ", f) {
				return -1
			}
			return r
		}, s)
	}
	s = strings.TrimRightFunc(lead(s), func(r rune) bool {
		return unicode.IsSpace(r) || unicode.IsPunct(r) && calendar.Fold(r) != ')'
	})
	return strings.Join(strings.Fields(s), " ")
}

// paired tells whether every bracket of s has its other half, none in another.
func paired(s string) bool {
	open := false
	for _, r := range s {
		switch f := calendar.Fold(r); {
		case f == '(' && open, f == ')' && !open:
			return false
		case f == '(' || f == ')':
			open = !open
		}
	}
	return !open
}

var remarks = []string{"注:", "注意", "备注", "温馨提示", "提示", "电话", "联系", "地址", "价格", "欢迎", "谢谢", "以上", "祝", "如有"}

// isRemark tells whether words open a remark to the readers instead of a dish.
func isRemark(words string) bool {
	return eatAny(words, remarks) > 0
}
