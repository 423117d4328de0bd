package page

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"xingfuli/bot/sim"
)

// beat is how often a stream looks at the clock.
const beat = time.Second

// stream is the connection that keeps one page up to date.
type stream struct {
	look
	w    http.ResponseWriter
	out  *http.ResponseController
	sent map[string]string // the parts as the page has them
	seq  int64
}

// events streams what changes for the person looking, as server-sent events whose
// id is the last sim.Event they cover: "message" (one bubble), "part" (a piece of
// the page, only when it became different), "toast", "sync" (ask for all of the
// view again) and "reload" (another server runs here now).
func (p *page) events(w http.ResponseWriter, r *http.Request) {
	l, ok := p.lookOf(r)
	if !ok {
		p.refuse(w, r, http.StatusNotFound, "nobody")
		return
	}
	st := &stream{look: l, w: w, out: http.NewResponseController(w), sent: map[string]string{}}
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	_ = st.out.SetWriteDeadline(time.Time{}) // a stream outlives the server's time limit for answers
	_, _ = fmt.Fprint(w, "retry: 1000\n\n")
	if r.FormValue("epoch") != p.epoch {
		st.send("reload", nil)
		return
	}
	if !l.listed {
		defer p.unread.watching(l.person.ID, l.chat.ID)()
	}
	st.seq = after(r)
	events, stop := p.sim.Watch(st.seq)
	defer stop()
	if st.seq == 0 {
		st.send("sync", nil) // nothing had happened when the page was made, and since then maybe something has
	}
	st.parts()
	st.run(r, events)
}

// after is the event to go on from: what the browser saw last, else what the page
// was made with.
func after(r *http.Request) int64 {
	seq, err := strconv.ParseInt(r.Header.Get("Last-Event-ID"), 10, 64)
	if err != nil {
		seq, _ = strconv.ParseInt(r.FormValue("after"), 10, 64)
	}
	return max(seq, 0)
}

func (st *stream) run(r *http.Request, events <-chan sim.Event) {
	tick := time.NewTicker(beat)
	defer tick.Stop()
	for n := 0; ; n++ {
		select {
		case <-r.Context().Done():
			return
		case e, ok := <-events:
			if !ok {
				st.restart()
				return
			}
			st.take(e)
			for len(events) > 0 { // what waits is told together: parts are made once
				if e, ok = <-events; ok {
					st.take(e)
				}
			}
			st.p.unread.wait(r.Context(), st.seq)
			st.parts()
		case <-tick.C:
			st.part("clock", st.render("clock", st.clock()))
			if n%15 == 14 {
				_, _ = fmt.Fprint(st.w, ":\n\n") // finds out that nobody listens
			}
		}
		if st.out.Flush() != nil {
			return
		}
	}
}

// restart tells a page whose events were forgotten to fetch the view and to come back
// for what happens from now on.
func (st *stream) restart() {
	st.seq = st.p.sim.Seq()
	st.send("sync", nil)
	_ = st.out.Flush()
}

// take tells of one event.
func (st *stream) take(e sim.Event) {
	st.seq = e.Seq
	if e.Who != 0 && e.Who != st.person.ID {
		return
	}
	switch e.Kind {
	case sim.EventToast:
		if e.Toast != nil {
			st.send("toast", map[string]any{"text": e.Toast.Text, "alert": e.Toast.Alert, "url": e.Toast.URL})
		}
	case sim.EventMessage:
		if e.Chat == st.chat.ID {
			st.message(e.Message)
		}
	}
}

func (st *stream) message(id int) {
	m, ok := st.p.sim.Message(st.person.ID, st.chat.ID, id)
	if !ok {
		m = sim.Message{ID: id, Deleted: true}
	} else if !st.shows(m) {
		return
	}
	st.send("message", map[string]any{
		"id": m.ID, "gone": m.Deleted, "html": st.one(m), "mine": m.From == st.person.ID,
		"force": m.Reply != nil && m.Reply.Force,
	})
}

// parts sends the pieces that became different.
func (st *stream) parts() {
	st.chats = st.p.sim.Chats(st.person.ID)
	st.people = st.p.sim.People()
	found := false
	for _, c := range st.chats {
		if c.ID == st.chat.ID {
			st.chat, found = c, true
		}
	}
	if !found && len(st.chats) > 0 {
		st.send("sync", nil) // left or was removed from the chat
		return
	}
	for id, html := range st.look.parts() {
		st.part(id, html)
	}
	_ = st.out.Flush()
}

func (st *stream) part(id, html string) {
	if st.sent[id] == html {
		return
	}
	st.sent[id] = html
	st.send("part", map[string]string{"id": id, "html": html})
}

func (st *stream) send(event string, data any) {
	body, err := json.Marshal(data)
	if err != nil {
		panic(fmt.Errorf("page: event %s: %w", event, err)) // only our own maps come here
	}
	_, _ = fmt.Fprintf(st.w, "id: %d\nevent: %s\ndata: %s\n\n", st.seq, event, body)
}
