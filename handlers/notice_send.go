package handlers

import (
	"context"
	"errors"
	"slices"
	"strconv"

	"xingfuli/bot/card"
	"xingfuli/bot/community"
	"xingfuli/bot/notice"
	"xingfuli/bot/queue"
	"xingfuli/bot/telegram"
	"xingfuli/bot/text"
)

// errAlone refuses a notice that a second person must agree to where there is none.
var errAlone = errors.New("handlers: nobody else may agree to the notice")

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

// copy is a draft as its recipients get it.
func (h Notice) copy(t *telegram.Turn, d notice.Draft) telegram.Message {
	m := card.Posted(t.Words(), queue.Delivery{ID: previewID, Receipt: d.Receipt}, card.NoticeBody(d.Body))
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
		s.When, s.Times, at = next.words, next.times, next.first
	}
	s.Quiet = !d.Urgent && h.Quiet(at)
	var err error
	s.Second, err = h.needsSecond(ctx, t, d.To, c.Reach)
	return s, err
}

// needsSecond tells whether a second person must agree.
func (h Notice) needsSecond(ctx context.Context, t *telegram.Turn, to []notice.Target, r notice.Reach) (bool, error) {
	groups, _, err := h.Store.Reach(ctx, t.Known.Content, []notice.Target{{Kind: notice.AllGroups}})
	return notice.NeedsSecond(to, r, groups, h.Over), err
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
	var others []int64
	if s.Second {
		if others, err = h.others(ctx, n); err != nil {
			return err
		}
	} else {
		n = n.Go()
	}
	if err := h.Store.NameStaff(ctx, t.UserID(), called(t)); err != nil {
		return err
	}
	if err := h.Store.PutNotice(ctx, t.Op(), n, t.Now, h.entry(t, "write", n, c)); err != nil {
		return err
	}
	key := "notice.waits"
	if s.Second {
		err = h.askSecond(ctx, t, n, c, s, others)
	} else {
		key, err = h.start(ctx, t, n)
	}
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

// start sets a notice on its way that nobody has to agree to any more, and returns the key of
// what to say of it.
func (h Notice) start(ctx context.Context, t *telegram.Turn, n notice.Notice) (string, error) {
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
		After: w.Plain("notice.trail", map[string]any{"To": card.TargetNames(w, c.Directory, n.To), "Groups": c.Reach.Groups, "People": c.Reach.People}),
	}
}

// maxAsked is how many people are asked to agree to a notice.
const maxAsked = 20

// others lists who may agree to a notice: everybody who could send it, but for its author.
func (h Notice) others(ctx context.Context, n notice.Notice) ([]int64, error) {
	all := slices.Clone(h.Admins)
	grants := [][2]string{{string(community.Admin), ""}, {string(community.Notice), ""}}
	for _, t := range n.To {
		if home := t.Community(); home != "" {
			grants = append(grants, [2]string{string(community.Specialist), home})
		}
	}
	for _, g := range grants {
		holders, err := h.Store.Holders(ctx, community.Role(g[0]), g[1])
		if err != nil {
			return nil, err
		}
		all = append(all, holders...)
	}
	slices.Sort(all)
	var may []int64
	for _, user := range slices.Compact(all) {
		g, err := h.Staff.Grants(ctx, user)
		if err != nil {
			return nil, err
		}
		if community.Second(n.Author, user) == nil && notice.May(g, n.To...) == nil {
			may = append(may, user)
		}
	}
	if len(may) == 0 {
		return nil, errAlone
	}
	return may[:min(len(may), maxAsked)], nil
}

// askSecond shows a notice to those who may agree to it.
func (h Notice) askSecond(ctx context.Context, t *telegram.Turn, n notice.Notice, c card.Compose, s card.Sum, others []int64) error {
	author := called(t)
	for _, user := range others {
		if err := t.Tell(ctx, user, func(text.Words) telegram.Message { return card.NoticeBody(n.Body) }); err != nil {
			return err
		}
		ask := func(w text.Words) telegram.Message { return card.NoticeSecond(w, n.ID, 1, author, c, s) }
		if err := t.Tell(ctx, user, ask); err != nil {
			return err
		}
	}
	return nil
}

func (h Notice) agree(ctx context.Context, t *telegram.Turn) error  { return h.decide(ctx, t, true) }
func (h Notice) refuse(ctx context.Context, t *telegram.Turn) error { return h.decide(ctx, t, false) }

// decide takes the word of a second person, and tells the author.
func (h Notice) decide(ctx context.Context, t *telegram.Turn, yes bool) error {
	n, err := h.Store.Notice(ctx, t.Button.ID)
	if err != nil {
		return err
	}
	if err := h.may(ctx, t, n.To...); err != nil {
		return err
	}
	if yes {
		if err := h.stands(ctx, t, n); err != nil {
			return err
		}
	}
	c, err := h.compose(ctx, t, notice.Again(n))
	if err != nil {
		return err
	}
	what := map[bool]string{true: "agree", false: "refuse"}[yes]
	n, err = h.Store.UpdateNotice(ctx, t.Op(), n.ID, t.Now, func(n notice.Notice) (notice.Notice, community.Entry, error) {
		if n.State == notice.Waiting && n.Version != t.Button.Version {
			return n, community.Entry{}, telegram.ErrStale
		}
		e := h.entry(t, what, n, c)
		e.Whom = n.Author
		n, err := n.Agree(t.UserID(), yes)
		if errors.Is(err, community.ErrSelf) {
			err = errOwn
		}
		return n, e, err
	})
	if err != nil {
		return err
	}
	key := "notice.refused"
	if yes {
		key, err = h.start(ctx, t, n)
	} else {
		err = h.giveBack(ctx, n)
	}
	if err != nil {
		return err
	}
	if err := t.Edit(ctx, card.NoticeDone(t.Words(), key, c, card.Sum{})); err != nil {
		return err
	}
	second := called(t)
	return t.Tell(ctx, n.Author, func(w text.Words) telegram.Message { return card.NoticeDecided(w, n, second, yes) })
}

// errOwn refuses an author who would agree to the own notice.
var errOwn = errors.New("handlers: nobody agrees to their own notice")

// giveBack lets the author of a refused notice go on with it, unless they are writing another.
func (h Notice) giveBack(ctx context.Context, n notice.Notice) error {
	_, other, err := h.Store.NoticeDraft(ctx, n.Author)
	if err != nil || other {
		return err
	}
	return h.Store.KeepNoticeDraft(ctx, n.Author, notice.Again(n))
}

// stands tells whether a notice may still go out as its author wanted: they may still write
// to these people, and its time is not over.
func (h Notice) stands(ctx context.Context, t *telegram.Turn, n notice.Notice) error {
	g, err := h.Staff.Grants(ctx, n.Author)
	if err != nil {
		return err
	}
	if err := notice.May(g, n.To...); err != nil {
		return errAuthor
	}
	if n.When != "" && n.State == notice.Waiting {
		_, err = h.next(ctx, t, n.When)
	}
	return err
}

// errAuthor refuses a notice whose author may not send it any more.
var errAuthor = errors.New("handlers: the author of the notice has lost the right to it")
