package store

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"

	"xingfuli/bot/community"
	"xingfuli/bot/queue"
)

// The audit trail is a stream that only grows at its end and is cut at its beginning.
// Its entries name people by a number that means nothing by itself; one hash leads from
// the number to the account and back:
//
//	a<account>  the number of the account
//	n<number>   the account with that number
//	last        the highest number so far
//
// To cut an account out of the trail, both of its fields are deleted: what was done stays,
// who did it is gone for good, and what the same person does next bears a new number.

// recording begins each script that puts entries into the trail. note(trail, actors, i)
// appends the entry that ARGV[i] to ARGV[i + 7] hold, as entryArgs makes them, and cuts off
// what is older than ARGV[i + 1].
//
// The ID of an entry is the bot's time, so that a clock which is moved moves the trail too;
// two entries of one millisecond, or of clocks that differ, keep the order they came in.
const recording = `
local function actor(actors, account)
	if account == "0" then return "0" end
	local n = redis.call("HGET", actors, "a" .. account)
	if not n then
		n = redis.call("HINCRBY", actors, "last", 1)
		redis.call("HSET", actors, "a" .. account, n, "n" .. n, account)
	end
	return n
end
local function note(trail, actors, i)
	local id = ARGV[i] .. "-0"
	local last = redis.call("XREVRANGE", trail, "+", "-", "COUNT", 1)[1]
	if last then
		local ms, n = string.match(last[1], "(%d+)-(%d+)")
		if tonumber(ms) >= tonumber(ARGV[i]) then id = ms .. "-" .. (n + 1) end
	end
	redis.call("XADD", trail, id, "t", ARGV[i], "w", actor(actors, ARGV[i + 2]), "d", ARGV[i + 3], "o", ARGV[i + 4],
		"p", actor(actors, ARGV[i + 5]), "b", ARGV[i + 6], "a", ARGV[i + 7])
	redis.call("XTRIM", trail, "MINID", ARGV[i + 1])
end
`

// entryArgs is how a script takes entries: eight arguments each.
func entryArgs(es []community.Entry) []any {
	var args []any
	for _, e := range es {
		e = e.Clip()
		oldest := e.At.AddDate(-community.KeepAudit, 0, 0)
		args = append(args, max(1, e.At.UnixMilli()), max(0, oldest.UnixMilli()), e.Who, e.What, e.About, e.Whom, e.Before, e.After)
	}
	return args
}

// record appends entries once.
//
//	KEYS[1]  the op's mark: set here, kept for ARGV[1] seconds
//	KEYS[2]  the trail; KEYS[3] its actors
//	ARGV[1]  seconds
//	ARGV[2]  … the entries, eight arguments each
//
// It returns 1, or 0 when the op was done before.
var record = redis.NewScript(recording + `
if not redis.call("SET", KEYS[1], 1, "NX", "EX", ARGV[1]) then return 0 end
for i = 2, #ARGV, 8 do note(KEYS[2], KEYS[3], i) end
return 1`)

// Record puts an entry into the audit trail, once for each op, and cuts off what is older
// than community.KeepAudit years. A change of a value that has an entry is better written
// together with it (see put): killed in between, a turn finds its change done and no longer
// knows what was before.
func (s *Store) Record(ctx context.Context, op queue.Op, e community.Entry) error {
	keys := []string{s.opKey(string(op)), s.auditKey(), s.actorsKey()}
	args := append([]any{int(keepOp.Seconds())}, entryArgs([]community.Entry{e})...)
	if err := s.batch.run(ctx, record, keys, args...).Err(); err != nil {
		return fmt.Errorf("record %s: %w", e.What, err)
	}
	return nil
}

// Audit lists up to n entries, the newest first, from before the entry with this ID, which
// is empty for the newest. Accounts that were cut out are community.Erased.
func (s *Store) Audit(ctx context.Context, before string, n int64) ([]community.Entry, error) {
	from := "+"
	if entryShape.MatchString(before) {
		from = "(" + before
	}
	rows, err := s.db.XRevRangeN(ctx, s.auditKey(), from, "-", n).Result()
	if err != nil {
		return nil, fmt.Errorf("audit: %w", err)
	}
	var fields []string
	for _, r := range rows {
		fields = append(fields, "n"+field(r, "w"), "n"+field(r, "p"))
	}
	if len(fields) == 0 {
		return nil, nil
	}
	accounts, err := s.db.HMGet(ctx, s.actorsKey(), fields...).Result()
	if err != nil {
		return nil, fmt.Errorf("audit: %w", err)
	}
	es := make([]community.Entry, len(rows))
	for i, r := range rows {
		es[i] = community.Entry{
			ID: r.ID, Who: actor(field(r, "w"), accounts[2*i]), What: field(r, "d"), About: field(r, "o"),
			Whom: actor(field(r, "p"), accounts[2*i+1]), Before: field(r, "b"), After: field(r, "a"),
		}
		ms, _ := strconv.ParseInt(field(r, "t"), 10, 64)
		es[i].At = time.UnixMilli(ms)
	}
	return es, nil
}

// actor is the account of a number in the trail, as the hash of actors has it.
func actor(number string, found any) int64 {
	id := account(found)
	if id == 0 && number != "0" {
		return community.Erased
	}
	return id
}

func field(m redis.XMessage, name string) string {
	v, _ := m.Values[name].(string)
	return v
}

func account(v any) int64 {
	s, _ := v.(string)
	id, _ := strconv.ParseInt(s, 10, 64)
	return id
}

// cut takes an account out of the trail.
//
//	KEYS[1]  the trail's actors
//	ARGV[1]  the account
//
// It returns how many fields were deleted: 2, or 0 when the trail does not know it.
var cut = redis.NewScript(`
local n = redis.call("HGET", KEYS[1], "a" .. ARGV[1])
if not n then return 0 end
return redis.call("HDEL", KEYS[1], "a" .. ARGV[1], "n" .. n)`)

// CutFromAudit makes an account untraceable in the audit trail. Doing it again changes nothing.
func (s *Store) CutFromAudit(ctx context.Context, account int64) error {
	if err := cut.Run(ctx, s.db, []string{s.actorsKey()}, account).Err(); err != nil {
		return fmt.Errorf("cut %d out of the audit trail: %w", account, err)
	}
	return nil
}
