package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"

	"xingfuli/bot/community"
	"xingfuli/bot/notice"
	"xingfuli/bot/queue"
)

// NoticeList is one of the lists of notices.
type NoticeList = string

// The lists: what is to come by when it was made, what was by when it was last sent or, if
// never, decided. What is sent over and over is in both.
const (
	NoticesAhead NoticeList = "ahead"
	NoticesPast  NoticeList = "past"
)

// How long notices are kept, and what somebody is writing.
const (
	keepNotice = notice.Keep * 365 * 24 * time.Hour
	keepDraft  = 7 * 24 * time.Hour
)

func (s *Store) noticeKey(id string) string        { return s.prefix + "notice:" + id }
func (s *Store) noticesKey(list NoticeList) string { return s.prefix + "notices:" + list }
func (s *Store) noticesByKey(user int64) string {
	return s.prefix + "noticesby:" + strconv.FormatInt(user, 10)
}
func (s *Store) noticeDraftKey(user int64) string {
	return s.prefix + "draft:" + strconv.FormatInt(user, 10)
}

// file writes a notice unless someone wrote it after it was read.
//
//	KEYS[1]  hash {version, body}
//	KEYS[2]  the op's mark: set here, kept for ARGV[3] seconds
//	KEYS[3]  sorted set of those ahead; KEYS[4] of those past; KEYS[5] of the author's
//	KEYS[6]  the audit trail; KEYS[7] its actors
//	ARGV[1]  the version that was read, 0 for a new one
//	ARGV[2]  the new body, JSON
//	ARGV[3]  seconds
//	ARGV[4]  the notice's ID; ARGV[5] its score ahead, ARGV[6] past; empty: it is not there
//	ARGV[7]  seconds to keep it; ARGV[8] the score before which others are dropped
//	ARGV[9]  … entries for the trail, eight arguments each (see entryArgs)
//
// It returns 1 when written, also by an earlier try of the same op, and 0 when another
// writer came first.
var file = redis.NewScript(recording + `
if redis.call("EXISTS", KEYS[2]) == 1 then return 1 end
local seen = redis.call("HGET", KEYS[1], "version") or "0"
if seen ~= ARGV[1] then return 0 end
redis.call("HSET", KEYS[1], "version", seen + 1, "body", ARGV[2])
redis.call("EXPIRE", KEYS[1], ARGV[7])
for i = 3, 4 do
	local score = ARGV[i + 2]
	if score == "" then redis.call("ZREM", KEYS[i], ARGV[4]) else redis.call("ZADD", KEYS[i], score, ARGV[4]) end
end
redis.call("ZADD", KEYS[5], ARGV[8] + ARGV[7], ARGV[4])
for i = 4, 5 do redis.call("ZREMRANGEBYSCORE", KEYS[i], "-inf", "(" .. ARGV[8]) end
redis.call("EXPIRE", KEYS[5], ARGV[7])
for i = 9, #ARGV, 8 do note(KEYS[6], KEYS[7], i) end
redis.call("SET", KEYS[2], 1, "EX", ARGV[3])
return 1`)

// PutNotice writes a notice over its version, and returns queue.ErrConflict when another
// writer came first. now is when.
func (s *Store) PutNotice(ctx context.Context, op queue.Op, n notice.Notice, now time.Time, es ...community.Entry) error {
	body, err := json.Marshal(n)
	if err != nil {
		return fmt.Errorf("notice %s: %w", n.ID, err)
	}
	ahead, past := "", ""
	if n.State == notice.Waiting || n.State == notice.Scheduled {
		ahead = strconv.FormatInt(n.Made.Unix(), 10)
	}
	switch {
	case !n.Last.IsZero():
		past = strconv.FormatInt(n.Last.Unix(), 10)
	case ahead == "":
		past = strconv.FormatInt(now.Unix(), 10)
	}
	keys := []string{
		s.noticeKey(n.ID), s.opKey(string(op)), s.noticesKey(NoticesAhead), s.noticesKey(NoticesPast), s.noticesByKey(n.Author), s.auditKey(), s.actorsKey(),
	}
	keep := int64(keepNotice.Seconds())
	args := append([]any{n.Version, body, int(keepOp.Seconds()), n.ID, ahead, past, keep, now.Unix() - keep}, entryArgs(es)...)
	written, err := s.batch.run(ctx, file, keys, args...).Int()
	if err != nil {
		return fmt.Errorf("notice %s: %w", n.ID, err)
	}
	if written == 0 {
		return fmt.Errorf("notice %s: %w", n.ID, queue.ErrConflict)
	}
	return nil
}

// Notice reads a notice, or returns notice.ErrUnknown.
func (s *Store) Notice(ctx context.Context, id string) (notice.Notice, error) {
	ns, err := s.readNotices(ctx, []string{id})
	if err != nil {
		return notice.Notice{}, err
	}
	if len(ns) == 0 {
		return notice.Notice{}, fmt.Errorf("notice: %w", notice.ErrUnknown)
	}
	return ns[0], nil
}

// UpdateNotice makes of a notice what change says, and returns it. change is called again when
// another writer came first; an entry without a What is not recorded. An op that was done
// before returns the notice as it is, without change.
func (s *Store) UpdateNotice(ctx context.Context, op queue.Op, id string, now time.Time, change func(notice.Notice) (notice.Notice, community.Entry, error)) (notice.Notice, error) {
	for range edits {
		n, err := s.Notice(ctx, id)
		if err != nil {
			return n, err
		}
		done, err := s.db.Exists(ctx, s.opKey(string(op))).Result()
		if err != nil {
			return n, fmt.Errorf("notice %s: %w", id, err)
		}
		if done > 0 {
			return n, nil
		}
		next, e, err := change(n)
		if err != nil {
			return n, err
		}
		var es []community.Entry
		if e.What != "" {
			es = append(es, e)
		}
		err = s.PutNotice(ctx, op, next, now, es...)
		if err == nil {
			next.Version++
			return next, nil
		}
		if !errors.Is(err, queue.ErrConflict) {
			return n, err
		}
	}
	return notice.Notice{}, fmt.Errorf("notice %s: %w", id, queue.ErrConflict)
}

// Notices lists notices, the newest first: n from the one at from on.
func (s *Store) Notices(ctx context.Context, list NoticeList, from, n int64) ([]notice.Notice, error) {
	ids, err := s.db.ZRevRange(ctx, s.noticesKey(list), from, from+n-1).Result()
	if err != nil {
		return nil, fmt.Errorf("notices: %w", err)
	}
	return s.readNotices(ctx, ids)
}

func (s *Store) readNotices(ctx context.Context, ids []string) ([]notice.Notice, error) {
	return list(ctx, s, ids, s.noticeKey, func(n *notice.Notice, v int64) { n.Version = v })
}

// KindNotice is the kind of the deliveries of notices.
const KindNotice = "notice"

// DeliverNotice starts a delivery of a notice, once for each op: to all whom it is for, or as
// a rehearsal to the person by alone. The report goes to by.
func (s *Store) DeliverNotice(ctx context.Context, op queue.Op, n notice.Notice, by int64, rehearsal bool, now time.Time) error {
	body, err := json.Marshal(n.Body)
	if err != nil {
		return fmt.Errorf("deliver notice %s: %w", n.ID, err)
	}
	d := queue.Delivery{
		Kind: KindNotice, Ref: n.ID, Body: body, Author: by, Urgent: n.Urgent || rehearsal, Receipt: n.Receipt, Rehearsal: rehearsal, Made: now,
	}
	for _, t := range n.To {
		d.To = append(d.To, t.String())
	}
	if d, err = s.StartDelivery(ctx, op, d); err != nil || rehearsal {
		return err
	}
	_, err = s.UpdateNotice(ctx, op+".n", n.ID, now, func(n notice.Notice) (notice.Notice, community.Entry, error) {
		return n.Deliver(d.ID, now), community.Entry{}, nil
	})
	return err
}

// noticeSchedule is the ID of a notice's schedule.
func noticeSchedule(id string) string { return KindNotice + "." + id }

// ScheduleNotice has a notice delivered at its times, once for each op; other times than it
// had replace them.
func (s *Store) ScheduleNotice(ctx context.Context, op queue.Op, n notice.Notice) error {
	for range edits {
		sc, err := s.Schedule(ctx, noticeSchedule(n.ID))
		if err != nil && !errors.Is(err, queue.ErrNoSchedule) {
			return err
		}
		sc.ID, sc.Rule, sc.Author, sc.Paused, sc.Next, sc.From = noticeSchedule(n.ID), n.When, n.Author, false, queue.Occurrence{}, time.Time{}
		if err = s.PutSchedule(ctx, op, sc); !errors.Is(err, queue.ErrConflict) {
			return err
		}
	}
	return fmt.Errorf("schedule notice %s: %w", n.ID, queue.ErrConflict)
}

// UnscheduleNotice takes that back; it is harmless where nothing is scheduled.
func (s *Store) UnscheduleNotice(ctx context.Context, op queue.Op, id string) error {
	err := s.DropSchedule(ctx, op, noticeSchedule(id))
	if errors.Is(err, queue.ErrNoSchedule) {
		return nil
	}
	return err
}

// NoticeDraft is what somebody was writing in the last days; ok is false when there is nothing.
func (s *Store) NoticeDraft(ctx context.Context, user int64) (d notice.Draft, ok bool, err error) {
	body, err := s.db.Get(ctx, s.noticeDraftKey(user)).Bytes()
	if errors.Is(err, redis.Nil) {
		return d, false, nil
	}
	if err == nil {
		err = json.Unmarshal(body, &d)
	}
	if err != nil {
		return d, false, fmt.Errorf("draft of %d: %w", user, err)
	}
	return d, true, nil
}

// KeepNoticeDraft keeps what somebody is writing, and forgets what they wrote before.
func (s *Store) KeepNoticeDraft(ctx context.Context, user int64, d notice.Draft) error {
	body, err := json.Marshal(d)
	if err == nil {
		err = s.db.Set(ctx, s.noticeDraftKey(user), body, keepDraft).Err()
	}
	if err != nil {
		return fmt.Errorf("draft of %d: %w", user, err)
	}
	return nil
}

// DropNoticeDraft forgets what somebody was writing.
func (s *Store) DropNoticeDraft(ctx context.Context, user int64) error {
	if err := s.db.Del(ctx, s.noticeDraftKey(user)).Err(); err != nil {
		return fmt.Errorf("draft of %d: %w", user, err)
	}
	return nil
}

// exportNotices hands over what a person is writing, and has written.
func exportNotices(ctx context.Context, p *Privacy, user int64) (any, bool, error) {
	var all []any
	d, ok, err := p.s.NoticeDraft(ctx, user)
	if err != nil {
		return nil, false, err
	}
	if ok {
		all = append(all, d)
	}
	ids, err := p.s.db.ZRange(ctx, p.s.noticesByKey(user), 0, -1).Result()
	if err != nil {
		return nil, false, err
	}
	ns, err := p.s.readNotices(ctx, ids)
	for _, n := range ns {
		n.Second = 0 // another's account
		all = append(all, n)
	}
	return all, len(all) > 0, err
}

// eraseNotices cuts a person out of what they have sent to others; what was to be sent is not
// sent any more, as nobody answers for it.
func eraseNotices(ctx context.Context, p *Privacy, user int64) error {
	if err := p.s.DropNoticeDraft(ctx, user); err != nil {
		return err
	}
	for _, list := range []NoticeList{NoticesAhead, NoticesPast} {
		if err := p.forgetAuthor(ctx, list, user); err != nil {
			return err
		}
	}
	return p.s.db.Del(ctx, p.s.noticesByKey(user)).Err() // last: what was interrupted before it is done again
}

func (p *Privacy) forgetAuthor(ctx context.Context, list NoticeList, user int64) error {
	ids, err := p.s.db.ZRange(ctx, p.s.noticesKey(list), 0, -1).Result()
	if err != nil {
		return err
	}
	for len(ids) > 0 {
		some := ids[:min(200, len(ids))]
		ids = ids[len(some):]
		ns, err := p.s.readNotices(ctx, some)
		if err != nil {
			return err
		}
		for _, n := range ns {
			if n.Author != user && n.Second != user {
				continue
			}
			if err := p.forget(ctx, n, user); err != nil {
				return err
			}
		}
	}
	return nil
}

func (p *Privacy) forget(ctx context.Context, n notice.Notice, user int64) error {
	if n.Second == user {
		n.Second = 0
	}
	if n.Author == user {
		n.Author = 0
		if n.State == notice.Waiting || n.State == notice.Scheduled {
			n.State = notice.Stopped
		}
	}
	op := queue.Op(fmt.Sprintf("forget.%s.%d", n.ID, n.Version))
	return p.s.PutNotice(ctx, op, n, time.Now())
}
