package recount

import (
	"bytes"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the golden files")

// TestGolden counts every file of testdata that is named <name>.json or <name>.pb and
// compares with <name>.want.
func TestGolden(t *testing.T) {
	files, err := filepath.Glob("testdata/*.*")
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	for _, file := range files {
		if ext := filepath.Ext(file); ext != ".json" && ext != ".pb" {
			continue
		}
		seen++
		t.Run(filepath.Base(file), func(t *testing.T) {
			in, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			report, err := Run(file, in)
			if err != nil {
				t.Fatal(err)
			}
			got, err := report.JSON()
			if err != nil {
				t.Fatal(err)
			}
			golden := strings.TrimSuffix(file, filepath.Ext(file)) + ".want"
			if *update {
				if err := os.WriteFile(golden, got, 0o600); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(got, want) {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
		})
	}
	if seen == 0 {
		t.Error("no files")
	}
}

// TestReadmeVotes counts the README's votes and ledgers again: what they announce is right.
func TestReadmeVotes(t *testing.T) {
	readme, err := os.ReadFile("../../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	counted := 0
	for _, block := range regexp.MustCompile("(?s)```json\n(.*?)```").FindAllStringSubmatch(string(readme), -1) {
		if strings.Contains(block[1], `"projects"`) {
			continue
		}
		counted++
		r, err := Run("-", []byte(block[1]))
		if err != nil {
			t.Error(err)
		} else if r.Differences == nil || len(r.Differences) > 0 {
			t.Errorf("announced otherwise: %v", r.Differences)
		}
	}
	if counted != 2 {
		t.Errorf("%d votes and ledgers in the README", counted)
	}
}

// TestHostile: a file that cannot be used is refused at its place.
func TestHostile(t *testing.T) {
	const unit = `{"id":"1","area":"1","owners":["a"]}`
	tests := []struct{ name, in, key, place string }{
		{"empty", ``, "recount.syntax", ""},
		{"not an object", `[1]`, "recount.object", ""},
		{"no shape", `{}`, "recount.shape", ""},
		{"NaN", `{"item":NaN,"units":[]}`, "recount.syntax", "/item"},
		{"what follows", `{"item":1,"units":[` + unit + `]} x`, "recount.syntax", ""},
		{"cut off", `{"item":1,"units":[`, "recount.syntax", ""},
		{"a name twice", `{"item":1,"item":2,"units":[]}`, "recount.twice", "/item"},
		{"a name in capitals", `{"item":1,"ITEM":2,"units":[` + unit + `]}`, "recount.unknown", "/ITEM"},
		{"an unknown name", `{"item":1,"units":[{"id":"1","size":1}]}`, "recount.unknown", "/units/0/size"},
		{"deep", `{"units":` + strings.Repeat("[", 1<<20), "recount.deep", ""},
		{"a huge number", `{"item":1e999999999,"units":[` + unit + `]}`, "recount.kind", "/item"},
		{"a negative area", `{"item":1,"units":[{"id":"1","area":"-1","owners":["a"]}]}`, "recount.area", "/units/0/area"},
		{"an endless area", `{"item":1,"units":[{"id":"1","area":"1e9999999","owners":["a"]}]}`, "recount.area", "/units/0/area"},
		{"a unit twice", `{"item":1,"units":[` + unit + `,` + unit + `]}`, "recount.unit_twice", "/units/1/id"},
		{"item 10", `{"item":10,"units":[` + unit + `]}`, "recount.item", "/item"},
		{"a strange choice", `{"item":1,"units":[` + unit + `],"ballots":[{"unit":"1","voter":"a","choice":"x","at":"2026-11-01T00:00:00Z"}]}`, "recount.word", "/ballots/0/choice"},
		{"no time", `{"item":1,"units":[` + unit + `],"ballots":[{"unit":"1","voter":"a","choice":"yes"}]}`, "recount.time", "/ballots/0/at"},
		{"announced what is not printed", `{"item":1,"units":[` + unit + `],"announced":{"yes":1}}`, "recount.unknown", "/announced/yes"},
		{"a ledger without a vote", `{"ledger":[]}`, "recount.vote", "/vote"},
	}
	for _, tt := range tests {
		_, err := Run("-", []byte(tt.in))
		var fault *Fault
		if !errors.As(err, &fault) || fault.Why.Key != tt.key || tt.place != "" && fault.Pointer != tt.place {
			t.Errorf("%s: %v", tt.name, err)
		} else if tt.place != "" && fault.Line == 0 {
			t.Errorf("%s: no line", tt.name)
		}
	}
}

// TestDifferences: what was announced wrongly is told, by key.
func TestDifferences(t *testing.T) {
	for file, changes := range map[string]map[string]string{
		"vote.json":   {`"yes_area": "280.26"`: "yes_area", `"yes_owners": 2`: "yes_owners", `"passed": true`: "passed"},
		"ledger.json": {`"ledger_sha256": "9`: "ledger_sha256", `"yes_owners": 4`: "yes_owners", `"owners": 8`: "ballots", `"area": "800.5"`: "participating_area"},
	} {
		in, err := os.ReadFile(filepath.Join("testdata", file))
		if err != nil {
			t.Fatal(err)
		}
		for old, key := range changes {
			changed := strings.NewReplacer("280.26", "280.25", ": 2", ": 1", "true", "false", `"9`, `"8`, ": 4", ": 3", ": 8", ": 5", "800.5", "600").Replace(old)
			r, err := Run("-", bytes.Replace(in, []byte(old), []byte(changed), 1))
			if err != nil || !slices.ContainsFunc(r.Differences, func(d Difference) bool { return d.Key == key }) {
				t.Errorf("%s: %s: %v, %v", file, changed, r.Differences, err)
			}
		}
	}
}

// FuzzRun: no file makes it panic; what it refuses it explains, what it counts it prints.
func FuzzRun(f *testing.F) {
	files, err := filepath.Glob("testdata/*.json")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range files {
		in, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(in)
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		r, err := Run("-", in)
		var fault *Fault
		if err != nil && !errors.As(err, &fault) {
			t.Errorf("not explained: %v", err)
		}
		if err == nil {
			if _, err := r.JSON(); err != nil {
				t.Error(err)
			}
		}
	})
}
