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
