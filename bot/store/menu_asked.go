package store

import (
	"context"
	"fmt"
	"strconv"

	"github.com/redis/go-redis/v9"

	"xingfuli/bot/queue"
)

// again decides what a question in a group gets that nobody put to the bot itself.
//
//	KEYS[1]  hash {print, first, message, second} of this question in this group
//	ARGV[1]  the op
//	ARGV[2]  the print of the answer: another one is another answer
//	ARGV[3]  seconds
//
// It returns 0 for an answer, the ID of the last answer for a word that quotes it, and -1
// for silence. A retry of the same op gets what its first try got.
var again = redis.NewScript(`
local k = redis.call("HMGET", KEYS[1], "print", "first", "message", "second")
if k[1] ~= ARGV[2] or k[2] == ARGV[1] or not k[3] then
	redis.call("DEL", KEYS[1])
	redis.call("HSET", KEYS[1], "print", ARGV[2], "first", ARGV[1])
	redis.call("EXPIRE", KEYS[1], ARGV[3])
	return 0
end
if k[4] and k[4] ~= ARGV[1] then return -1 end
redis.call("HSET", KEYS[1], "second", ARGV[1])
return tonumber(k[3])`)

// Asked decides what a question in a group gets that nobody put to the bot itself, within
// ten minutes of its last answer: an answer at first (0), then once a word that quotes
// this message, then silence (-1). When the answer is not what it was, it is given anew.
// question names what was asked, however it was worded; answer tells one answer from another.
func (s *Store) Asked(ctx context.Context, op queue.Op, chat int64, question, answer string) (message int, err error) {
	keys := []string{s.askedKey(chat, question)}
	if message, err = s.batch.run(ctx, again, keys, string(op), answer, int(keepAsked.Seconds())).Int(); err != nil {
		return 0, fmt.Errorf("asked in %d: %w", chat, err)
	}
	return message, nil
}

// Answered notes the message that answered a question which Asked had answered. It waits
// for nothing: see Show.
func (s *Store) Answered(chat int64, question string, message int) {
	if message == 0 {
		return // nobody knows whether it was sent: the next one is answered
	}
	key := s.askedKey(chat, question)
	s.batch.ride(func(ctx context.Context, pipe redis.Pipeliner) redis.Cmder {
		pipe.HSet(ctx, key, "message", strconv.Itoa(message))
		return pipe.Expire(ctx, key, keepAsked)
	})
}
