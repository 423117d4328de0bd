package store

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"xingfuli/bot/community"
	"xingfuli/bot/queue"
)

// TestAudit keeps entries once, in order, for three years.
func TestAudit(t *testing.T) {
	each(t, func(t *testing.T, s *Store) {
		ctx := t.Context()
		start := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
		add := func(n int, at time.Time) {
			t.Helper()
			e := community.Entry{At: at, Who: 1003, What: "test.change", About: fmt.Sprint(n), Whom: 1002, Before: "a < b", After: strings.Repeat("好", 700)}
			for range 2 { // the second time after a lost reply
				if err := s.Record(ctx, queue.UpdateOp(7, int64(n), 1), e); err != nil {
					t.Fatal(err)
				}
			}
		}
		for i, later := range []time.Duration{0, time.Hour, time.Hour, 30 * time.Minute, 2 * time.Hour} { // a clock may go back
			add(i, start.Add(later))
		}
		about := func(before string, n int64) (names []string, last string) {
			t.Helper()
			es, err := s.Audit(ctx, before, n)
			if err != nil {
				t.Fatal(err)
			}
			for _, e := range es {
				names, last = append(names, e.About), e.ID
				if e.Who != 1003 || e.Whom != 1002 || e.Before != "a < b" || len([]rune(e.After)) != community.MaxValue+1 || e.What != "test.change" {
					t.Errorf("entry %+v", e)
				}
			}
			return names, last
		}
		first, last := about("", 3)
		rest, _ := about(last, 3)
		if !slices.Equal(first, []string{"4", "3", "2"}) || !slices.Equal(rest, []string{"1", "0"}) {
			t.Errorf("pages %v, %v", first, rest)
		}
		if forged, _ := about("nonsense", 1); !slices.Equal(forged, []string{"4"}) {
			t.Errorf("a forged cursor: %v", forged)
		}
		add(5, start.AddDate(3, 0, 0).Add(90*time.Minute))
		if kept, _ := about("", 9); !slices.Equal(kept, []string{"5", "4"}) {
			t.Errorf("after three years %v are kept", kept)
		}
	})
}

// TestCutFromAudit leaves what was done and nothing that leads to who did it.
func TestCutFromAudit(t *testing.T) {
	each(t, func(t *testing.T, s *Store) {
		ctx := t.Context()
		note := func(op queue.Op, who, whom int64) {
			t.Helper()
			if err := s.Record(ctx, op, community.Entry{At: time.Unix(1_800_000_000, 0), Who: who, Whom: whom, What: "test.change"}); err != nil {
				t.Fatal(err)
			}
		}
		note("u1.1", 987654321, 1002)
		note("u2.1", 1003, 987654321)
		for range 2 {
			if err := s.CutFromAudit(ctx, 987654321); err != nil {
				t.Fatal(err)
			}
		}
		note("u3.1", 987654321, 0)
		es, err := s.Audit(ctx, "", 9)
		if err != nil || len(es) != 3 {
			t.Fatalf("%d entries, %v", len(es), err)
		}
		for i, want := range [][2]int64{{987654321, 0}, {1003, community.Erased}, {community.Erased, 1002}} {
			if got := [2]int64{es[i].Who, es[i].Whom}; got != want {
				t.Errorf("entry %d: %v", i, got)
			}
		}
		if err := s.CutFromAudit(ctx, 987654321); err != nil {
			t.Fatal(err)
		}
		kept := fmt.Sprint(s.db.XRange(ctx, s.auditKey(), "-", "+").Val(), s.db.HGetAll(ctx, s.actorsKey()).Val())
		if strings.Contains(kept, "987654321") {
			t.Errorf("the account is still there: %s", kept)
		}
	})
}

// TestPutRecords writes a value and its entry together or not at all.
func TestPutRecords(t *testing.T) {
	each(t, func(t *testing.T, s *Store) {
		ctx := t.Context()
		c := community.Community{ID: "c1", Name: "安居小区"}
		at := place{key: s.communityKey(c.ID), index: s.communitiesKey(), member: c.ID}
		e := community.Entry{At: time.Unix(1_800_000_000, 0), Who: 1003, What: "test.change"}
		for _, try := range []struct {
			op  queue.Op
			was int64
			ok  bool
		}{{"u1.1", 0, true}, {"u1.1", 0, true}, {"u2.1", 0, false}, {"u3.1", 1, true}} {
			if err := put(ctx, s, try.op, at, try.was, c, e); (err == nil) != try.ok {
				t.Errorf("%s over %d: %v", try.op, try.was, err)
			}
		}
		if es, err := s.Audit(ctx, "", 9); err != nil || len(es) != 2 {
			t.Errorf("%d entries of two changes, %v", len(es), err)
		}
	})
}
