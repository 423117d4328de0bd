package main

import (
	"context"
	"testing"
	"time"
)

// load is something that people do again and again. trips is how many round trips to Redis
// an update may cost, calls how many calls to Telegram it costs.
type load struct {
	name         string
	do           func(context.Context, *party, *person) error
	who          func(*party) []*person
	answered     bool
	trips, calls float64
}

var loads = []load{
	{"question", asks, residentsOf, true, 1.5, 1},
	{"press", presses, residentsOf, true, 1.5, 2},
	{"dialogue", pastes, cooksOf, true, 2.5, 1},
	{"chatter", chats, residentsOf, false, .5, 0},
}

func residentsOf(p *party) []*person { return p.residents }
func cooksOf(p *party) []*person     { return p.cooks }

const question = "周二有鱼吗？"

// asks is a question about the menu in private, and its answer.
func asks(ctx context.Context, p *party, who *person) error { return p.says(ctx, who, question, 2) }

// presses moves a person to the other community: it is kept, the message changes, the press
// is answered.
func presses(ctx context.Context, p *party, who *person) error {
	who.turns++
	if _, err := p.sim.Press(ctx, who.id, p.sim.Bot().ID, who.pressed, "where "+moves[who.turns%2]); err != nil {
		return err
	}
	return p.wait(ctx, who, 2) // the message changed, the toast came
}

// pastes is a step of a dialogue: a cook pastes a week and gets it back to look at.
func pastes(ctx context.Context, p *party, who *person) error {
	who.turns++
	return p.says(ctx, who, pasted(who.turns), 2)
}

// chats is talk in a group that is not for the bot. Nothing comes back, so it waits until
// no more updates are under way than people would be.
func chats(ctx context.Context, p *party, who *person) error {
	group := p.groups[int(who.id-p.residents[0].id)%len(p.groups)]
	if _, err := p.sim.Do(ctx, who.id, group, say("今天下午有人一起去河边散步吗，五点在东门等")); err != nil {
		return err
	}
	for p.sim.Pending() > inFlight {
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-time.After(200 * time.Microsecond):
		}
	}
	return nil
}

// measure is what a load cost a bot, by update where nothing else is said.
type measure struct {
	perSecond     float64
	cpu           float64 // ms for 1,000 updates, user and system
	p50, p99      float64 // ms from the update to the last of its answer
	trips         float64 // round trips to Redis, at most
	commands      float64 // that Redis carried out, those in scripts too
	calls         float64 // to Telegram
	allocs, bytes float64
	gc            float64 // part of the bot's CPU time
	redis         float64 // CPU of redis-server, ms for 1,000 updates
}

// idle are the people who may do what the load is, the longest idle one first.
func (p *party) idle(l load) chan *person {
	free, ok := p.free[l.name]
	if !ok {
		people := l.who(p)
		free = make(chan *person, len(people))
		for _, who := range people {
			free <- who
		}
		if p.free == nil {
			p.free = map[string]chan *person{}
		}
		p.free[l.name] = free
	}
	return free
}

// run puts a load on the bot and waits until it has finished.
func (p *party) run(t testing.TB, l load, n int) measure {
	t.Helper()
	free := p.idle(l)
	calls, usage, info := p.calls(), p.child.usage(t), p.info(t)
	p.asked = 0
	began := time.Now()
	took := p.busy(t, n, free, func(ctx context.Context, who *person) error { return l.do(ctx, p, who) })
	var d time.Duration
	if l.answered {
		d = time.Since(began)
	}
	p.settle(t)
	if !l.answered {
		d = time.Since(began)
	}
	infoNow := p.info(t)
	now := p.child.usage(t)
	per := func(f float64) float64 { return f / float64(n) }
	diff := func(name string) float64 { return infoNow[name] - info[name] }
	at := func(q float64) float64 { return float64(took[int(q*float64(len(took)-1))]) / 1e6 }
	return measure{
		perSecond: float64(n) / d.Seconds(), cpu: per(now.CPU-usage.CPU) * 1e6, p50: at(.5), p99: at(.99),
		trips:    per(min(diff("total_reads_processed"), diff("total_writes_processed")) - float64(p.asked)),
		commands: per(diff("total_commands_processed") - float64(p.asked)),
		calls:    per(float64(p.calls() - calls)), allocs: per(now.Allocs - usage.Allocs), bytes: per(now.Bytes - usage.Bytes),
		gc:    (now.GC - usage.GC) / (now.CPU - usage.CPU),
		redis: per(diff("used_cpu_user")+diff("used_cpu_sys")) * 1e6,
	}
}
