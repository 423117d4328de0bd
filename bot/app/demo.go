package app

import (
	"context"
	_ "embed"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/redis/go-redis/v9"

	"xingfuli/bot/calendar"
	"xingfuli/bot/community"
	"xingfuli/bot/config"
	"xingfuli/bot/sim"
	"xingfuli/bot/sim/page"
)

// The people of the demo. They have roles, not names.
const (
	demoResident int64 = 1001
	demoCook     int64 = 1002
	demoAdmin    int64 = 1003
	demoGroup    int64 = -1001000000001
)

const cookName = "食堂师傅"

// Demo is the whole bot in a simulated Telegram, on a Redis in this process. Nothing of
// it is kept.
type Demo struct {
	Sim *sim.Server
	App *App

	redis  *miniredis.Miniredis
	client *redis.Client
	server *http.Server
	listen net.Listener
	run    chan error
	stop   context.CancelFunc
}

// DemoOptions says how a demo differs from the usual one. The zero value is usable.
type DemoOptions struct {
	Listen  string    // address of the page; empty: any free port of this machine
	Start   time.Time // where its clock stands; zero: the machine's time, at night the next morning
	Stopped bool      // its clock moves only when it is moved
	Fast    bool      // neither side keeps Telegram's limits
	Log     *slog.Logger
}

// NewDemo makes a demo and starts it. Close ends it.
func NewDemo(ctx context.Context, o DemoOptions) (*Demo, error) {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Listen == "" {
		o.Listen = "127.0.0.1:0"
	}
	c := config.Default()
	zone := c.Location()
	if o.Start.IsZero() { // at night groups are not answered: the first question of a newcomer would be in vain
		o.Start = c.Quiet.Over(time.Now().In(zone))
	}
	listen, err := net.Listen("tcp", o.Listen)
	if err != nil {
		return nil, fmt.Errorf("demo: %w", err)
	}
	d := &Demo{Sim: demoWorld(o, zone), redis: miniredis.NewMiniRedis(), listen: listen, run: make(chan error, 1)}
	if err := d.redis.Start(); err != nil {
		return nil, fmt.Errorf("demo: %w", err)
	}
	d.redis.ClockTTL(true)
	d.client = redis.NewClient(&redis.Options{Addr: d.redis.Addr(), ContextTimeoutEnabled: true})
	d.serve(zone)
	if err := d.start(ctx, c, o); err != nil {
		d.Close()
		return nil, fmt.Errorf("demo: %w", err)
	}
	return d, nil
}

func demoWorld(o DemoOptions, zone *time.Location) *sim.Server {
	s := sim.New(sim.Options{
		Bot:   sim.Bot{ID: 7000000001, Username: "xingfuli_demo_bot", Name: "幸福里", ReadsAll: true, CanJoin: true},
		Start: o.Start.In(zone), Stopped: o.Stopped, Unlimited: o.Fast,
	})
	s.AddPerson(sim.Person{ID: demoResident, Key: "resident", Name: "居民阿婆", Language: "zh-hans", Role: "居民"})
	s.AddPerson(sim.Person{ID: demoCook, Key: "cook", Name: cookName, Language: "zh-hans", Role: "食堂"})
	s.AddPerson(sim.Person{ID: demoAdmin, Key: "admin", Name: "镇管理员", Language: "zh-hans", Role: "管理员"})
	people := []int64{demoResident, demoCook, demoAdmin}
	s.AddGroup(sim.Group{ID: demoGroup, Key: "group", Title: "安居小区居民群", Members: people, Admins: []int64{demoAdmin}, BotIn: true})
	return s
}

// serve shows the page, and the Bot API beside it under /bot and /file.
func (d *Demo) serve(zone *time.Location) {
	chat := page.New(d.Sim, demoPage(zone))
	api := d.Sim.API()
	d.server = &http.Server{ReadHeaderTimeout: 10 * time.Second, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/bot") || strings.HasPrefix(r.URL.Path, "/file/bot") {
			api.ServeHTTP(w, r)
			return
		}
		chat.ServeHTTP(w, r)
	})}
	go func() { _ = d.server.Serve(d.listen) }() // ends with ErrServerClosed in Close
}

func (d *Demo) start(ctx context.Context, c config.Config, o DemoOptions) error {
	c.Telegram.APIURL = d.URL()
	c.Telegram.Token = config.Secret(d.Sim.Bot().Token)
	c.Admins = []int64{demoAdmin}
	if o.Fast {
		c.Telegram.Limits = config.Limits{}
	}
	var err error
	if d.App, err = New(ctx, Options{Config: c, Redis: d.client, Now: d.Sim.Now, Log: o.Log}); err != nil {
		return err
	}
	if err := d.furnish(ctx, c.Location()); err != nil {
		return err
	}
	if err := d.App.Clock.Ensure(ctx, d.App.schedules()...); err != nil { // before anybody moves the clock
		return err
	}
	d.Sim.OnMove(func(_ context.Context, _ time.Time, by time.Duration) error {
		d.redis.FastForward(by) // keys age as if the time had passed; leases are of the machine's time
		return nil
	})
	d.Sim.Stops(d.App.Store.NextDue) // a week is met hour by hour, not as one week in which the bot was away
	d.Sim.Settle(d.settle)
	run, stop := context.WithCancel(context.WithoutCancel(ctx))
	d.stop = stop
	go func() { d.run <- d.App.Run(run) }()
	return nil
}

// furnish puts the sample data and the demo's people into the store.
func (d *Demo) furnish(ctx context.Context, zone *time.Location) error {
	s := d.App.Store
	if err := Sample(ctx, s, d.Sim.Now().In(zone)); err != nil {
		return err
	}
	if err := s.SetCommunity(ctx, "sample.group", demoGroup, sampleCommunity); err != nil {
		return err
	}
	return s.Grant(ctx, demoCook, cookName, community.Cook, sampleCanteen)
}

// settle waits until the bot has answered all that was said to it.
func (d *Demo) settle(ctx context.Context) error {
	if err := d.Sim.Drained(ctx); err != nil {
		return err
	}
	return d.App.Settle(ctx)
}

// URL is the address of the page, for a browser on this machine.
func (d *Demo) URL() string {
	addr := d.listen.Addr().(*net.TCPAddr)
	if addr.IP.IsUnspecified() { // all addresses, and none that a browser could open
		return "http://127.0.0.1:" + strconv.Itoa(addr.Port)
	}
	return "http://" + addr.String()
}

// Wait returns when the bot ends by itself, with the reason, or when ctx ends.
func (d *Demo) Wait(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return nil
	case err := <-d.run:
		d.run <- err
		return err
	}
}

// Close ends the demo.
func (d *Demo) Close() {
	if d.stop != nil {
		d.stop()
	}
	d.Sim.Close()
	_ = d.server.Close()
	if d.stop != nil {
		<-d.run //nolint:errcheck // how it ended no longer matters
	}
	_ = d.client.Close()
	d.redis.Close()
}

// demoPage is what the page says around the chats.
func demoPage(zone *time.Location) page.Options {
	return page.Options{
		Title: map[string]string{"zh-Hans": "幸福里 · 演示", "en": "Xingfuli · demo"},
		Note:  map[string]string{"zh-Hans": "这是演示：人是假的，什么都不会保存。", "en": "A demo: the people are made up, and nothing is kept."},
		Zone:  zone,
		Jumps: []page.Jump{
			jump("快进到明早 10:30", "To 10:30 tomorrow", 1, 10*60+30),
			jump("快进到明天 13:00", "To 13:00 tomorrow", 1, 13*60),
			{Label: map[string]string{"zh-Hans": "快进到下周一 8:00", "en": "To 8:00 next Monday"}, Ahead: toMonday},
			jump("快进一周", "A week ahead", 7, -1),
		},
		Tours: demoTours,
	}
}

// jump offers to move the clock some days on, to a time of that day; a negative one
// keeps the time.
func jump(zh, en string, days int, at calendar.Clock) page.Jump {
	return page.Jump{Label: map[string]string{"zh-Hans": zh, "en": en}, Ahead: func(now time.Time) time.Duration {
		if at < 0 {
			return now.AddDate(0, 0, days).Sub(now)
		}
		return calendar.Of(now).AddDays(days).At(at, now.Location()).Sub(now)
	}}
}

// toMonday is how long it is to 8:00 on the next Monday.
func toMonday(now time.Time) time.Duration {
	return calendar.Of(now).Monday().AddDays(7).At(8*60, now.Location()).Sub(now)
}

//go:embed tour_resident.txt
var tourResident string

//go:embed tour_cook.txt
var tourCook string

//go:embed tour_answers.txt
var tourAnswers string

//go:embed tour_notice.txt
var tourNotice string

//go:embed tour_favorite.txt
var tourFavorite string

// demoTours are played by the tests too, with the answers in them.
var demoTours = []page.Tour{
	{Title: map[string]string{"zh-Hans": "居民问今天吃什么", "en": "A resident asks what there is to eat"}, Script: tourResident},
	{Title: map[string]string{"zh-Hans": "食堂师傅发布菜单", "en": "The cook publishes a menu"}, Script: tourCook},
	{Title: map[string]string{"zh-Hans": "收藏爱吃的菜，前一天晚上告诉您", "en": "A favourite dish, told of the evening before"}, Script: tourFavorite},
	{Title: map[string]string{"zh-Hans": "没人答过的问题有了答案", "en": "A question that nobody had answered"}, Script: tourAnswers},
	{Title: map[string]string{"zh-Hans": "每周一早上 8 点的通知", "en": "A notice every Monday at 8:00"}, Script: tourNotice},
}
