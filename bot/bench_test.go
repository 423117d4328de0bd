package main

import (
	"context"
	"fmt"
	"os"
	"slices"
	"testing"
	"time"
)

// How much a benchmark does: in each round every bot does the same work, one bot after
// another, so that whatever else the machine does meets them alike. What is reported are
// medians over the rounds, as many as -benchtime says.
const (
	perRound = 2000
	inFlight = 64
)

// BenchmarkBot measures the whole bot, as a process of its own, from the update to the
// answer, beside two bots that a newcomer would write for the same work: one with the
// library's own HTTP client, one with a client that keeps its connections.
//
//	go test ./bot -run '^$' -bench Bot -benchtime 5x
//
// ratio-bare and ratio-keepalive are ours to theirs, CPU time for the same number of updates. To
// compare two versions of ours, build the older one's tests (go test -c -o before ./bot) and
// name the file in XINGFULI_TEST_BEFORE: it takes the place of the bare ones.
func BenchmarkBot(b *testing.B) {
	bots := []*party{newParty(b, durable, os.Args[0])}
	if older := os.Getenv("XINGFULI_TEST_BEFORE"); older != "" {
		bots = append(bots, newParty(b, before, older))
	} else {
		bots = append(bots, newParty(b, bare, os.Args[0]), newParty(b, bareKeepalive, os.Args[0]))
	}
	for _, l := range loads {
		b.Run(l.name, func(b *testing.B) { compare(b, bots, l) })
	}
}

func compare(b *testing.B, bots []*party, l load) {
	if b.N == 1 {
		for _, p := range bots {
			p.run(b, l, perRound/4) // warm
		}
	}
	measured := make([][]measure, len(bots))
	profiled := bots[0].child.profile(b, l.name)
	for r := range b.N {
		for i := range bots {
			if r%2 == 1 {
				i = len(bots) - 1 - i // nobody is always the first
			}
			measured[i] = append(measured[i], bots[i].run(b, l, perRound))
		}
	}
	profiled()
	cpu := func(m measure) float64 { return m.cpu }
	ours := median(measured[0], cpu)
	b.ReportMetric(0, "ns/op") // a round is no operation
	for i, p := range bots {
		if i > 0 {
			b.ReportMetric(ours/median(measured[i], cpu), "ratio-"+p.kind)
		}
		m := measured[i]
		b.ReportMetric(median(m, cpu), p.kind+"-cpu-ms/1000")
		b.ReportMetric(median(m, func(m measure) float64 { return m.perSecond }), p.kind+"-updates/s")
		if l.answered {
			b.ReportMetric(median(m, func(m measure) float64 { return m.p50 }), p.kind+"-p50-ms")
			b.ReportMetric(median(m, func(m measure) float64 { return m.p99 }), p.kind+"-p99-ms")
		}
	}
	for _, x := range []struct {
		unit string
		of   func(measure) float64
	}{
		{"trips/update", func(m measure) float64 { return m.trips }},
		{"commands/update", func(m measure) float64 { return m.commands }},
		{"calls/update", func(m measure) float64 { return m.calls }},
		{"allocs/update", func(m measure) float64 { return m.allocs }},
		{"KiB/update", func(m measure) float64 { return m.bytes / 1024 }},
		{"gc-share", func(m measure) float64 { return m.gc }},
		{"redis-cpu-ms/1000", func(m measure) float64 { return m.redis }},
	} {
		b.ReportMetric(median(measured[0], x.of), x.unit)
	}
	for _, p := range bots {
		b.ReportMetric(p.child.status(b, "VmHWM"), p.kind+"-peak-MiB")
	}
}

func median(ms []measure, of func(measure) float64) float64 {
	var values []float64
	for _, m := range ms {
		values = append(values, of(m))
	}
	slices.Sort(values)
	return values[len(values)/2]
}

// TestRoundTrips holds the bot to its budget under load: for a question or a press half a
// round trip to Redis to take the update in and forget it, and one for the work; no word to
// Telegram about what people in a group say to each other.
func TestRoundTrips(t *testing.T) {
	t.Parallel()
	p := newParty(t, durable, os.Args[0])
	for _, l := range loads {
		p.run(t, l, 200)
		m := p.run(t, l, 1000)
		t.Logf("%s: %.2f round trips, %.2f calls, %.0f allocations", l.name, m.trips, m.calls, m.allocs)
		if m.trips > l.trips {
			t.Errorf("%s: %.2f round trips an update, want %.2f at most", l.name, m.trips, l.trips)
		}
		if m.calls != l.calls {
			t.Errorf("%s: %.2f calls an update, want %.0f", l.name, m.calls, l.calls)
		}
	}
}

// TestFirstAnswer starts the program when somebody has been waiting already. Best of
// several: other tests run beside this one.
func TestFirstAnswer(t *testing.T) { // not parallel: it measures
	const want, tries = 100 * time.Millisecond, 7
	bin := build(t)
	var took []time.Duration
	for range tries {
		p := newWorld(t, durable)
		p.furnish(t)
		asked := p.residents[0]
		if _, err := p.sim.Do(t.Context(), asked.id, p.sim.Bot().ID, say(question)); err != nil {
			t.Fatal(err)
		}
		began := time.Now()
		p.child = program(t, p, bin)
		if err := p.wait(t.Context(), asked, 2); err != nil {
			t.Fatal(err)
		}
		took = append(took, time.Since(began))
		p.close()
		if took[len(took)-1] < want {
			break
		}
	}
	t.Logf("first answers after %v", took)
	if best := slices.Min(took); best > want {
		t.Errorf("the first answer took %v at best of %d, want %v", best, tries, want)
	}
}

// TestIdleMemory looks at the program when it has nothing to do: what is its own, and what the
// kernel has mapped of the program's file, 64 KiB around each page that is touched. The
// environment's XINGFULI_TEST_IDLE says after how long, the usual 10 seconds if nothing.
func TestIdleMemory(t *testing.T) {
	t.Parallel()
	const want, own = 20, 9
	p := newWorld(t, durable)
	p.furnish(t)
	p.child = program(t, p, build(t))
	p.ask(t, p.residents[0])
	look := 10 * time.Second
	if d, err := time.ParseDuration(os.Getenv("XINGFULI_TEST_IDLE")); err == nil {
		look = d
	}
	time.Sleep(look)
	idle := p.child.status(t, "VmRSS")
	t.Logf("%.1f MiB: %.1f its own, %.1f of files; %.1f at most", idle, p.child.status(t, "RssAnon"), p.child.status(t, "RssFile"), p.child.status(t, "VmHWM"))
	if anon := p.child.status(t, "RssAnon"); idle > want || anon > own {
		t.Errorf("%.1f MiB when idle, %.1f of them its own, want %d and %d at most", idle, anon, want, own)
	}
}

// ask asks a question and waits for the answer.
func (p *party) ask(t testing.TB, who *person) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	if err := asks(ctx, p, who); err != nil {
		t.Fatal(fmt.Errorf("ask: %w", err))
	}
}
