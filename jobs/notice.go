package jobs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"xingfuli/bot/calendar"
	"xingfuli/bot/card"
	"xingfuli/bot/community"
	"xingfuli/bot/notice"
	"xingfuli/bot/queue"
	"xingfuli/bot/telegram"
	"xingfuli/bot/text"
)

// NoticeStore keeps notices, and knows whom they are for.
type NoticeStore interface {
	Content(ctx context.Context) (int64, error)
	Walk(ctx context.Context, content int64, to notice.Audience, page func(context.Context, []queue.Chat) error) error
	Notice(ctx context.Context, id string) (notice.Notice, error)
	UpdateNotice(ctx context.Context, op queue.Op, id string, now time.Time, change func(notice.Notice) (notice.Notice, community.Entry, error)) (notice.Notice, error)
	DeliverNotice(ctx context.Context, op queue.Op, n notice.Notice, by int64, rehearsal bool, now time.Time) error
	UnscheduleNotice(ctx context.Context, op queue.Op, id string) error
	Holders(ctx context.Context, role community.Role, id string) ([]int64, error)
	StaffMember(ctx context.Context, user int64) (community.Member, error)
	Known(ctx context.Context, chat, user int64) (queue.Known, error)
}

// Notices sends the notices of staff, and those that are scheduled at their times.
type Notices struct {
	Store NoticeStore
	Staff interface {
		Grants(ctx context.Context, user int64) (community.Grants, error)
	}
	Sender  Speaker
	Admins  []int64 // of the configuration
	Default text.Language
	Now     func() time.Time
	Days    func(context.Context) (h calendar.Holidays, version int64, err error)
}

// Kind is what deliveries of notices are.
func (j Notices) Kind() PostKind { return PostKind{Fill: j.fill, Compose: j.compose} }

// fill finds the chats that a notice is for, as of now.
func (j Notices) fill(ctx context.Context, d queue.Delivery, page func(context.Context, []queue.Chat) error) error {
	to := notice.Audience{Urgent: d.Urgent}
	for _, s := range d.To {
		target, err := notice.ParseTarget(s)
		if err != nil {
			return fmt.Errorf("%q: %w", s, err)
		}
		to.To = append(to.To, target)
	}
	content, err := j.Store.Content(ctx)
	if err != nil {
		return err
	}
	return j.Store.Walk(ctx, content, to, page)
}

// compose is the notice, in private with a button to hear no more of its kind.
func (j Notices) compose(_ context.Context, d queue.Delivery, to queue.Chat, w text.Words) (telegram.Message, error) {
	var b notice.Body
	if err := json.Unmarshal(d.Body, &b); err != nil {
		return telegram.Message{}, err
	}
	m := card.NoticeBody(b)
	if row := card.StopRow(w, d); row != nil && to.ID > 0 {
		m.Buttons = append(m.Buttons, row)
	}
	return m, nil
}

// Task is what the schedules of notices do.
func (j Notices) Task() Task { return Task{Title: j.title, Run: j.run} }

func (j Notices) title(w text.Words, s queue.Schedule) string {
	head := ""
	if n, err := j.Store.Notice(context.Background(), noticeOf(s)); err == nil {
		head = card.NoticeHead(n.Body)
	}
	return w.Plain("notice.title", map[string]any{"Head": head})
}

// noticeOf is the ID of the notice that a schedule is of.
func noticeOf(s queue.Schedule) string {
	_, id, _ := strings.Cut(s.ID, ".")
	return id
}

// run delivers a notice that is due, if its author may still send it.
func (j Notices) run(ctx context.Context, s queue.Schedule, run queue.Run) (queue.Outcome, error) {
	n, err := j.Store.Notice(ctx, noticeOf(s))
	if errors.Is(err, notice.ErrUnknown) {
		return queue.Nothing, nil
	}
	if err != nil {
		return "", err
	}
	if run.Rehearse {
		return queue.Done, j.Store.DeliverNotice(ctx, run.Op, n, run.By, true, j.Now())
	}
	if n.State != notice.Scheduled {
		return queue.Nothing, nil
	}
	g, err := j.Staff.Grants(ctx, n.Author)
	if err != nil {
		return "", err
	}
	if notice.May(g, n.To...) != nil {
		return queue.Skipped, j.lost(ctx, run.Op, n)
	}
	if err := j.Store.DeliverNotice(ctx, run.Op, n, n.Author, false, j.Now()); err != nil {
		return "", err
	}
	return queue.Done, j.end(ctx, run.Op, n)
}

// end notes that a notice has gone out for the last time, if it has.
func (j Notices) end(ctx context.Context, op queue.Op, n notice.Notice) error {
	var rule calendar.Rule
	if err := rule.UnmarshalText([]byte(n.When)); err != nil {
		return fmt.Errorf("notice %s: %w", n.ID, err)
	}
	days, _, err := j.Days(ctx)
	if err != nil {
		return err
	}
	if _, more := rule.Next(j.Now(), days); more {
		return nil
	}
	_, err = j.Store.UpdateNotice(ctx, op+".e", n.ID, j.Now(), func(n notice.Notice) (notice.Notice, community.Entry, error) {
		return n.End(), community.Entry{}, nil
	})
	if err != nil {
		return err
	}
	return j.Store.UnscheduleNotice(ctx, op+".u", n.ID)
}

// lost stops a notice whose author may not send it any more, and tells them and the admins.
func (j Notices) lost(ctx context.Context, op queue.Op, n notice.Notice) error {
	author, err := j.Store.StaffMember(ctx, n.Author)
	if err != nil {
		return err
	}
	admins, err := j.Store.Holders(ctx, community.Admin, "")
	if err != nil {
		return err
	}
	all := append(slices.Concat(j.Admins, admins), n.Author)
	slices.Sort(all)
	for _, user := range slices.Compact(all) {
		if err := j.tell(ctx, user, func(w text.Words) telegram.Message { return card.NoticeLost(w, n, card.Person(w, author)) }); err != nil {
			return err
		}
	}
	_, err = j.Store.UpdateNotice(ctx, op+".s", n.ID, j.Now(), func(n notice.Notice) (notice.Notice, community.Entry, error) {
		n, err := n.Stop()
		return n, community.Entry{At: j.Now(), What: "notice" + ".stop", About: card.NoticeHead(n.Body)}, err
	})
	if err != nil {
		return err
	}
	return j.Store.UnscheduleNotice(ctx, op+".u", n.ID)
}

// tell writes to somebody on the staff, if they can be reached.
func (j Notices) tell(ctx context.Context, user int64, say func(text.Words) telegram.Message) error {
	if user == 0 {
		return nil
	}
	known, err := j.Store.Known(ctx, user, user)
	if err != nil {
		return err
	}
	m := say(text.In(text.Match(known.Person.Language, j.Default)))
	m.Class = queue.Scheduled
	if _, err := j.Sender.Send(ctx, queue.Chat{ID: user}, m); !ended(err) {
		return err
	}
	return nil
}
