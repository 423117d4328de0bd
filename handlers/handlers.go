// Package handlers answers turns: it reads the turn, asks the rule, says the answer.
// One file holds one feature; each states what it needs of the store.
package handlers

import (
	"context"
	"strings"
	"unicode"

	"xingfuli/bot/community"
	"xingfuli/bot/telegram"
	"xingfuli/bot/text"
)

// Staff knows who may do what. It is asked at the moment of use.
type Staff interface {
	Grants(ctx context.Context, user int64) (community.Grants, error)
}

// has makes the condition of a command: the person has role for anything at all. An
// anonymous admin of a group is nobody.
func has(s Staff, role community.Role) func(context.Context, *telegram.Turn) (bool, error) {
	return func(ctx context.Context, t *telegram.Turn) (bool, error) {
		if t.User == nil {
			return false, nil
		}
		g, err := s.Grants(ctx, t.User.ID)
		if err != nil {
			return false, err
		}
		return g.Has(role), nil
	}
}

// may asks whether the person of a turn has role for the thing with this ID, and returns
// refusal when not. It is asked at each press: anybody can forge one.
func may(ctx context.Context, s Staff, t *telegram.Turn, role community.Role, id string, refusal error) error {
	if t.User == nil {
		return telegram.ErrAnonymous
	}
	g, err := s.Grants(ctx, t.User.ID)
	if err != nil {
		return err
	}
	if !g.May(role, id) {
		return refusal
	}
	return nil
}

// admin lets only admins pass.
func admin(ctx context.Context, s Staff, t *telegram.Turn) error {
	return may(ctx, s, t, community.Admin, "", community.ErrNotAdmin)
}

// says tells whether a person said the word under key, in any language.
func says(word, key string) bool {
	for _, l := range text.Languages() {
		if strings.EqualFold(word, text.In(l).Plain(key, nil)) {
			return true
		}
	}
	return false
}

// cutWord splits off the first word of what follows a command.
func cutWord(s string) (word, rest string) {
	s = strings.TrimSpace(s)
	i := strings.IndexFunc(s, unicode.IsSpace)
	if i < 0 {
		return s, ""
	}
	return s[:i], strings.TrimSpace(s[i:])
}
