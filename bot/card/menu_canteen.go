package card

import (
	"strings"

	"xingfuli/bot/calendar"
	"xingfuli/bot/community"
	"xingfuli/bot/menu"
	"xingfuli/bot/telegram"
	"xingfuli/bot/text"
)

// CanteenList shows staff their canteens; an admin may add one.
func CanteenList(w text.Words, mine menu.Canteens, admin bool, page int) telegram.Message {
	all := make([]Choice, len(mine))
	for i, c := range mine {
		all[i] = Choice{c.Name, c.ID}
		if c.Closed {
			all[i].Label = w.Plain("canteen.closed_name", map[string]any{"Name": c.Name})
		}
	}
	m := telegram.Message{
		HTML:    w.HTML("canteen.list", map[string]any{"Count": len(mine.Open())}),
		Buttons: choose(w, "canteen", "", all, page),
	}
	if admin {
		m.Buttons = append(m.Buttons, []telegram.Button{{Label: w.Plain("canteen.add", nil), Word: "edit", ID: "k_add"}})
	}
	return m
}

// Canteen shows staff one canteen as of today, and what they can do with it: an admin more
// than a cook.
func Canteen(w text.Words, d community.Directory, c menu.Canteen, admin bool, today calendar.Date) telegram.Message {
	m := telegram.Message{HTML: w.HTML("canteen.card", map[string]any{
		"Name": c.Name, "Closed": c.Closed, "Served": Served(w, d, c), "Hours": Openings(w, c), "Prices": Prices(w, c),
		"Address": c.Address, "Phone": c.Phone, "Holidays": Holidays(w, c, today),
	})}
	button := func(key, word, id string) telegram.Button {
		return telegram.Button{Label: w.Plain(key, nil), Word: word, ID: id}
	}
	edit := func(what string) telegram.Button { return button("canteen.edit_"+what, "edit", "k_"+what+"."+c.ID) }
	switch {
	case c.Closed && admin:
		m.Buttons = append(m.Buttons, []telegram.Button{button("canteen.open", "canteenopen", c.ID)})
	case !c.Closed:
		m.Buttons = append(m.Buttons,
			[]telegram.Button{edit("hours"), edit("prices")}, []telegram.Button{edit("address"), edit("phone")}, []telegram.Button{edit("rest")})
	}
	if admin && !c.Closed {
		m.Buttons[2] = append(m.Buttons[2], edit("serve"))
		m.Buttons = append(m.Buttons, []telegram.Button{edit("name"), button("canteen.close", "canteenclose", c.ID)})
	}
	m.Buttons = append(m.Buttons, []telegram.Button{button("canteen.back", "canteen", "")})
	return m
}

// CloseCanteen asks whether a canteen shall be closed.
func CloseCanteen(w text.Words, c menu.Canteen) telegram.Message {
	return telegram.Message{
		HTML: w.HTML("canteen.close_sure", map[string]any{"Name": c.Name}),
		Buttons: [][]telegram.Button{{
			{Label: w.Plain("canteen.close_yes", nil), Word: "canteenclosed", ID: c.ID},
			{Label: w.Plain("canteen.close_no", nil), Word: "canteen", ID: c.ID},
		}},
	}
}

// Served lists the open communities that a canteen serves, in one line.
func Served(w text.Words, d community.Directory, c menu.Canteen) string {
	return w.Plain("menu.list", map[string]any{"Names": memberNames(d, community.Alliance{Communities: c.Communities})})
}

// Openings are a canteen's hours, a meal a line, as staff may write them.
func Openings(w text.Words, c menu.Canteen) string {
	var lines []string
	for _, o := range c.Openings() {
		lines = append(lines, mealName(w, o.Meal)+" "+o.String())
	}
	return strings.Join(lines, "\n")
}

// Prices are a canteen's price tiers, one a line, as staff may write them; empty for none.
func Prices(w text.Words, c menu.Canteen) string {
	var lines []string
	for _, p := range c.Prices {
		lines = append(lines, p.Who+" "+price(w, p.Cents))
	}
	return strings.Join(lines, "\n")
}

// price is what a meal costs, which may be nothing.
func price(w text.Words, cents int64) string {
	if cents == 0 {
		return w.Plain("canteen.free", nil)
	}
	return money(w, cents)
}

// Holidays are a canteen's holidays that are not over, one a line; empty for none.
func Holidays(w text.Words, c menu.Canteen, today calendar.Date) string {
	var lines []string
	for _, h := range c.Coming(today) {
		v := map[string]any{"From": shortDay(w, h.From), "To": "", "Reason": h.Reason}
		if h.To != h.From {
			v["To"] = shortDay(w, h.To)
		}
		lines = append(lines, w.Plain("canteen.holiday", v))
	}
	return strings.Join(lines, "\n")
}
