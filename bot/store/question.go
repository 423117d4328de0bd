package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"xingfuli/bot/community"
	"xingfuli/bot/queue"
)

// Open questions are kept apart from who wants to be told of their answers:
//
//	question:<id>   hash {text, community, count, first, last}, expires with community.KeepQuestion
//	questions       sorted set of IDs by when they were last asked
//	wishes:<id>     sorted set of accounts by when they wished, expires with community.KeepWish
//	wish:<account>  sorted set of IDs by when they wished, expires with community.KeepWish
//	tells           sorted set of "answer account second", by when to tell them next
//	pending:<id>    what somebody asked that looked like something else, kept for a day

// asking counts that a question was asked, once for each op.
//
//	KEYS[1]  hash of the question
//	KEYS[2]  the op's mark: set here, kept for ARGV[1] seconds
//	KEYS[3]  sorted set of questions
//	KEYS[4]  how many questions the account has asked today
//	ARGV[1]  seconds
//	ARGV[2]  ID; ARGV[3] text; ARGV[4] community; ARGV[5] now, seconds since 1970
//	ARGV[6]  seconds a question is kept; ARGV[7] how many are kept
//	ARGV[8]  how many questions an account may ask in a day
//
// It returns 1, also when the op was done before, and 0 when the account has asked too many.
// A question that falls out of KEYS[3] expires later.
var asking = redis.NewScript(`
if redis.call("EXISTS", KEYS[2]) == 1 then return 1 end
if tonumber(redis.call("GET", KEYS[4]) or "0") >= tonumber(ARGV[8]) then return 0 end
if redis.call("INCR", KEYS[4]) == 1 then redis.call("EXPIRE", KEYS[4], 86400) end
redis.call("HSETNX", KEYS[1], "text", ARGV[3])
redis.call("HSETNX", KEYS[1], "community", ARGV[4])
redis.call("HSETNX", KEYS[1], "first", ARGV[5])
redis.call("HINCRBY", KEYS[1], "count", 1)
redis.call("HSET", KEYS[1], "last", ARGV[5])
redis.call("EXPIRE", KEYS[1], ARGV[6])
redis.call("ZADD", KEYS[3], ARGV[5], ARGV[2])
redis.call("ZREMRANGEBYSCORE", KEYS[3], "-inf", ARGV[5] - ARGV[6])
redis.call("ZREMRANGEBYRANK", KEYS[3], 0, -ARGV[7] - 1)
redis.call("SET", KEYS[2], 1, "EX", ARGV[1])
return 1`)

// NoteQuestion keeps a question that nobody has answered, or counts that it was asked again.
// Who asked is not kept with it. It returns community.ErrAsked for who has asked too many
// in a day.
func (s *Store) NoteQuestion(ctx context.Context, op queue.Op, user int64, q community.Question) error {
	keys := []string{s.questionKey(q.ID), s.opKey(string(op)), s.questionsKey(), s.askedTodayKey(user)}
	keep := int(community.KeepQuestion.Seconds())
	n, err := s.batch.run(ctx, asking, keys, int(keepOp.Seconds()), q.ID, q.Text, q.Community, q.Last.Unix(), keep, community.MaxQuestions, community.MaxAsked).Int()
	if err == nil && n == 0 {
		err = community.ErrAsked
	}
	if err != nil {
		return fmt.Errorf("note question: %w", err)
	}
	return nil
}

// Questions lists all open questions, those asked last first.
func (s *Store) Questions(ctx context.Context) ([]community.Question, error) {
	ids, err := s.db.ZRevRange(ctx, s.questionsKey(), 0, community.MaxQuestions-1).Result()
	if err != nil {
		return nil, fmt.Errorf("questions: %w", err)
	}
	return s.questions(ctx, ids)
}

// Question finds an open question. It returns community.ErrNoQuestion when there is none.
func (s *Store) Question(ctx context.Context, id string) (community.Question, error) {
	qs, err := s.questions(ctx, []string{id})
	if err == nil && len(qs) == 0 {
		err = community.ErrNoQuestion
	}
	if err != nil {
		return community.Question{}, err
	}
	return qs[0], nil
}

func (s *Store) questions(ctx context.Context, ids []string) ([]community.Question, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	pipe := s.db.Pipeline()
	rows := make([]*redis.MapStringStringCmd, len(ids))
	for i, id := range ids {
		rows[i] = pipe.HGetAll(ctx, s.questionKey(id))
	}
	if _, err := pipe.Exec(ctx); err != nil {
		return nil, fmt.Errorf("questions: %w", err)
	}
	var qs []community.Question
	for i, row := range rows {
		r := row.Val()
		if r["text"] == "" {
			continue // expired
		}
		q := community.Question{ID: ids[i], Community: r["community"], Text: r["text"], First: second(r["first"]), Last: second(r["last"])}
		q.Count, _ = strconv.ParseInt(r["count"], 10, 64)
		qs = append(qs, q)
	}
	return qs, nil
}

func second(s string) time.Time {
	n, _ := strconv.ParseInt(s, 10, 64)
	return time.Unix(n, 0)
}

// keepPending is how long what looked like something else waits for a press.
const keepPending = 24 * time.Hour

// SetPending keeps, under an ID and for a day, a question for which answers were offered.
func (s *Store) SetPending(ctx context.Context, id string, q community.Question) error {
	body, err := json.Marshal(q)
	if err == nil {
		err = s.db.Set(ctx, s.pendingKey(id), body, keepPending).Err()
	}
	if err != nil {
		return fmt.Errorf("set pending: %w", err)
	}
	return nil
}

// Pending returns what SetPending kept, or community.ErrNoQuestion.
func (s *Store) Pending(ctx context.Context, id string) (q community.Question, err error) {
	body, err := s.db.Get(ctx, s.pendingKey(id)).Bytes()
	switch {
	case errors.Is(err, redis.Nil):
		return q, community.ErrNoQuestion
	case err == nil:
		err = json.Unmarshal(body, &q)
	}
	if err != nil {
		return q, fmt.Errorf("pending: %w", err)
	}
	return q, nil
}

// wish notes that somebody wants to be told of an answer.
//
//	KEYS[1]  hash of the question, which must be there
//	KEYS[2]  accounts that wish so; KEYS[3] what this account wishes
//	ARGV[1]  the account; ARGV[2] ID of the question
//	ARGV[3]  now, seconds since 1970; ARGV[4] seconds a wish is kept
//	ARGV[5]  how many wishes of one account are kept
//
// It returns 1, 0 when the question is not open, and -1 when the account has too many
// wishes. Doing it again makes the wish younger.
var wish = redis.NewScript(`
if redis.call("EXISTS", KEYS[1]) == 0 then return 0 end
for i = 2, 3 do redis.call("ZREMRANGEBYSCORE", KEYS[i], "-inf", ARGV[3] - ARGV[4]) end
if redis.call("ZCARD", KEYS[3]) >= tonumber(ARGV[5]) and not redis.call("ZSCORE", KEYS[3], ARGV[2]) then return -1 end
for i, member in ipairs({ARGV[1], ARGV[2]}) do
	redis.call("ZADD", KEYS[i + 1], ARGV[3], member)
	redis.call("EXPIRE", KEYS[i + 1], ARGV[4])
end
return 1`)

// Wish notes that somebody wants to be told when the question is answered. It returns
// community.ErrNoQuestion when that is not open, and community.ErrWishes.
func (s *Store) Wish(ctx context.Context, user int64, id string, now time.Time) error {
	keys := []string{s.questionKey(id), s.wishesKey(id), s.wishKey(user)}
	n, err := s.batch.run(ctx, wish, keys, user, id, now.Unix(), int(community.KeepWish.Seconds()), community.MaxWishes).Int()
	switch {
	case err == nil && n == 0:
		err = community.ErrNoQuestion
	case err == nil && n < 0:
		err = community.ErrWishes
	}
	if err != nil {
		return fmt.Errorf("wish: %w", err)
	}
	return nil
}

// settle writes the answer to an open question, or with an empty body none, and takes the
// question away: who wants to be told goes from its wishes to those who are to be told.
//
//	KEYS[1]   hash {version, body} of the answer; KEYS[2] the op's mark: set here, kept for ARGV[3] seconds
//	KEYS[3]   counter of all published content; KEYS[4] sorted set of answers
//	KEYS[5]   the audit trail; KEYS[6] its actors
//	KEYS[7]   hash of the question; KEYS[8] sorted set of questions
//	KEYS[9]   accounts that wish to be told; KEYS[10] who is to be told
//	ARGV[1]   version of the answer that was read, 0 for a new one; ARGV[2] its new body, JSON
//	ARGV[3]   seconds; ARGV[4] ID of the answer; ARGV[5] ID of the question
//	ARGV[6]   now, seconds since 1970; ARGV[7] since when wishes count
//	ARGV[8]   … entries for the trail, eight arguments each (see entryArgs)
//
// It returns 1 when written, also by an earlier try of the same op, 0 when another writer
// came first, and -1 when the question is not open any more.
var settle = redis.NewScript(recording + `
if redis.call("EXISTS", KEYS[2]) == 1 then return 1 end
if redis.call("EXISTS", KEYS[7]) == 0 then return -1 end
if ARGV[2] ~= "" then
	local seen = redis.call("HGET", KEYS[1], "version") or "0"
	if seen ~= ARGV[1] then return 0 end
	redis.call("HSET", KEYS[1], "version", seen + 1, "body", ARGV[2])
	redis.call("ZADD", KEYS[4], 0, ARGV[4])
	redis.call("INCR", KEYS[3])
	for _, account in ipairs(redis.call("ZRANGEBYSCORE", KEYS[9], ARGV[7], "+inf")) do
		redis.call("ZADD", KEYS[10], ARGV[6], ARGV[4] .. " " .. account .. " " .. ARGV[6])
	end
end
redis.call("DEL", KEYS[7], KEYS[9])
redis.call("ZREM", KEYS[8], ARGV[5])
for i = 8, #ARGV, 8 do note(KEYS[5], KEYS[6], i) end
redis.call("SET", KEYS[2], 1, "EX", ARGV[3])
return 1`)

// AnswerQuestion writes an answer over its Version and closes the question that it answers;
// who wanted to know in the last seven days is to be told (see Tell). It returns
// queue.ErrConflict when somebody else wrote the answer meanwhile, and
// community.ErrNoQuestion when the question is not open any more.
func (s *Store) AnswerQuestion(ctx context.Context, op queue.Op, question string, a community.Answer, e community.Entry) error {
	body, err := json.Marshal(a)
	if err != nil {
		return fmt.Errorf("answer question: %w", err)
	}
	return s.settle(ctx, op, question, a, string(body), e)
}

// DismissQuestion closes a question without an answer. It returns community.ErrNoQuestion
// when it is not open any more.
func (s *Store) DismissQuestion(ctx context.Context, op queue.Op, question string, e community.Entry) error {
	return s.settle(ctx, op, question, community.Answer{}, "", e)
}

func (s *Store) settle(ctx context.Context, op queue.Op, question string, a community.Answer, body string, e community.Entry) error {
	waiting, err := s.db.ZRange(ctx, s.wishesKey(question), 0, -1).Result()
	if err != nil {
		return fmt.Errorf("settle question %s: %w", question, err)
	}
	keys := []string{
		s.answerKey(a.ID), s.opKey(string(op)), s.contentKey(), s.answersKey(), s.auditKey(), s.actorsKey(),
		s.questionKey(question), s.questionsKey(), s.wishesKey(question), s.tellsKey(),
	}
	args := []any{a.Version, body, int(keepOp.Seconds()), a.ID, question, e.At.Unix(), e.At.Add(-community.KeepWish).Unix()}
	n, err := s.batch.run(ctx, settle, keys, append(args, entryArgs([]community.Entry{e})...)...).Int()
	switch {
	case err == nil && n == 0:
		err = queue.ErrConflict
	case err == nil && n < 0:
		err = community.ErrNoQuestion
	}
	if err != nil {
		return fmt.Errorf("settle question %s: %w", question, err)
	}
	return s.unwish(ctx, question, waiting)
}

// unwish takes a question that is settled off what accounts wait for. What is left because
// the process was killed before expires with community.KeepWish.
func (s *Store) unwish(ctx context.Context, question string, waiting []string) error {
	if len(waiting) == 0 {
		return nil
	}
	pipe := s.db.Pipeline()
	for _, user := range waiting {
		pipe.ZRem(ctx, s.wishKey(account(user)), question)
	}
	if _, err := pipe.Exec(ctx); err != nil {
		return fmt.Errorf("settle question %s: %w", question, err)
	}
	return nil
}

// claim takes one who is to be told, and puts the next try off.
//
//	KEYS[1]  sorted set of who is to be told, by when
//	ARGV[1]  now, seconds since 1970; ARGV[2] when to try again, unless Told is called
//
// It returns the member, or nil when nobody is to be told now.
var claim = redis.NewScript(`
local due = redis.call("ZRANGEBYSCORE", KEYS[1], "-inf", ARGV[1], "LIMIT", 0, 1)[1]
if due then redis.call("ZADD", KEYS[1], ARGV[2], due) end
return due`)

// Tell takes somebody who is to be told of an answer, for one replica alone until again has
// passed: it tells them and calls Told, or dies and another one does. ok is false when
// nobody is to be told now. Who has not been told in seven days is not any more.
func (s *Store) Tell(ctx context.Context, now time.Time, again time.Duration) (tell community.Tell, ok bool, err error) {
	for {
		member, err := claim.Run(ctx, s.db, []string{s.tellsKey()}, now.Unix(), now.Add(again).Unix()).Text()
		if errors.Is(err, redis.Nil) {
			return community.Tell{}, false, nil
		}
		if err != nil {
			return community.Tell{}, false, fmt.Errorf("tell: %w", err)
		}
		if tell, ok := readTell(member); ok && now.Sub(tell.Since) < community.KeepWish {
			return tell, true, nil
		}
		if err := s.db.ZRem(ctx, s.tellsKey(), member).Err(); err != nil {
			return community.Tell{}, false, fmt.Errorf("tell: %w", err)
		}
	}
}

func tellMember(t community.Tell) string {
	return fmt.Sprintf("%s %d %d", t.Answer, t.User, t.Since.Unix())
}

func readTell(member string) (t community.Tell, ok bool) {
	f := strings.Fields(member)
	if len(f) != 3 {
		return t, false
	}
	user, err := strconv.ParseInt(f[1], 10, 64)
	return community.Tell{Answer: f[0], User: user, Since: second(f[2])}, err == nil
}

// Told notes that somebody was told, or cannot be.
func (s *Store) Told(ctx context.Context, t community.Tell) error {
	if err := s.db.ZRem(ctx, s.tellsKey(), tellMember(t)).Err(); err != nil {
		return fmt.Errorf("told: %w", err)
	}
	return nil
}
