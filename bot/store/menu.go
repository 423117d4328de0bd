package store

import (
	"context"
	"fmt"

	"xingfuli/bot/menu"
	"xingfuli/bot/queue"
)

// Canteens lists all canteens as of a content number (queue.Known.Content).
func (s *Store) Canteens(ctx context.Context, content int64) ([]menu.Canteen, error) {
	c, err := s.at(ctx, content)
	if err != nil {
		return nil, fmt.Errorf("canteens: %w", err)
	}
	return c.canteens, nil
}

// Menus lists the newest published weeks of a canteen, the latest week first, as of a
// content number. The slice must not be changed.
func (s *Store) Menus(ctx context.Context, content int64, canteen string) ([]menu.Menu, error) {
	c, err := s.at(ctx, content)
	if err != nil {
		return nil, fmt.Errorf("menus of %s: %w", canteen, err)
	}
	return c.menus[canteen], nil
}

// PutCanteen writes a canteen over version was, 0 for a new one.
func (s *Store) PutCanteen(ctx context.Context, op queue.Op, was int64, c menu.Canteen) error {
	return put(ctx, s, op, place{key: s.canteenKey(c.ID), index: s.canteensKey(), member: c.ID}, was, c)
}

// PublishMenu writes a week over the published version m.Version, which is 0 for the
// first of that week. It returns queue.ErrConflict when somebody else published meanwhile.
func (s *Store) PublishMenu(ctx context.Context, op queue.Op, m menu.Menu) error {
	monday := m.Monday.String()
	at := place{key: s.menuKey(m.Canteen, monday), index: s.menusKey(m.Canteen), member: monday}
	at.score = int64(m.Monday.Year)*10000 + int64(m.Monday.Month)*100 + int64(m.Monday.Day)
	return put(ctx, s, op, at, m.Version, m)
}
