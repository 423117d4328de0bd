// Package own runs the bot's own redis-server: as its child, in a directory, on a unix
// socket there.
//
// The server outlives a bot that is killed, deliberately: what it was told is then in
// its memory and its file, and the next bot adopts it. Only a bot that ends in order
// stops it.
package own

import (
	"context"
	"errors"
	"log/slog"
	"net/url"
	"os"
	"time"
)

// Server is the redis-server of one directory, started again when it dies.
type Server struct {
	at    place
	lock  *os.File
	log   *slog.Logger
	stop  context.CancelFunc
	ended chan struct{}
	err   error // of stopping; read it after ended
	lost  chan error
}

// Start runs a redis-server that keeps its data in dir, which is created with mode 0700
// where it does not exist, and returns when it answers. One that a killed bot has left
// behind is adopted. A [*Fault] tells why there is none.
func Start(ctx context.Context, dir string, log *slog.Logger) (*Server, error) {
	at, err := settle(dir)
	if err != nil {
		return nil, err
	}
	lock, err := at.claim(ctx)
	if err != nil {
		return nil, err
	}
	if readable(at.dir) {
		log.Warn("others on this machine can read the bot's data; use chmod 700", "dir", at.dir)
	}
	p, err := at.server(ctx, log)
	if err != nil {
		_ = lock.Close()
		return nil, err
	}
	life, stop := context.WithCancel(context.WithoutCancel(ctx))
	s := &Server{at: p.at, lock: lock, log: log, stop: stop, ended: make(chan struct{}), lost: make(chan error, 1)}
	go s.keep(life, p)
	return s, nil
}

// URL is where it listens, as redis.ParseURL takes it. It stays the same when the server
// is started again.
func (s *Server) URL() string {
	u := url.URL{Scheme: "unix", Path: s.at.socket, RawQuery: "db=0"}
	return u.String()
}

// Lost gives the reason when the server has died and cannot be had again.
func (s *Server) Lost() <-chan error { return s.lost }

// Close ends the server, which writes what it still has to, and returns when it has
// ended. One that does not within some seconds is killed.
func (s *Server) Close() error {
	s.stop()
	<-s.ended
	return errors.Join(s.err, s.lock.Close())
}

// A server that dies is started again after again, twice that the next time and so on up
// to againMost, unless it had worked for calm.
const (
	again     = 100 * time.Millisecond
	againMost = 10 * time.Second
	calm      = time.Minute
)

// trimEach is how often the length of the server's log is looked at.
const trimEach = 10 * time.Minute

// keep has a server running until ctx ends, then stops it.
func (s *Server) keep(ctx context.Context, p *process) {
	defer close(s.ended)
	trim := time.NewTicker(trimEach)
	defer trim.Stop()
	wait, since := again, time.Now()
	for {
		select {
		case <-ctx.Done():
			s.err = p.end()
			return
		case <-trim.C:
			s.at.trim()
		case <-p.gone:
			if time.Since(since) > calm {
				wait = again
			}
			s.log.Error("redis-server has ended; it is started again", "err", p.err, "after", wait)
			if p, wait = s.renew(ctx, wait); p == nil {
				return
			}
			s.log.Info("redis-server answers again")
			since = time.Now()
		}
	}
}

// renew starts the server until that works. It returns nil when ctx ends, or when only a
// person can help, who is then told by way of Lost.
func (s *Server) renew(ctx context.Context, wait time.Duration) (*process, time.Duration) {
	for {
		select {
		case <-ctx.Done():
			return nil, 0
		case <-time.After(wait):
		}
		wait = min(2*wait, againMost)
		p, err := s.at.server(ctx, s.log)
		switch {
		case err == nil:
			return p, wait
		case ctx.Err() != nil:
			return nil, 0
		case errors.Is(err, ErrDamaged), errors.Is(err, ErrForeign):
			s.lost <- err
			return nil, 0
		}
		s.log.Error("redis-server does not start", "err", err, "next", wait)
	}
}
