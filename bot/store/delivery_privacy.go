package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

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

// schedules calls f with each schedule that a person has made.
func (p *Privacy) schedules(ctx context.Context, user int64, f func(queue.Schedule) error) error {
	const some = 200
	for from := int64(0); ; from += some {
		list, total, err := p.s.Schedules(ctx, "", from, some)
		if err != nil {
			return err
		}
		for _, sc := range list {
			if sc.Author != user {
				continue
			}
			if err := f(sc); err != nil {
				return err
			}
		}
		if from+some >= total {
			return nil
		}
	}
}

func exportSchedules(ctx context.Context, p *Privacy, user int64) (any, bool, error) {
	var all []queue.Schedule
	err := p.schedules(ctx, user, func(sc queue.Schedule) error { all = append(all, sc); return nil })
	return all, len(all) > 0, err
}

// eraseSchedules leaves schedules without an author: what they do goes on, and the admins are
// asked about what was missed.
func eraseSchedules(ctx context.Context, p *Privacy, user int64) error {
	return p.schedules(ctx, user, func(sc queue.Schedule) error {
		for range edits { // it may come due meanwhile
			sc, err := p.s.Schedule(ctx, sc.ID)
			if errors.Is(err, queue.ErrNoSchedule) || err == nil && sc.Author != user {
				return nil
			}
			if err != nil {
				return err
			}
			sc.Author = 0
			err = p.s.PutSchedule(ctx, queue.Op(fmt.Sprintf("forget.%d.%s.%d", user, sc.ID, sc.Version)), sc)
			if !errors.Is(err, queue.ErrConflict) {
				return err
			}
		}
		return queue.ErrConflict
	})
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
