package jobs

import (
	"sync"
	"testing"
	"time"

	"xingfuli/bot/queue"
	"xingfuli/bot/sim"
	"xingfuli/bot/store/redistest"
	"xingfuli/bot/telegram"
)

// strict is a server that counts the messages of any one second, and refuses the 31st.
type strict struct {
	mu      sync.Mutex
	at      []time.Time
	refused int
}

func (s *strict) fault(_ string, chat int64) *sim.Fault {
	if chat < crowdAt {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Now()
	for len(s.at) > 0 && now.Sub(s.at[0]) >= time.Second {
		s.at = s.at[1:]
	}
	if len(s.at) >= 30 {
		s.refused++
		return &sim.Fault{Status: 429, RetryAfter: 1}
	}
	s.at = append(s.at, now)
	return &sim.Fault{Delay: 50 * time.Millisecond, Act: true}
}

// TestPostPace sends as fast as Telegram lets it and no faster: against the simulator's bucket
// and against a strict window, with 50 ms a call and three replicas, without one refusal. A
// machine that is busy with other tests gets five tries.
func TestPostPace(t *testing.T) {
	const n, tries = 240, 5
	for name, o := range map[string]sim.Options{"bucket": {KeepCalls: 2 * n}, "window": {KeepCalls: 2 * n, Unlimited: true}} {
		t.Run(name, func(t *testing.T) {
			for try := 1; ; try++ {
				ratio, refused := pace(t, name, n, o)
				t.Logf("%d messages in %.3f of the ideal time, %d refused", n, ratio, refused)
				if refused == 0 && ratio <= 1.03 {
					return
				}
				if try == tries {
					t.Errorf("%d were refused, and it took %.3f of the ideal time", refused, ratio)
					return
				}
			}
		})
	}
}

// pace sends to n people and returns how long that took, as a part of n thirtieths of a second,
// and how much was refused.
func pace(t *testing.T, name string, n int, o sim.Options) (ratio float64, refused int) {
	t.Helper()
	h := newOffice(t, redistest.Start(t).Client(t), o)
	chats := h.people(t, crowdAt, n)
	window := &strict{}
	h.sim.Fail(func(method string, chat int64) *sim.Fault {
		if name == "window" {
			return window.fault(method, chat)
		}
		return &sim.Fault{Delay: 50 * time.Millisecond, Act: true}
	})
	limits := telegram.Limits{PerSecond: 30, PerChatSecond: 1, PerGroupMinute: 20}
	stop := run(t, h.replica(t, limits), h.replica(t, limits), h.replica(t, limits))
	defer stop()
	id := h.start(t, "hello", chats, func(d *queue.Delivery) { d.Author = 0 })
	h.reached(t, id, func(d queue.Delivery) bool { return d.Sent > 0 })
	began, first := time.Now(), len(h.copies("hello"))
	d := h.reached(t, id, func(d queue.Delivery) bool { return d.State == queue.Over })
	ratio = time.Since(began).Seconds() / (float64(n-first) / limits.PerSecond)
	if d.Sent != n {
		t.Errorf("%+v", d.Progress)
	}
	refused = window.refused
	for _, c := range h.sim.Calls(0) {
		if c.Status == 429 {
			refused++
		}
	}
	return ratio, refused
}
