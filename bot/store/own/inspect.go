package own

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/redis/go-redis/v9"
)

// Least is the oldest redis that will do: the store trims streams by XTRIM MINID.
const Least = "6.2"

// binaries are what the server may be called. Valkey goes on from redis 7.2, and is what
// some systems have in its place.
var binaries = []string{"redis-server", "valkey-server"}

// find looks for the server's program in PATH.
func find() (string, error) {
	for _, name := range binaries {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", &Fault{Reason: ErrMissing}
}

// enough tells whether a version, such as 7.0.15, is at least Least.
func enough(version string) bool {
	return slices.Compare(numbers(version), numbers(Least)) >= 0
}

func numbers(version string) []int {
	var ns []int
	for part := range strings.SplitSeq(version, ".") {
		n, _ := strconv.Atoi(part)
		ns = append(ns, n)
	}
	return ns
}

// state is how a socket answers.
type state int

const (
	absent  state = iota // nobody listens
	mute                 // somebody does, and does not say what we know
	loading              // it reads its data
	ready
)

// probeWait is how long one answer may take.
const probeWait = time.Second

// probe asks by hand: a client would try again and wait by its own rules.
func (at place) probe() state {
	conn, err := net.DialTimeout("unix", at.socket, probeWait)
	if errors.Is(err, os.ErrNotExist) || errors.Is(err, syscall.ECONNREFUSED) {
		return absent
	}
	if err != nil {
		return mute
	}
	defer func() { _ = conn.Close() }()
	_ = conn.SetDeadline(time.Now().Add(probeWait))
	if _, err := conn.Write([]byte("PING\r\n")); err != nil {
		return mute
	}
	answer := make([]byte, 64)
	n, _ := conn.Read(answer)
	switch {
	case strings.HasPrefix(string(answer[:n]), "+PONG"):
		return ready
	case strings.HasPrefix(string(answer[:n]), "-LOADING"):
		return loading
	}
	return mute
}

// inspect looks whether the server that answers keeps its data here, as it must.
func (at place) inspect(ctx context.Context) error {
	db := at.client()
	defer func() { _ = db.Close() }()
	ctx, cancel := context.WithTimeout(ctx, at.patience)
	defer cancel()
	var settings []*redis.MapStringStringCmd
	var info *redis.InfoCmd
	_, err := db.Pipelined(ctx, func(p redis.Pipeliner) error {
		for _, name := range []string{"dir", "appendonly", "maxmemory-policy"} { // one each: redis 7 is the first to take several
			settings = append(settings, p.ConfigGet(ctx, name))
		}
		info = p.InfoMap(ctx, "server")
		return nil
	})
	if ctx.Err() != nil {
		return ctx.Err()
	}
	server := info.Val()["Server"]
	pid, _ := strconv.Atoi(server["process_id"])
	if err == nil {
		err = at.suits(settings[0].Val()["dir"], settings[1].Val()["appendonly"], settings[2].Val()["maxmemory-policy"])
	}
	if err != nil {
		return &Fault{Reason: ErrForeign, Dir: at.dir, PID: pid, Err: err}
	}
	if v := server["redis_version"]; !enough(v) {
		return &Fault{Reason: ErrOld, Version: v}
	}
	return nil
}

// suits tells what is wrong with how a server keeps data.
func (at place) suits(dir, appendOnly, policy string) error {
	socket, err := os.Lstat(at.socket)
	if err != nil {
		return err
	}
	here, err := os.Stat(at.dir)
	if err != nil {
		return err
	}
	there, err := os.Stat(dir)
	switch {
	case !ours(socket):
		return fmt.Errorf("%s belongs to another user", at.socket)
	case err != nil || !os.SameFile(here, there):
		return fmt.Errorf("dir %s", dir)
	case appendOnly != "yes":
		return fmt.Errorf("appendonly %s", appendOnly)
	case policy != "noeviction":
		return fmt.Errorf("maxmemory-policy %s", policy)
	}
	return nil
}

func (at place) pidFile() string { return filepath.Join(at.dir, "redis.pid") }

// pid is what the server has noted of itself, for a person to read; 0 if unknown.
func (at place) pid() int {
	text, _ := os.ReadFile(at.pidFile())
	pid, _ := strconv.Atoi(strings.TrimSpace(string(text)))
	return pid
}

func (at place) client() *redis.Client {
	return redis.NewClient(&redis.Options{Network: "unix", Addr: at.socket, MaxRetries: -1, DialerRetries: 1, PoolSize: 1, ContextTimeoutEnabled: true})
}
