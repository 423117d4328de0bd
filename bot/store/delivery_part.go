package store

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/redis/go-redis/v9"

	"xingfuli/bot/queue"
)

// Part counts what became of a delivery in one community: in the groups that belong to it and
// with the people who live there, as of now. What is set of the progress are the counts of rows
// that have ended, and of receipts. It costs what the community has people, not what the delivery
// has rows. A group that has become a supergroup since counts nowhere.
func (s *Store) Part(ctx context.Context, id, home string) (p queue.Progress, err error) {
	if err := s.indexHomes(ctx); err != nil {
		return p, fmt.Errorf("part of %s: %w", id, err)
	}
	groups, err := s.groupsOf(ctx, map[string]bool{home: true})
	if err == nil && len(groups) > 0 {
		err = s.groupsPart(ctx, id, groups, &p)
	}
	if err == nil {
		err = s.walkResidents(ctx, home, func(ctx context.Context, chats []queue.Chat) error { return s.peoplePart(ctx, id, chats, &p) })
	}
	if err != nil {
		return p, fmt.Errorf("part of %s: %w", id, err)
	}
	return p, nil
}

// peoplePart adds what became of a delivery with people: of receipts each has left one, in private.
func (s *Store) peoplePart(ctx context.Context, id string, chats []queue.Chat, p *queue.Progress) error {
	own := make([]string, len(chats))
	for i, c := range chats {
		own[i] = receiptField(c.ID, c.ID)
	}
	var got *redis.SliceCmd
	rows, err := s.rowsOf(ctx, id, chats, func(pipe redis.Pipeliner) { got = pipe.HMGet(ctx, s.gotKey(id), own...) })
	if err == nil {
		err = failed(got)
	}
	if err != nil {
		return err
	}
	count(rows, p)
	for _, v := range got.Val() {
		if v != nil {
			p.Got++
		}
	}
	return nil
}

// groupsPart adds what became of a delivery in groups, and the receipts of their members.
func (s *Store) groupsPart(ctx context.Context, id string, chats []queue.Chat, p *queue.Progress) error {
	rows, err := s.rowsOf(ctx, id, chats, nil)
	if err != nil {
		return err
	}
	count(rows, p)
	here := map[string]bool{}
	for _, c := range chats {
		here[strconv.FormatInt(c.ID, 10)] = true
	}
	seen := map[string]bool{} // a scan may show a field twice
	for cursor := uint64(0); ; {
		fields, next, err := s.db.HScan(ctx, s.gotKey(id), cursor, "-*", rowsPage).Result()
		if err != nil {
			return err
		}
		for i := 0; i < len(fields); i += 2 {
			if chat, _, _ := strings.Cut(fields[i], ":"); here[chat] && !seen[fields[i]] {
				seen[fields[i]] = true
				p.Got++
			}
		}
		if cursor = next; cursor == 0 {
			return nil
		}
	}
}

// rowsOf reads what became of a delivery in some chats, in the round trip of what add adds: "" in
// those that are not in it or wait.
func (s *Store) rowsOf(ctx context.Context, id string, chats []queue.Chat, add func(redis.Pipeliner)) ([]string, error) {
	members := make([]string, len(chats))
	for i, c := range chats {
		members[i] = c.String()
	}
	var rows *redis.SliceCmd
	err := s.batch.do(ctx, func(ctx context.Context, pipe redis.Pipeliner) {
		if rows = pipe.HMGet(ctx, s.rowsKey(id), members...); add != nil {
			add(pipe)
		}
	})
	if err == nil {
		err = failed(rows)
	}
	if err != nil {
		return nil, err
	}
	values := make([]string, len(chats))
	for i, v := range rows.Val() {
		values[i], _ = v.(string)
	}
	return values, nil
}

// count adds rows, as they are kept, to a progress.
func count(rows []string, p *queue.Progress) {
	for _, v := range rows {
		if v == "" {
			continue
		}
		p.Total++
		switch v[0] {
		case 's':
			p.Sent++
		case 'f':
			p.Failed++
		default:
			p.Unknown++
		}
	}
}
