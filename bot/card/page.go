package card

import (
	"strconv"
	"strings"

	"xingfuli/bot/telegram"
	"xingfuli/bot/text"
)

// PerPage is how many things a list shows at a time: they fit on a telephone's screen.
const PerPage = 8

// Page is a part of a list: which, from 0, and how many things the whole list has.
type Page struct{ Number, Total int }

// From and To are the places of the page's things in the whole list, To not included. A page
// behind the end, which a forged or an old button may ask for, is the last one.
func (p Page) From() int { return max(0, min(p.Number, (p.Total-1)/PerPage)) * PerPage }

// To is where the page ends.
func (p Page) To() int { return min(p.From()+PerPage, p.Total) }

// PageID is the ID of a button that shows a page of a list; CutPage reads it.
func PageID(list string, page int) string { return list + "~" + strconv.Itoa(page) }

// CutPage splits the ID of a button into the list and its page, 0 when it names none.
func CutPage(id string) (list string, page int) {
	list, n, _ := strings.Cut(id, "~")
	page, err := strconv.Atoi(n)
	if err != nil || page < 0 || page > 1_000_000 {
		return list, 0
	}
	return list, page
}

// turn is the row that leads to the pages beside p, nil when there is only one.
func (p Page) turn(w text.Words, word, list string) [][]telegram.Button {
	var row []telegram.Button
	now := p.From() / PerPage
	if now > 0 {
		row = append(row, telegram.Button{Label: w.Plain("chat.page_back", nil), Word: word, ID: PageID(list, now-1)})
	}
	if p.To() < p.Total {
		row = append(row, telegram.Button{Label: w.Plain("chat.page_on", nil), Word: word, ID: PageID(list, now+1)})
	}
	if row == nil {
		return nil
	}
	return [][]telegram.Button{row}
}

// Choice is one thing to choose: what its button says, and its ID.
type Choice struct{ Label, ID string }

// choose shows a page of choices, two a row, and the way to the other pages. before is put in
// front of each ID.
func choose(w text.Words, word, before string, all []Choice, page int) [][]telegram.Button {
	p := Page{page, len(all)}
	var rows [][]telegram.Button
	for i, c := range all[p.From():p.To()] {
		if i%2 == 0 {
			rows = append(rows, nil)
		}
		last := len(rows) - 1
		rows[last] = append(rows[last], telegram.Button{Label: c.Label, Word: word, ID: before + c.ID})
	}
	return append(rows, p.turn(w, word, strings.TrimSuffix(before, "."))...)
}
