package handlers

import (
	"context"
	"crypto/rand"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"xingfuli/bot/card"
	"xingfuli/bot/community"
	"xingfuli/bot/menu"
	"xingfuli/bot/queue"
	"xingfuli/bot/telegram"
	"xingfuli/bot/text"
)

// RosterStore keeps who is on the staff.
type RosterStore interface {
	Communities(ctx context.Context, content int64) ([]community.Community, error)
	Directory(ctx context.Context, content int64) (community.Directory, error)
	Canteens(ctx context.Context, content int64) ([]menu.Canteen, error)
	AllCanteens(ctx context.Context, content int64) (menu.Canteens, error)
	StaffList(ctx context.Context, offset, n int64) (list []community.Member, total int64, err error)
	StaffMember(ctx context.Context, user int64) (community.Member, error)
	NameStaff(ctx context.Context, user int64, name string) error
	Invite(ctx context.Context, op queue.Op, token string, v community.Invitation, e community.Entry) error
	Invitation(ctx context.Context, op queue.Op, token string) (community.Invitation, error)
	Accept(ctx context.Context, op queue.Op, token string, v community.Invitation, user int64, name string, now time.Time, e community.Entry) error
	Revoke(ctx context.Context, op queue.Op, user int64, role community.Role, id string, left int, e community.Entry) error
}

// Roster lists the staff, invites to it and removes from it.
type Roster struct {
	Store  RosterStore
	Staff  Staff
	Admins []int64 // whom the configuration names
}

// Register takes /staff, its buttons and refusals.
func (h Roster) Register(r *telegram.Router) {
	r.Command("staff", h.staff, telegram.In(telegram.Private), telegram.For(has(h.Staff, community.Admin)), telegram.About("staff.about"))
	for word, run := range map[string]telegram.Handler{"staff": h.page, "member": h.member, "invite": h.choose, "fire": h.ask, "fired": h.fire} {
		r.Button(word, func(ctx context.Context, t *telegram.Turn) error {
			if err := admin(ctx, h.Staff, t); err != nil {
				return err
			}
			return run(ctx, t)
		})
	}
	r.Explain(community.ErrInvitation, "staff.bad_link")
	r.Explain(community.ErrNotHeld, "staff.not_held")
	r.Explain(community.ErrLast, "staff.last")
	r.Explain(community.ErrConfigured, "staff.configured")
}

// called is what the person's account is called.
func called(t *telegram.Turn) string {
	return strings.TrimSpace(t.User.FirstName + " " + t.User.LastName)
}

// staff shows the list, or does what the line says.
func (h Roster) staff(ctx context.Context, t *telegram.Turn) error {
	verb, rest := cutWord(t.Args)
	switch {
	case verb == "":
		if err := h.Store.NameStaff(ctx, t.UserID(), called(t)); err != nil {
			return err
		}
		m, err := h.list(ctx, t, 0)
		if err != nil {
			return err
		}
		_, err = t.Send(ctx, m)
		return err
	case says(verb, "staff.verb_invite"):
		return h.inviteLine(ctx, t, rest)
	case says(verb, "staff.verb_remove"):
		return h.removeLine(ctx, t, rest)
	}
	return t.Say(ctx, "staff.how", nil)
}

func (h Roster) page(ctx context.Context, t *telegram.Turn) error {
	_, page := card.CutPage(t.Button.ID)
	m, err := h.list(ctx, t, page)
	if err != nil {
		return err
	}
	return t.Edit(ctx, m)
}

// list shows a page of the staff; the admins of the configuration come first.
func (h Roster) list(ctx context.Context, t *telegram.Turn, number int) (telegram.Message, error) {
	_, total, err := h.Store.StaffList(ctx, 0, 1)
	if err != nil {
		return telegram.Message{}, err
	}
	fixed := len(h.Admins)
	p := card.Page{Number: number, Total: fixed + int(total)}
	var people []card.Colleague
	for _, id := range h.Admins[min(p.From(), fixed):min(p.To(), fixed)] {
		c, err := h.colleague(ctx, t, id)
		if err != nil {
			return telegram.Message{}, err
		}
		people = append(people, c)
	}
	if from := max(p.From()-fixed, 0); p.To() > fixed {
		list, _, err := h.Store.StaffList(ctx, int64(from), int64(p.To()-fixed-from))
		if err != nil {
			return telegram.Message{}, err
		}
		for _, m := range list {
			c, err := h.held(ctx, t, m)
			if err != nil {
				return telegram.Message{}, err
			}
			people = append(people, c)
		}
	}
	return card.Staff(t.Words(), people, p), nil
}

func (h Roster) colleague(ctx context.Context, t *telegram.Turn, user int64) (card.Colleague, error) {
	m, err := h.Store.StaffMember(ctx, user)
	if err != nil {
		return card.Colleague{}, err
	}
	return h.held(ctx, t, m)
}

// held puts a person's roles into words.
func (h Roster) held(ctx context.Context, t *telegram.Turn, m community.Member) (card.Colleague, error) {
	c, w := card.Colleague{Member: m}, t.Words()
	if slices.Contains(h.Admins, m.ID) {
		c.Held = append(c.Held, card.Held{Label: card.Role(w, community.Admin, ""), Fixed: true})
	}
	for _, r := range community.Roles {
		ids, ok := m.Grants[r]
		if ok && len(ids) == 0 {
			ids = []string{""}
		}
		for _, id := range slices.Sorted(slices.Values(ids)) {
			thing, err := h.thing(ctx, t, r, id)
			if err != nil {
				return c, err
			}
			c.Held = append(c.Held, card.Held{Label: card.Role(w, r, thing), ID: strconv.FormatInt(m.ID, 10) + "." + string(r) + "." + id})
		}
	}
	return c, nil
}

// thing names what a role is held for: the ID itself when it is not known any more.
func (h Roster) thing(ctx context.Context, t *telegram.Turn, r community.Role, id string) (string, error) {
	if id == "" {
		return "", nil
	}
	d, err := h.Store.Directory(ctx, t.Known.Content)
	if err != nil {
		return "", err
	}
	if c, ok := d.ByID(id); ok && r.Tie() == community.ToCommunity {
		return c.Name, nil
	}
	canteens, err := h.Store.AllCanteens(ctx, t.Known.Content)
	if err != nil {
		return "", err
	}
	for _, c := range canteens {
		if c.ID == id && r.Tie() == community.ToCanteen {
			return c.Name, nil
		}
	}
	return id, nil
}

func (h Roster) member(ctx context.Context, t *telegram.Turn) error {
	user, err := t.Button.Number()
	if err != nil {
		return err
	}
	c, err := h.colleague(ctx, t, user)
	if err != nil {
		return err
	}
	return t.Edit(ctx, card.Member(t.Words(), c))
}

// target reads what a button to remove a role is about. It may be forged: only what the
// person holds is found.
func (h Roster) target(ctx context.Context, t *telegram.Turn) (card.Colleague, community.Role, string, card.Held, error) {
	parts := strings.SplitN(t.Button.ID, ".", 3)
	user, err := strconv.ParseInt(parts[0], 10, 64)
	if err != nil || len(parts) != 3 {
		return card.Colleague{}, "", "", card.Held{}, telegram.ErrStale
	}
	c, err := h.colleague(ctx, t, user)
	if err != nil {
		return c, "", "", card.Held{}, err
	}
	held := card.Held{ID: t.Button.ID}
	for _, x := range c.Held {
		if x.ID == t.Button.ID {
			held = x
		}
	}
	if held.Label == "" { // it is gone; Revoke knows whether this turn took it
		thing, err := h.thing(ctx, t, community.Role(parts[1]), parts[2])
		if err != nil || !community.Role(parts[1]).Known() {
			return c, "", "", held, errors.Join(err, telegram.ErrStale)
		}
		held.Label = card.Role(t.Words(), community.Role(parts[1]), thing)
	}
	return c, community.Role(parts[1]), parts[2], held, nil
}

// ask shows what is about to be removed.
func (h Roster) ask(ctx context.Context, t *telegram.Turn) error {
	c, role, _, held, err := h.target(ctx, t)
	if err != nil {
		return err
	}
	if _, err := community.Left(role, c.ID, h.Admins); err != nil {
		return err
	}
	return t.Edit(ctx, card.Fire(t.Words(), card.Person(t.Words(), c.Member), held, c.ID))
}

func (h Roster) fire(ctx context.Context, t *telegram.Turn) error {
	c, role, id, held, err := h.target(ctx, t)
	if err != nil {
		return err
	}
	if err := h.revoke(ctx, t, c.ID, role, id, held.Label); err != nil {
		return err
	}
	v := map[string]any{"Name": card.Person(t.Words(), c.Member), "Role": held.Label}
	back := [][]telegram.Button{{{Label: t.Words().Plain("staff.back", nil), Word: "staff"}}}
	return t.Edit(ctx, telegram.Message{HTML: t.Words().HTML("staff.removed", v), Buttons: back})
}

func (h Roster) revoke(ctx context.Context, t *telegram.Turn, user int64, role community.Role, id, label string) error {
	left, err := community.Left(role, user, h.Admins)
	if err != nil {
		return err
	}
	e := community.Entry{At: t.Now, Who: t.UserID(), What: "staff.remove", Whom: user, Before: label}
	return h.Store.Revoke(ctx, t.Op(), user, role, id, left, e)
}

// choose leads from a role, and what it is tied to, to a link.
func (h Roster) choose(ctx context.Context, t *telegram.Turn) error {
	id, page := card.CutPage(t.Button.ID)
	name, thing, tied := strings.Cut(id, ".")
	role := community.Role(name)
	switch {
	case id == "":
		return t.Edit(ctx, card.InviteRole(t.Words()))
	case !role.Known(), tied && role.Tie() == community.Nothing:
		return telegram.ErrStale
	}
	things, err := h.things(ctx, t, role)
	if err != nil {
		return err
	}
	if role.Tie() != community.Nothing && !tied {
		return t.Edit(ctx, card.InviteFor(t.Words(), role, things, page))
	}
	if tied && !slices.ContainsFunc(things, func(c card.Choice) bool { return c.ID == thing }) {
		return telegram.ErrStale
	}
	return h.invite(ctx, t, role, thing)
}

// things lists what a role can be tied to.
func (h Roster) things(ctx context.Context, t *telegram.Turn, r community.Role) ([]card.Choice, error) {
	var all []card.Choice
	switch r.Tie() {
	case community.ToCommunity:
		open, err := h.Store.Communities(ctx, t.Known.Content)
		if err != nil {
			return nil, err
		}
		for _, c := range open {
			all = append(all, card.Choice{Label: c.Name, ID: c.ID})
		}
	case community.ToCanteen:
		canteens, err := h.Store.Canteens(ctx, t.Known.Content)
		if err != nil {
			return nil, err
		}
		for _, c := range canteens {
			all = append(all, card.Choice{Label: c.Name, ID: c.ID})
		}
	}
	return all, nil
}

// invite makes a link that somebody becomes role by.
func (h Roster) invite(ctx context.Context, t *telegram.Turn, role community.Role, id string) error {
	thing, err := h.thing(ctx, t, role, id)
	if err != nil {
		return err
	}
	label := card.Role(t.Words(), role, thing)
	token := rand.Text() // 130 bits
	v := community.Invitation{Role: role, ID: id, By: t.UserID(), At: t.Now}
	e := community.Entry{At: t.Now, Who: t.UserID(), What: "staff.invite", After: label}
	if err := h.Store.Invite(ctx, t.Op(), token, v, e); err != nil {
		return err
	}
	_, err = t.Send(ctx, card.Invited(t.Words(), label, t.StartLink(token)))
	return err
}

// inviteLine reads 「canteen 和食堂」.
func (h Roster) inviteLine(ctx context.Context, t *telegram.Turn, line string) error {
	role, id, ok, err := h.read(ctx, t, line)
	if err != nil || !ok {
		return err
	}
	return h.invite(ctx, t, role, id)
}

// removeLine reads 「1002 canteen 和食堂」.
func (h Roster) removeLine(ctx context.Context, t *telegram.Turn, line string) error {
	number, rest := cutWord(line)
	user, err := strconv.ParseInt(number, 10, 64)
	if err != nil {
		return t.Say(ctx, "staff.how", nil)
	}
	role, id, ok, err := h.read(ctx, t, rest)
	if err != nil || !ok {
		return err
	}
	m, err := h.Store.StaffMember(ctx, user)
	if err != nil {
		return err
	}
	thing, err := h.thing(ctx, t, role, id)
	if err != nil {
		return err
	}
	label := card.Role(t.Words(), role, thing)
	if err := h.revoke(ctx, t, user, role, id, label); err != nil {
		return err
	}
	return t.Say(ctx, "staff.removed", map[string]any{"Name": card.Person(t.Words(), m), "Role": label})
}

// read finds the role and what it is tied to in words; when it cannot, it says so and
// returns false.
func (h Roster) read(ctx context.Context, t *telegram.Turn, line string) (role community.Role, id string, ok bool, err error) {
	word, rest := cutWord(line)
	for _, r := range community.Roles {
		if string(r) == strings.ToLower(word) || says(word, "staff.role_"+string(r)) {
			role = r
		}
	}
	if role == "" {
		var names []string
		for _, r := range community.Roles {
			names = append(names, card.Role(t.Words(), r, ""))
		}
		return "", "", false, t.Say(ctx, "staff.unknown_role", map[string]any{"Name": word, "Names": names})
	}
	if role.Tie() == community.Nothing {
		return role, "", true, nil
	}
	things, err := h.things(ctx, t, role)
	if err != nil {
		return "", "", false, err
	}
	found, err := community.Named(rest, things, func(c card.Choice) string { return c.Label })
	if err == nil {
		return role, found.ID, true, nil
	}
	var names []string
	for _, c := range things {
		names = append(names, c.Label)
	}
	return "", "", false, t.Say(ctx, "staff.unknown_thing", map[string]any{"Name": rest, "Names": names})
}

// Follow makes who opened an invitation what it says, and tells who sent it.
func (h Roster) Follow(ctx context.Context, t *telegram.Turn, token string) error {
	w, op := t.Words(), t.Op()
	v, err := h.Store.Invitation(ctx, op, token)
	if err != nil {
		return err
	}
	by, err := h.Staff.Grants(ctx, v.By)
	if err != nil {
		return err
	}
	if err := v.Follow(t.UserID(), by); err != nil {
		return err
	}
	thing, err := h.thing(ctx, t, v.Role, v.ID)
	if err != nil {
		return err
	}
	name := called(t)
	e := community.Entry{At: t.Now, Who: v.By, What: "staff" + "." + "join", Whom: t.UserID(), After: card.Role(w, v.Role, thing)}
	if err := h.Store.Accept(ctx, op, token, v, t.UserID(), name, t.Now, e); err != nil {
		return err
	}
	welcome := w.HTML("staff.welcome", map[string]any{"Name": name, "Role": card.Role(w, v.Role, thing)})
	if _, err := t.Send(ctx, telegram.Message{HTML: welcome, Keys: card.Keys(w)}); err != nil {
		return err
	}
	return t.Tell(ctx, v.By, func(w text.Words) telegram.Message {
		return telegram.Message{HTML: w.HTML("staff.joined", map[string]any{"Name": name, "Role": card.Role(w, v.Role, thing)})}
	})
}
