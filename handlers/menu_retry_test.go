package handlers_test

import (
	"net/http"
	"sync/atomic"
	"testing"

	"xingfuli/bot/app"
	"xingfuli/bot/sim"
)

// TestCookAgain: what a cook does and Telegram refuses to show is tried again, and finds
// its own work done: nothing is published, moved or undone twice, or without being asked.
func TestCookAgain(t *testing.T) {
	const draft = "clock: +1m\ncook: /setmenu 周四葱油鲳鱼\nbot: …\n"
	tests := []struct{ name, method, before, act, after string }{
		{"publish", "editMessageText", draft, `
			cook: [发布]
			bot*: 发布好了！…`, `
			admin: /setmenu 撤销
			bot: 撤销好了。…· 周四：葱油鲳鱼 → 糖醋排骨…
			resident: /menu 周四
			bot: …糖醋排骨…`},
		{"a clash", "editMessageText", draft + `
			admin: /setmenu 周四麻婆豆腐
			bot: …
			admin: [发布]
			bot*: …`, `
			cook: [发布]
			bot*: 刚才有另一位同事…· 周四：麻婆豆腐 → 葱油鲳鱼…`, `
			resident: /menu 周四
			bot: …麻婆豆腐…
			cook: [还是发布我这份]
			bot*: 发布好了！…
			bot@resident: 更正：…
			resident: /menu 周四
			bot: …葱油鲳鱼…`},
		{"move", "editMessageText", draft, `
			cook: [换成下周]
			bot*: …周四 12月3日…`, `
			cook: [换成这周]
			bot*: …周四 11月26日…`},
		{"undo by button", "editMessageText", draft + `
			cook: [发布]
			bot*: …`, `
			cook: [撤销]
			bot*: 撤销好了。…· 周四：葱油鲳鱼 → 糖醋排骨…`, `
			resident: /menu 周四
			bot: …糖醋排骨…`},
		{"undo the last", "sendMessage", draft + `
			clock: +1m
			cook: [发布]
			bot*: …
			clock: +1m`, `
			cook: /setmenu 撤销
			bot: 撤销好了。…· 周四：葱油鲳鱼 → 糖醋排骨…`, `
			resident: /menu 周四
			bot: …糖醋排骨…`},
		{"sell out", "editMessageText", `
			cook: /soldout
			bot: …`, `
			cook: [售罄：红烧猪肉]
			bot*: …· 红烧猪肉（售罄）…`, `
			cook: [恢复：红烧猪肉]
			bot*: …· 红烧猪肉
			| · 西红柿炒蛋…`},
		{"the answer in a group", "sendMessage", "", `
			resident@group: 周二有鱼吗
			bot@group: 有的！…`, `
			resident@group: 周二有鱼吗
			bot@group: 这个刚刚答过了…
			resident@group: 周二有鱼吗
			bot@group: (silence)`},
		{"the word that quotes it", "sendMessage", `
			resident@group: 周二有鱼吗
			bot@group: 有的！…`, `
			resident@group: 周二有鱼吗
			bot@group: 这个刚刚答过了…`, `
			resident@group: 周二有鱼吗
			bot@group: (silence)`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			d, err := app.NewDemo(t.Context(), app.DemoOptions{Start: monday, Stopped: true, Fast: true})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(d.Close)
			if err := d.Sim.Play(t.Context(), tt.before); err != nil {
				t.Fatal(err)
			}
			var failed atomic.Bool
			stop := d.Sim.Fail(func(method string, _ int64) *sim.Fault {
				if method == tt.method && failed.CompareAndSwap(false, true) {
					return &sim.Fault{Status: http.StatusBadRequest}
				}
				return nil
			})
			if err := d.Sim.Play(t.Context(), tt.act); err != nil {
				t.Error(err)
			}
			stop()
			if !failed.Load() {
				t.Errorf("no %s was refused", tt.method)
			}
			if err := d.Sim.Play(t.Context(), tt.after); err != nil {
				t.Error(err)
			}
		})
	}
}
