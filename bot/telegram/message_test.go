package telegram

import (
	"errors"
	"strings"
	"testing"
)

func TestButton(t *testing.T) {
	for _, b := range []Button{
		{Word: "menu"}, {Word: "menu", ID: "hefan.2026-11-24"}, {Word: "claim", ID: "7", Version: 3},
		{Word: "publish", Version: 1 << 40}, {Word: strings.Repeat("w", 64)},
	} {
		data, err := b.Encode()
		if err != nil {
			t.Fatalf("%+v: %v", b, err)
		}
		if back, err := DecodeButton(data); err != nil || back != b {
			t.Errorf("%+v came back as %+v, %v", b, back, err)
		}
	}
	for _, b := range []Button{{}, {Word: "two words"}, {Word: "w", ID: "a b"}, {Word: strings.Repeat("w", 65)}, {Word: strings.Repeat("周", 22)}, {Word: "w", Version: -1}} {
		if data, err := b.Encode(); !errors.Is(err, ErrButton) {
			t.Errorf("%+v was encoded as %q", b, data)
		}
	}
	for _, data := range []string{"", " ", "a b c d", "a b 0", "a b -1", "a b !", strings.Repeat("x", 65)} {
		if b, err := DecodeButton(data); !errors.Is(err, ErrButton) {
			t.Errorf("%q was decoded as %+v", data, b)
		}
	}
}

func TestButtonNumber(t *testing.T) {
	if n, err := (Button{ID: "7"}).Number(); n != 7 || err != nil {
		t.Errorf("7 is %d, %v", n, err)
	}
	for _, id := range []string{"", "x", "7x", "99999999999999999999"} {
		if n, err := (Button{ID: id}).Number(); !errors.Is(err, ErrStale) {
			t.Errorf("%q is %d, %v", id, n, err)
		}
	}
}

func FuzzDecodeButton(f *testing.F) {
	f.Add("claim 7 3")
	f.Add("publish  zz")
	f.Fuzz(func(t *testing.T, data string) {
		b, err := DecodeButton(data)
		if err != nil {
			return
		}
		again, err := b.Encode()
		if err != nil {
			return // a forged one that the bot would never make
		}
		if back, err := DecodeButton(again); err != nil || back != b {
			t.Errorf("%q: %+v came back as %+v, %v", data, b, back, err)
		}
	})
}
