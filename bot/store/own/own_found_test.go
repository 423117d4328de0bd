package own

import (
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestPaths: what people call directories, and paths longer than a socket's may be.
func TestPaths(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"数据 \"1\" #%?", strings.Repeat("long/", 30)} {
		t.Run(name[:6], func(t *testing.T) {
			t.Parallel()
			s, db, _ := start(t, filepath.Join(scratch(t), name))
			if err := db.Set(t.Context(), "k", "v", 0).Err(); err != nil {
				t.Fatal(err)
			}
			if len(s.at.socket) > maxSocket {
				t.Errorf("socket %s", s.at.socket)
			}
			if info, err := os.Stat(filepath.Dir(s.at.socket)); err != nil || info.Mode().Perm() != 0o700 {
				t.Errorf("others can reach the socket: %v, %v", info, err)
			}
			if err := s.Close(); err != nil {
				t.Error(err)
			}
			_, err := os.Stat(s.at.socket)
			if !errors.Is(err, os.ErrNotExist) {
				t.Errorf("the socket stays: %v", err)
			}
		})
	}
}

// TestMovedSocket: the next bot finds the socket that the killed one chose, although it
// would now choose another.
func TestMovedSocket(t *testing.T) {
	root := scratch(t)
	dir, temp, was := filepath.Join(root, strings.Repeat("long/", 30)), filepath.Dir(root), os.TempDir()
	t.Setenv("TMPDIR", temp)
	url, acknowledged := killedBot(t, dir)
	t.Setenv("TMPDIR", was)
	s, db, _ := start(t, dir)
	if s.URL() != url || !strings.Contains(url, temp) || db.LLen(t.Context(), "writes").Val() < int64(acknowledged) {
		t.Errorf("killed: %s; adopted: %s", url, s.URL())
	}
}

func TestMissing(t *testing.T) {
	dir := scratch(t)
	t.Setenv("PATH", t.TempDir())
	if _, err := Start(t.Context(), dir, slog.New(slog.DiscardHandler)); !errors.Is(err, ErrMissing) {
		t.Errorf("start: %v", err)
	}
	if _, faults := Look(t.Context(), dir); len(faults) != 1 || !errors.Is(faults[0].Reason, ErrMissing) {
		t.Errorf("look: %v", faults)
	}
}

// TestNotOurs: what answers on the socket is not what the bot would have started.
func TestNotOurs(t *testing.T) {
	t.Parallel()
	dir := scratch(t)
	url, acknowledged := killedBot(t, dir)
	db := client(t, url)
	for _, c := range []struct{ setting, good string }{{"maxmemory-policy allkeys-lru", "noeviction"}, {"appendonly no", "yes"}} {
		name, value, _ := strings.Cut(c.setting, " ")
		if err := db.ConfigSet(t.Context(), name, value).Err(); err != nil {
			t.Fatal(err)
		}
		var f *Fault
		if _, err := Start(t.Context(), dir, slog.New(slog.DiscardHandler)); !errors.Is(err, ErrForeign) || !errors.As(err, &f) || f.PID != processID(t, db) || !strings.Contains(err.Error(), c.setting) {
			t.Errorf("%s: %v", c.setting, err)
		}
		if err := db.ConfigSet(t.Context(), name, c.good).Err(); err != nil {
			t.Fatal(err)
		}
	}
	until(t, "the file is written again", func() bool {
		return db.InfoMap(t.Context(), "persistence").Val()["Persistence"]["aof_rewrite_in_progress"] == "0"
	})
	_, db, _ = start(t, dir)
	if n := db.LLen(t.Context(), "writes").Val(); n < int64(acknowledged) {
		t.Errorf("%d writes, %d were acknowledged", n, acknowledged)
	}
}

// TestDir: directories that cannot be used.
func TestDir(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{file, filepath.Join(file, "data")} {
		if _, err := Start(t.Context(), dir, slog.New(slog.DiscardHandler)); !errors.Is(err, ErrDir) {
			t.Errorf("start in %s: %v", dir, err)
		}
		if _, faults := Look(t.Context(), dir); len(faults) == 0 || !errors.Is(faults[len(faults)-1].Reason, ErrDir) {
			t.Errorf("look at %s: %v", dir, faults)
		}
	}
	trap := filepath.Join(t.TempDir(), "trap")
	if err := os.Symlink(t.TempDir(), trap); err != nil {
		t.Fatal(err)
	}
	open := filepath.Join(t.TempDir(), "open")
	if err := os.Mkdir(open, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{trap, open, file} {
		if err := private(dir); !errors.Is(err, os.ErrPermission) {
			t.Errorf("a socket would go into %s: %v", dir, err)
		}
	}
}

// TestLookLeavesNothing: a look makes no directory and no file.
func TestLookLeavesNothing(t *testing.T) {
	t.Parallel()
	above := t.TempDir()
	Look(t.Context(), filepath.Join(above, "a", "b"))
	if files, err := os.ReadDir(above); len(files) > 0 || err != nil {
		t.Errorf("left: %v, %v", files, err)
	}
}

func TestVersions(t *testing.T) {
	for v, want := range map[string]bool{"7.0.15": true, "6.2.0": true, "6.2": true, "6.0.16": false, "5.0.14": false, "8.1.1": true, "10.0": true, "": false, "7": true} {
		if enough(v) != want {
			t.Errorf("enough(%q) = %v", v, !want)
		}
	}
}
