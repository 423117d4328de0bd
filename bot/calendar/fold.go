package calendar

// Fold makes one rune of what people type easier to compare: full-width becomes
// half-width, capitals become small, and traditional characters of everyday words
// become simplified. It is one rune for one rune, so positions in runes stay.
//
// Source: the Unicode block "Halfwidth and Fullwidth Forms" for the widths; the table
// below is the part of 《通用规范汉字表》 that talk of days, meals and dishes needs.
func Fold(r rune) rune {
	switch {
	case r < 0x80:
		if 'A' <= r && r <= 'Z' {
			r += 'a' - 'A'
		}
		return r
	case r == 0x3000:
		return ' '
	case 0xFF01 <= r && r <= 0xFF5E:
		return Fold(r - 0xFEE0)
	case firstHan <= r && r <= lastHan:
		if s := simplified[r-firstHan]; s != 0 {
			return rune(s)
		}
	}
	return r
}

const firstHan, lastHan = 0x4E00, 0x9FFF

// simplified is a table by code point, not a map: every group message passes Fold.
var simplified = func() (table [lastHan - firstHan + 1]uint16) {
	pairs := []rune("週周禮礼後后號号點点這这個个兩两幾几時时間间來来開开關关門门錢钱歲岁飯饭廳厅單单譜谱麼么嗎吗沒没" +
		"魚鱼雞鸡鷄鸡鴨鸭鵝鹅蝦虾湯汤麵面燒烧紅红豬猪蘿萝蔔卜蔥葱薑姜醬酱蠔蚝鮮鲜鹹咸滷卤燉炖鍋锅雜杂腸肠絲丝塊块條条" +
		"餃饺餅饼饅馒頭头燜焖爛烂綠绿葉叶薺荠筍笋蓮莲鯧鲳鱸鲈鱔鳝鯽鲫鯉鲤魷鱿黃黄帶带貝贝腦脑醃腌臘腊燻熏團团糰团麥麦" +
		"捲卷營营業业價价貴贵問问誰谁應应還还會会對对說说給给們们為为樣样買买賣卖圓圆餛馄飩饨餡馅廚厨嗰个閉闭園园碼码" +
		"農农圖图請请謝谢現现裡里裏里過过種种鐘钟鍾钟見见邊边東东發发從从啟启啓启齊齐區区長长歡欢")
	for i := 0; i < len(pairs); i += 2 {
		table[pairs[i]-firstHan] = uint16(pairs[i+1])
	}
	return table
}()
