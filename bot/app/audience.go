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
func (a audience) Walk(ctx context.Context, content int64, to []notice.Target, page func(context.Context, []queue.Chat) error) error {
	return a.Store.Walk(ctx, content, a.with(to), page)
}

// Reach is Store.Reach.
func (a audience) Reach(ctx context.Context, content int64, to []notice.Target) (groups, people int, err error) {
	return a.Store.Reach(ctx, content, a.with(to))
}

// with adds the admins of the config where they are meant.
func (a audience) with(to []notice.Target) []notice.Target {
	admins := notice.Target{Kind: notice.OfRole, ID: string(community.Admin)}
	if !slices.Contains(to, admins) && !slices.Contains(to, notice.Target{Kind: notice.Staff}) {
		return to
	}
	to = slices.Clone(to)
	for _, id := range a.admins {
		to = append(to, notice.Target{Kind: notice.One, ID: queue.Chat{ID: id}.String()})
	}
	return to
}
