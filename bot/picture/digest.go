package picture

import "fmt"

// Digest is a week in figures, in the words that the picture shows.
type Digest struct {
	Title   string   // 安居小区一周小结
	Dates   string   // 11月16日到11月22日
	Figures []Figure // beside each other, MaxFigures at most
	Tables  []Table  // below each other
}

// Figure is a number in large type.
type Figure struct {
	Name   string // 大家问了
	Value  string // 12
	Change string // ↑3, may be empty
}

// Table is a list with a heading.
type Table struct {
	Heading string
	Rows    []Row
}

// Row is a line of a table; what does not fit beside its value is continued below.
type Row struct {
	Text  string // 路灯坏了吗？
	Value string // 3次
}

// MaxFigures is how many figures fit beside each other.
const MaxFigures = 3

// Measures in pixels.
const (
	figureSize  = 132
	figureWidth = titleWidth / MaxFigures
	valueWidth  = 300 // of a table's right column
	gutter      = 24
	textWidth   = titleWidth - valueWidth - gutter
)

// digestPens are the sizes of type of a digest.
type digestPens struct{ title, dates, figure, name, row *pen }

func newDigestPens() (ps digestPens, err error) {
	f, err := parsed()
	if err != nil {
		return ps, err
	}
	for _, s := range []struct {
		to           **pen
		size, height int
	}{
		{&ps.title, titleSize, 82}, {&ps.dates, datesSize, 56}, {&ps.figure, figureSize, 160}, {&ps.name, dishSize, 66}, {&ps.row, mealSize + 4, 60},
	} {
		if *s.to, err = newPen(f, s.size, s.height); err != nil {
			return ps, err
		}
	}
	return ps, nil
}

// PNG draws the digest: a title, the figures, and the tables. It returns ErrSize for no figure
// or more than MaxFigures, and for tables that are too long.
func (d Digest) PNG() ([]byte, error) {
	drawing.Lock()
	defer drawing.Unlock()
	page, err := d.lay()
	if err != nil {
		return nil, fmt.Errorf("draw a digest: %w", err)
	}
	return page.png()
}

func (d Digest) lay() (*page, error) {
	if len(d.Figures) == 0 || len(d.Figures) > MaxFigures {
		return nil, ErrSize
	}
	ps, err := newDigestPens()
	if err != nil {
		return nil, err
	}
	p := &page{}
	y := p.text(ps.title, ps.title.split(ps.title.clean(d.Title), titleWidth), margin, margin, accent)
	y = p.text(ps.dates, ps.dates.split(ps.dates.clean(d.Dates), titleWidth), margin, y, faint)
	y = p.rule(y + padding/2)
	y = d.figures(p, ps, y+padding)
	for _, t := range d.Tables {
		y = p.rule(y + padding/2)
		if y = t.lay(p, ps, y+padding/2); y > MaxHeight-margin {
			return nil, ErrSize
		}
	}
	p.height = y + margin/2
	return p, nil
}

// rule places a line across at y, and returns where it ends.
func (p *page) rule(y int) int {
	p.rules = append(p.rules, y)
	return y + ruleHeight
}

// figures places the numbers beside each other, and returns where the tallest ends.
func (d Digest) figures(p *page, ps digestPens, top int) int {
	end := top
	for i, f := range d.Figures {
		x := margin + i*figureWidth
		y := p.text(ps.name, ps.name.split(ps.name.clean(f.Name), figureWidth-gutter), x, top, faint)
		y = p.text(ps.figure, ps.figure.split(ps.figure.clean(f.Value), figureWidth-gutter), x, y, ink)
		y = p.text(ps.name, ps.name.split(ps.name.clean(f.Change), figureWidth-gutter), x, y, faint)
		end = max(end, y)
	}
	return end
}

// lay places a table that begins at y, and returns where it ends.
func (t Table) lay(p *page, ps digestPens, y int) int {
	y = p.text(ps.name, ps.name.split(ps.name.clean(t.Heading), titleWidth), margin, y, accent)
	for _, r := range t.Rows {
		value := ps.row.split(ps.row.clean(r.Value), valueWidth)
		right := p.text(ps.row, value, width-margin-valueWidth, y, faint)
		y = max(right, p.text(ps.row, ps.row.split(ps.row.clean(r.Text), textWidth), margin, y, ink)) + between
	}
	return y
}
