package store

import (
	"context"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"xingfuli/bot/queue"
)

// park moves an update from the inbox to the dead letters, once.
//
//	KEYS[1]  stream of its shard
//	KEYS[2]  stream of dead letters
//	KEYS[3]  hash of tries
//	ARGV[1]  entry in KEYS[1]
//	ARGV[2]  the oldest entry of KEYS[2] that is kept
//	ARGV[3]  update ID; ARGV[4] lane; ARGV[5] raw; ARGV[6] code; ARGV[7] reason
//
// It returns 1, or 0 when the update was moved or handled before.
var park = redis.NewScript(`
if redis.call("XDEL", KEYS[1], ARGV[1]) == 0 then return 0 end
redis.call("HDEL", KEYS[3], ARGV[3])
redis.call("XTRIM", KEYS[2], "MINID", ARGV[2])
redis.call("XADD", KEYS[2], "*", "i", ARGV[3], "l", ARGV[4], "r", ARGV[5], "c", ARGV[6], "w", ARGV[7])
return 1`)

// Park moves an update that cannot be handled to the dead letters, which are kept for 30
// days from now.
func (in *Inbox) Park(ctx context.Context, d queue.Dead, now time.Time) error {
	oldest := strconv.FormatInt(now.Add(-keepDead).UnixMilli(), 10)
	keys := []string{in.s.inboxKey(in.bot, d.Update.Shard), in.s.deadKey(in.bot), in.s.triesKey(in.bot)}
	u := d.Update
	if err := park.Run(ctx, in.s.db, keys, u.Entry, oldest, u.ID, u.Lane, u.Raw, d.Code, d.Reason).Err(); err != nil {
		return fmt.Errorf("park update %d: %w", u.ID, err)
	}
	return nil
}

// Dead lists up to n dead letters, the newest first, from before the entry, which is empty
// for the newest.
func (in *Inbox) Dead(ctx context.Context, before string, n int64) ([]queue.Dead, error) {
	from := "+"
	if entryShape.MatchString(before) {
		from = "(" + before
	}
	entries, err := in.s.db.XRevRangeN(ctx, in.s.deadKey(in.bot), from, "-", n).Result()
	if err != nil {
		return nil, fmt.Errorf("list dead letters: %w", err)
	}
	ds := make([]queue.Dead, len(entries))
	for i, e := range entries {
		ds[i] = dead(e)
	}
	return ds, nil
}

// letter finds a dead letter; ok is false when there is none of that entry.
func (in *Inbox) letter(ctx context.Context, entry string) (d queue.Dead, ok bool, err error) {
	if !entryShape.MatchString(entry) {
		return queue.Dead{}, false, nil
	}
	entries, err := in.s.db.XRange(ctx, in.s.deadKey(in.bot), entry, entry).Result()
	if err != nil {
		return queue.Dead{}, false, fmt.Errorf("dead letter: %w", err)
	}
	if len(entries) == 0 {
		return queue.Dead{}, false, nil
	}
	return dead(entries[0]), true, nil
}

// entryShape is what Redis calls an entry of a stream.
var entryShape = regexp.MustCompile(`^[0-9]{1,15}-[0-9]{1,10}$`)

func dead(e redis.XMessage) queue.Dead {
	code, _ := e.Values["c"].(string)
	reason, _ := e.Values["w"].(string)
	d := queue.Dead{Entry: e.ID, Update: update(e, 0), Code: code, Reason: reason}
	d.Update.Entry, d.Update.Shard = "", shard(d.Update.Lane)
	ms, _, _ := strings.Cut(e.ID, "-")
	at, _ := strconv.ParseInt(ms, 10, 64)
	d.At = at / 1000
	return d
}

// revive takes a dead letter away and, for a retry, puts its update back into the inbox.
//
//	KEYS[1]  stream of dead letters
//	KEYS[2]  stream of its shard
//	KEYS[3]  the op's mark: set here
//	ARGV[1]  entry in KEYS[1]
//	ARGV[2]  1 to put it back; ARGV[3] seconds to keep the mark
//
// It returns 1, or 0 when the letter is not there any more.
var revive = redis.NewScript(`
local found = redis.call("XRANGE", KEYS[1], ARGV[1], ARGV[1])[1]
if not found then return 0 end
if ARGV[2] == "1" then
	local f = found[2]
	redis.call("XADD", KEYS[2], "*", f[1], f[2], f[3], f[4], f[5], f[6])
end
redis.call("XDEL", KEYS[1], ARGV[1])
redis.call("SET", KEYS[3], 1, "EX", ARGV[3])
return 1`)

// Revive takes the dead letter of this entry away and, with retry, has its update handled
// again. It returns false when the letter is gone already, unless this op took it.
func (in *Inbox) Revive(ctx context.Context, op queue.Op, entry string, retry bool) (bool, error) {
	d, ok, err := in.letter(ctx, entry)
	if err != nil {
		return false, err
	}
	if !ok {
		return in.s.did(ctx, op)
	}
	back := 0
	if retry {
		back = 1
	}
	keys := []string{in.s.deadKey(in.bot), in.s.inboxKey(in.bot, d.Update.Shard), in.s.opKey(string(op))}
	n, err := revive.Run(ctx, in.s.db, keys, d.Entry, back, int(keepOp.Seconds())).Int()
	if err != nil {
		return false, fmt.Errorf("revive dead letter: %w", err)
	}
	if n == 0 {
		return in.s.did(ctx, op) // a try whose reply was lost
	}
	return true, nil
}

// did tells whether an op has been done.
func (s *Store) did(ctx context.Context, op queue.Op) (bool, error) {
	n, err := s.db.Exists(ctx, s.opKey(string(op))).Result()
	if err != nil {
		return false, fmt.Errorf("op %s: %w", op, err)
	}
	return n == 1, nil
}
