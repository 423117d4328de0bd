package page

import (
	"context"
	"maps"
	"slices"
	"sync"

	"xingfuli/bot/sim"
)

// unread counts for each person what came in since that person's chat was last
// open on some page. It follows the world from New until the Server closes.
type unread struct {
	sim *sim.Server

	mu     sync.Mutex
	seq    int64                   // the last event that was counted
	moved  chan struct{}           // closed and replaced at each event
	newest map[place]int           // the highest message ID seen
	count  map[int64]map[int64]int // person, chat
	open   map[int64]map[int64]int // how many pages show this chat as this person
}

// place is a chat as messages are numbered in it; who is 0 in a group.
type place struct{ chat, who int64 }

func follow(s *sim.Server) *unread {
	u := &unread{
		sim: s, moved: make(chan struct{}), newest: map[place]int{},
		count: map[int64]map[int64]int{}, open: map[int64]map[int64]int{},
	}
	events, _ := s.Watch(0)
	for _, p := range s.People() {
		for _, c := range s.Chats(p.ID) {
			if last := s.History(p.ID, c.ID, 0, 1); len(last) > 0 {
				u.newest[placeOf(c, p.ID)] = last[0].ID
			}
		}
	}
	go u.run(events)
	return u
}

func placeOf(c sim.Chat, who int64) place {
	if c.Group {
		who = 0
	}
	return place{c.ID, who}
}

// run ends when the world closes. A watch that fell behind is begun anew: what was
// missed stays uncounted.
func (u *unread) run(events <-chan sim.Event) {
	for some := true; some; events, _ = u.sim.Watch(0) {
		some = false
		for e := range events {
			some = true
			u.take(e)
		}
	}
	u.reach(-1, nil, 0) // nobody counts any more: wait for nothing
}

func (u *unread) take(e sim.Event) {
	var heard []int64
	if e.Kind == sim.EventMessage {
		heard = u.hearers(e)
	}
	u.reach(e.Seq, heard, e.Chat)
}

// reach counts a message for those who heard it, and tells who waits for seq.
func (u *unread) reach(seq int64, heard []int64, chat int64) {
	u.mu.Lock()
	defer u.mu.Unlock()
	for _, who := range heard {
		if u.open[who][chat] == 0 {
			add(u.count, who, chat, 1)
		}
	}
	u.seq = seq
	close(u.moved)
	u.moved = make(chan struct{})
}

// hearers are the people to whom the message of e is new.
func (u *unread) hearers(e sim.Event) []int64 {
	people := []int64{e.Who}
	if e.Who == 0 {
		people = nil
		for _, g := range u.sim.Groups() {
			if g.ID == e.Chat {
				people = g.Members
			}
		}
	}
	at := place{e.Chat, e.Who}
	u.mu.Lock()
	fresh := e.Message > u.newest[at]
	u.newest[at] = max(u.newest[at], e.Message)
	u.mu.Unlock()
	if !fresh {
		return nil // an edit, a vote or a pin of something older
	}
	return slices.DeleteFunc(slices.Clone(people), func(who int64) bool {
		m, ok := u.sim.Message(who, e.Chat, e.Message)
		return !ok || m.Deleted || m.Service != "" || m.From == who
	})
}

func add(m map[int64]map[int64]int, who, chat int64, n int) {
	if m[who] == nil {
		m[who] = map[int64]int{}
	}
	m[who][chat] += n
}

// wait returns once event seq was counted, or ctx ended.
func (u *unread) wait(ctx context.Context, seq int64) {
	for {
		u.mu.Lock()
		done, moved := u.seq >= seq || u.seq < 0, u.moved
		u.mu.Unlock()
		if done {
			return
		}
		select {
		case <-moved:
		case <-ctx.Done():
			return
		}
	}
}

// watching marks a chat as read and keeps it so until leave is called.
func (u *unread) watching(who, chat int64) (leave func()) {
	u.read(who, chat)
	u.mu.Lock()
	add(u.open, who, chat, 1)
	u.mu.Unlock()
	return func() {
		u.mu.Lock()
		add(u.open, who, chat, -1)
		u.mu.Unlock()
	}
}

func (u *unread) read(who, chat int64) {
	u.mu.Lock()
	delete(u.count[who], chat)
	u.mu.Unlock()
}

// of is what waits for a person, by chat.
func (u *unread) of(who int64) map[int64]int {
	u.mu.Lock()
	defer u.mu.Unlock()
	return maps.Clone(u.count[who])
}
