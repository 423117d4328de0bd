package own

import (
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestLost: the server dies and its data can no longer be read; starting it again and
// again would not help.
func TestLost(t *testing.T) {
	t.Parallel()
	dir := scratch(t)
	s, db, _ := start(t, dir)
	manifest := filepath.Join(dir, "appendonlydir", "appendonly.aof.manifest")
	if _, err := os.Stat(manifest); err != nil {
		t.Skip("this redis has other files")
	}
	id := processID(t, db)
	if err := os.WriteFile(manifest, []byte("garbage\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Kill(id, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	select {
	case err := <-s.Lost():
		if !errors.Is(err, ErrDamaged) {
			t.Error(err)
		}
	case <-time.After(10 * time.Second):
		t.Error("nobody was told")
	}
}

// TestStuck: the server that was left behind does not answer.
func TestStuck(t *testing.T) {
	t.Parallel()
	dir := scratch(t)
	url, _ := killedBot(t, dir)
	id := processID(t, client(t, url))
	if err := syscall.Kill(id, syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	at := place{dir: dir, socket: filepath.Join(dir, "redis.sock"), patience: 50 * time.Millisecond}
	var f *Fault
	if _, err := at.server(t.Context(), slog.New(slog.DiscardHandler)); !errors.Is(err, ErrStuck) || !errors.As(err, &f) || f.PID != id {
		t.Errorf("%v", err)
	}
	if err := syscall.Kill(id, syscall.SIGCONT); err != nil {
		t.Fatal(err)
	}
	start(t, dir)
}

func TestDamage(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, file string
		edit       func([]byte) []byte
		want       error
	}{
		{"the end is cut off", "appendonly.aof.1.incr.aof", func(b []byte) []byte { return b[:len(b)-7] }, nil},
		{"garbage in the middle", "appendonly.aof.1.incr.aof", func(b []byte) []byte { copy(b[40:], "garbage"); return b }, ErrDamaged},
		{"the base is garbage", "appendonly.aof.1.base.rdb", func(b []byte) []byte { copy(b[20:], "garbagegarbage"); return b }, ErrDamaged},
		{"the list of files is garbage", "appendonly.aof.manifest", func([]byte) []byte { return []byte("garbage\n") }, ErrDamaged},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			dir := scratch(t)
			s, db, _ := start(t, dir)
			for i := range 20 {
				db.Set(t.Context(), "key"+strconv.Itoa(i), "value", 0)
			}
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			file := filepath.Join(dir, "appendonlydir", tt.file)
			b, err := os.ReadFile(file)
			if errors.Is(err, os.ErrNotExist) {
				t.Skip("this redis has other files")
			}
			if err := os.WriteFile(file, tt.edit(b), 0o600); err != nil {
				t.Fatal(err)
			}
			if tt.want == nil {
				_, db, log := start(t, dir)
				if n := db.DBSize(t.Context()).Val(); n != 19 || !strings.Contains(log.String(), "cut off") {
					t.Errorf("%d keys, log: %s", n, log)
				}
				return
			}
			var f *Fault
			_, err = Start(t.Context(), dir, slog.New(slog.DiscardHandler))
			if !errors.Is(err, tt.want) || !errors.As(err, &f) || f.File != filepath.Join(dir, "appendonlydir", "appendonly.aof.manifest") {
				t.Errorf("%v", err)
			}
			t.Log(err)
		})
	}
}

func TestTrim(t *testing.T) {
	t.Parallel()
	at := place{dir: t.TempDir()}
	for _, size := range []int{maxLog, maxLog + 1} {
		if err := os.WriteFile(at.log(), make([]byte, size), 0o600); err != nil {
			t.Fatal(err)
		}
		at.trim()
		if _, err := os.Stat(at.log()); (err == nil) != (size == maxLog) {
			t.Errorf("%d bytes: %v", size, err)
		}
	}
}
