package handlers

import (
	"context"
	"strings"

	"xingfuli/bot/card"
	"xingfuli/bot/community"
	"xingfuli/bot/menu"
	"xingfuli/bot/queue"
	"xingfuli/bot/telegram"
)

// CanteenStore keeps the canteens. content is queue.Known.Content.
type CanteenStore interface {
	Directory
	AllCanteens(ctx context.Context, content int64) (menu.Canteens, error)
	EditCanteen(ctx context.Context, op queue.Op, change func(community.Directory, menu.Canteens) (menu.Canteen, community.Entry, error)) (menu.Canteen, error)
}

// Canteen shows staff the canteens and changes them: an admin everything of all of them, a
// cook hours, holidays, prices, address and telephone of the own ones.
type Canteen struct {
	Store CanteenStore
	Staff Staff
	Forms Forms
}

// Register takes /canteen, its buttons, forms and refusals.
func (h Canteen) Register(r *telegram.Router) {
	r.Command("canteen", h.canteen, telegram.In(telegram.Private), telegram.For(has(h.Staff, community.Cook)), telegram.About("canteen.about"))
	r.Button("canteen", h.show)
	for word, run := range map[string]telegram.Handler{"canteenclose": h.askClose, "canteenclosed": h.close, "canteenopen": h.reopen} {
		r.Button(word, func(ctx context.Context, t *telegram.Turn) error {
			if err := admin(ctx, h.Staff, t); err != nil {
				return err
			}
			return run(ctx, t)
		})
	}
	for _, f := range h.fields() {
		field := formField{"canteen.form_" + f.what, h.cooks, h.was(f.show), h.save(f)}
		if f.admins {
			field.may = onlyAdmins(h.Staff)
		}
		h.Forms["k_"+f.what] = field
	}
	h.Forms["k_add"] = formField{"canteen.form_add", onlyAdmins(h.Staff), nil, h.add}
	r.Explain(menu.ErrServed, "canteen.served_twice")
	r.Explain(menu.ErrMany, "canteen.many")
	r.Explain(menu.ErrHours, "canteen.bad_hours")
	r.Explain(menu.ErrPrices, "canteen.bad_prices")
	r.Explain(menu.ErrHoliday, "canteen.bad_holiday")
	r.Explain(menu.ErrHolidayOver, "canteen.holiday_over")
}

// cooks lets an admin and the cooks of that canteen pass.
func (h Canteen) cooks(ctx context.Context, t *telegram.Turn, id string) error {
	return may(ctx, h.Staff, t, community.Cook, id, community.ErrNotStaff)
}

// canteen shows the canteens of this person, or does what the line says.
func (h Canteen) canteen(ctx context.Context, t *telegram.Turn) error {
	verb, rest := cutWord(t.Args)
	for key, do := range canteenVerbs {
		if says(verb, key) {
			return do(h, ctx, t, rest)
		}
	}
	mine, boss, err := h.mine(ctx, t)
	if err != nil {
		return err
	}
	if verb != "" {
		c, err := mine.Find(t.Args)
		if err != nil {
			return t.Say(ctx, "canteen.how", map[string]any{"Admin": boss})
		}
		return h.send(ctx, t, c)
	}
	if len(mine) == 1 && !boss {
		return h.send(ctx, t, mine[0])
	}
	_, err = t.Send(ctx, card.CanteenList(t.Words(), mine, boss, 0))
	return err
}

func (h Canteen) send(ctx context.Context, t *telegram.Turn, c menu.Canteen) error {
	m, err := h.card(ctx, t, "", c)
	if err == nil {
		_, err = t.Send(ctx, m)
	}
	return err
}

// mine lists the canteens that this person may change: all, closed ones too, for an admin.
func (h Canteen) mine(ctx context.Context, t *telegram.Turn) (mine menu.Canteens, boss bool, err error) {
	if t.User == nil {
		return nil, false, telegram.ErrAnonymous
	}
	g, err := h.Staff.Grants(ctx, t.User.ID)
	if err != nil {
		return nil, false, err
	}
	all, err := h.Store.AllCanteens(ctx, t.Known.Content)
	if g.Has(community.Admin) {
		return all, true, err
	}
	for _, c := range all.Open() {
		if g.May(community.Cook, c.ID) {
			mine = append(mine, c)
		}
	}
	return mine, false, err
}

// show changes the message to a canteen, or to a page of the list.
func (h Canteen) show(ctx context.Context, t *telegram.Turn) error {
	mine, boss, err := h.mine(ctx, t)
	if err != nil {
		return err
	}
	id, page := card.CutPage(t.Button.ID)
	switch c, ok := mine.ByID(id); {
	case ok:
		m, err := h.card(ctx, t, "", c)
		if err != nil {
			return err
		}
		return t.Edit(ctx, m)
	case len(mine) == 0 || id != "":
		return community.ErrNotStaff
	}
	return t.Edit(ctx, card.CanteenList(t.Words(), mine, boss, page))
}

// card shows a canteen with the buttons that this person may press, below what was done to
// it: the text under key, "" for nothing.
func (h Canteen) card(ctx context.Context, t *telegram.Turn, key string, c menu.Canteen) (telegram.Message, error) {
	g, err := h.Staff.Grants(ctx, t.UserID())
	if err != nil {
		return telegram.Message{}, err
	}
	d, err := h.Store.Directory(ctx, t.Known.Content)
	if err != nil {
		return telegram.Message{}, err
	}
	m := card.Canteen(t.Words(), d, c, g.Has(community.Admin), today(t))
	if key != "" {
		m.HTML = t.Words().HTML(key, nil) + "\n\n" + m.HTML
	}
	return m, nil
}

// entry is what the trail gets of a change to a canteen.
func (h Canteen) entry(t *telegram.Turn, what string, c menu.Canteen, before, after string) community.Entry {
	return community.Entry{At: t.Now, Who: t.UserID(), What: "canteen" + "." + what, About: c.Name, Before: before, After: after}
}

func (h Canteen) addLine(ctx context.Context, t *telegram.Turn, line string) error {
	return h.Forms.line(ctx, t, "k_add", "", line)
}

// add reads the name of a new canteen and the communities it serves.
func (h Canteen) add(ctx context.Context, t *telegram.Turn, _ form, words string) (telegram.Message, error) {
	name, rest := cutName(words)
	c, err := h.Store.EditCanteen(ctx, t.Op(), func(d community.Directory, all menu.Canteens) (menu.Canteen, community.Entry, error) {
		served, err := named(d, rest)
		if err != nil {
			return menu.Canteen{}, community.Entry{}, err
		}
		c, err := all.Add(name, served...)
		return c, h.entry(t, "add", c, "", card.Served(t.Words(), d, c)), err
	})
	if err != nil {
		return telegram.Message{}, err
	}
	return h.card(ctx, t, "canteen.added", c)
}

// named reads the names of open communities. It returns community.ErrUnknown.
func named(d community.Directory, words string) (ids []string, err error) {
	for _, name := range strings.FieldsFunc(words, parted) {
		c, err := community.Find(name, d.Open())
		if err != nil {
			return nil, err
		}
		ids = append(ids, c.ID)
	}
	return ids, nil
}

func parted(r rune) bool { return strings.ContainsRune(" \u3000\n\r\t、，,；;", r) }

// cutName splits off a name before other names.
func cutName(words string) (name, rest string) {
	words = strings.TrimFunc(words, parted)
	if i := strings.IndexFunc(words, parted); i >= 0 {
		return words[:i], words[i:]
	}
	return words, ""
}

// closeLine asks before it closes.
func (h Canteen) closeLine(ctx context.Context, t *telegram.Turn, line string) error {
	if err := admin(ctx, h.Staff, t); err != nil {
		return err
	}
	all, err := h.Store.AllCanteens(ctx, t.Known.Content)
	if err != nil {
		return err
	}
	c, err := all.Find(line)
	if err != nil {
		return err
	}
	_, err = t.Send(ctx, card.CloseCanteen(t.Words(), c))
	return err
}

func (h Canteen) askClose(ctx context.Context, t *telegram.Turn) error {
	all, err := h.Store.AllCanteens(ctx, t.Known.Content)
	if err != nil {
		return err
	}
	c, ok := all.ByID(t.Button.ID)
	if !ok {
		return telegram.ErrStale
	}
	return t.Edit(ctx, card.CloseCanteen(t.Words(), c))
}

func (h Canteen) close(ctx context.Context, t *telegram.Turn) error {
	return h.press(ctx, t, "canteen.closed", func(all menu.Canteens) (menu.Canteen, community.Entry, error) {
		c, err := all.Close(t.Button.ID)
		return c, h.entry(t, "close", c, "", ""), err
	})
}

func (h Canteen) reopen(ctx context.Context, t *telegram.Turn) error {
	return h.press(ctx, t, "canteen.opened", func(all menu.Canteens) (menu.Canteen, community.Entry, error) {
		was, ok := all.ByID(t.Button.ID)
		if !ok {
			return was, community.Entry{}, telegram.ErrStale
		}
		c, err := all.Add(was.Name)
		return c, h.entry(t, "open", c, "", ""), err
	})
}

// press makes a change by button and shows what has become of the canteen.
func (h Canteen) press(ctx context.Context, t *telegram.Turn, key string, change func(menu.Canteens) (menu.Canteen, community.Entry, error)) error {
	c, err := h.Store.EditCanteen(ctx, t.Op(), func(_ community.Directory, all menu.Canteens) (menu.Canteen, community.Entry, error) {
		return change(all)
	})
	if err != nil {
		return err
	}
	m, err := h.card(ctx, t, key, c)
	if err != nil {
		return err
	}
	return t.Edit(ctx, m)
}
