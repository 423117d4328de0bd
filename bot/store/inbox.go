package store

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"

	"xingfuli/bot/queue"
)

// shards is how many streams the inbox is spread over. A lane is always in the same
// one, which keeps its order.
const shards = 16

// Inbox keeps the updates of one bot.
type Inbox struct {
	s   *Store
	bot int64
}

// Inbox returns the inbox of the bot with this ID.
func (s *Store) Inbox(bot int64) *Inbox { return &Inbox{s, bot} }

// accept keeps updates that were not kept before.
//
//	KEYS[2i-1]  mark of update i
//	KEYS[2i]    stream of its shard
//	ARGV[1]     seconds to keep the marks
//	ARGV[2..]   ID, lane and raw JSON of each update
//
// It returns how many were new.
var accept = redis.NewScript(`
local fresh = 0
for i = 1, #KEYS / 2 do
	local a = 3 * i - 1
	if redis.call("SET", KEYS[2*i-1], 1, "NX", "EX", ARGV[1]) then
		redis.call("XADD", KEYS[2*i], "*", "i", ARGV[a], "l", ARGV[a+1], "r", ARGV[a+2])
		fresh = fresh + 1
	end
end
return fresh`)

// Accept keeps those updates that were not kept in the last 48 hours, in this order, in
// one round trip, and returns how many those are.
func (in *Inbox) Accept(ctx context.Context, us []queue.Update) (int, error) {
	keys := make([]string, 0, 2*len(us))
	args := make([]any, 0, 1+3*len(us))
	args = append(args, int(keepSeen.Seconds()))
	for _, u := range us {
		keys = append(keys, in.s.seenKey(in.bot, u.ID), in.s.inboxKey(in.bot, shard(u.Lane)))
		args = append(args, u.ID, u.Lane, u.Raw)
	}
	fresh, err := accept.Run(ctx, in.s.db, keys, args...).Int()
	if err != nil {
		return 0, fmt.Errorf("accept %d updates: %w", len(us), err)
	}
	return fresh, nil
}

func shard(lane int64) int { return int(uint64(lane) % shards) }

// takeWait is how long Take waits for updates.
const takeWait = time.Second

// Take returns updates after the cursor and moves it on. It returns nothing when ctx ends.
func (in *Inbox) Take(ctx context.Context, c *queue.Cursor) ([]queue.Update, error) {
	if c.Last == nil {
		c.Last = map[int]string{}
	}
	streams := make([]string, 2*shards)
	for i := range shards {
		streams[i], streams[shards+i] = in.s.inboxKey(in.bot, i), c.Last[i]
		if c.Last[i] == "" {
			streams[shards+i] = "0"
		}
	}
	read, err := in.read(ctx, &redis.XReadArgs{Streams: streams, Count: 256, Block: takeWait})
	if errors.Is(err, redis.Nil) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("take updates: %w", err)
	}
	number := map[string]int{}
	for i := range shards {
		number[streams[i]] = i
	}
	var us []queue.Update
	for _, stream := range read {
		i := number[stream.Stream]
		for _, e := range stream.Messages {
			us = append(us, update(e, i))
			c.Last[i] = e.ID
		}
	}
	return us, nil
}

// read waits for a command that go-redis cannot interrupt, but not once ctx has ended: what
// comes then is read again by the next process.
func (in *Inbox) read(ctx context.Context, args *redis.XReadArgs) ([]redis.XStream, error) {
	type reply struct {
		streams []redis.XStream
		err     error
	}
	replies := make(chan reply, 1)
	go func() {
		streams, err := in.s.db.XRead(ctx, args).Result()
		replies <- reply{streams, err}
	}()
	select {
	case r := <-replies:
		return r.streams, r.err
	case <-ctx.Done():
		return nil, redis.Nil
	}
}

func update(e redis.XMessage, shard int) queue.Update {
	field := func(name string) string { v, _ := e.Values[name].(string); return v }
	u := queue.Update{Entry: e.ID, Shard: shard, Raw: []byte(field("r"))}
	u.ID, _ = strconv.ParseInt(field("i"), 10, 64)
	u.Lane, _ = strconv.ParseInt(field("l"), 10, 64)
	return u
}

// Done forgets handled updates.
func (in *Inbox) Done(ctx context.Context, us []queue.Update) error {
	entries := map[int][]string{}
	for _, u := range us {
		entries[u.Shard] = append(entries[u.Shard], u.Entry)
	}
	pipe := in.s.db.Pipeline()
	for i, ids := range entries {
		pipe.XDel(ctx, in.s.inboxKey(in.bot, i), ids...)
	}
	if _, err := pipe.Exec(ctx); err != nil {
		return fmt.Errorf("forget %d updates: %w", len(us), err)
	}
	return nil
}
