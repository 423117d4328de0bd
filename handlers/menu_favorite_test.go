package handlers_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"xingfuli/bot/app"
	"xingfuli/bot/calendar"
	"xingfuli/bot/menu"
	"xingfuli/bot/queue"
)

// TestFavorites lets residents choose dishes and be told of them the evening before.
func TestFavorites(t *testing.T) {
	play(t, []script{
		{name: "two dishes, one message, at six", script: `
			resident: /menu 周二
			bot: 和食堂…
			| [周一] [周二] [周三] [周四]
			| [周五] [周六] [周日] [整周]
			| [看图（大字）] [收藏菜]
			resident: [收藏菜]
			bot*: 和食堂 明天（周二，11月24日）
			|
			| 点一下菜名就收藏（♥），再点一下就不收藏（♡）。哪天有收藏的菜，前一天晚上我私下告诉您。
			| [♡ 鸡肉炖土豆] [♡ 清蒸青鱼]
			| [♡ 清炒芥菜] [♡ 排骨豆腐汤]
			| [好了]
			resident: [♡ 清蒸青鱼]
			bot*: 和食堂…
			| [♡ 鸡肉炖土豆] [♥ 清蒸青鱼]
			| [♡ 清炒芥菜] [♡ 排骨豆腐汤]
			| [好了]
			resident: [♡ 排骨豆腐汤]
			bot*: 和食堂…
			resident: [♡ 清炒芥菜]
			bot*: 和食堂…
			resident: [♥ 清炒芥菜]
			bot*: 和食堂…
			| [♡ 鸡肉炖土豆] [♥ 清蒸青鱼]
			| [♡ 清炒芥菜] [♥ 排骨豆腐汤]
			| [好了]
			resident: [好了]
			bot*: 和食堂 明天（周二，11月24日）…
			clock: 2026-11-23 17:59
			bot: (silence)
			clock: 2026-11-23 18:01
			bot: 明天（周二，11月24日）和食堂有您收藏的清蒸青鱼、排骨豆腐汤。
			| [不再提醒]
			clock: 2026-11-30 17:00
			bot: (silence)
			clock: 2026-11-30 18:01
			bot: 明天（周二，12月1日）和食堂有您收藏的清蒸青鱼、排骨豆腐汤。…`},
		{name: "nobody is told any more with one tap, until they want it again", script: `
			resident: /menu 周二
			bot: 和食堂…
			resident: [收藏菜]
			bot*: 和食堂…
			resident: [♡ 清蒸青鱼]
			bot*: 和食堂…
			clock: 2026-11-23 18:01
			bot: 明天（周二，11月24日）和食堂有您收藏的清蒸青鱼。…
			resident: [不再提醒]
			bot!!: 好，不再提醒了。收藏都还在，想恢复就发 /favorites
			clock: 2026-11-30 18:01
			bot: (silence)
			resident: /favorites
			bot: 您收藏的菜，一共 1 道
			|
			| · 清蒸青鱼
			|
			| 提醒关着，不会告诉您。点一下菜名，就不收藏了。
			| [✕ 清蒸青鱼]
			| [恢复提醒]
			resident: [恢复提醒]
			bot*: 您收藏的菜…
			| [✕ 清蒸青鱼]
			| [不再提醒]`},
		{name: "reminders that are wanted again", script: `
			resident: /menu 周二
			bot: 和食堂…
			resident: [收藏菜]
			bot*: 和食堂…
			resident: [♡ 清蒸青鱼]
			bot*: 和食堂…
			resident: /favorites
			bot: 您收藏的菜…
			resident: [不再提醒]
			bot*: 您收藏的菜…
			resident: [恢复提醒]
			bot*: 您收藏的菜…
			clock: 2026-11-23 18:01
			bot: 明天（周二，11月24日）和食堂有您收藏的清蒸青鱼。…`},
		{name: "none after it was taken off", script: `
			resident: /favorites
			bot: 您还没有收藏菜。…
			resident: /menu 周二
			bot: 和食堂…
			resident: [收藏菜]
			bot*: 和食堂…
			resident: [♡ 清蒸青鱼]
			bot*: 和食堂…
			resident: /favorites
			bot: 您收藏的菜，一共 1 道…
			resident: [✕ 清蒸青鱼]
			bot*: 您还没有收藏菜。…
			clock: 2026-11-23 18:01
			bot: (silence)`},
		{name: "none on a closed day", script: `
			resident: /menu 周二
			bot: 和食堂…
			resident: [收藏菜]
			bot*: 和食堂…
			resident: [♡ 清蒸青鱼]
			bot*: 和食堂…
			cook: /canteen 休息 和食堂 11月24日 停电
			bot: …
			clock: 2026-11-23 18:01
			bot@resident: (silence)
			resident: [♥ 清蒸青鱼]
			bot*: 明天（周二，11月24日）食堂休息（停电）。…`},
		{name: "a group has no such button", script: `
			resident@group: 周二有什么菜
			bot@group: 和食堂…
			| [周一] [周二] [周三] [周四]
			| [周五] [周六] [周日] [整周]
			| [看图（大字）]
			resident@group: (forge favorite hefan.2026-11-24)
			bot!!: 这个按钮已经过时了…
			resident@group: (forge favorites)
			bot!!: 这个按钮已经过时了…
			resident@group: (forge favoritemute 1)
			bot!!: 这个按钮已经过时了…
			resident@group: (forge favoritestop)
			bot!!: 这个按钮已经过时了…`},
		{name: "forged presses", script: `
			resident: /menu 周二
			bot: 和食堂…
			resident: (forge favorite)
			bot!!: 这个按钮已经过时了…
			resident: (forge favorite hefan)
			bot!!: 这个按钮已经过时了…
			resident: (forge favorite hefan.2026-99-99)
			bot!!: 这个按钮已经过时了…
			resident: (forge favorite elsewhere.2026-11-24)
			bot!!: 这个按钮已经过时了…
			resident: (forge favorite hefan.2026-11-24.0123456789abcdef.1)
			bot!: 这道菜不在这天的菜单上了
			bot*: 和食堂…
			resident: (forge favorite hefan.2026-11-24~99)
			resident: (forge favorites 0123456789abcdef~7)
			bot*: 您还没有收藏菜。…
			resident: /favorites
			bot: 您还没有收藏菜。…`},
	})
}

// TestFavoritesFull refuses one too many in plain words, and pages what there is.
func TestFavoritesFull(t *testing.T) {
	t.Parallel()
	d := office(t)
	for i := range menu.MaxFavorites {
		if err := d.App.Store.Like(t.Context(), queue.Op(fmt.Sprint("like.", i)), 1001, fmt.Sprintf("好菜%02d", i)); err != nil {
			t.Fatal(err)
		}
	}
	if err := d.App.Store.Like(t.Context(), "like.again", 1001, "好菜07"); err != nil {
		t.Errorf("one of them again: %v", err)
	}
	if err := d.App.Store.Like(t.Context(), "like.more", 1001, "好菜99"); !errors.Is(err, menu.ErrFavorites) {
		t.Errorf("one too many: %v", err)
	}
	playIn(t, d, `
		resident: /menu 周二
		bot: …
		resident: [收藏菜]
		bot*: …
		resident: [♡ 清蒸青鱼]
		bot!!: 您收藏的菜已经有 50 道了。先发 /favorites 拿掉几道，再收藏新的。
		resident: /favorites
		bot: 您收藏的菜，一共 50 道…
		resident: [下一页]
		bot*: 您收藏的菜，一共 50 道…
		resident: [✕ 好菜08]
		bot*: 您收藏的菜，一共 49 道…· 好菜09…`)
}

// TestFavoritesPublished tells by the menu as it is when the messages are sent, of all canteens
// to who has not said where they live, and of none to who lives elsewhere.
func TestFavoritesPublished(t *testing.T) {
	t.Parallel()
	d := office(t)
	s := d.App.Store
	other := menu.Canteen{ID: "er", Name: "二食堂", Communities: []string{"xinju"}}
	tuesday := menu.Day{Date: calendar.Date{Year: 2026, Month: 11, Day: 24}, Meals: []menu.Serving{{Meal: menu.Lunch, Dishes: []menu.Dish{{Name: "清蒸青魚"}, {Name: "马铃薯丝"}}}}}
	week := menu.Menu{Canteen: "er", Monday: tuesday.Date.Monday(), Days: []menu.Day{tuesday}, At: monday}
	err := errors.Join(
		s.PutCanteen(t.Context(), "two", 0, other), s.PublishMenu(t.Context(), "two.menu", week),
		s.Like(t.Context(), "l1", 3002, "清蒸青鱼"), s.Like(t.Context(), "l2", 3002, "土豆丝"), s.Like(t.Context(), "l3", 1001, "土豆丝"),
	)
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Sim.Start(3002); err != nil {
		t.Fatal(err)
	}
	playIn(t, d, `
		resident: /where
		bot: …
		resident: [安居小区]
		bot*: …
		admin: /jobs
		bot: …前一天晚上提醒收藏的菜…
		clock: 2026-11-23 18:01
		bot@resident: (silence)
		bot@ana: 明天（周二，11月24日）有您收藏的菜：
		| · 二食堂：清蒸青魚、马铃薯丝
		| · 和食堂：清蒸青鱼
		| [不再提醒]`)
}

// TestFavoritesByHand shows a rehearsal to the admin alone, and tells nobody twice who was told
// by hand before it was time.
func TestFavoritesByHand(t *testing.T) {
	t.Parallel()
	d := office(t)
	playIn(t, d, "admin: /start\nbot: …\nresident: /start\nbot: …")
	if err := d.App.Store.Like(t.Context(), "l1", 1001, "清蒸青鱼"); err != nil {
		t.Fatal(err)
	}
	told := func(who int64) (n int) {
		for _, m := range d.Sim.History(who, d.Sim.Bot().ID, 0, 50) {
			n += strings.Count(m.Text, "清蒸青鱼")
		}
		return n
	}
	for i, r := range []queue.Run{{Rehearse: true}, {}, {}, {Rehearse: true}} {
		r.Schedule, r.Wall, r.Due, r.By = "favorites.evening", "2026-11-23 09:00", d.Sim.Now(), 1003
		if err := errors.Join(d.App.Store.RunSchedule(t.Context(), queue.Op(fmt.Sprint("run.", i)), r), d.App.Settle(t.Context())); err != nil {
			t.Fatal(err)
		}
		if got, want := told(1001), min(1, i); got != want {
			t.Errorf("after run %d the resident was told %d times, want %d", i, got, want)
		}
	}
	if err := d.Sim.Move(t.Context(), 12*time.Hour); err != nil {
		t.Fatal(err)
	}
	if got := [2]int{told(1001), told(1003)}; got != [2]int{1, 2} {
		t.Errorf("the resident and the admin were told %v times", got)
	}
}

// TestFavoritesHeld tells in the morning what the quiet hours have held up, in the words of that
// morning, and not who has taken the dish off meanwhile.
func TestFavoritesHeld(t *testing.T) {
	t.Parallel()
	d, err := app.NewDemo(t.Context(), app.DemoOptions{Start: at(23, 22, 30), Stopped: true, Fast: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(d.Close)
	s := d.App.Store
	playIn(t, d, "resident: /start\nbot: …\ncook: /start\nbot: …")
	r := queue.Run{Schedule: "favorites.evening", Wall: "2026-11-23 22:30", Due: d.Sim.Now(), By: 1003}
	err = errors.Join(
		s.Like(t.Context(), "l1", 1001, "清蒸青鱼"), s.Like(t.Context(), "l2", 1002, "清蒸青鱼"),
		s.RunSchedule(t.Context(), "run", r), d.App.Settle(t.Context()), s.Unlike(t.Context(), "l3", 1002, "清蒸青鱼"),
	)
	if err != nil {
		t.Fatal(err)
	}
	playIn(t, d, `
		bot@resident: (silence)
		clock: 2026-11-24 08:30
		bot@resident: 今天（周二，11月24日）和食堂有您收藏的清蒸青鱼。…
		bot@cook: (silence)`)
}
