package store

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"xingfuli/bot/community"
	"xingfuli/bot/notice"
	"xingfuli/bot/queue"
	"xingfuli/bot/store/redistest"
)

// TestWalk: whom targets mean, each once, whatever several of them say.
func TestWalk(t *testing.T) {
	each(t, func(t *testing.T, s *Store) {
		ctx := t.Context()
		for chat, home := range map[int64]string{-1: "a", -2: "a", -3: "b", -4: "", 1: "a", 2: "b", 3: "", 4: "a"} {
			if err := s.SetCommunity(ctx, queue.Op("u"+queue.Chat{ID: chat}.String()), chat, home); err != nil {
				t.Fatal(err)
			}
		}
		for user, grant := range map[int64]string{4: "notice", 5: "specialist:a", 6: "specialist:b", 7: "admin"} {
			role, id, _ := strings.Cut(grant, ":")
			if err := s.Grant(ctx, user, "", community.Role(role), id); err != nil {
				t.Fatal(err)
			}
		}
		for _, c := range []string{"a", "b"} {
			if err := s.PutCommunity(ctx, queue.Op("c"+c), 0, community.Community{ID: c, Name: c}); err != nil {
				t.Fatal(err)
			}
		}
		_, err := s.EditAlliance(ctx, "ally", func(d community.Directory) (community.Alliance, community.Entry, error) {
			a, err := d.Ally("ab", []string{"a", "b"})
			return a, community.Entry{What: "community.ally"}, err
		})
		if err != nil {
			t.Fatal(err)
		}
		content, err := s.Content(ctx)
		if err != nil {
			t.Fatal(err)
		}
		for to, want := range map[string][]int64{
			"":                                nil,
			"groups:a":                        {-2, -1},
			"groups:nowhere":                  nil,
			"allgroups":                       {-3, -2, -1},
			"alliance:a1":                     {-3, -2, -1},
			"alliance:a9":                     nil,
			"residents:a":                     {1, 4},
			"staff":                           {4, 5, 6, 7},
			"role:specialist":                 {5, 6},
			"role:teller":                     nil,
			"chat:-9":                         {-9},
			"groups:a allgroups alliance:a1":  {-3, -2, -1},
			"residents:a staff role:notice":   {1, 4, 5, 6, 7},
			"residents:a residents:b chat:1":  {1, 2, 4},
			"groups:b residents:b role:admin": {-3, 2, 7},
		} {
			var targets []notice.Target
			for word := range strings.FieldsSeq(to) {
				x, err := notice.ParseTarget(word)
				if err != nil {
					t.Fatal(err)
				}
				targets = append(targets, x)
			}
			if got := walked(t, s, content, notice.Audience{To: targets}); !slices.Equal(got, want) {
				t.Errorf("%q is %v, want %v", to, got, want)
			}
			r, err := s.Reach(ctx, content, notice.Audience{To: targets})
			if err != nil || r.Chats() != len(want) {
				t.Errorf("%q reaches %+v, %v; want %v", to, r, err, want)
			}
		}
		closed, err := s.EditCommunity(ctx, "close", func(d community.Directory) (community.Community, community.Entry, error) {
			c, err := d.Close("b")
			return c, community.Entry{What: "community.close"}, err
		})
		if err != nil || !closed.Closed {
			t.Fatal(closed, err)
		}
		if content, err = s.Content(ctx); err != nil {
			t.Fatal(err)
		}
		r, err := s.Reach(ctx, content, notice.Audience{To: []notice.Target{{Kind: notice.Alliance, ID: "a1"}}})
		if err != nil || r.Groups != 2 {
			t.Errorf("an alliance with a closed community reaches %+v, %v; want 2 groups", r, err)
		}
	})
}

// walked is whom a notice is for, in order, each once: one that two targets mean may come twice.
func walked(t testing.TB, s *Store, content int64, to notice.Audience) []int64 {
	t.Helper()
	var got []int64
	err := s.Walk(t.Context(), content, to, func(_ context.Context, chats []queue.Chat) error {
		for _, c := range chats {
			got = append(got, c.ID)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(got)
	return slices.Compact(got)
}

// TestReach: what is counted is whom a notice goes to, whatever people have chosen, where they
// live and which of them refuse.
func TestReach(t *testing.T) {
	each(t, func(t *testing.T, s *Store) {
		for _, c := range []string{"a", "b", "c"} {
			if err := s.PutCommunity(t.Context(), queue.Op("c"+c), 0, community.Community{ID: c, Name: c}); err != nil {
				t.Fatal(err)
			}
		}
		content, err := s.Content(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		all := []notice.Target{
			{Kind: notice.Groups, ID: "a"}, {Kind: notice.AllGroups}, {Kind: notice.Residents, ID: "a"}, {Kind: notice.Residents, ID: "b"},
			{Kind: notice.Subscriber, ID: "tea"}, {Kind: notice.Subscriber, ID: "water@a"}, {Kind: notice.Staff}, {Kind: notice.One, ID: "2"},
		}
		n := 0
		rapid.Check(t, func(rt *rapid.T) {
			for range rapid.IntRange(1, 8).Draw(rt, "changes") {
				n++
				op, chat := queue.Op(fmt.Sprint(n)), rapid.Int64Range(-3, 6).Filter(func(c int64) bool { return c != 0 }).Draw(rt, "chat")
				var err error
				switch rapid.IntRange(0, 4).Draw(rt, "what") {
				case 0, 1:
					err = s.SetCommunity(t.Context(), op, chat, rapid.SampledFrom([]string{"", "a", "b", "c"}).Draw(rt, "home"))
				case 2:
					topic := rapid.SampledFrom([]string{notice.NoNews, "tea", "water"}).Draw(rt, "topic")
					err = s.Subscribe(t.Context(), op, max(chat, 1), rapid.Bool().Draw(rt, "on"), topic)
				case 3:
					err = s.Grant(t.Context(), max(chat, 1), "", community.Cook, "x")
				case 4:
					err = s.Privacy(1).Erase(t.Context(), max(chat, 1))
				}
				if err != nil {
					rt.Fatal(err)
				}
			}
			to := notice.Audience{To: rapid.SliceOfN(rapid.SampledFrom(all), 1, 4).Draw(rt, "to"), Urgent: rapid.Bool().Draw(rt, "urgent")}
			r, err := s.Reach(t.Context(), content, to)
			if got := walked(t, s, content, to); err != nil || r.Chats() != len(got) {
				rt.Fatalf("%+v reaches %+v, %v; it goes to %v", to, r, err, got)
			}
		})
	})
}

// BenchmarkReach counts the residents of one community among 100,000 people, and walks them.
func BenchmarkReach(b *testing.B) {
	db := redistest.Start(b).Client(b)
	s := New(db, "xf:")
	pipe := db.Pipeline()
	for i := range int64(100_000) {
		pipe.HSet(b.Context(), s.personKey(i+1), "community", []string{"a", "b"}[i%2])
		if i%1000 == 999 {
			if _, err := pipe.Exec(b.Context()); err != nil {
				b.Fatal(err)
			}
		}
	}
	to := notice.Audience{To: []notice.Target{{Kind: notice.Residents, ID: "a"}}}
	if n := len(walked(b, s, 0, to)); n != 50_000 { // and has them indexed
		b.Fatal(n)
	}
	b.Run("count", func(b *testing.B) {
		for b.Loop() {
			if r, err := s.Reach(b.Context(), 0, to); err != nil || r.People != 50_000 {
				b.Fatalf("%+v, %v", r, err)
			}
		}
	})
	b.Run("walk", func(b *testing.B) {
		for b.Loop() {
			n := 0
			err := s.Walk(b.Context(), 0, to, func(_ context.Context, chats []queue.Chat) error { n += len(chats); return nil })
			if err != nil || n != 50_000 {
				b.Fatalf("%d, %v", n, err)
			}
		}
	})
}
