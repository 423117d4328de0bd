package store

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"

	"xingfuli/bot/queue"
)

// Limits keeps the pace at which all replicas of one bot send together. How fast that is
// the caller says.
type Limits struct {
	s   *Store
	bot int64
}

// Limits returns the limits of the bot with this ID.
func (s *Store) Limits(bot int64) *Limits { return &Limits{s, bot} }

// reserve takes a place in each of several buckets, or in none of them.
//
//	KEYS[i]       when bucket i has its next place, microseconds since 1970; absent: now
//	ARGV[1]       how many of the buckets, from the first, belong to the chat
//	ARGV[2i]      microseconds between two places of bucket i, 0 when taking one moves nothing
//	ARGV[2i + 1]  how many microseconds ahead a place may be taken
//
// It returns two numbers: the microseconds until the buckets of the chat have a place,
// and until the others have; a place was taken when both are 0.
//
// One number a bucket is enough for a rate with a burst: the generic cell rate algorithm,
// ITU-T I.371. The clock is Redis's, for the replicas' own may differ. A place further ahead
// than any pace takes one was taken before that clock was put back.
var reserve = redis.NewScript(`
local t = redis.call("TIME")
local now = t[1] * 1000000 + t[2]
local wait, place = {0, 0}, {}
for i = 1, #KEYS do
	place[i] = math.max(now, tonumber(redis.call("GET", KEYS[i]) or "0"))
	local step, ahead = tonumber(ARGV[2*i]), tonumber(ARGV[2*i+1])
	if step > 0 and place[i] - now > step + ahead + 120000000 then place[i] = now end
	local owner = i > tonumber(ARGV[1]) and 2 or 1
	wait[owner] = math.max(wait[owner], place[i] - now - ahead)
end
if wait[1] > 0 or wait[2] > 0 then return wait end
for i = 1, #KEYS do
	local step = tonumber(ARGV[2*i])
	if step > 0 then
		local kept = math.ceil((place[i] + step - now) / 1000)
		redis.call("SET", KEYS[i], string.format("%.0f", place[i] + step), "PX", kept)
	end
end
return wait`)

// Reserve takes a place for a message to chat. When there is none it takes nothing and
// returns for how long there will be none in the chat, and over all.
func (l *Limits) Reserve(ctx context.Context, chat int64, p queue.Pace) (inChat, overAll time.Duration, err error) {
	return l.ReserveSoon(ctx, chat, p)(ctx)
}

// ReserveSoon is Reserve in two steps: the question goes along with the next one that somebody
// asks Redis, and what it returns waits for the answer.
func (l *Limits) ReserveSoon(ctx context.Context, chat int64, p queue.Pace) func(context.Context) (inChat, overAll time.Duration, err error) {
	id := strconv.FormatInt(chat, 10)
	keys := []string{l.key("closed:" + id)}
	args := []any{0, 0, 0}
	add := func(bucket string, b queue.Bucket) {
		if b.Step > 0 {
			keys = append(keys, l.key(bucket))
			args = append(args, b.Step.Microseconds(), b.Slack.Microseconds())
		}
	}
	add(id, p.Chat)
	add("minute:"+id, p.Minute)
	args[0] = len(keys)
	keys, args = append(keys, l.key("closed:0")), append(args, 0, 0)
	add("all", p.All)
	asked := l.s.batch.soon(ctx, reserve, keys, args...)
	return func(ctx context.Context) (inChat, overAll time.Duration, err error) {
		wait, err := asked.wait(ctx).Int64Slice()
		if err != nil {
			return 0, 0, fmt.Errorf("reserve: %w", err)
		}
		return time.Duration(wait[0]) * time.Microsecond, time.Duration(wait[1]) * time.Microsecond, nil
	}
}

// book takes a place over all ahead of its time.
//
//	KEYS[1]  until when all chats are closed; KEYS[2] when there is the next place: microseconds since 1970
//	ARGV[1]  microseconds between two places; ARGV[2] how many ahead a place may be taken
//
// It returns 1 and the microseconds until the place that was taken, or 0 and those until one
// may be taken.
var book = redis.NewScript(`
local t = redis.call("TIME")
local now = t[1] * 1000000 + t[2]
local step, ahead = tonumber(ARGV[1]), tonumber(ARGV[2])
local closed = tonumber(redis.call("GET", KEYS[1]) or "0") - now
if closed > 0 then return {0, closed} end
local place = math.max(now, tonumber(redis.call("GET", KEYS[2]) or "0"))
if place - now > step + ahead + 120000000 then place = now end
if place - now > ahead then return {0, place - now - ahead} end
redis.call("SET", KEYS[2], string.format("%.0f", place + step), "PX", math.ceil((place + step - now) / 1000))
return {1, place - now}`)

// BookSoon asks for a place over all, at most b.Slack ahead, along with the next question that
// somebody asks Redis. What it returns waits for the answer and tells how long it is until the
// place, less than 0 when it has passed; with booked false there is none to take for that long.
func (l *Limits) BookSoon(ctx context.Context, b queue.Bucket) func(context.Context) (wait time.Duration, booked bool, err error) {
	keys := []string{l.key("closed:0"), l.key("all")}
	asked := l.s.batch.soon(ctx, book, keys, b.Step.Microseconds(), b.Slack.Microseconds())
	return func(ctx context.Context) (time.Duration, bool, error) {
		v, err := asked.wait(ctx).Int64Slice()
		if err != nil {
			return 0, false, fmt.Errorf("book: %w", err)
		}
		return time.Duration(v[1])*time.Microsecond - time.Since(asked.answered), v[0] == 1, nil
	}
}

// shut closes a chat.
//
//	KEYS[1]  until when it is closed, microseconds since 1970: never made earlier
//	KEYS[2]  sorted set: when which chats were last closed
//	ARGV[1]  for how many microseconds
//	ARGV[2]  the chat's ID; 0 stands for all of them and is not noted in KEYS[2]
//	ARGV[3]  for how many microseconds it is noted there
//
// It returns how many chats are noted.
var shut = redis.NewScript(`
local t = redis.call("TIME")
local now = t[1] * 1000000 + t[2]
local till = now + tonumber(ARGV[1])
if till > tonumber(redis.call("GET", KEYS[1]) or "0") then
	redis.call("SET", KEYS[1], string.format("%.0f", till), "PX", math.ceil(tonumber(ARGV[1]) / 1000))
end
if ARGV[2] ~= "0" then
	redis.call("ZREMRANGEBYSCORE", KEYS[2], "-inf", string.format("%.0f", now - tonumber(ARGV[3])))
	redis.call("ZADD", KEYS[2], string.format("%.0f", now), ARGV[2])
	redis.call("PEXPIRE", KEYS[2], math.ceil(tonumber(ARGV[3]) / 1000))
end
return redis.call("ZCARD", KEYS[2])`)

// Close lets no message into chat, or with 0 into any, for d. It returns how many chats
// were closed in the time within before.
func (l *Limits) Close(ctx context.Context, chat int64, d, within time.Duration) (int, error) {
	id := strconv.FormatInt(chat, 10)
	n, err := l.s.batch.run(ctx, shut, []string{l.key("closed:" + id), l.key("floods")}, d.Microseconds(), id, within.Microseconds()).Int()
	if err != nil {
		return 0, fmt.Errorf("close: %w", err)
	}
	return n, nil
}

func (l *Limits) key(bucket string) string { return l.s.paceKey(l.bot, bucket) }
