// Package picture draws what is easier to see than to read: PNGs 1080 pixels wide, in type
// for old eyes. The same input always gives the same bytes.
//
// A picture takes about 4 MiB while it is drawn (BenchmarkWeek), and one is drawn at a time. What it says
// is to be sent as text too: a character that the font lacks is left out, and nobody who
// listens to a screen hears a picture.
package picture

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"slices"
	"sync"

	"golang.org/x/image/math/fixed"
)

// Week is the menu of a week, in the words that the picture shows.
type Week struct {
	Title string // 和食堂
	Dates string // 11月23日到11月29日
	Days  []Day  // by date, at most MaxDays; a row each
	Mark  string // between dishes: 、
}

// Day is one row.
type Day struct {
	Name  string // 周一
	Date  string // 11月23日
	Rest  string // 休息, when nothing is served
	Meals []Meal
}

// Meal is a list of dishes; its name may be empty.
type Meal struct {
	Name   string
	Dishes []string // with their prices
}

// MaxDays is how many rows a picture has at most, and MaxHeight how high it is: Telegram
// takes photos of which height and width together are 10,000 pixels.
const (
	MaxDays   = 7
	MaxHeight = 8900
)

// ErrSize refuses a week that has no days, too many, or dishes for more than MaxHeight.
var ErrSize = errors.New("picture: no day, or too much for one picture")

// Measures in pixels.
const (
	width      = 1080
	margin     = 44
	dayColumn  = 210 // for 周一 and its date
	padding    = 26  // of a row, above and below
	between    = 10  // two meals
	ruleHeight = 3
	titleSize  = 60
	datesSize  = 38
	nameSize   = 64
	dateSize   = 34
	dishSize   = 48
	mealSize   = 38
	dishLeft   = margin + dayColumn
	dishWidth  = width - margin - dishLeft
	titleWidth = width - 2*margin
)

// The colours are far enough apart for old eyes: 7 to 1 or more on their ground.
var (
	paper  = color.RGBA{0xff, 0xfd, 0xf8, 0xff}
	rule   = color.RGBA{0xd9, 0xd2, 0xc2, 0xff}
	ink    = color.RGBA{0x1a, 0x1a, 0x1a, 0xff}
	accent = color.RGBA{0x9c, 0x1c, 0x14, 0xff}
	faint  = color.RGBA{0x4f, 0x4b, 0x43, 0xff}
)

var colours = []color.RGBA{ink, accent, faint}

// inks is the palette of a picture: the paper and each ink in steps, so that a byte says a
// pixel. It takes a quarter of the room of full colours and is written in a third of the time.
var inks = func() color.Palette {
	p := color.Palette{paper}
	for _, c := range colours {
		for i := 1; i <= steps; i++ {
			p = append(p, mix(paper, c, i))
		}
	}
	return append(p, rule)
}()

// steps are the shades of an ink at the edges of letters.
const steps = 16

func mix(a, b color.RGBA, i int) color.RGBA {
	part := func(x, y uint8) uint8 { return uint8((int(x)*(steps-i) + int(y)*i + steps/2) / steps) }
	return color.RGBA{part(a.R, b.R), part(a.G, b.G), part(a.B, b.B), 0xff}
}

// drawing lets one picture be drawn at a time.
var drawing sync.Mutex

// PNG draws the week: a title, and a row for each day, with its dishes in lines that break
// between dishes. It returns ErrSize.
func (w Week) PNG() ([]byte, error) {
	drawing.Lock()
	defer drawing.Unlock()
	page, err := w.lay()
	if err != nil {
		return nil, fmt.Errorf("draw a week: %w", err)
	}
	return page.png()
}

// png draws what was placed.
func (p *page) png() ([]byte, error) {
	var b bytes.Buffer
	e := png.Encoder{CompressionLevel: png.BestSpeed}
	if err := e.Encode(&b, p.draw()); err != nil {
		return nil, fmt.Errorf("write a picture: %w", err)
	}
	return b.Bytes(), nil
}

// page is a picture as it is laid out: what stands where.
type page struct {
	height int
	rules  []int // where a line goes across, ruleHeight high
	lines  []line
}

// line is a text at a place: of its left end, and of its base.
type line struct {
	pen    *pen
	text   string
	x, y   int
	colour color.RGBA
}

// pens are the sizes of type.
type pens struct{ title, dates, name, date, dish, meal *pen }

func newPens() (pens, error) {
	f, err := parsed()
	if err != nil {
		return pens{}, err
	}
	var ps pens
	for _, s := range []struct {
		to           **pen
		size, height int
	}{
		{&ps.title, titleSize, 82}, {&ps.dates, datesSize, 56}, {&ps.name, nameSize, 78},
		{&ps.date, dateSize, 46}, {&ps.dish, dishSize, 68}, {&ps.meal, mealSize, 54},
	} {
		if *s.to, err = newPen(f, s.size, s.height); err != nil {
			return pens{}, err
		}
	}
	return ps, nil
}

// lay places everything.
func (w Week) lay() (*page, error) {
	if len(w.Days) == 0 || len(w.Days) > MaxDays {
		return nil, ErrSize
	}
	ps, err := newPens()
	if err != nil {
		return nil, err
	}
	p := &page{}
	y := margin
	y = p.text(ps.title, ps.title.split(ps.title.clean(w.Title), titleWidth), margin, y, accent)
	y = p.text(ps.dates, ps.dates.split(ps.dates.clean(w.Dates), titleWidth), margin, y, faint)
	y += padding / 2
	for _, d := range w.Days {
		p.rules = append(p.rules, y)
		y += ruleHeight
		if y = w.day(p, ps, d, y); y > MaxHeight-margin {
			return nil, ErrSize
		}
	}
	p.height = y + margin/2
	return p, nil
}

// day places a row that begins at y, and returns where it ends.
func (w Week) day(p *page, ps pens, d Day, y int) int {
	top := y + padding
	left := p.text(ps.name, ps.name.split(ps.name.clean(d.Name), dayColumn-20), margin, top, ink)
	left = p.text(ps.date, ps.date.split(ps.date.clean(d.Date), dayColumn-20), margin, left, faint)
	right := top + (ps.name.height-ps.dish.height)/2
	if d.Rest != "" {
		right = p.text(ps.dish, ps.dish.split(ps.dish.clean(d.Rest), dishWidth), dishLeft, right, faint)
	}
	for i, m := range d.Meals {
		if i > 0 {
			right += between
		}
		if m.Name != "" {
			right = p.text(ps.meal, ps.meal.split(ps.meal.clean(m.Name), dishWidth), dishLeft, right, accent)
		}
		var dishes []string
		for _, name := range m.Dishes {
			if name = ps.dish.clean(name); name != "" {
				dishes = append(dishes, name)
			}
		}
		right = p.text(ps.dish, ps.dish.wrap(dishes, w.Mark, dishWidth), dishLeft, right, ink)
	}
	return max(left, right) + padding
}

// text places lines below each other and returns where they end.
func (p *page) text(with *pen, lines []string, x, y int, colour color.RGBA) int {
	m := with.face.Metrics()
	rise := (with.height + m.Ascent.Ceil() - m.Descent.Ceil()) / 2
	for _, text := range lines {
		p.lines = append(p.lines, line{with, text, x, y + rise, colour})
		y += with.height
	}
	return y
}

// draw makes the picture of what was placed.
func (p *page) draw() *image.Paletted {
	img := image.NewPaletted(image.Rect(0, 0, width, p.height), inks) // 0 is the paper
	across := uint8(inks.Index(rule))
	for _, y := range p.rules {
		for i := y * img.Stride; i < (y+ruleHeight)*img.Stride; i++ {
			img.Pix[i] = across
		}
	}
	for _, l := range p.lines {
		l.draw(img)
	}
	return img
}

// draw writes a line: each letter's mask, in the steps of its ink.
func (l line) draw(img *image.Paletted) {
	first := uint8(slices.Index(colours, l.colour) * steps)
	dot := fixed.P(l.x, l.y)
	for _, r := range l.text {
		at, mask, from, advance, ok := l.pen.face.Glyph(dot, r)
		if alpha, is := mask.(*image.Alpha); ok && is { // a face of opentype has no other
			stamp(img, at, alpha, from, first)
		}
		dot.X += advance
	}
}

// stamp puts a letter's mask on the picture; first is the step of none of its ink.
func stamp(img *image.Paletted, at image.Rectangle, mask *image.Alpha, from image.Point, first uint8) {
	inside := at.Intersect(img.Rect)
	from = from.Add(inside.Min.Sub(at.Min))
	for y := range inside.Dy() {
		row := mask.Pix[mask.PixOffset(from.X, from.Y+y):]
		out := img.Pix[img.PixOffset(inside.Min.X, inside.Min.Y+y):]
		for x := range inside.Dx() {
			if step := (int(row[x])*steps + 127) / 255; step > 0 {
				out[x] = max(out[x], first+uint8(step))
			}
		}
	}
}
