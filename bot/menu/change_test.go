package menu

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"
)

// briefChanges writes changes as "11-24 dinner 鸡肉炖土豆>红烧茄子=12".
func briefChanges(cs []Change) string {
	var list []string
	for _, c := range cs {
		s := c.Date.String()[5:]
		if c.Meal != "" {
			s += " " + string(c.Meal)
		}
		s += " " + c.Old + ">" + c.New.Name
		if c.New.Cents > 0 {
			s += fmt.Sprintf("=%d", c.New.Cents)
		}
		list = append(list, s)
	}
	return strings.Join(list, ", ")
}

func TestParseChange(t *testing.T) {
	tuesday := on("2026-11-24")
	tests := []struct {
		text, want string
		err        error
	}{
		{"周二 鸡肉炖土豆→红烧茄子", "11-24 鸡肉炖土豆>红烧茄子", nil},
		{"周二鸡肉炖土豆->红烧茄子", "11-24 鸡肉炖土豆>红烧茄子", nil},
		{"周二：鸡肉炖土豆 － ＞ 红烧茄子", "", nil}, // no arrow that anybody types
		{"周二：鸡肉炖土豆－＞红烧茄子", "11-24 鸡肉炖土豆>红烧茄子", nil},
		{"周二的鸡肉炖土豆改成红烧茄子", "11-24 鸡肉炖土豆>红烧茄子", nil},
		{"礼拜二把鸡肉炖土豆换成红烧茄子。", "11-24 鸡肉炖土豆>红烧茄子", nil},
		{"今天鸡肉炖土豆没有了，换成红烧茄子", "11-24 鸡肉炖土豆>红烧茄子", nil},
		{"今天鸡肉炖土豆没有了换成红烧茄子", "11-24 鸡肉炖土豆>红烧茄子", nil},
		{"鸡肉炖土豆 => 红烧茄子（12元）", "11-24 鸡肉炖土豆>红烧茄子=1200", nil},
		{"明天中午清蒸青鱼改为带鱼", "11-25 lunch 清蒸青鱼>带鱼", nil},
		{"6月20日 鱼➡️虾", "06-20 鱼>虾", nil},
		{"周二（11月24日） 鱼→虾", "11-24 鱼>虾", nil},
		{"周二 鸡肉炖土豆→红烧茄子、清蒸青鱼→带鱼；周三 鱼改成虾", "11-24 鸡肉炖土豆>红烧茄子, 11-24 清蒸青鱼>带鱼, 11-25 鱼>虾", nil},
		{"周二\n鸡肉炖土豆→红烧茄子\n晚餐 白粥→面条", "11-24 鸡肉炖土豆>红烧茄子, 11-24 dinner 白粥>面条", nil},
		{"周二 <b>鱼</b>→A&B", "11-24 <b>鱼</b>>A&B", nil},
		{"周二 鸡肉炖土豆→红烧茄子、青菜", "", ErrChange},
		{"周二 鱼→虾→蟹", "", nil}, {"周二 鱼→虾，鸡→休息", "", ErrChange}, {"周二 鱼→虾，鸡→", "", ErrChange},
		{"周二 鱼→虾，鸡→鸭→鹅", "", ErrChange},
		{"周二 " + strings.Repeat("鱼", MaxDish+1) + "→虾", "", ErrDishLong},
		{"周二 鱼→" + strings.Repeat("虾", MaxDish+1), "", ErrDishLong},
		{"周一→红烧肉、青菜\n周二→鱼", "", nil}, // a menu
		{"周三改成休息", "", nil},
		{"周一红烧肉、青菜", "", nil}, {"", "", nil}, {"→", "", nil}, {"改成", "", nil}, {strings.Repeat("鱼→虾，", MaxText), "", nil},
	}
	for _, tt := range tests {
		cs, ok, err := ParseChange(tt.text, tuesday)
		if got := briefChanges(cs); got != tt.want || ok != (tt.want != "" || tt.err != nil) || !errors.Is(err, tt.err) {
			t.Errorf("%.40q is %q, %v, %v; want %q, %v", tt.text, got, ok, err, tt.want, tt.err)
		}
	}
}

func TestApply(t *testing.T) {
	this := published(t, seed+"\n周三 午餐 鱼（12元）、虾 晚餐 鱼、白粥\n周五休息", "2026-11-23")
	next := published(t, "周一 红烧带鱼", "2026-11-30")
	tests := []struct {
		text, want, refused string
		doubts              int
	}{
		{"周二 鸡肉炖土豆→红烧茄子", "2026-11-24 红烧茄子 清蒸青鱼 清炒芥菜 排骨豆腐汤", "", 0},
		{"周二 鸡肉炖土豆→红烧茄子，清蒸青魚→带鱼", "2026-11-24 红烧茄子 带鱼 清炒芥菜 排骨豆腐汤", "", 0},
		{"周一 番茄炒蛋→蒸蛋", "", "on 2026-11-30: no such dish, perhaps []", 0}, // Tuesday: the coming Monday
		{"昨天 番茄炒蛋→蒸蛋", "2026-11-23 红烧猪肉 蒸蛋 清炒花菜 紫菜虾米汤", "", 0},
		{"周三 鱼→带鱼", "2026-11-25 带鱼=12 虾 | dinner 带鱼 白粥", "", 0},
		{"周三 晚餐 鱼→带鱼", "2026-11-25 鱼=12 虾 | dinner 带鱼 白粥", "", 0},
		{"周三 鱼→虾", "2026-11-25 虾=12 | dinner 虾 白粥", "", 1},
		{"周二 鸡肉土豆→红烧茄子", "", "on 2026-11-24: no such dish, perhaps [鸡肉炖土豆]", 0},
		{"周二 青鱼→红烧茄子", "", "on 2026-11-24: no such dish, perhaps [清蒸青鱼]", 0},
		{"周五 鱼→虾", "", "on 2026-11-27: not published", 0},
		{"周六 鱼→虾", "", "on 2026-11-28: not published", 0},
	}
	for _, tt := range tests {
		cs, _, err := ParseChange(tt.text, on("2026-11-24"))
		if err != nil || len(cs) == 0 {
			t.Fatalf("%s: %v", tt.text, err)
		}
		d, err := Apply(cs, []Menu{next, this})
		refused := ""
		if e := (*ChangeError)(nil); errors.As(err, &e) {
			refused = "on " + e.Change.Date.String() + ": not published"
			if errors.Is(err, ErrNoDish) {
				refused = fmt.Sprintf("on %v: no such dish, perhaps %v", e.Change.Date, e.Near)
			}
		}
		if got := brief(d.Days); got != tt.want || refused != tt.refused || len(d.Doubts) != tt.doubts {
			t.Errorf("%s\ngot  %s %s %v\nwant %s %s", tt.text, got, refused, d.Doubts, tt.want, tt.refused)
		}
	}
	if _, err := Apply([]Change{{Date: on("2026-11-24"), Old: "清蒸青鱼", New: Dish{Name: "虾"}}, {Date: on("2026-11-30"), Old: "红烧带鱼", New: Dish{Name: "虾"}}}, []Menu{next, this}); !errors.Is(err, ErrWeeks) {
		t.Errorf("two weeks: %v", err)
	}
	if brief(this.Days[1:2]) != "2026-11-24 鸡肉炖土豆 清蒸青鱼 清炒芥菜 排骨豆腐汤" {
		t.Error("the published week was changed")
	}
}

func FuzzParseChange(f *testing.F) {
	for _, s := range []string{"周二 鸡肉炖土豆→红烧茄子", "今天鱼改成虾，肉换成菜", "周二（11月24日）：午餐 a->b=>c", "→→", "把的→", "周一→红烧肉"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		cs, ok, err := ParseChange(s, on("2026-11-24"))
		if !ok && (err != nil || cs != nil) || err != nil && cs != nil || ok && err == nil && len(cs) == 0 {
			t.Fatalf("%q: %v, %v, %v", s, cs, ok, err)
		}
		for _, c := range cs {
			if n := utf8.RuneCountInString(c.Old); n == 0 || n > MaxDish || c.New.Name == "" || utf8.RuneCountInString(c.New.Name) > MaxDish || c.Date.IsZero() {
				t.Fatalf("%q: %+v", s, c)
			}
		}
	})
}
