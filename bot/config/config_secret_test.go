package config

import (
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	_ "time/tzdata" // as in main: there may be no zoneinfo on the machine
)

// TestSecrets breaks files in many ways around a secret, and looks for it in all
// that is said.
func TestSecrets(t *testing.T) {
	files := []string{
		"telegram:\n  token: %s\n  mdoe: x\n",
		"telegram:\n  token: \"%s\n",
		"telegram:\n  token: '%s\n  mode: x\n",
		"telegram:\n\ttoken: %s\n",
		"telegram:\n  token %s\n",
		"telegram:\n  token:%s\n  mode: polling\n",
		"telegram:\n  tokn: %s\n",
		"telegram: {tokn: \"%s\", token: \"%s\", mode: x}\n",
		"telegram: {token: %s, mode: x}\n",
		"telegram: {token: a,%s, mode: x}\n",
		"telegram: {mode: x, %s}\n",
		"telegram: %s\n",
		"%s\n",
		"- %s\n",
		"%s: 1\nmode\n",
		"telegram:\n  webhook:\n    secret: >\n      %s x\n    urll: 1\n",
		"telegram:\n  webhook:\n    secret: |\n      %s\n     x: 1\n",
		"telegram:\n  webhook: {secret: \"a %s\"}\n",
		"telegram:\n  webhook:\n    secret: [%s]\n",
		"telegram:\n  webhook:\n    secret: {a: %s}\n",
		"telegram:\n  webhook:\n    secret:\n      - %s\n",
		"telegram:\n  proxy: ftp://u:%s@h\n",
		"redis:\n  url: redis//:%s@h\n",
		"redis:\n  url: http://:%s@h/0?x=y\n",
		"redis:\n  url: redis://:%s\n",
		"redis: {url: \"redis+sentinel://:%s@h\"}\n",
		"redis: http://:%s@h\n",
		"redis:\n  http://:%s@h\n",
		"redis:\n  url: redis://:a,%s@h@\n  dri: 1\n",
		"timezone: http://:%s@h\n",
		"language: en # was %s\n\tx",
		"telegram:\n  token: %s: x\n",
		"telegram:\n  token: [%s\n",
		"telegram:\n  token: &%s\n",
		"telegram:\n  token: *%s\n",
		"telegram:\n  token: !%s\n",
		"telegram:\n  token: \"\\%s\"\n",
	}
	for _, secret := range []string{"123456789:AAHhunter2_hunter2", "hunter2", "8237461"} {
		for _, file := range files {
			if secret != "123456789:AAHhunter2_hunter2" && (strings.HasPrefix(file, "%s: ") || strings.HasPrefix(file, "timezone")) {
				continue // no secret to anyone who reads the key
			}
			file = strings.ReplaceAll(file, "%s", secret)
			_, err := load("config.yaml", []byte(file), nil)
			if err == nil {
				if !strings.Contains(file, "language: en #") && !strings.Contains(file, "|\n") {
					t.Errorf("no fault in %q", file)
				}
				continue
			}
			var e *Error
			if !errors.As(err, &e) {
				t.Fatal(err)
			}
			all := err.Error() + Explain(err, true) + Explain(err, false) + fmt.Sprintf("%+v", e.Faults)
			if strings.Contains(all, "hunter2") || strings.Contains(all, "8237461") {
				t.Errorf("%q is told:\n%s", file, Explain(err, true))
			}
		}
	}
}

func TestSecretPrints(t *testing.T) {
	c := Default()
	c.Telegram.Token, c.Telegram.Webhook.Secret = "1:hunter2", "hunter2"
	c.Telegram.Proxy, c.Redis.URL = "http://u:hunter2@proxy:80", "redis+sentinel://:hunter/hunter2@a:1,b:2/0?sentinel_password=hunter2"
	var b strings.Builder
	slog.New(slog.NewJSONHandler(&b, nil)).Info("config", "config", c, "telegram", c.Telegram)
	slog.New(slog.NewTextHandler(&b, nil)).Info("config", "config", c, "telegram", c.Telegram, "token", c.Telegram.Token)
	all := b.String() + fmt.Sprint(c, c.Telegram, c.Redis) + fmt.Sprintf("%+v %#v %s %q %v", c, c, c.Telegram.Token, c.Telegram.Token, &c)
	if strings.Contains(all, "hunter") {
		t.Error(all)
	}
	for _, want := range []string{"http://***@proxy:80", "redis+sentinel://***@a:1,b:2", "Asia/Shanghai"} {
		if !strings.Contains(c.String(), want) {
			t.Errorf("%s is not in %s", want, c)
		}
	}
}

func TestSecretString(t *testing.T) {
	for in, want := range map[Secret]string{
		"": "", "x": "***", "redis://localhost": "***", "redis://user:pw": "***",
		"redis://:pw@h:1/0?a=b@c": "redis://***@h:1", "redis://:p@w@h/0": "redis://***@h", "redis://:p?w@h": "***", "redis://:p/w@h": "redis://***@h",
	} {
		if got := in.String(); got != want {
			t.Errorf("%q prints %q, want %q", string(in), got, want)
		}
	}
}
