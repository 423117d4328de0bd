package menu

import (
	"slices"
	"testing"

	"xingfuli/bot/calendar"
)

// TestFavorites picks what a person likes of what is served where they live.
func TestFavorites(t *testing.T) {
	t.Parallel()
	day := Day{Date: calendar.Date{Year: 2026, Month: 11, Day: 24}, Meals: []Serving{
		{Meal: Lunch, Dishes: []Dish{{Name: "番茄炒蛋"}, {Name: "红烧肉"}, {Name: "清蒸鱼", Gone: true}}},
		{Meal: Dinner, Dishes: []Dish{{Name: "西红柿炒蛋"}, {Name: "紅燒肉"}}},
	}}
	one, two := Canteen{ID: "one", Communities: []string{"anju"}}, Canteen{ID: "two", Communities: []string{"xinju"}}
	offers := Offers([]Answer{
		{Kind: Served, Canteen: one, Day: day}, {Kind: Served, Canteen: two, Day: day},
		{Kind: Closed, Canteen: one, Day: day}, {Kind: Gone, Canteen: one, Day: day}, {Kind: Past, Canteen: one, Day: day},
		{Kind: Served, Canteen: one},
	})
	if len(offers) != 2 || !slices.Equal(offers[0].Dishes, []string{"番茄炒蛋", "红烧肉"}) {
		t.Fatalf("offers: %v", offers)
	}
	likes := func(names ...string) Favorites {
		f := Favorites{Dishes: map[string]string{}}
		for _, n := range names {
			f.Dishes[DishKey(n)] = n
		}
		return f
	}
	muted := likes("红烧肉")
	muted.Muted = true
	tests := []struct {
		name, home string
		f          Favorites
		want       [][]string
	}{
		{"another name of a food", "anju", likes("西紅柿炒蛋"), [][]string{{"番茄炒蛋"}}},
		{"two at once", "anju", likes("红烧肉", "番茄炒蛋"), [][]string{{"番茄炒蛋", "红烧肉"}}},
		{"any canteen for who has not said where they live", "", likes("红烧肉"), [][]string{{"红烧肉"}, {"红烧肉"}}},
		{"no canteen where they live", "else", likes("红烧肉"), nil},
		{"part of a name is another dish", "anju", likes("肉", "红烧"), nil},
		{"sold out", "anju", likes("清蒸鱼"), nil},
		{"muted", "anju", muted, nil},
		{"none", "anju", Favorites{}, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var got [][]string
			for _, treat := range tt.f.Among(offers, tt.home) {
				got = append(got, treat.Dishes)
			}
			if !slices.EqualFunc(got, tt.want, slices.Equal) {
				t.Errorf("%v, want %v", got, tt.want)
			}
		})
	}
	if a, b := DishMark("番茄炒蛋"), DishMark("西紅柿炒蛋"); a != b || len(a) != 16 {
		t.Errorf("marks %q and %q", a, b)
	}
}
