package jobs

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"xingfuli/bot/community"
	"xingfuli/bot/queue"
	"xingfuli/bot/store"
	"xingfuli/bot/store/redistest"
)

// attic is what is kept for a long time, with a clock that sweeps it at night.
type attic struct {
	*township
	clock *Clock
	store *store.Store
}

func newAttic(t *testing.T, db *redis.Client) *attic {
	t.Helper()
	tw := monday()
	a := &attic{tw, tw.replica(db), store.New(db, "xf:")}
	post := NewPost()
	post.Register("notice", PostKind{})
	Sweep{Store: a.store, Bot: 7, Now: tw.time, Post: post}.Register(a.clock)
	put(t, a.clock, NightSweep)
	return a
}

// keep keeps an entry of the audit trail and a delivery that will be too old at a time.
func (a *attic) keep(t *testing.T, name string, until time.Time) {
	t.Helper()
	err := a.store.Record(t.Context(), queue.Op("record"+name), community.Entry{At: until.AddDate(-community.KeepAudit, 0, 0), Who: 7, What: "x", About: name})
	made := until.Add(-3 * 365 * 24 * time.Hour)
	_, failed := a.store.StartDelivery(t.Context(), queue.Op("start"+name), queue.Delivery{Kind: "notice", Ref: name, Made: made})
	if err := errors.Join(err, failed); err != nil {
		t.Fatal(err)
	}
}

// at sets the clock and lets it do what is due.
func (a *attic) at(t *testing.T, wall string) {
	t.Helper()
	at, err := time.ParseInLocation("2006-01-02 15:04", wall, shanghai)
	if err != nil {
		t.Fatal(err)
	}
	a.move(at.Sub(a.time()))
	settle(t, a.clock)
}

// kept lists what is there, the newest first, of the audit trail and of the deliveries.
func (a *attic) kept(t *testing.T) string {
	t.Helper()
	entries, err := a.store.Audit(t.Context(), "", 9)
	list, _, failed := a.store.Deliveries(t.Context(), "notice", 0, 9)
	if err := errors.Join(err, failed); err != nil {
		t.Fatal(err)
	}
	var names, sent []string
	for _, e := range entries {
		names = append(names, e.About)
	}
	for _, d := range list {
		sent = append(sent, d.Ref)
	}
	return strings.Join(names, " ") + "; " + strings.Join(sent, " ")
}

// TestNightSweep moves the clock over 3:30: what has become too old is forgotten then and not
// before, and what has not stays; a rehearsal forgets nothing.
func TestNightSweep(t *testing.T) {
	t.Parallel()
	redistest.Each(t, func(t *testing.T, db *redis.Client) {
		a := newAttic(t, db)
		night := time.Date(2026, 11, 24, 3, 30, 0, 0, shanghai)
		put(t, a.clock, queue.Schedule{ID: "post.once", Rule: "2026-11-23 08:00"})
		a.keep(t, "older", night.Add(-time.Hour))
		a.keep(t, "old", night.Add(-10*time.Minute))
		a.keep(t, "younger", night.Add(10*time.Minute))
		a.keep(t, "young", night.Add(240*time.Hour))
		all := "young younger old older; young younger old older"
		a.at(t, "2026-11-23 08:01")
		r := queue.Run{Schedule: NightSweep.ID, Wall: "2026-11-24 03:20", Due: night, By: 7, Rehearse: true}
		if err := a.store.RunSchedule(t.Context(), "try", r); err != nil {
			t.Fatal(err)
		}
		for _, tt := range []struct{ at, kept string }{
			{"2026-11-24 03:29", all},
			{"2026-11-24 03:31", "young younger; young younger"},
			{"2026-11-25 03:29", "young younger; young younger"},
			{"2026-11-25 03:31", "young; young"},
			{"2026-11-26 03:31", "young; young"},
		} {
			a.at(t, tt.at)
			equal(t, tt.at, a.kept(t), tt.kept)
		}
		equal(t, "the nights", runs(t, a.clock, NightSweep.ID), []string{"2026-11-26 03:30 nothing", "2026-11-25 03:30 done", "2026-11-24 03:20 nothing", "2026-11-24 03:30 done"})
		a.at(t, "2027-02-21 03:31") // what is done once is known for 90 days
		if _, err := a.store.Schedule(t.Context(), "post.once"); err != nil {
			t.Error(err)
		}
		a.at(t, "2027-02-22 03:31")
		if _, err := a.store.Schedule(t.Context(), "post.once"); !errors.Is(err, queue.ErrNoSchedule) {
			t.Errorf("it is still there: %v", err)
		}
	})
}
