package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"xingfuli/bot/app"
	"xingfuli/bot/community"
	"xingfuli/bot/config"
	"xingfuli/bot/menu"
	"xingfuli/bot/queue"
	"xingfuli/bot/sim"
	"xingfuli/bot/store"
	"xingfuli/bot/store/redistest"
)

// party is a bot under load: its process, its Redis, its Telegram with the people in it.
type party struct {
	kind  string
	sim   *sim.Server
	url   string
	redis *redistest.Server
	db    *redis.Client
	child *child
	close func()

	residents, cooks []*person
	everybody        map[int64]*person
	groups           []int64
	free             map[string]chan *person // by load, the longest idle one first
	asked            int                     // what this process asked Redis itself
}

// person does one thing at a time.
type person struct {
	id      int64
	pressed int            // message whose buttons are pressed
	turns   int            // presses so far: each another choice than the one before
	events  chan sim.Event // of the private chat
}

// A person gets twenty answers at once and then one every three seconds, so there are
// enough people for all rounds.
const (
	residents = 2000
	cooks     = 1000
	groups    = 64
)

// newParty starts a bot of a kind, by a program of tests, and makes everybody known to it.
func newParty(t testing.TB, kind, bin string) *party {
	t.Helper()
	p := newWorld(t, kind)
	p.furnish(t)
	p.child = asChild(t, p, bin)
	p.meet(t, p.residents, func(ctx context.Context, who *person) (err error) {
		if err = p.says(ctx, who, "/where", 2); err == nil {
			who.pressed, err = p.newest(who)
		}
		return err
	})
	p.meet(t, p.cooks, func(ctx context.Context, who *person) error { return p.says(ctx, who, "/setmenu", 2) })
	return p
}

func newWorld(t testing.TB, kind string) *party {
	t.Helper()
	p := &party{kind: kind, redis: redistest.Start(t), everybody: map[int64]*person{}}
	p.db = p.redis.Client(t)
	p.sim = sim.New(sim.Options{Bot: sim.Bot{ID: 7000000001, Username: "xingfuli_bot", Name: "幸福里", ReadsAll: true}, Unlimited: true, KeepMessages: 20, KeepCalls: 1})
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p.url = "http://" + l.Addr().String()
	srv := &http.Server{Handler: p.sim.API(), ReadHeaderTimeout: time.Minute}
	go func() { _ = srv.Serve(l) }()
	events, stop := p.sim.Watch(0)
	p.close = sync.OnceFunc(func() {
		if p.child != nil {
			p.child.stop()
		}
		stop()
		p.sim.Close()
		_ = srv.Close()
	})
	t.Cleanup(p.close)
	p.populate()
	go p.dispatch(events)
	return p
}

func (p *party) populate() {
	members := make([][]int64, groups)
	for i := range residents + cooks {
		who := &person{id: int64(10_000 + i), events: make(chan sim.Event, 16)}
		p.sim.AddPerson(sim.Person{ID: who.id, Key: "p" + strconv.Itoa(i), Name: "居民", Language: "zh-hans"})
		p.everybody[who.id] = who
		if i < residents {
			p.residents = append(p.residents, who)
			members[i%groups] = append(members[i%groups], who.id)
		} else {
			p.cooks = append(p.cooks, who)
		}
	}
	for i := range groups {
		id := int64(-1001000000000 - i)
		p.groups = append(p.groups, id)
		p.sim.AddGroup(sim.Group{ID: id, Key: "g" + strconv.Itoa(i), Title: "居民群", Members: members[i], BotIn: true})
	}
}

// dispatch tells each person what happens in their private chat.
func (p *party) dispatch(events <-chan sim.Event) {
	for e := range events {
		if who := p.everybody[e.Who]; who != nil && (e.Kind == sim.EventMessage || e.Kind == sim.EventToast) {
			who.events <- e
		}
	}
}

// The communities that residents move between, and their canteen.
var moves = [2]string{"anju", "heyuan"}

// furnish puts into Redis what the bot serves.
func (p *party) furnish(t testing.TB) {
	t.Helper()
	s := store.New(p.db, config.Default().Redis.Prefix)
	now := time.Now().In(config.Default().Location())
	check := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	if p.kind != durable && p.kind != before {
		week, err := json.Marshal(app.SampleWeek(now))
		check(err)
		check(p.db.HSet(t.Context(), "menu", "周二", bareAnswer, "week", week).Err())
		return
	}
	ctx := t.Context()
	check(app.Sample(ctx, s, now))
	check(s.PutCommunity(ctx, "bench.community", 0, community.Community{ID: moves[1], Name: "和园小区"}))
	check(s.PutCanteen(ctx, "bench.canteen", 1, menu.Canteen{
		ID: "hefan", Name: "和食堂", Communities: moves[:], Hours: []menu.Opening{{Meal: menu.Lunch, Hours: menu.DefaultLunch}},
	}))
	for _, who := range p.residents {
		check(s.SetCommunity(ctx, queue.Op(fmt.Sprint("bench.", who.id)), who.id, moves[0]))
	}
	for _, id := range p.groups {
		check(s.SetCommunity(ctx, queue.Op(fmt.Sprint("bench.", id)), id, moves[0]))
	}
	for _, who := range p.cooks {
		check(s.Grant(ctx, who.id, "", community.Cook, "hefan"))
	}
}

// meet has each of some people do something, as many at once as in flight.
func (p *party) meet(t testing.TB, people []*person, do func(context.Context, *person) error) {
	t.Helper()
	free := make(chan *person, len(people))
	for _, who := range people {
		free <- who
	}
	p.busy(t, len(people), free, do)
}

// busy has people do something n times altogether, the longest idle one next.
func (p *party) busy(t testing.TB, n int, free chan *person, do func(context.Context, *person) error) []time.Duration {
	t.Helper()
	ctx, cancel := context.WithTimeoutCause(t.Context(), 2*time.Minute, fmt.Errorf("the %s bot is too slow", p.kind))
	defer cancel()
	var mu sync.Mutex
	var took []time.Duration
	var failed error
	var wg sync.WaitGroup
	tickets := make(chan struct{}, n)
	for range n {
		tickets <- struct{}{}
	}
	close(tickets)
	for range inFlight {
		wg.Go(func() {
			for range tickets {
				who := <-free
				began := time.Now()
				err := do(ctx, who)
				d := time.Since(began)
				free <- who
				mu.Lock()
				took = append(took, d)
				if err != nil && failed == nil {
					failed = err
				}
				mu.Unlock()
				if err != nil {
					return
				}
			}
		})
	}
	wg.Wait()
	if failed != nil {
		t.Fatalf("%s: %v\n%s", p.kind, failed, p.child.log())
	}
	slices.Sort(took)
	return took
}

// says sends words in private and waits until that many messages, these words included,
// have come or changed.
func (p *party) says(ctx context.Context, who *person, words string, messages int) error {
	if _, err := p.sim.Do(ctx, who.id, p.sim.Bot().ID, say(words)); err != nil {
		return err
	}
	return p.wait(ctx, who, messages)
}

func say(words string) sim.Act { return sim.Act{Text: words} }

func (p *party) wait(ctx context.Context, who *person, events int) error {
	for range events {
		select {
		case <-who.events:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
	return nil
}

func (p *party) newest(who *person) (int, error) {
	h := p.sim.History(who.id, p.sim.Bot().ID, 0, 1)
	if len(h) == 0 || len(h[0].Buttons) == 0 {
		return 0, fmt.Errorf("no buttons for %d: %+v", who.id, h)
	}
	return h[0].ID, nil
}

// settle waits until nothing that was said is still being handled: all is confirmed, and a
// bot that keeps an inbox has emptied it.
func (p *party) settle(t testing.TB) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if err := p.sim.Drained(ctx); err != nil {
		t.Fatal(err)
	}
	for p.waiting(t, ctx) > 0 {
		time.Sleep(5 * time.Millisecond)
	}
	time.Sleep(20 * time.Millisecond) // what follows the last word to Telegram
}

func (p *party) waiting(t testing.TB, ctx context.Context) (n int64) {
	t.Helper()
	keys, err := p.db.Keys(ctx, "*inbox:*").Result() // the streams are few, but so is nothing else
	p.asked++
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range keys {
		p.asked++
		n += p.db.XLen(ctx, key).Val()
	}
	return n
}

// info reads numbers that Redis keeps of itself.
func (p *party) info(t testing.TB) map[string]float64 {
	t.Helper()
	p.asked++
	all, err := p.db.Info(t.Context(), "stats", "cpu").Result()
	if err != nil {
		t.Fatal(err)
	}
	m := map[string]float64{}
	for line := range strings.Lines(all) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), ":")
		if f, err := strconv.ParseFloat(value, 64); err == nil {
			m[name] = f
		}
	}
	return m
}

// calls is how often the bot called Telegram, for other things than updates.
func (p *party) calls() (n int64) {
	for method, c := range p.sim.Counts() {
		if method != "getUpdates" {
			n += c.Calls
		}
	}
	return n
}

// pasted is a menu as cooks paste it, another one each time.
func pasted(n int) string {
	names := "周一红烧猪肉、西红柿炒蛋、清炒花菜\n周二鸡肉炖土豆、清蒸青鱼、清炒芥菜\n周三萝卜炖牛腩、鱼香茄子、蒜蓉空心菜\n周四糖醋排骨、肉末蒸蛋、清炒丝瓜\n周五梅干菜扣肉、芹菜炒香干、番茄蛋花汤"
	if n%2 == 1 {
		names = strings.ReplaceAll(names, "番茄蛋花汤", "冬瓜花蛤汤")
	}
	return names
}
