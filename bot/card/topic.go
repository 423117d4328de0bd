package card

import (
	"slices"

	"xingfuli/bot/notice"
	"xingfuli/bot/queue"
	"xingfuli/bot/telegram"
	"xingfuli/bot/text"
)

// TopicName names a topic, by its ID where it is not known any more.
func TopicName(w text.Words, t notice.Topic) string {
	switch {
	case t.Name != "":
		return t.Name
	case !notice.TopicsOf(nil).IsOpen(t.ID): // there is no text
		return t.ID
	}
	return w.Plain("topic.name_"+t.ID, nil)
}

// TopicNames is what a topic is called in all languages.
func TopicNames(t notice.Topic) []string {
	var names []string
	for _, l := range text.Languages() {
		names = append(names, TopicName(text.In(l), t))
	}
	return names
}

// Topics shows what a person may hear of, with a toggle for each. home says that it is known
// where they live; without it they are asked.
func Topics(w text.Words, all notice.Topics, chosen []string, home bool) telegram.Message {
	toggle := func(name, id string, on, adds bool) telegram.Button {
		key := "notice.unticked"
		if on {
			key = "notice.ticked"
		}
		sign := "-"
		if adds {
			sign = "+"
		}
		return telegram.Button{Label: w.Plain(key, map[string]any{"Name": name}), Word: "topic", ID: sign + id}
	}
	m := telegram.Message{HTML: w.HTML("topic.list", map[string]any{"Home": home})}
	var row []telegram.Button
	for _, t := range all.Open() {
		on := slices.Contains(chosen, t.ID)
		if row = append(row, toggle(TopicName(w, t), t.ID, on, !on)); len(row) == 2 {
			m.Buttons, row = append(m.Buttons, row), nil
		}
	}
	if row != nil {
		m.Buttons = append(m.Buttons, row)
	}
	refused := slices.Contains(chosen, notice.NoNews)
	m.Buttons = append(m.Buttons, []telegram.Button{toggle(w.Plain("topic.news", nil), notice.NoNews, !refused, !refused)}, []telegram.Button{
		{Label: w.Plain("topic.all", nil), Word: "topics", ID: "on"}, {Label: w.Plain("topic.none", nil), Word: "topics", ID: "off"},
	})
	if !home {
		m.Buttons = append(m.Buttons, []telegram.Button{{Label: w.Plain("topic.home", nil), Word: "topics", ID: "home"}})
	}
	return m
}

// TopicsPrivate leads who asks in a group to the private chat.
func TopicsPrivate(w text.Words, link string) telegram.Message {
	return telegram.Message{
		HTML:    w.HTML("topic.private", nil),
		Buttons: [][]telegram.Button{{{Label: w.Plain("topic.in_private", nil), URL: link}}},
	}
}

// Kinds names kinds of news in one line: topics, and notices to residents (notice.NoNews).
func Kinds(w text.Words, all notice.Topics, ids []string) string {
	names := make([]string, len(ids))
	for i, id := range ids {
		if t, ok := all.ByID(id); ok {
			names[i] = TopicName(w, t)
		} else {
			names[i] = w.Plain("topic.news", nil)
		}
	}
	return w.Plain("menu.list", map[string]any{"Names": names})
}

// StopRow is the button by which somebody hears no more of the kind that a delivery is of; nil
// for what is for the staff, who cannot refuse it.
func StopRow(w text.Words, d queue.Delivery) []telegram.Button {
	if !slices.ContainsFunc(d.To, func(s string) bool {
		to, err := notice.ParseTarget(s)
		return err == nil && (to.Kind == notice.Subscriber || to.Kind == notice.Residents)
	}) {
		return nil
	}
	return []telegram.Button{{Label: w.Plain("topic.stop", nil), Word: "stopnews", ID: d.ID}}
}

// TopicList shows admins all topics, closed ones too.
func TopicList(w text.Words, all notice.Topics, page int) telegram.Message {
	list := make([]Choice, len(all))
	for i, t := range all {
		list[i] = Choice{TopicName(w, t), t.ID}
		if t.Closed {
			list[i].Label = w.Plain("topic.closed_name", map[string]any{"Name": list[i].Label})
		}
	}
	m := telegram.Message{
		HTML:    w.HTML("topic.all_topics", map[string]any{"Count": len(all.Open())}),
		Buttons: choose(w, "subject", "", list, page),
	}
	m.Buttons = append(m.Buttons, []telegram.Button{{Label: w.Plain("topic.add", nil), Word: "edit", ID: "t_add"}})
	return m
}

// TopicCard shows admins one topic, which so many people have chosen, and what they can do with it.
func TopicCard(w text.Words, t notice.Topic, subscribers int64) telegram.Message {
	m := telegram.Message{HTML: w.HTML("topic.card", map[string]any{"Name": TopicName(w, t), "Closed": t.Closed, "Local": t.Local, "Count": subscribers})}
	do := func(key, verb string) telegram.Button {
		return telegram.Button{Label: w.Plain(key, nil), Word: "subject", ID: t.ID + "." + verb}
	}
	if t.Closed {
		m.Buttons = append(m.Buttons, []telegram.Button{do("topic.reopen", "open")})
	} else {
		reach := do("topic.by_home", "local")
		if t.Local {
			reach = do("topic.by_all", "general")
		}
		m.Buttons = append(m.Buttons,
			[]telegram.Button{reach}, []telegram.Button{{Label: w.Plain("topic.rename", nil), Word: "edit", ID: "t_name." + t.ID}, do("topic.close", "close")})
	}
	m.Buttons = append(m.Buttons, []telegram.Button{{Label: w.Plain("topic.back", nil), Word: "subject"}})
	return m
}

// CloseTopic asks whether a topic shall be closed that so many people have chosen.
func CloseTopic(w text.Words, t notice.Topic, subscribers int64) telegram.Message {
	return telegram.Message{
		HTML: w.HTML("topic.close_sure", map[string]any{"Name": TopicName(w, t), "Count": subscribers}),
		Buttons: [][]telegram.Button{{
			{Label: w.Plain("topic.close_yes", nil), Word: "subject", ID: t.ID + ".closed"},
			{Label: w.Plain("topic.close_no", nil), Word: "subject", ID: t.ID},
		}},
	}
}
