package handlers_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"xingfuli/bot/queue"
	"xingfuli/bot/sim"
)

// TestPostReasons: whatever Telegram says of a chat, the author reads in the list of failures in
// plain words of the own language, and which chat it was.
func TestPostReasons(t *testing.T) {
	t.Parallel()
	d := hall(t)
	refusals := []struct {
		chat         string
		code         int
		said, zh, en string
	}{
		{"5001", 403, "Forbidden: bot was blocked by the user", "把机器人停用了", "has blocked the bot"},
		{"5002", 403, "Forbidden: user is deactivated", "账号已经注销", "the account is no more"},
		{"5003", 403, "Forbidden: bot can't initiate conversation with a user", "还没有跟机器人说过话（要先点「开始」）", "has never spoken to the bot (it takes a press on Start)"},
		{"5004", 400, "Bad Request: BUTTON_DATA_INVALID", "Telegram 不收这条消息", "Telegram does not take this message"},
		{"-1001000000101", 403, "Forbidden: bot was kicked from the supergroup chat", "机器人不在这个群里了", "the bot is not in this group any more"},
		{"-1001000000102", 403, "Forbidden: the group chat was deleted", "群已经解散", "the group is no more"},
		{"-1001000000103", 400, "Bad Request: not enough rights to send text messages to the chat", "群里（或者群里的那个话题）不让机器人发言", "the bot may not write in this group or in that topic"},
		{"-1001000000104.7", 400, "Bad Request: TOPIC_CLOSED", "群里（或者群里的那个话题）不让机器人发言", "the bot may not write in this group or in that topic"},
		{"-1001000000105.8", 400, "Bad Request: message thread not found", "群里（或者群里的那个话题）不让机器人发言", "the bot may not write in this group or in that topic"},
	}
	said, to := map[int64]sim.Fault{}, []string{"chat:3003"}
	for _, r := range refusals {
		c, err := queue.ParseChat(r.chat)
		if err != nil {
			t.Fatal(err)
		}
		body, err := json.Marshal(map[string]any{"ok": false, "error_code": r.code, "description": r.said})
		if err != nil {
			t.Fatal(err)
		}
		said[c.ID] = sim.Fault{Status: r.code, Body: string(body)}
		to = append(to, "chat:"+r.chat)
	}
	d.Sim.Fail(func(method string, chat int64) *sim.Fault {
		if f, ok := said[chat]; ok && strings.HasPrefix(method, "send") {
			return &f
		}
		return nil
	})
	del, err := d.App.Store.StartDelivery(t.Context(), "test.post", queue.Delivery{Kind: "notice", Body: json.RawMessage(`{"h":"停水"}`), To: to, Author: 3001, Made: d.Sim.Now()})
	if err := errors.Join(err, d.App.Settle(t.Context())); err != nil {
		t.Fatal(err)
	}
	heard(t, d, 3001, fmt.Sprintf("发完了\n「停水」\n\n已发：1\n失败：%d…", len(refusals)))
	heard(t, d, 3003, "停水")
	done(t, d, "crier: [失败名单]")
	chinese := sheet(t, d, 3001)
	done(t, d, "crier: /language\ncrier: [English]\ncrier: (forge post "+del.ID+".failures)")
	english := sheet(t, d, 3001)
	for _, r := range refusals {
		id, _, _ := strings.Cut(r.chat, ".")
		zh, en := id+",个人,", id+",person,"
		if id[0] == '-' {
			zh, en = id+",群,", id+",group,"
		}
		if !strings.Contains(chinese, zh+r.zh+"\r\n") || !strings.Contains(english, en+r.en+"\r\n") {
			t.Errorf("%q is not read as %q and %q in:\n%s%s", r.said, r.zh, r.en, chinese, english)
		}
	}
}
