package handlers

import (
	"context"
	"slices"
	"strings"

	"xingfuli/bot/card"
	"xingfuli/bot/notice"
	"xingfuli/bot/queue"
	"xingfuli/bot/telegram"
)

// TopicStore keeps what people want to hear of.
type TopicStore interface {
	Subscriptions(ctx context.Context, user int64) ([]string, error)
	Subscribe(ctx context.Context, op queue.Op, user int64, on bool, topics ...string) error
	Delivery(ctx context.Context, id string) (queue.Delivery, error)
}

// Topics lets people choose what they are told.
type Topics struct{ Store TopicStore }

// Register takes /subscribe and its buttons, and the one below each message to many.
func (h Topics) Register(r *telegram.Router) {
	r.Command("subscribe", h.subscribe, telegram.About("topic.about"))
	r.Button("topic", h.toggle)
	r.Button("topics", h.toggleAll)
	r.Button("stopnews", h.stop)
}

// subscribe shows the topics, in private: what somebody hears of is nobody else's business.
func (h Topics) subscribe(ctx context.Context, t *telegram.Turn) error {
	if !t.Private() {
		return t.Say(ctx, "topic.private", nil)
	}
	m, err := h.list(ctx, t)
	if err != nil {
		return err
	}
	_, err = t.Send(ctx, m)
	return err
}

func (h Topics) list(ctx context.Context, t *telegram.Turn) (telegram.Message, error) {
	chosen, err := h.Store.Subscriptions(ctx, t.UserID())
	return card.Topics(t.Words(), chosen), err
}

// toggle reads "+water", so that a second press changes nothing.
func (h Topics) toggle(ctx context.Context, t *telegram.Turn) error {
	on := strings.HasPrefix(t.Button.ID, "+")
	topic := strings.TrimLeft(t.Button.ID, "+-")
	if !t.Private() || topic != notice.NoNews && !notice.KnownTopic(topic) {
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

// toggleAll turns all topics on or off.
func (h Topics) toggleAll(ctx context.Context, t *telegram.Turn) error {
	if !t.Private() {
		return telegram.ErrStale
	}
	topics := make([]string, len(notice.Topics))
	for i, topic := range notice.Topics {
		topics[i] = topic.ID
	}
	if err := h.Store.Subscribe(ctx, t.Op(), t.UserID(), t.Button.ID == "on", topics...); err != nil {
		return err
	}
	return h.shown(ctx, t)
}

// stop is one tap on 【不再接收此类】: the topics that the message was for, or the notices to
// residents.
func (h Topics) stop(ctx context.Context, t *telegram.Turn) error {
	if !t.Private() {
		return telegram.ErrStale
	}
	d, err := h.Store.Delivery(ctx, t.Button.ID)
	if err != nil {
		return err
	}
	topics := refusals(d)
	if err := h.Store.Subscribe(ctx, t.Op(), t.UserID(), slices.Contains(topics, notice.NoNews), topics...); err != nil {
		return err
	}
	return t.Toast(ctx, "topic.stopped", nil)
}

// refusals are the topics of a delivery, which who taps is to hear no more of, or the notices to
// residents when it was for no topic.
func refusals(d queue.Delivery) []string {
	var topics []string
	residents := false
	for _, to := range targets(d) {
		topic, _, _ := strings.Cut(to.ID, "@")
		residents = residents || to.Kind == notice.Residents
		if to.Kind == notice.Subscriber && !slices.Contains(topics, topic) {
			topics = append(topics, topic)
		}
	}
	if len(topics) == 0 && residents {
		return []string{notice.NoNews}
	}
	return topics
}
