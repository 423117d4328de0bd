package handlers

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"

	"xingfuli/bot/calendar"
	"xingfuli/bot/card"
	"xingfuli/bot/community"
	"xingfuli/bot/queue"
	"xingfuli/bot/table"
	"xingfuli/bot/telegram"
)

// HolidayStore keeps the days that admins have set in the place of those built in. content is
// queue.Known.Content, or what Content returns.
type HolidayStore interface {
	Content(ctx context.Context) (int64, error)
	Specials(ctx context.Context, content int64) (calendar.Specials, error)
	// PutSpecials writes over version sp.Version, or returns queue.ErrConflict.
	PutSpecials(ctx context.Context, op queue.Op, sp calendar.Specials, e community.Entry) error
}

// Holidays shows admins the days off and the make-up days, and takes others from them.
type Holidays struct {
	Store HolidayStore
	Staff Staff
}

// Register takes /holidays, its buttons and refusals.
func (h Holidays) Register(r *telegram.Router) {
	r.Command("holidays", h.begin, telegram.In(telegram.Private), telegram.For(has(h.Staff, community.Admin)), telegram.About("holidays.about"))
	r.Step("holidays", "holidays.doing", h.entered)
	r.Button("holidayadd", h.ask)
	r.Button("holidayreset", h.reset)
	r.Button("holidayset", h.set)
	r.Button("holidaykeep", h.keep)
	r.Explain(calendar.ErrSpecials, "holidays.bad")
}

// specials is what an admin is about to set.
type specials struct {
	Days  []calendar.Special `json:"d,omitempty"`
	Reset bool               `json:"r,omitempty"` // all that was set goes, and what is built in is left
	Was   int64              `json:"w,omitempty"` // the version that the preview was made on
}

// over is what s makes of what was set.
func (s specials) over(was calendar.Specials) (calendar.Specials, error) {
	if s.Reset {
		was.Days = nil
		return was, nil
	}
	return was.Set(s.Days)
}

// begin takes the days that came with the command, or shows those that there are.
func (h Holidays) begin(ctx context.Context, t *telegram.Turn) error {
	if _, file := t.Document(); file || t.Args != "" {
		return h.take(ctx, t, t.Args)
	}
	own, err := h.Store.Specials(ctx, t.Known.Content)
	if err != nil {
		return err
	}
	year := t.Now.Year()
	_, err = t.Send(ctx, card.Calendar(t.Words(), calendar.BuiltIn().With(own.Days), len(own.Days), year, year+1))
	return err
}

func (h Holidays) ask(ctx context.Context, t *telegram.Turn) error {
	if err := admin(ctx, h.Staff, t); err != nil {
		return err
	}
	if err := t.Go(ctx, "holidays", "ask", specials{}); err != nil {
		return err
	}
	return t.Say(ctx, "holidays.ask", nil)
}

// entered takes what the admin sent after being asked, or in the place of what they sent before.
func (h Holidays) entered(ctx context.Context, t *telegram.Turn) error {
	if err := admin(ctx, h.Staff, t); err != nil {
		return err
	}
	return h.take(ctx, t, t.Text)
}

// take reads days from a table or from lines, and shows what they would change.
func (h Holidays) take(ctx context.Context, t *telegram.Turn, words string) error {
	list, err := days(ctx, t, words)
	var bad *calendar.SpecialError
	switch {
	case errors.As(err, &bad):
		return t.Say(ctx, "holidays.bad_row", map[string]any{"Row": bad.Row})
	case err == nil:
		return h.preview(ctx, t, specials{Days: list})
	}
	for _, u := range unread {
		if errors.Is(err, u.err) {
			return t.Say(ctx, "holidays.unread", nil)
		}
	}
	return err
}

// days are those of a table that came with the turn, else those of the words, one a line.
func days(ctx context.Context, t *telegram.Turn, words string) ([]calendar.Special, error) {
	var rows [][]string
	if doc, ok := t.Document(); ok {
		data, err := t.Download(ctx, doc, table.MaxFile)
		if err != nil {
			return nil, err
		}
		if rows, err = table.Read(doc.Name, data); err != nil {
			return nil, err
		}
		return calendar.ParseSpecials(rows)
	}
	for line := range strings.Lines(words) {
		rows = append(rows, strings.FieldsFunc(line, func(r rune) bool { return strings.ContainsRune(" \t\r\n,，　", r) }))
	}
	return calendar.ParseSpecials(rows)
}

func (h Holidays) reset(ctx context.Context, t *telegram.Turn) error {
	if err := admin(ctx, h.Staff, t); err != nil {
		return err
	}
	return h.preview(ctx, t, specials{Reset: true})
}

// preview shows what would change from this year on.
func (h Holidays) preview(ctx context.Context, t *telegram.Turn, s specials) error {
	own, err := h.Store.Specials(ctx, t.Known.Content)
	if err != nil {
		return err
	}
	next, err := s.over(own)
	if err != nil {
		return err
	}
	first := calendar.Date{Year: t.Now.Year(), Month: 1, Day: 1}
	changes := calendar.BuiltIn().With(own.Days).Changes(calendar.BuiltIn().With(next.Days), first)
	if len(changes) == 0 {
		if err := t.Say(ctx, "holidays.same", nil); err != nil || t.Known.Dialogue.Word != "holidays" {
			return err
		}
		return t.End(ctx)
	}
	s.Was = own.Version
	if err := t.Go(ctx, "holidays", "sure", s); err != nil {
		return err
	}
	_, err = t.Send(ctx, card.CalendarChanges(t.Words(), changes, t.Known.Dialogue.Version))
	return err
}

// set writes what the admin has confirmed. When somebody else wrote meanwhile, they are shown
// again what would change.
func (h Holidays) set(ctx context.Context, t *telegram.Turn) error {
	s, err := h.draft(ctx, t)
	if err != nil {
		return err
	}
	own, err := h.Store.Specials(ctx, t.Known.Content)
	if err != nil {
		return err
	}
	next, err := s.over(own)
	if err != nil {
		return err
	}
	next.Version = s.Was
	err = h.Store.PutSpecials(ctx, t.Op(), next, specialEntry(t, s))
	if errors.Is(err, queue.ErrConflict) {
		return h.again(ctx, t, s)
	}
	if err != nil {
		return err
	}
	if err := t.Edit(ctx, telegram.Message{HTML: t.Words().HTML("holidays.done", nil)}); err != nil {
		return err
	}
	return t.End(ctx)
}

func (h Holidays) again(ctx context.Context, t *telegram.Turn, s specials) (err error) {
	if t.Known.Content, err = h.Store.Content(ctx); err != nil {
		return err
	}
	if err := t.Say(ctx, "holidays.meanwhile", nil); err != nil {
		return err
	}
	return h.preview(ctx, t, s)
}

func (h Holidays) keep(ctx context.Context, t *telegram.Turn) error {
	if _, err := h.draft(ctx, t); err != nil {
		return err
	}
	if err := t.Edit(ctx, telegram.Message{HTML: t.Words().HTML("holidays.kept", nil)}); err != nil {
		return err
	}
	return t.End(ctx)
}

// draft is what is under the pressed button, if this person is an admin now.
func (h Holidays) draft(ctx context.Context, t *telegram.Turn) (s specials, err error) {
	if err := admin(ctx, h.Staff, t); err != nil {
		return s, err
	}
	if err := t.Dialogue("holidays", &s); err != nil {
		return s, err
	}
	if t.Known.Dialogue.Step != "sure" {
		return s, telegram.ErrStale
	}
	return s, nil
}

// specialEntry is what the audit trail gets: the years, and the days as they were sent.
func specialEntry(t *telegram.Turn, s specials) community.Entry {
	what := "set"
	if s.Reset {
		what = "reset"
	}
	e := community.Entry{At: t.Now, Who: t.UserID(), What: "holidays" + "." + what}
	var years, lines []string
	for _, d := range s.Days {
		kind := "班"
		if d.Rest {
			kind = "休"
		}
		years = append(years, strconv.Itoa(d.Date.Year))
		lines = append(lines, d.Date.String()+" "+kind+" "+d.Name)
	}
	slices.Sort(years)
	e.About, e.After = strings.Join(slices.Compact(years), " "), strings.Join(lines, "\n")
	return e
}
