package store

import (
	"context"
	"fmt"
)

// Durability is how Redis keeps data.
type Durability struct {
	AppendOnly bool   // without it everything since the last snapshot is lost when Redis dies
	Policy     string // maxmemory-policy: anything but noeviction drops data when memory is short
}

// Durability asks Redis how it keeps data.
func (s *Store) Durability(ctx context.Context) (Durability, error) {
	conf, err := s.db.ConfigGet(ctx, "appendonly").Result()
	if err != nil {
		return Durability{}, fmt.Errorf("durability: %w", err)
	}
	policy, err := s.db.ConfigGet(ctx, "maxmemory-policy").Result()
	if err != nil {
		return Durability{}, fmt.Errorf("durability: %w", err)
	}
	return Durability{AppendOnly: conf["appendonly"] == "yes", Policy: policy["maxmemory-policy"]}, nil
}
