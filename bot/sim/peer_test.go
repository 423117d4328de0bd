package sim

import (
	"bufio"
	"cmp"
	"context"
	"fmt"
	"io"
	"net/http/httptest"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"
)

// basic is a group that is no supergroup yet.
const basic = -55

// peers are bots on other clients of the Bot API, written by others and for the real
// Telegram: what they read, they read as there.
//
//	grammY, for Node: npm install grammy, and XINGFULI_PEER_NODE_PATH is its node_modules
//	python-telegram-bot 13: Debian's python3-python-telegram-bot
var peers = []struct {
	name, command, script string
	probe                 []string // arguments that succeed where the client is installed
}{
	{"grammY", "node", "testdata/peer/grammy.cjs", []string{"-e", `require("grammy")`}},
	{"python-telegram-bot", "/usr/bin/python3", "testdata/peer/ptb.py", []string{"-W", "ignore", "-c", "import telegram.ext"}},
}

// TestPeers: a conversation with each peer, and what the peer cannot say.
func TestPeers(t *testing.T) {
	for _, p := range peers {
		t.Run(p.name, func(t *testing.T) {
			t.Parallel()
			if out, err := peerCommand(t.Context(), p.command, p.probe...).CombinedOutput(); err != nil {
				if strings.Contains(os.Getenv("XINGFULI_TEST_REQUIRE"), "peers") {
					t.Fatalf("%s is required: %v\n%s", p.name, err, out)
				}
				t.Skipf("%s is not installed: %v", p.name, err)
			}
			t.Run("talk", func(t *testing.T) {
				t.Parallel()
				s := testWorld(t)
				s.AddGroup(Group{ID: basic, Key: "old", Title: "旧群", Members: []int64{resident}, BotIn: true})
				peerTalk(t, s, startPeer(t, s, p.command, p.script))
			})
			t.Run("limits", func(t *testing.T) {
				t.Parallel()
				s := testWorld(t, func(o *Options) { o.Unlimited = false })
				s.limits.now = func() time.Time { return startTime } // nothing is filled up again
				play(t, startPeer(t, s, p.command, p.script), s, `
					resident: /flood
					bot: How much?
					| [Much]
					resident: [Much]
					bot: 1
					bot: 2
					bot!: wait 1`)
			})
		})
	}
}

// peerTalk holds the conversation.
func peerTalk(t *testing.T, s *Server, ctx context.Context) {
	play(t, ctx, s, `
		resident: /start
		bot: Hello, 居民 & all
		| [Days] [Help]
		resident: [Days]
		bot: Which day?
		| [Mon] [Tue]
		resident: [Tue]
		bot*: You chose Tue
		| [Mon] [Tue]
		bot!: done
		resident: [Tue]
		bot!!: unchanged
		resident: /cook
		bot: forbidden
		resident: (file 菜单.csv) 日期,菜\n周一,鱼
		bot: (file 菜单.csv) 21 bytes
		resident: (photo) 门坏了
		bot: (photo) 门坏了, …
		bot: (photo) a copy
		bot: (photo) one of two
		bot: (photo)
		resident: /poll
		bot: (anything)
		resident: (vote 2)
		bot: 居民: 1
		resident: /nothing
		resident: (edit) something
		bot: edited: something
		resident: /commands
		bot: start days
		resident: (block)
		resident: (unblock)
		bot: back, was kicked
		cook@group: /who@town_bot
		bot@group: 厨师 of 3, I am member
		resident@group: (leave)
		resident@group: (join)`)
	checkChat(t, s)

	if err := s.Promote(theGroup, s.Bot().ID, cook); err != nil {
		t.Fatal(err)
	}
	play(t, ctx, s, `
		cook@group#3: /pin
		bot@group: keep this
		bot@group: pinned: keep this
		cook@group: /gone
		bot@group: soon gone
		resident@group: (leave)
		bot@group: 居民: left`)
	if pinned := find(t, s, cook, theGroup).Pinned; len(pinned) != 1 {
		t.Errorf("pinned: %v", pinned)
	}

	stop := s.Fail(func(method string, _ int64) *Fault {
		if method == "sendChatAction" {
			return &Fault{Status: 429, RetryAfter: 7}
		}
		return nil
	})
	play(t, ctx, s, "resident: /typing\nbot: wait 7")
	stop()
	supergroup, err := s.Migrate(basic)
	if err != nil {
		t.Fatal(err)
	}
	play(t, ctx, s, fmt.Sprintf("resident: /typing\nbot: done\nresident: /old\nbot: moved to %d", supergroup))

	if err := s.Drained(ctx); err != nil {
		t.Error(err)
	}
	if names := s.NotSimulated(); len(names) > 0 {
		t.Errorf("not simulated: %v", names)
	}
}

// checkChat looks at what a script does not show: HTML, albums, commands, files.
func checkChat(t *testing.T, s *Server) {
	t.Helper()
	var html, photos []string
	for _, m := range s.History(resident, s.Bot().ID, 0, 100) {
		html = append(html, m.HTML)
		for _, f := range m.Files {
			if f.Photo && m.From == s.Bot().ID {
				photos = append(photos, fmt.Sprint(f.Width, "x", f.Height))
			}
		}
	}
	for _, want := range []string{"<b>Hello</b>, 居民 &amp; all", "You chose <u>Tue</u>", "<i>a copy</i>"} {
		if !slices.Contains(html, want) {
			t.Errorf("no message %s among %q", want, html)
		}
	}
	if len(photos) != 4 || len(slices.Compact(photos)) != 1 {
		t.Errorf("photos: %v", photos)
	}
	want := []Command{{"start", "Begin"}, {"days", "The week"}}
	if got := find(t, s, resident, s.Bot().ID).Commands; !slices.Equal(got, want) {
		t.Errorf("commands: %v", got)
	}
}

func find(t *testing.T, s *Server, who, id int64) Chat {
	t.Helper()
	for _, c := range s.Chats(who) {
		if c.ID == id {
			return c
		}
	}
	t.Fatalf("%d is in no chat %d", who, id)
	return Chat{}
}

func play(t *testing.T, ctx context.Context, s *Server, script string) {
	t.Helper()
	if err := s.Play(ctx, script); err != nil {
		t.Fatal(cmp.Or(context.Cause(ctx), err), err)
	}
}

func peerCommand(ctx context.Context, command string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, command, args...)
	cmd.Env = append(os.Environ(), "NODE_PATH="+os.Getenv("XINGFULI_PEER_NODE_PATH"), "PYTHONDONTWRITEBYTECODE=1")
	return cmd
}

// startPeer runs a peer against s until the test ends; then it must stop by itself, without
// an error. The context ends when the peer does, or after a minute.
func startPeer(t *testing.T, s *Server, command, script string) context.Context {
	t.Helper()
	api := httptest.NewServer(s.API())
	t.Cleanup(api.Close)
	t.Cleanup(s.Close)
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	t.Cleanup(cancel)

	cmd := peerCommand(ctx, command, script)
	cmd.Env = append(cmd.Env, "PEER_API="+api.URL, "PEER_TOKEN="+s.Bot().Token)
	cmd.Stderr = t.Output()
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ready, ended := make(chan struct{}), make(chan error, 1)
	go func() {
		lines := bufio.NewScanner(stdout)
		if lines.Scan() && strings.HasPrefix(lines.Text(), "ready: ") {
			close(ready)
		}
		_, _ = io.Copy(io.Discard, stdout)
		ended <- cmd.Wait()
		cancel()
	}()
	t.Cleanup(func() {
		_ = stdin.Close() // asks it to stop
		if err := <-ended; err != nil {
			t.Errorf("%s: %v", script, err)
		}
	})
	select {
	case <-ready:
	case <-ctx.Done():
		t.Fatalf("%s did not start", script)
	}
	return ctx
}
