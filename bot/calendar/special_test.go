package calendar

import (
	"errors"
	"testing"
	"time"
)

func TestSet(t *testing.T) {
	t.Parallel()
	first := Date{2027, time.January, 4}
	var own Specials
	var many []Special
	for i := range maxSpecials {
		many = append(many, Special{first.AddDays(maxSpecials - i), true, "节"})
	}
	own.Version = 3
	full, err := own.Set(many)
	if err != nil || len(full.Days) != maxSpecials || full.Version != 3 || !full.Days[0].Date.Before(full.Days[1].Date) {
		t.Fatalf("%d days, %v", len(full.Days), err)
	}
	again, err := full.Set([]Special{{first.AddDays(1), false, "班"}}) // one that is there becomes another one
	if err != nil || len(again.Days) != maxSpecials || again.Days[0].Rest || !full.Days[0].Rest {
		t.Errorf("set over another one: %+v, %v", again.Days[0], err)
	}
	if _, err := full.Set([]Special{{first, true, ""}}); !errors.Is(err, ErrSpecials) {
		t.Errorf("one too many: %v", err)
	}
	was, is := Holidays{}.With(full.Days), Holidays{}.With(again.Days)
	if list := was.Changes(is, first); len(list) != 1 || list[0].Is.Rest || !list[0].Was.Rest {
		t.Errorf("changed are %+v", list)
	}
	if list := was.Changes(is, first.AddDays(2)); len(list) != 0 {
		t.Errorf("changed from the day after on are %+v", list)
	}
	if list := was.Changes(Holidays{}, first); len(list) != maxSpecials || list[0].Is != (Special{}) {
		t.Errorf("all gone are %d", len(list))
	}
}

func TestSpecialOrder(t *testing.T) {
	t.Parallel()
	list, err := ParseSpecials([][]string{{"休", "2027-10-08", "国庆节"}, {"work", "2027/10/9"}})
	if err != nil || len(list) != 2 || !list[0].Rest || list[1].Rest || list[1].Date != (Date{2027, time.October, 9}) {
		t.Errorf("what first, then the date: %+v, %v", list, err)
	}
	if list, err := ParseSpecials([][]string{{"休", "2027-13-08"}}); err == nil {
		t.Errorf("a month that there is not: %+v", list)
	}
}
