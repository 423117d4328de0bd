package app

import (
	"context"
	"fmt"
	"time"

	"xingfuli/bot/calendar"
	"xingfuli/bot/community"
	"xingfuli/bot/menu"
	"xingfuli/bot/queue"
	"xingfuli/bot/store"
)

// The sample's IDs.
const (
	sampleCommunity = "anju"
	sampleCanteen   = "hefan"
)

// ErrNotEmpty refuses the sample data where there is data already.
var ErrNotEmpty = fmt.Errorf("app: this Redis is not empty")

// Sample puts sample data into an empty store: the community 安居小区, its canteen 和食堂,
// and that canteen's menu of this week and the next. It returns ErrNotEmpty, and
// changes nothing, when there is data already.
//
// Monday's and Tuesday's dishes are those of the newspaper piece that the bot comes
// from (水头：用基层党建“撬动”民生幸福); the others are made up, phone numbers too.
func Sample(ctx context.Context, s *store.Store, now time.Time) error {
	empty, err := s.Empty(ctx)
	if err != nil {
		return err
	}
	if !empty {
		return ErrNotEmpty
	}
	home := community.Community{ID: sampleCommunity, Name: "安居小区", Contact: community.Contact{
		Title: "安居小区社区专员", Phone: "0577-00000001", Hours: "周一到周五 8:30–17:00",
	}}
	canteen := menu.Canteen{
		ID: sampleCanteen, Name: "和食堂", Communities: []string{home.ID}, Address: "安居小区 1 号楼一楼", Phone: "0577-00000002",
		Hours:  []menu.Opening{{Meal: menu.Lunch, Hours: menu.DefaultLunch}},
		Prices: []menu.Price{{Who: "70岁以上", Cents: 800}, {Who: "60到69岁", Cents: 1200}, {Who: "其他居民", Cents: 1500}},
	}
	if err := s.PutCanteen(ctx, "sample.canteen", 0, canteen); err != nil {
		return err
	}
	monday := calendar.Of(now).Monday()
	for i := range 2 {
		week := sampleWeek(monday.AddDays(7*i), now)
		if err := s.PublishMenu(ctx, queue.Op(fmt.Sprintf("sample.menu.%d", i)), week); err != nil {
			return err
		}
	}
	if err := putAnswers(ctx, s, now); err != nil {
		return err
	}
	return s.PutCommunity(ctx, "sample.community", 0, home) // last: what was interrupted before it is done again
}

var sampleDishes = [5][]string{
	{"红烧猪肉", "西红柿炒蛋", "清炒花菜", "紫菜虾米汤"},
	{"鸡肉炖土豆", "清蒸青鱼", "清炒芥菜", "排骨豆腐汤"},
	{"萝卜炖牛腩", "鱼香茄子", "蒜蓉空心菜", "冬瓜花蛤汤"},
	{"糖醋排骨", "肉末蒸蛋", "清炒丝瓜", "雪菜黄鱼汤"},
	{"梅干菜扣肉", "芹菜炒香干", "清炒包心菜", "番茄蛋花汤"},
}

// SampleWeek is the menu of the week of now in the sample data.
func SampleWeek(now time.Time) menu.Menu { return sampleWeek(calendar.Of(now).Monday(), now) }

func sampleWeek(monday calendar.Date, now time.Time) menu.Menu {
	m := menu.Menu{Canteen: sampleCanteen, Monday: monday, At: now}
	for i, date := range monday.Week() {
		d := menu.Day{Date: date, Closed: i >= len(sampleDishes)}
		if !d.Closed {
			lunch := menu.Serving{Meal: menu.Lunch}
			for _, name := range sampleDishes[i] {
				lunch.Dishes = append(lunch.Dishes, menu.Dish{Name: name})
			}
			d.Meals = []menu.Serving{lunch}
		}
		m.Days = append(m.Days, d)
	}
	return m
}
