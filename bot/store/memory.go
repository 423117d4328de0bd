package store

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"github.com/redis/go-redis/v9"

	"xingfuli/bot/queue"
)

// Known reads in one round trip what every turn needs.
func (s *Store) Known(ctx context.Context, chat, user int64) (queue.Known, error) {
	var person, group, dialogue *redis.SliceCmd
	var content *redis.StringCmd
	err := s.batch.do(ctx, func(ctx context.Context, pipe redis.Pipeliner) {
		person = pipe.HMGet(ctx, s.personKey(user), "lang", "community", "gone")
		group = person
		if chat != user {
			group = pipe.HMGet(ctx, s.groupKey(chat), "lang", "community", "gone", "title")
		}
		dialogue = pipe.HMGet(ctx, s.dialogueKey(chat, user), "version", "word", "step", "data")
		content = pipe.Get(ctx, s.contentKey())
	})
	if err == nil { // otherwise the commands may still be under way
		err = failed(person, group, dialogue, content)
	}
	if err != nil {
		return queue.Known{}, fmt.Errorf("known of chat %d: %w", chat, err)
	}
	k := queue.Known{Person: profile(person), Chat: profile(group)}
	k.Content, _ = strconv.ParseInt(content.Val(), 10, 64)
	k.Dialogue = stepOf(dialogue)
	return k, nil
}

// stepOf reads a dialogue's fields.
func stepOf(cmd *redis.SliceCmd) (d queue.Dialogue) {
	v := cmd.Val()
	if len(v) != 4 {
		return d
	}
	version, _ := v[0].(string)
	data, _ := v[3].(string)
	d.Version, _ = strconv.ParseInt(version, 10, 64)
	d.Word, _ = v[1].(string)
	d.Step, _ = v[2].(string)
	d.Data = []byte(data)
	return d
}

func profile(cmd *redis.SliceCmd) queue.Profile {
	v := cmd.Val()
	if len(v) < 3 {
		return queue.Profile{}
	}
	lang, _ := v[0].(string)
	community, _ := v[1].(string)
	p := queue.Profile{Language: lang, Community: community}
	if gone, ok := v[2].(string); ok {
		if p.Gone = queue.Why(gone); gone == "1" { // as it was kept once
			p.Gone = queue.WhyAway
		}
	}
	if len(v) > 3 {
		p.Title, _ = v[3].(string)
	}
	return p
}

// failed is the first error of commands; that there is nothing is none.
func failed(cmds ...redis.Cmder) error {
	for _, cmd := range cmds {
		if err := cmd.Err(); err != nil && !errors.Is(err, redis.Nil) {
			return err
		}
	}
	return nil
}

// step replaces a dialogue's step unless another one came first.
//
//	KEYS[1]  hash {version, word, step, data}
//	ARGV[1]  the version that was read, 0 for none
//	ARGV[2]  seconds to keep it
//	ARGV[3]  the new version
//	ARGV[4]  the new word, ARGV[5] step, ARGV[6] data
//
// It returns 1 when written, also by an earlier try, and 0 when another step came first.
var step = redis.NewScript(`
local seen = redis.call("HGET", KEYS[1], "version") or "0"
if seen == ARGV[3] then return 1 end
if seen ~= ARGV[1] then return 0 end
redis.call("HSET", KEYS[1], "version", ARGV[3], "word", ARGV[4], "step", ARGV[5], "data", ARGV[6])
redis.call("EXPIRE", KEYS[1], ARGV[2])
return 1`)

// SetDialogue replaces the dialogue that was read with version was. One without a word is
// kept too, as the mark that the one before has ended.
func (s *Store) SetDialogue(ctx context.Context, chat, user, was int64, d queue.Dialogue) error {
	args := []any{was, int(keepDialogue.Seconds()), d.Version, d.Word, d.Step, []byte(d.Data)}
	written, err := s.batch.run(ctx, step, []string{s.dialogueKey(chat, user)}, args...).Int()
	if err != nil {
		return fmt.Errorf("set dialogue: %w", err)
	}
	if written == 0 {
		return fmt.Errorf("set dialogue: %w", queue.ErrConflict)
	}
	return nil
}

// SetGone notes why a person cannot be reached, or with an empty why that they are back.
func (s *Store) SetGone(ctx context.Context, user int64, why queue.Why) error {
	var err error
	if why == "" {
		err = s.db.HDel(ctx, s.personKey(user), "gone").Err()
	} else {
		err = s.db.HSet(ctx, s.personKey(user), "gone", string(why)).Err()
	}
	if err != nil {
		return fmt.Errorf("set gone: %w", err)
	}
	return nil
}

// SetLanguage keeps the language a person, or a group (a negative ID), has chosen.
func (s *Store) SetLanguage(ctx context.Context, op queue.Op, chat int64, language string) error {
	return s.setProfile(ctx, op, chat, "lang", language)
}

// choose writes a choice once: what a process that stood still writes late, after another
// did it in its place, must not undo what was chosen since.
//
//	KEYS[1]  hash of a person or group
//	KEYS[2]  the op's mark: set here, kept for ARGV[3] seconds
//	ARGV[1]  field; ARGV[2] value; ARGV[3] seconds
//
// It returns 1 when written, 0 when the op was done before.
var choose = redis.NewScript(`
if not redis.call("SET", KEYS[2], 1, "NX", "EX", ARGV[3]) then return 0 end
redis.call("HSET", KEYS[1], ARGV[1], ARGV[2])
return 1`)

func (s *Store) setProfile(ctx context.Context, op queue.Op, chat int64, field, value string) error {
	if err := s.batch.run(ctx, choose, []string{s.homeKey(chat), s.opKey(string(op))}, field, value, int(keepOp.Seconds())).Err(); err != nil {
		return fmt.Errorf("set %s of chat %d: %w", field, chat, err)
	}
	return nil
}

// Migrate renames a group that has become a supergroup: itself in one step, then its schedule.
// Doing it again changes nothing.
func (s *Store) Migrate(ctx context.Context, from, to int64) error {
	if err := migrate.Run(ctx, s.db, []string{s.groupKey(from), s.groupKey(to), s.homesKey(from)}, from, to).Err(); err != nil {
		return fmt.Errorf("migrate chat %d to %d: %w", from, to, err)
	}
	return s.migratePush(ctx, from, to)
}

// migratePush has the new chat get the day's menu at the times of the old one.
func (s *Store) migratePush(ctx context.Context, from, to int64) error {
	old, err := s.Schedule(ctx, "push."+strconv.FormatInt(from, 10))
	if errors.Is(err, queue.ErrNoSchedule) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("migrate chat %d to %d: %w", from, to, err)
	}
	op := queue.Op(fmt.Sprintf("migrate.%d.%d", from, to))
	moved := old
	moved.ID, moved.Version = "push."+strconv.FormatInt(to, 10), 0
	if err := s.PutSchedule(ctx, op, moved); err != nil && !errors.Is(err, queue.ErrConflict) { // somebody has set new ones
		return fmt.Errorf("migrate chat %d to %d: %w", from, to, err)
	}
	if err := s.DropSchedule(ctx, op+".old", old.ID); err != nil && !errors.Is(err, queue.ErrNoSchedule) {
		return fmt.Errorf("migrate chat %d to %d: %w", from, to, err)
	}
	return nil
}
