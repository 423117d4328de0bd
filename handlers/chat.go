package handlers

import (
	"context"
	"errors"

	"xingfuli/bot/card"
	"xingfuli/bot/community"
	"xingfuli/bot/queue"
	"xingfuli/bot/telegram"
	"xingfuli/bot/text"
)

// ChatStore keeps what people choose about the chat itself.
type ChatStore interface {
	SetLanguage(ctx context.Context, op queue.Op, chat int64, language string) error
	CommunitySetter
	SetGone(ctx context.Context, user int64, why queue.Why) error
	Directory
}

// Chat greets, helps, and knows the way out.
type Chat struct {
	Store  ChatStore
	Staff  Staff
	Follow func(ctx context.Context, t *telegram.Turn, token string) error // takes up an invitation
	Links  map[string]string                                               // what a start link with this payload asks for, as a command
	Cancel map[string]telegram.Handler                                     // of dialogues of which more is kept than the dialogue
}

// Register takes the commands that belong to no feature.
func (h Chat) Register(r *telegram.Router) {
	r.Command("start", h.start, telegram.In(telegram.Private), telegram.About("chat.about_start"))
	r.Command("help", h.help, telegram.About("chat.about_help"))
	r.Command("language", h.language, telegram.About("chat.about_language"))
	r.Command("cancel", h.cancel, telegram.In(telegram.Private), telegram.About("chat.about_cancel"))
	r.Command("id", h.id, telegram.About("chat.about_id"))
	r.Button("language", h.chooseLanguage)
	r.Leave("chat.leave", h.cancel)
	r.Text(h.courtesy)
	r.Lost(h.lost)
	r.Explain(telegram.ErrStale, "chat.stale")
	r.Explain(telegram.ErrForbidden, "chat.forbidden")
	r.Explain(telegram.ErrAnonymous, "chat.anonymous")
	r.Explain(queue.ErrConflict, "chat.taken")
	r.Explain(errGroupAdmin, "chat.group_admins_only")
}

// start greets a person, gives them the big buttons, and asks once where they live. What
// comes with it from a link is asked for at once, or is an invitation.
func (h Chat) start(ctx context.Context, t *telegram.Turn) error {
	if err := h.Store.SetGone(ctx, t.User.ID, ""); err != nil {
		return err
	}
	words := h.Links[t.Args]
	if t.Args != "" && words == "" {
		return h.invited(ctx, t)
	}
	g, err := h.Staff.Grants(ctx, t.User.ID)
	if err != nil {
		return err
	}
	d, err := h.Store.Directory(ctx, t.Known.Content)
	if err != nil {
		return err
	}
	w := t.Words()
	home, _ := at(t, d.Open())
	_, err = t.Send(ctx, telegram.Message{
		HTML: w.HTML("chat.start", map[string]any{"Name": w.Plain("chat.bot_name", nil), "Community": home.Name, "Staff": len(g) > 0}),
		Keys: card.Keys(w),
	})
	if err != nil {
		return err
	}
	known, err := lives(ctx, t, h.Store, d.Open())
	if err != nil {
		return err
	}
	if !known && len(d.Open()) > 0 {
		return unsettled(ctx, t, d, words)
	}
	if words != "" {
		_, err = t.Ask(ctx, words)
	}
	return err
}

// invited takes up the invitation of a link. Why one is refused is told nobody, but to who
// made it; the big buttons come all the same.
func (h Chat) invited(ctx context.Context, t *telegram.Turn) error {
	err := h.Follow(ctx, t, t.Args)
	var key string
	switch {
	case errors.Is(err, community.ErrInvitation):
		key = "staff.bad_link"
	case errors.Is(err, community.ErrSelf):
		key = "staff.own_link"
	default:
		return err
	}
	_, err = t.Send(ctx, telegram.Message{HTML: t.Words().HTML(key, nil), Keys: card.Keys(t.Words())})
	return err
}

// help lists what this person may do here.
func (h Chat) help(ctx context.Context, t *telegram.Turn) error {
	cs, err := t.Commands(ctx)
	if err != nil {
		return err
	}
	type line struct{ Word, About string }
	w := t.Words()
	var lines []line
	for _, c := range cs {
		lines = append(lines, line{c.Word, w.Plain(c.About, nil)})
	}
	return t.Say(ctx, "chat.help", map[string]any{"Commands": lines, "More": w.Plain("menu.about_question", nil)})
}

// lost answers what nobody understood, with the buttons that are always understood.
func (h Chat) lost(ctx context.Context, t *telegram.Turn) error {
	w := t.Words()
	m := telegram.Message{HTML: w.HTML("chat.unknown", nil)}
	if t.Message.Text == "" {
		m.HTML = w.HTML("chat.not_text", map[string]any{"Private": t.Private()})
	}
	if t.Private() {
		m.Keys = card.Keys(w)
	}
	_, err := t.Send(ctx, m)
	return err
}

// cancel leaves the dialogue the person is in.
func (h Chat) cancel(ctx context.Context, t *telegram.Turn) error {
	if t.Ended() {
		return nil // and said so
	}
	if !t.Asks() {
		return t.Say(ctx, "chat.nothing_to_cancel", nil)
	}
	if own := h.Cancel[t.Known.Dialogue.Word]; own != nil {
		return own(ctx, t)
	}
	if err := t.Say(ctx, "chat.cancelled", nil); err != nil {
		return err
	}
	return t.End(ctx)
}

// id tells a person their Telegram ID, for the list of admins.
func (h Chat) id(ctx context.Context, t *telegram.Turn) error {
	if t.User == nil {
		return telegram.ErrAnonymous
	}
	v := map[string]any{"User": t.User.ID, "Chat": nil}
	if !t.Private() {
		v["Chat"] = t.Chat.ID
	}
	return t.Say(ctx, "chat.id", v)
}

func (h Chat) language(ctx context.Context, t *telegram.Turn) error {
	_, err := t.Send(ctx, card.Languages(t.Words(), !t.Private()))
	return err
}

// errGroupAdmin refuses what the administrators of the group decide.
var errGroupAdmin = errors.New("chat: only the group's administrators may do that")

// chooseLanguage sets the language of the person or, by one of its administrators, of the group.
func (h Chat) chooseLanguage(ctx context.Context, t *telegram.Turn) error {
	l := text.Match(t.Button.ID, "")
	if l == "" {
		return telegram.ErrStale
	}
	if !t.Private() {
		admin, err := t.IsGroupAdmin(ctx)
		if err != nil {
			return err
		}
		if !admin {
			return errGroupAdmin
		}
	}
	if err := h.Store.SetLanguage(ctx, t.Op(), t.Chat.ID, string(l)); err != nil {
		return err
	}
	w := text.In(l)
	if err := t.Edit(ctx, telegram.Message{HTML: w.HTML("chat.language_set", nil)}); err != nil {
		return err
	}
	if !t.Private() {
		return nil
	}
	_, err := t.Send(ctx, telegram.Message{HTML: w.HTML("chat.keys_changed", nil), Keys: card.Keys(w)})
	return err
}
