package telegram

import (
	"context"
	"fmt"

	"github.com/go-telegram/bot"
	"github.com/go-telegram/bot/models"

	"xingfuli/bot/text"
)

// PublishCommands gives Telegram the list of commands that its menu shows, by place
// and language, where it differs from what is set: setting is rate limited, and the
// same for all replicas. It returns how many lists it set.
func (r *Router) PublishCommands(ctx context.Context) (set int, err error) {
	for _, place := range []struct {
		where Where
		scope models.BotCommandScope
	}{
		{Private, &models.BotCommandScopeAllPrivateChats{}},
		{Group, &models.BotCommandScopeAllGroupChats{}},
	} {
		for _, code := range []string{"", "zh", "en"} { // the empty one is for all other languages
			want := r.menu(place.where, text.Match(code, r.Default))
			changed, err := r.Sender.setCommands(ctx, place.scope, code, want)
			if err != nil {
				return set, fmt.Errorf("publish commands: %w", err)
			}
			if changed {
				set++
			}
		}
	}
	return set, nil
}

// menu lists what everybody may use in a place.
func (r *Router) menu(where Where, l text.Language) []models.BotCommand {
	var list []models.BotCommand
	for _, c := range r.commands {
		if c.About == "" || c.May != nil || c.Where != Anywhere && c.Where != where {
			continue
		}
		list = append(list, models.BotCommand{Command: c.Word, Description: text.In(l).Plain(c.About, nil)})
	}
	return list
}

func (s *Sender) setCommands(ctx context.Context, scope models.BotCommandScope, code string, want []models.BotCommand) (changed bool, err error) {
	var have []models.BotCommand
	err = s.call(ctx, "getMyCommands", func(ctx context.Context) (err error) {
		have, err = s.api.GetMyCommands(ctx, &bot.GetMyCommandsParams{Scope: scope, LanguageCode: code})
		return err
	})
	if err != nil || equalCommands(have, want) {
		return false, err
	}
	return true, s.call(ctx, "setMyCommands", func(ctx context.Context) error {
		_, err := s.api.SetMyCommands(ctx, &bot.SetMyCommandsParams{Commands: want, Scope: scope, LanguageCode: code})
		return err
	})
}

func equalCommands(a, b []models.BotCommand) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}
