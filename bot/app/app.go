// Package app puts the rooms of the bot together, starts and stops them.
package app

import (
	"cmp"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"

	"xingfuli/bot/community"
	"xingfuli/bot/config"
	"xingfuli/bot/queue"
	"xingfuli/bot/store"
	"xingfuli/bot/telegram"
	"xingfuli/bot/text"
	"xingfuli/handlers"
	"xingfuli/jobs"
)

// Options is what an App is made of.
type Options struct {
	Config config.Config
	Redis  redis.UniversalClient
	Now    func() time.Time // nil: the machine's clock
	Lease  time.Duration    // after which others take over what a dead replica had; 0: three seconds
	Alone  bool             // nobody else can be on this Redis: nothing is waited for after a kill
	Log    *slog.Logger
}

// App is the whole bot.
type App struct {
	Store *store.Store
	Clock *jobs.Clock

	config  config.Config
	replica string // differs from all others on the same Redis
	lease   time.Duration
	log     *slog.Logger
	client  *http.Client
	sender  *telegram.Sender
	router  *telegram.Router
	inbox   *store.Inbox
	intake  *telegram.Intake
	beat    *jobs.Beat
	menu    *handlers.Menu

	answered *jobs.Answered
	post     *jobs.Post
}

// turnTimeout is how long answering one update may take, without the time that its
// messages wait for Telegram's limits.
const turnTimeout = 15 * time.Second

// stopTimeout is how long handlers that have begun may go on after the stop.
const stopTimeout = 18 * time.Second

// New makes the bot. It asks Telegram who the bot is, and Redis what it keeps.
func New(ctx context.Context, o Options) (*App, error) {
	c := o.Config
	client, err := telegram.NewClient(string(c.Telegram.Proxy))
	if err != nil {
		return nil, err
	}
	sender, err := telegram.NewSender(c.Telegram.APIURL, string(c.Telegram.Token), client, telegram.Limits(c.Telegram.Limits))
	if err != nil {
		return nil, err
	}
	me, err := sender.Me(ctx)
	if err != nil {
		return nil, fmt.Errorf("ask Telegram who the bot is: %w", err)
	}
	now := o.Now
	if now == nil {
		now = time.Now
	}
	zone := c.Location()
	a := &App{Store: store.New(o.Redis, c.Redis.Prefix), config: c, log: o.Log, client: client, sender: sender, lease: cmp.Or(o.Lease, leaseFor)}
	a.router = &telegram.Router{
		Sender: sender, Memory: a.Store, Username: me.Username, ID: me.ID, Default: text.Match(c.Language, text.Chinese),
		Now: func() time.Time { return now().In(zone) }, Timeout: turnTimeout, Log: o.Log,
	}
	sender.Share(a.Store.Limits(me.ID))
	sender.OnGone, sender.OnMigrate = a.gone, a.Store.Migrate
	inbox := a.Store.Inbox(me.ID)
	inbox.For, a.inbox = a.lease, inbox
	a.features(me.CanReadAllGroupMessages)
	a.replica = "alone" // what it had when it was killed is its own at once
	if !o.Alone {
		a.replica = rand.Text()
	}
	a.intake = telegram.NewIntake(inbox, a.replica, a.router.Handle, o.Log)
	a.intake.Now, a.intake.Waits = a.router.Now, a.router.EndWaiting
	a.intake.Parked = func(ctx context.Context, _ queue.Dead) {
		if err := a.letters(ctx); err != nil {
			a.log.Warn("tell the admins of a dead letter", "err", err)
		}
	}
	return a, nil
}

// features registers what the bot can do, in the order of /help. A new one is a line here.
func (a *App) features(readsAll bool) {
	staff := staff{a.Store, a.config.Admins}
	a.router.Flood.Person, a.router.Flood.Group = telegram.Bucket{Size: 20, Refill: 3 * time.Second}, telegram.Bucket{Size: 60, Refill: time.Second}
	a.router.Flood.Exempt = staff.any
	canteens := jobs.Canteens{Store: a.Store, Admins: a.config.Admins, Now: a.router.Now}
	a.menu = &handlers.Menu{Store: a.Store, Pictures: a.Store.Pictures(a.router.ID), Favorites: a.Store, Staff: staff, Quiet: a.config.Quiet.In, Corrected: canteens.Corrected}
	a.menu.Register(a.router)
	forms := handlers.Forms{}
	forms.Register(a.router)
	handlers.Community{Store: a.Store, Staff: staff, ReadsAll: readsAll, Forms: forms}.Register(a.router)
	handlers.Canteen{Store: a.Store, Staff: staff, Forms: forms}.Register(a.router)
	roster := handlers.Roster{Store: a.Store, Staff: staff, Admins: a.config.Admins}
	roster.Register(a.router)
	answers := &handlers.Answers{Store: a.Store, Staff: staff}
	answers.Register(a.router)
	handlers.Questions{Store: a.Store, Staff: staff, Answers: answers}.Register(a.router)
	handlers.Privacy{Store: a.Store.Privacy(a.router.ID), Places: a.Store, Staff: staff}.Register(a.router)
	handlers.Audit{Store: a.Store, Staff: staff}.Register(a.router)
	handlers.Holidays{Store: a.Store, Staff: staff}.Register(a.router)
	a.post = a.posting()
	a.Clock = a.clock()
	canteens.Register(a.Clock, a.post)
	digests := &jobs.Digests{Store: a.Store, Sender: a.sender, Admins: a.config.Admins, Now: a.router.Now}
	digests.Register(a.Clock, a.post)
	jobs.Sweep{Store: a.Store, Bot: a.router.ID, Now: a.router.Now, Post: a.post}.Register(a.Clock)
	handlers.Digest{Store: a.Store, Staff: staff, Of: digests.Of}.Register(a.router)
	handlers.Push{Store: a.Store, Staff: staff, Holidays: a.Store.Calendar}.Register(a.router)
	handlers.Jobs{Store: a.Store, Staff: staff, Title: a.Clock.Title, Holidays: a.Store.Calendar, Upkeep: []string{"answered", "dishes", "letters", "durability"}}.Register(a.router)
	handlers.Topics{Store: a.Store, Staff: staff, Forms: forms}.Register(a.router)
	announce := a.notices(staff)
	announce.Register(a.router)
	handlers.Post{Store: a.Store, Staff: staff, Quiet: a.config.Quiet.In, Wake: a.post.Wake, Names: a.sender.Names, Second: announce.SecondCorrection}.Register(a.router)
	handlers.Dead{Store: a.inbox, Staff: staff}.Register(a.router)
	handlers.Chat{Store: a.Store, Staff: staff, Follow: roster.Follow, Links: map[string]string{handlers.TopicsLink: "/subscribe"}, Cancel: map[string]telegram.Handler{"announce": announce.Cancelled}}.Register(a.router)
	a.answered = &jobs.Answered{Store: a.Store, Sender: a.sender, Default: a.router.Default, Now: a.router.Now, Quiet: a.config.Quiet.In}
	a.beat = &jobs.Beat{Log: a.log, Jobs: []jobs.Job{
		a.Clock.Job(), jobs.Dishes(a.Store, a.menu), a.answered.Job(), a.durability(), {Name: "letters", Every: time.Minute, Run: a.letters},
	}}
}

// schedules are what the bot does by the clock by itself. A new one is a line here, and one
// in tasks.
func (a *App) schedules() []queue.Schedule {
	return []queue.Schedule{jobs.MenuNag, jobs.FavoritesSchedule, jobs.WeekDigest, jobs.NightSweep}
}

// clock is what does everything that is done at a time.
func (a *App) clock() *jobs.Clock {
	c := &jobs.Clock{
		Store: a.Store, Speaker: a.sender, Admins: a.config.Admins, Default: a.router.Default, Now: a.router.Now, Holidays: a.Store.Holidays,
		Quiet: a.config.Quiet.In, Log: a.log,
	}
	c.Register("favorites", a.favorites().Task())
	return c
}

// posting is what sends to many.
func (a *App) posting() *jobs.Post {
	p := jobs.NewPost()
	p.Store, p.Sender, p.Default, p.Now = a.Store, a.sender, a.router.Default, a.router.Now
	p.Quiet, p.Owner, p.Lease, p.Log = a.config.Quiet.In, rand.Text(), a.lease, a.log
	p.Every = jobs.ReportEvery
	if a.config.Telegram.Limits == (config.Limits{}) { // nothing has to be spared
		p.Every = 10 * time.Millisecond
	}
	p.RegisterActs(a.Store, a.sender)
	p.Register("favorites", a.favorites().Kind())
	return p
}

// favorites tells people of the dishes they like.
func (a *App) favorites() jobs.Favorites { return jobs.Favorites{Store: a.Store, Now: a.router.Now} }

// notices lets staff write to many, now and at times.
func (a *App) notices(staff staff) handlers.Notice {
	people := audience{a.Store, a.config.Admins}
	j := jobs.Notices{
		Store: people, Staff: staff, Sender: a.sender, Admins: a.config.Admins, Default: a.router.Default, Now: a.router.Now, Days: a.Store.Calendar,
	}
	a.post.Register(store.KindNotice, j.Kind())
	a.Clock.Register(store.KindNotice, j.Task())
	return handlers.Notice{
		Store: people, Sender: a.Store, Staff: staff, Admins: a.config.Admins, Quiet: a.config.Quiet.In, Days: a.Store.Calendar,
		Over: a.config.Notice.SecondPersonOver, Wake: a.post.Wake,
	}
}

// gone notes a person whom nothing reaches until they write again.
func (a *App) gone(ctx context.Context, chat int64, why queue.Why) {
	if chat < 0 {
		return // groups are asked when somebody writes in them
	}
	if err := a.Store.SetGone(ctx, chat, why); err != nil {
		a.log.Warn("a person who is gone", "chat", chat, "err", err)
	}
}

// staff knows the roles that are kept, and the admins of the config.
type staff struct {
	store  *store.Store
	admins []int64
}

// Grants reads the roles of a person, now.
func (s staff) Grants(ctx context.Context, user int64) (community.Grants, error) {
	g, err := s.store.Grants(ctx, user)
	if err != nil {
		return nil, err
	}
	for _, id := range s.admins {
		if id == user {
			g[community.Admin] = nil
		}
	}
	return g, nil
}

// any tells whether a person has any role at all.
func (s staff) any(ctx context.Context, user int64) (bool, error) {
	g, err := s.Grants(ctx, user)
	return len(g) > 0, err
}

// Run works until ctx ends, then stops: first no more updates are taken, then those begun
// are finished, within stopTimeout. It returns what made it stop early.
func (a *App) Run(ctx context.Context) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	content, err := a.Store.Content(ctx)
	if err != nil {
		return err
	}
	if err := a.menu.Learn(ctx, content); err != nil {
		return err
	}
	if err := a.Clock.Ensure(ctx, a.schedules()...); err != nil {
		return err
	}
	var work, intake sync.WaitGroup
	spawn(&work, cancel, func() error { a.intake.Run(ctx); return nil })
	spawn(&work, cancel, func() error {
		defer a.Clock.Wait()
		return a.beat.Run(ctx)
	})
	spawn(&work, cancel, func() error { return a.post.Run(ctx) })
	spawn(&work, cancel, func() error { a.publishCommands(ctx); return nil })
	spawn(&intake, cancel, func() error { return a.receive(ctx) })
	<-ctx.Done()
	stopped := make(chan struct{})
	go func() { intake.Wait(); work.Wait(); close(stopped) }()
	select {
	case <-stopped:
	case <-time.After(stopTimeout):
		a.log.Warn("stopped before all was finished", "after", stopTimeout)
	}
	if err := context.Cause(ctx); !errors.Is(err, context.Canceled) {
		return err
	}
	return nil
}

// spawn runs f beside the others; when it fails, all stop.
func spawn(wg *sync.WaitGroup, cancel context.CancelCauseFunc, f func() error) {
	wg.Add(1)
	go func() {
		defer wg.Done()
		if err := f(); err != nil {
			cancel(err)
		}
	}()
}

// publishCommands is worth a warning only: the bot answers typed commands all the same.
func (a *App) publishCommands(ctx context.Context) {
	err := a.inTurn(ctx, "commands", func(ctx context.Context) error {
		_, err := a.router.PublishCommands(ctx)
		return err
	})
	if err != nil && ctx.Err() == nil {
		a.log.Warn("the menu of commands was not set", "err", err)
	}
}

// receive takes updates in, the configured way.
func (a *App) receive(ctx context.Context) error {
	t := a.config.Telegram
	if t.Mode == config.Webhooks {
		return a.listen(ctx)
	}
	p := &telegram.Poller{API: t.APIURL, Token: string(t.Token), Client: a.client, Accept: a.intake.Accept, Log: a.log}
	return a.lead(ctx, "poller", func(ctx context.Context) error { // Telegram answers one poller only
		a.log.Info("this replica asks for updates, others stand by")
		return p.Run(ctx)
	})
}

// listen serves the webhook, and registers it once it is served.
func (a *App) listen(ctx context.Context) error {
	h := a.config.Telegram.Webhook
	l, err := net.Listen("tcp", h.Listen)
	if err != nil {
		return fmt.Errorf("webhook: %w", err)
	}
	srv := &http.Server{
		Handler:     &telegram.Hook{Secret: string(h.Secret), Accept: a.intake.Accept, Log: a.log},
		ReadTimeout: 30 * time.Second, WriteTimeout: 30 * time.Second, IdleTimeout: 2 * time.Minute,
		BaseContext: func(net.Listener) context.Context { return context.WithoutCancel(ctx) },
	}
	stopped := make(chan error, 1)
	stop := context.AfterFunc(ctx, func() {
		late, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
		defer cancel()
		stopped <- srv.Shutdown(late)
	})
	defer stop()
	served := make(chan error, 1)
	go func() {
		if h.Cert != "" {
			served <- srv.ServeTLS(l, h.Cert, h.Key)
			return
		}
		served <- srv.Serve(l)
	}()
	if err := a.setWebhook(ctx); err != nil {
		_ = srv.Close()
		return err
	}
	if err := <-served; !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("webhook: %w", err)
	}
	return <-stopped
}

// setWebhook tells Telegram where this bot is, if it does not know. That is tried until it
// works: meanwhile updates come where they came before.
func (a *App) setWebhook(ctx context.Context) error {
	for failed := 1; ctx.Err() == nil; failed++ {
		err := a.inTurn(ctx, "webhook", a.tellWebhook)
		if err == nil || errors.Is(err, telegram.ErrToken) || errors.Is(err, queue.ErrRefused) {
			return err
		}
		a.log.Warn("the webhook was not set", "err", err, "failed", failed)
		wait(ctx, min(time.Duration(failed)*time.Second, 30*time.Second))
	}
	return nil
}

func (a *App) tellWebhook(ctx context.Context) error {
	h := a.config.Telegram.Webhook
	sum := sha256.Sum256([]byte(h.URL + "\n" + string(h.Secret)))
	now := hex.EncodeToString(sum[:])
	was, err := a.Store.Note(ctx, "webhook")
	if err != nil {
		return err
	}
	if err := a.sender.SetWebhook(ctx, h.URL, string(h.Secret), was == now); err != nil {
		return err
	}
	return a.Store.SetNote(ctx, "webhook", now)
}

// Settle waits until every update that was taken in has been answered, all that is due was
// done, and everybody was told what was to be told by now.
func (a *App) Settle(ctx context.Context) error {
	if err := a.intake.Settle(ctx); err != nil {
		return err
	}
	if err := a.Clock.Settle(ctx); err != nil {
		return err
	}
	if err := a.post.Settle(ctx); err != nil {
		return err
	}
	return a.answered.Run(ctx)
}
