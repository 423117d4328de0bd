package app

import (
	"context"
	"errors"
	"fmt"

	"github.com/redis/go-redis/v9"

	"xingfuli/bot/config"
	"xingfuli/bot/store"
	"xingfuli/bot/telegram"
)

// Finding is one thing that was looked at: the key of its line, and whether it is a fault.
type Finding struct {
	Key    string
	Values map[string]any
	Fault  bool
}

// Check looks at what the bot needs outside itself: Redis, how that keeps data, and
// Telegram. db is nil when the bot is to run its own Redis.
func Check(ctx context.Context, c config.Config, db redis.UniversalClient) []Finding {
	if db == nil {
		return append(checkOwn(ctx, c.Redis.Dir), checkTelegram(ctx, c)...)
	}
	return append(checkRedis(ctx, store.New(db, c.Redis.Prefix)), checkTelegram(ctx, c)...)
}

func checkRedis(ctx context.Context, s *store.Store) []Finding {
	if err := s.Ping(ctx); err != nil {
		return []Finding{{"cli.check_redis_away", map[string]any{"Error": err.Error()}, true}}
	}
	found := []Finding{{Key: "cli.check_redis"}}
	keeps, err := s.Durability(ctx)
	if errors.Is(err, store.ErrUntold) {
		return append(found, Finding{Key: "cli.check_durability_unknown", Values: map[string]any{"Error": err.Error()}})
	}
	if err != nil {
		return append(found, Finding{"cli.check_redis_away", map[string]any{"Error": err.Error()}, true})
	}
	if keeps.AppendOnly {
		found = append(found, Finding{Key: "cli.check_aof"})
	} else {
		found = append(found, Finding{Key: "cli.check_no_aof", Fault: true})
	}
	if keeps.Policy == "noeviction" {
		return append(found, Finding{Key: "cli.check_policy"})
	}
	return append(found, Finding{"cli.check_evicts", map[string]any{"Policy": keeps.Policy}, true})
}

func checkTelegram(ctx context.Context, c config.Config) []Finding {
	client, err := telegram.NewClient(string(c.Telegram.Proxy))
	if err != nil {
		return []Finding{{"cli.check_telegram_away", map[string]any{"Error": err.Error()}, true}}
	}
	sender, err := telegram.NewSender(c.Telegram.APIURL, string(c.Telegram.Token), client, telegram.Limits{})
	if err != nil {
		return []Finding{{"cli.check_telegram_away", map[string]any{"Error": err.Error()}, true}}
	}
	me, err := sender.Me(ctx)
	switch {
	case errors.Is(err, telegram.ErrToken):
		return []Finding{{Key: "cli.token", Fault: true}}
	case err != nil:
		return []Finding{{"cli.check_telegram_away", map[string]any{"Error": fmt.Sprint(err)}, true}}
	}
	found := []Finding{{"cli.check_telegram", map[string]any{"Username": me.Username}, false}}
	if !me.CanReadAllGroupMessages {
		found = append(found, Finding{Key: "cli.check_privacy"})
	}
	return found
}
