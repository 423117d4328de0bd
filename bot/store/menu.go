package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"

	"github.com/redis/go-redis/v9"

	"xingfuli/bot/calendar"
	"xingfuli/bot/community"
	"xingfuli/bot/menu"
	"xingfuli/bot/queue"
)

// Canteens lists the open canteens as of a content number (queue.Known.Content).
func (s *Store) Canteens(ctx context.Context, content int64) ([]menu.Canteen, error) {
	c, err := s.at(ctx, content)
	if err != nil {
		return nil, fmt.Errorf("canteens: %w", err)
	}
	return c.canteens, nil
}

// AllCanteens lists all canteens, closed ones too, as of a content number.
func (s *Store) AllCanteens(ctx context.Context, content int64) (menu.Canteens, error) {
	c, err := s.at(ctx, content)
	if err != nil {
		return nil, fmt.Errorf("all canteens: %w", err)
	}
	return c.allCanteens, nil
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
//
// entries go into the audit trail with it. Every version is kept: the newest 100 of a week, for three years after the last of them.
func (s *Store) PublishMenu(ctx context.Context, op queue.Op, m menu.Menu, entries ...community.Entry) error {
	monday := m.Monday.String()
	at := place{key: s.menuKey(m.Canteen, monday), index: s.menusKey(m.Canteen), member: monday}
	at.score = int64(m.Monday.Year)*10000 + int64(m.Monday.Month)*100 + int64(m.Monday.Day)
	at.past = s.menuPastKey(m.Canteen, monday)
	return put(ctx, s, op, at, m.Version, m, entries...)
}

// MenuVersion reads a version of a week as it was published; ok is false when it is not kept.
func (s *Store) MenuVersion(ctx context.Context, canteen string, monday calendar.Date, version int64) (m menu.Menu, ok bool, err error) {
	body, err := s.db.HGet(ctx, s.menuPastKey(canteen, monday.String()), strconv.FormatInt(version, 10)).Bytes()
	if errors.Is(err, redis.Nil) {
		return m, false, nil
	}
	if err == nil {
		err = json.Unmarshal(body, &m)
	}
	if err != nil {
		return m, false, fmt.Errorf("version %d of %s %s: %w", version, canteen, monday, err)
	}
	m.Version = version
	return m, true, nil
}

// sell marks dishes of a day as sold out, or takes the mark off.
//
//	KEYS[1]  hash: dish to the date on which it is sold out
//	KEYS[2]  the op's mark: set here, kept for ARGV[2] seconds
//	KEYS[3]  counter of all published content
//	KEYS[4]  the audit trail; KEYS[5] its actors
//	ARGV[1]  the date; marks of other dates are dropped
//	ARGV[2]  seconds; ARGV[3] seconds to keep KEYS[1]
//	ARGV[4]  1 to mark, 0 to take the mark off
//	ARGV[5]  how many dishes follow, ARGV[6..] the dishes, then entries for the trail
//
// It returns 1 when done, 0 when the op was done before.
var sell = redis.NewScript(recording + `
if not redis.call("SET", KEYS[2], 1, "NX", "EX", ARGV[2]) then return 0 end
local kept = redis.call("HGETALL", KEYS[1])
for i = 1, #kept, 2 do
	if kept[i + 1] ~= ARGV[1] then redis.call("HDEL", KEYS[1], kept[i]) end
end
for i = 6, 5 + ARGV[5] do
	if ARGV[4] == "1" then
		redis.call("HSET", KEYS[1], ARGV[i], ARGV[1])
	else
		redis.call("HDEL", KEYS[1], ARGV[i])
	end
end
redis.call("EXPIRE", KEYS[1], ARGV[3])
redis.call("INCR", KEYS[3])
for i = 6 + ARGV[5], #ARGV, 8 do note(KEYS[4], KEYS[5], i) end
return 1`)

// SellOut marks dishes of a canteen as sold out on a date or, with out false, takes the
// mark off. Marks of other dates are dropped, and all are two days after the last.
func (s *Store) SellOut(ctx context.Context, op queue.Op, canteen string, date calendar.Date, dishes []string, out bool, entries ...community.Entry) error {
	mark := 0
	if out {
		mark = 1
	}
	args := []any{date.String(), int(keepOp.Seconds()), int(keepSold.Seconds()), mark, len(dishes)}
	for _, d := range dishes {
		args = append(args, d)
	}
	args = append(args, entryArgs(entries)...)
	keys := []string{s.soldOutKey(canteen), s.opKey(string(op)), s.contentKey(), s.auditKey(), s.actorsKey()}
	if err := s.batch.run(ctx, sell, keys, args...).Err(); err != nil {
		return fmt.Errorf("sold out at %s: %w", canteen, err)
	}
	return nil
}

// SoldOut is what a canteen has no more of, as of a content number. It must not be changed.
func (s *Store) SoldOut(ctx context.Context, content int64, canteen string) (menu.SoldOut, error) {
	c, err := s.at(ctx, content)
	if err != nil {
		return nil, fmt.Errorf("sold out at %s: %w", canteen, err)
	}
	return c.sold[canteen], nil
}

func soldOut(marks map[string]string) menu.SoldOut {
	sold := menu.SoldOut{}
	for dish, date := range marks {
		if d, err := calendar.Parse(date); err == nil {
			sold[dish] = d
		}
	}
	return sold
}
