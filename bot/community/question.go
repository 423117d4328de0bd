package community

import (
	"cmp"
	"crypto/sha256"
	"encoding/base32"
	"errors"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"xingfuli/bot/calendar"
)

// Refusals of open questions.
var (
	// ErrNoQuestion refuses a question that a colleague has seen to already, or that has expired.
	ErrNoQuestion = errors.New("community: that question is not open any more")
	// ErrAsked refuses somebody who asks too much in a day.
	ErrAsked = errors.New("community: too many questions in a day")
	// ErrWishes refuses somebody who waits for too many answers.
	ErrWishes = errors.New("community: too many answers waited for")
)

// How long what belongs to questions is kept, and how much of it.
const (
	KeepQuestion = 90 * 24 * time.Hour // since it was last asked
	KeepWish     = 7 * 24 * time.Hour  // who wants to be told of an answer
	MaxQuestions = 500                 // open ones; those last asked longest ago go first
	MaxAsked     = 20                  // open ones that one person asks in a day: nobody drives out what others ask
	MaxWishes    = 20                  // of one person
	maxRunes     = 120                 // of a question that are kept
)

// Question is what people asked and nobody answered. Nothing in it tells who.
type Question struct {
	ID          string // the same for questions that say the same
	Community   string // whose people asked it; empty when that is not known
	Text        string // as it was asked first, masked
	Count       int64  // how often it was asked
	First, Last time.Time
}

// NewQuestion makes of what somebody asked a question that may be kept: numbers that could
// be a telephone's, a person's or a car's are masked, and so are names of accounts and
// addresses of mail. ok is false when it is no question or nothing would remain of it.
func NewQuestion(text, community string, now time.Time) (q Question, ok bool) {
	if !Asks(text) {
		return Question{}, false
	}
	text = Mask(strings.Join(strings.Fields(text), " "))
	if r := []rune(text); len(r) > maxRunes {
		text = string(r[:maxRunes]) + "…"
	}
	if !tokenize(strings.ReplaceAll(text, masked, " ")).content {
		return Question{}, false
	}
	return Question{ID: questionID(text, community), Community: community, Text: text, Count: 1, First: now, Last: now}, true
}

// questionID is the same for questions of one community that differ in marks, blanks and
// words that carry nothing.
func questionID(text, community string) string {
	sum := sha256.Sum256([]byte(community + "\n" + gist(text)))
	return strings.ToLower(base32.StdEncoding.EncodeToString(sum[:10]))
}

// gist is what remains of a text without marks, blanks and words that carry nothing.
func gist(s string) string {
	t := tokenize(s)
	words := make([]string, 0, len(t.weight))
	for w := range t.weight {
		words = append(words, w)
	}
	slices.Sort(words)
	return strings.Join(words, " ")
}

// bareOf is a text folded, without marks and blanks.
func bareOf(s string) string {
	return strings.Map(func(r rune) rune {
		if r = calendar.Fold(r); unicode.IsLetter(r) || unicode.IsDigit(r) {
			return r
		}
		return -1
	}, s)
}

// asks are words that make a question of a line without a question mark, endings those that
// do at its end: 这么 and 好几个 ask for nothing.
var (
	asks = []string{"吗", "怎么", "怎样", "咋", "如何", "哪", "谁", "什么", "啥", "甚么", "多少", "多久", "多长", "多大", "多远", "是不是", "能不能", "可不可以", "可以不", "有没有", "有无", "会不会", "要不要", "收不收", "行不行", "请问", "想问", "问一下", "问下", "为何", "何时", "何处",
		"几点", "几号", "几路", "几楼", "几天", "几时", "几岁", "几块", "几月", "几个月", "第几", "星期几", "周几"}
	endings = []string{"么", "嘛", "呢", "没", "没有", "不"}
)

var asksEnglish = regexp.MustCompile(`^(what|when|where|who|which|how|why|can|could|may|is|are|do|does|did|will|would|should)\b`)

// Asks tells whether a text is a plain question: it has a question mark or a word that asks.
func Asks(text string) bool {
	s := strings.TrimSpace(strings.Map(calendar.Fold, text))
	if s == "" || utf8.RuneCountInString(s) > 2*maxRunes {
		return false
	}
	if strings.Contains(s, "?") || asksEnglish.MatchString(s) || slices.ContainsFunc(asks, func(w string) bool { return strings.Contains(s, w) }) {
		return true
	}
	s = strings.TrimRightFunc(s, func(r rune) bool { return !unicode.IsLetter(r) })
	return slices.ContainsFunc(endings, func(w string) bool { return strings.HasSuffix(s, w) })
}

// masked stands for what is not kept.
const masked = "＊＊"

var private = []*regexp.Regexp{
	regexp.MustCompile(`[\w.+-]+@[\w-]+(\.[\w-]+)*`), // mail
	regexp.MustCompile(`@\w+`),
	regexp.MustCompile(`(https?://|t\.me/)\S+`),
	regexp.MustCompile(`\p{Han}[A-Za-z][ ·.-]?[A-Za-z0-9]{4,5}[A-Za-z0-9学警挂港澳]`), // a car's, GA 36-2018
	regexp.MustCompile(`\+?\d([ ()./–—-]{0,2}\d){6,}[ -]?[Xx]?`),                 // telephones, GB 11643-1999, cards
	regexp.MustCompile(`[〇零一二三四五六七八九幺]{7,}`),
}

// Mask puts marks in place of what could tell who somebody is: numbers of seven digits or
// more, also with blanks or hyphens between or in hanzi, of cars, names of accounts,
// addresses of mail and of pages. The text comes back with half-width digits and letters.
func Mask(text string) string {
	s := strings.Map(narrow, strings.ToValidUTF8(text, ""))
	for _, p := range private {
		s = p.ReplaceAllString(s, masked)
	}
	return s
}

// narrow makes full-width digits, letters and @ half-width.
func narrow(r rune) rune {
	if n := r - 0xFEE0; '0' <= n && n <= '9' || '@' <= n && n <= 'Z' || 'a' <= n && n <= 'z' {
		return n
	}
	if unicode.IsDigit(r) && r > unicode.MaxASCII { // of another script
		return '0'
	}
	return r
}

// Sees are the open questions that somebody may see to: an admin all of them, a specialist
// those of their communities. all is not changed.
func (g Grants) Sees(all []Question) []Question {
	return slices.DeleteFunc(slices.Clone(all), func(q Question) bool { return !g.MayAnswer(q.Community) })
}

// SortQuestions puts the questions asked most often first, or else those asked last. all is
// not changed.
func SortQuestions(all []Question, often bool) []Question {
	return slices.SortedFunc(slices.Values(all), func(a, b Question) int {
		order := b.Last.Compare(a.Last)
		if often {
			order = cmp.Or(cmp.Compare(b.Count, a.Count), order)
		}
		return cmp.Or(order, cmp.Compare(a.ID, b.ID))
	})
}

// Draft begins the answer to a question, which is for those who asked. What was asked stands
// as the answer's question, unless that may not be: then it is left to be written.
func (q Question) Draft(id string, all []Answer) Answer {
	a := Answer{ID: id, Community: q.Community, Question: q.Text}
	if strings.Contains(q.Text, masked) || a.CheckField("question", all) != nil {
		a.Question = ""
	}
	return a
}

// Word adds a question to an answer, as one more wording, if it is short enough and tells
// nothing of a person. a is not changed.
func (q Question) Word(a Answer) Answer {
	if !strings.Contains(q.Text, masked) && utf8.RuneCountInString(q.Text) <= MaxQuestion {
		a.Wordings = append(slices.Clone(a.Wordings), q.Text)
	}
	return a.Tidy()
}

// Tell is somebody who is to be told of an answer.
type Tell struct {
	Answer string // ID
	User   int64
	Since  time.Time // when the question was answered, to the second
}
