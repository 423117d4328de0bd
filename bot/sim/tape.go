package sim

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"sync"
)

// tape records what the bot does, for one Play.
type tape struct {
	entries []*taped
	wake    chan struct{} // closed and replaced with every entry
}

type tapeKind string

const (
	tapeNew   tapeKind = "a new message"
	tapeEdit  tapeKind = "an edit"
	tapeToast tapeKind = "a toast"
)

// taped is one thing that the bot did, as it was then.
type taped struct {
	kind  tapeKind
	chat  *chat
	msg   Message
	query *query // of a toast
	toast Toast
	taken bool
}

func (s *Server) startTape() *tape {
	s.mu.Lock()
	defer s.mu.Unlock()
	t := &tape{wake: make(chan struct{})}
	s.tapes[t] = true
	return t
}

func (s *Server) stopTape(t *tape) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.tapes, t)
}

// record notes a message that the bot sent or edited.
func (s *Server) record(c *chat, m *message, kind tapeKind) {
	for t := range s.tapes {
		t.add(&taped{kind: kind, chat: c, msg: s.view(c, m, c.id)})
	}
}

// recordToast notes the answer to a press; one without a text shows nothing.
func (s *Server) recordToast(q *query) {
	for t := range s.tapes {
		t.add(&taped{kind: tapeToast, chat: q.chat, query: q, toast: q.toast, taken: q.toast.Text == ""})
	}
}

func (t *tape) add(e *taped) {
	t.entries = append(t.entries, e)
	close(t.wake)
	t.wake = make(chan struct{})
}

// samplePhoto is the picture that scripts send.
var samplePhoto = sync.OnceValue(func() []byte {
	img := image.NewRGBA(image.Rect(0, 0, 160, 120))
	for y := range 120 {
		for x := range 160 {
			img.Set(x, y, color.RGBA{uint8(90 + x/2), uint8(140 + y/2), 200, 255})
		}
	}
	var out bytes.Buffer
	if err := png.Encode(&out, img); err != nil {
		panic(err) // into memory: cannot happen
	}
	return out.Bytes()
})
