package jobs

import (
	"context"
	"time"
)

// Learner reads the dishes that questions are recognised by, as of a content number.
type Learner interface {
	Learn(ctx context.Context, content int64) error
}

// Counter tells the newest content number.
type Counter interface {
	Content(ctx context.Context) (int64, error)
}

// Dishes keeps a replica's vocabulary fresh when another one has published a menu.
func Dishes(store Counter, menu Learner) Job {
	return Job{Name: "dishes", Every: time.Minute, Run: func(ctx context.Context) error {
		n, err := store.Content(ctx)
		if err != nil {
			return err
		}
		return menu.Learn(ctx, n)
	}}
}
