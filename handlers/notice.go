package handlers

import (
	"context"
	"errors"
	"time"

	"xingfuli/bot/calendar"
	"xingfuli/bot/card"
	"xingfuli/bot/community"
	"xingfuli/bot/notice"
	"xingfuli/bot/queue"
	"xingfuli/bot/telegram"
	"xingfuli/bot/text"
)

// NoticeStore keeps notices, and what somebody is writing.
type NoticeStore interface {
	Places
	Reach(ctx context.Context, content int64, to notice.Audience) (notice.Reach, error)
	NoticeDraft(ctx context.Context, user int64) (notice.Draft, bool, error)
	KeepNoticeDraft(ctx context.Context, user int64, d notice.Draft) error
	DropNoticeDraft(ctx context.Context, user int64) error
	Notice(ctx context.Context, id string) (notice.Notice, error)
	Notices(ctx context.Context, list string, from, n int64) ([]notice.Notice, error)
	PutNotice(ctx context.Context, op queue.Op, n notice.Notice, now time.Time, es ...community.Entry) error
	UpdateNotice(ctx context.Context, op queue.Op, id string, now time.Time, change func(notice.Notice) (notice.Notice, community.Entry, error)) (notice.Notice, error)
	Holders(ctx context.Context, role community.Role, id string) ([]int64, error)
	StaffMember(ctx context.Context, user int64) (community.Member, error)
	NameStaff(ctx context.Context, user int64, name string) error
	Delivery(ctx context.Context, id string) (queue.Delivery, error)
	ActiveDeliveries(ctx context.Context) ([]queue.Delivery, error)
	corrector
}

// NoticeSender sets notices on their way, now or at their times.
type NoticeSender interface {
	// DeliverNotice starts a delivery of a notice once for each op, a rehearsal to by alone.
	DeliverNotice(ctx context.Context, op queue.Op, n notice.Notice, by int64, rehearsal bool, now time.Time) error
	// ScheduleNotice has a notice delivered at its times, once.
	ScheduleNotice(ctx context.Context, op queue.Op, n notice.Notice) error
	// UnscheduleNotice takes that back.
	UnscheduleNotice(ctx context.Context, op queue.Op, id string) error
}

// Notice lets staff write notices, and shows what became of them.
type Notice struct {
	Store  NoticeStore
	Sender NoticeSender
	Staff  Staff
	Admins []int64              // of the configuration
	Quiet  func(time.Time) bool // the hours in which only what is urgent goes out
	Days   func(context.Context) (h calendar.Holidays, version int64, err error)
	Wake   func() // tells this process that there is something to send
	Over   int    // to more chats than this a second person must agree; 0: never
}

// Register takes /announce, /notices, their buttons and refusals.
func (h Notice) Register(r *telegram.Router) {
	mayWrite := telegram.For(func(ctx context.Context, t *telegram.Turn) (bool, error) {
		err := h.may(ctx, t)
		if errors.Is(err, notice.ErrMay) || errors.Is(err, telegram.ErrAnonymous) {
			return false, nil
		}
		return err == nil, err
	})
	r.Command("announce", h.announce, telegram.In(telegram.Private), mayWrite, telegram.About("notice.about"))
	r.Step("announce", "", h.entered)
	r.Button("announce", h.pressed)
	r.Command("notices", h.notices, telegram.In(telegram.Private), mayWrite, telegram.About("notice.notices_about"))
	r.Button("notices", h.page)
	r.Button("notice", h.act)
	r.Step("renotice", "", h.retimed)
	r.Button("noticeyes", h.agree)
	r.Button("noticeno", h.refuse)
	for err, key := range map[error]string{
		notice.ErrEmpty: "notice.empty", notice.ErrLong: "notice.too_long", notice.ErrNobody: "notice.nobody", notice.ErrPast: "notice.past",
		notice.ErrMay: "notice.may_not", notice.ErrOver: "notice.over", notice.ErrUnknown: "notice.unknown", errAlone: "notice.alone", errAuthor: "notice.author", errOwn: "notice.own", errOtherTime: "notice.other_time", errEarlier: "notice.earlier", errGrown: "notice.grown",
	} {
		r.Explain(err, key)
	}
}

// may asks, now, whether the person of a turn may write to the targets, or to anybody at all.
func (h Notice) may(ctx context.Context, t *telegram.Turn, to ...notice.Target) error {
	if t.User == nil {
		return telegram.ErrAnonymous
	}
	g, err := h.Staff.Grants(ctx, t.User.ID)
	if err != nil {
		return err
	}
	return notice.May(g, to...)
}

// announce takes what comes with the command or is quoted by it, or asks for it.
func (h Notice) announce(ctx context.Context, t *telegram.Turn) error {
	if t.Known.Dialogue.Word == "announce" && !t.Asks() { // by an earlier try of this turn
		return h.again(ctx, t)
	}
	c, ok := t.Content()
	if !ok {
		c, ok = t.Quoted()
	}
	if ok {
		return h.take(ctx, t, notice.NewDraft(t.Now), c)
	}
	d := notice.NewDraft(t.Now)
	if err := t.Go(ctx, "announce", stepBody, d); err != nil {
		return err
	}
	return h.begin(ctx, t, d)
}

// begin asks for what to send, or for what to send instead.
func (h Notice) begin(ctx context.Context, t *telegram.Turn, d notice.Draft) error {
	if d.Body.HTML != "" || len(d.Body.Files) > 0 {
		return t.Edit(ctx, card.NoticeAgain(t.Words(), card.Compose{Draft: d}))
	}
	old, kept, err := h.Store.NoticeDraft(ctx, t.UserID())
	if err != nil {
		return err
	}
	return t.Edit(ctx, card.NoticeBegin(t.Words(), kept, old.Body))
}

// The steps of writing a notice. A step says what the person sees, so that a turn which is
// done again shows it again. Words are taken at the first three.
const (
	stepBody    = "body"
	stepWhen    = "when"
	stepTimes   = "times" // the time as it was understood
	stepTo      = "to"    // "to.groups~1" is a page of a kind
	stepOptions = "options"
	stepPreview = "preview"
	stepEdit    = "edit"
)

// draft is what the person is writing, and the edition that the pressed button belongs to.
// Most buttons stay good when the draft is another: the photos of an album come in one after
// the other.
func (h Notice) draft(t *telegram.Turn) (d notice.Draft, shown int64, err error) {
	shown, t.Button.Version = t.Button.Version, t.Known.Dialogue.Version
	err = t.Dialogue("announce", &d)
	return d, shown, err
}

// keep keeps a draft at a step, beyond the dialogue too.
func (h Notice) keep(ctx context.Context, t *telegram.Turn, step string, d notice.Draft) error {
	if err := h.Store.KeepNoticeDraft(ctx, t.UserID(), d); err != nil {
		return err
	}
	return t.Go(ctx, "announce", step, d)
}

// again shows what an earlier try of this turn has come to.
func (h Notice) again(ctx context.Context, t *telegram.Turn) error {
	d, _, err := h.draft(t)
	if err != nil {
		return err
	}
	return h.show(ctx, t, d, t.Known.Dialogue.Step)
}

// entered takes what the person says at a step.
func (h Notice) entered(ctx context.Context, t *telegram.Turn) error {
	d, _, err := h.draft(t)
	if err != nil {
		return err
	}
	if err := h.may(ctx, t); err != nil {
		return err
	}
	c, ok := t.Content()
	step := t.Known.Dialogue.Step
	if c.Album != "" {
		t.Gather()
		if c.Album == d.Album && (t.Asks() || len(d.Body.Files) > 1) {
			return h.gather(ctx, t, d, c)
		}
	}
	switch {
	case !t.Asks():
		return h.show(ctx, t, d, step)
	case step == stepBody && !ok:
		return t.Say(ctx, "notice.takes", nil)
	case step == stepBody, c.Album != "":
		return h.take(ctx, t, d, c)
	case (step == stepWhen || step == stepTimes) && t.Text != "":
		return h.time(ctx, t, d)
	}
	return t.Say(ctx, "notice.press", nil)
}

// take makes what a person sent the body of the draft. What is too long is kept, and the
// person told by how much.
func (h Notice) take(ctx context.Context, t *telegram.Turn, d notice.Draft, c telegram.Content) error {
	d = d.Edit(func(d *notice.Draft) { d.Body, d.Album = body(c), c.Album })
	long := d.Body.Fits(text.Length(d.Body.HTML))
	step := stepTo
	switch {
	case long != nil:
		step = stepBody
	case d.Seen:
		step = stepPreview
	}
	if err := h.keep(ctx, t, step, d); err != nil {
		return err
	}
	if long != nil {
		return long
	}
	return h.show(ctx, t, d, step)
}

// gather adds a photo to the album that it belongs to, without a word: the first one was
// answered. What is too long by now is told.
func (h Notice) gather(ctx context.Context, t *telegram.Turn, d notice.Draft, c telegram.Content) error {
	if t.Asks() {
		d.Body = d.Body.With(body(c))
		if d.Seen {
			d.Edition++ // it is not what was shown
		}
		if err := h.keep(ctx, t, t.Known.Dialogue.Step, d); err != nil {
			return err
		}
	}
	if c.HTML == "" {
		return nil
	}
	return d.Body.Fits(text.Length(d.Body.HTML))
}

func body(c telegram.Content) notice.Body {
	b := notice.Body{HTML: c.HTML}
	for _, f := range c.Files {
		b.Files = append(b.Files, notice.File{Kind: string(f.Kind), ID: f.ID})
	}
	return b
}
