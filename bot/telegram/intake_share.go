package telegram

import (
	"context"
	"time"

	"xingfuli/bot/queue"
)

// own renews the lease four times in its length, and whenever a shard can be given up.
func (in *Intake) own(ctx context.Context) {
	lease := in.Inbox.Lease()
	beat := time.NewTicker(lease / 4)
	defer beat.Stop()
	for ctx.Err() == nil {
		began := time.Now()
		give, going := in.empty()
		once, cancel := context.WithTimeout(ctx, lease/2)
		share, err := in.Inbox.Own(once, in.Replica, give, going)
		cancel()
		switch {
		case err == nil:
			in.share(share, give, began.Add(lease*9/10))
		case ctx.Err() == nil:
			in.Log.Warn("renew the lease", "err", err)
		}
		select {
		case <-ctx.Done():
		case <-beat.C:
		case <-in.spare:
		}
	}
}

// empty lists the shards to give up of which nothing is held any more, and tells whether
// the replica is going away.
func (in *Intake) empty() (give []int, going bool) {
	in.mu.Lock()
	defer in.mu.Unlock()
	for i, s := range in.shards {
		if s.giving && s.held == 0 {
			give = append(give, i)
		}
	}
	return give, in.stopping
}

// share notes what this replica owns until the lease ends, after it gave up some. What it
// does not own any more is dropped from the lanes: somebody else handles it.
func (in *Intake) share(share queue.Share, gave []int, until time.Time) {
	in.mu.Lock()
	defer in.mu.Unlock()
	in.until = until
	for _, i := range gave {
		delete(in.shards, i) // it may have come back with the same answer, to be read anew
	}
	owned := map[int]bool{}
	for _, i := range share.Shards {
		owned[i] = true
		if in.shards[i] == nil {
			in.shards[i] = &shard{last: "0", since: share.Now, held: in.busyOf(i), giving: in.stopping}
			in.reread()
		}
	}
	lost, held := 0, 0
	for i, s := range in.shards {
		if !owned[i] {
			lost++
			held += s.held
			in.drop(i)
			delete(in.shards, i)
		}
	}
	if lost > 0 { // the lease ran out: this process, or Redis, stood still
		in.Log.Warn("lost a part of the inbox to another replica", "shards", lost, "updates", held)
	}
	in.balance(share.Fair)
	in.change.Broadcast()
}

// busyOf counts what is still being handled of a shard that was lost and has come back.
func (in *Intake) busyOf(shard int) (n int) {
	for e := range in.busy {
		if e.shard == shard {
			n++
		}
	}
	return n
}

// balance begins to give up what is more than the fair part, because replicas have come, or
// keeps it after all. The mutex is held.
func (in *Intake) balance(fair int) {
	if in.stopping {
		return
	}
	keep := 0
	for _, s := range in.shards {
		if !s.giving {
			keep++
		}
	}
	for _, s := range in.shards {
		switch {
		case keep > fair && !s.giving:
			s.giving = true
			keep--
			if s.held == 0 {
				in.offer()
			}
		case keep < fair && s.giving:
			s.giving = false
			keep++
		}
	}
}
