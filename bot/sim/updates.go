package sim

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"time"
)

const (
	maxPoll    = 50 * time.Second // what getUpdates waits at most
	maxBatch   = 100
	maxPending = 100_000 // older updates go, as if they had expired
	keepSent   = 1_000   // for Redeliver
	queryLife  = 150 * time.Second
)

// ErrClosed ends what waits when the Server is closed.
var ErrClosed = errors.New("sim: closed")

// ErrNoUpdate refuses to deliver an update again that was forgotten or never was.
var ErrNoUpdate = errors.New("sim: no such update")

// update is one that waits for the bot.
type update struct {
	id      int64
	line    string // updates of one line are delivered in order
	expires time.Time
	raw     []byte
	again   bool // to be delivered though its number was confirmed
	broken  bool // no JSON: nobody could confirm it
	done    bool // delivered by webhook
}

// queue holds the updates until they are confirmed, delivered or expired.
type queue struct {
	last    int64
	pending []*update
	done    int // of pending, about
	sent    []*update
	allowed []string // as the bot asked; empty: all but the quiet ones
	wake    chan struct{}
	ousted  chan struct{} // closed when another poller comes
	reason  *apiError
}

// quiet updates come only when the bot asks for them.
var quiet = map[string]bool{"chat_member": true, "message_reaction": true, "message_reaction_count": true}

func (q *queue) init(now time.Time) {
	q.last = now.Unix() % 100_000_000 * 10 // another start, other numbers
	q.wake = make(chan struct{})
}

func (q *queue) wants(kind string) bool {
	if len(q.allowed) == 0 {
		return !quiet[kind]
	}
	return slices.Contains(q.allowed, kind)
}

// chatQueue and the like name the lines in which Telegram keeps updates in order.
func chatQueue(c *chat) string            { return "c" + strconv.FormatInt(c.id, 10) }
func userQueue(id int64) string           { return "u" + strconv.FormatInt(id, 10) }
func pollQueue(id string) string          { return "p" + id }
func (u *update) over(now time.Time) bool { return !u.expires.After(now) }

// push gives an update its number and lets the bot have it, if it wants that kind.
func (s *Server) push(kind string, u *apiUpdate, line string, expires time.Time) {
	q := &s.updates
	if !q.wants(kind) {
		return
	}
	q.last++
	u.ID = q.last
	raw, err := json.Marshal(u)
	if err != nil {
		panic("sim: encode an update: " + err.Error()) // our own types only
	}
	s.enqueue(&update{id: u.ID, line: line, expires: expires, raw: raw})
}

func (s *Server) enqueue(u *update) {
	q := &s.updates
	if len(q.sent) == 2*keepSent {
		q.sent = append(make([]*update, 0, 2*keepSent), q.sent[keepSent:]...)
	}
	q.sent = append(q.sent, u)
	if len(q.pending) >= maxPending {
		q.pending = q.pending[1:]
	}
	q.pending = append(q.pending, u)
	s.turn.Broadcast()
	if s.hook.url != "" {
		s.hookAdd(u)
		return
	}
	close(q.wake)
	q.wake = make(chan struct{})
}

// Inject lets the bot have an update of any content, garbage included. An object without
// update_id gets one. Text that is no JSON is delivered once by getUpdates, which makes the
// whole answer unreadable, and by webhook until it is accepted.
func (s *Server) Inject(raw []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	u := &update{line: "injected", expires: s.clock.now().Add(day)}
	var head struct {
		ID *int64 `json:"update_id"`
	}
	switch err := json.Unmarshal(raw, &head); {
	case err != nil && !json.Valid(raw):
		u.broken = true
		fallthrough
	case head.ID == nil:
		s.updates.last++
		u.id, u.raw = s.updates.last, bytes.Clone(raw)
		if i := bytes.IndexByte(raw, '{'); i >= 0 && err == nil {
			u.raw = slices.Concat([]byte(`{"update_id":`+strconv.FormatInt(u.id, 10)), comma(raw[i+1:]), raw[i+1:])
		}
	default:
		u.id, u.raw = *head.ID, bytes.Clone(raw)
		s.updates.last = max(s.updates.last, u.id)
	}
	s.enqueue(u)
}

func comma(rest []byte) []byte {
	if rest = bytes.TrimSpace(rest); len(rest) > 0 && rest[0] == '}' {
		return nil
	}
	return []byte(",")
}

// Update is one update that the bot was given or will be.
type Update struct {
	ID  int64
	Raw []byte
}

// Updates returns the newest updates, at least 1,000 if there were so many, oldest first.
func (s *Server) Updates() []Update {
	s.mu.Lock()
	defer s.mu.Unlock()
	list := make([]Update, len(s.updates.sent))
	for i, u := range s.updates.sent {
		list[i] = Update{u.id, u.raw}
	}
	return list
}

// Pending is the number of updates that the bot has not confirmed yet.
func (s *Server) Pending() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.updates.expire(s.clock.now())
	return s.updates.count()
}

// Drained waits until the bot has confirmed, or accepted by its webhook, every update.
// It may still be working on them.
func (s *Server) Drained(ctx context.Context) error {
	return s.await(ctx, func() bool { return s.updates.count() == 0 })
}

// await waits until a condition on the state holds, which is asked at every turn.
func (s *Server) await(ctx context.Context, cond func() bool) error {
	defer context.AfterFunc(ctx, func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.turn.Broadcast()
	})()
	s.mu.Lock()
	defer s.mu.Unlock()
	for !cond() {
		if err := ctx.Err(); err != nil {
			return err
		}
		if s.closed {
			return ErrClosed
		}
		s.turn.Wait()
	}
	return nil
}

// Redeliver lets the bot have an update once more, under the same number, as Telegram does
// when a confirmation was lost.
func (s *Server) Redeliver(id int64) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, u := range s.updates.sent {
		if u.id == id {
			s.enqueue(&update{id: id, line: u.line, expires: s.clock.now().Add(day), raw: u.raw, again: true})
			return nil
		}
	}
	return ErrNoUpdate
}

// count is the number of updates that wait; done ones may still lie between them.
func (q *queue) count() int {
	n := 0
	for _, u := range q.pending {
		if !u.done {
			n++
		}
	}
	return n
}

// expire drops what nobody fetched in time.
func (q *queue) expire(now time.Time) {
	q.pending = slices.DeleteFunc(q.pending, func(u *update) bool { return u.done || u.over(now) })
	q.done = 0
}

// confirm drops the updates below offset; a negative one keeps only the newest.
func (q *queue) confirm(offset int64) {
	if offset < 0 {
		keep := min(int(-offset), len(q.pending))
		q.pending = slices.Clone(q.pending[len(q.pending)-keep:])
		return
	}
	q.pending = slices.DeleteFunc(q.pending, func(u *update) bool { return u.id < offset && !u.again })
}

// batch is the answer of getUpdates: the oldest updates.
func (q *queue) batch(limit int) rawList {
	list := make(rawList, 0, min(limit, len(q.pending)))
	size := 0
	for _, u := range q.pending {
		if size += len(u.raw); len(list) == limit || size > 4<<20 && len(list) > 0 {
			break
		}
		list = append(list, u.raw)
		u.again = false
	}
	return list
}

// rawList is an answer that is written as it stands, because it may not be JSON.
type rawList [][]byte

func (l rawList) encode() []byte {
	return slices.Concat([]byte(`{"ok":true,"result":[`), bytes.Join(l, []byte(",")), []byte("]}"))
}

func (s *Server) getUpdates(c *call) (any, *apiError) {
	limit, timeout := clampPoll(c.p)
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return nil, &apiError{code: 500, text: "Internal Server Error: restart"}
	}
	if s.hook.url != "" {
		s.mu.Unlock()
		return nil, conflict("can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first")
	}
	q := &s.updates
	q.setAllowed(c.p)
	q.oust(conflict("terminated by other getUpdates request; make sure that only one bot instance is running"))
	ousted := make(chan struct{})
	q.ousted = ousted
	q.expire(s.clock.now())
	q.confirm(c.p.int("offset"))
	s.turn.Broadcast()
	s.mu.Unlock()
	return s.poll(c.r, limit, timeout, ousted)
}

func clampPoll(p params) (limit int, timeout time.Duration) {
	limit = maxBatch
	if p.has("limit") {
		limit = min(max(int(p.int("limit")), 1), maxBatch)
	}
	return limit, min(max(time.Duration(p.int("timeout"))*time.Second, 0), maxPoll)
}

// oust ends a poll that waits.
func (q *queue) oust(why *apiError) {
	if q.ousted != nil {
		q.reason = why
		close(q.ousted)
		q.ousted = nil
	}
}

// poll waits for updates, for the time to pass, or for another poller.
func (s *Server) poll(r *http.Request, limit int, timeout time.Duration, ousted chan struct{}) (any, *apiError) {
	var end <-chan time.Time
	var gone <-chan struct{}
	if r != nil {
		gone = r.Context().Done()
	}
	for {
		s.mu.Lock()
		list, wake := s.updates.take(limit), s.updates.wake
		if len(list) > 0 || timeout == 0 {
			s.updates.leave(ousted)
			s.mu.Unlock()
			return list, nil
		}
		s.mu.Unlock()
		if end == nil {
			timer := time.NewTimer(timeout)
			defer timer.Stop()
			end = timer.C
		}
		select {
		case <-wake:
		case <-end:
			timeout = 0
		case <-gone:
			timeout, limit = 0, 0
		case <-s.done:
			timeout = 0
		case <-ousted:
			s.mu.Lock()
			defer s.mu.Unlock()
			return nil, s.updates.reason
		}
	}
}

// leave forgets the poll that ousted belongs to.
func (q *queue) leave(ousted chan struct{}) {
	if q.ousted == ousted {
		q.ousted = nil
	}
}

// take is batch, and drops what could never be confirmed.
func (q *queue) take(limit int) rawList {
	list := q.batch(limit)
	n := len(list)
	i := 0
	q.pending = slices.DeleteFunc(q.pending, func(u *update) bool {
		i++
		return u.broken && i <= n
	})
	return list
}

// setAllowed remembers allowed_updates; without it the earlier choice stays.
func (q *queue) setAllowed(p params) {
	if !p.has("allowed_updates") {
		return
	}
	q.allowed = nil
	_ = p.json("allowed_updates", &q.allowed) // checked against api.json before
}
