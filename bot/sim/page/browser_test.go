package page

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

type css = chromedp.CSS

// chrome is the package's one browser; each test has a tab of it.
var chrome struct {
	sync.Once
	ctx  context.Context
	stop func()
	err  error
}

func TestMain(m *testing.M) {
	code := m.Run()
	if chrome.stop != nil {
		chrome.stop()
	}
	os.Exit(code)
}

func startChrome() {
	path := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "headless-shell"} {
		if found, err := exec.LookPath(name); err == nil {
			path = found
			break
		}
	}
	if path == "" {
		chrome.err = fmt.Errorf("no chromium or chrome in PATH")
		return
	}
	opts := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU)
	for _, flag := range []string{"disable-quic", "no-first-run", "disable-background-networking", "disable-component-update", "disable-sync"} {
		opts = append(opts, chromedp.Flag(flag, true))
	}
	ctx, stopAll := chromedp.NewExecAllocator(context.Background(), opts...)
	ctx, stopOne := chromedp.NewContext(ctx)
	chrome.ctx, chrome.stop = ctx, func() { stopOne(); stopAll() }
	chrome.err = chromedp.Do(ctx)
}

// tab is one page in the browser, looked at by a test.
type tab struct {
	*testing.T
	ctx context.Context
	url string

	mu      sync.Mutex
	console []string
}

// overhear keeps what the page's script complains about; a test that heard anything fails.
func (b *tab) overhear() {
	lines := chromedp.Console(b.ctx)
	go func() {
		for m, err := range lines {
			if err != nil {
				return
			}
			if m.Type == chromedp.ConsoleException || m.Type == "error" || m.Type == "warning" {
				b.mu.Lock()
				b.console = append(b.console, m.Text)
				b.mu.Unlock()
			}
		}
	}()
	b.Cleanup(func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		for _, line := range b.console {
			b.Errorf("the browser's console: %s", line)
		}
	})
}

// open shows an address of the demo in a tab of its own.
func open(t *testing.T, d *demo, width, height int64, query string) *tab {
	t.Helper()
	chrome.Do(startChrome)
	if chrome.err != nil {
		if strings.Contains(os.Getenv("XINGFULI_TEST_REQUIRE"), "chromium") {
			t.Fatalf("chromium is required here: %v", chrome.err)
		}
		t.Skipf("the page is not tried in a browser: %v", chrome.err)
	}
	ctx, leave := chromedp.NewContext(chrome.ctx, chromedp.WithNewBrowserContext()) // with cookies of its own
	t.Cleanup(leave)
	if !strings.Contains(query, "lang=") {
		query += "&lang=zh-Hans"
	}
	b := &tab{T: t, ctx: ctx, url: d.page.URL + "/?" + query}
	if err := chromedp.Do(ctx); err != nil {
		t.Fatal(err)
	}
	b.overhear()
	b.do(chromedp.EmulateViewport(width, height), chromedp.Navigate(b.url))
	b.until(`document.documentElement.dataset.ready`)
	return b
}

// limit is how long a test waits for one thing.
const limit = 30 * time.Second

func (b *tab) do(steps ...chromedp.Action[chromedp.Void]) {
	b.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, limit)
	defer cancel()
	for i, step := range steps {
		if err := chromedp.Do(ctx, step); err != nil {
			b.Fatalf("step %d: %v", i, err)
		}
	}
}

// eval is what an expression comes to in the page.
func eval[T any](b *tab, expression string) T {
	b.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, limit)
	defer cancel()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	if err != nil {
		b.Fatalf("%s: %v", expression, err)
	}
	return v
}

// until waits for an expression to become true. (chromedp.Poll needs eval, which
// the page's policy forbids.)
func (b *tab) until(expression string) {
	b.Helper()
	wait := `new Promise((done) => { const end = Date.now() + %d;
		const look = () => { let v; try { v = !!(%s) } catch {}
			if (v || Date.now() > end) done(v); else setTimeout(look, 15) }; look() })`
	if !eval[bool](b, fmt.Sprintf(wait, limit.Milliseconds()-4000, expression)) {
		b.shot("failed-" + strings.ReplaceAll(b.Name(), "/", "-"))
		b.Fatalf("never came true: %s\nlog: %s", expression, eval[string](b, `document.getElementById("log").innerText`))
	}
}

// sees waits for a selector to match something visible that holds a text.
func (b *tab) sees(selector, text string) {
	b.Helper()
	b.until(fmt.Sprintf(`[...document.querySelectorAll(%s)].some((e) => e.checkVisibility() && e.innerText.includes(%s))`, js(selector), js(text)))
}

func (b *tab) gone(selector string) {
	b.Helper()
	b.until(fmt.Sprintf(`![...document.querySelectorAll(%s)].some((e) => e.checkVisibility())`, js(selector)))
}

func (b *tab) click(selector string) {
	b.Helper()
	b.do(chromedp.Click(css(selector), chromedp.NodeVisible))
}

func (b *tab) write(text string) {
	b.Helper()
	b.do(chromedp.SendKeys(css("#text"), text))
}

func (b *tab) key(keys string, modifiers ...chromedp.Modifier) {
	b.Helper()
	b.do(chromedp.KeyEvent(keys, chromedp.KeyModifiers(modifiers...)))
}

// as plays another person, and waits until the page does.
func (b *tab) as(d *demo, key string) {
	b.Helper()
	id := d.people[key]
	b.click(fmt.Sprintf("#p%d", id))
	b.until(fmt.Sprintf(`document.querySelector("#p%d").ariaCurrent === "true"`, id))
}

// chatOf opens a chat of the person who is played.
func (b *tab) chatOf(id int64) {
	b.Helper()
	b.click(fmt.Sprintf(`[data-chat="%d"]`, id))
	b.until(fmt.Sprintf(`document.querySelector('[data-chat="%d"]').ariaCurrent === "true"`, id))
}

// menu opens a message's menu and takes a line of it.
func (b *tab) menu(item, what string) {
	b.Helper()
	b.click(item + " .more")
	b.click(`#message-menu [data-do="` + what + `"]`)
}

func (b *tab) dark(on bool) {
	b.Helper()
	value := "light"
	if on {
		value = "dark"
	}
	ctx, cancel := context.WithTimeout(b.ctx, limit)
	defer cancel()
	_, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: value}},
	})
	if err != nil {
		b.Fatal(err)
	}
}

// shot keeps a picture of the tab where PAGE_SHOTS names a folder.
func (b *tab) shot(name string) {
	b.Helper()
	dir := os.Getenv("PAGE_SHOTS")
	if dir == "" {
		return
	}
	ctx, cancel := context.WithTimeout(b.ctx, limit)
	defer cancel()
	png, err := chromedp.Run(ctx, chromedp.CaptureScreenshot())
	if err != nil {
		b.Fatal(err)
	}
	if err := os.WriteFile(dir+"/"+name+".png", png, 0o644); err != nil {
		b.Fatal(err)
	}
}

func js(s string) string {
	out, err := json.Marshal(s)
	if err != nil {
		panic(err)
	}
	return string(out)
}

// serve closes a server's streams before it waits for them.
func serve(t *testing.T, h http.Handler) *httptest.Server {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(func() { s.CloseClientConnections(); s.Close() })
	return s
}
