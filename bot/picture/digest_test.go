package picture

import (
	"bytes"
	"errors"
	"image/png"
	"os"
	"strings"
	"testing"
)

var digest = Digest{
	Title: "安居小区一周小结", Dates: "周一 11月16日到周日 11月22日",
	Figures: []Figure{{"大家问了", "128", "↑23"}, {"答上了", "120", "↑20"}, {"没答上", "8", "和前一周一样"}},
	Tables: []Table{
		{"还没人答的问题", []Row{{"路灯坏了找谁修？我电话＊＊", "问过12次"}, {"小区的地下停车场一个月要多少钱，要去哪里办手续，要带什么东西？", "问过3次"}}},
		{"发过的公告", []Row{{"周三 11月18日 明天早上八点到下午五点停水，请大家提前存水。", "送到 1280，没送到 30，未确认 2，已收到 967"}, {"还有 2 条，看 /notices", ""}}},
	},
}

// TestDigest: as wide as it should be, nothing in the margins, the same bytes twice, and
// what is too much is refused.
func TestDigest(t *testing.T) {
	data, err := digest.PNG()
	if err != nil {
		t.Fatal(err)
	}
	if dir := os.Getenv("XINGFULI_TEST_PICTURES"); dir != "" {
		if err := os.WriteFile(dir+"/digest.png", data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	again, err := digest.PNG()
	if err != nil || !bytes.Equal(data, again) {
		t.Error("not the same twice", err)
	}
	img, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	if img.Bounds().Dx() != width {
		t.Errorf("%d wide", img.Bounds().Dx())
	}
	p, err := digest.lay()
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range p.lines {
		if right := l.x + l.pen.width(l.text); l.x < margin || right > width-margin {
			t.Errorf("%q stands from %d to %d", l.text, l.x, right)
		}
	}
	long := Digest{Figures: digest.Figures, Tables: []Table{{"", []Row{{Text: strings.Repeat("长", 5000)}}}}}
	for name, d := range map[string]Digest{"no figures": {}, "four": {Figures: make([]Figure, 4)}, "long": long} {
		if _, err := d.PNG(); !errors.Is(err, ErrSize) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
