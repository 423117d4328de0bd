package table

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode/utf32"

	utf16 "golang.org/x/text/encoding/unicode"
)

func readCSV(data []byte) ([][]string, error) {
	text, err := decode(data)
	if err != nil {
		return nil, err
	}
	by := comma(text)
	for line := range strings.SplitSeq(text, "\n") { // a row is read whole before its columns are counted
		if strings.Count(line, string(by)) > 100*MaxColumns {
			return nil, fmt.Errorf("columns: %w", ErrBig)
		}
	}
	r := csv.NewReader(strings.NewReader(text))
	r.Comma, r.LazyQuotes, r.FieldsPerRecord = by, true, -1
	var rows [][]string
	for {
		row, err := r.Read()
		if errors.Is(err, io.EOF) {
			return rows, nil
		}
		if err != nil {
			return nil, fmt.Errorf("%w: %w", ErrBroken, err)
		}
		if len(rows) == MaxRows {
			return nil, fmt.Errorf("rows: %w", ErrBig)
		}
		if row, err = trimmed(row); err != nil {
			return nil, err
		}
		rows = append(rows, row)
	}
}

// trimmed is a row without what is empty at its end.
func trimmed(row []string) ([]string, error) {
	used := 0
	for i := range row {
		text, err := cell(row[i])
		if err != nil {
			return nil, err
		}
		if row[i] = text; text != "" {
			used = i + 1
		}
	}
	if used > MaxColumns {
		return nil, fmt.Errorf("columns: %w", ErrBig)
	}
	return row[:used], nil
}

// decode finds the encoding by the mark at the beginning, else takes UTF-8 if it is that,
// else GB18030, as Excel writes it on Chinese machines. Of a text of some characters that
// can be a mistake: 1,920 characters have bytes in GB18030 that are UTF-8 too.
func decode(data []byte) (string, error) {
	var from encoding.Encoding
	switch {
	case bytes.HasPrefix(data, []byte("\xff\xfe\x00\x00")), bytes.HasPrefix(data, []byte("\x00\x00\xfe\xff")):
		from = utf32.UTF32(utf32.BigEndian, utf32.ExpectBOM)
	case bytes.HasPrefix(data, []byte("\xff\xfe")), bytes.HasPrefix(data, []byte("\xfe\xff")):
		from = utf16.UTF16(utf16.BigEndian, utf16.ExpectBOM)
	case utf8.Valid(data):
		from = encoding.Nop
		data = bytes.TrimPrefix(data, []byte("\ufeff"))
	default:
		from = simplifiedchinese.GB18030
	}
	out, err := from.NewDecoder().Bytes(data)
	if err != nil || bytes.ContainsRune(out, utf8.RuneError) || bytes.ContainsFunc(out, unprintable) {
		return "", ErrGarbled
	}
	return string(out), nil
}

// unprintable tells whether a rune does not occur in text.
func unprintable(r rune) bool {
	return unicode.IsControl(r) && !unicode.IsSpace(r) || unicode.Is(unicode.Co, r) || unicode.Is(unicode.Noncharacter_Code_Point, r)
}

// comma is what parts the cells: whichever of the three the first lines have most of.
func comma(text string) rune {
	best, most := ',', 0
	for _, c := range ",;\t" {
		n := 0
		for i, line := range strings.SplitN(text, "\n", 12) {
			if i < 10 {
				n += strings.Count(line, string(c))
			}
		}
		if n > most {
			best, most = c, n
		}
	}
	return best
}

// WriteCSV writes rows as UTF-8 with a mark at the beginning, by which Excel knows it. What
// Excel would take for a formula gets a ' before it.
//
// Source: OWASP, "CSV Injection".
func WriteCSV(rows [][]string) []byte {
	var b bytes.Buffer
	b.WriteString("\ufeff")
	w := csv.NewWriter(&b)
	w.UseCRLF = true
	for _, row := range rows {
		safe := make([]string, len(row))
		for i, text := range row {
			if safe[i] = text; strings.ContainsRune("=+-@\t\r＝＋－＠", first(text)) {
				safe[i] = "'" + text
			}
		}
		_ = w.Write(safe) // into memory: cannot fail
	}
	w.Flush()
	return b.Bytes()
}

// first is the first rune of a text, or one that is in none.
func first(text string) rune {
	for _, r := range text {
		return r
	}
	return -1
}
