// Package table reads and writes tables: .xlsx and .csv, as rows of texts.
//
// What is read comes from people and may be anything. No file, however made, takes more
// than about 60 MiB of memory or one second (TestHostile), and one is read at a time.
package table

import (
	"bytes"
	"errors"
	"fmt"
	"path"
	"strings"
	"sync"
	"unicode/utf8"
)

// What is read at most. A menu has eight rows; the roll of a township's flats, some thousands.
const (
	MaxFile    = 5 << 20 // bytes of a file
	MaxRows    = 10_000
	MaxColumns = 100
	MaxCell    = 2000 // runes
	maxUnzip   = 8 << 20
)

// What is refused.
var (
	// ErrKind refuses a file that is neither .xlsx nor .csv.
	ErrKind = errors.New("table: neither xlsx nor csv")
	// ErrOld refuses a workbook in the form before 2007, .xls.
	ErrOld = errors.New("table: an old xls workbook")
	// ErrLocked refuses a workbook with a password.
	ErrLocked = errors.New("table: the workbook has a password")
	// ErrBroken refuses a workbook that is cut off, or is none inside.
	ErrBroken = errors.New("table: the workbook is damaged")
	// ErrBig refuses what is over MaxFile, MaxRows, MaxColumns or MaxCell, or larger unzipped than is read.
	ErrBig = errors.New("table: too big")
	// ErrGarbled refuses a text that is in none of the encodings that are read.
	ErrGarbled = errors.New("table: unknown encoding")
	// ErrEmpty refuses a table without a single word.
	ErrEmpty = errors.New("table: empty")
)

// one lets one table be read at a time: what a hostile one may take is taken once.
var one sync.Mutex

// Read reads a table by its content; name tells only whether text is a table (.csv).
//
// Of a workbook it reads the first visible sheet that has anything in it. A merged cell's
// value stands in all its cells, a date is 2026-11-23 (with a time, 2026-11-23 10:30), a
// number has at most 15 digits, and a formula is its result as the program that wrote the
// file has computed it: nothing is computed here, and without a kept result it is empty.
// A text is UTF-8, UTF-16 with a mark at its beginning, or GB18030; its cells are parted by
// commas, semicolons or tabs.
//
// All rows are as long as the longest, and neither the last row nor all of the last column
// is empty. Cells have no space around them. The error is one of those above.
func Read(name string, data []byte) ([][]string, error) {
	if len(data) > MaxFile {
		return nil, ErrBig
	}
	one.Lock()
	defer one.Unlock()
	rows, err := read(strings.ToLower(path.Ext(name)), data)
	if err != nil {
		return nil, err
	}
	if rows = square(rows); len(rows) == 0 {
		return nil, ErrEmpty
	}
	return rows, nil
}

func read(ext string, data []byte) ([][]string, error) {
	switch {
	case len(data) == 0:
		return nil, ErrEmpty
	case bytes.HasPrefix(data, []byte("PK\x03\x04")), bytes.HasPrefix(data, []byte("PK\x05\x06")):
		return readWorkbook(data)
	case bytes.HasPrefix(data, []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")):
		return nil, compound(data)
	case ext == ".csv":
		return readCSV(data)
	case ext == ".xlsx":
		return nil, ErrBroken
	}
	return nil, ErrKind
}

// compound tells an old workbook from a new one with a password and from other documents:
// all three come in the same container.
//
// Source: [MS-CFB], and [MS-OFFCRYPTO] 2.3.1 for the name of the stream.
func compound(data []byte) error {
	has := func(stream string) bool {
		var name []byte
		for i := range len(stream) {
			name = append(name, stream[i], 0)
		}
		return bytes.Contains(data, name)
	}
	switch {
	case has("EncryptedPackage"):
		return ErrLocked
	case has("Workbook"), has("Book"):
		return ErrOld
	}
	return ErrKind
}

// square makes all rows as long as the longest, without empty ones at the end.
func square(rows [][]string) [][]string {
	width, last := 0, 0
	for i, row := range rows {
		for j, cell := range row {
			if cell != "" {
				width, last = max(width, j+1), i+1
			}
		}
	}
	for i, row := range rows[:last] {
		for len(row) < width {
			row = append(row, "")
		}
		rows[i] = row[:width]
	}
	return rows[:last]
}

// cell is a cell's text without space around it, or ErrBig.
func cell(text string) (string, error) {
	text = strings.TrimSpace(text)
	if len(text) > MaxCell && utf8.RuneCountInString(text) > MaxCell {
		return "", fmt.Errorf("a cell: %w", ErrBig)
	}
	return text, nil
}
