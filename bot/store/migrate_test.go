package store

import (
	"errors"
	"testing"

	"xingfuli/bot/queue"
)

// TestMigratePush: a group that becomes a supergroup gets the day's menu at its times.
func TestMigratePush(t *testing.T) {
	each(t, func(t *testing.T, s *Store) {
		ctx := t.Context()
		old := queue.Schedule{ID: "push.-5", Rule: "30 10 * * 1-5", Author: 7}
		if err := errors.Join(s.PutSchedule(ctx, "set", old), s.SetCommunity(ctx, "home", -5, "anju")); err != nil {
			t.Fatal(err)
		}
		for range 2 {
			if err := s.Migrate(ctx, -5, -1005); err != nil {
				t.Fatal(err)
			}
		}
		if moved, err := s.Schedule(ctx, "push.-1005"); err != nil || moved.Rule != old.Rule || moved.Author != 7 {
			t.Errorf("%+v, %v", moved, err)
		}
		if _, err := s.Schedule(ctx, "push.-5"); !errors.Is(err, queue.ErrNoSchedule) {
			t.Error(err)
		}
		if k, err := s.Known(ctx, -1005, 0); err != nil || k.Chat.Community != "anju" {
			t.Errorf("%+v, %v", k.Chat, err)
		}
		p := s.Privacy(1)
		if err := p.Erase(ctx, 7); err != nil {
			t.Fatal(err)
		}
		if moved, err := s.Schedule(ctx, "push.-1005"); err != nil || moved.Author != 0 {
			t.Errorf("after an erase: %+v, %v", moved, err)
		}
	})
}
