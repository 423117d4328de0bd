package store

import (
	"testing"

	"xingfuli/bot/community"
	"xingfuli/bot/menu"
	"xingfuli/bot/queue"
)

// TestCanteens: a closed canteen is offered nowhere and stays known, so that the next one gets
// another ID; an op that is done again changes nothing.
func TestCanteens(t *testing.T) { each(t, canteens) }

func canteens(t *testing.T, s *Store) {
	ctx := t.Context()
	steps := []struct {
		op     string
		change func(menu.Canteens) (menu.Canteen, error)
		want   menu.Canteen
		open   int
	}{
		{"1", func(all menu.Canteens) (menu.Canteen, error) { return all.Add("一食堂") }, menu.Canteen{ID: "k1", Name: "一食堂"}, 1},
		{"2", func(all menu.Canteens) (menu.Canteen, error) { return all.Close("k1") }, menu.Canteen{ID: "k1", Name: "一食堂", Closed: true}, 0},
		{"3", func(all menu.Canteens) (menu.Canteen, error) { return all.Add("二食堂") }, menu.Canteen{ID: "k2", Name: "二食堂"}, 1},
		{"1", func(all menu.Canteens) (menu.Canteen, error) { return all.Add("三食堂") }, menu.Canteen{ID: "k1", Name: "一食堂", Closed: true}, 1},
	}
	for i, st := range steps {
		got, err := s.EditCanteen(ctx, queue.Op(st.op), func(_ community.Directory, all menu.Canteens) (menu.Canteen, community.Entry, error) {
			c, err := st.change(all)
			return c, community.Entry{What: "canteen.test", About: c.Name}, err
		})
		if err != nil || got.Print() != st.want.Print() {
			t.Errorf("step %d: %+v, %v, want %+v", i, got, err, st.want)
		}
		n, err := s.Content(ctx)
		if err != nil {
			t.Fatal(err)
		}
		if list, err := s.Canteens(ctx, n); err != nil || len(list) != st.open {
			t.Errorf("step %d: open are %v, %v", i, list, err)
		}
	}
	trail, err := s.Audit(ctx, "", 10)
	if err != nil || len(trail) != 3 {
		t.Errorf("the trail has %v, %v", trail, err)
	}
}
