package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"

	"xingfuli/bot/community"
	"xingfuli/bot/queue"
)

// order appends a run that somebody wants now.
//
//	KEYS[1]  the op's mark: set here, kept for ARGV[1] seconds
//	KEYS[2]  the schedule; KEYS[3] its runs in order; KEYS[4] the runs; KEYS[5] todo
//	KEYS[6]  the audit trail; KEYS[7] its actors
//	ARGV[1]  seconds
//	ARGV[2]  the schedule's ID
//	ARGV[3]  the run's, seven arguments (see appending)
//	ARGV[10] … entries for the trail, eight arguments each (see entryArgs)
//
// It returns 1, also for an op that was done before, or 0 when there is no such schedule.
var order = redis.NewScript(recording + appending + `
if redis.call("EXISTS", KEYS[1]) == 1 then return 1 end
if redis.call("EXISTS", KEYS[2]) == 0 then return 0 end
append(KEYS[3], KEYS[4], KEYS[5], ARGV[2], 3)
for i = 10, #ARGV, 8 do note(KEYS[6], KEYS[7], i) end
redis.call("SET", KEYS[1], 1, "EX", ARGV[1])
return 1`)

// RunSchedule has a schedule done at once, whatever its rule says, paused or not. run names
// the schedule and By whom; its Op is made of op. It returns queue.ErrNoSchedule when there
// is no such schedule.
func (s *Store) RunSchedule(ctx context.Context, op queue.Op, run queue.Run, entries ...community.Entry) error {
	id := run.Schedule
	run.Op = "h." + op
	keys := []string{s.opKey(string(op)), s.scheduleKey(id), s.runsKey(id), s.runKey(id), s.todoKey(), s.auditKey(), s.actorsKey()}
	args, err := runArgs(run, true)
	if err != nil {
		return fmt.Errorf("run schedule %s: %w", id, err)
	}
	args = append(append([]any{int(keepOp.Seconds()), id}, args...), entryArgs(entries)...)
	n, err := s.batch.run(ctx, order, keys, args...).Int()
	if err != nil {
		return fmt.Errorf("run schedule %s: %w", id, err)
	}
	if n == 0 {
		return fmt.Errorf("run schedule %s: %w", id, queue.ErrNoSchedule)
	}
	return nil
}

// Runs lists up to n runs of a schedule, the newest first. maxRuns are kept, for keepRuns.
func (s *Store) Runs(ctx context.Context, id string, n int64) ([]queue.Run, error) {
	ops, err := s.db.ZRevRange(ctx, s.runsKey(id), 0, n-1).Result()
	if err != nil || len(ops) == 0 {
		return nil, wrap(err, "runs of "+id)
	}
	bodies, err := s.db.HMGet(ctx, s.runKey(id), ops...).Result()
	if err != nil {
		return nil, fmt.Errorf("runs of %s: %w", id, err)
	}
	runs := make([]queue.Run, 0, len(ops))
	for _, b := range bodies {
		body, ok := b.(string)
		if !ok {
			continue
		}
		var r queue.Run
		if err := json.Unmarshal([]byte(body), &r); err != nil {
			return nil, fmt.Errorf("runs of %s: %w", id, err)
		}
		runs = append(runs, r)
	}
	return runs, nil
}

func wrap(err error, what string) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", what, err)
}

// Run reads a run of a schedule. It returns queue.ErrNoSchedule when it is not kept any more.
func (s *Store) Run(ctx context.Context, id string, op queue.Op) (queue.Run, error) {
	_, r, err := s.run(ctx, id, op)
	return r, err
}

// run reads a run, and how it is kept.
func (s *Store) run(ctx context.Context, id string, op queue.Op) (body string, r queue.Run, err error) {
	body, err = s.db.HGet(ctx, s.runKey(id), string(op)).Result()
	if errors.Is(err, redis.Nil) {
		return "", r, fmt.Errorf("run %s: %w", op, queue.ErrNoSchedule)
	}
	if err == nil {
		err = json.Unmarshal([]byte(body), &r)
	}
	return body, r, wrap(err, "run "+string(op))
}

// settleRun answers what was asked about a run that was missed.
//
//	KEYS[1]  the op's mark: set here, kept for ARGV[1] seconds
//	KEYS[2]  the schedule; KEYS[3] the runs; KEYS[4] todo
//	KEYS[5]  the audit trail; KEYS[6] its actors
//	ARGV[1]  seconds
//	ARGV[2]  the run's op; ARGV[3] its body as it was read; ARGV[4] as it is to be
//	ARGV[5]  its member of todo when it is to be worked off, else empty
//	ARGV[6]  … entries for the trail, eight arguments each (see entryArgs)
//
// It returns 1 when written, also by an earlier try of the same op, and 0 when
// another one came first.
var settleRun = redis.NewScript(recording + `
if redis.call("EXISTS", KEYS[1]) == 1 then return 1 end
if redis.call("HGET", KEYS[3], ARGV[2]) ~= ARGV[3] then return 0 end
redis.call("HSET", KEYS[3], ARGV[2], ARGV[4])
redis.call("HSET", KEYS[2], "last", ARGV[4])
if ARGV[5] ~= "" then redis.call("ZADD", KEYS[4], 0, ARGV[5]) end
for i = 6, #ARGV, 8 do note(KEYS[5], KEYS[6], i) end
redis.call("SET", KEYS[1], 1, "EX", ARGV[1])
return 1`)

// SettleRun answers what was asked about a missed run: by has it done now after all, or
// skipped at the time given. It returns the run as it is then; one that is not missed any
// more, because somebody was first, comes with queue.ErrConflict.
func (s *Store) SettleRun(ctx context.Context, op queue.Op, id string, run queue.Op, by int64, now bool, at time.Time, entries ...community.Entry) (queue.Run, error) {
	for range edits {
		was, r, err := s.run(ctx, id, run)
		if err != nil {
			return r, err
		}
		done, err := s.db.Exists(ctx, s.opKey(string(op))).Result()
		if err != nil || done == 1 {
			return r, wrap(err, "settle run "+string(run))
		}
		if r.Outcome != queue.Missed {
			return r, fmt.Errorf("settle run %s: %w", run, queue.ErrConflict)
		}
		r.By, r.Outcome, r.Ended = by, queue.Skipped, at
		member := ""
		if now {
			r.Outcome, r.Ended, member = queue.Waiting, time.Time{}, todo(r)
		}
		written, err := s.settleRun(ctx, op, r, was, member, entries)
		if err != nil || written {
			return r, err
		}
	}
	return queue.Run{}, fmt.Errorf("settle run %s: %w", run, queue.ErrConflict)
}

func (s *Store) settleRun(ctx context.Context, op queue.Op, r queue.Run, was, member string, entries []community.Entry) (bool, error) {
	body, err := json.Marshal(r)
	if err != nil {
		return false, fmt.Errorf("settle run %s: %w", r.Op, err)
	}
	keys := []string{s.opKey(string(op)), s.scheduleKey(r.Schedule), s.runKey(r.Schedule), s.todoKey(), s.auditKey(), s.actorsKey()}
	args := append([]any{int(keepOp.Seconds()), string(r.Op), was, body, member}, entryArgs(entries)...)
	n, err := s.batch.run(ctx, settleRun, keys, args...).Int()
	return n == 1, wrap(err, "settle run "+string(r.Op))
}

// endRun ends the work on a run.
//
//	KEYS[1]  todo; KEYS[2] held; KEYS[3] tries
//	KEYS[4]  the schedule; KEYS[5] the runs
//	ARGV[1]  the run's member of todo; ARGV[2] the token
//	ARGV[3]  its op; ARGV[4] its body as it is now
//	ARGV[5]  "1" when the schedule remembers it as its last
//
// It returns 1, or 0 when others have taken it up meanwhile, or the schedule is gone.
var endRun = redis.NewScript(`
if redis.call("HGET", KEYS[2], ARGV[1]) ~= ARGV[2] then return 0 end
redis.call("ZREM", KEYS[1], ARGV[1])
redis.call("HDEL", KEYS[2], ARGV[1])
redis.call("HDEL", KEYS[3], ARGV[1])
if redis.call("HEXISTS", KEYS[5], ARGV[3]) == 0 then return 0 end
redis.call("HSET", KEYS[5], ARGV[3], ARGV[4])
if ARGV[5] == "1" then redis.call("HSET", KEYS[4], "last", ARGV[4]) end
return 1`)

// EndRun keeps how a run ended. It returns false when somebody else has taken it up because
// its lease was over: what they make of it counts. Rehearsals are not the last run of
// their schedule.
func (s *Store) EndRun(ctx context.Context, w queue.Work) (bool, error) {
	body, err := json.Marshal(w.Run)
	if err != nil {
		return false, fmt.Errorf("end run %s: %w", w.Run.Op, err)
	}
	last := "1"
	if w.Run.Rehearse {
		last = "0"
	}
	id := w.Run.Schedule
	keys := []string{s.todoKey(), s.heldKey(), s.runTriesKey(), s.scheduleKey(id), s.runKey(id)}
	n, err := s.batch.run(ctx, endRun, keys, todo(w.Run), w.Token, string(w.Run.Op), body, last).Int()
	return n == 1, wrap(err, "end run "+string(w.Run.Op))
}

// keepRun puts off when others may take up a run.
//
//	KEYS[1]  todo; KEYS[2] held; KEYS[3] tries
//	ARGV[1]  the run's member of todo; ARGV[2] the token
//	ARGV[3]  for how long, ms
//	ARGV[4]  "1" when the try does not count
//
// It returns 1, or 0 when others have taken it up meanwhile.
var keepRun = redis.NewScript(`
if redis.call("HGET", KEYS[2], ARGV[1]) ~= ARGV[2] then return 0 end
local t = redis.call("TIME")
redis.call("ZADD", KEYS[1], "XX", t[1] * 1000 + math.floor(t[2] / 1000) + ARGV[3], ARGV[1])
if ARGV[4] == "1" then redis.call("HINCRBY", KEYS[3], ARGV[1], -1) end
return 1`)

// KeepRun puts off by d, 10 minutes at most, when others may take up a run, and tells whether
// it is still this one's: to work on it longer, or to have it tried again.
func (s *Store) KeepRun(ctx context.Context, w queue.Work, d time.Duration) (bool, error) {
	return s.keepRun(ctx, w, min(d, maxAhead), "0")
}

// LeaveRun gives up a run that was not tried to the end: the next one may take it up at once.
func (s *Store) LeaveRun(ctx context.Context, w queue.Work) error {
	_, err := s.keepRun(ctx, w, -time.Second, "1")
	return err
}

func (s *Store) keepRun(ctx context.Context, w queue.Work, d time.Duration, undo string) (bool, error) {
	keys := []string{s.todoKey(), s.heldKey(), s.runTriesKey()}
	n, err := s.batch.run(ctx, keepRun, keys, todo(w.Run), w.Token, d.Milliseconds(), undo).Int()
	return n == 1, wrap(err, "keep run "+string(w.Run.Op))
}
