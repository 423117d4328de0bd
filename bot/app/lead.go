package app

import (
	"context"
	"time"
)

// leaseFor is how long a replica leads, and owns a part of the inbox, without saying so
// again; when it dies, another one takes over after this time.
const leaseFor = 3 * time.Second

// lead runs f whenever this replica holds the lease of that name, with a context that
// ends when it no longer does. It returns when ctx ends, or with f's error.
func (a *App) lead(ctx context.Context, name string, f func(context.Context) error) error {
	for ctx.Err() == nil {
		if err := a.inTurn(ctx, name, f); err != nil {
			return err
		}
	}
	return nil
}

// inTurn runs f while this replica holds the lease of that name, for which it waits: what
// one that died has left undone, the next does, and finds done what was done. It returns
// f's error, nil when ctx ends first.
func (a *App) inTurn(ctx context.Context, name string, f func(context.Context) error) error {
	for !a.hold(ctx, name) {
		if ctx.Err() != nil {
			return nil
		}
		wait(ctx, a.lease/6)
	}
	err := a.leading(ctx, name, f)
	late, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
	defer cancel()
	if err := a.Store.Release(late, name, a.replica); err != nil {
		a.log.Warn("release", "lease", name, "err", err)
	}
	return err
}

func (a *App) hold(ctx context.Context, name string) bool {
	ctx, cancel := context.WithTimeout(ctx, a.lease/3)
	defer cancel()
	held, err := a.Store.Hold(ctx, name, a.replica, a.lease)
	if err != nil && ctx.Err() == nil {
		a.log.Warn("lease", "name", name, "err", err)
	}
	return held
}

// leading runs f and renews the lease; f's context ends when that fails for as long as the
// lease lasts.
func (a *App) leading(ctx context.Context, name string, f func(context.Context) error) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	ended := make(chan error, 1)
	go func() { ended <- f(ctx) }()
	beat := time.NewTicker(a.lease / 4)
	defer beat.Stop()
	until := time.Now().Add(a.lease * 9 / 10)
	for {
		select {
		case err := <-ended:
			return err
		case began := <-beat.C:
			if a.hold(ctx, name) {
				until = began.Add(a.lease * 9 / 10)
			} else if time.Now().After(until) {
				cancel()
			}
		}
	}
}

func wait(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	}
}
