package handlers

import (
	"context"
	"errors"
	"strings"

	"xingfuli/bot/card"
	"xingfuli/bot/telegram"
)

// form is a thing of a community or a canteen that somebody on the staff is about to change
// in words, and how far that has come.
type form struct {
	Field string `json:"f"`           // a key of Forms
	ID    string `json:"i,omitempty"` // of the community or canteen; empty for a new one
	Seen  bool   `json:"s,omitempty"` // the person was shown Was; a line is not compared with anything
	Was   string `json:"w,omitempty"`
	Mine  string `json:"m,omitempty"` // what the person wants, while they are asked again
}

// check compares what there is now with what the person has seen. What differs is another's
// work, and they are asked before it is lost.
func (f form) check(now string) error {
	if f.Seen && now != f.Was {
		return &changedError{now}
	}
	return nil
}

// changedError says that another one has changed the same thing meanwhile, and to what.
type changedError struct{ now string }

func (e *changedError) Error() string { return "handlers: somebody else has changed it meanwhile" }

// Forms holds what staff can change in words, by field.
type Forms map[string]formField

// formField is one of them.
type formField struct {
	prompt string // key of what to send, with an example
	may    func(ctx context.Context, t *telegram.Turn, id string) error
	was    func(ctx context.Context, t *telegram.Turn, id string) (string, error) // as there is now; nil for something new
	save   func(ctx context.Context, t *telegram.Turn, f form, words string) (telegram.Message, error)
}

// Register takes the steps and buttons of all forms.
func (h Forms) Register(r *telegram.Router) {
	r.Step("form", "community.doing", h.entered)
	r.Button("edit", h.begin)
	r.Button("insist", h.insist)
	r.Button("giveup", h.giveUp)
}

// begin shows what there is and asks for what shall be.
func (h Forms) begin(ctx context.Context, t *telegram.Turn) error {
	name, id, _ := strings.Cut(t.Button.ID, ".")
	field, ok := h[name]
	if !ok || (field.was == nil) != (id == "") {
		return telegram.ErrStale
	}
	if err := field.may(ctx, t, id); err != nil {
		return err
	}
	f := form{Field: name, ID: id, Seen: id != ""}
	if f.Seen {
		var err error
		if f.Was, err = field.was(ctx, t, id); err != nil {
			return err
		}
	}
	if err := t.Go(ctx, "form", name, f); err != nil {
		return err
	}
	w := t.Words()
	_, err := t.Send(ctx, telegram.Message{HTML: w.HTML("community.form", map[string]any{"Was": f.Was, "Prompt": w.HTML(field.prompt, nil)})})
	return err
}

// entered takes what the person sent. What cannot be read is explained, and they may send it
// again: the dialogue goes on.
func (h Forms) entered(ctx context.Context, t *telegram.Turn) error {
	var f form
	if err := t.Dialogue("form", &f); err != nil {
		return err
	}
	if t.Text == "" {
		return t.Say(ctx, "community.text_only", nil)
	}
	return h.save(ctx, t, f, t.Text)
}

// save changes the thing, unless another one did so since the person saw it: then they are
// shown that and asked.
func (h Forms) save(ctx context.Context, t *telegram.Turn, f form, words string) error {
	if f.Mine != "" && !t.Asks() { // an earlier try of this turn has asked already
		return t.Edit(ctx, card.Changed(t.Words(), f.Was, f.Mine, t.Known.Dialogue.Version))
	}
	field, ok := h[f.Field]
	if !ok { // of another version of the bot
		return telegram.ErrStale
	}
	if err := field.may(ctx, t, f.ID); err != nil {
		return err
	}
	m, err := field.save(ctx, t, f, words)
	var changed *changedError
	if errors.As(err, &changed) {
		f.Was, f.Mine = changed.now, words
		if err := t.Go(ctx, "form", f.Field, f); err != nil {
			return err
		}
		return t.Edit(ctx, card.Changed(t.Words(), f.Was, f.Mine, t.Known.Dialogue.Version))
	}
	if err != nil {
		return err
	}
	if err := t.Edit(ctx, m); err != nil {
		return err
	}
	return t.End(ctx)
}

// line does at once what a form would ask for.
func (h Forms) line(ctx context.Context, t *telegram.Turn, field, id, words string) error {
	if err := h[field].may(ctx, t, id); err != nil {
		return err
	}
	m, err := h[field].save(ctx, t, form{Field: field, ID: id}, words)
	if err != nil {
		return err
	}
	_, err = t.Send(ctx, m)
	return err
}

// insist saves what the person wants over what another one has made of it.
func (h Forms) insist(ctx context.Context, t *telegram.Turn) error {
	var f form
	if err := t.Dialogue("form", &f); err != nil {
		return err
	}
	if f.Mine == "" {
		return telegram.ErrStale
	}
	return h.save(ctx, t, f, f.Mine)
}

func (h Forms) giveUp(ctx context.Context, t *telegram.Turn) error {
	var f form
	if err := t.Dialogue("form", &f); err != nil {
		return err
	}
	return said(ctx, t, "community.form_dropped")
}

// onlyAdmins lets admins pass, whatever the thing.
func onlyAdmins(s Staff) func(context.Context, *telegram.Turn, string) error {
	return func(ctx context.Context, t *telegram.Turn, _ string) error { return admin(ctx, s, t) }
}
