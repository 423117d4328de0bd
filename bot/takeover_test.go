package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"syscall"
	"testing"
	"time"

	"xingfuli/bot/sim"
)

// answered tells whether every one of people got an answer after seq with a text in it.
func (c *town) answered(people []int64, seq int64, text string) bool {
	left := map[int64]bool{}
	for _, who := range people {
		left[who] = true
	}
	for _, call := range c.calls(seq) {
		if call.Method == "sendMessage" && call.Error == "" && strings.Contains(call.Params["text"], text) {
			delete(left, call.Chat)
		}
	}
	return len(left) == 0
}

// ask has all people ask for a day, and returns the number of the newest call before.
func (c *town) ask(people []int64, day string) (seq int64) {
	c.t.Helper()
	if cs := c.sim.Calls(0); len(cs) > 0 {
		seq = cs[len(cs)-1].Seq
	}
	for _, who := range people {
		if _, err := c.sim.Do(c.t.Context(), who, c.sim.Bot().ID, sim.Act{Text: "/menu " + day}); err != nil {
			c.t.Error(err)
		}
	}
	return seq
}

// begin starts all replicas and waits until they work and have shared the lanes out.
func (c *town) begin() {
	c.t.Helper()
	for _, r := range c.replicas {
		r.start()
	}
	for _, r := range c.replicas {
		c.until("the replica is up", patience, r.up)
	}
	c.until("the lanes are shared out", patience, func() bool {
		owners := map[string]int{}
		for i := range 16 {
			owners[c.db.Get(c.t.Context(), fmt.Sprintf("xf:{x}:owner:%d:%d", c.sim.Bot().ID, i)).Val()]++
		}
		delete(owners, "")
		return len(owners) == len(c.replicas)
	})
}

// TestTakeover kills one of several replicas, whose lease has its usual length: others
// answer in its place within five seconds.
//
// Traps: Telegram answers one poller only, a second one ends the first's request with 409;
// a lane is on one replica at a time.
func TestTakeover(t *testing.T) { // not parallel: it measures
	together(t, map[string]func(*testing.T){
		"the poller":               func(t *testing.T) { takeover(t, false) },
		"a replica behind a proxy": func(t *testing.T) { takeover(t, true) },
	})
}

func takeover(t *testing.T, webhook bool) {
	c := newTown(t, townOptions{replicas: 3, webhook: webhook, lease: 3 * time.Second, config: []string{admins()}})
	people := c.people(1000, 32) // in all shards, twice
	c.begin()
	seq := c.ask(people, "3月1日")
	c.until("everybody is answered", patience, func() bool { return c.answered(people, seq, "3月1日") })
	dead := c.replicas[0]
	for _, r := range c.replicas {
		if len(r.out.with("asks for updates")) > 0 {
			dead = r
		}
	}
	killed := dead.kill().from
	seq = c.ask(people, "3月2日")
	c.until("the others answer", patience, func() bool { return c.answered(people, seq, "3月2日") })
	took := time.Since(killed)
	t.Logf("everybody was answered %v after the kill", took)
	if took > 5*time.Second {
		t.Errorf("taken over after %v", took)
	}
	if n := len(c.log.with("another program receives")); n > 0 {
		t.Errorf("the replicas stood in each other's way %d times", n)
	}
	dead.start()
	c.settle(patience)
	c.stop()
	c.clean()
}

// TestSecondPoller has another program poll with the same token: that is explained, and the
// bot goes on when it is gone.
func TestSecondPoller(t *testing.T) {
	t.Parallel()
	c := newTown(t, townOptions{config: []string{admins()}})
	people := c.people(1000, 3)
	c.begin()
	api := c.api + "/bot" + c.sim.Bot().Token + "/getUpdates"
	for range 5 {
		resp, err := http.PostForm(api, url.Values{"offset": {"0"}, "timeout": {"0"}}) // confirms nothing
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		time.Sleep(50 * time.Millisecond)
	}
	seq := c.ask(people, "3月1日")
	c.until("everybody is answered", patience, func() bool { return c.answered(people, seq, "3月1日") })
	if len(c.log.with("another program receives this bot's updates")) == 0 {
		t.Error("that was not explained")
	}
	c.settle(patience)
	c.stop()
}

// TestTerm ends bots by SIGTERM under load and starts them again: nothing is lost, nothing
// is done twice.
//
// Traps: the library cancels handlers when it stops, and loses what it has taken.
func TestTerm(t *testing.T) {
	t.Parallel()
	tests := map[string]func(*testing.T){}
	for name, o := range map[string]townOptions{
		"polling": {}, "webhook": {webhook: true}, "polling with three replicas": {replicas: 3, lease: 2 * time.Second},
		"webhook with three replicas": {replicas: 3, webhook: true, lease: 2 * time.Second},
	} {
		tests[name] = func(t *testing.T) {
			longest := time.Duration(0)
			_, v := disturbed(t, o, 700, func(c *town, or *oracle) {
				for i := range 6 {
					for or.count() < 100+100*i {
						time.Sleep(10 * time.Millisecond)
					}
					r := c.replicas[i%len(c.replicas)]
					c.until("the replica is up", patience, r.up)
					code, took := r.stop()
					longest = max(longest, took)
					if code != 0 || took > 20*time.Second {
						t.Errorf("exit code %d after %v", code, took)
					}
					r.start()
				}
			})
			t.Logf("stopped after %v at most", longest)
			if v.extra > 0 {
				t.Errorf("%d answers were given once more", v.extra)
			}
		}
	}
	together(t, tests)
}

// TestTermStuck ends a bot one of whose handlers waits for an answer from Telegram that
// does not come: it ends in time all the same, and the update is handled by the next.
func TestTermStuck(t *testing.T) {
	t.Parallel()
	c := newTown(t, townOptions{config: []string{admins()}})
	people := c.people(1000, 2)
	c.begin()
	stuck := make(chan struct{}, 10)
	stop := c.sim.Fail(func(method string, chat int64) *sim.Fault {
		if method == "sendMessage" && chat == 1000 {
			stuck <- struct{}{}
			return &sim.Fault{Delay: time.Minute, Drop: true}
		}
		return nil
	})
	seq := c.ask(people[:1], "3月1日")
	<-stuck
	code, took := c.replicas[0].stop()
	t.Logf("ended after %v", took)
	if code != 0 || took > 20*time.Second {
		t.Errorf("exit code %d after %v", code, took)
	}
	stop()
	c.replicas[0].start()
	c.ask(people[1:], "3月1日")
	// The send that was not answered may have arrived; it is up to the process that stops to
	// say so in time, or else to leave the update to the next.
	c.until("the other one is answered", patience, func() bool { return c.answered(people[1:], seq, "3月1日") })
	c.settle(patience)
	c.stop()
	c.clean()
}

// TestWebhookRegistered has three replicas start together: one of them tells Telegram where
// they are, once, and only what differs is told again. One that is killed while it does so
// leaves it to the next.
func TestWebhookRegistered(t *testing.T) {
	t.Parallel()
	c := newTown(t, townOptions{replicas: 3, webhook: true, config: []string{admins()}})
	people := c.people(1000, 5)
	set := func() int64 { return c.sim.Counts()["setWebhook"].Calls }
	struck := make(chan struct{}, 10)
	stop := c.sim.Fail(func(method string, _ int64) *sim.Fault {
		if method == "setWebhook" {
			struck <- struct{}{}
			return &sim.Fault{Delay: time.Minute, Drop: true}
		}
		return nil
	})
	only := c.replicas[0]
	only.start()
	<-struck
	stop()
	only.restart()
	seq := c.ask(people, "3月1日")
	c.until("everybody is answered", patience, func() bool { return c.answered(people, seq, "3月1日") })
	told := set()
	c.replicas[1].start()
	c.replicas[2].start()
	only.restart()
	for _, r := range c.replicas {
		c.until("the replica is up", patience, r.up)
	}
	c.until("all replicas have asked", patience, func() bool { return c.sim.Counts()["getWebhookInfo"].Calls >= told+3 })
	seq = c.ask(people, "3月2日")
	c.until("everybody is answered", patience, func() bool { return c.answered(people, seq, "3月2日") })
	if n := set(); n != told {
		t.Errorf("told %d times more", n-told)
	}
	var info struct {
		Result struct {
			Max     int      `json:"max_connections"`
			Allowed []string `json:"allowed_updates"`
		} `json:"result"`
	}
	resp, err := http.Get(c.api + "/bot" + c.sim.Bot().Token + "/getWebhookInfo")
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(json.NewDecoder(resp.Body).Decode(&info), resp.Body.Close()); err != nil || info.Result.Max != 40 || len(info.Result.Allowed) != 3 {
		t.Errorf("Telegram was told %+v, %v", info, err)
	}
	c.stop()
	for _, r := range c.replicas { // another secret must be told
		for i, e := range r.env {
			if strings.HasPrefix(e, "TELEGRAM_WEBHOOK_SECRET=") {
				r.env[i] = "TELEGRAM_WEBHOOK_SECRET=another-one"
			}
		}
		r.start()
	}
	seq = c.ask(people, "3月3日")
	c.until("everybody is answered", patience, func() bool { return c.answered(people, seq, "3月3日") })
	if n := set(); n != told+1 {
		t.Errorf("another secret was told %d times", n-told)
	}
	c.stop()
}

// TestWebhookRefuses brings updates that must not be taken, and one while Redis is away,
// which Telegram brings again.
//
// Traps: the library answers 200 to everything, before anything is kept.
func TestWebhookRefuses(t *testing.T) {
	t.Parallel()
	c := newTown(t, townOptions{webhook: true, config: []string{admins()}})
	people := c.people(1000, 5)
	c.begin()
	bring := func(method, secret, body string) int {
		req, err := http.NewRequest(method, "http://"+c.replicas[0].listen+"/", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("X-Telegram-Bot-Api-Secret-Token", secret)
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = io.Copy(io.Discard, resp.Body)
		_ = resp.Body.Close()
		return resp.StatusCode
	}
	forged := `{"update_id":1,"message":{"message_id":1,"date":1,"chat":{"id":1000,"type":"private"},"from":{"id":1000,"is_bot":false,"first_name":"x"},"text":"/menu"}}`
	for _, tt := range []struct {
		method, secret, body string
		want                 int
	}{
		{"POST", "wrong", forged, 401}, {"POST", "", forged, 401}, {"GET", hookSecret, "", 405}, {"PUT", hookSecret, forged, 405},
		{"POST", hookSecret, strings.Repeat(" ", 1<<20) + forged, 413}, {"POST", hookSecret, "no JSON", 200},
	} {
		if got := bring(tt.method, tt.secret, tt.body); got != tt.want {
			t.Errorf("%s with %q: %d, want %d", tt.method, tt.secret, got, tt.want)
		}
	}
	c.redis.Stop(t)
	began := time.Now()
	if got := bring("POST", hookSecret, forged); got != 503 || time.Since(began) > 10*time.Second {
		t.Errorf("while Redis stands still: %d after %v", got, time.Since(began))
	}
	c.redis.Kill()
	began = time.Now()
	if got := bring("POST", hookSecret, forged); got != 503 || time.Since(began) > 10*time.Second {
		t.Errorf("while Redis is away: %d after %v", got, time.Since(began))
	}
	seq := c.ask(people, "3月1日")
	c.until("Telegram has tried", patience, func() bool { return len(c.log.with("msg=webhook")) >= 5 })
	c.redis.Restart(t)
	c.until("everybody is answered", patience, func() bool { return c.answered(people, seq, "3月1日") })
	c.settle(patience)
	c.stop()
	c.clean()
}

// TestPaused has a replica stand still for longer than its lease: the others take over, and
// it gives up what it had when it wakes.
//
// Trap: a process that was paused outlives its lease.
func TestPaused(t *testing.T) {
	t.Parallel()
	_, v := disturbed(t, townOptions{replicas: 3, webhook: true, lease: time.Second}, 500, func(c *town, or *oracle) {
		for or.count() < 200 {
			time.Sleep(10 * time.Millisecond)
		}
		from := time.Now()
		c.replicas[1].signal(syscall.SIGSTOP)
		time.Sleep(4 * time.Second)
		c.replicas[1].signal(syscall.SIGCONT)
		or.fault(span{from, time.Now().Add(time.Second)})
	})
	if v.extra > 20 {
		t.Errorf("%d answers were given once more", v.extra)
	}
}
