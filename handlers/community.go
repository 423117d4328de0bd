package handlers

import (
	"context"

	"xingfuli/bot/card"
	"xingfuli/bot/community"
	"xingfuli/bot/queue"
	"xingfuli/bot/telegram"
)

// CommunityStore keeps who belongs where.
type CommunityStore interface {
	Communities(ctx context.Context, content int64) ([]community.Community, error)
	SetCommunity(ctx context.Context, op queue.Op, chat int64, id string) error
}

// Community answers where people belong and whom they call.
type Community struct {
	Store    CommunityStore
	Staff    Staff
	ReadsAll bool // the bot is given all that is said in groups
}

// Register takes the commands and buttons of communities.
func (h Community) Register(r *telegram.Router) {
	r.Command("contact", h.contact, telegram.About("community.about_contact"))
	r.Command("where", h.where, telegram.In(telegram.Private), telegram.About("community.about_where"))
	r.Command("bind", h.bind, telegram.In(telegram.Group), telegram.For(has(h.Staff, community.Admin)), telegram.About("community.about_bind"))
	r.Phrase("chat.key_contact", h.contact)
	r.Button("where", h.live)
	r.Joined(h.joined)
	r.Explain(community.ErrNotAdmin, "community.admins_only")
	r.Explain(community.ErrNotStaff, "community.cooks_only")
}

// at is the community that a turn is about: the group's or the person's own, or the
// only one there is. ok is false when that is not known.
func at(t *telegram.Turn, all []community.Community) (c community.Community, ok bool) {
	id := t.Known.Chat.Community
	for _, c := range all {
		if c.ID == id {
			return c, true
		}
	}
	if t.Private() && len(all) == 1 {
		return all[0], true
	}
	return community.Community{}, false
}

// contact says whom to call. In private, who has not said where they live is asked.
func (h Community) contact(ctx context.Context, t *telegram.Turn) error {
	all, err := h.Store.Communities(ctx, t.Known.Content)
	if err != nil {
		return err
	}
	c, ok := at(t, all)
	if !ok {
		return h.ask(ctx, t, all)
	}
	_, err = t.Send(ctx, contactCard(t, c))
	return err
}

func contactCard(t *telegram.Turn, c community.Community) telegram.Message {
	if c.Contact == (community.Contact{}) {
		return telegram.Message{HTML: t.Words().HTML("community.no_contact", map[string]any{"Community": c.Name})}
	}
	return card.Contact(t.Words(), c)
}

// ask finds out where a person lives; in a group it says who may bind it.
func (h Community) ask(ctx context.Context, t *telegram.Turn, all []community.Community) error {
	switch {
	case !t.Private():
		return t.Say(ctx, "community.unbound", nil)
	case len(all) == 0:
		return t.Say(ctx, "community.none", nil)
	}
	_, err := t.Send(ctx, card.Communities(t.Words(), all))
	return err
}

func (h Community) where(ctx context.Context, t *telegram.Turn) error {
	all, err := h.Store.Communities(ctx, t.Known.Content)
	if err != nil {
		return err
	}
	return h.ask(ctx, t, all)
}

// live notes where the person who pressed lives.
func (h Community) live(ctx context.Context, t *telegram.Turn) error {
	all, err := h.Store.Communities(ctx, t.Known.Content)
	if err != nil {
		return err
	}
	for _, c := range all {
		if c.ID != t.Button.ID || !t.Private() {
			continue
		}
		if err := h.Store.SetCommunity(ctx, t.Op(), t.User.ID, c.ID); err != nil {
			return err
		}
		return t.Edit(ctx, telegram.Message{HTML: t.Words().HTML("community.where_set", map[string]any{"Community": c.Name})})
	}
	return telegram.ErrStale
}

// bind says which community a group belongs to.
func (h Community) bind(ctx context.Context, t *telegram.Turn) error {
	all, err := h.Store.Communities(ctx, t.Known.Content)
	if err != nil {
		return err
	}
	if len(all) == 0 {
		return t.Say(ctx, "community.none", nil)
	}
	c, err := community.Find(t.Args, all)
	if err != nil {
		var names []string
		for _, c := range all {
			names = append(names, c.Name)
		}
		return t.Say(ctx, "community.unknown", map[string]any{"Names": names, "Example": names[0]})
	}
	if err := h.Store.SetCommunity(ctx, t.Op(), t.Chat.ID, c.ID); err != nil {
		return err
	}
	w := t.Words()
	said := w.HTML("community.bound", map[string]any{"Community": c.Name})
	if hears, err := h.hears(ctx, t); err != nil {
		return err
	} else if !hears {
		said += "\n\n" + w.HTML("community.bound_privacy", nil)
	}
	_, err = t.Send(ctx, telegram.Message{HTML: said})
	return err
}

// hears tells whether plain words in this group reach the bot.
func (h Community) hears(ctx context.Context, t *telegram.Turn) (bool, error) {
	if h.ReadsAll {
		return true, nil
	}
	return t.BotIsAdmin(ctx)
}

// joined says, to the group the bot was added to, who may bind it.
func (h Community) joined(ctx context.Context, t *telegram.Turn) error {
	if t.Known.Chat.Community != "" {
		return nil // back where it was
	}
	return t.Say(ctx, "community.hello", map[string]any{"Name": t.Words().Plain("chat.bot_name", nil)})
}
