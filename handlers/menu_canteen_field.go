package handlers

import (
	"context"
	"slices"
	"strings"

	"xingfuli/bot/card"
	"xingfuli/bot/community"
	"xingfuli/bot/menu"
	"xingfuli/bot/telegram"
)

// canteenField is something of a canteen that is changed in words.
type canteenField struct {
	what   string // the second half of the audit trail's code and of the keys of its texts
	admins bool   // cooks do not change it
	show   func(t *telegram.Turn, d community.Directory, c menu.Canteen) string
	set    func(t *telegram.Turn, d community.Directory, all menu.Canteens, id, words string) (menu.Canteen, error)
}

func (h Canteen) fields() []canteenField {
	return []canteenField{
		{"name", true, func(_ *telegram.Turn, _ community.Directory, c menu.Canteen) string { return c.Name },
			func(_ *telegram.Turn, _ community.Directory, all menu.Canteens, id, words string) (menu.Canteen, error) {
				return all.Rename(id, words)
			}},
		{"serve", true, func(t *telegram.Turn, d community.Directory, c menu.Canteen) string {
			return card.Served(t.Words(), d, c)
		}, setServed},
		{"hours", false, func(t *telegram.Turn, _ community.Directory, c menu.Canteen) string {
			return card.Openings(t.Words(), c)
		}, setHours},
		{"prices", false, func(t *telegram.Turn, _ community.Directory, c menu.Canteen) string { return card.Prices(t.Words(), c) }, setPrices},
		{"address", false, func(_ *telegram.Turn, _ community.Directory, c menu.Canteen) string { return c.Address },
			func(_ *telegram.Turn, _ community.Directory, all menu.Canteens, id, words string) (menu.Canteen, error) {
				return all.SetAddress(id, something(words))
			}},
		{"phone", false, func(_ *telegram.Turn, _ community.Directory, c menu.Canteen) string { return c.Phone },
			func(_ *telegram.Turn, _ community.Directory, all menu.Canteens, id, words string) (menu.Canteen, error) {
				return all.SetPhone(id, something(words))
			}},
		{"rest", false, func(t *telegram.Turn, _ community.Directory, c menu.Canteen) string {
			return card.Holidays(t.Words(), c, today(t))
		}, setRest},
	}
}

// something is what a person wrote, nothing for 「无」.
func something(words string) string {
	words = strings.TrimSpace(words)
	if says(words, "community.nobody") {
		return ""
	}
	return words
}

func setServed(_ *telegram.Turn, d community.Directory, all menu.Canteens, id, words string) (menu.Canteen, error) {
	ids, err := named(d, something(words))
	if err != nil {
		return menu.Canteen{}, err
	}
	return all.Serve(id, ids)
}

func setHours(_ *telegram.Turn, _ community.Directory, all menu.Canteens, id, words string) (menu.Canteen, error) {
	list, err := menu.ParseOpenings(words)
	if err != nil {
		return menu.Canteen{}, err
	}
	return all.SetHours(id, list)
}

func setPrices(_ *telegram.Turn, _ community.Directory, all menu.Canteens, id, words string) (menu.Canteen, error) {
	if something(words) == "" {
		return all.SetPrices(id, nil)
	}
	list, err := menu.ParsePrices(words)
	if err != nil {
		return menu.Canteen{}, err
	}
	return all.SetPrices(id, list)
}

// setRest adds holidays, or takes them away: 「取消 10月1日」, or all of them with 「无」.
func setRest(t *telegram.Turn, _ community.Directory, all menu.Canteens, id, words string) (menu.Canteen, error) {
	if something(words) == "" {
		return all.Work(id, nil, today(t))
	}
	verb, rest := cutWord(words)
	off := says(verb, "canteen.verb_off")
	if !off {
		rest = words
	}
	list, err := menu.ParseHolidays(rest, today(t))
	switch {
	case err != nil:
		return menu.Canteen{}, err
	case off:
		return all.Work(id, list, today(t))
	}
	return all.Rest(id, list, today(t))
}

// was makes what a form shows of a canteen before it is changed.
func (h Canteen) was(show func(*telegram.Turn, community.Directory, menu.Canteen) string) func(context.Context, *telegram.Turn, string) (string, error) {
	return func(ctx context.Context, t *telegram.Turn, id string) (string, error) {
		d, err := h.Store.Directory(ctx, t.Known.Content)
		if err != nil {
			return "", err
		}
		all, err := h.Store.AllCanteens(ctx, t.Known.Content)
		if err != nil {
			return "", err
		}
		c, ok := all.ByID(id)
		if !ok {
			return "", telegram.ErrStale
		}
		return show(t, d, c), nil
	}
}

// save makes what a form changes.
func (h Canteen) save(field canteenField) func(context.Context, *telegram.Turn, form, string) (telegram.Message, error) {
	return func(ctx context.Context, t *telegram.Turn, f form, words string) (telegram.Message, error) {
		return h.change(ctx, t, field, words, func(d community.Directory, all menu.Canteens) (menu.Canteen, error) {
			c, ok := all.ByID(f.ID)
			if !ok {
				return c, telegram.ErrStale
			}
			return c, f.check(field.show(t, d, c))
		})
	}
}

// change changes a field of the canteen that which finds, where the change is written: a
// retry would not find an old name any more.
func (h Canteen) change(ctx context.Context, t *telegram.Turn, field canteenField, words string, which func(community.Directory, menu.Canteens) (menu.Canteen, error)) (telegram.Message, error) {
	c, err := h.Store.EditCanteen(ctx, t.Op(), func(d community.Directory, all menu.Canteens) (menu.Canteen, community.Entry, error) {
		was, err := which(d, all)
		if err != nil {
			return was, community.Entry{}, err
		}
		c, err := field.set(t, d, all, was.ID, words)
		return c, h.entry(t, field.what, was, field.show(t, d, was), field.show(t, d, c)), err
	})
	if err != nil {
		return telegram.Message{}, err
	}
	return h.card(ctx, t, "canteen.saved", c)
}

// canteenVerbs are what /canteen can be told to do in one line.
var canteenVerbs = map[string]func(Canteen, context.Context, *telegram.Turn, string) error{
	"canteen.verb_add":    Canteen.addLine,
	"canteen.verb_close":  Canteen.closeLine,
	"canteen.verb_rename": fieldLine("name"),
	"canteen.verb_serve":  served(func(ids, more []string) []string { return append(ids, more...) }),
	"canteen.verb_unserve": served(func(ids, less []string) []string {
		return slices.DeleteFunc(ids, func(id string) bool { return slices.Contains(less, id) })
	}),
	"canteen.verb_hours":   fieldLine("hours"),
	"canteen.verb_prices":  fieldLine("prices"),
	"canteen.verb_address": fieldLine("address"),
	"canteen.verb_phone":   fieldLine("phone"),
	"canteen.verb_rest":    fieldLine("rest"),
}

// fieldLine reads 「和食堂 新的内容」 and changes that field.
func fieldLine(what string) func(Canteen, context.Context, *telegram.Turn, string) error {
	return func(h Canteen, ctx context.Context, t *telegram.Turn, line string) error {
		name, words := cutWord(line)
		fields := h.fields()
		return h.line(ctx, t, fields[slices.IndexFunc(fields, func(f canteenField) bool { return f.what == what })], name, words)
	}
}

// served reads 「和食堂 世纪花园小区」 and makes of the communities that the canteen serves, and
// of those named, the ones it serves from now on.
func served(merge func(ids, said []string) []string) func(Canteen, context.Context, *telegram.Turn, string) error {
	field := canteenField{what: "serve", admins: true, show: func(t *telegram.Turn, d community.Directory, c menu.Canteen) string {
		return card.Served(t.Words(), d, c)
	}}
	field.set = func(_ *telegram.Turn, d community.Directory, all menu.Canteens, id, words string) (menu.Canteen, error) {
		c, _ := all.ByID(id)
		said, err := named(d, words)
		if err != nil {
			return c, err
		}
		return all.Serve(id, merge(slices.Clone(c.Communities), said))
	}
	return func(h Canteen, ctx context.Context, t *telegram.Turn, line string) error {
		name, words := cutName(line)
		return h.line(ctx, t, field, name, words)
	}
}

// line changes a field in one line, if this person may.
func (h Canteen) line(ctx context.Context, t *telegram.Turn, field canteenField, name, words string) error {
	mine, boss, err := h.mine(ctx, t)
	switch {
	case err != nil:
		return err
	case field.admins && !boss:
		return community.ErrNotAdmin
	case strings.TrimSpace(words) == "":
		return t.Say(ctx, "canteen.how", map[string]any{"Admin": boss})
	}
	m, err := h.change(ctx, t, field, words, func(_ community.Directory, all menu.Canteens) (menu.Canteen, error) {
		c, err := all.Find(name)
		if _, ok := mine.ByID(c.ID); err == nil && !ok {
			err = community.ErrNotStaff
		}
		return c, err
	})
	if err != nil {
		return err
	}
	_, err = t.Send(ctx, m)
	return err
}
