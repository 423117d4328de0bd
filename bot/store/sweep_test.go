package store

import (
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"xingfuli/bot/community"
	"xingfuli/bot/queue"
)

// TestSweep: what is too old is forgotten, what is just young enough stays, and the second
// time there is nothing to do.
func TestSweep(t *testing.T) {
	each(t, func(t *testing.T, s *Store) {
		ctx, now := t.Context(), midday
		index := func(key string, at int64) {
			if err := s.db.ZAdd(ctx, key, redis.Z{Score: float64(at - 1), Member: "old"}, redis.Z{Score: float64(at), Member: "young"}).Err(); err != nil {
				t.Fatal(err)
			}
		}
		index(s.questionsKey(), now.Add(-community.KeepQuestion).Unix())
		index(s.noticesKey(NoticesPast), now.Add(-keepNotice).Unix())
		index(s.deliveriesKey("notice"), now.Add(-keepDelivery).UnixMilli())
		index(s.deliveriesKey("other"), now.Add(-keepDelivery).UnixMilli())
		for i, at := range []time.Time{now.AddDate(-community.KeepAudit, 0, -1), now.AddDate(-community.KeepAudit, 0, 1)} {
			if err := s.Record(ctx, queue.Op([]string{"a", "b"}[i]), community.Entry{At: at, What: "x"}); err != nil {
				t.Fatal(err)
			}
		}
		const day = 24 * time.Hour
		for id, last := range map[string]time.Duration{"once.old": keepRuns + day, "once.young": keepRuns - day, "once.never": 0} {
			if err := s.PutSchedule(ctx, queue.Op(id), queue.Schedule{ID: id, Rule: "0 8 * * 1", From: now.Add(-400 * day)}); err != nil {
				t.Fatal(err)
			}
			if last == 0 {
				continue
			}
			if err := s.db.HSet(ctx, s.scheduleKey(id), "last", `{"ended":"`+now.Add(-last).UTC().Format(time.RFC3339)+`"}`).Err(); err != nil {
				t.Fatal(err)
			}
		}
		for _, want := range []int{5, 0} {
			n, err := s.Sweep(ctx, 1, []string{"notice"}, now)
			if err != nil || n != want {
				t.Fatalf("forgot %d, %v, want %d", n, err, want)
			}
		}
		for key, want := range map[string]int64{s.questionsKey(): 1, s.noticesKey(NoticesPast): 1, s.deliveriesKey("notice"): 1, s.deliveriesKey("other"): 2, s.schedulesKey(): 2} {
			if got := s.db.ZCard(ctx, key).Val(); got != want {
				t.Errorf("%s has %d, want %d", key, got, want)
			}
		}
	})
}
