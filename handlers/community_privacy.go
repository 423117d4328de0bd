package handlers

import (
	"context"
	"encoding/json"
	"fmt"

	"xingfuli/bot/card"
	"xingfuli/bot/community"
	"xingfuli/bot/menu"
	"xingfuli/bot/telegram"
)

// PrivacyStore knows all that is kept with an account, and forgets it.
type PrivacyStore interface {
	Export(ctx context.Context, user int64) ([]community.Kept, error)
	Erase(ctx context.Context, user int64) error
}

// PlaceStore knows what communities and canteens are called.
type PlaceStore interface {
	Communities(ctx context.Context, content int64) ([]community.Community, error)
	AllCanteens(ctx context.Context, content int64) (menu.Canteens, error)
}

// Privacy tells people what is kept about them, gives it to them, and forgets it. It acts on
// who presses alone: nobody learns or loses anything by a forged press but of their own.
type Privacy struct {
	Store  PrivacyStore
	Places PlaceStore
	Staff  Staff
}

// Register takes /privacy and its buttons.
func (h Privacy) Register(r *telegram.Router) {
	r.Command("privacy", h.tell, telegram.About("privacy.about"))
	r.Button("privacy", h.back)
	r.Button("privacyexport", h.export)
	r.Button("privacyask", h.ask)
	r.Button("privacyerase", h.erase)
}

// tell says what is kept about the person; in a group, where others read it, only how to ask.
func (h Privacy) tell(ctx context.Context, t *telegram.Turn) error {
	if !t.Private() {
		return t.Say(ctx, "privacy.group", nil)
	}
	m, err := h.card(ctx, t)
	if err != nil {
		return err
	}
	_, err = t.Send(ctx, m)
	return err
}

func (h Privacy) back(ctx context.Context, t *telegram.Turn) error {
	if !t.Private() {
		return telegram.ErrStale
	}
	m, err := h.card(ctx, t)
	if err != nil {
		return err
	}
	return t.Edit(ctx, m)
}

func (h Privacy) card(ctx context.Context, t *telegram.Turn) (telegram.Message, error) {
	kept, err := h.Store.Export(ctx, t.User.ID)
	if err != nil {
		return telegram.Message{}, err
	}
	names, err := h.names(ctx, t)
	if err != nil {
		return telegram.Message{}, err
	}
	config, err := h.fromConfig(ctx, t, kept)
	return card.Privacy(t.Words(), kept, names, config), err
}

// names are what communities and canteens are called, by ID.
func (h Privacy) names(ctx context.Context, t *telegram.Turn) (map[string]string, error) {
	communities, err := h.Places.Communities(ctx, t.Known.Content)
	if err != nil {
		return nil, err
	}
	canteens, err := h.Places.AllCanteens(ctx, t.Known.Content)
	names := map[string]string{}
	for _, c := range communities {
		names[c.ID] = c.Name
	}
	for _, c := range canteens {
		names[c.ID] = c.Name
	}
	return names, err
}

// fromConfig tells whether the person is an admin by the config, which the bot cannot change.
func (h Privacy) fromConfig(ctx context.Context, t *telegram.Turn, kept []community.Kept) (bool, error) {
	g, err := h.Staff.Grants(ctx, t.User.ID)
	if _, admin := g[community.Admin]; err != nil || !admin {
		return false, err
	}
	for _, k := range kept {
		if own, ok := k.Value.(community.Member); ok {
			if _, admin := own.Grants[community.Admin]; admin {
				return false, nil
			}
		}
	}
	return true, nil
}

// export sends all that is kept as a file, to the person alone.
func (h Privacy) export(ctx context.Context, t *telegram.Turn) error {
	if !t.Private() {
		return telegram.ErrStale
	}
	kept, err := h.Store.Export(ctx, t.User.ID)
	if err != nil {
		return err
	}
	all := map[string]any{}
	for _, k := range kept {
		all[k.Name] = k.Value
	}
	data, err := json.MarshalIndent(map[string]any{"account": t.User.ID, "at": t.Now, "kept": all}, "", "  ")
	if err != nil {
		return fmt.Errorf("export: %w", err)
	}
	_, err = t.Send(ctx, telegram.Message{
		HTML: t.Words().HTML("privacy.exported", nil),
		File: &telegram.File{Name: "xingfuli-" + t.Now.Format("2006-01-02") + ".json", Bytes: data},
	})
	return err
}

// ask says what goes and what stays, and whether it is really to be.
func (h Privacy) ask(ctx context.Context, t *telegram.Turn) error {
	if !t.Private() {
		return telegram.ErrStale
	}
	kept, err := h.Store.Export(ctx, t.User.ID)
	if err != nil {
		return err
	}
	config, err := h.fromConfig(ctx, t, kept)
	if err != nil {
		return err
	}
	if err := t.Go(ctx, "privacy", "erase", struct{}{}); err != nil {
		return err
	}
	return t.Edit(ctx, card.Erase(t.Words(), config, t.Known.Dialogue.Version))
}

// erase forgets the person. The dialogue is ended last: killed before that, the turn is
// repeated and erases again what is erased.
func (h Privacy) erase(ctx context.Context, t *telegram.Turn) error {
	var nothing struct{}
	if err := t.Dialogue("privacy", &nothing); err != nil {
		return err
	}
	if !t.Private() {
		return telegram.ErrStale
	}
	if err := h.Store.Erase(ctx, t.User.ID); err != nil {
		return err
	}
	return said(ctx, t, "privacy.erased")
}
