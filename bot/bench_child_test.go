package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/metrics"
	"runtime/pprof"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// childEnv makes a child of the test's own program: a bot of that kind.
const childEnv = "XINGFULI_TEST_CHILD"

// apiEnv is where a child that has no configuration finds Telegram.
const apiEnv = "XINGFULI_TEST_API"

// profileEnv names a directory for profiles of our bot in each benchmark.
const profileEnv = "XINGFULI_TEST_PROFILE"

// The kinds of bots.
const (
	durable       = "ours"
	bare          = "bare"
	bareKeepalive = "keepalive" // the bare one with an HTTP client that keeps its connections
	before        = "before"    // ours, of an older version
)

// asKind makes the process a bot of a kind and returns its exit code.
func asKind(kind string) int {
	ctx, stop := context.WithCancel(context.Background())
	go control(stop)
	if kind == durable || kind == before {
		return run(ctx, os.Args[1:], os.LookupEnv, os.Stderr, os.Stderr)
	}
	if err := runBare(ctx, kind == bareKeepalive); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

// control does what the parent says on stdin, and stops when it is gone.
func control(stop func()) {
	defer stop()
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		word, arg, _ := strings.Cut(lines.Text(), " ")
		switch word {
		case "usage":
			_ = json.NewEncoder(os.Stdout).Encode(usageNow())
		case "profile":
			if f, err := os.Create(arg); err == nil {
				_ = pprof.StartCPUProfile(f)
			}
		case "profiled":
			pprof.StopCPUProfile()
			if f, err := os.Create(arg); err == nil {
				_ = pprof.Lookup("allocs").WriteTo(f, 0)
				_ = f.Close()
			}
		}
	}
}

// usage is what a process has used since it began: seconds, numbers, bytes.
type usage struct{ CPU, GC, Allocs, Bytes float64 }

func usageNow() usage {
	var r syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &r)
	read := []metrics.Sample{{Name: "/gc/heap/allocs:objects"}, {Name: "/gc/heap/allocs:bytes"}, {Name: "/cpu/classes/gc/total:cpu-seconds"}}
	metrics.Read(read)
	return usage{
		CPU: time.Duration(r.Utime.Nano() + r.Stime.Nano()).Seconds(), GC: read[2].Value.Float64(),
		Allocs: float64(read[0].Value.Uint64()), Bytes: float64(read[1].Value.Uint64()),
	}
}

// child is a bot in a process of its own.
type child struct {
	cmd  *exec.Cmd
	in   io.WriteCloser
	out  *bufio.Reader
	errs *safeBuffer
}

func asChild(t testing.TB, p *party, bin string) *child {
	t.Helper()
	return launch(t, p, bin, childEnv+"="+p.kind)
}

// program starts the program itself.
func program(t testing.TB, p *party, bin string) *child {
	t.Helper()
	return launch(t, p, bin)
}

func launch(t testing.TB, p *party, bin string, env ...string) *child {
	t.Helper()
	path := configFile(t, "telegram: {api_url: "+p.url+", limits: {per_second: 0, per_chat_second: 0, per_group_minute: 0}}")
	c := &child{cmd: exec.Command(bin, "serve", "--config", path), errs: &safeBuffer{}}
	c.cmd.Env = append(os.Environ(), append(env, "TELEGRAM_BOT_TOKEN="+p.sim.Bot().Token, "REDIS_URL="+p.redis.URL(), apiEnv+"="+p.url)...)
	c.cmd.Stderr = c.errs
	var err error
	if c.in, err = c.cmd.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	out, err := c.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	c.out = bufio.NewReader(out)
	if err := c.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return c
}

func (c *child) stop() {
	_ = c.cmd.Process.Kill()
	_ = c.cmd.Wait()
}

func (c *child) log() string { return c.errs.String() }

func (c *child) tell(t testing.TB, line string) {
	t.Helper()
	if _, err := fmt.Fprintln(c.in, line); err != nil {
		t.Fatalf("%v\n%s", err, c.log())
	}
}

// profile writes a CPU profile until the function it returns is called, and then one of all
// that was allocated, where the environment asks for them.
func (c *child) profile(t testing.TB, name string) (stop func()) {
	t.Helper()
	dir := os.Getenv(profileEnv)
	if dir == "" {
		return func() {}
	}
	c.tell(t, "profile "+filepath.Join(dir, name+".cpu"))
	return func() { c.tell(t, "profiled "+filepath.Join(dir, name+".allocs")) }
}

func (c *child) usage(t testing.TB) (u usage) {
	t.Helper()
	c.tell(t, "usage")
	line, err := c.out.ReadBytes('\n')
	if err == nil {
		err = json.Unmarshal(line, &u)
	}
	if err != nil {
		t.Fatalf("%v\n%s", err, c.log())
	}
	return u
}

// status reads a size, in MiB, of what the kernel knows of the process.
func (c *child) status(t testing.TB, name string) float64 {
	t.Helper()
	return statusOf(t, c.cmd.Process.Pid, name)
}

// statusOf reads a line of a process's status that is in KiB, as MiB.
func statusOf(t testing.TB, pid int, name string) float64 {
	t.Helper()
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		t.Skipf("no /proc here: %v", err)
	}
	for line := range strings.Lines(string(b)) {
		if rest, ok := strings.CutPrefix(line, name+":"); ok {
			kib, err := strconv.ParseFloat(strings.Fields(rest)[0], 64)
			if err != nil {
				t.Fatal(err)
			}
			return kib / 1024
		}
	}
	t.Fatalf("no %s in\n%s", name, b)
	return 0
}

// safeBuffer is a buffer for a process to write and a test to read.
type safeBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *safeBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *safeBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}
