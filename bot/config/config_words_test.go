package config

import (
	"io/fs"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	_ "time/tzdata" // as in main: there may be no zoneinfo on the machine
)

func TestExplain(t *testing.T) {
	_, err := load("config.yaml", []byte("telegram:\n  token: 123:hunter2 # mine\n  mdoe: polling\nlanguage: fr\n"), nil)
	for _, tt := range []struct {
		english bool
		want    string
	}{
		{true, `The configuration needs 2 corrections:

config.yaml:3:3: telegram.mdoe: there is no such key (did you mean mode?)
     2 |   token: ***
>    3 |   mdoe: polling
       |   ^

config.yaml:4:11: language: this must be zh-Hans | en
     3 |   mdoe: polling
>    4 | language: fr
       |           ^`},
		{false, `配置有 2 处要改：

config.yaml:3:3: telegram.mdoe: 没有这一项（是不是想写 mode？）
     2 |   token: ***
>    3 |   mdoe: polling
       |   ^

config.yaml:4:11: language: 只能写 zh-Hans | en
     3 |   mdoe: polling
>    4 | language: fr
       |           ^`},
	} {
		if got := Explain(err, tt.english); got != tt.want {
			t.Errorf("got\n%s\nwant\n%s", got, tt.want)
		}
	}
	if got := Explain(fs.ErrClosed, true); got != fs.ErrClosed.Error() {
		t.Errorf("another error is explained as %q", got)
	}
}

// TestWords wants words for every fault that the code can find, and no others.
func TestWords(t *testing.T) {
	used := map[string]bool{"title": true, "title_missing": true, "hint": true, "hints": true}
	for _, r := range rules {
		used[r.key] = true
	}
	for _, file := range []string{"load.go", "check.go"} {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for word := range words {
			if strings.Contains(string(data), `"`+word+`"`) {
				used[word] = true
			}
		}
		for _, key := range keyLiterals(string(data)) {
			if words[key] == ([2]string{}) {
				t.Errorf("%s: no words for %q", file, key)
			}
		}
	}
	for _, word := range slices.Sorted(maps.Keys(words)) {
		if !used[word] {
			t.Errorf("nobody says %q", word)
		}
		for _, field := range []string{"{n}", "{hint}", "{line}", "{choices}"} {
			if strings.Contains(words[word][0], field) != strings.Contains(words[word][1], field) {
				t.Errorf("%q has %s in one language only", word, field)
			}
		}
	}
}

// keyLiterals are the strings behind "Key:" and "key:" in Go code.
func keyLiterals(code string) []string {
	var all []string
	for _, part := range strings.Split(strings.ReplaceAll(code, "Key: \"", "key: \""), "key: \"")[1:] {
		key, _, _ := strings.Cut(part, `"`)
		all = append(all, key)
	}
	return all
}

func TestNear(t *testing.T) {
	for s, want := range map[string]string{"mdoe": "mode", "tokne": "token", "Mode": "mode", "web_hook": "webhook", "apiurl": "api_url", "limit": "limits", "zzz": "", "": ""} {
		if got := near(s, below((&Config{}).fields(), "telegram")); got != want {
			t.Errorf("near(%q) = %q, want %q", s, got, want)
		}
	}
}
