package store

import (
	"context"
	"crypto/sha256"
	"encoding/base32"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"xingfuli/bot/queue"
)

// A delivery is these keys, of which the last four are about its rows:
//
//	delivery:<id>          hash: what it is, its state and its counts; "at:<chat>" leads from
//	                       where it arrived to the chat as it was queued, when that is another
//	delivery:<id>:queue    sorted set: chats that wait, by when not before (ms)
//	delivery:<id>:sending  hash: chat to "<round>.<owner>", who is sending to it
//	delivery:<id>:rows     hash: chat to what became of it, as rowOf reads it
//	delivery:<id>:tries    hash: chat to how often it was put back
//
// A chat is in exactly one of queue, sending and rows. A round is what 补发 begins: of rows
// that ended in an earlier one, and of those only, a new round sends again.
func (s *Store) deliveryKey(id string) string { return s.prefix + "delivery:" + id }
func (s *Store) waitingKey(id string) string  { return s.prefix + "delivery:" + id + ":queue" }
func (s *Store) sendingKey(id string) string  { return s.prefix + "delivery:" + id + ":sending" }
func (s *Store) rowsKey(id string) string     { return s.prefix + "delivery:" + id + ":rows" }
func (s *Store) putBackKey(id string) string  { return s.prefix + "delivery:" + id + ":tries" }
func (s *Store) gotKey(id string) string      { return s.prefix + "delivery:" + id + ":got" }
func (s *Store) activeKey() string            { return s.prefix + "deliveries:active" }
func (s *Store) deliveriesKey(kind string) string {
	return s.prefix + "deliveries:of:" + kind
}
func (s *Store) senderKey(owner string) string { return s.prefix + "sender:" + owner }

const (
	// keepRows is how long it can be told who got a message, and the message be corrected.
	keepRows = 90 * 24 * time.Hour
	// keepDelivery is how long its figures are kept: as long as the audit trail.
	keepDelivery = 3 * 365 * 24 * time.Hour
)

// DeliveryID is the ID of the delivery that an op starts: the same op starts the same one.
func DeliveryID(op queue.Op) string {
	sum := sha256.Sum256([]byte(op))
	return strings.ToLower(base32.StdEncoding.EncodeToString(sum[:7]))[:11]
}

// begin makes a delivery, unless it is there already.
//
//	KEYS[1]  the delivery
//	KEYS[2]  sorted set of the active ones; KEYS[3] of all of its kind
//	ARGV[1]  body, JSON; ARGV[2] its ID; ARGV[3] ms since 1970
//	ARGV[4]  its place among the active ones
//	ARGV[5]  seconds to keep it; ARGV[6] of its kind, those older than this (ms) are forgotten
//
// It returns 1 when made, 0 when it was there.
var begin = redis.NewScript(`
if redis.call("HSETNX", KEYS[1], "body", ARGV[1]) == 0 then return 0 end
redis.call("HSET", KEYS[1], "state", "running", "round", 1)
redis.call("EXPIRE", KEYS[1], ARGV[5])
redis.call("ZADD", KEYS[2], ARGV[4], ARGV[2])
redis.call("ZADD", KEYS[3], ARGV[3], ARGV[2])
redis.call("ZREMRANGEBYSCORE", KEYS[3], "-inf", ARGV[6])
return 1`)

// StartDelivery starts a delivery once for each op and returns it: its ID is DeliveryID(op).
// Its rows are written and sent by jobs.Post, on any replica.
func (s *Store) StartDelivery(ctx context.Context, op queue.Op, d queue.Delivery) (queue.Delivery, error) {
	d.ID = DeliveryID(op)
	body, err := json.Marshal(d)
	if err != nil {
		return d, fmt.Errorf("start delivery: %w", err)
	}
	keys := []string{s.deliveryKey(d.ID), s.activeKey(), s.deliveriesKey(d.Kind)}
	old := d.Made.Add(-keepDelivery).UnixMilli()
	if err := s.batch.run(ctx, begin, keys, body, d.ID, d.Made.UnixMilli(), placeOf(d), int(keepDelivery.Seconds()), old).Err(); err != nil {
		return d, fmt.Errorf("start delivery: %w", err)
	}
	return d, nil
}

// placeOf is a delivery's place among the active ones: by age, the urgent ones before all others.
func placeOf(d queue.Delivery) int64 {
	place := d.Made.UnixMilli()
	if d.Urgent {
		place -= 1 << 42
	}
	return place
}

// Delivery reads a delivery with its progress. It returns queue.ErrNoDelivery.
func (s *Store) Delivery(ctx context.Context, id string) (queue.Delivery, error) {
	all, err := s.deliveries(ctx, []string{id})
	if err != nil {
		return queue.Delivery{}, err
	}
	if len(all) == 0 {
		return queue.Delivery{}, queue.ErrNoDelivery
	}
	return all[0], nil
}

// ActiveDeliveries lists those that are not over, or of which the author was not told so yet:
// the urgent ones first, then by age.
func (s *Store) ActiveDeliveries(ctx context.Context) ([]queue.Delivery, error) {
	ids, err := s.db.ZRange(ctx, s.activeKey(), 0, -1).Result()
	if err != nil {
		return nil, fmt.Errorf("active deliveries: %w", err)
	}
	return s.deliveries(ctx, ids)
}

// Deliveries lists a page of those of a kind, the newest first, and how many there are.
func (s *Store) Deliveries(ctx context.Context, kind string, from, n int64) ([]queue.Delivery, int64, error) {
	pipe := s.db.Pipeline()
	ids, total := pipe.ZRevRange(ctx, s.deliveriesKey(kind), from, from+n-1), pipe.ZCard(ctx, s.deliveriesKey(kind))
	if _, err := pipe.Exec(ctx); err != nil {
		return nil, 0, fmt.Errorf("deliveries: %w", err)
	}
	list, err := s.deliveries(ctx, ids.Val())
	return list, total.Val(), err
}

// deliveries reads deliveries in one round trip, passing over those that are not there.
func (s *Store) deliveries(ctx context.Context, ids []string) ([]queue.Delivery, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	metas := make([]*redis.MapStringStringCmd, len(ids))
	queued, ready, sending := make([]*redis.IntCmd, len(ids)), make([]*redis.IntCmd, len(ids)), make([]*redis.IntCmd, len(ids))
	now := strconv.FormatInt(time.Now().UnixMilli(), 10) // as Redis has it, or nearly
	err := s.batch.do(ctx, func(ctx context.Context, pipe redis.Pipeliner) {
		for i, id := range ids {
			// In the order in which rows move: one that moves meanwhile is counted twice, and never not at all.
			queued[i], ready[i] = pipe.ZCard(ctx, s.waitingKey(id)), pipe.ZCount(ctx, s.waitingKey(id), "-inf", now)
			sending[i], metas[i] = pipe.HLen(ctx, s.sendingKey(id)), pipe.HGetAll(ctx, s.deliveryKey(id))
		}
	})
	if err != nil {
		return nil, fmt.Errorf("deliveries: %w", err)
	}
	var list []queue.Delivery
	for i := range ids {
		if err := failed(metas[i], queued[i], ready[i], sending[i]); err != nil {
			return nil, fmt.Errorf("delivery %s: %w", ids[i], err)
		}
		if len(metas[i].Val()) == 0 {
			continue
		}
		d, err := deliveryOf(metas[i].Val())
		if err != nil {
			return nil, fmt.Errorf("delivery %s: %w", ids[i], err)
		}
		d.Queued, d.Ready, d.Sending = int(queued[i].Val()), int(ready[i].Val()), int(sending[i].Val())
		d.Total = d.Queued + d.Sending + d.Sent + d.Failed + d.Unknown
		list = append(list, d)
	}
	return list, nil
}

func deliveryOf(h map[string]string) (d queue.Delivery, err error) {
	if err := json.Unmarshal([]byte(h["body"]), &d); err != nil {
		return d, err
	}
	number := func(field string) int { n, _ := strconv.Atoi(h[field]); return n }
	moment := func(field string) (t time.Time) {
		if ms, err := strconv.ParseInt(h[field], 10, 64); err == nil {
			t = time.UnixMilli(ms)
		}
		return t
	}
	d.Progress = queue.Progress{
		State: queue.State(h["state"]), Sent: number("sent"), Failed: number("failed"), Unknown: number("unknown"), Got: number("got"),
		Report: number("report"), Told: h["told"], Began: moment("began"), Ended: moment("ended"),
	}
	if h["filled"] == "" && d.State == queue.Running {
		d.State = queue.Filling
	}
	return d, nil
}

// fill queues chats, as long as the delivery is not filled: from then on some of them have been
// sent to, and who fills it late, with what it knew before, would queue those once more.
//
//	KEYS[1]  the delivery; KEYS[2] its queue
//	ARGV     the chats
//
// It returns 1, or 0 when the delivery is filled.
var fill = redis.NewScript(`
if redis.call("HEXISTS", KEYS[1], "filled") == 1 then return 0 end
for i = 1, #ARGV do redis.call("ZADD", KEYS[2], "NX", 0, ARGV[i]) end
return 1`)

// Fill puts chats into a delivery's queue, those that it has already once only. Once the
// delivery is Filled, it returns queue.ErrConflict.
func (s *Store) Fill(ctx context.Context, id string, chats []queue.Chat) error {
	if len(chats) == 0 {
		return nil
	}
	rows := make([]any, len(chats))
	for i, c := range chats {
		rows[i] = c.String()
	}
	open, err := s.batch.run(ctx, fill, []string{s.deliveryKey(id), s.waitingKey(id)}, rows...).Int()
	if err == nil && open == 0 {
		err = queue.ErrConflict
	}
	if err != nil {
		return fmt.Errorf("fill %s: %w", id, err)
	}
	return nil
}

// filled lets the sending begin, or ends a delivery to nobody.
//
//	KEYS[1]  the delivery; KEYS[2] its queue; KEYS[3] its sending
//	ARGV[1]  ms since 1970; ARGV[2] seconds to keep the rows
var filled = redis.NewScript(ending + `
if redis.call("HSETNX", KEYS[1], "filled", ARGV[1]) == 0 then return 0 end
redis.call("EXPIRE", KEYS[2], ARGV[2])
finish(ARGV[1])
return 1`)

// ending begins each script after which nothing may be left to send: finish(now) notes it.
const ending = `
local function finish(now)
	local state = redis.call("HGET", KEYS[1], "state")
	local left = redis.call("ZCARD", KEYS[2])
	if redis.call("HLEN", KEYS[3]) > 0 then return end
	if state ~= "stopped" then
		if left > 0 or not redis.call("HGET", KEYS[1], "filled") then return end
		redis.call("HSET", KEYS[1], "state", "over")
	end
	redis.call("HSETNX", KEYS[1], "ended", now)
end
`

// Filled says that all chats of a delivery are in its queue: the sending begins.
func (s *Store) Filled(ctx context.Context, id string, now time.Time) error {
	keys := []string{s.deliveryKey(id), s.waitingKey(id), s.sendingKey(id)}
	if err := s.batch.run(ctx, filled, keys, now.UnixMilli(), int(keepRows.Seconds())).Err(); err != nil {
		return fmt.Errorf("filled %s: %w", id, err)
	}
	return nil
}

// takeRow gives the next chat of a delivery to one who sends.
//
//	KEYS[1]  the delivery; KEYS[2] its queue; KEYS[3] its sending
//	KEYS[4]  the lease of who sends
//	ARGV[1]  who sends; ARGV[2] for how many ms that one is alive without saying so again
//	ARGV[3]  ms since 1970, by the bot; ARGV[4] seconds to keep the rows
//
// It returns the chat, "" when none is due now, and nothing when the delivery is not running.
//
// Whether a chat that was put back is due, Redis's clock says.
var takeRow = redis.NewScript(`
local d = redis.call("HMGET", KEYS[1], "state", "filled", "round", "began")
if d[1] ~= "running" or not d[2] then return false end
local t = redis.call("TIME")
local chat = redis.call("ZRANGEBYSCORE", KEYS[2], "-inf", t[1] * 1000 + math.floor(t[2] / 1000), "LIMIT", 0, 1)[1]
if not chat then return "" end
redis.call("ZREM", KEYS[2], chat)
redis.call("HSET", KEYS[3], chat, d[3] .. "." .. ARGV[1])
redis.call("EXPIRE", KEYS[3], ARGV[4])
redis.call("SET", KEYS[4], 1, "PX", ARGV[2])
if not d[4] then redis.call("HSET", KEYS[1], "began", ARGV[3]) end
return chat`)

// Take gives the next chat of a delivery to an owner, who is taken for dead when nothing is
// heard of them (Take, Settle, Alive) for ttl. idle is true when no chat is due now. The
// delivery may be paused, stopped, over or not filled: then running is false.
func (s *Store) Take(ctx context.Context, id, owner string, ttl time.Duration, now time.Time) (to queue.Chat, idle, running bool, err error) {
	keys := []string{s.deliveryKey(id), s.waitingKey(id), s.sendingKey(id), s.senderKey(owner)}
	member, err := s.batch.run(ctx, takeRow, keys, owner, ttl.Milliseconds(), now.UnixMilli(), int(keepRows.Seconds())).Text()
	switch {
	case errors.Is(err, redis.Nil):
		return to, false, false, nil
	case err != nil:
		return to, false, false, fmt.Errorf("take of %s: %w", id, err)
	case member == "":
		return to, true, true, nil
	}
	to, err = queue.ParseChat(member)
	return to, false, true, err
}

// settleRow notes what became of a chat that was being sent to.
//
//	KEYS[1]  the delivery; KEYS[2] its queue; KEYS[3] its sending
//	KEYS[4]  its rows; KEYS[5] how often chats were put back
//	ARGV[1]  who sent; ARGV[2] ms since 1970; ARGV[3] seconds to keep the rows
//	ARGV[4]  the chat
//	ARGV[5]  s, f, u, or q to put it back
//	ARGV[6]  of s the messages, of f the reason, of q for how many ms
//	ARGV[7]  of q: how often at most; beyond it the row fails for the reason ARGV[8]
//
// It returns 1 when noted. What another process has declared unknown, because it took the
// sender for dead, is set right by the sender. Doing it again changes nothing.
var settleRow = redis.NewScript(ending + `
local chat, what, value = ARGV[4], ARGV[5], ARGV[6]
local by = redis.call("HGET", KEYS[3], chat)
if by and string.sub(by, -#ARGV[1]) == ARGV[1] then
	redis.call("HDEL", KEYS[3], chat)
else
	by = redis.call("HGET", KEYS[4], chat)
	if not by or string.sub(by, 1, 1) ~= "u" or string.sub(by, -#ARGV[1]) ~= ARGV[1] or what == "q" then return 0 end
	by = string.sub(by, 2)
	redis.call("HDEL", KEYS[4], chat)
	redis.call("HINCRBY", KEYS[1], "unknown", -1)
end
if what == "q" then
	if tonumber(ARGV[7]) == 0 or redis.call("HINCRBY", KEYS[5], chat, 1) <= tonumber(ARGV[7]) then
		local t = redis.call("TIME")
		redis.call("ZADD", KEYS[2], t[1] * 1000 + math.floor(t[2] / 1000) + value, chat)
		redis.call("EXPIRE", KEYS[5], ARGV[3])
		redis.call("EXPIRE", KEYS[2], ARGV[3])
		finish(ARGV[2])
		return 1
	end
	what, value = "f", ARGV[8]
end
if what == "u" then value = by elseif what == "f" then value = string.match(by, "%d+") .. "." .. value end
redis.call("HSET", KEYS[4], chat, what .. value)
local moved = what == "s" and string.match(value, "@(.+)$")
if moved then redis.call("HSET", KEYS[1], "at:" .. moved, chat) end
redis.call("EXPIRE", KEYS[4], ARGV[3])
redis.call("HINCRBY", KEYS[1], what == "s" and "sent" or what == "f" and "failed" or "unknown", 1)
finish(ARGV[2])
return 1`)

// putBacks is how often a chat that Telegram does not want to be written to now is put back.
const putBacks = 20

// Settle notes what became of a chat that owner was sending to. A row that is queued again is
// due after wait; when counted, that happens 20 times at most, then it fails with WhyBusy.
func (s *Store) Settle(ctx context.Context, id, owner string, r queue.Row, wait time.Duration, counted bool, now time.Time) error {
	keys := []string{s.deliveryKey(id), s.waitingKey(id), s.sendingKey(id), s.rowsKey(id), s.putBackKey(id)}
	what, value, most := "u", "", 0
	switch r.State {
	case queue.RowSent:
		what, value = "s", sentValue(r)
	case queue.RowFailed:
		what, value = "f", string(r.Why)
	case queue.RowQueued:
		what, value = "q", strconv.FormatInt(wait.Milliseconds(), 10)
		if counted {
			most = putBacks
		}
	case queue.RowSending, queue.RowUnknown:
	}
	args := []any{"." + owner, now.UnixMilli(), int(keepRows.Seconds()), r.To.String(), what, value, most, string(queue.WhyBusy)}
	if err := s.batch.run(ctx, settleRow, keys, args...).Err(); err != nil {
		return fmt.Errorf("settle %s of %s: %w", r.To, id, err)
	}
	return nil
}

// sentValue is a sent row's messages, and its chat when that is another one: "12,13@-1002".
func sentValue(r queue.Row) string {
	parts := make([]string, len(r.Messages))
	for i, m := range r.Messages {
		parts[i] = strconv.Itoa(m)
	}
	v := strings.Join(parts, ",")
	if r.Chat != 0 && r.Chat != r.To.ID {
		v += "@" + strconv.FormatInt(r.Chat, 10)
	}
	return v
}

// rowOf reads a row that has ended.
func rowOf(member, value string) (r queue.Row, err error) {
	if r.To, err = queue.ParseChat(member); err != nil || value == "" {
		return r, err
	}
	switch value[0] {
	case 's':
		r.State = queue.RowSent
		list, chat, _ := strings.Cut(value[1:], "@")
		r.Chat, _ = strconv.ParseInt(chat, 10, 64)
		for p := range strings.SplitSeq(list, ",") {
			if n, err := strconv.Atoi(p); err == nil {
				r.Messages = append(r.Messages, n)
			}
		}
	case 'f':
		r.State = queue.RowFailed
		_, why, _ := strings.Cut(value, ".")
		r.Why = queue.Why(why)
	default:
		r.State = queue.RowUnknown
	}
	return r, nil
}

// Alive says that an owner is alive for ttl from now: what it sends is not unknown yet.
func (s *Store) Alive(ctx context.Context, owner string, ttl time.Duration) error {
	if err := s.db.Set(ctx, s.senderKey(owner), 1, ttl).Err(); err != nil {
		return fmt.Errorf("alive: %w", err)
	}
	return nil
}

// lose declares unknown what a dead owner was sending.
//
//	KEYS[1]  the delivery; KEYS[2] its queue; KEYS[3] its sending; KEYS[4] its rows
//	KEYS[5]  the lease of the owner
//	ARGV[1]  the owner; ARGV[2] ms since 1970; ARGV[3] seconds to keep the rows
//	ARGV[4]  … the chats
//
// It returns how many there were.
var lose = redis.NewScript(ending + `
if redis.call("EXISTS", KEYS[5]) == 1 then return 0 end
local n = 0
for i = 4, #ARGV do
	local by = redis.call("HGET", KEYS[3], ARGV[i])
	if by and string.sub(by, -#ARGV[1]) == ARGV[1] then
		redis.call("HDEL", KEYS[3], ARGV[i])
		redis.call("HSET", KEYS[4], ARGV[i], "u" .. by)
		redis.call("HINCRBY", KEYS[1], "unknown", 1)
		n = n + 1
	end
end
redis.call("EXPIRE", KEYS[4], ARGV[3])
if n > 0 then finish(ARGV[2]) end
return n`)

// Lose declares unknown what owners that are dead by now were sending of a delivery.
func (s *Store) Lose(ctx context.Context, id string, now time.Time) error {
	sending, err := s.db.HGetAll(ctx, s.sendingKey(id)).Result()
	if err != nil {
		return fmt.Errorf("lose: %w", err)
	}
	chats := map[string][]any{}
	for chat, by := range sending {
		_, owner, _ := strings.Cut(by, ".")
		chats[owner] = append(chats[owner], chat)
	}
	for owner, list := range chats {
		keys := []string{s.deliveryKey(id), s.waitingKey(id), s.sendingKey(id), s.rowsKey(id), s.senderKey(owner)}
		args := append([]any{"." + owner, now.UnixMilli(), int(keepRows.Seconds())}, list...)
		if err := s.batch.run(ctx, lose, keys, args...).Err(); err != nil {
			return fmt.Errorf("lose: %w", err)
		}
	}
	return nil
}
