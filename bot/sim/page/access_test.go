package page

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/accessibility"
	"github.com/chromedp/chromedp"
)

// interactive are the roles that somebody can do something with.
var interactive = []string{
	"button", "link", "textbox", "combobox", "checkbox", "radio", "menuitem", "option", "spinbutton", "dialog",
	"alertdialog", "navigation", "log", "region", "main", "listbox", "menu", "image", "group",
}

// nameless lists what the browser's own accessibility tree has no name for.
func nameless(b *tab) []string {
	b.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, limit)
	defer cancel()
	tree, err := chromedp.Call(ctx, accessibility.GetFullAXTree, accessibility.GetFullAXTreeParams{})
	if err != nil {
		b.Fatal(err)
	}
	var out []string
	for _, n := range tree.Nodes {
		if n.Ignored || n.Role == nil {
			continue
		}
		var role, name string
		_ = json.Unmarshal(n.Role.Value, &role)
		if n.Name != nil {
			_ = json.Unmarshal(n.Name.Value, &name)
		}
		if slices.Contains(interactive, role) && strings.TrimSpace(name) == "" {
			out = append(out, fmt.Sprintf("%s (node %d)", role, n.BackendDOMNodeID))
		}
	}
	return out
}

// faint lists text and icons that stand out too little from their ground: WCAG AA
// asks 4.5, or 3 for large letters and icons.
const faint = `(() => {
	const rgb = (s) => {
		const n = s.match(/[\d.]+/g).map(Number);
		return s.startsWith("color(srgb") ? [n[0] * 255, n[1] * 255, n[2] * 255, n[3] ?? 1] : [n[0], n[1], n[2], n[3] ?? 1];
	};
	const over = (a, b) => a.slice(0, 3).map((v, i) => v * a[3] + b[i] * (1 - a[3])).concat(1);
	const ground = (el) => {
		const stack = [];
		for (let e = el; e; e = e.parentElement) {
			const c = rgb(getComputedStyle(e).backgroundColor);
			stack.push(c);
			if (c[3] === 1) break;
		}
		return stack.reduceRight((under, c) => over(c, under), [255, 255, 255, 1]);
	};
	const light = (c) => {
		const [r, g, b] = c.slice(0, 3).map((v) => (v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
		return 0.2126 * r + 0.7152 * g + 0.0722 * b;
	};
	const ratio = (a, b) => { const [x, y] = [light(a), light(b)].sort((p, q) => q - p); return (x + 0.05) / (y + 0.05) };
	const bad = new Set();
	for (const el of document.querySelectorAll("body *")) {
		const icon = el.matches("svg.i");
		const text = [...el.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim());
		if ((!icon && !text) || !el.checkVisibility({ opacityProperty: true, visibilityProperty: true }) || el.closest(".vh, :disabled, script, noscript")) continue;
		const style = getComputedStyle(el), size = parseFloat(style.fontSize);
		const large = size >= 24 || (size >= 18.66 && +style.fontWeight >= 700);
		const under = ground(el), got = ratio(over(rgb(style.color), under), under), want = icon || large ? 3 : 4.5;
		if (got < want) bad.add(got.toFixed(2) + " " + el.tagName + "." + (el.getAttribute("class") || el.id) + " " + el.textContent.trim().slice(0, 20));
		if (!icon && size < 13.5) bad.add("small letters, " + size + "px: " + el.tagName + "." + el.className + " " + el.textContent.trim().slice(0, 20));
	}
	const ids = [...document.querySelectorAll("[id]")].map((e) => e.id);
	for (const id of ids) if (ids.indexOf(id) !== ids.lastIndexOf(id)) bad.add("id twice: " + id);
	if (document.documentElement.scrollWidth > innerWidth) bad.add("the page is wider than the window: " + document.documentElement.scrollWidth);
	return [...bad];
})()`

// check looks for what a person who sees badly, or not, would stumble over.
func (b *tab) check(where string) {
	b.Helper()
	b.until(`document.getAnimations().every((a) => a.playState !== "running" || a.effect.getTiming().iterations === Infinity)`)
	for _, s := range nameless(b) {
		b.Errorf("%s: no accessible name: %s", where, s)
	}
	for _, s := range eval[[]string](b, faint) {
		b.Errorf("%s: %s", where, s)
	}
}

func TestAccess(t *testing.T) {
	for _, look := range []struct {
		name          string
		width, height int64
		dark          bool
		lang          string
	}{
		{"light-zh", 1280, 800, false, "zh-Hans"}, {"dark-en", 1280, 800, true, "en"},
		{"phone-light-en", 412, 760, false, "en"}, {"phone-dark-zh", 412, 760, true, "zh-Hans"},
	} {
		t.Run(look.name, func(t *testing.T) {
			d := begin(t)
			b := open(t, d, look.width, look.height, fmt.Sprintf("who=501&chat=%d&lang=%s", group, look.lang))
			b.dark(look.dark)
			for _, line := range []string{"今天中午吃什么？我想给家里老人带一份，不要太咸，谢谢。", "按钮", "投票", "置顶", "键盘"} {
				b.write(line + "\r")
				b.until(`document.querySelector("#text").value === ""`)
			}
			b.sees("#keyboard", "报修")
			b.click(`.option input`)
			b.sees(".poll .votes", "1")
			b.check("chat")
			b.shot(look.name + "-chat")
			b.click("#attach")
			b.sees("#attach-menu", "")
			b.check("attach menu")
			b.shot(look.name + "-attach")
			b.key("\x1b")
			b.click("#slash")
			b.sees("#commands", "/menu")
			b.check("commands")
			b.shot(look.name + "-commands")
			b.key("\x1b")
			for _, box := range []string{"clock", "tour", "settings"} {
				b.click("#" + box + "-open")
				b.sees("dialog[open]", "")
				b.check(box)
				b.shot(look.name + "-" + box)
				b.key("\x1b")
				b.gone("dialog[open]")
			}
			if look.width < 500 {
				b.click("#back")
				b.sees("#list", "选一个")
				b.check("list")
				b.shot(look.name + "-list")
			}
		})
	}
}
