package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"

	"xingfuli/bot/community"
	"xingfuli/bot/queue"
)

// Schedules are kept so:
//
//	schedules             sorted set of their IDs, all of score 0: in the order of the alphabet
//	schedule:<id>         hash {version, body, next, wall, from, floor, last}; next and from in ms
//	schedule:lease:<id>   token of who is about to fire it
//	schedule:marks:<id>   sorted set of the wall times that were fired, all of score 0
//	schedule:runs:<id>    sorted set of the ops of its runs, by when they were due, ms
//	schedule:run:<id>     hash: op to the run
//	schedule:due          sorted set of IDs, by when they are due next, ms
//	schedule:looked       sorted set of IDs, by after which time next was looked for, ms
//	schedule:basis        what rules were read by when next was looked for
//	schedule:todo         sorted set of runs, "id op", by when they may be taken up, ms by Redis
//	schedule:held         hash: run to the token of who works on it
//	schedule:tries        hash: run to how often it was taken up
//
// Of each schedule maxMarks wall times are kept. Of those dropped the latest is remembered as
// the floor: no wall time up to it is ever fired again.

// putSchedule writes a schedule unless someone wrote it after it was read.
//
//	KEYS[1]  the schedule
//	KEYS[2]  the op's mark: set here, kept for ARGV[3] seconds
//	KEYS[3]  IDs; KEYS[4] due; KEYS[5] looked
//	KEYS[6]  the audit trail; KEYS[7] its actors
//	ARGV[1]  the version that was read, 0 for a new one
//	ARGV[2]  the new body, JSON
//	ARGV[3]  seconds
//	ARGV[4]  the ID
//	ARGV[5]  next, ms, empty for never; ARGV[6] its wall time
//	ARGV[7]  after which time next was looked for, ms; "+inf": next stays and is looked for soon
//	ARGV[8]  … entries for the trail, eight arguments each (see entryArgs)
//
// It returns 1 when written, also by an earlier try of the same op, and 0 when
// another writer came first.
var putSchedule = redis.NewScript(recording + `
if redis.call("EXISTS", KEYS[2]) == 1 then return 1 end
local seen = redis.call("HGET", KEYS[1], "version") or "0"
if seen ~= ARGV[1] then return 0 end
redis.call("HSET", KEYS[1], "version", seen + 1, "body", ARGV[2], "next", ARGV[5], "wall", ARGV[6], "from", ARGV[7])
redis.call("ZADD", KEYS[3], 0, ARGV[4])
if ARGV[5] == "" then redis.call("ZREM", KEYS[4], ARGV[4]) else redis.call("ZADD", KEYS[4], ARGV[5], ARGV[4]) end
redis.call("ZADD", KEYS[5], ARGV[7], ARGV[4])
for i = 8, #ARGV, 8 do note(KEYS[6], KEYS[7], i) end
redis.call("SET", KEYS[2], 1, "EX", ARGV[3])
return 1`)

// PutSchedule keeps a schedule: a new one when its Version is 0, else in place of that
// version. With a zero From the clock looks for the next occurrence at its next beat. It
// returns queue.ErrConflict when another writer came first.
func (s *Store) PutSchedule(ctx context.Context, op queue.Op, sc queue.Schedule, entries ...community.Entry) error {
	if err := sc.Check(); err != nil {
		return fmt.Errorf("put schedule %q: %w", sc.ID, err)
	}
	body, err := json.Marshal(sc)
	if err != nil {
		return fmt.Errorf("put schedule %s: %w", sc.ID, err)
	}
	keys := []string{s.scheduleKey(sc.ID), s.opKey(string(op)), s.schedulesKey(), s.dueKey(), s.lookedKey(), s.auditKey(), s.actorsKey()}
	args := append([]any{sc.Version, body, int(keepOp.Seconds()), sc.ID, millis(sc.Next.At), sc.Next.Wall, looked(sc.From)}, entryArgs(entries)...)
	written, err := s.batch.run(ctx, putSchedule, keys, args...).Int()
	if err != nil {
		return fmt.Errorf("put schedule %s: %w", sc.ID, err)
	}
	if written == 0 {
		return fmt.Errorf("put schedule %s: %w", sc.ID, queue.ErrConflict)
	}
	return nil
}

// PauseSchedule has a schedule come due and nothing done, or ends that. Done already, it
// changes nothing and leaves no entry.
func (s *Store) PauseSchedule(ctx context.Context, op queue.Op, id string, paused bool, entries ...community.Entry) error {
	for range edits {
		sc, err := s.Schedule(ctx, id)
		if err != nil || sc.Paused == paused {
			return err
		}
		sc.Paused = paused
		if err = s.PutSchedule(ctx, op, sc, entries...); !errors.Is(err, queue.ErrConflict) {
			return err
		}
	}
	return fmt.Errorf("pause schedule %s: %w", id, queue.ErrConflict)
}

// millis is a time as scripts take it, empty for none.
func millis(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return strconv.FormatInt(t.UnixMilli(), 10)
}

func looked(from time.Time) string {
	if from.IsZero() {
		return "+inf"
	}
	return millis(from)
}

func timeOf(ms string) time.Time {
	n, err := strconv.ParseInt(ms, 10, 64)
	if err != nil {
		return time.Time{}
	}
	return time.UnixMilli(n)
}

// dropSchedule forgets a schedule and its runs; those that wait find it gone.
//
//	KEYS[1]  the op's mark: set here, kept for ARGV[1] seconds
//	KEYS[2]  IDs; KEYS[3] due; KEYS[4] looked
//	KEYS[5]  the audit trail; KEYS[6] its actors
//	KEYS[7]  the schedule; KEYS[8] … what else is kept of it
//	ARGV[1]  seconds
//	ARGV[2]  the ID
//	ARGV[3]  … entries for the trail, eight arguments each (see entryArgs)
//
// It returns 1, or 0 when there is no such schedule; 1 also for an op that was done before.
var dropSchedule = redis.NewScript(recording + `
if redis.call("EXISTS", KEYS[1]) == 1 then return 1 end
if redis.call("EXISTS", KEYS[7]) == 0 then return 0 end
for i = 2, 4 do redis.call("ZREM", KEYS[i], ARGV[2]) end
for i = 7, #KEYS do redis.call("DEL", KEYS[i]) end
for i = 3, #ARGV, 8 do note(KEYS[5], KEYS[6], i) end
redis.call("SET", KEYS[1], 1, "EX", ARGV[1])
return 1`)

// DropSchedule forgets a schedule, and with it its runs. It returns queue.ErrNoSchedule when
// there is none.
func (s *Store) DropSchedule(ctx context.Context, op queue.Op, id string, entries ...community.Entry) error {
	keys := []string{s.opKey(string(op)), s.schedulesKey(), s.dueKey(), s.lookedKey(), s.auditKey(), s.actorsKey(),
		s.scheduleKey(id), s.scheduleLeaseKey(id), s.marksKey(id), s.runsKey(id), s.runKey(id)}
	args := append([]any{int(keepOp.Seconds()), id}, entryArgs(entries)...)
	n, err := s.batch.run(ctx, dropSchedule, keys, args...).Int()
	if err != nil {
		return fmt.Errorf("drop schedule %s: %w", id, err)
	}
	if n == 0 {
		return fmt.Errorf("drop schedule %s: %w", id, queue.ErrNoSchedule)
	}
	return nil
}

// Schedule reads a schedule. It returns queue.ErrNoSchedule when there is none.
func (s *Store) Schedule(ctx context.Context, id string) (queue.Schedule, error) {
	all, err := s.schedules(ctx, []string{id})
	if err != nil {
		return queue.Schedule{}, err
	}
	if len(all) == 0 {
		return queue.Schedule{}, fmt.Errorf("schedule %s: %w", id, queue.ErrNoSchedule)
	}
	return all[0], nil
}

// Schedules lists the schedules of a kind, or all when it is empty, by ID: n from the one at
// offset on, and how many there are.
func (s *Store) Schedules(ctx context.Context, kind string, offset, n int64) (list []queue.Schedule, total int64, err error) {
	r := &redis.ZRangeBy{Min: "-", Max: "+", Offset: offset, Count: n}
	if kind != "" {
		r.Min, r.Max = "["+kind+".", "("+kind+"/" // what comes after the dot
	}
	pipe := s.db.Pipeline()
	ids, count := pipe.ZRangeByLex(ctx, s.schedulesKey(), r), pipe.ZLexCount(ctx, s.schedulesKey(), r.Min, r.Max)
	if _, err := pipe.Exec(ctx); err != nil {
		return nil, 0, fmt.Errorf("list schedules: %w", err)
	}
	list, err = s.schedules(ctx, ids.Val())
	return list, count.Val(), err
}

// scheduleFields is what is read of a schedule, in the order of row.
var scheduleFields = []string{"version", "body", "next", "wall", "from", "last"}

func (s *Store) schedules(ctx context.Context, ids []string) ([]queue.Schedule, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	pipe := s.db.Pipeline()
	for _, id := range ids {
		pipe.HMGet(ctx, s.scheduleKey(id), scheduleFields...)
	}
	replies, err := pipe.Exec(ctx)
	if err != nil {
		return nil, fmt.Errorf("read schedules: %w", err)
	}
	list := make([]queue.Schedule, 0, len(ids))
	for _, r := range replies {
		fields := r.(*redis.SliceCmd).Val()
		if fields[0] == nil {
			continue
		}
		sc, err := scheduleOf(fields)
		if err != nil {
			return nil, err
		}
		list = append(list, sc)
	}
	return list, nil
}

// scheduleOf makes a schedule of scheduleFields.
func scheduleOf(fields []any) (sc queue.Schedule, err error) {
	at := func(i int) string { v, _ := fields[i].(string); return v }
	if err := json.Unmarshal([]byte(at(1)), &sc); err != nil {
		return sc, fmt.Errorf("read a schedule: %w", err)
	}
	sc.Version, _ = strconv.ParseInt(at(0), 10, 64)
	sc.Next, sc.From = queue.Occurrence{At: timeOf(at(2)), Wall: at(3)}, timeOf(at(4))
	if last := at(5); last != "" {
		if err := json.Unmarshal([]byte(last), &sc.Last); err != nil {
			return sc, fmt.Errorf("read schedule %s: %w", sc.ID, err)
		}
	}
	return sc, nil
}

// NextDue is when the next schedule comes due; false when none ever does.
func (s *Store) NextDue(ctx context.Context) (time.Time, bool, error) {
	first, err := s.db.ZRangeWithScores(ctx, s.dueKey(), 0, 0).Result()
	if err != nil {
		return time.Time{}, false, fmt.Errorf("next due: %w", err)
	}
	if len(first) == 0 {
		return time.Time{}, false, nil
	}
	return time.UnixMilli(int64(first[0].Score)), true, nil
}
