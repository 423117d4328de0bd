package main

import (
	"bytes"
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"syscall"
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

// lines collects what a child prints, whole lines, and passes them on to what collects
// those of all children.
type lines struct {
	life string
	all  *lines

	mu   sync.Mutex
	part []byte
	kept []line
}

type line struct{ life, text string }

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.part = append(l.part, p...)
	for {
		i := bytes.IndexByte(l.part, '\n')
		if i < 0 {
			return len(p), nil
		}
		whole := line{l.life, string(l.part[:i])}
		l.part = l.part[i+1:]
		l.kept = append(l.kept, whole)
		if l.all != nil {
			l.all.add(whole)
		}
	}
}

func (l *lines) add(whole line) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.kept = append(l.kept, whole)
}

// with lists the lines that hold a text.
func (l *lines) with(text string) []line {
	l.mu.Lock()
	defer l.mu.Unlock()
	var found []line
	for _, x := range l.kept {
		if strings.Contains(x.text, text) {
			found = append(found, x)
		}
	}
	return found
}

func (l *lines) last(n int) string {
	l.mu.Lock()
	defer l.mu.Unlock()
	var b strings.Builder
	for _, x := range l.kept[max(0, len(l.kept)-n):] {
		fmt.Fprintln(&b, x.life, x.text)
	}
	return b.String()
}

// replica is one bot in a process of its own.
type replica struct {
	t      *testing.T
	name   string
	graves *graves
	exe    string   // the program; empty: this one
	config []string // lines; where the Bot API is has a %s for the life
	env    []string
	listen string // of its webhook
	log    *lines // of all replicas

	mu    sync.Mutex
	lives int
	life  string    // of this process: which replica, which time
	cmd   *exec.Cmd // nil while it is dead
	out   *lines    // of this process
}

// graves knows which lives have been ended by force, and when. What a dead process had on
// its way to Telegram does not arrive.
type graves struct {
	mu   sync.Mutex
	dead map[string]span
}

func (g *graves) dig(life string, s span) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.dead == nil {
		g.dead = map[string]span{}
	}
	g.dead[life] = s
}

func (g *graves) of(life string) (span, bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	s, ok := g.dead[life]
	return s, ok
}

// gate lets the calls of living processes through. Each life has a path of its own, which
// becomes the address that the simulator notes.
func (g *graves) gate(api http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if rest, ok := strings.CutPrefix(r.URL.Path, "/life/"); ok {
			life, path, _ := strings.Cut(rest, "/")
			if _, dead := g.of(life); dead {
				panic(http.ErrAbortHandler)
			}
			r.RemoteAddr, r.URL.Path, r.URL.RawPath = life, "/"+path, ""
		}
		api.ServeHTTP(w, r)
	})
}

func (r *replica) start() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.begin()
}

// begin starts the process. The mutex is held.
func (r *replica) begin() {
	exe, err := r.exe, error(nil)
	if exe == "" {
		exe, err = os.Executable()
	}
	if err != nil {
		r.t.Error(err)
		return
	}
	r.lives++
	r.life = fmt.Sprintf("%s.%d", r.name, r.lives)
	r.out = &lines{life: r.life, all: r.log}
	path := configFile(r.t, fmt.Sprintf(strings.Join(r.config, "\n"), r.life))
	cmd := exec.Command(exe, "serve", "--config", path)
	cmd.Env, cmd.WaitDelay = r.env, time.Second
	cmd.Stdout, cmd.Stderr = r.out, r.out
	if err := cmd.Start(); err != nil {
		r.t.Error(err)
		return
	}
	r.cmd = cmd
}

// kill ends the process at once and returns when it began to and when it had.
func (r *replica) kill() span {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.cmd == nil {
		return span{from: time.Now(), to: time.Now()}
	}
	s := r.end()
	r.cmd = nil
	return s
}

// end kills the process. The mutex is held.
func (r *replica) end() span {
	s := span{from: time.Now()}
	_ = r.cmd.Process.Kill()
	s.to = time.Now()
	r.graves.dig(r.life, s) // not before it is dead: it must not outlive a call that was refused here
	_ = r.cmd.Wait()
	return s
}

// restart is kill and start.
func (r *replica) restart() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.end()
	r.begin()
}

func (r *replica) signal(sig syscall.Signal) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if err := r.cmd.Process.Signal(sig); err != nil {
		r.t.Error(err)
	}
}

// up tells whether the process has begun to work.
func (r *replica) up() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.cmd != nil && len(r.out.with("At work")) > 0
}

// stop asks the process to end and returns its exit code and how long it took.
func (r *replica) stop() (code int, took time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	began := time.Now()
	if err := r.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		r.t.Error(err)
	}
	process := r.cmd.Process
	late := time.AfterFunc(40*time.Second, func() { _ = process.Kill() })
	defer late.Stop()
	err := r.cmd.Wait()
	code = r.cmd.ProcessState.ExitCode()
	if exit := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exit) {
		r.t.Error(err)
	}
	r.cmd = nil
	return code, time.Since(began)
}

// span is when something went wrong that allows for an answer to be given once more.
type span struct{ from, to time.Time }

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

// front shares deliveries out among the replicas, as a proxy in front of them does: one
// that does not answer the telephone is passed over.
type front struct {
	to []string

	mu    sync.Mutex
	next  int
	twist func(bring func() (status int)) (status int) // goes wrong with a delivery; nil: nothing
}

var frontClient = &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 40}, Timeout: time.Minute}

func (f *front) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	bring := func() int { return f.bring(context.WithoutCancel(r.Context()), r, body) }
	f.mu.Lock()
	twist := f.twist
	f.mu.Unlock()
	if twist == nil {
		twist = func(bring func() int) int { return bring() }
	}
	w.WriteHeader(twist(bring))
}

// bring takes a delivery to the next replica that is up and returns what it says.
func (f *front) bring(ctx context.Context, r *http.Request, body []byte) int {
	f.mu.Lock()
	first := f.next
	f.next++
	f.mu.Unlock()
	late := time.Now().Add(2 * time.Second) // a replica is being restarted
	for i := first; ; i++ {
		req, err := http.NewRequestWithContext(ctx, r.Method, "http://"+f.to[i%len(f.to)]+r.URL.Path, bytes.NewReader(body))
		if err != nil {
			return http.StatusInternalServerError
		}
		req.Header = r.Header.Clone()
		resp, err := frontClient.Do(req)
		if err == nil {
			_, _ = io.Copy(io.Discard, resp.Body)
			_ = resp.Body.Close()
			return resp.StatusCode
		}
		var dial *net.OpError
		if !errors.As(err, &dial) || dial.Op != "dial" || time.Now().After(late) {
			return http.StatusBadGateway
		}
		if (i-first)%len(f.to) == len(f.to)-1 {
			time.Sleep(10 * time.Millisecond) // all of them are down
		}
	}
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
