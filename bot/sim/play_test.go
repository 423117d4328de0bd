package sim

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/go-telegram/bot"
	"github.com/go-telegram/bot/models"
)

// canteen is the small bot of the tests.
func canteen(ctx context.Context, b *bot.Bot, u *models.Update) {
	say := func(chat int64, text string, markup models.ReplyMarkup) {
		_, _ = b.SendMessage(ctx, &bot.SendMessageParams{ChatID: chat, Text: text, ParseMode: models.ParseModeHTML, ReplyMarkup: markup})
	}
	days := &models.InlineKeyboardMarkup{InlineKeyboard: [][]models.InlineKeyboardButton{
		{{Text: "周一", CallbackData: "day 1"}, {Text: "周二", CallbackData: "day 2"}},
		{{Text: "整周", CallbackData: "week"}},
	}}
	if q := u.CallbackQuery; q != nil {
		m := q.Message.Message
		_, _ = b.EditMessageText(ctx, &bot.EditMessageTextParams{ChatID: m.Chat.ID, MessageID: m.ID, Text: "选了 " + q.Data, ReplyMarkup: days})
		_, _ = b.AnswerCallbackQuery(ctx, &bot.AnswerCallbackQueryParams{CallbackQueryID: q.ID, Text: "好", ShowAlert: q.Data == "week"})
		return
	}
	m := u.Message
	if m == nil {
		return
	}
	switch text, _, _ := strings.Cut(m.Text, "@"); {
	case text == "/start":
		say(m.Chat.ID, "<b>您好</b>，"+m.From.FirstName, &models.ReplyKeyboardMarkup{Keyboard: [][]models.KeyboardButton{{{Text: "本周菜单"}, {Text: "帮助"}}}})
	case text == "/menu" || text == "本周菜单":
		say(m.Chat.ID, "哪一天？", days)
	case m.Document != nil:
		say(m.Chat.ID, "收到 "+m.Document.FileName, nil)
	case m.ReplyToMessage != nil:
		say(m.Chat.ID, "回复："+m.Text, nil)
	case text == "两条":
		say(m.Chat.ID, "一\n二", nil)
		say(m.Chat.ID, "三", nil)
	}
}

func TestPlay(t *testing.T) {
	tests := []struct{ name, script string }{
		{"a private chat", `
			resident: /start
			bot: 您好，居民
			| [本周菜单] [帮助]
			resident: [本周]
			bot: 哪…天？
			| [周一] [周二]
			| [整周]
			resident: [周二]
			bot*: 选了 day 2
			bot!: 好
			resident: [整周]
			bot!!: 好
			bot*: 选了 week`},
		{"a group", `
			resident@group: 周二有鱼吗？
			bot@group: (silence)
			resident@group: /menu@town_bot
			bot@group: 哪一天？
			cook@group: [周一]
			bot*@group: 选了 day 1
			bot!: 好
			cook@group: (reply) 谢谢
			bot@group: 回复：谢谢`},
		{"files, lines, time", `
			# a comment
			cook: (file 菜单.csv) 日期,菜\n周一,鱼
			bot: 收到 菜单.csv
			clock: +1h30m
			clock: 2026-11-24 10:30
			resident: 两条
			bot: 一
			| 二
			bot@resident: (anything)
			cook: (forge day 9)
			bot*: 选了 day 9
			bot!: 好`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := testWorld(t)
			liveBot(t, s, canteen)
			if err := s.Play(t.Context(), tt.script); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestPlayFails: a script that the conversation does not follow is an error that shows why.
func TestPlayFails(t *testing.T) {
	tests := []struct {
		name, script string
		want         []string
		kind         error
	}{
		{"another text", "resident: /start\nbot: 再见", []string{"line 2", "want: 再见", "got:  您好，居民", "private chat of resident"}, ErrPlay},
		{"no such button", "resident: /menu\nbot: 哪一天？\nresident: [周三]", []string{"line 3", "no button [周三]", "[周一] [周二]"}, ErrPlay},
		{"two buttons", "resident: /menu\nbot: 哪一天？\nresident: [周]", []string{"may be [周一] or [周二]"}, ErrPlay},
		{"another keyboard", "resident: /menu\nbot: 哪一天？\n| [周一] [周二]", []string{"the keyboards differ"}, ErrPlay},
		{"left over at the end", "resident: 两条\nbot: 一\n|二", []string{"at the end", "no line expects it", "三"}, ErrPlay},
		{"left over before an act", "resident: 两条\nbot: 一…\nresident: /menu", []string{"before line 3", "三"}, ErrPlay},
		{"no alert", "resident: /menu\nbot: 哪…\nresident: [整周]\nbot!: 好", []string{"one is an alert"}, ErrPlay},
		{"nobody", "stranger: /start", []string{"line 1", `"stranger"`}, ErrNoPerson},
		{"nowhere", "resident@attic: /start", []string{`"attic"`}, ErrNoChat},
		{"not started", "bot: hello", []string{"nobody acted"}, nil},
		{"no colon", "resident /start", []string{"line 1", "no colon"}, ErrScript},
		{"silence is broken", "resident: /menu\nbot: (silence)", []string{"want: silence", "哪一天"}, ErrPlay},
		{"bad time", "clock: tomorrow", []string{"tomorrow"}, ErrScript},
		{"backwards", "clock: 2026-11-23 10:00", nil, ErrBackwards},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := testWorld(t)
			c := &counter{moved: make(chan struct{})}
			liveBot(t, s, c.wrap(canteen))
			s.Settle(c.settle(s))
			err := s.Play(t.Context(), tt.script)
			if err == nil {
				t.Fatal("no error")
			}
			if tt.kind != nil && !errors.Is(err, tt.kind) {
				t.Errorf("%v is no %v", err, tt.kind)
			}
			for _, w := range tt.want {
				if !strings.Contains(err.Error(), w) {
					t.Errorf("error lacks %q:\n%v", w, err)
				}
			}
		})
	}
}

// counter knows how many updates a bot has handled.
type counter struct {
	mu    sync.Mutex
	done  int
	moved chan struct{}
}

func (c *counter) wrap(h bot.HandlerFunc) bot.HandlerFunc {
	return func(ctx context.Context, b *bot.Bot, u *models.Update) {
		h(ctx, b, u)
		c.mu.Lock()
		defer c.mu.Unlock()
		c.done++
		close(c.moved)
		c.moved = make(chan struct{})
	}
}

// settle waits until as many updates were handled as there are.
func (c *counter) settle(s *Server) func(ctx context.Context) error {
	return func(ctx context.Context) error {
		for {
			c.mu.Lock()
			done, moved := c.done, c.moved
			c.mu.Unlock()
			if done >= len(s.Updates()) {
				return nil
			}
			select {
			case <-moved:
			case <-ctx.Done():
				return fmt.Errorf("still busy: %w", ctx.Err())
			}
		}
	}
}
