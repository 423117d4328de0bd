package card

import (
	"slices"

	"xingfuli/bot/notice"
	"xingfuli/bot/queue"
	"xingfuli/bot/telegram"
	"xingfuli/bot/text"
)

// TopicName names a topic, by its ID where it is not known any more.
func TopicName(w text.Words, id string) string {
	if !notice.KnownTopic(id) {
		return id
	}
	return w.Plain("topic.name_"+id, nil)
}

// Topics shows what a person may hear of, with a toggle for each.
func Topics(w text.Words, chosen []string) telegram.Message {
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
	m := telegram.Message{HTML: w.HTML("topic.list", nil)}
	var row []telegram.Button
	for _, t := range notice.Topics {
		on := slices.Contains(chosen, t.ID)
		if row = append(row, toggle(TopicName(w, t.ID), t.ID, on, !on)); len(row) == 2 {
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
	return m
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
