package store

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"xingfuli/bot/community"
	"xingfuli/bot/notice"
	"xingfuli/bot/queue"
)

// walkBy is how many chats are read at a time.
const walkBy = 1000

// audience is whom a notice is for, as of a content number.
type audience struct {
	groups, residents map[string]bool // by community; allGroups among the groups stands for all
	staff             bool
	roles             []community.Role
	topics            []notice.Target
	chats             []queue.Chat
}

// aim reads what the targets mean.
func (s *Store) aim(ctx context.Context, content int64, to []notice.Target) (a audience, err error) {
	if err := s.indexHomes(ctx); err != nil {
		return a, err
	}
	p, err := s.Places(ctx, content)
	if err != nil {
		return a, err
	}
	a = audience{groups: map[string]bool{}, residents: map[string]bool{}}
	for _, t := range to {
		if err := a.meant(p, t); err != nil {
			return a, fmt.Errorf("%s: %w", t.Kind, err)
		}
	}
	return a, nil
}

// meant notes whom a target means.
func (a *audience) meant(p notice.Places, t notice.Target) error {
	switch t.Kind {
	case notice.Groups:
		a.groups[t.ID] = true
	case notice.Residents:
		a.residents[t.ID] = true
	case notice.AllGroups:
		a.groups[allGroups] = true
	case notice.Alliance:
		for _, id := range p.Directory.Members(t.ID) {
			a.groups[id] = true
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
		a.chats = append(a.chats, c)
	case notice.Subscriber:
		if topic, _, _ := strings.Cut(t.ID, "@"); p.Topics.IsOpen(topic) {
			a.topics = append(a.topics, t)
		}
	}
	return nil
}

// Walk calls page with the chats that a notice is for, some at a time. One that several targets
// mean may come several times: nobody keeps a list of a hundred thousand here, and a delivery
// queues each once. Who moves from one community to another meanwhile is where they were, or
// where they are.
func (s *Store) Walk(ctx context.Context, content int64, to notice.Audience, page func(context.Context, []queue.Chat) error) error {
	a, err := s.aim(ctx, content, to.To)
	if err != nil {
		return fmt.Errorf("walk: %w", err)
	}
	if err := s.walkOthers(ctx, a, page); err != nil {
		return fmt.Errorf("walk: %w", err)
	}
	if !to.Urgent {
		page = s.wanting(page)
	}
	for home := range a.residents {
		if err := s.walkResidents(ctx, home, page); err != nil {
			return fmt.Errorf("walk residents: %w", err)
		}
	}
	return nil
}

// wanting hands on to page who wants notices to residents.
func (s *Store) wanting(page func(context.Context, []queue.Chat) error) func(context.Context, []queue.Chat) error {
	return func(ctx context.Context, chats []queue.Chat) error {
		refused, err := s.chosen(ctx, notice.NoNews, chats)
		if err != nil {
			return err
		}
		i := -1
		chats = slices.DeleteFunc(chats, func(queue.Chat) bool { i++; return refused[i] })
		return some(ctx, chats, page)
	}
}

// some hands on chats, if there are any.
func some(ctx context.Context, chats []queue.Chat, page func(context.Context, []queue.Chat) error) error {
	if len(chats) == 0 {
		return nil
	}
	return page(ctx, chats)
}

// walkOthers hands on all but the residents.
func (s *Store) walkOthers(ctx context.Context, a audience, page func(context.Context, []queue.Chat) error) error {
	if err := some(ctx, a.chats, page); err != nil {
		return err
	}
	if len(a.groups) > 0 {
		chats, err := s.groupsOf(ctx, a.groups)
		if err == nil {
			err = some(ctx, chats, page)
		}
		if err != nil {
			return err
		}
	}
	for _, t := range a.topics {
		topic, home, _ := strings.Cut(t.ID, "@")
		if err := s.walkTopic(ctx, topic, home, page); err != nil {
			return err
		}
	}
	if a.staff || len(a.roles) > 0 {
		return s.walkStaff(ctx, a, page)
	}
	return nil
}

// walkStaff hands on the staff, or those of them who hold one of the roles.
func (s *Store) walkStaff(ctx context.Context, a audience, page func(context.Context, []queue.Chat) error) error {
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
		if err := some(ctx, chats, page); err != nil {
			return err
		}
		if from+walkBy >= total {
			return nil
		}
	}
}

// Reach counts the chats that a notice is for, each once. Residents are counted where they are
// indexed and not walked through, so that a count costs what the others do.
func (s *Store) Reach(ctx context.Context, content int64, to notice.Audience) (notice.Reach, error) {
	a, err := s.aim(ctx, content, to.To)
	if err != nil {
		return notice.Reach{}, fmt.Errorf("reach: %w", err)
	}
	var r notice.Reach
	people := map[int64]bool{}
	groups := map[queue.Chat]bool{}
	err = s.walkOthers(ctx, a, func(_ context.Context, chats []queue.Chat) error {
		for _, c := range chats {
			if c.ID < 0 {
				groups[c] = true
			} else {
				people[c.ID] = true
			}
		}
		return nil
	})
	if err != nil {
		return r, fmt.Errorf("reach: %w", err)
	}
	r.Groups, r.People = len(groups), len(people)
	if len(a.residents) == 0 {
		return r, nil
	}
	n, err := s.besides(ctx, a.residents, people, to.Urgent)
	r.People += n
	if err != nil {
		return r, fmt.Errorf("reach: %w", err)
	}
	return r, nil
}

// besides counts the residents of communities who are not among these people; without urgent,
// those of them who want notices to residents.
func (s *Store) besides(ctx context.Context, homes map[string]bool, people map[int64]bool, urgent bool) (int, error) {
	n, err := s.residents(ctx, homes)
	if err != nil {
		return 0, err
	}
	without := func(ctx context.Context, chats []queue.Chat) error {
		ids := make([]int64, len(chats))
		for i, c := range chats {
			ids[i] = c.ID
		}
		at, err := s.Homes(ctx, ids)
		for _, home := range at {
			if homes[home] {
				n--
			}
		}
		return err
	}
	listed := make([]queue.Chat, 0, len(people))
	for id := range people {
		listed = append(listed, queue.Chat{ID: id})
	}
	if err := without(ctx, listed); err != nil || urgent {
		return n, err
	}
	seen := map[queue.Chat]bool{} // a set that grows meanwhile may show some twice
	err = s.walkTopic(ctx, notice.NoNews, "", func(ctx context.Context, chats []queue.Chat) error {
		chats = slices.DeleteFunc(chats, func(c queue.Chat) bool {
			again := people[c.ID] || seen[c]
			seen[c] = true
			return again
		})
		return without(ctx, chats)
	})
	return n, err
}
