package telegram

import (
	"context"
	"strings"
	"sync"
	"time"

	"github.com/go-telegram/bot"
	"github.com/go-telegram/bot/models"
)

const (
	namesWithin = 5 * time.Second // for all names of a list: somebody waits for it
	namesAtOnce = 8
)

// Names asks Telegram what chats are called now: people by their names, groups by their
// titles. "" stands for one of which Telegram tells nothing, or not within five seconds. A name
// is what its owner has typed.
func (s *Sender) Names(ctx context.Context, chats []int64) []string {
	ctx, cancel := context.WithTimeout(ctx, namesWithin)
	defer cancel()
	names := make([]string, len(chats))
	next := make(chan int)
	var all sync.WaitGroup
	for range min(namesAtOnce, len(chats)) {
		all.Go(func() {
			for i := range next {
				names[i] = s.name(ctx, chats[i])
			}
		})
	}
	for i := range chats {
		next <- i // after the five seconds, each ends at once
	}
	close(next)
	all.Wait()
	return names
}

func (s *Sender) name(ctx context.Context, chat int64) string {
	if ctx.Err() != nil {
		return ""
	}
	var c *models.ChatFullInfo
	err := s.call(ctx, "getChat", func(ctx context.Context) (err error) {
		c, err = s.api.GetChat(ctx, &bot.GetChatParams{ChatID: chat})
		return err
	})
	if err != nil {
		return ""
	}
	if c.Title != "" {
		return c.Title
	}
	return strings.TrimSpace(c.FirstName + " " + c.LastName)
}
