package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"xingfuli/bot/text"
)

func TestRecount(t *testing.T) {
	const file = "renovation/recount/testdata/vote.json"
	want, err := os.ReadFile("renovation/recount/testdata/vote.want")
	if err != nil {
		t.Fatal(err)
	}
	if code, out, errs := call(t, nil, "recount", file); code != exitOK || out != string(want) || errs != "" {
		t.Errorf("code %d, out %q, err %q", code, out, errs)
	}
	for _, args := range [][]string{{"recount", "--text", file}, {"recount", file, "--text"}} {
		if code, out, _ := call(t, nil, args...); code != exitOK || !strings.Contains(out, "参与表决 2 户主（≥ 2），建筑面积 280.26 ㎡（≥ 254.31）：达到法定人数") {
			t.Errorf("code %d, out %q", code, out)
		}
	}
	in, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	lie := filepath.Join(t.TempDir(), "lie.json")
	if err := os.WriteFile(lie, bytes.Replace(in, []byte(`"passed": true`), []byte(`"passed": false`), 1), 0o600); err != nil {
		t.Fatal(err)
	}
	if code, out, _ := call(t, nil, "recount", lie); code != exitFault || !strings.Contains(out, `"key": "passed"`) {
		t.Errorf("code %d, out %q", code, out)
	}
	for _, args := range [][]string{{"recount"}, {"recount", "nowhere.json"}, {"recount", file, file}, {"recount", "--loud", file}} {
		if code, out, errs := call(t, nil, args...); code != exitUsage || out != "" || errs == "" {
			t.Errorf("%v: code %d, out %q, err %q", args, code, out, errs)
		}
	}
}

// endless is a file of any size.
type endless struct{}

func (endless) Read(p []byte) (int, error) { return copy(p, bytes.Repeat([]byte(" "), len(p))), nil }

func TestRecountInput(t *testing.T) {
	var out, errs bytes.Buffer
	c := &cli{words: text.In(text.English), in: strings.NewReader(`{"units": [{"size": 1}]}`), out: &out, err: &errs}
	if code := runRecount(t.Context(), c, []string{"-"}); code != exitUsage || !strings.Contains(errs.String(), "Line 1, column ") || !strings.Contains(errs.String(), "/units/0/size") {
		t.Errorf("code %d, %s", code, errs.String())
	}
	c.in = endless{}
	if code := runRecount(t.Context(), c, []string{"-"}); code != exitUsage || !strings.Contains(errs.String(), "64 MB") {
		t.Errorf("code %d, %s", code, errs.String())
	}
}
