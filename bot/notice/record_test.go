package notice

import (
	"errors"
	"fmt"
	"reflect"
	"testing"
	"time"

	"xingfuli/bot/community"
)

var now = time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)

func written(when string) Notice {
	return New("n1", 7, Draft{Body: Body{HTML: "x"}, To: []Target{{Groups, "a"}}, When: when}, now)
}

func TestAgree(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		n      Notice
		person int64
		yes    bool
		want   State
		err    error
	}{
		{"at once", written(""), 8, true, Sent, nil},
		{"at its times", written("0 8 * * 1"), 8, true, Scheduled, nil},
		{"no", written(""), 8, false, Refused, nil},
		{"by its author", written(""), 7, true, Waiting, community.ErrSelf},
		{"no by its author", written(""), 7, false, Waiting, community.ErrSelf},
		{"by nobody", written(""), 0, true, Waiting, community.ErrSelf},
		{"too late", written("").Go(), 8, true, Sent, ErrOver},
	} {
		got, err := tt.n.Agree(tt.person, tt.yes)
		if !errors.Is(err, tt.err) || got.State != tt.want || err == nil && got.Second != tt.person {
			t.Errorf("%s: %+v, %v", tt.name, got, err)
		}
	}
}

func TestMoveStop(t *testing.T) {
	t.Parallel()
	n := written("0 8 * * 1")
	if _, err := n.Move("x", false); !errors.Is(err, ErrOver) {
		t.Errorf("what waits was moved: %v", err)
	}
	n = n.Go()
	moved, err := n.Move("0 9 * * 1", false)
	if err != nil || moved.When != "0 9 * * 1" || n.When != "0 8 * * 1" {
		t.Errorf("%+v, %v", moved, err)
	}
	stopped, err := moved.Stop()
	if err != nil || stopped.State != Stopped {
		t.Errorf("%+v, %v", stopped, err)
	}
	if _, err := stopped.Stop(); !errors.Is(err, ErrOver) {
		t.Errorf("stopped twice: %v", err)
	}
	if again, err := stopped.Move("0 8 * * 2", false); err != nil || again.State != Scheduled {
		t.Errorf("%+v, %v", again, err)
	}
	sent := n.End()
	if _, err := sent.Move("x", false); sent.State != Sent || !errors.Is(err, ErrOver) {
		t.Errorf("%+v, %v", sent, err)
	}
	if stopped.End().State != Stopped {
		t.Error("what was stopped has gone out")
	}
}

func TestDeliver(t *testing.T) {
	t.Parallel()
	n := written("").Go()
	for i := range maxDeliveries + 5 {
		before := n
		n = n.Deliver(fmt.Sprint(i), now.Add(time.Duration(i)*time.Hour))
		if len(before.Deliveries) > 0 && before.Deliveries[0] != fmt.Sprint(max(0, i-maxDeliveries)) {
			t.Fatal("the one before was changed")
		}
	}
	last := n.Deliver(fmt.Sprint(maxDeliveries+4), now)
	if len(n.Deliveries) != maxDeliveries || !last.Last.Equal(n.Last) || len(last.Deliveries) != maxDeliveries {
		t.Errorf("%d deliveries, the last at %v", len(n.Deliveries), last.Last)
	}
}

func TestShows(t *testing.T) {
	t.Parallel()
	n := written("")
	n.To = []Target{{Groups, "z"}}
	for _, tt := range []struct {
		name   string
		person int64
		g      community.Grants
		want   bool
	}{
		{"its author", 7, specialist, true},
		{"its author without a role", 7, community.Grants{}, false},
		{"an announcer", 8, crier, true},
		{"a specialist of that community", 8, community.Grants{community.Specialist: {"z"}}, true},
		{"another specialist", 8, specialist, false},
		{"nobody", 0, community.Grants{}, false},
	} {
		if got := n.Shows(tt.person, tt.g); got != tt.want {
			t.Errorf("%s: %t", tt.name, got)
		}
	}
	n.Author = 0 // cut out
	if n.Shows(0, specialist) {
		t.Error("an anonymous person is taken for an author who was cut out")
	}
}

// TestMove: other times need another word of a second person, and a correction has none.
func TestMove(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		was  Notice
		ask  bool
		want Notice
		err  error
	}{
		{"scheduled", Notice{State: Scheduled, When: "a", Second: 7}, false, Notice{State: Scheduled, When: "b", Second: 7}, nil},
		{"to be asked again", Notice{State: Scheduled, When: "a", Second: 7}, true, Notice{State: Waiting, When: "b"}, nil},
		{"stopped before anybody agreed", Notice{State: Stopped}, true, Notice{State: Waiting, When: "b"}, nil},
		{"waiting", Notice{State: Waiting}, true, Notice{State: Waiting}, ErrOver},
		{"sent", Notice{State: Sent}, false, Notice{State: Sent}, ErrOver},
		{"a correction", Notice{State: Stopped, Corrects: "d"}, false, Notice{State: Stopped, Corrects: "d"}, ErrOver},
	} {
		if got, err := tt.was.Move("b", tt.ask); !reflect.DeepEqual(got, tt.want) || !errors.Is(err, tt.err) {
			t.Errorf("%s: %+v, %v", tt.name, got, err)
		}
	}
}
