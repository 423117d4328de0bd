package community

import (
	"cmp"
	"crypto/sha256"
	"encoding/base32"
	"errors"
	"slices"
	"strings"
	"unicode/utf8"

	"xingfuli/bot/calendar"
)

// Refusals of answers to common questions.
var (
	// ErrNoAnswer refuses an answer that is not there, or not any more.
	ErrNoAnswer = errors.New("community: no such answer")
	// ErrNotAnswer refuses somebody who may not change that answer.
	ErrNotAnswer = errors.New("community: only an admin or the community's specialist may change that answer")
	// ErrAnswerGroup refuses the name of a group that is empty, long, or has a line break.
	ErrAnswerGroup = errors.New("community: not a name for a group of answers")
	// ErrAnswerQuestion refuses a question that is empty or long, or one without content to find it by.
	ErrAnswerQuestion = errors.New("community: not a question to answer")
	// ErrAnswerText refuses an answer that is empty or long.
	ErrAnswerText = errors.New("community: not an answer")
	// ErrAnswerTwice refuses a question that is answered already.
	ErrAnswerTwice = errors.New("community: that question is answered already")
	// ErrWordings refuses more wordings of one question than there may be.
	ErrWordings = errors.New("community: too many wordings")
	// ErrAnswers refuses more answers than there may be.
	ErrAnswers = errors.New("community: too many answers")
	// ErrGroups refuses more groups of answers than there may be.
	ErrGroups = errors.New("community: too many groups of answers")
	// ErrAnswerFor refuses a line that does not say which community the answer is for.
	ErrAnswerFor = errors.New("community: which community the answer is for")
)

// Limits of answers. Lengths are in runes.
const (
	MaxGroup    = 12
	MaxQuestion = 60
	MaxAnswer   = 1500 // so that an answer is one message
	MaxWordings = 20   // of one answer, besides its question
	MaxAnswers  = 100  // of one community, and as many for all
	MaxGroups   = 20   // of one community with those for all
)

// Answer is a common question (常见问题) and what staff answer to it.
type Answer struct {
	ID        string   `json:"id"`
	Community string   `json:"community,omitempty"` // ID of the one whose people it is for; empty: everybody
	Group     string   `json:"group"`
	Question  string   `json:"question"`
	Wordings  []string `json:"wordings,omitempty"` // how else people ask it
	Text      string   `json:"text"`
	Order     int64    `json:"order"` // the smaller, the further to the front of its group
	Version   int64    `json:"-"`
}

// Live are the questions that are answered from what is known at the time, by how people
// ask them. Hours and prices of the canteen are mostly understood before (see menu.Ask).
var Live = []Answer{
	{ID: "hours", Question: "食堂几点开饭", Wordings: []string{"食堂供饭时间", "食堂开饭时间"}},
	{ID: "prices", Question: "食堂吃一顿饭多少钱", Wordings: []string{"食堂饭菜价格"}},
	{ID: "contact", Question: "社区专员怎么找", Wordings: []string{"社区专员电话多少", "怎么联系专员", "专员是谁", "小区专员几点上班", "who is the specialist"}},
	{ID: "privacy", Question: "机器人会记下我什么", Wordings: []string{"机器人会不会记录我们聊天", "机器人记录我们说的话吗", "我的个人信息会不会泄露", "怎么删除我的个人信息", "what do you keep about me"}},
}

// IsLive tells whether an answer is one of Live.
func IsLive(id string) bool {
	return slices.ContainsFunc(Live, func(a Answer) bool { return a.ID == id })
}

// Tidy takes blanks off the ends of what staff wrote, and makes one line of what is one. a is not changed.
func (a Answer) Tidy() Answer {
	line := func(s string) string { return strings.Join(strings.Fields(s), " ") }
	a.Group, a.Question, a.Text = line(a.Group), line(a.Question), strings.TrimSpace(a.Text)
	wordings := a.Wordings
	a.Wordings = nil
	for _, w := range wordings {
		if w = line(w); w != "" && !same(w, a.Question) && !slices.ContainsFunc(a.Wordings, func(v string) bool { return same(v, w) }) {
			a.Wordings = append(a.Wordings, w)
		}
	}
	return a
}

// Check tells whether a, as Tidy leaves it, may stand among all answers, of which those
// with its ID do not count. It returns one of the refusals above.
func (a Answer) Check(all []Answer) error {
	for _, field := range []string{"group", "question", "text", "wordings"} {
		if err := a.CheckField(field, all); err != nil {
			return err
		}
	}
	if others := a.others(all); len(others) >= MaxAnswers {
		return ErrAnswers
	}
	return nil
}

// CheckField is Check for one field: "group", "question", "text" or "wordings".
func (a Answer) CheckField(field string, all []Answer) error {
	switch field {
	case "group":
		return a.checkGroup(all)
	case "question":
		if utf8.RuneCountInString(a.Question) > MaxQuestion || !tokenize(a.Question).content {
			return ErrAnswerQuestion
		}
		if slices.ContainsFunc(a.others(all), func(o Answer) bool { return same(o.Question, a.Question) }) {
			return ErrAnswerTwice
		}
	case "text":
		if a.Text == "" || utf8.RuneCountInString(a.Text) > MaxAnswer {
			return ErrAnswerText
		}
	case "wordings":
		if len(a.Wordings) > MaxWordings || slices.ContainsFunc(a.Wordings, func(w string) bool { return utf8.RuneCountInString(w) > MaxQuestion }) {
			return ErrWordings
		}
	}
	return nil
}

func (a Answer) checkGroup(all []Answer) error {
	if a.Group == "" || utf8.RuneCountInString(a.Group) > MaxGroup {
		return ErrAnswerGroup
	}
	others := slices.DeleteFunc(slices.Clone(all), func(o Answer) bool { return o.ID == a.ID })
	gs := Groups(others, a.Community)
	if len(gs) >= MaxGroups && !slices.ContainsFunc(gs, func(g Group) bool { return g.Name == a.Group }) {
		return ErrGroups
	}
	return nil
}

// others are the answers for the same people.
func (a Answer) others(all []Answer) []Answer {
	var others []Answer
	for _, o := range all {
		if o.ID != a.ID && o.Community == a.Community {
			others = append(others, o)
		}
	}
	return others
}

// same tells whether two lines are one but for marks, blanks and widths.
func same(a, b string) bool { return bareOf(a) == bareOf(b) }

// Group is answers that stand under one name, 停车.
type Group struct {
	Name    string
	Answers []Answer
}

// Groups puts the answers for people of the community home into their groups. Within a
// group, and between groups by their first answers, the order is by Order, then by ID. all
// is not changed.
func Groups(all []Answer, home string) []Group {
	var gs []Group
	for _, a := range sorted(all) {
		if a.Community != "" && a.Community != home {
			continue
		}
		i := slices.IndexFunc(gs, func(g Group) bool { return g.Name == a.Group })
		if i < 0 {
			i = len(gs)
			gs = append(gs, Group{Name: a.Group})
		}
		gs[i].Answers = append(gs[i].Answers, a)
	}
	return gs
}

// Own are the answers for the people of one community alone, in their order.
func Own(all []Answer, community string) []Answer {
	return slices.DeleteFunc(sorted(all), func(a Answer) bool { return a.Community != community })
}

func sorted(all []Answer) []Answer {
	return slices.SortedFunc(slices.Values(all), func(a, b Answer) int { return cmp.Or(cmp.Compare(a.Order, b.Order), cmp.Compare(a.ID, b.ID)) })
}

// First is the Order that puts an answer in front of all others.
func First(all []Answer) int64 {
	first := int64(0)
	for _, a := range all {
		first = min(first, a.Order)
	}
	return first - 1
}

// Last is the Order that puts an answer behind all others.
func Last(all []Answer) int64 {
	last := int64(0)
	for _, a := range all {
		last = max(last, a.Order)
	}
	return last + 1
}

// MayAnswer tells whether somebody may change the answers for a community, or with ""
// those for all, which only an admin may.
func (g Grants) MayAnswer(community string) bool {
	if community == "" {
		_, admin := g[Admin]
		return admin
	}
	return g.May(Specialist, community)
}

// FindAnswer finds the answer to a question, written as it is but for marks and blanks,
// among those that somebody may change. It returns ErrNoAnswer when there is none.
func FindAnswer(question string, all []Answer, g Grants) (Answer, error) {
	for _, a := range sorted(all) {
		if g.MayAnswer(a.Community) && same(a.Question, question) {
			return a, nil
		}
	}
	return Answer{}, ErrNoAnswer
}

// Line is a change of an answer that is said in one line:
//
//	新增 停车 | 食堂门口能停车吗 | 可以，停一个小时不要钱。 | 安居小区
type Line struct {
	Verb   LineVerb
	Fields []string // without blanks at their ends
}

// LineVerb is what a Line does.
type LineVerb string

// What a line may do, and the fields it takes.
const (
	LineAdd    LineVerb = "add"    // group, question, answer and, when it is not clear, the community
	LineChange LineVerb = "change" // question, new answer
	LineWord   LineVerb = "word"   // question, another wording
	LineMove   LineVerb = "move"   // question, another group
	LineDrop   LineVerb = "drop"   // question
)

var lineVerbs = []struct {
	words    []string
	verb     LineVerb
	from, to int // how many fields
}{
	{[]string{"新增", "添加", "add"}, LineAdd, 3, 4},
	{[]string{"修改", "改", "change"}, LineChange, 2, 2},
	{[]string{"问法", "word"}, LineWord, 2, 2},
	{[]string{"移到", "移动", "move"}, LineMove, 2, 2},
	{[]string{"删除", "删掉", "drop"}, LineDrop, 1, 1},
}

// ErrLine refuses a line with too few or too many fields.
var ErrLine = errors.New("community: the line lacks something")

// ParseLine reads a line. ok is false when it does not begin with what can be done; it
// returns ErrLine when the fields, which | or ｜ parts, are not as many as that takes.
func ParseLine(s string) (l Line, ok bool, err error) {
	verb, rest := strings.TrimSpace(s), ""
	if i := strings.IndexFunc(verb, func(r rune) bool { return calendar.Fold(r) == ' ' || r == '\n' || r == '\t' }); i >= 0 {
		verb, rest = verb[:i], verb[i:]
	}
	for _, v := range lineVerbs {
		if !slices.Contains(v.words, strings.ToLower(verb)) {
			continue
		}
		l.Verb = v.verb
		for _, f := range strings.Split(strings.ReplaceAll(rest, "｜", "|"), "|") {
			l.Fields = append(l.Fields, strings.TrimSpace(f))
		}
		if n := len(l.Fields); n < v.from || n > v.to || slices.Contains(l.Fields, "") {
			return l, true, ErrLine
		}
		return l, true, nil
	}
	return Line{}, false, nil
}

// GroupID names a group in a button: eight letters and digits.
func GroupID(name string) string {
	sum := sha256.Sum256([]byte(name))
	return strings.ToLower(base32.StdEncoding.EncodeToString(sum[:5]))
}

// FindGroup finds a group by its ID.
func FindGroup(groups []Group, id string) (Group, bool) {
	for _, g := range groups {
		if GroupID(g.Name) == id {
			return g, true
		}
	}
	return Group{}, false
}
