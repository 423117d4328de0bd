package app

import (
	"context"
	"slices"

	"xingfuli/bot/community"
	"xingfuli/bot/notice"
	"xingfuli/bot/queue"
	"xingfuli/bot/store"
)

// audience knows whom targets mean: of the staff and of the admins, those of the config too.
type audience struct {
	*store.Store
	admins []int64
}

// Walk is Store.Walk.
func (a audience) Walk(ctx context.Context, content int64, to notice.Audience, page func(context.Context, []queue.Chat) error) error {
	return a.Store.Walk(ctx, content, a.with(to), page)
}

// Reach is Store.Reach.
func (a audience) Reach(ctx context.Context, content int64, to notice.Audience) (notice.Reach, error) {
	return a.Store.Reach(ctx, content, a.with(to))
}

// with adds the admins of the config where they are meant.
func (a audience) with(to notice.Audience) notice.Audience {
	admins := notice.Target{Kind: notice.OfRole, ID: string(community.Admin)}
	if !slices.Contains(to.To, admins) && !slices.Contains(to.To, notice.Target{Kind: notice.Staff}) {
		return to
	}
	to.To = slices.Clone(to.To)
	for _, id := range a.admins {
		to.To = append(to.To, notice.Target{Kind: notice.One, ID: queue.Chat{ID: id}.String()})
	}
	return to
}
