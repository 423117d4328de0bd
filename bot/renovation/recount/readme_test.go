package recount

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// TestReadmeBudget counts the README's budget votes again: what they announce is right.
func TestReadmeBudget(t *testing.T) {
	readme, err := os.ReadFile("../../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	counted := 0
	for _, block := range regexp.MustCompile("(?s)```json\n(.*?)```").FindAllStringSubmatch(string(readme), -1) {
		if !strings.Contains(block[1], `"projects"`) {
			continue
		}
		counted++
		r, err := Run("-", []byte(block[1]))
		if err != nil {
			t.Error(err)
			continue
		}
		if r.Differences == nil || len(r.Differences) > 0 {
			t.Errorf("announced otherwise: %v", r.Differences)
		}
	}
	if counted == 0 {
		t.Error("no budget vote in the README")
	}
}
