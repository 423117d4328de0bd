package app

import (
	"strings"
	"testing"
	"time"
)

// TestDemoKeepsLimits asks more than Telegram lets be answered at once: nothing is lost,
// and Telegram never has to refuse.
func TestDemoKeepsLimits(t *testing.T) {
	t.Parallel()
	d, err := NewDemo(t.Context(), DemoOptions{Start: time.Date(2026, 11, 23, 1, 0, 0, 0, time.UTC), Stopped: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(d.Close)
	began := time.Now()
	if err := d.Sim.Play(t.Context(), strings.Repeat("resident: /menu 周三\nbot: 和食堂 周三…\n", 5)); err != nil {
		t.Error(err)
	}
	if took := time.Since(began); took < time.Second {
		t.Errorf("five answers in one chat took only %v", took)
	}
	if n := d.Sim.Counts()["sendMessage"].Refused; n > 0 {
		t.Errorf("Telegram refused %d", n)
	}
}

// TestDemoForgets ages keys with the clock that is moved.
func TestDemoForgets(t *testing.T) {
	t.Parallel()
	d, err := NewDemo(t.Context(), DemoOptions{Start: time.Date(2026, 11, 23, 1, 0, 0, 0, time.UTC), Stopped: true, Fast: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(d.Close)
	err = d.Sim.Play(t.Context(), `
		cook: /setmenu 周四葱油鲳鱼
		bot: …
		clock: +25h
		cook: /cancel
		bot: 您没有办到一半的事，不用取消。`)
	if err != nil {
		t.Error(err)
	}
}

// TestDemoURL listens on all addresses and tells one that can be opened.
func TestDemoURL(t *testing.T) {
	t.Parallel()
	for _, listen := range []string{"", ":0", "0.0.0.0:0", "[::]:0"} {
		d, err := NewDemo(t.Context(), DemoOptions{Listen: listen, Fast: true})
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(d.URL(), "http://127.0.0.1:") {
			t.Errorf("%q is said to be at %s", listen, d.URL())
		}
		d.Close()
	}
}
