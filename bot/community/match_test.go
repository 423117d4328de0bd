package community

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// common are answers as staff of a township write them.
var common = []Answer{
	{ID: "park", Group: "停车", Question: "食堂门口能停车吗", Wordings: []string{"去食堂吃饭车停哪"}},
	{ID: "fee", Group: "停车", Question: "小区停车怎么收费"},
	{ID: "charge", Group: "停车", Question: "电动车在哪里充电"},
	{ID: "bus3", Group: "公交", Question: "3路公交末班车几点"},
	{ID: "bus5", Group: "公交", Question: "5路公交末班车几点"},
	{ID: "county", Group: "公交", Question: "去平阳县城坐几路车"},
	{ID: "hours", Group: "开放时间", Question: "党群服务中心几点开门"},
	{ID: "pupils", Group: "开放时间", Question: "四点半课堂几点开始"},
	{ID: "college", Group: "开放时间", Question: "老年大学怎么报名", Wordings: []string{"书画班怎么参加"}},
	{ID: "bayberry", Group: "景点和路线", Question: "永乐村杨梅基地怎么去", Wordings: []string{"哪里可以摘杨梅"}},
	{ID: "lotus", Group: "景点和路线", Question: "南湖荷花什么时候开"},
	{ID: "azalea", Group: "景点和路线", Question: "朝阳山杜鹃花怎么走"},
	{ID: "health", Group: "办事", Question: "医保卡丢了怎么补办"},
	{ID: "pension", Group: "办事", Question: "高龄补贴怎么申请", Wordings: []string{"八十岁老人有什么补助"}},
	{ID: "residence", Group: "办事", Question: "居住证在哪里办"},
	{ID: "parcel", Group: "办事", Question: "快递驿站几点关门"},
	{ID: "bulky", Group: "办事", Question: "旧家具扔到哪里", Wordings: []string{"大件垃圾怎么处理"}},
	{ID: "lift", Group: "办事", Question: "电梯坏了找谁", Wordings: []string{"电梯报修电话"}},
	{ID: "nurse", Group: "办事", Question: "哪里可以量血压"},
	{ID: "anju", Community: "anju", Group: "开放时间", Question: "门球场几点开放"},
}

// phrases are what people ask, and the answer they get at once (ID), or with "?" the ones
// they are offered; nothing when it is none of these.
var phrases = []struct{ asked, want string }{
	{"食堂门口能停车吗？", "park"},
	{"请问食堂门口可不可以停车", "park"},
	{"食堂门口让停车不", "park"},
	{"食堂門口能停車嗎", "park"},
	{"门口能停车么", "park"},
	{"我想问一下，食堂门口可以泊车吗，谢谢", "park"},
	{"去食堂吃饭，车停哪里", "park"},
	{"停车怎么收费", "fee"},
	{"小区停车收费吗", "fee"},
	{"停车多少钱", "fee"},
	{"停车要钱吗", "fee"},
	{"停车", "?park ?fee"},
	{"哪里能停车", "?park"},
	{"电瓶车哪里充电", "charge"},
	{"电动车充电在哪", "charge"},
	{"小电驴在哪儿充电啊", "charge"},
	{"3路公交车末班几点", "bus3"},
	{"３路公交末班车是几点钟", "bus3"},
	{"5路公交末班车几点", "bus5"},
	{"公交末班车几点", "?bus3 ?bus5"},
	{"末班公交几点钟", "?bus3 ?bus5"},
	{"去平阳县城坐什么车", "county"},
	{"到平阳县城怎么坐车", "county"},
	{"党群服务中心什么时候开门", "hours"},
	{"党群服务中心几点上班", "hours"},
	{"党群中心几点开门呀", "?hours"},
	{"四点半课堂几点", "pupils"},
	{"老年大学报名", "college"},
	{"老年大学如何报名？", "college"},
	{"书画班怎么参加", "college"},
	{"永乐村杨梅基地怎么走", "bayberry"},
	{"永乐村的杨梅基地在哪里", "?bayberry"},
	{"哪里可以摘杨梅呀", "bayberry"},
	{"去哪摘杨梅", "bayberry"},
	{"南湖的荷花几时开", "lotus"},
	{"南湖荷花开了没", "lotus"},
	{"朝阳山的杜鹃花怎么去", "azalea"},
	{"医保卡掉了怎么补办", "health"},
	{"社保卡丢了咋办", "?health"},
	{"高龄补贴如何申请", "pension"},
	{"怎么申请高龄补贴", "pension"},
	{"居住证去哪儿办", "residence"},
	{"办居住证在什么地方", "residence"},
	{"快递驿站几点下班", "parcel"},
	{"旧家具扔哪", "bulky"},
	{"旧家具丢到哪里去", "bulky"},
	{"大件垃圾怎么处理", "bulky"},
	{"电梯坏了找谁修", "lift"},
	{"电梯坏了怎么办", "?lift"},
	{"哪里量血压", "nurse"},
	{"量血压在哪里", "nurse"},
	{"门球场什么时候开放", "anju"},

	{"请问师傅，食堂那边门口让不让停车呀", "park"},
	{"小区里停车一个月多少钱", "?fee"},
	{"我家电瓶车没地方充电怎么办", "?charge"},
	{"3路末班车", "bus3"},
	{"老年大学啥时候报名", "?college"},
	{"想去摘杨梅怎么走", "?bayberry"},
	{"杜鹃花在朝阳山哪里", "?azalea"},
	{"我爸的医保卡丢了去哪补", "?health"},
	{"八十岁以上老人有没有补助", "pension"},
	{"高龄津贴怎么领", ""},
	{"where is parking", "?park"},
	{"社区专员的电话是多少", "contact"},
	{"专员怎么联系", "contact"},
	{"我们小区的专员是谁呀", "contact"},
	{"机器人会记录我们说的话吗", "privacy"},
	{"怎么删除个人信息", "privacy"},
	{"what do you keep about me", "privacy"},

	{"物业电话多少", ""},
	{"派出所电话是多少", ""},
	{"你是机器人吗", ""},
	{"阿弥陀佛", ""},
	{"谢谢", ""},
	{"你好", ""},
	{"在吗", ""},
	{"食堂", ""},
	{"小区门口", ""},
	{"食堂门口有卖早餐的吗", ""},
	{"食堂门口在修路吗", ""},
	{"几点了", ""},
	{"怎么办", ""},
	{"多少钱", ""},
	{"哪里", ""},
	{"明天下雨吗", ""},
	{"小区什么时候通天然气", ""},
	{"车子被刮了找谁", ""},
	{"我的车钥匙掉在门口了谁捡到", ""},
	{"7路公交末班车几点", ""},
	{"银行几点开门", ""},
	{"超市几点开门", ""},
	{"理发店几点关门", ""},
	{"菜场几点关门", ""},
	{"身份证在哪里办", ""},
	{"驾驶证怎么换", ""},
	{"水费怎么交", ""},
	{"电费多少钱一度", ""},
	{"物业费怎么收", ""},
	{"小孩上学怎么报名", ""},
	{"幼儿园报名要什么材料", ""},
	{"哪里可以打疫苗", ""},
	{"哪里可以修鞋", ""},
	{"谁家有旧家具要卖", ""},
	{"杨梅多少钱一斤", ""},
	{"荷花池谁来打扫", ""},
	{"南湖可以钓鱼吗", ""},
	{"朝阳山上有饭店吗", ""},
	{"旧小区什么时候改造", ""},
	{"加装电梯要交多少钱", ""},
	{"党员活动什么时候", ""},
	{"高考成绩几点出来", ""},
	{"今天有没有人打牌", ""},
	{"晚上一起跳舞吗", ""},
}

// TestMatch measures what people asked against common: precision is how much of what is
// answered or offered is right, recall how much of what has an answer gets it.
func TestMatch(t *testing.T) {
	x := NewIndex(append(slices.Clone(Live), common...))
	right, wrong, missed, silent := 0, 0, 0, 0
	for _, p := range phrases {
		found, certain := x.Match(p.asked, "anju")
		got := said(found, certain)
		switch {
		case got == p.want && got == "":
			silent++
		case got == p.want:
			right++
		case got == "":
			missed++
		default:
			wrong++
		}
		if got != p.want {
			t.Errorf("%s: %q, want %q; tokens %v", p.asked, got, p.want, tokenize(p.asked).weight)
		}
	}
	t.Logf("%d phrases, %d without an answer: %d right, %d wrong, %d missed, %d rightly none; precision %.3f, recall %.3f",
		len(phrases), silent, right, wrong, missed, silent, float64(right)/float64(right+wrong), float64(right)/float64(right+missed))
}

func said(found []Answer, certain bool) string {
	var ids []string
	for _, a := range found {
		if certain {
			return a.ID
		}
		ids = append(ids, "?"+a.ID)
	}
	return strings.Join(ids, " ")
}

// TestMatchHome answers with what is for the people of the community alone.
func TestMatchHome(t *testing.T) {
	x := NewIndex(common)
	for home, want := range map[string]string{"anju": "anju", "": "", "century": ""} {
		if got := said(x.Match("门球场几点开放", home)); got != want {
			t.Errorf("%q: %q, want %q", home, got, want)
		}
	}
	if got := said(NewIndex(nil).Match("食堂门口能停车吗", "")); got != "" {
		t.Errorf("no answers at all: %q", got)
	}
}

// FuzzMatch finds each answer by its own question, whatever is asked beside it, and never
// panics.
func FuzzMatch(f *testing.F) {
	for _, p := range phrases {
		f.Add(p.asked)
	}
	f.Add("\xff车\xe5")
	x := NewIndex(common)
	f.Fuzz(func(t *testing.T, s string) {
		found, certain := x.Match(s, "")
		if len(found) > offered || certain && len(found) != 1 {
			t.Errorf("%q: %d answers, certain %v", s, len(found), certain)
		}
		own := Answer{ID: "own", Question: s}
		if own.Question = own.Tidy().Question; len(own.Question) > maxMatch || !tokenize(own.Question).content {
			return
		}
		if found, certain := NewIndex([]Answer{own}).Match(own.Question, ""); !certain || found[0].ID != "own" {
			t.Errorf("%q does not find itself: %v", own.Question, found)
		}
	})
}

// BenchmarkMatch asks among answers whose number grows fivefold each time.
func BenchmarkMatch(b *testing.B) {
	for _, n := range []int{100, 500, 2500} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			var all []Answer
			for i := range n {
				a := common[i%len(common)]
				a.ID = fmt.Sprint(i)
				a.Question = fmt.Sprintf("%c%c%s", rune(0x4E00+i*7%20000), rune(0x4E00+i*13%20000), a.Question)
				all = append(all, a)
			}
			x := NewIndex(all)
			b.ReportAllocs()
			for b.Loop() {
				if _, certain := x.Match("请问旧家具能扔到哪里去呀", "anju"); certain && n > 1000 {
					b.Fatal("of many equal ones, one is sure")
				}
			}
		})
	}
}
