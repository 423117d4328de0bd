package notice

import (
	"errors"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

var photo = File{"photo", "p"}

func TestFits(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		b     Body
		units int
		over  int
		err   error
	}{
		{"nothing", Body{}, 0, 0, ErrEmpty},
		{"a picture without words", Body{Files: []File{photo}}, 0, 0, nil},
		{"a text that fits", Body{HTML: "x"}, 4096, 0, nil},
		{"one more", Body{HTML: "x"}, 4097, 1, ErrLong},
		{"a caption that fits", Body{HTML: "x", Files: []File{photo}}, 1024, 0, nil},
		{"one more", Body{HTML: "x", Files: []File{photo}}, 1025, 1, ErrLong},
		{"many more", Body{HTML: "x", Files: []File{photo, photo}}, 4096, 3072, ErrLong},
	}
	for _, tt := range tests {
		err := tt.b.Fits(tt.units)
		if !errors.Is(err, tt.err) {
			t.Errorf("%s: %v, want %v", tt.name, err, tt.err)
		}
		var long *LongError
		if errors.As(err, &long) && (long.Over != tt.over || long.Caption != (len(tt.b.Files) > 0)) {
			t.Errorf("%s: %+v, want %d over", tt.name, long, tt.over)
		}
	}
}

func TestWith(t *testing.T) {
	t.Parallel()
	b := Body{Files: []File{photo}}
	for range 12 {
		b = b.With(Body{Files: []File{photo}})
	}
	if len(b.Files) != MaxAlbum || b.Messages() != MaxAlbum {
		t.Errorf("an album of %d", len(b.Files))
	}
	first := Body{HTML: "一", Files: []File{photo}}
	if got := first.With(Body{HTML: "二"}); got.HTML != "一\n二" || len(first.Files) != 1 {
		t.Errorf("got %+v of %+v", got, first)
	}
	if got := (Body{}).With(first); got.HTML != "一" || got.Messages() != 1 {
		t.Errorf("got %+v", got)
	}
}

func TestReady(t *testing.T) {
	t.Parallel()
	to := []Target{{Kind: Staff}}
	for _, tt := range []struct {
		name         string
		d            Draft
		units, chats int
		want         error
	}{
		{"ready", Draft{Body: Body{HTML: "x"}, To: to}, 1, 1, nil},
		{"empty", Draft{To: to}, 0, 1, ErrEmpty},
		{"long", Draft{Body: Body{HTML: "x"}, To: to}, 5000, 1, ErrLong},
		{"for nobody", Draft{Body: Body{HTML: "x"}}, 1, 0, ErrNobody},
		{"for people who are not there", Draft{Body: Body{HTML: "x"}, To: to}, 1, 0, ErrNobody},
	} {
		if err := tt.d.Ready(tt.units, tt.chats); !errors.Is(err, tt.want) {
			t.Errorf("%s: %v, want %v", tt.name, err, tt.want)
		}
	}
}

// TestTick: whatever is pressed and how often, the last press of each target counts, and a
// draft that was changed leaves the one before as it was.
func TestTick(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		all := []Target{{Groups, "a"}, {Residents, "a"}, {Kind: AllGroups}}
		on := map[Target]bool{}
		var d Draft
		for range rapid.IntRange(0, 12).Draw(t, "presses") {
			x, tick := rapid.SampledFrom(all).Draw(t, "target"), rapid.Bool().Draw(t, "on")
			before := slices.Clone(d.To)
			next := d.Edit(func(d *Draft) { d.Tick(x, tick) })
			if !slices.Equal(d.To, before) || next.Edition != d.Edition+1 {
				t.Fatalf("%+v was changed", d)
			}
			d = next
			on[x] = tick
		}
		for _, x := range all {
			n := 0
			for _, y := range d.To {
				if x == y {
					n++
				}
			}
			if on[x] && n != 1 || !on[x] && n != 0 {
				t.Fatalf("%v is there %d times", x, n)
			}
		}
	})
}
