package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"xingfuli/bot/queue"
)

// steer changes the state of a delivery.
//
//	KEYS[1]  the delivery; KEYS[2] its queue; KEYS[3] its sending
//	ARGV[1]  the new state; ARGV[2] ms since 1970
//	ARGV[3]  … the states in which that may be done
//
// It returns the state that holds now.
var steer = redis.NewScript(ending + `
local state = redis.call("HGET", KEYS[1], "state")
for i = 3, #ARGV do
	if state == ARGV[i] then
		redis.call("HSET", KEYS[1], "state", ARGV[1])
		finish(ARGV[2])
		return redis.call("HGET", KEYS[1], "state")
	end
end
return state`)

// Steer pauses, resumes or stops a delivery, if it is in one of the states from, and returns
// the state that holds now. The next chat is given to nobody, or to somebody, from then on.
func (s *Store) Steer(ctx context.Context, id string, to queue.State, now time.Time, from ...queue.State) (queue.State, error) {
	args := []any{string(to), now.UnixMilli()}
	for _, f := range from {
		args = append(args, string(f))
	}
	state, err := s.batch.run(ctx, steer, []string{s.deliveryKey(id), s.waitingKey(id), s.sendingKey(id)}, args...).Text()
	if errors.Is(err, redis.Nil) {
		return "", queue.ErrNoDelivery
	}
	if err != nil {
		return "", fmt.Errorf("steer %s: %w", id, err)
	}
	return queue.State(state), nil
}

// newRound begins a round once for each op.
//
//	KEYS[1]  the delivery
//	ARGV[1]  the op
//
// It returns the round's number, the same for the same op, 0 when the delivery was stopped, and
// nothing when there is none.
var newRound = redis.NewScript(`
if redis.call("EXISTS", KEYS[1]) == 0 then return false end
local round = redis.call("HGET", KEYS[1], "op:" .. ARGV[1])
if not round then
	if redis.call("HGET", KEYS[1], "state") == "stopped" then return 0 end
	round = redis.call("HINCRBY", KEYS[1], "round", 1)
	redis.call("HSET", KEYS[1], "op:" .. ARGV[1], round)
end
return tonumber(round)`)

// requeue puts rows that ended in an earlier round back into the queue.
//
//	KEYS[1]  the delivery; KEYS[2] its queue; KEYS[3] its rows; KEYS[4] how often chats were put back
//	KEYS[5]  sorted set of the active deliveries
//	ARGV[1]  f or u: which rows; ARGV[2] the round
//	ARGV[3]  seconds to keep the queue
//	ARGV[4]  the delivery's ID; ARGV[5] its place among the active ones
//	ARGV[6]  … the chats
//
// It returns how many there were.
var requeue = redis.NewScript(`
local n = 0
if redis.call("HGET", KEYS[1], "state") == "stopped" then return n end
for i = 6, #ARGV do
	local row = redis.call("HGET", KEYS[3], ARGV[i])
	if row and string.sub(row, 1, 1) == ARGV[1] and tonumber(string.match(row, "%d+")) < tonumber(ARGV[2]) then
		redis.call("HDEL", KEYS[3], ARGV[i])
		redis.call("HDEL", KEYS[4], ARGV[i])
		redis.call("ZADD", KEYS[2], 0, ARGV[i])
		n = n + 1
	end
end
redis.call("EXPIRE", KEYS[2], ARGV[3])
if n > 0 then
	redis.call("HINCRBY", KEYS[1], ARGV[1] == "f" and "failed" or "unknown", -n)
	redis.call("HSET", KEYS[1], "state", "running")
	redis.call("HDEL", KEYS[1], "ended")
	redis.call("ZADD", KEYS[5], ARGV[5], ARGV[4])
end
return n`)

// Again queues the rows of a state, RowFailed or RowUnknown, once more, and returns how many
// there were. A retry of the same op queues what the first try left, and nothing that ended
// since. A delivery that was stopped stays so, with what is in its queue: it returns
// queue.ErrConflict.
func (s *Store) Again(ctx context.Context, op queue.Op, id string, which queue.RowState) (int, error) {
	d, err := s.Delivery(ctx, id)
	if err != nil {
		return 0, err
	}
	round, err := s.batch.run(ctx, newRound, []string{s.deliveryKey(id)}, string(op)).Int()
	if errors.Is(err, redis.Nil) {
		return 0, queue.ErrNoDelivery
	}
	if err != nil {
		return 0, fmt.Errorf("again %s: %w", id, err)
	}
	if round == 0 {
		return 0, fmt.Errorf("again %s: %w", id, queue.ErrConflict)
	}
	letter := "u"
	if which == queue.RowFailed {
		letter = "f"
	}
	n, keys := 0, []string{s.deliveryKey(id), s.waitingKey(id), s.rowsKey(id), s.putBackKey(id), s.activeKey()}
	err = s.Rows(ctx, id, func(ctx context.Context, rows []queue.Row) error {
		args := []any{letter, round, int(keepRows.Seconds()), id, placeOf(d)}
		for _, r := range rows {
			if r.State == which {
				args = append(args, r.To.String())
			}
		}
		moved, err := s.batch.run(ctx, requeue, keys, args...).Int()
		n += moved
		return err
	})
	if err != nil {
		return n, fmt.Errorf("again %s: %w", id, err)
	}
	return n, nil
}

// rowsPage is how many rows are read at a time.
const rowsPage = 1000

// Rows calls page with all rows that have ended, some at a time, in no order. A row that is
// written meanwhile may be missed, and one may come twice.
func (s *Store) Rows(ctx context.Context, id string, page func(context.Context, []queue.Row) error) error {
	for cursor := uint64(0); ; {
		fields, next, err := s.db.HScan(ctx, s.rowsKey(id), cursor, "", rowsPage).Result()
		if err != nil {
			return fmt.Errorf("rows of %s: %w", id, err)
		}
		rows := make([]queue.Row, 0, len(fields)/2)
		for i := 0; i+1 < len(fields); i += 2 {
			r, err := rowOf(fields[i], fields[i+1])
			if err != nil {
				return fmt.Errorf("rows of %s: %w", id, err)
			}
			rows = append(rows, r)
		}
		if err := page(ctx, rows); err != nil {
			return err
		}
		if cursor = next; cursor == 0 {
			return nil
		}
	}
}

// Reached tells whether a delivery has been sent, or may have been, to a chat, whose row may bear
// the ID that it had before it became a supergroup. While it is being sent, that is so too.
func (s *Store) Reached(ctx context.Context, id string, chat int64) (bool, error) {
	var row, sending, moved *redis.StringCmd
	to := queue.Chat{ID: chat}.String()
	err := s.batch.do(ctx, func(ctx context.Context, pipe redis.Pipeliner) {
		row, sending = pipe.HGet(ctx, s.rowsKey(id), to), pipe.HGet(ctx, s.sendingKey(id), to)
		moved = pipe.HGet(ctx, s.deliveryKey(id), "at:"+to)
	})
	if err == nil {
		err = failed(row, sending, moved)
	}
	if err != nil {
		return false, fmt.Errorf("reached by %s: %w", id, err)
	}
	r, err := rowOf(to, row.Val())
	return r.State == queue.RowSent || r.State == queue.RowUnknown || sending.Val() != "" || moved.Val() != "", err
}

// Row reads what became of one chat; ok is false while it has not ended, and for a chat that
// is not in the delivery.
func (s *Store) Row(ctx context.Context, id string, to queue.Chat) (r queue.Row, ok bool, err error) {
	v, err := ask(ctx, s.batch, func(ctx context.Context, pipe redis.Pipeliner) *redis.StringCmd {
		return pipe.HGet(ctx, s.rowsKey(id), to.String())
	})
	if errors.Is(err, redis.Nil) {
		return r, false, nil
	}
	if err != nil {
		return r, false, fmt.Errorf("row of %s: %w", id, err)
	}
	r, err = rowOf(to.String(), v.Val())
	return r, err == nil, err
}

// SetBody makes a delivery's later sendings, such as 补发, say something else.
func (s *Store) SetBody(ctx context.Context, id string, body json.RawMessage) error {
	d, err := s.Delivery(ctx, id)
	if err != nil {
		return err
	}
	d.Body = body
	raw, err := json.Marshal(d)
	if err != nil {
		return fmt.Errorf("body of %s: %w", id, err)
	}
	if err := s.db.HSet(ctx, s.deliveryKey(id), "body", raw).Err(); err != nil {
		return fmt.Errorf("body of %s: %w", id, err)
	}
	return nil
}

// tell gives the right to tell the author how a delivery goes.
//
//	KEYS[1]  the delivery; KEYS[2] the right
//	ARGV[1]  ms for which nobody else has it
//	ARGV[2]  what the author is to be told, as a mark
//
// It returns 1 when the caller has it, and it is not what the author was told last.
var tell = redis.NewScript(`
if redis.call("HGET", KEYS[1], "told") == ARGV[2] then return 0 end
if redis.call("SET", KEYS[2], 1, "NX", "PX", ARGV[1]) then return 1 end
return 0`)

// MayReport tells whether the caller is to tell the author, now, what mark stands for: it is
// news, and nobody has told anything for a time every, or only what was not the last.
func (s *Store) MayReport(ctx context.Context, id, mark string, every time.Duration, last bool) (bool, error) {
	right := "report:" + id
	if last {
		right += ":last"
	}
	n, err := s.batch.run(ctx, tell, []string{s.deliveryKey(id), s.leaseKey(right)}, every.Milliseconds(), mark).Int()
	if err != nil {
		return false, fmt.Errorf("report %s: %w", id, err)
	}
	return n == 1, nil
}

// reported notes what the author was told.
//
//	KEYS[1]  the delivery; KEYS[2] sorted set of the active ones
//	ARGV[1]  the message; ARGV[2] the mark; ARGV[3] the delivery's ID
//	ARGV[4]  how many receipts the author was told of
//	ARGV[5]  1 when nothing more is to be told
//
// A delivery of which somebody has sent rows again meanwhile, or a receipt, stays active.
var reported = redis.NewScript(`
redis.call("HSET", KEYS[1], "report", ARGV[1], "told", ARGV[2])
local d = redis.call("HMGET", KEYS[1], "ended", "got")
if ARGV[5] == "1" and d[1] and (d[2] or "0") == ARGV[4] then redis.call("ZREM", KEYS[2], ARGV[3]) end
return 1`)

// Reported notes what the author was told of d, in which message; last says that nothing more
// will be told of the delivery unless somebody acts on it.
func (s *Store) Reported(ctx context.Context, d queue.Delivery, mark string, last bool) error {
	done := 0
	if last {
		done = 1
	}
	if err := s.batch.run(ctx, reported, []string{s.deliveryKey(d.ID), s.activeKey()}, d.Report, mark, d.ID, d.Got, done).Err(); err != nil {
		return fmt.Errorf("reported %s: %w", d.ID, err)
	}
	return nil
}

// Wake makes a delivery active, so that its author is told how it stands.
func (s *Store) Wake(ctx context.Context, d queue.Delivery) error {
	if err := s.db.ZAdd(ctx, s.activeKey(), redis.Z{Score: float64(placeOf(d)), Member: d.ID}).Err(); err != nil {
		return fmt.Errorf("wake %s: %w", d.ID, err)
	}
	return nil
}

// got notes a receipt once.
//
//	KEYS[1]  the delivery; KEYS[2] its receipts, hash of "<chat>:<user>" to ms since 1970
//	KEYS[3]  the person's receipts
//	ARGV[1]  the field; ARGV[2] ms; ARGV[3] seconds; ARGV[4] the member in KEYS[3]
//
// It returns 1 the first time.
var got = redis.NewScript(`
if redis.call("HSETNX", KEYS[2], ARGV[1], ARGV[2]) == 0 then return 0 end
redis.call("EXPIRE", KEYS[2], ARGV[3])
redis.call("SADD", KEYS[3], ARGV[4])
redis.call("EXPIRE", KEYS[3], ARGV[3])
redis.call("HINCRBY", KEYS[1], "got", 1)
return 1`)

// Got notes that a person says to have read a delivery in a chat, and whether that is news.
func (s *Store) Got(ctx context.Context, id string, chat, user int64, now time.Time) (first bool, err error) {
	field := receiptField(chat, user)
	n, err := s.batch.run(ctx, got, []string{s.deliveryKey(id), s.gotKey(id), s.receiptsKey(user)}, field, now.UnixMilli(), int(keepRows.Seconds()), id+" "+field).Int()
	if err != nil {
		return false, fmt.Errorf("receipt of %s: %w", id, err)
	}
	return n == 1, nil
}

// receiptField is the receipt of a person in a chat.
func receiptField(chat, user int64) string {
	return strconv.FormatInt(chat, 10) + ":" + strconv.FormatInt(user, 10)
}

// receiptsKey holds where a person has left receipts, so that they can be found and erased.
func (s *Store) receiptsKey(user int64) string {
	return s.prefix + "receipts:" + strconv.FormatInt(user, 10)
}

func cutReceipt(member string) (id, field string) {
	id, field, _ = strings.Cut(member, " ")
	return id, field
}

// GotBy tells which of these people have said in their private chats that they read a delivery.
func (s *Store) GotBy(ctx context.Context, id string, users []int64) ([]int64, error) {
	if len(users) == 0 {
		return nil, nil
	}
	fields := make([]string, len(users))
	for i, u := range users {
		fields[i] = receiptField(u, u)
	}
	found, err := s.db.HMGet(ctx, s.gotKey(id), fields...).Result()
	if err != nil {
		return nil, fmt.Errorf("receipts of %s: %w", id, err)
	}
	i := -1
	return slices.DeleteFunc(slices.Clone(users), func(int64) bool { i++; return found[i] == nil }), nil
}
