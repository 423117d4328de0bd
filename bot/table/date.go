package table

import (
	"encoding/xml"
	"math"
	"strconv"
	"strings"
	"time"
)

// epoch tells from which day a workbook counts: from 1904 or, false, from 1900.
type epoch bool

// number is what a cell with a number says: a date when its style shows one.
func (e epoch) number(text string, date bool) string {
	v, err := strconv.ParseFloat(text, 64)
	switch {
	case err != nil:
		return text
	case math.IsNaN(v) || math.IsInf(v, 0):
		return ""
	case date && v >= 0 && v < 2_958_466: // year 10000
		return e.date(v)
	}
	short := strconv.FormatFloat(v, 'g', 15, 64) // what Excel computes with
	if v, err = strconv.ParseFloat(short, 64); err != nil || math.Abs(v) >= 1e15 {
		return short
	}
	return strconv.FormatFloat(v, 'f', -1, 64)
}

// date says a number of days: 2026-11-23, with a time if there is one, or the time alone.
//
// Source: ECMA-376 part 1, 18.17.4: day 1 is 1900-01-01, and 1900 counts as a leap year, or
// day 0 is 1904-01-01.
func (e epoch) date(days float64) string {
	seconds := math.Round(days * 86400)
	whole := int(seconds / 86400)
	from := time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)
	switch {
	case bool(e):
		from = time.Date(1904, 1, 1, 0, 0, 0, 0, time.UTC)
	case whole < 60:
		from = from.AddDate(0, 0, 1)
	}
	at := from.AddDate(0, 0, whole).Add(time.Duration(seconds-float64(whole)*86400) * time.Second)
	switch {
	case days < 1:
		return at.Format("15:04")
	case at.Hour() == 0 && at.Minute() == 0:
		return at.Format(time.DateOnly)
	}
	return at.Format("2006-01-02 15:04")
}

// readStyles learns which styles show dates.
func (b *workbook) readStyles() error {
	codes := map[string]string{}
	within := false // the styles of cells
	return b.scan("xl/styles.xml", func(e xml.StartElement, d *decoder) error {
		switch e.Name.Local {
		case "numFmt":
			codes[attr(e, "numFmtId")] = attr(e, "formatCode")
		case "cellXfs":
			within = true
		case "cellStyles", "dxfs":
			within = false
		case "xf":
			if within {
				id := attr(e, "numFmtId")
				b.dates = append(b.dates, isDate(id, codes[id]))
			}
		}
		return nil
	})
}

// isDate tells whether a number format shows a date or a time, by its number among those
// that need no code, or by its code: yyyy"年"m"月"d"日", and aaaa for 星期一.
//
// Source: ECMA-376 part 1, 18.8.30, with those of Chinese editions.
func isDate(id, code string) bool {
	if code == "" {
		n, err := strconv.Atoi(id)
		return err == nil && (14 <= n && n <= 22 || 27 <= n && n <= 36 || 45 <= n && n <= 47 || 50 <= n && n <= 58)
	}
	code, _, _ = strings.Cut(strings.ToLower(code), ";")
	var bare strings.Builder
	for i := 0; i < len(code); i++ {
		switch c := code[i]; c {
		case '"', '[':
			end := strings.IndexByte(code[i+1:], map[byte]byte{'"': '"', '[': ']'}[c])
			if end < 0 {
				return false
			}
			i += end + 1
		case '\\', '_', '*':
			i++
		default:
			bare.WriteByte(c)
		}
	}
	words := strings.ReplaceAll(bare.String(), "general", "")
	return strings.ContainsAny(words, "ymdhs") || strings.Contains(words, "aaa")
}
