package handlers

import (
	"context"
	"errors"
	"time"

	"xingfuli/bot/calendar"
	"xingfuli/bot/card"
	"xingfuli/bot/notice"
	"xingfuli/bot/telegram"
)

// shownTimes is how many of the next times are shown.
const shownTimes = 3

// coming is when a rule comes due.
type coming struct {
	words string   // the rule
	times []string // the next times
	first time.Time
	skips int  // the day of the month that not all months have; 0: they do
	once  bool // there is no other after the first
}

// list is the next times, unless there is one only, which the words say.
func (c coming) list() []string {
	if c.once {
		return nil
	}
	return c.times
}

// next tells when a rule comes due from now on. It returns notice.ErrPast when it never does,
// with the words of the rule all the same.
func (h Notice) next(ctx context.Context, t *telegram.Turn, when string) (coming, error) {
	var rule calendar.Rule
	if err := rule.UnmarshalText([]byte(when)); err != nil {
		return coming{}, err
	}
	days, _, err := h.Days(ctx)
	if err != nil {
		return coming{}, err
	}
	c := coming{words: card.When(t.Words(), rule, t.Now), skips: rule.Skips()}
	list := card.NextTimes(rule, t.Now, days, shownTimes)
	if len(list) == 0 {
		return c, notice.ErrPast
	}
	c.first, c.once, c.times = list[0].At, len(list) == 1, card.Times(t.Words(), list)
	return c, nil
}

// readTime reads a time that a person typed. It returns notice.ErrPast for one that is over;
// ok is false for what is no time, of which the person is told.
func (h Notice) readTime(ctx context.Context, t *telegram.Turn) (when string, ok bool, err error) {
	days, _, err := h.Days(ctx)
	if err != nil {
		return "", false, err
	}
	rule, err := calendar.ParseWhen(t.Text, t.Now, days)
	switch {
	case errors.Is(err, calendar.ErrPast):
		return "", false, notice.ErrPast
	case errors.Is(err, calendar.ErrHour):
		return "", false, t.Say(ctx, "notice.no_hour", map[string]any{"Words": t.Text})
	case err != nil:
		return "", false, t.Say(ctx, "notice.bad_time", map[string]any{"Words": t.Text})
	}
	if next := card.NextTimes(rule, t.Now, days, 2); len(next) == 2 && next[1].At.Sub(next[0].At) < leastApart {
		return "", false, t.Say(ctx, "notice.often", nil)
	}
	when = rule.String()
	_, err = h.next(ctx, t, when)
	return when, err == nil, err
}

// leastApart is between two times of a notice: more often, people stop reading.
const leastApart = time.Hour

// time takes the time that the person typed for the draft.
func (h Notice) time(ctx context.Context, t *telegram.Turn, d notice.Draft) error {
	if t.Means("notice.at_once_words") {
		var step string
		d = d.Edit(func(d *notice.Draft) { step, _ = nowPreview(h, ctx, t, d, "") })
		return h.lead(ctx, t, "now", step, d)
	}
	when, ok, err := h.readTime(ctx, t)
	if err != nil || !ok {
		return err
	}
	d = d.Edit(func(d *notice.Draft) { d.When = when })
	d.Timed = d.Edition
	if err := h.keep(ctx, t, stepTimes, d); err != nil {
		return err
	}
	return h.show(ctx, t, d, stepTimes)
}

// times shows how a time was understood.
func (h Notice) times(ctx context.Context, t *telegram.Turn, c card.Compose) error {
	if c.Draft.When == "" {
		return t.Edit(ctx, card.NoticeWhen(t.Words(), c))
	}
	next, err := h.next(ctx, t, c.Draft.When)
	if err != nil {
		return err
	}
	return t.Edit(ctx, card.NoticeTimes(t.Words(), c, next.words, next.list(), next.skips, h.Quiet(next.first)))
}

// moving is a notice that is about to get other times.
type moving struct {
	ID      string `json:"i"`
	Version int64  `json:"v"`
	When    string `json:"w,omitempty"`
}

// askTimes asks for the new times of a notice.
func (h Notice) askTimes(ctx context.Context, t *telegram.Turn, n notice.Notice) error {
	if err := t.Go(ctx, "renotice", "ask", moving{ID: n.ID, Version: n.Version}); err != nil {
		return err
	}
	return t.Say(ctx, "notice.move_ask", nil)
}

// retimed reads the new times of a notice and asks whether they are right.
func (h Notice) retimed(ctx context.Context, t *telegram.Turn) error {
	var m moving
	if err := t.Dialogue("renotice", &m); err != nil {
		return err
	}
	n, err := h.seen(ctx, t, m.ID)
	if err != nil {
		return err
	}
	if t.Asks() {
		when, ok, err := h.readTime(ctx, t)
		if err != nil || !ok {
			return err
		}
		m.When = when
		if err := t.Go(ctx, "renotice", "sure", m); err != nil {
			return err
		}
	}
	next, err := h.next(ctx, t, m.When)
	if err != nil {
		return err
	}
	n.Version = t.Known.Dialogue.Version // the button belongs to this step
	v := map[string]any{"When": next.words, "Times": next.list()}
	_, err = t.Send(ctx, card.NoticeSure(t.Words(), n, "notice.move_sure", "notice.move_yes", "moved", v))
	return err
}

// move gives a notice the times that were asked about.
func (h Notice) move(ctx context.Context, t *telegram.Turn, n notice.Notice) error {
	var m moving
	if err := t.Dialogue("renotice", &m); err != nil {
		return err
	}
	if m.ID != n.ID || m.When == "" {
		return telegram.ErrStale
	}
	if err := h.stands(ctx, t, n); err != nil {
		return err
	}
	t.Button.Version = m.Version
	if err := h.moveTo(ctx, t, n, m.When); err != nil {
		return err
	}
	return t.End(ctx)
}

// moveTo has a notice go out at other times, or a second person asked about them: also one that
// was stopped while it waited for its second person.
func (h Notice) moveTo(ctx context.Context, t *telegram.Turn, n notice.Notice, when string) error {
	d := notice.Again(n)
	d.When = when
	c, err := h.compose(ctx, t, d)
	if err != nil {
		return err
	}
	s, err := h.sum(ctx, t, c) // with a time that is over, it ends here
	if err != nil {
		return err
	}
	var others []int64
	if s.Second {
		if others, err = h.others(ctx, n); err != nil {
			return err
		}
	}
	n, err = h.change(ctx, t, n, "move", func(n notice.Notice) (notice.Notice, error) { return n.Move(when, s.Second) })
	if err != nil {
		return err
	}
	if !s.Second {
		if err := h.Sender.ScheduleNotice(ctx, t.Op(), n); err != nil {
			return err
		}
		return h.open(ctx, t, n)
	}
	if err := h.Sender.UnscheduleNotice(ctx, t.Op(), n.ID); err != nil {
		return err
	}
	if err := h.askSecond(ctx, t, n, c, s, others); err != nil {
		return err
	}
	return t.Edit(ctx, card.NoticeDone(t.Words(), "notice.waits", c, s))
}
