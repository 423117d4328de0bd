package store

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"

	"xingfuli/bot/community"
	"xingfuli/bot/queue"
)

// An invitation is kept under the hash of its token: who reads the store cannot follow it.
func inviteHash(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

// invite keeps an invitation and records it once.
//
//	KEYS[1]  the op's mark: set here, kept for ARGV[1] seconds
//	KEYS[2]  the audit trail; KEYS[3] its actors
//	KEYS[4]  the invitation
//	ARGV[1]  seconds; ARGV[2] the invitation; ARGV[3] seconds that it is good for
//	ARGV[4]  … entries for the trail, eight arguments each
//
// It returns 1. A retry has another token, which is good too; the one before goes unused.
var invite = redis.NewScript(recording + `
redis.call("SET", KEYS[4], ARGV[2], "EX", ARGV[3])
if redis.call("SET", KEYS[1], 1, "NX", "EX", ARGV[1]) then
	for i = 4, #ARGV, 8 do note(KEYS[2], KEYS[3], i) end
end
return 1`)

// Invite keeps an invitation under its token for community.InviteFor.
func (s *Store) Invite(ctx context.Context, op queue.Op, token string, v community.Invitation, e community.Entry) error {
	body, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("invite: %w", err)
	}
	keys := []string{s.opKey(string(op)), s.auditKey(), s.actorsKey(), s.inviteKey(inviteHash(token))}
	args := append([]any{int(keepOp.Seconds()), body, int(community.InviteFor.Seconds())}, entryArgs([]community.Entry{e})...)
	if err := s.batch.run(ctx, invite, keys, args...).Err(); err != nil {
		return fmt.Errorf("invite: %w", err)
	}
	return nil
}

// Invitation reads the invitation of a token, or what op has made of it before. It returns
// community.ErrInvitation when there is none.
func (s *Store) Invitation(ctx context.Context, op queue.Op, token string) (v community.Invitation, err error) {
	pipe := s.db.Pipeline()
	done, kept := pipe.Get(ctx, s.opKey(string(op))), pipe.Get(ctx, s.inviteKey(inviteHash(token)))
	if _, err := pipe.Exec(ctx); err != nil && !errors.Is(err, redis.Nil) {
		return v, fmt.Errorf("invitation: %w", err)
	}
	body := kept.Val()
	if done.Err() == nil {
		body = done.Val()
	}
	if body == "" {
		return v, community.ErrInvitation
	}
	if err := json.Unmarshal([]byte(body), &v); err != nil {
		return v, fmt.Errorf("invitation: %w", err)
	}
	return v, nil
}

// Accept uses up the invitation that was read under op, and gives its role to a person who is
// called name. It returns community.ErrInvitation when somebody else was first.
func (s *Store) Accept(ctx context.Context, op queue.Op, token string, v community.Invitation, user int64, name string, now time.Time, e community.Entry) error {
	body, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("accept: %w", err)
	}
	given, err := s.hire(ctx, op, user, v.Role, v.ID, name, inviteHash(token), string(body), now, e)
	if err == nil && !given {
		err = community.ErrInvitation
	}
	return err
}
