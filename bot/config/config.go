// Package config reads config.yaml: what differs from one installation of the
// bot to the next.
//
// What is not in the file keeps the default it has here. Three secrets may come
// from the environment and win over the file. Everything wrong with a file is
// told at once, with its place, by [Explain].
package config

import (
	"fmt"
	"log/slog"
	"regexp"
	"strings"
	"time"
)

// Config is a whole config.yaml. The file config.example.yaml explains each key.
type Config struct {
	Telegram Telegram
	Redis    Redis
	Timezone string // an IANA name; [Config.Location] loads it
	Language string // "zh-Hans" or "en"
	Quiet    Quiet  // nobody is written to unasked in these hours
	Admins   []int64
	Notice   Notice
}

// Notice is what holds for announcements.
type Notice struct {
	SecondPersonOver int // to more chats than this a second person must agree; 0: never
}

// Telegram is how the bot reaches Telegram and Telegram the bot.
type Telegram struct {
	Token   Secret // from BotFather
	APIURL  string // without a slash at the end
	Proxy   Secret // a URL, empty for none; it may hold a password
	Mode    string // Polling or Webhook
	Webhook Webhook
	Limits  Limits
}

// The two ways to take updates in.
const (
	Polling  = "polling"
	Webhooks = "webhook"
)

// Webhook is where Telegram brings updates in the mode [Webhooks].
type Webhook struct {
	URL    string // what Telegram is told
	Listen string // the address that the bot listens on
	Secret Secret
	Cert   string // paths of PEM files; both empty: plain HTTP behind a proxy
	Key    string
}

// Limits is how much the bot sends at most. 0 lifts a limit.
type Limits struct {
	PerSecond      float64 // messages to all chats
	PerChatSecond  float64 // messages per second to one chat
	PerGroupMinute float64 // messages per minute to one group
}

// Redis is where the bot keeps what it knows.
type Redis struct {
	URL    Secret // empty: the bot runs its own redis-server; it may hold a password
	Dir    string // where that server keeps its append-only file
	Prefix string // of every key
}

// Default is the configuration of an empty file. The limits are Telegram's.
//
// Source: "My bot is hitting limits", https://core.telegram.org/bots/faq.
func Default() Config {
	return Config{
		Telegram: Telegram{
			APIURL:  "https://api.telegram.org",
			Mode:    Polling,
			Webhook: Webhook{Listen: ":8443"},
			Limits:  Limits{PerSecond: 30, PerChatSecond: 1, PerGroupMinute: 20},
		},
		Redis:    Redis{Dir: "data", Prefix: "xf:"},
		Timezone: "Asia/Shanghai",
		Language: "zh-Hans",
		Quiet:    Quiet{From: 22 * 60, To: 7 * 60},
		Admins:   []int64{},
		Notice:   Notice{SecondPersonOver: 500},
	}
}

// fields is where each key of the file goes. A key that is not here is refused.
func (c *Config) fields() map[string]any {
	return map[string]any{
		"telegram.token":                   &c.Telegram.Token,
		"telegram.api_url":                 &c.Telegram.APIURL,
		"telegram.proxy":                   &c.Telegram.Proxy,
		"telegram.mode":                    &c.Telegram.Mode,
		"telegram.webhook.url":             &c.Telegram.Webhook.URL,
		"telegram.webhook.listen":          &c.Telegram.Webhook.Listen,
		"telegram.webhook.secret":          &c.Telegram.Webhook.Secret,
		"telegram.webhook.cert":            &c.Telegram.Webhook.Cert,
		"telegram.webhook.key":             &c.Telegram.Webhook.Key,
		"telegram.limits.per_second":       &c.Telegram.Limits.PerSecond,
		"telegram.limits.per_chat_second":  &c.Telegram.Limits.PerChatSecond,
		"telegram.limits.per_group_minute": &c.Telegram.Limits.PerGroupMinute,
		"redis.url":                        &c.Redis.URL,
		"redis.dir":                        &c.Redis.Dir,
		"redis.prefix":                     &c.Redis.Prefix,
		"timezone":                         &c.Timezone,
		"language":                         &c.Language,
		"quiet":                            &c.Quiet,
		"admins":                           &c.Admins,
		"notice.second_person_over":        &c.Notice.SecondPersonOver,
	}
}

// secrets is what the environment may say instead of the file.
var secrets = map[string]string{
	"TELEGRAM_BOT_TOKEN":      "telegram.token",
	"TELEGRAM_WEBHOOK_SECRET": "telegram.webhook.secret",
	"REDIS_URL":               "redis.url",
}

// Location is the time zone that the community lives in. [Load] has seen that
// there is one; it is UTC for a zone that does not exist.
func (c Config) Location() *time.Location {
	l, err := time.LoadLocation(c.Timezone)
	if err != nil {
		return time.UTC
	}
	return l
}

// String is c for a log, without its secrets.
func (c Config) String() string {
	type bare Config // no String, or this would never end
	return fmt.Sprintf("%+v", bare(c))
}

// LogValue is c for slog, without its secrets.
func (c Config) LogValue() slog.Value { return slog.StringValue(c.String()) }

// Secret is a string that prints without what must stay secret. string(s) is all
// of it.
type Secret string

// String is "***"; of a URL with a password also scheme and hosts.
func (s Secret) String() string {
	if s == "" {
		return ""
	}
	if m := address.FindStringSubmatch(string(s)); m != nil {
		return m[1] + "***@" + m[2]
	}
	return "***"
}

// address takes scheme and hosts out of a URL. What is before the last "@" may be
// a password, of a URL without one all may be; so may the query.
var address = regexp.MustCompile(`^([a-z0-9+]+://)[^?#]*@([A-Za-z0-9.:,_\[\]-]+)(?:[/?#].*)?$`)

// GoString is s for %#v.
func (s Secret) GoString() string { return fmt.Sprintf("%q", s.String()) }

// MarshalText is s for JSON and the like, which are for people to read here.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// LogValue is s for slog.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }

// Quiet is the hours [From, To) of each day, in minutes after midnight, over
// midnight when From is later. The zero value is no hours.
type Quiet struct{ From, To int }

// In tells whether t is in the quiet hours, by the clock of t's location.
func (q Quiet) In(t time.Time) bool {
	m := t.Hour()*60 + t.Minute()
	if q.From <= q.To {
		return q.From <= m && m < q.To
	}
	return q.From <= m || m < q.To
}

// Over is the first time from t on that is not in the quiet hours: t itself, or
// when they end.
func (q Quiet) Over(t time.Time) time.Time {
	if !q.In(t) {
		return t
	}
	y, m, d := t.Date()
	end := time.Date(y, m, d, q.To/60, q.To%60, 0, 0, t.Location())
	if !end.After(t) {
		end = time.Date(y, m, d+1, q.To/60, q.To%60, 0, 0, t.Location())
	}
	return end
}

// String is q as in the file: "22:00-07:00", or "" for no hours.
func (q Quiet) String() string {
	if q == (Quiet{}) {
		return ""
	}
	return fmt.Sprintf("%02d:%02d-%02d:%02d", q.From/60, q.From%60, q.To/60, q.To%60)
}

// parseQuiet reads "HH:MM-HH:MM" or "". Hours that end as they begin are refused:
// nobody can tell whether that is no time or all day.
func parseQuiet(s string) (Quiet, bool) {
	if s == "" {
		return Quiet{}, true
	}
	from, to, _ := strings.Cut(s, "-")
	a, err1 := time.Parse("15:04", strings.TrimSpace(from))
	b, err2 := time.Parse("15:04", strings.TrimSpace(to))
	q := Quiet{a.Hour()*60 + a.Minute(), b.Hour()*60 + b.Minute()}
	return q, err1 == nil && err2 == nil && q.From != q.To
}
