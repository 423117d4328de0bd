package store

import (
	"context"
	"fmt"
	"strings"

	"github.com/redis/go-redis/v9"

	"xingfuli/bot/community"
	"xingfuli/bot/queue"
)

// Communities lists all communities as of a content number (queue.Known.Content).
func (s *Store) Communities(ctx context.Context, content int64) ([]community.Community, error) {
	c, err := s.at(ctx, content)
	if err != nil {
		return nil, fmt.Errorf("communities: %w", err)
	}
	return c.communities, nil
}

// PutCommunity writes a community over version was, 0 for a new one.
func (s *Store) PutCommunity(ctx context.Context, op queue.Op, was int64, c community.Community) error {
	return put(ctx, s, op, place{key: s.communityKey(c.ID), index: s.communitiesKey(), member: c.ID}, was, c)
}

// Grants reads the roles of a person, now.
func (s *Store) Grants(ctx context.Context, user int64) (community.Grants, error) {
	members, err := ask(ctx, s.batch, func(ctx context.Context, pipe redis.Pipeliner) *redis.StringSliceCmd {
		return pipe.SMembers(ctx, s.rolesKey(user))
	})
	if err != nil {
		return nil, fmt.Errorf("grants of %d: %w", user, err)
	}
	g := community.Grants{}
	for _, m := range members.Val() {
		role, id, tied := strings.Cut(m, ":")
		ids := g[community.Role(role)]
		if tied {
			ids = append(ids, id)
		}
		g[community.Role(role)] = ids
	}
	return g, nil
}

// Grant gives a person a role, for what has this ID or, when it is empty, at large.
func (s *Store) Grant(ctx context.Context, user int64, role community.Role, id string) error {
	member := string(role)
	if id != "" {
		member += ":" + id
	}
	if err := s.db.SAdd(ctx, s.rolesKey(user), member).Err(); err != nil {
		return fmt.Errorf("grant %s to %d: %w", role, user, err)
	}
	return nil
}
