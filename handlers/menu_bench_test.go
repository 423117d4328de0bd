package handlers_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"strconv"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"xingfuli/bot/app"
	"xingfuli/bot/calendar"
	"xingfuli/bot/community"
	"xingfuli/bot/config"
	"xingfuli/bot/menu"
	"xingfuli/bot/queue"
	"xingfuli/bot/sim"
	"xingfuli/bot/store/redistest"
)

// place is a bot for so many communities and people, on a real Redis.
type place struct {
	app   *app.App
	sim   *sim.Server
	told  <-chan sim.Event
	asked int
}

const asking = 500 // people who ask in turn: each has twenty answers at once

// settle makes the place: a canteen for each three communities, with eight weeks published.
func settle(b *testing.B, communities, people int) *place {
	b.Helper()
	srv := redistest.Start(b)
	db := srv.Client(b)
	p := &place{sim: sim.New(sim.Options{Bot: sim.Bot{ID: 7000000001, Username: "ourbot", Name: "幸福里"}, Unlimited: true, KeepMessages: 10, KeepCalls: 1})}
	for i := range asking {
		p.sim.AddPerson(sim.Person{ID: int64(1_000_000 + i), Key: "p" + strconv.Itoa(i), Name: "居民", Language: "zh-hans"})
	}
	api := httptest.NewServer(p.sim.API())
	c := config.Default()
	c.Telegram.APIURL, c.Telegram.Token, c.Telegram.Limits = api.URL, config.Secret(p.sim.Bot().Token), config.Limits{}
	var err error
	if p.app, err = app.New(b.Context(), app.Options{Config: c, Redis: db, Log: slog.New(slog.DiscardHandler)}); err != nil {
		b.Fatal(err)
	}
	furnish(b, p.app, communities)
	for first := 0; first < people; first += 10_000 {
		if _, err := db.Pipelined(b.Context(), func(pipe redis.Pipeliner) error {
			for i := first; i < first+10_000; i++ {
				pipe.HSet(b.Context(), "xf:{x}:person:"+strconv.Itoa(1_000_000+i), "lang", "zh-Hans", "community", "c"+strconv.Itoa(i%communities))
			}
			return nil
		}); err != nil {
			b.Fatal(err)
		}
	}
	events, stop := p.sim.Watch(0)
	p.told = events
	ctx, cancel := context.WithCancel(b.Context())
	ended := make(chan struct{})
	go func() { _ = p.app.Run(ctx); close(ended) }()
	b.Cleanup(func() { cancel(); <-ended; stop(); p.sim.Close(); api.Close() })
	return p
}

func furnish(b *testing.B, a *app.App, communities int) {
	b.Helper()
	now := time.Now().In(time.FixedZone("CST", 8*3600))
	for i := range communities {
		id := "c" + strconv.Itoa(i)
		if err := a.Store.PutCommunity(b.Context(), queue.Op(id), 0, community.Community{ID: id, Name: id + "小区"}); err != nil {
			b.Fatal(err)
		}
		if i%3 > 0 {
			continue
		}
		c := menu.Canteen{ID: "k" + strconv.Itoa(i), Name: "食堂" + strconv.Itoa(i)}
		for j := range 3 {
			c.Communities = append(c.Communities, "c"+strconv.Itoa(i+j))
		}
		if err := a.Store.PutCanteen(b.Context(), queue.Op(c.ID), 0, c); err != nil {
			b.Fatal(err)
		}
		for week := range 8 {
			monday := calendar.Of(now).Monday().AddDays(7 * (1 - week))
			d, err := menu.ParseText(fmt.Sprintf("菜单 %v\n周一红烧猪肉、西红柿炒蛋、清炒花菜、%d号汤\n周二鸡肉炖土豆、清蒸青鱼\n周三萝卜炖牛腩、鱼香茄子\n周四糖醋排骨、肉末蒸蛋\n周五梅干菜扣肉、番茄蛋花汤", monday, 100+i), calendar.Of(now))
			if err != nil {
				b.Fatal(err)
			}
			if err := a.Store.PublishMenu(b.Context(), queue.Op(c.ID+monday.String()), d.Menu(c.ID, menu.Menu{}, 1, now)); err != nil {
				b.Fatal(err)
			}
		}
	}
}

// ask asks a question in private and waits for the answer.
func (p *place) ask(b *testing.B) time.Duration {
	b.Helper()
	who := int64(1_000_000 + p.asked%asking)
	p.asked++
	began := time.Now()
	if _, err := p.sim.Do(b.Context(), who, p.sim.Bot().ID, sim.Act{Text: "周二有鱼吗？"}); err != nil {
		b.Fatal(err)
	}
	for messages := 0; messages < 2; { // the question, the answer
		select {
		case e := <-p.told:
			if e.Who == who && e.Kind == sim.EventMessage {
				messages++
			}
		case <-time.After(10 * time.Second):
			b.Fatal("no answer")
		}
	}
	return time.Since(began)
}

// BenchmarkGrowth asks a question where there are 60 communities and 100,000 people, and,
// in turn with that, where there are ten times as many. It also reads everything anew, as
// each replica does after somebody has published.
func BenchmarkGrowth(b *testing.B) {
	township, county := settle(b, 60, 100_000), settle(b, 600, 1_000_000)
	var took, read [2]time.Duration
	for i := range 50 {
		township.ask(b)
		county.ask(b)
		for j, p := range []*place{township, county} {
			began := time.Now()
			if _, err := p.app.Store.Menus(b.Context(), int64(1_000_000+i), "k0"); err != nil { // a number that nobody has read yet
				b.Fatal(err)
			}
			read[j] += time.Since(began)
		}
	}
	township.ask(b) // with what it read last, as usual
	county.ask(b)
	b.ResetTimer()
	n := 0
	for b.Loop() {
		took[0] += township.ask(b)
		took[1] += county.ask(b)
		n++
	}
	b.ReportMetric(float64(took[0].Microseconds())/float64(n), "µs/question")
	b.ReportMetric(took[1].Seconds()/took[0].Seconds(), "ratio-at-10×")
	b.ReportMetric(float64(read[0].Microseconds())/50_000, "ms/reading")
	b.ReportMetric(read[1].Seconds()/read[0].Seconds(), "ratio-reading-at-10×")
}
