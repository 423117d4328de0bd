package table

import (
	"bytes"
	"fmt"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"
)

// WriteXLSX writes rows as a workbook of one sheet, the first of them as a heading that stays
// in sight. All cells are texts: none becomes a formula, a number or a date. Columns are as
// wide as their longest cell.
func WriteXLSX(sheet string, rows [][]string) ([]byte, error) {
	f := excelize.NewFile()
	defer f.Close() //nolint:errcheck // it has no temporary files
	if err := writeSheet(f, sheet, rows); err != nil {
		return nil, fmt.Errorf("write sheet: %w", err)
	}
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		return nil, fmt.Errorf("write sheet: %w", err)
	}
	return b.Bytes(), nil
}

func writeSheet(f *excelize.File, sheet string, rows [][]string) error {
	if err := f.SetSheetName("Sheet1", sheet); err != nil {
		return err
	}
	w, err := f.NewStreamWriter(sheet)
	if err != nil {
		return err
	}
	bold, err := f.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true, Size: 12}})
	if err != nil {
		return err
	}
	for i, width := range widths(rows) {
		if err := w.SetColWidth(i+1, i+1, width); err != nil {
			return err
		}
	}
	if err := w.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return err
	}
	for i, row := range rows {
		cells := make([]any, len(row))
		for j, text := range row {
			cells[j] = text
			if i == 0 {
				cells[j] = excelize.Cell{StyleID: bold, Value: text}
			}
		}
		if err := w.SetRow(fmt.Sprintf("A%d", i+1), cells); err != nil {
			return err
		}
	}
	return w.Flush()
}

// widths are those of the columns in characters; a Chinese one is as wide as two.
func widths(rows [][]string) []float64 {
	var list []float64
	for _, row := range rows {
		for i, text := range row {
			if i == len(list) {
				list = append(list, 8)
			}
			wide := (len(text) - utf8.RuneCountInString(text)) / 2
			list[i] = max(list[i], min(60, float64(utf8.RuneCountInString(text)+wide+2)))
		}
	}
	return list
}
