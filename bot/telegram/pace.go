package telegram

import (
	"context"
	"sync"
	"time"

	"xingfuli/bot/queue"
)

// Limits are Telegram's, as the bot keeps them; 0 lifts one.
//
// Source: Bots FAQ, "My bot is hitting limits, how do I avoid this?",
// core.telegram.org/bots/faq: one message a second in a chat, twenty a minute in a
// group, about thirty a second over all.
type Limits struct {
	PerSecond      float64
	PerChatSecond  float64
	PerGroupMinute float64
}

// A chat that was left alone takes at once what it takes in these times. They are less
// than what Telegram lets pass (30 messages, 3 in a chat, 20 in a group), because requests
// overtake each other on their way: by 160 ms over all, by 250 ms in a chat, and by two
// messages in a group before one is refused.
const (
	burstAll   = 25 * time.Second / 30
	burstChat  = 2750 * time.Millisecond
	burstGroup = 18 * time.Minute / 20
)

// shares is how much of a burst a class may use. What the lower classes leave
// is there for an answer at once, however much of them waits.
var shares = [...]float64{queue.Answer: 1, queue.Scheduled: .6, queue.Bulk: .3}

// A crowd is written to a little slower than the limit over all, each message at its own
// time (see gate.book): where Telegram counts the messages of any one second, and not what
// flows in and out of a bucket, requests that overtake each other would make one too many.
const (
	crowdRate  = .983
	crowdAhead = 250 * time.Millisecond // how far ahead a place may be taken: less than any other class waits
)

// crowd is the limit over all that n messages for a crowd meet together.
func (l Limits) crowd(n int) queue.Bucket {
	b := bucket(l.PerSecond*crowdRate, 0)
	return queue.Bucket{Step: b.Step * time.Duration(max(n, 1)), Slack: crowdAhead}
}

// times is a pace at which n messages count at once.
func times(p queue.Pace, n int) queue.Pace {
	if n > 1 {
		p.Chat.Step, p.Minute.Step, p.All.Step = p.Chat.Step*time.Duration(n), p.Minute.Step*time.Duration(n), p.All.Step*time.Duration(n)
	}
	return p
}

// meets returns the limits that a message to chat meets. An edit is no message more in its
// chat, but counts in a group's minute and over all.
func (l Limits) meets(chat int64, c queue.Class, edit bool) queue.Pace {
	p := queue.Pace{All: bucket(l.PerSecond, share(burstAll, c))}
	if !edit {
		p.Chat = bucket(l.PerChatSecond, share(burstChat, c))
	}
	if chat < 0 {
		p.Minute = bucket(l.PerGroupMinute/60, share(burstGroup, c))
	}
	return p
}

func share(burst time.Duration, c queue.Class) time.Duration {
	return time.Duration(float64(burst) * shares[c])
}

func bucket(perSecond float64, burst time.Duration) queue.Bucket {
	if perSecond <= 0 {
		return queue.Bucket{}
	}
	step := time.Duration(1e6/perSecond+1) * time.Microsecond // the next whole one: Redis counts them
	return queue.Bucket{Step: step, Slack: max(0, burst-step)}
}

// pace is a Limiter for this process alone. It keeps when the next place is, which is
// enough for a rate with a burst (the generic cell rate algorithm, ITU-T I.371).
type pace struct {
	mu     sync.Mutex
	chats  map[int64]places // 0: all chats
	floods map[int64]time.Time
}

// places is when a chat has its next place, in each of its buckets.
type places struct{ next, minute, open time.Time }

func newPace() *pace { return &pace{chats: map[int64]places{}, floods: map[int64]time.Time{}} }

// Reserve takes a place for a message to chat, or tells how long there is none.
func (p *pace) Reserve(_ context.Context, chat int64, meets queue.Pace) (inChat, overAll time.Duration, err error) {
	inChat, overAll = p.take(chat, meets, time.Now(), false)
	return inChat, overAll, nil
}

// ReserveSoon is Reserve, asked when the answer is waited for.
func (p *pace) ReserveSoon(_ context.Context, chat int64, meets queue.Pace) func(context.Context) (inChat, overAll time.Duration, err error) {
	return func(ctx context.Context) (time.Duration, time.Duration, error) { return p.Reserve(ctx, chat, meets) }
}

// BookSoon takes a place over all, at most b.Slack ahead.
func (p *pace) BookSoon(_ context.Context, b queue.Bucket) func(context.Context) (wait time.Duration, booked bool, err error) {
	wait, booked := p.book(b)
	asked := time.Now()
	return func(context.Context) (time.Duration, bool, error) { return wait - time.Since(asked), booked, nil }
}

func (p *pace) book(b queue.Bucket) (wait time.Duration, booked bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := time.Now()
	all := p.chats[0]
	if lack := max(all.open.Sub(now), lack(all.next, now, b)); lack > 0 {
		return lack, false
	}
	wait = later(all.next, now).Sub(now)
	all.next = after(all.next, now, b)
	p.chats[0] = all
	return wait, true
}

// take takes a place when there is one, or in any case: another Limiter gave it.
func (p *pace) take(chat int64, meets queue.Pace, now time.Time, given bool) (inChat, overAll time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	one, all := p.chats[chat], p.chats[0]
	inChat = max(one.open.Sub(now), lack(one.next, now, meets.Chat), lack(one.minute, now, meets.Minute), 0)
	overAll = max(all.open.Sub(now), lack(all.next, now, meets.All), 0)
	if !given && (inChat > 0 || overAll > 0) {
		return inChat, overAll
	}
	one.next, one.minute = after(one.next, now, meets.Chat), after(one.minute, now, meets.Minute)
	all.next = after(all.next, now, meets.All)
	p.chats[chat], p.chats[0] = one, all
	p.forget(now)
	return 0, 0
}

// lack is how long it is until a place in b may be taken.
func lack(next, now time.Time, b queue.Bucket) time.Duration {
	if b.Step == 0 {
		return 0
	}
	return later(next, now).Sub(now) - b.Slack
}

// after is when the place after the next one is.
func after(next, now time.Time, b queue.Bucket) time.Time {
	if b.Step == 0 {
		return next
	}
	return later(next, now).Add(b.Step)
}

// Close lets no message into chat, or with 0 into any, for d. It returns how many chats
// were closed in the time within before.
func (p *pace) Close(_ context.Context, chat int64, d, within time.Duration) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := time.Now()
	c := p.chats[chat]
	c.open = later(c.open, now.Add(d))
	p.chats[chat] = c
	for other, at := range p.floods {
		if now.Sub(at) > within {
			delete(p.floods, other)
		}
	}
	if chat != 0 {
		p.floods[chat] = now
	}
	return len(p.floods), nil
}

// closed is for how long chat, or all chats, are closed.
func (p *pace) closed(chat int64) (inChat, overAll time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := time.Now()
	return max(0, p.chats[chat].open.Sub(now)), max(0, p.chats[0].open.Sub(now))
}

// maxChats is how many chats are kept before those are forgotten that wait for nothing.
const maxChats = 10_000

func (p *pace) forget(now time.Time) {
	if len(p.chats) <= maxChats {
		return
	}
	for chat, c := range p.chats {
		if later(later(c.next, c.minute), c.open).Before(now) {
			delete(p.chats, chat)
		}
	}
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
