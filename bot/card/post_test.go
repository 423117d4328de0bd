package card

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"regexp"
	"strconv"
	"testing"

	"xingfuli/bot/queue"
	"xingfuli/bot/text"
)

// reasons are all that a queue.Why can be, read from where they are declared: one more of them
// is met here by itself.
func reasons(t *testing.T) (all []queue.Why) {
	t.Helper()
	f, err := parser.ParseFile(token.NewFileSet(), "../queue/delivery.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	ast.Inspect(f, func(n ast.Node) bool {
		v, ok := n.(*ast.ValueSpec)
		if !ok {
			return true
		}
		if kind, ok := v.Type.(*ast.Ident); !ok || kind.Name != "Why" {
			return false
		}
		why, err := strconv.Unquote(v.Values[0].(*ast.BasicLit).Value)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, queue.Why(why))
		return false
	})
	return all
}

// TestFailures tells each reason in plain words of its own, in both languages, in the table that
// the author gets: nothing of what Telegram has said, and none of our names for it.
func TestFailures(t *testing.T) {
	t.Parallel()
	all := reasons(t)
	if len(all) < 14 {
		t.Fatalf("read only %q", all)
	}
	rows, names := make([]queue.Row, len(all)), make([]string, len(all))
	for i, why := range all {
		if !text.Has("post.why_" + string(why)) {
			t.Errorf("there are no words for %s", why)
		}
		names[i] = fmt.Sprint("第", i)
		rows[i] = queue.Row{To: queue.Chat{ID: int64(i+1) * []int64{1, -1}[i%2]}, State: queue.RowFailed, Why: why}
	}
	for _, tt := range []struct {
		language text.Language
		plain    *regexp.Regexp
		kinds    [2]string
	}{
		{text.Chinese, regexp.MustCompile(`^\p{Han}[\p{Han}，（）、「」 0-9]+$|^Telegram 不收这条消息$|^那条消息 Telegram 不让改了$`), [2]string{"个人", "群"}},
		{text.English, regexp.MustCompile(`^[A-Za-z][A-Za-z0-9 ,()]+$`), [2]string{"person", "group"}},
	} {
		table, seen := Failures(text.In(tt.language), rows, names), map[string]queue.Why{}
		if len(table) != len(all)+1 {
			t.Fatalf("%d lines for %d rows", len(table), len(all))
		}
		for i, line := range table[1:] {
			said := line[3]
			if !tt.plain.MatchString(said) {
				t.Errorf("%s is said as %q", all[i], said)
			}
			if seen[said] != "" {
				t.Errorf("%s and %s are both said as %q", all[i], seen[said], said)
			}
			seen[said] = all[i]
			if line[0] != names[i] || line[1] != strconv.FormatInt(rows[i].To.ID, 10) || line[2] != tt.kinds[i%2] {
				t.Errorf("the line of %s: %q", rows[i].To, line)
			}
		}
	}
}
