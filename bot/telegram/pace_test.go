package telegram

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"xingfuli/bot/queue"
)

// telegrams are the limits of the config as it comes.
var telegrams = Limits{PerSecond: 30, PerChatSecond: 1, PerGroupMinute: 20}

// tokens is Telegram's side: what it would refuse.
type tokens struct {
	rate, burst, level float64
	at                 time.Duration
}

func (b *tokens) take(now time.Duration) bool {
	b.level = min(b.burst, b.level+b.rate*(now-b.at).Seconds())
	b.at = now
	if b.level < 1-1e-6 {
		return false
	}
	b.level--
	return true
}

// TestPace lets many chats write as fast as the pace allows, in all classes: Telegram's
// buckets must never be empty, and whoever waits as long as told must get through.
func TestPace(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := newPace()
		start := time.Unix(1_700_000_000, 0)
		all := &tokens{rate: 30, burst: 30, level: 30}
		chats, minutes := map[int64]*tokens{}, map[int64]*tokens{}
		now := time.Duration(0)
		for range rapid.IntRange(1, 300).Draw(t, "messages") {
			chat := rapid.Int64Range(-3, 40).Filter(func(c int64) bool { return c != 0 }).Draw(t, "chat")
			class := queue.Class(rapid.IntRange(0, int(queue.Bulk)).Draw(t, "class"))
			edit := rapid.Bool().Draw(t, "edit")
			now += time.Duration(rapid.IntRange(0, 200).Draw(t, "ms")) * time.Millisecond
			for tries := 0; ; tries++ {
				inChat, overAll := p.take(chat, telegrams.meets(chat, class, edit), start.Add(now), false)
				if inChat == 0 && overAll == 0 {
					break
				}
				if tries == 3 {
					t.Fatalf("chat %d still waits after it waited as told", chat)
				}
				now += max(inChat, overAll)
			}
			if chats[chat] == nil {
				chats[chat] = &tokens{rate: 1, burst: 3, level: 3}
				minutes[chat] = &tokens{rate: 20.0 / 60, burst: 20, level: 20}
			}
			if !all.take(now) || !edit && !chats[chat].take(now) || chat < 0 && !minutes[chat].take(now) {
				t.Fatalf("Telegram would refuse a message to chat %d after %v", chat, now)
			}
		}
	})
}

func TestLimitsMeet(t *testing.T) {
	const ms = time.Millisecond
	step := 33334 * time.Microsecond
	all := func(burst time.Duration) queue.Bucket { return queue.Bucket{Step: step, Slack: burst - step} }
	tests := []struct {
		name   string
		limits Limits
		chat   int64
		class  queue.Class
		edit   bool
		want   queue.Pace
	}{
		{"all lifted", Limits{}, -1, queue.Bulk, false, queue.Pace{}},
		{"an answer to a person", telegrams, 1, queue.Answer, false, queue.Pace{Chat: queue.Bucket{Step: time.Second + time.Microsecond, Slack: 1750*ms - time.Microsecond}, All: all(burstAll)}},
		{"an edit for a person", telegrams, 1, queue.Answer, true, queue.Pace{All: all(burstAll)}},
		{"a crowd waits its second", Limits{PerChatSecond: 1}, 1, queue.Bulk, false, queue.Pace{Chat: queue.Bucket{Step: time.Second + time.Microsecond}}},
		{"a group's minute", Limits{PerGroupMinute: 20}, -1, queue.Scheduled, true, queue.Pace{Minute: queue.Bucket{Step: 3*time.Second + time.Microsecond, Slack: 32400*ms - 3*time.Second - time.Microsecond}}},
		{"a group's minute is not a person's", Limits{PerGroupMinute: 20}, 1, queue.Scheduled, false, queue.Pace{}},
		{"slower than Telegram", Limits{PerChatSecond: 0.1}, 1, queue.Answer, false, queue.Pace{Chat: queue.Bucket{Step: 10*time.Second + time.Microsecond}}},
	}
	for _, tt := range tests {
		if got := tt.limits.meets(tt.chat, tt.class, tt.edit); got != tt.want {
			t.Errorf("%s: %+v, want %+v", tt.name, got, tt.want)
		}
	}
}

func TestPaceCloses(t *testing.T) {
	p, ctx := newPace(), t.Context()
	if n, _ := p.Close(ctx, 7, time.Minute, time.Minute); n != 1 {
		t.Errorf("%d chats are closed", n)
	}
	if inChat, overAll, _ := p.Reserve(ctx, 7, queue.Pace{}); inChat == 0 || overAll != 0 {
		t.Errorf("a chat that Telegram closed waits %v, %v", inChat, overAll)
	}
	if inChat, overAll, _ := p.Reserve(ctx, 8, queue.Pace{}); inChat != 0 || overAll != 0 {
		t.Errorf("another chat waits %v, %v", inChat, overAll)
	}
	if n, _ := p.Close(ctx, 7, time.Second, time.Minute); n != 1 {
		t.Errorf("the same chat counts %d times", n)
	}
	if inChat, _, _ := p.Reserve(ctx, 7, queue.Pace{}); inChat < 50*time.Second {
		t.Errorf("a shorter silence opens the chat after %v", inChat)
	}
	_, _ = p.Close(ctx, 0, time.Minute, time.Minute)
	if _, overAll, _ := p.Reserve(ctx, 8, queue.Pace{}); overAll == 0 {
		t.Error("all are closed, and one is written to")
	}
}

// TestPaceForgets: who writes to a hundred thousand people does not keep them in mind.
func TestPaceForgets(t *testing.T) {
	p, now := newPace(), time.Unix(1_700_000_000, 0)
	for chat := range int64(3 * maxChats) {
		p.take(1+chat, telegrams.meets(1, queue.Bulk, false), now.Add(time.Duration(chat)*time.Millisecond), true)
	}
	if len(p.chats) > maxChats+1 {
		t.Errorf("%d chats are kept", len(p.chats))
	}
}
