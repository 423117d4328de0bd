package jobs

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"xingfuli/bot/calendar"
	"xingfuli/bot/card"
	"xingfuli/bot/community"
	"xingfuli/bot/queue"
	"xingfuli/bot/telegram"
	"xingfuli/bot/text"
)

// DigestStore keeps what a week is told of, and who is told.
type DigestStore interface {
	Content(ctx context.Context) (int64, error)
	Directory(ctx context.Context, content int64) (community.Directory, error)
	Tallies(ctx context.Context, monday calendar.Date, homes []string) ([]community.Tally, error)
	Questions(ctx context.Context) ([]community.Question, error)
	Deliveries(ctx context.Context, kind string, from, n int64) ([]queue.Delivery, int64, error)
	Part(ctx context.Context, id, home string) (queue.Progress, error)
	Holders(ctx context.Context, role community.Role, id string) ([]int64, error)
	StartDelivery(ctx context.Context, op queue.Op, d queue.Delivery) (queue.Delivery, error)
}

// DigestSender sends to one of a crowd.
type DigestSender interface {
	Deliver(ctx context.Context, to queue.Chat, m telegram.Message) (telegram.Sent, error)
}

// Digests tells staff every Monday what the week before was like: the specialists of each
// community about theirs, the admins about all of them, in one message each.
type Digests struct {
	Store  DigestStore
	Sender DigestSender
	Admins []int64 // of the config
	Now    func() time.Time

	mu    sync.Mutex
	drawn map[string]*drawnDigest
}

// drawnDigest is a picture that Telegram has once the first of its messages is sent; the others
// wait for that one.
type drawnDigest struct {
	mu sync.Mutex
	id string
}

// WeekDigest is the schedule by which staff are told: on Mondays at 8:00.
var WeekDigest = queue.Schedule{ID: "week.digest", Rule: "0 8 * * 1"}

// Register takes WeekDigest, and what is sent for it.
func (j *Digests) Register(c *Clock, p *Post) {
	c.Register("week", Task{Quiet: true, Run: j.run, Title: func(w text.Words, _ queue.Schedule) string { return w.Plain("digest.job", nil) }})
	p.Register("digest", PostKind{Fill: named, Do: j.send})
}

// digested is the body of a digest on its way. The digest itself is made when it is sent: what
// people asked is kept nowhere but with the questions.
type digested struct {
	Community string        `json:"community,omitempty"` // empty: all
	Monday    calendar.Date `json:"monday"`
}

// run starts a delivery for each open community that has specialists, and one for the admins.
func (j *Digests) run(ctx context.Context, _ queue.Schedule, run queue.Run) (queue.Outcome, error) {
	content, err := j.Store.Content(ctx)
	if err != nil {
		return "", err
	}
	d, err := j.Store.Directory(ctx, content)
	if err != nil {
		return "", err
	}
	admins, err := j.admins(ctx)
	if err != nil {
		return "", err
	}
	monday := calendar.Of(j.Now()).Monday().AddDays(-7)
	if err := j.start(ctx, run, digested{"", monday}, admins); err != nil {
		return "", err
	}
	for _, c := range d.Open() {
		staff, err := j.Store.Holders(ctx, community.Specialist, c.ID)
		if err != nil {
			return "", err
		}
		staff = slices.DeleteFunc(staff, func(user int64) bool { return slices.Contains(admins, user) }) // they are told of all
		if err := j.start(ctx, run, digested{c.ID, monday}, staff); err != nil {
			return "", err
		}
	}
	return queue.Done, nil
}

func (j *Digests) admins(ctx context.Context) ([]int64, error) {
	held, err := j.Store.Holders(ctx, community.Admin, "")
	all := slices.Concat(j.Admins, held)
	slices.Sort(all)
	return slices.Compact(all), err
}

func (j *Digests) start(ctx context.Context, run queue.Run, about digested, staff []int64) error {
	if len(staff) == 0 {
		return nil
	}
	body, err := json.Marshal(about)
	if err != nil {
		return err
	}
	d := queue.Delivery{Kind: "digest", Ref: about.Community, Body: body, Made: j.Now()}
	if run.Rehearse {
		d.Rehearsal, d.Author, staff = true, run.By, []int64{run.By}
	}
	for _, user := range staff {
		d.To = append(d.To, queue.Chat{ID: user}.String())
	}
	_, err = j.Store.StartDelivery(ctx, run.Op+queue.Op("."+about.Community), d)
	return err
}

// send sends a digest, its picture with the first message in a language and by its ID with
// the others that this process sends.
func (j *Digests) send(ctx context.Context, d queue.Delivery, to queue.Chat, w text.Words) (telegram.Sent, error) {
	var b digested
	if err := json.Unmarshal(d.Body, &b); err != nil {
		return telegram.Sent{}, fmt.Errorf("%w: %w", errCompose, err)
	}
	week, err := j.Of(ctx, b.Community, b.Monday)
	if err != nil {
		return telegram.Sent{}, fmt.Errorf("%w: %w", errCompose, err)
	}
	p := j.picture(d.ID + "." + string(w.Language()))
	p.mu.Lock()
	id := p.id
	if id != "" {
		p.mu.Unlock()
	} else {
		defer p.mu.Unlock()
	}
	m, err := card.Digest(w, week, id)
	if err != nil {
		m.Photo = nil // more than fits into a picture: the words say it
	}
	sent, err := j.Sender.Deliver(ctx, to, card.Posted(w, d, m))
	if id == "" && err == nil && m.Photo != nil {
		p.id = m.Photo.ID
	}
	return sent, err
}

// maxDrawn is how many pictures are known before they are forgotten all at once.
const maxDrawn = 200

func (j *Digests) picture(key string) *drawnDigest {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.drawn == nil || len(j.drawn) >= maxDrawn {
		j.drawn = map[string]*drawnDigest{}
	}
	if j.drawn[key] == nil {
		j.drawn[key] = &drawnDigest{}
	}
	return j.drawn[key]
}

// errNoCommunity says that there is no community of that ID, or that it is closed.
var errNoCommunity = errors.New("jobs: no such community")

// Of is the digest of the week from monday on, of an open community or, with an empty ID, of
// all. It counts what is written by now.
func (j *Digests) Of(ctx context.Context, home string, monday calendar.Date) (community.Digest, error) {
	content, err := j.Store.Content(ctx)
	if err != nil {
		return community.Digest{}, err
	}
	dir, err := j.Store.Directory(ctx, content)
	if err != nil {
		return community.Digest{}, err
	}
	homes := dir.Open()
	d := community.Digest{Monday: monday}
	if home != "" {
		homes = slices.DeleteFunc(homes, func(c community.Community) bool { return c.ID != home })
		if len(homes) == 0 {
			return d, errNoCommunity
		}
		d.Community = homes[0].Name
	}
	if err := j.count(ctx, &d, homes, home == ""); err != nil {
		return d, err
	}
	questions, err := j.Store.Questions(ctx)
	if err != nil {
		return d, err
	}
	if home != "" {
		questions = slices.DeleteFunc(questions, func(q community.Question) bool { return q.Community != home })
	}
	d.Open = community.OpenIn(questions, monday, j.Now().Location())
	return d, j.told(ctx, &d, dir, home)
}

// count adds up what communities asked, this week and the one before.
func (j *Digests) count(ctx context.Context, d *community.Digest, homes []community.Community, each bool) error {
	ids := make([]string, len(homes))
	for i, c := range homes {
		ids[i] = c.ID
	}
	week, err := j.Store.Tallies(ctx, d.Monday, ids)
	if err != nil {
		return err
	}
	before, err := j.Store.Tallies(ctx, d.Monday.AddDays(-7), ids)
	if err != nil {
		return err
	}
	for i, c := range homes {
		d.Week, d.Before = d.Week.Add(week[i]), d.Before.Add(before[i])
		if each && week[i].Asked > 0 {
			d.Homes = append(d.Homes, community.Home{Name: c.Name, Tally: week[i]})
		}
	}
	slices.SortStableFunc(d.Homes, func(a, b community.Home) int { return cmp.Compare(b.Asked, a.Asked) })
	d.Homes = d.Homes[:min(len(d.Homes), community.DigestHomes)]
	return nil
}
