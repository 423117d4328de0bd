package community

import "strings"

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
