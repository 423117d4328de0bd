package store

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"xingfuli/bot/community"
	"xingfuli/bot/queue"
)

// midday is when questions of the tests are asked.
var midday = time.Unix(1_795_406_400, 0)

func question(t *testing.T, text string, now time.Time) community.Question {
	t.Helper()
	q, ok := community.NewQuestion(text, "anju", now)
	if !ok {
		t.Fatalf("%q is no question", text)
	}
	return q
}

func TestAnswers(t *testing.T) {
	each(t, func(t *testing.T, s *Store) {
		ctx := t.Context()
		a := community.Answer{ID: "u1.1", Group: "停车", Question: "能停车吗", Text: "可以"}
		e := community.Entry{At: midday, Who: 7, What: "answer.add", About: a.Question, After: a.Text}
		for range 2 { // a retry after a lost reply
			if err := s.PutAnswer(ctx, "u1.2", a, e); err != nil {
				t.Fatal(err)
			}
		}
		if err := s.PutAnswer(ctx, "u2.1", a, e); !errors.Is(err, queue.ErrConflict) {
			t.Errorf("a second new one: %v", err)
		}
		read := func() []community.Answer {
			n, err := s.Content(ctx)
			if err != nil {
				t.Fatal(err)
			}
			all, err := s.Answers(ctx, n)
			if err != nil {
				t.Fatal(err)
			}
			return all
		}
		if all := read(); len(all) != 1 || all[0].Version != 1 || all[0].Text != "可以" {
			t.Fatalf("%+v", all)
		}
		a.Version, a.Text = 1, "不行"
		if err := s.PutAnswer(ctx, "u3.1", a, e); err != nil {
			t.Fatal(err)
		}
		if err := s.DropAnswer(ctx, "u4.1", a, e); !errors.Is(err, queue.ErrConflict) {
			t.Errorf("dropped as it was read before: %v", err)
		}
		a.Version = 2
		for range 2 {
			if err := s.DropAnswer(ctx, "u5.1", a, e); err != nil {
				t.Fatal(err)
			}
		}
		if all := read(); len(all) != 0 {
			t.Errorf("after all was dropped: %+v", all)
		}
		if es, err := s.Audit(ctx, "", 10); err != nil || len(es) != 3 {
			t.Errorf("%d entries in the trail, %v", len(es), err)
		}
	})
}

func TestNoteQuestion(t *testing.T) {
	each(t, func(t *testing.T, s *Store) {
		ctx := t.Context()
		q := question(t, "路灯坏了找谁", midday)
		again := question(t, "请问路灯坏了找谁？", midday.Add(time.Hour))
		for op, q := range map[queue.Op]community.Question{"u1.1": q, "u2.1": again} {
			for range 2 {
				if err := s.NoteQuestion(ctx, op, 1, q); err != nil {
					t.Fatal(err)
				}
			}
		}
		got, err := s.Question(ctx, q.ID)
		if err != nil || got.Count != 2 || got.Community != "anju" {
			t.Errorf("%+v, %v", got, err)
		}
		if ttl := s.db.TTL(ctx, s.questionKey(q.ID)).Val(); ttl <= community.KeepQuestion-time.Hour || ttl > community.KeepQuestion {
			t.Errorf("kept for %v", ttl)
		}
		if _, err := s.Question(ctx, "nothing"); !errors.Is(err, community.ErrNoQuestion) {
			t.Errorf("a question that nobody asked: %v", err)
		}
		if err := s.NoteQuestion(ctx, "u3.1", 1, question(t, "水管坏了找谁", midday.Add(community.KeepQuestion+2*time.Hour))); err != nil {
			t.Fatal(err)
		}
		if qs, err := s.Questions(ctx); err != nil || len(qs) != 1 || qs[0].Text != "水管坏了找谁" {
			t.Errorf("after 90 days: %+v, %v", qs, err)
		}
	})
}

// TestQuestionsBound keeps the newest questions, and few of one person.
func TestQuestionsBound(t *testing.T) {
	each(t, func(t *testing.T, s *Store) {
		ctx := t.Context()
		for i := range community.MaxQuestions + 5 {
			q := question(t, fmt.Sprintf("%c%c坏了找谁", 0x4E00+i, 0x5E00+i), midday.Add(time.Duration(i)*time.Minute))
			if err := s.NoteQuestion(ctx, queue.Op(fmt.Sprint("u", i, ".1")), int64(1000+i/community.MaxAsked), q); err != nil {
				t.Fatal(i, err)
			}
		}
		qs, err := s.Questions(ctx)
		if err != nil || len(qs) != community.MaxQuestions || !qs[0].Last.After(qs[1].Last) {
			t.Errorf("%d questions, %v", len(qs), err)
		}
		if err := s.NoteQuestion(ctx, "v.1", 1000, question(t, "路灯坏了找谁", midday)); !errors.Is(err, community.ErrAsked) {
			t.Errorf("one too many in a day: %v", err)
		}
		if err := s.NoteQuestion(ctx, "u0.1", 1000, question(t, "路灯坏了找谁", midday)); err != nil {
			t.Errorf("what was noted before the limit, repeated: %v", err)
		}
	})
}

func TestSettle(t *testing.T) {
	each(t, func(t *testing.T, s *Store) {
		ctx := t.Context()
		q := question(t, "路灯坏了找谁", midday)
		if err := s.Wish(ctx, 1, q.ID, midday); !errors.Is(err, community.ErrNoQuestion) {
			t.Errorf("a wish for what nobody asked: %v", err)
		}
		if err := s.NoteQuestion(ctx, "u1.1", 1, q); err != nil {
			t.Fatal(err)
		}
		for user, at := range map[int64]time.Time{1: midday, 2: midday.Add(-8 * 24 * time.Hour), 3: midday} {
			for range 2 {
				if err := s.Wish(ctx, user, q.ID, at); err != nil {
					t.Fatal(err)
				}
			}
		}
		e := community.Entry{At: midday, Who: 7, What: "question.answer"}
		a := community.Answer{ID: "u2.1", Version: 5, Group: "办事", Question: "路灯坏了找谁", Text: "专员"}
		if err := s.AnswerQuestion(ctx, "u2.2", q.ID, a, e); !errors.Is(err, queue.ErrConflict) {
			t.Errorf("over a version that is not there: %v", err)
		}
		a.Version = 0
		for range 2 {
			if err := s.AnswerQuestion(ctx, "u2.3", q.ID, a, e); err != nil {
				t.Fatal(err)
			}
		}
		if err := s.AnswerQuestion(ctx, "u3.1", q.ID, a, e); !errors.Is(err, community.ErrNoQuestion) {
			t.Errorf("answered twice: %v", err)
		}
		if err := s.DismissQuestion(ctx, "u4.1", q.ID, e); !errors.Is(err, community.ErrNoQuestion) {
			t.Errorf("dismissed when it was answered: %v", err)
		}
		told := map[int64]int{}
		for {
			tell, ok, err := s.Tell(ctx, midday, time.Minute)
			if err != nil {
				t.Fatal(err)
			}
			if !ok {
				break
			}
			told[tell.User]++
			if err := s.Told(ctx, tell); err != nil {
				t.Fatal(err)
			}
		}
		if len(told) != 2 || told[1] != 1 || told[3] != 1 {
			t.Errorf("told: %v", told)
		}
		if n := s.db.ZCard(ctx, s.tellsKey()).Val(); n != 0 {
			t.Errorf("%d are still to be told", n)
		}
	})
}

// TestWishes lets one person wait for a few answers.
func TestWishes(t *testing.T) {
	each(t, func(t *testing.T, s *Store) {
		ctx := t.Context()
		var last community.Question
		for i := range community.MaxWishes + 1 {
			last = question(t, fmt.Sprintf("%c%c坏了找谁", 0x4E00+i, 0x5E00+i), midday)
			if err := s.NoteQuestion(ctx, queue.Op(fmt.Sprint("u", i, ".1")), int64(i), last); err != nil {
				t.Fatal(err)
			}
			err := s.Wish(ctx, 1, last.ID, midday)
			if want := i == community.MaxWishes; errors.Is(err, community.ErrWishes) != want || !want && err != nil {
				t.Errorf("wish %d: %v", i, err)
			}
		}
		if err := s.Wish(ctx, 1, last.ID, midday.Add(community.KeepWish+time.Second)); err != nil {
			t.Errorf("when the others have expired: %v", err)
		}
		if err := s.Privacy(7).Erase(ctx, 1); err != nil {
			t.Fatal(err)
		}
		if n := s.db.Exists(ctx, s.wishKey(1), s.wishesKey(last.ID)).Val(); n != 0 {
			t.Errorf("%d keys are left of the wishes", n)
		}
	})
}

// TestTellLate tells nobody of what was answered long ago.
func TestTellLate(t *testing.T) {
	each(t, func(t *testing.T, s *Store) {
		ctx := t.Context()
		q := question(t, "路灯坏了找谁", midday)
		e := community.Entry{At: midday, Who: 7, What: "question.answer"}
		for _, err := range []error{s.NoteQuestion(ctx, "u1.1", 1, q), s.Wish(ctx, 1, q.ID, midday), s.AnswerQuestion(ctx, "u2.2", q.ID, community.Answer{ID: "u2.1"}, e)} {
			if err != nil {
				t.Fatal(err)
			}
		}
		if _, ok, err := s.Tell(ctx, midday.Add(community.KeepWish), time.Minute); ok || err != nil {
			t.Errorf("told after seven days: %v, %v", ok, err)
		}
		if n := s.db.ZCard(ctx, s.tellsKey()).Val(); n != 0 {
			t.Errorf("%d are still to be told", n)
		}
	})
}
