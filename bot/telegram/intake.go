package telegram

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
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
	// Own renews the replica's lease, gives up some shards, and returns what is its own for
	// Lease from now. One that is going away gets no new shards.
	Own(ctx context.Context, replica string, give []int, going bool) (queue.Share, error)
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

	mine func(context.Context) bool // the update is still this replica's; nil: it is
}

// errLost ends a turn in a chat that another replica has now, which does it anew.
var errLost = errors.New("telegram: another replica has the chat now")

// check returns errLost when another replica has the chat.
func (a *Attempt) check(ctx context.Context) error {
	if a.mine != nil && !a.mine(ctx) {
		return errLost
	}
	return nil
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

	// Waits ends the waiting that a press shows, because its lane has much to do before it.
	Waits func(ctx context.Context, press string) error

	mu     sync.Mutex
	shards map[int]*shard
	until  time.Time                // when the lease ends, by this machine's clock
	lanes  map[int64][]queue.Update // waiting in each lane; one more may be being handled
	busy   map[entry]*begun         // being handled, or handled and not forgotten yet
	waits  map[entry]*waiting       // presses in lanes behind something else
	held   int                      // updates in lanes and busy ones
	change *sync.Cond               // of anything above

	stopping bool // nothing more is begun

	alone sync.Mutex     // held while an update is handled that several processes have left
	work  sync.WaitGroup // lanes that are being handled
	next  chan int64     // lanes for idle workers
	idle  atomic.Int32   // how many of those there are
	done  chan handled
	spare chan struct{} // a shard can be given up

	reread context.CancelFunc // ends the reading that goes on

	taken int64 // accepted by this process
	ended int64 // handled by this process
}

// shard is a part of the inbox that this replica owns.
type shard struct {
	last   string // entry read last
	since  int64  // owned since, ms by Redis: older entries were somebody's before
	giving bool   // not read any more; given up when nothing of it is held
	held   int    // updates in lanes and busy ones
}

// entry is where an update lies in the inbox.
type entry struct {
	shard int
	id    string
}

// begun is an update that is being handled.
type begun struct {
	queue.Update
	shard *shard        // as it was owned then
	again *queue.Update // read once more, after the shard was lost and had come back

	answered bool // a press whose waiting has been ended
}

// waiting is a press in a lane that has other things to do.
type waiting struct {
	timer    *time.Timer
	answered bool
}

// handled is an update to forget; then its lane goes on.
type handled struct {
	queue.Update
	forgotten chan<- struct{}
}

const (
	maxHeld  = 4096             // updates that one process takes out of the inbox at a time
	maxIdle  = 64               // workers that wait for a lane
	attempts = 5                // how often an update is handled that fails
	patience = 2                // processes that may have left an update before it is handled alone
	deaths   = 10               // processes that may have left an update before it is parked
	outage   = 10 * time.Minute // how long Telegram may be out of order without that counting as failures
)

// NewIntake makes an Intake that gives updates to handle.
func NewIntake(inbox Inbox, replica string, handle func(context.Context, queue.Update, *Attempt) error, log *slog.Logger) *Intake {
	in := &Intake{
		Inbox: inbox, Replica: replica, Handle: handle, Now: time.Now, Log: log,
		shards: map[int]*shard{}, lanes: map[int64][]queue.Update{}, busy: map[entry]*begun{}, waits: map[entry]*waiting{},
		reread: func() {}, next: make(chan int64), done: make(chan handled, maxHeld), spare: make(chan struct{}, 1),
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
// waits in lanes stays in the inbox, for whoever owns it next. The lease is renewed to the
// end: nobody else may handle what is being handled here.
func (in *Intake) Run(ctx context.Context) {
	work := context.WithoutCancel(ctx)
	stop := context.AfterFunc(ctx, in.halt)
	defer stop()
	leasing, unlease := context.WithCancel(work)
	defer unlease()
	var leases, forgets sync.WaitGroup
	leases.Go(func() { in.own(leasing) })
	forgets.Go(func() { in.forget(work) })
	in.take(ctx, work)
	in.work.Wait()
	close(in.next)
	close(in.done)
	forgets.Wait()
	unlease()
	leases.Wait()
	late, cancel := context.WithTimeout(work, 2*time.Second)
	defer cancel()
	if err := in.Inbox.Leave(late, in.Replica); err != nil {
		in.Log.Warn("leave the inbox", "err", err)
	}
}

// halt drops what waits and gives up what nothing is being handled of.
func (in *Intake) halt() {
	in.mu.Lock()
	defer in.mu.Unlock()
	in.stopping = true
	for i, s := range in.shards {
		in.drop(i)
		s.giving = true
	}
	in.offer()
	in.change.Broadcast()
}

// drop takes the updates of a shard out of the lanes. The mutex is held.
func (in *Intake) drop(shard int) {
	n := 0
	for lane, waiting := range in.lanes {
		kept := waiting[:0]
		for _, u := range waiting {
			if u.Shard != shard {
				kept = append(kept, u)
			} else {
				in.waited(u)
			}
		}
		n += len(waiting) - len(kept)
		in.lanes[lane] = kept
	}
	in.held -= n
	if s := in.shards[shard]; s != nil {
		s.held -= n
	}
}

// offer has own look for shards to give up. The mutex is held.
func (in *Intake) offer() {
	select {
	case in.spare <- struct{}{}:
	default:
	}
}
