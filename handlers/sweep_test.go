package handlers_test

import (
	"errors"
	"testing"

	"xingfuli/bot/queue"
)

// TestSweep moves the clock over many nights: what could not be handled is kept for 30 days and
// what was done once for 90, until 3:30 of the night after.
func TestSweep(t *testing.T) {
	t.Parallel()
	c := clockDemo(t, queue.Schedule{ID: "chime.once", Rule: "2026-11-23 10:00"})
	c.play(t, "resident: /start\nbot: …\nadmin: /start\nbot: …")
	const poison = `{"message":{"message_id":9,"date":1,"chat":{"id":1001,"type":"private"},"text":5,"caption":"x"}}`
	c.Sim.Inject([]byte(poison))
	if err := errors.Join(c.Sim.Drained(t.Context()), c.App.Settle(t.Context())); err != nil {
		t.Fatal(err)
	}
	const letter, none = "有一条消息没能处理：…", "没有处理不了的消息，都好好的。"
	const jobs, swept = "定时做的事，一共 5 件\n\n1. 给once发菜单…", "定时做的事，一共 4 件…每天夜里清理过期的旧数据…上次 周一 2月22日 03:30 做好了…"
	for _, tt := range []struct{ clock, say, want string }{
		{"2026-11-24 03:31", "/dead", letter},
		{"2026-12-24 03:29", "/dead", letter},
		{"2026-12-24 03:31", "/dead", none},
		{"2027-02-21 03:31", "/jobs", jobs},
		{"2027-02-22 03:29", "/jobs", jobs},
		{"2027-02-22 03:31", "/jobs", swept},
	} {
		done(t, c.Demo, "clock: "+tt.clock+"\nadmin: "+tt.say)
		heard(t, c.Demo, 1003, tt.want)
	}
	if got := c.did(); len(got) != 1 {
		t.Errorf("done: %q", got)
	}
}
