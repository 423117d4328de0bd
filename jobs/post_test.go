package jobs

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"xingfuli/bot/queue"
	"xingfuli/bot/sim"
	"xingfuli/bot/store/redistest"
	"xingfuli/bot/telegram"
)

// TestPost sends to everybody once, whoever is listed twice too, and tells the author.
func TestPost(t *testing.T) {
	t.Parallel()
	redistest.Each(t, func(t *testing.T, db *redis.Client) {
		h := newOffice(t, db, fast)
		chats := h.people(t, crowdAt, 50)
		run(t, h.replica(t, telegram.Limits{}), h.replica(t, telegram.Limits{}), h.replica(t, telegram.Limits{}))
		id := h.start(t, "hello", append(chats, chats[:20]...))
		if again := h.start(t, "hello", chats); again != id {
			t.Errorf("the same op started %s and %s", id, again)
		}
		d := h.reached(t, id, over)
		if d.Sent != 50 || d.Total != 50 || d.Failed+d.Unknown+d.Queued+d.Sending != 0 || d.Ended.IsZero() || d.Report == 0 {
			t.Errorf("%+v", d.Progress)
		}
		for _, c := range chats {
			if n := h.copies("hello")[c.ID]; n != 1 {
				t.Errorf("%d got %d copies", c.ID, n)
			}
		}
		if rows := h.rows(t, id); len(rows) != 50 || rows[chats[0]].State != queue.RowSent || len(rows[chats[0]].Messages) != 1 {
			t.Errorf("%d rows, the first %+v", len(rows), rows[chats[0]])
		}
		if active, err := h.store.ActiveDeliveries(t.Context()); err != nil || len(active) != 0 {
			t.Errorf("%d are active, %v", len(active), err)
		}
	})
}

// TestPostSteered pauses, resumes and stops: nothing is sent from then on.
func TestPostSteered(t *testing.T) {
	t.Parallel()
	redistest.Each(t, func(t *testing.T, db *redis.Client) {
		h := newOffice(t, db, fast)
		chats := h.people(t, crowdAt, 400)
		pass := make(chan struct{}, 1000)
		h.sim.Fail(func(_ string, chat int64) *sim.Fault {
			if chat >= crowdAt {
				<-pass // one at a time, when the test lets it
			}
			return nil
		})
		run(t, h.replica(t, telegram.Limits{}))
		id := h.start(t, "hello", chats)
		for range 10 {
			pass <- struct{}{}
		}
		h.reached(t, id, func(d queue.Delivery) bool { return d.Sent == 10 })
		state, err := h.store.Steer(t.Context(), id, queue.Paused, *h.now.Load(), queue.Running)
		if err != nil || state != queue.Paused {
			t.Fatal(state, err)
		}
		begun := h.reached(t, id, func(d queue.Delivery) bool { return d.State == queue.Paused })
		for range begun.Sending { // those that were begun
			pass <- struct{}{}
		}
		d := h.reached(t, id, func(d queue.Delivery) bool { return d.Sending == 0 && strings.HasPrefix(d.Told, "paused") })
		if d.Sent > 10+maxSending || d.Queued != 400-d.Sent || !d.Ended.IsZero() {
			t.Errorf("paused: %+v", d.Progress)
		}
		if state, _ = h.store.Steer(t.Context(), id, queue.Paused, *h.now.Load(), queue.Running); state != queue.Paused {
			t.Errorf("pausing twice makes it %s", state)
		}
		if state, err = h.store.Steer(t.Context(), id, queue.Running, *h.now.Load(), queue.Paused); state != queue.Running || err != nil {
			t.Errorf("resumed: %s, %v", state, err)
		}
		pass <- struct{}{}
		if state, err = h.store.Steer(t.Context(), id, queue.Stopped, *h.now.Load(), queue.Running, queue.Paused); state != queue.Stopped || err != nil {
			t.Errorf("stopped: %s, %v", state, err)
		}
		close(pass)
		d = h.reached(t, id, func(d queue.Delivery) bool { return !d.Ended.IsZero() && strings.HasPrefix(d.Told, "stopped") })
		if d.Queued == 0 || d.Queued+d.Sent != 400 {
			t.Errorf("stopped: %+v", d.Progress)
		}
		if state, _ = h.store.Steer(t.Context(), id, queue.Running, *h.now.Load(), queue.Paused); state != queue.Stopped {
			t.Errorf("a stopped one became %s", state)
		}
		if sent := len(h.copies("hello")); sent != d.Sent {
			t.Errorf("%d were sent, noted %d", sent, d.Sent)
		}
	})
}

// TestPostQuiet sends in the quiet hours only what is urgent, and the rest when they are over.
func TestPostQuiet(t *testing.T) {
	t.Parallel()
	h := newOffice(t, redistest.Start(t).Client(t), fast)
	h.quiet.Store(true)
	chats := h.people(t, crowdAt, 3)
	p := h.replica(t, telegram.Limits{})
	run(t, p)
	calm := h.start(t, "calm", chats)
	urgent := h.start(t, "urgent", chats, func(d *queue.Delivery) { d.Urgent = true })
	h.reached(t, urgent, over)
	rehearsed := h.start(t, "rehearsed", chats, func(d *queue.Delivery) { d.Rehearsal = true })
	if d := h.reached(t, rehearsed, over); d.Sent != 1 || len(h.copies("[Rehearsal] Only you see this.\n\nrehearsed")) != 1 {
		t.Errorf("a rehearsal at night: %+v", d.Progress)
	}
	if err := p.Settle(t.Context()); err != nil {
		t.Fatal(err)
	}
	if d := h.reached(t, calm, func(queue.Delivery) bool { return true }); d.Queued != 3 || len(h.copies("calm")) != 0 {
		t.Errorf("at night: %+v", d.Progress)
	}
	h.quiet.Store(false)
	if d := h.reached(t, calm, over); d.Sent != 3 {
		t.Errorf("in the morning: %+v", d.Progress)
	}
}

// TestPostUnfilled stops a delivery whose recipients cannot be found.
func TestPostUnfilled(t *testing.T) {
	t.Parallel()
	h := newOffice(t, redistest.Start(t).Client(t), fast)
	p := h.replica(t, telegram.Limits{})
	run(t, p)
	id := h.start(t, "hello", nil, func(d *queue.Delivery) { d.To = []string{"nobody"} })
	h.reached(t, id, func(d queue.Delivery) bool {
		p.Wake() // it is tried again and again
		return d.State == queue.Stopped && strings.HasPrefix(d.Told, "stopped")
	})
}

// TestPostAbandoned finds what a process that died was sending: it is unknown, nobody gets a
// second copy, and who wants can send it again; the others are sent by who lives.
func TestPostAbandoned(t *testing.T) {
	t.Parallel()
	redistest.Each(t, func(t *testing.T, db *redis.Client) {
		h := newOffice(t, db, fast)
		chats := h.people(t, crowdAt, 20)
		id := h.start(t, "hello", chats)
		if err := errors.Join(h.store.Fill(t.Context(), id, chats), h.store.Filled(t.Context(), id, *h.now.Load())); err != nil {
			t.Fatal(err)
		}
		taken := map[queue.Chat]bool{}
		for range 3 {
			to, idle, running, err := h.store.Take(t.Context(), id, "dead", time.Millisecond, *h.now.Load())
			if err != nil || idle || !running {
				t.Fatal(to, idle, running, err)
			}
			taken[to] = true
		}
		p := h.replica(t, telegram.Limits{})
		run(t, p)
		d := h.reached(t, id, over)
		if d.Sent != 17 || d.Unknown != 3 {
			t.Errorf("%+v", d.Progress)
		}
		for c, r := range h.rows(t, id) {
			if (r.State == queue.RowUnknown) != taken[c] {
				t.Errorf("%s: %+v", c, r)
			}
		}
		for to := range taken { // the dead one was alive after all, and one of them it has sent
			r := queue.Row{To: to, State: queue.RowSent, Messages: []int{77}}
			for range 2 {
				if err := h.store.Settle(t.Context(), id, "dead", r, 0, false, *h.now.Load()); err != nil {
					t.Fatal(err)
				}
			}
			break
		}
		if d = h.reached(t, id, func(queue.Delivery) bool { return true }); d.Sent != 18 || d.Unknown != 2 {
			t.Errorf("after the late word: %+v", d.Progress)
		}
		for range 2 { // the same press, handled twice
			if _, err := h.store.Again(t.Context(), "press", id, queue.RowUnknown); err != nil {
				t.Fatal(err)
			}
		}
		d = h.reached(t, id, func(d queue.Delivery) bool { return over(d) && d.Sent == 20 })
		if d.Unknown+d.Failed != 0 || d.Total != 20 {
			t.Errorf("at the end: %+v", d.Progress)
		}
		for c, n := range h.copies("hello") {
			if n != 1 {
				t.Errorf("%d got %d copies", c, n)
			}
		}
	})
}
