package menu

import (
	"cmp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"xingfuli/bot/calendar"
)

// ParseSheet reads a menu from the rows of a table, all of them of one length: days as the
// heads of columns or as the first words of rows, with a title above them or none. A column
// or a row may be headed by a meal, a column by a price that goes to the dish before it; a
// cell may hold several dishes. The week, the doubts and the errors are ParseText's.
func ParseSheet(rows [][]string, today calendar.Date) (Draft, error) {
	s := sheet{rows: rows, today: today}
	if !s.find() {
		return Draft{}, ErrNothing
	}
	s.read()
	d, err := ParseText(s.text(), today)
	if err == nil {
		for _, words := range s.left {
			d.doubt(Doubt{Kind: NotUsed, Text: words})
		}
	}
	return d, err
}

// A sheet finds where a table names its days, and writes down what stands under each of
// them as a cook would paste it.
type sheet struct {
	rows  [][]string
	today calendar.Date
	days  []string // the head of each column, or in down of each row
	from  int      // the line of the heads, a row or in down a column
	first int      // the first line after them
	down  bool     // a row is a day: the table is read turned over
	list  []listed
	left  []string // what was no dish
}

// listed is what one place of the table says of a day.
type listed struct {
	day, meal string
	dishes    []string
}

// find finds the row, or the column, with the most days in it.
func (s *sheet) find() bool {
	across, row := most(s.rows, s.today)
	turned := turn(s.rows)
	down, column := most(turned, s.today)
	if across == 0 && down == 0 {
		return false
	}
	if down > across || across == 1 && len(unique(s.rows[row])) > 1 { // of one day, what is beside it is its dishes
		s.down = true
		s.heads(turned, column)
		return true
	}
	s.heads(s.rows, row)
	return true
}

// most finds the line with the most different days of the week.
func most(lines [][]string, today calendar.Date) (n, at int) {
	for i, line := range lines {
		seen := map[time.Weekday]bool{}
		for _, cell := range bareDays(line) {
			if isDay(cell, today) {
				day, _ := calendar.CutDay(lead(tidy(cell)), today)
				seen[day.Date.Weekday()] = true
			}
		}
		if len(seen) > n {
			n, at = len(seen), i
		}
	}
	return n, at
}

// heads takes the days of a line, and of the next one what names the same days otherwise:
// 周一 above 11月23日.
func (s *sheet) heads(lines [][]string, at int) {
	s.days, s.from, s.first = make([]string, len(lines[at])), at, at+1
	days := bareDays(lines[at])
	for i, cell := range days {
		if isDay(cell, s.today) {
			s.days[i] = cell
		}
	}
	if s.first == len(lines) {
		return
	}
	if n, _ := most(lines[s.first:s.first+1], s.today); n == 0 || n < 2 && len(unique(s.days)) > 1 {
		return
	}
	for i, cell := range lines[s.first] {
		if s.days[i] != "" && cell != s.days[i] && isDay(cell, s.today) {
			s.days[i] += "（" + cell + "）"
		}
	}
	s.first++
}

// turn makes columns of rows.
func turn(rows [][]string) [][]string {
	if len(rows) == 0 {
		return nil
	}
	turned := make([][]string, len(rows[0]))
	for _, row := range rows {
		for i := range turned {
			turned[i] = append(turned[i], row[i])
		}
	}
	return turned
}

// bareDays gives 一 二 三 their names, in a line that has three of them.
func bareDays(line []string) []string {
	n := 0
	out := slices.Clone(line)
	for i, cell := range line {
		if utf8.RuneCountInString(cell) == 1 && strings.Contains("一二三四五六日天", cell) {
			out[i], n = "周"+cell, n+1
		}
	}
	if n < 3 {
		return line
	}
	return out
}

// isDay tells whether a cell names days and nothing else.
func isDay(cell string, today calendar.Date) bool {
	if utf8.RuneCountInString(cell) > MaxDish {
		return false
	}
	found := false
	for rest := lead(tidy(cell)); rest != ""; rest = lead(rest) {
		if found {
			rest = lead(strings.TrimLeft(rest, "至到和与 ~～"))
		}
		if rest == "" {
			break
		}
		_, n := calendar.CutDay(rest, today)
		if n == 0 {
			return false
		}
		found, rest = true, rest[n:]
	}
	return found
}

// read writes down each day's list.
func (s *sheet) read() {
	if s.down {
		s.readRows()
		return
	}
	s.readColumns()
}

// readColumns reads a table whose columns are days; a word for a meal at the left of a row
// is for all rows from there on.
func (s *sheet) readColumns() {
	lines := map[string][]listed{}
	if s.first < len(s.rows) && slices.ContainsFunc(s.rows[s.first], isPrice) {
		s.first++ // 菜名 and 价格 below each day
	}
	meal := ""
	for _, row := range s.rows[s.first:] {
		if s.remark(row) {
			continue
		}
		day := ""
		for i, cell := range row {
			switch m := mealOf(cell); {
			case s.priced(i) && day != "":
				lines[day] = price(lines[day], cell)
			case s.days[i] == "" && m != "":
				meal = m
			case s.days[i] == "", i > 0 && s.days[i] == s.days[i-1] && cell == row[i-1]: // a label; merged cells
			default:
				day = s.days[i]
				lines[day] = put(lines[day], day, meal, cell)
			}
		}
	}
	for _, day := range unique(s.days) {
		s.list = append(s.list, lines[day]...)
	}
}

// priced tells whether a column is one of prices.
func (s *sheet) priced(column int) bool {
	return slices.ContainsFunc(s.rows[s.from:s.first], func(row []string) bool { return isPrice(row[column]) })
}

// readRows reads a table whose rows are days. A row without a day goes on with the one above.
func (s *sheet) readRows() {
	top := slices.IndexFunc(s.days, func(d string) bool { return d != "" })
	heads := make([]string, len(s.rows[0]))
	if top > 0 {
		heads = s.rows[top-1]
	}
	day, meal := "", ""
	for r := top; r < len(s.rows); r++ {
		if s.remark(s.rows[r]) {
			continue
		}
		if s.days[r] != "" && s.days[r] != day {
			day, meal = s.days[r], ""
		}
		for c, cell := range s.rows[r] {
			m, headed := mealOf(cell), mealOf(heads[c])
			switch {
			case cell == "", c >= s.from && c < s.first, skipped(heads[c]), c > 0 && cell == s.rows[r][c-1]:
			case m != "":
				meal = m
			case isPrice(heads[c]):
				s.list = price(s.list, cell)
			default:
				s.list = put(s.list, day, cmp.Or(headed, meal), cell)
			}
		}
	}
}

// remark takes a row that is a word to the readers: one long text over all columns, or one
// that begins as remarks do.
func (s *sheet) remark(row []string) bool {
	words := unique(row)
	if len(words) != 1 || !isRemark(words[0]) && (utf8.RuneCountInString(words[0]) <= MaxDish || slices.Contains(row, "") || len(row) == 1) {
		return false
	}
	s.left = append(s.left, words[0])
	return true
}

// unique are the different cells that are not empty, in their order.
func unique(cells []string) []string {
	var list []string
	for _, c := range cells {
		if c != "" && !slices.Contains(list, c) {
			list = append(list, c)
		}
	}
	return list
}

// put adds a cell's dishes to the list of a day's meal.
func put(list []listed, day, meal, cell string) []listed {
	cell = strings.TrimSpace(strings.ReplaceAll(tidy(cell), "\n", "、"))
	if cell == "" {
		return list
	}
	if last := len(list) - 1; last >= 0 && list[last].day == day && list[last].meal == meal {
		list[last].dishes = append(list[last].dishes, cell)
		return list
	}
	return append(list, listed{day, meal, []string{cell}})
}

// price gives the last dish its price, unless it has one.
func price(list []listed, cell string) []listed {
	number := strings.Trim(cell, " ¥￥元块/份")
	if len(list) == 0 || number == "" || strings.Trim(number, "0123456789.") != "" {
		return list
	}
	dishes := list[len(list)-1].dishes
	if last := len(dishes) - 1; dishOf(dishes[last]).Cents == 0 {
		dishes[last] += "（" + number + "元）"
	}
	return list
}

// mealOf is a cell that says a meal, as it says it, without its hours: 午餐（10:30—12:30）.
func mealOf(cell string) string {
	_, n := cutMeal(lead(cell))
	if rest := lead(lead(cell)[n:]); n == 0 || strings.Trim(rest, "0123456789:：-—–~至()（） .") != "" {
		return ""
	}
	return lead(cell)[:n]
}

var priceHeads = []string{"价格", "单价", "价钱", "售价", "价", "元", "金额", "price"}

// isPrice tells whether a column is one of prices, by its head.
func isPrice(head string) bool {
	head = strings.ToLower(strings.TrimSpace(head))
	return slices.ContainsFunc(priceHeads, func(w string) bool { return head == w || strings.HasPrefix(head, w) && len(head) < 30 })
}

// skipped tells whether a column holds no dishes, by its head.
func skipped(head string) bool {
	return slices.Contains([]string{"序号", "编号", "备注", "说明", "人数", "份数", "数量", "no", "no."}, strings.ToLower(head))
}

// text is what was read, as a cook would paste it.
func (s *sheet) text() string {
	var b strings.Builder
	for i, row := range s.rows {
		if s.down && s.days[i] != "" || !s.down && i >= s.from {
			break
		}
		if title := strings.Join(unique(row), " "); i == 0 && len(unique(row)) <= 2 {
			b.WriteString(title + "\n")
		}
	}
	for i, l := range s.list {
		if i == 0 || s.list[i-1].day != l.day {
			b.WriteString(l.day + "\n")
		}
		if l.meal != "" {
			b.WriteString(l.meal + "：")
		}
		b.WriteString(strings.Join(l.dishes, "、") + "\n")
	}
	return b.String()
}

// SampleSheet is a table as ParseSheet reads it, for a cook to fill in.
func SampleSheet() [][]string {
	return [][]string{
		{"星期", "午餐", "晚餐"},
		{"周一", "红烧猪肉、西红柿炒蛋、清炒花菜", "白粥、咸鸭蛋"},
		{"周二", "鸡肉炖土豆、清蒸青鱼（12元）", ""},
		{"周三", "鱼香茄子、冬瓜汤", ""},
		{"周四", "糖醋排骨、肉末蒸蛋", ""},
		{"周五", "梅干菜扣肉、番茄蛋花汤", ""},
		{"周六", restWord, ""},
		{"周日", restWord, ""},
	}
}
