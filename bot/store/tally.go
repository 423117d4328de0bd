package store

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"

	"xingfuli/bot/calendar"
	"xingfuli/bot/community"
)

// keepTally is how long it is known how much was asked: a year, and the weeks it is compared in.
const keepTally = 400 * 24 * time.Hour

// tallyKey is a hash {asked, missed} of a community and the week of a Monday.
func (s *Store) tallyKey(home string, monday calendar.Date) string {
	return s.prefix + "tally:" + monday.String() + ":" + home
}

// Count adds to what a community asked in the week of a Monday; of no community nothing is
// counted. It waits for nothing and makes no round trip: see Show. An update that is handled
// again after a kill in just that moment is counted twice, and nobody minds.
func (s *Store) Count(home string, monday calendar.Date, t community.Tally) {
	if home == "" || t == (community.Tally{}) {
		return
	}
	key := s.tallyKey(home, monday)
	s.batch.ride(func(ctx context.Context, pipe redis.Pipeliner) redis.Cmder {
		for field, n := range map[string]int{"asked": t.Asked, "missed": t.Missed} {
			if n != 0 {
				pipe.HIncrBy(ctx, key, field, int64(n))
			}
		}
		return pipe.Expire(ctx, key, keepTally)
	})
}

// Tallies reads the counts of communities in the week of a Monday, in their order.
func (s *Store) Tallies(ctx context.Context, monday calendar.Date, homes []string) ([]community.Tally, error) {
	if len(homes) == 0 {
		return nil, nil
	}
	pipe := s.db.Pipeline()
	rows := make([]*redis.MapStringStringCmd, len(homes))
	for i, id := range homes {
		rows[i] = pipe.HGetAll(ctx, s.tallyKey(id, monday))
	}
	if _, err := pipe.Exec(ctx); err != nil {
		return nil, fmt.Errorf("tallies of %s: %w", monday, err)
	}
	all := make([]community.Tally, len(homes))
	for i, row := range rows {
		all[i].Asked, _ = strconv.Atoi(row.Val()["asked"])
		all[i].Missed, _ = strconv.Atoi(row.Val()["missed"])
	}
	return all, nil
}
