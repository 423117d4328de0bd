package picture

import (
	"bytes"
	"errors"
	"image"
	"image/png"
	"os"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"
)

var chinese = Week{
	Title: "和食堂", Dates: "11月23日到11月29日", Mark: "、",
	Days: []Day{
		{Name: "周一", Date: "11月23日", Meals: []Meal{{Dishes: []string{"红烧猪肉（12元）", "西红柿炒蛋（6元）", "清炒花菜", "紫菜虾米汤"}}}},
		{Name: "周二", Date: "11月24日", Meals: []Meal{{Name: "午餐", Dishes: []string{"鸡肉炖土豆", "清蒸青鱼（售罄）", "清炒芥菜", "排骨豆腐汤"}}, {Name: "晚餐", Dishes: []string{"白粥", "咸鸭蛋"}}}},
		{Name: "周三", Date: "11月25日", Meals: []Meal{{Dishes: []string{"喆堃特色碶石老菜🐟", "𠮷祥如意羹", "菌菇汤"}}}},
		{Name: "周四", Date: "11月26日", Meals: []Meal{{Dishes: []string{"西红柿土豆炖牛腩煲配手工拉面和时令蔬菜例汤一份加米饭任添"}}}},
		{Name: "周五", Date: "11月27日", Meals: []Meal{{Dishes: []string{"A&B汤", "梅干菜扣肉", "芹菜炒香干"}}}},
		{Name: "周六", Date: "11月28日", Rest: "休息"},
		{Name: "周日", Date: "11月29日", Rest: "休息（台风）"},
	},
}

var english = Week{
	Title: "He Canteen", Dates: "Mon, Nov 23 to Sun, Nov 29", Mark: ", ",
	Days: []Day{
		{Name: "Mon", Date: "Nov 23", Meals: []Meal{{Dishes: []string{"红烧猪肉 (12 yuan)", "西红柿炒蛋 (6 yuan)", "清炒花菜", "紫菜虾米汤"}}}},
		{Name: "Tue", Date: "Nov 24", Meals: []Meal{{Name: "Lunch", Dishes: []string{"Braised pork with preserved vegetables", "Steamed fish (sold out)", "Soup"}}, {Name: "Dinner", Dishes: []string{"Porridge"}}}},
		{Name: "Sat", Date: "Nov 28", Rest: "closed"},
	},
}

// decoded is the picture of a week.
func decoded(t testing.TB, w Week) image.Image {
	t.Helper()
	data, err := w.PNG()
	if err != nil {
		t.Fatal(err)
	}
	if dir := os.Getenv("XINGFULI_TEST_PICTURES"); dir != "" {
		if err := os.WriteFile(dir+"/"+w.Title+".png", data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	img, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	return img
}

// TestWeek: as wide as it should be, nothing in the margins, a rule above each day, and
// the same bytes twice.
func TestWeek(t *testing.T) {
	for _, w := range []Week{chinese, english} {
		img := decoded(t, w)
		size := img.Bounds().Size()
		if size.X != width || size.Y < 200*len(w.Days)/2 || size.Y > MaxHeight {
			t.Errorf("%s: %v", w.Title, size)
		}
		rules := 0
		for y := range size.Y {
			ground := img.At(0, y)
			for _, x := range []int{margin / 2, width - margin/2, width - 1} {
				if img.At(x, y) != ground {
					t.Fatalf("%s: ink in the margin at %d, %d", w.Title, x, y)
				}
			}
			if ground == rule && (y == 0 || img.At(0, y-1) != rule) {
				rules++
			}
		}
		if rules != len(w.Days) {
			t.Errorf("%s: %d rows for %d days", w.Title, rules, len(w.Days))
		}
		a, err := w.PNG()
		b, err2 := w.PNG()
		if err != nil || err2 != nil || !bytes.Equal(a, b) {
			t.Errorf("%s: not the same bytes twice: %v, %v", w.Title, err, err2)
		}
	}
}

// TestLines: every dish is there, whole unless it is wider than a line, in lines that fit.
func TestLines(t *testing.T) {
	p, err := chinese.lay()
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, l := range p.lines {
		all = append(all, l.text)
		if right := l.x + l.pen.width(l.text); right > width-margin {
			t.Errorf("%q ends at %d", l.text, right)
		}
		if r, _ := utf8.DecodeRuneInString(l.text); strings.ContainsRune(closing, r) {
			t.Errorf("%q begins with a mark", l.text)
		}
	}
	text := strings.Join(all, "\n")
	for _, dish := range []string{"红烧猪肉（12元）", "清蒸青鱼（售罄）", "咸鸭蛋", "喆堃特色碶石老菜、", "〓祥如意羹", "A&B汤", "休息（台风）", "晚餐", "11月24日"} {
		if !strings.Contains(text, dish) {
			t.Errorf("%q is not on the picture:\n%s", dish, text)
		}
	}
	if !strings.Contains(strings.ReplaceAll(text, "\n", ""), chinese.Days[3].Meals[0].Dishes[0]) {
		t.Error("the long dish is not whole")
	}
}

func TestSize(t *testing.T) {
	many := make([]string, 200)
	for i := range many {
		many[i] = strings.Repeat("鱼", 30)
	}
	for name, w := range map[string]Week{
		"no day": {}, "eight days": {Days: make([]Day, 8)},
		"too high": {Days: []Day{{Name: "周一", Meals: []Meal{{Dishes: many}}}}},
	} {
		if data, err := w.PNG(); !errors.Is(err, ErrSize) || data != nil {
			t.Errorf("%s: %d bytes, %v", name, len(data), err)
		}
	}
	full := func(dish string) Week { // as many dishes as a menu may hold
		w := Week{Title: "full", Mark: "、"}
		dishes := strings.Fields(strings.Repeat(dish+" ", 20))
		for range MaxDays {
			w.Days = append(w.Days, Day{Name: "周一", Date: "11月23日", Meals: []Meal{{"午餐", dishes}, {"晚餐", dishes}}})
		}
		return w
	}
	if _, err := full("清蒸青鱼").PNG(); err != nil {
		t.Errorf("with short names: %v", err)
	}
	if _, err := full(strings.Repeat("鱼", 30)).PNG(); !errors.Is(err, ErrSize) {
		t.Errorf("with the longest names: %v", err)
	}
}

// TestWrap: whatever is wrapped comes out whole, in lines that fit and begin with no mark
// that closes, if a line has room for two characters.
func TestWrap(t *testing.T) {
	ps, err := newPens()
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(t *rapid.T) {
		items := rapid.SliceOf(rapid.StringOfN(rapid.RuneFrom([]rune("鱼肉abc12 （）、。🐟𠮷é\n")), 0, 40, -1)).Draw(t, "items")
		room := rapid.IntRange(4*dishSize, dishWidth).Draw(t, "room")
		var clean []string
		for _, item := range items {
			if item = ps.dish.clean(item); item != "" {
				clean = append(clean, item)
			}
		}
		lines := ps.dish.wrap(clean, "、", room)
		squeeze := func(s string) string { return strings.ReplaceAll(s, " ", "") }
		if got, want := squeeze(strings.Join(lines, "")), squeeze(strings.Join(clean, "、")); got != want {
			t.Fatalf("%q became %q", want, got)
		}
		for _, l := range lines {
			if ps.dish.width(l) > room {
				t.Fatalf("%q is %d wide in %d", l, ps.dish.width(l), room)
			}
		}
		if !reflect.DeepEqual(lines, ps.dish.wrap(clean, "、", room)) {
			t.Fatal("another result")
		}
	})
}

func BenchmarkWeek(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := chinese.PNG(); err != nil {
			b.Fatal(err)
		}
	}
}
