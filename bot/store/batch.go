package store

import (
	"context"
	"errors"
	"sync"

	"github.com/redis/go-redis/v9"
)

// batch gathers the commands of turns that run beside each other: what comes while Redis
// is answering goes out together in the next round trip. A turn alone waits for nothing.
type batch struct {
	db      redis.UniversalClient
	mu      sync.Mutex
	waiting []*request
	riders  []rider
	flying  int // round trips under way
}

// rider adds commands that nobody waits for, and returns the last of them.
type rider func(context.Context, redis.Pipeliner) redis.Cmder

// request is what one caller wants of a round trip.
type request struct {
	ctx  context.Context
	add  func(context.Context, redis.Pipeliner)
	done chan struct{}
}

const (
	maxFlying = 2   // round trips at a time: one is being answered while the next is written
	maxBatch  = 256 // callers in one
	maxRiders = 10_000
)

// ride adds commands to the next round trip that somebody makes, and waits for nothing.
// What a turn puts here is written with the word that its update is done, or before it: a
// process that is killed earlier gets the update again, and the commands too, which must
// do no harm when they are done twice. While Redis is away they wait, as many as fit.
func (b *batch) ride(r rider) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.riders) < maxRiders {
		b.riders = append(b.riders, r)
	}
}

// do adds commands to the next round trip and returns when they are answered. Each command
// holds its own error; what ctx ends is the waiting, not the commands.
func (b *batch) do(ctx context.Context, add func(context.Context, redis.Pipeliner)) error {
	r := &request{ctx: context.WithoutCancel(ctx), add: add, done: make(chan struct{})}
	b.mu.Lock()
	b.waiting = append(b.waiting, r)
	fly := b.flying < maxFlying
	if fly {
		b.flying++
	}
	b.mu.Unlock()
	if fly {
		go b.fly()
	}
	select {
	case <-r.done:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// ask puts one command into the next round trip and returns it answered.
func ask[C redis.Cmder](ctx context.Context, b *batch, add func(context.Context, redis.Pipeliner) C) (cmd C, err error) {
	added := make(chan C, 1)
	if err := b.do(ctx, func(ctx context.Context, pipe redis.Pipeliner) { added <- add(ctx, pipe) }); err != nil {
		return cmd, err // the command may still be under way
	}
	cmd = <-added
	return cmd, cmd.Err()
}

// fly makes round trips as long as somebody waits for one.
func (b *batch) fly() {
	for {
		b.mu.Lock()
		n := min(len(b.waiting), maxBatch)
		if n == 0 {
			b.flying--
			b.mu.Unlock()
			return
		}
		rs := b.waiting[:n:n]
		b.waiting = b.waiting[n:]
		m := min(len(b.riders), maxBatch)
		riders := b.riders[:m:m]
		b.riders = b.riders[m:]
		b.mu.Unlock()
		pipe := b.db.Pipeline()
		rode := make([]redis.Cmder, m)
		for i, r := range riders {
			rode[i] = r(rs[0].ctx, pipe)
		}
		for _, r := range rs {
			r.add(r.ctx, pipe)
		}
		_, _ = pipe.Exec(rs[0].ctx) // each command has its own error
		for _, r := range rs {
			close(r.done)
		}
		for i, cmd := range rode {
			if refused := redis.Error(nil); cmd.Err() != nil && !errors.As(cmd.Err(), &refused) {
				b.ride(riders[i]) // it did not reach Redis
			}
		}
	}
}

// run runs a script in the next round trip. Redis forgets scripts when it restarts: one that
// it does not know is sent whole.
func (b *batch) run(ctx context.Context, script *redis.Script, keys []string, args ...any) *redis.Cmd {
	var cmd *redis.Cmd
	err := b.do(ctx, func(ctx context.Context, pipe redis.Pipeliner) { cmd = script.EvalSha(ctx, pipe, keys, args...) })
	switch {
	case err != nil:
		failed := redis.NewCmd(ctx)
		failed.SetErr(err)
		return failed
	case redis.HasErrorPrefix(cmd.Err(), "NOSCRIPT"):
		return script.Eval(ctx, b.db, keys, args...)
	}
	return cmd
}
