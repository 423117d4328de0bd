package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	"xingfuli/bot/text"
)

// township is people who talk to the bot: some send without waiting for answers, some
// converse.
type township struct {
	c   *town
	o   *oracle
	rnd *rand.Rand

	askers, pressers, typists []int64
	switchers, cooks          []int64
	groups, bound             []int64

	mu       sync.Mutex
	n        map[int64]int    // what was said in each chat
	menus    map[int64]int    // message with the days of the week
	langs    map[int64]int    // message with the languages
	wheres   map[int64]int    // message with the communities
	language map[int64]string // as it must be in the end
	home     map[int64]string
}

func newTownship(c *town, o *oracle, rnd *rand.Rand) *township {
	l := &township{
		c: c, o: o, rnd: rnd, n: map[int64]int{}, menus: map[int64]int{}, langs: map[int64]int{}, wheres: map[int64]int{},
		language: map[int64]string{}, home: map[int64]string{},
	}
	l.askers = c.people(1000, 26)
	l.pressers = c.people(1030, 14)
	l.typists = c.people(1050, 8)
	l.switchers = c.people(1060, 8)
	l.cooks = c.people(1070, 4)
	for i := range int64(20) {
		id := -1001000000000 - i
		c.group(id, l.askers...)
		if i < 14 {
			l.groups = append(l.groups, id)
		} else {
			l.bound = append(l.bound, id)
		}
	}
	return l
}

const (
	chinese = string(text.Chinese)
	english = string(text.English)
)

// words holds what tells an answer in one language from that in the other.
var words = map[string]struct{ set, keys, which string }{
	chinese: {"好，以后我说中文", "下面的大按钮也换好了", "您住在哪个小区"},
}

func init() {
	for _, l := range []string{chinese, english} {
		w := text.In(text.Language(l))
		words[l] = struct{ set, keys, which string }{w.Plain("chat.language_set", nil), w.Plain("chat.keys_changed", nil), w.Plain("community.which", map[string]any{"Closed": "", "Many": false})}
	}
}

// warm gets the messages that are pressed on later.
func (l *township) warm() {
	for _, who := range append(append([]int64{}, l.pressers...), l.switchers...) {
		l.o.say(who, who, "/menu 下周三", out{method: "sendMessage", text: "和食堂"})
		l.o.say(who, who, "/language", out{method: "sendMessage", text: "我跟您说哪种话"})
		l.o.say(who, who, "/where", out{method: "sendMessage", text: "您住在哪个小区"})
	}
	for _, who := range append(append([]int64{}, l.pressers...), l.switchers...) {
		if m, ok := l.o.await(who, 0, out{method: "sendMessage", text: "和食堂"}); ok {
			l.menus[who] = sentID(m)
		}
		if m, ok := l.o.await(who, 0, out{method: "sendMessage", text: "我跟您说哪种话"}); ok {
			l.langs[who] = sentID(m)
		}
		if m, ok := l.o.await(who, 0, out{method: "sendMessage", text: "您住在哪个小区"}); ok {
			l.wheres[who] = sentID(m)
		}
	}
}

// feed sends updates in until there were goal, never more than may tells at the time.
func (l *township) feed(goal int, may func() int) {
	var wg sync.WaitGroup
	ctx, cancel := context.WithCancel(l.c.t.Context())
	for _, who := range l.switchers {
		wg.Go(func() { l.repeat(ctx, func() { l.switches(who) }) })
	}
	for _, who := range l.cooks {
		wg.Go(func() { l.repeat(ctx, func() { l.publishes(who) }) })
	}
	beat := time.NewTicker(10 * time.Millisecond)
	defer beat.Stop()
	for l.o.count() < goal && !l.c.t.Failed() {
		<-beat.C
		if l.o.count() >= may() {
			continue
		}
		switch n := l.rnd.IntN(100); {
		case n < 32:
			l.asks(pick(l.rnd, l.askers))
		case n < 50:
			l.presses(pick(l.rnd, l.pressers))
		case n < 62:
			l.types(pick(l.rnd, l.typists))
		case n < 86:
			l.chats(pick(l.rnd, l.groups))
		default:
			l.binds(pick(l.rnd, l.bound))
		}
	}
	cancel()
	wg.Wait()
}

func pick(rnd *rand.Rand, ids []int64) int64 { return ids[rnd.IntN(len(ids))] }

func (l *township) repeat(ctx context.Context, f func()) {
	for ctx.Err() == nil && !l.c.t.Failed() {
		f()
	}
}

// next counts what is said in a chat.
func (l *township) next(chat int64) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.n[chat]++
	return l.n[chat]
}

// date is a day that no other question of the chat names, in months of which none ends
// like another.
func date(n int) string { return fmt.Sprintf("%d月%d日", 3+n/28%7, 1+n%28) }

// asks asks for a day in private, in one of several ways.
func (l *township) asks(who int64) {
	n := l.next(who)
	ask := []string{"/menu " + date(n), "/menu@xingfuli_bot " + date(n), date(n) + "吃什么", date(n) + "有什么菜"}[n%4]
	l.o.say(who, who, ask, out{method: "sendMessage", text: date(n)})
}

// presses presses one of three messages.
func (l *township) presses(who int64) {
	n := l.next(who)
	switch n % 5 {
	case 0: // a state that is written
		lang := []string{english, chinese}[n/5%2]
		l.o.press(who, who, l.langs[who], "language "+lang, out{method: "editMessageText", text: words[lang].set}, out{method: "sendMessage", text: words[lang].keys})
		l.set(who, lang)
	case 3:
		id, name := otherID, otherName
		if n/5%2 == 0 {
			id, name = homeID, homeName
		}
		l.o.press(who, who, l.wheres[who], "where "+id, out{method: "editMessageText", text: name})
		l.home[who] = id
	default:
		day := time.Date(2027, time.Month(3+n/28%7), 1+n%28, 0, 0, 0, 0, time.UTC)
		either := []string{date(n), day.Format("2 Jan")}
		l.o.press(who, who, l.menus[who], "menu hefan."+day.Format("2006-01-02"), out{method: "editMessageText", either: either})
	}
}

// types goes through a dialogue without waiting for what the bot says.
func (l *township) types(who int64) {
	n := l.next(who)
	switch n % 5 {
	case 1:
		l.o.say(who, who, "/setmenu", out{method: "sendMessage", text: "请把菜单直接粘贴给我"})
	case 2:
		l.o.say(who, who, "嗯嗯", out{method: "sendMessage", text: "我没看出哪天有什么菜"})
	case 3, 4:
		dish := mark(n)
		l.o.say(who, who, "周一"+dish+"、白菜；周三豆腐", out{method: "sendMessage", text: dish})
	default:
		l.o.say(who, who, "/cancel", out{method: "sendMessage", text: "好，不办了"})
	}
}

// mark is a dish that nobody has ever cooked.
func mark(n int) string {
	digits := []rune("甲乙丙丁戊己庚辛壬癸")
	var name []rune
	for _, d := range fmt.Sprintf("%04d", n) {
		name = append(name, digits[d-'0'])
	}
	return string(name) + "煲"
}

// chats talks in a group, now and then about the canteen.
func (l *township) chats(group int64) {
	n := l.next(group)
	who := pick(l.rnd, l.askers)
	switch n % 4 {
	case 0:
		l.o.say(who, group, "/menu@xingfuli_bot "+date(n), out{method: "sendMessage", text: date(n), reply: -1})
	case 2:
		ask := fmt.Sprintf("%d年%s食堂吃什么", 2027+n/196, date(n)) // another day each time: nothing is answered twice in ten minutes
		l.o.say(who, group, ask, out{method: "sendMessage", text: date(n), reply: -1})
	default:
		l.o.say(who, group, []string{"电梯又坏了", "谁家的猫跑出来了", "收快递了", "/weather@other_bot"}[n/2%4])
	}
}

// binds changes to which community a group belongs.
func (l *township) binds(group int64) {
	n := l.next(group)
	id, name := homeID, homeName
	if n%2 == 1 {
		id, name = otherID, otherName
	}
	l.o.say(pick(l.rnd, l.askers), group, "/bind "+name, out{method: "sendMessage", text: "本群已绑定「" + name + "」"})
	l.home[group] = id
}

// switches changes the language and asks: the answer must be in it.
func (l *township) switches(who int64) {
	n := l.next(who)
	lang := []string{english, chinese}[n%2]
	seq := l.o.latest()
	l.o.press(who, who, l.langs[who], "language "+lang, out{method: "editMessageText", text: words[lang].set}, out{method: "sendMessage", text: words[lang].keys})
	l.set(who, lang)
	if _, ok := l.o.await(who, seq, out{method: "sendMessage", text: words[lang].keys}); !ok {
		return
	}
	seq = l.o.latest()
	ask := out{method: "sendMessage", text: words[lang].which}
	l.o.say(who, who, "/where", ask)
	_, _ = l.o.await(who, seq, ask)
}

func (l *township) set(who int64, lang string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.language[who] = lang
}

const (
	published = "发布好了"
	meanwhile = "刚才有另一位同事"
	dropped   = "好，这份菜单不发了"
)

// publishes sends in a menu and publishes it, beside other cooks that do the same.
func (l *township) publishes(who int64) {
	n := l.next(who)
	dish := mark(n*10 + int(who%10))
	seq := l.o.latest()
	draft := out{method: "sendMessage", text: dish}
	l.o.say(who, who, "/setmenu 周一"+dish+"、白菜；周三豆腐", draft)
	m, ok := l.o.await(who, seq, draft)
	if !ok {
		return
	}
	if m.Error != "" { // it did not arrive
		gone := out{method: "sendMessage", text: "好，不办了"}
		l.o.say(who, who, "/cancel", gone)
		_, _ = l.o.await(who, m.Seq, gone)
		return
	}
	result := out{method: "editMessageText", either: []string{published, meanwhile}}
	seq = l.o.latest()
	l.o.press(who, who, sentID(m), buttons(m)[0], result)
	e, ok := l.o.await(who, seq, result)
	if !ok || !strings.Contains(e.Params["text"], meanwhile) {
		return
	}
	gone := out{method: "editMessageText", text: dropped}
	l.o.press(who, who, sentID(m), buttons(e)[1], gone)
	_, _ = l.o.await(who, e.Seq, gone)
}

// check compares what Redis has with what it must have.
func (l *township) check(t *testing.T) {
	ctx := context.Background()
	for chat, want := range l.language {
		k, err := l.c.store.Known(ctx, chat, chat)
		if err != nil || k.Person.Language != want {
			t.Errorf("%d speaks %q, %v; want %q", chat, k.Person.Language, err, want)
		}
	}
	for chat, want := range l.home {
		k, err := l.c.store.Known(ctx, chat, chat)
		if chat < 0 {
			k, err = l.c.store.Known(ctx, chat, l.askers[0])
		}
		if err != nil || k.Chat.Community != want {
			t.Errorf("%d belongs to %q, %v; want %q", chat, k.Chat.Community, err, want)
		}
	}
	l.checkMenus(t)
}

// checkMenus counts: each press that was told so has published once.
func (l *township) checkMenus(t *testing.T) {
	outcome := map[int64]map[string]bool{} // of each press, told apart by the message under it
	good, conflicts := 0, 0
	for _, c := range l.c.calls(0) {
		if c.Method != "editMessageText" || c.Chat < l.cooks[0] || c.Chat > l.cooks[len(l.cooks)-1] || strings.Contains(c.Params["text"], dropped) {
			continue
		}
		var id int64
		_, _ = fmt.Sscan(c.Params["message_id"], &id)
		id += c.Chat << 32
		if outcome[id] == nil {
			outcome[id] = map[string]bool{}
			if strings.Contains(c.Params["text"], published) {
				good++
			} else {
				conflicts++
			}
		}
		outcome[id][c.Params["text"][:len(published)]] = true // what else it says may be newer in another try
	}
	for id, texts := range outcome {
		if len(texts) != 1 {
			t.Errorf("the cook %d was told %v", id>>32, texts)
		}
	}
	ctx := context.Background()
	content, err := l.c.store.Content(ctx)
	if err != nil {
		t.Fatal(err)
	}
	menus, err := l.c.store.Menus(ctx, content, "hefan")
	if err != nil {
		t.Fatal(err)
	}
	versions := int64(0)
	for _, m := range menus {
		versions += m.Version
	}
	if want := int64(good + 2); versions != want { // the sample has two weeks
		t.Errorf("the menus have %d versions in all, want %d", versions, want)
	}
	t.Logf("%d menus published, %d refused because another was first", good, conflicts)
}
