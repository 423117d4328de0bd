package community

import (
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

func TestAsks(t *testing.T) {
	for s, want := range map[string]bool{
		"哪里打疫苗": true, "快递站搬走了吗": true, "路灯坏了？": true, "门卫在么。": true, "快递到了没": true, "这么贵啊": false, "来了好几个人": false, "那么好": false, "where can I park": true, "请问停电的事": true, "有没有人修鞋": true, "加装电梯要多少钱": true,
		"阿弥陀佛": false, "谢谢": false, "好的": false, "路灯坏了": false, "": false, "  ": false, "hello": false, "iso": false, strings.Repeat("吗", 241): false,
	} {
		if Asks(s) != want {
			t.Errorf("%q: %v", s, !want)
		}
	}
}

func TestMask(t *testing.T) {
	for in, want := range map[string]string{
		"我是13800138000，楼道灯坏了找谁": "我是＊＊，楼道灯坏了找谁", "１３８ ０００１ ３８００": "＊＊", "138-0013-8000": "＊＊", "+86 13800138000": "＊＊", "0577-63712345": "＊＊",
		"身份证33032619500101123X丢了": "身份证＊＊丢了", "330326 19500101 1234": "＊＊", "6222 0210 0111 2345 678": "＊＊", "一三八零零一三八零零零": "＊＊",
		"浙C12345堵门": "＊＊堵门", "浙C·12345": "＊＊", "浙CD12345挡道": "＊＊挡道", "找@zhangsan": "找＊＊", "a.b@163.com": "＊＊", "https://t.me/x?y=1 这个": "＊＊ 这个",
		"3号楼502室": "3号楼502室", "12345": "12345", "70岁以上8元": "70岁以上8元", "6月20日10点30": "6月20日10点30", "一二三四五": "一二三四五",
	} {
		if got := Mask(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

func TestNewQuestion(t *testing.T) {
	now := time.Unix(1_795_395_600, 0)
	q, ok := NewQuestion("请问\n小区的路灯坏了，找谁修？我电话13800138000", "anju", now)
	if !ok || q.Text != "请问 小区的路灯坏了，找谁修？我电话＊＊" || q.Community != "anju" || q.Count != 1 || q.First != now || q.Last != now {
		t.Errorf("%+v %v", q, ok)
	}
	base, _ := NewQuestion("路灯坏了找谁修", "anju", now)
	for s, same := range map[string]bool{"请问，路灯坏了找谁修呢？": true, "路灯 坏 了 找 谁 修": true, "路灯坏了谁来修": false, "水管坏了找谁修": false} {
		if o, ok := NewQuestion(s, "anju", now); !ok || (o.ID == base.ID) != same {
			t.Errorf("%q is the same: %v, %v", s, o.ID == base.ID, ok)
		}
	}
	if o, _ := NewQuestion("路灯坏了找谁修", "century", now); o.ID == base.ID {
		t.Error("two communities share a question")
	}
	for _, s := range []string{"路灯坏了", "怎么办？", "？？？", "13800138000？", "在吗"} {
		if q, ok := NewQuestion(s, "", now); ok {
			t.Errorf("%q is kept as %+v", s, q)
		}
	}
	long, ok := NewQuestion(strings.Repeat("路灯坏了", 40)+"怎么办", "", now)
	if !ok || utf8.RuneCountInString(long.Text) != maxRunes+1 {
		t.Errorf("a long one: %v, %d runes", ok, utf8.RuneCountInString(long.Text))
	}
}

func TestSees(t *testing.T) {
	day := func(n int) time.Time { return time.Unix(int64(n)*86400, 0) }
	all := []Question{{ID: "a", Community: "anju", Count: 1, Last: day(3)}, {ID: "b", Count: 5, Last: day(2)}, {ID: "c", Community: "century", Count: 5, Last: day(1)}}
	for want, g := range map[string]Grants{"abc": {Admin: nil}, "a": {Specialist: {"anju"}}, "": {Cook: {"hefan"}}} {
		if got := ids(g.Sees(all)); got != want {
			t.Errorf("%v sees %q, want %q", g, got, want)
		}
	}
	if got := ids(SortQuestions([]Question{all[2], all[0], all[1]}, false)); got != "abc" {
		t.Errorf("by time: %s", got)
	}
	if got := ids(SortQuestions(all, true)); got != "bca" {
		t.Errorf("by count: %s", got)
	}
}

func ids(qs []Question) (s string) {
	for _, q := range qs {
		s += q.ID
	}
	return s
}

// FuzzQuestion keeps nothing that could be a telephone's number, whatever was typed.
func FuzzQuestion(f *testing.F) {
	for _, s := range []string{"我是13800138000吗", "１３８００１３８０００？", "1\xff3800138000?", "138@00138000吗", "0\u20e3577-6371-2345 ?", "٠١٢٣٤٥٦٧٨?"} {
		f.Add(s)
	}
	number := regexp.MustCompile(`\d([ -]?\d){6,}`)
	f.Fuzz(func(t *testing.T, s string) {
		m := Mask(s)
		if number.MatchString(m) || Mask(m) != m || !utf8.ValidString(m) {
			t.Errorf("%q is masked as %q, then %q", s, m, Mask(m))
		}
		if q, ok := NewQuestion(s, "", time.Time{}); ok && (number.MatchString(q.Text) || utf8.RuneCountInString(q.Text) > maxRunes+1 || q.ID == "") {
			t.Errorf("%q is kept as %+v", s, q)
		}
	})
}
