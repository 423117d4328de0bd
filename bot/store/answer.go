package store

import (
	"context"
	"fmt"
	"sync"

	"github.com/redis/go-redis/v9"

	"xingfuli/bot/community"
	"xingfuli/bot/queue"
)

// answerCache holds the answers to common questions as of one content number. They are read
// when somebody asks for one, not with each new menu.
type answerCache struct {
	mu     sync.Mutex
	known  bool
	number int64
	last   []community.Answer
}

// Answers lists all answers to common questions as of a content number (queue.Known.Content),
// in no order. The slice must not be changed.
func (s *Store) Answers(ctx context.Context, content int64) ([]community.Answer, error) {
	c := &s.faq
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.known && c.number == content {
		return c.last, nil
	}
	ids, err := s.db.ZRange(ctx, s.answersKey(), 0, -1).Result()
	if err != nil {
		return nil, fmt.Errorf("answers: %w", err)
	}
	all, err := list(ctx, s, ids, s.answerKey, func(a *community.Answer, v int64) { a.Version = v })
	if err != nil {
		return nil, fmt.Errorf("answers: %w", err)
	}
	c.known, c.number, c.last = true, content, all
	return all, nil
}

// PutAnswer writes an answer over its Version, which is 0 for a new one, and what the audit
// trail gets of it. It returns queue.ErrConflict when somebody else wrote it meanwhile.
func (s *Store) PutAnswer(ctx context.Context, op queue.Op, a community.Answer, e community.Entry) error {
	return put(ctx, s, op, s.answerPlace(a), a.Version, a, e)
}

func (s *Store) answerPlace(a community.Answer) place {
	return place{key: s.answerKey(a.ID), index: s.answersKey(), member: a.ID}
}

// drop deletes a value unless someone wrote it after it was read.
//
//	KEYS[1]  hash {version, body}
//	KEYS[2]  the op's mark: set here, kept for ARGV[2] seconds
//	KEYS[3]  counter of all published content
//	KEYS[4]  sorted set of all values of the kind
//	KEYS[5]  the audit trail; KEYS[6] its actors
//	ARGV[1]  the version that was read
//	ARGV[2]  seconds
//	ARGV[3]  the value's member in KEYS[4]
//	ARGV[4]  … entries for the trail, eight arguments each (see entryArgs)
//
// It returns 1 when deleted, also by an earlier try of the same op, and 0 when another
// writer came first.
var drop = redis.NewScript(recording + `
if redis.call("EXISTS", KEYS[2]) == 1 then return 1 end
if redis.call("HGET", KEYS[1], "version") ~= ARGV[1] then return 0 end
redis.call("DEL", KEYS[1])
redis.call("ZREM", KEYS[4], ARGV[3])
redis.call("INCR", KEYS[3])
for i = 4, #ARGV, 8 do note(KEYS[5], KEYS[6], i) end
redis.call("SET", KEYS[2], 1, "EX", ARGV[2])
return 1`)

// DropAnswer deletes an answer as it was read. It returns queue.ErrConflict when somebody
// else wrote or deleted it meanwhile.
func (s *Store) DropAnswer(ctx context.Context, op queue.Op, a community.Answer, e community.Entry) error {
	at := s.answerPlace(a)
	keys := []string{at.key, s.opKey(string(op)), s.contentKey(), at.index, s.auditKey(), s.actorsKey()}
	args := append([]any{a.Version, int(keepOp.Seconds()), at.member}, entryArgs([]community.Entry{e})...)
	n, err := s.batch.run(ctx, drop, keys, args...).Int()
	if err != nil {
		return fmt.Errorf("drop answer %s: %w", a.ID, err)
	}
	if n == 0 {
		return fmt.Errorf("drop answer %s: %w", a.ID, queue.ErrConflict)
	}
	return nil
}
