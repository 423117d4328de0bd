package own

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
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

	"xingfuli/bot/store/redistest"
)

// TestMain lets the test's program be a bot, for tests that kill one.
func TestMain(m *testing.M) {
	if dir := os.Getenv("XINGFULI_TEST_OWN"); dir != "" {
		os.Exit(bot(dir))
	}
	os.Exit(m.Run())
}

// bot starts a server and writes to it for ever. It prints where the server is, then each
// write that was acknowledged.
func bot(dir string) int {
	s, err := Start(context.Background(), dir, slog.New(slog.DiscardHandler))
	if err != nil {
		fmt.Println("error", err)
		return 1
	}
	fmt.Println(s.URL())
	o, err := redis.ParseURL(s.URL())
	if err != nil {
		return 1
	}
	db := redis.NewClient(o)
	for i := 1; ; i++ {
		if err := db.RPush(context.Background(), "writes", i).Err(); err != nil {
			return 1
		}
		fmt.Println(i)
	}
}

// scratch is a directory for a server. At the end of the test none may be left there.
func scratch(t *testing.T) string {
	t.Helper()
	redistest.Need(t)
	dir, err := os.MkdirTemp("", "own") // t.TempDir's paths are too long for a socket
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = filepath.WalkDir(dir, func(path string, _ os.DirEntry, _ error) error {
			if filepath.Base(path) == "redis.lock" && !free(path) {
				t.Errorf("a redis-server is left over in %s", path)
				_ = place{dir: filepath.Dir(path)}.where(nil).shutdown(context.Background())
			}
			return nil
		})
		_ = os.RemoveAll(dir)
	})
	return filepath.Join(dir, "data")
}

// free tells whether nobody has a lock. Other tests fork: their children have it too until
// they are what they will be.
func free(path string) bool {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	for {
		if left, err := held(path); !left && err == nil {
			return true
		}
		if rest(ctx) != nil {
			return false
		}
	}
}

// start starts a server until the test ends.
func start(t *testing.T, dir string) (*Server, *redis.Client, *diary) {
	t.Helper()
	log := &diary{}
	s, err := Start(t.Context(), dir, slog.New(slog.NewTextHandler(log, nil)))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil && !errors.Is(err, os.ErrClosed) {
			t.Error(err)
		}
	})
	return s, client(t, s.URL()), log
}

func client(t *testing.T, url string) *redis.Client {
	t.Helper()
	o, err := redis.ParseURL(url)
	if err != nil {
		t.Fatal(err)
	}
	db := redis.NewClient(o)
	t.Cleanup(func() { _ = db.Close() })
	return db
}

// diary is a log that can be read while it is written.
type diary struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (d *diary) Write(p []byte) (int, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.text.Write(p)
}

func (d *diary) String() string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.text.String()
}

func processID(t *testing.T, db *redis.Client) int {
	t.Helper()
	id, err := strconv.Atoi(db.InfoMap(t.Context(), "server").Val()["Server"]["process_id"])
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// until waits for something that takes milliseconds.
func until(t *testing.T, what string, ok func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	for !ok() {
		if rest(ctx) != nil {
			t.Fatalf("waited in vain until %s", what)
		}
	}
}

func TestKeepsData(t *testing.T) {
	t.Parallel()
	dir := scratch(t)
	began := time.Now()
	s, db, _ := start(t, dir)
	t.Logf("answers after %v", time.Since(began))
	for name, want := range map[string]string{
		"appendonly": "yes", "appendfsync": "everysec", "maxmemory-policy": "noeviction", "save": "", "port": "0", "aof-load-truncated": "yes", "daemonize": "no",
	} {
		if got := db.ConfigGet(t.Context(), name).Val()[name]; got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	for file, want := range map[string]os.FileMode{dir: 0o700, filepath.Join(dir, "redis.sock"): 0o700, filepath.Join(dir, "redis.log"): 0o600} {
		if info, err := os.Stat(file); err != nil || info.Mode().Perm() != want {
			t.Errorf("%s: %v, %v", file, info.Mode(), err)
		}
	}
	id := processID(t, db)
	if group, err := syscall.Getpgid(id); err != nil || group == syscall.Getpgrp() {
		t.Errorf("a Ctrl-C would end the server too: process group %d, %v", group, err)
	}
	if err := db.Set(t.Context(), "k", "v", 0).Err(); err != nil {
		t.Fatal(err)
	}
	began = time.Now()
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	t.Logf("ended after %v", time.Since(began))
	if err := syscall.Kill(id, 0); !errors.Is(err, syscall.ESRCH) {
		t.Errorf("the server goes on after Close: %v", err)
	}
	_, db, log := start(t, dir)
	if v, err := db.Get(t.Context(), "k").Result(); v != "v" {
		t.Errorf("after a restart: %q, %v", v, err)
	}
	if log.String() != "" {
		t.Errorf("log: %s", log)
	}
}

// TestAdopts kills a bot while it writes, and adopts what it has left.
func TestAdopts(t *testing.T) {
	t.Parallel()
	dir := scratch(t)
	url, acknowledged := killedBot(t, dir)
	orphan := processID(t, client(t, url))
	if v, faults := Look(t.Context(), dir); !v.Orphan || v.Held || len(faults) > 0 {
		t.Errorf("look: %+v, %v", v, faults)
	}
	s, db, log := start(t, dir)
	if id := processID(t, db); id != orphan {
		t.Errorf("process %d was started beside %d", id, orphan)
	}
	all, err := db.LRange(t.Context(), "writes", 0, -1).Result()
	if err != nil || len(all) < acknowledged || len(all) > acknowledged+1 {
		t.Errorf("%d writes, %d were acknowledged (%v)", len(all), acknowledged, err)
	}
	if !strings.Contains(log.String(), "took over") {
		t.Errorf("log: %s", log)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if !free(place{dir: dir}.guard()) { // not kill(2): who inherits orphans may bury them late
		t.Error("the adopted server goes on after Close")
	}
	_, db, _ = start(t, dir)
	if n := db.LLen(t.Context(), "writes").Val(); n < int64(acknowledged) {
		t.Errorf("%d writes after a restart, %d were acknowledged", n, acknowledged)
	}
}

// killedBot lets a bot write some, kills it and returns where its server is and how many
// writes that had acknowledged.
func killedBot(t *testing.T, dir string) (url string, acknowledged int) {
	t.Helper()
	cmd := exec.Command(os.Args[0]) // it is killed below
	cmd.Env = append(os.Environ(), "XINGFULI_TEST_OWN="+dir)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		n, err := strconv.Atoi(lines.Text())
		if err != nil {
			url = lines.Text()
		}
		if n == 500 {
			if err := cmd.Process.Kill(); err != nil {
				t.Fatal(err)
			}
		}
		acknowledged = max(acknowledged, n)
	}
	_ = cmd.Wait()
	if acknowledged < 500 {
		t.Fatalf("the bot ended early: %s", url)
	}
	return url, acknowledged
}

func TestTwoBots(t *testing.T) {
	t.Parallel()
	dir := scratch(t)
	start(t, dir)
	var f *Fault
	if _, err := Start(t.Context(), dir, slog.New(slog.DiscardHandler)); !errors.Is(err, ErrHeld) || !errors.As(err, &f) || f.PID != os.Getpid() || f.Dir != dir {
		t.Errorf("the second bot: %v", err)
	}
	if v, faults := Look(t.Context(), dir); !v.Held || v.Bot != os.Getpid() || v.Orphan || len(faults) > 0 {
		t.Errorf("look: %+v, %v", v, faults)
	}
}

func TestStartsAgain(t *testing.T) {
	t.Parallel()
	s, db, log := start(t, scratch(t))
	if err := db.Set(t.Context(), "k", "v", 0).Err(); err != nil {
		t.Fatal(err)
	}
	id := processID(t, db)
	if err := syscall.Kill(id, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	until(t, "the same client has its data again", func() bool { return db.Get(t.Context(), "k").Val() == "v" && processID(t, db) != id })
	until(t, "the log says so", func() bool { return strings.Contains(log.String(), "answers again") })
	if !strings.Contains(log.String(), "redis-server has ended") || !strings.Contains(log.String(), "signal: killed") {
		t.Errorf("log: %s", log)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

// TestAdoptedDies: a server that was adopted is no child, and still its death is noticed.
func TestAdoptedDies(t *testing.T) {
	t.Parallel()
	dir := scratch(t)
	_, acknowledged := killedBot(t, dir)
	_, db, _ := start(t, dir)
	id := processID(t, db)
	if err := syscall.Kill(id, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	until(t, "another one answers", func() bool {
		return db.LLen(t.Context(), "writes").Val() >= int64(acknowledged) && processID(t, db) != id
	})
}

// TestLost: the server dies and its data can no longer be read; starting it again and
// again would not help.
func TestLost(t *testing.T) {
	t.Parallel()
	dir := scratch(t)
	s, db, _ := start(t, dir)
	manifest := filepath.Join(dir, "appendonlydir", "appendonly.aof.manifest")
	if _, err := os.Stat(manifest); err != nil {
		t.Skip("this redis has other files")
	}
	id := processID(t, db)
	if err := os.WriteFile(manifest, []byte("garbage\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Kill(id, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	select {
	case err := <-s.Lost():
		if !errors.Is(err, ErrDamaged) {
			t.Error(err)
		}
	case <-time.After(10 * time.Second):
		t.Error("nobody was told")
	}
}

// TestPaths: what people call directories, and paths longer than a socket's may be.
func TestPaths(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"数据 \"1\" #%?", strings.Repeat("long/", 30)} {
		t.Run(name[:6], func(t *testing.T) {
			t.Parallel()
			s, db, _ := start(t, filepath.Join(scratch(t), name))
			if err := db.Set(t.Context(), "k", "v", 0).Err(); err != nil {
				t.Fatal(err)
			}
			if len(s.at.socket) > maxSocket {
				t.Errorf("socket %s", s.at.socket)
			}
			if info, err := os.Stat(filepath.Dir(s.at.socket)); err != nil || info.Mode().Perm() != 0o700 {
				t.Errorf("others can reach the socket: %v, %v", info, err)
			}
			if err := s.Close(); err != nil {
				t.Error(err)
			}
			_, err := os.Stat(s.at.socket)
			if !errors.Is(err, os.ErrNotExist) {
				t.Errorf("the socket stays: %v", err)
			}
		})
	}
}

// TestMovedSocket: the next bot finds the socket that the killed one chose, although it
// would now choose another.
func TestMovedSocket(t *testing.T) {
	root := scratch(t)
	dir, temp, was := filepath.Join(root, strings.Repeat("long/", 30)), filepath.Dir(root), os.TempDir()
	t.Setenv("TMPDIR", temp)
	url, acknowledged := killedBot(t, dir)
	t.Setenv("TMPDIR", was)
	s, db, _ := start(t, dir)
	if s.URL() != url || !strings.Contains(url, temp) || db.LLen(t.Context(), "writes").Val() < int64(acknowledged) {
		t.Errorf("killed: %s; adopted: %s", url, s.URL())
	}
}

func TestMissing(t *testing.T) {
	dir := scratch(t)
	t.Setenv("PATH", t.TempDir())
	if _, err := Start(t.Context(), dir, slog.New(slog.DiscardHandler)); !errors.Is(err, ErrMissing) {
		t.Errorf("start: %v", err)
	}
	if _, faults := Look(t.Context(), dir); len(faults) != 1 || !errors.Is(faults[0].Reason, ErrMissing) {
		t.Errorf("look: %v", faults)
	}
}

// TestNotOurs: what answers on the socket is not what the bot would have started.
func TestNotOurs(t *testing.T) {
	t.Parallel()
	dir := scratch(t)
	url, acknowledged := killedBot(t, dir)
	db := client(t, url)
	for _, c := range []struct{ setting, good string }{{"maxmemory-policy allkeys-lru", "noeviction"}, {"appendonly no", "yes"}} {
		name, value, _ := strings.Cut(c.setting, " ")
		if err := db.ConfigSet(t.Context(), name, value).Err(); err != nil {
			t.Fatal(err)
		}
		var f *Fault
		if _, err := Start(t.Context(), dir, slog.New(slog.DiscardHandler)); !errors.Is(err, ErrForeign) || !errors.As(err, &f) || f.PID != processID(t, db) || !strings.Contains(err.Error(), c.setting) {
			t.Errorf("%s: %v", c.setting, err)
		}
		if err := db.ConfigSet(t.Context(), name, c.good).Err(); err != nil {
			t.Fatal(err)
		}
	}
	until(t, "the file is written again", func() bool {
		return db.InfoMap(t.Context(), "persistence").Val()["Persistence"]["aof_rewrite_in_progress"] == "0"
	})
	_, db, _ = start(t, dir)
	if n := db.LLen(t.Context(), "writes").Val(); n < int64(acknowledged) {
		t.Errorf("%d writes, %d were acknowledged", n, acknowledged)
	}
}

// TestStuck: the server that was left behind does not answer.
func TestStuck(t *testing.T) {
	t.Parallel()
	dir := scratch(t)
	url, _ := killedBot(t, dir)
	id := processID(t, client(t, url))
	if err := syscall.Kill(id, syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	at := place{dir: dir, socket: filepath.Join(dir, "redis.sock"), patience: 50 * time.Millisecond}
	var f *Fault
	if _, err := at.server(t.Context(), slog.New(slog.DiscardHandler)); !errors.Is(err, ErrStuck) || !errors.As(err, &f) || f.PID != id {
		t.Errorf("%v", err)
	}
	if err := syscall.Kill(id, syscall.SIGCONT); err != nil {
		t.Fatal(err)
	}
	start(t, dir)
}

func TestDamage(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, file string
		edit       func([]byte) []byte
		want       error
	}{
		{"the end is cut off", "appendonly.aof.1.incr.aof", func(b []byte) []byte { return b[:len(b)-7] }, nil},
		{"garbage in the middle", "appendonly.aof.1.incr.aof", func(b []byte) []byte { copy(b[40:], "garbage"); return b }, ErrDamaged},
		{"the base is garbage", "appendonly.aof.1.base.rdb", func(b []byte) []byte { copy(b[20:], "garbagegarbage"); return b }, ErrDamaged},
		{"the list of files is garbage", "appendonly.aof.manifest", func([]byte) []byte { return []byte("garbage\n") }, ErrDamaged},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			dir := scratch(t)
			s, db, _ := start(t, dir)
			for i := range 20 {
				db.Set(t.Context(), "key"+strconv.Itoa(i), "value", 0)
			}
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			file := filepath.Join(dir, "appendonlydir", tt.file)
			b, err := os.ReadFile(file)
			if errors.Is(err, os.ErrNotExist) {
				t.Skip("this redis has other files")
			}
			if err := os.WriteFile(file, tt.edit(b), 0o600); err != nil {
				t.Fatal(err)
			}
			if tt.want == nil {
				_, db, log := start(t, dir)
				if n := db.DBSize(t.Context()).Val(); n != 19 || !strings.Contains(log.String(), "cut off") {
					t.Errorf("%d keys, log: %s", n, log)
				}
				return
			}
			var f *Fault
			_, err = Start(t.Context(), dir, slog.New(slog.DiscardHandler))
			if !errors.Is(err, tt.want) || !errors.As(err, &f) || f.File != filepath.Join(dir, "appendonlydir", "appendonly.aof.manifest") {
				t.Errorf("%v", err)
			}
			t.Log(err)
		})
	}
}

// TestDir: directories that cannot be used.
func TestDir(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{file, filepath.Join(file, "data")} {
		if _, err := Start(t.Context(), dir, slog.New(slog.DiscardHandler)); !errors.Is(err, ErrDir) {
			t.Errorf("start in %s: %v", dir, err)
		}
		if _, faults := Look(t.Context(), dir); len(faults) == 0 || !errors.Is(faults[len(faults)-1].Reason, ErrDir) {
			t.Errorf("look at %s: %v", dir, faults)
		}
	}
	trap := filepath.Join(t.TempDir(), "trap")
	if err := os.Symlink(t.TempDir(), trap); err != nil {
		t.Fatal(err)
	}
	open := filepath.Join(t.TempDir(), "open")
	if err := os.Mkdir(open, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{trap, open, file} {
		if err := private(dir); !errors.Is(err, os.ErrPermission) {
			t.Errorf("a socket would go into %s: %v", dir, err)
		}
	}
}

// TestLookLeavesNothing: a look makes no directory and no file.
func TestLookLeavesNothing(t *testing.T) {
	t.Parallel()
	above := t.TempDir()
	Look(t.Context(), filepath.Join(above, "a", "b"))
	if files, err := os.ReadDir(above); len(files) > 0 || err != nil {
		t.Errorf("left: %v, %v", files, err)
	}
}

func TestTrim(t *testing.T) {
	t.Parallel()
	at := place{dir: t.TempDir()}
	for _, size := range []int{maxLog, maxLog + 1} {
		if err := os.WriteFile(at.log(), make([]byte, size), 0o600); err != nil {
			t.Fatal(err)
		}
		at.trim()
		if _, err := os.Stat(at.log()); (err == nil) != (size == maxLog) {
			t.Errorf("%d bytes: %v", size, err)
		}
	}
}

func TestVersions(t *testing.T) {
	for v, want := range map[string]bool{"7.0.15": true, "6.2.0": true, "6.2": true, "6.0.16": false, "5.0.14": false, "8.1.1": true, "10.0": true, "": false, "7": true} {
		if enough(v) != want {
			t.Errorf("enough(%q) = %v", v, !want)
		}
	}
}
