package main

import (
	"context"
	"crypto/x509"
	"fmt"
	"io"
	"log"
	"net"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"xingfuli/bot/app"
	"xingfuli/bot/community"
	"xingfuli/bot/queue"
	"xingfuli/bot/sim"
	"xingfuli/bot/store"
	"xingfuli/bot/store/redistest"
)

// town is a simulated Telegram, a redis-server and one or more bots.
type town struct {
	t        *testing.T
	sim      *sim.Server
	redis    *redistest.Server
	db       *redis.Client
	store    *store.Store
	replicas []*replica
	log      *lines
	graves   graves
	front    *front
	api      string // where the Bot API is
}

// townOptions says what a town is like. The zero value polls with one replica, whose lease is short.
type townOptions struct {
	replicas int
	webhook  bool
	lease    time.Duration // 0: a short one
	start    time.Time     // of the simulator's clock
	config   []string      // more lines
}

const (
	hookSecret = "a-secret_of-the-webhook"
	homeID     = "anju"
	otherID    = "binhai"
	homeName   = "安居小区"
	otherName  = "滨海小区"
)

// newTown makes a town whose bots are not started yet.
func newTown(t *testing.T, o townOptions) *town {
	t.Helper()
	towns <- struct{}{}
	t.Cleanup(func() { <-towns })
	r := redistest.Start(t)
	c := &town{t: t, redis: r, db: r.Client(t), log: &lines{}, front: &front{}}
	c.store = store.New(c.db, "xf:")
	if err := app.Sample(t.Context(), c.store, time.Now()); err != nil {
		t.Fatal(err)
	}
	if err := c.store.PutCommunity(t.Context(), "test.other", 0, community.Community{ID: otherID, Name: otherName}); err != nil {
		t.Fatal(err)
	}
	hook := httptest.NewUnstartedServer(c.front)
	hook.Config.ErrorLog = quiet
	hook.StartTLS()
	trust := x509.NewCertPool()
	trust.AddCert(hook.Certificate())
	c.sim = sim.New(sim.Options{
		Bot: sim.Bot{ID: 7000000001, Username: "xingfuli_bot", Name: "幸福里", ReadsAll: true}, Start: o.start,
		Unlimited: true, Trust: trust, KeepCalls: 40_000, KeepMessages: 2_000,
	})
	api := httptest.NewUnstartedServer(c.graves.gate(c.sim.API()))
	api.Config.ErrorLog = quiet
	api.Start()
	t.Cleanup(func() {
		c.sim.Close()
		api.CloseClientConnections()
		api.Close()
		hook.CloseClientConnections()
		hook.Close()
	})
	c.api = api.URL
	for i := range max(1, o.replicas) {
		c.replicas = append(c.replicas, c.replica(fmt.Sprint(i), o, hook.URL))
	}
	t.Cleanup(func() {
		for _, r := range c.replicas {
			r.kill()
		}
		if t.Failed() {
			t.Logf("the bots said last:\n%s", c.log.last(60))
		}
	})
	return c
}

var quiet = log.New(io.Discard, "", 0)

func (c *town) replica(name string, o townOptions, hook string) *replica {
	lease := o.lease
	if lease == 0 {
		lease = 500 * time.Millisecond
	}
	r := &replica{t: c.t, name: name, graves: &c.graves, log: c.log, listen: freePort(c.t)}
	mode := "polling"
	if o.webhook {
		mode = "webhook"
	}
	r.config = append([]string{
		"telegram:",
		"  api_url: " + c.api + "/life/%s",
		"  mode: " + mode,
		"  webhook: {url: '" + hook + "', listen: '" + r.listen + "'}",
		"  limits: {per_second: 0, per_chat_second: 0, per_group_minute: 0}",
	}, o.config...)
	r.env = append(os.Environ(), "XINGFULI_TEST_MAIN=1", "XINGFULI_TEST_LEASE="+lease.String(), "TELEGRAM_BOT_TOKEN="+c.sim.Bot().Token,
		"TELEGRAM_WEBHOOK_SECRET="+hookSecret, "REDIS_URL="+c.redis.URL(), "LANG=en_US.UTF-8", "GORACE=atexit_sleep_ms=0")
	c.front.to = append(c.front.to, r.listen)
	return r
}

// freePort is an address that nobody listens on at the moment.
func freePort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	return l.Addr().String()
}

// people puts persons into the town: they have started the bot and live at home.
func (c *town) people(first, n int64) []int64 {
	c.t.Helper()
	var ids []int64
	for id := first; id < first+n; id++ {
		c.sim.AddPerson(sim.Person{ID: id, Key: fmt.Sprintf("p%d", id), Name: fmt.Sprintf("居民%d", id), Language: "zh-hans"})
		if err := c.sim.Start(id); err != nil {
			c.t.Fatal(err)
		}
		if err := c.store.SetCommunity(c.t.Context(), queue.Op(fmt.Sprint("test.", id)), id, homeID); err != nil {
			c.t.Fatal(err)
		}
		ids = append(ids, id)
	}
	return ids
}

// group puts a group into the town that is bound to home.
func (c *town) group(id int64, members ...int64) {
	c.t.Helper()
	c.sim.AddGroup(sim.Group{ID: id, Key: fmt.Sprintf("g%d", -id), Title: fmt.Sprintf("群%d", -id), Members: members, Admins: members, BotIn: true})
	if err := c.store.SetCommunity(c.t.Context(), queue.Op(fmt.Sprint("test.", id)), id, homeID); err != nil {
		c.t.Fatal(err)
	}
}

// until waits for something to hold that nothing tells of.
func (c *town) until(what string, within time.Duration, holds func() bool) bool {
	c.t.Helper()
	ctx, cancel := context.WithTimeout(c.t.Context(), within)
	defer cancel()
	beat := time.NewTicker(15 * time.Millisecond)
	defer beat.Stop()
	for !holds() {
		select {
		case <-ctx.Done():
			c.t.Errorf("not within %v: %s", within, what)
			return false
		case <-beat.C:
		}
	}
	return true
}

// kept counts what Redis keeps of updates that are not done.
func (c *town) kept() (inbox, dead, tries int64) {
	ctx := context.Background()
	bot := c.sim.Bot().ID
	pipe := c.db.Pipeline()
	var shards []*redis.IntCmd
	for i := range 16 {
		shards = append(shards, pipe.XLen(ctx, fmt.Sprintf("xf:{x}:inbox:%d:%d", bot, i)))
	}
	letters, counts := pipe.XLen(ctx, fmt.Sprintf("xf:{x}:dead:%d", bot)), pipe.HLen(ctx, fmt.Sprintf("xf:{x}:tries:%d", bot))
	if _, err := pipe.Exec(ctx); err != nil {
		return -1, 0, 0 // Redis is away, and nothing is known
	}
	for _, n := range shards {
		inbox += n.Val()
	}
	return inbox, letters.Val(), counts.Val()
}

// settle waits until Telegram has delivered everything and the bots have done it.
func (c *town) settle(within time.Duration) bool {
	c.t.Helper()
	return c.until("everything is done", within, func() bool {
		inbox, _, _ := c.kept()
		return c.sim.Pending() == 0 && inbox == 0
	})
}

// clean checks that nothing is left of updates in Redis.
func (c *town) clean() {
	c.t.Helper()
	inbox, dead, tries := c.kept()
	if len(c.lost()) > 0 {
		tries = 0 // counted by one replica while another one was at the update: they expire
	}
	if inbox+dead+tries != 0 {
		letters, _ := c.store.Inbox(c.sim.Bot().ID).Dead(context.Background(), "", 5)
		c.t.Errorf("in Redis are left %d updates, %d dead letters, %d counts of tries: %s", inbox, dead, tries, reasons(letters))
	}
}

// lost are the lives that were so slow that others took them for dead.
func (c *town) lost() map[string]bool {
	lives := map[string]bool{}
	for _, l := range c.log.with("lost a part of the inbox") {
		lives[l.life] = true
	}
	return lives
}

func reasons(letters []queue.Dead) string {
	var all []string
	for _, d := range letters {
		all = append(all, d.Reason)
	}
	return strings.Join(all, "; ")
}

// stop ends all replicas as a service manager does.
func (c *town) stop() {
	c.t.Helper()
	var wg sync.WaitGroup
	for i, r := range c.replicas {
		c.until("the replica is up", patience, r.up)
		wg.Go(func() {
			if code, took := r.stop(); code != 0 || took > 20*time.Second {
				c.t.Errorf("replica %d: exit code %d after %v", i, code, took)
			}
		})
	}
	wg.Wait()
}

// calls lists what the bots asked of Telegram, but for what is not about anybody.
func (c *town) calls(after int64) []sim.Call {
	return slices.DeleteFunc(c.sim.Calls(after), func(call sim.Call) bool {
		return call.Chat == 0 && call.Method != "answerCallbackQuery" || call.Method == "getChatMember"
	})
}
