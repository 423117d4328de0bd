package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"

	"xingfuli/bot/queue"
)

const (
	maxMarks = 500 // wall times of a schedule
	maxRuns  = 20  // of a schedule
	// maxAhead is how far ahead of Redis's clock a run can be put off. What is further ahead was
	// put off before that clock was put back.
	maxAhead = 10 * time.Minute
)

// due claims what a beat of the clock has to do.
//
//	KEYS[1]  due; KEYS[2] looked; KEYS[3] basis
//	KEYS[4]  todo; KEYS[5] held; KEYS[6] tries
//	KEYS[7]  what the keys of schedules begin with; KEYS[8] of their leases; KEYS[9] of their
//	         runs: all are in the slot of the others
//	KEYS[10] counter of all published content
//	ARGV[1]  now, ms; ARGV[2] after which "looked" is of a clock that was put back, ms
//	ARGV[3]  the basis
//	ARGV[4]  the token; ARGV[5] the lease, ms
//	ARGV[6]  how many schedules; ARGV[7] how many runs
//	ARGV[8]  how far ahead a run can be put off, ms
//	ARGV[9]  the content that the basis was made of
//
// It returns the content; the schedules, scheduleFields each; and the runs, {body, try} each.
// At other content nothing is claimed: the basis may be another one.
var due = redis.NewScript(`
local content = redis.call("GET", KEYS[10]) or "0"
if content ~= ARGV[9] then return {content, {}, {}} end
if (redis.call("GET", KEYS[3]) or "") ~= ARGV[3] then
	for _, id in ipairs(redis.call("ZRANGE", KEYS[2], 0, -1)) do redis.call("ZADD", KEYS[2], "+inf", id) end
	redis.call("SET", KEYS[3], ARGV[3])
end
local schedules, runs = {}, {}
local function claim(ids)
	for _, id in ipairs(ids) do
		if redis.call("SET", KEYS[8] .. id, ARGV[4], "NX", "PX", ARGV[5]) then
			schedules[#schedules + 1] = redis.call("HMGET", KEYS[7] .. id, "version", "body", "next", "wall", "from", "last")
		end
	end
end
claim(redis.call("ZRANGEBYSCORE", KEYS[1], "-inf", ARGV[1], "LIMIT", 0, ARGV[6]))
claim(redis.call("ZRANGEBYSCORE", KEYS[2], "(" .. ARGV[2], "+inf", "LIMIT", 0, ARGV[6]))
local t = redis.call("TIME")
local now = t[1] * 1000 + math.floor(t[2] / 1000)
local function take(members)
	for _, m in ipairs(members) do
		local id, op = string.match(m, "^(%S+) (.+)$")
		local body = redis.call("HGET", KEYS[9] .. id, op)
		if body then
			redis.call("ZADD", KEYS[4], now + ARGV[5], m)
			redis.call("HSET", KEYS[5], m, ARGV[4])
			runs[#runs + 1] = {body, redis.call("HINCRBY", KEYS[6], m, 1)}
		else
			redis.call("ZREM", KEYS[4], m)
			redis.call("HDEL", KEYS[5], m)
			redis.call("HDEL", KEYS[6], m)
		end
	end
end
if ARGV[7] ~= "0" then
	take(redis.call("ZRANGEBYSCORE", KEYS[4], "-inf", now, "LIMIT", 0, ARGV[7]))
	take(redis.call("ZRANGEBYSCORE", KEYS[4], "(" .. now + ARGV[8], "+inf", "LIMIT", 0, ARGV[7] - #runs))
end
return {content, schedules, runs}`)

// Due claims, in one round trip, the schedules that are due or whose next occurrence must be
// looked for, and the runs that nobody works on. Their leases are of Redis's clock.
func (s *Store) Due(ctx context.Context, l queue.Look) (c queue.Claimed, err error) {
	keys := []string{s.dueKey(), s.lookedKey(), s.basisKey(), s.todoKey(), s.heldKey(), s.runTriesKey(), s.scheduleKey(""), s.scheduleLeaseKey(""), s.runKey(""),
		s.contentKey()}
	reply, err := s.batch.run(ctx, due, keys, l.Now.UnixMilli(), l.Now.Add(l.Back).UnixMilli(), l.Basis, l.Token, l.Lease.Milliseconds(),
		l.Most, l.Runs, maxAhead.Milliseconds(), l.Content).Slice()
	if err != nil {
		return c, fmt.Errorf("look for what is due: %w", err)
	}
	number, _ := reply[0].(string)
	c.Content, _ = strconv.ParseInt(number, 10, 64)
	for _, fields := range rows(reply[1]) {
		if fields[0] == nil {
			continue
		}
		sc, broken := scheduleOf(fields)
		if broken != nil {
			err = errors.Join(err, broken)
			continue
		}
		c.Schedules = append(c.Schedules, sc)
	}
	for _, fields := range rows(reply[2]) {
		w := queue.Work{Token: l.Token}
		body, _ := fields[0].(string)
		try, _ := fields[1].(int64)
		if broken := json.Unmarshal([]byte(body), &w.Run); broken != nil {
			err = errors.Join(err, fmt.Errorf("read a run: %w", broken))
			continue
		}
		w.Try = int(try)
		c.Runs = append(c.Runs, w)
	}
	return c, err
}

func rows(reply any) [][]any {
	all, _ := reply.([]any)
	out := make([][]any, 0, len(all))
	for _, r := range all {
		if fields, ok := r.([]any); ok {
			out = append(out, fields)
		}
	}
	return out
}

// appending begins each script that appends a run. append(order, bodies, todo, id, i) does it
// with what ARGV[i] to ARGV[i + 6] hold: the op, the body, when it was due in ms, "1" when it is
// to be worked off, how many runs are kept, for how many seconds, and by when in ms those before
// are too old. Those that wait are kept in any case.
const appending = `
local function append(order, bodies, todo, id, i)
	redis.call("ZADD", order, ARGV[i + 2], ARGV[i])
	redis.call("HSET", bodies, ARGV[i], ARGV[i + 1])
	if ARGV[i + 3] == "1" then redis.call("ZADD", todo, 0, id .. " " .. ARGV[i]) end
	local over = redis.call("ZCARD", order) - ARGV[i + 4]
	local old = redis.call("ZCOUNT", order, "-inf", ARGV[i + 6])
	if old > over then over = old end
	if over > 0 then
		for _, op in ipairs(redis.call("ZRANGE", order, 0, over - 1)) do
			if not redis.call("ZSCORE", todo, id .. " " .. op) then
				redis.call("ZREM", order, op)
				redis.call("HDEL", bodies, op)
			end
		end
	end
	redis.call("EXPIRE", order, ARGV[i + 5])
	redis.call("EXPIRE", bodies, ARGV[i + 5])
end
`

// runArgs is how append takes a run.
func runArgs(r queue.Run, work bool) ([]any, error) {
	body, err := json.Marshal(r)
	if err != nil {
		return nil, fmt.Errorf("run %s: %w", r.Op, err)
	}
	do := "0"
	if work {
		do = "1"
	}
	return []any{string(r.Op), body, r.Due.UnixMilli(), do, maxRuns, int(keepRuns.Seconds()), r.Due.Add(-keepRuns).UnixMilli()}, nil
}

// commit writes what becomes of a claimed schedule.
//
//	KEYS[1]  the schedule; KEYS[2] its lease; KEYS[3] due; KEYS[4] looked
//	KEYS[5]  its marks; KEYS[6] its runs in order; KEYS[7] the runs; KEYS[8] todo
//	ARGV[1]  the token; ARGV[2] the version and ARGV[3] the next, ms, that were claimed
//	ARGV[4]  the ID
//	ARGV[5]  the new next, ms, empty for never; ARGV[6] its wall time
//	ARGV[7]  after which time it was looked for, ms
//	ARGV[8]  how many marks are kept; ARGV[9] for how many seconds
//	ARGV[10] the wall time that is fired, empty for none
//	ARGV[11] the run's, seven arguments (see appending)
//
// It returns 2 when all was written, 1 when all but the run, whose wall time was fired
// before, and 0 when another one came first.
var commit = redis.NewScript(appending + `
if redis.call("GET", KEYS[2]) ~= ARGV[1] then return 0 end
local was = redis.call("HMGET", KEYS[1], "version", "next", "floor")
if was[1] ~= ARGV[2] or (was[2] or "") ~= ARGV[3] then
	redis.call("DEL", KEYS[2])
	return 0
end
local fresh = 2
if ARGV[10] ~= "" then
	if was[3] and ARGV[10] <= was[3] or redis.call("ZADD", KEYS[5], 0, ARGV[10]) == 0 then
		fresh = 1
	else
		append(KEYS[6], KEYS[7], KEYS[8], ARGV[4], 11)
		if ARGV[14] ~= "1" then redis.call("HSET", KEYS[1], "last", ARGV[12]) end
	end
	local over = redis.call("ZCARD", KEYS[5]) - ARGV[8]
	if over > 0 then
		local out = redis.call("ZRANGE", KEYS[5], 0, over - 1)
		redis.call("HSET", KEYS[1], "floor", out[#out])
		redis.call("ZREMRANGEBYRANK", KEYS[5], 0, over - 1)
	end
	redis.call("EXPIRE", KEYS[5], ARGV[9])
end
redis.call("HSET", KEYS[1], "next", ARGV[5], "wall", ARGV[6], "from", ARGV[7])
if ARGV[5] == "" then redis.call("ZREM", KEYS[3], ARGV[4]) else redis.call("ZADD", KEYS[3], ARGV[5], ARGV[4]) end
redis.call("ZADD", KEYS[4], ARGV[7], ARGV[4])
redis.call("DEL", KEYS[2])
return fresh`)

// Fire commits what becomes of a claimed schedule, and ends the claim: its next occurrence
// and, unless its wall time was fired before, the run of the one that was due. One that was
// missed or skipped is remembered as the schedule's last at once.
func (s *Store) Fire(ctx context.Context, f queue.Firing) (queue.Fired, error) {
	id := f.Schedule.ID
	keys := []string{s.scheduleKey(id), s.scheduleLeaseKey(id), s.dueKey(), s.lookedKey(), s.marksKey(id), s.runsKey(id), s.runKey(id), s.todoKey()}
	run, err := runArgs(f.Run, f.Work)
	if err != nil {
		return queue.Lost, fmt.Errorf("fire: %w", err)
	}
	args := append([]any{f.Token, f.Schedule.Version, millis(f.Schedule.Next.At), id, millis(f.Next.At), f.Next.Wall, millis(f.From),
		maxMarks, int(keepMarks.Seconds()), f.Run.Wall}, run...)
	n, err := s.batch.run(ctx, commit, keys, args...).Int()
	if err != nil {
		return queue.Lost, fmt.Errorf("fire %s: %w", id, err)
	}
	return queue.Fired(n), nil
}

// todo is the run's member of the set of those that wait.
func todo(r queue.Run) string { return r.Schedule + " " + string(r.Op) }
