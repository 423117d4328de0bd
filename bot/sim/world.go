package sim

import (
	"context"
	"net/http"
	"time"
)

type world struct{}

// New makes a Server. It listens nowhere until its handlers are served.
func New(o Options) *Server { return &Server{} }

// API serves /bot<token>/<method> and /file/bot<token>/<path>.
func (s *Server) API() http.Handler { return http.NotFoundHandler() }

// Close ends long polls, watches and webhook deliveries, so that servers around
// the handlers can shut down.
func (s *Server) Close() {}

// Now is the simulator's time.
func (s *Server) Now() time.Time { return time.Now() }

// Move sets the clock forward by d and calls what OnMove registered, in order.
func (s *Server) Move(ctx context.Context, d time.Duration) error { return nil }

// OnMove registers what must happen when the clock was moved (expire keys, wake
// a scheduler); now is the new time and d how far it jumped.
func (s *Server) OnMove(f func(ctx context.Context, now time.Time, d time.Duration) error) {}

// AddPerson and AddGroup put people and groups into the world.
func (s *Server) AddPerson(p Person) {}

func (s *Server) AddGroup(g Group) {}

// Settle registers how to wait until the bot has nothing left to do. Play and the
// page's tour call it after each act; without it Play waits for what it expects only.
func (s *Server) Settle(f func(ctx context.Context) error) {}

func (s *Server) Do(ctx context.Context, who, chat int64, a Act) (int, error) { return 0, nil }

// Edit changes a message that who sent before.
func (s *Server) Edit(ctx context.Context, who, chat int64, message int, text string) error { return nil }

// Press presses the inline button with data on a message that who can see, and
// returns once the bot answered the query or wait passed: Toast.Answered tells.
// Any data may be given: a forged press is delivered like an honest one.
func (s *Server) Press(ctx context.Context, who, chat int64, message int, data string) (Toast, error) { return Toast{}, nil }

// Block makes the bot unreachable for who (403, my_chat_member "kicked"); Unblock undoes it.
func (s *Server) Block(who int64) error { return nil }

func (s *Server) Unblock(who int64) error { return nil }

// Vote answers a native poll; no options retracts.
func (s *Server) Vote(ctx context.Context, who, chat int64, message int, options []int) error { return nil }

// People lists the people in the order they were added; Groups likewise.
func (s *Server) People() []Person { return nil }

func (s *Server) Groups() []Group { return nil }

// Chats lists the chats of who: the private one with the bot first, then groups.
func (s *Server) Chats(who int64) []Chat { return nil }

// History returns the newest limit messages of a chat before message ID before (0: from
// the end), oldest first, as who sees them.
func (s *Server) History(who, chat int64, before, limit int) []Message { return nil }

// File opens an attachment by File.Path.
func (s *Server) File(path string) (data []byte, mime string, err error) { return nil, "", nil }

// Watch returns the events after seq (0: from now) as they come. The channel is closed by
// stop, by Close, and when the watcher falls more than 1,000 events behind.
func (s *Server) Watch(seq int64) (events <-chan Event, stop func()) { return make(chan Event), func() {} }

// Message returns one message as who sees it; ok is false when there is none.
func (s *Server) Message(who, chat int64, id int) (m Message, ok bool) { return Message{}, false }

// Play acts a conversation and compares what the bot says with the script.
func (s *Server) Play(ctx context.Context, script string) error { return nil }

// Step is one line of a script.
type Step struct {
	Line int    // where it stands in the script, from 1
	Who  string // a person's key, or "bot"
	Chat string // a group's key; empty: the private chat
	Text string // what stands after the colon
}

// Parse reads a script.
func Parse(script string) ([]Step, error) { return nil, nil }

// Perform does what the human of a step does; a step of the bot is nothing to do.
func (s *Server) Perform(ctx context.Context, step Step) error { return nil }
