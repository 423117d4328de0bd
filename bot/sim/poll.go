package sim

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"time"
	"unicode/utf8"
)

// What Telegram takes of a poll.
const (
	maxQuestion    = 300
	maxOptions     = 12
	maxOption      = 100
	maxExplanation = 200
	minOpen        = 5
	maxOpen        = 2_628_000 // seconds
)

// poll is a native poll. api is replaced by every vote. Forwards of it are the same poll.
type poll struct {
	api   *apiPoll
	at    []spot
	votes map[int64][]int
	timer *time.Timer
}

// spot is a message that shows a poll.
type spot struct {
	chat *chat
	msg  *message
}

type rawOption struct {
	Text  string          `json:"text"`
	Mode  string          `json:"text_parse_mode"`
	Marks json.RawMessage `json:"text_entities"`
}

func (o *rawOption) UnmarshalJSON(b []byte) error {
	if b[0] == '"' {
		return json.Unmarshal(b, &o.Text)
	}
	type plain rawOption
	return json.Unmarshal(b, (*plain)(o))
}

func (s *Server) sendPoll(c *call) (any, *apiError) {
	api, err := s.readPoll(c.p)
	if err != nil {
		return nil, err
	}
	d, err := s.draft(c)
	if err != nil {
		return nil, err
	}
	s.queryIDs++
	api.ID = strconv.FormatInt(5_300_000_000_000_000_000+s.queryIDs, 10)
	p := &poll{api: api, votes: map[int64][]int{}}
	d.msg.poll, d.msg.api.Poll = p, api
	s.send(d)
	s.schedulePoll(p)
	return d.msg.api, nil
}

// readPoll checks the parameters of sendPoll.
func (s *Server) readPoll(p params) (*apiPoll, *apiError) {
	q, err := s.format(p.str("question"), p.str("question_parse_mode"), p.str("question_entities"))
	switch {
	case err != nil:
		return nil, err
	case q.text == "":
		return nil, bad("poll question must be non-empty")
	case len16(q.text) > maxQuestion:
		return nil, bad("poll question length must not exceed %d", maxQuestion)
	}
	api := &apiPoll{
		Question: q.text, QuestionEntities: q.entities, Type: "regular", Closed: p.bool("is_closed"),
		Anonymous: !p.has("is_anonymous") || p.bool("is_anonymous"), Multiple: p.bool("allows_multiple_answers"),
		MembersOnly: p.bool("members_only"), Revoting: true,
	}
	if t := p.str("type"); t == "quiz" {
		api.Type, api.Revoting = "quiz", false
	} else if t != "" && t != "regular" {
		return nil, bad("unsupported poll type specified")
	}
	if p.has("allows_revoting") {
		api.Revoting = p.bool("allows_revoting")
	}
	if err := s.readOptions(p, api); err != nil {
		return nil, err
	}
	if err := s.readQuiz(p, api); err != nil {
		return nil, err
	}
	return api, s.readClose(p, api)
}

func (s *Server) readOptions(p params, api *apiPoll) *apiError {
	var list []rawOption
	if err := p.json("options", &list); err != nil {
		return bad("can't parse options JSON object")
	}
	if len(list) < 1 {
		return bad("poll must have at least 1 option")
	}
	if len(list) > maxOptions {
		return bad("poll can't have more than %d options", maxOptions)
	}
	for i, o := range list {
		f, err := s.format(o.Text, o.Mode, string(o.Marks))
		switch {
		case err != nil:
			return err
		case f.text == "":
			return bad("poll options must be non-empty")
		case utf8.RuneCountInString(f.text) > maxOption:
			return bad("poll options length must not exceed %d", maxOption)
		}
		api.Options = append(api.Options, apiPollOption{PersistentID: strconv.Itoa(i), Text: f.text, TextEntities: f.entities})
	}
	return nil
}

// readQuiz reads what only a quiz has. go-telegram/bot v1.19.0 sends correct_option_id
// with every poll, so it is read for quizzes only.
func (s *Server) readQuiz(p params, api *apiPoll) *apiError {
	if api.Type != "quiz" {
		return nil
	}
	if p.has("correct_option_ids") {
		if err := p.json("correct_option_ids", &api.Correct); err != nil {
			return bad("can't parse correct option identifiers JSON object")
		}
	} else if p.has("correct_option_id") {
		api.Correct = []int{int(p.int("correct_option_id"))}
	}
	if len(api.Correct) == 0 {
		return bad("correct option identifiers must be specified for quizzes")
	}
	for _, i := range api.Correct {
		if i < 0 || i >= len(api.Options) {
			return bad("wrong correct option ID specified")
		}
	}
	f, err := s.format(p.str("explanation"), p.str("explanation_parse_mode"), p.str("explanation_entities"))
	if err == nil && len16(f.text) > maxExplanation {
		err = bad("explanation is too long")
	}
	api.Explanation, api.ExplanationEntities = f.text, f.entities
	return err
}

// readClose reads when the poll ends.
func (s *Server) readClose(p params, api *apiPoll) *apiError {
	now := s.clock.now().Unix()
	switch {
	case p.has("open_period") && p.has("close_date"):
		return bad("open_period and close_date can't be used together")
	case p.has("open_period"):
		api.OpenPeriod = int(p.int("open_period"))
		api.CloseDate = now + int64(api.OpenPeriod)
	case p.has("close_date"):
		api.CloseDate = p.int("close_date")
	default:
		return nil
	}
	if left := api.CloseDate - now; left < minOpen || left > maxOpen {
		return bad("poll can be open for %d-%d seconds", minOpen, maxOpen)
	}
	return nil
}

// schedulePoll closes a poll at its time when the clock runs by itself; a clock that was
// moved closes it in closePolls.
func (s *Server) schedulePoll(p *poll) {
	if p.api.CloseDate == 0 || p.api.Closed {
		return
	}
	s.polls[p] = true
	if s.opts.Stopped {
		return
	}
	wait := time.Unix(p.api.CloseDate, 0).Sub(s.clock.now())
	p.timer = time.AfterFunc(wait, func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.closePolls(s.clock.now())
	})
}

// closePolls closes the polls whose time is over.
func (s *Server) closePolls(now time.Time) {
	for p := range s.polls {
		if p.api.CloseDate <= now.Unix() {
			s.closePoll(p)
		}
	}
}

func (s *Server) closePoll(p *poll) {
	next := *p.api
	next.Closed = true
	p.stopTimer()
	delete(s.polls, p)
	s.setPoll(p, &next)
}

func (p *poll) stopTimer() {
	if p.timer != nil {
		p.timer.Stop()
	}
}

// setPoll shows the new state wherever the poll is, and tells the bot.
func (s *Server) setPoll(p *poll, next *apiPoll) {
	p.api = next
	for _, at := range p.at {
		api := *at.msg.api
		api.Poll = next
		at.msg.api = &api
		s.emitMessage(at.chat, api.ID)
	}
	s.push("poll", &apiUpdate{Poll: next}, pollQueue(next.ID), s.clock.now().Add(day))
}

func (s *Server) stopPoll(c *call) (any, *apiError) {
	ch, m, mk, err := s.editable(c)
	if err != nil {
		return nil, err
	}
	if m.poll == nil {
		return nil, bad("message with poll to stop not found")
	}
	if m.poll.api.Closed {
		return nil, bad("poll has already been closed")
	}
	api := *m.api
	api.Markup = mk.inline
	m.api = &api
	s.closePoll(m.poll)
	s.record(ch, m, tapeEdit)
	return m.poll.api, nil
}

// Vote answers a native poll; no options retracts.
func (s *Server) Vote(ctx context.Context, who, chat int64, message int, options []int) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	c, p, err := s.enter(who, chat)
	if err != nil {
		return err
	}
	m := c.alive(message)
	if m == nil || m.poll == nil {
		return ErrNoMessage
	}
	if err := m.poll.allows(who, options); err != nil {
		return err
	}
	s.vote(m.poll, p, options)
	return nil
}

func (p *poll) allows(who int64, options []int) error {
	for i, o := range options {
		if o < 0 || o >= len(p.api.Options) || slices.Contains(options[:i], o) {
			return fmt.Errorf("%w: no option %d", ErrPoll, o)
		}
	}
	switch {
	case p.api.Closed:
		return fmt.Errorf("%w: it is closed", ErrPoll)
	case len(options) > 1 && !p.api.Multiple:
		return fmt.Errorf("%w: one answer only", ErrPoll)
	case len(p.votes[who]) > 0 && !p.api.Revoting:
		return fmt.Errorf("%w: the answer cannot be changed", ErrPoll)
	}
	return nil
}

func (s *Server) vote(p *poll, who *person, options []int) {
	delete(p.votes, who.ID)
	if len(options) > 0 {
		p.votes[who.ID] = slices.Clone(options)
	}
	next := *p.api
	next.Options = slices.Clone(next.Options)
	for i := range next.Options {
		next.Options[i].Voters = 0
	}
	for _, chosen := range p.votes {
		for _, i := range chosen {
			next.Options[i].Voters++
		}
	}
	next.Total = len(p.votes)
	s.setPoll(p, &next)
	if next.Anonymous {
		return
	}
	a := &apiPollAnswer{PollID: next.ID, User: who.api, OptionIDs: []int{}, PersistentIDs: []string{}}
	for _, i := range options {
		a.OptionIDs = append(a.OptionIDs, i)
		a.PersistentIDs = append(a.PersistentIDs, next.Options[i].PersistentID)
	}
	s.push("poll_answer", &apiUpdate{PollAnswer: a}, pollQueue(next.ID), s.clock.now().Add(day))
}

// view is the poll as one person sees it.
func (p *poll) view(who int64) *Poll {
	a := p.api
	v := &Poll{ID: a.ID, Question: a.Question, Anonymous: a.Anonymous, Multiple: a.Multiple, Closed: a.Closed, Total: a.Total}
	for i, o := range a.Options {
		v.Options = append(v.Options, PollOption{Text: o.Text, Votes: o.Voters, Mine: slices.Contains(p.votes[who], i)})
	}
	return v
}
