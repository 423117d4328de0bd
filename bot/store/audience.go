package store

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/redis/go-redis/v9"

	"xingfuli/bot/community"
	"xingfuli/bot/notice"
	"xingfuli/bot/queue"
)

// walkBy is how many chats are read at a time.
const walkBy = 1000

// audience is whom targets mean, as of a content number.
type audience struct {
	groups, residents map[string]bool // by community
	everyGroup, staff bool
	roles             []community.Role
	page              func(context.Context, []queue.Chat) error
}

// Walk calls page with the chats that the targets mean, some at a time. One that several targets
// mean may come several times: nobody keeps a list of a hundred thousand here, and a delivery
// queues each once.
func (s *Store) Walk(ctx context.Context, content int64, to []notice.Target, page func(context.Context, []queue.Chat) error) error {
	d, err := s.Directory(ctx, content)
	if err != nil {
		return fmt.Errorf("walk: %w", err)
	}
	a := audience{groups: map[string]bool{}, residents: map[string]bool{}, page: page}
	for _, t := range to {
		if err := s.meant(ctx, &a, d, t); err != nil {
			return fmt.Errorf("walk %s: %w", t.Kind, err)
		}
	}
	if a.everyGroup || len(a.groups) > 0 {
		if err := s.walkHomes(ctx, &a, s.groupKey(-1), func(home string) bool { return a.everyGroup && home != "" || a.groups[home] }); err != nil {
			return fmt.Errorf("walk groups: %w", err)
		}
	}
	if len(a.residents) > 0 {
		if err := s.walkHomes(ctx, &a, s.personKey(1), func(home string) bool { return a.residents[home] }); err != nil {
			return fmt.Errorf("walk residents: %w", err)
		}
	}
	if a.staff || len(a.roles) > 0 {
		return s.walkStaff(ctx, &a)
	}
	return nil
}

// meant notes whom a target means, or hands them on at once.
func (s *Store) meant(ctx context.Context, a *audience, d community.Directory, t notice.Target) error {
	switch t.Kind {
	case notice.Groups:
		a.groups[t.ID] = true
	case notice.Residents:
		a.residents[t.ID] = true
	case notice.AllGroups:
		a.everyGroup = true
	case notice.Alliance:
		for _, al := range d.Alliances {
			if al.ID == t.ID && !al.Closed {
				for _, id := range al.Communities {
					if c, ok := d.ByID(id); ok && !c.Closed {
						a.groups[id] = true
					}
				}
			}
		}
	case notice.Staff:
		a.staff = true
	case notice.OfRole:
		a.roles = append(a.roles, community.Role(t.ID))
	case notice.One:
		c, err := queue.ParseChat(t.ID)
		if err != nil {
			return err
		}
		return a.reach(ctx, []queue.Chat{c})
	case notice.Subscriber:
		topic, home, _ := strings.Cut(t.ID, "@")
		return s.walkTopic(ctx, a, topic, home)
	}
	return nil
}

// reach hands on chats, if there are any.
func (a *audience) reach(ctx context.Context, chats []queue.Chat) error {
	if len(chats) == 0 {
		return nil
	}
	return a.page(ctx, chats)
}

// walkHomes goes through the keys that are like one, of groups or of people, and hands on
// those of whose community want says so.
func (s *Store) walkHomes(ctx context.Context, a *audience, like string, want func(home string) bool) error {
	before := like[:strings.LastIndexByte(like, ':')+1]
	for cursor := uint64(0); ; {
		keys, next, err := s.db.Scan(ctx, cursor, before+"*", walkBy).Result()
		if err != nil {
			return err
		}
		chats, err := s.atHome(ctx, keys, before, want)
		if err != nil {
			return err
		}
		if err := a.reach(ctx, chats); err != nil {
			return err
		}
		if cursor = next; cursor == 0 {
			return nil
		}
	}
}

func (s *Store) atHome(ctx context.Context, keys []string, before string, want func(home string) bool) ([]queue.Chat, error) {
	if len(keys) == 0 {
		return nil, nil
	}
	pipe := s.db.Pipeline()
	homes := make([]*redis.StringCmd, len(keys))
	for i, key := range keys {
		homes[i] = pipe.HGet(ctx, key, "community")
	}
	_, _ = pipe.Exec(ctx) // each command has its own error
	var chats []queue.Chat
	for i, key := range keys {
		if err := failed(homes[i]); err != nil {
			return nil, err
		}
		if id, err := strconv.ParseInt(strings.TrimPrefix(key, before), 10, 64); err == nil && want(homes[i].Val()) {
			chats = append(chats, queue.Chat{ID: id})
		}
	}
	return chats, nil
}

// walkStaff hands on the staff, or those of them who hold one of the roles.
func (s *Store) walkStaff(ctx context.Context, a *audience) error {
	for from := int64(0); ; from += walkBy {
		list, total, err := s.StaffList(ctx, from, walkBy)
		if err != nil {
			return err
		}
		var chats []queue.Chat
		for _, m := range list {
			holds := func(r community.Role) bool { _, ok := m.Grants[r]; return ok }
			if a.staff || slices.ContainsFunc(a.roles, holds) {
				chats = append(chats, queue.Chat{ID: m.ID})
			}
		}
		if err := a.reach(ctx, chats); err != nil {
			return err
		}
		if from+walkBy >= total {
			return nil
		}
	}
}

// Reach counts the chats that targets mean.
func (s *Store) Reach(ctx context.Context, content int64, to []notice.Target) (groups, people int, err error) {
	seen := map[queue.Chat]bool{}
	err = s.Walk(ctx, content, to, func(_ context.Context, chats []queue.Chat) error {
		for _, c := range chats {
			switch {
			case seen[c]:
			case c.ID < 0:
				groups++
			default:
				people++
			}
			seen[c] = true
		}
		return nil
	})
	return groups, people, err
}
