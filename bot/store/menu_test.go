package store

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"xingfuli/bot/calendar"
	"xingfuli/bot/community"
	"xingfuli/bot/menu"
	"xingfuli/bot/queue"
	"xingfuli/bot/store/redistest"
)

var (
	firstMonday = calendar.Date{Year: 2026, Month: 11, Day: 23}
	noon        = time.Date(2026, 11, 23, 12, 0, 0, 0, time.FixedZone("CST", 8*3600))
)

func aWeek(dish string, version int64) menu.Menu {
	day := menu.Day{Date: firstMonday, Meals: []menu.Serving{{Meal: menu.Lunch, Dishes: []menu.Dish{{Name: dish}}}}}
	return menu.Menu{Canteen: "he", Monday: firstMonday, Days: []menu.Day{day}, Version: version, At: noon}
}

func TestMenuVersions(t *testing.T) {
	each(t, func(t *testing.T, s *Store) {
		ctx := t.Context()
		publish := func(op queue.Op, dish string, was int64) error {
			return s.PublishMenu(ctx, op, aWeek(dish, was), community.Entry{At: noon, Who: 7, What: "menu.publish", After: dish})
		}
		for i, dish := range []string{"青鱼", "带鱼"} {
			for range 2 { // again, after a lost reply
				if err := publish(queue.UpdateOp(7, int64(i), 1), dish, int64(i)); err != nil {
					t.Fatal(err)
				}
			}
		}
		if err := publish("late", "虾", 1); !errors.Is(err, queue.ErrConflict) {
			t.Errorf("over a version that is not the newest: %v", err)
		}
		for version, want := range map[int64]string{1: "青鱼", 2: "带鱼", 3: "", 0: ""} {
			m, ok, err := s.MenuVersion(ctx, "he", firstMonday, version)
			if err != nil || ok != (want != "") || ok && (m.Days[0].Meals[0].Dishes[0].Name != want || m.Version != version) {
				t.Errorf("version %d is %+v, %v, %v", version, m, ok, err)
			}
		}
		if es, err := s.Audit(ctx, "", 10); err != nil || len(es) != 2 || es[0].After != "带鱼" || es[0].Who != 7 {
			t.Errorf("the trail has %+v, %v", es, err)
		}
		for i := int64(2); i < maxPast+5; i++ {
			if err := publish(queue.UpdateOp(7, 100+i, 1), "鱼", i); err != nil {
				t.Fatal(err)
			}
		}
		past := s.menuPastKey("he", firstMonday.String())
		if n := s.db.HLen(ctx, past).Val(); n != maxPast {
			t.Errorf("%d versions are kept, want %d", n, maxPast)
		}
		if ttl := s.db.TTL(ctx, past).Val(); ttl < keepPast-time.Minute || ttl > keepPast {
			t.Errorf("versions are kept for %v", ttl)
		}
	})
}

func TestSellOut(t *testing.T) {
	each(t, func(t *testing.T, s *Store) {
		ctx := t.Context()
		if err := s.PutCanteen(ctx, "canteen", 0, menu.Canteen{ID: "he", Name: "和食堂"}); err != nil {
			t.Fatal(err)
		}
		sold := func() string {
			t.Helper()
			n, err := s.Content(ctx)
			if err != nil {
				t.Fatal(err)
			}
			all, err := s.SoldOut(ctx, n, "he")
			if err != nil {
				t.Fatal(err)
			}
			var list []string
			for dish, date := range all {
				list = append(list, dish+date.String()[7:])
			}
			slices.Sort(list)
			return strings.Join(list, " ")
		}
		tuesday := firstMonday.AddDays(1)
		for _, step := range []struct {
			op     queue.Op
			date   calendar.Date
			dishes []string
			out    bool
			want   string
		}{
			{"1", firstMonday, []string{"青鱼", "虾"}, true, "虾-23 青鱼-23"},
			{"2", firstMonday, []string{"青鱼"}, false, "虾-23"},
			{"1", firstMonday, []string{"青鱼", "虾"}, true, "虾-23"}, // a late retry undoes nothing
			{"3", firstMonday, []string{"青菜"}, false, "虾-23"},
			{"4", tuesday, []string{"带鱼"}, true, "带鱼-24"}, // yesterday's marks are dropped
		} {
			e := community.Entry{At: noon, Who: 7, What: "menu.soldout"}
			if err := s.SellOut(ctx, step.op, "he", step.date, step.dishes, step.out, e); err != nil {
				t.Fatal(err)
			}
			if got := sold(); got != step.want {
				t.Errorf("after %s: %s, want %s", step.op, got, step.want)
			}
		}
		if es, err := s.Audit(ctx, "", 10); err != nil || len(es) != 4 {
			t.Errorf("the trail has %d entries, %v", len(es), err)
		}
		if ttl := s.db.TTL(ctx, s.soldOutKey("he")).Val(); ttl <= 0 || ttl > keepSold {
			t.Errorf("marks are kept for %v", ttl)
		}
	})
}

// TestShown: who was shown a day is found for two days, and nobody reads it off the keys.
func TestShown(t *testing.T) {
	each(t, func(t *testing.T, s *Store) {
		ctx := t.Context()
		group, person := queue.Chat{ID: -1001000000001, Thread: 3}, queue.Chat{ID: 1001}
		show := func(to queue.Chat, at time.Time, dates ...calendar.Date) {
			t.Helper()
			if err := s.Show(ctx, "he", dates, to, at); err != nil {
				t.Fatal(err)
			}
			if err := s.batch.do(ctx, func(context.Context, redis.Pipeliner) {}); err != nil { // what the turn writes at its end
				t.Fatal(err)
			}
		}
		tuesday := firstMonday.AddDays(1)
		show(group, noon, firstMonday, tuesday)
		show(person, noon.Add(time.Minute), tuesday)
		show(group, noon.Add(2*time.Minute), tuesday)
		show(queue.Chat{ID: 5}, noon) // an answer without dishes
		shown := func(d calendar.Date, at time.Time) []queue.Seen {
			t.Helper()
			list, err := New(s.db, "xf:").Shown(ctx, "he", d, at) // another replica
			if err != nil {
				t.Fatal(err)
			}
			return list
		}
		if got := shown(tuesday, noon.Add(time.Hour)); len(got) != 2 || got[0].Chat != person || got[1].Chat != group || !got[1].At.Equal(noon.Add(2*time.Minute)) {
			t.Errorf("shown Tuesday: %+v", got)
		}
		if got := shown(firstMonday, noon); len(got) != 1 || got[0].Chat != group {
			t.Errorf("shown Monday: %+v", got)
		}
		if got := shown(firstMonday.AddDays(2), noon); len(got) != 0 {
			t.Errorf("shown Wednesday: %+v", got)
		}
		if got := shown(tuesday, noon.Add(menu.Remembered+time.Minute)); len(got) != 1 || got[0].Chat != group {
			t.Errorf("two days later: %+v", got)
		}
		seen := map[string]bool{}
		for _, key := range s.db.Keys(ctx, "*shown:*").Val() {
			if ttl := s.db.TTL(ctx, key).Val(); ttl <= 0 || ttl > menu.Remembered {
				t.Errorf("%s is kept for %v", key, ttl)
			}
			for _, member := range s.db.ZRange(ctx, key, 0, -1).Val() {
				if strings.Contains(member, "1001") || len(member) != 16 || seen[member] {
					t.Errorf("%s has %q, seen before: %v", key, member, seen[member])
				}
				seen[member] = true
			}
		}
		// later ones push out who was shown it more than two days ago
		show(person, noon.Add(menu.Remembered+90*time.Second), tuesday)
		if n := s.db.ZCard(ctx, s.shownKey("he", tuesday.String())).Val(); n != 2 {
			t.Errorf("%d are remembered", n)
		}
	})
}

// TestAsked: an answer, a word that quotes it, and silence; each retry gets what its first
// try got, and another answer is given anew.
func TestAsked(t *testing.T) {
	each(t, func(t *testing.T, s *Store) {
		ctx := t.Context()
		asked := func(op queue.Op, question, answer string, want int) {
			t.Helper()
			got, err := s.Asked(ctx, op, -5, question, answer)
			if err != nil || got != want {
				t.Errorf("%s asks %s: %d, %v; want %d", op, question, got, err, want)
			}
		}
		answered := func(message int) {
			t.Helper()
			s.Answered(-5, "fish", message)
			if err := s.batch.do(ctx, func(context.Context, redis.Pipeliner) {}); err != nil {
				t.Fatal(err)
			}
		}
		asked("1", "fish", "a", 0)
		asked("1", "fish", "a", 0)
		asked("2", "fish", "a", 0) // the first was never answered
		answered(0)                // nor is it known whether this one was
		asked("3", "fish", "a", 0)
		answered(42)
		asked("4", "fish", "a", 42)
		asked("4", "fish", "a", 42)
		asked("5", "fish", "a", -1)
		asked("6", "meat", "a", 0)
		asked("7", "fish", "b", 0) // sold out since
		answered(43)
		asked("8", "fish", "b", 43)
		if ttl := s.db.TTL(ctx, s.askedKey(-5, "fish")).Val(); ttl <= 0 || ttl > keepAsked {
			t.Errorf("it is kept for %v", ttl)
		}
	})
}

// TestRide: what rides along makes no round trip, goes before who makes one, and waits
// when Redis is away.
func TestRide(t *testing.T) {
	t.Parallel()
	srv := redistest.Start(t)
	db, err := Open(srv.URL())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	s, ctx := New(db, "xf:"), t.Context()
	set := func(value string) {
		s.batch.ride(func(ctx context.Context, pipe redis.Pipeliner) redis.Cmder { return pipe.Set(ctx, "rode", value, 0) })
	}
	get := func(ctx context.Context) string {
		cmd, err := ask(ctx, s.batch, func(ctx context.Context, pipe redis.Pipeliner) *redis.StringCmd { return pipe.Get(ctx, "rode") })
		if err != nil {
			return err.Error()
		}
		return cmd.Val()
	}
	set("1")
	if n := db.Exists(ctx, "rode").Val(); n != 0 {
		t.Error("it went alone")
	}
	if got := get(ctx); got != "1" {
		t.Errorf("in the same trip: %q", got)
	}
	set("2")
	s.batch.db = failing{db}
	_ = get(ctx)
	s.batch.db = db
	if got := get(ctx); got != "2" {
		t.Errorf("after a trip that failed: %q", got)
	}
}

// failing is a Redis that no pipeline reaches.
type failing struct{ redis.UniversalClient }

func (f failing) Pipeline() redis.Pipeliner {
	dead := redis.NewClient(&redis.Options{Addr: "127.0.0.1:1", MaxRetries: -1, DialTimeout: 50 * ms})
	return dead.Pipeline()
}
