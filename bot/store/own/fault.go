package own

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Why there is no server.
var (
	ErrMissing = errors.New("own: redis-server is not installed")
	ErrOld     = errors.New("own: redis-server is too old")
	ErrDir     = errors.New("own: the directory cannot be used")
	ErrHeld    = errors.New("own: another bot has the directory")
	// ErrStuck: the server that a killed bot has left behind does not answer.
	ErrStuck = errors.New("own: a redis-server is left that does not answer")
	// ErrForeign: what answers on the socket is not set up as the bot's own.
	ErrForeign = errors.New("own: the redis-server there is not the bot's")
	ErrDamaged = errors.New("own: the append-only file is damaged")
	ErrFailed  = errors.New("own: redis-server does not start")
)

// Fault is one of the errors above, with what a person must know to end it.
type Fault struct {
	Reason  error
	Err     error  // what happened, nil for nothing more
	Dir     string // where the data is
	File    string // damaged, or a log to read
	PID     int    // of the process in the way, 0 if unknown
	Version string
}

func (f *Fault) Error() string {
	s := f.Reason.Error()
	for _, part := range []string{f.Dir, f.File, f.Version} {
		if part != "" {
			s += ": " + part
		}
	}
	if f.PID != 0 {
		s += fmt.Sprintf(": process %d", f.PID)
	}
	if f.Err != nil {
		s += ": " + f.Err.Error()
	}
	return s
}

// Unwrap gives the sentinel and the cause.
func (f *Fault) Unwrap() []error {
	if f.Err == nil {
		return []error{f.Reason}
	}
	return []error{f.Reason, f.Err}
}

// damage is what redis 6.2 to 8 and valkey say of a file they cannot read (aof.c, rdb.c).
// An end that was cut off is not among it: that is mended.
var damage = []string{
	"-check-aof", "AOF MANIFEST FILE ERROR", "RDB preamble", "rdb file reading failure", "Internal error in RDB reading",
	"Short read or OOM loading DB", "error reading the append only file", "The AOF file", "Unable to obtain the AOF file",
}

// diagnose tells from the log, from byte since on, why the server ended before it answered.
func (at place) diagnose(since int64, ended error) error {
	lines := at.tail(since)
	newer := func(line string) bool { return strings.Contains(line, "RDB format version") } // whole, but of a later redis
	if !slices.ContainsFunc(lines, newer) {
		for _, line := range lines {
			if slices.ContainsFunc(damage, func(words string) bool { return strings.Contains(line, words) }) {
				return &Fault{Reason: ErrDamaged, Dir: at.dir, File: at.appendOnly(), Err: errors.New(line)}
			}
		}
	}
	if len(lines) > 0 {
		ended = fmt.Errorf("%s (%w)", lines[len(lines)-1], ended)
	}
	return &Fault{Reason: ErrFailed, Dir: at.dir, File: at.log(), Err: ended}
}

// appendOnly is the file that redis-check-aof is to be given.
func (at place) appendOnly() string {
	manifest := filepath.Join(at.dir, "appendonlydir", "appendonly.aof.manifest")
	if _, err := os.Stat(manifest); err == nil {
		return manifest
	}
	return filepath.Join(at.dir, "appendonly.aof") // before redis 7
}

// tail lists the warnings in the log from byte since on, without their time stamps. What
// has none comes first: complaints about options, which are made before there is a log.
func (at place) tail(since int64) []string {
	text, err := os.ReadFile(at.log())
	if err != nil {
		return nil
	}
	var bare, warnings []string
	for line := range strings.Lines(string(text[min(since, int64(len(text))):])) {
		switch _, said, stamped := strings.Cut(line, " # "); {
		case stamped:
			warnings = append(warnings, strings.TrimSpace(said))
		case !strings.Contains(line, " * "):
			bare = append(bare, strings.TrimSpace(line))
		}
	}
	return append(bare, warnings...)
}
