package telegram

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"xingfuli/bot/queue"
	"xingfuli/bot/text"
)

// Tell writes to another person than the turn's, in the language of that person, which say
// is given. Who cannot be reached is passed over. A message that an earlier attempt of the
// turn has sent is not sent again.
func (t *Turn) Tell(ctx context.Context, user int64, say func(text.Words) Message) error {
	if a := t.try; a.next < len(a.sent) {
		a.next++
		return nil
	}
	k, err := t.router.Memory.Known(ctx, user, user)
	if err != nil {
		return fmt.Errorf("tell %d: %w", user, err)
	}
	m := say(text.In(text.Match(k.Person.Language, t.router.Default)))
	m.Class = queue.Scheduled
	defer t.timer.pause()()
	if err := t.try.check(ctx); err != nil {
		return err
	}
	_, err = t.router.Sender.Send(context.WithoutCancel(ctx), queue.Chat{ID: user}, m)
	if err != nil && !errors.Is(err, queue.ErrUnreachable) && !errors.Is(err, queue.ErrUnknown) && !errors.Is(err, queue.ErrRefused) {
		return err
	}
	t.note(0)
	return nil
}

// StartLink is the link that opens the private chat with the bot and sends "/start payload"
// there. The payload is letters, digits, _ and -, 64 at most; anybody can make such a link.
func (t *Turn) StartLink(payload string) string {
	return "https://t.me/" + t.router.Username + "?start=" + payload
}

// Ask answers words that the person said in an earlier turn, in private, as if they had been
// said now: what the bot had to find out first is known by now. It returns false when
// nobody understands them.
func (t *Turn) Ask(ctx context.Context, words string) (bool, error) {
	t.Text = words
	if word, args, mine, ok := ParseCommand(words, t.router.Username); ok {
		c := t.router.byWord[word]
		if !mine || c == nil || c.Where == Group {
			return false, nil
		}
		may, err := c.allows(ctx, t)
		if err != nil || !may {
			return false, err
		}
		t.Args, t.command = args, true
		return true, c.run(ctx, t)
	}
	if h := t.router.phrases[strings.TrimSpace(words)]; h != nil {
		return true, h(ctx, t)
	}
	return t.router.asked(ctx, t)
}
