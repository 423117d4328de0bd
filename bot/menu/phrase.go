package menu

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"xingfuli/bot/calendar"
)

// A phrase is a message taken apart: what it names, and the words that remain.
type phrase struct {
	day     calendar.Day
	hasDay  bool
	monday  calendar.Date // of a week named, or of a span of days
	meal    Meal
	canteen bool // the canteen is named
	asks    bool // it ends in a question mark
	core    string
}

// placed tells whether the phrase names a day or a week.
func (p phrase) placed() bool { return p.hasDay || !p.monday.IsZero() }

// slips are other spellings of the words that questions are made of.
var slips = strings.NewReplacer("甚么", "什么", "神马", "什么", "什末", "什么", "什么东西", "什么", "啥子", "什么", "啥东西", "什么", "啥", "什么",
	"彩单", "菜单", "莱单", "菜单", "菜单子", "菜单", "有木有", "有没有", "有冇", "有没有", "有无", "有没有", "没得", "没有", "木有", "没有", "几点钟", "几点", "几时", "什么时候", "啥时候", "什么时候", "阿尼", "什么", "食唐", "食堂", "实堂", "食堂", "时堂", "食堂", "饭唐", "饭堂")

// opening words and closing words carry nothing; longer ones stand first.
var (
	openings = []string{"请问一下", "请问下", "请问", "问一下", "问下", "想问一下", "想问", "大家好", "你好", "您好", "有谁知道", "有人知道", "谁知道", "知道", "各位", "大家", "师傅", "阿姨", "大姐",
		"老师", "咱们", "咱", "我们", "那么", "那", "哎", "喂", "的", "一共", "一般", "都", "会", "到底", "吃饭"}
	closings = []string{"谢谢", "呢", "啊", "呀", "哦", "哈", "嘞", "咯", "啦", "呐", "哪里知道", "知道吗", "晓得吗", "来着"}
)

// canteenWords name the canteen; the longest that fits is taken, with what describes it.
var (
	canteenWords = []string{"食堂", "饭堂", "canteen", "cafeteria"}
	describing   = []string{"老年", "老人", "长者", "社区", "小区", "幸福", "共享", "我们", "咱们", "咱", "村里", "村", "和", "的", "镇", "敬老", "助老", "the "}
)

// take reads a message into a phrase.
func (a Asker) take(text string, today calendar.Date) phrase {
	s, asks := bare(text)
	s = slips.Replace(s)
	p := phrase{asks: asks}
	if m, span, ok := findMeal(s); ok {
		p.meal, s = m, cut(s, span)
	}
	if p.meal == "" && strings.Contains(s, "tonight") {
		p.meal = Dinner
	}
	s = p.takeDay(s, today)
	if monday, span, ok := calendar.FindWeek(s, today); ok && !p.hasDay {
		p.monday, s = monday, cut(s, span)
	}
	s = p.takeCanteen(s, a.canteens)
	p.core = trimWords(s)
	for _, end := range [][2]string{{"伐", "吗"}, {"冇", "没"}} { // as people around Wenzhou end a question
		if rest, ok := strings.CutSuffix(p.core, end[0]); ok {
			p.core = rest + end[1]
		}
	}
	return p
}

// takeDay cuts the day out of s; of a span of days, 周一到周五, it takes the week.
func (p *phrase) takeDay(s string, today calendar.Date) string {
	day, span, ok := calendar.FindDay(s, today)
	if !ok {
		return s
	}
	p.day, p.hasDay = day, true
	if after := s[span.To:]; strings.ContainsRune("到至-", first(after)) && after != "" {
		_, size := fold(after)
		if _, n := calendar.CutDay(after[size:], today); n > 0 {
			p.day, p.hasDay, p.monday = calendar.Day{}, false, day.Date.Monday()
			span.To += size + n
		}
	}
	s = cut(s, span)
	if n := eat(s[span.From:], "晚"); n > 0 && p.meal == "" { // 今晚
		p.meal, s = Dinner, cut(s, calendar.Span{From: span.From, To: span.From + n})
	}
	return s
}

// takeCanteen cuts the canteen's name, or the word with what describes it, out of s.
func (p *phrase) takeCanteen(s string, names []string) string {
	for _, words := range [][]string{names, canteenWords} {
		at, n := index(s, words)
		if n == 0 {
			continue
		}
		p.canteen = true
		before := s[:at]
		for trimmed := ""; trimmed != before; {
			trimmed = before
			for _, w := range describing {
				before = strings.TrimSuffix(before, w)
			}
		}
		return before + skip(s[at+n:], "里面", "里头", "里", "这边", "那边")
	}
	return s
}

// bare is the text folded, without mentions, marks and blanks that are not between
// words of English, and whether it had a question mark.
func bare(text string) (s string, asks bool) {
	var b strings.Builder
	b.Grow(len(text))
	var last rune // the last rune kept
	gap, mention := false, false
	for _, r := range text {
		r = calendar.Fold(r)
		switch {
		case r == '@':
			mention = true
		case unicode.IsSpace(r):
			gap, mention = true, false
		case mention && r < 0x80:
		case r == '?':
			asks = true
		case unicode.IsLetter(r) || isDigit(r) || isDigit(last) && strings.ContainsRune("-/.:", r):
			mention = false
			if gap && isPlain(last) && isPlain(r) {
				b.WriteByte(' ')
			}
			b.WriteRune(r)
			last, gap = r, false
		case r == '\'' || r == 0x2019: // what's, today's
			gap = true
		}
	}
	return strings.TrimRight(b.String(), "-/.:"), asks
}

// cut takes a span out of s.
func cut(s string, span calendar.Span) string { return s[:span.From] + s[span.To:] }

// trimWords takes the words that carry nothing off both ends of s.
func trimWords(s string) string {
	for before := ""; before != s; {
		before = s
		for _, w := range openings {
			s = strings.TrimPrefix(s, w)
		}
		for _, w := range closings {
			s = strings.TrimSuffix(s, w)
		}
	}
	return s
}

// skip takes the first of the words that s begins with off it, if any does.
func skip(s string, words ...string) string {
	for _, w := range words {
		if rest, ok := strings.CutPrefix(s, w); ok {
			return rest
		}
	}
	return s
}

var menuCores = wordSet("菜单 菜谱 食谱 餐单 看菜单 看下菜单 看一下菜单 看看菜单 菜单是什么 菜单有吗 有菜单吗 有没有菜单 发下菜单 发一下菜单 菜单发一下 菜单发下 菜单出来了吗 菜单出了吗 菜单出来没 菜单有没有 " +
	"什么菜单 菜单公布了吗 菜单看一下 菜单看下 菜单是哪些 要菜单 求菜单 " +
	"菜单发出来 菜单发出来看看 菜单发来看看 菜单发群里 菜单发到群里 菜单发一下看看")

// wantsMenu tells whether the core asks for the menu by that word.
func (p phrase) wantsMenu() bool {
	core := strings.TrimPrefix(p.core, "的")
	return has(menuCores, core) || core == "菜" && p.canteen && p.placed()
}

// wantsWhat tells whether the core asks what is served: 吃什么, 有什么菜, 烧的什么. verb is
// the word before 什么, "" for none, and dishes whether it says that it means dishes.
func (p phrase) wantsWhat() (verb string, dishes, ok bool) {
	s := skip(p.core, "都", "要", "会", "能", "可以")
	for _, v := range []string{"供应", "准备", "吃", "有", "烧", "做", "卖", "打", "煮", "炒", "是"} {
		if strings.HasPrefix(s, v) {
			verb, s = v, s[len(v):]
			break
		}
	}
	s = skip(s, "了", "的是", "的", "些", "点", "着")
	rest := skip(s, "什么", "哪些", "哪几个", "几个")
	if rest == s {
		return "", false, false
	}
	switch rest {
	case "":
		return verb, false, verb != "" && verb != "是" || p.canteen && p.meal != ""
	case "菜", "菜色", "菜品", "饭菜", "菜啊", "好菜", "菜吃", "伙食", "荤菜", "素菜":
		return verb, true, true
	case "吃", "吃的", "好吃", "好吃的", "饭", "下饭", "可以吃", "可吃", "可吃的":
		return verb, false, verb != ""
	}
	return "", false, false
}

var whichDays = []string{"哪一天", "哪天", "哪几天", "什么时候", "星期几", "礼拜几", "周几", "几号"}

// wantsDish reads 有鱼吗, 有没有鱼, 鱼有没有, 哪天有排骨: what is asked for, and whether it
// asks for days. A statement, 周二有鱼, wants nothing.
func (p phrase) wantsDish() (food string, days, ok bool) {
	s, days := takeWhich(p.core)
	s, asks := takeAsking(s)
	asks = asks || p.asks || days
	switch {
	case strings.HasPrefix(s, "有没有"):
		return trimFood(s[len("有没有"):]), days, true
	case strings.HasPrefix(s, "有没"):
		return trimFood(s[len("有没"):]), days, true
	case strings.HasPrefix(s, "有"), p.canteen && strings.ContainsRune("烧吃卖", first(s)) && s != "":
		_, n := fold(s)
		return trimFood(s[n:]), days, asks || p.canteen && strings.HasPrefix(s, "有什么")
	case strings.HasSuffix(s, "有没有"):
		return trimFood(strings.TrimSuffix(s, "有没有")), days, true
	case strings.HasSuffix(s, "有"):
		return trimFood(strings.TrimSuffix(s, "有")), days, asks
	}
	return "", false, false
}

// takeWhich takes 哪天 and its kin off: 哪天有排骨, 排骨哪天有.
func takeWhich(s string) (rest string, found bool) {
	for _, w := range whichDays {
		if rest, ok := strings.CutPrefix(s, w); ok {
			return skip(rest, "会", "能", "才", "可以"), true
		}
		if rest, ok := strings.CutSuffix(s, w+"有"); ok {
			return rest + "有", true
		}
	}
	return s, false
}

// takeAsking takes off what makes a question of a statement, but for 有没有.
func takeAsking(s string) (rest string, found bool) {
	if rest, ok := strings.CutPrefix(s, "是不是"); ok {
		return rest, true
	}
	if strings.HasSuffix(s, "有没有") {
		return s, false
	}
	for _, w := range []string{"没有", "吗", "么", "嘛", "没", "不", "吧"} {
		if rest, ok := strings.CutSuffix(s, w); ok {
			return rest, true
		}
	}
	return s, false
}

// trimFood takes off a food's name what a question puts around it: 什么鱼, 鱼吃.
func trimFood(s string) string {
	s = skip(s, "点", "些", "个", "道", "那个", "那道")
	s = skip(s, "什么")
	for _, w := range []string{"可以吃", "吃的", "吃", "的"} {
		s = strings.TrimSuffix(s, w)
	}
	return s
}

var (
	timeWords = []string{"几点", "什么时候", "什么时间", "何时", "多久"}
	openWords = wordSet("开门 开饭 开 开始 开餐 营业 关门 结束 打烊 吃饭 吃 能吃 能吃饭 可以吃饭 有饭 有饭吃 供应 供餐 开到 到 关 打饭 能打饭 开放 收摊 下班 上班 开门关门 就餐 开业 可以去 开门营业 去 能去")
	hourCores = wordSet("开门时间 开放时间 营业时间 吃饭时间 供应时间 供餐时间 就餐时间 开饭时间 用餐时间 开门时间是几点 时间")
	openCores = wordSet("开吗 有吗 有没有 有饭没 还有吗 还有饭吗 还有饭没 还有饭吃吗 还有菜吗 开门吗 开不开 开不开门 营业吗 休息吗 休不休息 放假吗 供餐吗 开饭吗 上班吗 有饭吗 有饭吃吗 有没有饭 有没有饭吃 有的吃吗 有得吃吗 有开吗 有开门吗 开门了吗 开了吗 开没开 开门没 开门不 还开吗 还开门吗 关门了吗 有没有开 有没有开门 开饭了吗 能吃饭吗 可以吃饭吗")
)

// wantsHours tells whether the core asks when the canteen serves.
func (p phrase) wantsHours() bool {
	if has(hourCores, p.core) {
		return true
	}
	at, n := index(p.core, timeWords)
	if n == 0 {
		return false
	}
	rest := skipAll(p.core[:at]+p.core[at+n:], []string{"早上", "上午", "下午", "从", "才", "就", "能", "可以"})
	rest = strings.TrimSuffix(strings.TrimSuffix(rest, "的"), "了")
	return has(openWords, rest) || rest == "" && p.meal != ""
}

// wantsOpen tells whether the core asks if the canteen serves at all.
func (p phrase) wantsOpen() bool { return has(openCores, p.core) }

var (
	whoWords   = []string{"以上", "及以上", "以下", "周岁", "岁", "的", "老年人", "老人家", "老人", "长者", "年轻人", "居民", "外面的人", "一个人", "每人", "去", "在", "吃饭", "吃一餐", "吃一顿", "吃顿饭", "吃", "一餐饭", "一餐", "一顿饭", "一顿", "每餐", "一份", "餐费", "饭", "要", "收", "是", "交"}
	priceWords = []string{"多少钱", "多少元", "多少块", "几块钱", "几块", "几元", "什么价格", "什么价钱", "什么价", "怎么收费", "怎么收", "收费标准", "收费多少", "价格多少", "价钱多少", "价格", "价钱", "贵吗", "贵不贵", "便宜吗", "免费吗", "要钱吗"}
)

// elder is the age from which a question after a price is taken for the canteen's
// without its name: in China people are 老年人 from 60 on (《老年人权益保障法》, article 2).
const elder = 60

// wantsPrice tells whether the core asks what a meal costs, and for which age, 0 for
// none or when it asks only whether it is free, as trips and baths are too.
func (p phrase) wantsPrice() (age int, ok bool) {
	s, n := p.core, 0
	for n < len(s) && n < 3 && isDigit(rune(s[n])) {
		age = age*10 + int(s[n]-'0')
		n++
	}
	if han, size := hanTens(s); n == 0 && size > 0 {
		age, n = han, size
	}
	if n > 0 && !strings.HasPrefix(s[n:], "岁") && !strings.HasPrefix(s[n:], "周岁") {
		return 0, false
	}
	s = skipAll(s[n:], whoWords)
	rest := skip(s, priceWords...)
	if strings.HasSuffix(s, "吗") || strings.HasSuffix(s, "贵不贵") {
		age = 0
	}
	return age, rest != s && skipAll(rest, whoWords) == ""
}

// hanTens reads 六十, 七十, 八十 or 九十, the ages that prices change at.
func hanTens(s string) (value, n int) {
	i := slices.Index([]string{"六十", "七十", "八十", "九十"}, firstRunes(s, 2))
	if i < 0 {
		return 0, 0
	}
	return 60 + 10*i, len("六十")
}

// skipAll takes words off the start of s for as long as one fits.
func skipAll(s string, words []string) string {
	for before := ""; before != s; {
		before = s
		s = skip(s, words...)
	}
	return s
}

// firstRunes is s without what follows its first n runes.
func firstRunes(s string, n int) string {
	for i := range s {
		if n--; n < 0 {
			return s[:i]
		}
	}
	return s
}

// runes is the number of runes in s.
func runes(s string) int { return utf8.RuneCountInString(s) }
