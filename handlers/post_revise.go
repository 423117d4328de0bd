package handlers

import (
	"context"
	"encoding/json"
	"strings"

	"xingfuli/bot/card"
	"xingfuli/bot/community"
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
	asked, err := h.Second(ctx, t, d, v.Body)
	if err != nil {
		return err
	}
	if asked {
		if err := t.Edit(ctx, telegram.Message{HTML: t.Words().HTML("post.revise_waits", nil)}); err != nil {
			return err
		}
		return t.End(ctx)
	}
	if err := correct(ctx, t, h.Store, d, t.UserID(), v.Body); err != nil {
		return err
	}
	h.Wake()
	if err := t.Edit(ctx, card.DeliveryActs(t.Words(), queue.KindRevise)); err != nil {
		return err
	}
	return t.End(ctx)
}

// corrector changes what was sent.
type corrector interface {
	StartDelivery(ctx context.Context, op queue.Op, d queue.Delivery) (queue.Delivery, error)
	SetBody(ctx context.Context, id string, body json.RawMessage) error
	Record(ctx context.Context, op queue.Op, e community.Entry) error
}

// correct has every copy of a delivery say what now says. The report goes to author.
func correct(ctx context.Context, t *telegram.Turn, s corrector, d queue.Delivery, author int64, now notice.Body) error {
	body, err := json.Marshal(now)
	if err != nil {
		return err
	}
	change, err := json.Marshal(map[string]json.RawMessage{"body": body})
	if err != nil {
		return err
	}
	if err := s.SetBody(ctx, d.ID, body); err != nil { // first: what is sent from now on need not be corrected
		return err
	}
	next := queue.Delivery{Kind: queue.KindRevise, Ref: d.ID, To: d.To, Body: change, Author: author, Urgent: true, Made: t.Now}
	if _, err := s.StartDelivery(ctx, t.Op(), next); err != nil {
		return err
	}
	return s.Record(ctx, t.Op(), community.Entry{At: t.Now, Who: t.UserID(), What: "delivery.revise", About: card.DeliveryHead(d)})
}
