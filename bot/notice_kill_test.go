package main

import (
	"context"
	"encoding/json"
	"fmt"
	"html/template"
	"math/rand/v2"
	"testing"
	"time"

	"xingfuli/bot/notice"
	"xingfuli/bot/queue"
)

// Rounds of TestNoticeKill, and how many people each notice is for.
const (
	noticeRounds = 20
	noticeCrowd  = 1000
)

// TestNoticeKill kills the bots at random instants while a notice goes out to a thousand people:
// nobody gets it twice, nobody is skipped, and of whom nobody knows it is said so.
func TestNoticeKill(t *testing.T) {
	t.Parallel()
	c := newTown(t, townOptions{replicas: 3, lease: 500 * time.Millisecond, config: []string{admins()}})
	people := c.people(10_000, noticeCrowd)
	for _, r := range c.replicas {
		r.start()
	}
	seed := uint64(time.Now().UnixNano())
	k := &killer{c: c, rnd: rand.New(rand.NewPCG(seed, 1))}
	stop := c.sim.Fail(k.strike)
	defer stop()
	unknown := 0
	for round := range noticeRounds {
		words := fmt.Sprintf("停水通知第%d号", round)
		before := c.lastCall()
		id := c.notice(words, "residents:"+homeID)
		for range 1 + k.rnd.IntN(3) {
			k.amid(id)
		}
		c.until("the notice is out", patience, func() bool {
			d, err := c.store.Delivery(context.Background(), id)
			return err == nil && d.State == queue.Over
		})
		unknown += c.delivered(id, words, before, people)
		if t.Failed() {
			t.Fatalf("seed %d, round %d", seed, round)
		}
	}
	t.Logf("seed %d: %d rounds of %d people, %d kills (%d in a call), %d messages of which nobody knows", seed, noticeRounds, noticeCrowd, k.kills.Load(), k.inCall.Load(), unknown)
}

// notice starts the delivery of a notice.
func (c *town) notice(words, to string) string {
	c.t.Helper()
	body, err := json.Marshal(notice.Body{HTML: template.HTML(words)})
	if err != nil {
		c.t.Fatal(err)
	}
	d, err := c.store.StartDelivery(c.t.Context(), queue.Op(words), queue.Delivery{Kind: "notice", Body: body, To: []string{to}, Made: time.Now()})
	if err != nil {
		c.t.Fatal(err)
	}
	return d.ID
}

func (c *town) lastCall() int64 {
	calls := c.sim.Calls(0)
	if len(calls) == 0 {
		return 0
	}
	return calls[len(calls)-1].Seq
}

// amid kills a replica while a delivery is under way: in one of its calls, or at any instant.
func (k *killer) amid(id string) {
	under := func() bool {
		d, err := k.c.store.Delivery(context.Background(), id)
		return err == nil && d.State != queue.Over
	}
	if k.rnd.IntN(2) == 0 {
		time.Sleep(time.Duration(k.rnd.Int64N(int64(150 * time.Millisecond))))
		k.kill(k.rnd.IntN(len(k.c.replicas)))
		return
	}
	k.struck = make(chan struct{})
	at := k.calls.Load() + 1 + k.rnd.Int64N(noticeCrowd/2)
	k.armed.Store(at)
	for under() || !k.armed.CompareAndSwap(at, 0) {
		select {
		case <-k.struck:
			return
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// delivered compares what people got of a notice with its rows, and returns how many are unknown.
func (c *town) delivered(id, words string, after int64, people []int64) (unknown int) {
	c.t.Helper()
	copies := map[int64]int{}
	for _, call := range c.calls(after) {
		if call.Method == "sendMessage" && call.Status == 200 && call.Params["text"] == words {
			copies[call.Chat]++
		}
	}
	rows := map[int64]queue.RowState{}
	err := c.store.Rows(context.Background(), id, func(_ context.Context, page []queue.Row) error {
		for _, r := range page {
			rows[r.To.ID] = r.State
		}
		return nil
	})
	if err != nil {
		c.t.Fatal(err)
	}
	for _, p := range people {
		switch n := copies[p]; {
		case n > 1:
			c.t.Errorf("%d got %d copies", p, n)
		case n == 0 && rows[p] != queue.RowUnknown:
			c.t.Errorf("%d got nothing, and is %q", p, rows[p])
		case n == 1 && rows[p] != queue.RowSent && rows[p] != queue.RowUnknown:
			c.t.Errorf("%d got it, and is %q", p, rows[p])
		}
		if rows[p] == queue.RowUnknown {
			unknown++
		}
	}
	if len(rows) != len(people) {
		c.t.Errorf("%d rows", len(rows))
	}
	return unknown
}
