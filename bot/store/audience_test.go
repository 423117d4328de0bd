package store

import (
	"context"
	"slices"
	"strings"
	"testing"

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
			var got []int64
			err := s.Walk(ctx, content, targets, func(_ context.Context, chats []queue.Chat) error {
				for _, c := range chats {
					got = append(got, c.ID)
				}
				return nil
			})
			slices.Sort(got)
			got = slices.Compact(got) // one that two targets mean may come twice; Reach counts it once
			if err != nil || !slices.Equal(got, want) {
				t.Errorf("%q is %v, %v; want %v", to, got, err, want)
			}
			groups, people, err := s.Reach(ctx, content, targets)
			if err != nil || groups+people != len(want) {
				t.Errorf("%q reaches %d groups and %d people, %v; want %v", to, groups, people, err, want)
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
		groups, _, err := s.Reach(ctx, content, []notice.Target{{Kind: notice.Alliance, ID: "a1"}})
		if err != nil || groups != 2 {
			t.Errorf("an alliance with a closed community reaches %d groups, %v; want 2", groups, err)
		}
	})
}

// BenchmarkWalk finds the residents of one community among 100,000 people.
func BenchmarkWalk(b *testing.B) {
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
	for b.Loop() {
		_, people, err := s.Reach(b.Context(), 0, []notice.Target{{Kind: notice.Residents, ID: "a"}})
		if err != nil || people != 50_000 {
			b.Fatalf("%d, %v", people, err)
		}
	}
}
