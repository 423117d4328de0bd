package community

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
)

func TestAnswerCheck(t *testing.T) {
	full := make([]Answer, MaxAnswers)
	for i := range full {
		full[i] = Answer{ID: fmt.Sprint(i), Community: "anju", Group: "停车", Question: fmt.Sprintf("问题%c吗", rune(0x4E00+i)), Text: "答"}
	}
	groups := make([]Answer, MaxGroups)
	for i := range groups {
		groups[i] = Answer{ID: fmt.Sprint(i), Group: fmt.Sprint("组", i), Question: fmt.Sprintf("问题%c吗", rune(0x4E00+i)), Text: "答"}
	}
	ok := Answer{ID: "new", Community: "anju", Group: "停车", Question: "门口能停车吗", Text: "可以"}
	with := func(change func(*Answer)) Answer { a := ok; change(&a); return a.Tidy() }
	tests := []struct {
		name string
		a    Answer
		all  []Answer
		want error
	}{
		{"good", ok, nil, nil},
		{"group empty", with(func(a *Answer) { a.Group = " 　" }), nil, ErrAnswerGroup},
		{"group of 12", with(func(a *Answer) { a.Group = strings.Repeat("停", MaxGroup) }), nil, nil},
		{"group of 13", with(func(a *Answer) { a.Group = strings.Repeat("停", MaxGroup+1) }), nil, ErrAnswerGroup},
		{"question empty", with(func(a *Answer) { a.Question = "？" }), nil, ErrAnswerQuestion},
		{"question of nothing but common words", with(func(a *Answer) { a.Question = "请问在哪里呢" }), nil, ErrAnswerQuestion},
		{"question of 60", with(func(a *Answer) { a.Question = strings.Repeat("停车", MaxQuestion/2) }), nil, nil},
		{"question of 61", with(func(a *Answer) { a.Question = strings.Repeat("停车", MaxQuestion/2) + "吗" }), nil, ErrAnswerQuestion},
		{"answer empty", with(func(a *Answer) { a.Text = "\n" }), nil, ErrAnswerText},
		{"answer of 1500", with(func(a *Answer) { a.Text = strings.Repeat("答", MaxAnswer) }), nil, nil},
		{"answer of 1501", with(func(a *Answer) { a.Text = strings.Repeat("答", MaxAnswer+1) }), nil, ErrAnswerText},
		{"a wording too many", with(func(a *Answer) {
			for i := range MaxWordings + 1 {
				a.Wordings = append(a.Wordings, fmt.Sprint("问法", i))
			}
		}), nil, ErrWordings},
		{"a wording too long", with(func(a *Answer) { a.Wordings = []string{strings.Repeat("停", MaxQuestion+1)} }), nil, ErrWordings},
		{"the same question", ok, []Answer{{ID: "old", Community: "anju", Group: "车", Question: "门口，能停车吗？"}}, ErrAnswerTwice},
		{"the same question of others", ok, []Answer{{ID: "old", Group: "车", Question: "门口能停车吗"}}, nil},
		{"itself", ok, []Answer{ok}, nil},
		{"one too many", ok, full, ErrAnswers},
		{"the last that fits", ok, full[1:], nil},
		{"one of them", full[3], full, nil},
		{"a group too many", ok, groups, ErrGroups},
		{"the last group that fits", ok, groups[1:], nil},
		{"into one of the groups", with(func(a *Answer) { a.Group = "组3" }), groups, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if err := tt.a.Check(tt.all); !errors.Is(err, tt.want) || tt.want == nil && err != nil {
				t.Errorf("%v, want %v", err, tt.want)
			}
		})
	}
}

func TestAnswerTidy(t *testing.T) {
	a := Answer{Group: " 停 \n车 ", Question: "能停\n车吗", Text: "\n可以\n停 ", Wordings: []string{" 哪里停  车", "", "能停车吗？", "哪里停车！"}}
	got := a.Tidy()
	if got.Group != "停 车" || got.Question != "能停 车吗" || got.Text != "可以\n停" || !slices.Equal(got.Wordings, []string{"哪里停 车"}) {
		t.Errorf("%+v", got)
	}
	if a.Wordings[0] != " 哪里停  车" {
		t.Error("the wordings were changed")
	}
}

func TestGroups(t *testing.T) {
	all := []Answer{
		{ID: "c", Group: "公交", Question: "c", Order: 2}, {ID: "b", Group: "停车", Question: "b", Order: 1}, {ID: "a", Group: "停车", Question: "a", Order: 1},
		{ID: "d", Group: "停车", Question: "d", Order: 9, Community: "anju"}, {ID: "e", Group: "别处", Question: "e", Order: 0, Community: "century"},
	}
	show := func(home string) string {
		var s strings.Builder
		for _, g := range Groups(all, home) {
			s.WriteString(g.Name + ":")
			for _, a := range g.Answers {
				s.WriteString(a.ID)
			}
			s.WriteByte(' ')
		}
		return s.String()
	}
	for home, want := range map[string]string{"": "停车:ab 公交:c ", "anju": "停车:abd 公交:c ", "century": "别处:e 停车:ab 公交:c "} {
		if got := show(home); got != want {
			t.Errorf("%q: %q, want %q", home, got, want)
		}
	}
	if First(all) != -1 || Last(all) != 10 || First(nil) != -1 || Last(nil) != 1 {
		t.Errorf("first %d, last %d", First(all), Last(all))
	}
}

func TestMayAnswer(t *testing.T) {
	admin, specialist, cook := Grants{Admin: nil}, Grants{Specialist: {"anju"}}, Grants{Cook: {"hefan"}}
	tests := []struct {
		g    Grants
		of   string
		want bool
	}{
		{admin, "", true}, {admin, "anju", true}, {specialist, "", false}, {specialist, "anju", true}, {specialist, "century", false},
		{cook, "", false}, {cook, "anju", false}, {nil, "", false}, {nil, "anju", false}, {Grants{Specialist: {""}}, "", false},
	}
	for _, tt := range tests {
		if got := tt.g.MayAnswer(tt.of); got != tt.want {
			t.Errorf("%v for %q: %v", tt.g, tt.of, got)
		}
	}
	all := []Answer{{ID: "all", Question: "能停车吗", Order: 1}, {ID: "own", Community: "anju", Question: "能停车吗？", Order: 2}}
	for who, want := range map[string]string{"admin": "all", "specialist": "own", "cook": ""} {
		a, err := FindAnswer("能停车吗！", all, map[string]Grants{"admin": admin, "specialist": specialist, "cook": cook}[who])
		if a.ID != want || (err == nil) != (want != "") {
			t.Errorf("%s finds %q, %v", who, a.ID, err)
		}
	}
}

func TestParseLine(t *testing.T) {
	tests := []struct {
		in   string
		want string
		ok   bool
		err  error
	}{
		{"新增 停车 | 食堂门口能停车吗 | 可以，…", "add[停车][食堂门口能停车吗][可以，…]", true, nil},
		{"新增　停车｜能停车吗｜可以\n两行｜安居小区", "add[停车][能停车吗][可以\n两行][安居小区]", true, nil},
		{"修改 能停车吗 | 不行", "change[能停车吗][不行]", true, nil},
		{"问法 能停车吗|可以停吗", "word[能停车吗][可以停吗]", true, nil},
		{"移到 能停车吗 | 出行", "move[能停车吗][出行]", true, nil},
		{"删除 能停车吗", "drop[能停车吗]", true, nil},
		{"ADD a|b|c", "add[a][b][c]", true, nil},
		{"新增", "", true, ErrLine},
		{"新增 停车 | 能停车吗", "", true, ErrLine},
		{"新增 停车 || 可以", "", true, ErrLine},
		{"删除 a|b", "", true, ErrLine},
		{"停车", "", false, nil},
		{"新增的停车位在哪", "", false, nil},
		{"", "", false, nil},
	}
	for _, tt := range tests {
		l, ok, err := ParseLine(tt.in)
		got := string(l.Verb)
		for _, f := range l.Fields {
			got += "[" + f + "]"
		}
		if ok != tt.ok || !errors.Is(err, tt.err) || err == nil && got != tt.want {
			t.Errorf("%q: %q %v %v", tt.in, got, ok, err)
		}
	}
}
