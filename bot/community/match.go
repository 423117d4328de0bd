package community

import (
	"cmp"
	"slices"
	"sort"
	"strings"
	"unicode"
	"unicode/utf8"

	"xingfuli/bot/calendar"
)

// How alike a question and a wording must be, from 0 to 1: the Dice coefficient over their
// weighted tokens, twice what they share over what both have. The figures are the bot's own,
// chosen on the table of match_test.go.
//
// Source of the coefficient: L. R. Dice, "Measures of the Amount of Ecologic Association
// Between Species", Ecology 26 (1945).
const (
	sure      = 0.72 // with nothing else as near as margin: it is answered
	margin    = 0.12
	likely    = 0.55 // it is offered
	remote    = 0.3  // staff are asked whether it is the same
	covered   = 0.42 // it is offered when the question has all of the wording and more
	otherwise = 0.86 // times this when the one asks where and the other when
	offered   = 3    // how many answers are offered at most
)

// maxMatch is how many bytes of a question are read: what is longer tells a story first.
const maxMatch = 600

// Weights of tokens. Words of a place are in half of all questions and say little; a single
// character is less than a word; when and where are asked of many things.
const (
	plain  = 1.0
	asking = 0.6
	single = 0.5
	weak   = 0.25
)

// tokens is what a text is compared by.
type tokens struct {
	weight  map[string]float64
	total   float64
	content bool // it has more than weak words and question words
	numbers []string
	asks    []string // words that ask
}

// Index finds answers by plain questions. It is not changed once it is made, and any number
// of goroutines may use it.
type Index struct {
	answers []Answer
	entries []indexed
	byToken map[string][]int32 // to entries
}

// indexed is one wording of an answer.
type indexed struct {
	answer  int
	total   float64
	numbers []string
	asks    []string
}

// NewIndex makes an Index of answers, by their questions and other wordings.
func NewIndex(answers []Answer) *Index {
	x := &Index{answers: answers, byToken: map[string][]int32{}}
	for i, a := range answers {
		for _, w := range append([]string{a.Question}, a.Wordings...) {
			t := tokenize(w)
			if !t.content {
				continue
			}
			n := int32(len(x.entries)) //nolint:gosec // some thousands
			x.entries = append(x.entries, indexed{i, t.total, t.numbers, t.asks})
			for token := range t.weight {
				x.byToken[token] = append(x.byToken[token], n)
			}
		}
	}
	return x
}

// Match finds the answers to a question that people of the community home may see. One that
// is sure comes alone, with true; else those that are likely come, the nearest first and
// three at most. It has none for a question of which nothing but common words remain.
func (x *Index) Match(question, home string) (found []Answer, certain bool) {
	if len(question) > maxMatch {
		question = question[:maxMatch]
	}
	q := tokenize(question)
	if !q.content {
		return nil, false
	}
	near := x.near(q, home)
	switch {
	case len(near) == 0:
		return nil, false
	case stands(q, near):
		return []Answer{x.answers[near[0].answer]}, true
	}
	for _, n := range near {
		if len(found) < offered {
			found = append(found, x.answers[n.answer])
		}
	}
	return found, false
}

// Near lists up to three answers that a question may be another wording of, the nearest
// first: also those too far for Match.
func (x *Index) Near(question, home string) (found []Answer) {
	for _, n := range x.hits(tokenize(question), home, remote) {
		if len(found) < offered {
			found = append(found, x.answers[n.answer])
		}
	}
	return found
}

// stands tells whether the first of near is what was asked. A single word may ask for any of several.
func stands(q tokens, near []hit) bool {
	first := near[0].score
	if first < sure || len(near) == 1 {
		return first >= sure
	}
	second := near[1].score
	return len(q.weight) > 1 && (first-second >= margin || first > 0.999 && second < 0.999)
}

// hit is how near an answer is, by its nearest wording.
type hit struct {
	answer int
	score  float64
}

// near lists the answers that are likely at least.
func (x *Index) near(q tokens, home string) []hit { return x.hits(q, home, likely) }

// hits lists the answers whose score is least at least, or that the question covers, the
// nearest first; equal ones in their own order.
func (x *Index) hits(q tokens, home string, least float64) []hit {
	best := map[int]float64{}
	for n, shared := range x.shared(q) {
		e := x.entries[n]
		if to := x.answers[e.answer].Community; to != "" && to != home || !agree(q.numbers, e.numbers) {
			continue
		}
		score := 2 * shared / (q.total + e.total)
		if !agree(q.asks, e.asks) {
			score *= otherwise
		}
		if score >= least || score >= covered && shared >= 0.999*e.total {
			best[e.answer] = max(best[e.answer], score)
		}
	}
	hits := make([]hit, 0, len(best))
	for a, score := range best {
		hits = append(hits, hit{a, score})
	}
	slices.SortFunc(hits, func(a, b hit) int { return cmp.Or(cmp.Compare(b.score, a.score), cmp.Compare(a.answer, b.answer)) })
	return hits
}

// shared is the weight that each wording has in common with q. Weak words alone find nothing.
func (x *Index) shared(q tokens) map[int32]float64 {
	common := map[int32]float64{}
	for token, w := range q.weight {
		if says(w) {
			for _, n := range x.byToken[token] {
				common[n] += w
			}
		}
	}
	for token, w := range q.weight {
		if !says(w) {
			for _, n := range x.byToken[token] {
				if _, ok := common[n]; ok {
					common[n] += w
				}
			}
		}
	}
	return common
}

// agree tells whether two sets do not speak against each other, as the numbers of 3路 and 5路 do.
func agree(a, b []string) bool {
	if len(a) == 0 || len(b) == 0 {
		return true
	}
	return slices.ContainsFunc(a, func(n string) bool { return slices.Contains(b, n) })
}

// tokenize takes a text apart: words of the lexicon, numbers and words of English, and of
// what is between them every pair of neighbouring characters.
func tokenize(s string) tokens {
	s = strings.ToValidUTF8(characters.Replace(strings.Map(calendar.Fold, s)), " ")
	t := tokens{weight: map[string]float64{}}
	var run []rune // characters since the last word
	flush := func() {
		t.pairs(run)
		run = run[:0]
	}
	for i := 0; i < len(s); {
		if n := t.word(s[i:], flush); n > 0 {
			i += n
			continue
		}
		r, n := utf8.DecodeRuneInString(s[i:])
		i += n
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			run = append(run, r)
		} else {
			flush()
		}
	}
	flush()
	for _, w := range t.weight {
		t.total += w
	}
	sort.Strings(t.numbers)
	return t
}

// word takes the longest word of the lexicon, or a number or word of English, that s begins
// with, and returns its length, 0 for none.
func (t *tokens) word(s string, flush func()) int {
	if n := asciiWord(s); n > 0 {
		flush()
		w := s[:n]
		switch l, known := lexicon[w]; {
		case known:
			t.add(l.token, l.weight)
		case isNumber(w):
			t.numbers = append(t.numbers, w)
			t.add(w, plain)
		default:
			t.add(w, plain)
		}
		return n
	}
	for n := min(longest, len(s)); n > 0; n-- {
		if n < len(s) && !utf8.RuneStart(s[n]) {
			continue
		}
		if l, ok := lexicon[s[:n]]; ok {
			flush()
			t.add(l.token, l.weight)
			return n
		}
	}
	return 0
}

func (t *tokens) add(token string, weight float64) {
	if weight == 0 {
		return
	}
	t.weight[token] = weight
	if says(weight) {
		t.content = true
	}
	if weight == asking {
		t.asks = append(t.asks, token)
	}
}

func (t *tokens) pairs(run []rune) {
	if len(run) == 1 {
		t.add(string(run), single)
	}
	for i := 1; i < len(run); i++ {
		t.add(string(run[i-1:i+1]), plain)
	}
}

func asciiWord(s string) int {
	n := 0
	for n < len(s) && ('a' <= s[n] && s[n] <= 'z' || '0' <= s[n] && s[n] <= '9') && (n == 0 || isNumber(s[:1]) == isNumber(s[n:n+1])) {
		n++
	}
	return n
}

func isNumber(s string) bool { return s[0] >= '0' && s[0] <= '9' }

// says tells whether a token of that weight is what a question is about.
func says(weight float64) bool { return weight == plain || weight == single }
