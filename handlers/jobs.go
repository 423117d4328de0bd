package handlers

import (
	"context"
	"errors"
	"strconv"
	"time"

	"xingfuli/bot/calendar"
	"xingfuli/bot/card"
	"xingfuli/bot/community"
	"xingfuli/bot/queue"
	"xingfuli/bot/telegram"
	"xingfuli/bot/text"
)

// JobStore keeps schedules and their runs.
type JobStore interface {
	Schedules(ctx context.Context, kind string, offset, n int64) ([]queue.Schedule, int64, error)
	Schedule(ctx context.Context, id string) (queue.Schedule, error)
	Runs(ctx context.Context, id string, n int64) ([]queue.Run, error)
	PauseSchedule(ctx context.Context, op queue.Op, id string, paused bool, entries ...community.Entry) error
	RunSchedule(ctx context.Context, op queue.Op, run queue.Run, entries ...community.Entry) error
	SettleRun(ctx context.Context, op queue.Op, id string, run queue.Op, by int64, now bool, at time.Time, entries ...community.Entry) (queue.Run, error)
	StaffMember(ctx context.Context, user int64) (community.Member, error)
}

// Jobs shows admins what is done by the clock, and lets them run, rehearse and pause it. Who is
// asked about something that was missed answers here.
type Jobs struct {
	Store    JobStore
	Staff    Staff
	Title    func(w text.Words, s queue.Schedule) string
	Holidays func(ctx context.Context) (h calendar.Holidays, version int64, err error)
	Upkeep   []string // names of what each replica does besides
}

// Register takes /jobs, its buttons, and those of what was missed.
func (h Jobs) Register(r *telegram.Router) {
	r.Command("jobs", h.list, telegram.In(telegram.Private), telegram.For(has(h.Staff, community.Admin)), telegram.About("jobs.about"))
	r.Button("jobs", h.page)
	r.Button("job", h.open)
	r.Button("jobrun", h.sure)
	r.Button("jobnow", h.now)
	r.Button("jobtry", h.rehearse)
	r.Button("jobpause", func(ctx context.Context, t *telegram.Turn) error {
		return h.pause(ctx, t, true, "job.pause", "jobs.paused")
	})
	r.Button("jobresume", func(ctx context.Context, t *telegram.Turn) error {
		return h.pause(ctx, t, false, "job.resume", "jobs.resumed")
	})
	r.Button("latenow", func(ctx context.Context, t *telegram.Turn) error { return h.late(ctx, t, true, "job.late") })
	r.Button("lateskip", func(ctx context.Context, t *telegram.Turn) error { return h.late(ctx, t, false, "job.skip") })
}

func (h Jobs) list(ctx context.Context, t *telegram.Turn) error {
	m, err := h.jobs(ctx, t, 0)
	if err != nil {
		return err
	}
	_, err = t.Send(ctx, m)
	return err
}

func (h Jobs) page(ctx context.Context, t *telegram.Turn) error {
	if err := admin(ctx, h.Staff, t); err != nil {
		return err
	}
	_, page := card.CutPage(t.Button.ID)
	m, err := h.jobs(ctx, t, page)
	if err != nil {
		return err
	}
	return t.Edit(ctx, m)
}

func (h Jobs) jobs(ctx context.Context, t *telegram.Turn, page int) (telegram.Message, error) {
	ss, total, err := h.Store.Schedules(ctx, "", int64(page)*card.PerPage, card.PerPage)
	if err != nil {
		return telegram.Message{}, err
	}
	p := card.Page{Number: page, Total: int(total)}
	if len(ss) == 0 && total > 0 { // behind the end, as an old button may be
		if ss, _, err = h.Store.Schedules(ctx, "", int64(p.From()), card.PerPage); err != nil {
			return telegram.Message{}, err
		}
	}
	js := make([]card.Job, 0, len(ss))
	for _, s := range ss {
		j := h.job(t, s)
		if !s.Next.At.IsZero() {
			j.Next = []calendar.Occurrence{{At: s.Next.At.In(t.Now.Location()), Wall: s.Next.Wall}}
		}
		if s.Last.Schedule != "" {
			j.Runs = []card.JobRun{jobRun(t, s.Last)}
		}
		js = append(js, j)
	}
	return card.Jobs(t.Words(), js, p, h.Upkeep, t.Now), nil
}

func (h Jobs) job(t *telegram.Turn, s queue.Schedule) card.Job {
	var rule calendar.Rule
	_ = rule.UnmarshalText([]byte(s.Rule)) // one that cannot be read never comes, and is shown so
	return card.Job{ID: s.ID, Title: h.Title(t.Words(), s), Rule: rule, Paused: s.Paused}
}

func jobRun(t *telegram.Turn, r queue.Run) card.JobRun {
	return card.JobRun{At: r.Due.In(t.Now.Location()), Outcome: string(r.Outcome), Code: r.Note, Hand: r.By != 0 && !r.Rehearse, Rehearse: r.Rehearse}
}

func (h Jobs) open(ctx context.Context, t *telegram.Turn) error {
	if err := admin(ctx, h.Staff, t); err != nil {
		return err
	}
	s, err := h.schedule(ctx, t.Button.ID)
	if err != nil {
		return err
	}
	return h.show(ctx, t, s)
}

// schedule is what a button names; one that is gone makes the button stale.
func (h Jobs) schedule(ctx context.Context, id string) (queue.Schedule, error) {
	s, err := h.Store.Schedule(ctx, id)
	if errors.Is(err, queue.ErrNoSchedule) {
		return s, telegram.ErrStale
	}
	return s, err
}

// nextTimes is how many times of a job are shown, and lastRuns how many of its runs.
const (
	nextTimes = 3
	lastRuns  = 5
)

func (h Jobs) show(ctx context.Context, t *telegram.Turn, s queue.Schedule) error {
	runs, err := h.Store.Runs(ctx, s.ID, lastRuns)
	if err != nil {
		return err
	}
	days, _, err := h.Holidays(ctx)
	if err != nil {
		return err
	}
	j := h.job(t, s)
	j.Next = card.NextTimes(j.Rule, t.Now, days, nextTimes)
	for _, r := range runs {
		j.Runs = append(j.Runs, jobRun(t, r))
	}
	return t.Edit(ctx, card.OneJob(t.Words(), j, t.Now))
}

// sure asks before a job is run by hand.
func (h Jobs) sure(ctx context.Context, t *telegram.Turn) error {
	if err := admin(ctx, h.Staff, t); err != nil {
		return err
	}
	s, err := h.schedule(ctx, t.Button.ID)
	if err != nil {
		return err
	}
	return t.Edit(ctx, card.SureJob(t.Words(), s.ID, h.Title(t.Words(), s), t.Now.UnixMilli()))
}

// now runs a job, once for each time that sure has asked.
func (h Jobs) now(ctx context.Context, t *telegram.Turn) error {
	op := queue.Op("now." + strconv.FormatInt(t.UserID(), 10) + "." + strconv.FormatInt(t.Button.Version, 36) + "." + t.Button.ID)
	return h.run(ctx, t, op, false, "job.run", "jobs.started")
}

func (h Jobs) rehearse(ctx context.Context, t *telegram.Turn) error {
	return h.run(ctx, t, t.Op(), true, "job.rehearse", "jobs.rehearsed")
}

func (h Jobs) run(ctx context.Context, t *telegram.Turn, op queue.Op, rehearse bool, what, key string) error {
	if err := admin(ctx, h.Staff, t); err != nil {
		return err
	}
	s, err := h.schedule(ctx, t.Button.ID)
	if err != nil {
		return err
	}
	r := queue.Run{Schedule: s.ID, Wall: t.Now.Format("2006-01-02 15:04"), Due: t.Now, By: t.UserID(), Rehearse: rehearse}
	if err := h.Store.RunSchedule(ctx, op, r, h.entry(t, s, what)); err != nil {
		return err
	}
	if err := t.Toast(ctx, key, nil); err != nil {
		return err
	}
	return h.show(ctx, t, s)
}

func (h Jobs) entry(t *telegram.Turn, s queue.Schedule, what string) community.Entry {
	return community.Entry{At: t.Now, Who: t.UserID(), What: what, About: h.Title(t.Words(), s)}
}

func (h Jobs) pause(ctx context.Context, t *telegram.Turn, paused bool, what, key string) error {
	if err := admin(ctx, h.Staff, t); err != nil {
		return err
	}
	s, err := h.schedule(ctx, t.Button.ID)
	if err != nil {
		return err
	}
	if err := h.Store.PauseSchedule(ctx, t.Op(), s.ID, paused, h.entry(t, s, what)); err != nil {
		return err
	}
	if err := t.Toast(ctx, key, nil); err != nil {
		return err
	}
	s.Paused = paused
	return h.show(ctx, t, s)
}

// late does what the author or an admin wants done about an occurrence that was missed. The
// first of those who were asked decides; the others are told who that was.
func (h Jobs) late(ctx context.Context, t *telegram.Turn, now bool, what string) error {
	id, mark, ok := card.CutLate(t.Button.ID)
	if !ok {
		return telegram.ErrStale
	}
	s, err := h.schedule(ctx, id)
	if err != nil {
		return err
	}
	if s.Author == 0 || t.UserID() != s.Author {
		if err := admin(ctx, h.Staff, t); err != nil {
			return err
		}
	}
	r, err := h.Store.SettleRun(ctx, t.Op(), id, queue.RunOp(id, mark), t.UserID(), now, t.Now, h.entry(t, s, what))
	switch {
	case errors.Is(err, queue.ErrNoSchedule):
		return telegram.ErrStale
	case errors.Is(err, queue.ErrConflict):
		return h.dealt(ctx, t, s, r)
	case err != nil:
		return err
	}
	return t.Edit(ctx, card.Late(t.Words(), h.Title(t.Words(), s), r.Due.In(t.Now.Location()), now))
}

// dealt tells who was first.
func (h Jobs) dealt(ctx context.Context, t *telegram.Turn, s queue.Schedule, r queue.Run) error {
	if r.By == 0 {
		return telegram.ErrStale
	}
	by, err := h.Store.StaffMember(ctx, r.By)
	if err != nil {
		return err
	}
	title, due, now := h.Title(t.Words(), s), r.Due.In(t.Now.Location()), r.Outcome != queue.Skipped
	if r.By == t.UserID() {
		return t.Edit(ctx, card.Late(t.Words(), title, due, now))
	}
	return t.Edit(ctx, card.Dealt(t.Words(), title, due, now, by.Name))
}
