package handlers_test

import (
	"fmt"
	"strings"
	"testing"

	"xingfuli/bot/app"
	"xingfuli/bot/community"
	"xingfuli/bot/menu"
)

// TestRefused forges every press of the canteen's buttons, and says every command of its
// staff, as those who may not.
func TestRefused(t *testing.T) {
	t.Parallel()
	d, err := app.NewDemo(t.Context(), app.DemoOptions{Start: monday, Stopped: true, Fast: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(d.Close)
	other := menu.Canteen{ID: "other", Name: "邻里食堂", Communities: []string{"elsewhere"}}
	if err := d.App.Store.PutCanteen(t.Context(), "other", 0, other); err != nil {
		t.Fatal(err)
	}
	d.Sim.AddPerson(person(1010, "neighbour")) // cooks for another canteen
	if err := d.App.Store.Grant(t.Context(), 1010, "", community.Cook, other.ID); err != nil {
		t.Fatal(err)
	}
	const stale, cooks, forbidden = "这个按钮已经过时了…", "这件事要食堂的工作人员来办…", "这件事要由镇里的管理员…"
	tests := []struct{ act, resident, neighbour string }{
		{"/setmenu 周四鱼", forbidden, "邻里食堂的菜单，请您过目…"},
		{"/setmenu 和食堂 周四鱼", forbidden, "邻里食堂的菜单…"},
		{"/setmenu 撤销", forbidden, "没有可以撤销的菜单了。"},
		{"/soldout 红烧猪肉", forbidden, "今天的菜里没有红烧猪肉。…"},
		{"(forge setmenu hefan)", stale, stale}, {"(forge setmenu hefan 5)", stale, stale}, {"(forge setmenu)", stale, stale},
		{"(forge publish)", stale, stale}, {"(forge publish  5)", stale, stale}, {"(forge move  5)", stale, stale}, {"(forge revise  5)", stale, stale}, {"(forge drop  5)", stale, stale},
		{"(forge undo hefan.2026-11-23 1)", cooks, cooks}, {"(forge undo hefan.2026-11-23)", stale, stale}, {"(forge undo hefan.x 1)", stale, stale}, {"(forge undo)", stale, stale},
		{"(forge undo nowhere.2026-11-23 1)", cooks, cooks},
		{"(forge soldout hefan.2026-11-23.0 1)", cooks, cooks}, {"(forge restock hefan.2026-11-23.0 1)", cooks, cooks}, {"(forge soldout hefan)", cooks, cooks}, {"(forge soldout)", cooks, cooks},
	}
	var b strings.Builder
	b.WriteString("resident: /start\nbot: (anything)\nneighbour: /start\nbot: (anything)\n")
	for _, tt := range tests {
		sign := ""
		if strings.HasPrefix(tt.act, "(") {
			sign = "!!"
		}
		fmt.Fprintf(&b, "resident: %s\nbot%s: %s\n", tt.act, sign, tt.resident)
		fmt.Fprintf(&b, "neighbour: %s\nbot%s: %s\nclock: +1m\n", tt.act, sign, tt.neighbour)
		if strings.HasPrefix(tt.neighbour, "邻里食堂的") {
			b.WriteString("neighbour: /cancel\nbot: (anything)\n")
		}
	}
	b.WriteString("cook: /soldout\nbot: …\n")
	for _, forged := range []string{"soldout hefan.2026-11-23.9 1", "soldout hefan.2026-11-23.-1 1", "soldout hefan.2026-11-23.x 1", "restock hefan.2026-11-23.0.0 1", "undo hefan.2026-11-24 1", "undo hefan.2026-11-23 9"} {
		fmt.Fprintf(&b, "cook: (forge %s)\nbot…\n", forged)
	}
	script := b.String()
	script = strings.ReplaceAll(script, "(forge soldout hefan.2026-11-23.9 1)\nbot…", "(forge soldout hefan.2026-11-23.9 1)\nbot!!: 菜单刚刚改过…")
	script = strings.ReplaceAll(script, "(forge restock hefan.2026-11-23.0.0 1)\nbot…", "(forge restock hefan.2026-11-23.0.0 1)\nbot!!: ")
	script = strings.ReplaceAll(script, "(forge undo hefan.2026-11-24 1)\nbot…", "(forge undo hefan.2026-11-24 1)\nbot!!: 之前那一份没有存着…")
	script = strings.ReplaceAll(script, "(forge undo hefan.2026-11-23 9)\nbot…", "(forge undo hefan.2026-11-23 9)\nbot!!: 之前那一份没有存着…")
	script = strings.ReplaceAll(script, "\nbot…", "\nbot!!: "+stale)
	if err := d.Sim.Play(t.Context(), script+"resident: /menu 周四\nbot: …糖醋排骨…"); err != nil {
		t.Error(err)
	}
}

// TestRolesOfTheCanteen: of all roles, a canteen's own and the admin's publish its menu and
// mark what is sold out, in words and by a forged press.
func TestRolesOfTheCanteen(t *testing.T) {
	t.Parallel()
	d, err := app.NewDemo(t.Context(), app.DemoOptions{Start: monday, Stopped: true, Fast: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(d.Close)
	for i, role := range community.Roles {
		id, may := int64(2000+i), role == community.Admin || role == community.Cook
		d.Sim.AddPerson(person(id, string(role)+"_"))
		tied := map[community.Tie]string{community.ToCanteen: "hefan", community.ToCommunity: "anju"}[role.Tie()]
		if err := d.App.Store.Grant(t.Context(), id, "", role, tied); err != nil {
			t.Fatal(err)
		}
		want := []string{"和食堂的菜单，请您过目…", "记下了…", "!!: 之前那一份没有存着…"}
		if !may {
			want = []string{"这件事要由镇里的管理员…", "这件事要由镇里的管理员…", "!!: 这件事要食堂的工作人员来办…"}
		}
		script := fmt.Sprintf(`
			%[1]s_: /soldout 红烧猪肉
			bot: %[2]s
			%[1]s_: (forge undo hefan.2026-11-23 9)
			bot%[3]s
			%[1]s_: /setmenu 周四鱼
			bot: %[4]s`, role, want[1], want[2], want[0])
		if err := d.Sim.Play(t.Context(), script); err != nil {
			t.Errorf("%s: %v", role, err)
		}
	}
}
