package store

import (
	"context"
	"errors"
	"fmt"

	"github.com/redis/go-redis/v9"

	"xingfuli/bot/menu"
)

// Pictures knows which pictures Telegram has already, of one bot.
type Pictures struct {
	store *Store
	bot   int64
}

// Pictures are those of a bot: another one cannot send them.
func (s *Store) Pictures(bot int64) Pictures { return Pictures{s, bot} }

func (p Pictures) key(m menu.Menu, language string) string {
	return p.store.pictureKey(p.bot, m.Canteen, m.Monday.String(), m.Version, language)
}

// Picture is the ID that Telegram has for the picture of a published version in a
// language, "" when it has none.
func (p Pictures) Picture(ctx context.Context, m menu.Menu, language string) (string, error) {
	id, err := p.store.db.Get(ctx, p.key(m, language)).Result()
	if err != nil && !errors.Is(err, redis.Nil) {
		return "", fmt.Errorf("picture of %s %s: %w", m.Canteen, m.Monday, err)
	}
	return id, nil
}

// KeepPicture keeps that ID for 14 days. Of two that came at once the later is kept, and
// either may be sent.
func (p Pictures) KeepPicture(ctx context.Context, m menu.Menu, language, id string) error {
	if err := p.store.db.Set(ctx, p.key(m, language), id, keepPicture).Err(); err != nil {
		return fmt.Errorf("keep the picture of %s %s: %w", m.Canteen, m.Monday, err)
	}
	return nil
}
