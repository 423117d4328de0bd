package store

import (
	"context"
	"errors"
	"slices"
	"testing"
)

// TestFavorites keeps both directions together: who likes a dish, and what a person likes.
func TestFavorites(t *testing.T) {
	each(t, func(t *testing.T, s *Store) {
		ctx := t.Context()
		fans := func(dish string) (all []int64) {
			err := s.Fans(ctx, dish, func(_ context.Context, users []int64) error {
				all = append(all, users...)
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
			slices.Sort(all)
			return all
		}
		err := errors.Join(
			s.Like(ctx, "1", 7, "番茄炒蛋"), s.Like(ctx, "2", 8, "西红柿炒蛋"), s.Like(ctx, "3", 7, "红烧肉"),
			s.MuteFavorites(ctx, "4", 7, true), s.Unlike(ctx, "5", 7, "紅燒肉"),
			s.Like(ctx, "3", 7, "红烧肉"), // a retry of what was done before: it is not undone
		)
		if err != nil {
			t.Fatal(err)
		}
		if got := fans("番茄炒蛋"); !slices.Equal(got, []int64{7, 8}) {
			t.Errorf("fans: %v", got)
		}
		if got := fans("红烧肉"); len(got) != 0 {
			t.Errorf("fans of what nobody likes any more: %v", got)
		}
		f, err := s.Favorites(ctx, 7)
		if err != nil || !f.Muted || !slices.Equal(f.Names(), []string{"番茄炒蛋"}) {
			t.Errorf("%v, %v", f, err)
		}
		if err := errors.Join(s.MuteFavorites(ctx, "6", 7, false), s.MuteFavorites(ctx, "4", 7, true)); err != nil {
			t.Fatal(err)
		}
		if f, err = s.Favorites(ctx, 7); err != nil || f.Muted {
			t.Errorf("%v, %v", f, err)
		}
		p := s.Privacy(1)
		for range 2 {
			if err := p.Erase(ctx, 7); err != nil {
				t.Fatal(err)
			}
		}
		if got := fans("番茄炒蛋"); !slices.Equal(got, []int64{8}) {
			t.Errorf("fans after the erasure: %v", got)
		}
		if f, err = s.Favorites(ctx, 7); err != nil || len(f.Dishes) != 0 || f.Has("番茄炒蛋") {
			t.Errorf("%v, %v", f, err)
		}
	})
}
