// Package handlers answers turns: it reads the turn, asks the rule, says the answer.
// One file holds one feature; each states what it needs of the store.
package handlers

import (
	"context"

	"xingfuli/bot/community"
	"xingfuli/bot/telegram"
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
