package handlers_test

import (
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"xingfuli/bot/community"
	"xingfuli/bot/sim"
)

// TestCanteens keeps the canteens in words and by buttons; questions get the new answers at once.
func TestCanteens(t *testing.T) {
	t.Parallel()
	scripts := []struct{ name, script string }{
		{"an admin in one line", `
			admin: /community 新增 世纪花园小区
			bot: …
			admin: /canteen 新增 世纪食堂 世纪花园小区
			bot: 登记好了。…世纪食堂…服务小区：世纪花园小区…午餐 10:30–12:30…
			admin: /canteen 新增 世纪食堂
			bot: 已经有一个叫这个名字的了，请换一个名字。
			admin: /canteen 新增 三食堂 仙境
			bot: 没有找到这个名字…
			admin: /canteen 服务 和食堂 世纪花园小区
			bot: 有一个小区已经归别的食堂了。…
			admin: /canteen 不再服务 世纪食堂 世纪花园小区
			bot: 改好了…服务小区：还没登记…
			admin: /canteen 服务 和食堂 世纪花园小区
			bot: 改好了…服务小区：安居小区、世纪花园小区…
			admin: /canteen 时间 和食堂 午餐 11点到1点，晚餐 4:30-6:00
			bot: 改好了…午餐 11:00–13:00…晚餐 16:30–18:00…
			resident: 食堂几点开门
			bot: 您住在哪个小区？…
			resident: [世纪花园小区]
			bot*: 记下了…
			bot: 和食堂开饭时间
			| · 午餐 11:00–13:00
			| · 晚餐 16:30–18:00…
			admin: /canteen 价格 和食堂 其他居民 16元，70岁以上 免费
			bot: 改好了…70岁以上 免费
			| 其他居民 16元…
			resident: 70岁以上多少钱
			bot: …· 70岁以上：免费
			| · 其他居民：16元
			admin: /canteen 电话 和食堂 0577-00000009
			bot: 改好了…电话：0577-00000009…
			resident: 食堂电话多少
			bot: …0577-00000009…
			admin: /canteen 地址 和食堂 安居小区 2 号楼
			bot: 改好了…地址：安居小区 2 号楼…
			resident: 食堂在哪里
			bot: …地址：安居小区 2 号楼…
			admin: /canteen 休息 和食堂 明天 停电
			bot: 改好了…休息日：
			| 周二 11月24日 停电…
			resident: 明天吃什么
			bot: 明天（周二，11月24日）食堂休息（停电）。…
			admin: /canteen 休息 和食堂 取消 周二
			bot: 改好了…休息日：没有另外登记…
			resident: 周二有鱼吗
			bot: 有的！…
			admin: /canteen 改名 和食堂 幸福食堂
			bot: 改好了…幸福食堂…
			resident: 食堂电话多少
			bot: 幸福食堂…
			admin: /canteen 关闭 幸福食堂
			bot: 要关闭幸福食堂吗？…
			admin: [关闭]
			bot*: 关闭了…幸福食堂（已关闭）…
			| [重新开放]
			| [回到食堂列表]
			resident: 食堂电话多少
			bot: 这里还没有登记食堂…
			admin: [重新开放]
			bot*: 重新开放了。…幸福食堂…
			resident: 食堂电话多少
			bot: 幸福食堂…
			admin: /canteen 时间 和食堂 午餐 10:30-12:30
			bot: 没有找到这个名字…
			admin: /canteen 时间 幸福食堂 中午
			bot: 这个时间我没看懂。…
			admin: /canteen 时间 幸福食堂
			bot: 可以这样说：…/canteen 新增…
			admin: /audit
			bot: …镇管理员：改了幸福食堂的登记…镇管理员：关闭了食堂幸福食堂…镇管理员：改了和食堂的登记…`},
		{"a cook by buttons", `
			cook: /canteen
			bot: 和食堂
			| 服务小区：安居小区
			|
			| 开饭时间：
			| 午餐 10:30–12:30
			|
			| 价格：
			| 70岁以上 8元
			| 60到69岁 12元
			| 其他居民 15元
			|
			| 地址：安居小区 1 号楼一楼
			| 电话：0577-00000002
			| 休息日：没有另外登记
			| [改时间] [改价格]
			| [改地址] [改电话]
			| [登记休息日]
			| [回到食堂列表]
			cook: [改价格]
			bot: 现在是：
			| 70岁以上 8元
			| 60到69岁 12元
			| 其他居民 15元
			|
			| 请把价格全都发给我…
			cook: 便宜一点
			bot: 这个价格我没看懂。…
			cook: 70岁以上 6元，其他居民 14.5元
			bot: 改好了…70岁以上 6元
			| 其他居民 14.50元…
			cook: [登记休息日]
			bot: 请把休息的日子和原因发给我…
			cook: 11月20日 停电
			bot: 这个日子已经过去了…
			cook: 今天到后天 装修
			bot: 改好了…周一 11月23日到周三 11月25日 装修…
			resident: 今天食堂吃什么
			bot: 今天（周一，11月23日）食堂休息（装修）。…
			resident: 食堂几点开门
			bot: …休息：
			| 周一 11月23日到周三 11月25日 装修…
			cook: [回到食堂列表]
			bot*: 食堂，一共 1 个。…
			| [和食堂]
			cook: [和食堂]
			bot*: 和食堂…
			cook: /canteen 休息 和食堂 无
			bot: 改好了…休息日：没有另外登记…
			cook: /canteen 新增 我的食堂
			bot: 这件事要镇里的管理员来办。…
			cook: /canteen 服务 和食堂 安居小区
			bot: 这件事要镇里的管理员来办。…
			cook: /canteen 改名 和食堂 我的食堂
			bot: 这件事要镇里的管理员来办。…
			cook: /canteen 关闭 和食堂
			bot: 这件事要镇里的管理员来办。…
			cook: /canteen 随便
			bot: 可以这样说：…
			resident: /canteen
			bot: 这件事要由镇里的管理员…`},
		{"an admin by buttons", `
			admin: /canteen
			bot: 食堂，一共 1 个。…
			| [和食堂]
			| [新增食堂]
			admin: [新增食堂]
			bot: 请把新食堂的名字和服务的小区发给我…
			admin: 二食堂
			bot: 登记好了。…二食堂…服务小区：还没登记…
			admin: [改服务小区]
			bot: 请把它服务的小区全都发给我…
			admin: 安居小区
			bot: 有一个小区已经归别的食堂了。…
			admin: /cancel
			bot: 好，不办了…
			admin: /staff
			bot: …食堂师傅…`},
	}
	for _, tt := range scripts {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			playIn(t, office(t), tt.script)
		})
	}
}

// TestTwoCooks: the second to change the same thing is shown what the first has made of it.
func TestTwoCooks(t *testing.T) {
	t.Parallel()
	playIn(t, office(t), `
		cook: /canteen
		bot: …
		cook: [改电话]
		bot: 现在是：
		| 0577-00000002…
		admin: /canteen 和食堂
		bot: …
		admin: [改电话]
		bot: 现在是：…
		admin: 0577-00000022
		bot: 改好了…
		cook: 0577-00000011
		bot: 刚才有同事先改了，现在是：
		| 0577-00000022
		|
		| 您写的是：
		| 0577-00000011…
		| [用我的] [留着他的]
		cook: [用我的]
		bot*: 改好了…电话：0577-00000011…
		resident: 食堂电话多少
		bot: …0577-00000011…`)
}

// TestCanteenAgain: what Telegram refuses to show is tried again and finds its own work done.
func TestCanteenAgain(t *testing.T) {
	tests := []struct{ name, method, before, act, after string }{
		{"add", "sendMessage", "", "admin: /canteen 新增 二食堂\nbot: 登记好了。…", "admin: /canteen\nbot: 食堂，一共 2 个。…"},
		{"rename", "sendMessage", "", "admin: /canteen 改名 和食堂 幸福食堂\nbot: 改好了…幸福食堂…", "admin: /canteen 改名 和食堂 别的\nbot: 没有找到…"},
		{"serve", "sendMessage", "", "admin: /canteen 不再服务 和食堂 安居小区\nbot: 改好了…还没登记…", "resident: /menu\nbot: 这里还没有登记食堂…"},
		{"close", "editMessageText", "admin: /canteen 关闭 和食堂\nbot: …", "admin: [关闭]\nbot*: 关闭了…", "resident: /menu\nbot: 这里还没有登记食堂…"},
		{"a form", "sendMessage", "cook: /canteen\nbot: …\ncook: [改电话]\nbot: …", "cook: 0577-00000033\nbot: 改好了…0577-00000033…", "resident: 食堂电话多少\nbot: …0577-00000033…"},
		{"a clash", "sendMessage", "cook: /canteen\nbot: …\ncook: [改电话]\nbot: …\nadmin: /canteen 电话 和食堂 0577-00000044\nbot: 改好了…",
			"cook: 0577-00000033\nbot: 刚才有同事先改了…", "resident: 食堂电话多少\nbot: …0577-00000044…\ncook: [留着他的]\nbot*: 好，不改了…"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			d := office(t)
			playIn(t, d, tt.before)
			var failed atomic.Bool
			stop := d.Sim.Fail(func(method string, _ int64) *sim.Fault {
				if method == tt.method && failed.CompareAndSwap(false, true) {
					return &sim.Fault{Status: http.StatusBadRequest}
				}
				return nil
			})
			playIn(t, d, tt.act)
			stop()
			if !failed.Load() {
				t.Errorf("no %s was refused", tt.method)
			}
			playIn(t, d, tt.after)
			list, err := d.App.Store.Audit(t.Context(), "", 50)
			if err != nil {
				t.Fatal(err)
			}
			n := 0
			for _, e := range list {
				if strings.HasPrefix(e.What, "canteen.") {
					n++
				}
			}
			if n != 1 {
				t.Errorf("%d entries in the trail, want 1", n)
			}
		})
	}
}

// TestCanteenRoles holds every role to what it may do with a canteen, in one line and by a
// forged press: admins all, its cook what is not the admins', nobody else anything.
func TestCanteenRoles(t *testing.T) {
	t.Parallel()
	const admins, cooks = "bot!!: 这件事要镇里的管理员来办…", "bot!!: 这件事要食堂的工作人员来办…"
	acts := []struct {
		forged string
		cook   bool // a cook may
	}{
		{"edit k_hours.hefan", true}, {"edit k_prices.hefan", true}, {"edit k_address.hefan", true}, {"edit k_phone.hefan", true}, {"edit k_rest.hefan", true},
		{"edit k_name.hefan", false}, {"edit k_serve.hefan", false}, {"edit k_add", false},
		{"canteenclose hefan", false}, {"canteenclosed hefan", false}, {"canteenopen hefan", false},
	}
	for _, role := range append([]community.Role{"neighbour", "nothing"}, community.Roles...) {
		t.Run(string(role), func(t *testing.T) {
			t.Parallel()
			d := office(t)
			grant, tie := role, map[community.Tie]string{community.ToCommunity: "anju", community.ToCanteen: "hefan"}[role.Tie()]
			if role == "neighbour" { // cooks for another canteen
				grant, tie = community.Cook, "other"
			}
			if grant.Known() {
				if err := d.App.Store.Grant(t.Context(), 3002, "", grant, tie); err != nil {
					t.Fatal(err)
				}
			}
			var b strings.Builder
			b.WriteString("ana: /start\nbot: (anything)\n")
			for _, a := range acts {
				var want string
				switch {
				case role == community.Admin:
					continue
				case a.cook && role == community.Cook:
					want = "bot: 现在是：…\nana: /cancel\nbot: …"
					if strings.Contains(a.forged, "rest") {
						want = "bot: 请把休息的日子…\nana: /cancel\nbot: …"
					}
				case a.cook:
					want = cooks
				default:
					want = admins
				}
				fmt.Fprintf(&b, "ana: (forge %s)\n%s\n", a.forged, want)
			}
			switch role {
			case community.Admin:
				b.WriteString("ana: (forge edit k_name.hefan)\nbot: 现在是：…\nana: /cancel\nbot: …\nana: (forge edit k_name.nowhere)\nbot!!: 这个按钮已经过时了…\nana: (forge canteenclosed hefan)\nbot*: 关闭了…\n")
			case community.Cook:
				b.WriteString("ana: (forge canteen hefan)\nbot*: 和食堂…\nana: (forge canteen other)\nbot!!: 这件事要食堂的…\n")
			case "neighbour":
				b.WriteString("ana: /canteen 电话 和食堂 0577-00000099\nbot: 这件事要食堂的工作人员来办…\nana: (forge canteen hefan)\n" + cooks + "\n")
			default:
				b.WriteString("ana: /canteen 电话 和食堂 0577-00000099\nbot: 这件事要由镇里的管理员…\nana: (forge canteen hefan)\n" + cooks + "\n")
			}
			playIn(t, d, b.String())
		})
	}
}
