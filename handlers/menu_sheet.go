package handlers

import (
	"context"
	"errors"
	"path"
	"slices"
	"strings"

	"xingfuli/bot/card"
	"xingfuli/bot/menu"
	"xingfuli/bot/table"
	"xingfuli/bot/telegram"
)

// unread are the tables that are refused, with what the cook is told.
var unread = []struct {
	err error
	key string
}{
	{table.ErrOld, "sheet.old"}, {table.ErrLocked, "sheet.locked"}, {table.ErrBroken, "sheet.broken"}, {table.ErrGarbled, "sheet.garbled"},
	{table.ErrBig, "sheet.big"}, {telegram.ErrFileBig, "sheet.big"}, {telegram.ErrFileGone, "sheet.gone"},
	{table.ErrEmpty, "sheet.nothing"}, {menu.ErrNothing, "sheet.nothing"}, {table.ErrKind, "sheet.takes"},
}

// sheet takes the menu from a document that a cook has sent for a canteen. One that cannot be
// read is explained, with a table to fill in where that helps, and the cook may send another.
func (h *Menu) sheet(ctx context.Context, t *telegram.Turn, c menu.Canteen, doc telegram.Document) error {
	d, err := tabled(ctx, t, doc)
	if err == nil {
		return h.preview(ctx, t, c, draft{Draft: d, What: "publish"})
	}
	if err := h.expect(ctx, t, c); err != nil {
		return err
	}
	for _, u := range unread {
		if !errors.Is(err, u.err) {
			continue
		}
		if u.key == "sheet.takes" || u.key == "sheet.nothing" {
			return sample(ctx, t, u.key)
		}
		return t.Say(ctx, u.key, nil)
	}
	return err
}

// sent takes a table that a cook sends without the command, which is easily forgotten.
func (h *Menu) sent(ctx context.Context, t *telegram.Turn) (bool, error) {
	doc, _ := t.Document()
	if !t.Private() || !slices.Contains([]string{".xlsx", ".csv", ".xls"}, strings.ToLower(path.Ext(doc.Name))) {
		return false, nil
	}
	mine, err := h.mine(ctx, t)
	if err != nil || len(mine) == 0 {
		return false, err
	}
	if len(mine) > 1 {
		return true, h.which(ctx, t, mine, "")
	}
	return true, h.sheet(ctx, t, mine[0], doc)
}

// tabled is the menu that a table holds.
func tabled(ctx context.Context, t *telegram.Turn, doc telegram.Document) (menu.Draft, error) {
	data, err := t.Download(ctx, doc, table.MaxFile)
	if err != nil {
		return menu.Draft{}, err
	}
	rows, err := table.Read(doc.Name, data)
	if err != nil {
		return menu.Draft{}, err
	}
	return menu.ParseSheet(rows, today(t))
}

// expect makes what the cook sends next a menu for this canteen.
func (h *Menu) expect(ctx context.Context, t *telegram.Turn, c menu.Canteen) error {
	if t.Known.Dialogue.Word == "setmenu" && t.Known.Dialogue.Step != "which" {
		return nil
	}
	return t.Go(ctx, "setmenu", "paste", draft{Canteen: c.ID})
}

// sample brings a table to fill in.
func sample(ctx context.Context, t *telegram.Turn, key string) error {
	m, err := card.SheetSample(t.Words(), key)
	if err != nil {
		return err
	}
	_, err = t.Send(ctx, m)
	return err
}

// attached is the document that came with the turn; the zero Document when none did.
func attached(t *telegram.Turn) telegram.Document {
	d, _ := t.Document()
	return d
}
