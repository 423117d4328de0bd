package table

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"reflect"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/simplifiedchinese"
	utf16 "golang.org/x/text/encoding/unicode"
)

// book is a workbook as excelize, an independent writer, makes it.
func book(t testing.TB, fill func(f *excelize.File) error) []byte {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close() //nolint:errcheck // it has no files
	var b bytes.Buffer
	if err := errors.Join(fill(f), f.Write(&b)); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// parts is a zip of these files.
func parts(t testing.TB, files map[string]string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, text := range files {
		w, err := z.Create(name)
		if err == nil {
			_, err = w.Write([]byte(text))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// sheetOf is a workbook with this as its one sheet, and other parts.
func sheetOf(t testing.TB, sheet string, more ...string) []byte {
	t.Helper()
	files := map[string]string{
		"xl/workbook.xml":            `<workbook xmlns:r="r"><sheets><sheet name="a" sheetId="1" r:id="rId1"/></sheets></workbook>`,
		"xl/_rels/workbook.xml.rels": `<Relationships><Relationship Id="rId1" Target="worksheets/sheet1.xml"/></Relationships>`,
		"xl/worksheets/sheet1.xml":   sheet,
	}
	for i := 0; i+1 < len(more); i += 2 {
		files[more[i]] = more[i+1]
	}
	return parts(t, files)
}

func cells(f *excelize.File, values map[string]any) error {
	for at, v := range values {
		if err := f.SetCellValue("Sheet1", at, v); err != nil {
			return err
		}
	}
	return nil
}

func encoded(t testing.TB, text string, e interface{ Bytes([]byte) ([]byte, error) }) []byte {
	t.Helper()
	data, err := e.Bytes([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestRead(t *testing.T) {
	style := func(f *excelize.File, at, code string, id int) error {
		s := &excelize.Style{NumFmt: id}
		if code != "" {
			s.CustomNumFmt = &code
		}
		n, err := f.NewStyle(s)
		return errors.Join(err, f.SetCellStyle("Sheet1", at, at, n))
	}
	const menu = "周一,红烧猪肉,清蒸青鱼\n周二,喆堃鱼𠮷,\n"
	want := [][]string{{"周一", "红烧猪肉", "清蒸青鱼"}, {"周二", "喆堃鱼𠮷", ""}}
	tests := []struct {
		name, file string
		data       []byte
		want       [][]string
	}{
		{"utf-8", "菜单.csv", []byte(menu), want},
		{"utf-8 with a mark", "菜单.CSV", []byte("\ufeff" + menu), want},
		{"utf-16 little", "a.csv", encoded(t, menu, utf16.UTF16(utf16.LittleEndian, utf16.UseBOM).NewEncoder()), want},
		{"utf-16 big", "a.csv", encoded(t, menu, utf16.UTF16(utf16.BigEndian, utf16.UseBOM).NewEncoder()), want},
		{"utf-16 with tabs, as Excel's Unicode text", "a.csv", encoded(t, strings.ReplaceAll(menu, ",", "\t"), utf16.UTF16(utf16.LittleEndian, utf16.UseBOM).NewEncoder()), want},
		{"gb18030", "a.csv", encoded(t, menu, simplifiedchinese.GB18030.NewEncoder()), want},
		{"semicolons", "a.csv", []byte("周一;鱼,肉;汤\r\n周二;;豆腐\r\n"), [][]string{{"周一", "鱼,肉", "汤"}, {"周二", "", "豆腐"}}},
		{"quotes, also loose ones", "a.csv", []byte("a,\"b\nc\",d\"e\"f\n"), [][]string{{"a", "b\nc", `d"e"f`}}},
		{"ragged, with space and empty rows", "a.csv", []byte("\n a , b ,,\n,,,\nc\n,,,\n"), [][]string{{"a", "b"}, {"", ""}, {"c", ""}}},

		{"merged cells", "a.xlsx", book(t, func(f *excelize.File) error {
			return errors.Join(cells(f, map[string]any{"A1": "和食堂菜单", "A2": "周一", "B2": "鱼", "B3": "肉", "C3": "汤"}), f.MergeCell("Sheet1", "A1", "G1"), f.MergeCell("Sheet1", "A2", "A3"))
		}), [][]string{{"和食堂菜单", "和食堂菜单", "和食堂菜单"}, {"周一", "鱼", ""}, {"周一", "肉", "汤"}}},
		{"dates, numbers, truth", "a.xlsx", book(t, func(f *excelize.File) error {
			at := time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)
			return errors.Join(cells(f, map[string]any{"A1": at, "B1": 46349, "C1": 46349.4375, "D1": 0.4375, "E1": 12.300000000000001, "F1": 12, "G1": true, "H1": 46349, "I1": 46349, "J1": 1.0 / 3, "K1": 46349}),
				style(f, "B1", `yyyy"年"m"月"d"日";@`, 0), style(f, "C1", "m/d/yyyy h:mm", 0), style(f, "D1", "", 20), style(f, "H1", `[$-804]aaaa`, 0), style(f, "I1", `#,##0.00"d"`, 0), style(f, "K1", "[Red]General", 0))
		}), [][]string{{"2026-11-23", "2026-11-23", "2026-11-23 10:30", "10:30", "12.3", "12", "true", "2026-11-23", "46349", "0.333333333333333", "46349"}}},
		{"days of 1904", "a.xlsx", sheetOf(t, `<worksheet><sheetData><row r="1"><c r="A1" s="0"><v>44887</v></c></row></sheetData></worksheet>`,
			"xl/workbook.xml", `<workbook xmlns:r="r"><workbookPr date1904="1"/><sheets><sheet name="a" r:id="rId1"/></sheets></workbook>`,
			"xl/styles.xml", `<styleSheet><cellStyleXfs><xf numFmtId="0"/></cellStyleXfs><cellXfs><xf numFmtId="14"/></cellXfs></styleSheet>`), [][]string{{"2026-11-23"}}},
		{"rich text without its readings, and texts of all kinds", "a.xlsx", sheetOf(t,
			`<x:worksheet xmlns:x="m"><x:sheetData><x:row><x:c t="s"><x:v>0</x:v></x:c><x:c t="inlineStr"><x:is><x:t>清蒸</x:t></x:is></x:c><x:c t="str"><x:f>A1</x:f><x:v>鱼</x:v></x:c><x:c t="e"><x:v>#REF!</x:v></x:c><x:c t="d"><x:v>2026-11-23T00:00:00</x:v></x:c></x:row><x:row><x:c r="B2"><x:f>1+1</x:f></x:c><x:c><x:f>1+1</x:f><x:v>2</x:v></x:c></x:row></x:sheetData></x:worksheet>`,
			"xl/sharedStrings.xml", `<sst><si><r><t>红烧</t></r><r><t>猪肉</t></r><rPh sb="0"><t>hong</t></rPh></si></sst>`), [][]string{{"红烧猪肉", "清蒸", "鱼", "", "2026-11-23"}, {"", "", "2", "", ""}}},
		{"the first visible sheet that has something", "a.xlsx", book(t, func(f *excelize.File) error {
			_, err := f.NewSheet("secret")
			_, err2 := f.NewSheet("menu")
			return errors.Join(err, err2, f.SetCellValue("secret", "A1", "x"), f.SetCellValue("menu", "B2", "鱼"), f.SetSheetVisible("secret", false))
		}), [][]string{{"", ""}, {"", "鱼"}}},
		{"blank cells far away", "a.xlsx", sheetOf(t, `<worksheet><sheetData><row r="1"><c r="A1"><v>1</v></c><c r="XFD1" s="3"/></row><row r="1048576"><c r="XFD1048576"/></row></sheetData><mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells></worksheet>`), [][]string{{"1"}}},
		{"the name does not matter for a workbook", "menu.bin", sheetOf(t, `<worksheet><sheetData><row><c><v>1</v></c></row></sheetData></worksheet>`), [][]string{{"1"}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got, err := Read(tt.file, tt.data); err != nil || !reflect.DeepEqual(got, tt.want) {
				t.Errorf("Read = %q, %v; want %q", got, err, tt.want)
			}
		})
	}
}

func TestRefuse(t *testing.T) {
	random := make([]byte, 4000)
	for i := range random {
		random[i] = byte(i*i>>3 ^ i*131)
	}
	compoundOf := func(stream string) []byte {
		return append([]byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"+strings.Repeat("\x00", 500)), encoded(t, stream, utf16.UTF16(utf16.LittleEndian, utf16.IgnoreBOM).NewEncoder())...)
	}
	good := book(t, func(f *excelize.File) error { return f.SetCellValue("Sheet1", "A1", "鱼") })
	var locked bytes.Buffer
	f := excelize.NewFile()
	if err := f.Write(&locked, excelize.Options{Password: "secret"}); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name, file string
		data       []byte
		want       error
	}{
		{"nothing", "a.csv", nil, ErrEmpty},
		{"only commas", "a.csv", []byte(",,\n , \n"), ErrEmpty},
		{"an empty sheet", "a.xlsx", book(t, func(*excelize.File) error { return nil }), ErrEmpty},
		{"an old workbook", "a.xls", compoundOf("Workbook"), ErrOld},
		{"an old one with a new name", "a.xlsx", compoundOf("Book"), ErrOld},
		{"an old Word document", "a.doc", compoundOf("WordDocument"), ErrKind},
		{"a password", "a.xlsx", locked.Bytes(), ErrLocked},
		{"a text with the name of a workbook", "a.xlsx", []byte("周一,鱼"), ErrBroken},
		{"a picture", "a.jpg", []byte("\xff\xd8\xff\xe0\x00\x10JFIF"), ErrKind},
		{"a web page", "a.xls", []byte("<html><table>"), ErrKind},
		{"another zip", "a.xlsx", parts(t, map[string]string{"word/document.xml": "<w/>"}), ErrKind},
		{"a zip with nothing in it", "a.xlsx", parts(t, nil), ErrKind},
		{"cut off", "a.xlsx", good[:len(good)/2], ErrBroken},
		{"bytes of a zip and nothing else", "a.xlsx", []byte("PK\x03\x04 nothing"), ErrBroken},
		{"XML that ends", "a.xlsx", sheetOf(t, `<worksheet><sheetData><row><c><v>1`), ErrBroken},
		{"a text that is not there", "a.xlsx", sheetOf(t, `<worksheet><c t="s"><v>7</v></c></worksheet>`), ErrBroken},
		{"entities of entities", "a.xlsx", sheetOf(t, `<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><worksheet><c t="str"><v>&b;</v></c></worksheet>`), ErrBroken},
		{"random bytes", "a.csv", random, ErrGarbled},
		{"zeros", "a.csv", make([]byte, 100), ErrGarbled},
		{"half a character of UTF-16", "a.csv", []byte("\xff\xfe\x00\xd8a\x00"), ErrGarbled},
		{"too many bytes", "a.csv", make([]byte, MaxFile+1), ErrBig},
		{"too many rows", "a.csv", []byte(strings.Repeat("a\n", MaxRows+1)), ErrBig},
		{"too many columns", "a.csv", []byte(strings.Repeat("a,", MaxColumns) + "a"), ErrBig},
		{"a quote that nobody closes", "a.csv", []byte(`a,"` + strings.Repeat("b\n", MaxCell)), ErrBig},
		{"a value far away", "a.xlsx", sheetOf(t, `<worksheet><row r="1048576"><c r="A1048576"><v>1</v></c></row></worksheet>`), ErrBig},
		{"a value far to the right", "a.xlsx", sheetOf(t, `<worksheet><row r="1"><c r="XFD1"><v>1</v></c></row></worksheet>`), ErrBig},
		{"a long cell", "a.xlsx", sheetOf(t, `<worksheet><c t="str"><v>`+strings.Repeat("鱼", MaxCell+1)+`</v></c></worksheet>`), ErrBig},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got, err := Read(tt.file, tt.data); !errors.Is(err, tt.want) || got != nil {
				t.Errorf("Read = %q, %v; want %v", got, err, tt.want)
			}
		})
	}
	for _, data := range [][]byte{[]byte(strings.Repeat("a\n", MaxRows)), []byte(strings.Repeat("a,", MaxColumns-1) + "a"), []byte(strings.Repeat("鱼", MaxCell))} {
		if _, err := Read("a.csv", data); err != nil {
			t.Errorf("at the edge: %v", err)
		}
	}
}

// hostile are files made to take memory or time.
func hostile(t testing.TB) map[string][]byte {
	repeat := func(before, each string, bytes int, after string) []byte {
		return sheetOf(t, before+strings.Repeat(each, bytes/len(each))+after)
	}
	lying := repeat("<worksheet>", "<row/>", 64<<20, "</worksheet>")
	for i := 0; i+4 < len(lying); i++ { // what the directory says of the size: 1,000 bytes
		if bytes.HasPrefix(lying[i:], []byte("PK\x01\x02")) {
			if n := binary.LittleEndian.Uint32(lying[i+24:]); n > 1<<20 {
				binary.LittleEndian.PutUint32(lying[i+24:], 1000)
			}
		}
	}
	return map[string][]byte{
		"a sheet of 1 GB":         gigabyte(t),
		"a zip that lies":         lying,
		"many rows":               repeat("<worksheet>", "<row/>", maxUnzip-1000, "</worksheet>"),
		"elements in elements":    repeat("", "<a>", maxUnzip-1000, ""),
		"attributes":              repeat("<worksheet ", `a="" `, maxUnzip-1000, "/>"),
		"one long text":           repeat(`<worksheet><c t="str"><v>`, "x", maxUnzip-1000, "</v></c></worksheet>"),
		"one long name":           repeat("<", "a", maxUnzip-1000, "/>"),
		"merged over and over":    repeat(`<worksheet><row r="1"><c r="A1"><v>1</v></c></row><row r="10000"><c r="CV10000"><v>1</v></c></row>`, `<mergeCell ref="A1:CV10000"/>`, maxUnzip-1000, "</worksheet>"),
		"cells":                   repeat("<worksheet>", `<c r="A1"><v>1</v></c>`, maxUnzip-1000, "</worksheet>"),
		"texts":                   sheetOf(t, "<worksheet/>", "xl/sharedStrings.xml", "<sst>"+strings.Repeat("<si/>", (maxUnzip-1000)/5)+"</sst>"),
		"rows and columns filled": repeat(`<worksheet>`, `<row><c r="CV1"><v>1</v></c></row>`, 9000*35, "</worksheet>"),
		"csv: fields":             bytes.Repeat([]byte(","), MaxFile-1),
		"csv: quotes":             bytes.Repeat([]byte(`"`), MaxFile-1),
		"csv: lines":              bytes.Repeat([]byte("\n"), MaxFile-1),
		"csv: GB18030":            bytes.Repeat([]byte("\xb2\xcb,"), (MaxFile-1)/3),
		"csv: wide rows":          bytes.Repeat([]byte(strings.Repeat(",", MaxColumns-1)+"a\n"), MaxFile/(MaxColumns+1)),
	}
}

// gigabyte is a workbook of a megabyte whose sheet is a gigabyte.
func gigabyte(t testing.TB) []byte {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, text := range map[string]string{
		"xl/workbook.xml":            `<workbook xmlns:r="r"><sheets><sheet name="a" r:id="rId1"/></sheets></workbook>`,
		"xl/_rels/workbook.xml.rels": `<Relationships><Relationship Id="rId1" Target="worksheets/sheet1.xml"/></Relationships>`,
	} {
		w, err := z.Create(name)
		if err == nil {
			_, err = w.Write([]byte(text))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	w, err := z.Create("xl/worksheets/sheet1.xml")
	if err != nil {
		t.Fatal(err)
	}
	rows := bytes.Repeat([]byte(`<row><c><v>1</v></c></row>`), 40_000)
	for range 1 << 30 / len(rows) {
		if _, err := w.Write(rows); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestHostile: whatever a file is made of, it takes little memory and time.
func TestHostile(t *testing.T) {
	for name, data := range hostile(t) {
		t.Run(name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			start := time.Now()
			rows, err := Read("a.csv", data)
			took := time.Since(start)
			runtime.ReadMemStats(&after)
			t.Logf("%d bytes: %d rows, %v; %v, %d MiB in all", len(data), len(rows), err, took.Round(time.Millisecond), (after.TotalAlloc-before.TotalAlloc)>>20)
			if took > 20*time.Second { // the machine may be busy
				t.Errorf("it took %v", took)
			}
			if n := after.HeapSys - min(before.HeapSys, after.HeapSys); n > 120<<20 {
				t.Errorf("the heap grew by %d MiB", n>>20)
			}
		})
	}
}

func BenchmarkHostile(b *testing.B) {
	for name, data := range hostile(b) {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				_, _ = Read("a.csv", data)
			}
		})
	}
}

func BenchmarkRead(b *testing.B) {
	rows := make([][]string, 10_000)
	for i := range rows {
		rows[i] = []string{"周一", "红烧猪肉", "西红柿炒蛋", fmt.Sprint("菜", i), "1", "2", "3"}
	}
	data, err := WriteXLSX("a", rows)
	if err != nil {
		b.Fatal(err)
	}
	b.Run("ours", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := Read("a.xlsx", data); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("excelize", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			f, err := excelize.OpenReader(bytes.NewReader(data))
			if err == nil {
				_, err = f.GetRows("a")
			}
			if err != nil {
				b.Fatal(err)
			}
		}
	})
}

// TestWrite reads what was written, by ourselves and by excelize.
func TestWrite(t *testing.T) {
	rows := [][]string{{"日期", "午餐"}, {"2026-11-23", "=1+1"}, {"+86", "-5"}, {"@x", "a,\"b\"\n𠮷"}, {"12", "<&>"}}
	data, err := WriteXLSX("菜单", rows)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := Read("a.xlsx", data); err != nil || !reflect.DeepEqual(got, rows) {
		t.Errorf("xlsx: %q, %v", got, err)
	}
	f, err := excelize.OpenReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	if got, err := f.GetRows("菜单"); err != nil || !reflect.DeepEqual(got, rows) {
		t.Errorf("excelize reads %q, %v", got, err)
	}
	if last, err := f.GetCellValue("菜单", "A5"); last != "12" || err != nil {
		t.Errorf("A5 is %q, %v", last, err)
	}
	if got := column(0) + column(25) + column(26) + column(701) + column(702); got != "AZAAZZAAA" {
		t.Errorf("columns: %s", got)
	}
	if formula, err := f.GetCellFormula("菜单", "B2"); formula != "" || err != nil {
		t.Errorf("a text became the formula %q, %v", formula, err)
	}
	text := WriteCSV(rows)
	want := "\ufeff日期,午餐\r\n2026-11-23,'=1+1\r\n'+86,'-5\r\n'@x,\"a,\"\"b\"\"\r\n𠮷\"\r\n12,<&>\r\n"
	if string(text) != want {
		t.Errorf("csv: %q", text)
	}
	if got, err := Read("a.csv", text); err != nil || got[3][1] != "a,\"b\"\n𠮷" {
		t.Errorf("csv: %q, %v", got, err)
	}
}

func FuzzCSV(f *testing.F) {
	for _, s := range []string{"周一,鱼\n", "a;b\r\n\"c", "\xff\xfea\x00", "\xb2\xcb\xb5\xa5", "\ufeffa\t\"b\""} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) { check(t, "a.csv", data) })
}

func FuzzSheet(f *testing.F) {
	f.Add(`<row r="2"><c r="B2" s="1"><v>46349</v></c><c t="s"><v>0</v></c></row><mergeCell ref="A1:C9"/>`, `<xf numFmtId="14"/>`, `<si><t>a</t><rPh><t>b</t></rPh></si>`)
	f.Add(`<c r="ZZZZ99999999999999999999"><v>1e308</v></c>`, `<numFmt numFmtId="9" formatCode="[&quot;"/>`, ``)
	f.Fuzz(func(t *testing.T, sheet, styles, shared string) {
		check(t, "a.xlsx", sheetOf(t, "<worksheet>"+sheet+"</worksheet>", "xl/styles.xml", "<s><cellXfs>"+styles+"</cellXfs></s>", "xl/sharedStrings.xml", "<sst>"+shared+"</sst>"))
	})
}

func FuzzZip(f *testing.F) {
	f.Add(sheetOf(f, `<worksheet><row><c><v>1</v></c></row></worksheet>`))
	f.Fuzz(func(t *testing.T, data []byte) { check(t, "a.xlsx", data) })
}

// check holds what Read promises of any file.
func check(t *testing.T, name string, data []byte) {
	rows, err := Read(name, data)
	if err != nil {
		for _, known := range []error{ErrKind, ErrOld, ErrLocked, ErrBroken, ErrBig, ErrGarbled, ErrEmpty} {
			if errors.Is(err, known) {
				return
			}
		}
		t.Fatalf("unknown error %v", err)
	}
	if len(rows) == 0 || len(rows) > MaxRows || len(rows[0]) == 0 || len(rows[0]) > MaxColumns {
		t.Fatalf("%d rows", len(rows))
	}
	for _, row := range rows {
		if len(row) != len(rows[0]) {
			t.Fatalf("ragged: %q", row)
		}
		for _, c := range row {
			if c != strings.TrimSpace(c) || len([]rune(c)) > MaxCell {
				t.Fatalf("cell %.50q", c)
			}
		}
	}
	if strings.Join(rows[len(rows)-1], "") == "" {
		t.Fatal("the last row is empty")
	}
}
