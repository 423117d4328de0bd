package table

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"
)

// workbook is an .xlsx file while it is read.
//
// It is not read with excelize: that makes a cell for each letter up to the last one, 13 MiB for
// 200 rows with one cell in column XFD, of which a file of 25 KB can hold 240,000; and it
// believes what the zip says of its sizes.
//
// Source: ECMA-376 part 1, 18.2 (workbook), 18.3 (sheets), 18.4 (strings), 18.8 (styles).
type workbook struct {
	parts   map[string]*zip.File // by name in lower case
	left    int64                // bytes that may still be unzipped
	strings []string
	dates   []bool // by style: whether it shows a number as a date
	from    epoch
}

func readWorkbook(data []byte) ([][]string, error) {
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrBroken, err)
	}
	b := &workbook{parts: map[string]*zip.File{}, left: maxUnzip}
	for _, f := range z.File {
		b.parts[strings.ToLower(strings.TrimPrefix(f.Name, "/"))] = f
	}
	if b.parts["xl/workbook.xml"] == nil {
		return nil, ErrKind // a document of another kind
	}
	sheets, err := b.sheets()
	if err != nil {
		return nil, err
	}
	if err := b.readStyles(); err != nil {
		return nil, err
	}
	if err := b.readStrings(); err != nil {
		return nil, err
	}
	for _, s := range sheets {
		rows, err := b.sheet(s)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path.Base(s), err)
		}
		if rows = square(rows); len(rows) > 0 {
			return rows, nil
		}
	}
	return nil, ErrEmpty
}

// maxDepth is how deep elements lie in each other; a workbook's own lie up to ten deep.
const maxDepth = 40

// scan calls f with each element of a part, and at its end with its text. A part that is
// not there has no elements.
func (b *workbook) scan(part string, f func(e xml.StartElement, d *decoder) error) error {
	file := b.parts[strings.ToLower(part)]
	if file == nil {
		return nil
	}
	if file.UncompressedSize64 > uint64(b.left) { // it may lie: what is read is counted too
		return ErrBig
	}
	if file.Flags&1 != 0 {
		return ErrLocked
	}
	r, err := file.Open()
	if err != nil {
		return fmt.Errorf("%w: %w", ErrBroken, err)
	}
	defer r.Close()
	d := &decoder{xml: xml.NewDecoder(&counted{r: r, left: &b.left})}
	for {
		e, err := d.next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err == nil {
			err = f(e, d)
		}
		if err != nil {
			return damaged(err)
		}
	}
}

// damaged makes ErrBroken of errors that are none of the package's.
func damaged(err error) error {
	for _, own := range []error{ErrBig, ErrBroken, ErrLocked} {
		if errors.Is(err, own) {
			return err
		}
	}
	return fmt.Errorf("%w: %w", ErrBroken, err)
}

// counted reads as long as left allows, and no element or text of more than maxTag bytes.
type counted struct {
	r    io.Reader
	left *int64
	tag  int // bytes since the last one ended
}

const maxTag = 128 << 10

func (c *counted) Read(p []byte) (int, error) {
	if *c.left <= 0 || c.tag > maxTag {
		return 0, ErrBig
	}
	n, err := c.r.Read(p[:min(int64(len(p)), *c.left)])
	*c.left -= int64(n)
	c.tag += n
	if end := bytes.LastIndexByte(p[:n], '>'); end >= 0 {
		c.tag = n - end
	}
	return n, err
}

// decoder goes from element to element.
type decoder struct {
	xml   *xml.Decoder
	depth int
}

// next is the next element to begin.
func (d *decoder) next() (xml.StartElement, error) {
	for {
		t, err := d.token()
		if err != nil {
			return xml.StartElement{}, err
		}
		if e, ok := t.(xml.StartElement); ok {
			return e, nil
		}
	}
}

func (d *decoder) token() (xml.Token, error) {
	t, err := d.xml.Token()
	switch t.(type) {
	case xml.StartElement:
		d.depth++
	case xml.EndElement:
		d.depth--
	}
	if d.depth > maxDepth {
		return nil, fmt.Errorf("elements in elements: %w", ErrBroken)
	}
	return t, err
}

// text is all text of <t> and <v> up to the end of the element that was begun last, without
// the readings of characters (<rPh>) and formulas.
func (d *decoder) text() (string, error) {
	var b strings.Builder
	in, skip, end := false, 0, d.depth-1
	for d.depth > end {
		t, err := d.token()
		if err != nil {
			return "", err
		}
		switch t := t.(type) {
		case xml.StartElement:
			in = t.Name.Local == "t" || t.Name.Local == "v"
			if t.Name.Local == "rPh" && skip == 0 {
				skip = d.depth
			}
		case xml.EndElement:
			in = false
			if d.depth < skip {
				skip = 0
			}
		case xml.CharData:
			if in && skip == 0 {
				b.Write(t)
			}
		}
	}
	return b.String(), nil
}

// attr is an attribute of an element, by its local name.
func attr(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// sheets lists the parts of the visible sheets in their order.
func (b *workbook) sheets() ([]string, error) {
	targets := map[string]string{}
	err := b.scan("xl/_rels/workbook.xml.rels", func(e xml.StartElement, _ *decoder) error {
		if e.Name.Local == "Relationship" {
			targets[attr(e, "Id")] = attr(e, "Target")
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	var list []string
	err = b.scan("xl/workbook.xml", func(e xml.StartElement, _ *decoder) error {
		switch e.Name.Local {
		case "workbookPr":
			b.from = epoch(isTrue(attr(e, "date1904")))
		case "sheet":
			target := targets[attr(e, "id")]
			if rooted, ok := strings.CutPrefix(target, "/"); ok {
				target = rooted
			} else {
				target = path.Join("xl", target)
			}
			if state := attr(e, "state"); state == "" || state == "visible" {
				list = append(list, target)
			}
		}
		return nil
	})
	return list, err
}

func isTrue(value string) bool { return value == "1" || value == "true" }

func (b *workbook) readStrings() error {
	return b.scan("xl/sharedStrings.xml", func(e xml.StartElement, d *decoder) error {
		if e.Name.Local != "si" {
			return nil
		}
		text, err := d.text()
		if err == nil {
			b.strings = append(b.strings, text)
		}
		return err
	})
}
