package handlers_test

import (
	_ "embed"
	"os"
	"testing"
)

// TestTours plays the guided tours of the demo page, with the answers in them.
func TestTours(t *testing.T) {
	for _, name := range []string{"resident", "cook"} {
		script, err := os.ReadFile("../bot/app/tour_" + name + ".txt")
		if err != nil {
			t.Fatal(err)
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if err := demo(t, monday).Play(t.Context(), string(script)); err != nil {
				t.Error(err)
			}
		})
	}
}
