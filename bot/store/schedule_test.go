package store_test

import (
	"errors"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"xingfuli/bot/community"
	"xingfuli/bot/queue"
	"xingfuli/bot/store"
	"xingfuli/bot/store/redistest"
)

// TestSchedules keeps, lists, pauses and drops schedules: an op is done once, a stale writer
// is told so, and each change has its entry in the trail.
func TestSchedules(t *testing.T) {
	redistest.Each(t, func(t *testing.T, db *redis.Client) {
		s, ctx := store.New(db, "xf:"), t.Context()
		at := time.Date(2026, 11, 23, 7, 30, 0, 0, time.UTC)
		entry := community.Entry{At: at, Who: 7, What: "job.pause"}
		for i, id := range []string{"post.b", "post.a", "posts.c", "notice.x"} {
			sc := queue.Schedule{ID: id, Rule: "30 7 * * *", Next: queue.Occurrence{At: at.Add(time.Duration(i) * time.Hour), Wall: "2026-11-23 07:30"}, From: at.Add(-time.Hour)}
			for range 2 { // a retry
				if err := s.PutSchedule(ctx, queue.Op("put."+id), sc); err != nil {
					t.Fatal(err)
				}
			}
		}
		list, total, err := s.Schedules(ctx, "post", 1, 5)
		if err != nil || total != 2 || len(list) != 1 || list[0].ID != "post.b" || list[0].Version != 1 || !list[0].Next.At.Equal(at) {
			t.Errorf("the second post: %+v of %d, %v", list, total, err)
		}
		if _, total, err = s.Schedules(ctx, "", 0, 5); err != nil || total != 4 {
			t.Errorf("%d in all, %v", total, err)
		}
		if next, ok, err := s.NextDue(ctx); !next.Equal(at) || !ok || err != nil {
			t.Errorf("next due: %v %v %v", next, ok, err)
		}
		if err := s.PutSchedule(ctx, "stale", queue.Schedule{ID: "post.a"}); !errors.Is(err, queue.ErrConflict) {
			t.Errorf("a writer that did not read: %v", err)
		}
		for _, op := range []queue.Op{"pause", "pause", "pause again"} {
			if err := s.PauseSchedule(ctx, op, "post.a", true, entry); err != nil {
				t.Error(err)
			}
		}
		if sc, err := s.Schedule(ctx, "post.a"); err != nil || !sc.Paused || sc.Version != 2 {
			t.Errorf("paused: %+v, %v", sc, err)
		}
		for range 2 {
			if err := s.DropSchedule(ctx, "drop", "post.b", entry); err != nil {
				t.Error(err)
			}
		}
		if err := s.DropSchedule(ctx, "drop again", "post.b", entry); !errors.Is(err, queue.ErrNoSchedule) {
			t.Errorf("dropped twice: %v", err)
		}
		if _, err := s.Schedule(ctx, "post.b"); !errors.Is(err, queue.ErrNoSchedule) {
			t.Errorf("dropped: %v", err)
		}
		if es, err := s.Audit(ctx, "", 10); err != nil || len(es) != 2 {
			t.Errorf("the trail: %+v, %v", es, err)
		}
	})
}

// TestScheduleRuns keeps the last runs of a schedule, and those by hand beside them.
func TestScheduleRuns(t *testing.T) {
	redistest.Each(t, func(t *testing.T, db *redis.Client) {
		s, ctx := store.New(db, "xf:"), t.Context()
		at := time.Date(2026, 11, 23, 7, 30, 0, 0, time.UTC)
		if err := s.RunSchedule(ctx, "none", queue.Run{Schedule: "post.a", Due: at}); !errors.Is(err, queue.ErrNoSchedule) {
			t.Errorf("a run of nothing: %v", err)
		}
		if err := s.PutSchedule(ctx, "put", queue.Schedule{ID: "post.a", Rule: "30 7 * * *"}); err != nil {
			t.Fatal(err)
		}
		for i := range 30 {
			op := queue.Op("hand." + string(rune('A'+i)))
			for range 2 {
				if err := s.RunSchedule(ctx, op, queue.Run{Schedule: "post.a", Due: at.Add(time.Duration(i) * time.Hour), By: 7}); err != nil {
					t.Fatal(err)
				}
			}
		}
		if runs, err := s.Runs(ctx, "post.a", 50); err != nil || len(runs) != 30 {
			t.Fatalf("%d runs that wait, %v", len(runs), err)
		}
		claimed, err := s.Due(ctx, queue.Look{Now: at, Token: "me", Lease: time.Minute, Most: 5, Runs: 50})
		if err != nil || len(claimed.Runs) != 30 {
			t.Fatalf("%d claimed, %v", len(claimed.Runs), err)
		}
		for _, w := range claimed.Runs {
			w.Run.Outcome = queue.Done
			if mine, err := s.EndRun(ctx, w); !mine || err != nil {
				t.Fatal(mine, err)
			}
			if mine, err := s.EndRun(ctx, w); mine || err != nil {
				t.Fatal("ended twice", mine, err)
			}
		}
		if err := s.RunSchedule(ctx, "last", queue.Run{Schedule: "post.a", Due: at.Add(31 * time.Hour), By: 7}); err != nil {
			t.Fatal(err)
		}
		if runs, err := s.Runs(ctx, "post.a", 50); err != nil || len(runs) != 20 || runs[0].Op != "h.last" || runs[1].Outcome != queue.Done {
			t.Errorf("%d runs are kept, %v", len(runs), err)
		}
	})
}
