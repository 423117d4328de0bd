package jobs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"xingfuli/bot/queue"
	"xingfuli/bot/sim"
	"xingfuli/bot/store"
	"xingfuli/bot/store/redistest"
	"xingfuli/bot/telegram"
	"xingfuli/bot/text"
)

const (
	author  int64 = 1001
	crowdAt int64 = 10_000
	village int64 = -1001000000001
)

// office is a store, a simulated Telegram and replicas that send deliveries of the kind
// "test", whose body is their text and whose targets are their chats.
type office struct {
	sim   *sim.Server
	url   string
	store *store.Store
	db    *redis.Client
	now   atomic.Pointer[time.Time]
	quiet atomic.Bool
}

func newOffice(t testing.TB, db *redis.Client, o sim.Options) *office {
	t.Helper()
	o.Bot = sim.Bot{ID: 7, Username: "ourbot", Name: "Bot"}
	h := &office{sim: sim.New(o), store: store.New(db, "t:"), db: db}
	server := httptest.NewServer(h.sim.API())
	h.url = server.URL
	t.Cleanup(func() { h.sim.Close(); server.Close() })
	now := time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)
	h.now.Store(&now)
	h.people(t, author, 1)
	return h
}

// people puts n people into the world who have started the bot.
func (h *office) people(t testing.TB, from int64, n int) []queue.Chat {
	t.Helper()
	chats := make([]queue.Chat, n)
	for i := range chats {
		id := from + int64(i)
		h.sim.AddPerson(sim.Person{ID: id, Name: "x", Language: "en"})
		if err := h.sim.Start(id); err != nil {
			t.Fatal(err)
		}
		chats[i] = queue.Chat{ID: id}
	}
	return chats
}

// replica makes a Post that is not running.
func (h *office) replica(t testing.TB, limits telegram.Limits) *Post {
	t.Helper()
	client, err := telegram.NewClient("")
	if err != nil {
		t.Fatal(err)
	}
	sender, err := telegram.NewSender(h.url, h.sim.Bot().Token, client, limits)
	if err != nil {
		t.Fatal(err)
	}
	sender.Share(h.store.Limits(7))
	p := NewPost()
	p.Store, p.Sender, p.Default, p.Log = h.store, sender, text.English, slog.New(slog.DiscardHandler)
	p.Now, p.Quiet, p.Owner = func() time.Time { return *h.now.Load() }, func(time.Time) bool { return h.quiet.Load() }, fmt.Sprint(owners.Add(1), "owner")
	p.Lease, p.Every = time.Second, ReportEvery
	p.RegisterActs(h.store, sender)
	p.Register("test", PostKind{
		Fill: func(ctx context.Context, d queue.Delivery, page func(context.Context, []queue.Chat) error) error {
			var chats []queue.Chat
			for _, s := range d.To {
				c, err := queue.ParseChat(s)
				if err != nil {
					return err
				}
				chats = append(chats, c)
			}
			for some := range slices.Chunk(chats, 1000) {
				if err := page(ctx, some); err != nil {
					return err
				}
			}
			return nil
		},
		Compose: func(_ context.Context, d queue.Delivery, _ queue.Chat, _ text.Words) (telegram.Message, error) {
			var said string
			err := json.Unmarshal(d.Body, &said)
			return telegram.Message{HTML: text.Escape(said)}, err
		},
	})
	return p
}

var owners atomic.Int64

// run runs replicas until the test ends, or until what it returns is called.
func run(t testing.TB, ps ...*Post) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	var wg sync.WaitGroup
	for _, p := range ps {
		wg.Go(func() {
			if err := p.Run(ctx); err != nil {
				t.Error(err)
			}
		})
	}
	stop = sync.OnceFunc(func() { cancel(); wg.Wait() })
	t.Cleanup(stop)
	return stop
}

// start starts a delivery of the words to chats.
func (h *office) start(t testing.TB, words string, chats []queue.Chat, change ...func(*queue.Delivery)) string {
	t.Helper()
	body, _ := json.Marshal(words)
	d := queue.Delivery{Kind: "test", Body: body, Author: author, Made: *h.now.Load()}
	for _, c := range chats {
		d.To = append(d.To, c.String())
	}
	for _, f := range change {
		f(&d)
	}
	d, err := h.store.StartDelivery(t.Context(), queue.Op("start "+words), d)
	if err != nil {
		t.Fatal(err)
	}
	return d.ID
}

// patience is how long a test waits for what must come.
const patience = 30 * time.Second

// reached waits until a delivery is as want says.
func (h *office) reached(t testing.TB, id string, want func(queue.Delivery) bool) queue.Delivery {
	t.Helper()
	late := time.After(patience)
	for {
		d, err := h.store.Delivery(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		if want(d) {
			return d
		}
		select {
		case <-late:
			t.Fatalf("it stays at %+v", d.Progress)
		case <-time.After(5 * time.Millisecond):
		}
	}
}

func over(d queue.Delivery) bool {
	return d.State == queue.Over && strings.HasPrefix(d.Told, string(queue.Over))
}

// copies counts how often each chat was sent the words.
func (h *office) copies(words string) map[int64]int {
	n := map[int64]int{}
	for _, c := range h.sim.Calls(0) {
		if c.Params["text"] == words && c.Status == 200 && c.Method == "sendMessage" {
			n[c.Chat]++
		}
	}
	return n
}

// rows reads all rows of a delivery that have ended.
func (h *office) rows(t testing.TB, id string) map[queue.Chat]queue.Row {
	t.Helper()
	all := map[queue.Chat]queue.Row{}
	err := h.store.Rows(t.Context(), id, func(_ context.Context, rows []queue.Row) error {
		for _, r := range rows {
			all[r.To] = r
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

var fast = sim.Options{Unlimited: true}

// TestPost sends to everybody once, whoever is listed twice too, and tells the author.
func TestPost(t *testing.T) {
	t.Parallel()
	redistest.Each(t, func(t *testing.T, db *redis.Client) {
		h := newOffice(t, db, fast)
		chats := h.people(t, crowdAt, 50)
		run(t, h.replica(t, telegram.Limits{}), h.replica(t, telegram.Limits{}), h.replica(t, telegram.Limits{}))
		id := h.start(t, "hello", append(chats, chats[:20]...))
		if again := h.start(t, "hello", chats); again != id {
			t.Errorf("the same op started %s and %s", id, again)
		}
		d := h.reached(t, id, over)
		if d.Sent != 50 || d.Total != 50 || d.Failed+d.Unknown+d.Queued+d.Sending != 0 || d.Ended.IsZero() || d.Report == 0 {
			t.Errorf("%+v", d.Progress)
		}
		for _, c := range chats {
			if n := h.copies("hello")[c.ID]; n != 1 {
				t.Errorf("%d got %d copies", c.ID, n)
			}
		}
		if rows := h.rows(t, id); len(rows) != 50 || rows[chats[0]].State != queue.RowSent || len(rows[chats[0]].Messages) != 1 {
			t.Errorf("%d rows, the first %+v", len(rows), rows[chats[0]])
		}
		if active, err := h.store.ActiveDeliveries(t.Context()); err != nil || len(active) != 0 {
			t.Errorf("%d are active, %v", len(active), err)
		}
	})
}

// TestPostReasons names why each chat was not reached, and none holds up the others.
func TestPostReasons(t *testing.T) {
	t.Parallel()
	redistest.Each(t, func(t *testing.T, db *redis.Client) {
		h := newOffice(t, db, fast)
		c := h.people(t, crowdAt, 8)
		h.sim.AddPerson(sim.Person{ID: 9, Name: "never"})
		var groups []queue.Chat
		for i := range int64(4) {
			g := village - i
			h.sim.AddGroup(sim.Group{ID: g, Title: "g", Members: []int64{author}, Admins: []int64{author}, BotIn: true})
			groups = append(groups, queue.Chat{ID: g})
		}
		moved, err := h.sim.Migrate(groups[3].ID)
		if err != nil {
			t.Fatal(err)
		}
		for _, err := range []error{h.sim.Block(c[0].ID), h.sim.Deactivate(c[1].ID), h.sim.RemoveBot(groups[0].ID, author), h.sim.Mute(groups[1].ID, true), h.store.SetReachable(t.Context(), c[2].ID, false)} {
			if err != nil {
				t.Fatal(err)
			}
		}
		stuck, hung := c[3], c[4]
		h.sim.Fail(func(method string, chat int64) *sim.Fault {
			switch chat {
			case stuck.ID:
				return &sim.Fault{Status: 429, RetryAfter: 60}
			case hung.ID:
				return &sim.Fault{Act: true, Drop: true}
			}
			return nil
		})
		run(t, h.replica(t, telegram.Limits{}))
		all := append(append(slices.Clone(c), queue.Chat{ID: 9}), groups...)
		id := h.start(t, "hello", all)
		d := h.reached(t, id, func(d queue.Delivery) bool { return d.Sent+d.Failed+d.Unknown == len(all)-1 })
		if d.Queued+d.Sending != 1 {
			t.Errorf("the chat that wants silence: %+v", d.Progress)
		}
		rows := h.rows(t, id)
		for chat, why := range map[queue.Chat]queue.Why{
			c[0]: queue.WhyBlocked, c[1]: queue.WhyDeactivated, c[2]: queue.WhyAway, {ID: 9}: queue.WhyNotStarted,
			groups[0]: queue.WhyKicked, groups[1]: queue.WhyMuted,
		} {
			if r := rows[chat]; r.State != queue.RowFailed || r.Why != why {
				t.Errorf("%s: %+v, want %s", chat, r, why)
			}
		}
		if r := rows[hung]; r.State != queue.RowUnknown {
			t.Errorf("the answer was lost, and the row is %+v", r)
		}
		if r := rows[groups[3]]; r.State != queue.RowSent || r.Chat != moved {
			t.Errorf("the group that became %d: %+v", moved, r)
		}
		if r := rows[groups[2]]; r.State != queue.RowSent || r.Chat != 0 {
			t.Errorf("an ordinary group: %+v", r)
		}
	})
}

// TestPostSteered pauses, resumes and stops: nothing is sent from then on.
func TestPostSteered(t *testing.T) {
	t.Parallel()
	redistest.Each(t, func(t *testing.T, db *redis.Client) {
		h := newOffice(t, db, fast)
		chats := h.people(t, crowdAt, 400)
		pass := make(chan struct{}, 1000)
		h.sim.Fail(func(_ string, chat int64) *sim.Fault {
			if chat >= crowdAt {
				<-pass // one at a time, when the test lets it
			}
			return nil
		})
		run(t, h.replica(t, telegram.Limits{}))
		id := h.start(t, "hello", chats)
		for range 10 {
			pass <- struct{}{}
		}
		h.reached(t, id, func(d queue.Delivery) bool { return d.Sent == 10 })
		state, err := h.store.Steer(t.Context(), id, queue.Paused, *h.now.Load(), queue.Running)
		if err != nil || state != queue.Paused {
			t.Fatal(state, err)
		}
		begun := h.reached(t, id, func(d queue.Delivery) bool { return d.State == queue.Paused })
		for range begun.Sending { // those that were begun
			pass <- struct{}{}
		}
		d := h.reached(t, id, func(d queue.Delivery) bool { return d.Sending == 0 && strings.HasPrefix(d.Told, "paused") })
		if d.Sent > 10+maxSending || d.Queued != 400-d.Sent || !d.Ended.IsZero() {
			t.Errorf("paused: %+v", d.Progress)
		}
		if state, _ = h.store.Steer(t.Context(), id, queue.Paused, *h.now.Load(), queue.Running); state != queue.Paused {
			t.Errorf("pausing twice makes it %s", state)
		}
		if state, err = h.store.Steer(t.Context(), id, queue.Running, *h.now.Load(), queue.Paused); state != queue.Running || err != nil {
			t.Errorf("resumed: %s, %v", state, err)
		}
		pass <- struct{}{}
		if state, err = h.store.Steer(t.Context(), id, queue.Stopped, *h.now.Load(), queue.Running, queue.Paused); state != queue.Stopped || err != nil {
			t.Errorf("stopped: %s, %v", state, err)
		}
		close(pass)
		d = h.reached(t, id, func(d queue.Delivery) bool { return !d.Ended.IsZero() && strings.HasPrefix(d.Told, "stopped") })
		if d.Queued == 0 || d.Queued+d.Sent != 400 {
			t.Errorf("stopped: %+v", d.Progress)
		}
		if state, _ = h.store.Steer(t.Context(), id, queue.Running, *h.now.Load(), queue.Paused); state != queue.Stopped {
			t.Errorf("a stopped one became %s", state)
		}
		if sent := len(h.copies("hello")); sent != d.Sent {
			t.Errorf("%d were sent, noted %d", sent, d.Sent)
		}
	})
}

// TestPostQuiet sends in the quiet hours only what is urgent, and the rest when they are over.
func TestPostQuiet(t *testing.T) {
	t.Parallel()
	h := newOffice(t, redistest.Start(t).Client(t), fast)
	h.quiet.Store(true)
	chats := h.people(t, crowdAt, 3)
	p := h.replica(t, telegram.Limits{})
	run(t, p)
	calm := h.start(t, "calm", chats)
	urgent := h.start(t, "urgent", chats, func(d *queue.Delivery) { d.Urgent = true })
	h.reached(t, urgent, over)
	rehearsed := h.start(t, "rehearsed", chats, func(d *queue.Delivery) { d.Rehearsal = true })
	if d := h.reached(t, rehearsed, over); d.Sent != 1 || len(h.copies("[Rehearsal] Only you see this.\n\nrehearsed")) != 1 {
		t.Errorf("a rehearsal at night: %+v", d.Progress)
	}
	if err := p.Settle(t.Context()); err != nil {
		t.Fatal(err)
	}
	if d := h.reached(t, calm, func(queue.Delivery) bool { return true }); d.Queued != 3 || len(h.copies("calm")) != 0 {
		t.Errorf("at night: %+v", d.Progress)
	}
	h.quiet.Store(false)
	if d := h.reached(t, calm, over); d.Sent != 3 {
		t.Errorf("in the morning: %+v", d.Progress)
	}
}

// TestPostUnfilled stops a delivery whose recipients cannot be found.
func TestPostUnfilled(t *testing.T) {
	t.Parallel()
	h := newOffice(t, redistest.Start(t).Client(t), fast)
	p := h.replica(t, telegram.Limits{})
	run(t, p)
	id := h.start(t, "hello", nil, func(d *queue.Delivery) { d.To = []string{"nobody"} })
	h.reached(t, id, func(d queue.Delivery) bool {
		p.Wake() // it is tried again and again
		return d.State == queue.Stopped && strings.HasPrefix(d.Told, "stopped")
	})
}

// TestPostAbandoned finds what a process that died was sending: it is unknown, nobody gets a
// second copy, and who wants can send it again; the others are sent by who lives.
func TestPostAbandoned(t *testing.T) {
	t.Parallel()
	redistest.Each(t, func(t *testing.T, db *redis.Client) {
		h := newOffice(t, db, fast)
		chats := h.people(t, crowdAt, 20)
		id := h.start(t, "hello", chats)
		if err := errors.Join(h.store.Fill(t.Context(), id, chats), h.store.Filled(t.Context(), id, *h.now.Load())); err != nil {
			t.Fatal(err)
		}
		taken := map[queue.Chat]bool{}
		for range 3 {
			to, idle, running, err := h.store.Take(t.Context(), id, "dead", time.Millisecond, *h.now.Load())
			if err != nil || idle || !running {
				t.Fatal(to, idle, running, err)
			}
			taken[to] = true
		}
		p := h.replica(t, telegram.Limits{})
		run(t, p)
		d := h.reached(t, id, over)
		if d.Sent != 17 || d.Unknown != 3 {
			t.Errorf("%+v", d.Progress)
		}
		for c, r := range h.rows(t, id) {
			if (r.State == queue.RowUnknown) != taken[c] {
				t.Errorf("%s: %+v", c, r)
			}
		}
		for to := range taken { // the dead one was alive after all, and one of them it has sent
			r := queue.Row{To: to, State: queue.RowSent, Messages: []int{77}}
			for range 2 {
				if err := h.store.Settle(t.Context(), id, "dead", r, 0, false, *h.now.Load()); err != nil {
					t.Fatal(err)
				}
			}
			break
		}
		if d = h.reached(t, id, func(queue.Delivery) bool { return true }); d.Sent != 18 || d.Unknown != 2 {
			t.Errorf("after the late word: %+v", d.Progress)
		}
		for range 2 { // the same press, handled twice
			if _, err := h.store.Again(t.Context(), "press", id, queue.RowUnknown); err != nil {
				t.Fatal(err)
			}
		}
		d = h.reached(t, id, func(d queue.Delivery) bool { return over(d) && d.Sent == 20 })
		if d.Unknown+d.Failed != 0 || d.Total != 20 {
			t.Errorf("at the end: %+v", d.Progress)
		}
		for c, n := range h.copies("hello") {
			if n != 1 {
				t.Errorf("%d got %d copies", c, n)
			}
		}
	})
}

// TestPostActs corrects, reminds of and takes back what was sent.
func TestPostActs(t *testing.T) {
	t.Parallel()
	redistest.Each(t, func(t *testing.T, db *redis.Client) {
		h := newOffice(t, db, fast)
		chats := h.people(t, crowdAt, 4)
		run(t, h.replica(t, telegram.Limits{}))
		id := h.start(t, "watr off at 8", chats, func(d *queue.Delivery) { d.Receipt = true })
		h.reached(t, id, over)
		if first, err := h.store.Got(t.Context(), id, chats[0].ID, chats[0].ID, *h.now.Load()); !first || err != nil {
			t.Error(first, err)
		}
		if first, _ := h.store.Got(t.Context(), id, chats[0].ID, chats[0].ID, *h.now.Load()); first {
			t.Error("a receipt is news twice")
		}
		body, _ := json.Marshal(Revision{Body: json.RawMessage(`"water off at 8"`)})
		act := func(kind string, body json.RawMessage) queue.Delivery {
			d, err := h.store.StartDelivery(t.Context(), queue.Op(kind), queue.Delivery{Kind: kind, Ref: id, Body: body, Author: author, Made: *h.now.Load()})
			if err != nil {
				t.Fatal(err)
			}
			return h.reached(t, d.ID, over)
		}
		if d := act(queue.KindRevise, body); d.Sent != 4 {
			t.Errorf("corrected: %+v", d.Progress)
		}
		edited := 0
		for _, c := range h.sim.Calls(0) {
			if c.Method == "editMessageText" && c.Params["text"] == "water off at 8" && strings.Contains(c.Params["reply_markup"], "got "+id) {
				edited++
			}
		}
		if edited != 4 {
			t.Errorf("%d copies were edited", edited)
		}
		if d := act(queue.KindRemind, nil); d.Sent != 3 {
			t.Errorf("reminded: %+v", d.Progress)
		}
		if err := h.sim.Delete(chats[1].ID, 7, h.rows(t, id)[chats[1]].Messages[0]); err != nil {
			t.Fatal(err)
		}
		h.sim.Fail(func(method string, chat int64) *sim.Fault {
			if method == "deleteMessage" && chat == chats[2].ID {
				return &sim.Fault{Status: 400, Body: `{"ok":false,"error_code":400,"description":"Bad Request: message can't be deleted"}`}
			}
			return nil
		})
		d := act(queue.KindRecall, nil)
		if d.Sent != 3 || d.Failed != 1 || h.rows(t, d.ID)[chats[2]].Why != queue.WhyOld {
			t.Errorf("taken back: %+v, %+v", d.Progress, h.rows(t, d.ID))
		}
	})
}

// strict is a server that counts the messages of any one second, and refuses the 31st.
type strict struct {
	mu      sync.Mutex
	at      []time.Time
	refused int
}

func (s *strict) fault(_ string, chat int64) *sim.Fault {
	if chat < crowdAt {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Now()
	for len(s.at) > 0 && now.Sub(s.at[0]) >= time.Second {
		s.at = s.at[1:]
	}
	if len(s.at) >= 30 {
		s.refused++
		return &sim.Fault{Status: 429, RetryAfter: 1}
	}
	s.at = append(s.at, now)
	return &sim.Fault{Delay: 50 * time.Millisecond, Act: true}
}

// TestPostPace sends as fast as Telegram lets it and no faster: against the simulator's bucket
// and against a strict window, with 50 ms a call and three replicas, without one refusal. A
// machine that is busy with other tests gets three tries.
func TestPostPace(t *testing.T) {
	const n, tries = 240, 3
	for name, o := range map[string]sim.Options{"bucket": {KeepCalls: 2 * n}, "window": {KeepCalls: 2 * n, Unlimited: true}} {
		t.Run(name, func(t *testing.T) {
			for try := 1; ; try++ {
				ratio, refused := pace(t, name, n, o)
				t.Logf("%d messages in %.3f of the ideal time, %d refused", n, ratio, refused)
				if refused == 0 && ratio <= 1.03 {
					return
				}
				if try == tries {
					t.Errorf("%d were refused, and it took %.3f of the ideal time", refused, ratio)
					return
				}
			}
		})
	}
}

// pace sends to n people and returns how long that took, as a part of n thirtieths of a second,
// and how much was refused.
func pace(t *testing.T, name string, n int, o sim.Options) (ratio float64, refused int) {
	t.Helper()
	h := newOffice(t, redistest.Start(t).Client(t), o)
	chats := h.people(t, crowdAt, n)
	window := &strict{}
	h.sim.Fail(func(method string, chat int64) *sim.Fault {
		if name == "window" {
			return window.fault(method, chat)
		}
		return &sim.Fault{Delay: 50 * time.Millisecond, Act: true}
	})
	limits := telegram.Limits{PerSecond: 30, PerChatSecond: 1, PerGroupMinute: 20}
	stop := run(t, h.replica(t, limits), h.replica(t, limits), h.replica(t, limits))
	defer stop()
	id := h.start(t, "hello", chats, func(d *queue.Delivery) { d.Author = 0 })
	h.reached(t, id, func(d queue.Delivery) bool { return d.Sent > 0 })
	began, first := time.Now(), len(h.copies("hello"))
	d := h.reached(t, id, func(d queue.Delivery) bool { return d.State == queue.Over })
	ratio = time.Since(began).Seconds() / (float64(n-first) / limits.PerSecond)
	if d.Sent != n {
		t.Errorf("%+v", d.Progress)
	}
	refused = window.refused
	for _, c := range h.sim.Calls(0) {
		if c.Status == 429 {
			refused++
		}
	}
	return ratio, refused
}

// BenchmarkPost sends without limits: how many messages a second, and how many round trips to
// Redis each of them takes.
func BenchmarkPost(b *testing.B) {
	server := redistest.Start(b)
	h := newOffice(b, server.Client(b), fast)
	chats := h.people(b, crowdAt, b.N)
	p := h.replica(b, telegram.Limits{})
	b.ResetTimer()
	run(b, p)
	id := h.start(b, "hello", chats, func(d *queue.Delivery) { d.Author = 0 })
	h.reached(b, id, func(d queue.Delivery) bool { return d.State == queue.Over })
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "messages/s")
}
