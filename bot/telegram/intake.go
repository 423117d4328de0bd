package telegram

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
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
