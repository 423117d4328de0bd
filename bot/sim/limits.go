package sim

import (
	"math"
	"time"
)

// What Telegram allows a bot to send, by its FAQ "My bot is hitting limits".
const (
	allRate    = 30.0
	allBurst   = 30
	chatRate   = 1.0
	chatBurst  = 3
	groupRate  = 20.0 / 60
	groupBurst = 20
)

// bucket is a token bucket on the machine's monotonic clock; the zero value is full.
type bucket struct {
	tokens float64
	last   time.Time
}

// fill adds what came in since the last look.
func (b *bucket) fill(now time.Time, rate float64, burst int) {
	if b.last.IsZero() {
		b.tokens = float64(burst)
	} else {
		b.tokens = math.Min(float64(burst), b.tokens+now.Sub(b.last).Seconds()*rate)
	}
	b.last = now
}

// lack returns for how long n tokens are missing.
func (b *bucket) lack(n int, rate float64) time.Duration {
	if missing := float64(n) - b.tokens; n > 0 && missing > 1e-9 {
		return time.Duration(missing / rate * float64(time.Second))
	}
	return 0
}

type limits struct {
	all bucket
	now func() time.Time
}

func (l *limits) init() { l.now = time.Now }

// load is what a call takes from the buckets: messages sent and messages edited.
type load struct{ sent, edited int }

// limit takes what a call needs out of the buckets, or nothing and says when to come again.
// Sends count in their chat and for all, edits for all and, in groups, per minute.
func (s *Server) limit(c *chat, l load) *apiError {
	if s.opts.Unlimited || l.sent+l.edited == 0 {
		return nil
	}
	now := s.limits.now()
	all := &s.limits.all
	all.fill(now, allRate, allBurst)
	c.bucket.fill(now, chatRate, chatBurst)
	c.minute.fill(now, groupRate, groupBurst)
	n, minute := l.sent+l.edited, 0
	if c.group != nil {
		minute = n
	}
	wait := max(all.lack(n, allRate), c.bucket.lack(min(l.sent, chatBurst), chatRate), c.minute.lack(minute, groupRate))
	if wait > 0 {
		return tooMany(int(math.Ceil(wait.Seconds())))
	}
	all.tokens -= float64(n)
	c.bucket.tokens -= float64(l.sent)
	c.minute.tokens -= float64(minute)
	return nil
}
