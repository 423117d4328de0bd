package main

import (
	"math/rand/v2"
	"net/http"
	"sync"
	"testing"
	"time"
)

// TestDeliveries brings updates twice at once, again after newer ones, late, in another order
// than they were sent in by different chats, and once more because the answer was lost: each
// is done once.
//
// Traps: webhook delivery is at least once, an update may be brought again while it is being
// handled; "not newer than the last one" is no test for what was seen.
func TestDeliveries(t *testing.T) {
	t.Parallel()
	together(t, map[string]func(*testing.T){
		"webhook with three replicas": func(t *testing.T) {
			delivered(t, townOptions{replicas: 3, webhook: true, lease: 2 * time.Second}, twisted)
		},
		"polling": func(t *testing.T) { delivered(t, townOptions{}, redelivered) },
	})
}

func delivered(t *testing.T, o townOptions, wrong func(*town, *oracle) func() []int) {
	var struck func() []int
	c, v := disturbed(t, o, 700, func(c *town, or *oracle) { struck = wrong(c, or) })
	kinds := struck()
	t.Logf("of each kind: %v", kinds)
	for kind, n := range kinds {
		if n == 0 {
			t.Errorf("kind %d never happened", kind)
		}
	}
	if lost := len(c.lost()); v.extra > 0 && lost == 0 {
		t.Errorf("%d answers were given once more", v.extra)
	}
}

// twisted is a proxy at its worst.
func twisted(c *town, _ *oracle) func() []int {
	var mu sync.Mutex
	var late sync.WaitGroup
	rnd, struck := rand.New(rand.NewPCG(3, 4)), make([]int, 4)
	c.front.mu.Lock()
	defer c.front.mu.Unlock()
	c.front.twist = func(bring func() int) int {
		mu.Lock()
		kind, wait := rnd.IntN(8), time.Duration(rnd.Int64N(int64(time.Second)))
		if kind < len(struck) {
			struck[kind]++
		}
		mu.Unlock()
		switch kind {
		case 0:
			late.Go(func() { bring() })
		case 1:
			late.Go(func() { time.Sleep(2 * wait); bring() })
		case 2:
			time.Sleep(wait / 4)
		case 3:
			bring()
			return http.StatusBadGateway
		}
		return bring()
	}
	return func() []int {
		late.Wait()
		mu.Lock()
		defer mu.Unlock()
		return struck
	}
}

// redelivered has Telegram bring again what it had brought.
func redelivered(c *town, or *oracle) func() []int {
	rnd, n := rand.New(rand.NewPCG(5, 6)), 0
	for or.count() < 600 && !c.t.Failed() {
		us := c.sim.Updates()
		if err := c.sim.Redeliver(us[rnd.IntN(len(us))].ID); err == nil {
			n++
		}
		time.Sleep(20 * time.Millisecond)
	}
	return func() []int { return []int{n} }
}
