package own

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"
)

// process is a redis-server that runs.
type process struct {
	at   place
	gone chan struct{}                   // closed when it has ended
	err  error                           // how it did; read it after gone
	ask  func(ctx context.Context) error // to end in order
	kill func()                          // nil for an adopted one: by now its process ID may be another's
}

// server finds the server of the place, or starts it, and returns when it answers.
func (at place) server(ctx context.Context, log *slog.Logger) (*process, error) {
	began, told := time.Now(), false
	for {
		guard, err := lock(at.guard(), syscall.LOCK_EX)
		if err != nil && !errors.Is(err, errHeld) {
			return nil, &Fault{Reason: ErrDir, Dir: at.dir, Err: err}
		}
		seen := at.where(guard)
		state := seen.probe()
		if state == absent && guard != nil {
			return at.spawn(ctx, guard, log)
		}
		if guard != nil {
			_ = guard.Close()
		}
		switch {
		case state == ready:
			return seen.adopt(ctx, log)
		case state != loading && time.Since(began) > at.patience:
			return nil, &Fault{Reason: ErrStuck, Dir: at.dir, PID: at.pid()}
		}
		if !told {
			told = true
			log.Info("waiting for the redis-server that is there already", "dir", at.dir)
		}
		if err := rest(ctx); err != nil {
			return nil, err
		}
	}
}

// where is the place as the server that holds the guard has it: its socket may be under
// another directory for temporary files than this bot would choose.
func (at place) where(guard *os.File) place {
	if guard != nil {
		return at
	}
	if text, err := os.ReadFile(at.guard()); err == nil && len(text) > 0 {
		at.socket = strings.TrimSpace(string(text))
	}
	return at
}

// args are what the server is told. Nothing of a redis.conf is read.
func (at place) args() []string {
	return []string{
		"--dir", at.dir, "--port", "0", "--unixsocket", at.socket, "--unixsocketperm", "700",
		"--appendonly", "yes", "--appendfsync", "everysec", "--aof-load-truncated", "yes", "--save", "",
		"--maxmemory", "0", "--maxmemory-policy", "noeviction",
		"--daemonize", "no", "--pidfile", at.pidFile(), "--logfile", at.log(), "--loglevel", "notice",
	}
}

// spawn starts a server, which inherits the guard.
func (at place) spawn(ctx context.Context, guard *os.File, log *slog.Logger) (*process, error) {
	defer func() { _ = guard.Close() }()
	at.trim()
	out, err := os.OpenFile(at.log(), os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return nil, &Fault{Reason: ErrDir, Dir: at.dir, Err: err}
	}
	defer func() { _ = out.Close() }()
	since, err := out.Seek(0, io.SeekEnd)
	if err == nil {
		err = write(guard, at.socket)
	}
	if err != nil {
		return nil, &Fault{Reason: ErrDir, Dir: at.dir, Err: err}
	}
	binary, err := find()
	if err != nil {
		return nil, err
	}
	cmd := exec.Command(binary, at.args()...) //nolint:noctx // it ends by process.end, in order
	cmd.Env, cmd.Stdout, cmd.Stderr, cmd.ExtraFiles = environment(), out, out, []*os.File{guard}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // a Ctrl-C is for the bot, which still needs it then
	if err := cmd.Start(); err != nil {
		return nil, &Fault{Reason: ErrFailed, Dir: at.dir, File: at.log(), Err: err}
	}
	p := &process{
		at: at, gone: make(chan struct{}), kill: func() { _ = cmd.Process.Kill() },
		ask: func(context.Context) error { return cmd.Process.Signal(syscall.SIGTERM) }, // heard while it loads, too
	}
	go func() { p.err = cmd.Wait(); close(p.gone) }()
	if err := p.answers(ctx, since); err != nil {
		return nil, errors.Join(err, p.end())
	}
	for _, line := range at.tail(since) {
		if strings.Contains(line, "aof-load-truncated is enabled") {
			log.Warn("the end of the append-only file was cut off when the machine stopped; what was whole is there", "redis", line)
		}
	}
	return p, nil
}

// environment is ours without the bot's secrets, which the server has no use for.
func environment() []string {
	var env []string
	for _, v := range os.Environ() {
		if !strings.HasPrefix(v, "TELEGRAM_") && !strings.HasPrefix(v, "REDIS_") {
			env = append(env, v)
		}
	}
	return env
}

// answers waits until a new server answers, and looks whether it will do.
func (p *process) answers(ctx context.Context, since int64) error {
	for began := time.Now(); ; {
		switch state := p.at.probe(); {
		case state == ready:
			return p.at.inspect(ctx)
		case state == loading:
			began = time.Now()
		case time.Since(began) > p.at.patience:
			return &Fault{Reason: ErrFailed, Dir: p.at.dir, File: p.at.log(), Err: errors.New("it does not answer")}
		}
		select {
		case <-p.gone:
			return p.at.diagnose(since, p.err)
		default:
		}
		if err := rest(ctx); err != nil {
			return err
		}
	}
}

// adopt takes over the server that answers.
func (at place) adopt(ctx context.Context, log *slog.Logger) (*process, error) {
	if err := at.inspect(ctx); err != nil {
		return nil, err
	}
	conn, err := net.Dial("unix", at.socket) //nolint:noctx // a local socket answers at once
	if err != nil {
		return nil, &Fault{Reason: ErrStuck, Dir: at.dir, PID: at.pid(), Err: err}
	}
	log.Info("took over the redis-server that a killed bot left behind", "socket", at.socket)
	p := &process{at: at, gone: make(chan struct{}), ask: at.shutdown}
	go func() {
		_, _ = io.Copy(io.Discard, conn) // it says nothing unasked: this returns when it has ended
		_ = conn.Close()
		p.err = errors.New("connection closed")
		close(p.gone)
	}()
	return p, nil
}

// end stops the server and returns when it has ended.
func (p *process) end() error {
	select {
	case <-p.gone:
		return nil
	default:
	}
	ctx, cancel := context.WithTimeout(context.Background(), p.at.patience)
	defer cancel()
	asked := p.ask(ctx)
	select {
	case <-p.gone:
	case <-ctx.Done():
		if p.kill == nil {
			return fmt.Errorf("own: redis-server does not end, process %d: %w", p.at.pid(), errors.Join(ctx.Err(), asked))
		}
		p.kill()
		<-p.gone
	}
	return p.at.released(ctx)
}

// shutdown asks whoever answers on the socket to end.
func (at place) shutdown(ctx context.Context) error {
	db := at.client()
	defer func() { _ = db.Close() }()
	return db.Shutdown(ctx).Err()
}

// released waits until the process is gone altogether, not only its connections.
func (at place) released(ctx context.Context) error {
	for {
		guard, err := lock(at.guard(), syscall.LOCK_EX)
		if err == nil {
			return guard.Close()
		}
		if err := rest(ctx); err != nil {
			return nil //nolint:nilerr // its rewriting child may still hold on for a moment
		}
	}
}
