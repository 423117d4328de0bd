package menu

import "strings"

// placeCores ask where the canteen is, or how to call it.
var placeCores = wordSet("电话 联系电话是多少 联系电话多少 电话多少 电话是多少 电话几号 电话号码 电话号码多少 电话号码是多少 联系电话 订餐电话 座机多少 怎么联系 电话有吗 有电话吗 有没有电话 谁有电话 电话发一下 电话发下 " +
	"在哪 在哪里 在哪儿 在哪边 在什么地方 什么地方 在什么位置 什么位置 位置 位置在哪 位置在哪里 地址 地址在哪 地址在哪里 地址是什么 地址是哪里 怎么走 怎么去 在几号楼 在几栋 几号楼 在哪幢 在哪栋 在哪栋楼 开在哪里 开在哪 搬哪了 搬去哪里了 搬到哪里了")

// wantsPlace tells whether the core asks for the canteen's address or telephone.
func (p phrase) wantsPlace() bool {
	return p.canteen && !p.placed() && p.meal == "" && has(placeCores, strings.TrimPrefix(p.core, "的"))
}
