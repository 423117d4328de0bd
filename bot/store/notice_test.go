package store

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"xingfuli/bot/community"
	"xingfuli/bot/notice"
	"xingfuli/bot/queue"
)

var noticed = time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)

func putNotice(t *testing.T, s *Store, id string, when string) notice.Notice {
	t.Helper()
	d := notice.Draft{Body: notice.Body{HTML: "<b>x</b>", Files: []notice.File{{Kind: "photo", ID: "p"}}}, To: []notice.Target{{Kind: notice.Groups, ID: "a"}}, When: when}
	n := notice.New(id, 7, d, noticed).Go()
	if err := s.PutNotice(t.Context(), queue.Op("put."+id), n, noticed); err != nil {
		t.Fatal(err)
	}
	n.Version = 1
	return n
}

// TestNotice: a notice is written over the version that was read, once for each op, and is in
// the lists that it belongs to.
func TestNotice(t *testing.T) {
	each(t, func(t *testing.T, s *Store) {
		ctx := t.Context()
		want := putNotice(t, s, "n1", "0 8 * * 1")
		got, err := s.Notice(ctx, "n1")
		if err != nil || fmt.Sprint(got) != fmt.Sprint(want) {
			t.Fatalf("%+v, %v; want %+v", got, err, want)
		}
		if err := s.PutNotice(ctx, "put.n1", notice.New("n1", 7, notice.Draft{}, noticed), noticed); err != nil {
			t.Errorf("a retry: %v", err)
		}
		if err := s.PutNotice(ctx, "other", notice.New("n1", 7, notice.Draft{}, noticed), noticed); !errors.Is(err, queue.ErrConflict) {
			t.Errorf("over another one: %v", err)
		}
		if _, err := s.Notice(ctx, "n2"); !errors.Is(err, notice.ErrUnknown) {
			t.Errorf("no notice: %v", err)
		}
		calls := 0
		deliver := func(n notice.Notice) (notice.Notice, community.Entry, error) {
			calls++
			return n.Deliver(fmt.Sprint("d", calls), noticed.Add(time.Hour)), community.Entry{At: noticed, Who: 8, What: "notice.now"}, nil
		}
		for range 2 {
			if got, err = s.UpdateNotice(ctx, "u1", "n1", noticed, deliver); err != nil || got.Version != 2 || len(got.Deliveries) != 1 {
				t.Errorf("%+v, %v", got, err)
			}
		}
		es, err := s.Audit(ctx, "", 9)
		if calls != 1 || err != nil || len(es) != 1 {
			t.Errorf("%d calls, in the trail %v, %v", calls, es, err)
		}
		for list, n := range map[string]int{NoticesAhead: 1, NoticesPast: 1} {
			if all, err := s.Notices(ctx, list, 0, 9); err != nil || len(all) != n {
				t.Errorf("%s: %v, %v", list, all, err)
			}
		}
		refuse := errors.New("no")
		if _, err := s.UpdateNotice(ctx, "u2", "n1", noticed, func(n notice.Notice) (notice.Notice, community.Entry, error) { return n, community.Entry{}, refuse }); !errors.Is(err, refuse) {
			t.Errorf("refused: %v", err)
		}
		if _, err := s.UpdateNotice(ctx, "u3", "n1", noticed, func(n notice.Notice) (notice.Notice, community.Entry, error) { return n.End(), community.Entry{}, nil }); err != nil {
			t.Error(err)
		}
		if all, err := s.Notices(ctx, NoticesAhead, 0, 9); err != nil || len(all) != 0 {
			t.Errorf("what was sent is ahead: %v, %v", all, err)
		}
	})
}

// TestNoticesKept: lists are cut off at three years, whatever is written.
func TestNoticesKept(t *testing.T) {
	each(t, func(t *testing.T, s *Store) {
		ctx := t.Context()
		old := notice.New("old", 7, notice.Draft{}, noticed).Go()
		if err := s.PutNotice(ctx, "old", old, noticed.AddDate(-3, 0, -2)); err != nil {
			t.Fatal(err)
		}
		putNotice(t, s, "new", "")
		all, err := s.Notices(ctx, NoticesPast, 0, 9)
		if err != nil || len(all) != 1 || all[0].ID != "new" {
			t.Errorf("%v, %v", all, err)
		}
	})
}

// TestDeliverNotice starts one delivery for each op, and a rehearsal leaves no trace.
func TestDeliverNotice(t *testing.T) {
	each(t, func(t *testing.T, s *Store) {
		ctx := t.Context()
		n := putNotice(t, s, "n1", "")
		for range 2 {
			if err := s.DeliverNotice(ctx, "d", n, 7, false, noticed); err != nil {
				t.Fatal(err)
			}
		}
		if err := s.DeliverNotice(ctx, "r", n, 8, true, noticed); err != nil {
			t.Fatal(err)
		}
		got, err := s.Notice(ctx, "n1")
		if err != nil || len(got.Deliveries) != 1 {
			t.Fatalf("%+v, %v", got, err)
		}
		d, err := s.Delivery(ctx, got.Deliveries[0])
		if err != nil || d.Ref != "n1" || d.Author != 7 || len(d.To) != 1 || d.To[0] != "groups:a" || d.Rehearsal {
			t.Errorf("%+v, %v", d, err)
		}
		all, total, err := s.Deliveries(ctx, KindNotice, 0, 9)
		if err != nil || total != 2 || len(all) != 2 {
			t.Errorf("%d deliveries, %v", total, err)
		}
	})
}

// TestScheduleNotice: other times replace those before; taking them back twice is harmless.
func TestScheduleNotice(t *testing.T) {
	each(t, func(t *testing.T, s *Store) {
		ctx := t.Context()
		n := putNotice(t, s, "n1", "0 8 * * 1")
		for i, when := range []string{"0 8 * * 1", "0 9 * * 1"} {
			n.When = when
			if err := s.ScheduleNotice(ctx, queue.Op(fmt.Sprint("s", i)), n); err != nil {
				t.Fatal(err)
			}
			sc, err := s.Schedule(ctx, "notice.n1")
			if err != nil || sc.Rule != when || sc.Author != 7 {
				t.Errorf("%+v, %v", sc, err)
			}
		}
		for _, op := range []queue.Op{"x1", "x2"} {
			if err := s.UnscheduleNotice(ctx, op, "n1"); err != nil {
				t.Error(err)
			}
		}
		if _, err := s.Schedule(ctx, "notice.n1"); !errors.Is(err, queue.ErrNoSchedule) {
			t.Error(err)
		}
	})
}

// TestForgetAuthor: what somebody wrote is handed over, and nothing tells of them afterwards.
func TestForgetAuthor(t *testing.T) {
	each(t, func(t *testing.T, s *Store) {
		ctx := t.Context()
		putNotice(t, s, "n1", "0 8 * * 1")
		putNotice(t, s, "n2", "")
		if err := s.KeepNoticeDraft(ctx, 7, notice.Draft{When: "x"}); err != nil {
			t.Fatal(err)
		}
		p := s.Privacy(1)
		if v, some, err := exportNotices(ctx, p, 7); err != nil || !some || len(v.([]any)) != 3 {
			t.Errorf("%v, %t, %v", v, some, err)
		}
		for range 2 {
			if err := eraseNotices(ctx, p, 7); err != nil {
				t.Fatal(err)
			}
		}
		if v, some, err := exportNotices(ctx, p, 7); err != nil || some {
			t.Errorf("%v is left, %v", v, err)
		}
		n, err := s.Notice(ctx, "n1")
		if err != nil || n.Author != 0 || n.State != notice.Stopped {
			t.Errorf("%+v, %v", n, err)
		}
		if n, err = s.Notice(ctx, "n2"); err != nil || n.Author != 0 || n.State != notice.Sent {
			t.Errorf("%+v, %v", n, err)
		}
	})
}
