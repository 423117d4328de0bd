package handlers

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"xingfuli/bot/card"
	"xingfuli/bot/community"
	"xingfuli/bot/notice"
	"xingfuli/bot/queue"
	"xingfuli/bot/table"
	"xingfuli/bot/telegram"
)

// PostStore keeps deliveries.
type PostStore interface {
	Delivery(ctx context.Context, id string) (queue.Delivery, error)
	corrector
	Steer(ctx context.Context, id string, to queue.State, now time.Time, from ...queue.State) (queue.State, error)
	Again(ctx context.Context, op queue.Op, id string, which queue.RowState) (int, error)
	Rows(ctx context.Context, id string, page func(context.Context, []queue.Row) error) error
	Reached(ctx context.Context, id string, chat int64) (bool, error)
	Got(ctx context.Context, id string, chat, user int64, now time.Time) (first bool, err error)
	GotBy(ctx context.Context, id string, users []int64) ([]int64, error)
	Wake(ctx context.Context, d queue.Delivery) error
	Homes(ctx context.Context, users []int64) ([]string, error)
	Titles(ctx context.Context, groups []int64) ([]string, error)
	Communities(ctx context.Context, content int64) ([]community.Community, error)
	Hold(ctx context.Context, name, holder string, ttl time.Duration) (bool, error)
}

// Post is what the author of a delivery can do about it, and the receipts of who got it.
type Post struct {
	Store PostStore
	Staff Staff
	Quiet func(time.Time) bool
	Wake  func() // tells this process that there is something to send
	Names func(ctx context.Context, chats []int64) []string
	// Second asks a second person to agree to a correction, when one must; asked tells that.
	Second func(ctx context.Context, t *telegram.Turn, d queue.Delivery, now notice.Body) (asked bool, err error)
}

// errLateAct refuses what cannot be done to a delivery any more.
var errLateAct = fmt.Errorf("handlers: the delivery is in another state by now")

// errNotAuthor refuses somebody else's delivery.
var errNotAuthor = fmt.Errorf("handlers: somebody else's delivery")

// Register takes the buttons of reports and receipts.
func (h Post) Register(r *telegram.Router) {
	r.Button("post", h.press)
	r.Button("got", h.got)
	h.registerRevise(r)
	r.Explain(queue.ErrNoDelivery, "post.gone")
	r.Explain(errLateAct, "post.late")
	r.Explain(errNotAuthor, "post.not_yours")
}

// acts holds what each button does.
func (h Post) acts() map[string]func(context.Context, *telegram.Turn, queue.Delivery) error {
	sure := func(act string) func(context.Context, *telegram.Turn, queue.Delivery) error {
		return func(ctx context.Context, t *telegram.Turn, d queue.Delivery) error {
			_, err := t.Send(ctx, card.Sure(t.Words(), d, act, t.Now))
			return err
		}
	}
	return map[string]func(context.Context, *telegram.Turn, queue.Delivery) error{
		"show":         h.show,
		"keep":         h.keep,
		"pause":        h.steer(queue.Paused, queue.Running),
		"resume":       h.steer(queue.Running, queue.Paused),
		"stop":         sure("stop"),
		"yes_stop":     h.stop,
		"again_failed": h.again(queue.RowFailed), "again_unknown": sure("unknown"), "yes_unknown": h.again(queue.RowUnknown),
		"failures": h.failures, "visit": h.visit,
		"revise": h.revise,
		"recall": sure("recall"), "yes_recall": h.act(queue.KindRecall), "remind": h.act(queue.KindRemind),
	}
}

// press does what a button of a report says, for the author and for admins.
func (h Post) press(ctx context.Context, t *telegram.Turn) error {
	id, act, _ := strings.Cut(t.Button.ID, ".")
	do := h.acts()[act]
	if do == nil {
		return telegram.ErrStale
	}
	d, err := h.mine(ctx, t, id)
	if err != nil {
		return err
	}
	return do(ctx, t, d)
}

// mine reads a delivery that the person may act on: admins, and the author as long as they may
// write to those it is for.
func (h Post) mine(ctx context.Context, t *telegram.Turn, id string) (queue.Delivery, error) {
	if t.User == nil {
		return queue.Delivery{}, telegram.ErrAnonymous
	}
	d, err := h.Store.Delivery(ctx, id)
	if err != nil {
		return d, err
	}
	g, err := h.Staff.Grants(ctx, t.User.ID)
	if err != nil {
		return d, err
	}
	if g.Has(community.Admin) {
		return d, nil
	}
	if d.Author != t.User.ID || len(g) == 0 {
		return d, errNotAuthor
	}
	return d, notice.May(g, targets(d)...)
}

// targets are those that a delivery is for; what only its author sees has none.
func targets(d queue.Delivery) []notice.Target {
	var all []notice.Target
	for _, s := range d.To {
		if to, err := notice.ParseTarget(s); err == nil {
			all = append(all, to)
		}
	}
	return all
}

// show puts the report where the button was.
func (h Post) show(ctx context.Context, t *telegram.Turn, d queue.Delivery) error {
	held := d.State == queue.Running && d.Queued > 0 && d.Waits() && h.Quiet(t.Now)
	return t.Edit(ctx, card.Delivery(t.Words(), d, held))
}

// keep leaves a delivery as it is, where it was asked whether to do something to it.
func (h Post) keep(ctx context.Context, t *telegram.Turn, _ queue.Delivery) error {
	if err := t.Edit(ctx, telegram.Message{HTML: t.Words().HTML("post.kept", nil)}); err != nil || t.Known.Dialogue.Word != "revise" {
		return err
	}
	return t.End(ctx)
}

// now shows the report as it is now.
func (h Post) now(ctx context.Context, t *telegram.Turn, id string) error {
	d, err := h.Store.Delivery(ctx, id)
	if err != nil {
		return err
	}
	return h.show(ctx, t, d)
}

// steer makes the button that pauses or resumes.
func (h Post) steer(to, from queue.State) func(context.Context, *telegram.Turn, queue.Delivery) error {
	return func(ctx context.Context, t *telegram.Turn, d queue.Delivery) error {
		state, err := h.Store.Steer(ctx, d.ID, to, t.Now, from)
		if err != nil {
			return err
		}
		if state != to {
			return errLateAct
		}
		h.Wake()
		return h.now(ctx, t, d.ID)
	}
}

func (h Post) stop(ctx context.Context, t *telegram.Turn, d queue.Delivery) error {
	state, err := h.Store.Steer(ctx, d.ID, queue.Stopped, t.Now, queue.Running, queue.Paused)
	if err != nil {
		return err
	}
	if state != queue.Stopped {
		return errLateAct
	}
	if err := h.note(ctx, t, "delivery.stop", d); err != nil {
		return err
	}
	h.Wake()
	return h.now(ctx, t, d.ID)
}

// note records in the audit trail what was done to a delivery.
func (h Post) note(ctx context.Context, t *telegram.Turn, what string, d queue.Delivery) error {
	return h.Store.Record(ctx, t.Op(), community.Entry{At: t.Now, Who: t.UserID(), What: what, About: card.DeliveryHead(d)})
}

// again makes the button that sends once more to those of whom it is failed or unknown.
func (h Post) again(which queue.RowState) func(context.Context, *telegram.Turn, queue.Delivery) error {
	return func(ctx context.Context, t *telegram.Turn, d queue.Delivery) error {
		n, err := h.Store.Again(ctx, t.Op(), d.ID, which)
		if errors.Is(err, queue.ErrConflict) {
			return errLateAct
		}
		if err != nil {
			return err
		}
		h.Wake()
		key := "post.again"
		if n == 0 {
			key = "post.again_none"
		}
		v := map[string]any{"N": n}
		if which == queue.RowUnknown { // the button was below the question
			return t.Edit(ctx, telegram.Message{HTML: t.Words().HTML(key, v)})
		}
		return t.Toast(ctx, key, v)
	}
}

// act makes the button that starts a delivery about this one.
func (h Post) act(kind string) func(context.Context, *telegram.Turn, queue.Delivery) error {
	return func(ctx context.Context, t *telegram.Turn, d queue.Delivery) error {
		op := t.Op()
		if kind == queue.KindRemind {
			if !d.Receipt {
				return telegram.ErrStale
			}
			first, err := h.Store.Hold(ctx, "remind."+d.ID, string(op), remindApart)
			if err != nil {
				return err
			}
			if !first {
				return t.Toast(ctx, "post.reminded", nil)
			}
		}
		next := queue.Delivery{Kind: kind, Ref: d.ID, To: d.To, Body: d.Body, Author: t.UserID(), Urgent: kind == queue.KindRecall, Made: t.Now}
		if _, err := h.Store.StartDelivery(ctx, op, next); err != nil {
			return err
		}
		if err := h.note(ctx, t, "delivery."+kind, d); err != nil {
			return err
		}
		h.Wake()
		if kind == queue.KindRemind {
			return t.Toast(ctx, "post.begun_remind", nil)
		}
		return t.Edit(ctx, card.DeliveryActs(t.Words(), kind))
	}
}

// remindApart is between two reminders of a notice: who presses twice does not mean it.
const remindApart = 10 * time.Minute

// maxListed is how many rows a table has at most: a table of more is read by nobody.
const maxListed = 20_000

// pick reads the rows that want says, up to maxListed.
func (h Post) pick(ctx context.Context, id string, want func(queue.Row) bool) ([]queue.Row, error) {
	var list []queue.Row
	err := h.Store.Rows(ctx, id, func(_ context.Context, rows []queue.Row) error {
		for _, r := range rows {
			if want(r) && len(list) < maxListed {
				list = append(list, r)
			}
		}
		return nil
	})
	slices.SortFunc(list, func(a, b queue.Row) int {
		return strings.Compare(string(a.Why)+a.To.String(), string(b.Why)+b.To.String())
	})
	return slices.CompactFunc(list, func(a, b queue.Row) bool { return a.To == b.To }), err
}

// failures sends the table of those who were not reached.
func (h Post) failures(ctx context.Context, t *telegram.Turn, d queue.Delivery) error {
	list, err := h.pick(ctx, d.ID, func(r queue.Row) bool { return r.State == queue.RowFailed })
	if err != nil {
		return err
	}
	names, err := h.called(ctx, list)
	if err != nil {
		return err
	}
	w := t.Words()
	file := &telegram.File{Name: w.Plain("post.file", nil) + ".csv", Bytes: table.WriteCSV(card.Failures(w, list, names))}
	_, err = t.Send(ctx, telegram.Message{HTML: w.HTML("post.file_caption", map[string]any{"N": len(list)}), File: file})
	return err
}

// visit sends the table of those who have not said that they got it, by community: somebody
// goes and sees them.
func (h Post) visit(ctx context.Context, t *telegram.Turn, d queue.Delivery) error {
	list, err := h.pick(ctx, d.ID, func(r queue.Row) bool { return r.To.ID > 0 && r.To.ID != d.Author })
	if err != nil {
		return err
	}
	users := make([]int64, len(list))
	for i, r := range list {
		users[i] = r.To.ID
	}
	got, err := h.Store.GotBy(ctx, d.ID, users)
	if err != nil {
		return err
	}
	list = slices.DeleteFunc(list, func(r queue.Row) bool { return slices.Contains(got, r.To.ID) })
	users = slices.DeleteFunc(users, func(u int64) bool { return slices.Contains(got, u) })
	homes, err := h.homes(ctx, t, users)
	if err != nil {
		return err
	}
	names, err := h.called(ctx, list)
	if err != nil {
		return err
	}
	w := t.Words()
	file := &telegram.File{Name: w.Plain("post.visit_file", nil) + ".csv", Bytes: table.WriteCSV(card.Visits(w, list, homes, names))}
	_, err = t.Send(ctx, telegram.Message{HTML: w.HTML("post.visit_caption", map[string]any{"N": len(list)}), File: file})
	return err
}

// called names the chats of rows: groups as they are kept, all others as Telegram says. Nobody's
// name is kept.
func (h Post) called(ctx context.Context, rows []queue.Row) ([]string, error) {
	chats := make([]int64, len(rows))
	for i, r := range rows {
		chats[i] = r.To.ID
	}
	names, err := h.Store.Titles(ctx, chats)
	if err != nil {
		return nil, err
	}
	var unknown []int64
	for i, c := range chats {
		if names[i] == "" {
			unknown = append(unknown, c)
		}
	}
	asked := h.Names(ctx, unknown)
	for i := range names {
		if names[i] == "" {
			names[i], asked = asked[0], asked[1:]
		}
	}
	return names, nil
}

// homes names the communities in which people live, "" where that is not known.
func (h Post) homes(ctx context.Context, t *telegram.Turn, users []int64) ([]string, error) {
	ids, err := h.Store.Homes(ctx, users)
	if err != nil {
		return nil, err
	}
	all, err := h.Store.Communities(ctx, t.Known.Content)
	if err != nil {
		return nil, err
	}
	for i, id := range ids {
		at := slices.IndexFunc(all, func(c community.Community) bool { return c.ID == id })
		ids[i] = ""
		if at >= 0 {
			ids[i] = all[at].Name
		}
	}
	return ids, nil
}

// got notes that somebody has read a message. Only where it was sent is that noted: what a
// button says can be forged.
func (h Post) got(ctx context.Context, t *telegram.Turn) error {
	if t.User == nil {
		return telegram.ErrAnonymous
	}
	d, err := h.Store.Delivery(ctx, t.Button.ID)
	if err != nil {
		return err
	}
	reached, err := h.Store.Reached(ctx, d.ID, t.Chat.ID)
	if err != nil {
		return err
	}
	if !d.Receipt || !reached {
		return telegram.ErrStale
	}
	first, err := h.Store.Got(ctx, d.ID, t.Chat.ID, t.User.ID, t.Now)
	if err != nil {
		return err
	}
	key := "post.got_already"
	if first {
		key = "post.got_thanks"
		if err := h.Store.Wake(ctx, d); err != nil {
			return err
		}
	}
	if err := t.Toast(ctx, key, nil); err != nil || !t.Private() {
		return err
	}
	if err := t.Relabel(ctx, t.Words().Plain("post.got_done", nil)); err != nil && !errors.Is(err, queue.ErrRefused) {
		return err
	}
	return nil // it may be gone by now
}
