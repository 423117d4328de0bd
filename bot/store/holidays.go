package store

import (
	"context"
	"errors"
	"fmt"

	"github.com/redis/go-redis/v9"

	"xingfuli/bot/calendar"
	"xingfuli/bot/community"
	"xingfuli/bot/queue"
)

// Holidays are the days off and the days worked in their place, those that an admin has set
// before those built in, as of a content number (queue.Known.Content).
func (s *Store) Holidays(ctx context.Context, content int64) (calendar.Holidays, error) {
	c, err := s.at(ctx, content)
	if err != nil {
		return calendar.Holidays{}, fmt.Errorf("holidays: %w", err)
	}
	return c.holidays, nil
}

// Specials are what an admin has set, as of a content number. They must not be changed.
func (s *Store) Specials(ctx context.Context, content int64) (calendar.Specials, error) {
	c, err := s.at(ctx, content)
	if err != nil {
		return calendar.Specials{}, fmt.Errorf("specials: %w", err)
	}
	return c.specials, nil
}

// Calendar is Holidays as they are now, and the version that changes with them.
func (s *Store) Calendar(ctx context.Context) (calendar.Holidays, int64, error) {
	n, err := s.Content(ctx)
	if err != nil {
		return calendar.Holidays{}, 0, err
	}
	c, err := s.at(ctx, n)
	if err != nil {
		return calendar.Holidays{}, 0, fmt.Errorf("calendar: %w", err)
	}
	return c.holidays, c.specials.Version, nil
}

// PutSpecials writes days over the version that was read, with what the audit trail gets of it;
// without any only what is built in is left. It returns queue.ErrConflict when somebody else
// wrote meanwhile.
func (s *Store) PutSpecials(ctx context.Context, op queue.Op, sp calendar.Specials, e community.Entry) error {
	return put(ctx, s, op, place{key: s.holidaysKey(), index: s.calendarsKey(), member: "holidays"}, sp.Version, sp, e)
}

// setHolidays reads the reply that holds what an admin has set.
func (c *content) setHolidays(reply *redis.SliceCmd) error {
	sp, version, err := decode[calendar.Specials](reply)
	if err != nil && !errors.Is(err, redis.Nil) {
		return fmt.Errorf("read the holidays: %w", err)
	}
	sp.Version = version
	c.specials, c.holidays = sp, calendar.BuiltIn().With(sp.Days)
	return nil
}
