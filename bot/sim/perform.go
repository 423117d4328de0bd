package sim

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// act does what a step of a person or of the clock says. It returns the press, if it was one.
func (s *Server) act(ctx context.Context, st Step) (*query, error) {
	if st.Act == ActClock {
		d, err := s.jump(st.Text)
		if err != nil {
			return nil, err
		}
		return nil, s.Move(ctx, d)
	}
	p, c, err := s.cast(st)
	if err != nil {
		return nil, err
	}
	switch st.Act {
	case ActPress:
		return s.pressLabel(ctx, p, c, st)
	case ActForge, ActEdit, ActReact:
		return s.newestStep(ctx, p, c, st)
	case ActVote:
		return nil, s.voteStep(ctx, p, c, st)
	case ActBlock:
		return nil, s.Block(p.ID)
	case ActUnblock:
		return nil, s.Unblock(p.ID)
	case ActJoin:
		return nil, s.Join(p.ID, c.id)
	case ActLeave:
		return nil, s.Leave(p.ID, c.id)
	}
	return nil, s.sayStep(ctx, p, c, st)
}

// newestStep edits the person's last message, or forges a press on or reacts to the bot's.
func (s *Server) newestStep(ctx context.Context, p *person, c *chat, st Step) (*query, error) {
	from := s.bot.ID
	if st.Act == ActEdit {
		from = p.ID
	}
	id, err := s.newest(c, from)
	if err != nil {
		return nil, err
	}
	chat, _ := s.place(c)
	switch st.Act {
	case ActEdit:
		return nil, s.Edit(ctx, p.ID, chat, id, st.Text)
	case ActReact:
		return nil, s.React(ctx, p.ID, chat, id, st.Text)
	}
	return s.press(p.ID, chat, id, st.Text)
}

// sayStep sends a text or a file.
func (s *Server) sayStep(ctx context.Context, p *person, c *chat, st Step) error {
	a := Act{Thread: st.Thread, AsGroup: st.Anonymous}
	switch st.Act {
	case ActPhoto:
		a.Photo, a.Caption = samplePhoto(), st.Text
	case ActAlbum:
		n, err := strconv.Atoi(st.File)
		if err != nil || n < 2 || n > 10 {
			return fmt.Errorf("%w: an album is of 2 to 10 photos, not %q", ErrScript, st.File)
		}
		a.Album = make([]Act, n)
		for i := range a.Album {
			a.Album[i].Photo = samplePhoto()
		}
		a.Album[0].Caption = st.Text
	case ActHTML:
		a.Text, a.HTML = st.Text, true
	case ActFile:
		a.Document, a.FileName = []byte(st.Text), st.File
	case ActSticker:
		a.Sticker = true
	case ActVoice:
		a.Voice = true
	default:
		a.Text = st.Text
	}
	if st.Act == ActReply {
		id, err := s.newest(c, s.bot.ID)
		if err != nil {
			return err
		}
		a.ReplyTo = id
	}
	chat, _ := s.place(c)
	_, err := s.Do(ctx, p.ID, chat, a)
	return err
}

// newest is the last message of an account in a chat.
func (s *Server) newest(c *chat, from int64) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := len(c.msgs) - 1; i >= 0; i-- {
		if m := c.msgs[i]; m.from == from && !m.deleted && m.service.Did == "" {
			return m.api.ID, nil
		}
	}
	return 0, fmt.Errorf("%w in the %s", ErrNoMessage, s.where(c))
}

// pressLabel presses the inline button with a label, or says what the reply keyboard has.
func (s *Server) pressLabel(ctx context.Context, p *person, c *chat, st Step) (*query, error) {
	chat, _ := s.place(c)
	s.mu.Lock()
	id, b, err := c.button(st.Text)
	text := c.keyboardOf(p.ID).label(st.Text)
	trail := ""
	if err == nil && b == nil && text == "" {
		trail = s.transcript(c)
	}
	s.mu.Unlock()
	switch {
	case err != nil:
		return nil, err
	case b == nil && text != "":
		_, err := s.Do(ctx, p.ID, chat, Act{Text: text, Thread: st.Thread, AsGroup: st.Anonymous})
		return nil, err
	case b == nil:
		return nil, fmt.Errorf("%w: no button [%s]%s", ErrPlay, st.Text, trail)
	case b.Data == "":
		return nil, fmt.Errorf("%w: [%s] is a link", ErrPlay, b.Text)
	}
	return s.press(p.ID, chat, id, b.Data)
}

// button finds the newest inline button with a label: the whole label on any message, else
// a prefix on the newest message where one has it.
func (c *chat) button(label string) (id int, b *apiButton, err error) {
	for _, same := range []func(text string) bool{
		func(text string) bool { return text == label },
		func(text string) bool { return strings.HasPrefix(text, label) },
	} {
		for i := len(c.msgs) - 1; i >= 0; i-- {
			m := c.msgs[i]
			if m.deleted || m.api.Markup == nil {
				continue
			}
			found := m.api.Markup.find(same)
			if len(found) > 1 && found[0].Text != label {
				return 0, nil, fmt.Errorf("%w: [%s] may be [%s] or [%s]", ErrPlay, label, found[0].Text, found[1].Text)
			}
			if len(found) > 0 {
				return m.api.ID, found[0], nil
			}
		}
	}
	return 0, nil, nil
}

func (k *apiInline) find(same func(text string) bool) []*apiButton {
	var found []*apiButton
	for _, row := range k.Rows {
		for i := range row {
			if same(strings.TrimSpace(row[i].Text)) {
				found = append(found, &row[i])
			}
		}
	}
	return found
}

// label finds a button of a reply keyboard, by its label or a prefix that only one has.
func (k *Keyboard) label(label string) string {
	if k == nil {
		return ""
	}
	var found []string
	for _, row := range k.Rows {
		for _, text := range row {
			if text == label {
				return text
			}
			if strings.HasPrefix(text, label) {
				found = append(found, text)
			}
		}
	}
	if len(found) == 1 {
		return found[0]
	}
	return ""
}

// voteStep votes in the newest poll of a chat; options count from 1.
func (s *Server) voteStep(ctx context.Context, p *person, c *chat, st Step) error {
	var options []int
	for _, word := range strings.Fields(st.Text) {
		n, err := strconv.Atoi(word)
		if err != nil {
			return fmt.Errorf("%w: option %q", ErrScript, word)
		}
		options = append(options, n-1)
	}
	s.mu.Lock()
	id := 0
	for _, m := range c.msgs {
		if m.poll != nil && !m.deleted {
			id = m.api.ID
		}
	}
	s.mu.Unlock()
	chat, _ := s.place(c)
	return s.Vote(ctx, p.ID, chat, id, options)
}

// jump reads how far the clock is to go: +1h30m, +2d, or to a time in the clock's zone.
func (s *Server) jump(text string) (time.Duration, error) {
	if rest, ok := strings.CutPrefix(text, "+"); ok {
		if days, ok := strings.CutSuffix(rest, "d"); ok {
			n, err := strconv.Atoi(days)
			return time.Duration(n) * day, err
		}
		return time.ParseDuration(rest)
	}
	now := s.clock.now()
	for _, layout := range []string{"2006-01-02 15:04", "2006-01-02 15:04:05"} {
		if at, err := time.ParseInLocation(layout, text, now.Location()); err == nil {
			return at.Sub(now), nil
		}
	}
	return 0, fmt.Errorf("%w: clock %q is neither +1h30m nor 2026-11-24 10:30", ErrScript, text)
}
