package handlers_test

import (
	"net/http"
	"sync/atomic"
	"testing"

	"xingfuli/bot/sim"
)

// TestAnnounceAgain: what Telegram refuses to show at first is shown at the next try, and what
// was done meanwhile is not done twice.
func TestAnnounceAgain(t *testing.T) {
	t.Parallel()
	const begun = "clock: +1m\ncrier: /announce 倒垃圾\nbot: …\n"
	const ready = begun + "crier: [所有的群]\nbot*: …\ncrier: [下一步]\nbot*: …\ncrier: [立即发]\nbot*: …\ncrier: [看预览]\nbot: …\nbot: …\n"
	tests := []struct {
		name, method, before, act, after string
		sent                             int
	}{
		{"begin", "sendMessage", "clock: +1m", "crier: /announce 倒垃圾", "crier: /notices\nbot: …现在没有…", 0},
		{"tick", "editMessageText", begun, "crier: [所有的群]", "crier: [下一步]\nbot*: …", 0},
		{"option", "editMessageText", begun + "crier: [所有的群]\nbot*: …\ncrier: [下一步]\nbot*: …\ncrier: [立即发]\nbot*: …\n", "crier: [紧急]", "crier: [看预览]\nbot: …\nbot: …紧急：夜里也发…", 0},
		{"preview", "sendMessage", begun + "crier: [所有的群]\nbot*: …\ncrier: [下一步]\nbot*: …\ncrier: [立即发]\nbot*: …\n", "crier: [看预览]", "crier: [修改]\nbot*: …", 0},
		{"send", "editMessageText", ready, "crier: [确认发送]", "crier: /notices\nbot: …现在没有…\ncrier: [发过的]\nbot*: …一共 1 条…", 1},
		{"a photo", "sendMessage", "clock: +1m\ncrier: /announce\nbot: …\n", "crier: (album 2) 茶园", "crier: [所有的群]\nbot*: …\ncrier: [下一步]\nbot*: …\ncrier: [立即发]\nbot*: …\ncrier: [看预览]\nbot: (photo) 茶园\nbot: (photo)\nbot: …", 0},
		{"stop", "editMessageText", weekly + opened + "crier: [停用]\nbot*: …\n", "crier: [停用]", "crier: /notices\nbot: …现在没有…", 0},
		{"move", "editMessageText", weekly + opened + "crier: [改期]\nbot: …\ncrier: 明天 7:30\nbot: …\n", "crier: [就这样改]", "crier: /notices\nbot: …一共 1 条…", 0},
		{"now", "editMessageText", weekly + opened + "crier: [现在发]\nbot*: …\n", "crier: [现在发]", "crier: /notices\nbot: …一共 1 条…", 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			d := hall(t)
			playIn(t, d, tt.before)
			var failed atomic.Bool
			stop := d.Sim.Fail(func(method string, chat int64) *sim.Fault {
				if method == tt.method && chat == 3001 && failed.CompareAndSwap(false, true) {
					return &sim.Fault{Status: http.StatusBadRequest}
				}
				return nil
			})
			done(t, d, tt.act)
			stop()
			if !failed.Load() {
				t.Errorf("no %s was refused", tt.method)
			}
			want(t, d, "倒垃圾", tt.sent)
			playIn(t, d, tt.after)
			want(t, d, "倒垃圾", tt.sent)
		})
	}
}
