package card

import (
	"strconv"

	"xingfuli/bot/menu"
	"xingfuli/bot/telegram"
	"xingfuli/bot/text"
)

// SoldOut lists today's dishes for the cook: a press marks one as sold out or takes the
// mark off. version is that of the week.
func SoldOut(w text.Words, c menu.Canteen, d menu.Day, version int64) telegram.Message {
	dishes := d.Dishes("")
	if len(dishes) == 0 {
		return telegram.Message{HTML: w.HTML("menu.soldout_none", map[string]any{"Canteen": c.Name, "Closed": d.Closed})}
	}
	m := telegram.Message{HTML: w.HTML("menu.soldout", map[string]any{"Canteen": c.Name, "Day": shortDay(w, d.Date), "Meals": meals(w, c, d, "", nil)})}
	for i, dish := range dishes {
		b := telegram.Button{Word: "soldout", ID: c.ID + "." + d.Date.String() + "." + strconv.Itoa(i), Version: version}
		key := "menu.mark"
		if dish.Gone {
			key, b.Word = "menu.unmark", "restock"
		}
		b.Label = w.Plain(key, map[string]any{"Name": dish.Name})
		m.Buttons = append(m.Buttons, []telegram.Button{b})
	}
	return m
}

// Sold says which dishes were marked, or unmarked, and which today's menu has not; nothing
// when there are none of either.
func Sold(w text.Words, known, unknown []string, out bool) (said text.HTML) {
	named := func(key string, names []string) text.HTML {
		if len(names) == 0 {
			return ""
		}
		return w.HTML(key, map[string]any{"Dishes": w.Plain("menu.list", map[string]any{"Names": names})}) + "\n\n"
	}
	if out {
		said = named("menu.sold", known)
	} else {
		said = named("menu.restocked", known)
	}
	return said + named("menu.sold_unknown", unknown)
}
