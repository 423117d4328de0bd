package handlers

import (
	"context"
	"errors"
	"slices"
	"strings"

	"xingfuli/bot/card"
	"xingfuli/bot/community"
	"xingfuli/bot/notice"
	"xingfuli/bot/queue"
	"xingfuli/bot/telegram"
)

// TopicStore keeps what people want to hear of.
type TopicStore interface {
	Places
	CommunitySetter
	Subscriptions(ctx context.Context, user int64) ([]string, error)
	Subscribe(ctx context.Context, op queue.Op, user int64, on bool, topics ...string) error
	Subscribers(ctx context.Context, topic string) (int64, error)
	EditTopic(ctx context.Context, op queue.Op, change func(notice.Topics) (notice.Topic, community.Entry, error)) (notice.Topic, error)
	Delivery(ctx context.Context, id string) (queue.Delivery, error)
}

// Places is where the names of what a notice is for are looked up, as of a content number.
type Places interface {
	Places(ctx context.Context, content int64) (notice.Places, error)
}

// Topics lets people choose what they are told, and admins of what there is to choose.
type Topics struct {
	Store TopicStore
	Staff Staff
	Forms Forms
}

// TopicsLink is the payload of the start link that opens /subscribe in private.
const TopicsLink = "subscribe"

// Register takes /subscribe and its buttons, the one below each message to many, and /topics.
func (h Topics) Register(r *telegram.Router) {
	r.Command("subscribe", h.subscribe, telegram.About("topic.about"))
	r.Button("topic", h.toggle)
	r.Button("topics", h.toggleAll)
	r.Button("stopnews", h.stop)
	h.registerAdmin(r)
}

// subscribe shows the topics, in private: what somebody hears of is nobody else's business.
func (h Topics) subscribe(ctx context.Context, t *telegram.Turn) error {
	if !t.Private() {
		_, err := t.Send(ctx, card.TopicsPrivate(t.Words(), t.StartLink(TopicsLink)))
		return err
	}
	m, err := h.list(ctx, t)
	if err != nil {
		return err
	}
	_, err = t.Send(ctx, m)
	return err
}

func (h Topics) list(ctx context.Context, t *telegram.Turn) (telegram.Message, error) {
	p, err := h.Store.Places(ctx, t.Known.Content)
	if err != nil {
		return telegram.Message{}, err
	}
	chosen, err := h.Store.Subscriptions(ctx, t.UserID())
	if err != nil {
		return telegram.Message{}, err
	}
	open := p.Directory.Open()
	known, err := lives(ctx, t, h.Store, open)
	return card.Topics(t.Words(), p.Topics, chosen, known || len(open) == 0), err
}

// toggle reads "+water", so that a second press changes nothing.
func (h Topics) toggle(ctx context.Context, t *telegram.Turn) error {
	on := strings.HasPrefix(t.Button.ID, "+")
	topic := strings.TrimLeft(t.Button.ID, "+-")
	if !t.Private() {
		return telegram.ErrStale
	}
	p, err := h.Store.Places(ctx, t.Known.Content)
	if err != nil {
		return err
	}
	if topic != notice.NoNews && !p.Topics.IsOpen(topic) {
		return telegram.ErrStale
	}
	if err := h.Store.Subscribe(ctx, t.Op(), t.UserID(), on, topic); err != nil {
		return err
	}
	return h.shown(ctx, t)
}

func (h Topics) shown(ctx context.Context, t *telegram.Turn) error {
	m, err := h.list(ctx, t)
	if err != nil {
		return err
	}
	return t.Edit(ctx, m)
}

// toggleAll turns all topics on or off, or asks where the person lives, and shows them again then.
func (h Topics) toggleAll(ctx context.Context, t *telegram.Turn) error {
	if !t.Private() {
		return telegram.ErrStale
	}
	p, err := h.Store.Places(ctx, t.Known.Content)
	if err != nil {
		return err
	}
	if t.Button.ID == "home" {
		return unsettled(ctx, t, p.Directory, "/subscribe")
	}
	var topics []string
	for _, topic := range p.Topics.Open() {
		topics = append(topics, topic.ID)
	}
	if err := h.Store.Subscribe(ctx, t.Op(), t.UserID(), t.Button.ID == "on", topics...); err != nil {
		return err
	}
	return h.shown(ctx, t)
}

// stop is one tap on 【不再接收此类】: what the message came to this person for.
func (h Topics) stop(ctx context.Context, t *telegram.Turn) error {
	if !t.Private() {
		return telegram.ErrStale
	}
	d, err := h.Store.Delivery(ctx, t.Button.ID)
	if err != nil {
		return err
	}
	chosen, err := h.Store.Subscriptions(ctx, t.UserID())
	if err != nil {
		return err
	}
	p, err := h.Store.Places(ctx, t.Known.Content)
	if err != nil {
		return err
	}
	kinds := refusals(targets(d), chosen, t.Known.Person.Community)
	if err := h.refuse(ctx, t, kinds); err != nil {
		return err
	}
	if err := t.Toast(ctx, "topic.stopped", map[string]any{"Kinds": card.Kinds(t.Words(), p.Topics, kinds)}); err != nil {
		return err
	}
	if err := t.Relabel(ctx, t.Words().Plain("topic.stop_done", nil)); err != nil && !errors.Is(err, queue.ErrRefused) {
		return err
	}
	return nil // it may be gone by now
}

// refuse turns topics off, and notices to residents.
func (h Topics) refuse(ctx context.Context, t *telegram.Turn, kinds []string) error {
	news, off := t.Op(), t.Op()
	if slices.Contains(kinds, notice.NoNews) {
		if err := h.Store.Subscribe(ctx, news, t.UserID(), true, notice.NoNews); err != nil {
			return err
		}
	}
	topics := slices.DeleteFunc(slices.Clone(kinds), func(k string) bool { return k == notice.NoNews })
	return h.Store.Subscribe(ctx, off, t.UserID(), false, topics...)
}

// refusals are what somebody hears no more of who refuses a notice that was for these: of its
// topics those that they have chosen, and notices to residents when it was for those of home.
// Who has neither, because they have refused it before or moved, refuses all it was for.
func refusals(to []notice.Target, chosen []string, home string) []string {
	var all, mine []string
	for _, x := range to {
		var kind string
		var had bool
		switch x.Kind {
		case notice.Subscriber:
			kind, _, _ = strings.Cut(x.ID, "@")
			had = slices.Contains(chosen, kind)
		case notice.Residents:
			kind, had = notice.NoNews, x.ID == home && !slices.Contains(chosen, notice.NoNews)
		default:
			continue
		}
		if all = append(all, kind); had {
			mine = append(mine, kind)
		}
	}
	if len(mine) == 0 {
		mine = all
	}
	slices.Sort(mine)
	return slices.Compact(mine)
}
