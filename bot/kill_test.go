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

// towns is how many towns there are at a time, whichever tests they belong to: they wait for
// leases to end most of the time, but each has bots of its own.
var towns = make(chan struct{}, 4)

// patience is how long the slowest machine may take for what a test waits for.
const patience = 4 * time.Minute

// together runs tests beside each other, however few processors there are.
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
	k := &killer{c: c, rnd: rnd}
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
	c.settle(patience)
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

// killer kills replicas at random: while one of them makes a call, at any instant of their
// work, and soon after the last kill. However slow the machine, they get on between kills.
type killer struct {
	c   *town
	rnd *rand.Rand

	calls, kills, inCall atomic.Int64
	armed                atomic.Int64 // the call to strike at; 0 none
	struck               chan struct{}
}

// progress is how many calls there are between two kills, but for those soon after another.
const progress = 60

// once kills one replica and restarts it.
func (k *killer) once() {
	switch k.rnd.IntN(4) {
	case 0:
		k.at(k.rnd.Int64N(int64(300 * time.Millisecond)))
	case 1:
		k.after(progress)
		k.at(k.rnd.Int64N(int64(1300 * time.Millisecond)))
	default:
		k.inACall()
	}
}

// after waits for a number of calls, or until there is nothing to do any more.
func (k *killer) after(n int64) {
	look := time.Now()
	for goal := k.calls.Load() + n; k.calls.Load() < goal; time.Sleep(time.Millisecond) {
		if time.Since(look) < 200*time.Millisecond {
			continue
		}
		if k.idle() {
			return
		}
		look = time.Now()
	}
}

// idle tells whether everything that was sent in is done, and was a little before.
func (k *killer) idle() bool {
	for range 2 {
		if inbox, _, _ := k.c.kept(); inbox != 0 || k.c.sim.Pending() > 0 {
			return false
		}
		time.Sleep(30 * time.Millisecond)
	}
	return true
}

func (k *killer) at(ns int64) {
	time.Sleep(time.Duration(ns))
	k.kill(k.rnd.IntN(len(k.c.replicas)))
}

func (k *killer) inACall() {
	k.struck = make(chan struct{})
	at := k.calls.Load() + progress/3 + k.rnd.Int64N(40)
	k.armed.Store(at)
	for !k.idle() || !k.armed.CompareAndSwap(at, 0) {
		select {
		case <-k.struck:
			return
		case <-time.After(200 * time.Millisecond):
		}
	}
}

func (k *killer) kill(i int) {
	k.c.replicas[i].restart()
	k.kills.Add(1)
}

// strike kills when the armed call arrives, which is then carried out for nobody.
func (k *killer) strike(method string, _ int64) *sim.Fault {
	if method == "getMe" {
		return nil
	}
	n, at := k.calls.Add(1), k.armed.Load()
	if at == 0 || n < at || !k.armed.CompareAndSwap(at, 0) {
		return nil
	}
	k.inCall.Add(1)
	k.kill(rand.IntN(len(k.c.replicas)))
	close(k.struck)
	return nil
}
