package handlers_test

import (
	"fmt"
	"strings"
	"testing"

	"xingfuli/bot/app"
	"xingfuli/bot/community"
	"xingfuli/bot/sim"
)

// TestAnswersRoles holds every role to what it may do with answers and open questions: admins
// all, a specialist what is of the own community, nobody else anything, whatever they press.
func TestAnswersRoles(t *testing.T) {
	const refused = "bot!!: 这一条要镇里的管理员或者那个小区的专员来改。"
	acts := []struct {
		says       string
		admin, own string // what answers an admin, and a specialist; empty: they are refused
	}{
		{"(forge answeradd)", "bot: 这一条给谁看？…", "bot: 放在哪一组？…"},
		{"(forge answeredit anju.1)", "bot*: 哪里量血压…", "bot*: 哪里量血压…"},
		{"(forge answerset text-anju.1 1)", "bot: 现在的答案是：…", "bot: 现在的答案是：…"},
		{"(forge answerdrop ask-anju.1 1)", "bot*: 真的要删掉…", "bot*: 真的要删掉…"},
		{"(forge answeredit sample.1)", "bot*: 四点半课堂几点开始…", ""},
		{"(forge answerset text-sample.1 1)", "bot: 现在的答案是：…", ""},
		{"(forge answerdrop ask-sample.1 1)", "bot*: 真的要删掉…", ""},
		{"(forge questions new.0)", "bot*: 有 1 个问题…", "bot*: 有 1 个问题…"},
		{"(forge question QID)", "bot*: 路灯坏了找谁…", "bot*: 路灯坏了找谁…"},
		{"(forge questionsame QID/sample.1)", "bot!: 答好了！…\nbot*: …", ""},
		{"(forge questionanswer QID)", "bot: 「路灯坏了找谁」…", "bot: 「路灯坏了找谁」…"},
		{"(forge questiondismiss QID)", "bot!: 好，不回答了\nbot*: …", "bot!: 好，不回答了\nbot*: …"},
	}
	for _, role := range append([]community.Role{"nothing"}, community.Roles...) {
		scripts := []string{""} // what is refused, then what is not
		for _, a := range acts {
			switch want := map[community.Role]string{community.Admin: a.admin, community.Specialist: a.own}[role]; want {
			case "":
				scripts[0] += "person: " + a.says + "\n" + refused + "\n"
			default:
				scripts = append(scripts, "person: "+a.says+"\n"+want)
			}
		}
		for i, script := range scripts {
			t.Run(fmt.Sprint(role, i), func(t *testing.T) {
				t.Parallel()
				d, id := withRole(t, role)
				if err := d.Sim.Play(t.Context(), "person: /answers\nbot: …\n"+strings.ReplaceAll(script, "QID", id)); err != nil {
					t.Error(err)
				}
			})
		}
	}
}

// withRole is a demo with a person of one role, an answer of 安居小区 and an open question of
// the same, whose ID it returns.
func withRole(t *testing.T, role community.Role) (*app.Demo, string) {
	t.Helper()
	d, err := app.NewDemo(t.Context(), app.DemoOptions{Start: monday, Stopped: true, Fast: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(d.Close)
	d.Sim.AddPerson(sim.Person{ID: 3001, Key: "person", Name: "某人", Language: "zh-hans"})
	if role.Known() {
		tie := map[community.Tie]string{community.ToCommunity: "anju", community.ToCanteen: "hefan"}[role.Tie()]
		if err := d.App.Store.Grant(t.Context(), 3001, "", role, tie); err != nil {
			t.Fatal(err)
		}
	}
	own := community.Answer{ID: "anju.1", Community: "anju", Group: "健康", Question: "哪里量血压", Text: "一号楼"}
	if err := d.App.Store.PutAnswer(t.Context(), "test.own", own, entry(1, monday)); err != nil {
		t.Fatal(err)
	}
	q, _ := community.NewQuestion("路灯坏了找谁", "anju", monday)
	if err := d.App.Store.NoteQuestion(t.Context(), "test.q", 1, q); err != nil {
		t.Fatal(err)
	}
	return d, q.ID
}
