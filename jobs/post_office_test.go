package jobs

import (
	"context"
	"encoding/json"
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
	store *store.Store  // as the test looks into it
	db    *redis.Client // of the replicas
	now   atomic.Pointer[time.Time]
	quiet atomic.Bool
}

func newOffice(t testing.TB, db *redis.Client, o sim.Options) *office {
	t.Helper()
	o.Bot = sim.Bot{ID: 7, Username: "ourbot", Name: "Bot"}
	own := redis.NewClient(&redis.Options{Network: db.Options().Network, Addr: db.Options().Addr})
	h := &office{sim: sim.New(o), store: store.New(own, "t:"), db: db}
	server := httptest.NewServer(h.sim.API())
	h.url = server.URL
	t.Cleanup(func() { h.sim.Close(); server.Close(); _ = own.Close() })
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
	kept := store.New(h.db, "t:")
	sender.Share(kept.Limits(7))
	p := NewPost()
	p.Store, p.Sender, p.Default, p.Log = kept, sender, text.English, slog.New(slog.DiscardHandler)
	p.Now, p.Quiet, p.Owner = func() time.Time { return *h.now.Load() }, func(time.Time) bool { return h.quiet.Load() }, fmt.Sprint(owners.Add(1), "owner")
	p.Lease, p.Every = time.Second, ReportEvery
	p.RegisterActs(kept, sender)
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
const patience = time.Minute

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
