package main

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// rules are the packages that decide; queue and the rest are the other rooms.
var rules = []string{"bot/community", "bot/menu", "bot/notice", "bot/request", "bot/renovation"}

// rooms holds the arrows of the house: what each room may import, of ours. A package
// below a room belongs to it.
var rooms = map[string][]string{
	"bot/calendar":   nil,
	"bot/queue":      nil,
	"bot/community":  {"bot/calendar"},
	"bot/menu":       {"bot/calendar", "bot/community"},
	"bot/notice":     {"bot/calendar", "bot/community"},
	"bot/request":    {"bot/calendar", "bot/community"},
	"bot/renovation": {"bot/calendar", "bot/community"},
	"bot/text":       nil,
	"bot/config":     nil,
	"bot/picture":    nil,
	"bot/table":      nil,
	"bot/sim":        nil,
	"bot/store":      slices.Concat(rules, []string{"bot/calendar", "bot/queue"}),
	"bot/telegram":   {"bot/text", "bot/queue"},
	"bot/card":       slices.Concat(rules, []string{"bot/calendar", "bot/queue", "bot/text", "bot/telegram", "bot/picture", "bot/table"}),
	"handlers":       slices.Concat(rules, []string{"bot/calendar", "bot/queue", "bot/text", "bot/telegram", "bot/card", "bot/table"}),
	"jobs":           slices.Concat(rules, []string{"bot/calendar", "bot/queue", "bot/text", "bot/telegram", "bot/card", "bot/table"}),
	"bot/ops":        {"bot/queue"},
}

// free may import every room: they put the house together.
var free = []string{"bot", "bot/app"}

// TestLayout holds every non-test file to the arrows of its room.
func TestLayout(t *testing.T) {
	files := 0
	walk(t, func(file string) {
		if strings.HasSuffix(file, "_test.go") || !strings.HasSuffix(file, ".go") {
			return
		}
		files++
		dir := path.Dir(file)
		if slices.Contains(free, dir) {
			return
		}
		room, ok := roomOf(dir)
		if !ok {
			t.Errorf("%s is in no room of the house", file)
			return
		}
		for _, imported := range imports(t, file) {
			to, ok := roomOf(imported)
			if !ok || to != room && !slices.Contains(rooms[room], to) {
				t.Errorf("%s imports %s, which %s may not", file, imported, room)
			}
		}
	})
	if files == 0 {
		t.Error("no Go files found")
	}
}

// TestTop holds the top level to what its owner fixed.
func TestTop(t *testing.T) {
	allowed := []string{"bot", "handlers", "jobs", "go.mod", "go.sum", "config.example.yaml", "README.md", "LICENSE"}
	entries, err := os.ReadDir("..")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		mine := strings.HasPrefix(e.Name(), ".") || slices.Contains(allowed, e.Name())
		if !mine && e.Name() != "config.yaml" && e.Name() != "data" { // an operator's own, ignored by git
			t.Errorf("%s does not belong at the top", e.Name())
		}
	}
	walk(t, func(file string) {
		top, _, _ := strings.Cut(file, "/")
		if strings.HasSuffix(file, ".go") && !slices.Contains([]string{"bot", "handlers", "jobs"}, top) {
			t.Errorf("%s: Go code lives under bot/, handlers/ and jobs/", file)
		}
	})
}

// walk calls f with each file of the repository, by its path from the top.
func walk(t *testing.T, f func(file string)) {
	t.Helper()
	err := filepath.WalkDir("..", func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && p != ".." && strings.HasPrefix(d.Name(), ".") {
			return filepath.SkipDir
		}
		if !d.IsDir() {
			f(filepath.ToSlash(strings.TrimPrefix(p, ".."+string(filepath.Separator))))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// imports lists the rooms' packages that a file imports, without the module's name.
func imports(t *testing.T, file string) []string {
	t.Helper()
	parsed, err := parser.ParseFile(token.NewFileSet(), filepath.Join("..", file), nil, parser.ImportsOnly)
	if err != nil {
		t.Fatal(err)
	}
	var ours []string
	for _, i := range parsed.Imports {
		if p, ok := strings.CutPrefix(strings.Trim(i.Path.Value, `"`), "xingfuli/"); ok {
			ours = append(ours, p)
		}
	}
	return ours
}

// roomOf finds the room that a package is, or lies below.
func roomOf(dir string) (string, bool) {
	for ; dir != "."; dir = path.Dir(dir) {
		if _, ok := rooms[dir]; ok {
			return dir, true
		}
	}
	return "", false
}
