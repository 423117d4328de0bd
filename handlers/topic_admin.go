package handlers

import (
	"context"
	"strings"

	"xingfuli/bot/card"
	"xingfuli/bot/community"
	"xingfuli/bot/notice"
	"xingfuli/bot/telegram"
)

// registerAdmin takes /topics, its buttons, forms and refusals.
func (h Topics) registerAdmin(r *telegram.Router) {
	r.Command("topics", h.topics, telegram.In(telegram.Private), telegram.For(has(h.Staff, community.Admin)), telegram.About("topic.about_topics"))
	r.Button("subject", h.subject)
	only := onlyAdmins(h.Staff)
	h.Forms["t_add"] = formField{"topic.form_add", only, nil, h.add}
	h.Forms["t_name"] = formField{"topic.form_name", only, h.was, h.rename}
	r.Explain(notice.ErrTopic, "topic.no_such")
	r.Explain(notice.ErrTopicTwice, "topic.twice")
	r.Explain(notice.ErrTopics, "topic.too_many")
}

// topics shows all topics, or does what the line says.
func (h Topics) topics(ctx context.Context, t *telegram.Turn) error {
	p, err := h.Store.Places(ctx, t.Known.Content)
	if err != nil {
		return err
	}
	verb, rest := cutWord(t.Args)
	switch {
	case verb == "":
		_, err = t.Send(ctx, card.TopicList(t.Words(), p.Topics, 0))
		return err
	case says(verb, "topic.verb_add"):
		return h.Forms.line(ctx, t, "t_add", "", rest)
	case says(verb, "topic.verb_rename"):
		old, name := cutWord(rest)
		return h.renameLine(ctx, t, old, name)
	}
	if says(verb, "topic.verb_close") || says(verb, "topic.verb_reopen") {
		return h.lineOf(ctx, t, p.Topics, rest, says(verb, "topic.verb_close"))
	}
	topic, err := p.Topics.Find(t.Args, card.TopicNames)
	if err != nil {
		return t.Say(ctx, "topic.how", nil)
	}
	return h.show(ctx, t, topic)
}

// lineOf asks whether a topic shall be closed, or opens it again.
func (h Topics) lineOf(ctx context.Context, t *telegram.Turn, all notice.Topics, name string, closing bool) error {
	topic, err := all.Find(name, card.TopicNames)
	if err != nil {
		return err
	}
	if closing && !topic.Closed {
		return h.askClose(ctx, t, topic)
	}
	if !closing {
		if topic, err = h.edit(ctx, t, "reopen", func(ts notice.Topics) (notice.Topic, error) { return ts.Reopen(topic.ID) }); err != nil {
			return err
		}
	}
	return h.show(ctx, t, topic)
}

// show writes a topic's card, in place of the message with the pressed button if there is one.
func (h Topics) show(ctx context.Context, t *telegram.Turn, topic notice.Topic) error {
	n, err := h.Store.Subscribers(ctx, topic.ID)
	if err != nil {
		return err
	}
	return t.Edit(ctx, card.TopicCard(t.Words(), topic, n))
}

func (h Topics) askClose(ctx context.Context, t *telegram.Turn, topic notice.Topic) error {
	n, err := h.Store.Subscribers(ctx, topic.ID)
	if err != nil {
		return err
	}
	return t.Edit(ctx, card.CloseTopic(t.Words(), topic, n))
}

// subject reads "water.close": a topic and what to do with it; "water" shows it, "~1" a page.
func (h Topics) subject(ctx context.Context, t *telegram.Turn) error {
	if err := admin(ctx, h.Staff, t); err != nil {
		return err
	}
	p, err := h.Store.Places(ctx, t.Known.Content)
	if err != nil {
		return err
	}
	id, verb, _ := strings.Cut(t.Button.ID, ".")
	topic, ok := p.Topics.ByID(id)
	if !ok {
		id, page := card.CutPage(t.Button.ID)
		if id != "" {
			return telegram.ErrStale
		}
		return t.Edit(ctx, card.TopicList(t.Words(), p.Topics, page))
	}
	if verb == "close" {
		return h.askClose(ctx, t, topic)
	}
	if change, ok := topicVerbs[verb]; ok {
		topic, err = h.edit(ctx, t, change.what, func(ts notice.Topics) (notice.Topic, error) { return change.do(ts, id) })
		if err != nil {
			return err
		}
	}
	return h.show(ctx, t, topic)
}

// topicVerbs is what the buttons of a topic do, and what the trail says of it.
var topicVerbs = map[string]struct {
	what string
	do   func(notice.Topics, string) (notice.Topic, error)
}{
	"closed":  {"close", notice.Topics.Close},
	"open":    {"reopen", notice.Topics.Reopen},
	"local":   {"local", func(ts notice.Topics, id string) (notice.Topic, error) { return ts.SetLocal(id, true) }},
	"general": {"general", func(ts notice.Topics, id string) (notice.Topic, error) { return ts.SetLocal(id, false) }},
}

// edit changes a topic and notes who did what. What is so already is not written again.
func (h Topics) edit(ctx context.Context, t *telegram.Turn, what string, do func(notice.Topics) (notice.Topic, error)) (notice.Topic, error) {
	return h.Store.EditTopic(ctx, t.Op(), func(ts notice.Topics) (notice.Topic, community.Entry, error) {
		topic, err := do(ts)
		was, ok := ts.ByID(topic.ID)
		if err != nil || ok && was == topic {
			return topic, community.Entry{}, err
		}
		return topic, topicEntry(t, what, was, topic), nil
	})
}

// topicEntry is what the trail gets of a change to a topic.
func topicEntry(t *telegram.Turn, what string, was, now notice.Topic) community.Entry {
	e := community.Entry{At: t.Now, Who: t.UserID(), What: "topic" + "." + what, About: card.TopicName(t.Words(), now)}
	if what == "rename" {
		e.About, e.Before, e.After = card.TopicName(t.Words(), was), card.TopicName(t.Words(), was), now.Name
	}
	return e
}

func (h Topics) add(ctx context.Context, t *telegram.Turn, _ form, words string) (telegram.Message, error) {
	topic, err := h.edit(ctx, t, "add", func(ts notice.Topics) (notice.Topic, error) { return ts.Add(words, card.TopicNames) })
	if err != nil {
		return telegram.Message{}, err
	}
	return h.outcome(ctx, t, "topic.added", topic)
}

// outcome says what became of a topic, with its card's buttons.
func (h Topics) outcome(ctx context.Context, t *telegram.Turn, key string, topic notice.Topic) (telegram.Message, error) {
	n, err := h.Store.Subscribers(ctx, topic.ID)
	m := card.TopicCard(t.Words(), topic, n)
	m.HTML = t.Words().HTML(key, map[string]any{"Name": card.TopicName(t.Words(), topic)})
	return m, err
}

// was is what the form for a name shows of a topic.
func (h Topics) was(ctx context.Context, t *telegram.Turn, id string) (string, error) {
	p, err := h.Store.Places(ctx, t.Known.Content)
	if err != nil {
		return "", err
	}
	topic, ok := p.Topics.ByID(id)
	if !ok {
		return "", telegram.ErrStale
	}
	return card.TopicName(t.Words(), topic), nil
}

func (h Topics) rename(ctx context.Context, t *telegram.Turn, f form, words string) (telegram.Message, error) {
	topic, err := h.edit(ctx, t, "rename", func(ts notice.Topics) (notice.Topic, error) {
		was, _ := ts.ByID(f.ID)
		if err := f.check(card.TopicName(t.Words(), was)); err != nil {
			return was, err
		}
		return ts.Rename(f.ID, words, card.TopicNames)
	})
	if err != nil {
		return telegram.Message{}, err
	}
	return h.outcome(ctx, t, "topic.renamed", topic)
}

// renameLine looks up the old name where the new one is written: a retry would not find it any more.
func (h Topics) renameLine(ctx context.Context, t *telegram.Turn, old, name string) error {
	topic, err := h.edit(ctx, t, "rename", func(ts notice.Topics) (notice.Topic, error) {
		was, err := ts.Find(old, card.TopicNames)
		if err != nil {
			return was, err
		}
		return ts.Rename(was.ID, name, card.TopicNames)
	})
	if err != nil {
		return err
	}
	m, err := h.outcome(ctx, t, "topic.renamed", topic)
	if err != nil {
		return err
	}
	_, err = t.Send(ctx, m)
	return err
}
