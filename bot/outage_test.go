package main

import (
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"xingfuli/bot/sim"
)

// disturbed has a township send n updates in while something goes wrong, and judges what
// came out.
func disturbed(t *testing.T, o townOptions, n int, wrong func(c *town, or *oracle)) (*town, verdict) {
	t.Helper()
	o.config = append(o.config, admins())
	c := newTown(t, o)
	or := newOracle(c)
	seed := uint64(time.Now().UnixNano())
	l := newTownship(c, or, rand.New(rand.NewPCG(seed, 2)))
	for _, r := range c.replicas {
		r.start()
	}
	l.warm()
	var wg sync.WaitGroup
	wg.Go(func() { l.feed(n, func() int { return n }) })
	wrong(c, or)
	wg.Wait()
	c.settle(patience)
	c.stop()
	c.clean()
	v := or.judge()
	for _, w := range v.wrong[:min(len(v.wrong), 20)] {
		t.Error(w)
	}
	t.Logf("seed %d: %d updates, %d answers, %d of them once more", seed, or.count(), v.answers, v.extra)
	l.check(t)
	return c, v
}

// TestRedisStops has Redis stand still for five seconds, and die and come back with what
// its file has, while a township talks to the bots.
//
// Traps: go-redis runs scripts twice when an answer is lost; a lease may run out while
// nobody can renew it.
func TestRedisStops(t *testing.T) {
	t.Parallel()
	still := func(c *town, or *oracle) {
		for or.count() < 200 {
			time.Sleep(10 * time.Millisecond)
		}
		from := time.Now()
		c.redis.Stop(c.t)
		time.Sleep(5 * time.Second)
		c.redis.Continue(c.t)
		or.fault(span{from, time.Now().Add(time.Second)})
	}
	killed := func(c *town, or *oracle) {
		for i := range 3 {
			for or.count() < 150+100*i {
				time.Sleep(10 * time.Millisecond)
			}
			from := time.Now()
			c.redis.Kill()
			time.Sleep(500 * time.Millisecond)
			c.redis.Restart(c.t)
			or.fault(span{from, time.Now().Add(time.Second)})
		}
	}
	tests := map[string]func(*testing.T){}
	for name, o := range map[string]townOptions{
		"polling": {lease: 3 * time.Second}, "webhook with three replicas": {replicas: 3, webhook: true, lease: 3 * time.Second},
	} {
		tests["still, "+name] = func(t *testing.T) { disturbed(t, o, 500, still) }
		tests["killed, "+name] = func(t *testing.T) { disturbed(t, o, 500, killed) }
	}
	together(t, tests)
}

// TestTelegramFails has calls end in every way they can.
//
// Traps: a 5xx comes as HTML, which the library cannot read; a 429 is an error type of its
// own; what happened to a send whose connection broke is not known.
func TestTelegramFails(t *testing.T) {
	t.Parallel()
	faults := []sim.Fault{
		{Status: 429, RetryAfter: 1},
		{Status: 500},
		{Status: 502, Body: "<html><body><h1>502 Bad Gateway</h1></body></html>"},
		{Drop: true},
		{Drop: true, Act: true},
		{Delay: 300 * time.Millisecond},
	}
	tests := map[string]func(*testing.T){}
	for name, o := range map[string]townOptions{"polling": {}, "webhook with three replicas": {replicas: 3, webhook: true, lease: 2 * time.Second}} {
		tests[name] = func(t *testing.T) {
			var mu sync.Mutex
			rnd := rand.New(rand.NewPCG(1, 2))
			struck := make([]int, len(faults))
			c, v := disturbed(t, o, 700, func(c *town, _ *oracle) {
				c.sim.Fail(func(method string, _ int64) *sim.Fault {
					mu.Lock()
					defer mu.Unlock()
					n := rnd.IntN(500) // 2 % each
					if method == "getMe" || n >= 10*len(faults) || n%10 > 4 && n/10 == 0 {
						return nil
					}
					struck[n/10]++
					f := faults[n/10]
					return &f
				})
			})
			t.Logf("faults %v", struck)
			if v.extra > 0 {
				t.Errorf("%d answers were given once more", v.extra)
			}
			if lines := c.log.with("turn failed"); len(lines) > 0 {
				t.Errorf("turns failed: %v", lines)
			}
		}
	}
	together(t, tests)
}
