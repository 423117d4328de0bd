package handlers

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"xingfuli/bot/card"
	"xingfuli/bot/community"
	"xingfuli/bot/telegram"
)

// AuditStore keeps what staff have changed.
type AuditStore interface {
	Audit(ctx context.Context, before string, n int64) ([]community.Entry, error)
	StaffMember(ctx context.Context, user int64) (community.Member, error)
	NameStaff(ctx context.Context, user int64, name string) error
}

// Audit shows admins what staff have changed.
type Audit struct {
	Store AuditStore
	Staff Staff
}

// Register takes /audit and its buttons.
func (h Audit) Register(r *telegram.Router) {
	r.Command("audit", h.list, telegram.In(telegram.Private), telegram.For(has(h.Staff, community.Admin)), telegram.About("audit.about"))
	r.Button("audit", h.page)
	r.Button("deed", h.entry)
}

// list shows the newest entries, or with words those that name them.
func (h Audit) list(ctx context.Context, t *telegram.Turn) error {
	if err := h.Store.NameStaff(ctx, t.UserID(), called(t)); err != nil {
		return err
	}
	m, err := h.card(ctx, t, "", t.Args)
	if err != nil {
		return err
	}
	_, err = t.Send(ctx, m)
	return err
}

func (h Audit) page(ctx context.Context, t *telegram.Turn) error {
	if err := admin(ctx, h.Staff, t); err != nil {
		return err
	}
	m, err := h.card(ctx, t, t.Button.ID, "")
	if err != nil {
		return err
	}
	return t.Edit(ctx, m)
}

// searched is how many entries are looked through for words at a time.
const searched = 500

// card reads a page from before an entry. Words are looked for in what the newest entries are
// about, and in the account numbers.
func (h Audit) card(ctx context.Context, t *telegram.Turn, before, words string) (telegram.Message, error) {
	n := int64(card.PerPage + 1)
	if words != "" {
		n = searched
	}
	es, err := h.Store.Audit(ctx, before, n)
	if err != nil {
		return telegram.Message{}, err
	}
	if words != "" {
		es = slices.DeleteFunc(es, func(e community.Entry) bool {
			return !strings.Contains(e.About, words) && !slices.Contains([]string{strconv.FormatInt(e.Who, 10), strconv.FormatInt(e.Whom, 10)}, words)
		})
	}
	more := words == "" && len(es) > card.PerPage
	es = es[:min(len(es), card.PerPage)]
	ds, err := h.named(ctx, t, es)
	return card.Audit(t.Words(), ds, before == "", more), err
}

// named finds the names of the people in entries: of staff as it is now.
func (h Audit) named(ctx context.Context, t *telegram.Turn, es []community.Entry) ([]card.Deed, error) {
	names := map[int64]string{0: "", community.Erased: t.Words().Plain("audit.erased", nil)}
	name := func(id int64) (string, error) {
		if _, ok := names[id]; !ok {
			m, err := h.Store.StaffMember(ctx, id)
			if err != nil {
				return "", err
			}
			names[id] = card.Person(t.Words(), m)
		}
		return names[id], nil
	}
	ds := make([]card.Deed, len(es))
	for i, e := range es {
		by, err := name(e.Who)
		if err != nil {
			return nil, err
		}
		to, err := name(e.Whom)
		if err != nil {
			return nil, err
		}
		e.At = e.At.In(t.Now.Location())
		ds[i] = card.Deed{Entry: e, By: by, To: to}
	}
	return ds, nil
}

// entry shows what an entry has before and after. Its ID may be forged: it leads to an entry
// or to none.
func (h Audit) entry(ctx context.Context, t *telegram.Turn) error {
	if err := admin(ctx, h.Staff, t); err != nil {
		return err
	}
	e, ok, err := h.find(ctx, t.Button.ID)
	if err != nil {
		return err
	}
	if !ok {
		return telegram.ErrStale
	}
	ds, err := h.named(ctx, t, []community.Entry{e})
	if err != nil {
		return err
	}
	return t.Edit(ctx, card.AuditEntry(t.Words(), ds[0]))
}

// find reads the entry with an ID: the newest before the one that would come next.
func (h Audit) find(ctx context.Context, id string) (e community.Entry, ok bool, err error) {
	next, ok := behind(id)
	if !ok {
		return e, false, nil
	}
	es, err := h.Store.Audit(ctx, next, 1)
	if err != nil || len(es) == 0 || es[0].ID != id {
		return e, false, err
	}
	return es[0], true, nil
}

// behind is the ID that would come next after an entry's.
func behind(id string) (string, bool) {
	ms, n, _ := strings.Cut(id, "-")
	number, err := strconv.ParseInt(n, 10, 32)
	return ms + "-" + strconv.FormatInt(number+1, 10), err == nil && ms != ""
}
