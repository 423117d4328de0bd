package store

import (
	"context"
	"errors"
	"sync"
	"time"

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
	ctx      context.Context
	add      func(context.Context, redis.Pipeliner)
	done     chan struct{}
	answered time.Time // once done
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
	return b.wait(ctx, b.put(ctx, add))
}

// put adds commands to the next round trip that somebody makes.
func (b *batch) put(ctx context.Context, add func(context.Context, redis.Pipeliner)) *request {
	r := &request{ctx: context.WithoutCancel(ctx), add: add, done: make(chan struct{})}
	b.mu.Lock()
	b.waiting = append(b.waiting, r)
	b.mu.Unlock()
	return r
}

// wait returns when what was put is answered, and makes a round trip if it has not gone out.
func (b *batch) wait(ctx context.Context, r *request) error {
	b.mu.Lock()
	fly := b.flying < maxFlying && len(b.waiting) > 0
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
		now := time.Now()
		for _, r := range rs {
			r.answered = now
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
	return b.soon(ctx, script, keys, args...).wait(ctx)
}

// scripted is a script that was put into the next round trip that somebody makes.
type scripted struct {
	*request
	b      *batch
	cmd    *redis.Cmd
	script *redis.Script
	keys   []string
	args   []any
}

func (b *batch) soon(ctx context.Context, script *redis.Script, keys []string, args ...any) *scripted {
	s := &scripted{b: b, script: script, keys: keys, args: args}
	s.request = b.put(ctx, func(ctx context.Context, pipe redis.Pipeliner) { s.cmd = script.EvalSha(ctx, pipe, keys, args...) })
	return s
}

// wait returns the script answered.
func (s *scripted) wait(ctx context.Context) *redis.Cmd {
	if err := s.b.wait(ctx, s.request); err != nil {
		failed := redis.NewCmd(ctx)
		failed.SetErr(err)
		return failed
	}
	if redis.HasErrorPrefix(s.cmd.Err(), "NOSCRIPT") {
		return s.script.Eval(ctx, s.b.db, s.keys, s.args...)
	}
	return s.cmd
}
