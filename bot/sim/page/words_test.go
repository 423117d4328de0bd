package page

import (
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"xingfuli/bot/sim"
)

var braces = regexp.MustCompile(`\{[a-z]+\}`)

func TestWordsAreComplete(t *testing.T) {
	for key, w := range words {
		if strings.TrimSpace(w.zh) == "" || strings.TrimSpace(w.en) == "" {
			t.Errorf("%s lacks a language: %+v", key, w)
		}
		zh, en := braces.FindAllString(w.zh, -1), braces.FindAllString(w.en, -1)
		slices.Sort(zh)
		slices.Sort(en)
		if strings.Join(zh, " ") != strings.Join(en, " ") {
			t.Errorf("%s: braces differ: %v and %v", key, zh, en)
		}
		if regexp.MustCompile(`\p{Han}`).MatchString(w.en) {
			t.Errorf("%s: hanzi in English: %s", key, w.en)
		}
	}
}

// TestHappenings has a line in both languages for whatever happens in a group.
func TestHappenings(t *testing.T) {
	for _, h := range []sim.Happening{sim.Pinned, sim.MadeTopic, sim.Added, sim.Removed, sim.Joined, sim.Left, sim.Grew, sim.GrownFrom} {
		d := sim.Deed{Did: h, By: "Ana", Of: "Lifts"}
		zh, en := look{lang: "zh-Hans"}.happened(d), look{lang: "en"}.happened(d)
		if zh != d.String() || en == "" || en == zh || strings.Contains(en, "{") {
			t.Errorf("%s: %q, %q, and the simulator says %q", h, zh, en, d)
		}
	}
}

// TestWordsAreUsed finds a word that nobody says and a key that is no word.
func TestWordsAreUsed(t *testing.T) {
	used := map[string]bool{"theme.auto": true, "theme.light": true, "theme.dark": true} // put together in page.html, as tour.… in tour.go
	for _, act := range acts {
		used["tour."+string(act)] = true
	}
	literal := regexp.MustCompile(`"([a-z]+(?:\.[a-z]+)*)"`)
	asked := regexp.MustCompile(`\bt(?: |\()"([^"]+)"`)
	for _, glob := range []string{"*.go", "assets/*.html", "assets/*.js"} {
		files, err := filepath.Glob(glob)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range files {
			if strings.HasSuffix(name, "_test.go") || name == "words.go" {
				continue
			}
			body, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range literal.FindAllStringSubmatch(string(body), -1) {
				used[m[1]] = true
			}
			if strings.HasSuffix(name, ".go") {
				continue
			}
			for _, m := range asked.FindAllStringSubmatch(string(body), -1) {
				if _, ok := words[m[1]]; !ok {
					t.Errorf("%s asks for %q, which is no word", name, m[1])
				}
			}
		}
	}
	for key := range words {
		if !used[key] {
			t.Errorf("%s is a word that nothing says", key)
		}
	}
}

func TestLanguage(t *testing.T) {
	tests := []struct{ name, query, cookie, header, want string }{
		{"nothing asked", "", "", "", "zh-Hans"},
		{"English browser", "", "", "en-GB,en;q=0.9", "en"},
		{"Taiwan", "", "", "zh-TW", "zh-Hans"},
		{"neither", "", "", "ru", "zh-Hans"},
		{"the address wins", "en", "zh-Hans", "zh-CN", "en"},
		{"the cookie is kept", "", "en", "zh-CN", "en"},
		{"nonsense", "x!", "", "en", "zh-Hans"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := httptest.NewRequest("GET", "/?lang="+tt.query, nil)
			r.Header.Set("Accept-Language", tt.header)
			if tt.cookie != "" {
				r.Header.Set("Cookie", "lang="+tt.cookie)
			}
			if got := langOf(r); got != tt.want {
				t.Errorf("langOf = %s, want %s", got, tt.want)
			}
		})
	}
}

// acts are what a step of a tour may do; "leave" is "tour.leave.group".
var acts = []sim.StepAct{
	sim.ActSay, sim.ActPress, sim.ActForge, sim.ActPhoto, sim.ActAlbum, sim.ActHTML, sim.ActFile, sim.ActSticker, sim.ActVoice, sim.ActEdit, sim.ActReply,
	sim.ActVote, sim.ActReact, sim.ActBlock, sim.ActUnblock, sim.ActJoin, sim.ActClock,
}

func TestEveryActHasWords(t *testing.T) {
	for _, act := range acts {
		if _, ok := words["tour."+string(act)]; !ok {
			t.Errorf("a tour cannot say %q", act)
		}
	}
}
