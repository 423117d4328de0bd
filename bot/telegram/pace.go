package telegram

import (
	"context"
	"sync"
	"time"
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

// How many messages may go out at once before the rates above hold.
const (
	burstAll   = 25 // under the 30 that are allowed, for the answers to presses and the like
	burstChat  = 3
	burstGroup = 18
)

// pace makes senders wait so that Telegram need not refuse. It keeps, for each chat,
// the time at which the next message would be on schedule (the generic cell rate
// algorithm, ITU-T I.371), which needs one number a chat.
type pace struct {
	limits Limits
	mu     sync.Mutex
	all    time.Time
	chats  map[int64]time.Time
	closed map[int64]time.Time // until when Telegram wants silence; 0: in all chats
}

func newPace(l Limits) *pace {
	return &pace{limits: l, chats: map[int64]time.Time{}, closed: map[int64]time.Time{}}
}

// wait returns when a message to chat may go out, or with the context's error.
func (p *pace) wait(ctx context.Context, chat int64) error {
	for {
		d := p.reserve(chat, time.Now())
		if d <= 0 {
			return ctx.Err()
		}
		timer := time.NewTimer(d)
		select {
		case <-ctx.Done():
			timer.Stop()
			return ctx.Err()
		case <-timer.C:
		}
	}
}

// reserve takes a place at time now and returns 0, or tells how long to wait before
// asking again.
func (p *pace) reserve(chat int64, now time.Time) time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	if until := later(p.closed[0], p.closed[chat]); until.After(now) {
		return until.Sub(now)
	}
	rate, burst := p.limits.PerChatSecond, burstChat
	if chat < 0 {
		rate, burst = p.limits.PerGroupMinute/60, burstGroup
	}
	next, d := take(p.chats[chat], now, rate, burst)
	all, dAll := take(p.all, now, p.limits.PerSecond, burstAll)
	if d = max(d, dAll); d > 0 {
		return d
	}
	p.chats[chat], p.all = next, all
	if len(p.chats) > 10_000 {
		p.forget(now)
	}
	return 0
}

// take moves a schedule on by one message, or returns how long it is until it may.
func take(next, now time.Time, perSecond float64, burst int) (time.Time, time.Duration) {
	if perSecond <= 0 {
		return next, 0
	}
	step := time.Duration(float64(time.Second) / perSecond)
	next = later(next, now)
	if ahead := next.Sub(now) - time.Duration(burst-1)*step; ahead > 0 {
		return next, ahead
	}
	return next.Add(step), 0
}

// close keeps everybody from writing to chat, or with 0 to anyone, for d.
func (p *pace) close(chat int64, d time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.closed[chat] = later(p.closed[chat], time.Now().Add(d))
}

// forget drops chats whose schedule lies in the past: they are as if never written to.
func (p *pace) forget(now time.Time) {
	for _, m := range []map[int64]time.Time{p.chats, p.closed} {
		for chat, next := range m {
			if next.Before(now) {
				delete(m, chat)
			}
		}
	}
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
