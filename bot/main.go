// Command bot is 幸福里, the bot of a township's community groups.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"
	_ "time/tzdata" // the township's time zone, also where the system has none

	"xingfuli/bot/text"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.LookupEnv, os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// Exit codes.
const (
	exitOK    = 0
	exitFault = 1 // it did not work
	exitUsage = 2 // it was called wrongly
)

// command is one entry of the table.
type command struct {
	name  string
	about string // key of its line in the usage
	run   func(ctx context.Context, c *cli, args []string) int
}

var commands = []command{
	{"demo", "cli.about_demo", runDemo},
	{"serve", "cli.about_serve", runServe},
	{"check", "cli.about_check", runCheck},
	{"recount", "cli.about_recount", runRecount},
	{"version", "cli.about_version", runVersion},
}

// cli is how a command speaks to the one who typed it.
type cli struct {
	words    text.Words
	env      func(string) (string, bool)
	in       io.Reader
	out, err io.Writer
}

func (c *cli) say(key string, data any)  { fmt.Fprintln(c.out, c.words.Plain(key, data)) }
func (c *cli) warn(key string, data any) { fmt.Fprintln(c.err, c.words.Plain(key, data)) }

// run does what args say, in the language of the environment, and returns the exit code.
func run(ctx context.Context, args []string, env func(string) (string, bool), out, errs io.Writer) int {
	c := &cli{words: text.In(locale(env)), env: env, in: os.Stdin, out: out, err: errs}
	if len(args) == 0 {
		c.usage()
		return exitUsage
	}
	switch args[0] {
	case "help", "-h", "-help", "--help":
		c.err = out
		c.usage()
		return exitOK
	}
	for _, cmd := range commands {
		if cmd.name == args[0] {
			return cmd.run(ctx, c, args[1:])
		}
	}
	c.warn("cli.unknown", map[string]any{"Command": args[0]})
	c.usage()
	return exitUsage
}

// locale is the language of the terminal, by the variables of POSIX in their order.
func locale(env func(string) (string, bool)) text.Language {
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		if v, _ := env(name); v != "" {
			return text.Match(v, text.Chinese)
		}
	}
	return text.Chinese
}

func (c *cli) usage() {
	c.warn("cli.usage", nil)
	for _, cmd := range commands {
		fmt.Fprintf(c.err, "  %-8s %s\n", cmd.name, c.words.Plain(cmd.about, nil))
	}
}

// parse reads flags; ok is false, and the usage was printed, when they are wrong or more
// than flags was given. help asked for is no mistake: code tells.
func (c *cli) parse(fs *flag.FlagSet, args []string) (code int, ok bool) {
	fs.SetOutput(io.Discard)
	err := fs.Parse(args)
	switch {
	case errors.Is(err, flag.ErrHelp):
		c.err = c.out
		c.flags(fs)
		return exitOK, false
	case err != nil:
		c.warn("cli.bad_flag", map[string]any{"Command": fs.Name(), "Error": err.Error()})
	case fs.NArg() > 0:
		c.warn("cli.extra", map[string]any{"Command": fs.Name(), "Extra": fs.Arg(0)})
	default:
		return exitOK, true
	}
	c.flags(fs)
	return exitUsage, false
}

func (c *cli) flags(fs *flag.FlagSet) {
	c.warn("cli.usage_of", map[string]any{"Command": fs.Name()})
	fs.VisitAll(func(f *flag.Flag) {
		line := "  --" + f.Name
		if f.DefValue != "false" {
			line += "=" + f.DefValue
		}
		fmt.Fprintf(c.err, "%s\n      %s\n", line, c.words.Plain(f.Usage, nil))
	})
}

// version is set by -ldflags for a release; otherwise it is the commit that was built.
var version = ""

func runVersion(_ context.Context, c *cli, args []string) int {
	if code, ok := c.parse(flag.NewFlagSet("version", flag.ContinueOnError), args); !ok {
		return code
	}
	v := version
	if info, ok := debug.ReadBuildInfo(); ok && v == "" {
		v = info.Main.Version
		for _, s := range info.Settings {
			if s.Key == "vcs.revision" {
				v = s.Value
			}
		}
	}
	fmt.Fprintln(c.out, "xingfuli", v)
	return exitOK
}
