package notice

import (
	"errors"
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"xingfuli/bot/community"
)

// called names a topic as the texts would.
func called(t Topic) []string {
	if t.Name != "" {
		return []string{t.Name}
	}
	return []string{"名" + t.ID, "name of " + t.ID}
}

func TestTopicsAdd(t *testing.T) {
	t.Parallel()
	closed := TopicsOf([]Topic{{ID: "tea", Closed: true}, {ID: "t1", Name: "老年大学", Closed: true}, {ID: "t2", Name: "Bus"}})
	full := TopicsOf(nil)
	for i := len(full); i < MaxTopics; i++ {
		full = append(full, Topic{ID: fmt.Sprint("t", i), Name: fmt.Sprint("第", i)})
	}
	for _, tt := range []struct {
		name, add string
		ts        Topics
		want      Topic
		err       error
	}{
		{"a new one", "老年大学", TopicsOf(nil), Topic{ID: "t1", Name: "老年大学"}, nil},
		{"with another ID than all there ever were", "夜校", closed, Topic{ID: "t3", Name: "夜校"}, nil},
		{"one that was closed", "老年大学", closed, Topic{ID: "t1", Name: "老年大学"}, nil},
		{"a built-in one that was closed", "名tea", closed, Topic{ID: "tea"}, nil},
		{"a name that is taken", " bus ", closed, Topic{}, ErrTopicTwice},
		{"the other name of a built-in one", "Water", TopicsOf([]Topic{{ID: "water", Name: "Water"}}), Topic{}, ErrTopicTwice},
		{"no name", "  ", closed, Topic{}, community.ErrName},
		{"two words", "老年 大学", closed, Topic{}, community.ErrName},
		{"one too many", "夜校", full, Topic{}, ErrTopics},
	} {
		if got, err := tt.ts.Add(tt.add, called); got != tt.want || !errors.Is(err, tt.err) {
			t.Errorf("%s: %+v, %v; want %+v, %v", tt.name, got, err, tt.want, tt.err)
		}
	}
	if _, err := append(full, Topic{ID: "t99", Name: "旧", Closed: true}).Reopen("t99"); !errors.Is(err, ErrTopics) {
		t.Errorf("one too many was opened: %v", err)
	}
}

func TestTopicsChange(t *testing.T) {
	t.Parallel()
	ts := TopicsOf([]Topic{{ID: "t1", Name: "夜校"}})
	for _, tt := range []struct {
		name string
		do   func() (Topic, error)
		want Topic
		err  error
	}{
		{"rename", func() (Topic, error) { return ts.Rename("t1", "老年大学", called) }, Topic{ID: "t1", Name: "老年大学"}, nil},
		{"rename a built-in one", func() (Topic, error) { return ts.Rename("water", "停水", called) }, Topic{ID: "water", Name: "停水", Local: true}, nil},
		{"rename to its own name", func() (Topic, error) { return ts.Rename("t1", "夜校", called) }, Topic{ID: "t1", Name: "夜校"}, nil},
		{"rename to another's", func() (Topic, error) { return ts.Rename("water", "夜校", called) }, Topic{}, ErrTopicTwice},
		{"rename to nothing", func() (Topic, error) { return ts.Rename("t1", "", called) }, Topic{}, community.ErrName},
		{"close", func() (Topic, error) { return ts.Close("t1") }, Topic{ID: "t1", Name: "夜校", Closed: true}, nil},
		{"make local", func() (Topic, error) { return ts.SetLocal("t1", true) }, Topic{ID: "t1", Name: "夜校", Local: true}, nil},
		{"rename nothing", func() (Topic, error) { return ts.Rename("t9", "夜校", called) }, Topic{}, ErrTopic},
		{"close nothing", func() (Topic, error) { return ts.Close("t9") }, Topic{}, ErrTopic},
		{"open nothing", func() (Topic, error) { return ts.Reopen("t9") }, Topic{}, ErrTopic},
		{"make nothing local", func() (Topic, error) { return ts.SetLocal(NoNews, true) }, Topic{}, ErrTopic},
	} {
		if got, err := tt.do(); got != tt.want || !errors.Is(err, tt.err) {
			t.Errorf("%s: %+v, %v; want %+v, %v", tt.name, got, err, tt.want, tt.err)
		}
	}
}

// TestTopicsInvariants: whatever is done, IDs and names of open topics are each there once, not
// more are open than may be, none that there ever was is lost, and NoNews is none of them.
func TestTopicsInvariants(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var kept []Topic
		for range rapid.IntRange(0, 40).Draw(t, "changes") {
			ts := TopicsOf(kept)
			id := ts[rapid.IntRange(0, len(ts)-1).Draw(t, "which")].ID
			name := rapid.StringMatching(`[a-e]{1,2}`).Draw(t, "name")
			var changed Topic
			var err error
			switch rapid.IntRange(0, 3).Draw(t, "what") {
			case 0:
				changed, err = ts.Add(name, called)
			case 1:
				changed, err = ts.Rename(id, name, called)
			case 2:
				changed, err = ts.Close(id)
			case 3:
				changed, err = ts.Reopen(id)
			}
			if err != nil {
				continue
			}
			kept = append(kept, changed)
			after := TopicsOf(kept)
			if len(after) < len(ts) || len(after.Open()) > MaxTopics || after.IsOpen(NoNews) {
				t.Fatalf("%+v became %+v", ts, after)
			}
			seen := map[string]bool{}
			for _, x := range after {
				for _, s := range append(called(x), "#"+x.ID) {
					if seen[s] {
						t.Fatalf("%s is there twice in %+v", s, after)
					}
					seen[s] = true
				}
			}
		}
	})
}
