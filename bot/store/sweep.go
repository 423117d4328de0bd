package store

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"

	"xingfuli/bot/community"
)

// Sweep forgets what is too old and has no time of its own to expire at, because it stands in
// an index with younger things. Each writer of an index cuts off what is old there; here that
// is done where nobody has written for long:
//
//	audit               entries older than three years (community.KeepAudit)
//	dead:<bot>          dead letters older than 30 days
//	deliveries:of:<kind> deliveries older than three years, of which the figures have expired
//	notices:past        notices older than three years, which have expired
//	questions           questions that nobody asked for 90 days, which have expired
//	schedule:…          schedules that are never due again and were done longer ago than their
//	                    runs are kept, 90 days; a pause, or another time meanwhile, keeps them
//
// All else that grows expires by itself, is cut by who writes it, or is as long as the township
// has people, groups, canteens, weeks and answers. It works in pieces of 500, and returns how many it
// forgot. kinds are those of deliveries.
func (s *Store) Sweep(ctx context.Context, bot int64, kinds []string, now time.Time) (n int, err error) {
	old := func(d time.Duration) int64 { return now.Add(-d).Unix() }
	streams := map[string]int64{
		s.auditKey():   now.AddDate(-community.KeepAudit, 0, 0).UnixMilli(),
		s.deadKey(bot): now.Add(-keepDead).UnixMilli(),
	}
	indexes := map[string]int64{
		s.noticesKey(NoticesPast): old(keepNotice),
		s.questionsKey():          old(community.KeepQuestion),
	}
	for _, kind := range kinds {
		indexes[s.deliveriesKey(kind)] = now.Add(-keepDelivery).UnixMilli()
	}
	for key, before := range streams {
		some, err := s.sweepStream(ctx, key, before)
		if n += some; err != nil {
			return n, err
		}
	}
	for key, before := range indexes {
		some, err := s.sweepIndex(ctx, key, before)
		if n += some; err != nil {
			return n, err
		}
	}
	some, err := s.sweepSchedules(ctx, now)
	return n + some, err
}

// sweepSome is how much is forgotten at a time.
const sweepSome = 500

// sweepStream deletes the entries of a stream before a time, ms since 1970.
func (s *Store) sweepStream(ctx context.Context, key string, before int64) (n int, err error) {
	for {
		old, err := s.db.XRangeN(ctx, key, "-", "("+strconv.FormatInt(max(1, before), 10), sweepSome).Result()
		if err != nil || len(old) == 0 {
			return n, sweeping(key, err)
		}
		ids := make([]string, len(old))
		for i, m := range old {
			ids[i] = m.ID
		}
		if err := s.db.XDel(ctx, key, ids...).Err(); err != nil {
			return n, sweeping(key, err)
		}
		n += len(ids)
	}
}

// sweepIndex takes members with a score below before out of a sorted set.
func (s *Store) sweepIndex(ctx context.Context, key string, before int64) (n int, err error) {
	r := &redis.ZRangeBy{Min: "-inf", Max: "(" + strconv.FormatInt(before, 10), Count: sweepSome}
	for {
		old, err := s.db.ZRangeByScore(ctx, key, r).Result()
		if err != nil || len(old) == 0 {
			return n, sweeping(key, err)
		}
		members := make([]any, len(old))
		for i, m := range old {
			members[i] = m
		}
		if err := s.db.ZRem(ctx, key, members...).Err(); err != nil {
			return n, sweeping(key, err)
		}
		n += len(old)
	}
}

// forget forgets a schedule unless somebody wrote it since it was read.
//
//	KEYS[1]  IDs; KEYS[2] due; KEYS[3] looked
//	KEYS[4]  the schedule; KEYS[5] … what else is kept of it
//	ARGV[1]  the ID; ARGV[2] the version that was read
//
// It returns 1 when forgotten.
var forget = redis.NewScript(`
if redis.call("HGET", KEYS[4], "version") ~= ARGV[2] then return 0 end
for i = 1, 3 do redis.call("ZREM", KEYS[i], ARGV[1]) end
for i = 4, #KEYS do redis.call("DEL", KEYS[i]) end
return 1`)

func (s *Store) sweepSchedules(ctx context.Context, now time.Time) (n int, err error) {
	for from := int64(0); ; {
		list, total, err := s.Schedules(ctx, "", from, sweepSome)
		if err != nil {
			return n, err
		}
		gone := 0
		for _, sc := range list {
			if sc.Paused || sc.From.IsZero() || !sc.Next.At.IsZero() || sc.Last.Ended.IsZero() || now.Sub(sc.Last.Ended) <= keepRuns {
				continue
			}
			keys := []string{s.schedulesKey(), s.dueKey(), s.lookedKey(), s.scheduleKey(sc.ID), s.scheduleLeaseKey(sc.ID), s.marksKey(sc.ID), s.runsKey(sc.ID), s.runKey(sc.ID)}
			done, err := s.batch.run(ctx, forget, keys, sc.ID, sc.Version).Int()
			if err != nil {
				return n, sweeping(sc.ID, err)
			}
			gone += done
		}
		n += gone
		if from += sweepSome - int64(gone); from >= total {
			return n, nil
		}
	}
}

func sweeping(what string, err error) error {
	if err != nil {
		return fmt.Errorf("sweep %s: %w", what, err)
	}
	return nil
}
