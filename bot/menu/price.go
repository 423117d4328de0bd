package menu

import (
	"errors"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"xingfuli/bot/calendar"
	"xingfuli/bot/community"
)

// ErrPrices refuses what is no list of people and what they pay.
var ErrPrices = errors.New("menu: not a list of prices")

var (
	// tierForm is who pays and what, folded: yuan with at most two decimals, or 8块5.
	tierForm = regexp.MustCompile(`^(.*?[^0-9.\s-])[\s:=]*(?:[¥￥]?([0-9]{1,4})(?:\.([0-9]{1,2})|块([0-9])[角毛]?)?\s*(?:元|块|块钱|yuan)?(?:/[份人餐]|一[份人餐])?|(免费|不要钱|free))$`)
	// tierEnd is where a tier ends without a comma.
	tierEnd = regexp.MustCompile(`(元|块|块钱|免费|free)[ \t]+`)
	ageForm = regexp.MustCompile(`[0-9]+`)
)

// ParsePrices reads what a meal costs for whom: 「70岁以上 8元，60到69岁 12.5元，其他居民 15」.
// The tiers are returned by age, the oldest people's first, those without an age last; amounts
// are whole fen, 0 for 免费. It returns ErrPrices, or ErrMany for more than MaxPrices.
func ParsePrices(s string) ([]Price, error) {
	s = tierEnd.ReplaceAllString(strings.Map(calendar.Fold, s), "$1,")
	var list []Price
	for _, part := range strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune(",;、。\n", r) }) {
		if strings.TrimSpace(part) == "" {
			continue
		}
		p, ok := tierOf(strings.TrimSpace(part))
		if !ok || slices.ContainsFunc(list, func(x Price) bool { return x.Who == p.Who }) {
			return nil, ErrPrices
		}
		list = append(list, p)
	}
	switch {
	case len(list) == 0:
		return nil, ErrPrices
	case len(list) > MaxPrices:
		return nil, ErrMany
	}
	slices.SortStableFunc(list, func(a, b Price) int { return age(b) - age(a) })
	return list, nil
}

func tierOf(s string) (Price, bool) {
	m := tierForm.FindStringSubmatch(s)
	if m == nil {
		return Price{}, false
	}
	who := strings.Join(strings.Fields(m[1]), "")
	bad := func(r rune) bool { return !unicode.IsPrint(r) }
	if !strings.ContainsFunc(who, unicode.IsLetter) || utf8.RuneCountInString(who) > community.MaxName || strings.ContainsFunc(who, bad) {
		return Price{}, false
	}
	fen, _ := strconv.ParseInt(m[2]+(m[3] + m[4] + "00")[:2], 10, 64) // at most six digits; none for 免费
	return Price{Who: who, Cents: fen}, m[5] != "" || fen > 0
}

// age is the first number of who pays, 0 for none.
func age(p Price) int {
	n, _ := strconv.Atoi(ageForm.FindString(p.Who)) // of no more digits than a name has
	return n
}
