package sim

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// ErrPlay says that a conversation went otherwise than its script.
var ErrPlay = errors.New("sim: not as in the script")

// playWait is how long Play waits for what it expects when nobody can say that the bot is
// idle and ctx has no deadline.
const playWait = 5 * time.Second

// Play acts a conversation and compares what the bot does with the script:
//
//	resident: /start                    says it in the private chat with the bot
//	resident@group: 周二有鱼吗？          in a group; @group#3 in topic 3
//	resident@group (anonymous): text    as an anonymous admin
//	resident: [本周菜单]                  presses the newest inline button with this label, exact or
//	                                    a prefix that only one has; else the reply keyboard's
//	resident: (photo) caption           (file 菜单.csv) content with \n, (sticker), (voice)
//	resident: (album 3) caption         three photos sent as one; (html) <b>text</b> with formatting
//	resident: (edit) new text           of the own last message; (reply) to the bot's last one
//	resident: (forge word 1 2)          presses the bot's last message with this data
//	resident: (vote 1 2)                options of the newest poll, from 1; (vote) retracts
//	resident: (react 👍)                 to the bot's last message; (block), (unblock)
//	resident@group: (join)              and (leave)
//	bot: text                           its next new message to the last who acted, in private
//	bot@group: text                     in the group; bot@resident: in private with that person
//	bot*: text                          the next edit, bot*@group: there
//	bot!: text                          the toast that answers the last press, bot!!: an alert
//	bot: (silence)                      nothing new since the last act; bot@group: there
//	bot: (anything)                     a new message; (photo) caption, (file name) caption
//	clock: +1h30m                       moves the clock, also +2d; or 2026-11-24 10:30
//
// "| more" continues a text. Below a line of the bot, "| [one] [two]" is a row of its
// keyboard; then all rows must be listed. "…" stands for any text, also none; else texts
// must be equal but for white space around their lines. What the bot said, edited or
// toasted and no line took before the next act in that chat, or the end, is an error.
func (s *Server) Play(ctx context.Context, script string) error {
	steps, err := Parse(script)
	if err != nil {
		return err
	}
	p := &player{s: s, tape: s.startTape()}
	defer s.stopTape(p.tape)
	for _, st := range steps {
		if err := p.step(ctx, st); err != nil {
			return err
		}
	}
	return p.rest(nil, steps)
}

// Perform does what a step of a person or of the clock says and lets the bot settle; a step
// of the bot is nothing to do.
func (s *Server) Perform(ctx context.Context, st Step) error {
	if !st.Human() {
		return nil
	}
	if _, err := s.act(ctx, st); err != nil {
		return fmt.Errorf("line %d: %w", st.Line, err)
	}
	_, err := s.settled(ctx)
	return err
}

// player is one run of a script.
type player struct {
	s       *Server
	tape    *tape
	last    *person // who acted last
	query   *query  // the last press
	settled bool    // the bot has done all it will do
}

func (p *player) step(ctx context.Context, st Step) error {
	if !st.Human() {
		return p.expect(ctx, st)
	}
	if st.Act != ActClock {
		who, c, err := p.s.cast(st)
		if err != nil {
			return fmt.Errorf("line %d: %w", st.Line, err)
		}
		if err := p.rest(c, []Step{st}); err != nil {
			return err
		}
		p.last = who
	}
	q, err := p.s.act(ctx, st)
	if err != nil {
		return fmt.Errorf("line %d: %s: %w", st.Line, st.Who, err)
	}
	if q != nil {
		p.query = q
	}
	if p.settled, err = p.s.settled(ctx); err != nil {
		return fmt.Errorf("line %d: settle: %w", st.Line, err)
	}
	return nil
}

// rest complains about what no line took, in a chat or in all; next is what comes then.
func (p *player) rest(c *chat, next []Step) error {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	for _, e := range p.tape.entries {
		if e.taken || c != nil && e.chat != c {
			continue
		}
		at := "at the end"
		if c != nil {
			at = fmt.Sprintf("before line %d", next[0].Line)
		}
		return fmt.Errorf("%w: %s, %s: no line expects it\n  got:  %s%s", ErrPlay, at, p.s.where(e.chat), e, p.s.transcript(e.chat))
	}
	return nil
}

// cast finds who acts in a step, and where.
func (s *Server) cast(st Step) (*person, *chat, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.personNamed(st.Who)
	if p == nil {
		return nil, nil, fmt.Errorf("%w: %q", ErrNoPerson, st.Who)
	}
	if st.Chat == "" {
		return p, s.chats[p.ID], nil
	}
	g := s.groupNamed(st.Chat)
	if g == nil {
		return nil, nil, fmt.Errorf("%w: %q", ErrNoChat, st.Chat)
	}
	return p, g.chat, nil
}

func (s *Server) personNamed(name string) *person {
	for _, by := range []func(*person) string{func(p *person) string { return p.Key }, func(p *person) string { return p.Name }} {
		for _, p := range s.people {
			if by(p) == name {
				return p
			}
		}
	}
	return nil
}

func (s *Server) groupNamed(name string) *group {
	for _, by := range []func(*group) string{func(g *group) string { return g.Key }, func(g *group) string { return g.Title }} {
		for _, g := range s.groups {
			if by(g) == name {
				return g
			}
		}
	}
	return nil
}

// expect checks one line of the bot.
func (p *player) expect(ctx context.Context, st Step) error {
	c, err := p.stage(st)
	if err != nil {
		return fmt.Errorf("line %d: %w", st.Line, err)
	}
	var match func(e *taped) bool
	switch st.Act {
	case ExpectSilence:
		return p.silence(st, c)
	case ExpectToast, ExpectAlert:
		if p.query == nil {
			return fmt.Errorf("line %d: nobody pressed a button before", st.Line)
		}
		match = func(e *taped) bool { return e.kind == tapeToast && e.query == p.query }
	case ExpectEdit:
		match = func(e *taped) bool { return e.kind == tapeEdit && e.chat == c && !e.taken }
	default:
		match = func(e *taped) bool { return e.kind == tapeNew && e.chat == c && !e.taken }
	}
	e := p.await(ctx, match)
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	if e == nil {
		return p.s.differ(st, c, p.otherwise(c))
	}
	e.taken = true
	if why := e.compare(st); why != "" {
		return p.s.differ(st, e.chat, e.String()+why)
	}
	return nil
}

// stage finds the chat of a line of the bot.
func (p *player) stage(st Step) (*chat, error) {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	if st.Chat == "" {
		if p.last == nil {
			return nil, errors.New("nobody acted before: say bot@somebody")
		}
		return p.s.chats[p.last.ID], nil
	}
	if g := p.s.groupNamed(st.Chat); g != nil {
		return g.chat, nil
	}
	if who := p.s.personNamed(st.Chat); who != nil {
		return p.s.chats[who.ID], nil
	}
	return nil, fmt.Errorf("%w: %q", ErrNoChat, st.Chat)
}

// await waits for the first entry that matches; nil when there is none and none comes.
func (p *player) await(ctx context.Context, match func(*taped) bool) *taped {
	if _, ok := ctx.Deadline(); !ok {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, playWait)
		defer cancel()
	}
	for {
		p.s.mu.Lock()
		entries, wake := p.tape.entries, p.tape.wake
		i := slices.IndexFunc(entries, match)
		p.s.mu.Unlock()
		if i >= 0 {
			return entries[i]
		}
		if p.settled {
			return nil
		}
		select {
		case <-wake:
		case <-ctx.Done():
			return nil
		case <-p.s.done:
			return nil
		}
	}
}

func (p *player) silence(st Step, c *chat) error {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	for _, e := range p.tape.entries {
		if !e.taken && e.chat == c {
			return p.s.differ(st, c, e.String())
		}
	}
	return nil
}

// otherwise says what the bot did instead of what was expected.
func (p *player) otherwise(c *chat) string {
	for _, e := range p.tape.entries {
		if !e.taken && e.chat == c {
			return "nothing of the kind, but " + string(e.kind) + ": " + e.String()
		}
	}
	for _, e := range p.tape.entries {
		if !e.taken {
			return "nothing, but in " + p.s.where(e.chat) + " " + string(e.kind) + ": " + e.String()
		}
	}
	return "nothing"
}

// differ words an error: the line, what it wants, what there is, and the chat.
func (s *Server) differ(st Step, c *chat, got string) error {
	return fmt.Errorf("%w: line %d, %s:\n  want: %s\n  got:  %s%s", ErrPlay, st.Line, s.where(c), st.want(), got, s.transcript(c))
}

func (st Step) want() string {
	text := st.Text
	switch st.Act {
	case ExpectSilence:
		text = "silence"
	case ExpectEdit:
		text = "an edit: " + text
	case ExpectToast:
		text = "a toast: " + text
	case ExpectAlert:
		text = "an alert: " + text
	}
	for _, row := range st.Rows {
		text += "\n[" + strings.Join(row, "] [") + "]"
	}
	return indent(text)
}

func indent(s string) string { return strings.ReplaceAll(s, "\n", "\n        ") }

func (s *Server) where(c *chat) string {
	if c.person != nil {
		return "private chat of " + c.person.Key
	}
	return "group " + c.group.Key
}

// transcript are the last messages of a chat.
func (s *Server) transcript(c *chat) string {
	var b strings.Builder
	b.WriteString("\n  the chat:")
	for _, m := range c.msgs[max(0, len(c.msgs)-6):] {
		v := s.view(c, m, c.id)
		name := v.FromName
		if m.from == s.bot.ID {
			name = "bot"
		}
		b.WriteString("\n    " + name + ": " + strings.ReplaceAll(describe(v), "\n", "\n      "))
	}
	return b.String()
}

func (e *taped) String() string {
	if e.kind == tapeToast {
		if e.toast.Text == "" {
			return "an answer without a text"
		}
		if e.toast.Alert {
			return "an alert: " + e.toast.Text
		}
		return "a toast: " + e.toast.Text
	}
	return indent(describe(e.msg))
}

// describe shows a message as a script would have it.
func describe(v Message) string {
	var b strings.Builder
	switch {
	case v.Service != "":
		return "(" + v.Service + ")"
	case v.Deleted:
		return "(deleted)"
	}
	for _, f := range v.Files {
		if f.Photo {
			b.WriteString("(photo) ")
		} else {
			b.WriteString("(file " + f.Name + ") ")
		}
	}
	b.WriteString(v.Text)
	if v.Poll != nil {
		b.WriteString("(poll) " + v.Poll.Question)
	}
	for _, row := range labels(v) {
		b.WriteString("\n[" + strings.Join(row, "] [") + "]")
	}
	return b.String()
}

// labels are the rows of the inline keyboard, else of the reply keyboard.
func labels(v Message) [][]string {
	var rows [][]string
	for _, row := range v.Buttons {
		var texts []string
		for _, b := range row {
			texts = append(texts, b.Text)
		}
		rows = append(rows, texts)
	}
	if rows == nil && v.Reply != nil {
		return v.Reply.Rows
	}
	return rows
}

// compare returns what differs from a line of the bot, empty when nothing does.
func (e *taped) compare(st Step) string {
	if e.kind == tapeToast {
		switch {
		case !matches(st.Text, e.toast.Text):
			return " " // the texts stand above one another in the error
		case e.toast.Alert != (st.Act == ExpectAlert) && st.Text != "":
			return "\n  (one is an alert, the other is not)"
		}
		return ""
	}
	if st.Thread != 0 && st.Thread != e.msg.Thread {
		return fmt.Sprintf("\n  (in topic %d, not %d)", e.msg.Thread, st.Thread)
	}
	if !e.sameText(st.Text) {
		return " "
	}
	if st.Rows != nil && !slices.EqualFunc(st.Rows, labels(e.msg), func(a, b []string) bool { return slices.EqualFunc(a, b, matches) }) {
		return "\n  (the keyboards differ)"
	}
	return ""
}

func (e *taped) sameText(want string) bool {
	if want == "(anything)" {
		return true
	}
	m := verbPattern.FindStringSubmatch(want)
	if m != nil {
		rest := want[len(m[0]):]
		switch m[1] {
		case "photo":
			return len(e.msg.Files) == 1 && e.msg.Files[0].Photo && matches(rest, e.msg.Text)
		case "file":
			return len(e.msg.Files) == 1 && !e.msg.Files[0].Photo && matches(m[2], e.msg.Files[0].Name) && matches(rest, e.msg.Text)
		case "poll":
			return e.msg.Poll != nil && matches(rest, e.msg.Poll.Question)
		}
	}
	return len(e.msg.Files) == 0 && e.msg.Poll == nil && matches(want, e.msg.Text)
}

// matches compares texts but for white space around lines; … stands for any run.
func matches(want, got string) bool {
	want, got = tidy(want), tidy(got)
	parts := strings.Split(want, "…")
	if len(parts) == 1 {
		return want == got
	}
	if !strings.HasPrefix(got, parts[0]) {
		return false
	}
	got = got[len(parts[0]):]
	last := parts[len(parts)-1]
	for _, part := range parts[1 : len(parts)-1] {
		i := strings.Index(got, part)
		if i < 0 {
			return false
		}
		got = got[i+len(part):]
	}
	return strings.HasSuffix(got, last)
}

func tidy(s string) string {
	lines := strings.Split(strings.TrimSpace(s), "\n")
	for i := range lines {
		lines[i] = strings.TrimSpace(lines[i])
	}
	return strings.Join(lines, "\n")
}
