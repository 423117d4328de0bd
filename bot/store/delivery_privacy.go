package store

import (
	"context"
	"encoding/json"

	"xingfuli/bot/queue"
)

// authored are the kinds of delivery that somebody has started.
var authored = []string{"notice", queue.KindRevise, queue.KindRecall, queue.KindRemind}

// sendings calls f with each delivery that a person has started.
func (p *Privacy) sendings(ctx context.Context, user int64, f func(queue.Delivery) error) error {
	const some = 200
	for _, kind := range authored {
		for from := int64(0); ; from += some {
			list, total, err := p.s.Deliveries(ctx, kind, from, some)
			if err != nil {
				return err
			}
			for _, d := range list {
				if d.Author != user {
					continue
				}
				if err := f(d); err != nil {
					return err
				}
			}
			if from+some >= total {
				break
			}
		}
	}
	return nil
}

func exportSendings(ctx context.Context, p *Privacy, user int64) (any, bool, error) {
	var all []queue.Delivery
	err := p.sendings(ctx, user, func(d queue.Delivery) error { all = append(all, d); return nil })
	return all, len(all) > 0, err
}

// eraseSendings leaves deliveries without an author: what was sent stays, who sent it is gone.
func eraseSendings(ctx context.Context, p *Privacy, user int64) error {
	return p.sendings(ctx, user, func(d queue.Delivery) error {
		d.Author = 0
		raw, err := json.Marshal(d)
		if err != nil {
			return err
		}
		return p.s.db.HSet(ctx, p.s.deliveryKey(d.ID), "body", raw).Err()
	})
}
