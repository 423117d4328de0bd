package handlers

import (
	"context"
	"strings"
	"unicode"

	"xingfuli/bot/calendar"
	"xingfuli/bot/telegram"
)

// courtesies are what people say when they have been answered and want nothing more.
var courtesies = func() map[string]bool {
	words := map[string]bool{}
	for w := range strings.FieldsSeq("谢谢 谢谢你 谢谢您 谢谢啦 谢谢了 谢谢哈 多谢 多谢了 谢啦 谢了 感谢 非常感谢 太感谢了 辛苦了 麻烦了 麻烦你了 麻烦您了 好 好的 好的呢 好嘞 好咧 好滴 好哒 好啊 好吧 好了 " +
		"行 行的 可以 可以的 嗯 嗯嗯 嗯呢 哦 哦哦 噢 知道了 知道啦 晓得了 晓得 明白 明白了 懂了 看到了 收到 收到了 收到谢谢 好的谢谢 好的谢谢你 好的谢谢您 好谢谢 嗯谢谢 真好 真棒 太好了 不错 再见 拜拜 ok okay thanks thankyou thx got it gotit fine great bye") {
		words[w] = true
	}
	return words
}()

// courtesy takes thanks and the like: one who has been answered is not told that the bot
// did not understand. In private it is answered, in a group nobody needs to read more.
func (h Chat) courtesy(ctx context.Context, t *telegram.Turn) (bool, error) {
	if !t.Direct || !isCourtesy(t.Text) {
		return false, nil
	}
	if !t.Private() {
		return true, nil
	}
	return true, t.Say(ctx, "chat.courtesy", nil)
}

// isCourtesy tells whether words are thanks or the like and nothing else, marks and
// pictures aside: 「好的，谢谢🙏」, 「👍」.
func isCourtesy(words string) bool {
	if len(words) > 60 {
		return false
	}
	picture := false
	word := strings.Map(func(r rune) rune {
		picture = picture || unicode.Is(unicode.So, r)
		if r = calendar.Fold(r); unicode.IsLetter(r) || unicode.IsDigit(r) {
			return r
		}
		return -1
	}, words)
	return courtesies[word] || word == "" && picture
}
