package app

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"xingfuli/bot/queue"
	"xingfuli/bot/telegram"
)

// killed handles an update of an admin in private as it is handled when the process is killed
// after the change and before the dialogue has moved on: it is done, the dialogue is put back
// as it was, and it is done again.
func killed(t *testing.T, d *Demo, id int64, part string) {
	t.Helper()
	u := queue.Update{ID: id, Lane: demoAdmin, Raw: fmt.Appendf(nil, `{"update_id":%d,%s}`, id, part)}
	key := fmt.Sprintf("xf:{x}:dialogue:%d:%d", demoAdmin, demoAdmin)
	before, err := d.client.HGetAll(t.Context(), key).Result()
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if len(before) > 0 {
			if err := d.client.HSet(t.Context(), key, before).Err(); err != nil {
				t.Fatal(err)
			}
		}
		if err := d.App.router.Handle(t.Context(), u, &telegram.Attempt{}); err != nil {
			t.Fatal(err)
		}
	}
}

// says and presses are what an admin does in private.
func says(text string) string {
	return fmt.Sprintf(`"message":{"message_id":99,"date":1,"from":{"id":%d,"is_bot":false,"first_name":"x"},"chat":{"id":%d,"type":"private"},"text":%q}`, demoAdmin, demoAdmin, text)
}

func presses(message int, data string) string {
	return fmt.Sprintf(`"callback_query":{"id":"1","chat_instance":"1","from":{"id":%d,"is_bot":false,"first_name":"x"},"message":{"message_id":%d,"date":1,"chat":{"id":%d,"type":"private"}},"data":%q}`,
		demoAdmin, message, demoAdmin, data)
}

// newest is the last message of the admin's chat, and what a button in it carries.
func newest(t *testing.T, d *Demo, label string) (message int, data string) {
	t.Helper()
	ms := d.Sim.History(demoAdmin, d.Sim.Bot().ID, 0, 50)
	for i := len(ms) - 1; i >= 0; i-- {
		for _, row := range ms[i].Buttons {
			for _, b := range row {
				if strings.HasPrefix(b.Text, label) {
					return ms[i].ID, b.Data
				}
			}
		}
	}
	t.Fatalf("no button %s", label)
	return 0, ""
}

// TestRepeat kills turns that change answers, questions and wishes between their change and
// their end: each is done once, is in the trail once, and who waits is told once.
func TestRepeat(t *testing.T) {
	t.Parallel()
	d, err := NewDemo(t.Context(), DemoOptions{Start: time.Date(2026, 11, 23, 1, 0, 0, 0, time.UTC), Stopped: true, Fast: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(d.Close)
	play := func(script string) {
		t.Helper()
		if err := d.Sim.Play(t.Context(), script); err != nil {
			t.Fatal(err)
		}
	}
	id := int64(1_000_000)
	press := func(label string) {
		t.Helper()
		id++
		message, data := newest(t, d, label)
		killed(t, d, id, presses(message, data))
	}
	play("admin: /start\nbot: …\nadmin: /answers 新增 停车 | 北门晚上关吗 | 不关\nbot: …")
	play("resident: /start\nbot: …\nresident: 路灯坏了找谁\nbot: …\nresident: [有了答案告诉我]\nbot*: …\nresident: 水管坏了找谁\nbot: …")
	changes := trail(t, d)

	id++
	killed(t, d, id, says("/answers 新增 停车 | 南门晚上关吗 | 不关"))
	id++
	killed(t, d, id, says("/answers 修改 南门晚上关吗 | 十点关"))
	play("admin: /answers 南门晚上关吗\nbot: …十点关…\nadmin: /answers\nbot: …\nadmin: [停车 ›]\nbot*: …\nadmin: [南门晚上关吗]\nbot*: …\nadmin: [改这一条]\nbot*: …")
	press("排到最前面")
	play("admin: /answers\nbot: …\nadmin: [停车 ›]\nbot*: …\nadmin: [南门晚上关吗]\nbot*: …\nadmin: [改这一条]\nbot*: …\nadmin: [改答案]\nbot: …")
	id++
	killed(t, d, id, says("十一点关"))
	id++
	killed(t, d, id, says("/answers 删除 北门晚上关吗"))
	play("admin: /questions\nbot: …\nadmin: [路灯坏了找谁]\nbot*: …\nadmin: [写答案]\nbot: …\nadmin: 打社区电话\nbot: …")
	press("停车")
	play("admin: /questions\nbot: …\nbot@resident: …\nadmin: [水管坏了找谁]\nbot*: …")
	press("不用回答")
	if got := trail(t, d) - changes; got != 7 {
		t.Errorf("%d changes in the trail, want 7", got)
	}
	play("admin: /answers 南门晚上关吗\nbot: …十一点关…")
	told := 0
	for _, m := range d.Sim.History(demoResident, d.Sim.Bot().ID, 0, 50) {
		if strings.HasPrefix(m.Text, "您前几天问的") {
			told++
		}
	}
	if told != 1 {
		t.Errorf("told %d times", told)
	}
	if err := d.App.Settle(t.Context()); err != nil {
		t.Error(err)
	}
}

// trail counts the changes of answers and questions in the audit trail.
func trail(t *testing.T, d *Demo) int {
	t.Helper()
	es, err := d.App.Store.Audit(t.Context(), "", 1000)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, e := range es {
		if strings.HasPrefix(e.What, "answer.") || strings.HasPrefix(e.What, "question.") {
			n++
		}
	}
	return n
}
