package sim

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
)

func TestPolls(t *testing.T) {
	tests := []struct{ name, body, want string }{
		{"12 options", `"question":"q","options":[` + strings.TrimSuffix(strings.Repeat(`{"text":"a"},`, 12), ",") + `]`, "ok"},
		{"13 options", `"question":"q","options":[` + strings.TrimSuffix(strings.Repeat(`{"text":"a"},`, 13), ",") + `]`, "Bad Request: poll can't have more than 12 options"},
		{"1 option", `"question":"q","options":[{"text":"a"}]`, "ok"},
		{"none", `"question":"q","options":[]`, "Bad Request: poll must have at least 1 option"},
		{"texts", `"question":"q","options":["a","b"]`, "ok"},
		{"empty option", `"question":"q","options":["a"," "]`, "Bad Request: poll options must be non-empty"},
		{"option of 101", `"question":"q","options":["` + strings.Repeat("长", 101) + `"]`, "Bad Request: poll options length must not exceed 100"},
		{"question of 300", `"question":"` + strings.Repeat("长", 300) + `","options":["a"]`, "ok"},
		{"question of 301", `"question":"` + strings.Repeat("长", 301) + `","options":["a"]`, "Bad Request: poll question length must not exceed 300"},
		{"no question", `"options":["a"]`, `Bad Request: parameter "question" is required in sendPoll`},
		{"open for 4 s", `"question":"q","options":["a"],"open_period":4`, "Bad Request: poll can be open for 5-2628000 seconds"},
		{"open for a month", `"question":"q","options":["a"],"open_period":2628000`, "ok"},
		{"quiz", `"question":"q","options":["a"],"type":"quiz","correct_option_id":0`, "ok"},
		{"quiz of go", `"question":"q","options":["a"],"type":"quiz","correct_option_ids":[1]`, "Bad Request: wrong correct option ID specified"},
		{"kind", `"question":"q","options":["a"],"type":"war"`, "Bad Request: unsupported poll type specified"},
	}
	s := started(t)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := ask(t, s, "sendPoll", `{"chat_id":101,%s}`, tt.body).String(); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
	t.Run("votes", func(t *testing.T) {
		s := started(t)
		id := must(t, s, "sendPoll", `{"chat_id":%d,"question":"q","options":["a","b"],"is_anonymous":false,"open_period":60}`, theGroup).id()
		vote := func(who int64, options ...int) error { return s.Vote(t.Context(), who, theGroup, id, options) }
		for _, err := range []error{vote(resident, 0), vote(cook, 1), vote(cook, 0), vote(resident)} {
			if err != nil {
				t.Error(err)
			}
		}
		if err := vote(resident, 0, 1); !errors.Is(err, ErrPoll) {
			t.Error("two answers:", err)
		}
		if err := vote(resident, 2); !errors.Is(err, ErrPoll) {
			t.Error("no such option:", err)
		}
		var answers []any
		for _, u := range fetch(t, s) {
			if a := u["poll_answer"]; a != nil {
				answers = append(answers, fmt.Sprint(dig(a, "user", "id"), dig(a, "option_ids")))
			}
		}
		if got := fmt.Sprint(answers); got != "[101 [0] 102 [1] 102 [0] 101 []]" {
			t.Error(got)
		}
		if m, _ := s.Message(cook, theGroup, id); m.Poll.Total != 1 || m.Poll.Options[0] != (PollOption{Text: "a", Votes: 1, Mine: true}) {
			t.Errorf("%+v", m.Poll)
		}
		if err := s.Move(t.Context(), time.Minute); err != nil {
			t.Fatal(err)
		}
		if list := fetch(t, s); len(list) != 1 || dig(list[0], "poll", "is_closed") != true {
			t.Error(list)
		}
		if err := vote(resident, 0); !errors.Is(err, ErrPoll) {
			t.Error("closed:", err)
		}
		if r := ask(t, s, "stopPoll", `{"chat_id":%d,"message_id":%d}`, theGroup, id); r.String() != "Bad Request: poll has already been closed" {
			t.Error(r)
		}
	})
	t.Run("anonymous", func(t *testing.T) {
		s := started(t)
		id := must(t, s, "sendPoll", `{"chat_id":101,"question":"q","options":["a","b"],"allows_multiple_answers":true}`).id()
		if err := s.Vote(t.Context(), resident, s.Bot().ID, id, []int{0, 1}); err != nil {
			t.Fatal(err)
		}
		if list := fetch(t, s); len(list) != 1 || dig(list[0], "poll", "total_voter_count") != 1.0 {
			t.Error(list)
		}
	})
	t.Run("by a clock that runs", func(t *testing.T) {
		s := started(t, func(o *Options) { o.Stopped = false })
		must(t, s, "sendPoll", `{"chat_id":101,"question":"q","options":["a"],"open_period":600}`)
		if err := s.Move(t.Context(), 10*time.Minute); err != nil {
			t.Fatal(err)
		}
		if m := s.History(resident, s.Bot().ID, 0, 1); !m[0].Poll.Closed {
			t.Error("still open")
		}
	})
}
