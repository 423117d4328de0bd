package telegram

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"time"

	"xingfuli/bot/queue"
	"xingfuli/bot/text"
)

// Memory is what the router keeps between turns.
type Memory interface {
	// Known reads, in one round trip, what is kept of a chat and a person.
	Known(ctx context.Context, chat, user int64) (queue.Known, error)
	// SetDialogue replaces the dialogue that was read with version was; one without a word ends
	// it. Setting the same version again changes nothing. It returns queue.ErrConflict when
	// another step came first.
	SetDialogue(ctx context.Context, chat, user, was int64, d queue.Dialogue) error
	// SetGone notes why a person cannot be reached, or with an empty why that they are back.
	SetGone(ctx context.Context, user int64, why queue.Why) error
	// SetTitle notes what a group is called that belongs to a community.
	SetTitle(ctx context.Context, group int64, title string) error
	// Migrate renames a group that has become a supergroup; again is harmless.
	Migrate(ctx context.Context, from, to int64) error
}

// Handler answers one turn. What it returns as an error is explained to the person.
type Handler func(context.Context, *Turn) error

// TextHandler looks at words that are no command; it returns false when they are not for it.
type TextHandler func(context.Context, *Turn) (bool, error)

// Where a command works.
type Where int

// The places.
const (
	Anywhere Where = iota
	Private
	Group
)

// Command is one entry of the router's table, as /help and Telegram's menu show it.
type Command struct {
	Word  string
	About string // key of its description; empty: it is listed nowhere
	Where Where
	May   func(context.Context, *Turn) (bool, error) // nil: everybody; asked on every use
	run   Handler
}

// Option refines a command.
type Option func(*Command)

// About lists the command in /help and Telegram's menu, described by the text under key.
func About(key string) Option { return func(c *Command) { c.About = key } }

// In says where the command works; elsewhere the person is told.
func In(w Where) Option { return func(c *Command) { c.Where = w } }

// For lets only those use the command, and see it in /help, for whom may returns true.
func For(may func(context.Context, *Turn) (bool, error)) Option {
	return func(c *Command) { c.May = may }
}

// Router finds who answers an update. Its table is filled before the first turn and
// not changed afterwards.
type Router struct {
	Sender   *Sender
	Memory   Memory
	Username string // the bot's own, without @
	ID       int64  // the bot's own
	Default  text.Language
	Now      func() time.Time
	Timeout  time.Duration // one turn's, without the time its messages wait to be sent
	Flood    Flood
	Log      *slog.Logger

	commands []*Command
	byWord   map[string]*Command
	buttons  map[string]Handler
	steps    map[string]Handler
	doing    map[string]string // word of a dialogue → key of its name
	phrases  map[string]Handler
	leave    Handler // of who leaves a dialogue
	leaving  string  // key of the words for it
	texts    []TextHandler
	files    []TextHandler
	joined   []Handler
	lost     Handler // nothing else took what was said to the bot itself
	explain  []explanation

	albums sync.Map // chat → media_group_id last answered
}

type explanation struct {
	err error
	key string
}

// Refusals that every feature shares.
var (
	// ErrForbidden refuses somebody who lacks the right; a handler may return its own.
	ErrForbidden = errors.New("telegram: not allowed")
	// ErrAnonymous refuses an anonymous admin of a group what needs a name.
	ErrAnonymous = errors.New("telegram: nobody knows who an anonymous admin is")
)

// Command registers the handler of /word.
func (r *Router) Command(word string, run Handler, options ...Option) {
	c := &Command{Word: word, run: run}
	for _, o := range options {
		o(c)
	}
	if r.byWord == nil {
		r.byWord = map[string]*Command{}
	}
	if r.byWord[word] != nil {
		panic("telegram: two commands /" + word)
	}
	r.byWord[word] = c
	r.commands = append(r.commands, c)
}

// Button registers the handler of presses on buttons with this word.
func (r *Router) Button(word string, h Handler) { register(&r.buttons, "button", word, h) }

// Step registers the handler of what a person says inside a dialogue of this word; the
// text under name is what the person was doing, 「发菜单」. A dialogue without a name is
// left for something new without a word.
func (r *Router) Step(word, name string, h Handler) {
	register(&r.steps, "step", word, h)
	if name == "" {
		return
	}
	if r.doing == nil {
		r.doing = map[string]string{}
	}
	r.doing[word] = name
}

// Phrase registers the handler of a key of the reply keyboard: its label, the text
// under key, in any language.
func (r *Router) Phrase(key string, h Handler) {
	for _, l := range text.Languages() {
		register(&r.phrases, "phrase", text.In(l).Plain(key, nil), h)
	}
}

// Leave registers the handler of words that end a dialogue in private, and are words like any
// others outside of one: the text under key, in any language, has them one a line.
func (r *Router) Leave(key string, h Handler) {
	r.leave, r.leaving = h, key
}

// leaves tells whether a person wants to leave the dialogue.
func (r *Router) leaves(t *Turn) bool {
	return r.leave != nil && t.Private() && t.Known.Dialogue.Word != "" && t.Means(r.leaving)
}

// Means tells whether all that the person has said is one of the words of the text under key,
// one a line, in any language.
func (t *Turn) Means(key string) bool {
	said := strings.ToLower(strings.Trim(t.Text, " \t\n。.！!~～"))
	for _, l := range text.Languages() {
		for word := range strings.Lines(text.In(l).Plain(key, nil)) {
			if said == strings.TrimSpace(word) {
				return true
			}
		}
	}
	return false
}

// Text registers a handler of plain words; they are asked in order.
func (r *Router) Text(h TextHandler) { r.texts = append(r.texts, h) }

// File registers a handler of documents that are sent to the bot itself outside of a dialogue,
// with or without words; they are asked in order, before those of words.
func (r *Router) File(h TextHandler) { r.files = append(r.files, h) }

// Joined registers a handler for the bot being added to a group.
func (r *Router) Joined(h Handler) { r.joined = append(r.joined, h) }

// Lost registers the answer to what nobody else understood but was said to the bot itself.
func (r *Router) Lost(h Handler) { r.lost = h }

// Explain gives the text that tells a person about err.
func (r *Router) Explain(err error, key string) {
	r.explain = append(r.explain, explanation{err, key})
}

// Commands lists the table in the order of registration.
func (r *Router) Commands() []Command {
	list := make([]Command, len(r.commands))
	for i, c := range r.commands {
		list[i] = *c
	}
	return list
}

func register(table *map[string]Handler, what, word string, h Handler) {
	if *table == nil {
		*table = map[string]Handler{}
	}
	if (*table)[word] != nil {
		panic("telegram: two handlers for " + what + " " + word)
	}
	(*table)[word] = h
}
