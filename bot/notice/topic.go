package notice

import "slices"

// Topic is something that people choose to hear of.
type Topic struct {
	ID    string
	Local bool // it concerns one community: specialists write to the subscribers of their own
}

// Topics lists them, in the order in which they are offered. A new one is a line here and its
// name among the texts, topic.name_<ID>.
var Topics = []Topic{
	{"water", true},   // 停水停电
	{"events", true},  // 活动
	{"canteen", true}, // 食堂
	{"service", true}, // 便民服务
	{"policy", false}, // 政策
	{"jobs", false},   // 招工
	{"tea", false},    // 茶青收购价
	{"farm", false},   // 农技培训
}

// NoNews is what somebody chooses who does not want the notices to residents, but for urgent ones.
const NoNews = "no-news"

// KnownTopic tells whether there is such a topic: it may come from a forged button.
func KnownTopic(id string) bool {
	return slices.ContainsFunc(Topics, func(t Topic) bool { return t.ID == id })
}
