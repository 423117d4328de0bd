package menu

import (
	"errors"
	"strings"
	"testing"

	"xingfuli/bot/calendar"
)

// rowsOf makes rows of lines whose cells are parted by |; ⏎ is a line break in a cell.
func rowsOf(lines string) [][]string {
	var rows [][]string
	width := 0
	for line := range strings.SplitSeq(strings.Trim(lines, "\n"), "\n") {
		cells := strings.Split(line, "|")
		for i := range cells {
			cells[i] = strings.ReplaceAll(strings.TrimSpace(cells[i]), "⏎", "\n")
		}
		rows = append(rows, cells)
		width = max(width, len(cells))
	}
	for i := range rows {
		for len(rows[i]) < width {
			rows[i] = append(rows[i], "")
		}
	}
	return rows
}

func TestParseSheet(t *testing.T) {
	today := calendar.Date{Year: 2026, Month: 11, Day: 23} // a Monday
	const plain = "菜单 2026-11-23\n周一：红烧猪肉、花菜\n周二：青鱼、芥菜"
	tests := []struct{ name, rows, want, doubts string }{
		{"days as columns", "周一|周二\n红烧猪肉|青鱼\n花菜|芥菜", plain, ""},
		{"with a merged title", "和食堂一周菜单|和食堂一周菜单\n周一|周二\n红烧猪肉|青鱼\n花菜|芥菜", plain, ""},
		{"with labels at the left", "|周一|周二\n荤菜|红烧猪肉|青鱼\n素菜|花菜|芥菜", plain, ""},
		{"with meals at the left, merged", "餐次|周一|周二\n午餐|红烧猪肉|青鱼\n午餐|花菜|芥菜\n晚餐（17:00-18:00）|白粥|面条", "菜单 2026-11-23\n周一：午餐：红烧猪肉、花菜；晚餐：白粥\n周二：午餐：青鱼、芥菜；晚餐：面条", ""},
		{"with a row of dates below", "星期|星期一|星期二\n日期|2026-11-23|2026-11-24\n|红烧猪肉|青鱼\n|花菜|芥菜", plain, ""},
		{"with a date that is another day's", "星期一|星期二\n11月23日|11月25日\n红烧猪肉|青鱼", "菜单 2026-11-23\n周一：红烧猪肉\n周三：青鱼", "wrong_day day_missing"},
		{"with prices beside", "周一|价格|周二|价格\n红烧猪肉|12|青鱼|15元\n花菜|6.5|芥菜|", "菜单 2026-11-23\n周一：红烧猪肉（12元）、花菜（6.5元）\n周二：青鱼（15元）、芥菜", ""},
		{"with prices below merged days", "周一|周一|周二|周二\n菜名|单价（元）|菜名|单价（元）\n红烧猪肉|12|青鱼|15", "菜单 2026-11-23\n周一：红烧猪肉（12元）\n周二：青鱼（15元）", ""},
		{"with a day that rests", "周一|周二|周三\n红烧猪肉|休息|青鱼\n花菜||芥菜", "菜单 2026-11-23\n周一：红烧猪肉、花菜\n周二：休息\n周三：青鱼、芥菜", ""},
		{"with one dish for all days", "周一|周二\n红烧猪肉|青鱼\n米饭|米饭", "菜单 2026-11-23\n周一：红烧猪肉、米饭\n周二：青鱼、米饭", ""},
		{"with single characters", "一|二|三\n红烧猪肉|青鱼|豆腐", "菜单 2026-11-23\n周一：红烧猪肉\n周二：青鱼\n周三：豆腐", "day_missing day_missing"},
		{"days as rows", "周一|红烧猪肉|花菜\n周二|青鱼|芥菜", plain, ""},
		{"days as rows, several dishes in a cell", "星期|菜单\n周一|红烧猪肉、花菜\n周二|1.青鱼⏎2.芥菜", plain, ""},
		{"days as rows, meals as columns", "日期|午餐|晚餐\n2026-11-23|红烧猪肉、花菜|白粥\n2026-11-24|青鱼、芥菜|面条", "菜单 2026-11-23\n周一：午餐：红烧猪肉、花菜；晚餐：白粥\n周二：午餐：青鱼、芥菜；晚餐：面条", ""},
		{"days as merged rows, meals in a column", "日期|餐次|菜\n周一|午餐|红烧猪肉\n周一|晚餐|白粥\n周二|午餐|青鱼", "菜单 2026-11-23\n周一：午餐：红烧猪肉；晚餐：白粥\n周二：青鱼", ""},
		{"a dish a row, with prices, numbers and remarks", "序号|星期|菜名|价格|备注\n1|周一|红烧猪肉|12|辣\n2||花菜|6|\n3|周二|青鱼|15|", "菜单 2026-11-23\n周一：红烧猪肉（12元）、花菜（6元）\n周二：青鱼（15元）", ""},
		{"weekday and date beside each other", "星期|日期|菜\n周一|11月30日|红烧猪肉\n周二|12月1日|青鱼", "菜单 2026-11-30\n周一：红烧猪肉\n周二：青鱼", ""},
		{"one day", "11月24日|青鱼|芥菜", "菜单 2026-11-23\n周二：青鱼、芥菜", ""},
		{"next week by its title", "下周菜单|下周菜单\n周一|周二\n红烧猪肉|青鱼", "菜单 2026-11-30\n周一：红烧猪肉\n周二：青鱼", ""},
		{"a dish twice, a day left out, a remark", "周一|周三|周四\n鱼|鸭|鸡\n鱼|汤|面\n注：菜量有限|注：菜量有限|注：菜量有限", "菜单 2026-11-23\n周一：鱼\n周三：鸭、汤\n周四：鸡、面", "dish_twice day_missing day_missing not_used"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d, err := ParseSheet(rowsOf(tt.rows), today)
			if err != nil {
				t.Fatal(err)
			}
			if got := (Menu{Monday: d.Monday, Days: d.Days}).Text(); got != tt.want {
				t.Errorf("got\n%s\nwant\n%s", got, tt.want)
			}
			var kinds []string
			for _, x := range d.Doubts {
				kinds = append(kinds, string(x.Kind))
			}
			if got := strings.Join(kinds, " "); got != tt.doubts {
				t.Errorf("doubts %q, want %q: %+v", got, tt.doubts, d.Doubts)
			}
		})
	}
}

func TestParseSheetRefuses(t *testing.T) {
	today := calendar.Date{Year: 2026, Month: 11, Day: 23}
	for rows, want := range map[string]error{
		"":              ErrNothing,
		"房号|姓名\n101|住户": ErrNothing,
		"周一|周二":         ErrNothing,
		"周一|" + strings.Repeat("鱼", MaxDish+1):                           ErrDishLong,
		"周一" + strings.Repeat("\n鱼", 2) + strings.Repeat("\n菜", MaxText): ErrLong,
	} {
		if _, err := ParseSheet(rowsOf(rows), today); !errors.Is(err, want) {
			t.Errorf("%.20q: %v, want %v", rows, err, want)
		}
	}
	if _, err := ParseSheet(nil, today); !errors.Is(err, ErrNothing) {
		t.Errorf("no rows: %v", err)
	}
}

func FuzzParseSheet(f *testing.F) {
	f.Add("周一|周二\n红烧猪肉|青鱼")
	f.Add("日期|午餐|价格\n2026-11-23|鱼|12\n|汤|")
	f.Fuzz(func(t *testing.T, rows string) {
		d, err := ParseSheet(rowsOf(rows), calendar.Date{Year: 2026, Month: 11, Day: 23})
		if err == nil && len(d.Days) == 0 {
			t.Error("neither days nor an error")
		}
	})
}
