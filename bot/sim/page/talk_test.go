package page

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"xingfuli/bot/sim"
)

func inGroup(who int64) string { return fmt.Sprintf("who=%d&chat=%d", who, group) }

func TestTalk(t *testing.T) {
	b := open(t, begin(t), 1280, 800, inGroup(501))
	b.write("三号楼电梯坏了\r")
	b.sees(".item.mine .bubble", "三号楼电梯坏了")
	b.sees(".item:not(.mine) .bubble", "你说：三号楼电梯坏了")
	b.sees(".day", "10月5日 星期一")
	b.sees(".item .meta", "17:00") // 09:00 UTC in the zone of the page
	b.write("<b>不是粗体</b>\r")
	b.sees(".item.mine .bubble", "<b>不是粗体</b>")
	left := `document.querySelector(".item:not(.mine) .bubble").getBoundingClientRect().left`
	right := `document.querySelector(".item.mine .bubble").getBoundingClientRect().right`
	if !eval[bool](b, left+" < 600 && "+right+" > 1000") {
		t.Error("own messages are not right, or the bot's not left")
	}
}

func TestStart(t *testing.T) {
	b := open(t, begin(t), 1280, 800, fmt.Sprintf("who=502&chat=%d", botID))
	b.gone("#compose")
	b.click("#start")
	b.sees(".item:not(.mine) .bubble", "你好")
	b.sees("#compose", "")
	b.gone("#start")
}

func TestPress(t *testing.T) {
	b := open(t, begin(t), 1280, 800, inGroup(501))
	b.write("按钮\r")
	b.sees(".inline .success", "受理")
	b.click(`[data-press="alert"]`)
	b.sees("#alert", "这件事只有主任能办")
	b.key("\x1b")
	b.gone("#alert")
	b.click(`[data-press="take"]`)
	b.sees("#toasts .toast", "已受理")
	b.sees(".item:not(.mine) .bubble", "3 号楼电梯：已受理")
	b.sees(".item:not(.mine) .meta", "已编辑")
	b.gone(".inline")
}

func TestReplyKeyboard(t *testing.T) {
	b := open(t, begin(t), 1280, 800, inGroup(501))
	b.write("键盘\r")
	b.sees("#keyboard .key", "报修")
	b.until(`document.querySelector("#text").placeholder === "选一个，或者直接写"`)
	b.click(`[data-say="报修"]`)
	b.sees(".item.mine .bubble", "报修")
	b.click("#keys-toggle")
	b.gone("#keyboard")
	b.click("#keys-toggle")
	b.click(`[data-say="收起键盘"]`)
	b.sees(".item:not(.mine) .bubble", "收起来了")
	b.gone("#keyboard")
}

func TestAskedBack(t *testing.T) {
	b := open(t, begin(t), 1280, 800, inGroup(501))
	b.write("追问\r")
	b.sees("#about", "几号楼？")
	b.until(`document.querySelector("#text").placeholder === "比如：3 号楼"`)
	b.write("安静：3 号楼\r")
	b.sees(".item.mine .quote", "几号楼？")
	b.write("等等\r")
	b.sees(".headline .typing", "正在输入")
}

// TestNothingIsLost types on while the line before still travels.
func TestNothingIsLost(t *testing.T) {
	b := open(t, begin(t), 1280, 800, inGroup(501))
	for i := range 5 {
		b.write(fmt.Sprintf("安静 %d\r", i))
	}
	b.until(`document.querySelectorAll(".item.mine").length === 5`)
	eval[int](b, `(window.fetch = () => Promise.reject(new Error("gone")), 1)`)
	b.write("没发出去\r")
	b.sees("#wrongs", "连不上了")
	b.until(`document.querySelector("#text").value === "没发出去"`)
}

func TestReplyAndEdit(t *testing.T) {
	b := open(t, begin(t), 1280, 800, inGroup(501))
	b.write("第一句\r")
	b.sees(".item:not(.mine) .bubble", "你说：第一句")
	b.menu(".item.mine", "reply")
	b.sees("#about", "第一句")
	b.write("接着说\r")
	b.sees(".item.mine .quote", "第一句")
	b.gone("#about")
	b.key(kb.ArrowUp) // the last own message
	b.until(`document.querySelector("#text").value === "接着说"`)
	b.write("，改过了\r")
	b.sees(".item.mine .bubble", "接着说，改过了")
	b.sees(".item.mine .meta", "已编辑")
	b.click(".item.mine .quote")
	b.until(`document.querySelector(".item.mine.found")`)
}

func TestUpload(t *testing.T) {
	b := open(t, begin(t), 1280, 800, inGroup(501))
	dir := t.TempDir()
	photo, sheet := filepath.Join(dir, "p.png"), filepath.Join(dir, "本周菜单.csv")
	for name, body := range map[string]string{photo: png, sheet: "菜,价\n红烧肉,12\n"} {
		if err := os.WriteFile(name, []byte(body), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	b.do(chromedp.SetUploadFiles(css("#photo-input"), []string{photo}, chromedp.NodeReady))
	b.sees("#chosen", "p.png")
	b.write("今天的饭\r")
	b.sees(".item.mine .bubble", "今天的饭")
	b.until(`document.querySelector(".item.mine .photo img").naturalWidth > 0`)
	b.sees(".item:not(.mine) .bubble", "收到照片")
	b.click(".item.mine .photo")
	b.until(`document.querySelector("#viewer").open && document.querySelector("#viewer-image").naturalWidth > 0`)
	b.key("\x1b")
	b.until(`!document.querySelector("#viewer").open`)
	b.do(chromedp.SetUploadFiles(css("#document-input"), []string{sheet}, chromedp.NodeReady))
	b.sees("#chosen", "本周菜单.csv")
	b.click("#send")
	b.sees(".item.mine .file", "本周菜单.csv")
	b.sees(".item:not(.mine) .bubble", "收到文件：本周菜单.csv")
}

func TestPeople(t *testing.T) {
	d := begin(t)
	b := open(t, d, 1280, 800, fmt.Sprintf("who=502&chat=%d", botID))
	if _, err := d.sim.Do(t.Context(), 501, group, saying("谁在？")); err != nil {
		t.Fatal(err)
	}
	b.sees("#p502 .badge", "2") // the question and the bot's answer
	b.sees("#p503 .badge", "2")
	b.sees("#p501 .badge", "1")
	b.sees(fmt.Sprintf(`[data-chat="%d"] .badge`, group), "2")
	b.chatOf(group)
	b.gone("#p502 .badge")
	b.sees(".item .name", "居民阿婆")
	b.key("3", chromedp.ModifierAlt)
	b.until(`document.querySelector("#p503").ariaCurrent === "true"`)
	b.gone("#p503 .badge")
	b.write("我在\r")
	b.sees(".item.mine .bubble", "我在")
	b.sees("#p501 .badge", "3")
	b.as(d, "resident")
	b.sees(".item:not(.mine) .bubble", "我在")
}

func TestPhone(t *testing.T) {
	d := begin(t)
	b := open(t, d, 360, 640, "who=501")
	b.sees("#list", "幸福里 3 号楼业主群")
	b.gone("#chat")
	if _, err := d.sim.Do(t.Context(), 502, group, saying("开饭了")); err != nil {
		t.Fatal(err)
	}
	b.sees(fmt.Sprintf(`[data-chat="%d"] .badge`, group), "2") // the list is not the chat: nothing was read
	b.chatOf(group)
	b.sees("#log", "开饭了")
	b.gone("#list")
	b.write("来了\r")
	b.sees(".item.mine .bubble", "来了")
	b.click("#back")
	b.sees("#list", "来了")
	b.until(fmt.Sprintf(`document.activeElement.id === "c%d"`, group))
	b.do(chromedp.NavigateBack())
	b.sees("#log", "来了")
	b.as(d, "cook")
	b.sees(".item:not(.mine) .bubble", "来了")
}

func TestKeyboardOnly(t *testing.T) {
	b := open(t, begin(t), 1280, 800, inGroup(501))
	b.until(`document.activeElement.id === "text"`)
	b.key("按钮\r")
	b.sees(".inline", "受理")
	for i := 0; i < 12 && !eval[bool](b, `document.activeElement.dataset.press === "take"`); i++ {
		b.key("\t", chromedp.ModifierShift)
	}
	if !eval[bool](b, `getComputedStyle(document.activeElement).outlineStyle !== "none"`) {
		t.Error("the focus cannot be seen")
	}
	b.key("\r")
	b.sees("#toasts .toast", "已受理")
	b.until(`document.activeElement !== document.body`)
	b.do(chromedp.Focus(css("#text")))
	b.key("/he")
	b.sees("#commands", "/help")
	b.key("\r")
	b.sees(".item.mine .bubble", "/help")
	b.key("一")
	b.key("\r", chromedp.ModifierShift)
	b.key("二")
	b.until(`document.querySelector("#text").value === "一\n二"`)
	b.key("1", chromedp.ModifierAlt)
	b.key("2", chromedp.ModifierAlt)
	b.until(`document.querySelector("#p502").ariaCurrent === "true" && document.activeElement.id === "text" && document.activeElement.value === ""`)
	b.key("1", chromedp.ModifierAlt)
	b.until(`document.querySelector("#text").value === "一\n二"`) // a draft waits for its writer
}

func TestClock(t *testing.T) {
	b := open(t, begin(t), 1280, 800, inGroup(501))
	b.sees("#clock", "17:00")
	b.click("#clock-open")
	b.click(`[data-jump="0"]`)
	b.sees("#clock", "10:30")
	b.sees("#toasts .toast", "10月6日 周二 10:30")
	b.click("#clock-open")
	b.do(chromedp.SetValue(css("#clock-n"), "2"))
	b.click("#clock-form button")
	b.sees("#clock", "12:30")
}

func TestTour(t *testing.T) {
	b := open(t, begin(t), 1280, 800, fmt.Sprintf("who=503&chat=%d", botID))
	b.click("#tour-open")
	b.click(`[data-tour="0"]`)
	b.sees("#tour", "居民阿婆在「幸福里 3 号楼业主群」说：今天吃什么")
	b.click("#tour-next")
	b.sees(".item.mine .bubble", "今天吃什么")
	b.sees("#tour", "食堂师傅")
	b.click("#tour-next")
	b.until(`document.querySelector("#p502").ariaCurrent === "true"`)
	b.sees(".item:not(.mine) .bubble", "你好")
	b.sees("#tour", "看完了")
	b.shot("tour-over")
	b.click("#tour-leave")
	b.gone("#tour")
}

func TestPoll(t *testing.T) {
	b := open(t, begin(t), 1280, 800, inGroup(501))
	b.write("投票\r")
	b.sees(".poll", "周末去哪里？")
	b.click(`.option input[value="1"]`)
	b.sees(".poll .total", "1 人投了票")
	b.click("[data-retract]")
	b.sees(".poll .total", "还没有人投票")
}

func TestPin(t *testing.T) {
	b := open(t, begin(t), 1280, 800, inGroup(501))
	b.write("置顶\r")
	b.sees("#pins", "明天 9 点停水")
	b.click("#pin")
	b.until(`document.querySelector(".item.found")`)
}

func TestEarlier(t *testing.T) {
	d := begin(t)
	for i := range 150 {
		if _, err := d.sim.Do(t.Context(), 501, group, saying(fmt.Sprintf("安静 %d", i))); err != nil {
			t.Fatal(err)
		}
	}
	b := open(t, d, 1280, 800, inGroup(501))
	b.sees("#log", "安静 149")
	before := eval[int](b, `document.querySelectorAll(".item").length`)
	eval[int](b, `document.querySelector("#scroll").scrollTop = 0`)
	b.until(fmt.Sprintf(`document.querySelectorAll(".item").length > %d`, before))
	if !eval[bool](b, `document.querySelector("#scroll").scrollTop > 100`) {
		t.Error("looking back moved what was read")
	}
	b.sees("#down", "")
	b.click("#down")
	b.gone("#down")
}

func TestThemeAndLanguage(t *testing.T) {
	b := open(t, begin(t), 1280, 800, inGroup(501))
	b.dark(false)
	ground := `getComputedStyle(document.body).backgroundColor`
	light := eval[string](b, ground)
	b.dark(true)
	b.until(ground + ` !== "` + light + `"`)
	b.click("#settings-open")
	b.click(`[data-theme-set="light"]`)
	b.until(ground + ` === "` + light + `"`)
	b.click(`[data-lang="en"]`)
	b.sees("h1", "Xingfuli demo")
	b.until(`document.documentElement.lang === "en" && document.documentElement.dataset.theme === "light"`)
	b.sees("#tour-open", "Tour")
}

func TestMessageMenu(t *testing.T) {
	b := open(t, begin(t), 1280, 800, inGroup(501))
	b.write("写错了\r")
	b.sees(".item:not(.mine) .bubble", "你说：写错了")
	b.click(".item.mine .more")
	b.sees("#message-menu", "修改")
	b.shot("menu")
	b.check("message menu")
	b.key("\x1b")
	b.gone("#message-menu")
	b.until(`document.activeElement.matches(".item.mine .more")`)
	b.click(".item:not(.mine) .more")
	b.click(`#message-menu [data-react="👍"]`)
	b.sees(".item:not(.mine) .chip", "👍\ufe0f 1")
	b.click(".chip")
	b.gone(".chip")
	b.menu(".item.mine", "delete")
	b.until(`!document.querySelector("#log").innerText.includes("居民阿婆")`)
	b.gone(".item.mine .bubble")
}

func TestTopics(t *testing.T) {
	d := begin(t)
	forum := group - 7
	d.sim.AddGroup(sim.Group{ID: forum, Key: "forum", Title: "3 号楼议事厅", Forum: true, Topics: map[int]string{2: "停车", 3: "电梯"}, Members: []int64{501, 502}, Admins: []int64{502, botID}, BotIn: true})
	for _, thread := range []int{2, 3} {
		if _, err := d.sim.Do(t.Context(), 502, forum, sim.Act{Text: fmt.Sprintf("安静：话题 %d", thread), Thread: thread}); err != nil {
			t.Fatal(err)
		}
	}
	b := open(t, d, 1280, 800, fmt.Sprintf("who=501&chat=%d", forum))
	b.sees("#log", "话题 2")
	b.sees("#log", "话题 3")
	b.sees(".topic", "停车")
	b.shot("topics")
	b.click(`[data-thread="3"]`)
	b.until(`!document.querySelector("#log").innerText.includes("话题 2")`)
	b.write("安静：电梯修好了\r")
	b.sees(".item.mine", "电梯修好了")
	b.click(`[data-thread="2"]`)
	b.until(`!document.querySelector("#log").innerText.includes("电梯修好了")`)
	b.click(`[data-thread="0"]`)
	b.sees(".item.mine", "电梯修好了")
}

func TestStickerAndVoice(t *testing.T) {
	b := open(t, begin(t), 1280, 800, inGroup(501))
	for _, kind := range []string{"sticker", "voice"} {
		b.click("#attach")
		b.click(`[data-attach="` + kind + `"]`)
		b.until(`document.querySelector(".item.mine .` + kind + `")`)
	}
	b.sees(".line .last", "语音")
}

func TestBlock(t *testing.T) {
	b := open(t, begin(t), 1280, 800, fmt.Sprintf("who=501&chat=%d", botID))
	b.click("#start")
	b.sees(".item:not(.mine)", "你好")
	b.click("#block")
	b.sees(".blocked", "停用")
	b.gone("#compose")
	b.click("#block")
	b.sees("#compose", "")
}

func TestLinksToTheBot(t *testing.T) {
	b := open(t, begin(t), 1280, 800, inGroup(501))
	b.write("https://t.me/xingfuli_bot?start=abc\r")
	b.click(".item.mine .text a")
	b.sees(".headline h2", "幸福里小帮手")
	b.sees(".item.mine .bubble", "/start abc")
	b.click(".item.mine .command")
	b.until(`document.querySelectorAll(".item.mine").length === 2`)
}

// TestComesBack lets the connection break and expects what was missed.
func TestComesBack(t *testing.T) {
	d := begin(t)
	b := open(t, d, 1280, 800, inGroup(501))
	b.write("一\r")
	b.sees(".item:not(.mine)", "你说：一")
	d.page.CloseClientConnections()
	if _, err := d.sim.Do(t.Context(), 502, group, saying("安静：掉线时说的")); err != nil {
		t.Fatal(err)
	}
	b.sees("#log", "掉线时说的")
	b.until(`document.querySelectorAll(".item").length === 3`)
	b.gone("#offline")
	b.mu.Lock()
	b.console = nil // the browser complains about the break
	b.mu.Unlock()
}
