package picture

import (
	_ "embed"
	"fmt"
	"sync"

	"golang.org/x/image/font"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/font/sfnt"
)

// noto is Noto Sans SC Medium with the characters of GB 2312, of 通用规范汉字表 and of
// Latin-1, 9,100 in all (LICENSE_FONT).
//
//go:embed NotoSansSC-Medium-subset.ttf
var noto []byte

// parsed is the font, parsed with the first picture: a bot that draws none does without.
var parsed = sync.OnceValues(func() (*opentype.Font, error) {
	f, err := opentype.Parse(noto)
	if err != nil {
		return nil, fmt.Errorf("parse the font: %w", err)
	}
	return f, nil
})

// pen writes in one size. It is for one picture: neither a face nor a buffer may be shared.
type pen struct {
	font   *opentype.Font
	face   font.Face
	buffer sfnt.Buffer
	height int // of a line
}

func newPen(f *opentype.Font, size, height int) (*pen, error) {
	face, err := opentype.NewFace(f, &opentype.FaceOptions{Size: float64(size), DPI: 72, Hinting: font.HintingNone})
	if err != nil {
		return nil, fmt.Errorf("font size %d: %w", size, err)
	}
	return &pen{font: f, face: face, height: height}, nil
}

// has tells whether the font has a character.
func (p *pen) has(r rune) bool {
	i, err := p.font.GlyphIndex(&p.buffer, r)
	return err == nil && i != 0
}

// width is how many pixels wide a text is, rounded up.
func (p *pen) width(text string) int { return font.MeasureString(p.face, text).Ceil() }
