package app

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"xingfuli/bot/text"
)

// screenshot makes the picture of the README anew: go test ./bot/app -run Browser -screenshot ../sim/page/screenshot.png
var screenshot = flag.String("screenshot", "", "where to write the picture of the README")

type css = chromedp.CSS

// browser opens a page in a real browser. Without one the test is skipped, or fails when the
// environment's XINGFULI_TEST_REQUIRE names chromium.
func browser(t *testing.T, url string, width, height int64) context.Context {
	t.Helper()
	path, err := exec.LookPath("chromium")
	if err != nil {
		if strings.Contains(os.Getenv("XINGFULI_TEST_REQUIRE"), "chromium") {
			t.Fatal("chromium is required and not installed")
		}
		t.Skip("chromium is not installed")
	}
	opts := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU)
	for _, name := range []string{"disable-quic", "no-first-run", "disable-background-networking", "disable-component-update", "disable-sync"} {
		opts = append(opts, chromedp.Flag(name, true))
	}
	ctx, stop := chromedp.NewExecAllocator(t.Context(), opts...)
	t.Cleanup(stop)
	ctx, stop = chromedp.NewContext(ctx)
	t.Cleanup(stop)
	if err := chromedp.Do(ctx); err != nil { // starts the browser: no timeout on the first call
		t.Fatal(err)
	}
	ctx, stop = context.WithTimeout(ctx, time.Minute)
	t.Cleanup(stop)
	do(t, ctx, chromedp.EmulateViewport(width, height), chromedp.Navigate(url), chromedp.WaitVisible(css("#text, #start")))
	return ctx
}

func do(t *testing.T, ctx context.Context, steps ...chromedp.Action[chromedp.Void]) {
	t.Helper()
	for i, s := range steps {
		if err := chromedp.Do(ctx, s); err != nil {
			t.Fatalf("step %d: %v", i, err)
		}
	}
}

// sees waits until something of a class says words.
func sees(t *testing.T, ctx context.Context, selector, words string) {
	t.Helper()
	expr := fmt.Sprintf(`new Promise(done => { const look = () => [...document.querySelectorAll(%q)].some(e => e.textContent.includes(%q)) ? done(true) : setTimeout(look, 20); look() })`, selector, words)
	if _, err := chromedp.Run(ctx, chromedp.Evaluate[bool](expr, chromedp.EvalAwaitPromise)); err != nil {
		all, _ := chromedp.Run(ctx, chromedp.Evaluate[string](`document.querySelector("main, body").innerText`))
		t.Fatalf("%s never says %q: %v\n%s", selector, words, err, all)
	}
}

func picture(t *testing.T, ctx context.Context, name string) []byte {
	t.Helper()
	png, err := chromedp.Run(ctx, chromedp.CaptureScreenshot())
	if err != nil || len(png) < 10_000 {
		t.Fatalf("screenshot of %d bytes, %v", len(png), err)
	}
	if dir := os.Getenv("XINGFULI_TEST_PICTURES"); dir != "" {
		if err := os.WriteFile(dir+"/"+name+".png", png, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return png
}

// TestBrowser plays a newcomer: asks as a resident in the group by typing and clicking,
// publishes a menu as the cook, binds as the admin, and moves the clock.
func TestBrowser(t *testing.T) {
	t.Parallel()
	text.OnFault(func(key string, err error) { t.Errorf("text %s: %v", key, err) })
	d, err := NewDemo(t.Context(), DemoOptions{Start: time.Date(2026, 11, 23, 1, 0, 0, 0, time.UTC), Stopped: true, Fast: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(d.Close)
	ctx := browser(t, fmt.Sprintf("%s/?lang=zh-Hans&who=%d&chat=%d", d.URL(), demoResident, demoGroup), 1280, 800)
	const answer = ".item:not(.mine) .bubble"

	do(t, ctx, chromedp.SendKeys(css("#text"), "今天下雨了，出门带伞\r"), chromedp.SendKeys(css("#text"), "周二有鱼吗？\r"))
	sees(t, ctx, answer, "有的！明天（周二，11月24日）有清蒸青鱼。")
	png := picture(t, ctx, "group")
	if *screenshot != "" {
		if err := os.WriteFile(*screenshot, png, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	do(t, ctx, chromedp.Click(css(`[data-press$="2026-11-25"]`)))
	sees(t, ctx, answer, "鱼香茄子")
	do(t, ctx, chromedp.SendKeys(css("#text"), "周三一起去吃饭\r"), chromedp.SendKeys(css("#text"), "这周的菜单\r"))
	sees(t, ctx, answer, "周一（今天） 红烧猪肉、西红柿炒蛋、清炒花菜、紫菜虾米汤")

	do(t, ctx, chromedp.Navigate(fmt.Sprintf("%s/?lang=zh-Hans&who=%d&chat=%d", d.URL(), demoCook, d.Sim.Bot().ID)), chromedp.Click(css("#start")))
	sees(t, ctx, answer, "您是工作人员")
	do(t, ctx, chromedp.SendKeys(css("#text"), "/setmenu\r"))
	sees(t, ctx, answer, "请把菜单直接粘贴给我")
	do(t, ctx, chromedp.SendKeys(css("#text"), "周四葱油鲳鱼、麻婆豆腐；周五红烧<大>虾\r"))
	sees(t, ctx, answer, "红烧<大>虾")
	picture(t, ctx, "cook")
	do(t, ctx, chromedp.Click(css(`[data-press^="publish"]`)))
	sees(t, ctx, answer, "发布好了！")
	do(t, ctx, chromedp.SendKeys(css("#text"), "/setmenu 周四 麻婆豆腐→红烧豆腐\r"))
	sees(t, ctx, answer, "周四：麻婆豆腐 → 红烧豆腐")
	do(t, ctx, chromedp.Click(css(`[data-press^="publish"]`)), chromedp.WaitVisible(css(`[data-press^="undo"][data-press$=" 3"]`)), chromedp.Click(css(`[data-press^="undo"][data-press$=" 3"]`)))
	sees(t, ctx, answer, "周四：红烧豆腐 → 麻婆豆腐")

	do(t, ctx, chromedp.EmulateViewport(412, 760), chromedp.Navigate(fmt.Sprintf("%s/?lang=zh-Hans&who=%d&chat=%d", d.URL(), demoResident, d.Sim.Bot().ID)), chromedp.Click(css("#start")))
	sees(t, ctx, ".key", "今天吃什么")
	do(t, ctx, chromedp.Click(css(`[data-say="今天吃什么"]`)))
	sees(t, ctx, answer, "· 红烧猪肉")
	picture(t, ctx, "phone")
	do(t, ctx, chromedp.Click(css(`[data-press^="picture"]`)))
	const drawn = `new Promise(done => { const look = () => { const i = document.querySelector(".photos img"); i && i.complete && i.naturalWidth > 0 ? done(i.naturalWidth) : setTimeout(look, 20) }; look() })`
	if wide, err := chromedp.Run(ctx, chromedp.Evaluate[int](drawn, chromedp.EvalAwaitPromise)); err != nil || wide != 1080 {
		t.Errorf("the week's picture is %d wide, %v", wide, err)
	}
	sees(t, ctx, answer, "周五 红烧<大>虾")
	picture(t, ctx, "week")
	if err := d.Sim.Move(ctx, 28*time.Hour); err != nil {
		t.Fatal(err)
	}
	do(t, ctx, chromedp.Click(css(`[data-say="今天吃什么"]`)))
	sees(t, ctx, answer, "今天的饭点已经过了。")
	sees(t, ctx, answer, "鱼香茄子")
}
