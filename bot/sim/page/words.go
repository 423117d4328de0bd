package page

import (
	"net/http"
	"strings"

	"golang.org/x/text/language"
)

// Languages are what the page speaks; the first is for whoever asks for another.
var languages = []string{"zh-Hans", "en"}

var matcher = language.NewMatcher([]language.Tag{language.SimplifiedChinese, language.English})

// langOf reads the wish from ?lang=, then from the cookie that keeps it, then
// from what the browser asks for.
func langOf(r *http.Request) string {
	wish := r.Header.Get("Accept-Language")
	if c, err := r.Cookie("lang"); err == nil {
		wish = c.Value
	}
	if q := r.URL.Query().Get("lang"); q != "" {
		wish = q
	}
	tags, _, err := language.ParseAcceptLanguage(wish)
	if err != nil || len(tags) == 0 {
		return languages[0]
	}
	_, i, _ := matcher.Match(tags...)
	return languages[i]
}

// say is the page's own word in a language; pairs fill its {braces}.
func say(lang, key string, pairs ...string) string {
	w := words[key]
	text := w.zh
	if lang == "en" {
		text = w.en
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		text = strings.ReplaceAll(text, "{"+pairs[i]+"}", pairs[i+1])
	}
	return text
}

// allWords is the table in one language, for the script.
func allWords(lang string) map[string]string {
	out := make(map[string]string, len(words))
	for key := range words {
		out[key] = say(lang, key)
	}
	return out
}

// pick takes the text of a language from what the caller of New gave.
func pick(m map[string]string, lang string) string {
	if s := m[lang]; s != "" {
		return s
	}
	return m[languages[0]]
}

type word struct{ zh, en string }

var words = map[string]word{
	// around the chats
	"skip":         {"直接去写消息", "Skip to writing"},
	"people":       {"换个人看看", "Who you are"},
	"you":          {"你", "You"},
	"chats":        {"聊天", "Chats"},
	"back":         {"返回聊天列表", "Back to chats"},
	"unread":       {"条新消息", "new"},
	"settings":     {"设置和帮助", "Settings and help"},
	"close":        {"关闭", "Close"},
	"ok":           {"好", "OK"},
	"cancel":       {"取消", "Cancel"},
	"noscript":     {"这个页面要打开浏览器的 JavaScript 才能聊天。", "Chatting here needs JavaScript turned on in your browser."},
	"nobody":       {"这里还没有人。", "There is nobody here yet."},
	"offline":      {"连接断了，正在重连…", "Connection lost, trying again…"},
	"language":     {"语言", "Language"},
	"theme":        {"外观", "Appearance"},
	"theme.auto":   {"跟随系统", "Same as device"},
	"theme.light":  {"浅色", "Light"},
	"theme.dark":   {"深色", "Dark"},
	"help":         {"按键", "Keys"},
	"help.people":  {"换第 1 到第 9 个人", "Be person 1 to 9"},
	"help.chats":   {"上一个、下一个聊天", "Previous, next chat"},
	"help.send":    {"发送", "Send"},
	"help.newline": {"换行", "New line"},
	"help.edit":    {"改上一句自己说的话（没写字的时候）", "Edit your last message (while nothing is typed)"},
	"help.esc":     {"关掉、取消、返回", "Close, cancel, back"},
	"help.slash":   {"看机器人的命令", "See the bot's commands"},

	// the clock
	"clock":        {"时间", "Clock"},
	"clock.title":  {"快进时间", "Move the clock"},
	"clock.now":    {"现在是", "It is now"},
	"stop":         {"。", "."},
	"clock.why":    {"定时的消息，到了点就会自己来。", "Scheduled messages come by themselves when their time has come."},
	"clock.by":     {"自己定：快进", "Your own: forward by"},
	"clock.unit":   {"单位", "Unit"},
	"clock.m":      {"分钟", "minutes"},
	"clock.h":      {"小时", "hours"},
	"clock.d":      {"天", "days"},
	"clock.go":     {"快进", "Go"},
	"clock.moved":  {"现在是 {time}", "It is now {time}"},
	"clock.moving": {"正在快进…", "Moving the clock…"},

	// the tour
	"tour":             {"带我看看", "Tour"},
	"tour.pick":        {"想看哪一段？", "What would you like to see?"},
	"tour.why":         {"每按一次「下一步」，就有人做一件事；机器人的回答是真的。想停就停。", "Each press of “Next” lets someone do one thing; the bot's answers are real. Stop whenever you like."},
	"tour.next":        {"下一步", "Next"},
	"tour.leave":       {"不看了", "Leave"},
	"tour.end":         {"看完了。现在可以自己随便试试。", "That was all. Now try anything yourself."},
	"tour.soon":        {"接下来", "Next"},
	"tour.did":         {"刚才", "Just now"},
	"tour.look":        {"看这里", "Look"},
	"tour.say":         {"{name}在「{chat}」说：{text}", "{name} in “{chat}”: {text}"},
	"tour.press":       {"{name}在「{chat}」按「{text}」", "{name} presses “{text}” in “{chat}”"},
	"tour.album":       {"{name}在「{chat}」一起发几张照片。{text}", "{name} sends photos as one to “{chat}”. {text}"},
	"tour.html":        {"{name}在「{chat}」发：{text}", "{name} says in “{chat}”: {text}"},
	"tour.photo":       {"{name}在「{chat}」发一张照片。{text}", "{name} sends a photo to “{chat}”. {text}"},
	"tour.file":        {"{name}在「{chat}」发文件 {file}", "{name} sends the file {file} to “{chat}”"},
	"tour.sticker":     {"{name}在「{chat}」发一张贴纸", "{name} sends a sticker to “{chat}”"},
	"tour.voice":       {"{name}在「{chat}」发一段语音", "{name} sends a voice message to “{chat}”"},
	"tour.edit":        {"{name}在「{chat}」把话改成：{text}", "{name} in “{chat}” changes it to: {text}"},
	"tour.reply":       {"{name}在「{chat}」回复机器人：{text}", "{name} in “{chat}” replies to the bot: {text}"},
	"tour.vote":        {"{name}在「{chat}」投票", "{name} votes in “{chat}”"},
	"tour.react":       {"{name}在「{chat}」回应 {text}", "{name} reacts with {text} in “{chat}”"},
	"tour.block":       {"{name}停用机器人", "{name} blocks the bot"},
	"tour.unblock":     {"{name}重新启用机器人", "{name} unblocks the bot"},
	"tour.join":        {"{name}进群「{chat}」", "{name} joins “{chat}”"},
	"tour.leave.group": {"{name}退群「{chat}」", "{name} leaves “{chat}”"},
	"tour.forge":       {"{name}在「{chat}」试一个假按钮", "{name} tries a forged button in “{chat}”"},
	"tour.clock":       {"时间快进：{text}", "The clock moves: {text}"},
	"tour.here":        {"看下面机器人的回答", "See the bot's answer below"},
	"tour.there":       {"去看「{chat}」里机器人说了什么", "Go and see what the bot says in “{chat}”"},
	"tour.toast":       {"看屏幕下方闪出的提示", "See the notice that pops up at the bottom"},
	"tour.changed":     {"看机器人把刚才那条消息改了", "See how the bot changed its message"},
	"tour.silence":     {"机器人这次不插话，这是对的", "The bot keeps quiet this time, as it should"},
	"tour.stuck":       {"这一步没有走通，可以再按一次，或者不看了。", "This step did not work. Press again, or leave."},
	"tour.busy":        {"请稍等…", "One moment…"},

	// a chat
	"bot":           {"机器人", "bot"},
	"members":       {"{n} 位成员", "{n} members"},
	"typing":        {"正在输入…", "typing…"},
	"topics":        {"话题", "Topics"},
	"topics.all":    {"全部", "All"},
	"pinned":        {"置顶消息", "Pinned message"},
	"messages":      {"消息", "Messages"},
	"older":         {"更早的消息", "Earlier messages"},
	"newest":        {"到最新的消息", "To the newest message"},
	"empty":         {"还没有人说话。", "Nobody has said anything yet."},
	"empty.start":   {"按下面的「开始」，机器人才能和你说话。", "Press “Start” below, then the bot may talk to you."},
	"empty.tour":    {"不知道从哪儿看起？按上面的「带我看看」。", " Not sure where to begin? Press “Tour” above."},
	"start":         {"开始", "Start"},
	"block":         {"停用机器人", "Block the bot"},
	"unblock":       {"重新启用机器人", "Unblock the bot"},
	"blocked":       {"你停用了机器人，它现在不能给你发消息。", "You blocked the bot. It cannot write to you."},
	"edited":        {"已编辑", "edited"},
	"reply":         {"回复", "Reply"},
	"delete":        {"删除", "Delete"},
	"copy":          {"复制文字", "Copy text"},
	"copied":        {"已复制", "Copied"},
	"more":          {"对{name}的这条消息做点什么", "Do something with this message of {name}"},
	"message.menu":  {"这条消息", "This message"},
	"react":         {"用 {emoji} 回应", "React with {emoji}"},
	"forwarded":     {"转自 {name}", "Forwarded from {name}"},
	"edit":          {"修改", "Edit"},
	"replying":      {"回复", "Reply to"},
	"editing":       {"修改这条消息", "Edit message"},
	"gone":          {"消息已删除", "Deleted message"},
	"quoted":        {"引用的消息", "Quoted message"},
	"toofar":        {"找不到那条消息了", "That message is not here any more"},
	"event.pinned":  {"{name} 置顶了一条消息", "{name} pinned a message"},
	"event.topic":   {"{name} 新建了话题：{of}", "{name} made the topic {of}"},
	"event.added":   {"{name} 邀请了 {of}", "{name} added {of}"},
	"event.removed": {"{name} 移出了 {of}", "{name} removed {of}"},
	"event.joined":  {"{name} 加入了群组", "{name} joined the group"},
	"event.left":    {"{name} 离开了群组", "{name} left the group"},
	"event.grew":    {"群组已升级为超级群组", "The group has become a supergroup"},
	"event.grown":   {"由群组升级而来", "This was a group before"},

	"photo":        {"照片", "Photo"},
	"photo.open":   {"看大图", "Enlarge the photo"},
	"file":         {"文件", "File"},
	"download":     {"下载", "Download"},
	"sticker":      {"贴纸", "Sticker"},
	"voice":        {"语音", "Voice"},
	"poll":         {"投票", "Poll"},
	"poll.open":    {"公开投票", "Public poll"},
	"poll.secret":  {"匿名投票", "Anonymous poll"},
	"poll.many":    {"可以多选", "more than one answer allowed"},
	"poll.closed":  {"投票已结束", "Poll closed"},
	"poll.total":   {"{n} 人投了票", "{n} voted"},
	"poll.none":    {"还没有人投票", "Nobody has voted yet"},
	"poll.vote":    {"投票", "Vote"},
	"poll.retract": {"收回我的票", "Take back my vote"},
	"poll.mine":    {"我选的", "my choice"},
	"link.opens":   {"在新窗口打开", "opens in a new window"},

	// writing
	"write":        {"写消息", "Message"},
	"send":         {"发送", "Send"},
	"save":         {"改好了", "Save"},
	"attach":       {"发照片、文件、贴纸或语音", "Send a photo, file, sticker or voice message"},
	"attach.photo": {"照片", "Photo"},
	"attach.file":  {"文件", "File"},
	"attached":     {"要发的东西", "To be sent"},
	"remove":       {"不发 {name} 了", "Leave {name} out"},
	"commands":     {"机器人的命令", "The bot's commands"},
	"keys":         {"快捷回复", "Quick replies"},
	"keys.toggle":  {"显示或收起快捷回复", "Show or hide quick replies"},
	"asgroup":      {"以群的名义匿名发", "Send as the group, anonymously"},
	"silent":       {"机器人没有回应这个按钮。", "The bot did not answer this button."},

	// what went wrong
	"err.any":     {"没有成功，请再试一次。", "That did not work. Please try again."},
	"err.big":     {"文件太大了，最多 20 MB。", "The file is too big: at most 20 MB."},
	"err.file":    {"这个文件发不出去，换一个试试。", "This file cannot be sent. Try another one."},
	"err.lost":    {"连不上了。演示还开着吗？", "Cannot reach the demo. Is it still running?"},
	"err.member":  {"你不在这个群里。", "You are not in this group."},
	"err.author":  {"只能改自己说的话。", "You can change only what you wrote."},
	"err.admin":   {"只有管理员可以这样做。", "Only administrators may do that."},
	"err.topic":   {"这个话题已经关了。", "This topic is closed."},
	"err.empty":   {"还没写字呢。", "There is nothing to send yet."},
	"err.long":    {"太长了，请分几次发。", "That is too long. Please send it in parts."},
	"err.poll":    {"这个投票不能这样投。", "The poll does not take this vote."},
	"err.chat":    {"找不到这个聊天。", "There is no such chat."},
	"err.time":    {"请写一个大于零的数。", "Please give a number above zero."},
	"err.foreign": {"这个页面只能在本机打开。", "This page can be opened on this computer only."},
}
