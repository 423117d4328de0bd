package card

import (
	"strconv"

	"xingfuli/bot/community"
	"xingfuli/bot/telegram"
	"xingfuli/bot/text"
)

// Role names a role and, when it is tied to something, that: 「食堂（和食堂）」.
func Role(w text.Words, r community.Role, thing string) string {
	name := w.Plain("staff.role_"+string(r), nil)
	if thing == "" {
		return name
	}
	return w.Plain("staff.role_of", map[string]any{"Role": name, "Thing": thing})
}

// Person names somebody on the staff, by the account's number when no name is known.
func Person(w text.Words, m community.Member) string {
	if m.Name != "" {
		return m.Name
	}
	return w.Plain("staff.number", map[string]any{"ID": strconv.FormatInt(m.ID, 10)})
}

// Held is a role of somebody, as it is shown: ID is what its button carries.
type Held struct {
	Label, ID string
	Fixed     bool // the configuration gives it
}

// Colleague is somebody on the staff with all roles.
type Colleague struct {
	community.Member
	Held []Held
}

// Staff lists a page of the staff for the admins.
func Staff(w text.Words, list []Colleague, p Page) telegram.Message {
	type line struct {
		Name  string
		ID    string
		Roles []string
	}
	var lines []line
	var choices [][]telegram.Button
	for _, c := range list {
		l := line{Name: c.Name, ID: strconv.FormatInt(c.ID, 10)}
		for _, h := range c.Held {
			l.Roles = append(l.Roles, h.Label)
		}
		lines = append(lines, l)
		choices = append(choices, []telegram.Button{{Label: Person(w, c.Member), Word: "member", ID: l.ID}})
	}
	m := telegram.Message{HTML: w.HTML("staff.list", map[string]any{"People": lines, "Total": strconv.Itoa(p.Total)}), Buttons: choices}
	m.Buttons = append(m.Buttons, p.turn(w, "staff", "")...)
	m.Buttons = append(m.Buttons, []telegram.Button{{Label: w.Plain("staff.invite", nil), Word: "invite"}})
	return m
}

// Member shows somebody on the staff, with a button to take each role away.
func Member(w text.Words, c Colleague) telegram.Message {
	v := map[string]any{"Name": c.Name, "ID": strconv.FormatInt(c.ID, 10), "Roles": c.Held}
	m := telegram.Message{HTML: w.HTML("staff.member", v)}
	for _, h := range c.Held {
		if !h.Fixed {
			label := w.Plain("staff.remove", map[string]any{"Role": h.Label})
			m.Buttons = append(m.Buttons, []telegram.Button{{Label: label, Word: "fire", ID: h.ID}})
		}
	}
	m.Buttons = append(m.Buttons, []telegram.Button{{Label: w.Plain("staff.back", nil), Word: "staff"}})
	return m
}

// Fire asks whether a role shall be taken from somebody.
func Fire(w text.Words, name string, h Held, user int64) telegram.Message {
	return telegram.Message{
		HTML: w.HTML("staff.sure", map[string]any{"Name": name, "Role": h.Label}),
		Buttons: [][]telegram.Button{{
			{Label: w.Plain("staff.yes", nil), Word: "fired", ID: h.ID},
			{Label: w.Plain("staff.no", nil), Word: "member", ID: strconv.FormatInt(user, 10)},
		}},
	}
}

// InviteRole asks what the one to be invited shall be.
func InviteRole(w text.Words) telegram.Message {
	var all []Choice
	for _, r := range community.Roles {
		all = append(all, Choice{Role(w, r, ""), string(r)})
	}
	m := telegram.Message{HTML: w.HTML("staff.which_role", nil)}
	for i, c := range all {
		if i%3 == 0 {
			m.Buttons = append(m.Buttons, nil)
		}
		last := len(m.Buttons) - 1
		m.Buttons[last] = append(m.Buttons[last], telegram.Button{Label: c.Label, Word: "invite", ID: c.ID})
	}
	return m
}

// InviteFor asks what the role is for, a community or a canteen.
func InviteFor(w text.Words, r community.Role, things []Choice, page int) telegram.Message {
	v := map[string]any{"Role": Role(w, r, ""), "None": len(things) == 0}
	return telegram.Message{HTML: w.HTML("staff.which_thing", v), Buttons: choose(w, "invite", string(r)+".", things, page)}
}

// Invited gives the link that makes who follows it hold the role.
func Invited(w text.Words, role, link string) telegram.Message {
	return telegram.Message{HTML: w.HTML("staff.link", map[string]any{"Role": role, "Link": link})}
}
