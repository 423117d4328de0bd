package telegram

import (
	"context"
	"strconv"
	"strings"
	"time"

	"xingfuli/bot/queue"
)

// take reads updates into lanes.
func (in *Intake) take(ctx, work context.Context) {
	for {
		after, from, once := in.reading(ctx)
		if ctx.Err() != nil {
			return
		}
		us, err := in.Inbox.Take(once, after)
		if err != nil && once.Err() == nil {
			in.Log.Error("take updates", "err", err)
			_ = pause(ctx, time.Second)
		}
		in.mu.Lock()
		for _, u := range us {
			// A shard that was lost and came back meanwhile is read from its beginning.
			if s := in.shards[u.Shard]; s != nil && s == from[u.Shard] && !s.giving && !in.stopping {
				in.add(work, s, u)
			}
		}
		in.mu.Unlock()
	}
}

// reading waits until there is room for updates and a shard to read, and returns how far
// each was read. once ends when there are more shards to read.
func (in *Intake) reading(ctx context.Context) (after queue.Cursor, from map[int]*shard, once context.Context) {
	in.mu.Lock()
	defer in.mu.Unlock()
	for ctx.Err() == nil {
		after, from = queue.Cursor{}, map[int]*shard{}
		for i, s := range in.shards {
			if !s.giving {
				after[i], from[i] = s.last, s
			}
		}
		if len(after) > 0 && in.held < maxHeld {
			in.reread()
			once, in.reread = context.WithCancel(ctx)
			return after, from, once
		}
		in.change.Wait()
	}
	return nil, nil, nil
}

// add puts an update into its lane. The mutex is held.
func (in *Intake) add(ctx context.Context, s *shard, u queue.Update) {
	s.last = u.Entry
	u.Left = entryTime(u.Entry) < s.since
	if b := in.busy[entry{u.Shard, u.Entry}]; b != nil {
		b.again = &u
		return
	}
	s.held++
	in.held++
	before, running := in.lanes[u.Lane]
	in.lanes[u.Lane] = append(before, u)
	if running {
		in.wait(ctx, u)
	} else {
		in.work.Add(1)
		select {
		case in.next <- u.Lane:
		default:
			go in.worker(ctx, u.Lane)
		}
	}
}

// wait ends the waiting of a press that has not been begun by then. The mutex is held.
func (in *Intake) wait(ctx context.Context, u queue.Update) {
	press, ok := pressID(u.Raw)
	if !ok || in.Waits == nil {
		return
	}
	w := &waiting{}
	w.timer = time.AfterFunc(answerWithin, func() {
		in.mu.Lock()
		waits := in.waits[entry{u.Shard, u.Entry}] == w
		if w.answered = waits; waits {
			in.work.Add(1) // its lane is being handled, so that this is not the first
			defer in.work.Done()
		}
		in.mu.Unlock()
		if !waits {
			return
		}
		if err := in.Waits(ctx, press); err != nil {
			in.Log.Warn("end the waiting of a press", "update", u.ID, "err", err)
		}
	})
	in.waits[entry{u.Shard, u.Entry}] = w
}

// waited takes a press out of those that wait, and tells whether it was answered meanwhile.
// The mutex is held.
func (in *Intake) waited(u queue.Update) (answered bool) {
	e := entry{u.Shard, u.Entry}
	w := in.waits[e]
	if w == nil {
		return false
	}
	w.timer.Stop()
	delete(in.waits, e)
	return w.answered
}

// entryTime is when Redis accepted an entry, in ms.
func entryTime(entry string) int64 {
	ms, _, _ := strings.Cut(entry, "-")
	t, _ := strconv.ParseInt(ms, 10, 64)
	return t
}
