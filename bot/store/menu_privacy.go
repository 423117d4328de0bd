package store

import (
	"context"
	"encoding/json"
	"strconv"

	"github.com/redis/go-redis/v9"

	"xingfuli/bot/menu"
)

// publishedBy is a version of a week that a person published, as the export shows it.
type publishedBy struct {
	Canteen string `json:"canteen"`
	Monday  string `json:"monday"`
	Version string `json:"version"`
}

// scrub takes an account out of a version of a week, unless it has changed since it was read.
//
//	KEYS[1]  hash; KEYS[2] counter of all published content
//	ARGV[1]  field; ARGV[2] what it was; ARGV[3] what it is to be
var scrub = redis.NewScript(`
if redis.call("HGET", KEYS[1], ARGV[1]) ~= ARGV[2] then return 0 end
redis.call("HSET", KEYS[1], ARGV[1], ARGV[3])
return redis.call("INCR", KEYS[2])`)

func exportMenus(ctx context.Context, p *Privacy, user int64) (any, bool, error) {
	var all []publishedBy
	err := p.published(ctx, user, func(m menu.Menu, _, field, _ string) error {
		if field != "body" { // the newest is among the versions too
			all = append(all, publishedBy{m.Canteen, m.Monday.String(), field})
		}
		return nil
	})
	return all, len(all) > 0, err
}

func eraseMenus(ctx context.Context, p *Privacy, user int64) error {
	return p.published(ctx, user, func(m menu.Menu, key, field, body string) error {
		m.By = 0
		without, err := json.Marshal(m)
		if err != nil {
			return err
		}
		return scrub.Run(ctx, p.s.db, []string{key, p.s.contentKey()}, field, body, without).Err()
	})
}

// published calls f with every version of a week that a person published, where it is kept
// and as what. It reads all menus for staff alone, whom the audit trail knows.
func (p *Privacy) published(ctx context.Context, user int64, f func(m menu.Menu, key, field, body string) error) error {
	known, err := p.s.db.HExists(ctx, p.s.actorsKey(), "a"+strconv.FormatInt(user, 10)).Result()
	if err != nil || !known {
		return err
	}
	canteens, err := p.s.db.ZRange(ctx, p.s.canteensKey(), 0, -1).Result()
	if err != nil {
		return err
	}
	for _, c := range canteens {
		mondays, err := p.s.db.ZRange(ctx, p.s.menusKey(c), 0, -1).Result()
		if err != nil {
			return err
		}
		for _, monday := range mondays {
			for _, key := range []string{p.s.menuKey(c, monday), p.s.menuPastKey(c, monday)} {
				if err := p.publishedIn(ctx, user, key, f); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

func (p *Privacy) publishedIn(ctx context.Context, user int64, key string, f func(m menu.Menu, key, field, body string) error) error {
	fields, err := p.s.db.HGetAll(ctx, key).Result()
	if err != nil {
		return err
	}
	for field, body := range fields {
		var m menu.Menu
		if json.Unmarshal([]byte(body), &m) != nil || m.By != user {
			continue
		}
		if err := f(m, key, field, body); err != nil {
			return err
		}
	}
	return nil
}
