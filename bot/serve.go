package main

import (
	"context"
	"errors"
	"flag"
	"log/slog"
	"net"
	"runtime/debug"
	"runtime/metrics"
	"syscall"
	"time"

	"github.com/redis/go-redis/v9"

	"xingfuli/bot/app"
	"xingfuli/bot/config"
	"xingfuli/bot/store"
	"xingfuli/bot/telegram"
	"xingfuli/bot/text"
)

// runDemo shows the whole bot in the browser; it needs nothing but this program.
func runDemo(ctx context.Context, c *cli, args []string) int {
	fs := flag.NewFlagSet("demo", flag.ContinueOnError)
	listen := fs.String("listen", "127.0.0.1:8090", "cli.flag_listen")
	if code, ok := c.parse(fs, args); !ok {
		return code
	}
	d, err := app.NewDemo(ctx, app.DemoOptions{Listen: *listen, Log: c.logger(slog.LevelWarn)})
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		c.warn("cli.busy", map[string]any{"Listen": *listen})
		return exitFault
	case err != nil && isAddress(err):
		c.warn("cli.bad_listen", map[string]any{"Listen": *listen})
		return exitUsage
	case err != nil:
		c.warn("cli.failed", map[string]any{"Error": err.Error()})
		return exitFault
	}
	defer d.Close()
	c.say("cli.demo", map[string]any{"URL": d.URL()})
	if err := d.Wait(ctx); err != nil {
		c.warn("cli.failed", map[string]any{"Error": err.Error()})
		return exitFault
	}
	return exitOK
}

// isAddress tells an address that cannot be listened on from other faults.
func isAddress(err error) bool {
	var addr *net.AddrError
	var dns *net.DNSError
	var op *net.OpError
	return errors.As(err, &addr) || errors.As(err, &dns) || errors.As(err, &op) && op.Op == "listen"
}

// lease is app.Options.Lease. Tests that kill many bots have no time for the usual one.
var lease time.Duration

// collect has garbage collected half as often as usual, unless GOGC says how often. The bot
// lives in a few MiB, and so would be at it all the time when many people ask: this takes
// 4 MiB more then, and a tenth less CPU (BenchmarkBot). When idle it takes nothing.
func (c *cli) collect() {
	if _, said := c.env("GOGC"); !said {
		debug.SetGCPercent(200)
	}
}

const (
	begin = 2 * time.Second // after which the bot works as it does from then on
	rest  = time.Minute     // how often it is looked whether it has anything to do
	calm  = 8 << 20         // how many bytes one that has not allocates in that time
)

// tidy keeps the bot small as long as it has nothing to do: what only its start has needed is
// given back, and once a minute what the upkeep has left. A busy bot is left alone.
func tidy(ctx context.Context, log *slog.Logger) {
	used := []metrics.Sample{{Name: "/gc/heap/allocs:bytes"}}
	was := uint64(0)
	wait := time.NewTimer(begin)
	defer wait.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-wait.C:
		}
		metrics.Read(used)
		now := used[0].Value.Uint64()
		if was == 0 || now-was < calm {
			debug.FreeOSMemory()
			if err := giveBack(); err != nil {
				log.Warn("memory that is not needed is kept", "err", err)
			}
		}
		was = now
		wait.Reset(rest)
	}
}

// runServe is the bot for real.
func runServe(ctx context.Context, c *cli, args []string) int {
	fs := flag.NewFlagSet("serve", flag.ContinueOnError)
	path := fs.String("config", "config.yaml", "cli.flag_config")
	sample := fs.Bool("sample", false, "cli.flag_sample")
	if code, ok := c.parse(fs, args); !ok {
		return code
	}
	conf, code := c.load(*path)
	if code != exitOK {
		return code
	}
	c.collect()
	log := c.logger(slog.LevelInfo)
	m, err := connect(ctx, conf.Redis, log)
	if err == nil {
		defer m.close(log)
		err = c.serve(ctx, conf, m, *sample, log)
	}
	switch {
	case err == nil, errors.Is(err, context.Canceled) && ctx.Err() != nil:
		return exitOK
	case !errors.Is(err, errSaid):
		c.explain(err)
	}
	return exitFault
}

// errSaid: what went wrong has been said already.
var errSaid = errors.New("said already")

// serve has the bot work until ctx ends. It returns what ended it before.
func (c *cli) serve(ctx context.Context, conf config.Config, m memory, sample bool, log *slog.Logger) error {
	ctx, cancel := m.bind(ctx)
	defer cancel(nil)
	c.warnings(ctx, conf, m.db, log)
	if sample && !c.sample(ctx, conf, m.db) {
		return errSaid
	}
	a, err := app.New(ctx, app.Options{Config: conf, Redis: m.db, Alone: m.own != nil, Lease: lease, Log: log})
	if err == nil {
		c.say("cli.serving", nil)
		go tidy(ctx, log)
		err = a.Run(ctx)
	}
	if ctx.Err() == nil {
		return err
	}
	if cause := context.Cause(ctx); !errors.Is(cause, context.Canceled) {
		return cause
	}
	return nil
}

// load reads the configuration.
func (c *cli) load(path string) (config.Config, int) {
	conf, err := config.Load(path, c.env)
	if err == nil {
		err = conf.Ready()
	}
	if err != nil {
		c.warn("cli.plain", map[string]any{"Text": config.Explain(err, c.words.Language() == text.English)})
		return conf, exitFault
	}
	return conf, exitOK
}

func (c *cli) sample(ctx context.Context, conf config.Config, db redis.UniversalClient) bool {
	err := app.Sample(ctx, store.New(db, conf.Redis.Prefix), time.Now().In(conf.Location()))
	switch {
	case errors.Is(err, app.ErrNotEmpty):
		c.warn("cli.not_empty", nil)
	case err != nil:
		c.warn("cli.failed", map[string]any{"Error": err.Error()})
	default:
		c.say("cli.sampled", nil)
	}
	return err == nil
}

// explain says why the bot ended, and what to do.
func (c *cli) explain(err error) {
	refusal, refused := app.Refusal(err)
	switch {
	case refused:
		c.warn(refusal.Key, refusal.Values)
	case errors.Is(err, telegram.ErrToken):
		c.warn("cli.token", nil)
	default:
		c.warn("cli.failed", map[string]any{"Error": err.Error()})
	}
}

func (c *cli) logger(level slog.Level) *slog.Logger {
	return slog.New(slog.NewTextHandler(c.err, &slog.HandlerOptions{Level: level}))
}

// runCheck looks at everything that serve needs and says a line for each.
func runCheck(ctx context.Context, c *cli, args []string) int {
	fs := flag.NewFlagSet("check", flag.ContinueOnError)
	path := fs.String("config", "config.yaml", "cli.flag_config")
	if code, ok := c.parse(fs, args); !ok {
		return code
	}
	conf, code := c.load(*path)
	if code != exitOK {
		return code
	}
	var db redis.UniversalClient // none: the bot is to run its own, and a look starts nothing
	if conf.Redis.URL != "" {
		var err error
		if db, err = store.Open(string(conf.Redis.URL)); err != nil {
			c.explain(err)
			return exitFault
		}
		defer func() { _ = db.Close() }()
	}
	c.say("cli.check_config", map[string]any{"Path": *path})
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	ok := true
	for _, f := range app.Check(ctx, conf, db) {
		say := c.say
		if f.Fault {
			ok, say = false, c.warn
		}
		say(f.Key, f.Values)
	}
	if !ok {
		return exitFault
	}
	return exitOK
}
