package menu

import (
	"strings"
	"testing"
	"unicode/utf8"
)

// TestRunes holds what is looked at first to the words that it stands for.
func TestRunes(t *testing.T) {
	for _, w := range restWords {
		if !strings.ContainsAny(w, restRunes) {
			t.Errorf("%s has none of %s", w, restRunes)
		}
	}
	for _, w := range menuWords {
		if r, _ := utf8.DecodeRuneInString(w); !strings.ContainsRune(menuRunes, r) {
			t.Errorf("%s begins with none of %s", w, menuRunes)
		}
	}
	for _, w := range mealWords {
		if r, _ := utf8.DecodeRuneInString(w.word); !strings.ContainsRune(mealRunes, r) {
			t.Errorf("%s begins with none of %s", w.word, mealRunes)
		}
	}
}
