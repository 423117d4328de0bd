package menu

import (
	"errors"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"xingfuli/bot/calendar"
)

// ErrHours refuses what is no meal and no hours, or hours that end before they begin.
var ErrHours = errors.New("menu: not the hours of a meal")

// An hour as people write it, folded: 10:30, 10点半, 下午4点, 十二点一刻.
const hourForm = `(上午|早上|中午|下午|傍晚|晚上)?\s*([0-9]{1,2}|[一二两三四五六七八九十]{1,3})\s*(?::([0-9]{2})|[点點](?:(半|一刻|三刻)|([0-9]{1,2})分?|整|钟)?)`

// openingForm is a meal and its hours, or that there is none.
var openingForm = regexp.MustCompile(`^[\s,;、。]*(午餐|中餐|午饭|中饭|中午|lunch|晚餐|晚饭|晚上|dinner)[\s:是]*(?:(不供应|不供餐|不开|没有|取消|无|none)|` +
	hourForm + `\s*(?:-|–|—|~|至|到|to)+\s*` + hourForm + `)`)

// dinners are the words for the second meal.
var dinners = []string{"晚餐", "晚饭", "晚上", "dinner"}

// ParseOpenings reads hours by meal as staff write them: 「午餐 10:30-12:30，晚餐 下午4点半到6点」.
// 「晚餐 无」 gives dinner no hours; lunch always has some. Dinner is in the afternoon, and lunch
// that ends at 1 does so too. A meal is named once. It returns ErrHours.
func ParseOpenings(s string) ([]Opening, error) {
	s = strings.Map(calendar.Fold, s)
	var list []Opening
	for {
		m := openingForm.FindStringSubmatch(s)
		if m == nil {
			break
		}
		s = s[len(m[0]):]
		o := Opening{Meal: Lunch}
		if slices.Contains(dinners, m[1]) {
			o.Meal = Dinner
		}
		if slices.ContainsFunc(list, func(x Opening) bool { return x.Meal == o.Meal }) || m[2] != "" && o.Meal == Lunch {
			return nil, ErrHours
		}
		if m[2] == "" {
			var ok bool
			if o.Hours, ok = hoursOf(o.Meal, m[3:8], m[8:13]); !ok {
				return nil, ErrHours
			}
		}
		list = append(list, o)
	}
	if len(list) == 0 || strings.Trim(s, " \t\n,;、。.!") != "" {
		return nil, ErrHours
	}
	return list, nil
}

// hoursOf makes hours of what openingForm found of the two.
func hoursOf(meal Meal, from, to []string) (h calendar.Hours, ok bool) {
	const noon = 12 * 60
	if h.From, ok = clockOf(from); !ok {
		return h, false
	}
	if h.To, ok = clockOf(to); !ok {
		return h, false
	}
	if meal == Dinner && h.From < noon && from[0] == "" {
		h.From += noon
	}
	if h.To <= h.From && h.To < noon {
		h.To += noon
	}
	return h, h.From < h.To && h.To <= calendar.Midnight
}

// clockOf reads what hourForm found: the part of the day, the hour, minutes after a colon,
// 半 or 一刻, minutes after 点.
func clockOf(m []string) (calendar.Clock, bool) {
	hour, err := strconv.Atoi(m[1])
	if err != nil {
		hour = slices.Index(hanHours, m[1])
	}
	minute := map[string]int{"半": 30, "一刻": 15, "三刻": 45}[m[3]]
	for _, digits := range []string{m[2], m[4]} {
		if digits != "" {
			minute, _ = strconv.Atoi(digits) // digits they are
		}
	}
	if late := m[0] == "下午" || m[0] == "傍晚" || m[0] == "晚上" || m[0] == "中午" && hour < 3; late && hour < 12 {
		hour += 12
	}
	c := calendar.Clock(hour*60 + minute)
	return c, hour >= 0 && minute < 60 && c <= calendar.Midnight
}

var hanHours = []string{"零", "一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二"}
