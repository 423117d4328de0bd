package config

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
	_ "time/tzdata" // as in main: there may be no zoneinfo on the machine
)

func TestExample(t *testing.T) {
	got, err := Load("../../config.example.yaml", nil)
	if err != nil {
		t.Fatal(Explain(err, true))
	}
	if want := Default(); !reflect.DeepEqual(got, want) {
		t.Errorf("the example is %v, want the defaults %v", got, want)
	}
	data, err := os.ReadFile("../../config.example.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for path := range got.fields() {
		name := path[strings.LastIndexByte(path, '.')+1:]
		if !strings.Contains(string(data), " "+name+":") && !strings.Contains(string(data), "\n"+name+":") {
			t.Errorf("the example lacks %s", path)
		}
	}
}

func TestDefault(t *testing.T) {
	for _, data := range []string{"", "\n", "# only a comment\n", "---\n", "\ufeff", "telegram:\n", "admins:\nquiet:\nredis: {}\n", "telegram: {token: }"} {
		got, err := load("config.yaml", []byte(data), nil)
		if err != nil {
			t.Errorf("load(%q): %v", data, err)
		} else if !reflect.DeepEqual(got, Default()) {
			t.Errorf("load(%q) = %v, want the defaults", data, got)
		}
	}
	if err := Default().Ready(); err == nil {
		t.Error("the defaults are ready, without a token")
	}
	noon := time.Date(2026, 1, 1, 12, 0, 0, 0, Default().Location())
	if _, offset := noon.Zone(); offset != 8*3600 {
		t.Errorf("the default zone is %d seconds east, want 8 hours", offset)
	}
}

func TestAll(t *testing.T) {
	got, err := load("config.yaml", []byte(`
telegram:
  token: 123:abc_D-e
  api_url: http://127.0.0.1:8081/
  proxy: socks5://u:p@10.0.0.1:1080
  mode: webhook
  webhook: {url: "https://bot.example/hook", listen: "127.0.0.1:8080", secret: "s_-1", cert: c.pem, key: k.pem}
  limits: {per_second: 0, per_chat_second: 0.5, per_group_minute: 1000.0}
redis:
  url: redis+sentinel://u:p@h1:26379,h2/0?master_name=m
  dir: /var/lib/x
  prefix: "t:"
timezone: UTC
language: en
quiet: "13:30-14:00"
admins:
- 5
- 9007199254740993
notice: {second_person_over: 30}
`), nil)
	if err != nil {
		t.Fatal(Explain(err, true))
	}
	want := Config{
		Telegram: Telegram{
			Token: "123:abc_D-e", APIURL: "http://127.0.0.1:8081", Proxy: "socks5://u:p@10.0.0.1:1080", Mode: Webhooks,
			Webhook: Webhook{URL: "https://bot.example/hook", Listen: "127.0.0.1:8080", Secret: "s_-1", Cert: "c.pem", Key: "k.pem"},
			Limits:  Limits{PerSecond: 0, PerChatSecond: 0.5, PerGroupMinute: 1000},
		},
		Redis:    Redis{URL: "redis+sentinel://u:p@h1:26379,h2/0?master_name=m", Dir: "/var/lib/x", Prefix: "t:"},
		Timezone: "UTC", Language: "en", Quiet: Quiet{13*60 + 30, 14 * 60}, Admins: []int64{5, 9007199254740993}, Notice: Notice{30},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %#v\nwant %#v", got, want)
	}
	if err := got.Ready(); err != nil {
		t.Error(err)
	}
}

// TestFaults has a file for each mistake, and wants all of them: place, key, what
// is wrong, and the hint.
func TestFaults(t *testing.T) {
	tests := []struct {
		name, file string
		want       []string
	}{
		{"a misspelled key", "telegram:\n  mdoe: polling\n", []string{"2:3 telegram.mdoe unknown mode"}},
		{"several", "telegram:\n  tokn: x\n  poll: 1\nzone: UTC\n", []string{"2:3 telegram.tokn unknown token", "3:3 telegram.poll unknown api_url, limits, mode, proxy, token, webhook", "4:1 zone unknown admins, language, notice, quiet, redis, telegram, timezone"}},
		{"a key in the wrong place", "token: x\n", []string{"1:1 token unknown telegram.token"}},
		{"a deep one", "telegram:\n  webhook: {urll: x}\n", []string{"2:13 telegram.webhook.urll unknown url"}},
		{"a key twice", "language: en\nquiet: \"\"\nlanguage: en\n", []string{"3:1 language twice "}},
		{"a section twice", "redis: {dir: a}\nredis: {prefix: b}\n", []string{"2:1 redis twice "}},
		{"text for a section", "redis: localhost\n", []string{"1:8 redis section dir, prefix, url"}},
		{"a list for all", "- telegram\n", []string{"1:1  section admins, language, notice, quiet, redis, telegram, timezone"}},
		{"text for all", "hello\n", []string{"1:1  section admins, language, notice, quiet, redis, telegram, timezone"}},
		{"a section for text", "timezone: {a: b}\n", []string{"1:11 timezone not_text "}},
		{"a number for text", "redis:\n  prefix: 1\n  dir: true\n", []string{"2:11 redis.prefix not_text ", "3:8 redis.dir not_text "}},
		{"an alias", "timezone: &z UTC\nlanguage: *z\n", []string{"1:11 timezone not_text ", "2:11 language not_text "}},
		{"text for a number", "telegram:\n  limits: {per_second: fast, per_chat_second: \"1\"}\n", []string{"2:24 telegram.limits.per_second not_number ", "2:47 telegram.limits.per_chat_second not_number "}},
		{"negative numbers, listed together", "telegram:\n  limits:\n    per_second: -1\n    per_group_minute: -0.5\nlanguage: de\n", []string{"3:17 telegram.limits.per_second limit ", "4:23 telegram.limits.per_group_minute limit ", "5:11 language choice "}},
		{"no number", "telegram:\n  limits: {per_second: .nan, per_chat_second: .inf}\n", []string{"2:24 telegram.limits.per_second not_number ", "2:47 telegram.limits.per_chat_second not_number "}},
		{"another mode", "telegram: {mode: pollin}\n", []string{"1:18 telegram.mode choice polling"}},
		{"another language", "language: zh-CN\n", []string{"1:11 language choice "}},
		{"no such zone", "timezone: Asia/Wenzhou\n", []string{"1:11 timezone timezone "}},
		{"an empty zone", "timezone: \"\"\n", []string{"1:11 timezone timezone "}},
		{"quiet without an end", "quiet: \"22:00\"\n", []string{"1:8 quiet quiet "}},
		{"quiet past midnight", "quiet: 22:00-24:00\n", []string{"1:8 quiet quiet "}},
		{"quiet as it begins", "quiet: 22:00-22:00\n", []string{"1:8 quiet quiet "}},
		{"quiet as a number", "quiet: 22\n", []string{"1:8 quiet not_text "}},
		{"no whole number", "notice: {second_person_over: -1}\n", []string{"1:30 notice.second_person_over not_count "}},
		{"half a person", "notice: {second_person_over: 0.5}\n", []string{"1:30 notice.second_person_over not_count "}},
		{"one admin", "admins: 5\n", []string{"1:9 admins not_ids "}},
		{"bad admins", "admins: [5, -1, 0, x, 5, \"7\", 99999999999999999999, 9223372036854775808, 1.5]\n", []string{"1:13 admins not_ids ", "1:17 admins not_ids ", "1:20 admins not_ids ", "1:23 admins twice_id ", "1:26 admins not_ids ", "1:31 admins not_ids ", "1:53 admins not_ids ", "1:74 admins not_ids "}},
		{"api_url", "telegram: {api_url: api.telegram.org}\n", []string{"1:21 telegram.api_url http "}},
		{"proxy", "telegram: {proxy: \"ftp://x\"}\n", []string{"1:19 telegram.proxy proxy "}},
		{"token", "telegram: {token: abc}\n", []string{"1:19 telegram.token token "}},
		{"secret", "telegram: {webhook: {secret: \"a b\"}}\n", []string{"1:30 telegram.webhook.secret secret "}},
		{"a long secret", "telegram: {webhook: {secret: " + strings.Repeat("x", 257) + "}}\n", []string{"1:30 telegram.webhook.secret secret "}},
		{"webhook without a url", "telegram: {mode: webhook}\n", []string{"1:18 telegram.webhook.url https "}},
		{"webhook without https", "telegram: {mode: webhook, webhook: {url: \"http://a.b\"}}\n", []string{"1:42 telegram.webhook.url https "}},
		{"cert alone", "telegram: {webhook: {cert: a.pem}}\n", []string{"1:28 telegram.webhook.cert pair "}},
		{"key alone", "telegram: {webhook: {key: a.pem}}\n", []string{"1:27 telegram.webhook.cert pair "}},
		{"listen", "telegram: {webhook: {listen: 8443}}\n", []string{"1:30 telegram.webhook.listen not_text "}},
		{"listen without a colon", "telegram: {webhook: {listen: \"8443\"}}\n", []string{"1:30 telegram.webhook.listen listen "}},
		{"redis by http", "redis: {url: \"http://h\"}\n", []string{"1:14 redis.url redis "}},
		{"redis without a host", "redis: {url: \"redis://\"}\n", []string{"1:14 redis.url redis "}},
		{"sentinel without a master", "redis: {url: \"redis+sentinel://a,b/0\"}\n", []string{"1:14 redis.url redis "}},
		{"sentinel without a host", "redis: {url: \"redis+sentinel://a,/0?master_name=m\"}\n", []string{"1:14 redis.url redis "}},
		{"prefix", "redis: {prefix: \"a b\"}\n", []string{"1:17 redis.prefix prefix "}},
		{"an empty prefix", "redis: {prefix: \"\"}\n", []string{"1:17 redis.prefix prefix "}},
		{"a hash tag for prefix", "redis: {prefix: \"{a}\"}\n", []string{"1:17 redis.prefix prefix "}},
		{"an empty dir", "redis: {dir: \"\"}\n", []string{"1:14 redis.dir dir "}},
		{"a tab", "telegram:\n\tmode: polling\n", []string{"2:1  tab "}},
		{"an open bracket", "admins: [1, 2\n", []string{"1:9  bracket "}},
		{"a closed bracket", "admins: 1, 2]\n", []string{"1:9 admins not_ids "}},
		{"an open brace", "redis: {dir: x\n", []string{"1:8  bracket "}},
		{"an open quote", "timezone: \"UTC\n", []string{"1:11  quote "}},
		{"no space behind the colon", "language: en\nquiet:\"\"\n", []string{"2:1  syntax "}},
		{"indented wrongly", "redis:\n  dir: x\n   prefix: y\n", []string{"2:8  syntax "}},
		{"two documents", "language: en\n---\nlanguage: zh-Hans\n", []string{"3:9  documents "}},
		{"not UTF-8", "language: \xff\n", []string{"0:0  encoding "}},
		{"NUL", "language: \x00\n", []string{"0:0  encoding "}},
		{"too large", strings.Repeat("#\n", maxSize), []string{"0:0  large "}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := load("config.yaml", []byte(tt.file), nil)
			var e *Error
			if !errors.As(err, &e) {
				t.Fatalf("got %v, want an *Error", err)
			}
			var got []string
			for _, f := range e.Faults {
				got = append(got, fmt.Sprintf("%d:%d %s %s %s", f.Line, f.Column, f.Path, f.Key, f.Hint))
			}
			if !slices.Equal(got, tt.want) {
				t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(tt.want, "\n"))
			}
			for _, english := range []bool{true, false} {
				if s := Explain(err, english); strings.ContainsAny(strings.ReplaceAll(s, "{", ""), "}") && !strings.ContainsAny(tt.file, "{}") || strings.Contains(s, ": (") {
					t.Errorf("a word is missing or a value not filled in: %s", s)
				}
			}
		})
	}
}

func TestMissing(t *testing.T) {
	_, err := Load(filepath.Join(t.TempDir(), "config.yaml"), nil)
	if !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("got %v, want fs.ErrNotExist", err)
	}
	if s := Explain(err, false); !strings.Contains(s, "读不了这个文件") {
		t.Errorf("got %s", s)
	}
	if _, err := Load(t.TempDir(), nil); err == nil {
		t.Error("a directory is a configuration")
	}
}

func TestEnvironment(t *testing.T) {
	file := "telegram: {token: \"1:file\", webhook: {secret: file}}\nredis: {url: \"redis://file\"}\n"
	tests := []struct {
		name  string
		env   map[string]string
		token Secret
		hook  Secret
		redis Secret
	}{
		{"nothing", nil, "1:file", "file", "redis://file"},
		{"empty is not set", map[string]string{"TELEGRAM_BOT_TOKEN": "", "TELEGRAM_WEBHOOK_SECRET": " ", "REDIS_URL": "\n"}, "1:file", "file", "redis://file"},
		{"it wins", map[string]string{"TELEGRAM_BOT_TOKEN": "2:env\n", "TELEGRAM_WEBHOOK_SECRET": "env", "REDIS_URL": "redis://env"}, "2:env", "env", "redis://env"},
		{"no others", map[string]string{"TELEGRAM_MODE": "webhook", "TELEGRAM_TOKEN": "3:x", "LANGUAGE": "en"}, "1:file", "file", "redis://file"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := load("config.yaml", []byte(file), environ(tt.env))
			if err != nil {
				t.Fatal(err)
			}
			want := Default()
			want.Telegram.Token, want.Telegram.Webhook.Secret, want.Redis.URL = tt.token, tt.hook, tt.redis
			if !reflect.DeepEqual(got, want) {
				t.Errorf("got %#v, want %#v", got, want)
			}
		})
	}
	t.Run("a fault names the variable", func(t *testing.T) {
		_, err := load("config.yaml", []byte(file), environ(map[string]string{"TELEGRAM_BOT_TOKEN": "hunter2"}))
		if err == nil || !strings.Contains(err.Error(), "TELEGRAM_BOT_TOKEN: ") || strings.Contains(err.Error(), "config.yaml") || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("got %v", err)
		}
	})
	t.Run("it mends the file", func(t *testing.T) {
		if _, err := load("config.yaml", []byte("telegram: {token: oops}"), environ(map[string]string{"TELEGRAM_BOT_TOKEN": "1:x"})); err != nil {
			t.Error(err)
		}
	})
}

func environ(m map[string]string) func(string) (string, bool) {
	return func(name string) (string, bool) { v, ok := m[name]; return v, ok }
}

func TestReady(t *testing.T) {
	c := Default()
	c.Telegram.Mode = Webhooks
	err := c.Ready()
	var e *Error
	if !errors.As(err, &e) || len(e.Faults) != 2 {
		t.Fatalf("got %v, want two faults", err)
	}
	for english, wants := range map[bool][]string{true: {"2 settings", "TELEGRAM_BOT_TOKEN", "@BotFather", "TELEGRAM_WEBHOOK_SECRET"}, false: {"还差 2 项", "TELEGRAM_BOT_TOKEN", "TELEGRAM_WEBHOOK_SECRET"}} {
		for _, want := range wants {
			if got := Explain(err, english); !strings.Contains(got, want) {
				t.Errorf("%q is not in %s", want, got)
			}
		}
	}
	c.Telegram.Token, c.Telegram.Mode = "1:x", Polling
	if err := c.Ready(); err != nil {
		t.Error(err)
	}
}

func TestQuiet(t *testing.T) {
	tests := []struct {
		quiet, at string
		in        bool
		over      string
	}{
		{"22:00-07:00", "02 21:59", false, "02 21:59"},
		{"22:00-07:00", "02 22:00", true, "03 07:00"},
		{"22:00-07:00", "02 00:00", true, "02 07:00"},
		{"22:00-07:00", "02 06:59", true, "02 07:00"},
		{"22:00-07:00", "02 07:00", false, "02 07:00"},
		{"22:00-07:00", "31 23:30", true, "01 07:00"},
		{"12:00-13:30", "02 11:59", false, "02 11:59"},
		{"12:00-13:30", "02 12:00", true, "02 13:30"},
		{"12:00-13:30", "02 13:29", true, "02 13:30"},
		{"12:00-13:30", "02 13:30", false, "02 13:30"},
		{"22:00-00:00", "02 23:59", true, "03 00:00"},
		{"22:00-00:00", "02 00:00", false, "02 00:00"},
		{"00:00-07:00", "02 00:00", true, "02 07:00"},
		{"", "02 00:00", false, "02 00:00"},
		{"", "02 23:59", false, "02 23:59"},
	}
	for _, tt := range tests {
		q, ok := parseQuiet(tt.quiet)
		if !ok || q.String() != tt.quiet {
			t.Errorf("parseQuiet(%q) = %v, %v", tt.quiet, q, ok)
		}
		at, err := time.ParseInLocation("2006-01-02 15:04", "2026-03-"+tt.at, Default().Location())
		if err != nil {
			t.Fatal(err)
		}
		if got := q.In(at); got != tt.in {
			t.Errorf("%q holds at %s: %v, want %v", tt.quiet, tt.at, got, tt.in)
		}
		over := q.Over(at)
		if got := over.Format("02 15:04"); got != tt.over || q.In(over) {
			t.Errorf("%q is over %s at %s, want %s", tt.quiet, tt.at, got, tt.over)
		}
	}
}

func FuzzLoad(f *testing.F) {
	data, err := os.ReadFile("../../config.example.yaml")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(string(data))
	for _, s := range []string{"", "a: [", "telegram: {limits: {per_second: 1e999}}", "? a\n: b", "<<: *x", "a: &a [*a]", "admins: [0x1, 0b1, 1_000]", "telegram:\n\ttoken: x", "!!map {}", "%YAML 1.2\n---\n"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, data string) {
		c, err := load("config.yaml", []byte(data), nil)
		if err != nil {
			Explain(err, true)
			Explain(err, false)
			return
		}
		if c.Redis.Prefix == "" || c.Telegram.Limits.PerSecond < 0 || c.Language == "" {
			t.Errorf("%q is taken for %v", data, c)
		}
	})
}

// TestDeep wants an answer to the deepest file that there may be.
func TestDeep(t *testing.T) {
	for _, s := range []string{"[", "{", "- ", "? ", "a: ", "&a ", "!a ", "{a: "} {
		start := time.Now()
		if _, err := load("config.yaml", []byte(strings.Repeat(s, maxSize/len(s))), nil); err == nil {
			t.Errorf("%q is taken for a configuration", s)
		}
		t.Logf("%q: %v", s, time.Since(start))
	}
}
