package telegram

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/go-telegram/bot"
	"github.com/go-telegram/bot/models"

	"xingfuli/bot/queue"
	"xingfuli/bot/sim"
	"xingfuli/bot/text"
)

// TestServe is the simulator in a process of its own, for benchmarks that measure the
// bot's CPU: it serves until its input ends.
func TestServe(t *testing.T) {
	if os.Getenv("XINGFULI_TEST_SERVE") == "" {
		t.Skip("run by the benchmarks")
	}
	s := sim.New(sim.Options{Bot: sim.Bot{ID: self, Username: "ourbot", Name: "Bot"}, Unlimited: true, KeepMessages: 10, KeepCalls: 10})
	defer s.Close()
	crowd(t, s, 100)
	srv := httptest.NewServer(s.API())
	defer srv.Close()
	fmt.Printf("serves %s %s\n", srv.URL, s.Bot().Token)
	_, _ = io.Copy(io.Discard, os.Stdin)
}

// served starts it and returns its address and the bot's token.
func served(b *testing.B) (url, token string) {
	b.Helper()
	cmd := exec.CommandContext(b.Context(), os.Args[0], "-test.run=^TestServe$")
	cmd.Env = append(os.Environ(), "XINGFULI_TEST_SERVE=1")
	in, err := cmd.StdinPipe()
	if err != nil {
		b.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = in.Close(); _ = cmd.Wait() })
	line, err := bufio.NewReader(out).ReadString('\n')
	if _, err := fmt.Sscanf(line, "serves %s %s", &url, &token); err != nil {
		b.Fatalf("%q: %v", line, err)
	}
	if err != nil {
		b.Fatal(err)
	}
	return url, token
}

// cpu is what this process has used.
func cpu() time.Duration {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// BenchmarkSend compares the three hot methods through the library with the lean path,
// warm, over the same transport, by the CPU of the bot alone.
func BenchmarkSend(b *testing.B) {
	url, token := served(b)
	sd := senderOf(b, url, token, Limits{})
	client, err := NewClient("")
	if err != nil {
		b.Fatal(err)
	}
	lib, err := bot.New(token, bot.WithServerURL(url), bot.WithSkipGetMe(), bot.WithHTTPClient(0, client))
	if err != nil {
		b.Fatal(err)
	}
	words := "<b>周二 11月24日</b>\n" + strings.Repeat("红烧鱼 12 元，青菜豆腐 4 元\n", 8)
	m := Message{HTML: "x", Buttons: [][]Button{{{Label: "← 周一", Word: "day", ID: "1"}, {Label: "周三 →", Word: "day", ID: "3"}}}}
	keys := models.InlineKeyboardMarkup{InlineKeyboard: [][]models.InlineKeyboardButton{{{Text: "← 周一", CallbackData: "day 1"}, {Text: "周三 →", CallbackData: "day 3"}}}}
	edited, err := sd.Send(b.Context(), queue.Chat{ID: 10_000}, m)
	if err != nil {
		b.Fatal(err)
	}
	said := func(i int64) string { return fmt.Sprintf("%s%d", words, i) }
	message := func(i int64) Message { return Message{HTML: text.HTML(said(i)), Buttons: m.Buttons} }
	for _, bench := range []struct {
		name          string
		library, lean func(ctx context.Context, i int64) error
	}{
		{"sendMessage", func(ctx context.Context, i int64) error {
			_, err := lib.SendMessage(ctx, &bot.SendMessageParams{ChatID: 10_001 + i%99, Text: said(i), ParseMode: "HTML", LinkPreviewOptions: &models.LinkPreviewOptions{IsDisabled: bot.True()}, ReplyMarkup: keys})
			return err
		}, func(ctx context.Context, i int64) error {
			_, err := sd.Send(ctx, queue.Chat{ID: 10_001 + i%99}, message(i))
			return err
		}},
		{"editMessageText", func(ctx context.Context, i int64) error {
			_, err := lib.EditMessageText(ctx, &bot.EditMessageTextParams{ChatID: 10_000, MessageID: edited, Text: said(-i), ParseMode: "HTML", LinkPreviewOptions: &models.LinkPreviewOptions{IsDisabled: bot.True()}, ReplyMarkup: keys})
			return err
		}, func(ctx context.Context, i int64) error { return sd.Edit(ctx, 10_000, edited, message(i)) }},
		{"answerCallbackQuery", func(ctx context.Context, _ int64) error {
			_, err := lib.AnswerCallbackQuery(ctx, &bot.AnswerCallbackQueryParams{CallbackQueryID: "1", Text: "已认领"})
			if err != nil && strings.Contains(err.Error(), "query is too old") {
				return nil
			}
			return err
		}, func(ctx context.Context, _ int64) error { return sd.Answer(ctx, "1", "已认领", false) }},
	} {
		b.Run(bench.name+"/library", func(b *testing.B) { measure(b, bench.library) })
		b.Run(bench.name+"/lean", func(b *testing.B) { measure(b, bench.lean) })
	}
}

func measure(b *testing.B, f func(context.Context, int64) error) {
	var n atomic.Int64
	n.Store(time.Now().Unix() % 1e6 * 1e6) // no text comes twice, also in the next run
	b.SetParallelism(4)
	b.ReportAllocs()
	b.ResetTimer()
	before := cpu()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if err := f(b.Context(), n.Add(1)); err != nil {
				b.Error(err)
			}
		}
	})
	b.ReportMetric(float64((cpu()-before).Microseconds())/float64(b.N), "cpu-ms/1000")
}
