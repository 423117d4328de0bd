package handlers

import (
	"context"
	"strconv"

	"xingfuli/bot/card"
	"xingfuli/bot/community"
	"xingfuli/bot/notice"
	"xingfuli/bot/queue"
	"xingfuli/bot/telegram"
)

// shown is the draft whose summary the pressed button belongs to. It returns ErrStale when
// the draft has changed since.
func (h Notice) shown(t *telegram.Turn) (notice.Draft, error) {
	d, edition, err := h.draft(t)
	if err == nil && edition != int64(d.Edition) {
		err = telegram.ErrStale
	}
	return d, err
}

// toMe sends the author what recipients will get.
func (h Notice) toMe(ctx context.Context, t *telegram.Turn) error {
	d, err := h.shown(t)
	if err != nil {
		return err
	}
	if _, err := t.Send(ctx, h.copy(t, d)); err != nil {
		return err
	}
	return t.Toast(ctx, "notice.sent_to_me", nil)
}

// previewID is the delivery of what only its author sees: there is none, and a receipt is no
// more than a button.
const previewID = "preview"

// copy is a draft as its recipients get it in private.
func (h Notice) copy(t *telegram.Turn, d notice.Draft) telegram.Message {
	as, m := queue.Delivery{ID: previewID, Receipt: d.Receipt}, card.NoticeBody(d.Body)
	for _, to := range d.To {
		as.To = append(as.To, to.String())
	}
	if row := card.StopRow(t.Words(), as); row != nil {
		m.Buttons = append(m.Buttons, row)
	}
	m = card.Posted(t.Words(), as, m)
	m.Class = queue.Answer
	return m
}

// sum is what the summary of a draft says besides its targets.
func (h Notice) sum(ctx context.Context, t *telegram.Turn, c card.Compose) (card.Sum, error) {
	d := c.Draft
	var s card.Sum
	at := t.Now
	if d.When != "" {
		next, err := h.next(ctx, t, d.When)
		if err != nil {
			return s, err
		}
		s.When, s.Times, at = next.words, next.list(), next.first
	}
	s.Quiet = !d.Urgent && h.Quiet(at)
	var err error
	s.Second, err = h.needsSecond(ctx, t, d.To, c.Reach)
	return s, err
}

// needsSecond tells whether a second person must agree.
func (h Notice) needsSecond(ctx context.Context, t *telegram.Turn, to []notice.Target, r notice.Reach) (bool, error) {
	all, err := h.Store.Reach(ctx, t.Known.Content, notice.Audience{To: []notice.Target{{Kind: notice.AllGroups}}})
	return notice.NeedsSecond(to, r, all.Groups, h.Over), err
}

// send confirms a draft: it goes out, now or at its times, or to a second person.
func (h Notice) send(ctx context.Context, t *telegram.Turn) error {
	d, err := h.shown(t)
	if err != nil {
		return err
	}
	c, err := h.ready(ctx, t, d)
	if err != nil {
		return err
	}
	s, err := h.sum(ctx, t, c) // with a time that is over, it ends here
	if err != nil {
		return err
	}
	n := notice.New(strconv.FormatInt(t.Known.Dialogue.Version, 36), t.UserID(), d, t.Now)
	key, err := h.confirm(ctx, t, n, c, s)
	if err != nil {
		return err
	}
	if err := t.Edit(ctx, card.NoticeDone(t.Words(), key, c, s)); err != nil {
		return err
	}
	if err := h.Store.DropNoticeDraft(ctx, t.UserID()); err != nil {
		return err
	}
	return t.End(ctx)
}

// confirm keeps a notice and sets it on its way, or has a second person asked. It returns the
// key of what to say of it.
func (h Notice) confirm(ctx context.Context, t *telegram.Turn, n notice.Notice, c card.Compose, s card.Sum) (key string, err error) {
	var others []int64
	if s.Second {
		if others, err = h.others(ctx, n); err != nil {
			return "", err
		}
	} else {
		n = n.Go()
	}
	if err := h.Store.NameStaff(ctx, t.UserID(), called(t)); err != nil {
		return "", err
	}
	if err := h.Store.PutNotice(ctx, t.Op(), n, t.Now, h.entry(t, "write", n, c)); err != nil {
		return "", err
	}
	if s.Second {
		return "notice.waits", h.askSecond(ctx, t, n, c, s, others)
	}
	return h.start(ctx, t, n)
}

// start sets a notice on its way that nobody has to agree to any more, and returns the key of
// what to say of it.
func (h Notice) start(ctx context.Context, t *telegram.Turn, n notice.Notice) (string, error) {
	if n.Corrects != "" {
		return "notice.corrected", h.correct(ctx, t, n)
	}
	if n.When != "" {
		return "notice.scheduled", h.Sender.ScheduleNotice(ctx, t.Op(), n)
	}
	return "notice.started", h.deliver(ctx, t, n, n.Author, false)
}

// deliver starts a delivery of a notice, of which by gets the report.
func (h Notice) deliver(ctx context.Context, t *telegram.Turn, n notice.Notice, by int64, rehearsal bool) error {
	defer h.Wake()
	return h.Sender.DeliverNotice(ctx, t.Op(), n, by, rehearsal, t.Now)
}

// entry is what the trail gets: who does what with a notice, to whom and to how many it goes,
// and how it begins.
func (h Notice) entry(t *telegram.Turn, what string, n notice.Notice, c card.Compose) community.Entry {
	w := t.Words()
	return community.Entry{
		At: t.Now, Who: t.UserID(), What: "notice" + "." + what, About: card.NoticeHead(n.Body),
		After: w.Plain("notice.trail", map[string]any{"To": card.TargetNames(w, c.Places, n.To), "Reach": card.Reach(w, c.Reach)}),
	}
}
