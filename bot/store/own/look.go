package own

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"syscall"
)

// View is what there is before a start.
type View struct {
	Binary  string // the program, empty if there is none
	Version string // such as 7.0.15
	Dir     string // absolute
	Open    bool   // others on the machine can look into Dir
	Held    bool   // a bot has Dir
	Bot     int    // its process ID, 0 if unknown
	Orphan  bool   // a redis-server runs there without a bot
}

// Look tells what Start would find, and its reasons to refuse. It starts no server and
// leaves nothing behind.
func Look(ctx context.Context, dir string) (View, []*Fault) {
	var v View
	var faults []*Fault
	var err error
	if v.Dir, err = filepath.Abs(dir); err != nil {
		v.Dir = dir
	}
	if f := v.binary(ctx); f != nil {
		faults = append(faults, f)
	}
	if err := v.place(); err != nil {
		faults = append(faults, &Fault{Reason: ErrDir, Dir: v.Dir, Err: err})
	}
	return v, faults
}

// said finds the version in what the program says of itself: "Redis server v=7.0.15 sha=…".
var said = regexp.MustCompile(`\bv=([0-9]+(?:\.[0-9]+)*)`)

func (v *View) binary(ctx context.Context) *Fault {
	path, err := find()
	if err != nil {
		return &Fault{Reason: ErrMissing}
	}
	v.Binary = path
	out, err := exec.CommandContext(ctx, path, "--version").Output()
	if m := said.FindSubmatch(out); m != nil {
		v.Version = string(m[1])
	}
	switch {
	case err != nil:
		return &Fault{Reason: ErrFailed, File: path, Err: err}
	case !enough(v.Version):
		return &Fault{Reason: ErrOld, Version: v.Version}
	}
	return nil
}

// place looks at the directory, or where it would be made.
func (v *View) place() error {
	at := place{dir: v.Dir}
	if err := writable(v.Dir); err != nil {
		return err
	}
	v.Open = readable(v.Dir)
	var err error
	if v.Held, err = held(at.lock()); err != nil {
		return err
	}
	if v.Held {
		v.Bot = at.holder()
		return nil
	}
	v.Orphan, err = held(at.guard())
	return err
}

// held tells whether a process has a lock. It asks for a share of it, for an instant.
func held(path string) (bool, error) {
	if _, err := os.Stat(path); errors.Is(err, os.ErrNotExist) {
		return false, nil
	}
	f, err := lock(path, syscall.LOCK_SH)
	if errors.Is(err, errHeld) {
		return true, nil
	}
	if err != nil {
		return false, err
	}
	return false, f.Close()
}

// writable tries to write into dir or, where that is yet to be made, above it.
func writable(dir string) error {
	for {
		_, err := os.Lstat(dir)
		if err == nil {
			break
		}
		up := filepath.Dir(dir)
		if !errors.Is(err, os.ErrNotExist) || up == dir {
			return err
		}
		dir = up
	}
	f, err := os.CreateTemp(dir, ".try*")
	if err != nil {
		return err
	}
	return errors.Join(f.Close(), os.Remove(f.Name()))
}
