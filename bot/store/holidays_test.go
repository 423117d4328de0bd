package store

import (
	"errors"
	"testing"

	"xingfuli/bot/calendar"
	"xingfuli/bot/community"
	"xingfuli/bot/menu"
	"xingfuli/bot/queue"
)

// TestHolidays: what an admin has set stands before what is built in, for open canteens too; a
// second writer is refused, and the same op again changes nothing.
func TestHolidays(t *testing.T) { each(t, holidays) }

func holidays(t *testing.T, s *Store) {
	ctx := t.Context()
	day := calendar.Date{Year: 2027, Month: 10, Day: 8}
	if _, err := s.EditCanteen(ctx, "canteen", func(_ community.Directory, all menu.Canteens) (menu.Canteen, community.Entry, error) {
		c, err := all.Add("一食堂")
		return c, community.Entry{What: "canteen.test"}, err
	}); err != nil {
		t.Fatal(err)
	}
	rests := func(want bool, version int64) {
		t.Helper()
		h, v, err := s.Calendar(ctx)
		if err != nil || h.Workday(day) == want || v != version {
			t.Errorf("rests: %t, version %d, %v", !h.Workday(day), v, err)
		}
		n, err := s.Content(ctx)
		if err != nil {
			t.Fatal(err)
		}
		open, err := s.Canteens(ctx, n)
		if err != nil || len(open) != 1 || open[0].Public.Workday(day) == want {
			t.Errorf("the canteen rests: %v, %v", open, err)
		}
	}
	rests(false, 0)
	set := calendar.Specials{Days: []calendar.Special{{Date: day, Rest: true, Name: "国庆节"}}}
	for range 2 {
		if err := s.PutSpecials(ctx, "1", set, community.Entry{What: "holidays.set"}); err != nil {
			t.Fatal(err)
		}
	}
	rests(true, 1)
	if err := s.PutSpecials(ctx, "2", calendar.Specials{}, community.Entry{What: "holidays.set"}); !errors.Is(err, queue.ErrConflict) {
		t.Errorf("over a version that is not the newest: %v", err)
	}
	if err := s.PutSpecials(ctx, "3", calendar.Specials{Version: 1}, community.Entry{What: "holidays.reset"}); err != nil {
		t.Fatal(err)
	}
	rests(false, 2)
	if trail, err := s.Audit(ctx, "", 10); err != nil || len(trail) != 3 {
		t.Errorf("the trail has %v, %v", trail, err)
	}
}
