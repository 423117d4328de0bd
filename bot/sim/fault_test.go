package sim

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

func TestFaults(t *testing.T) {
	const say = `{"chat_id":101,"text":"a"}`
	tests := []struct {
		name  string
		fault Fault
		want  string // status and body, "gone" without an answer
		sent  int    // messages that came through
	}{
		{"none", Fault{}, `200 {"ok":true,`, 1},
		{"delay only", Fault{Delay: time.Millisecond}, `200 {"ok":true,`, 1},
		{"502 instead", Fault{Status: 502, Body: "<html>"}, "502 <html>", 0},
		{"500 as the API", Fault{Status: 500}, `500 {"ok":false,"error_code":500,"description":"Internal Server Error"}`, 0},
		{"429", Fault{Status: 429, RetryAfter: 7}, `429 {"ok":false,"error_code":429,"description":"Too Many Requests: retry after 7","parameters":{"retry_after":7}}`, 0},
		{"502 after acting", Fault{Status: 502, Act: true}, `502 {"ok":false`, 1},
		{"closed before acting", Fault{Drop: true}, "gone", 0},
		{"closed after acting", Fault{Drop: true, Act: true}, "gone", 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := started(t)
			stop := s.Fail(func(method string, chat int64) *Fault {
				if method == "sendMessage" && chat == resident {
					return &tt.fault
				}
				return nil
			})
			api := httptest.NewServer(s.API())
			defer api.Close()
			post := func() string {
				resp, err := http.Post(api.URL+"/bot"+s.Bot().Token+"/sendmessage", "application/json", strings.NewReader(say))
				if err != nil {
					return "gone"
				}
				defer resp.Body.Close()
				var body strings.Builder
				_ = resp.Write(&body)
				_, text, _ := strings.Cut(body.String(), "\r\n\r\n")
				return resp.Status[:4] + text
			}
			if got := post(); !strings.HasPrefix(got, tt.want) {
				t.Errorf("got %q, want %q", got, tt.want)
			}
			if n := len(s.History(resident, s.Bot().ID, 0, 9)); n != tt.sent {
				t.Errorf("%d messages, want %d", n, tt.sent)
			}
			stop()
			if got := post(); !strings.HasPrefix(got, `200 {"ok":true`) {
				t.Error("without the fault:", got)
			}
			if c := s.Counts()["sendMessage"]; c.Calls != 2 || c.Refused != 0 {
				t.Errorf("%+v", c)
			}
		})
	}
}

func TestCalls(t *testing.T) {
	s := started(t, func(o *Options) { o.KeepCalls = 3 })
	for _, text := range []string{"a", "", "b", "c"} {
		ask(t, s, "sendMessage", `{"chat_id":101,"text":"%s"}`, text)
	}
	list := s.Calls(0)
	if len(list) != 3 || list[0].Params["chat_id"] != "101" || list[2].Params["text"] != "c" || list[2].Seq != 4 {
		t.Fatalf("%+v", list)
	}
	if c := list[0]; c.Status != 400 || c.Error != "Bad Request: message text is empty" || c.Chat != resident || c.Method != "sendMessage" || !c.At.Equal(startTime) {
		t.Errorf("%+v", c)
	}
	if got := s.Calls(3); len(got) != 1 || !json.Valid(got[0].Reply) {
		t.Errorf("%+v", got)
	}
	if n := s.Counts()["sendMessage"]; n != (Count{Calls: 4, Refused: 1}) {
		t.Errorf("%+v", n)
	}
}
