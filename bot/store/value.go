package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/redis/go-redis/v9"

	"xingfuli/bot/community"
	"xingfuli/bot/queue"
)

// swap writes a value unless someone wrote it after it was read.
//
//	KEYS[1]  hash {version, body}
//	KEYS[2]  the op's mark: set here, kept for ARGV[3] seconds
//	KEYS[3]  counter of all published content
//	KEYS[4]  sorted set of all values of the kind
//	KEYS[5]  the audit trail; KEYS[6] its actors
//	KEYS[7]  hash of bodies by version, when those before are kept
//	ARGV[1]  the version that was read, 0 for a new value
//	ARGV[2]  the new body, JSON
//	ARGV[3]  seconds
//	ARGV[4]  the value's member in KEYS[4]; ARGV[5] its score
//	ARGV[6]  seconds to keep KEYS[7] from now; ARGV[7] how many versions it holds
//	ARGV[8]  … entries for the trail, eight arguments each (see entryArgs)
//
// It returns 1 when written, also by an earlier try of the same op, and 0 when
// another writer came first.
var swap = redis.NewScript(recording + `
if redis.call("EXISTS", KEYS[2]) == 1 then return 1 end
local seen = redis.call("HGET", KEYS[1], "version") or "0"
if seen ~= ARGV[1] then return 0 end
redis.call("HSET", KEYS[1], "version", seen + 1, "body", ARGV[2])
redis.call("ZADD", KEYS[4], ARGV[5], ARGV[4])
redis.call("INCR", KEYS[3])
if KEYS[7] then
	redis.call("HSET", KEYS[7], seen + 1, ARGV[2])
	redis.call("HDEL", KEYS[7], seen + 1 - ARGV[7])
	redis.call("EXPIRE", KEYS[7], ARGV[6])
end
for i = 8, #ARGV, 8 do note(KEYS[5], KEYS[6], i) end
redis.call("SET", KEYS[2], 1, "EX", ARGV[3])
return 1`)

// place says where a value lives: its own key, its entry in the index of its kind, and,
// when those before it are kept, where.
type place struct {
	key, index, member string
	score              int64
	past               string
}

// put writes a value over version was, which is 0 for a new one, and with it the entries
// that the audit trail gets of the change. It returns queue.ErrConflict when another writer
// came first.
func put[T any](ctx context.Context, s *Store, op queue.Op, at place, was int64, v T, entries ...community.Entry) error {
	body, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("put %s: %w", at.member, err)
	}
	keys := []string{at.key, s.opKey(string(op)), s.contentKey(), at.index, s.auditKey(), s.actorsKey()}
	if at.past != "" {
		keys = append(keys, at.past)
	}
	args := append([]any{was, body, int(keepOp.Seconds()), at.member, at.score, int(keepPast.Seconds()), maxPast}, entryArgs(entries)...)
	written, err := s.batch.run(ctx, swap, keys, args...).Int()
	if err != nil {
		return fmt.Errorf("put %s: %w", at.member, err)
	}
	if written == 0 {
		return fmt.Errorf("put %s: %w", at.member, queue.ErrConflict)
	}
	return nil
}

// list reads values of a kind: those whose keys key makes of the members.
func list[T any](ctx context.Context, s *Store, members []string, key func(string) string, set func(*T, int64)) ([]T, error) {
	if len(members) == 0 {
		return nil, nil
	}
	pipe := s.db.Pipeline()
	for _, m := range members {
		pipe.HMGet(ctx, key(m), "version", "body")
	}
	replies, err := pipe.Exec(ctx)
	if err != nil {
		return nil, fmt.Errorf("list: %w", err)
	}
	vs := make([]T, 0, len(members))
	for _, r := range replies {
		v, version, err := decode[T](r.(*redis.SliceCmd))
		if errors.Is(err, redis.Nil) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("list: %w", err)
		}
		set(&v, version)
		vs = append(vs, v)
	}
	return vs, nil
}

func decode[T any](cmd *redis.SliceCmd) (v T, version int64, err error) {
	var row struct {
		Version int64  `redis:"version"`
		Body    string `redis:"body"`
	}
	if err := cmd.Scan(&row); err != nil {
		return v, 0, err
	}
	if row.Version == 0 {
		return v, 0, redis.Nil
	}
	return v, row.Version, json.Unmarshal([]byte(row.Body), &v)
}
