package store

import (
	"context"
	"fmt"
	"strconv"

	"github.com/redis/go-redis/v9"

	"xingfuli/bot/community"
	"xingfuli/bot/menu"
	"xingfuli/bot/queue"
)

// mutedField stands among a person's favourites when they do not want to be told of them. No
// dish has that key: a dish has a letter.
const mutedField = "-"

// like makes a dish a person's favourite, or takes it off.
//
//	KEYS[1]  hash: dish to its name, the person's favourites
//	KEYS[2]  set: the people who like the dish
//	KEYS[3]  the op's mark: set here, kept for ARGV[5] seconds
//	ARGV[1]  the person; ARGV[2] the dish; ARGV[3] its name, "" to take it off
//	ARGV[4]  how many favourites a person may have; ARGV[5] seconds
//	ARGV[6]  the field that is no favourite
//
// It returns 1 when done, also by an earlier try of the same op, and 0 when there are too many.
var like = redis.NewScript(`
if redis.call("EXISTS", KEYS[3]) == 1 then return 1 end
if ARGV[3] == "" then
	redis.call("HDEL", KEYS[1], ARGV[2])
	redis.call("SREM", KEYS[2], ARGV[1])
else
	local others = redis.call("HLEN", KEYS[1]) - redis.call("HEXISTS", KEYS[1], ARGV[6]) - redis.call("HEXISTS", KEYS[1], ARGV[2])
	if others >= tonumber(ARGV[4]) then return 0 end
	redis.call("HSET", KEYS[1], ARGV[2], ARGV[3])
	redis.call("SADD", KEYS[2], ARGV[1])
end
redis.call("SET", KEYS[3], 1, "EX", ARGV[5])
return 1`)

// Like makes a dish a person's favourite. It returns menu.ErrFavorites when they have as many
// as one may have.
func (s *Store) Like(ctx context.Context, op queue.Op, user int64, dish string) error {
	return s.setFavorite(ctx, op, user, dish, dish)
}

// Unlike takes a dish off a person's favourites.
func (s *Store) Unlike(ctx context.Context, op queue.Op, user int64, dish string) error {
	return s.setFavorite(ctx, op, user, dish, "")
}

func (s *Store) setFavorite(ctx context.Context, op queue.Op, user int64, dish, name string) error {
	keys := []string{s.favoritesKey(user), s.fansKey(menu.DishMark(dish)), s.opKey(string(op))}
	done, err := s.batch.run(ctx, like, keys, user, menu.DishKey(dish), name, menu.MaxFavorites, int(keepOp.Seconds()), mutedField).Int()
	if err != nil {
		return fmt.Errorf("favourite of %d: %w", user, err)
	}
	if done == 0 {
		return menu.ErrFavorites
	}
	return nil
}

// silence notes that a person does not want to be told of favourites, or takes that back.
//
//	KEYS[1]  hash: the person's favourites
//	KEYS[2]  the op's mark: set here, kept for ARGV[3] seconds
//	ARGV[1]  the field; ARGV[2] 1 to set it, 0 to take it back
var silence = redis.NewScript(`
if not redis.call("SET", KEYS[2], 1, "NX", "EX", ARGV[3]) then return 0 end
if ARGV[2] == "1" then return redis.call("HSET", KEYS[1], ARGV[1], 1) end
return redis.call("HDEL", KEYS[1], ARGV[1])`)

// MuteFavorites keeps a person's favourites, and has nobody told of them until that is taken
// back.
func (s *Store) MuteFavorites(ctx context.Context, op queue.Op, user int64, muted bool) error {
	to := 0
	if muted {
		to = 1
	}
	keys := []string{s.favoritesKey(user), s.opKey(string(op))}
	if err := s.batch.run(ctx, silence, keys, mutedField, to, int(keepOp.Seconds())).Err(); err != nil {
		return fmt.Errorf("mute favourites of %d: %w", user, err)
	}
	return nil
}

// Favorites reads a person's favourites.
func (s *Store) Favorites(ctx context.Context, user int64) (menu.Favorites, error) {
	dishes, err := s.db.HGetAll(ctx, s.favoritesKey(user)).Result()
	if err != nil {
		return menu.Favorites{}, fmt.Errorf("favourites of %d: %w", user, err)
	}
	_, muted := dishes[mutedField]
	delete(dishes, mutedField)
	return menu.Favorites{Dishes: dishes, Muted: muted}, nil
}

// Fans calls page with the people who like a dish, some at a time; perhaps with one twice.
func (s *Store) Fans(ctx context.Context, dish string, page func(context.Context, []int64) error) error {
	for cursor := uint64(0); ; { // in pieces: other commands get their turn
		members, next, err := s.db.SScan(ctx, s.fansKey(menu.DishMark(dish)), cursor, "", rowsPage).Result()
		if err != nil {
			return fmt.Errorf("fans: %w", err)
		}
		users := make([]int64, 0, len(members))
		for _, m := range members {
			if id, err := strconv.ParseInt(m, 10, 64); err == nil {
				users = append(users, id)
			}
		}
		if err := page(ctx, users); err != nil || next == 0 {
			return err
		}
		cursor = next
	}
}

func exportFavorites(ctx context.Context, p *Privacy, user int64) (any, bool, error) {
	f, err := p.s.Favorites(ctx, user)
	return community.Liked{Dishes: f.Names(), Muted: f.Muted}, len(f.Dishes) > 0 || f.Muted, err
}

func eraseFavorites(ctx context.Context, p *Privacy, user int64) error {
	f, err := p.s.Favorites(ctx, user)
	if err != nil {
		return err
	}
	pipe := p.s.db.Pipeline()
	for _, name := range f.Dishes {
		pipe.SRem(ctx, p.s.fansKey(menu.DishMark(name)), user)
	}
	pipe.Del(ctx, p.s.favoritesKey(user)) // last: what was interrupted before it is done again
	_, err = pipe.Exec(ctx)
	return err
}
