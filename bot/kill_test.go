package main

import (
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"xingfuli/bot/sim"
)

// How much one run of TestKill sends in, and how often it kills at least.
const (
	goal  = 2000
	kills = 25
)

// TestKill kills bots at random instants while a township talks to them, and compares what
// came out with what went in.
//
// Traps: go-telegram/bot acknowledges before the handler has ended, in polling and by
// webhook; a kill loses up to 1,024 updates of its channel; no option gives at-least-once.
func TestKill(t *testing.T) {
	t.Parallel()
	tests := map[string]func(*testing.T){}
	for name, o := range map[string]townOptions{
		"polling/1": {replicas: 1}, "polling/3": {replicas: 3, lease: time.Second}, "webhook/1": {replicas: 1, webhook: true}, "webhook/3": {replicas: 3, webhook: true, lease: time.Second},
	} {
		tests[name] = func(t *testing.T) {
			seed := uint64(time.Now().UnixNano())
			if s := os.Getenv("XINGFULI_TEST_SEED"); s != "" {
				_, _ = fmt.Sscan(s, &seed)
			}
			killRun(t, o, seed)
		}
	}
	together(t, tests)
}

// together runs tests beside each other, however few processors there are: they wait for
// leases to end most of the time.
func together(t *testing.T, tests map[string]func(*testing.T)) {
	t.Helper()
	var wg sync.WaitGroup
	for name, f := range tests {
		wg.Go(func() { t.Run(name, f) })
	}
	wg.Wait()
}

func killRun(t *testing.T, o townOptions, seed uint64) {
	rnd := rand.New(rand.NewPCG(seed, 1))
	o.config = append(o.config, admins())
	c := newTown(t, o)
	or := newOracle(c)
	l := newTownship(c, or, rand.New(rand.NewPCG(seed, 2)))
	for _, r := range c.replicas {
		r.start()
	}
	l.warm()
	var wg sync.WaitGroup
	var fed atomic.Bool
	k := &killer{c: c, o: or, rnd: rnd}
	begun := or.count()
	wg.Go(func() {
		l.feed(goal, func() int { return begun + (goal-begun)*int(k.kills.Load()+1)/kills }) // some for each kill
		fed.Store(true)
	})
	stop := c.sim.Fail(k.strike)
	for k.kills.Load() < kills || !fed.Load() {
		k.once()
		if t.Failed() {
			break
		}
	}
	stop()
	wg.Wait()
	c.settle(time.Minute)
	c.stop()
	c.clean()
	v := or.judge()
	t.Logf("seed %d: %d updates, %d kills (%d in a call), %d answers, %d of them once more, at most %d in one chat after a kill; leases lost in %d lives",
		seed, or.count(), k.kills.Load(), k.inCall.Load(), v.answers, v.extra, v.deepest, len(c.lost()))
	for _, w := range v.wrong[:min(len(v.wrong), 20)] {
		t.Error(w)
	}
	if v.extra > int(k.kills.Load())*len(or.chats) {
		t.Errorf("%d extra answers", v.extra)
	}
	l.check(t)
}

// admins lists those who may bind groups and publish menus, and whom the flood limits pass
// over. There are no quiet hours: the tests run at night, too.
func admins() string {
	var ids []string
	for id := int64(1000); id < 1100; id++ {
		ids = append(ids, fmt.Sprint(id))
	}
	return "quiet: \"\"\nadmins: [" + strings.Join(ids, ", ") + "]"
}

// killer kills replicas at random, half of them while one of them makes a call.
type killer struct {
	c   *town
	o   *oracle
	rnd *rand.Rand

	armed         atomic.Int64 // the call to strike at, counted down; 0 none
	kills, inCall atomic.Int64
	struck        chan struct{}
	mu            sync.Mutex
}

// once kills one replica and restarts it.
func (k *killer) once() {
	if k.rnd.IntN(2) == 0 {
		time.Sleep(time.Duration(k.rnd.Int64N(int64(1300 * time.Millisecond)))) // any instant
		k.kill(k.rnd.IntN(len(k.c.replicas)))
		return
	}
	k.mu.Lock()
	k.struck = make(chan struct{})
	struck := k.struck
	k.mu.Unlock()
	k.armed.Store(1 + k.rnd.Int64N(100))
	select {
	case <-struck:
	case <-time.After(2 * time.Second): // nobody calls any more
		k.armed.Store(0)
	}
}

func (k *killer) kill(i int) {
	k.c.replicas[i].restart()
	k.kills.Add(1)
}

// strike kills when the armed call arrives, which is then carried out for nobody.
func (k *killer) strike(method string, _ int64) *sim.Fault {
	if method == "getMe" || k.armed.Load() == 0 || k.armed.Add(-1) != 0 {
		return nil
	}
	k.inCall.Add(1)
	k.kill(rand.IntN(len(k.c.replicas)))
	k.mu.Lock()
	defer k.mu.Unlock()
	select {
	case <-k.struck: // a kill that took long, of a round that did not wait for it
	default:
		close(k.struck)
	}
	return nil
}
