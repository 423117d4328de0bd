package handlers

import (
	"context"
	"slices"

	"xingfuli/bot/calendar"
	"xingfuli/bot/card"
	"xingfuli/bot/community"
	"xingfuli/bot/queue"
	"xingfuli/bot/telegram"
)

// Directory is all communities and alliances, closed ones too, as of a content number.
type Directory interface {
	Directory(ctx context.Context, content int64) (community.Directory, error)
}

// CommunitySetter notes to which community a person or a group belongs.
type CommunitySetter interface {
	SetCommunity(ctx context.Context, op queue.Op, chat int64, id string) error
}

// CommunityStore keeps who belongs where.
type CommunityStore interface {
	Directory
	CommunitySetter
	WorkDays
	SetTitle(ctx context.Context, group int64, title string) error
	EditCommunity(ctx context.Context, op queue.Op, change func(community.Directory) (community.Community, community.Entry, error)) (community.Community, error)
	EditAlliance(ctx context.Context, op queue.Op, change func(community.Directory) (community.Alliance, community.Entry, error)) (community.Alliance, error)
	Record(ctx context.Context, op queue.Op, e community.Entry) error
}

// Community answers where people belong and whom they call.
type Community struct {
	Store    CommunityStore
	Staff    Staff
	ReadsAll bool // the bot is given all that is said in groups
	Forms    Forms
}

// Register takes the commands and buttons of communities.
func (h Community) Register(r *telegram.Router) {
	r.Command("contact", h.contact, telegram.About("community.about_contact"))
	r.Command("where", h.where, telegram.In(telegram.Private), telegram.About("community.about_where"))
	r.Command("bind", h.bind, telegram.In(telegram.Group), telegram.For(has(h.Staff, community.Specialist)), telegram.About("community.about_bind"))
	r.Command("unbind", h.unbind, telegram.In(telegram.Group), telegram.For(has(h.Staff, community.Specialist)), telegram.About("community.about_unbind"))
	r.Phrase("chat.key_contact", h.contact)
	r.Button("where", h.live)
	r.Step("where", "", h.named)
	r.Joined(h.joined)
	r.Explain(community.ErrNotAdmin, "community.admins_only")
	r.Explain(community.ErrNotStaff, "community.cooks_only")
	r.Explain(errElsewhere, "community.elsewhere")
	h.registerAdmin(r)
}

// at is the community that a turn is about: the group's or the person's own, or the
// only one there is. ok is false when that is not known.
func at(t *telegram.Turn, open []community.Community) (c community.Community, ok bool) {
	id := t.Known.Chat.Community
	for _, c := range open {
		if c.ID == id {
			return c, true
		}
	}
	if t.Private() && len(open) == 1 {
		return open[0], true
	}
	return community.Community{}, false
}

// lives tells whether it is known where a person lives, without which no notice to residents
// reaches them. Where there is only one community, it is that one, and noted.
func lives(ctx context.Context, t *telegram.Turn, s CommunitySetter, open []community.Community) (bool, error) {
	if slices.ContainsFunc(open, func(c community.Community) bool { return c.ID == t.Known.Person.Community }) {
		return true, nil
	}
	if len(open) != 1 {
		return false, nil
	}
	return true, s.SetCommunity(ctx, t.Op(), t.UserID(), open[0].ID)
}

// unanswered is what a person asked before it was known where they live.
type unanswered struct {
	Words []string `json:"w,omitempty"` // the oldest first
}

// maxUnanswered is how many questions wait for the community at a time.
const maxUnanswered = 3

// unsettled answers who asks for something of a community when it is not known which. In
// private they are asked, and what they have said is kept until they answer; a group is
// told who may bind it. Where the one they chose has closed, that is said too.
func unsettled(ctx context.Context, t *telegram.Turn, d community.Directory, words string) error {
	open := d.Open()
	was, chosen := d.ByID(t.Known.Chat.Community)
	switch {
	case !t.Private() && chosen:
		return t.Say(ctx, "community.group_closed", map[string]any{"Community": was.Name})
	case !t.Private():
		return t.Say(ctx, "community.unbound", nil)
	case len(open) == 0:
		return t.Say(ctx, "community.none", nil)
	}
	kept, err := waiting(t)
	if err != nil {
		return err
	}
	if words != "" && !slices.Contains(kept.Words, words) { // a retry finds them there
		kept.Words = append(kept.Words, words)
		kept.Words = kept.Words[max(0, len(kept.Words)-maxUnanswered):]
	}
	if err := t.Go(ctx, "where", "choose", kept); err != nil {
		return err
	}
	closed := ""
	if was.Closed {
		closed = was.Name
	}
	_, err = t.Send(ctx, card.Where(t.Words(), open, closed, 0, t.Known.Dialogue.Version))
	return err
}

// waiting is what the person has asked and was not answered yet. A button of an earlier list
// is as good as one of the last: what it chooses is the same.
func waiting(t *telegram.Turn) (kept unanswered, err error) {
	if t.Known.Dialogue.Word != "where" {
		return kept, nil
	}
	t.Button.Version = t.Known.Dialogue.Version
	return kept, t.Dialogue("where", &kept)
}

// where asks a person where they live, or takes it from the line.
func (h Community) where(ctx context.Context, t *telegram.Turn) error {
	d, err := h.Store.Directory(ctx, t.Known.Content)
	if err != nil {
		return err
	}
	if t.Args == "" {
		return unsettled(ctx, t, d, "")
	}
	c, err := community.Find(t.Args, d.Open())
	if err != nil {
		return unsettled(ctx, t, d, "")
	}
	return h.settle(ctx, t, c)
}

// live notes where the person who pressed lives, or turns the page.
func (h Community) live(ctx context.Context, t *telegram.Turn) error {
	d, err := h.Store.Directory(ctx, t.Known.Content)
	if err != nil {
		return err
	}
	if id, page := card.CutPage(t.Button.ID); id == "" {
		return t.Edit(ctx, card.Where(t.Words(), d.Open(), "", page, t.Button.Version))
	}
	c, ok := d.ByID(t.Button.ID)
	if !ok || c.Closed || !t.Private() {
		return telegram.ErrStale
	}
	return h.settle(ctx, t, c)
}

// named takes a community that was typed instead of tapped. Anything else is one more
// question: to be answered after, or at once for who has a community already.
func (h Community) named(ctx context.Context, t *telegram.Turn) error {
	d, err := h.Store.Directory(ctx, t.Known.Content)
	if err != nil {
		return err
	}
	c, err := community.Find(t.Text, d.Open())
	if err == nil {
		return h.settle(ctx, t, c)
	}
	if _, known := at(t, d.Open()); known {
		return telegram.ErrElse // they stay where they are
	}
	return unsettled(ctx, t, d, t.Text)
}

// settle notes where a person lives, and answers what they have asked before.
func (h Community) settle(ctx context.Context, t *telegram.Turn, c community.Community) error {
	if t.Ended() {
		return nil // by an earlier try, to the end
	}
	kept, err := waiting(t)
	if err != nil {
		return err
	}
	if err := h.Store.SetCommunity(ctx, t.Op(), t.User.ID, c.ID); err != nil {
		return err
	}
	t.Known.Chat.Community, t.Known.Person.Community = c.ID, c.ID
	if err := t.Edit(ctx, telegram.Message{HTML: t.Words().HTML("community.where_set", map[string]any{"Community": c.Name})}); err != nil {
		return err
	}
	for _, words := range kept.Words {
		if _, err := t.Ask(ctx, words); err != nil {
			return err
		}
	}
	if t.Known.Dialogue.Word != "where" {
		return nil
	}
	return t.End(ctx)
}

// contact says whom to call: of the community that is named, or of one's own. In private, who
// has not said where they live is asked.
func (h Community) contact(ctx context.Context, t *telegram.Turn) error {
	verb, rest := cutWord(t.Args)
	if says(verb, "community.verb_set") {
		return h.setContact(ctx, t, rest)
	}
	d, err := h.Store.Directory(ctx, t.Known.Content)
	if err != nil {
		return err
	}
	if t.Args != "" {
		c, err := community.Find(t.Args, d.Open())
		if err != nil {
			return h.unknown(ctx, t, d, "/contact")
		}
		return h.sendContact(ctx, t, c)
	}
	c, ok := at(t, d.Open())
	if !ok {
		return unsettled(ctx, t, d, t.Text)
	}
	return h.sendContact(ctx, t, c)
}

func (h Community) sendContact(ctx context.Context, t *telegram.Turn, c community.Community) error {
	m, err := contactCard(ctx, t, h.Store, c)
	if err != nil {
		return err
	}
	_, err = t.Send(ctx, m)
	return err
}

// WorkDays knows which days are worked, as of a content number.
type WorkDays interface {
	Holidays(ctx context.Context, content int64) (calendar.Holidays, error)
}

func contactCard(ctx context.Context, t *telegram.Turn, s WorkDays, c community.Community) (telegram.Message, error) {
	days, err := s.Holidays(ctx, t.Known.Content)
	return card.Contact(t.Words(), c, t.Now, days), err
}

// unknown lists the communities there are, with an example.
func (h Community) unknown(ctx context.Context, t *telegram.Turn, d community.Directory, command string) error {
	var names []string
	for _, c := range d.Open() {
		names = append(names, c.Name)
	}
	if len(names) == 0 {
		return t.Say(ctx, "community.none", nil)
	}
	return t.Say(ctx, "community.unknown", map[string]any{"Names": names, "Example": command + " " + names[0]})
}

// joined says, to the group the bot was added to, who may bind it.
func (h Community) joined(ctx context.Context, t *telegram.Turn) error {
	if t.Known.Chat.Community != "" {
		return nil // back where it was
	}
	return t.Say(ctx, "community.hello", map[string]any{"Name": t.Words().Plain("chat.bot_name", nil)})
}
