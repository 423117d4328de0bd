package sim

import (
	"context"
	"fmt"
	"hash/fnv"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// keepMessages and keepCalls bound what a Server remembers when Options do not say.
const (
	keepMessages = 1_000
	keepCalls    = 4_096
)

// anonymousID is the account that stands as sender of an anonymous admin's messages.
const anonymousID = 1087968824

// world is the state of a Server.
type world struct {
	opts  Options
	bot   Bot
	me    *apiUser
	clock clock
	mux   http.Handler

	mu       sync.Mutex // guards what follows
	turn     *sync.Cond // on mu: an update came or went, a poll or a delivery began or ended
	people   []*person
	groups   []*group
	chats    map[int64]*chat // by the ID that the API uses: the person's or the group's
	updates  queue
	hook     hook
	events   eventLog
	queries  map[string]*query
	queryIDs int64
	files    fileStore
	polls    map[*poll]bool          // open ones that have an end
	commands map[string][]apiCommand // by scope key
	profile  map[string]string       // setMyName and the like, by kind and language
	limits   limits
	faults   []func(method string, chat int64) *Fault
	calls    callLog
	missed   map[string]bool // methods called that are not simulated
	settle   settleFunc
	stops    stopFunc
	tapes    map[*tape]bool
	closed   bool
	life     context.Context // ends with Close
	end      context.CancelFunc
	done     <-chan struct{} // that of life

	moving sync.Mutex // one Move at a time
	onMove []moveFunc
}

// person is a Person with what the API shows of it.
type person struct {
	Person
	api *apiUser
}

// group is a Group with its state.
type group struct {
	Group
	chat    *chat
	members map[int64]bool
	admins  map[int64]bool
	kicked  bool         // the bot was removed by somebody
	deleted bool         // disbanded
	muted   bool         // the bot may not write
	closed  map[int]bool // topics
	moved   int64        // the supergroup that it became
}

// chat is a private chat of a person with the bot, or a group.
type chat struct {
	id     int64
	api    *apiChat
	person *person // nil in groups
	group  *group  // nil in private chats

	msgs   []*message // ascending by ID, the newest keepMessages
	lastID int
	pinned []int

	keyboard  *Keyboard           // what everybody sees below the input field
	keyboards map[int64]*Keyboard // what one member sees instead
	typing    *time.Timer

	started bool // the person wrote once
	blocked bool // the person blocked the bot
	gone    bool // the person's account is deleted

	bucket bucket
	minute bucket // groups: 20 a minute
}

// message is one message. api is never changed, only replaced.
type message struct {
	api     *apiMessage
	from    int64 // a person's or the bot's ID, 0 for a service message
	name    string
	deleted bool
	pinned  bool
	service Deed
	reply   *Keyboard
	files   []*file
	poll    *poll
	chosen  map[int64]apiReaction
}

// New makes a Server. It listens nowhere until its handlers are served.
func New(o Options) *Server {
	o.Bot = botDefaults(o.Bot)
	if o.KeepMessages <= 0 {
		o.KeepMessages = keepMessages
	}
	if o.KeepCalls <= 0 {
		o.KeepCalls = keepCalls
	}
	s := &Server{}
	s.opts, s.bot = o, o.Bot
	s.me = &apiUser{ID: o.Bot.ID, IsBot: true, FirstName: o.Bot.Name, Username: o.Bot.Username}
	s.turn = sync.NewCond(&s.mu)
	s.clock.start(o.Start, o.Stopped)
	s.chats = map[int64]*chat{}
	s.queries = map[string]*query{}
	s.polls = map[*poll]bool{}
	s.commands = map[string][]apiCommand{}
	s.profile = map[string]string{}
	s.tapes = map[*tape]bool{}
	s.missed = map[string]bool{}
	s.files.init()
	s.updates.init(s.clock.now())
	s.limits.init()
	s.calls.init(o.KeepCalls)
	s.life, s.end = context.WithCancel(context.Background())
	s.done = s.life.Done()
	s.mux = http.HandlerFunc(s.serve)
	return s
}

func botDefaults(b Bot) Bot {
	if b.ID == 0 {
		b.ID = 7_000_000_001
		if id, _, ok := strings.Cut(b.Token, ":"); ok {
			if n, err := strconv.ParseInt(id, 10, 64); err == nil {
				b.ID = n
			}
		}
	}
	if b.Token == "" {
		b.Token = fmt.Sprintf("%d:simulated-bot-token-%08x", b.ID, hash(strconv.FormatInt(b.ID, 10)))
	}
	if b.Username == "" {
		b.Username = "simulated_bot"
	}
	if b.Name == "" {
		b.Name = b.Username
	}
	return b
}

func hash(s string) uint64 {
	h := fnv.New64a()
	h.Write([]byte(s))
	return h.Sum64()
}

// Bot returns the bot's account, with the token that the API asks for.
func (s *Server) Bot() Bot { return s.bot }

// Close ends long polls, watches and webhook deliveries, so that servers around
// the handlers can shut down.
func (s *Server) Close() {
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return
	}
	s.closed = true
	s.turn.Broadcast()
	s.end()
	s.events.closeAll()
	for _, c := range s.chats {
		c.stopTyping()
	}
	for p := range s.polls {
		p.stopTimer()
	}
	for _, l := range s.hook.lines {
		l.stop()
	}
	client := s.hook.client
	s.mu.Unlock()
	s.hook.running.Wait()
	if client != nil {
		client.CloseIdleConnections()
	}
}

// AddPerson puts a person into the world; one who is there already is replaced.
func (s *Server) AddPerson(p Person) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if p.Key == "" {
		p.Key = p.Name
	}
	api := &apiUser{ID: p.ID, FirstName: p.Name, Username: p.Username, Language: p.Language}
	if c := s.chats[p.ID]; c != nil && c.person != nil {
		c.person.Person, c.person.api = p, api
		return
	}
	pp := &person{Person: p, api: api}
	s.people = append(s.people, pp)
	s.chats[p.ID] = &chat{
		id: p.ID, person: pp, keyboards: map[int64]*Keyboard{},
		api: &apiChat{ID: p.ID, Type: "private", FirstName: p.Name, Username: p.Username},
	}
}

// AddGroup puts a group into the world; one who is there already is replaced, its
// messages stay.
func (s *Server) AddGroup(g Group) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if g.Key == "" {
		g.Key = g.Title
	}
	gg := &group{Group: g, members: map[int64]bool{}, admins: map[int64]bool{}, closed: map[int]bool{}}
	gg.Topics = map[int]string{}
	for id, name := range g.Topics {
		gg.Topics[id] = name
	}
	for _, id := range g.Members {
		gg.members[id] = true
	}
	for _, id := range g.Admins {
		gg.admins[id] = true
	}
	s.placeGroup(gg)
}

func (s *Server) placeGroup(g *group) {
	kind := "group"
	if strings.HasPrefix(strconv.FormatInt(g.ID, 10), "-100") {
		kind = "supergroup"
	}
	api := &apiChat{ID: g.ID, Type: kind, Title: g.Title, Forum: g.Forum}
	if c := s.chats[g.ID]; c != nil && c.group != nil {
		for i := range s.groups {
			if s.groups[i] == c.group {
				s.groups[i] = g
			}
		}
		c.group, c.api, g.chat = g, api, c
		return
	}
	g.chat = &chat{id: g.ID, group: g, api: api, keyboards: map[int64]*Keyboard{}}
	s.groups = append(s.groups, g)
	s.chats[g.ID] = g.chat
}

// People lists the people in the order they were added.
func (s *Server) People() []Person {
	s.mu.Lock()
	defer s.mu.Unlock()
	list := make([]Person, len(s.people))
	for i, p := range s.people {
		list[i] = p.Person
	}
	return list
}

// Groups lists the groups in the order they were added.
func (s *Server) Groups() []Group {
	s.mu.Lock()
	defer s.mu.Unlock()
	list := make([]Group, len(s.groups))
	for i, g := range s.groups {
		list[i] = g.view()
	}
	return list
}

// view copies a group, so that the caller's slices are its own.
func (g *group) view() Group {
	v := g.Group
	v.Members = slices.Sorted(maps.Keys(g.members))
	v.Admins = slices.Sorted(maps.Keys(g.admins))
	v.Topics = maps.Clone(g.Topics)
	return v
}

// person returns a person by ID, nil when there is none.
func (s *Server) person(id int64) *person {
	if c := s.chats[id]; c != nil {
		return c.person
	}
	return nil
}

// botAdmin tells whether the bot is an administrator of the group.
func (s *Server) botAdmin(g *group) bool { return g.BotIn && g.admins[s.bot.ID] }
