package table

import (
	"encoding/xml"
	"fmt"
	"strconv"
	"strings"
)

// sheet reads the rows of a sheet. A sheet of another kind, a chart's, has none.
func (b *workbook) sheet(part string) ([][]string, error) {
	g := grid{}
	err := b.scan(part, func(e xml.StartElement, d *decoder) error {
		switch e.Name.Local {
		case "row":
			g.begin(attr(e, "r"))
		case "c":
			return g.take(b, e, d)
		case "mergeCell":
			return g.merge(attr(e, "ref"))
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return g.fill()
}

// grid gathers cells by their places, rows and columns from 0. Only cells with a value take room.
type grid struct {
	rows       [][]string
	row, next  int // the row it is in; the column after the last cell
	merged     []area
	begun      bool
	lastColumn int
}

// area is a range of cells, both ends within.
type area struct{ top, left, bottom, right int }

// begin takes the beginning of a row; one without a number follows the last.
func (g *grid) begin(number string) {
	if n, err := strconv.Atoi(number); err == nil && n > 0 {
		g.row = n - 1
	} else if g.begun {
		g.row++
	}
	g.begun, g.next = true, 0
}

// take reads a cell; one without a name follows the last.
func (g *grid) take(b *workbook, e xml.StartElement, d *decoder) error {
	row, column := g.row, g.next
	if r, c, ok := place(attr(e, "r")); ok {
		row, column = r, c
	}
	g.next = column + 1
	text, err := b.value(e, d)
	if err != nil || text == "" {
		return err
	}
	if row >= MaxRows || column >= MaxColumns {
		return fmt.Errorf("row %d, column %d: %w", row+1, column+1, ErrBig)
	}
	for len(g.rows) <= row {
		g.rows = append(g.rows, nil)
	}
	for len(g.rows[row]) <= column {
		g.rows[row] = append(g.rows[row], "")
	}
	g.rows[row][column] = text
	g.lastColumn = max(g.lastColumn, column)
	return nil
}

// maxMerged is how many ranges are filled, and maxFilled how many cells.
const maxMerged, maxFilled = 10_000, MaxRows * MaxColumns

func (g *grid) merge(ref string) error {
	from, to, _ := strings.Cut(ref, ":")
	top, left, ok := place(from)
	bottom, right, ok2 := place(to)
	if !ok || !ok2 {
		return nil
	}
	if len(g.merged) == maxMerged {
		return fmt.Errorf("merged cells: %w", ErrBig)
	}
	g.merged = append(g.merged, area{top, left, bottom, right})
	return nil
}

// fill gives the cells of each merged range the value of the first of them, as far as there
// are other values in the table.
func (g *grid) fill() ([][]string, error) {
	filled := 0
	for _, a := range g.merged {
		if a.top >= len(g.rows) || a.left >= len(g.rows[a.top]) || g.rows[a.top][a.left] == "" {
			continue
		}
		text := g.rows[a.top][a.left]
		for r := a.top; r <= min(a.bottom, len(g.rows)-1); r++ {
			for c := a.left; c <= min(a.right, g.lastColumn); c++ {
				if filled++; filled > maxFilled {
					return nil, fmt.Errorf("merged cells: %w", ErrBig)
				}
				for len(g.rows[r]) <= c {
					g.rows[r] = append(g.rows[r], "")
				}
				if g.rows[r][c] == "" {
					g.rows[r][c] = text
				}
			}
		}
	}
	return g.rows, nil
}

// place reads a cell's name: C7 is row 6, column 2.
func place(name string) (row, column int, ok bool) {
	i := 0
	for ; i < len(name) && 'A' <= name[i] && name[i] <= 'Z' && i < 4; i++ {
		column = column*26 + int(name[i]-'A') + 1
	}
	n, err := strconv.Atoi(name[i:])
	if i == 0 || err != nil || n <= 0 {
		return 0, 0, false
	}
	return n - 1, column - 1, true
}

// value reads what a cell shows.
func (b *workbook) value(e xml.StartElement, d *decoder) (string, error) {
	kind, style := attr(e, "t"), attr(e, "s")
	text, err := d.text()
	if err != nil {
		return "", err
	}
	text = strings.TrimSpace(text)
	switch {
	case text == "":
	case kind == "s":
		n, err := strconv.Atoi(text)
		if err != nil || n < 0 || n >= len(b.strings) {
			return "", fmt.Errorf("shared string %.20q: %w", text, ErrBroken)
		}
		return cell(b.strings[n])
	case kind == "b":
		return strconv.FormatBool(isTrue(text)), nil
	case kind == "e": // #REF!
		return "", nil
	case kind == "d": // 2026-11-23T00:00:00
		day, clock, _ := strings.Cut(text, "T")
		return cell(strings.TrimSpace(day + " " + strings.TrimPrefix(clock, "00:00:00")))
	case kind == "" || kind == "n":
		s, err := strconv.Atoi(style)
		return cell(b.from.number(text, err == nil && s >= 0 && s < len(b.dates) && b.dates[s]))
	}
	return cell(text)
}
