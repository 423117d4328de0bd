package store

import (
	"context"
	"errors"
	"fmt"

	"github.com/redis/go-redis/v9"
)

// Durability is how Redis keeps data.
type Durability struct {
	AppendOnly bool   // without it everything since the last snapshot is lost when Redis dies
	Policy     string // maxmemory-policy: anything but noeviction drops data when memory is short
}

// ErrUntold: this Redis does not say how it keeps data. Services that are rented often
// refuse CONFIG.
var ErrUntold = errors.New("store: Redis does not tell how it keeps data")

// Durability asks Redis how it keeps data. It returns ErrUntold when that is not told.
func (s *Store) Durability(ctx context.Context) (Durability, error) {
	conf, err := s.setting(ctx, "appendonly")
	if err != nil {
		return Durability{}, err
	}
	policy, err := s.setting(ctx, "maxmemory-policy")
	return Durability{AppendOnly: conf == "yes", Policy: policy}, err
}

func (s *Store) setting(ctx context.Context, name string) (string, error) {
	all, err := s.db.ConfigGet(ctx, name).Result()
	value, told := all[name]
	var refused redis.Error
	switch {
	case errors.As(err, &refused):
		return "", fmt.Errorf("%w: %w", ErrUntold, err)
	case err != nil:
		return "", fmt.Errorf("durability: %w", err)
	case !told:
		return "", ErrUntold
	}
	return value, nil
}

// Ways in which a Redis may lose data.
const (
	NoAOF  = "no_aof"
	Evicts = "evicts"
)

// Faults lists the ways in which a Redis that keeps data so may lose it.
func (d Durability) Faults() []string {
	var faults []string
	if !d.AppendOnly {
		faults = append(faults, NoAOF)
	}
	if d.Policy != "noeviction" {
		faults = append(faults, Evicts)
	}
	return faults
}

// Warn notes that a person is told of a fault, and returns whether they were not before.
func (s *Store) Warn(ctx context.Context, fault string, user int64) (bool, error) {
	n, err := s.db.SAdd(ctx, s.warnedKey(fault), user).Result()
	if err != nil {
		return false, fmt.Errorf("warn %d of %s: %w", user, fault, err)
	}
	return n == 1, nil
}

// Unwarn takes a note back: the person could not be told.
func (s *Store) Unwarn(ctx context.Context, fault string, user int64) error {
	if err := s.db.SRem(ctx, s.warnedKey(fault), user).Err(); err != nil {
		return fmt.Errorf("unwarn %d of %s: %w", user, fault, err)
	}
	return nil
}

// Mended forgets who was told of a fault, so that they are when it comes back.
func (s *Store) Mended(ctx context.Context, fault string) error {
	if err := s.db.Del(ctx, s.warnedKey(fault)).Err(); err != nil {
		return fmt.Errorf("mended %s: %w", fault, err)
	}
	return nil
}
