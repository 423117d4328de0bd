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
	author, version := called(t), max(1, n.Version) // of a new one it is not known yet
	for _, user := range others {
		if err := t.Tell(ctx, user, func(text.Words) telegram.Message { return card.NoticeBody(n.Body) }); err != nil {
			return err
		}
		ask := func(w text.Words) telegram.Message { return card.NoticeSecond(w, n.ID, version, author, c, s) }
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
	if n, err = h.judged(ctx, t, n, c, yes); err != nil {
		return err
	}
	key := "notice.refused"
	switch {
	case yes:
		key, err = h.start(ctx, t, n)
	case n.Corrects != "":
		key = "notice.uncorrected"
	default:
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

// judged keeps what the second person says, unless the notice is another than they saw.
func (h Notice) judged(ctx context.Context, t *telegram.Turn, n notice.Notice, c card.Compose, yes bool) (notice.Notice, error) {
	what := map[bool]string{true: "agree", false: "refuse"}[yes]
	return h.Store.UpdateNotice(ctx, t.Op(), n.ID, t.Now, func(n notice.Notice) (notice.Notice, community.Entry, error) {
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
}

// SecondCorrection has a second person asked whether the copies of a delivery may say what now
// says, when one would be asked to send that to the same people. asked tells whether one is.
func (h Notice) SecondCorrection(ctx context.Context, t *telegram.Turn, d queue.Delivery, now notice.Body) (asked bool, err error) {
	n := notice.New(strconv.FormatInt(t.Known.Dialogue.Version, 36), t.UserID(), notice.Draft{Body: now, To: targets(d), Urgent: true}, t.Now)
	n.Corrects = d.ID
	c, err := h.compose(ctx, t, notice.Again(n))
	if err != nil {
		return false, err
	}
	needs, err := h.needsSecond(ctx, t, n.To, c.Reach)
	if err != nil || !needs {
		return false, err
	}
	others, err := h.others(ctx, n)
	if err != nil {
		return false, err
	}
	if err := h.Store.NameStaff(ctx, t.UserID(), called(t)); err != nil {
		return false, err
	}
	if err := h.Store.PutNotice(ctx, t.Op(), n, t.Now, h.entry(t, "write", n, c)); err != nil {
		return false, err
	}
	return true, h.askSecond(ctx, t, n, c, card.Sum{Corrects: true}, others)
}

// correct does what a second person has agreed to.
func (h Notice) correct(ctx context.Context, t *telegram.Turn, n notice.Notice) error {
	d, err := h.Store.Delivery(ctx, n.Corrects)
	if err != nil {
		return err
	}
	defer h.Wake()
	return correct(ctx, t, h.Store, d, n.Author, n.Body)
}

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

// errOwn refuses an author who would agree to the own notice.
var errOwn = errors.New("handlers: nobody agrees to their own notice")
