package store

import (
	"context"
	"fmt"

	"xingfuli/bot/community"
	"xingfuli/bot/menu"
	"xingfuli/bot/queue"
)

// Communities lists the open communities as of a content number (queue.Known.Content).
func (s *Store) Communities(ctx context.Context, content int64) ([]community.Community, error) {
	c, err := s.at(ctx, content)
	if err != nil {
		return nil, fmt.Errorf("communities: %w", err)
	}
	return c.communities, nil
}

// Directory is all communities and alliances, closed ones too, as of a content number.
func (s *Store) Directory(ctx context.Context, content int64) (community.Directory, error) {
	c, err := s.at(ctx, content)
	if err != nil {
		return community.Directory{}, fmt.Errorf("directory: %w", err)
	}
	return c.directory, nil
}

// PutCommunity writes a community over version was, 0 for a new one.
func (s *Store) PutCommunity(ctx context.Context, op queue.Op, was int64, c community.Community) error {
	return put(ctx, s, op, place{key: s.communityKey(c.ID), index: s.communitiesKey(), member: c.ID}, was, c)
}

// EditCommunity makes of the directory what change says, and returns it. change may be called
// several times; a community without an Entry.What is not written. An op that was done before
// returns its community as it is now, without change.
func (s *Store) EditCommunity(ctx context.Context, op queue.Op, change func(community.Directory) (community.Community, community.Entry, error)) (community.Community, error) {
	k := kind[community.Community]{
		index: s.communitiesKey(), key: s.communityKey, id: func(c community.Community) string { return c.ID },
		all: func(c *content) []community.Community { return c.directory.Communities },
	}
	return edit(ctx, s, op, k, func(c *content) (community.Community, community.Entry, error) { return change(c.directory) })
}

// EditAlliance is EditCommunity for alliances.
func (s *Store) EditAlliance(ctx context.Context, op queue.Op, change func(community.Directory) (community.Alliance, community.Entry, error)) (community.Alliance, error) {
	k := kind[community.Alliance]{
		index: s.alliancesKey(), key: s.allianceKey, id: func(a community.Alliance) string { return a.ID },
		all: func(c *content) []community.Alliance { return c.directory.Alliances },
	}
	return edit(ctx, s, op, k, func(c *content) (community.Alliance, community.Entry, error) { return change(c.directory) })
}

// EditCanteen is EditCommunity for canteens.
func (s *Store) EditCanteen(ctx context.Context, op queue.Op, change func(community.Directory, menu.Canteens) (menu.Canteen, community.Entry, error)) (menu.Canteen, error) {
	k := kind[menu.Canteen]{
		index: s.canteensKey(), key: s.canteenKey, id: func(c menu.Canteen) string { return c.ID },
		all: func(c *content) []menu.Canteen { return c.allCanteens },
	}
	return edit(ctx, s, op, k, func(c *content) (menu.Canteen, community.Entry, error) { return change(c.directory, c.allCanteens) })
}
