package store

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/redis/go-redis/v9"

	"xingfuli/bot/calendar"
	"xingfuli/bot/community"
	"xingfuli/bot/menu"
	"xingfuli/bot/notice"
)

// cache holds what everybody reads and staff seldom change, as of one content number.
// A turn learns the newest number with all else it reads (see Store.Known); what was
// read at the same number is still true, on every replica.
type cache struct {
	mu   sync.Mutex
	last *content // nil before the first reading
}

// content is what was read at a content number. It is not changed.
type content struct {
	number      int64
	directory   community.Directory
	topics      notice.Topics
	communities []community.Community // the open ones of the directory
	allCanteens menu.Canteens
	canteens    []menu.Canteen         // the open ones of them
	menus       map[string][]menu.Menu // by canteen, the newest first
	sold        map[string]menu.SoldOut
	specials    calendar.Specials
	holidays    calendar.Holidays
}

// Content reads the newest content number.
func (s *Store) Content(ctx context.Context) (int64, error) {
	n, err := s.db.Get(ctx, s.contentKey()).Int64()
	if err != nil && !errors.Is(err, redis.Nil) {
		return 0, fmt.Errorf("content: %w", err)
	}
	return n, nil
}

// weeks is how many of the newest weeks of a canteen are read.
const weeks = 12

// at returns the content of a number, read anew when the cache has another one.
func (s *Store) at(ctx context.Context, number int64) (*content, error) {
	s.read.mu.Lock()
	defer s.read.mu.Unlock()
	if c := s.read.last; c != nil && c.number == number {
		return c, nil
	}
	fresh := &content{number: number}
	if err := s.fill(ctx, fresh); err != nil {
		return nil, err
	}
	s.read.last = fresh
	return fresh, nil
}

// fill reads everything in a few round trips, whatever the number of communities.
func (s *Store) fill(ctx context.Context, c *content) error {
	pipe := s.db.Pipeline()
	communityIDs := pipe.ZRange(ctx, s.communitiesKey(), 0, -1)
	allianceIDs := pipe.ZRange(ctx, s.alliancesKey(), 0, -1)
	topicIDs := pipe.ZRange(ctx, s.topicListKey(), 0, -1)
	canteenIDs := pipe.ZRange(ctx, s.canteensKey(), 0, -1)
	specials := pipe.HMGet(ctx, s.holidaysKey(), "version", "body")
	if _, err := pipe.Exec(ctx); err != nil {
		return fmt.Errorf("read the index: %w", err)
	}
	var err error
	if c.directory.Communities, err = list(ctx, s, communityIDs.Val(), s.communityKey, func(*community.Community, int64) {}); err != nil {
		return err
	}
	c.communities = c.directory.Open()
	if c.directory.Alliances, err = list(ctx, s, allianceIDs.Val(), s.allianceKey, func(*community.Alliance, int64) {}); err != nil {
		return err
	}
	topics, err := list(ctx, s, topicIDs.Val(), s.topicKeptKey, func(*notice.Topic, int64) {})
	if err != nil {
		return err
	}
	c.topics = notice.TopicsOf(topics)
	if c.allCanteens, err = list(ctx, s, canteenIDs.Val(), s.canteenKey, func(*menu.Canteen, int64) {}); err != nil {
		return err
	}
	if err := c.setHolidays(specials); err != nil {
		return err
	}
	c.canteens = c.allCanteens.Open()
	for i := range c.canteens {
		c.canteens[i].Public = c.holidays
	}
	return s.menus(ctx, c, canteenIDs.Val())
}

// menus reads what canteens serve, and what they have no more of today.
func (s *Store) menus(ctx context.Context, c *content, canteens []string) error {
	pipe := s.db.Pipeline()
	mondays := map[string]*redis.StringSliceCmd{}
	sold := map[string]*redis.MapStringStringCmd{}
	for _, id := range canteens {
		mondays[id] = pipe.ZRevRange(ctx, s.menusKey(id), 0, weeks-1)
		sold[id] = pipe.HGetAll(ctx, s.soldOutKey(id))
	}
	if len(canteens) > 0 {
		if _, err := pipe.Exec(ctx); err != nil {
			return fmt.Errorf("read the weeks: %w", err)
		}
	}
	c.menus, c.sold = map[string][]menu.Menu{}, map[string]menu.SoldOut{}
	var keys []string
	for _, id := range canteens {
		c.sold[id] = soldOut(sold[id].Val())
		for _, monday := range mondays[id].Val() {
			keys = append(keys, s.menuKey(id, monday))
		}
	}
	all, err := list(ctx, s, keys, func(key string) string { return key }, func(m *menu.Menu, v int64) { m.Version = v })
	for _, m := range all {
		c.menus[m.Canteen] = append(c.menus[m.Canteen], m)
	}
	return err
}
