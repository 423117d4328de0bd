package sim

// keepEvents is how many events a new watcher can catch up with, and how far a slow
// one may fall behind.
const keepEvents = 1_000

// eventLog keeps the newest events and hands each to the watchers.
type eventLog struct {
	seq      int64
	kept     []Event
	watchers map[chan Event]bool
}

// emit numbers an event and hands it out. The caller holds the lock.
func (s *Server) emit(e Event) {
	l := &s.events
	l.seq++
	e.Seq = l.seq
	if len(l.kept) == 2*keepEvents {
		l.kept = append(l.kept[:0], l.kept[keepEvents:]...)
	}
	l.kept = append(l.kept, e)
	for ch := range l.watchers {
		select {
		case ch <- e:
		default: // too slow: it must start anew
			delete(l.watchers, ch)
			close(ch)
		}
	}
}

func (l *eventLog) closeAll() {
	for ch := range l.watchers {
		close(ch)
	}
	l.watchers = nil
}

// after returns the events that follow seq; ok is false when some are forgotten.
func (l *eventLog) after(seq int64) (events []Event, ok bool) {
	first := l.seq - int64(len(l.kept)) + 1
	if seq >= l.seq {
		return nil, true
	}
	if seq+1 < first || l.seq-seq > keepEvents {
		return nil, false
	}
	return l.kept[seq+1-first:], true
}

// Seq is the number of the newest event: what a page that was rendered now may give
// to Watch later.
func (s *Server) Seq() int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.events.seq
}

// Watch returns the events after seq (0: from now) as they come. The channel is closed by
// stop, by Close, and when the watcher falls more than 1,000 events behind.
func (s *Server) Watch(seq int64) (events <-chan Event, stop func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	ch := make(chan Event, 2*keepEvents)
	if seq > 0 {
		missed, ok := s.events.after(seq)
		if !ok {
			close(ch)
			return ch, func() {}
		}
		for _, e := range missed {
			ch <- e
		}
	}
	if s.closed {
		close(ch)
		return ch, func() {}
	}
	if s.events.watchers == nil {
		s.events.watchers = map[chan Event]bool{}
	}
	s.events.watchers[ch] = true
	return ch, func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.events.watchers[ch] {
			delete(s.events.watchers, ch)
			close(ch)
		}
	}
}

// place says where an event in chat c happened, in the terms of Event.
func (s *Server) place(c *chat) (chat, who int64) {
	if c.person != nil {
		return s.bot.ID, c.id
	}
	return c.id, 0
}

func (s *Server) emitMessage(c *chat, id int) {
	chat, who := s.place(c)
	s.emit(Event{Kind: EventMessage, Chat: chat, Who: who, Message: id})
}

func (s *Server) emitChat(c *chat) {
	chat, who := s.place(c)
	s.emit(Event{Kind: EventChat, Chat: chat, Who: who})
}
