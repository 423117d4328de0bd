package store

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/redis/go-redis/v9"

	"xingfuli/bot/community"
	"xingfuli/bot/queue"
)

// Who belongs to a community is kept twice: with each person and group, and, for those who ask
// for all of one community, in two sorted sets of "community:chat", one of people and one of
// groups. What writes the one writes the other in the same script.

// homesKey is the index that a chat is in: that of groups for a negative ID.
func (s *Store) homesKey(chat int64) string {
	if chat < 0 {
		return s.prefix + "homes:groups"
	}
	return s.prefix + "homes:people"
}

// homesBuiltKey says that the index has all chats, also those of before there was one.
func (s *Store) homesBuiltKey() string { return s.prefix + "homes:built" }

// homeKey is what is kept of a person, or of a group (a negative ID).
func (s *Store) homeKey(chat int64) string {
	if chat < 0 {
		return s.groupKey(chat)
	}
	return s.personKey(chat)
}

// reside writes which community a chat belongs to, once: what a process that stood still
// writes late, after another did it in its place, must not undo what was chosen since.
//
//	KEYS[1]  hash of the person or group
//	KEYS[2]  the op's mark: set here, kept for ARGV[3] seconds
//	KEYS[3]  the index
//	ARGV[1]  the chat; ARGV[2] the community, empty for none; ARGV[3] seconds
//
// It returns 1 when written, 0 when the op was done before.
var reside = redis.NewScript(`
if not redis.call("SET", KEYS[2], 1, "NX", "EX", ARGV[3]) then return 0 end
local was = redis.call("HGET", KEYS[1], "community")
if was and was ~= "" then redis.call("ZREM", KEYS[3], was .. ":" .. ARGV[1]) end
if ARGV[2] ~= "" then redis.call("ZADD", KEYS[3], 0, ARGV[2] .. ":" .. ARGV[1]) end
redis.call("HSET", KEYS[1], "community", ARGV[2])
return 1`)

// SetCommunity keeps which community a person, or a group (a negative ID), belongs to;
// empty for none.
func (s *Store) SetCommunity(ctx context.Context, op queue.Op, chat int64, community string) error {
	keys := []string{s.homeKey(chat), s.opKey(string(op)), s.homesKey(chat)}
	if err := s.batch.run(ctx, reside, keys, chat, community, int(keepOp.Seconds())).Err(); err != nil {
		return fmt.Errorf("set community of chat %d: %w", chat, err)
	}
	return nil
}

// entitle notes what a group is called, when it belongs to a community.
//
//	KEYS[1]  hash of the group
//	ARGV[1]  the title
var entitle = redis.NewScript(`
local home = redis.call("HGET", KEYS[1], "community")
if not home or home == "" then return 0 end
redis.call("HSET", KEYS[1], "title", ARGV[1])
return 1`)

// SetTitle keeps what a group is called that belongs to a community. Of others nothing is kept.
func (s *Store) SetTitle(ctx context.Context, group int64, title string) error {
	if err := s.batch.run(ctx, entitle, []string{s.groupKey(group)}, title).Err(); err != nil {
		return fmt.Errorf("set title of chat %d: %w", group, err)
	}
	return nil
}

// Titles tells what groups are called, "" for one of which that is not known.
func (s *Store) Titles(ctx context.Context, groups []int64) ([]string, error) {
	titles := make([]string, 0, len(groups))
	for some := range slices.Chunk(groups, rowsPage) {
		cmds := make([]*redis.StringCmd, len(some))
		err := s.batch.do(ctx, func(ctx context.Context, pipe redis.Pipeliner) {
			for i, g := range some {
				cmds[i] = pipe.HGet(ctx, s.groupKey(g), "title")
			}
		})
		if err != nil {
			return nil, fmt.Errorf("titles: %w", err)
		}
		for _, cmd := range cmds {
			if err := failed(cmd); err != nil {
				return nil, fmt.Errorf("titles: %w", err)
			}
			titles = append(titles, cmd.Val())
		}
	}
	return titles, nil
}

// depart forgets a person.
//
//	KEYS[1]  hash of the person; KEYS[2] the index
//	ARGV[1]  the person
var depart = redis.NewScript(`
local was = redis.call("HGET", KEYS[1], "community")
if was then redis.call("ZREM", KEYS[2], was .. ":" .. ARGV[1]) end
return redis.call("DEL", KEYS[1])`)

func exportProfile(ctx context.Context, p *Privacy, user int64) (any, bool, error) {
	h, err := p.s.db.HGetAll(ctx, p.s.personKey(user)).Result()
	v := community.Profile{Language: h["lang"], Community: h["community"], Blocked: h["gone"] != ""}
	return v, len(h) > 0, err
}

func eraseProfile(ctx context.Context, p *Privacy, user int64) error {
	return depart.Run(ctx, p.s.db, []string{p.s.personKey(user), p.s.homesKey(user)}, user).Err()
}

// migrate gives what is kept of a group to the supergroup that it has become.
//
//	KEYS[1]  hash of the group; KEYS[2] hash of the supergroup; KEYS[3] the index
//	ARGV[1]  the group; ARGV[2] the supergroup
//
// What the supergroup has already was set after the migration, and stays. It returns 1 when
// there was something to give, and 0 when it was given before.
var migrate = redis.NewScript(`
local kept = redis.call("HGETALL", KEYS[1])
if #kept == 0 then return 0 end
local was = redis.call("HGET", KEYS[1], "community")
if was and was ~= "" then redis.call("ZREM", KEYS[3], was .. ":" .. ARGV[1]) end
for i = 1, #kept, 2 do redis.call("HSETNX", KEYS[2], kept[i], kept[i + 1]) end
redis.call("DEL", KEYS[1])
local now = redis.call("HGET", KEYS[2], "community")
if now and now ~= "" then redis.call("ZADD", KEYS[3], 0, now .. ":" .. ARGV[2]) end
return 1`)

// Homes tells in which communities people live, by ID; "" where they have not said.
func (s *Store) Homes(ctx context.Context, users []int64) ([]string, error) {
	homes := make([]string, 0, len(users))
	for some := range slices.Chunk(users, rowsPage) {
		pipe := s.db.Pipeline()
		cmds := make([]*redis.StringCmd, len(some))
		for i, u := range some {
			cmds[i] = pipe.HGet(ctx, s.personKey(u), "community")
		}
		_, _ = pipe.Exec(ctx) // each command has its own error
		for _, cmd := range cmds {
			if err := failed(cmd); err != nil {
				return nil, fmt.Errorf("homes: %w", err)
			}
			homes = append(homes, cmd.Val())
		}
	}
	return homes, nil
}

// allGroups stands for the groups of all communities.
const allGroups = ""

// groupsOf lists the groups of communities, as they are at one moment: one that becomes a
// supergroup meanwhile is there once, under its old or its new ID.
func (s *Store) groupsOf(ctx context.Context, homes map[string]bool) ([]queue.Chat, error) {
	pipe := s.db.TxPipeline()
	var lists []*redis.StringSliceCmd
	if homes[allGroups] {
		lists = append(lists, pipe.ZRange(ctx, s.homesKey(-1), 0, -1))
	} else {
		for home := range homes {
			lists = append(lists, pipe.ZRangeByLex(ctx, s.homesKey(-1), livesIn(home, "")))
		}
	}
	if _, err := pipe.Exec(ctx); err != nil {
		return nil, err
	}
	var chats []queue.Chat
	for _, l := range lists {
		chats = append(chats, chatsAt(l.Val())...)
	}
	return chats, nil
}

// livesIn is the range of the index that a community has, or what follows a member of it.
func livesIn(home, after string) *redis.ZRangeBy {
	r := &redis.ZRangeBy{Min: "[" + home + ":", Max: "(" + home + ";"} // ";" follows ":"
	if after != "" {
		r.Min = "(" + after
	}
	return r
}

func chatsAt(members []string) []queue.Chat {
	chats := make([]queue.Chat, 0, len(members))
	for _, m := range members {
		if id, err := strconv.ParseInt(m[strings.LastIndexByte(m, ':')+1:], 10, 64); err == nil {
			chats = append(chats, queue.Chat{ID: id})
		}
	}
	return chats
}

// walkResidents hands on the people of a community, a page at a time.
func (s *Store) walkResidents(ctx context.Context, home string, page func(context.Context, []queue.Chat) error) error {
	for last := ""; ; {
		r := livesIn(home, last)
		r.Count = walkBy
		members, err := s.db.ZRangeByLex(ctx, s.homesKey(1), r).Result()
		if err != nil || len(members) == 0 {
			return err
		}
		if err := page(ctx, chatsAt(members)); err != nil {
			return err
		}
		last = members[len(members)-1]
	}
}

// residents counts the people of communities.
func (s *Store) residents(ctx context.Context, homes map[string]bool) (n int, err error) {
	pipe := s.db.Pipeline()
	for home := range homes {
		r := livesIn(home, "")
		pipe.ZLexCount(ctx, s.homesKey(1), r.Min, r.Max)
	}
	counts, err := pipe.Exec(ctx)
	for _, c := range counts {
		n += int(c.(*redis.IntCmd).Val())
	}
	return n, err
}

// enter puts chats into the index that have a community.
//
//	KEYS[1]  the index; KEYS[2] … the hashes of people or groups
//	ARGV     the chats
var enter = redis.NewScript(`
for i, chat in ipairs(ARGV) do
	local home = redis.call("HGET", KEYS[i + 1], "community")
	if home and home ~= "" then redis.call("ZADD", KEYS[1], 0, home .. ":" .. chat) end
end
return 1`)

// indexHomes puts into the index whom it does not have: data may be older than it is. It looks
// for that once.
func (s *Store) indexHomes(ctx context.Context) error {
	if s.homesBuilt.Load() {
		return nil
	}
	built, err := s.db.Exists(ctx, s.homesBuiltKey()).Result()
	if err == nil && built == 0 {
		err = s.enterAll(ctx)
	}
	if err != nil {
		return fmt.Errorf("index of homes: %w", err)
	}
	s.homesBuilt.Store(true)
	return nil
}

func (s *Store) enterAll(ctx context.Context) error {
	for _, one := range []int64{1, -1} {
		like := s.homeKey(one)
		before := like[:strings.LastIndexByte(like, ':')+1]
		it := s.db.Scan(ctx, 0, before+"*", walkBy).Iterator()
		keys, chats := []string{s.homesKey(one)}, []any(nil)
		flush := func() error {
			err := enter.Run(ctx, s.db, keys, chats...).Err()
			keys, chats = keys[:1], nil
			return err
		}
		for it.Next(ctx) {
			keys, chats = append(keys, it.Val()), append(chats, strings.TrimPrefix(it.Val(), before))
			if len(chats) == walkBy {
				if err := flush(); err != nil {
					return err
				}
			}
		}
		if err := it.Err(); err != nil {
			return err
		}
		if err := flush(); err != nil {
			return err
		}
	}
	return s.db.Set(ctx, s.homesBuiltKey(), 1, 0).Err()
}
