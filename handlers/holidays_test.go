package handlers_test

import (
	"testing"

	"xingfuli/bot/community"
)

func TestHolidays(t *testing.T) {
	t.Parallel()
	play(t, []script{
		{name: "what there is", script: `
			admin: /holidays
			bot: 放假和调休…国庆节：休 10月1日到10月7日，班 9月20日、10月10日…2027 年（国务院的安排还没有导入，先只算法定节日，没有调休）…春节：休 2月5日到2月8日…国办发明电〔2025〕7号…
			| [导入]`},
		{name: "one line, and the canteen obeys", script: `
			resident: /menu 12月12日
			bot: …公布…
			admin: /holidays 休 2026-12-12 社区日
			bot: 会改这 1 天：…2026年12月12日（周六）：平常日子 → 休（社区日）
			| [确认] [不改了]
			admin: [确认]
			bot*: 改好了。
			resident: /menu 12月12日
			bot: …食堂休息（社区日）…
			admin: /audit
			bot: …改了节假日（2026）…
			admin: /holidays
			bot: …社区日：休 12月12日…其中 1 天是管理员改过的…
			| [导入] [恢复内置]
			admin: [恢复内置]
			bot: …休（社区日） → 平常日子
			| [确认] [不改了]
			admin: [确认]
			bot*: 改好了。
			resident: /menu 12月12日
			bot: …公布…`},
		{name: "typed after being asked, with a mistake", script: `
			admin: /holidays
			bot: …
			admin: [导入]
			bot: 请发一份 .csv 或者 .xlsx 表格…
			admin: 2027-10-08 休 国庆节
			| 2027-10-09 上学 国庆节
			bot: 第 2 行我没看懂。…
			admin: 2027-10-08 休 国庆节
			| 2027-10-09 班 国庆节
			bot: 会改这 2 天：…10月8日（周五）：平常日子 → 休（国庆节）
			| 2027年10月9日（周六）：平常日子 → 班（国庆节）
			| [确认] [不改了]
			admin: [不改了]
			bot*: 好的，没有改。
			admin: /holidays 休 2026-10-01 国庆节
			bot: 和现在的一样，没有要改的。
			admin: /holidays 休 明年
			bot: …没看到放假的日子…`},
		{name: "a table, after which the year is known", script: `
			admin: /holidays
			bot: …
			admin: [导入]
			bot: …
			admin: (file 2027.pdf) nothing
			bot: 这份文件我看不了。…
			admin: (file 2027.csv) 日期,类型,名称\n2027-01-01,休,元旦\n2027-02-13,班,春节
			bot: 会改这 1 天：…2027年2月13日（周六）：平常日子 → 班（春节）
			| [确认] [不改了]
			admin: [确认]
			bot*: 改好了。
			admin: /holidays
			bot: …2027 年
			| 元旦：休 1月1日
			| 春节：休 2月5日到2月8日，班 2月13日…
			| [导入] [恢复内置]`},
	})
}

// TestHolidaysMeanwhile: what two admins set at the same time is not lost, and the second is
// shown again what they change.
func TestHolidaysMeanwhile(t *testing.T) {
	t.Parallel()
	d := office(t)
	if err := d.App.Store.Grant(t.Context(), 3002, "", community.Admin, ""); err != nil {
		t.Fatal(err)
	}
	playIn(t, d, `
		admin: /holidays 休 2026-12-12 甲
		bot: …（甲）
		| [确认] [不改了]
		ana: /holidays 休 2026-12-13 乙
		bot: …（乙）
		| [确认] [不改了]
		ana: [确认]
		bot*: 改好了。
		admin: [确认]
		bot: 刚才有别人改了节假日。…
		bot: 会改这 1 天：…（甲）
		| [确认] [不改了]
		admin: [确认]
		bot*: 改好了。
		admin: /holidays
		bot: …甲：休 12月12日
		| 乙：休 12月13日…
		| [导入] [恢复内置]`)
}
