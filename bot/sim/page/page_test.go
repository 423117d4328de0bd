package page

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"xingfuli/bot/sim"
)

// heard is one server-sent event.
type heard struct {
	id, event string
	data      map[string]any
}

// listen opens the page's stream and returns what comes, as it comes.
func (d *demo) listen(ctx context.Context, query, last string) <-chan heard {
	d.t.Helper()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, d.page.URL+"/events?"+query, nil)
	if err != nil {
		d.t.Fatal(err)
	}
	if last != "" {
		r.Header.Set("Last-Event-ID", last)
	}
	w, err := http.DefaultClient.Do(r)
	if err != nil {
		d.t.Fatal(err)
	}
	out := make(chan heard, 1000)
	go func() {
		defer close(out)
		defer func() { _ = w.Body.Close() }()
		var h heard
		lines := bufio.NewScanner(w.Body)
		lines.Buffer(nil, 1<<20)
		for lines.Scan() {
			key, value, _ := strings.Cut(lines.Text(), ": ")
			switch key {
			case "id":
				h.id = value
			case "event":
				h.event = value
			case "data":
				_ = json.Unmarshal([]byte(value), &h.data)
				out <- h
				h = heard{}
			}
		}
	}()
	return out
}

// await takes events until one satisfies ok.
func await(t *testing.T, from <-chan heard, what string, ok func(heard) bool) heard {
	t.Helper()
	late := time.After(limit)
	for {
		select {
		case h, open := <-from:
			if !open {
				t.Fatalf("the stream ended before %s", what)
			}
			if ok(h) {
				return h
			}
		case <-late:
			t.Fatalf("never heard %s", what)
		}
	}
}

func holds(text string) func(heard) bool {
	return func(h heard) bool {
		s, _ := h.data["html"].(string)
		return h.event == "message" && strings.Contains(s, text)
	}
}

func (d *demo) view(query string) map[string]any {
	d.t.Helper()
	code, body := d.get("/view?" + query)
	var v map[string]any
	if err := json.Unmarshal([]byte(body), &v); err != nil || code != http.StatusOK {
		d.t.Fatalf("view: %d %v", code, err)
	}
	return v
}

func (d *demo) epoch() string {
	d.t.Helper()
	_, body := d.get("/")
	_, rest, _ := strings.Cut(body, `data-epoch="`)
	epoch, _, _ := strings.Cut(rest, `"`)
	return epoch
}

func TestStreamReplays(t *testing.T) {
	d := begin(t)
	query := inGroup(501) + "&epoch=" + d.epoch()
	ctx, stop := context.WithCancel(t.Context())
	first := d.listen(ctx, query, "")
	d.post("/send", with(at(501, group), "text", "一"))
	seen := await(t, first, "the echo of 一", holds("你说：一"))
	stop()
	d.post("/send", with(at(501, group), "text", "二"))
	again := d.listen(t.Context(), query, seen.id)
	h := await(t, again, "二", func(h heard) bool {
		if holds("你说：一")(h) {
			t.Error("what was seen is told again")
		}
		return holds("二")(h)
	})
	if h.id == "" || h.id == seen.id {
		t.Errorf("id %q after %q", h.id, seen.id)
	}
}

func TestStreamStartsWhereTheViewEnded(t *testing.T) {
	d := begin(t)
	d.post("/send", with(at(501, group), "text", "先"))
	v := d.view(inGroup(501))
	d.post("/send", with(at(501, group), "text", "后"))
	from := d.listen(t.Context(), fmt.Sprintf("%s&epoch=%s&after=%.0f", inGroup(501), d.epoch(), v["seq"]), "")
	await(t, from, "后", holds("后"))
}

func TestStreamOfAnotherServerReloads(t *testing.T) {
	d := begin(t)
	from := d.listen(t.Context(), inGroup(501)+"&epoch=older&after=7", "7")
	await(t, from, "reload", func(h heard) bool { return h.event == "reload" })
}

func TestStreamKeepsSecrets(t *testing.T) {
	d := begin(t)
	from := d.listen(t.Context(), inGroup(501)+"&epoch="+d.epoch(), "")
	d.post("/send", with(at(502, botID), "text", "/start"))
	d.post("/send", with(at(502, botID), "text", "只给机器人看"))
	d.post("/send", with(at(502, group), "text", "给大家看"))
	await(t, from, "给大家看", func(h heard) bool {
		s, _ := h.data["html"].(string)
		if strings.Contains(s, "只给机器人看") {
			t.Error("somebody else's private chat is shown")
		}
		return holds("给大家看")(h)
	})
}

func with(m map[string]string, key, value string) map[string]string {
	m[key] = value
	return m
}

func TestFragmentsEscape(t *testing.T) {
	d := begin(t)
	d.sim.AddPerson(sim.Person{ID: 509, Key: "odd", Name: `<script>alert(1)</script>`, Role: `"><i>`})
	d.sim.AddGroup(sim.Group{ID: group - 1, Key: "odd", Title: `</script><img src=x onerror=alert(1)>`, Members: []int64{501, 509}})
	d.post("/send", with(at(509, group-1), "text", `<img src=x onerror=alert(2)> & "q"`))
	d.post("/send", at(509, group-1), [3]string{"document", `<svg onload=alert(3)>.html`, "<script>alert(4)</script>"})
	_, body := d.get(fmt.Sprintf("/?who=501&chat=%d", group-1))
	for _, bad := range []string{"<script>alert", "<img src=x", "<svg onload", `"><i>`} {
		if strings.Contains(body, bad) {
			t.Errorf("the page holds %s", bad)
		}
	}
	if !strings.Contains(body, "&lt;img src=x onerror=alert(2)&gt;") {
		t.Error("the message is not shown")
	}
}

func TestFilesCannotRun(t *testing.T) {
	d := begin(t)
	for _, f := range [][3]string{
		{"document", "page.html", "<html><script>alert(1)</script>"},
		{"document", "drawing.svg", `<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>`},
		{"document", "liar.png", "<html><script>alert(1)</script>"},
		{"photo", "not-a-photo.png", "<html>"},
		{"photo", "real.png", png},
	} {
		if code, body := d.post("/send", at(501, group), f); code != http.StatusOK {
			t.Fatalf("%s: %d %s", f[1], code, body)
		}
	}
	photos := 0
	for _, m := range d.sim.History(501, group, 0, 100) {
		for _, f := range m.Files {
			r, err := http.Get(d.page.URL + "/file/" + f.Path)
			if err != nil {
				t.Fatal(err)
			}
			code, _ := answered(t, r)
			kind, how := r.Header.Get("Content-Type"), r.Header.Get("Content-Disposition")
			if code != http.StatusOK || !strings.Contains(r.Header.Get("Content-Security-Policy"), "sandbox") {
				t.Errorf("%s: %d, policy %q", f.Name, code, r.Header.Get("Content-Security-Policy"))
			}
			if kind == "image/png" && f.Photo {
				photos++
			} else if kind != "application/octet-stream" || !strings.HasPrefix(how, "attachment") {
				t.Errorf("%s is served as %s, %q", f.Name, kind, how)
			}
		}
	}
	if photos != 1 {
		t.Errorf("%d photos, want 1", photos)
	}
	if code, _ := d.get("/file/../page.go"); code == http.StatusOK {
		t.Error("a file outside the world is served")
	}
}

func TestActsAreChecked(t *testing.T) {
	d := begin(t)
	tests := []struct {
		name, path string
		fields     map[string]string
		want       int
	}{
		{"a chat that is none", "/send", with(at(501, 12345), "text", "x"), 404},
		{"nothing to send", "/send", at(501, group), 409},
		{"a press on nothing", "/press", with(with(at(501, group), "message", "999"), "data", "x"), 409},
		{"a press without a message", "/press", at(501, group), 400},
		{"an edit of what is not one's own", "/edit", with(with(at(501, group), "message", "999"), "text", "x"), 409},
		{"a vote for no number", "/vote", with(with(at(501, group), "message", "1"), "options", "x"), 400},
		{"time stands still", "/move", with(at(501, group), "by", "0m"), 400},
		{"time runs back", "/move", with(at(501, group), "by", "-5m"), 400},
		{"time without end", "/move", with(at(501, group), "by", "9999999d"), 400},
		{"a jump that is none", "/move", with(at(501, group), "jump", "7"), 400},
		{"a tour that is none", "/tour", with(with(at(501, group), "tour", "9"), "at", "0"), 400},
		{"a step that is none", "/tour", with(with(at(501, group), "tour", "0"), "at", "9"), 400},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			code, body := d.post(tt.path, tt.fields)
			if code != tt.want || !strings.Contains(body, `"error":"`) {
				t.Errorf("%d %s, want %d with an explanation", code, body, tt.want)
			}
		})
	}
	t.Run("too big", func(t *testing.T) {
		code, body := d.post("/send", at(501, group), [3]string{"document", "big.bin", strings.Repeat("x", 21<<20)})
		if code != http.StatusRequestEntityTooLarge || !strings.Contains(body, "20 MB") {
			t.Errorf("%d %s", code, body)
		}
	})
}

func TestAhead(t *testing.T) {
	tests := map[string]time.Duration{
		"": 0, "m": 0, "5": 0, "90m": 90 * time.Minute, "2h": 2 * time.Hour, "1.5h": 90 * time.Minute, "1d": 24 * time.Hour,
		"366d": longest, "367d": 0, "-1h": 0, "0h": 0, "NaNh": 0, "Infd": 0, "1w": 0,
	}
	for in, want := range tests {
		if got := ahead(in); got != want {
			t.Errorf("ahead(%q) = %v, want %v", in, got, want)
		}
	}
}

func TestEmptyWorld(t *testing.T) {
	s := sim.New(sim.Options{})
	t.Cleanup(s.Close)
	d := &demo{t: t, sim: s, page: serve(t, New(s, Options{}))}
	if code, body := d.get("/"); code != http.StatusOK || !strings.Contains(body, zh("nobody")) {
		t.Errorf("%d %s", code, body)
	}
	if code, _ := d.get("/view"); code != http.StatusNotFound {
		t.Errorf("view of nobody: %d", code)
	}
	if code, _ := d.get("/assets/../page.go"); code == http.StatusOK {
		t.Error("a source file is served")
	}
}

func zh(key string) string { return words[key].zh }

func TestFirstAnswerIsFast(t *testing.T) {
	d := begin(t)
	for i := range 300 {
		if _, err := d.sim.Do(t.Context(), 501, group, saying(fmt.Sprintf("安静 %d", i))); err != nil {
			t.Fatal(err)
		}
	}
	d.get("/")
	best := time.Hour // the machine may be busy with other things
	for range 20 {
		began := time.Now()
		d.get("/?" + inGroup(501))
		best = min(best, time.Since(began))
	}
	if best > 50*time.Millisecond {
		t.Errorf("the page takes %v", best)
	}
}
