package jobs

import (
	"fmt"
	"testing"

	"github.com/redis/go-redis/v9"

	"xingfuli/bot/queue"
	"xingfuli/bot/store/redistest"
	"xingfuli/bot/telegram"
)

// maxTrips is how many round trips to Redis a message of a delivery takes at most, with all that
// the replica does meanwhile.
const maxTrips = 3.3

// TestPostTrips holds a message to few round trips: one replica that keeps the limits and has
// nothing else to do, so that nobody's commands go along with anybody else's.
func TestPostTrips(t *testing.T) {
	t.Parallel()
	redistest.Each(t, func(t *testing.T, db *redis.Client) {
		const n = 300
		h := newOffice(t, db, fast)
		chats := h.people(t, crowdAt, n)
		count := redistest.Trips(db)
		run(t, h.replica(t, telegram.Limits{PerSecond: n, PerChatSecond: 1, PerGroupMinute: 20}))
		id := h.start(t, "hello", chats, func(d *queue.Delivery) { d.Author = 0 })
		h.reached(t, id, func(d queue.Delivery) bool { return d.State == queue.Over })
		took := float64(count.Load()) / n
		t.Logf("%.2f round trips a message", took)
		if took > maxTrips {
			t.Errorf("%.2f round trips a message, want %.1f at most", took, maxTrips)
		}
	})
}

// BenchmarkPost sends to b.N people: how many messages a second, what part of the limit that is,
// and how many round trips to Redis each of them takes.
//
//	go test ./jobs -run '^$' -bench Post -benchtime 600x
func BenchmarkPost(b *testing.B) {
	for _, perSecond := range []float64{30, 0} {
		name := "unlimited"
		if perSecond > 0 {
			name = fmt.Sprintf("%.0f-a-second", perSecond)
		}
		b.Run(name, func(b *testing.B) { benchmarkPost(b, perSecond) })
	}
}

func benchmarkPost(b *testing.B, perSecond float64) {
	db := redistest.Start(b).Client(b)
	count := redistest.Trips(db)
	h := newOffice(b, db, fast)
	chats := h.people(b, crowdAt, b.N)
	limits := telegram.Limits{PerSecond: perSecond}
	if perSecond > 0 {
		limits.PerChatSecond, limits.PerGroupMinute = 1, 20
	}
	p := h.replica(b, limits)
	b.ResetTimer()
	run(b, p)
	id := h.start(b, "hello", chats, func(d *queue.Delivery) { d.Author = 0 })
	p.Wake()
	h.reached(b, id, func(d queue.Delivery) bool { return d.State == queue.Over })
	rate := float64(b.N) / b.Elapsed().Seconds()
	b.ReportMetric(rate, "messages/s")
	if perSecond > 0 {
		b.ReportMetric(rate/perSecond, "of-limit")
	}
	b.ReportMetric(float64(count.Load())/float64(b.N), "trips/message")
}
