package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"
)

// hold takes or renews a lease.
//
//	KEYS[1]  the lease: who holds it
//	ARGV[1]  who asks
//	ARGV[2]  ms
//
// It returns 1 when the asker holds it now.
var hold = redis.NewScript(`
if redis.call("GET", KEYS[1]) == ARGV[1] then
	return redis.call("PEXPIRE", KEYS[1], ARGV[2])
end
if redis.call("SET", KEYS[1], ARGV[1], "NX", "PX", ARGV[2]) then return 1 end
return 0`)

// Hold takes the lease of this name for one of several replicas, or renews it, and tells
// whether the replica has it for ttl from now.
func (s *Store) Hold(ctx context.Context, name, replica string, ttl time.Duration) (bool, error) {
	n, err := hold.Run(ctx, s.db, []string{s.leaseKey(name)}, replica, ttl.Milliseconds()).Int()
	if err != nil {
		return false, fmt.Errorf("hold %s: %w", name, err)
	}
	return n == 1, nil
}

// release ends a lease, if the asker holds it.
//
//	KEYS[1]  the lease
//	ARGV[1]  who asks
var release = redis.NewScript(`
if redis.call("GET", KEYS[1]) == ARGV[1] then return redis.call("DEL", KEYS[1]) end
return 0`)

// Release ends a lease, so that others need not wait for it to end.
func (s *Store) Release(ctx context.Context, name, replica string) error {
	if err := release.Run(ctx, s.db, []string{s.leaseKey(name)}, replica).Err(); err != nil {
		return fmt.Errorf("release %s: %w", name, err)
	}
	return nil
}

// Once tells whether this is the first time within ttl that anybody asks under this name.
func (s *Store) Once(ctx context.Context, name string, ttl time.Duration) (bool, error) {
	first, err := s.db.SetNX(ctx, s.noteKey(name), 1, ttl).Result()
	if err != nil {
		return false, fmt.Errorf("once %s: %w", name, err)
	}
	return first, nil
}

// Note returns what SetNote kept under this name, empty when nothing.
func (s *Store) Note(ctx context.Context, name string) (string, error) {
	v, err := s.db.Get(ctx, s.noteKey(name)).Result()
	if err != nil && !errors.Is(err, redis.Nil) {
		return "", fmt.Errorf("note %s: %w", name, err)
	}
	return v, nil
}

// SetNote keeps a value under a name.
func (s *Store) SetNote(ctx context.Context, name, value string) error {
	if err := s.db.Set(ctx, s.noteKey(name), value, 0).Err(); err != nil {
		return fmt.Errorf("note %s: %w", name, err)
	}
	return nil
}
