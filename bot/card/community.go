package card

import (
	"time"

	"xingfuli/bot/calendar"
	"xingfuli/bot/community"
	"xingfuli/bot/telegram"
	"xingfuli/bot/text"
)

// Contact says whom the people of a community call, and, when it is known that nobody answers now,
// from when on somebody does.
func Contact(w text.Words, c community.Community, now time.Time, h calendar.Holidays) telegram.Message {
	if c.Contact == (community.Contact{}) {
		return telegram.Message{HTML: w.HTML("community.no_contact", map[string]any{"Community": c.Name})}
	}
	return telegram.Message{HTML: w.HTML("community.contact", map[string]any{
		"Community": c.Name, "Title": c.Contact.Title, "Phone": c.Contact.Phone, "Hours": c.Contact.Hours, "From": answersFrom(w, c.Contact, now, h),
	})}
}

// answersFrom says from when on a contact person is at work, 「周二 11月24日 08:30」; "" when they
// are, or when their hours are not understood.
func answersFrom(w text.Words, c community.Contact, now time.Time, h calendar.Holidays) string {
	hours, err := calendar.ParseWorking(c.Hours)
	if err != nil {
		return ""
	}
	next, ok := hours.Next(now, h)
	if !ok || next.Equal(now) {
		return ""
	}
	return moment(w, next)
}

// ContactLine is a contact person in one line, as the audit trail has it; empty for none.
func ContactLine(c community.Contact) string {
	line := c.Title
	for _, s := range []string{c.Phone, c.Hours} {
		if s != "" && line != "" {
			line += " "
		}
		line += s
	}
	return line
}

// Communities asks which community somebody belongs to.
func Communities(w text.Words, open []community.Community) telegram.Message {
	return Where(w, open, "", 0, 0)
}

// Where asks which community somebody belongs to, a page at a time. closed is the name of the
// one they chose before, if it is closed now. version is the dialogue's, which the buttons
// carry so that what the person asked is found again.
func Where(w text.Words, open []community.Community, closed string, page int, version int64) telegram.Message {
	m := telegram.Message{HTML: w.HTML("community.which", map[string]any{"Closed": closed, "Many": len(open) > PerPage})}
	m.Buttons = choose(w, "where", "", communityChoices(open), page)
	for i := range m.Buttons {
		for j := range m.Buttons[i] {
			m.Buttons[i][j].Version = version
		}
	}
	return m
}

func communityChoices(all []community.Community) []Choice {
	list := make([]Choice, len(all))
	for i, c := range all {
		list[i] = Choice{c.Name, c.ID}
	}
	return list
}

// CommunityList shows admins all communities, closed ones too, and the alliances.
func CommunityList(w text.Words, d community.Directory, page int) telegram.Message {
	type alliance struct {
		Name  string
		Names []string
	}
	var alliances []alliance
	for _, a := range d.Alliances {
		if !a.Closed {
			alliances = append(alliances, alliance{a.Name, memberNames(d, a)})
		}
	}
	all := communityChoices(d.Communities)
	for i, c := range d.Communities {
		if c.Closed {
			all[i].Label = w.Plain("community.closed_name", map[string]any{"Name": c.Name})
		}
	}
	m := telegram.Message{
		HTML:    w.HTML("community.list", map[string]any{"Count": len(d.Open()), "Alliances": alliances}),
		Buttons: choose(w, "community", "", all, page),
	}
	m.Buttons = append(m.Buttons, []telegram.Button{
		{Label: w.Plain("community.add", nil), Word: "edit", ID: "c_add"}, {Label: w.Plain("community.ally", nil), Word: "edit", ID: "c_ally"},
	})
	return m
}

func memberNames(d community.Directory, a community.Alliance) []string {
	var names []string
	for _, id := range a.Communities {
		if c, ok := d.ByID(id); ok && !c.Closed {
			names = append(names, c.Name)
		}
	}
	return names
}

// CommunityCard shows admins one community, and what they can do with it.
func CommunityCard(w text.Words, d community.Directory, c community.Community) telegram.Message {
	m := telegram.Message{HTML: w.HTML("community.card", map[string]any{
		"Name": c.Name, "Closed": c.Closed, "Contact": ContactLine(c.Contact), "Alliances": d.Allied(c.ID),
	})}
	button := func(key, word, id string) telegram.Button {
		return telegram.Button{Label: w.Plain(key, nil), Word: word, ID: id}
	}
	if c.Closed {
		m.Buttons = append(m.Buttons, []telegram.Button{button("community.open", "reopen", c.ID)})
	} else {
		m.Buttons = append(m.Buttons,
			[]telegram.Button{button("community.edit_contact", "edit", "c_contact."+c.ID), button("community.edit_name", "edit", "c_name."+c.ID)},
			[]telegram.Button{button("community.close", "close", c.ID)})
	}
	m.Buttons = append(m.Buttons, []telegram.Button{button("community.back", "community", "")})
	return m
}

// CloseCommunity asks whether a community shall be closed.
func CloseCommunity(w text.Words, c community.Community) telegram.Message {
	return telegram.Message{
		HTML: w.HTML("community.close_sure", map[string]any{"Name": c.Name}),
		Buttons: [][]telegram.Button{{
			{Label: w.Plain("community.close_yes", nil), Word: "closed", ID: c.ID},
			{Label: w.Plain("community.close_no", nil), Word: "community", ID: c.ID},
		}},
	}
}

// Alliance shows an alliance and its members.
func Alliance(w text.Words, d community.Directory, a community.Alliance) telegram.Message {
	return telegram.Message{HTML: w.HTML("community.alliance", map[string]any{"Name": a.Name, "Names": memberNames(d, a)})}
}

// AllianceLine lists the members of an alliance, as the audit trail has it.
func AllianceLine(w text.Words, d community.Directory, a community.Alliance) string {
	return w.Plain("menu.list", map[string]any{"Names": memberNames(d, a)})
}

// Changed shows what another one has made of a thing meanwhile, and asks.
func Changed(w text.Words, now, mine string, version int64) telegram.Message {
	return telegram.Message{
		HTML: w.HTML("community.changed", map[string]any{"Now": now, "Mine": mine}),
		Buttons: [][]telegram.Button{{
			{Label: w.Plain("community.insist", nil), Word: "insist", Version: version},
			{Label: w.Plain("community.give_up", nil), Word: "giveup", Version: version},
		}},
	}
}
