package store

import (
	"context"
	"fmt"
	"strconv"

	"github.com/redis/go-redis/v9"

	"xingfuli/bot/community"
	"xingfuli/bot/notice"
	"xingfuli/bot/queue"
)

// The topics themselves are kept like communities, as far as they are not as built in:
// topicdefs is a sorted set of IDs, and topicdef:<id> a hash.
func (s *Store) topicListKey() string          { return s.prefix + "topicdefs" }
func (s *Store) topicKeptKey(id string) string { return s.prefix + "topicdef:" + id }

// Places is where the names of targets are looked up, as of a content number.
func (s *Store) Places(ctx context.Context, content int64) (notice.Places, error) {
	c, err := s.at(ctx, content)
	if err != nil {
		return notice.Places{}, fmt.Errorf("places: %w", err)
	}
	return notice.Places{Directory: c.directory, Topics: c.topics}, nil
}

// EditTopic is EditCommunity for topics.
func (s *Store) EditTopic(ctx context.Context, op queue.Op, change func(notice.Topics) (notice.Topic, community.Entry, error)) (notice.Topic, error) {
	k := kind[notice.Topic]{
		index: s.topicListKey(), key: s.topicKeptKey, id: func(t notice.Topic) string { return t.ID },
		all: func(c *content) []notice.Topic { return c.topics },
	}
	return edit(ctx, s, op, k, func(c *content) (notice.Topic, community.Entry, error) { return change(c.topics) })
}

// Subscribers counts who has chosen a topic.
func (s *Store) Subscribers(ctx context.Context, topic string) (int64, error) {
	n, err := s.db.SCard(ctx, s.topicKey(topic)).Result()
	if err != nil {
		return 0, fmt.Errorf("subscribers: %w", err)
	}
	return n, nil
}

// A subscription is kept twice: a topic's subscribers, and a person's topics.
func (s *Store) topicKey(id string) string { return s.prefix + "topic:" + id }
func (s *Store) topicsKey(user int64) string {
	return s.prefix + "topics:" + strconv.FormatInt(user, 10)
}

// subscribe notes a choice once.
//
//	KEYS[1]  the op's mark: set here, kept for ARGV[3] seconds
//	KEYS[2]  the person's topics; KEYS[3] … the subscribers of each topic
//	ARGV[1]  SADD or SREM; ARGV[2] the person; ARGV[3] seconds
//	ARGV[4]  … the topics, in the order of their keys
var subscribe = redis.NewScript(`
if not redis.call("SET", KEYS[1], 1, "NX", "EX", ARGV[3]) then return 0 end
for i = 3, #KEYS do
	redis.call(ARGV[1], KEYS[2], ARGV[i + 1])
	redis.call(ARGV[1], KEYS[i], ARGV[2])
end
return 1`)

// Subscribe notes that a person wants to hear of topics, or does not any more.
func (s *Store) Subscribe(ctx context.Context, op queue.Op, user int64, on bool, topics ...string) error {
	verb := "SREM"
	if on {
		verb = "SADD"
	}
	keys, args := []string{s.opKey(string(op)), s.topicsKey(user)}, []any{verb, user, int(keepOp.Seconds())}
	for _, topic := range topics {
		keys, args = append(keys, s.topicKey(topic)), append(args, topic)
	}
	if err := s.batch.run(ctx, subscribe, keys, args...).Err(); err != nil {
		return fmt.Errorf("subscribe: %w", err)
	}
	return nil
}

// Subscriptions lists what a person has chosen.
func (s *Store) Subscriptions(ctx context.Context, user int64) ([]string, error) {
	ids, err := s.db.SMembers(ctx, s.topicsKey(user)).Result()
	if err != nil {
		return nil, fmt.Errorf("subscriptions: %w", err)
	}
	return ids, nil
}

// chosen tells which of these people have chosen a topic.
func (s *Store) chosen(ctx context.Context, topic string, people []queue.Chat) ([]bool, error) {
	if len(people) == 0 {
		return nil, nil
	}
	members := make([]any, len(people))
	for i, p := range people {
		members[i] = p.ID
	}
	return s.db.SMIsMember(ctx, s.topicKey(topic), members...).Result()
}

// walkTopic hands on the subscribers of a topic, of one community only when home is not empty.
func (s *Store) walkTopic(ctx context.Context, topic, home string, page func(context.Context, []queue.Chat) error) error {
	for cursor := uint64(0); ; {
		members, next, err := s.db.SScan(ctx, s.topicKey(topic), cursor, "", walkBy).Result()
		if err != nil {
			return err
		}
		users := make([]int64, 0, len(members))
		for _, m := range members {
			if id, err := strconv.ParseInt(m, 10, 64); err == nil {
				users = append(users, id)
			}
		}
		chats, err := s.subscribersAt(ctx, users, home)
		if err != nil {
			return err
		}
		if err := some(ctx, chats, page); err != nil {
			return err
		}
		if cursor = next; cursor == 0 {
			return nil
		}
	}
}

// subscribersAt are the chats of these people, of those who live in home when it is not empty.
func (s *Store) subscribersAt(ctx context.Context, users []int64, home string) ([]queue.Chat, error) {
	var at []string
	if home != "" {
		var err error
		if at, err = s.Homes(ctx, users); err != nil {
			return nil, err
		}
	}
	chats := make([]queue.Chat, 0, len(users))
	for i, id := range users {
		if home == "" || at[i] == home {
			chats = append(chats, queue.Chat{ID: id})
		}
	}
	return chats, nil
}

func exportTopics(ctx context.Context, p *Privacy, user int64) (any, bool, error) {
	ids, err := p.s.Subscriptions(ctx, user)
	return ids, len(ids) > 0, err
}

func eraseTopics(ctx context.Context, p *Privacy, user int64) error {
	ids, err := p.s.Subscriptions(ctx, user)
	if err != nil {
		return err
	}
	pipe := p.s.db.Pipeline()
	for _, id := range ids {
		pipe.SRem(ctx, p.s.topicKey(id), user)
	}
	pipe.Del(ctx, p.s.topicsKey(user)) // last: what was interrupted before it is done again
	_, err = pipe.Exec(ctx)
	return err
}

func exportReceipts(ctx context.Context, p *Privacy, user int64) (any, bool, error) {
	all, err := p.s.db.SMembers(ctx, p.s.receiptsKey(user)).Result()
	return all, len(all) > 0, err
}

// eraseReceipts takes a person's receipts away; how many there were stays.
func eraseReceipts(ctx context.Context, p *Privacy, user int64) error {
	kept, err := p.s.db.SMembers(ctx, p.s.receiptsKey(user)).Result()
	if err != nil {
		return err
	}
	pipe := p.s.db.Pipeline()
	for _, k := range kept {
		id, field := cutReceipt(k)
		pipe.HDel(ctx, p.s.gotKey(id), field)
	}
	pipe.Del(ctx, p.s.receiptsKey(user))
	_, err = pipe.Exec(ctx)
	return err
}
