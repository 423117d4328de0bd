package handlers

import (
	"context"
	"encoding/json"
	"strings"

	"xingfuli/bot/card"
	"xingfuli/bot/notice"
	"xingfuli/bot/queue"
	"xingfuli/bot/telegram"
	"xingfuli/bot/text"
)

// revision is a correction that somebody is writing.
type revision struct {
	ID   string      `json:"i"` // of the delivery
	Body notice.Body `json:"b,omitzero"`
}

func (h Post) registerRevise(r *telegram.Router) {
	r.Step("revise", "post.doing", h.revised)
	r.Button("postfix", h.fix)
}

// revise asks for the corrected words of a notice.
func (h Post) revise(ctx context.Context, t *telegram.Turn, d queue.Delivery) error {
	if d.Kind != "notice" || d.Rehearsal {
		return telegram.ErrStale
	}
	if err := t.Go(ctx, "revise", "words", revision{ID: d.ID}); err != nil {
		return err
	}
	return t.Say(ctx, "post.revise_ask", nil)
}

// revised takes the corrected words, and shows what will be sent. The dialogue goes on until
// they fit.
func (h Post) revised(ctx context.Context, t *telegram.Turn) error {
	var v revision
	if err := t.Dialogue("revise", &v); err != nil {
		return err
	}
	d, err := h.mine(ctx, t, v.ID)
	if err != nil {
		return err
	}
	c, ok := t.Content()
	if !ok || c.HTML == "" {
		return t.Say(ctx, "post.revise_ask", nil)
	}
	if err := json.Unmarshal(d.Body, &v.Body); err != nil {
		return err
	}
	v.Body.HTML = c.HTML + "\n\n" + t.Words().HTML("post.revised", map[string]any{"At": card.Moment(t.Words(), t.Now)})
	if err := v.Body.Fits(text.Length(v.Body.HTML)); err != nil {
		return err
	}
	if err := t.Go(ctx, "revise", "check", v); err != nil {
		return err
	}
	_, err = t.Send(ctx, card.Revision(t.Words(), v.Body.HTML, d, t.Known.Dialogue.Version))
	return err
}

// fix has every copy that was sent say the corrected words, and so what is sent again later.
func (h Post) fix(ctx context.Context, t *telegram.Turn) error {
	var v revision
	if err := t.Dialogue("revise", &v); err != nil {
		return err
	}
	d, err := h.mine(ctx, t, v.ID)
	if err != nil {
		return err
	}
	if t.Known.Dialogue.Step != "check" || strings.TrimSpace(string(v.Body.HTML)) == "" {
		return telegram.ErrStale
	}
	body, err := json.Marshal(v.Body)
	if err != nil {
		return err
	}
	change, err := json.Marshal(map[string]json.RawMessage{"body": body})
	if err != nil {
		return err
	}
	next := queue.Delivery{Kind: queue.KindRevise, Ref: d.ID, To: d.To, Body: change, Author: t.UserID(), Urgent: true, Made: t.Now}
	if _, err = h.Store.StartDelivery(ctx, t.Op(), next); err != nil {
		return err
	}
	if err := h.Store.SetBody(ctx, d.ID, body); err != nil {
		return err
	}
	if err := h.note(ctx, t, "delivery.revise", d); err != nil {
		return err
	}
	h.Wake()
	if err := t.Edit(ctx, card.DeliveryActs(t.Words(), next.Kind)); err != nil {
		return err
	}
	return t.End(ctx)
}
