package handlers_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"xingfuli/bot/app"
	"xingfuli/bot/community"
	"xingfuli/bot/sim"
	"xingfuli/bot/text"
)

// Who may do what, of those with a role and of those without.
var (
	adminsMay = []community.Role{community.Admin}
	cooksMay  = []community.Role{community.Admin, community.Cook}
	localsMay = []community.Role{community.Admin, community.Specialist}
)

// rights is what staff do, as they say it or as a forged press, and who may. Each act is
// about 安居小区 or its canteen, to which the roles in the test are tied.
var rights = []struct {
	act string
	may []community.Role
}{
	{"/setmenu", cooksMay}, {"/setmenu 周四鱼", cooksMay}, {"/setmenu 撤销", cooksMay}, {"/soldout", cooksMay}, {"/soldout 红烧猪肉", cooksMay},
	{"[soldout hefan.2026-11-23.0 1]", cooksMay}, {"[restock hefan.2026-11-23.0 1]", cooksMay}, {"[undo hefan.2026-11-23 1]", cooksMay},

	{"/canteen", cooksMay}, {"[canteen]", cooksMay}, {"[canteen hefan]", cooksMay}, {"/canteen 电话 和食堂 0577-00000009", cooksMay},
	{"[edit k_hours.hefan]", cooksMay}, {"[edit k_prices.hefan]", cooksMay}, {"[edit k_address.hefan]", cooksMay}, {"[edit k_phone.hefan]", cooksMay}, {"[edit k_rest.hefan]", cooksMay},
	{"/canteen 新增 二食堂", adminsMay}, {"/canteen 服务 和食堂 安居小区", adminsMay}, {"/canteen 不再服务 和食堂 安居小区", adminsMay},
	{"/canteen 改名 和食堂 和和食堂", adminsMay}, {"/canteen 关闭 和食堂", adminsMay}, {"[edit k_add]", adminsMay}, {"[edit k_name.hefan]", adminsMay},
	{"[edit k_serve.hefan]", adminsMay}, {"[canteenclose hefan]", adminsMay}, {"[canteenclosed hefan]", adminsMay}, {"[canteenopen hefan]", adminsMay},

	{"/digest", localsMay}, {"/questions", localsMay}, {"[questions new.0]", localsMay}, {"[answeradd]", localsMay},
	{"/answers 新增 停车 | 能停几辆车 | 两辆", localsMay},
	{"@group /bind 安居小区", localsMay}, {"@group /unbind", localsMay},

	{"/staff", adminsMay}, {"/staff 邀请 admin", adminsMay}, {"[staff]", adminsMay}, {"[member 1002]", adminsMay}, {"[invite]", adminsMay},
	{"[invite admin]", adminsMay}, {"[invite canteen.hefan]", adminsMay}, {"[fire 1002.canteen.hefan]", adminsMay}, {"[fired 1002.canteen.hefan]", adminsMay},
	{"/community", adminsMay}, {"/community 新增 仙境", adminsMay}, {"[community]", adminsMay}, {"[community anju]", adminsMay},
	{"[close anju]", adminsMay}, {"[reopen anju]", adminsMay}, {"[edit c_add]", adminsMay}, {"[edit c_ally]", adminsMay},
	{"[edit c_name.anju]", adminsMay}, {"[edit c_contact.anju]", adminsMay}, {"/contact 设置 安居小区 专员 0577-00000009", adminsMay},
	{"/audit", adminsMay}, {"[audit]", adminsMay}, {"[deed 1-0]", adminsMay},
	{"/holidays", adminsMay}, {"/holidays 休 2027-10-08", adminsMay}, {"[holidayadd]", adminsMay}, {"[holidayreset]", adminsMay}, {"[holidayset]", adminsMay},
	{"/topics", adminsMay}, {"/topics 新增 夜校", adminsMay}, {"[subject]", adminsMay}, {"[subject water.close]", adminsMay}, {"[subject water.closed]", adminsMay},
	{"[edit t_add]", adminsMay}, {"[edit t_name.water]", adminsMay},
	{"/dead", adminsMay}, {"[dead]", adminsMay}, {"[retry 1-0]", adminsMay}, {"[forget 1-0]", adminsMay},
}

// refusals are the keys of what somebody is told who may not.
var refusals = []string{"chat.forbidden", "community.admins_only", "community.cooks_only", "community.elsewhere", "answers.not_yours"}

// TestRights tries every act as every role: who may is answered, everybody else is refused in
// plain words, and nobody is let through.
func TestRights(t *testing.T) {
	t.Parallel()
	for _, role := range append([]community.Role{"nothing"}, community.Roles...) {
		t.Run(string(role), func(t *testing.T) {
			t.Parallel()
			d := office(t)
			if err := d.Sim.Join(3002, -1001000000001); err != nil {
				t.Fatal(err)
			}
			if role.Known() {
				tie := map[community.Tie]string{community.ToCommunity: "anju", community.ToCanteen: "hefan"}[role.Tie()]
				if err := d.App.Store.Grant(t.Context(), 3002, "", role, tie); err != nil {
					t.Fatal(err)
				}
			}
			playIn(t, d, "ana: /help\nbot: …")
			under := d.Sim.History(3002, d.Sim.Bot().ID, 0, 1)[0].ID
			for _, r := range rights {
				if err := d.Sim.Move(t.Context(), 5*time.Second); err != nil { // the flood limit is for everybody without a role
					t.Fatal(err)
				}
				reply := tried(t, d, r.act, under)
				refused := slices.ContainsFunc(refusals, func(key string) bool {
					return strings.Contains(reply, text.In(text.Chinese).Plain(key, nil))
				})
				if may := slices.Contains(r.may, role); may == refused || reply == "" {
					t.Errorf("%s: refused %v, want %v: %q", r.act, refused, !may, reply)
				}
			}
		})
	}
}

// tried has ana do something and returns what came of it, in the chat and over it.
func tried(t *testing.T, d *app.Demo, act string, under int) string {
	t.Helper()
	ctx, bot := t.Context(), d.Sim.Bot().ID
	chat := bot
	if rest, ok := strings.CutPrefix(act, "@group "); ok {
		chat, act = -1001000000001, rest
	}
	before := d.Sim.Calls(0)
	seq := before[len(before)-1].Seq
	if data, ok := strings.CutPrefix(act, "["); ok {
		if _, err := d.Sim.Press(ctx, 3002, chat, under, strings.TrimSuffix(data, "]")); err != nil {
			t.Fatal(err)
		}
	} else if _, err := d.Sim.Do(ctx, 3002, chat, sim.Act{Text: act}); err != nil {
		t.Fatal(err)
	}
	if err := d.Sim.Drained(ctx); err != nil {
		t.Fatal(err)
	}
	if err := d.App.Settle(ctx); err != nil {
		t.Fatal(err)
	}
	var said []string
	for _, c := range d.Sim.Calls(seq) {
		if c.Params["text"] != "" {
			said = append(said, fmt.Sprint(c.Params["text"]))
		}
	}
	return strings.Join(said, "\n")
}
