package handlers

import (
	"context"
	"errors"
	"slices"
	"strings"

	"xingfuli/bot/card"
	"xingfuli/bot/notice"
	"xingfuli/bot/telegram"
	"xingfuli/bot/text"
)

// noticeVerbs are what the buttons of a draft do, by the beginning of their IDs: they change it
// and lead to a step.
var noticeVerbs = map[string]func(h Notice, ctx context.Context, t *telegram.Turn, d *notice.Draft, arg string) (step string, err error){
	"resume": Notice.resume,
	"tick":   Notice.tick,
	"option": Notice.option,
	"forget": func(_ Notice, _ context.Context, t *telegram.Turn, d *notice.Draft, _ string) (string, error) {
		*d = notice.NewDraft(t.Now)
		return stepBody, nil
	},
	"to": func(_ Notice, _ context.Context, _ *telegram.Turn, _ *notice.Draft, arg string) (string, error) {
		return stepTo + "." + arg, nil
	},
	"next":    thenPreview(stepWhen),
	"now":     nowPreview,
	"when":    leadsTo(stepWhen),
	"options": leadsTo(stepOptions),
	"timed":   thenPreview(stepOptions),
	"preview": leadsTo(stepPreview),
	"edit":    leadsTo(stepEdit),
	"body":    leadsTo(stepBody),
}

// errEarlier refuses a button of a draft that was written before this one.
var errEarlier = errors.New("handlers: the button belongs to an earlier draft")

// errOtherTime refuses a time below which another one was said since.
var errOtherTime = errors.New("handlers: another time was said since")

type noticeVerb = func(h Notice, ctx context.Context, t *telegram.Turn, d *notice.Draft, arg string) (string, error)

func leadsTo(step string) noticeVerb {
	return func(Notice, context.Context, *telegram.Turn, *notice.Draft, string) (string, error) { return step, nil }
}

// thenPreview leads to a step, or back to the preview when only something is changed.
func thenPreview(step string) noticeVerb {
	return func(_ Notice, _ context.Context, _ *telegram.Turn, d *notice.Draft, _ string) (string, error) {
		if d.Seen {
			return stepPreview, nil
		}
		return step, nil
	}
}

func nowPreview(h Notice, ctx context.Context, t *telegram.Turn, d *notice.Draft, arg string) (string, error) {
	d.When = ""
	return thenPreview(stepOptions)(h, ctx, t, d, arg)
}

// pressed does what a button below a draft says. It may be forged: all that it names is looked
// up, and the right to it asked.
func (h Notice) pressed(ctx context.Context, t *telegram.Turn) error {
	if err := h.may(ctx, t); err != nil {
		return err
	}
	verb, arg, _ := strings.Cut(t.Button.ID, ".")
	switch verb {
	case "me":
		return h.toMe(ctx, t)
	case "send":
		return h.send(ctx, t)
	case "drop":
		return h.drop(ctx, t)
	}
	change, ok := noticeVerbs[verb]
	if !ok {
		return telegram.ErrStale
	}
	d, shown, err := h.draft(t)
	if err != nil {
		return err
	}
	if shown < int64(d.Begun) && verb != "resume" && verb != "forget" {
		return errEarlier
	}
	if verb == "timed" && shown < int64(d.Timed) {
		return errOtherTime
	}
	if !t.Asks() { // an earlier try of this turn has done it
		return h.show(ctx, t, d, t.Known.Dialogue.Step)
	}
	var step string
	d = d.Edit(func(d *notice.Draft) { step, err = change(h, ctx, t, d, arg) })
	if err != nil {
		return err
	}
	return h.lead(ctx, t, verb, step, d)
}

// lead keeps a draft at a step and shows that; a preview only of what may be sent.
func (h Notice) lead(ctx context.Context, t *telegram.Turn, verb, step string, d notice.Draft) error {
	if step == stepPreview {
		if _, err := h.ready(ctx, t, d); err != nil {
			return err
		}
		d.Seen = true
	}
	if err := h.keepPressed(ctx, t, verb, step, d); err != nil {
		return err
	}
	return h.show(ctx, t, d, step)
}

// keepPressed keeps a draft, but for one that was dropped.
func (h Notice) keepPressed(ctx context.Context, t *telegram.Turn, verb, step string, d notice.Draft) error {
	if verb != "forget" {
		return h.keep(ctx, t, step, d)
	}
	if err := h.Store.DropNoticeDraft(ctx, t.UserID()); err != nil {
		return err
	}
	return t.Go(ctx, "announce", step, d)
}

// resume goes on with what was begun in the last days.
func (h Notice) resume(ctx context.Context, t *telegram.Turn, d *notice.Draft, _ string) (string, error) {
	kept, ok, err := h.Store.NoticeDraft(ctx, t.UserID())
	if err != nil {
		return "", err
	}
	if !ok {
		return "", telegram.ErrStale
	}
	first := notice.NewDraft(t.Now) // its earlier cards are of another draft than this one by now
	kept.Begun, kept.Edition, kept.Timed = first.Begun, first.Edition, 0
	*d = kept
	fits := d.Body.Fits(text.Length(d.Body.HTML)) == nil
	switch {
	case fits && d.Seen:
		return stepPreview, nil
	case fits:
		return stepTo, nil
	}
	return stepBody, nil
}

// tick reads "+groups:anju.groups~0": a target, and the page to show then.
func (h Notice) tick(ctx context.Context, t *telegram.Turn, d *notice.Draft, arg string) (string, error) {
	i := strings.LastIndexByte(arg, '.')
	if i < 1 {
		return "", telegram.ErrStale
	}
	to, err := notice.ParseTarget(arg[1:i])
	if err != nil {
		return "", telegram.ErrStale
	}
	offers, err := h.offers(ctx, t)
	if err != nil {
		return "", err
	}
	on := arg[0] == '+'
	if on && !slices.Contains(offers, to) {
		return "", notice.ErrMay
	}
	d.Tick(to, on)
	return stepTo + arg[i:], nil
}

// option reads "+urgent".
func (h Notice) option(_ context.Context, _ *telegram.Turn, d *notice.Draft, arg string) (string, error) {
	name, on := strings.CutPrefix(arg, "+")
	switch strings.TrimPrefix(name, "-") {
	case "urgent":
		d.Urgent = on
	case "receipt":
		d.Receipt = on
	}
	return stepOptions, nil
}

// offers are the targets that the person may tick.
func (h Notice) offers(ctx context.Context, t *telegram.Turn) ([]notice.Target, error) {
	g, err := h.Staff.Grants(ctx, t.UserID())
	if err != nil {
		return nil, err
	}
	p, err := h.Store.Places(ctx, t.Known.Content)
	return notice.Offers(g, p), err
}

// compose is what all cards of a draft say.
func (h Notice) compose(ctx context.Context, t *telegram.Turn, d notice.Draft) (c card.Compose, err error) {
	c.Draft = d
	if c.Places, err = h.Store.Places(ctx, t.Known.Content); err != nil {
		return c, err
	}
	if len(d.To) > 0 {
		c.Reach, err = h.Store.Reach(ctx, t.Known.Content, d.Audience())
	}
	return c, err
}

// ready is compose for a draft that could be sent by this person, now.
func (h Notice) ready(ctx context.Context, t *telegram.Turn, d notice.Draft) (card.Compose, error) {
	if err := h.may(ctx, t, d.To...); err != nil {
		return card.Compose{}, err
	}
	c, err := h.compose(ctx, t, d)
	if err != nil {
		return c, err
	}
	return c, d.Ready(text.Length(d.Body.HTML), c.Reach.Chats())
}

// show is what a step looks like.
func (h Notice) show(ctx context.Context, t *telegram.Turn, d notice.Draft, step string) error {
	name, arg, _ := strings.Cut(step, ".")
	if name == stepBody {
		return h.begin(ctx, t, d)
	}
	c, err := h.compose(ctx, t, d)
	if err != nil {
		return err
	}
	w := t.Words()
	switch name {
	case stepWhen:
		return t.Edit(ctx, card.NoticeWhen(w, c))
	case stepTimes:
		return h.times(ctx, t, c)
	case stepOptions:
		return t.Edit(ctx, card.NoticeOptions(w, c))
	case stepPreview:
		return h.preview(ctx, t, c)
	case stepEdit:
		return t.Edit(ctx, card.NoticeEdit(w, c))
	}
	offers, err := h.offers(ctx, t)
	if err != nil {
		return err
	}
	kind, page := card.CutPage(arg)
	return t.Edit(ctx, card.NoticeTo(w, c, offers, notice.TargetKind(kind), page))
}

// preview shows the notice as its recipients get it, and sums it up.
func (h Notice) preview(ctx context.Context, t *telegram.Turn, c card.Compose) error {
	if _, err := t.Send(ctx, h.copy(t, c.Draft)); err != nil {
		return err
	}
	s, err := h.sum(ctx, t, c)
	if err != nil {
		return err
	}
	_, err = t.Send(ctx, card.NoticeSum(t.Words(), c, s))
	return err
}

// drop puts the draft aside.
func (h Notice) drop(ctx context.Context, t *telegram.Turn) error {
	if _, _, err := h.draft(t); err != nil {
		return err
	}
	if err := t.Edit(ctx, telegram.Message{HTML: t.Words().HTML("notice.dropped", nil)}); err != nil {
		return err
	}
	return t.End(ctx)
}

// Cancelled is /cancel in the middle of a draft: it is put aside, if there is anything in it.
func (h Notice) Cancelled(ctx context.Context, t *telegram.Turn) error {
	key := "chat.cancelled"
	if t.Known.Dialogue.Step != stepBody {
		key = "notice.dropped"
	}
	if err := t.Say(ctx, key, nil); err != nil {
		return err
	}
	return t.End(ctx)
}
