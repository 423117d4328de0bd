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

// lexicon says what the words are that are not cut into pairs of characters: nothing (0),
// or a token of that weight. Words that mean the same stand for the first of them.
var lexicon, longest = makeLexicon()

type lexeme struct {
	token  string
	weight float64
}

func makeLexicon() (map[string]lexeme, int) {
	words, most := map[string]lexeme{}, 0
	add := func(weight float64, lines ...string) {
		for _, line := range lines {
			same := strings.Fields(line)
			for _, w := range same {
				words[w] = lexeme{same[0], weight}
				most = max(most, len(w))
			}
		}
	}
	for _, w := range strings.Fields(stopWords) {
		add(0, w)
	}
	for _, w := range strings.Fields(weakWords) {
		add(weak, w)
	}
	add(asking, askingWords...)
	add(plain, sameWords...)
	return words, most
}

const (
	stopWords = `请问 请问一下 请教 你好 您好 大家好 各位 师傅 阿姨 地方 谁知道 有谁知道 有人知道 知道 晓得 想问 想问一下 问一下 问下 麻烦 麻烦问 打听 一下 谢谢 多谢 帮忙
		吗 么 嘛 呢 啊 呀 吧 哦 哈 啦 咯 的 了 过 着 是不是 能不能 可不可以 会不会 要不要 有没有 行不行 可以 可 能 能够 会 有 没有 没 是 在 要 想 想要 需要 不 别 我 我们 咱 咱们 你 你们 他 他们 她 它 自己
		这 那 这个 那个 这里 这儿 那里 那儿 到 去 来 给 把 让 被 就 都 也 还 再 又 才 只 很 太 和 跟 与 或 或者 还是 但是 因为 所以 如果 的话 从 向 往 对 为 用 里 里面 外 个 些 今天 明天 现在 平时 一般 大概 到底 最近 应该
		什么 啥 甚么 the a an is are do does did can could i you we my to of in at on for there please it be`
	weakWords = `食堂 小区 社区 门口 水头 水头镇 镇上 镇里 附近 旁边 周边 周围 老人 老年人 居民 业主 大家 群里 机器人 canteen community bot`
)

var askingWords = []string{
	"怎么 怎样 怎么样 咋 咋样 如何 怎么弄 怎么办 how",
	"哪 哪里 哪儿 哪边 哪个地方 什么地方 啥地方 哪块 何处 where",
	"几点 什么时候 啥时候 几时 何时 什么时间 几点钟 时间 多会儿 when",
	"多少钱 要钱 收钱 收费 要收费 收不收费 费用 价格 价钱 几块钱 多少元 免费 要不要钱 交钱 price cost fee free",
	"谁 哪个人 什么人 who",
	"开放 开门 营业 开馆 关门 闭馆 打烊 上班 下班 开到 open opening hours",
	"多少",
	"电话 号码 手机号 联系方式 联系电话 phone",
	"多久 多长时间 几天 多少天",
}

var sameWords = []string{
	"停车 车位 泊车 停车位 停车场 停个车 停车子 parking park",
	"末班 末班车 最后一班 last",
	"公交 公交车 公车 巴士 公共汽车 班车 bus",
	"厕所 洗手间 卫生间 公厕 茅厕 toilet",
	"电动车 电瓶车 电驴 电动自行车 小电驴",
	"充电 充电桩 充电的",
	"医保 医疗保险 医保卡 社保卡 社保",
	"办 办理 申请 申办 办证",
	"补 补办 补领",
	"坐 乘 搭 乘坐 换乘",
	"景点 景区 好玩 游玩 玩 逛 旅游 游览",
	"垃圾 倒垃圾 扔垃圾 丢垃圾 垃圾桶",
	"快递 包裹 取件 驿站 快递柜 菜鸟",
	"维修 修 报修 修理 坏 坏掉",
	"老年大学 老年课堂 老年学校",
}

// characters are the traditional ones of such questions that talk of meals does not need.
var characters = strings.NewReplacer("車", "车", "場", "场", "證", "证", "辦", "办", "電", "电", "話", "话", "醫", "医", "藥", "药", "費", "费", "樓", "楼", "路線", "路线", "線", "线",
	"遊", "游", "覽", "览", "遞", "递", "館", "馆", "書", "书", "學", "学", "課", "课", "壞", "坏", "報", "报", "級", "级", "險", "险", "體", "体", "檢", "检", "殘", "残", "補", "补", "貼", "贴", "區", "区", "務", "务", "處", "处", "廁", "厕", "乘車", "乘车")

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
