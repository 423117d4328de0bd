package store

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"xingfuli/bot/community"
	"xingfuli/bot/queue"
)

// A grant is kept as "role" or "role:id", in the set of the person and, the other way
// round, the person in the set of its holders.
func member(role community.Role, id string) string {
	if id == "" {
		return string(role)
	}
	return string(role) + ":" + id
}

// Grants reads the roles of a person, now.
func (s *Store) Grants(ctx context.Context, user int64) (community.Grants, error) {
	members, err := ask(ctx, s.batch, func(ctx context.Context, pipe redis.Pipeliner) *redis.StringSliceCmd {
		return pipe.SMembers(ctx, s.rolesKey(user))
	})
	if err != nil {
		return nil, fmt.Errorf("grants of %d: %w", user, err)
	}
	return grants(members.Val()), nil
}

func grants(members []string) community.Grants {
	g := community.Grants{}
	for _, m := range members {
		role, id, tied := strings.Cut(m, ":")
		ids := g[community.Role(role)]
		if tied {
			ids = append(ids, id)
		}
		g[community.Role(role)] = ids
	}
	return g
}

// Holders lists the accounts that hold a role for what has this ID, or at large when it is
// empty. The admins of the config are not among them.
func (s *Store) Holders(ctx context.Context, role community.Role, id string) ([]int64, error) {
	members, err := s.db.SMembers(ctx, s.holdersKey(member(role, id))).Result()
	if err != nil {
		return nil, fmt.Errorf("holders of %s: %w", role, err)
	}
	users := make([]int64, 0, len(members))
	for _, m := range members {
		if user := account(m); user != 0 {
			users = append(users, user)
		}
	}
	return users, nil
}

// StaffList lists the staff by when they joined, n from the one at offset on, and how many
// there are.
func (s *Store) StaffList(ctx context.Context, offset, n int64) (list []community.Member, total int64, err error) {
	pipe := s.db.Pipeline()
	ids, count := pipe.ZRange(ctx, s.staffKey(), offset, offset+n-1), pipe.ZCard(ctx, s.staffKey())
	if _, err := pipe.Exec(ctx); err != nil {
		return nil, 0, fmt.Errorf("list staff: %w", err)
	}
	for _, id := range ids.Val() {
		list = append(list, community.Member{ID: account(id)})
	}
	return list, count.Val(), s.describe(ctx, list)
}

// StaffMember is what is kept of a person on the staff; without grants for anybody else.
func (s *Store) StaffMember(ctx context.Context, user int64) (community.Member, error) {
	list := []community.Member{{ID: user}}
	err := s.describe(ctx, list)
	return list[0], err
}

// describe fills in names and grants.
func (s *Store) describe(ctx context.Context, list []community.Member) error {
	if len(list) == 0 {
		return nil
	}
	pipe := s.db.Pipeline()
	names, roles := make([]*redis.StringCmd, len(list)), make([]*redis.StringSliceCmd, len(list))
	for i, m := range list {
		names[i], roles[i] = pipe.HGet(ctx, s.namesKey(), strconv.FormatInt(m.ID, 10)), pipe.SMembers(ctx, s.rolesKey(m.ID))
	}
	_, _ = pipe.Exec(ctx) // each command has its own error
	for i := range list {
		if err := failed(names[i], roles[i]); err != nil {
			return fmt.Errorf("staff: %w", err)
		}
		list[i].Name, list[i].Grants = names[i].Val(), grants(roles[i].Val())
	}
	return nil
}

// NameStaff keeps what somebody on the staff is called, for lists and the audit trail.
func (s *Store) NameStaff(ctx context.Context, user int64, name string) error {
	if err := s.db.HSet(ctx, s.namesKey(), strconv.FormatInt(user, 10), name).Err(); err != nil {
		return fmt.Errorf("name %d: %w", user, err)
	}
	return nil
}

// hire gives a person a role, once.
//
//	KEYS[1]  the op's mark: set here to ARGV[6], kept for ARGV[5] seconds
//	KEYS[2]  the person's grants; KEYS[3] the grant's holders
//	KEYS[4]  sorted set of the staff; KEYS[5] hash of their names
//	KEYS[6]  the audit trail; KEYS[7] its actors
//	KEYS[8]  the invitation, which is used up
//	ARGV[1]  the grant; ARGV[2] the person; ARGV[3] now, seconds; ARGV[4] the name, empty for none
//	ARGV[5]  seconds
//	ARGV[6]  the invitation as it was read, empty for a grant without one
//	ARGV[7]  … entries for the trail, eight arguments each
//
// It returns 1 when given, also by an earlier try, and 0 when the invitation is not there
// any more.
var hire = redis.NewScript(recording + `
if redis.call("EXISTS", KEYS[1]) == 1 then return 1 end
if ARGV[6] ~= "" then
	if redis.call("GET", KEYS[8]) ~= ARGV[6] then return 0 end
	redis.call("DEL", KEYS[8])
end
redis.call("SADD", KEYS[2], ARGV[1])
redis.call("SADD", KEYS[3], ARGV[2])
redis.call("ZADD", KEYS[4], "NX", ARGV[3], ARGV[2])
if ARGV[4] ~= "" then redis.call("HSET", KEYS[5], ARGV[2], ARGV[4]) end
for i = 7, #ARGV, 8 do note(KEYS[6], KEYS[7], i) end
redis.call("SET", KEYS[1], ARGV[6], "EX", ARGV[5])
return 1`)

// Grant gives a person of this name, empty for none, a role, for what has this ID or, when it
// is empty, at large. Nobody is recorded as having done it: it is for sample data.
func (s *Store) Grant(ctx context.Context, user int64, name string, role community.Role, id string) error {
	_, err := s.hire(ctx, queue.Op("grant."+inviteHash(fmt.Sprint(user, member(role, id)))), user, role, id, name, "", "", time.Unix(0, 0))
	return err
}

func (s *Store) hire(ctx context.Context, op queue.Op, user int64, role community.Role, id, name, invite, body string, now time.Time, es ...community.Entry) (bool, error) {
	m := member(role, id)
	keys := []string{s.opKey(string(op)), s.rolesKey(user), s.holdersKey(m), s.staffKey(), s.namesKey(), s.auditKey(), s.actorsKey(), s.inviteKey(invite)}
	args := append([]any{m, user, now.Unix(), name, int(keepOp.Seconds()), body}, entryArgs(es)...)
	n, err := s.batch.run(ctx, hire, keys, args...).Int()
	if err != nil {
		return false, fmt.Errorf("grant %s to %d: %w", role, user, err)
	}
	return n == 1, nil
}

// fire takes a role from a person, once.
//
//	KEYS[1]  the op's mark: set here, kept for ARGV[3] seconds
//	KEYS[2]  the person's grants; KEYS[3] the grant's holders
//	KEYS[4]  sorted set of the staff; KEYS[5] hash of their names
//	KEYS[6]  the audit trail; KEYS[7] its actors
//	ARGV[1]  the grant; ARGV[2] the person; ARGV[3] seconds
//	ARGV[4]  how many holders must be left
//	ARGV[5]  … entries for the trail, eight arguments each
//
// It returns 1 when taken, also by an earlier try, 0 when the person does not hold it, and
// -1 when too few would be left.
var fire = redis.NewScript(recording + `
if redis.call("EXISTS", KEYS[1]) == 1 then return 1 end
if redis.call("SISMEMBER", KEYS[2], ARGV[1]) == 0 then return 0 end
if redis.call("SCARD", KEYS[3]) <= tonumber(ARGV[4]) then return -1 end
redis.call("SREM", KEYS[2], ARGV[1])
redis.call("SREM", KEYS[3], ARGV[2])
if redis.call("SCARD", KEYS[2]) == 0 then
	redis.call("ZREM", KEYS[4], ARGV[2])
	redis.call("HDEL", KEYS[5], ARGV[2])
end
for i = 5, #ARGV, 8 do note(KEYS[6], KEYS[7], i) end
redis.call("SET", KEYS[1], 1, "EX", ARGV[3])
return 1`)

// Revoke takes a role from a person, if at least left others hold it besides. It returns
// community.ErrNotHeld or community.ErrLast.
func (s *Store) Revoke(ctx context.Context, op queue.Op, user int64, role community.Role, id string, left int, e community.Entry) error {
	m := member(role, id)
	keys := []string{s.opKey(string(op)), s.rolesKey(user), s.holdersKey(m), s.staffKey(), s.namesKey(), s.auditKey(), s.actorsKey()}
	args := append([]any{m, user, int(keepOp.Seconds()), left}, entryArgs([]community.Entry{e})...)
	n, err := s.batch.run(ctx, fire, keys, args...).Int()
	switch {
	case err != nil:
		return fmt.Errorf("revoke %s of %d: %w", role, user, err)
	case n == 0:
		return community.ErrNotHeld
	case n < 0:
		return community.ErrLast
	}
	return nil
}
