package handlers_test

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"sync"
	"testing"

	"xingfuli/bot/app"
	"xingfuli/bot/community"
	"xingfuli/bot/sim"
)

// office is a demo with a second admin, and persons who hold no role yet.
func office(t *testing.T) *app.Demo {
	t.Helper()
	d, err := app.NewDemo(t.Context(), app.DemoOptions{Start: monday, Stopped: true, Fast: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(d.Close)
	for id, key := range map[int64]string{3001: "second", 3002: "ana", 3003: "ben"} {
		d.Sim.AddPerson(person(id, key))
		if err := d.Sim.Start(id); err != nil {
			t.Fatal(err)
		}
	}
	if err := d.App.Store.Grant(t.Context(), 3001, "", community.Admin, ""); err != nil {
		t.Fatal(err)
	}
	return d
}

func playIn(t *testing.T, d *app.Demo, script string) {
	t.Helper()
	if err := d.Sim.Play(t.Context(), script); err != nil {
		t.Error(err)
	}
}

var link = regexp.MustCompile(`https://t\.me/xingfuli_demo_bot\?start=([A-Za-z0-9_-]{1,64})`)

// invited is the token in the newest message that an admin got.
func invited(t *testing.T, d *app.Demo, admin int64) string {
	t.Helper()
	for _, m := range d.Sim.History(admin, d.Sim.Bot().ID, 0, 3) {
		if found := link.FindStringSubmatch(m.Text); found != nil {
			return found[1]
		}
	}
	t.Fatal("there is no link")
	return ""
}

const badLink = "这个邀请链接用不了：可能已经有人用过，也可能过了 48 小时。请让给您链接的人再发一个。"

// TestInvitation: a link makes one person what it says, once, within 48 hours, as long as who
// sent it is an admin.
func TestInvitation(t *testing.T) {
	t.Parallel()
	t.Run("once", func(t *testing.T) {
		t.Parallel()
		d := office(t)
		playIn(t, d, "ana: /setmenu\nbot: 这件事要由镇里的管理员…\nadmin: /staff 邀请 canteen 和食堂\nbot: 请把这个链接单独发给要当「食堂（和食堂）」的人…")
		token := invited(t, d, 1003)
		playIn(t, d, strings.ReplaceAll(`
			admin: /start TOKEN
			bot: 这是您自己发的邀请，自己不能用。…
			ana: /start TOKEN
			bot: ana，欢迎！您现在是「食堂（和食堂）」了。…
			bot@admin: ana点开了您的邀请，现在是「食堂（和食堂）」。…
			ana: /setmenu
			bot: 请把菜单直接粘贴给我…
			ben: /start TOKEN
			bot: `+badLink+`
			ana: /start TOKEN
			bot: (anything)
			bot: `+badLink+`
			ben: /start nobodyknowsthis
			bot: `+badLink+`
			ben: /setmenu
			bot: 这件事要由镇里的管理员…
			admin: /audit
			bot: 改动记录，留三年…镇管理员：邀请的ana来上任了…镇管理员：发了「食堂（和食堂）」的邀请…`, "TOKEN", token))
	})
	t.Run("two days", func(t *testing.T) {
		t.Parallel()
		d := office(t)
		playIn(t, d, "admin: /staff 邀请 公告员\nbot: 请把这个链接…「公告员」…")
		token := invited(t, d, 1003)
		playIn(t, d, "clock: +48h\nclock: +1m\nana: /start "+token+"\nbot: "+badLink)
	})
	t.Run("who invited is no admin any more", func(t *testing.T) {
		t.Parallel()
		d := office(t)
		playIn(t, d, "second: /staff 邀请 teller\nbot: 请把这个链接…「监票人」…")
		token := invited(t, d, 3001)
		playIn(t, d, "admin: /staff 移除 3001 admin\nbot: 已经移除…「管理员」。\nana: /start "+token+"\nbot: "+badLink+"\nsecond: /staff\nbot: 这件事要由镇里的管理员…")
	})
	t.Run("two at once", func(t *testing.T) {
		t.Parallel()
		d := office(t)
		playIn(t, d, "admin: /staff 邀请 bank\nbot: 请把这个链接…「银行联络员」…")
		token := invited(t, d, 1003)
		var both sync.WaitGroup
		for _, who := range []int64{3002, 3003} {
			both.Go(func() {
				if _, err := d.Sim.Do(t.Context(), who, d.Sim.Bot().ID, sim.Act{Text: "/start " + token}); err != nil {
					t.Error(err)
				}
			})
		}
		both.Wait()
		if err := d.Sim.Drained(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := d.App.Settle(t.Context()); err != nil {
			t.Fatal(err)
		}
		holders, err := d.App.Store.Holders(t.Context(), community.Bank, "")
		if err != nil || len(holders) != 1 {
			t.Errorf("the link made %v, %v", holders, err)
		}
	})
}

// TestStaff lists, invites by buttons and removes; a role is gone at once.
func TestStaff(t *testing.T) {
	t.Parallel()
	d := office(t)
	playIn(t, d, `
		admin: /staff
		bot: 工作人员，一共 3 位
		|
		| · …
		admin: [邀请新同事]
		bot*: 请新同事来做什么？…
		admin: [社区专员]
		bot*: 请新同事做哪里的社区专员？
		| [安居小区]
		admin: [安居小区]
		bot: 请把这个链接单独发给要当「社区专员（安居小区）」的人…`)
	if err := d.Sim.Join(3002, -1001000000001); err != nil {
		t.Fatal(err)
	}
	playIn(t, d, "ana: /start "+invited(t, d, 1003)+`
		bot: ana，欢迎！…
		bot@admin: ana点开了您的邀请…
		ana@group: /unbind
		bot@group: 本群现在没有绑定小区…
		ana@group: /bind 安居小区
		bot@group: 本群已绑定「安居小区」。
		admin: /staff
		bot: 工作人员，一共 4 位…
		admin: [ana]
		bot*: ana
		| 编号：3002
		| · 社区专员（安居小区）
		| [移除社区专员（安居小区）]
		| [回到名单]
		admin: [移除社区专员（安居小区）]
		bot*: 要移除ana的「社区专员（安居小区）」吗？…
		admin: [先不移除]
		bot*: ana…
		admin: [移除社区专员（安居小区）]
		bot*: 要移除ana…
		admin: [移除]
		bot*: 已经移除ana的「社区专员（安居小区）」。…
		admin: (forge fired 3002.specialist.anju)
		bot!!: 他现在没有这个职务，可能刚被别人移除了。
		admin: (forge fired 1003.admin.)
		bot!!: 这位管理员写在配置文件里…
		admin: (forge fired x.admin.)
		bot!!: 这个按钮已经过时了…
		admin: (forge fired 3002.king.)
		bot!!: 这个按钮已经过时了…
		admin: (forge invite king)
		bot!!: 这个按钮已经过时了…
		admin: (forge invite specialist.nowhere)
		bot!!: 这个按钮已经过时了…
		admin: (forge invite notice.anju)
		bot!!: 这个按钮已经过时了…
		admin: /staff 邀请 国王
		bot: 没有「国王」这个职务。有这些：管理员、食堂…
		admin: /staff 邀请 食堂 仙境
		bot: 没有找到「仙境」。登记过的有：和食堂。
		admin: /staff 随便
		bot: 可以这样说：…`)
}

// TestAdminsOnly holds every role but the admin's off what is the admins': in words, by
// forged presses of each button, and nothing has changed after.
func TestAdminsOnly(t *testing.T) {
	t.Parallel()
	const admins, forbidden = "这件事要镇里的管理员来办…", "这件事要由镇里的管理员…"
	acts := []string{
		"/staff", "/staff 邀请 admin", "/community", "/community 新增 仙境", "/community 关闭 安居小区", "/audit",
		"(forge staff)", "(forge member 1002)", "(forge invite)", "(forge invite admin)", "(forge invite canteen.hefan)",
		"(forge fire 1002.canteen.hefan)", "(forge fired 1002.canteen.hefan)",
		"(forge community)", "(forge community anju)", "(forge close anju)", "(forge closed anju)", "(forge reopen anju)",
		"(forge edit c_add)", "(forge edit c_ally)", "(forge edit c_name.anju)", "(forge edit c_contact.anju)",
		"(forge audit)", "(forge deed 1-0)", "/contact 设置 安居小区 我 0577-00000009",
	}
	for _, role := range append([]community.Role{"nothing"}, community.Roles[1:]...) {
		t.Run(string(role), func(t *testing.T) {
			t.Parallel()
			d := office(t)
			if role.Known() {
				tie := map[community.Tie]string{community.ToCommunity: "anju", community.ToCanteen: "hefan"}[role.Tie()]
				if err := d.App.Store.Grant(t.Context(), 3002, "", role, tie); err != nil {
					t.Fatal(err)
				}
			}
			script := "ana: /start\nbot: (anything)\n"
			for i, act := range acts {
				want := "bot: " + forbidden
				switch {
				case strings.HasPrefix(act, "("):
					want = "bot!!: " + admins
				case strings.HasPrefix(act, "/contact"):
					want = "bot: " + admins
				}
				script += fmt.Sprintf("ana: %s\n%s\n", act, want)
				if i%8 == 7 {
					script += "clock: +1m\n" // the flood limit is for everybody without a role
				}
			}
			playIn(t, d, script+"ana: /contact\nbot: 安居小区的社区专员…0577-00000001…\nadmin: /staff\nbot: …食堂（和食堂）…\nadmin: /community\nbot: 小区，一共 1 个…")
			if _, err := d.App.Store.Audit(t.Context(), "", 1); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestLastAdmin: where the configuration names no admin, one stays.
func TestLastAdmin(t *testing.T) {
	tests := []struct {
		role       community.Role
		user       int64
		configured []int64
		left       int
		err        error
	}{
		{community.Admin, 1, nil, 1, nil},
		{community.Admin, 1, []int64{2}, 0, nil},
		{community.Admin, 1, []int64{2, 1}, 0, community.ErrConfigured},
		{community.Cook, 1, []int64{1}, 0, nil},
		{community.Cook, 1, nil, 0, nil},
	}
	for _, tt := range tests {
		if left, err := community.Left(tt.role, tt.user, tt.configured); left != tt.left || !errors.Is(err, tt.err) {
			t.Errorf("Left(%s, %d, %v) = %d, %v", tt.role, tt.user, tt.configured, left, err)
		}
	}
	d := office(t)
	ctx, s := t.Context(), d.App.Store
	e := community.Entry{At: monday, Who: 3001, What: "x"}
	if err := s.Revoke(ctx, "a", 3001, community.Admin, "", 1, e); !errors.Is(err, community.ErrLast) {
		t.Errorf("the last admin was removed: %v", err)
	}
	if err := s.Grant(ctx, 3002, "", community.Admin, ""); err != nil {
		t.Fatal(err)
	}
	for range 2 { // the turn is repeated
		if err := s.Revoke(ctx, "b", 3001, community.Admin, "", 1, e); err != nil {
			t.Errorf("one of two: %v", err)
		}
	}
	if err := s.Revoke(ctx, "c", 3002, community.Admin, "", 1, e); !errors.Is(err, community.ErrLast) {
		t.Errorf("the last admin was removed: %v", err)
	}
}
