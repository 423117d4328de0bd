package telegram

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"xingfuli/bot/queue"
)

// Inbox keeps updates between being accepted and being handled, and shares them out among
// replicas, shard by shard.
type Inbox interface {
	// Accept keeps those updates that it has not had before, in this order, and returns their number.
	Accept(ctx context.Context, us []queue.Update) (fresh int, err error)
	// Own renews the replica's lease, gives up some shards, and returns what is its own for Lease from now.
	Own(ctx context.Context, replica string, give []int) (queue.Share, error)
	Lease() time.Duration
	// Leave gives up everything the replica owns.
	Leave(ctx context.Context, replica string) error
	// Take returns updates after the cursor and waits a second at most for some to come.
	Take(ctx context.Context, after queue.Cursor) ([]queue.Update, error)
	// Done forgets updates that have been handled.
	Done(ctx context.Context, us []queue.Update) error
	// Began counts the processes that took up an update which another had left, this one included.
	Began(ctx context.Context, u queue.Update) (int64, error)
	// Park moves an update that cannot be handled to the dead letters.
	Park(ctx context.Context, d queue.Dead, now time.Time) error
	// Alive tells whether the inbox answers at all.
	Alive(ctx context.Context) bool
}

// Attempt is one of several tries to handle the same update in this process. It remembers
// what was sent, so that a try after a failure does not say the same twice.
type Attempt struct {
	Last bool // no further one: the person is told that it failed

	sent     []int // message IDs, in the order of sending; 0 when it is not known
	next     int   // of sent: the sending that this try comes to
	half     half
	answered bool // the press was answered
	counted  bool // the turn was taken out of the person's bucket
}

// Failed is what Handle returns for an update that failed for a reason the person cannot
// mend. Code is what the person was told on the last attempt.
type Failed struct {
	Code string
	Err  error
}

func (f *Failed) Error() string { return f.Err.Error() }
func (f *Failed) Unwrap() error { return f.Err }

// Intake takes updates out of the inbox and has them handled: those of one lane one
// after another, lanes beside each other. An update is forgotten when its handler is
// done, so that a killed process's are found again.
type Intake struct {
	Inbox   Inbox
	Replica string // differs from all others that share the inbox
	Handle  func(context.Context, queue.Update, *Attempt) error
	Parked  func(context.Context, queue.Dead) // called after an update was given up; may be nil
	Now     func() time.Time
	Log     *slog.Logger

	mu     sync.Mutex
	shards map[int]*shard
	until  time.Time                // when the lease ends, by this machine's clock
	lanes  map[int64][]queue.Update // waiting in each lane; one more is being handled
	held   int                      // updates in lanes, waiting and being handled
	change *sync.Cond               // of anything above

	stopping bool // nothing more is begun

	work  sync.WaitGroup // lanes that are being handled
	next  chan int64     // lanes for idle workers
	idle  atomic.Int32   // how many of those there are
	done  chan queue.Update
	taken int64 // accepted by this process
	ended int64 // handled by this process
}

// shard is a part of the inbox that this replica owns.
type shard struct {
	last   string          // entry read last
	since  int64           // owned since, ms by Redis: older entries were somebody's before
	giving bool            // not read any more; given up when nothing of it is held
	held   map[string]bool // entries in lanes
}

const (
	maxHeld  = 4096 // updates that one process takes out of the inbox at a time
	maxIdle  = 64   // workers that wait for a lane
	attempts = 5    // how often an update is handled that fails
)

// NewIntake makes an Intake that gives updates to handle.
func NewIntake(inbox Inbox, replica string, handle func(context.Context, queue.Update, *Attempt) error, log *slog.Logger) *Intake {
	in := &Intake{
		Inbox: inbox, Replica: replica, Handle: handle, Now: time.Now, Log: log,
		shards: map[int]*shard{}, lanes: map[int64][]queue.Update{}, done: make(chan queue.Update, maxHeld),
		next: make(chan int64),
	}
	in.change = sync.NewCond(&in.mu)
	return in
}

// Accept keeps updates in the inbox; only when it returns nil may they be acknowledged.
func (in *Intake) Accept(ctx context.Context, raws []json.RawMessage) error {
	us := make([]queue.Update, 0, len(raws))
	for _, raw := range raws {
		u, err := Address(raw)
		if err != nil {
			in.Log.Error("update without an ID", "bytes", len(raw))
			continue
		}
		us = append(us, u)
	}
	if len(us) == 0 {
		return nil
	}
	fresh, err := in.Inbox.Accept(ctx, us)
	if err != nil {
		return fmt.Errorf("accept: %w", err)
	}
	in.mu.Lock()
	in.taken += int64(fresh)
	in.mu.Unlock()
	return nil
}

// Run takes updates until ctx ends, then waits for the handlers that have begun. What
// waits in lanes stays in the inbox, for whoever owns it next.
func (in *Intake) Run(ctx context.Context) {
	work := context.WithoutCancel(ctx)
	stop := context.AfterFunc(ctx, func() { in.mu.Lock(); in.stopping = true; in.change.Broadcast(); in.mu.Unlock() })
	defer stop()
	var background sync.WaitGroup
	forgotten := make(chan struct{})
	background.Go(func() { in.own(ctx) })
	background.Go(func() { in.take(ctx, work) })
	go func() { defer close(forgotten); in.forget(work) }()
	background.Wait()
	in.work.Wait()
	close(in.next)
	close(in.done)
	<-forgotten
	late, cancel := context.WithTimeout(work, 2*time.Second)
	defer cancel()
	if err := in.Inbox.Leave(late, in.Replica); err != nil {
		in.Log.Warn("leave the inbox", "err", err)
	}
}

// own renews the lease four times in its length.
func (in *Intake) own(ctx context.Context) {
	lease := in.Inbox.Lease()
	for ctx.Err() == nil {
		began := time.Now()
		once, cancel := context.WithTimeout(ctx, lease/2)
		share, err := in.Inbox.Own(once, in.Replica, in.empty())
		cancel()
		switch {
		case err == nil:
			in.share(share, began.Add(lease*9/10))
		case ctx.Err() == nil:
			in.Log.Warn("renew the lease", "err", err)
		}
		_ = pause(ctx, lease/4)
	}
}

// empty lists the shards to give up of which nothing is held any more.
func (in *Intake) empty() []int {
	in.mu.Lock()
	defer in.mu.Unlock()
	var list []int
	for i, s := range in.shards {
		if s.giving && len(s.held) == 0 {
			list = append(list, i)
		}
	}
	return list
}

// share notes what this replica owns until the lease ends. What it owned and does not own
// any more is dropped from the lanes: somebody else handles it.
func (in *Intake) share(share queue.Share, until time.Time) {
	in.mu.Lock()
	defer in.mu.Unlock()
	in.until = until
	owned := map[int]bool{}
	for _, i := range share.Shards {
		owned[i] = true
		if in.shards[i] == nil {
			in.shards[i] = &shard{last: "0", since: share.Now, held: map[string]bool{}}
		}
	}
	for i := range in.shards {
		if !owned[i] {
			delete(in.shards, i)
		}
	}
	giving := 0
	for _, s := range in.shards {
		if s.giving {
			giving++
		}
	}
	for _, s := range in.shards { // more than the fair part: replicas have come
		if len(in.shards)-giving > share.Fair && !s.giving {
			s.giving = true
			giving++
		}
	}
	in.change.Broadcast()
}

// take reads updates into lanes.
func (in *Intake) take(ctx, work context.Context) {
	for {
		after := in.reading(ctx)
		if ctx.Err() != nil {
			return
		}
		us, err := in.Inbox.Take(ctx, after)
		if err != nil && ctx.Err() == nil {
			in.Log.Error("take updates", "err", err)
			_ = pause(ctx, time.Second)
		}
		in.mu.Lock()
		for _, u := range us {
			if ctx.Err() == nil {
				in.add(work, u)
			}
		}
		in.mu.Unlock()
	}
}

// reading waits until there is room for updates and a shard to read, and returns how far
// each was read.
func (in *Intake) reading(ctx context.Context) queue.Cursor {
	in.mu.Lock()
	defer in.mu.Unlock()
	for ctx.Err() == nil {
		after := queue.Cursor{}
		for i, s := range in.shards {
			if !s.giving {
				after[i] = s.last
			}
		}
		if len(after) > 0 && in.held < maxHeld {
			return after
		}
		in.change.Wait()
	}
	return nil
}

// add puts an update into its lane. The mutex is held.
func (in *Intake) add(ctx context.Context, u queue.Update) {
	s := in.shards[u.Shard]
	if s == nil || s.giving || s.held[u.Entry] {
		return
	}
	s.last, s.held[u.Entry] = u.Entry, true
	u.Left = entryTime(u.Entry) < s.since
	in.held++
	waiting, busy := in.lanes[u.Lane]
	in.lanes[u.Lane] = append(waiting, u)
	if !busy {
		in.work.Add(1)
		select {
		case in.next <- u.Lane:
		default:
			go in.worker(ctx, u.Lane)
		}
	}
}

// entryTime is when Redis accepted an entry, in ms.
func entryTime(entry string) int64 {
	ms, _, _ := strings.Cut(entry, "-")
	t, _ := strconv.ParseInt(ms, 10, 64)
	return t
}

// worker handles a lane, and then the next one that is in want of a worker: its stack has
// grown by then to what a handler takes, which costs a twelfth of a turn.
func (in *Intake) worker(ctx context.Context, lane int64) {
	for ok := true; ok; {
		in.lane(ctx, lane)
		if in.idle.Add(1) <= maxIdle {
			lane, ok = <-in.next
		} else {
			ok = false
		}
		in.idle.Add(-1)
	}
}

// lane handles what waits in one lane until nothing does.
func (in *Intake) lane(ctx context.Context, lane int64) {
	defer in.work.Done()
	for {
		u, ok := in.first(lane)
		if !ok {
			return
		}
		in.one(ctx, u)
		in.done <- u
	}
}

// first takes the first update of a lane that this replica still owns. It waits while the
// lease has run out and is not renewed yet.
func (in *Intake) first(lane int64) (queue.Update, bool) {
	in.mu.Lock()
	defer in.mu.Unlock()
	for {
		waiting := in.lanes[lane]
		if len(waiting) == 0 {
			delete(in.lanes, lane)
			return queue.Update{}, false
		}
		u := waiting[0]
		switch s := in.shards[u.Shard]; {
		case s == nil || !s.held[u.Entry] || in.stopping: // another replica's, or the next process's
			in.lanes[lane] = waiting[1:]
			in.held--
			in.change.Broadcast()
		case time.Now().After(in.until):
			in.change.Wait()
		default:
			in.lanes[lane] = waiting[1:]
			return u, true
		}
	}
}

// one handles an update, again when that fails, and gives it up in the end.
func (in *Intake) one(ctx context.Context, u queue.Update) {
	if u.Left && in.deadly(ctx, u) {
		return
	}
	var a Attempt
	for n := 1; ; {
		a.Last, a.next = n == attempts, 0
		err := in.Handle(ctx, u, &a)
		if err == nil {
			return
		}
		in.Log.Error("update", "id", u.ID, "attempt", n, "err", err)
		if errors.Is(err, ErrDecode) || a.Last {
			in.park(ctx, u, err)
			return
		}
		if in.Inbox.Alive(ctx) {
			n++
		}
		if in.waitOut(ctx, time.Duration(n*n)*100*time.Millisecond) {
			return // it stays in the inbox
		}
	}
}

// waitOut waits before the next attempt; it returns true when the process stops meanwhile.
func (in *Intake) waitOut(ctx context.Context, d time.Duration) (stopping bool) {
	_ = pause(ctx, d)
	in.mu.Lock()
	defer in.mu.Unlock()
	return in.stopping
}

// deadly tells whether an update seems to kill every process that handles it, and parks it.
func (in *Intake) deadly(ctx context.Context, u queue.Update) bool {
	n, err := in.Inbox.Began(ctx, u)
	if err != nil {
		in.Log.Warn("count tries", "id", u.ID, "err", err)
		return false
	}
	if n <= 2*attempts { // several kills within one update's time are possible without its fault
		return false
	}
	in.park(ctx, u, &Failed{Err: errors.New("telegram: every process that took up the update has died")})
	return true
}

// park gives an update up: it is kept for an admin to look at, and the rest flows on.
func (in *Intake) park(ctx context.Context, u queue.Update, err error) {
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
			return
		}
	}
	if in.Parked != nil {
		in.Parked(ctx, d)
	}
}

// forget takes handled updates out of the inbox, as many at once as have come together
// while it was busy.
func (in *Intake) forget(ctx context.Context) {
	for u := range in.done {
		us := []queue.Update{u}
		for more := true; more && len(us) < 500; {
			select {
			case next, open := <-in.done:
				if more = open; open {
					us = append(us, next)
				}
			default:
				more = false
			}
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
		in.held -= len(us)
		for _, u := range us {
			if s := in.shards[u.Shard]; s != nil {
				delete(s.held, u.Entry)
			}
		}
		in.change.Broadcast()
		in.mu.Unlock()
	}
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
