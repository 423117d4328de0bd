package main

import (
	"fmt"
	"os"
	"testing"
	"time"

	"xingfuli/bot/queue"
)

// TestNoticeMemory queues 1,000 and then 100,000 rows: they are Redis's, and the bot needs little
// more at its largest. Both times it looks through all people.
func TestNoticeMemory(t *testing.T) {
	t.Parallel()
	const few, many, most = 1_000, 100_000, 20.0 // people; MiB
	c := newTown(t, townOptions{config: []string{admins()}})
	c.replicas[0].config[4] = "  limits: {per_second: 20, per_chat_second: 1, per_group_minute: 20}"
	c.replicas[0].exe = build(t) // this program may be built to look for races, which takes much more
	c.settlers(otherID, 1_000_000, few)
	c.settlers(homeID, 2_000_000, many)
	c.replicas[0].start()
	c.until("the bot is up", patience, c.replicas[0].up)
	queued := func(words, to string, n int) float64 {
		c.replicas[0].forgetPeak(t)
		began := time.Now()
		id := c.notice(words, to)
		var d queue.Delivery
		c.until("all rows are queued", patience, func() bool {
			var err error
			d, err = c.store.Delivery(t.Context(), id)
			return err == nil && d.State == queue.Running && d.Total == n
		})
		t.Logf("%d rows queued within %v", d.Total, time.Since(began))
		return c.replicas[0].peak(t)
	}
	small := queued("few", "residents:"+otherID, few)
	large := queued("many", "residents:"+homeID, many)
	t.Logf("%.1f MiB at most with %d rows, %.1f MiB with %d more", small, few, large, many)
	if large-small > most {
		t.Errorf("the bot has grown by %.1f MiB, want %.0f at most", large-small, most)
	}
}

// settlers puts people into Redis who live somewhere.
func (c *town) settlers(home string, first, n int) {
	c.t.Helper()
	pipe := c.db.Pipeline()
	for i := range n {
		pipe.HSet(c.t.Context(), fmt.Sprintf("xf:{x}:person:%d", first+i), "community", home)
		if i%5000 == 4999 || i == n-1 {
			if _, err := pipe.Exec(c.t.Context()); err != nil {
				c.t.Fatal(err)
			}
		}
	}
}

// peak is how large the process has been since forgetPeak, in MiB.
func (r *replica) peak(t *testing.T) float64 {
	t.Helper()
	r.mu.Lock()
	defer r.mu.Unlock()
	return statusOf(t, r.cmd.Process.Pid, "VmHWM")
}

// forgetPeak has the system measure the process anew (proc(5), clear_refs).
func (r *replica) forgetPeak(t *testing.T) {
	t.Helper()
	r.mu.Lock()
	defer r.mu.Unlock()
	if err := os.WriteFile(fmt.Sprintf("/proc/%d/clear_refs", r.cmd.Process.Pid), []byte("5"), 0); err != nil {
		t.Fatal(err)
	}
}
