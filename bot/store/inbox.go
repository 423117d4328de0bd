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

// shards is how many streams the inbox is spread over, and so how many replicas can share
// it. A lane is always in the same one, which keeps its order.
const shards = 16

// Inbox keeps the updates of one bot.
type Inbox struct {
	s   *Store
	bot int64
	// For is how long a replica owns what it owns without saying so again. When it dies, the
	// others take over after this time.
	For time.Duration
}

// Inbox returns the inbox of the bot with this ID.
func (s *Store) Inbox(bot int64) *Inbox { return &Inbox{s, bot, 3 * time.Second} }

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
	fresh, err := in.s.batch.run(ctx, accept, keys, args...).Int()
	if err != nil {
		return 0, fmt.Errorf("accept %d updates: %w", len(us), err)
	}
	return fresh, nil
}

func shard(lane int64) int { return int(uint64(lane) % shards) }

// own shares the shards out among the living replicas.
//
//	KEYS[1]    sorted set: replica to when its lease ends, ms
//	KEYS[2..]  owner of each shard
//	ARGV[1]    this replica
//	ARGV[2]    lease, ms
//	ARGV[3]    1 when it is going away: it counts no more, and gets nothing new
//	ARGV[4..]  indexes, from 1, of shards it gives up
//
// A replica keeps what it has, and takes what nobody has up to its fair part. A lease that
// ends later than a lease can was given before Redis's clock was put back. It returns
// the time by Redis in ms, the fair part, and the indexes it owns now.
var own = redis.NewScript(`
local t = redis.call("TIME")
local now = t[1] * 1000 + math.floor(t[2] / 1000)
for i = 4, #ARGV do
	local key = KEYS[ARGV[i] + 1]
	if redis.call("GET", key) == ARGV[1] then redis.call("DEL", key) end
end
redis.call("ZREMRANGEBYSCORE", KEYS[1], "-inf", now)
redis.call("ZREMRANGEBYSCORE", KEYS[1], "(" .. now + ARGV[2], "+inf")
local fair = 0
if ARGV[3] == "1" then
	redis.call("ZREM", KEYS[1], ARGV[1])
else
	redis.call("ZADD", KEYS[1], now + ARGV[2], ARGV[1])
	redis.call("PEXPIRE", KEYS[1], ARGV[2])
	fair = math.ceil((#KEYS - 1) / redis.call("ZCARD", KEYS[1]))
end
local reply, mine = {now, fair}, 0
for i = 2, #KEYS do
	if redis.call("GET", KEYS[i]) == ARGV[1] then
		redis.call("PEXPIRE", KEYS[i], ARGV[2])
		mine = mine + 1
		reply[#reply + 1] = i - 1
	end
end
for i = 2, #KEYS do
	if mine < fair and redis.call("SET", KEYS[i], ARGV[1], "NX", "PX", ARGV[2]) then
		mine = mine + 1
		reply[#reply + 1] = i - 1
	end
end
return reply`)

// Own renews the lease of a replica, which gives up some shards, and returns what it owns
// from now on, for Lease. One that is going away gets nothing new.
func (in *Inbox) Own(ctx context.Context, replica string, give []int, going bool) (queue.Share, error) {
	keys := []string{in.s.replicasKey(in.bot)}
	for i := range shards {
		keys = append(keys, in.s.ownerKey(in.bot, i))
	}
	args := []any{replica, in.For.Milliseconds(), 0}
	if going {
		args[2] = 1
	}
	for _, i := range give {
		args = append(args, i+1)
	}
	reply, err := own.Run(ctx, in.s.db, keys, args...).Int64Slice()
	if err != nil {
		return queue.Share{}, fmt.Errorf("own shards: %w", err)
	}
	share := queue.Share{Now: reply[0], Fair: int(reply[1])}
	for _, i := range reply[2:] {
		share.Shards = append(share.Shards, int(i-1))
	}
	return share, nil
}

// Lease is how long what Own returned is true without calling it again.
func (in *Inbox) Lease() time.Duration { return in.For }

// leave gives up everything a replica owns.
//
//	KEYS[1]    sorted set of replicas
//	KEYS[2..]  owner of each shard
//	ARGV[1]    this replica
var leave = redis.NewScript(`
redis.call("ZREM", KEYS[1], ARGV[1])
for i = 2, #KEYS do
	if redis.call("GET", KEYS[i]) == ARGV[1] then redis.call("DEL", KEYS[i]) end
end
return 1`)

// Leave gives up everything a replica owns, so that others need not wait for its lease to end.
func (in *Inbox) Leave(ctx context.Context, replica string) error {
	keys := []string{in.s.replicasKey(in.bot)}
	for i := range shards {
		keys = append(keys, in.s.ownerKey(in.bot, i))
	}
	if err := leave.Run(ctx, in.s.db, keys, replica).Err(); err != nil {
		return fmt.Errorf("leave: %w", err)
	}
	return nil
}

// takeWait is how long Take waits for updates.
const takeWait = time.Second

// Take returns updates after the cursor, those of a shard in the order they were accepted,
// and waits up to a second for some. It returns nothing when ctx ends.
func (in *Inbox) Take(ctx context.Context, after queue.Cursor) ([]queue.Update, error) {
	streams := make([]string, 0, 2*len(after))
	number := make(map[string]int, len(after))
	for i := range after {
		key := in.s.inboxKey(in.bot, i)
		streams, number[key] = append(streams, key), i
	}
	for _, key := range streams {
		streams = append(streams, after[number[key]])
	}
	read, err := in.read(ctx, &redis.XReadArgs{Streams: streams, Count: 256, Block: takeWait})
	if errors.Is(err, redis.Nil) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("take updates: %w", err)
	}
	var us []queue.Update
	for _, stream := range read {
		for _, e := range stream.Messages {
			us = append(us, update(e, number[stream.Stream]))
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
	var left []string
	for _, u := range us {
		entries[u.Shard] = append(entries[u.Shard], u.Entry)
		if u.Left {
			left = append(left, strconv.FormatInt(u.ID, 10))
		}
	}
	var cmds []redis.Cmder
	err := in.s.batch.do(ctx, func(ctx context.Context, pipe redis.Pipeliner) {
		for i, ids := range entries {
			cmds = append(cmds, pipe.XDel(ctx, in.s.inboxKey(in.bot, i), ids...))
		}
		if len(left) > 0 {
			cmds = append(cmds, pipe.HDel(ctx, in.s.triesKey(in.bot), left...))
		}
	})
	if err == nil { // otherwise the commands may still be under way
		err = failed(cmds...)
	}
	if err != nil {
		return fmt.Errorf("forget %d updates: %w", len(us), err)
	}
	return nil
}

// Began counts that a process took up an update which an earlier one had left unfinished,
// and returns how often that has happened.
func (in *Inbox) Began(ctx context.Context, u queue.Update) (int64, error) {
	key := in.s.triesKey(in.bot)
	var n *redis.IntCmd
	var kept *redis.BoolCmd
	err := in.s.batch.do(ctx, func(ctx context.Context, pipe redis.Pipeliner) {
		n = pipe.HIncrBy(ctx, key, strconv.FormatInt(u.ID, 10), 1)
		kept = pipe.Expire(ctx, key, keepSeen) // one that nobody takes away, because the update was done elsewhere
	})
	if err == nil { // otherwise the commands may still be under way
		err = failed(n, kept)
	}
	if err != nil {
		return 0, fmt.Errorf("count the tries of update %d: %w", u.ID, err)
	}
	return n.Val(), nil
}

// Alive tells whether Redis answers.
func (in *Inbox) Alive(ctx context.Context) bool {
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	return in.s.db.Ping(ctx).Err() == nil
}
