package main

import (
	"context"
	"errors"
	"flag"
	"io"
	"os"
	"strings"

	"xingfuli/bot/renovation"
	"xingfuli/bot/renovation/recount"
)

// runRecount counts a file again, without network, Redis or configuration. It returns
// exitOK, exitFault when the announced result differs, exitUsage when the file cannot be
// used.
func runRecount(_ context.Context, c *cli, args []string) int {
	fs := flag.NewFlagSet("recount", flag.ContinueOnError)
	sentences := fs.Bool("text", false, "cli.flag_text")
	name, rest := operand(args)
	if code, ok := c.parse(fs, rest); !ok {
		return code
	}
	if name == "" {
		c.warn("cli.recount_file", nil)
		c.flags(fs)
		return exitUsage
	}
	in, err := c.readAll(name)
	if err != nil {
		return c.unusable(name, err)
	}
	report, err := recount.Run(name, in)
	if err != nil {
		return c.unusable(name, err)
	}
	if err := c.report(report, *sentences); err != nil {
		c.warn("cli.failed", map[string]any{"Error": err.Error()})
		return exitUsage
	}
	if len(report.Differences) > 0 {
		return exitFault
	}
	return exitOK
}

// operand takes the first argument that is no flag, wherever it stands.
func operand(args []string) (first string, rest []string) {
	for i, a := range args {
		if a == "-" || !strings.HasPrefix(a, "-") {
			return a, append(append([]string{}, args[:i]...), args[i+1:]...)
		}
	}
	return "", args
}

// readAll reads a file, or what is typed in for "-", up to what a recount takes.
func (c *cli) readAll(name string) ([]byte, error) {
	in := c.in
	if name != "-" {
		f, err := os.Open(name)
		if err != nil {
			return nil, err
		}
		defer func() { _ = f.Close() }()
		in = f
	}
	all, err := io.ReadAll(io.LimitReader(in, recount.MaxBytes+1))
	if err == nil && len(all) > recount.MaxBytes {
		err = recount.TooBig()
	}
	return all, err
}

func (c *cli) report(r recount.Report, sentences bool) error {
	if sentences {
		c.tell(c.out, r.Sentences)
		return nil
	}
	raw, err := r.JSON()
	if err != nil {
		return err
	}
	_, err = c.out.Write(raw)
	return err
}

// unusable says where and why a file cannot be counted.
func (c *cli) unusable(name string, err error) int {
	var fault *recount.Fault
	if !errors.As(err, &fault) {
		c.warn("cli.unreadable", map[string]any{"File": name, "Error": err.Error()})
		return exitUsage
	}
	c.warn("cli.unusable", map[string]any{"File": name})
	c.tell(c.err, fault.Sentences())
	return exitUsage
}

func (c *cli) tell(w io.Writer, all []renovation.Sentence) {
	for _, s := range all {
		if _, err := io.WriteString(w, c.words.Plain(s.Key, s.Values)+"\n"); err != nil {
			return
		}
	}
}
