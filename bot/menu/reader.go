package menu

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"xingfuli/bot/calendar"
)

// An entry is one dish, or one rest, of the days it was said for.
type entry struct {
	days   []namedDay
	meal   Meal
	first  bool // the first of its meal since the days were named
	dish   Dish
	closed bool
	reason string
}

// A namedDay is a day as the paste names it; a bare one has only its weekday until the week is known.
type namedDay struct{ calendar.Day }

// in is the date that the name means in the week that begins on monday.
func (n namedDay) in(monday calendar.Date) calendar.Date {
	if n.Bare {
		return monday.AddDays(n.Date.Sub(n.Date.Monday()))
	}
	return n.Date
}

// A reader goes through a paste and keeps where it is: days, then a meal, then dishes.
type reader struct {
	today    calendar.Date
	days     []namedDay // the days that dishes now belong to
	meal     Meal       // "" until a heading names one
	section  Meal       // a heading that stood before days and holds for those after it
	heading  bool       // a meal was named and no dish came since
	filled   bool       // something came since the days were named
	started  bool       // a dish of this meal came since the days were named
	joinable bool       // the days were named on this line
	skip     bool       // what comes belongs to a meal that the bot does not know
	said     calendar.Date
	aside    calendar.Date // the Monday of a week named by 下周
	lines    int
	entries  []entry
	doubts   []Doubt
}

// read goes through the text line by line.
func (r *reader) read(text string) error {
	for line := range strings.SplitSeq(tidy(strings.ReplaceAll(text, arrow, " ")), "\n") {
		if strings.TrimSpace(line) == "" {
			continue
		}
		r.lines++
		r.joinable = false
		if err := r.line(r.title(line)); err != nil {
			return err
		}
	}
	return nil
}

// week is the Monday of the week that the paste means.
func (r *reader) week() calendar.Date {
	this := r.today.Monday()
	if !r.said.IsZero() {
		return r.said.Monday()
	}
	if !r.aside.IsZero() {
		return r.aside
	}
	past := true
	for _, e := range r.entries {
		for _, d := range e.days {
			past = past && d.in(this).Before(r.today)
		}
	}
	if past || r.today.Sub(this) >= 5 {
		return this.AddDays(7)
	}
	return this
}

// tidy makes every kind of line break one, and blanks of pictures and control characters.
func tidy(text string) string {
	return strings.Map(func(c rune) rune {
		switch {
		case strings.ContainsRune("\n\r\v\f\u0085\u2028\u2029", c):
			return '\n'
		case c == '\u200b' || c == '\u200d' || c == '\ufeff':
			return -1
		case c == utf8.RuneError, unicode.In(c, unicode.So, unicode.Sk, unicode.C, unicode.M), unicode.IsSpace(c):
			return ' '
		}
		return c
	}, text)
}

var menuWords = []string{"菜单", "菜谱", "食谱", "食单", "餐单", "menu"}

// menuRunes are what they begin with.
const menuRunes = "菜食餐m"

// title reads what stands before the word 菜单 in a line and returns the rest of the line.
func (r *reader) title(line string) string {
	at, size := findTitle(line)
	if size == 0 {
		return line
	}
	head := line[:at]
	for {
		day, span, ok := calendar.FindDay(head, r.today)
		if !ok {
			break
		}
		r.name(namedDay{day}, head[:span.From])
		head = head[span.To:]
	}
	r.note(head)
	if m, _, ok := findMeal(head); ok {
		r.head(m)
	}
	return line[at+size:]
}

// note remembers a week other than this one that words aside name.
func (r *reader) note(words string) {
	if monday, _, ok := calendar.FindWeek(words, r.today); ok && monday != r.today.Monday() {
		r.aside = monday
	}
}

// line reads one line from left to right.
func (r *reader) line(s string) error {
	between := ""
	for {
		rest := lead(s)
		between += s[:len(s)-len(rest)]
		if s = rest; s == "" {
			return nil
		}
		if day, n := r.cutDay(s); n > 0 {
			r.name(namedDay{day}, between)
			s, between = r.more(day, s[n:]), ""
			continue
		}
		if n := r.link(s); n > 0 {
			between += s[:n]
			s = s[n:]
			continue
		}
		if m, n := cutMeal(s); n > 0 {
			r.head(m)
			s = s[n:]
			continue
		}
		if n := cutBreakfast(s); n > 0 {
			r.skip = true
			s = s[n:]
			continue
		}
		n, err := r.part(s)
		if err != nil {
			return err
		}
		s, between = s[n:], ""
	}
}

// part reads a dish, a rest, a label or a remark and returns how much of s it was.
func (r *reader) part(s string) (int, error) {
	if isRemark(s) {
		r.drop(s)
		return len(s), nil
	}
	words, label := segment(s)
	if !label {
		return len(words), r.item(words)
	}
	if _, rest := restOf(words); rest { // 休息：台风
		return len(s), r.item(s)
	}
	if utf8.RuneCountInString(words) > maxLabel {
		r.drop(words)
	}
	return len(words), nil
}

// maxLabel is how many runes of a label, 「大荤」 or 「今日主食」, are no loss.
const maxLabel = 4

// cutDay reads a day's name. 今日 before other words is part of a dish: 今日例汤.
func (r *reader) cutDay(s string) (calendar.Day, int) {
	day, n := calendar.CutDay(s, r.today)
	if n == 0 || !strings.ContainsRune("今明后昨前大", first(s)) {
		return day, n
	}
	next := first(s[n:])
	_, meal := cutMeal(s[n:])
	_, rest := restOf(s[n:])
	if next == 0 || !unicode.IsLetter(next) && !unicode.IsDigit(next) || meal > 0 || rest {
		return day, n
	}
	return calendar.Day{}, 0
}

// link eats the word between two days: 周一至周五, 周六和周日.
func (r *reader) link(s string) int {
	if !r.joinable || r.filled || !strings.ContainsRune("和及与跟至到", first(s)) {
		return 0
	}
	n := len("和")
	if _, size := r.cutDay(lead(s[n:])); size == 0 {
		return 0
	}
	return n
}

// name takes a day's name; between is what stood since the last one on the line.
func (r *reader) name(day namedDay, between string) {
	if !day.Bare && r.said.IsZero() && len(r.entries) == 0 { // later it may be a signature's
		r.said = day.Date
	}
	if r.heading {
		r.section = r.meal
	}
	last := len(r.days) - 1
	switch {
	case !r.joinable || r.filled || last < 0:
		r.days = []namedDay{day}
	case r.days[last].Bare != day.Bare: // 周二（6月20日）
		r.days[last] = r.both(r.days[last], day)
	case strings.ContainsAny(between, "-－—–~～至到"):
		r.days = append(r.days, upTo(r.days[last], day)...)
	default:
		r.days = append(slices.Clone(r.days), day)
	}
	r.meal, r.heading, r.filled, r.started, r.joinable, r.skip = r.section, false, false, false, true, false
}

// both is the day that is named by weekday and by date.
func (r *reader) both(a, b namedDay) namedDay {
	if a.Bare {
		a, b = b, a
	}
	if a.Date.Weekday() != b.Date.Weekday() {
		text := weekdayName(b.Date) + " " + a.Date.String()
		r.doubts = append(r.doubts, Doubt{Kind: WrongDay, Date: a.Date, Text: text})
	}
	return a
}

// upTo lists the days after from until to, at most a week of them.
func upTo(from, to namedDay) []namedDay {
	days := (to.Date.Sub(from.Date)%7 + 7) % 7
	if !to.Bare && to.Date.Sub(from.Date) != days {
		return []namedDay{to}
	}
	var list []namedDay
	for i := 1; i <= days; i++ {
		list = append(list, namedDay{calendar.Day{Date: from.Date.AddDays(i), Bare: from.Bare}})
	}
	return list
}

// head takes a meal's heading.
func (r *reader) head(m Meal) { r.meal, r.heading, r.started, r.skip = m, true, false, false }

// item takes a dish or a rest.
func (r *reader) item(part string) error {
	if len(r.days) == 0 {
		if r.note(part); r.lines > 1 {
			r.drop(part)
		}
		return nil
	}
	if r.skip {
		r.drop(part)
		return nil
	}
	if isLabel(part) {
		return nil
	}
	e := entry{days: r.days, meal: r.meal, first: !r.started}
	if e.meal == "" {
		e.meal = Lunch
	}
	if e.reason, e.closed = restOf(part); !e.closed {
		if e.dish = dishOf(part); e.dish.Name == "" {
			r.price(e.dish.Cents)
			return nil
		}
		if !r.isName(e.dish.Name) {
			r.drop(e.dish.Name)
			return nil
		}
		r.started = true
	}
	if utf8.RuneCountInString(e.dish.Name+e.reason) > MaxDish {
		return fmt.Errorf("read %.20q: %w", e.dish.Name+e.reason, ErrDishLong)
	}
	r.filled, r.heading = true, false
	r.entries = append(r.entries, e)
	return nil
}

// isName tells whether a name, written down, would be read as a dish again. What lost
// a bracket or a price may begin with a day.
func (r *reader) isName(name string) bool {
	_, day := r.cutDay(name)
	_, meal := cutMeal(name)
	_, title := findTitle(name)
	_, rest := restOf(name)
	part, label := segment(name)
	return day+meal+title+cutBreakfast(name) == 0 && !isLabel(name) && !rest && !label && part == name && !isRemark(name) && dishOf(name).Name == name
}

// price takes a price that stands apart from its dish: 红烧肉 12元.
func (r *reader) price(cents int64) {
	if last := len(r.entries) - 1; r.started && r.entries[last].dish.Cents == 0 {
		r.entries[last].dish.Cents = cents
	}
}

// drop notes words that are not used.
func (r *reader) drop(words string) {
	if words = strings.TrimSpace(words); words != "" {
		r.doubts = append(r.doubts, Doubt{Kind: NotUsed, Text: words})
	}
}
