// Package redistest starts the Redis that tests run on: the embedded one and, where it
// is installed, the real redis-server.
package redistest

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/redis/go-redis/v9"
)

// Each runs f on the embedded Redis and on the real one, each new and empty.
func Each(t *testing.T, f func(t *testing.T, db *redis.Client)) {
	t.Helper()
	t.Run("miniredis", func(t *testing.T) {
		t.Parallel()
		m := miniredis.RunT(t)
		m.ClockTTL(true) // as in the demo
		db := redis.NewClient(&redis.Options{Addr: m.Addr()})
		t.Cleanup(func() { _ = db.Close() })
		f(t, db)
	})
	t.Run("redis-server", func(t *testing.T) {
		t.Parallel()
		f(t, Start(t).Client(t))
	})
}

// Server is a real redis-server with an append-only file, as in production.
type Server struct {
	dir  string
	args []string
	cmd  *exec.Cmd
}

// Need skips a test where no redis-server is installed, or fails it when the environment's
// XINGFULI_TEST_REQUIRE names redis.
func Need(t testing.TB) {
	t.Helper()
	if _, err := exec.LookPath("redis-server"); err != nil {
		if strings.Contains(os.Getenv("XINGFULI_TEST_REQUIRE"), "redis") {
			t.Fatal("redis-server is required and not installed")
		}
		t.Skip("redis-server is not installed")
	}
}

// Start runs a redis-server, which the test needs, until it ends.
func Start(t testing.TB, args ...string) *Server {
	t.Helper()
	Need(t)
	dir, err := os.MkdirTemp("", "redis") // t.TempDir's paths are too long for a socket
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	s := &Server{dir: dir, args: args}
	s.Restart(t)
	t.Cleanup(s.Kill)
	return s
}

// URL is where it listens.
func (s *Server) URL() string { return "unix://" + s.socket() + "?db=0" }

func (s *Server) socket() string { return filepath.Join(s.dir, "redis.sock") }

// Client connects to it until the test ends.
func (s *Server) Client(t testing.TB) *redis.Client {
	t.Helper()
	o, err := redis.ParseURL(s.URL())
	if err != nil {
		t.Fatal(err)
	}
	db := redis.NewClient(o)
	t.Cleanup(func() { _ = db.Close() })
	return db
}

// Kill ends it as kill -9 does.
func (s *Server) Kill() {
	_ = s.cmd.Process.Kill()
	_ = s.cmd.Wait()
}

// Stop stands it still until Continue: connections stay open and nothing is answered.
func (s *Server) Stop(t testing.TB) { s.signal(t, syscall.SIGSTOP) }

// Continue undoes Stop.
func (s *Server) Continue(t testing.TB) { s.signal(t, syscall.SIGCONT) }

func (s *Server) signal(t testing.TB, sig syscall.Signal) {
	t.Helper()
	if err := s.cmd.Process.Signal(sig); err != nil {
		t.Fatal(err)
	}
}

// Restart starts it, with what its append-only file has, and waits until it answers.
func (s *Server) Restart(t testing.TB) {
	t.Helper()
	args := append([]string{"--port", "0", "--unixsocket", s.socket(), "--dir", s.dir, "--save", "", "--appendonly", "yes", "--appendfsync", "everysec",
		"--maxmemory-policy", "noeviction", "--daemonize", "no", "--logfile", filepath.Join(s.dir, "log")}, s.args...)
	s.cmd = exec.Command("redis-server", args...) //nolint:noctx // it lives until Kill
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if err := s.answers(); err != nil {
		t.Fatal(err)
	}
}

func (s *Server) answers() error {
	db := redis.NewClient(&redis.Options{Network: "unix", Addr: s.socket(), MaxRetries: -1})
	defer func() { _ = db.Close() }()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	beat := time.NewTicker(5 * time.Millisecond)
	defer beat.Stop()
	for {
		err := db.Ping(ctx).Err()
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("redis-server does not answer: %w", err)
		case <-beat.C:
		}
	}
}
