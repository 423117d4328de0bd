package telegram_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/redis/go-redis/v9"

	"xingfuli/bot/queue"
	"xingfuli/bot/sim"
	"xingfuli/bot/store"
	"xingfuli/bot/telegram"
	"xingfuli/bot/text"
)

const me, ana, ben = 7000000001, 1001, 1002

// house is a bot of test handlers in a simulated Telegram.
type house struct {
	sim    *sim.Server
	router *telegram.Router
	intake *telegram.Intake
	inbox  *store.Inbox
	store  *store.Store
	log    *lines
}

// lines is a log that several goroutines write.
type lines struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lines) Write(p []byte) (int, error) { l.mu.Lock(); defer l.mu.Unlock(); return l.b.Write(p) }
func (l *lines) String() string              { l.mu.Lock(); defer l.mu.Unlock(); return l.b.String() }

// open builds a house whose router register fills, and runs it until the test ends.
func open(t *testing.T, register func(*house)) *house {
	t.Helper()
	h := &house{log: &lines{}, sim: sim.New(sim.Options{Bot: sim.Bot{ID: me, Username: "ourbot", Name: "Bot", ReadsAll: true}, Unlimited: true})}
	for id, key := range map[int64]string{ana: "ana", ben: "ben"} {
		h.sim.AddPerson(sim.Person{ID: id, Key: key, Name: key, Language: "en"})
	}
	h.sim.AddGroup(sim.Group{ID: -1001, Key: "group", Title: "group", Members: []int64{ana, ben}, Admins: []int64{ben}, BotIn: true})
	srv := httptest.NewServer(h.sim.API())
	db := redis.NewClient(&redis.Options{Addr: miniredis.RunT(t).Addr()})
	log := slog.New(slog.NewTextHandler(h.log, nil))
	h.store = store.New(db, "xf:")
	h.inbox = h.store.Inbox(me)
	h.router = &telegram.Router{Memory: h.store, Username: "ourbot", ID: me, Default: text.English, Now: h.sim.Now, Timeout: 5 * time.Second, Log: log}
	h.router.Sender = newSender(t, srv, h.sim.Bot().Token, h.store, log)
	h.router.Explain(telegram.ErrStale, "chat.stale")
	register(h)
	h.intake = telegram.NewIntake(h.inbox, "one", h.router.Handle, log)
	h.intake.Waits = h.router.EndWaiting
	h.sim.Settle(func(ctx context.Context) error { return errors.Join(h.sim.Drained(ctx), h.intake.Settle(ctx)) })
	p := &telegram.Poller{API: srv.URL, Token: h.sim.Bot().Token, Client: srv.Client(), Accept: h.intake.Accept, Log: log}
	ctx, stop := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	wg.Go(func() { h.intake.Run(ctx) })
	wg.Go(func() { _ = p.Run(ctx) })
	t.Cleanup(func() {
		stop()
		h.sim.Close()
		srv.CloseClientConnections()
		srv.Close()
		wg.Wait()
		_ = db.Close()
	})
	return h
}

func (h *house) play(t *testing.T, script string) {
	t.Helper()
	if err := h.sim.Play(t.Context(), script); err != nil {
		t.Error(err)
	}
}

func say(key string) telegram.Handler {
	return func(ctx context.Context, t *telegram.Turn) error { return t.Say(ctx, key, nil) }
}

// TestFailure breaks a handler after it has spoken: it is tried again without saying the
// same twice, then the person gets one apology with the code that is in the log, the
// update is parked, and the next one is answered.
func TestFailure(t *testing.T) {
	t.Parallel()
	for name, fail := range map[string]func() error{
		"an error": func() error { return errors.New("secret cause") },
		"a panic":  func() error { panic("secret cause") },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var tries atomic.Int64
			h := open(t, func(h *house) {
				h.router.Command("break", func(ctx context.Context, t *telegram.Turn) error {
					if err := t.Say(ctx, "chat.cancelled", nil); err != nil {
						return err
					}
					tries.Add(1)
					return fail()
				})
				h.router.Command("fine", say("chat.cancelled"))
			})
			h.play(t, `
				ana: /start
				ana: /break
				bot: All right, I have dropped it. Nothing of it was kept.
				bot: …give an administrator the code …
				ana: /fine
				bot: All right…`)
			if tries.Load() != 5 {
				t.Errorf("%d tries", tries.Load())
			}
			ds, err := h.inbox.Dead(t.Context(), "", 10)
			if err != nil || len(ds) != 1 {
				t.Fatalf("dead letters: %+v, %v", ds, err)
			}
			d := ds[0]
			if !regexp.MustCompile(`^[2-9A-HJ-NP-Z]{6}$`).MatchString(d.Code) || !strings.Contains(d.Reason, "secret cause") || !strings.Contains(string(d.Update.Raw), "/break") {
				t.Errorf("dead letter: %+v", d)
			}
			if !strings.Contains(h.log.String(), "code="+d.Code) {
				t.Errorf("the code %s is not in the log", d.Code)
			}
			for _, m := range h.sim.History(ana, me, 0, 20) {
				if strings.Contains(m.Text, "secret cause") || strings.Contains(m.Text, "the code") && !strings.Contains(m.Text, d.Code) {
					t.Errorf("the person read %q", m.Text)
				}
			}
			if strings.Contains(h.log.String(), "/break") {
				t.Error("the log holds what was said")
			}
		})
	}
}

// TestRevive has a parked update handled again, and a second one dropped.
func TestRevive(t *testing.T) {
	t.Parallel()
	var broken atomic.Bool
	broken.Store(true)
	h := open(t, func(h *house) {
		h.router.Command("break", func(ctx context.Context, t *telegram.Turn) error {
			if broken.Load() {
				return errors.New("broken")
			}
			return t.Say(ctx, "chat.cancelled", nil)
		})
	})
	h.play(t, "ana: /start\nana: /break\nbot: …the code…")
	broken.Store(false)
	ds, err := h.inbox.Dead(t.Context(), "", 10)
	if err != nil || len(ds) != 1 {
		t.Fatalf("dead letters: %+v, %v", ds, err)
	}
	events, stop := h.sim.Watch(h.sim.Seq())
	defer stop()
	if ok, err := h.inbox.Revive(t.Context(), "a", ds[0].Entry, true); !ok || err != nil {
		t.Fatalf("Revive: %v, %v", ok, err)
	}
	for e := range events {
		if m, ok := h.sim.Message(ana, me, e.Message); ok && strings.HasPrefix(m.Text, "All right") {
			break
		}
	}
	if ok, err := h.inbox.Revive(t.Context(), "b", ds[0].Entry, true); ok || err != nil {
		t.Errorf("Revive of what is gone: %v, %v", ok, err)
	}
}

// TestPoison gives the bot one update of each kind that the library cannot decode: each is
// parked at once, and what comes behind it is answered.
func TestPoison(t *testing.T) {
	t.Parallel()
	poison := map[string]string{
		"paid media of a new type": `"message":{"message_id":9,"date":1,"chat":{"id":1001,"type":"private"},"paid_media":{"star_count":1,"paid_media":[{"type":"live_photo"}]}}`,
		"a reaction of a new type": `"message_reaction":{"chat":{"id":1001,"type":"private"},"message_id":1,"date":1,"old_reaction":[],"new_reaction":[{"type":"hologram"}]}`,
		"a member of a new status": `"my_chat_member":{"chat":{"id":1001,"type":"private"},"from":{"id":1001,"is_bot":false,"first_name":"a"},"date":1,"old_chat_member":{"status":"ghost","user":{"id":1}},"new_chat_member":{"status":"ghost","user":{"id":1}}}`,
		"an origin of a new type":  `"message":{"message_id":9,"date":1,"chat":{"id":1001,"type":"private"},"text":"x","forward_origin":{"type":"nowhere","date":1}}`,
		"a boost of a new source":  `"chat_boost":{"chat":{"id":1001,"type":"private"},"boost":{"boost_id":"1","add_date":1,"expiration_date":1,"source":{"source":"magic"}}}`,
		"a text that is a number":  `"message":{"message_id":9,"date":1,"chat":{"id":1001,"type":"private"},"text":5}`,
		"a date that is a text":    `"callback_query":{"id":"1","from":{"id":1001,"is_bot":false,"first_name":"a"},"chat_instance":"1","data":"x","message":{"date":"soon","message_id":1,"chat":{"id":1001,"type":"private"}}}`,
	}
	for name, body := range poison {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := open(t, func(h *house) { h.router.Command("fine", say("chat.cancelled")) })
			h.play(t, "ana: /start")
			h.sim.Inject([]byte("{" + body + "}"))
			h.play(t, "ana: /fine\nbot: All right…")
			ds, err := h.inbox.Dead(t.Context(), "", 10)
			if err != nil || len(ds) != 1 || !strings.Contains(string(ds[0].Update.Raw), body[:20]) {
				t.Errorf("dead letters: %+v, %v", ds, err)
			}
		})
	}
}

// TestTimeout ends a handler that takes too long, but not one whose message waits.
func TestTimeout(t *testing.T) {
	t.Parallel()
	h := open(t, func(h *house) {
		h.router.Timeout = 50 * time.Millisecond
		h.router.Command("slow", func(ctx context.Context, t *telegram.Turn) error {
			<-ctx.Done()
			return context.Cause(ctx)
		})
		h.router.Command("waits", func(ctx context.Context, t *telegram.Turn) error {
			if err := t.Say(ctx, "chat.cancelled", nil); err != nil {
				return err
			}
			return ctx.Err()
		})
	})
	stop := h.sim.Fail(func(method string, _ int64) *sim.Fault {
		if method == "sendMessage" {
			return &sim.Fault{Delay: 200 * time.Millisecond}
		}
		return nil
	})
	h.play(t, "ana: /start\nana: /waits\nbot: All right…")
	stop()
	h.play(t, "ana: /slow\nbot: …the code…")
}

// TestPress answers every press: quickly when the handler is slow, and when it is forged,
// stale, or breaks.
func TestPress(t *testing.T) {
	t.Parallel()
	release := make(chan struct{})
	h := open(t, func(h *house) {
		h.router.Command("show", func(ctx context.Context, t *telegram.Turn) error {
			_, err := t.Send(ctx, telegram.Message{HTML: "buttons", Buttons: [][]telegram.Button{{
				{Label: "slow", Word: "slow"}, {Label: "quiet", Word: "quiet"}, {Label: "toast", Word: "toast", ID: "x", Version: 3},
			}}})
			return err
		})
		h.router.Button("slow", func(ctx context.Context, t *telegram.Turn) error { <-release; return nil })
		h.router.Button("quiet", func(context.Context, *telegram.Turn) error { return nil })
		h.router.Button("toast", func(ctx context.Context, t *telegram.Turn) error {
			if t.Button.ID != "x" || t.Button.Version != 3 {
				return telegram.ErrStale
			}
			return t.Toast(ctx, "chat.cancelled", nil)
		})
	})
	h.play(t, `
		ana: /start
		ana: /show
		bot: buttons
		| [slow] [quiet] [toast]
		ana: [toast]
		bot!: All right…
		ana: [quiet]
		ana: (forge toast)
		bot!!: This button is out of date…
		ana: (forge toast x 2)
		bot!!: This button is out of date…
		ana: (forge nothing 1 2 3 4)
		bot!!: This button is out of date…`)
	last := h.sim.History(ana, me, 0, 1)[0]
	began := time.Now()
	toast, err := h.sim.Press(t.Context(), ana, me, last.ID, "slow")
	if err != nil || !toast.Answered || time.Since(began) > 3*time.Second {
		t.Errorf("a slow press: %+v, %v after %v", toast, err, time.Since(began))
	}
	close(release)
}

// TestUnreachable notes who has blocked the bot, and that they are back.
func TestUnreachable(t *testing.T) {
	t.Parallel()
	h := open(t, func(h *house) { h.router.Command("fine", say("chat.cancelled")) })
	h.play(t, "ana: /start\nana: /fine\nbot: All right…")
	if err := h.sim.Block(ana); err != nil {
		t.Fatal(err)
	}
	h.play(t, "ben@group: /fine\nbot@group: All right…") // settles the update of the block
	if k, err := h.store.Known(t.Context(), ana, ana); err != nil || k.Person.Gone != queue.WhyBlocked {
		t.Errorf("blocked, and known as %+v, %v", k.Person, err)
	}
	if err := h.sim.Unblock(ana); err != nil {
		t.Fatal(err)
	}
	h.play(t, "ana: /fine\nbot: All right…")
	if k, err := h.store.Known(t.Context(), ana, ana); err != nil || k.Person.Gone != "" {
		t.Errorf("back, and known as %+v, %v", k.Person, err)
	}
}

// TestCommandsMenu publishes the commands once, by place and language, and not again when
// they are the same.
func TestCommandsMenu(t *testing.T) {
	t.Parallel()
	never := func(context.Context, *telegram.Turn) (bool, error) { return false, nil }
	h := open(t, func(h *house) {
		h.router.Command("help", say("chat.cancelled"), telegram.About("chat.about_help"))
		h.router.Command("start", say("chat.cancelled"), telegram.About("chat.about_start"), telegram.In(telegram.Private))
		h.router.Command("bind", say("chat.cancelled"), telegram.About("community.about_bind"), telegram.In(telegram.Group))
		h.router.Command("staff", say("chat.cancelled"), telegram.About("menu.about_setmenu"), telegram.For(never))
		h.router.Command("hidden", say("chat.cancelled"))
	})
	for _, want := range []int{6, 0} {
		if set, err := h.router.PublishCommands(t.Context()); set != want || err != nil {
			t.Errorf("PublishCommands = %d, %v; want %d", set, err, want)
		}
	}
	for _, c := range h.sim.Chats(ana) {
		var names []string
		for _, cmd := range c.Commands {
			names = append(names, cmd.Name)
		}
		want := "[help start]"
		if c.Group {
			want = "[help bind]"
		}
		if fmt.Sprint(names) != want || c.Commands[0].Description != "What you can do here" {
			t.Errorf("in %s: %+v", c.Title, c.Commands)
		}
	}
}

// TestLongText splits what is over Telegram's limit at line ends, the buttons on the last part.
func TestLongText(t *testing.T) {
	t.Parallel()
	line := strings.Repeat("食堂👵", 30) + "\n"
	h := open(t, func(h *house) {
		h.router.Command("long", func(ctx context.Context, t *telegram.Turn) error {
			_, err := t.Send(ctx, telegram.Message{HTML: "<b>" + text.Escape(strings.Repeat(line, 99)) + "</b>", Buttons: [][]telegram.Button{{{Label: "b", Word: "b"}}}})
			return err
		})
		h.router.Button("b", func(ctx context.Context, t *telegram.Turn) error {
			return t.Edit(ctx, telegram.Message{HTML: text.Escape(strings.Repeat(line, 60) + "the end")})
		})
	})
	h.play(t, "ana: /start\nana: /long\nbot: …\nbot: …\nbot: …")
	parts := h.sim.History(ana, me, 0, 3)
	for i, p := range parts {
		if (len(p.Buttons) > 0) != (i == len(parts)-1) || strings.HasPrefix(p.Text, "堂") || !strings.Contains(p.HTML, "<b>") && !strings.Contains(p.HTML, "<strong>") {
			t.Errorf("part %d: %d buttons, %.40q", i, len(p.Buttons), p.HTML)
		}
	}
	h.play(t, "ana: [b]\nbot: …\nbot: …the end") // nothing of it is lost where it does not fit into the message
}

// TestReplicas shares lanes between two intakes: every update is handled once, a lane by
// one at a time, and when one dies without a word the other finishes what it had begun.
func TestReplicas(t *testing.T) {
	t.Parallel()
	db := redis.NewClient(&redis.Options{Addr: miniredis.RunT(t).Addr()})
	t.Cleanup(func() { _ = db.Close() })
	inbox := store.New(db, "xf:").Inbox(7)
	var mu sync.Mutex
	handled, by := map[int64]int{}, map[string]int{}
	both := make(chan struct{})
	replica := func(name string) (*telegram.Intake, context.CancelFunc, chan struct{}) {
		in := telegram.NewIntake(inbox, name, func(_ context.Context, u queue.Update, _ *telegram.Attempt) error {
			mu.Lock()
			defer mu.Unlock()
			handled[u.ID]++
			by[name]++
			if len(by) == 2 {
				select {
				case <-both:
				default:
					close(both)
				}
			}
			return nil
		}, slog.New(slog.DiscardHandler))
		ctx, stop := context.WithCancel(context.Background())
		ended := make(chan struct{})
		go func() { in.Run(ctx); close(ended) }()
		return in, stop, ended
	}
	a, stopA, endedA := replica("a")
	_, stopB, endedB := replica("b")
	defer func() { stopA(); stopB(); <-endedA; <-endedB }()
	id, timeout := int64(1000), time.After(20*time.Second)
	for shared := false; !shared; {
		var raws []json.RawMessage
		for lane := range int64(32) {
			id++
			raws = append(raws, raw(id, lane+1))
		}
		if err := a.Accept(t.Context(), raws); err != nil {
			t.Fatal(err)
		}
		select {
		case <-both:
			shared = true
		case <-timeout:
			t.Fatalf("one replica does all: %v", by)
		case <-time.After(50 * time.Millisecond):
		}
	}
	stopB() // what it had is the other's
	<-endedB
	deadline := time.Now().Add(20 * time.Second)
	for left(t, db) > 0 {
		if time.Now().After(deadline) {
			t.Fatalf("%d updates are left", left(t, db))
		}
		time.Sleep(10 * time.Millisecond) // nothing tells when a stream is empty
	}
	mu.Lock()
	defer mu.Unlock()
	for i := int64(1001); i <= id; i++ {
		if handled[i] != 1 {
			t.Errorf("update %d was handled %d times", i, handled[i])
		}
	}
	t.Logf("shared: %v", by)
}
