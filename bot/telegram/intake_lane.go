package telegram

import (
	"context"
	"errors"
	"net"
	"time"

	"xingfuli/bot/queue"
)

// worker handles a lane, and then the next one that is in want of a worker: its stack has
// grown by then to what a handler takes, which costs a twelfth of a turn.
func (in *Intake) worker(ctx context.Context, lane int64) {
	forgotten := make(chan struct{}, 1)
	for ok := true; ok; {
		in.lane(ctx, lane, forgotten)
		if in.idle.Add(1) <= maxIdle {
			lane, ok = <-in.next
		} else {
			ok = false
		}
		in.idle.Add(-1)
	}
}

// lane handles what waits in one lane until nothing does. It goes on when an update is
// forgotten: a kill then repeats one update of a lane, never one before another.
func (in *Intake) lane(ctx context.Context, lane int64, forgotten chan struct{}) {
	defer in.work.Done()
	for {
		b := in.first(lane)
		switch {
		case b == nil:
			return
		case in.one(ctx, b):
			in.done <- handled{b.Update, forgotten}
			<-forgotten
		default:
			in.leave(lane, b)
		}
	}
}

// first takes the first update of a lane, nil when there is none. It waits while the lease
// has run out and is not renewed yet.
func (in *Intake) first(lane int64) *begun {
	in.mu.Lock()
	defer in.mu.Unlock()
	for {
		waiting := in.lanes[lane]
		if len(waiting) == 0 {
			delete(in.lanes, lane)
			return nil
		}
		if in.leased() {
			u := waiting[0]
			in.lanes[lane] = waiting[1:]
			b := &begun{Update: u, shard: in.shards[u.Shard], answered: in.waited(u)}
			in.busy[entry{u.Shard, u.Entry}] = b
			return b
		}
		in.change.Wait()
	}
}

// mine tells whether an update that was begun is still this replica's, before anybody hears
// of it: after the process or Redis stood still, another one may have it. It waits while the
// lease has run out and nobody knows.
func (in *Intake) mine(ctx context.Context, b *begun) bool {
	in.mu.Lock()
	defer in.mu.Unlock()
	if in.leased() {
		return in.shards[b.Shard] == b.shard
	}
	defer context.AfterFunc(ctx, func() { in.mu.Lock(); in.change.Broadcast(); in.mu.Unlock() })()
	for !in.leased() && !in.stopping && ctx.Err() == nil {
		in.change.Wait()
	}
	return in.leased() && in.shards[b.Shard] == b.shard
}

// leased tells whether the lease runs. The mutex is held.
func (in *Intake) leased() bool { return time.Now().Before(in.until) }

// leave leaves an update in the inbox: to the replica that has it now or, if it came back
// to this one, to the lane once more.
func (in *Intake) leave(lane int64, b *begun) {
	in.mu.Lock()
	defer in.mu.Unlock()
	in.finish(b.Update)
	if s := in.shards[b.Shard]; b.again != nil && s != nil && !in.stopping {
		in.lanes[lane] = append([]queue.Update{*b.again}, in.lanes[lane]...)
		s.held++
		in.held++
	}
	in.change.Broadcast()
}

// finish notes that nothing more is done about an update here. The mutex is held.
func (in *Intake) finish(u queue.Update) {
	delete(in.busy, entry{u.Shard, u.Entry})
	in.held--
	if s := in.shards[u.Shard]; s != nil {
		if s.held--; s.giving && s.held == 0 {
			in.offer()
		}
	}
}

// one handles an update, again when that fails, and gives it up in the end. It returns
// false when the update must stay in the inbox, because the process stops before that.
func (in *Intake) one(ctx context.Context, b *begun) (done bool) {
	u := b.Update
	if u.Left {
		deadly, release := in.suspect(ctx, u)
		defer release()
		if deadly {
			return in.park(ctx, u, errDeadly)
		}
	}
	a := Attempt{mine: func(ctx context.Context) bool { return in.mine(ctx, b) }, answered: b.answered}
	began := time.Now()
	for n, failed := 1, 1; ; failed++ {
		a.Last, a.next = n == attempts, 0
		err := in.Handle(ctx, u, &a)
		switch {
		case err == nil:
			return true
		case errors.Is(err, errLost):
			in.Log.Warn("update", "id", u.ID, "attempt", n, "err", err)
			return false
		}
		in.Log.Error("update", "id", u.ID, "attempt", n, "err", err)
		if errors.Is(err, ErrDecode) || a.Last {
			return in.park(ctx, u, err)
		}
		if errors.Is(err, queue.ErrRefused) {
			n = attempts - 1 // it will be refused again: the next try says that it failed
		}
		if in.Inbox.Alive(ctx) && !(away(err) && time.Since(began) < outage) {
			n++
		}
		if in.waitOut(ctx, min(time.Duration(failed*failed)*100*time.Millisecond, 5*time.Second)) {
			return false
		}
	}
}

// away tells whether Telegram cannot be reached or is out of order, which is no fault of
// the update's.
func away(err error) bool {
	var status *statusError
	var dial *net.OpError
	return errors.As(err, &status) || errors.As(err, &dial) && dial.Op == "dial"
}

// waitOut waits before the next attempt; it returns true when the process stops meanwhile.
func (in *Intake) waitOut(ctx context.Context, d time.Duration) (stopping bool) {
	_ = pause(ctx, d)
	in.mu.Lock()
	defer in.mu.Unlock()
	return in.stopping
}

// errDeadly is why an update is parked that no process outlived.
var errDeadly = &Failed{Err: errors.New("telegram: every process that took up the update has died")}

// suspect counts that an update which a dead process has left is taken up again. One that
// several processes have left is handled while no other of its kind is, until release is
// called: a process that dies again then tells the update that kills it, and is to be
// parked, from those that happened to be handled beside it.
func (in *Intake) suspect(ctx context.Context, u queue.Update) (deadly bool, release func()) {
	in.alone.Lock()
	n, err := in.Inbox.Began(ctx, u)
	if err != nil {
		in.Log.Warn("count tries", "id", u.ID, "err", err)
	}
	if n <= patience {
		in.alone.Unlock()
		return false, func() {}
	}
	return n > deaths, in.alone.Unlock
}

// park gives an update up: it is kept for an admin to look at, and the rest flows on. It
// returns false when the process stops before that.
func (in *Intake) park(ctx context.Context, u queue.Update, err error) (done bool) {
	d := queue.Dead{Update: u, Reason: err.Error()}
	if f := (*Failed)(nil); errors.As(err, &f) {
		d.Code = f.Code
	}
	for {
		err := in.Inbox.Park(ctx, d, in.Now())
		if err == nil {
			break
		}
		in.Log.Error("park", "id", u.ID, "err", err)
		if in.waitOut(ctx, time.Second) {
			return false
		}
	}
	if in.Parked != nil {
		in.Parked(ctx, d)
	}
	return true
}

// forget takes handled updates out of the inbox, as many at once as have come together
// while it was busy.
func (in *Intake) forget(ctx context.Context) {
	for h := range in.done {
		hs := in.together(h)
		us := make([]queue.Update, len(hs))
		for i, h := range hs {
			us[i] = h.Update
		}
		for {
			err := in.Inbox.Done(ctx, us)
			if err == nil {
				break
			}
			in.Log.Error("forget updates", "err", err)
			if in.waitOut(ctx, time.Second) {
				break // they are handled once more: their changes know it
			}
		}
		in.mu.Lock()
		in.ended += int64(len(us))
		for _, u := range us {
			in.finish(u)
		}
		in.change.Broadcast()
		in.mu.Unlock()
		for _, h := range hs {
			h.forgotten <- struct{}{}
		}
	}
}

// together adds to h what else has been handled by now.
func (in *Intake) together(h handled) []handled {
	hs := []handled{h}
	for len(hs) < 500 {
		select {
		case h, open := <-in.done:
			if !open {
				return hs
			}
			hs = append(hs, h)
		default:
			return hs
		}
	}
	return hs
}

// Settle waits until every update accepted by this process has been handled.
func (in *Intake) Settle(ctx context.Context) error {
	stop := context.AfterFunc(ctx, func() { in.mu.Lock(); in.change.Broadcast(); in.mu.Unlock() })
	defer stop()
	in.mu.Lock()
	defer in.mu.Unlock()
	for in.ended < in.taken && ctx.Err() == nil {
		in.change.Wait()
	}
	return ctx.Err()
}
