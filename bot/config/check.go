package config

import (
	"math"
	"net"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// rule is what a value must be. One that is not is noted at path, or where the
// file lacks that, at another key that made it necessary.
type rule struct {
	path, or string
	key      string   // of the words for a fault
	choices  []string // all there is, where there are few
	ok       func(Config) bool
}

// rules are the same whatever the command is; what only a running bot needs is in
// [Config.Ready].
//
// Sources: for the webhook's secret and its https, setWebhook in
// https://core.telegram.org/bots/api.
var rules = []rule{
	{path: "telegram.token", key: "token", ok: func(c Config) bool {
		return c.Telegram.Token == "" || tokenShape.MatchString(string(c.Telegram.Token))
	}},
	{path: "telegram.api_url", key: "http", ok: func(c Config) bool {
		return reachable(c.Telegram.APIURL, "http", "https")
	}},
	{path: "telegram.proxy", key: "proxy", ok: func(c Config) bool {
		return c.Telegram.Proxy == "" || reachable(string(c.Telegram.Proxy), "http", "https", "socks5")
	}},
	{path: "telegram.mode", key: "choice", choices: []string{Polling, Webhooks}, ok: func(c Config) bool {
		return c.Telegram.Mode == Polling || c.Telegram.Mode == Webhooks
	}},
	{path: "telegram.webhook.url", or: "telegram.mode", key: "https", ok: func(c Config) bool {
		return c.Telegram.Mode != Webhooks || reachable(c.Telegram.Webhook.URL, "https")
	}},
	{path: "telegram.webhook.listen", key: "listen", ok: func(c Config) bool {
		return listens(c.Telegram.Webhook.Listen)
	}},
	{path: "telegram.webhook.secret", key: "secret", ok: func(c Config) bool {
		secret := string(c.Telegram.Webhook.Secret)
		return len(secret) <= maxSecret && secretShape.MatchString(secret)
	}},
	{path: "telegram.webhook.cert", or: "telegram.webhook.key", key: "pair", ok: func(c Config) bool {
		return (c.Telegram.Webhook.Cert == "") == (c.Telegram.Webhook.Key == "")
	}},
	{path: "telegram.limits.per_second", key: "limit", ok: func(c Config) bool { return limit(c.Telegram.Limits.PerSecond) }},
	{path: "telegram.limits.per_chat_second", key: "limit", ok: func(c Config) bool { return limit(c.Telegram.Limits.PerChatSecond) }},
	{path: "telegram.limits.per_group_minute", key: "limit", ok: func(c Config) bool { return limit(c.Telegram.Limits.PerGroupMinute) }},
	{path: "redis.url", key: "redis", ok: func(c Config) bool { return c.Redis.URL == "" || redisURL(string(c.Redis.URL)) }},
	{path: "redis.dir", key: "dir", ok: func(c Config) bool { return c.Redis.URL != "" || strings.TrimSpace(c.Redis.Dir) != "" }},
	{path: "redis.prefix", key: "prefix", ok: func(c Config) bool {
		return c.Redis.Prefix != "" && !strings.ContainsAny(c.Redis.Prefix, " \t\r\n{}")
	}},
	{path: "timezone", key: "timezone", ok: func(c Config) bool {
		_, err := time.LoadLocation(c.Timezone)
		return err == nil && c.Timezone != ""
	}},
	{path: "language", key: "choice", choices: []string{"zh-Hans", "en"}, ok: func(c Config) bool {
		return c.Language == "zh-Hans" || c.Language == "en"
	}},
}

var (
	tokenShape  = regexp.MustCompile(`^[0-9]+:[A-Za-z0-9_-]+$`)
	secretShape = regexp.MustCompile(`^[A-Za-z0-9_-]*$`)
)

// maxSecret is the length of the longest secret. The pattern does not say so: counting to 256
// it would take a quarter of a megabyte and a third of the program's start.
const maxSecret = 256

// check notes each value that breaks its rule, and makes a good one uniform.
func (r *reader) check() {
	for _, rule := range rules {
		if rule.ok(r.config) {
			continue
		}
		f := Fault{Path: rule.path, Key: rule.key}
		if rule.choices != nil {
			f.Values = map[string]string{"choices": strings.Join(rule.choices, " | ")}
			f.Hint = near(*r.fields[rule.path].(*string), rule.choices)
		}
		if name, ok := r.env[rule.path]; ok {
			f.Path = name
			r.faults = append(r.faults, f)
			continue
		}
		at := r.places[rule.path]
		if at == nil {
			at = r.places[rule.or]
		}
		r.fault(at, f)
	}
	r.config.Telegram.APIURL = strings.TrimRight(r.config.Telegram.APIURL, "/")
}

// Ready is what only a bot that runs needs, and c lacks: one [*Error] with all
// of it, or nil.
func (c Config) Ready() error {
	var faults []Fault
	if c.Telegram.Token == "" {
		faults = append(faults, Fault{Path: "telegram.token", Key: "need_token"})
	}
	if c.Telegram.Mode == Webhooks && c.Telegram.Webhook.Secret == "" {
		faults = append(faults, Fault{Path: "telegram.webhook.secret", Key: "need_secret"})
	}
	if faults == nil {
		return nil
	}
	return &Error{Faults: faults}
}

func limit(n float64) bool { return n >= 0 && !math.IsInf(n, 1) }

// reachable tells whether s is a URL of one of the schemes, with a host.
func reachable(s string, schemes ...string) bool {
	u, err := url.Parse(s)
	return err == nil && slices.Contains(schemes, u.Scheme) && u.Hostname() != "" && u.RawQuery == "" && u.Fragment == ""
}

func listens(s string) bool {
	_, port, err := net.SplitHostPort(s)
	if err != nil {
		return false
	}
	_, err = strconv.ParseUint(port, 10, 16)
	return err == nil
}

// redisURL tells whether s is a URL of Redis: redis://, rediss://, unix:// with a
// path, or redis+sentinel:// with hosts and the name of a master.
func redisURL(s string) bool {
	if rest, ok := strings.CutPrefix(s, "redis+sentinel://"); ok {
		return sentinels(rest)
	}
	u, err := url.Parse(s)
	if err != nil {
		return false
	}
	switch u.Scheme {
	case "redis", "rediss":
		return u.Hostname() != ""
	case "unix":
		return u.Path != ""
	}
	return false
}

// sentinels reads "user:password@host:26379,host/0?master_name=m". [url.Parse]
// refuses several hosts with ports, so it gets them one by one.
func sentinels(s string) bool {
	end := strings.IndexAny(s, "/?")
	if end < 0 {
		return false
	}
	hosts, rest := s[:end], s[end:]
	user := ""
	if i := strings.LastIndexByte(hosts, '@'); i >= 0 {
		user, hosts = hosts[:i+1], hosts[i+1:]
	}
	for host := range strings.SplitSeq(hosts, ",") {
		u, err := url.Parse("redis://" + user + host + rest)
		if err != nil || u.Hostname() == "" || u.Query().Get("master_name") == "" {
			return false
		}
	}
	return true
}
