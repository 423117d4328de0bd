package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"xingfuli/bot/notice"
	"xingfuli/bot/queue"
)

// TestHomes: the index has each chat that belongs to a community, once, and no other, whatever
// is chosen, forgotten and renamed.
func TestHomes(t *testing.T) {
	each(t, func(t *testing.T, s *Store) {
		n := 0
		rapid.Check(t, func(rt *rapid.T) {
			for range rapid.IntRange(1, 6).Draw(rt, "changes") {
				n++
				op := queue.Op(fmt.Sprint(n))
				var err error
				switch chat := rapid.Int64Range(1, 4).Draw(rt, "chat"); rapid.IntRange(0, 4).Draw(rt, "what") {
				case 0:
					err = s.SetCommunity(t.Context(), op, chat, rapid.SampledFrom([]string{"", "a", "b"}).Draw(rt, "home"))
				case 1:
					err = s.SetCommunity(t.Context(), op, -chat, rapid.SampledFrom([]string{"", "a", "b"}).Draw(rt, "home"))
				case 2:
					err = s.Privacy(1).Erase(t.Context(), chat)
				case 3:
					err = s.Migrate(t.Context(), -chat, -chat-2)
				case 4:
					err = s.SetLanguage(t.Context(), op, -chat, "en")
				}
				if err != nil {
					rt.Fatal(err)
				}
			}
			for _, one := range []int64{1, -1} {
				kept, indexed := homesKept(t, s, one), s.db.ZRange(t.Context(), s.homesKey(one), 0, -1).Val()
				if !slices.Equal(kept, indexed) {
					rt.Fatalf("%v are kept, %v are in the index", kept, indexed)
				}
			}
		})
	})
}

// homesKept is the index as it ought to be: made of what is kept with each chat.
func homesKept(t testing.TB, s *Store, one int64) []string {
	t.Helper()
	like := s.homeKey(one)
	before := like[:strings.LastIndexByte(like, ':')+1]
	list := []string{}
	it := s.db.Scan(t.Context(), 0, before+"*", 1000).Iterator()
	for it.Next(t.Context()) {
		if home := s.db.HGet(t.Context(), it.Val(), "community").Val(); home != "" {
			list = append(list, home+":"+strings.TrimPrefix(it.Val(), before))
		}
	}
	if err := it.Err(); err != nil {
		t.Fatal(err)
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// TestOlderHomes: who chose a community before there was an index is reached all the same.
func TestOlderHomes(t *testing.T) {
	each(t, func(t *testing.T, s *Store) {
		for _, chat := range []int64{1, 2, -1, -2} {
			if err := s.db.HSet(t.Context(), s.homeKey(chat), "community", "a").Err(); err != nil {
				t.Fatal(err)
			}
		}
		if err := s.SetCommunity(t.Context(), "moves", 2, "b"); err != nil {
			t.Fatal(err)
		}
		to := notice.Audience{To: []notice.Target{{Kind: notice.Groups, ID: "a"}, {Kind: notice.Residents, ID: "a"}}}
		if got := walked(t, s, 0, to); !slices.Equal(got, []int64{-2, -1, 1}) {
			t.Errorf("it goes to %v", got)
		}
	})
}

// TestMigrateWhileWalked: a group that becomes a supergroup while a notice is made ready gets it,
// wherever the walk is.
func TestMigrateWhileWalked(t *testing.T) {
	each(t, func(t *testing.T, s *Store) {
		for i := range int64(3) {
			if err := s.SetCommunity(t.Context(), queue.Op(fmt.Sprint(i)), -10-i, "a"); err != nil {
				t.Fatal(err)
			}
		}
		var got []int64
		to := notice.Audience{To: []notice.Target{{Kind: notice.One, ID: "7"}, {Kind: notice.AllGroups}}}
		err := s.Walk(t.Context(), 0, to, func(ctx context.Context, chats []queue.Chat) error {
			for _, c := range chats {
				got = append(got, c.ID)
			}
			return s.Migrate(ctx, -11, -1011)
		})
		slices.Sort(got)
		if err != nil || !slices.Equal(got, []int64{-1011, -12, -10, 7}) {
			t.Errorf("it goes to %v, %v", got, err)
		}
	})
}

// TestTitle: what a group is called is kept as long as it belongs to a community, also where it
// becomes a supergroup; of others nothing is.
func TestTitle(t *testing.T) {
	each(t, func(t *testing.T, s *Store) {
		ctx := t.Context()
		err := errors.Join(
			s.SetCommunity(ctx, "1", -5, "a"), s.SetTitle(ctx, -5, "旧群"), s.SetTitle(ctx, -5, "安居群"), s.SetTitle(ctx, -6, "别的群"), s.Migrate(ctx, -5, -105),
		)
		if err != nil {
			t.Fatal(err)
		}
		if titles, err := s.Titles(ctx, []int64{-105, -6, -5}); err != nil || !slices.Equal(titles, []string{"安居群", "", ""}) {
			t.Errorf("%q, %v", titles, err)
		}
		if k, err := s.Known(ctx, -105, 1); err != nil || k.Chat.Title != "安居群" {
			t.Errorf("%+v, %v", k, err)
		}
		if n := s.db.Exists(ctx, s.groupKey(-6), s.groupKey(-5)).Val(); n != 0 {
			t.Error("something is kept of a group that belongs to no community")
		}
	})
}
