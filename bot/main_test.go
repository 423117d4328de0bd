package main

import (
	"bytes"
	"context"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"xingfuli/bot/sim"
	"xingfuli/bot/store/redistest"
)

// call runs the program with an environment and returns its exit code and output.
func call(t *testing.T, env map[string]string, args ...string) (code int, out, errs string) {
	t.Helper()
	var o, e bytes.Buffer
	code = run(t.Context(), args, func(k string) (string, bool) { v, ok := env[k]; return v, ok }, &o, &e)
	return code, o.String(), e.String()
}

func TestUsage(t *testing.T) {
	tests := []struct {
		args []string
		code int
		zh   string
		en   string
	}{
		{nil, 2, "用法", "Usage"},
		{[]string{"serv"}, 2, "没有「serv」这个命令", "no command “serv”"},
		{[]string{"demo", "--lisen", "x"}, 2, "demo 的选项不对", "Wrong option for demo"},
		{[]string{"demo", "now"}, 2, "demo 用不着「now」", "demo takes no “now”"},
		{[]string{"serve", "now"}, 2, "serve 用不着", "serve takes no"},
		{[]string{"check", "--sample"}, 2, "check 的选项不对", "Wrong option for check"},
		{[]string{"version", "1"}, 2, "version 用不着", "version takes no"},
		{[]string{"demo", "--listen", "nonsense"}, 2, "nonsense 这个地址用不了", "address nonsense cannot be used"},
		{[]string{"serve", "--config", "nowhere.yaml"}, 1, "nowhere.yaml", "nowhere.yaml"},
	}
	for _, tt := range tests {
		for lang, want := range map[string]string{"zh_CN.UTF-8": tt.zh, "en_GB.UTF-8": tt.en} {
			code, out, errs := call(t, map[string]string{"LANG": lang}, tt.args...)
			if code != tt.code || !strings.Contains(errs, want) || out != "" {
				t.Errorf("%v in %s: code %d, out %q, err %q", tt.args, lang, code, out, errs)
			}
		}
	}
	for _, args := range [][]string{{"help"}, {"--help"}, {"demo", "--help"}, {"serve", "-h"}} {
		if code, out, errs := call(t, nil, args...); code != 0 || !strings.Contains(out, "用法") || errs != "" {
			t.Errorf("%v: code %d, out %q, err %q", args, code, out, errs)
		}
	}
	if code, out, _ := call(t, nil, "version"); code != 0 || !strings.HasPrefix(out, "xingfuli ") {
		t.Errorf("version: code %d, out %q", code, out)
	}
}

func TestBusyPort(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	code, _, errs := call(t, nil, "demo", "--listen", l.Addr().String())
	if code != 1 || !strings.Contains(errs, "--listen") || !strings.Contains(errs, "占用") {
		t.Errorf("code %d, err %q", code, errs)
	}
}

// TestDemo starts the program as a newcomer does, looks at the page, and ends it by Ctrl-C.
func TestDemo(t *testing.T) {
	t.Parallel()
	bin := build(t)
	cmd := exec.Command(bin, "demo", "--listen", "127.0.0.1:0")
	cmd.Env = append(os.Environ(), "LANG=en_US.UTF-8")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	line := make([]byte, 200)
	n, err := out.Read(line)
	if err != nil {
		t.Fatal(err)
	}
	up := time.Since(began)
	_, url, _ := strings.Cut(string(line[:n]), "browser: ")
	url, _, _ = strings.Cut(url, "\n")
	resp, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	body, _ := io.ReadAll(resp.Body)
	_ = resp.Body.Close()
	if resp.StatusCode != 200 || !strings.Contains(string(body), "安居小区居民群") {
		t.Errorf("the page: %s\n%.300s", resp.Status, body)
	}
	if err := cmd.Process.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	stopping := time.Now()
	if err := cmd.Wait(); err != nil {
		t.Errorf("after Ctrl-C: %v", err)
	}
	t.Logf("up after %v, ended after %v", up, time.Since(stopping))
	if up > 2*time.Second || time.Since(stopping) > 2*time.Second {
		t.Errorf("up after %v, ended after %v", up, time.Since(stopping))
	}
}

// build compiles the program once for all tests.
func build(t testing.TB) string {
	t.Helper()
	bin := filepath.Join(t.TempDir(), "bot")
	cmd := exec.Command("go", "build", "-o", bin, ".")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0") // as a release is
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return bin
}

// world is a simulated Telegram over HTTP.
func world(t testing.TB) (*sim.Server, string) {
	t.Helper()
	s := sim.New(sim.Options{Bot: sim.Bot{ID: 7000000001, Username: "xingfuli_bot", Name: "幸福里", ReadsAll: true}, Unlimited: true})
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	srv := &http.Server{Handler: s.API()}
	go func() { _ = srv.Serve(l) }()
	t.Cleanup(func() { s.Close(); _ = srv.Close() })
	return s, "http://" + l.Addr().String()
}

// configFile writes a config.yaml.
func configFile(t testing.TB, lines ...string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "config.yaml")
	if err := os.WriteFile(path, []byte(strings.Join(lines, "\n")+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestServe runs the bot for real: a config file, a token and a redis-server, with the
// sample data, in a group that an admin binds.
func TestServe(t *testing.T) {
	t.Parallel()
	redis := redistest.Start(t)
	s, api := world(t)
	s.AddPerson(sim.Person{ID: 1001, Key: "resident", Name: "居民"})
	s.AddPerson(sim.Person{ID: 1003, Key: "admin", Name: "管理员"})
	s.AddGroup(sim.Group{ID: -1001, Key: "group", Title: "居民群", Members: []int64{1001, 1003}, BotIn: true})
	path := configFile(t, "telegram: {api_url: "+api+", limits: {per_second: 0, per_chat_second: 0, per_group_minute: 0}}", "admins: [1003]", `quiet: ""`)
	env := map[string]string{"TELEGRAM_BOT_TOKEN": s.Bot().Token, "REDIS_URL": redis.URL()}
	ctx, stop := context.WithCancel(t.Context())
	code := make(chan int, 1)
	var out, errs bytes.Buffer
	go func() {
		code <- run(ctx, []string{"serve", "--config", path, "--sample"}, func(k string) (string, bool) { v, ok := env[k]; return v, ok }, &out, &errs)
	}()
	err := s.Play(t.Context(), `
		admin@group: /bind 安居小区
		bot@group: 本群已绑定「安居小区」。
		resident@group: 周二有鱼吗？
		bot@group: 有的！…清蒸青鱼…`)
	if err != nil {
		t.Error(err)
	}
	stop()
	if c := <-code; c != 0 {
		t.Errorf("code %d\n%s%s", c, out.String(), errs.String())
	}
	if strings.Contains(out.String()+errs.String(), s.Bot().Token) {
		t.Error("the token was printed")
	}
	if code, _, errs := call(t, env, "serve", "--config", path, "--sample"); code != 1 || !strings.Contains(errs, "已经有数据") {
		t.Errorf("sample data into a Redis that has some: code %d, %q", code, errs)
	}
}

func TestCheck(t *testing.T) {
	t.Parallel()
	redis := redistest.Start(t)
	s, api := world(t)
	good := map[string]string{"TELEGRAM_BOT_TOKEN": s.Bot().Token, "REDIS_URL": redis.URL()}
	path := configFile(t, "telegram: {api_url: "+api+"}")
	if code, out, errs := call(t, good, "check", "--config", path); code != 0 || errs != "" || strings.Count(out, "好") != 5 {
		t.Errorf("all is well: code %d\n%s%s", code, out, errs)
	}
	db := redis.Client(t)
	for _, c := range []string{"appendonly no", "maxmemory-policy allkeys-lru"} {
		k, v, _ := strings.Cut(c, " ")
		if err := db.ConfigSet(t.Context(), k, v).Err(); err != nil {
			t.Fatal(err)
		}
	}
	if code, _, errs := call(t, good, "check", "--config", path); code != 1 || strings.Count(errs, "坏") != 2 || !strings.Contains(errs, "allkeys-lru") {
		t.Errorf("a Redis that loses data: code %d\n%s", code, errs)
	}
	bad := map[string]string{"TELEGRAM_BOT_TOKEN": "1:wrong-token", "REDIS_URL": "redis://127.0.0.1:1", "LANG": "en"}
	if code, _, errs := call(t, bad, "check", "--config", path); code != 1 || strings.Count(errs, "FAULT")+strings.Count(errs, "refuses the token") != 2 || strings.Contains(errs, "wrong-token") {
		t.Errorf("nothing works: code %d\n%s", code, errs)
	}
	if code, _, errs := call(t, nil, "check", "--config", path); code != 1 || !strings.Contains(errs, "TELEGRAM_BOT_TOKEN") {
		t.Errorf("no token: code %d\n%s", code, errs)
	}
}
