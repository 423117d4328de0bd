package main

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"xingfuli/bot/sim"
	"xingfuli/bot/store/own"
	"xingfuli/bot/store/redistest"
)

// TestMain lets the test's program be the bot, for tests that need a process to kill.
func TestMain(m *testing.M) {
	if kind := os.Getenv(childEnv); kind != "" {
		os.Exit(asKind(kind))
	}
	if os.Getenv("XINGFULI_TEST_MAIN") != "" {
		lease, _ = time.ParseDuration(os.Getenv("XINGFULI_TEST_LEASE"))
		main()
	}
	os.Exit(m.Run())
}

// station is where a bot with a Redis of its own is started, stopped and killed.
type station struct {
	*sim.Server
	dir, config string
}

// newStation makes a world with a group that is not bound yet, and a directory for the
// data. No redis-server may be left there when the test ends.
func newStation(t *testing.T) *station {
	t.Helper()
	redistest.Need(t)
	root, err := os.MkdirTemp("", "bot") // t.TempDir's paths are too long for a socket
	if err != nil {
		t.Fatal(err)
	}
	s, api := world(t)
	s.AddPerson(sim.Person{ID: 1001, Key: "resident", Name: "居民"})
	s.AddPerson(sim.Person{ID: 1003, Key: "admin", Name: "管理员"})
	s.AddGroup(sim.Group{ID: -1001, Key: "group", Title: "居民群", Members: []int64{1001, 1003}, BotIn: true})
	dir := filepath.Join(root, "data")
	path := configFile(t, "telegram: {api_url: "+api+", limits: {per_second: 0, per_chat_second: 0, per_group_minute: 0}}", "admins: [1003]", "redis: {dir: "+dir+"}")
	t.Cleanup(func() {
		db := redis.NewClient(&redis.Options{Network: "unix", Addr: filepath.Join(dir, "redis.sock"), DialerRetries: 1, MaxRetries: -1})
		defer func() { _ = db.Close() }()
		if err := db.Ping(context.Background()).Err(); err == nil {
			t.Errorf("a redis-server is left over in %s", dir)
			db.Shutdown(context.Background())
		}
		_ = os.RemoveAll(root)
	})
	return &station{s, dir, path}
}

// process is a bot in a process of its own.
type process struct {
	*exec.Cmd
	errs *tail
}

// tail keeps what a process complains of.
type tail struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *tail) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *tail) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// prepare makes a bot with args; env are variables that win over the environment's.
func (s *station) prepare(env []string, args ...string) *process {
	p := &process{Cmd: exec.Command(os.Args[0], append(args, "--config", s.config)...), errs: &tail{}}
	p.Env = append(os.Environ(), "XINGFULI_TEST_MAIN=1", "TELEGRAM_BOT_TOKEN="+s.Bot().Token, "LANG=zh_CN.UTF-8", "REDIS_URL=")
	p.Env = append(p.Env, env...)
	p.Stderr, p.SysProcAttr = p.errs, &syscall.SysProcAttr{Setpgid: true}
	return p
}

// start starts a bot.
func (s *station) start(t *testing.T, env []string, args ...string) *process {
	t.Helper()
	p := s.prepare(env, args...)
	if err := p.Start(); err != nil {
		t.Fatal(err)
	}
	late := time.AfterFunc(30*time.Second, func() { _ = p.Process.Kill() }) // a test fails rather than waits for ever
	t.Cleanup(func() { late.Stop(); _ = p.Process.Kill() })
	return p
}

// interrupt is a Ctrl-C in the bot's terminal: for all processes of its group.
func (p *process) interrupt(t *testing.T) {
	t.Helper()
	if err := syscall.Kill(-p.Process.Pid, syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	if err := p.Wait(); err != nil {
		t.Errorf("after Ctrl-C: %v\n%s", err, p.errs)
	}
}

func (s *station) play(t *testing.T, script string) {
	t.Helper()
	if err := s.Play(t.Context(), script); err != nil {
		t.Error(err)
	}
}

func (s *station) redis(t *testing.T) *redis.Client {
	t.Helper()
	db := redis.NewClient(&redis.Options{Network: "unix", Addr: filepath.Join(s.dir, "redis.sock")})
	t.Cleanup(func() { _ = db.Close() })
	return db
}

// settled waits until what was answered is noted, too: who is killed before answers again.
func (s *station) settled(t *testing.T) {
	t.Helper()
	db := s.redis(t)
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	for waiting := int64(1); waiting > 0; {
		waiting = 0
		keys, err := db.Keys(ctx, "*:inbox:*").Result()
		for _, key := range keys {
			waiting += db.XLen(ctx, key).Val()
		}
		if err != nil {
			t.Fatalf("%d updates wait: %v", waiting, err)
		}
	}
}

const bind = `
	admin@group: /bind 安居小区
	bot@group: 本群已绑定「安居小区」。`

const fish = `
	resident@group: /menu 周二
	bot@group: …清蒸青鱼…`

// TestServeOwn: without redis.url the bot runs its own; an update that is being answered
// when Ctrl-C comes is answered, once, and noted before Redis ends.
func TestServeOwn(t *testing.T) {
	t.Parallel()
	s := newStation(t)
	bot := s.start(t, nil, "serve", "--sample")
	s.play(t, bind+fish)
	id := s.redis(t).InfoMap(t.Context(), "server").Val()["Server"]["process_id"]
	asked, answer := make(chan bool, 9), make(chan bool)
	stop := s.Fail(func(method string, _ int64) *sim.Fault {
		if method == "sendMessage" {
			asked <- true
			<-answer
		}
		return nil
	})
	if _, err := s.Do(t.Context(), 1001, -1001, sim.Act{Text: "/menu 周二"}); err != nil {
		t.Fatal(err)
	}
	select {
	case <-asked:
	case <-time.After(5 * time.Second):
		t.Errorf("the bot does not answer: %s", bot.errs)
	}
	if err := syscall.Kill(-bot.Process.Pid, syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	stop()
	close(answer)
	if err := bot.Wait(); err != nil {
		t.Errorf("after Ctrl-C: %v\n%s", err, bot.errs)
	}
	if pid, _ := strconv.Atoi(id); pid == 0 || !errors.Is(syscall.Kill(pid, 0), syscall.ESRCH) {
		t.Errorf("redis-server %s goes on", id)
	}
	said := s.Counts()["sendMessage"].Calls
	bot = s.start(t, nil, "serve")
	s.play(t, fish)
	bot.interrupt(t)
	if now := s.Counts()["sendMessage"].Calls; now != said+1 {
		t.Errorf("%d messages after the restart, not 1: what was answered while stopping was answered again", now-said)
	}
	if errs := bot.errs.String(); strings.Contains(errs, "level=WARN") || strings.Contains(errs, "level=ERROR") {
		t.Errorf("log: %s", errs)
	}
}

// TestServeKilled: a bot is killed with -9, and the next one works on with its Redis.
func TestServeKilled(t *testing.T) {
	t.Parallel()
	s := newStation(t)
	bot := s.start(t, nil, "serve", "--sample")
	s.play(t, bind)
	s.settled(t)
	if err := bot.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = bot.Wait()
	db := s.redis(t)
	before := db.InfoMap(t.Context(), "server").Val()["Server"]["process_id"]
	check := s.start(t, []string{"LANG=en"}, "check")
	if err := check.Wait(); err != nil || before == "" {
		t.Errorf("check: %v, orphan %q\n%s", err, before, check.errs)
	}
	bot = s.start(t, nil, "serve")
	s.play(t, fish)
	if after := db.InfoMap(t.Context(), "server").Val()["Server"]["process_id"]; after != before {
		t.Errorf("redis-server %s was not adopted, there is %s", before, after)
	}
	bot.interrupt(t)
}

// TestServeTwice: the second bot on the same data says which is the first.
func TestServeTwice(t *testing.T) {
	t.Parallel()
	s := newStation(t)
	bot := s.start(t, nil, "serve", "--sample")
	s.play(t, bind)
	pid := strconv.Itoa(bot.Process.Pid)
	for lang, want := range map[string]string{"zh_CN.UTF-8": "另一个机器人（进程 " + pid, "en_GB.UTF-8": "Another bot (process " + pid} {
		second := s.start(t, []string{"LANG=" + lang}, "serve")
		err := second.Wait()
		if second.ProcessState.ExitCode() != 1 || !strings.Contains(second.errs.String(), want) || !strings.Contains(second.errs.String(), "kill "+pid) {
			t.Errorf("%v: %s", err, second.errs)
		}
	}
	env := map[string]string{"TELEGRAM_BOT_TOKEN": s.Bot().Token}
	if code, out, errs := call(t, env, "check", "--config", s.config); code != 0 || errs != "" || !strings.Contains(out, "进程 "+pid) {
		t.Errorf("check beside a bot: code %d\n%s%s", code, out, errs)
	}
	s.play(t, fish)
	bot.interrupt(t)
}

// TestServeRedisDies: the bot's own Redis is killed while it works.
func TestServeRedisDies(t *testing.T) {
	t.Parallel()
	s := newStation(t)
	bot := s.start(t, nil, "serve", "--sample")
	s.play(t, bind)
	s.settled(t)
	pid, err := strconv.Atoi(s.redis(t).InfoMap(t.Context(), "server").Val()["Server"]["process_id"])
	if err != nil {
		t.Fatal(err)
	}
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	s.play(t, fish)
	bot.interrupt(t)
	if !strings.Contains(bot.errs.String(), "redis-server has ended; it is started again") {
		t.Errorf("log: %s", bot.errs)
	}
}

func TestServeWithout(t *testing.T) {
	t.Parallel()
	s := newStation(t)
	for lang, want := range map[string]string{"zh_CN.UTF-8": "这台机器没有 redis-server", "en_GB.UTF-8": "this machine has no redis-server"} {
		for _, command := range []string{"serve", "check"} {
			bot := s.start(t, []string{"PATH=", "LANG=" + lang}, command)
			err := bot.Wait()
			errs := bot.errs.String()
			if bot.ProcessState.ExitCode() != 1 {
				t.Errorf("%s: %v", command, err)
			}
			for _, want := range []string{want, "apt install redis-server", "dnf install valkey", "brew install redis"} {
				if !strings.Contains(errs, want) {
					t.Errorf("%s does not say %q: %s", command, want, errs)
				}
			}
		}
	}
}

// TestServeDenied: the directory belongs to somebody else.
func TestServeDenied(t *testing.T) {
	t.Parallel()
	s := newStation(t)
	if err := os.Mkdir(s.dir, 0o500); err != nil {
		t.Fatal(err)
	}
	nobody := &syscall.SysProcAttr{}
	program, config := os.Args[0], s.config
	if os.Geteuid() == 0 { // may write everywhere
		nobody.Credential = &syscall.Credential{Uid: 65534, Gid: 65534}
		above := filepath.Dir(s.dir)
		program, config = filepath.Join(above, "program"), filepath.Join(above, "config.yaml")
		lend(t, os.Args[0], program)
		lend(t, s.config, config)
		if err := os.Chmod(above, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for _, command := range []string{"serve", "check"} {
		bot := s.prepare(nil, command)
		bot.Path, bot.Args[len(bot.Args)-1], bot.SysProcAttr = program, config, nobody
		err := bot.Run()
		if errs := bot.errs.String(); bot.ProcessState == nil || bot.ProcessState.ExitCode() != 1 || !strings.Contains(errs, s.dir+" 用不了") || !strings.Contains(errs, "permission denied") {
			t.Errorf("%s: %v\n%s", command, err, errs)
		}
	}
}

// lend copies a file for others to read and run.
func lend(t *testing.T, from, to string) {
	t.Helper()
	b, err := os.ReadFile(from)
	if err == nil {
		err = os.WriteFile(to, b, 0o755)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// TestServeDamaged: the data cannot be read any more, while the bot works and when it
// starts; who looks after it is told the way out.
func TestServeDamaged(t *testing.T) {
	t.Parallel()
	s := newStation(t)
	bot := s.start(t, nil, "serve", "--sample")
	s.play(t, bind)
	pid, err := strconv.Atoi(s.redis(t).InfoMap(t.Context(), "server").Val()["Server"]["process_id"])
	if err != nil {
		t.Fatal(err)
	}
	manifest := filepath.Join(s.dir, "appendonlydir", "appendonly.aof.manifest")
	if _, err := os.Stat(manifest); err != nil {
		bot.interrupt(t)
		t.Skip("this redis keeps its data otherwise")
	}
	if err := os.WriteFile(manifest, []byte("garbage\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		err := bot.Wait()
		if bot.ProcessState.ExitCode() != 1 || !strings.Contains(bot.errs.String(), "redis-check-aof --fix "+manifest) {
			t.Errorf("%v: %s", err, bot.errs)
		}
		bot = s.start(t, nil, "serve")
	}
	_ = bot.Wait()
}

// TestCheckOwn: what check says when no Redis is configured, and that it starts none.
func TestCheckOwn(t *testing.T) {
	t.Parallel()
	s := newStation(t)
	env := map[string]string{"TELEGRAM_BOT_TOKEN": s.Bot().Token, "LANG": "en"}
	code, out, errs := call(t, env, "check", "--config", s.config)
	if code != 0 || errs != "" || strings.Count(out, "ok ") != 4 || !strings.Contains(out, own.Least+" or newer") || !strings.Contains(out, s.dir) {
		t.Errorf("all is well: code %d\n%s%s", code, out, errs)
	}
	if _, err := os.Stat(s.dir); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("check made %s: %v", s.dir, err)
	}
	if err := os.Mkdir(s.dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if code, out, _ := call(t, env, "check", "--config", s.config); code != 0 || !strings.Contains(out, "chmod 700 "+s.dir) {
		t.Errorf("a directory that others can read: code %d\n%s", code, out)
	}
}

// TestServeWarns: an outside Redis that loses data, and one that does not say.
func TestServeWarns(t *testing.T) {
	t.Parallel()
	s, api := world(t)
	path := configFile(t, "telegram: {api_url: "+api+"}")
	tests := []struct {
		args       []string
		zh, en     []string
		check, log int
	}{
		{[]string{"--appendonly", "no", "--maxmemory-policy", "allkeys-lru"}, []string{"没开 appendonly", "maxmemory-policy allkeys-lru"}, []string{"without appendonly", "drops data"}, 1, 2},
		{[]string{"--rename-command", "CONFIG", ""}, []string{"不说它怎样保存数据"}, []string{"does not say how it keeps data"}, 0, 1},
		{nil, nil, nil, 0, 0},
	}
	for _, tt := range tests {
		server := redistest.Start(t, tt.args...)
		for lang, want := range map[string][]string{"zh_CN.UTF-8": tt.zh, "en_GB.UTF-8": tt.en} {
			env := map[string]string{"TELEGRAM_BOT_TOKEN": s.Bot().Token, "REDIS_URL": server.URL(), "LANG": lang}
			ctx, stop := context.WithCancel(t.Context())
			errs := &tail{}
			out := &trigger{word: map[string]string{"zh_CN.UTF-8": "开始工作", "en_GB.UTF-8": "At work"}[lang], pull: stop}
			code := run(ctx, []string{"serve", "--config", path}, func(k string) (string, bool) { v, ok := env[k]; return v, ok }, out, errs)
			stop()
			if code != 0 || strings.Count(errs.String(), "level=WARN") != tt.log {
				t.Errorf("%v: code %d\n%s", tt.args, code, errs)
			}
			for _, want := range want {
				if !strings.Contains(errs.String(), want) {
					t.Errorf("%v: not said: %q\n%s", tt.args, want, errs)
				}
			}
			if code, out, errs := call(t, env, "check", "--config", path); code != tt.check {
				t.Errorf("%v: check: code %d\n%s%s", tt.args, code, out, errs)
			}
		}
	}
}

// trigger pulls when a word is written.
type trigger struct {
	word string
	pull func()
}

func (w *trigger) Write(p []byte) (int, error) {
	if strings.Contains(string(p), w.word) {
		w.pull()
	}
	return len(p), nil
}
