package handlers

import (
	"context"

	"xingfuli/bot/menu"
	"xingfuli/bot/telegram"
)

// sheet takes the menu from a document that a cook has sent for a canteen.
func (h *Menu) sheet(ctx context.Context, t *telegram.Turn, _ menu.Canteen) error {
	return t.Say(ctx, "menu.text_only", nil)
}
