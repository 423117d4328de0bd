package handlers

import (
	"context"

	"xingfuli/bot/calendar"
	"xingfuli/bot/card"
	"xingfuli/bot/community"
	"xingfuli/bot/telegram"
)

// Digest shows staff what last week was like, when they ask.
type Digest struct {
	Staff Staff
	Store interface {
		Communities(ctx context.Context, content int64) ([]community.Community, error)
	}
	// Of makes the digest of a week of a community, or of all for an empty ID.
	Of func(ctx context.Context, home string, monday calendar.Date) (community.Digest, error)
}

// Register takes /digest.
func (h Digest) Register(r *telegram.Router) {
	r.Command("digest", h.last, telegram.In(telegram.Private), telegram.For(has(h.Staff, community.Specialist)), telegram.About("digest.about"))
}

// last shows an admin last week at large, and a specialist the one of each community of theirs.
func (h Digest) last(ctx context.Context, t *telegram.Turn) error {
	g, err := h.Staff.Grants(ctx, t.UserID())
	if err != nil {
		return err
	}
	if g.Has(community.Admin) {
		return h.show(ctx, t, "")
	}
	open, err := h.Store.Communities(ctx, t.Known.Content)
	if err != nil {
		return err
	}
	for _, c := range open {
		if !g.May(community.Specialist, c.ID) {
			continue
		}
		if err := h.show(ctx, t, c.ID); err != nil {
			return err
		}
	}
	return nil
}

func (h Digest) show(ctx context.Context, t *telegram.Turn, home string) error {
	d, err := h.Of(ctx, home, today(t).Monday().AddDays(-7))
	if err != nil {
		return err
	}
	m, err := card.Digest(t.Words(), d, "")
	if err != nil {
		m.Photo = nil // more than fits into a picture: the words say it
	}
	_, err = t.Send(ctx, m)
	return err
}
