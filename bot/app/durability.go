package app

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/redis/go-redis/v9"

	"xingfuli/bot/config"
	"xingfuli/bot/queue"
	"xingfuli/bot/store"
	"xingfuli/jobs"
)

// Warnings tells how Redis may lose what it is given. Nothing is said of a Redis that
// does not answer: who needs it will say so.
func Warnings(ctx context.Context, c config.Config, db redis.UniversalClient) []Finding {
	keeps, err := store.New(db, c.Redis.Prefix).Durability(ctx)
	if errors.Is(err, store.ErrUntold) {
		return []Finding{{Key: "cli.warn_untold"}}
	}
	if err != nil {
		return nil
	}
	var found []Finding
	for _, fault := range keeps.Faults() {
		found = append(found, Finding{"cli.warn_" + fault, map[string]any{"Policy": keeps.Policy}, true})
	}
	return found
}

// durability looks once a day how Redis keeps data, and tells the admins when it may lose it.
func (a *App) durability() jobs.Job {
	return jobs.Job{Name: "durability", Every: 24 * time.Hour, Run: func(ctx context.Context) error {
		keeps, err := a.Store.Durability(ctx)
		if errors.Is(err, store.ErrUntold) {
			return nil // said at the start; an admin can do nothing about it
		}
		if err != nil {
			return err
		}
		for _, fault := range []string{store.NoAOF, store.Evicts} {
			if !slices.Contains(keeps.Faults(), fault) {
				err = errors.Join(err, a.Store.Mended(ctx, fault))
				continue
			}
			for _, admin := range a.config.Admins {
				err = errors.Join(err, a.warn(ctx, admin, fault, keeps))
			}
		}
		return err
	}}
}

// warn tells an admin of a fault, once. One who cannot be reached is tried again the next day.
func (a *App) warn(ctx context.Context, admin int64, fault string, keeps store.Durability) error {
	first, err := a.Store.Warn(ctx, fault, admin)
	if err != nil || !first {
		return err
	}
	if err = a.tell(ctx, admin, "store."+fault, keeps); err == nil {
		return nil
	}
	undone := a.Store.Unwarn(context.WithoutCancel(ctx), fault, admin)
	if errors.Is(err, queue.ErrUnreachable) {
		return undone
	}
	return errors.Join(err, undone)
}
