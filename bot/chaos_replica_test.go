package main

import (
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

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
