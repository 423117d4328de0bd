package handlers_test

import (
	"bytes"
	"fmt"
	"image"
	"image/png"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"xingfuli/bot/app"
	"xingfuli/bot/sim"
	"xingfuli/bot/text"
)

// TestMain fails when a conversation met a text that could not be said as it should.
func TestMain(m *testing.M) {
	var faults atomic.Int64
	text.OnFault(func(key string, err error) {
		faults.Add(1)
		fmt.Fprintf(os.Stderr, "text %s: %v\n", key, err)
	})
	code := m.Run()
	if faults.Load() > 0 {
		code = 1
	}
	os.Exit(code)
}

// monday is when the conversations take place: 2026-11-23 09:00 in Shuitou.
var monday = time.Date(2026, 11, 23, 9, 0, 0, 0, time.FixedZone("CST", 8*3600))

// demo starts the whole bot on the simulator and a Redis in this process; its clock
// stands at start until a script moves it.
func demo(t *testing.T, start time.Time) *sim.Server {
	t.Helper()
	d, err := app.NewDemo(t.Context(), app.DemoOptions{Start: start, Stopped: true, Fast: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(d.Close)
	return d.Sim
}

// play acts scripts out, each in a world of its own.
func play(t *testing.T, scripts []script) {
	t.Helper()
	for _, s := range scripts {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			start := s.at
			if start.IsZero() {
				start = monday
			}
			if err := demo(t, start).Play(t.Context(), s.script); err != nil {
				t.Error(err)
			}
		})
	}
}

type script struct {
	name   string
	at     time.Time // zero: monday
	script string
}

// said counts the messages the bot has sent.
func said(s *sim.Server) int64 {
	n := int64(0)
	for method, c := range s.Counts() {
		if strings.HasPrefix(method, "send") {
			n += c.Calls - c.Refused - c.Faults
		}
	}
	return n
}

// onePixel is a picture.
var onePixel = func() []byte {
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 1, 1))); err != nil {
		panic(err)
	}
	return b.Bytes()
}()

// person is one more of the simulator's people.
func person(id int64, key string) sim.Person {
	return sim.Person{ID: id, Key: key, Name: key, Language: "zh-hans"}
}
