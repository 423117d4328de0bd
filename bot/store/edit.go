package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"

	"github.com/redis/go-redis/v9"

	"xingfuli/bot/community"
	"xingfuli/bot/queue"
)

// amend writes a value that was made of all content, unless any content was written after
// it was read.
//
//	KEYS[1]  hash {version, body}
//	KEYS[2]  the op's mark: set here to ARGV[4], kept for ARGV[3] seconds
//	KEYS[3]  counter of all published content
//	KEYS[4]  sorted set of all values of the kind
//	KEYS[5]  the audit trail; KEYS[6] its actors
//	ARGV[1]  the content that was read
//	ARGV[2]  the new body, JSON
//	ARGV[3]  seconds
//	ARGV[4]  the value's member in KEYS[4]; ARGV[5] its score there if it is new
//	ARGV[6]  … entries for the trail, eight arguments each (see entryArgs)
//
// It returns 1 when written, also by an earlier try of the same op, and 0 when
// other content came first.
var amend = redis.NewScript(recording + `
if redis.call("EXISTS", KEYS[2]) == 1 then return 1 end
if (redis.call("GET", KEYS[3]) or "0") ~= ARGV[1] then return 0 end
redis.call("HINCRBY", KEYS[1], "version", 1)
redis.call("HSET", KEYS[1], "body", ARGV[2])
redis.call("ZADD", KEYS[4], "NX", ARGV[5], ARGV[4])
redis.call("INCR", KEYS[3])
for i = 6, #ARGV, 8 do note(KEYS[5], KEYS[6], i) end
redis.call("SET", KEYS[2], ARGV[4], "EX", ARGV[3])
return 1`)

// kind is a kind of value that is written in view of all content.
type kind[T any] struct {
	index string
	key   func(id string) string
	id    func(T) string
	all   func(*content) []T
}

// edits is how often an edit is made anew because other content came first.
const edits = 10

// edit makes of the content what change says, and writes it with its entry. change is called
// again with newer content when somebody else wrote meanwhile; what it returns without an
// Entry.What is not written. An op that was done before returns its value as it is now,
// without calling change: what a retry would look for by name may bear another one by then.
func edit[T any](ctx context.Context, s *Store, op queue.Op, k kind[T], change func(*content) (T, community.Entry, error)) (v T, err error) {
	for range edits {
		pipe := s.db.Pipeline()
		done, number := pipe.Get(ctx, s.opKey(string(op))), pipe.Get(ctx, s.contentKey())
		if _, err := pipe.Exec(ctx); err != nil && !errors.Is(err, redis.Nil) {
			return v, fmt.Errorf("edit: %w", err)
		}
		n, _ := strconv.ParseInt(number.Val(), 10, 64)
		c, err := s.at(ctx, n)
		if err != nil {
			return v, fmt.Errorf("edit: %w", err)
		}
		if id := done.Val(); id != "" {
			return find(k, c, id)
		}
		v, e, err := change(c)
		if err != nil || e.What == "" {
			return v, err
		}
		written, err := s.amend(ctx, op, place{key: k.key(k.id(v)), index: k.index, member: k.id(v), score: int64(len(k.all(c)))}, n, v, e)
		if err != nil || written {
			return v, err
		}
	}
	return v, fmt.Errorf("edit: %w", queue.ErrConflict)
}

// find is a value that an op has written.
func find[T any](k kind[T], c *content, id string) (v T, err error) {
	for _, v := range k.all(c) {
		if k.id(v) == id {
			return v, nil
		}
	}
	return v, fmt.Errorf("edit %s: it was written and is gone", id)
}

func (s *Store) amend(ctx context.Context, op queue.Op, at place, number int64, v any, e community.Entry) (bool, error) {
	body, err := json.Marshal(v)
	if err != nil {
		return false, fmt.Errorf("edit %s: %w", at.member, err)
	}
	keys := []string{at.key, s.opKey(string(op)), s.contentKey(), at.index, s.auditKey(), s.actorsKey()}
	args := append([]any{number, body, int(keepOp.Seconds()), at.member, at.score}, entryArgs([]community.Entry{e})...)
	n, err := s.batch.run(ctx, amend, keys, args...).Int()
	if err != nil {
		return false, fmt.Errorf("edit %s: %w", at.member, err)
	}
	return n == 1, nil
}
