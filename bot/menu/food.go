package menu

import (
	"slices"
	"strings"
	"unicode/utf8"

	"xingfuli/bot/calendar"
)

// maxFood is how many runes a food in a question has at most: 「西红柿炒鸡蛋」 has six.
const maxFood = 8

// foods are words that are something to eat in a canteen and hardly anything else: 瓜
// is gossip, 水果 and 海鲜 are what neighbours sell each other.
//
// Source: what is cooked and sold in Wenzhou, beside the dishes of the canteen.
var foods = wordSet("面 饭 粥 饼 豆 糕 笋 藕 茄 鹅 菇 菜 荤菜 素菜 蔬菜 主食 " +
	"面条 拉面 拌面 汤面 炒面 米饭 炒饭 糯米饭 稀饭 白粥 米粉 粉干 炒粉干 年糕 馒头 包子 饺子 馄饨 水饺 麻糍 粽子 汤圆 灯盏糕 " +
	"土豆 马铃薯 洋芋 西红柿 番茄 花菜 花椰菜 芥菜 青菜 白菜 大白菜 小白菜 包菜 卷心菜 空心菜 菠菜 芹菜 韭菜 油菜 生菜 娃娃菜 西兰花 盘菜 紫菜 海带 " +
	"萝卜 白萝卜 胡萝卜 茄子 黄瓜 冬瓜 南瓜 丝瓜 苦瓜 蒲瓜 豆角 四季豆 豇豆 毛豆 蚕豆 豌豆 豆芽 莲藕 山药 芋头 番薯 玉米 木耳 香菇 蘑菇 金针菇 茭白 莴笋 竹笋 冬笋 " +
	"豆腐 豆干 香干 千张 豆皮 粉丝 粉条 腐竹 面筋 素鸡 猪肝 肥肠 大肠 猪蹄 蹄膀 鸡爪 鸡翅 鸡腿 鸭舌 鸭腿 狮子头 五花 里脊 扣肉 花生 莲子 银耳 " +
	"鱼丸 鱼饼 敲鱼 肉丸 鱼圆 江蟹生 花蛤 蛤蜊 蛏子 花甲 螺蛳 田螺 水潺 鱿鱼 墨鱼 章鱼 虾米 虾皮 虾仁 对虾 麻婆豆腐 宫保鸡丁 回锅肉 鱼香肉丝 蚂蚁上树")

// heads end the name of a dish: a Chinese name says last what it is, 清蒸青鱼.
var heads = []string{"鱼", "肉", "鸡", "鸭", "虾", "蟹", "蛋", "汤", "排骨", "豆腐", "大排", "小排", "羹", "肉丝", "肉片", "鸡丁", "牛腩", "豆腐煲"}

// notFoods end as dishes do and are none.
var notFoods = wordSet("金鱼 木鱼 鳄鱼 观赏鱼 锦鲤鱼 热带鱼 美人鱼 笨蛋 坏蛋 傻蛋 混蛋 王八蛋 完蛋 滚蛋 扯蛋 彩蛋 肌肉 赘肉 公鸡 母鸡 火鸡 山鸡 野鸡 田鸡 小鸡 小鸭 老鸭 战斗鸡 泡汤 落汤鸡 中蛋 零蛋 心灵鸡汤 鸡汤文")

// busy are runes that tell of people and doings, not of a dish: 领鸡蛋, 卖鱼, 钓鱼.
const busy = "人谁哪卖买送养钓抓捉杀领发抢捡偷拿带去来到要给请帮寻找丢走跑打看见吃喝玩家店车"

// englishFoods are foods by their English names, for those who ask in English.
var englishFoods = map[string]string{
	"fish": "鱼", "meat": "肉", "pork": "猪肉", "ribs": "排骨", "spare ribs": "排骨", "beef": "牛肉", "lamb": "羊肉", "chicken": "鸡", "duck": "鸭",
	"shrimp": "虾", "shrimps": "虾", "prawns": "虾", "crab": "蟹", "egg": "蛋", "eggs": "蛋", "tofu": "豆腐", "potato": "土豆", "potatoes": "土豆",
	"tomato": "西红柿", "tomatoes": "西红柿", "soup": "汤", "noodles": "面", "rice": "饭", "cauliflower": "花菜", "eggplant": "茄子", "vegetables": "青菜",
}

// wordSet is the set of the words between blanks.
func wordSet(words string) map[string]struct{} {
	set := map[string]struct{}{}
	for w := range strings.FieldsSeq(words) {
		set[w] = struct{}{}
	}
	return set
}

func has(set map[string]struct{}, word string) bool {
	_, ok := set[word]
	return ok
}

// isFood tells whether folded words name something to eat: a dish once published or
// the end of its name from two runes on, a common food, or what ends as a dish does.
func (a Asker) isFood(words string) bool {
	n := utf8.RuneCountInString(words)
	if n == 0 || n > maxFood || has(notFoods, words) {
		return false
	}
	if has(foods, words) || has(a.dishes, words) {
		return true
	}
	if strings.ContainsAny(words, busy) {
		return false
	}
	return slices.ContainsFunc(heads, func(h string) bool { return strings.HasSuffix(words, h) })
}

// foldAll folds a whole text and takes the blanks off its ends.
func foldAll(s string) string { return strings.TrimSpace(strings.Map(calendar.Fold, s)) }

// sames are other names of a food, by their first rune, and the name that stands for them.
var sames = func() map[rune][][2]string {
	table := map[rune][][2]string{}
	for names := range strings.FieldsSeq("西红柿=番茄=蕃茄=洋柿子 土豆=马铃薯=洋芋=洋番薯 花菜=花椰菜=菜花 包菜=卷心菜=高丽菜=圆白菜 " +
		"番薯=地瓜=红薯 玉米=粟米=苞米 馄饨=云吞=抄手 排骨=肋排=小排 虾=虾子 鱼=鱼儿 萝卜=菜头") {
		list := strings.Split(names, "=")
		for _, other := range list[1:] {
			r, _ := utf8.DecodeRuneInString(other)
			table[r] = append(table[r], [2]string{other, list[0]})
		}
	}
	return table
}()

// same gives every food in folded words its one name.
func same(words string) string {
	for i, r := range words {
		for _, names := range sames[r] {
			if rest, ok := strings.CutPrefix(words[i:], names[0]); ok {
				return words[:i] + names[1] + same(rest)
			}
		}
	}
	return words
}

// without lists the words in a dish's name that hold a food's name and not the food:
// 鱼香肉丝 has no fish, 素鸡 no chicken, and 鸡蛋 is for those who ask for eggs.
var without = map[string][]string{
	"鱼":  {"鱼香", "鱼腥草", "木鱼", "鱼露", "素鱼"},
	"鸡":  {"素鸡", "鸡蛋", "鸡毛菜", "鸡精", "鸡腿菇", "鸡枞", "田鸡", "鸡头米"},
	"鸡肉": {"素鸡肉"},
	"鸭":  {"素鸭", "鸭蛋", "鸭血"},
	"鹅":  {"素鹅", "鹅蛋", "企鹅"},
	"肉":  {"素肉", "肉桂", "果肉", "桂圆肉", "肉松"},
	"猪":  {"猪猪包"},
	"牛":  {"蜗牛", "牛奶", "牛油果", "牛蛙", "牛肝菌", "素牛", "牛蒡"},
	"羊":  {"羊栖菜", "素羊"},
	"虾":  {"素虾", "虾片", "虾油"},
	"蟹":  {"蟹味菇", "蟹棒", "蟹柳", "赛螃蟹", "素蟹"},
	"蛋":  {"蛋糕", "蛋挞", "蛋卷"},
	"排骨": {"素排骨"},
	"豆腐": {"豆腐乳", "腐乳"},
	"土豆": {"土豆粉"},
	"面":  {"面筋", "面包", "面疙瘩", "拌面酱"},
	"饭":  {"下饭"},
	"瓜":  {"瓜子", "地瓜", "木瓜酱"},
	"汤":  {"汤圆"},
}

// within lists dishes that hold a food without its name.
var within = map[string][]string{
	"肉":  {"狮子头", "蚂蚁上树", "排骨", "里脊", "五花", "猪蹄", "蹄膀", "大排", "叉烧"},
	"猪肉": {"狮子头", "蚂蚁上树", "排骨", "里脊", "五花", "红烧肉", "回锅肉", "大排", "叉烧", "扣肉"},
	"鸡蛋": {"炒蛋", "蛋汤", "蛋羹", "蒸蛋", "蛋花", "荷包蛋", "茶叶蛋"},
	"面条": {"面"},
	"米饭": {"饭"},
	"鸡肉": {"鸡"},
	"鸭肉": {"鸭"},
	"螃蟹": {"蟹"},
	"粉丝": {"蚂蚁上树"},
	"鱼肉": {"鱼"},
}

// Matches tells whether a dish of that name is, or has, what was asked for. Width,
// traditional characters and other names of a food (番茄, 西红柿) do not matter.
//
// A name has what it holds as a word: 鱼 is in 清蒸青鱼 and 虾 in 紫菜虾米汤, but neither
// 鱼 in 鱼香肉丝 nor 鸡 in 素鸡; the tables without and within hold the exceptions. A
// question that is itself an exception, 鱼香肉丝, is found by its own name.
func Matches(name, want string) bool { return foodOf(want).in(name) }

// food is something to eat by its one name.
type food string

func foodOf(want string) food { return food(same(foldAll(want))) }

// in tells whether a dish of that name is, or has, the food.
func (f food) in(name string) bool {
	if f == "" {
		return false
	}
	name = same(foldAll(name))
	if holds(name, string(f)) {
		return true
	}
	return slices.ContainsFunc(within[string(f)], func(w string) bool { return holds(name, w) })
}

// holds tells whether name has the food as a word of its own somewhere.
func holds(name, food string) bool {
	if !strings.Contains(name, food) {
		return false
	}
	for _, w := range without[food] {
		name = strings.ReplaceAll(name, w, " ")
	}
	return strings.Contains(name, food)
}
