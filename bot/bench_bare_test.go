package main

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/go-telegram/bot"
	"github.com/go-telegram/bot/models"
	"github.com/redis/go-redis/v9"

	"xingfuli/bot/calendar"
	"xingfuli/bot/card"
	"xingfuli/bot/menu"
	"xingfuli/bot/text"
)

// newcomer is the bot that somebody would write first with the same libraries, for what the
// benchmarks do and no more: a look into Redis, an answer. What it is killed over, is told
// twice or is refused for a moment it loses. To a menu it does the same work as ours, by the
// same rule: it reads it, compares it with what is published, and shows both.
type newcomer struct{ db *redis.Client }

// bareAnswer is kept in its Redis as its menu. It is what our bot answers.
const bareAnswer = "有的！周二（11月24日）有<b>清蒸青鱼</b>。\n\n<b>午餐</b>（11:00–12:30）\n· 鸡肉炖土豆\n· <b>清蒸青鱼</b>\n· 清炒芥菜\n· 排骨豆腐汤"

func runBare(ctx context.Context, keepalive bool) error {
	o, err := redis.ParseURL(os.Getenv("REDIS_URL"))
	if err != nil {
		return err
	}
	n := &newcomer{redis.NewClient(o)}
	options := []bot.Option{bot.WithServerURL(os.Getenv(apiEnv)), bot.WithDefaultHandler(n.handle)}
	if keepalive {
		t := http.DefaultTransport.(*http.Transport).Clone()
		t.MaxIdleConnsPerHost = 128
		options = append(options, bot.WithHTTPClient(time.Minute, &http.Client{Timeout: time.Minute, Transport: t}))
	}
	b, err := bot.New(os.Getenv("TELEGRAM_BOT_TOKEN"), options...)
	if err != nil {
		return err
	}
	b.Start(ctx)
	return nil
}

func (n *newcomer) handle(ctx context.Context, b *bot.Bot, u *models.Update) {
	switch {
	case u.CallbackQuery != nil:
		n.press(ctx, b, u.CallbackQuery)
	case u.Message == nil || u.Message.Chat.Type != models.ChatTypePrivate:
	case u.Message.Text == "/where":
		n.where(ctx, b, u.Message)
	case u.Message.Text == "/setmenu":
		n.setMenu(ctx, b, u.Message)
	case u.Message.Text == question:
		n.menu(ctx, b, u.Message)
	default:
		n.paste(ctx, b, u.Message)
	}
}

func (n *newcomer) say(ctx context.Context, b *bot.Bot, chat int64, words string, rows ...[]models.InlineKeyboardButton) {
	p := &bot.SendMessageParams{ChatID: chat, Text: words, ParseMode: models.ParseModeHTML}
	if len(rows) > 0 {
		p.ReplyMarkup = &models.InlineKeyboardMarkup{InlineKeyboard: rows}
	}
	_, _ = b.SendMessage(ctx, p)
}

func (n *newcomer) menu(ctx context.Context, b *bot.Bot, m *models.Message) {
	answer, err := n.db.HGet(ctx, "menu", "周二").Result()
	if err != nil {
		return
	}
	var rows [2][]models.InlineKeyboardButton
	for i, day := range []string{"周一", "周二", "周三", "周四", "周五", "周六", "周日", "整周"} {
		rows[i/4] = append(rows[i/4], models.InlineKeyboardButton{Text: day, CallbackData: "menu hefan.2026-11-" + strconv.Itoa(23+i)})
	}
	n.say(ctx, b, m.Chat.ID, answer, rows[:]...)
}

func (n *newcomer) where(ctx context.Context, b *bot.Bot, m *models.Message) {
	n.say(ctx, b, m.Chat.ID, "您住在哪个小区？", []models.InlineKeyboardButton{
		{Text: "安居小区", CallbackData: "where " + moves[0]}, {Text: "和园小区", CallbackData: "where " + moves[1]},
	})
}

func (n *newcomer) press(ctx context.Context, b *bot.Bot, q *models.CallbackQuery) {
	_, home, _ := strings.Cut(q.Data, " ")
	if n.db.HSet(ctx, "person:"+strconv.FormatInt(q.From.ID, 10), "community", home).Err() != nil {
		return
	}
	m := q.Message.Message
	_, _ = b.EditMessageText(ctx, &bot.EditMessageTextParams{ChatID: m.Chat.ID, MessageID: m.ID, Text: "记住了，您住在<b>" + home + "</b>。", ParseMode: models.ParseModeHTML})
	_, _ = b.AnswerCallbackQuery(ctx, &bot.AnswerCallbackQueryParams{CallbackQueryID: q.ID})
}

// stage is what it remembers of a cook.
type stage struct {
	Step  string
	Draft menu.Draft
}

func (n *newcomer) keep(ctx context.Context, chat int64, s stage) error {
	body, err := json.Marshal(s)
	if err != nil {
		return err
	}
	return n.db.Set(ctx, "state:"+strconv.FormatInt(chat, 10), body, 24*time.Hour).Err()
}

func (n *newcomer) setMenu(ctx context.Context, b *bot.Bot, m *models.Message) {
	if n.keep(ctx, m.Chat.ID, stage{Step: "paste"}) == nil {
		n.say(ctx, b, m.Chat.ID, "请把菜单直接粘贴给我。")
	}
}

func (n *newcomer) paste(ctx context.Context, b *bot.Bot, m *models.Message) {
	var s stage
	body, err := n.db.Get(ctx, "state:"+strconv.FormatInt(m.Chat.ID, 10)).Bytes()
	if errors.Is(err, redis.Nil) || json.Unmarshal(body, &s) != nil {
		return
	}
	today := calendar.Of(time.Now())
	draft, err := menu.ParseText(m.Text, today)
	if err != nil {
		return
	}
	var old menu.Menu
	kept, err := n.db.HGet(ctx, "menu", "week").Bytes()
	if err != nil || json.Unmarshal(kept, &old) != nil || n.keep(ctx, m.Chat.ID, stage{"check", draft}) != nil {
		return
	}
	shown := card.Draft(text.In(text.Chinese), menu.Canteen{Name: "和食堂"}, draft, old, today, 1)
	var rows [][]models.InlineKeyboardButton
	for _, row := range shown.Buttons {
		var keys []models.InlineKeyboardButton
		for _, k := range row {
			keys = append(keys, models.InlineKeyboardButton{Text: k.Label, CallbackData: k.Word})
		}
		rows = append(rows, keys)
	}
	n.say(ctx, b, m.Chat.ID, string(shown.HTML), rows...)
}
