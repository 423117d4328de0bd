package community

import (
	"errors"
	"testing"
)

func TestFind(t *testing.T) {
	all := []Community{{ID: "1", Name: "安居小区"}, {ID: "2", Name: "安居"}, {ID: "3", Name: "世纪花园小区"}, {ID: "4", Name: "世纪新城"}}
	tests := []struct {
		name, id string
	}{
		{"安居小区", "1"}, {" 安居小区 ", "1"}, {"安居", "2"}, {"世纪花园", "3"}, {"世纪", ""}, {"", ""}, {" ", ""}, {"丰润", ""}, {"小区", ""},
	}
	for _, tt := range tests {
		c, err := Find(tt.name, all)
		if c.ID != tt.id || (tt.id == "") != errors.Is(err, ErrUnknown) {
			t.Errorf("Find(%q) = %q, %v", tt.name, c.ID, err)
		}
	}
}
