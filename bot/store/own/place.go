package own

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
	"time"
)

// place is where a server keeps its things.
type place struct {
	dir    string // absolute
	socket string
	// patience is how long a server may take to answer, or to end. One that says it is
	// loading its data may take as long as it likes.
	patience time.Duration
}

// Files in the directory, beside what the server itself writes.
func (at place) lock() string  { return filepath.Join(at.dir, "lock") }       // held by the bot; has its process ID
func (at place) guard() string { return filepath.Join(at.dir, "redis.lock") } // held by the server; has its socket
func (at place) log() string   { return filepath.Join(at.dir, "redis.log") }

// maxSocket is how many bytes the path of a socket may have everywhere: macOS takes 104
// with the zero at the end, Linux 108 (unix(4), unix(7)).
const maxSocket = 103

// settle makes dir, and finds out where its socket is to be.
func settle(dir string) (place, error) {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return place{}, &Fault{Reason: ErrDir, Dir: dir, Err: err}
	}
	if err := os.MkdirAll(abs, 0o700); err != nil {
		return place{}, &Fault{Reason: ErrDir, Dir: abs, Err: err}
	}
	at := place{dir: abs, socket: filepath.Join(abs, "redis.sock"), patience: 10 * time.Second}
	if len(at.socket) <= maxSocket {
		return at, nil
	}
	short := shortDir()
	if err := private(short); err != nil {
		return place{}, &Fault{Reason: ErrDir, Dir: short, Err: err}
	}
	name := sha256.Sum256([]byte(abs))
	at.socket = filepath.Join(short, hex.EncodeToString(name[:8])+".sock")
	return at, nil
}

// shortDir is for sockets whose own directory has too long a path. XDG_RUNTIME_DIR would
// not do: it is emptied when the user logs out, and the bot goes on.
func shortDir() string {
	return filepath.Join(os.TempDir(), "xingfuli-"+strconv.Itoa(os.Geteuid()))
}

// private makes a directory that others cannot enter. Who can write beside it may have
// made it first, so one that is there is trusted only if it is ours and closed.
func private(dir string) error {
	if err := os.Mkdir(dir, 0o700); err != nil && !errors.Is(err, os.ErrExist) {
		return err
	}
	info, err := os.Lstat(dir)
	if err != nil {
		return err
	}
	if !info.IsDir() || info.Mode().Perm()&0o077 != 0 || !ours(info) {
		return &os.PathError{Op: "use", Path: dir, Err: os.ErrPermission}
	}
	return nil
}

// ours tells whether a file belongs to the user who runs the bot.
func ours(info os.FileInfo) bool {
	st, ok := info.Sys().(*syscall.Stat_t)
	return ok && int(st.Uid) == os.Geteuid()
}

// readable tells whether others can look into a directory.
func readable(dir string) bool {
	info, err := os.Stat(dir)
	return err == nil && info.Mode().Perm()&0o077 != 0
}

// claimWait is how long a lock is asked for. A bot that ends just now still has it, and
// so for an instant has a check.
const claimWait = time.Second

// claim takes the directory for this bot.
func (at place) claim(ctx context.Context) (*os.File, error) {
	deadline := time.Now().Add(claimWait)
	for {
		f, err := lock(at.lock(), syscall.LOCK_EX)
		switch {
		case err == nil:
			err = write(f, strconv.Itoa(os.Getpid()))
			if err != nil {
				_ = f.Close()
				return nil, &Fault{Reason: ErrDir, Dir: at.dir, Err: err}
			}
			return f, nil
		case !errors.Is(err, errHeld):
			return nil, &Fault{Reason: ErrDir, Dir: at.dir, Err: err}
		case time.Now().After(deadline):
			return nil, &Fault{Reason: ErrHeld, Dir: at.dir, PID: at.holder()}
		}
		if err := rest(ctx); err != nil {
			return nil, err
		}
	}
}

// holder is the process ID of the bot that has the directory, 0 if it cannot be read.
func (at place) holder() int {
	text, _ := os.ReadFile(at.lock())
	pid, _ := strconv.Atoi(string(bytes.TrimSpace(text)))
	return pid
}

// errHeld refuses a lock that another process has.
var errHeld = errors.New("own: held by another process")

// lock opens a file and locks it. The lock lasts until the last copy of the file is
// closed: at the latest when its process has died, and a child given it too.
func lock(path string, how int) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|syscall.O_NOFOLLOW, 0o600)
	if err != nil {
		return nil, err
	}
	err = syscall.Flock(int(f.Fd()), how|syscall.LOCK_NB)
	if err == nil {
		return f, nil
	}
	_ = f.Close()
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return nil, errHeld
	}
	return nil, &os.PathError{Op: "lock", Path: path, Err: err}
}

// write makes text all that is in f.
func write(f *os.File, text string) error {
	if err := f.Truncate(0); err != nil {
		return err
	}
	_, err := f.WriteAt([]byte(text+"\n"), 0)
	return err
}

// rest passes the time between two looks at something that takes milliseconds.
func rest(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(2 * time.Millisecond):
		return nil
	}
}

// maxLog is how long the server's log may grow before it is put aside; one old log is kept.
const maxLog = 1 << 20

// trim bounds the log. The server opens it anew for each line, so it can be moved any time.
func (at place) trim() {
	if info, err := os.Stat(at.log()); err == nil && info.Size() > maxLog {
		_ = os.Rename(at.log(), at.log()+".1") // if not now, then the next time
	}
}
