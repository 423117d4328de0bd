package notice

import (
	"errors"
	"slices"
	"strings"

	"xingfuli/bot/community"
)

// Refusals of changes to the topics.
var (
	// ErrTopic says that there is no topic of that name.
	ErrTopic = errors.New("notice: no topic is called that")
	// ErrTopicTwice refuses a name that another topic has.
	ErrTopicTwice = errors.New("notice: another topic has that name")
	// ErrTopics refuses one more topic than people want to look through.
	ErrTopics = errors.New("notice: there are too many topics")
)

// MaxTopics is how many topics are open at a time: two columns of twelve fit on a telephone.
const MaxTopics = 24

// Topic is something that people choose to hear of.
type Topic struct {
	ID     string `json:"id"`
	Name   string `json:"name,omitempty"`   // as an admin wrote it; empty: the built-in one's, which is among the texts
	Local  bool   `json:"local,omitempty"`  // it concerns one community: specialists write to the subscribers of their own
	Closed bool   `json:"closed,omitempty"` // it is not offered, and what is for its subscribers reaches nobody
}

// Topics is all topics there ever were, in the order in which they are offered. It is never
// changed: each change makes a new value.
type Topics []Topic

// builtIn lists the topics that there are from the start. A name among the texts,
// topic.name_<ID>, belongs to each.
var builtIn = Topics{
	{ID: "water", Local: true},   // 停水停电
	{ID: "events", Local: true},  // 活动
	{ID: "canteen", Local: true}, // 食堂
	{ID: "service", Local: true}, // 便民服务
	{ID: "policy"},               // 政策
	{ID: "jobs"},                 // 招工
	{ID: "tea"},                  // 茶青收购价
	{ID: "farm"},                 // 农技培训
}

// TopicsOf is the topics that there are from the start, as kept has changed them, and those of
// kept that are new.
func TopicsOf(kept []Topic) Topics {
	all := slices.Clone(builtIn)
	for _, t := range kept {
		if i := all.index(t.ID); i >= 0 {
			all[i] = t
		} else {
			all = append(all, t)
		}
	}
	return all
}

// NoNews is what somebody chooses who does not want the notices to residents, but for urgent ones.
const NoNews = "no-news"

func (ts Topics) index(id string) int {
	return slices.IndexFunc(ts, func(t Topic) bool { return t.ID == id })
}

// ByID finds a topic, closed or not.
func (ts Topics) ByID(id string) (Topic, bool) {
	if i := ts.index(id); i >= 0 {
		return ts[i], true
	}
	return Topic{}, false
}

// Open lists the topics that are not closed.
func (ts Topics) Open() Topics {
	return slices.DeleteFunc(slices.Clone(ts), func(t Topic) bool { return t.Closed })
}

// IsOpen tells whether there is such a topic and it is not closed: it may come from a forged button.
func (ts Topics) IsOpen(id string) bool {
	t, ok := ts.ByID(id)
	return ok && !t.Closed
}

// Names tells all names that a topic goes by, in any language.
type Names func(Topic) []string

// Find looks for a topic by one of its names, closed or not. It returns ErrTopic.
func (ts Topics) Find(name string, names Names) (Topic, error) {
	for _, t := range ts {
		if slices.ContainsFunc(names(t), func(n string) bool { return strings.EqualFold(n, strings.TrimSpace(name)) }) {
			return t, nil
		}
	}
	return Topic{}, ErrTopic
}

// Add makes a new topic, or opens a closed one of that name again: who subscribed to it is
// still there. It returns community.ErrName, ErrTopicTwice or ErrTopics.
func (ts Topics) Add(name string, names Names) (Topic, error) {
	name, err := community.Name(name)
	if err != nil {
		return Topic{}, err
	}
	if was, err := ts.Find(name, names); err == nil {
		if !was.Closed {
			return Topic{}, ErrTopicTwice
		}
		return ts.Reopen(was.ID)
	}
	if len(ts.Open()) >= MaxTopics {
		return Topic{}, ErrTopics
	}
	ids := make([]string, len(ts))
	for i, t := range ts {
		ids[i] = t.ID
	}
	return Topic{ID: community.NextID("t", ids), Name: name}, nil
}

// Rename gives a topic another name, in all languages. It returns ErrTopic, community.ErrName
// or ErrTopicTwice.
func (ts Topics) Rename(id, name string, names Names) (Topic, error) {
	t, ok := ts.ByID(id)
	if !ok {
		return Topic{}, ErrTopic
	}
	name, err := community.Name(name)
	if err != nil {
		return Topic{}, err
	}
	if other, err := ts.Find(name, names); err == nil && other.ID != id {
		return Topic{}, ErrTopicTwice
	}
	t.Name = name
	return t, nil
}

// Close takes a topic off all lists. It returns ErrTopic.
func (ts Topics) Close(id string) (Topic, error) {
	t, ok := ts.ByID(id)
	if !ok {
		return Topic{}, ErrTopic
	}
	t.Closed = true
	return t, nil
}

// Reopen puts a closed topic back. It returns ErrTopic or ErrTopics.
func (ts Topics) Reopen(id string) (Topic, error) {
	t, ok := ts.ByID(id)
	if !ok {
		return Topic{}, ErrTopic
	}
	if t.Closed && len(ts.Open()) >= MaxTopics {
		return Topic{}, ErrTopics
	}
	t.Closed = false
	return t, nil
}

// SetLocal says whether a topic concerns one community at a time. It returns ErrTopic.
func (ts Topics) SetLocal(id string, local bool) (Topic, error) {
	t, ok := ts.ByID(id)
	if !ok {
		return Topic{}, ErrTopic
	}
	t.Local = local
	return t, nil
}

// Places is where the names of targets are looked up.
type Places struct {
	Directory community.Directory
	Topics    Topics
}
