package handlers

import (
	"context"
	"strings"

	"xingfuli/bot/card"
	"xingfuli/bot/community"
	"xingfuli/bot/telegram"
)

// registerAdmin takes /community, its buttons, forms and refusals.
func (h Community) registerAdmin(r *telegram.Router) {
	r.Command("community", h.community, telegram.In(telegram.Private), telegram.For(has(h.Staff, community.Admin)), telegram.About("community.about_community"))
	for word, run := range map[string]telegram.Handler{"community": h.show, "close": h.askClose, "closed": h.close, "reopen": h.reopen} {
		r.Button(word, func(ctx context.Context, t *telegram.Turn) error {
			if err := admin(ctx, h.Staff, t); err != nil {
				return err
			}
			return run(ctx, t)
		})
	}
	only := onlyAdmins(h.Staff)
	h.Forms["c_add"] = formField{"community.form_add", only, nil, h.add}
	h.Forms["c_name"] = formField{"community.form_name", only, h.was(func(c community.Community) string { return c.Name }), h.rename}
	h.Forms["c_contact"] = formField{"community.form_contact", only, h.was(func(c community.Community) string { return card.ContactLine(c.Contact) }), h.saveContact}
	h.Forms["c_ally"] = formField{"community.form_ally", only, nil, h.saveAlliance}
	r.Explain(community.ErrName, "community.bad_name")
	r.Explain(community.ErrTwice, "community.twice")
	r.Explain(community.ErrClosed, "community.is_closed")
	r.Explain(community.ErrLong, "community.too_long")
	r.Explain(community.ErrPhone, "community.bad_phone")
	r.Explain(community.ErrFew, "community.few")
	r.Explain(community.ErrUnknown, "community.no_such")
}

// communityVerbs are what /community can be told to do in one line.
var communityVerbs = map[string]func(Community, context.Context, *telegram.Turn, string) error{
	"community.verb_add":      Community.addLine,
	"community.verb_rename":   Community.renameLine,
	"community.verb_close":    Community.closeLine,
	"community.verb_ally":     Community.allyLine,
	"community.verb_dissolve": Community.dissolve,
}

// community shows the list, or does what the line says.
func (h Community) community(ctx context.Context, t *telegram.Turn) error {
	verb, rest := cutWord(t.Args)
	for key, do := range communityVerbs {
		if says(verb, key) {
			return do(h, ctx, t, rest)
		}
	}
	d, err := h.Store.Directory(ctx, t.Known.Content)
	if err != nil {
		return err
	}
	if verb == "" {
		_, err = t.Send(ctx, card.CommunityList(t.Words(), d, 0))
		return err
	}
	if c, err := community.Find(t.Args, d.Communities); err == nil {
		_, err = t.Send(ctx, card.CommunityCard(t.Words(), d, c))
		return err
	}
	return t.Say(ctx, "community.how", nil)
}

// show changes the message to a community, or to a page of the list.
func (h Community) show(ctx context.Context, t *telegram.Turn) error {
	d, err := h.Store.Directory(ctx, t.Known.Content)
	if err != nil {
		return err
	}
	id, page := card.CutPage(t.Button.ID)
	if id == "" {
		return t.Edit(ctx, card.CommunityList(t.Words(), d, page))
	}
	c, ok := d.ByID(id)
	if !ok {
		return telegram.ErrStale
	}
	return t.Edit(ctx, card.CommunityCard(t.Words(), d, c))
}

// was makes what a form shows of a community before it is changed.
func (h Community) was(show func(community.Community) string) func(context.Context, *telegram.Turn, string) (string, error) {
	return func(ctx context.Context, t *telegram.Turn, id string) (string, error) {
		d, err := h.Store.Directory(ctx, t.Known.Content)
		if err != nil {
			return "", err
		}
		c, ok := d.ByID(id)
		if !ok {
			return "", telegram.ErrStale
		}
		return show(c), nil
	}
}

// changed is what the trail gets of a change to a community.
func changed(t *telegram.Turn, what, about, before, after string) community.Entry {
	return community.Entry{At: t.Now, Who: t.UserID(), What: "community" + "." + what, About: about, Before: before, After: after}
}

func (h Community) addLine(ctx context.Context, t *telegram.Turn, name string) error {
	return h.Forms.line(ctx, t, "c_add", "", name)
}

func (h Community) add(ctx context.Context, t *telegram.Turn, _ form, words string) (telegram.Message, error) {
	c, err := h.Store.EditCommunity(ctx, t.Op(), func(d community.Directory) (community.Community, community.Entry, error) {
		c, err := d.Add(words)
		return c, changed(t, "add", c.Name, "", c.Name), err
	})
	return h.outcome(t, "community.added", c), err
}

// outcome says what became of a community, with its card's buttons.
func (h Community) outcome(t *telegram.Turn, key string, c community.Community) telegram.Message {
	m := card.CommunityCard(t.Words(), community.Directory{}, c)
	m.HTML = t.Words().HTML(key, map[string]any{"Name": c.Name, "Contact": card.ContactLine(c.Contact)})
	return m
}

func (h Community) rename(ctx context.Context, t *telegram.Turn, f form, words string) (telegram.Message, error) {
	c, err := h.Store.EditCommunity(ctx, t.Op(), func(d community.Directory) (community.Community, community.Entry, error) {
		was, _ := d.ByID(f.ID)
		if err := f.check(was.Name); err != nil {
			return was, community.Entry{}, err
		}
		c, err := d.Rename(f.ID, words)
		return c, changed(t, "rename", was.Name, was.Name, c.Name), err
	})
	return h.outcome(t, "community.renamed", c), err
}

// renameLine reads 「旧名 新名」. The old name is looked up where the new one is written: a retry
// would not find it any more.
func (h Community) renameLine(ctx context.Context, t *telegram.Turn, line string) error {
	old, name := cutWord(line)
	c, err := h.Store.EditCommunity(ctx, t.Op(), func(d community.Directory) (community.Community, community.Entry, error) {
		was, err := community.Find(old, d.Open())
		if err != nil {
			return was, community.Entry{}, err
		}
		c, err := d.Rename(was.ID, name)
		return c, changed(t, "rename", was.Name, was.Name, c.Name), err
	})
	if err != nil {
		return err
	}
	_, err = t.Send(ctx, h.outcome(t, "community.renamed", c))
	return err
}

// closeLine asks before it closes.
func (h Community) closeLine(ctx context.Context, t *telegram.Turn, line string) error {
	d, err := h.Store.Directory(ctx, t.Known.Content)
	if err != nil {
		return err
	}
	c, err := community.Find(line, d.Open())
	if err != nil {
		return h.unknown(ctx, t, d, "/community "+t.Words().Plain("community.verb_close", nil))
	}
	_, err = t.Send(ctx, card.CloseCommunity(t.Words(), c))
	return err
}

func (h Community) askClose(ctx context.Context, t *telegram.Turn) error {
	d, err := h.Store.Directory(ctx, t.Known.Content)
	if err != nil {
		return err
	}
	c, ok := d.ByID(t.Button.ID)
	if !ok {
		return telegram.ErrStale
	}
	return t.Edit(ctx, card.CloseCommunity(t.Words(), c))
}

func (h Community) close(ctx context.Context, t *telegram.Turn) error {
	c, err := h.Store.EditCommunity(ctx, t.Op(), func(d community.Directory) (community.Community, community.Entry, error) {
		c, err := d.Close(t.Button.ID)
		return c, changed(t, "close", c.Name, "", ""), err
	})
	if err != nil {
		return err
	}
	return t.Edit(ctx, h.outcome(t, "community.closed", c))
}

func (h Community) reopen(ctx context.Context, t *telegram.Turn) error {
	c, err := h.Store.EditCommunity(ctx, t.Op(), func(d community.Directory) (community.Community, community.Entry, error) {
		was, ok := d.ByID(t.Button.ID)
		if !ok {
			return was, community.Entry{}, telegram.ErrStale
		}
		c, err := d.Add(was.Name)
		return c, changed(t, "open", c.Name, "", ""), err
	})
	if err != nil {
		return err
	}
	return t.Edit(ctx, h.outcome(t, "community.added", c))
}

// setContact reads 「安居小区 专员 138… 周一到周五」 after /contact 设置.
func (h Community) setContact(ctx context.Context, t *telegram.Turn, line string) error {
	if err := admin(ctx, h.Staff, t); err != nil {
		return err
	}
	d, err := h.Store.Directory(ctx, t.Known.Content)
	if err != nil {
		return err
	}
	name, words := cutWord(line)
	c, err := community.Find(name, d.Open())
	if err != nil {
		return h.unknown(ctx, t, d, "/contact "+t.Words().Plain("community.verb_set", nil))
	}
	return h.Forms.line(ctx, t, "c_contact", c.ID, words)
}

func (h Community) saveContact(ctx context.Context, t *telegram.Turn, f form, words string) (telegram.Message, error) {
	p := community.ParseContact(words)
	if says(strings.TrimSpace(words), "community.nobody") {
		p = community.Contact{}
	}
	c, err := h.Store.EditCommunity(ctx, t.Op(), func(d community.Directory) (community.Community, community.Entry, error) {
		was, _ := d.ByID(f.ID)
		if err := f.check(card.ContactLine(was.Contact)); err != nil {
			return was, community.Entry{}, err
		}
		c, err := d.SetContact(f.ID, p)
		return c, changed(t, "contact", c.Name, card.ContactLine(was.Contact), card.ContactLine(c.Contact)), err
	})
	return h.outcome(t, "community.contact_set", c), err
}

// allyLine reads 「联盟名 小区 小区」, or shows the alliance of that name.
func (h Community) allyLine(ctx context.Context, t *telegram.Turn, line string) error {
	name, members := cutWord(line)
	if members != "" {
		return h.Forms.line(ctx, t, "c_ally", "", line)
	}
	d, err := h.Store.Directory(ctx, t.Known.Content)
	if err != nil {
		return err
	}
	a, err := d.Alliance(name)
	if err != nil {
		return t.Say(ctx, "community.how", nil)
	}
	_, err = t.Send(ctx, card.Alliance(t.Words(), d, a))
	return err
}

func (h Community) saveAlliance(ctx context.Context, t *telegram.Turn, _ form, words string) (telegram.Message, error) {
	names := strings.FieldsFunc(words, func(r rune) bool { return strings.ContainsRune(" \n\t、，,；;", r) })
	if len(names) == 0 {
		return telegram.Message{}, community.ErrName
	}
	var at community.Directory
	a, err := h.Store.EditAlliance(ctx, t.Op(), func(d community.Directory) (community.Alliance, community.Entry, error) {
		at = d
		var ids []string
		for _, n := range names[1:] {
			c, err := community.Find(n, d.Open())
			if err != nil {
				return community.Alliance{}, community.Entry{}, err
			}
			ids = append(ids, c.ID)
		}
		was, _ := d.Alliance(names[0])
		a, err := d.Ally(names[0], ids)
		return a, changed(t, "ally", a.Name, card.AllianceLine(t.Words(), d, was), card.AllianceLine(t.Words(), d, a)), err
	})
	if err == nil && len(at.Communities) == 0 { // done by an earlier try
		at, err = h.Store.Directory(ctx, t.Known.Content)
	}
	return card.Alliance(t.Words(), at, a), err
}

// dissolve ends an alliance; its communities stay.
func (h Community) dissolve(ctx context.Context, t *telegram.Turn, name string) error {
	a, err := h.Store.EditAlliance(ctx, t.Op(), func(d community.Directory) (community.Alliance, community.Entry, error) {
		a, err := d.Alliance(name)
		e := changed(t, "dissolve", a.Name, card.AllianceLine(t.Words(), d, a), "")
		a.Closed = true
		return a, e, err
	})
	if err != nil {
		return err
	}
	return t.Say(ctx, "community.dissolved", map[string]any{"Name": a.Name})
}
