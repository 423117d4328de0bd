package handlers

import (
	"context"
	"errors"
	"strings"

	"xingfuli/bot/calendar"
	"xingfuli/bot/card"
	"xingfuli/bot/community"
	"xingfuli/bot/notice"
	"xingfuli/bot/queue"
	"xingfuli/bot/telegram"
)

// maxNotices is how many of the newest notices a list goes back, before those are left out
// that are not the person's to see.
const maxNotices = 200

// notices shows what is to come.
func (h Notice) notices(ctx context.Context, t *telegram.Turn) error {
	m, err := h.tab(ctx, t, card.TabAhead, 0)
	if err != nil {
		return err
	}
	_, err = t.Send(ctx, m)
	return err
}

func (h Notice) page(ctx context.Context, t *telegram.Turn) error {
	if err := h.may(ctx, t); err != nil {
		return err
	}
	tab, page := card.CutPage(t.Button.ID)
	if tab != card.TabRunning && tab != card.TabPast {
		tab = card.TabAhead
	}
	m, err := h.tab(ctx, t, tab, page)
	if err != nil {
		return err
	}
	return t.Edit(ctx, m)
}

// tab shows a page of the notices that this person may see.
func (h Notice) tab(ctx context.Context, t *telegram.Turn, tab string, page int) (telegram.Message, error) {
	g, err := h.Staff.Grants(ctx, t.UserID())
	if err != nil {
		return telegram.Message{}, err
	}
	kept := tab
	if tab == card.TabRunning {
		kept = card.TabPast
	}
	all, err := h.Store.Notices(ctx, kept, 0, maxNotices)
	if err != nil {
		return telegram.Message{}, err
	}
	going, err := h.going(ctx)
	if err != nil {
		return telegram.Message{}, err
	}
	var list []card.Announced
	for _, n := range all {
		if n.Shows(t.UserID(), g) && (tab == card.TabAhead || going[n.ID] == (tab == card.TabRunning)) {
			list = append(list, card.Announced{Notice: n})
		}
	}
	if tab == card.TabAhead {
		if err := h.dated(ctx, t, list); err != nil {
			return telegram.Message{}, err
		}
	}
	return card.Notices(t.Words(), tab, list, page), nil
}

// dated notes when notices to come go out next.
func (h Notice) dated(ctx context.Context, t *telegram.Turn, list []card.Announced) error {
	days, _, err := h.Days(ctx)
	if err != nil {
		return err
	}
	for i, n := range list {
		var rule calendar.Rule
		if n.Notice.When == "" || rule.UnmarshalText([]byte(n.Notice.When)) != nil {
			continue
		}
		if next, ok := rule.Next(t.Now, days); ok {
			list[i].At = next.At
		}
	}
	return nil
}

// going holds the notices that are on their way.
func (h Notice) going(ctx context.Context) (map[string]bool, error) {
	active, err := h.Store.ActiveDeliveries(ctx)
	going := map[string]bool{}
	for _, d := range active {
		if d.State != queue.Over && d.State != queue.Stopped && !d.Rehearsal {
			going[d.Ref] = true
		}
	}
	return going, err
}

// seen is a notice that this person may see.
func (h Notice) seen(ctx context.Context, t *telegram.Turn, id string) (notice.Notice, error) {
	if t.User == nil {
		return notice.Notice{}, telegram.ErrAnonymous
	}
	n, err := h.Store.Notice(ctx, id)
	if err != nil {
		return n, err
	}
	g, err := h.Staff.Grants(ctx, t.User.ID)
	if err == nil && !n.Shows(t.User.ID, g) {
		err = notice.ErrUnknown
	}
	return n, err
}

// noticeActs are what the buttons below a notice do.
var noticeActs = map[string]func(h Notice, ctx context.Context, t *telegram.Turn, n notice.Notice) error{
	"":         Notice.open,
	"read":     Notice.read,
	"move":     Notice.askTimes,
	"moved":    Notice.move,
	"stop":     Notice.askStop,
	"stopped":  Notice.stop,
	"now":      Notice.askNow,
	"sent":     Notice.now,
	"rehearse": Notice.rehearse,
}

// act does what a button below a notice says. What changes it needs the right to write to
// its people, and the version that the button was made for.
func (h Notice) act(ctx context.Context, t *telegram.Turn) error {
	id, verb, _ := strings.Cut(t.Button.ID, ".")
	do, ok := noticeActs[verb]
	if !ok {
		return telegram.ErrStale
	}
	n, err := h.seen(ctx, t, id)
	if err != nil {
		return err
	}
	if verb != "" && verb != "read" {
		if err := h.may(ctx, t, n.To...); err != nil {
			return err
		}
	}
	return do(h, ctx, t, n)
}

func (h Notice) open(ctx context.Context, t *telegram.Turn, n notice.Notice) error {
	m, err := h.one(ctx, t, n)
	if err != nil {
		return err
	}
	return t.Edit(ctx, m)
}

// one shows a notice with the figures of its newest deliveries.
func (h Notice) one(ctx context.Context, t *telegram.Turn, n notice.Notice) (telegram.Message, error) {
	p, err := h.Store.Places(ctx, t.Known.Content)
	if err != nil {
		return telegram.Message{}, err
	}
	a := card.Announced{Notice: n}
	a.Mine = h.may(ctx, t, n.To...) == nil
	if a.Sent, err = h.figures(ctx, n); err != nil {
		return telegram.Message{}, err
	}
	if n.Author != t.UserID() && admin(ctx, h.Staff, t) != nil {
		for i := range a.Sent {
			a.Sent[i].ID = ""
		}
	}
	if n.When != "" {
		next, err := h.next(ctx, t, n.When)
		if err != nil && !errors.Is(err, notice.ErrPast) {
			return telegram.Message{}, err
		}
		a.When = next.words
		if n.State == notice.Scheduled || n.State == notice.Waiting {
			a.Next = next.times
		}
	}
	author, err := h.Store.StaffMember(ctx, n.Author)
	if err != nil {
		return telegram.Message{}, err
	}
	if n.Author != 0 {
		a.By = card.Person(t.Words(), author)
	}
	return card.NoticeCard(t.Words(), p, a), nil
}

// maxFigures is of how many deliveries a notice shows the figures.
const maxFigures = 3

func (h Notice) figures(ctx context.Context, n notice.Notice) (all []card.Figures, err error) {
	for i := len(n.Deliveries) - 1; i >= 0 && len(all) < maxFigures; i-- {
		d, err := h.Store.Delivery(ctx, n.Deliveries[i])
		if errors.Is(err, queue.ErrNoDelivery) {
			continue
		}
		if err != nil {
			return nil, err
		}
		all = append(all, card.Figures{
			ID: d.ID, At: d.Made.In(n.Made.Location()), Total: d.Total, Sent: d.Sent, Failed: d.Failed, Unknown: d.Unknown, Left: d.Queued + d.Sending, Got: d.Got,
		})
	}
	return all, nil
}

// read shows the notice itself.
func (h Notice) read(ctx context.Context, t *telegram.Turn, n notice.Notice) error {
	_, err := t.Send(ctx, card.NoticeBody(n.Body))
	return err
}

func (h Notice) askStop(ctx context.Context, t *telegram.Turn, n notice.Notice) error {
	return t.Edit(ctx, card.NoticeSure(t.Words(), n, "notice.stop_sure", "notice.stop", "stopped", map[string]any{}))
}

func (h Notice) askNow(ctx context.Context, t *telegram.Turn, n notice.Notice) error {
	c, err := h.compose(ctx, t, notice.Draft{To: n.To})
	if err != nil {
		return err
	}
	next, err := h.next(ctx, t, n.When)
	if err != nil && !errors.Is(err, notice.ErrPast) {
		return err
	}
	v := map[string]any{"Reach": card.Reach(t.Words(), c.Reach), "When": next.words, "Once": next.once}
	return t.Edit(ctx, card.NoticeSure(t.Words(), n, "notice.now_sure", "notice.at_once", "sent", v))
}

// change makes of a notice what f says, unless it is another by now than the person saw.
func (h Notice) change(ctx context.Context, t *telegram.Turn, n notice.Notice, what string, f func(notice.Notice) (notice.Notice, error)) (notice.Notice, error) {
	c, err := h.compose(ctx, t, notice.Draft{To: n.To})
	if err != nil {
		return n, err
	}
	version := t.Button.Version
	return h.Store.UpdateNotice(ctx, t.Op(), n.ID, t.Now, func(n notice.Notice) (notice.Notice, community.Entry, error) {
		if n.Version != version {
			return n, community.Entry{}, telegram.ErrStale
		}
		n, err := f(n)
		return n, h.entry(t, what, n, c), err
	})
}

// stop ends a notice that has not gone out, or not for the last time.
func (h Notice) stop(ctx context.Context, t *telegram.Turn, n notice.Notice) error {
	n, err := h.change(ctx, t, n, "stop", notice.Notice.Stop)
	if err != nil {
		return err
	}
	if err := h.Sender.UnscheduleNotice(ctx, t.Op(), n.ID); err != nil {
		return err
	}
	return h.open(ctx, t, n)
}

// errGrown refuses to send a notice at once that goes to more by now than one person may decide.
var errGrown = errors.New("handlers: the notice goes to so many by now that a second person must agree")

// now sends a scheduled notice at once. One that was to go out once more has then gone out.
func (h Notice) now(ctx context.Context, t *telegram.Turn, n notice.Notice) error {
	if err := h.stands(ctx, t, n); err != nil {
		return err
	}
	c, err := h.compose(ctx, t, notice.Again(n))
	if err != nil {
		return err
	}
	grown, err := h.needsSecond(ctx, t, n.To, c.Reach)
	if err != nil {
		return err
	}
	if grown && n.Second == 0 {
		return errGrown
	}
	next, err := h.next(ctx, t, n.When)
	if err != nil && !errors.Is(err, notice.ErrPast) {
		return err
	}
	last := next.once || err != nil
	n, err = h.change(ctx, t, n, "now", func(n notice.Notice) (notice.Notice, error) {
		if n.State != notice.Scheduled {
			return n, notice.ErrOver
		}
		if last {
			n = n.End()
		}
		return n, nil
	})
	if err != nil {
		return err
	}
	if n.State == notice.Sent {
		if err := h.Sender.UnscheduleNotice(ctx, t.Op(), n.ID); err != nil {
			return err
		}
	}
	if err := h.deliver(ctx, t, n, n.Author, false); err != nil {
		return err
	}
	return t.Edit(ctx, card.NoticeDone(t.Words(), "notice.started", c, card.Sum{Quiet: !n.Urgent && h.Quiet(t.Now)}))
}

// rehearse sends a notice to the person alone, the way it would go to all.
func (h Notice) rehearse(ctx context.Context, t *telegram.Turn, n notice.Notice) error {
	c, err := h.compose(ctx, t, notice.Draft{To: n.To})
	if err != nil {
		return err
	}
	if err := h.deliver(ctx, t, n, t.UserID(), true); err != nil {
		return err
	}
	return t.Say(ctx, "notice.rehearsed", map[string]any{"Reach": card.Reach(t.Words(), c.Reach)})
}
