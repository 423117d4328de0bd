package sim

import (
	"fmt"
	"net/http"
	"strconv"
	"time"
)

// Fault is a failure between the bot and Telegram. The zero value changes nothing.
type Fault struct {
	Delay      time.Duration // waits first, by the machine's clock, or until the bot hangs up
	Act        bool          // the call is carried out, only its answer is lost
	Drop       bool          // the connection is closed without an answer
	Status     int           // the HTTP status of the answer; 0 with neither Drop nor Body: the true answer
	Body       string        // the answer; empty: the Bot API's form of Status
	RetryAfter int           // seconds, with Status 429
}

// Fail registers what goes wrong: f is asked before each call with the method's name and
// the chat_id (0 when it has none), and returns nil for a call that goes well. Functions
// are asked in the order they were registered, the first fault counts. The returned
// function takes f away again.
func (s *Server) Fail(f func(method string, chat int64) *Fault) (stop func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	i := len(s.faults)
	s.faults = append(s.faults[:i:i], f)
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		faults := append([]func(string, int64) *Fault(nil), s.faults...)
		faults[i] = nil
		s.faults = faults
	}
}

// fault asks the registered functions.
func (s *Server) fault(c *call) *Fault {
	s.mu.Lock()
	faults := s.faults
	s.mu.Unlock()
	for _, f := range faults {
		if f == nil {
			continue
		}
		if fault := f(c.method, c.p.int("chat_id")); fault != nil {
			return fault
		}
	}
	return nil
}

// strike waits and answers for a fault; true says that the call is to be carried out.
func (s *Server) strike(w http.ResponseWriter, r *http.Request, c *call, f *Fault, start time.Time) bool {
	if f.Delay > 0 {
		timer := time.NewTimer(f.Delay)
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-r.Context().Done():
			return false
		case <-s.done:
		}
	}
	if f.Act || f.silent() {
		return true
	}
	s.note(Call{Method: c.method, Status: f.Status, Error: "fault", Fault: f, From: r.RemoteAddr, Took: time.Since(start)}, c.p)
	f.write(w)
	return false
}

// silent tells whether the true answer goes out.
func (f *Fault) silent() bool { return !f.Drop && f.Status == 0 && f.Body == "" }

// write gives the answer of the fault.
func (f *Fault) write(w http.ResponseWriter) {
	if f.Drop {
		panic(http.ErrAbortHandler) // net/http closes the connection
	}
	status := f.Status
	if status == 0 {
		status = http.StatusOK
	}
	if f.RetryAfter > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(f.RetryAfter))
	}
	if f.Body != "" {
		writeReply(w, status, []byte(f.Body))
		return
	}
	e := &apiError{code: status, text: http.StatusText(status), retry: f.RetryAfter}
	if status == http.StatusTooManyRequests {
		e.text = fmt.Sprintf("Too Many Requests: retry after %d", f.RetryAfter)
	}
	writeError(w, e)
}

// Call is one call that the API received.
type Call struct {
	Seq    int64
	At     time.Time // the simulator's time of the answer
	Took   time.Duration
	From   string // the caller's address, as http.Request.RemoteAddr has it
	Method string
	Chat   int64             // chat_id, 0 when there is none
	Params map[string]string // a file stands as its name
	Status int               // as carried out; a fault's own when it was not
	Error  string            // the description of a refusal
	Reply  []byte            // what was answered, or would have been without a fault; nil above 64 KB
	Fault  *Fault            // what went wrong on the way, nil when nothing
}

// keepReply bounds the answers that are kept.
const keepReply = 64 << 10

// Count sums the calls of one method.
type Count struct {
	Calls   int64 // all
	Refused int64 // of these, answered with an error by the simulator
	Faults  int64 // of these, struck by a fault
}

type noted struct {
	Call
	params params
}

// callLog is a ring of the newest calls, and counters of all.
type callLog struct {
	ring   []noted
	next   int64
	counts map[string]*Count
}

func (l *callLog) init(keep int) {
	l.ring = make([]noted, 0, keep)
	l.counts = map[string]*Count{}
}

// note logs a call that was answered.
func (s *Server) note(c Call, p params) {
	for i := range p {
		if p[i].file != nil {
			p[i].value, p[i].file = p[i].file.name, nil // do not hold on to the data
		}
	}
	if len(c.Reply) > keepReply {
		c.Reply = nil
	}
	c.Chat = p.int("chat_id")
	c.At = s.clock.now()
	s.mu.Lock()
	defer s.mu.Unlock()
	l := &s.calls
	l.next++
	c.Seq = l.next
	if len(l.ring) < cap(l.ring) {
		l.ring = append(l.ring, noted{c, p})
	} else {
		l.ring[(l.next-1)%int64(cap(l.ring))] = noted{c, p}
	}
	n := l.counts[c.Method]
	if n == nil {
		n = &Count{}
		l.counts[c.Method] = n
	}
	n.Calls++
	if c.Error != "" && c.Error != "fault" {
		n.Refused++
	}
	if c.Fault != nil && !c.Fault.silent() {
		n.Faults++
	}
}

// Calls returns the newest calls, oldest first: those after seq (0: all that are kept).
func (s *Server) Calls(seq int64) []Call {
	s.mu.Lock()
	l := &s.calls
	var list []noted
	for n := max(seq, l.next-int64(len(l.ring))) + 1; n <= l.next; n++ {
		list = append(list, l.ring[(n-1)%int64(cap(l.ring))])
	}
	s.mu.Unlock()
	calls := make([]Call, len(list))
	for i, n := range list {
		calls[i] = n.Call
		calls[i].Params = make(map[string]string, len(n.params))
		for _, p := range n.params {
			calls[i].Params[p.name] = p.value
		}
	}
	return calls
}

// Counts returns how often each method was called, by its name.
func (s *Server) Counts() map[string]Count {
	s.mu.Lock()
	defer s.mu.Unlock()
	m := make(map[string]Count, len(s.calls.counts))
	for name, n := range s.calls.counts {
		m[name] = *n
	}
	return m
}
