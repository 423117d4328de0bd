package sim

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-telegram/bot"
	"github.com/go-telegram/bot/models"
)

func TestParse(t *testing.T) {
	tests := []struct {
		line string
		want Step
	}{
		{"resident: /start", Step{Who: "resident", Act: ActSay, Text: "/start"}},
		{"resident@group#3 (anonymous): 1:2", Step{Who: "resident", Chat: "group", Thread: 3, Anonymous: true, Act: ActSay, Text: "1:2"}},
		{"王 阿姨@小区群: [周二]", Step{Who: "王 阿姨", Chat: "小区群", Act: ActPress, Text: "周二"}},
		{"resident: (photo) 坏了", Step{Who: "resident", Act: ActPhoto, Text: "坏了"}},
		{`resident: (file 菜 单.csv) a\nb`, Step{Who: "resident", Act: ActFile, File: "菜 单.csv", Text: "a\nb"}},
		{"resident: (forge day 1)", Step{Who: "resident", Act: ActForge, Text: "day 1"}},
		{"resident: (顺便) 问", Step{Who: "resident", Act: ActSay, Text: "(顺便) 问"}},
		{"resident: (by the way) x", Step{Who: "resident", Act: ActSay, Text: "(by the way) x"}},
		{"resident: (sticker)", Step{Who: "resident", Act: ActSticker}},
		{"clock: +1h", Step{Who: "clock", Act: ActClock, Text: "+1h"}},
		{"bot: a", Step{Who: "bot", Act: ExpectMessage, Text: "a"}},
		{"bot@group: (silence)", Step{Who: "bot", Chat: "group", Act: ExpectSilence}},
		{"bot*@group#3: a", Step{Who: "bot", Chat: "group", Thread: 3, Act: ExpectEdit, Text: "a"}},
		{"bot!@resident: a", Step{Who: "bot", Chat: "resident", Act: ExpectToast, Text: "a"}},
		{"bot!!: a", Step{Who: "bot", Act: ExpectAlert, Text: "a"}},
	}
	for _, tt := range tests {
		steps, err := Parse("\n# comment\n  " + tt.line + "\n")
		if err != nil || len(steps) != 1 {
			t.Errorf("%s: %v %v", tt.line, steps, err)
			continue
		}
		tt.want.Line = 3
		if got, want := fmt.Sprintf("%+v", steps[0]), fmt.Sprintf("%+v", tt.want); got != want {
			t.Errorf("%s:\ngot  %s\nwant %s", tt.line, got, want)
		}
	}
	steps, err := Parse("bot: a\n| b\n| [c] [d e]\n| [f]\nresident: g\n| [h]")
	if err != nil || steps[0].Text != "a\nb" || fmt.Sprint(steps[0].Rows) != "[[c d e] [f]]" || steps[1].Text != "g\n[h]" {
		t.Errorf("%+v %v", steps, err)
	}
	for _, bad := range []string{"| more", "resident", ": a", "bot?!: a", "bot!!!: a", "resident@group#x: a", "bot*: (silence)"} {
		if _, err := Parse(bad); bad != "bot?!: a" && !errors.Is(err, ErrScript) {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

func TestMatches(t *testing.T) {
	tests := []struct {
		want, got string
		ok        bool
	}{
		{"a", "a", true},
		{" a\n  b ", "a \nb\n", true},
		{"a", "ab", false},
		{"a…", "ab", true},
		{"…b", "ab", true},
		{"a…b…c", "a--b--c", true},
		{"a…b…c", "a--c--b", false},
		{"a…a", "a", false},
		{"…", "", true},
		{"a…c", "a\nb\nc", true},
		{"", "a", false},
	}
	for _, tt := range tests {
		if matches(tt.want, tt.got) != tt.ok {
			t.Errorf("%q ~ %q: want %v", tt.want, tt.got, tt.ok)
		}
	}
}

// mirror is a bot that says what it was given, in the chat where it was.
func mirror(ctx context.Context, b *bot.Bot, u *models.Update) {
	say := func(chat int64, thread int, text string) {
		_, _ = b.SendMessage(ctx, &bot.SendMessageParams{ChatID: chat, MessageThreadID: thread, Text: text})
	}
	switch {
	case u.PollAnswer != nil:
		say(theGroup, 0, fmt.Sprint(u.PollAnswer.User.FirstName, u.PollAnswer.OptionIDs))
	case u.EditedMessage != nil:
		say(u.EditedMessage.Chat.ID, 0, "edited: "+u.EditedMessage.Text)
	case u.MyChatMember != nil && u.MyChatMember.NewChatMember.Banned != nil:
		say(cook, 0, "blocked by "+u.MyChatMember.From.FirstName)
	case u.Message == nil:
	case u.Message.Text == "/poll":
		_, _ = b.SendPoll(ctx, &bot.SendPollParams{ChatID: u.Message.Chat.ID, Question: "鱼？", IsAnonymous: bot.False(),
			Options: []models.InputPollOption{{Text: "是"}, {Text: "否"}}})
	case u.Message.Photo != nil:
		_, _ = b.SendPhoto(ctx, &bot.SendPhotoParams{ChatID: u.Message.Chat.ID, Caption: u.Message.Caption + "!",
			Photo: &models.InputFileString{Data: u.Message.Photo[len(u.Message.Photo)-1].FileID}})
	case u.Message.SenderChat != nil:
		say(u.Message.Chat.ID, u.Message.MessageThreadID, "admin: "+u.Message.Text)
	case u.Message.Text != "":
		say(u.Message.Chat.ID, u.Message.MessageThreadID, u.Message.Text)
	}
}

// TestPlayActs: every act of the grammar.
func TestPlayActs(t *testing.T) {
	s := testWorld(t, func(o *Options) { o.Bot.ReadsAll = true })
	if err := s.Start(cook); err != nil {
		t.Fatal(err)
	}
	c := &counter{moved: make(chan struct{})}
	liveBot(t, s, c.wrap(mirror))
	s.Settle(c.settle(s))
	err := s.Play(t.Context(), `
		resident: one
		| two
		bot: one
		| two
		resident: (edit) three
		bot: edited: three
		resident: (photo) 坏了
		bot: (photo) 坏…
		resident: (sticker)
		bot: (silence)
		resident: (voice)
		bot: (silence)
		cook@小区群#3 (anonymous): hear
		bot@group#3: admin: hear
		厨师@group: /poll
		bot@group: (poll) 鱼？
		resident@group: (vote 2)
		bot@group: 居民[1]
		resident@group: (vote)
		bot@group: 居民[]
		resident@group: (react 👍)
		resident@group: (leave)
		resident@group: (join)
		resident: (block)
		bot@cook: blocked by 居民
		resident: (unblock)
		clock: +2d
		bot: (silence)`)
	if err != nil {
		t.Error(err)
	}
	if !s.Now().Equal(startTime.Add(2 * day)) {
		t.Error(s.Now())
	}
}

// TestPerform: what a tour does, step by step, without comparing.
func TestPerform(t *testing.T) {
	s := testWorld(t)
	settled := 0
	s.Settle(func(context.Context) error { settled++; return nil })
	steps, err := Parse("resident: hi\nbot: anything at all\nclock: +1m\nstranger: hi")
	if err != nil {
		t.Fatal(err)
	}
	for _, st := range steps[:3] {
		if err := s.Perform(t.Context(), st); err != nil {
			t.Error(err)
		}
	}
	if err := s.Perform(t.Context(), steps[3]); !errors.Is(err, ErrNoPerson) || !strings.Contains(err.Error(), "line 4") {
		t.Error(err)
	}
	if settled != 2 || len(s.History(resident, s.Bot().ID, 0, 9)) != 1 {
		t.Error(settled)
	}
}

// TestPlayWaits: without Settle, Play waits as long as its context lasts, and no longer.
func TestPlayWaits(t *testing.T) {
	s := started(t)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	go func() { done <- s.Play(ctx, "resident: hi\nbot: (anything)\nbot: never") }()
	waitFor(t, s, func() bool { return s.updates.count() == 1 })
	must(t, s, "sendMessage", `{"chat_id":101,"text":"hello"}`)
	cancel()
	if err := <-done; !errors.Is(err, ErrPlay) || !strings.Contains(err.Error(), "want: never\n  got:  nothing") {
		t.Error(err)
	}
	s.Settle(func(context.Context) error { return errors.New("stuck") })
	if err := s.Play(t.Context(), "resident: hi"); err == nil || !strings.Contains(err.Error(), "stuck") {
		t.Error(err)
	}
}

// TestTogether: everything at once, for the race detector.
func TestTogether(t *testing.T) {
	s := started(t, func(o *Options) { o.KeepMessages, o.KeepCalls = 20, 20 })
	s.Fail(func(string, int64) *Fault { return nil })
	const rounds = 40
	jobs := []func(i int){
		func(i int) { do(t, s, resident, theGroup, Act{Text: "/menu " + fmt.Sprint(i)}) },
		func(i int) { do(t, s, cook, s.Bot().ID, Act{Photo: samplePhoto()}) },
		func(i int) { ask(t, s, "sendMessage", `{"chat_id":%d,"text":"%d"}`, theGroup, i) },
		func(i int) {
			ask(t, s, "editMessageText", `{"chat_id":%d,"message_id":%d,"text":"x%d"}`, theGroup, i, i)
		},
		func(i int) { ask(t, s, "getUpdates", `{"offset":-1,"timeout":0}`) },
		func(i int) { _ = s.Move(t.Context(), time.Second) },
		func(i int) { s.History(resident, theGroup, 0, 10); s.Chats(cook); s.Calls(0); s.Counts(); s.Groups() },
		func(i int) { _, stop := s.Watch(s.Seq() / 2); stop() },
		func(i int) { _ = s.Leave(resident, -5); _ = s.Block(resident); _ = s.Unblock(resident) },
		func(i int) { _, _ = s.press(resident, theGroup, 1, "x"); s.Inject([]byte(`{"x":"injected"}`)) },
	}
	var all sync.WaitGroup
	for _, job := range jobs {
		all.Go(func() {
			for i := range rounds {
				job(i)
			}
		})
	}
	all.Wait()
}

// TestActions: what the simulator has is in the Bot API.
func TestActions(t *testing.T) {
	for name := range simulated() {
		if loadSpec().Methods[name] == nil {
			t.Errorf("%s is not in api.json", name)
		}
	}
	for name := range oddities {
		if loadSpec().Methods[name] == nil {
			t.Errorf("%s is not in api.json", name)
		}
	}
}
