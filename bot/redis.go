package main

import (
	"context"
	"log/slog"

	"github.com/redis/go-redis/v9"

	"xingfuli/bot/app"
	"xingfuli/bot/config"
	"xingfuli/bot/store"
	"xingfuli/bot/store/own"
)

// memory is the Redis that the bot works on, and the server when that is the bot's own.
type memory struct {
	db  redis.UniversalClient
	own *own.Server
}

// connect connects to the configured Redis; where none is configured it starts one first.
func connect(ctx context.Context, conf config.Redis, log *slog.Logger) (memory, error) {
	var m memory
	url := string(conf.URL)
	if url == "" {
		var err error
		if m.own, err = own.Start(ctx, conf.Dir, log); err != nil {
			return m, err
		}
		url = m.own.URL()
	}
	var err error
	if m.db, err = store.Open(url); err != nil {
		m.close(log)
	}
	return m, err
}

// close is the last that a bot does: until here what it does is kept.
func (m memory) close(log *slog.Logger) {
	if m.db != nil {
		_ = m.db.Close()
	}
	if m.own == nil {
		return
	}
	if err := m.own.Close(); err != nil {
		log.Warn("redis-server was not stopped", "err", err)
	}
}

// bind returns a context that ends, with the reason as its cause, when the bot's own
// server is lost for good.
func (m memory) bind(ctx context.Context) (context.Context, context.CancelCauseFunc) {
	ctx, cancel := context.WithCancelCause(ctx)
	if m.own != nil {
		go func() {
			select {
			case err := <-m.own.Lost():
				cancel(err)
			case <-ctx.Done():
			}
		}()
	}
	return ctx, cancel
}

// warnings says how this Redis may lose data: to who started the bot, and in the log.
func (c *cli) warnings(ctx context.Context, conf config.Config, db redis.UniversalClient, log *slog.Logger) {
	for _, f := range app.Warnings(ctx, conf, db) {
		c.warn(f.Key, f.Values)
		log.Warn("this Redis may lose data", "why", f.Key, "values", f.Values)
	}
}
