package menu

import (
	"strconv"
	"strings"

	"xingfuli/bot/calendar"
)

// These are the words in which a menu is written down for a cook to correct and paste
// again. They are a format that ParseText reads, not something the bot says.
const (
	titleWord = "菜单"
	restWord  = "休息"
)

var (
	weekdayNames = [7]string{"周日", "周一", "周二", "周三", "周四", "周五", "周六"} // from time.Sunday
	mealNames    = map[Meal]string{Lunch: "午餐", Dinner: "晚餐"}
)

// Text is the menu as one line a day below its date, in a form that ParseText reads
// back to the same days on whatever day it is pasted:
//
//	菜单 2026-11-23
//	周一：红烧猪肉、紫菜虾米汤
//	周二：午餐：清蒸青鱼（12.5元）；晚餐：白粥
//	周六：休息（台风）
func (m Menu) Text() string {
	lines := []string{titleWord + " " + m.Monday.String()}
	for _, d := range m.Days {
		if d.Closed || len(d.Meals) > 0 {
			lines = append(lines, d.Text())
		}
	}
	return strings.Join(lines, "\n")
}

// Text is the day as a line of Menu.Text. A lunch alone has no heading.
func (d Day) Text() string {
	head := weekdayName(d.Date) + "："
	if d.Closed {
		if d.Reason != "" {
			return head + restWord + "（" + d.Reason + "）"
		}
		return head + restWord
	}
	var meals []string
	for _, s := range d.Meals {
		text := dishesText(s.Dishes)
		if len(d.Meals) > 1 || s.Meal != Lunch {
			text = mealNames[s.Meal] + "：" + text
		}
		meals = append(meals, text)
	}
	return head + strings.Join(meals, "；")
}

func dishesText(dishes []Dish) string {
	var names []string
	for _, d := range dishes {
		if d.Cents > 0 {
			yuan := strconv.FormatFloat(float64(d.Cents)/100, 'f', -1, 64)
			d.Name += "（" + yuan + "元）"
		}
		names = append(names, d.Name)
	}
	return strings.Join(names, "、")
}

func weekdayName(d calendar.Date) string { return weekdayNames[d.Weekday()] }
