package menu

import (
	"errors"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"xingfuli/bot/calendar"
)

var china = time.FixedZone("CST", 8*3600)

// at is an hour of the Tuesday 24 November 2026, or of another date of that November.
func at(clock string, day ...int) time.Time {
	c, err := calendar.ParseClock(clock)
	if err != nil {
		panic(err)
	}
	d := calendar.Date{Year: 2026, Month: time.November, Day: 24}
	if len(day) > 0 {
		d.Day = day[0]
	}
	return d.At(c, china)
}

// ask writes a question as "dish 鱼 2026-11-24 bare lunch", "" for none.
func brieflyAsked(q Question) string {
	words := []string{string(q.Kind), q.Dish}
	if q.HasDay {
		words = append(words, q.Day.Date.String())
	}
	if q.Day.Bare {
		words = append(words, "bare")
	}
	if !q.Monday.IsZero() {
		words = append(words, "week", q.Monday.String())
	}
	return strings.Join(strings.Fields(strings.Join(append(words, string(q.Meal)), " ")), " ")
}

var asker = NewAsker([]string{"红烧猪肉", "西红柿炒蛋", "清炒花菜", "紫菜虾米汤", "鸡肉炖土豆", "清蒸青鱼", "清炒芥菜", "排骨豆腐汤"}, []string{"和食堂"})

// What residents write in a group, to nobody in particular, on a Tuesday. The first
// half is for the canteen; on the second the bot is silent.
var groupLines = []struct{ text, want string }{
	{"周二有鱼吗？", "dish 鱼 2026-11-24 bare"},
	{"今天食堂吃什么", "day 2026-11-24"},
	{"明天中午吃啥", "day 2026-11-25 lunch"},
	{"礼拜三的菜单", "day 2026-11-25 bare"},
	{"这周哪天有排骨", "dish 排骨 week 2026-11-23"},
	{"后天食堂烧什么", "day 2026-11-26"},
	{"今儿食堂有啥菜", "day 2026-11-24"},
	{"本周菜单", "week week 2026-11-23"},
	{"食堂几点开门", "hours"},
	{"70岁以上多少钱", "price"},
	{"周二有魚嗎？", "dish 鱼 2026-11-24 bare"},
	{"星期2有没有鱼", "dish 鱼 2026-11-24 bare"},
	{"周二有鱼没", "dish 鱼 2026-11-24 bare"},
	{"周二有鱼没有啊", "dish 鱼 2026-11-24 bare"},
	{"礼白二食堂有鱼么", "dish 鱼 2026-11-24 bare"},
	{"請問禮拜二食堂有魚嗎", "dish 鱼 2026-11-24 bare"},
	{"明天有排骨汤吗", "dish 排骨汤 2026-11-25"},
	{"下周一有红烧肉吗", "dish 红烧肉 2026-11-30"},
	{"周四红烧猪肉有吗", "dish 红烧猪肉 2026-11-26 bare"},
	{"今天有青菜吗", "dish 青菜 2026-11-24"},
	{"今天有什么鱼", ""}, // no question mark and no canteen: may be the fish market
	{"食堂今天有什么鱼？", "dish 鱼 2026-11-24"},
	{"食堂有土豆吗", "dish 土豆"},
	{"食堂哪天有虾", "dish 虾"},
	{"下周有鱼吗", "dish 鱼 week 2026-11-30"},
	{"周一到周五有鱼吗", "dish 鱼 week 2026-11-30"},
	{"今天中午有豆腐吗", "dish 豆腐 2026-11-24 lunch"},
	{"今朝食堂烧什么？", "day 2026-11-24"},
	{"今日食堂吃甚么", "day 2026-11-24"},
	{"食堂今天吃神马", "day 2026-11-24"},
	{"和食堂明天有什么好吃的", "day 2026-11-25"},
	{"请问老年食堂今天有些什么菜呀？", "day 2026-11-24"},
	{"我们小区食堂明天吃什么呢", "day 2026-11-25"},
	{"食堂中午吃什么", "next lunch"},
	{"食堂有什么菜", "next"},
	{"今天日昼吃什么", "day 2026-11-24 lunch"},
	{"今晚食堂吃什么", "day 2026-11-24 dinner"},
	{"６月２０号食堂吃什么", "day 2026-06-20"},
	{"11/27食堂的菜单", "day 2026-11-27"},
	{"明天菜單", "day 2026-11-25"},
	{"今天的彩单", "day 2026-11-24"},
	{"下周菜谱", "week week 2026-11-30"},
	{"一周菜单发一下", "week week 2026-11-23"},
	{"这周食堂吃什么", "week week 2026-11-23"},
	{"食堂菜单", "next"},
	{"周五什么菜？", "day 2026-11-27 bare"},
	{"今天有什么菜", "day 2026-11-24"},
	{"周六食堂开门吗", "day 2026-11-28 bare"},
	{"明天食堂休息吗？", "day 2026-11-25"},
	{"食堂什么时候开饭", "hours"},
	{"食堂中午开到几点", "hours lunch"},
	{"请问食堂营业时间", "hours"},
	{"食堂开门了吗", "hours"},
	{"食堂多少钱一餐", "price"},
	{"七十岁以上老人吃饭多少钱？", "price"},
	{"80周岁一餐多少钱", "price"},
	{"食堂怎么收费", "price"},
	{"食堂老人吃一顿几块钱", "price"},
	{"食堂中饭几点", "hours lunch"}, {"食堂早上几点开门", "hours"}, {"食堂今天还有饭吗", "day 2026-11-24"}, {"食堂排骨哪天有", "dish 排骨"}, {"周二是不是有鱼", "dish 鱼 2026-11-24 bare"}, {"星期三食堂会有鱼吗", "dish 鱼 2026-11-25 bare"},
	{"食堂周一到周五几点开门", "hours"}, {"下礼拜的菜单", "week week 2026-11-30"}, {"食堂明天有虾没有", "dish 虾 2026-11-25"}, {"礼拜五食堂吃的什么", "day 2026-11-27 bare"},
	{"食堂的电话是多少", "place"}, {"食堂电话多少", "place"}, {"食堂在哪里", "place"}, {"和食堂怎么走啊", "place"}, {"飯堂在哪儿？", "place"}, {"请问老年食堂地址", "place"},
	{"今天食堂烧阿尼", "day 2026-11-24"}, {"明朝食堂有鱼冇", "dish 鱼 2026-11-25"}, {"后日食堂啥菜", "day 2026-11-26"}, {"礼拜4食堂有红烧肉伐", "dish 红烧肉 2026-11-26 bare"}, {"食堂今日中饭什么", "day 2026-11-24 lunch"}, {"食堂周3菜", "day 2026-11-25 bare"},
	{"星期四食堂菜单发出来看看", "day 2026-11-26 bare"}, {"食堂这礼拜哪几天有鱼", "dish 鱼 week 2026-11-23"}, {"今天中午食堂有什么汤", "dish 汤 2026-11-24 lunch"}, {"食唐今天吃什么", "day 2026-11-24"}, {"週二有魚嗎", "dish 鱼 2026-11-24 bare"}, {"禮拜五食堂燒什麼", "day 2026-11-27 bare"},
	{"周2中午有鱼吗", "dish 鱼 2026-11-24 bare lunch"}, {"礼拜二有没鱼", "dish 鱼 2026-11-24 bare"}, {"周二有木有鱼", "dish 鱼 2026-11-24 bare"}, {"食堂的联系电话是多少呀", "place"}, {"谁有食堂电话", "place"}, {"食堂明天休息伐", "day 2026-11-25"}, {"食堂晚上有饭吗", "hours dinner"},
	{"食堂星期天开不开", "day 2026-11-29 bare"}, {"后天有没有糯米饭", "dish 糯米饭 2026-11-26"}, {"下周的菜单出了吗", "week week 2026-11-30"},
	{"what's for lunch today?", "day 2026-11-24 lunch"},
	{"Is there fish on Tuesday?", "dish 鱼 2026-11-24 bare"},
	{"canteen menu tomorrow", "day 2026-11-25"},

	{"周三一起去吃饭", ""}, {"食堂门口能停车吗", ""}, {"菜单栏在哪", ""}, {"今天有空吗", ""}, {"周二有课吗", ""}, {"有人吗", ""}, {"明天有雨吗", ""}, {"鱼缸谁要", ""},
	{"", ""}, {"？", ""}, {"大家早上好", ""}, {"收到", ""}, {"今天停电吗", ""}, {"明天周二", ""}, {"食堂", ""}, {"菜单", ""}, {"吃什么", ""}, {"有鱼吗", ""},
	{"今天吃什么", ""}, {"晚上吃什么好", ""}, {"今天晚上烧什么菜", ""}, {"周二有鱼", ""}, {"周二有鱼缸吗", ""}, {"明天有钓鱼的吗", ""}, {"明天有人钓鱼吗", ""}, {"周六有卖鸡蛋的吗", ""}, {"明天有鸡蛋领吗", ""}, {"明天有领鸡蛋吗", ""},
	{"明天菜场有鱼吗", ""}, {"超市今天有鱼吗", ""}, {"谁家明天有金鱼吗", ""}, {"明天有金鱼吗", ""}, {"今天有快递吗", ""}, {"周日有门球比赛吗", ""}, {"食堂有空调吗", ""}, {"食堂还招人吗", ""}, {"食堂阿姨人真好", ""},
	{"食堂今天的鱼真好吃", ""}, {"今天食堂吃了鱼", ""}, {"食堂的菜有点咸", ""}, {"食堂建了多少钱", ""}, {"房租多少钱", ""}, {"排骨多少钱一斤", ""}, {"50岁以上多少钱", ""}, {"70岁以上免费坐公交吗", ""}, {"70岁以上的老人有多少", ""},
	{"几点开门", ""}, {"银行几点开门", ""}, {"老年大学周二有什么课", ""}, {"这周天气怎么样", ""}, {"下周天气有变化吗", ""}, {"一周一次的体检", ""}, {"20号楼有人吗", ""}, {"周三开会有饭吃吗", ""}, {"中饭吃了吗", ""}, {"明天中午吃饭去吗", ""}, {"什么菜好吃", ""},
	{"周末去哪里吃", ""}, {"谁会做鱼", ""}, {"今天买了鱼和肉", ""}, {"有什么事吗", ""}, {"周五有什么活动", ""}, {"今天有什么新闻", ""}, {"菜价又涨了", ""}, {"电脑里的菜单怎么打不开", ""}, {"手机菜单找不到了", ""}, {"食堂后面的路灯坏了", ""}, {"吃鸡吗今晚", ""}, {"3号线什么时候通车", ""},
	{"80岁以上免费吗", ""}, {"周二有羊肉卖吗", ""}, {"今天有瓜吃吗", ""}, {"周末有羊吗", ""}, {"今天有水果吗", ""}, {"明天有海鲜吗", ""}, {"晚上有螺吗", ""}, {"今天有蛋糕吗", ""}, {"今天有饭局吗", ""}, {"今天有面试吗", ""}, {"周二有汤老师的课吗", ""}, {"周三有面包车吗", ""}, {"食堂什么时候装修好", ""}, {"60岁以上老人多少钱体检", ""}, {"70岁以上补贴多少钱", ""},
	{"食堂过年开吗", ""}, {"60岁能去食堂吃吗", ""}, {"食堂可以送饭吗", ""}, {"食堂可以打包吗", ""}, {"食堂要刷卡吗", ""}, {"食堂怎么报名", ""}, {"食堂饭卡丢了", ""}, {"食堂什么时候招人", ""}, {"食堂今天人多吗", ""}, {"今天食堂的鱼多少钱", ""}, {"食堂鱼新鲜吗", ""},
	{"周二食堂见", ""}, {"周二在食堂门口集合", ""}, {"今天有没有人去食堂", ""}, {"明天食堂搞活动吗", ""}, {"谁把伞忘在食堂了", ""}, {"手机怎么调菜单", ""}, {"明天买什么菜", ""}, {"今天菜场有什么菜", ""}, {"周六去哪里吃鱼", ""}, {"请问周二有鱼竿吗", ""}, {"明天吃什么好呢", ""},
	{"学校食堂今天吃什么", ""}, {"医院食堂几点开门", ""}, {"小学的菜单", ""}, {"老年大学电话多少", ""}, {"物业在哪里", ""}, {"食堂电话打不通", ""}, {"食堂在修路", ""}, {"食堂在哪里招人", ""}, {"有没事", ""}, {"明天有没车", ""},
	{"is anybody home", ""}, {"how much is the fish tank", ""}, {"thank you so much", ""}, {"see you tuesday", ""}, {"have you had lunch", ""},
	{strings.Repeat("今天食堂吃什么", 8), ""},
}

func TestAskInGroups(t *testing.T) {
	var right, wrong, missed, silent int
	for _, tt := range groupLines {
		q, ok := asker.Ask(tt.text, at("09:00"), false)
		got := ""
		if ok {
			got = brieflyAsked(q)
		}
		switch {
		case got == tt.want && got == "":
			silent++
		case got == tt.want:
			right++
		default:
			t.Errorf("%q is %q, want %q", tt.text, got, tt.want)
			if ok {
				wrong++
			}
			if tt.want != "" {
				missed++
			}
		}
		if ok && !q.Strong {
			t.Errorf("%q was answered in a group and is not strong", tt.text)
		}
	}
	precision, recall := float64(right)/float64(right+wrong), float64(right)/float64(right+missed)
	t.Logf("%d phrases: %d asked, %d rightly silent; precision %.3f, recall %.3f", len(groupLines), right, silent, precision, recall)
	if len(groupLines) < 150 || silent < 60 || precision < 1 || recall < 1 {
		t.Errorf("precision %.3f, recall %.3f", precision, recall)
	}
}

func TestAskDirectly(t *testing.T) {
	for _, tt := range []struct{ text, want string }{
		{"吃啥", "next"}, {"有鱼没", "dish 鱼"}, {"菜单", "next"}, {"明天呢", "day 2026-11-25"}, {"明天呢？", "day 2026-11-25"}, {"周三", "day 2026-11-25 bare"}, {"后天中午呢", "day 2026-11-26 lunch"},
		{"@xingfuli_bot 今天吃什么", "day 2026-11-24"}, {"@xingfuli_bot周二有鱼吗", "dish 鱼 2026-11-24 bare"}, {"鱼", "dish 鱼"}, {"想吃红烧肉", "dish 红烧肉"}, {"整周", "week week 2026-11-23"}, {"下周呢", "week week 2026-11-30"},
		{"晚上吃什么", "next dinner"}, {"食堂", "next"}, {"今天吃什么", "day 2026-11-24"}, {"哪天有鱼", "dish 鱼"}, {"几点开饭", "hours"}, {"多少钱一餐", "price"}, {"帮我看看明天的菜单好吗", "day 2026-11-25"}, {"menu", "next"}, {"tuesday menu", "day 2026-11-24 bare"},
		{"你好", ""}, {"电梯坏了", ""}, {"周二有课吗", ""}, {"明天有雨吗", ""}, {"今天有空吗", ""}, {"谢谢", ""}, {"", ""}, {"hello", ""}, {strings.Repeat("吃", 101), ""},
	} {
		q, ok := asker.Ask(tt.text, at("09:00"), true)
		if got := brieflyAsked(q); ok != (tt.want != "") || ok && got != tt.want {
			t.Errorf("%q is %q, %v; want %q", tt.text, got, ok, tt.want)
		}
	}
}

func TestAskWithoutVocabulary(t *testing.T) {
	for text, want := range map[string]bool{"周二有鱼吗": true, "周二有猪油渣吗": false} {
		if _, ok := (Asker{}).Ask(text, at("09:00"), false); ok != want {
			t.Errorf("%q: %v", text, ok)
		}
	}
	if _, ok := NewAsker([]string{"葱花猪油渣"}, nil).Ask("周二有猪油渣吗", at("09:00"), false); !ok {
		t.Error("a published dish is not known by its end")
	}
}

func TestArgs(t *testing.T) {
	for _, tt := range []struct {
		arg, want string
		err       error
	}{
		{"", "next", nil}, {"  ", "next", nil}, {"周三", "day 2026-11-25 bare", nil}, {"明天", "day 2026-11-25", nil}, {"后天", "day 2026-11-26", nil}, {"下周一", "day 2026-11-30", nil}, {"6月20日", "day 2026-06-20", nil}, {"2026-11-27", "day 2026-11-27", nil},
		{"整周", "week week 2026-11-23", nil}, {"下周", "week week 2026-11-30", nil}, {"鱼", "dish 鱼", nil}, {"周二 鱼", "dish 鱼 2026-11-24 bare", nil}, {"这周 腰果", "dish 腰果 week 2026-11-23", nil}, {"晚餐", "next dinner", nil}, {"明天晚餐", "day 2026-11-25 dinner", nil},
		{"tuesday", "day 2026-11-24 bare", nil}, {"Next Friday", "day 2026-12-04", nil}, {"fish", "dish 鱼", nil}, {"pizza", "dish pizza", nil}, {"空调", "dish 空调", nil}, {"周二有鱼吗？", "dish 鱼 2026-11-24 bare", nil}, {"几点开门", "hours", nil}, {"价格", "price", nil}, {"里脊", "dish 里脊", nil}, {"?", "next", nil},
		{strings.Repeat("鮸", MaxDish), "dish " + strings.Repeat("鮸", MaxDish), nil}, {strings.Repeat("鮸", MaxDish+1), "", ErrDishLong}, {strings.Repeat("鮸", 5000), "", ErrDishLong},
	} {
		q, err := asker.Args(tt.arg, at("09:00"))
		if got := brieflyAsked(q); got != tt.want || !errors.Is(err, tt.err) {
			t.Errorf("/menu %.40s is %q, %v; want %q, %v", tt.arg, got, err, tt.want, tt.err)
		}
	}
}

func TestMatches(t *testing.T) {
	for _, tt := range []struct {
		want, yes, no string
	}{
		{"鱼", "清蒸青鱼 红烧带鱼 鱼丸汤 雪菜黃魚 鱼豆腐 糖醋鱼块", "鱼香肉丝 鱼香茄子 凉拌鱼腥草 紫菜虾米汤"},
		{"鸡", "鸡肉炖土豆 香菇炖雞 麻辣鸡丝", "素鸡 红烧素鸡 西红柿炒鸡蛋 清炒鸡毛菜 鸡腿菇炒肉"},
		{"虾", "紫菜虾米汤 盐水虾 虾皮冬瓜", "素虾仁"},
		{"肉", "红烧猪肉 鱼香肉丝 狮子头 蚂蚁上树 糖醋排骨", "素肉 清炒花菜"},
		{"豆腐", "排骨豆腐汤 麻婆豆腐", "豆腐乳 腐乳空心菜"},
		{"番茄", "西红柿炒蛋 番茄蛋汤", "茄子"},
		{"土豆", "鸡肉炖土豆 马铃薯丝", "土豆粉"},
		{"鸡蛋", "西红柿炒蛋 蒸蛋 鸡蛋汤", "皮蛋豆腐 咸鸭蛋"},
		{"排骨", "排骨豆腐汤", "素排骨"},
		{"羊", "红烧羊肉", "凉拌羊栖菜"},
		{"羊栖菜", "凉拌羊栖菜", "红烧羊肉"},
		{"鱼香肉丝", "鱼香肉丝", "肉丝"},
		{"素鸡", "红烧素鸡", "炖鸡"},
		{"a&b", "A&B汤", "AB汤"},
		{"", "", "红烧肉"},
	} {
		for name := range strings.FieldsSeq(tt.yes) {
			if !Matches(name, tt.want) {
				t.Errorf("%s has no %s", name, tt.want)
			}
		}
		for name := range strings.FieldsSeq(tt.no) {
			if Matches(name, tt.want) {
				t.Errorf("%s has %s", name, tt.want)
			}
		}
	}
}

func FuzzAsk(f *testing.F) {
	for _, tt := range groupLines {
		f.Add(tt.text)
	}
	f.Add("周\xff二有鱼吗")
	f.Fuzz(func(t *testing.T, s string) {
		group, strong := asker.Ask(s, at("09:00"), false)
		direct, ok := asker.Ask(s, at("09:00"), true)
		if strong && (!ok || group != direct || !group.Strong || len(s) > maxAsk) {
			t.Fatalf("%q: in a group %+v, directly %+v", s, group, direct)
		}
		args, err := asker.Args(s, at("09:00"))
		for _, q := range []Question{group, direct, args} {
			if utf8.RuneCountInString(q.Dish) > MaxDish || (q.Kind == AskDish) != (q.Dish != "") || q.Kind == AskDay && !q.HasDay || q.Kind == AskWeek && q.Monday.IsZero() {
				t.Fatalf("%q: %+v", s, q)
			}
		}
		if err == nil && args.Kind == "" {
			t.Fatalf("%q: /menu understood nothing and refused nothing", s)
		}
	})
}

func BenchmarkAsk(b *testing.B) {
	for name, text := range map[string]string{
		"chat":     "明天下午两点在活动室下棋，想来的说一声啊",
		"near":     "周三一起去吃饭",
		"question": "周二有鱼吗？",
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				asker.Ask(text, at("09:00"), false)
			}
		})
	}
}
