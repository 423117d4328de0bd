package telegram

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

// bucket is Telegram's side: what it would refuse.
type bucket struct {
	rate, burst, level float64
	at                 time.Duration
}

func (b *bucket) take(now time.Duration) bool {
	b.level = min(b.burst, b.level+b.rate*(now-b.at).Seconds())
	b.at = now
	if b.level < 1-1e-6 {
		return false
	}
	b.level--
	return true
}

// TestPace lets many chats write as fast as the pace allows: Telegram's buckets must
// never be empty, and whoever waits as long as told must get through.
func TestPace(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := newPace(Limits{PerSecond: 30, PerChatSecond: 1, PerGroupMinute: 20})
		start := time.Unix(1_700_000_000, 0)
		all := &bucket{rate: 30, burst: 30, level: 30}
		chats := map[int64]*bucket{}
		now := time.Duration(0)
		for range rapid.IntRange(1, 300).Draw(t, "messages") {
			chat := rapid.Int64Range(-3, 40).Filter(func(c int64) bool { return c != 0 }).Draw(t, "chat")
			now += time.Duration(rapid.IntRange(0, 200).Draw(t, "ms")) * time.Millisecond
			for tries := 0; ; tries++ {
				d := p.reserve(chat, start.Add(now))
				if d <= 0 {
					break
				}
				if tries == 3 {
					t.Fatalf("chat %d still waits after it waited as told", chat)
				}
				now += d
			}
			b := chats[chat]
			if b == nil {
				b = &bucket{rate: 1, burst: 3, level: 3}
				if chat < 0 {
					b = &bucket{rate: 20.0 / 60, burst: 20, level: 20}
				}
				chats[chat] = b
			}
			if !b.take(now) || !all.take(now) {
				t.Fatalf("Telegram would refuse a message to chat %d after %v", chat, now)
			}
		}
	})
}

func TestPaceLifted(t *testing.T) {
	p := newPace(Limits{})
	for range 1000 {
		if d := p.reserve(-1, time.Now()); d != 0 {
			t.Fatalf("waits %v without any limit", d)
		}
	}
}

func TestPaceClosed(t *testing.T) {
	p := newPace(Limits{})
	p.close(7, time.Minute)
	if p.reserve(7, time.Now()) <= 0 {
		t.Error("a chat that Telegram closed is written to")
	}
	if p.reserve(8, time.Now()) > 0 {
		t.Error("another chat waits too")
	}
}
