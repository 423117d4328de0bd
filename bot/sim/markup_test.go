package sim

import (
	"fmt"
	"strings"
	"testing"
)

func TestKeyboards(t *testing.T) {
	inline := func(button string) string { return `{"inline_keyboard":[[` + button + `]]}` }
	many := func(n int) string {
		return inline(strings.TrimSuffix(strings.Repeat(`{"text":"a","callback_data":"b"},`, n), ","))
	}
	tests := []struct{ name, markup, want string }{
		{"64 bytes", inline(`{"text":"a","callback_data":"` + strings.Repeat("x", 64) + `"}`), "ok"},
		{"65 bytes", inline(`{"text":"a","callback_data":"` + strings.Repeat("x", 65) + `"}`), "Bad Request: BUTTON_DATA_INVALID"},
		{"22 characters of 3 bytes", inline(`{"text":"a","callback_data":"` + strings.Repeat("长", 22) + `"}`), "Bad Request: BUTTON_DATA_INVALID"},
		{"as the library sends it", inline(`{"text":"a","callback_data":"b","copy_text":{"text":""}}`), "ok"},
		{"link as the library sends it", inline(`{"text":"a","url":"https://a.cn","copy_text":{"text":""}}`), "ok"},
		{"nothing but an empty copy_text", inline(`{"text":"a","copy_text":{"text":""}}`), "Bad Request: BUTTON_COPY_TEXT_INVALID"},
		{"copy_text", inline(`{"text":"a","copy_text":{"text":"b"}}`), "ok"},
		{"no action", inline(`{"text":"a"}`), "Bad Request: can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard"},
		{"empty data", inline(`{"text":"a","callback_data":""}`), "Bad Request: can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard"},
		{"two actions", inline(`{"text":"a","callback_data":"b","url":"https://a.cn"}`), `Bad Request: can't parse inline keyboard button: "a" has 2 actions, exactly one is allowed`},
		{"bad link", inline(`{"text":"a","url":"javascript:alert(1)"}`), "Bad Request: inline keyboard button URL 'javascript:alert(1)' is invalid: Wrong HTTP URL"},
		{"link to a user", inline(`{"text":"a","url":"tg://user?id=101"}`), "ok"},
		{"style", inline(`{"text":"a","callback_data":"b","style":"danger"}`), "ok"},
		{"bad style", inline(`{"text":"a","callback_data":"b","style":"pink"}`), "Bad Request: can't parse inline keyboard button: invalid button style specified"},
		{"no label", inline(`{"text":" ","callback_data":"b"}`), "Bad Request: can't parse inline keyboard button: text must be non-empty"},
		{"unknown field", inline(`{"text":"a","callback_date":"b"}`), `Bad Request: can't parse reply_markup of sendMessage: reply_markup.inline_keyboard[0][0]: InlineKeyboardButton has no field "callback_date"`},
		{"100 buttons", many(100), "ok"},
		{"101 buttons", many(101), "Bad Request: reply markup is too long"},
		{"no rows", `{"inline_keyboard":[]}`, "ok"},
		{"an empty row", `{"inline_keyboard":[[],[{"text":"a","callback_data":"b"}]]}`, "ok"},
		{"reply keyboard", `{"keyboard":[["a",{"text":"b"}],["c"]],"resize_keyboard":true,"one_time_keyboard":true,"is_persistent":true,"input_field_placeholder":"…","selective":true}`, "ok"},
		{"no reply button", `{"keyboard":[]}`, "Bad Request: reply keyboard must contain at least one button"},
		{"empty reply button", `{"keyboard":[[""]]}`, "Bad Request: can't parse keyboard button: text must be non-empty"},
		{"placeholder of 64", `{"force_reply":true,"input_field_placeholder":"` + strings.Repeat("长", 64) + `"}`, "ok"},
		{"placeholder of 65", `{"force_reply":true,"input_field_placeholder":"` + strings.Repeat("长", 65) + `"}`, "Bad Request: input field placeholder must have 1-64 characters"},
		{"remove", `{"remove_keyboard":true}`, "ok"},
		{"none of the kinds", `{"buttons":[]}`, `Bad Request: can't parse reply_markup of sendMessage: reply_markup: InlineKeyboardMarkup has no field "buttons"`},
		{"no object", `[]`, "Bad Request: can't parse reply_markup of sendMessage: reply_markup: InlineKeyboardMarkup expected, got an Array"},
	}
	s := started(t)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := ask(t, s, "sendMessage", `{"chat_id":101,"text":"hi","reply_markup":%s}`, tt.markup).String(); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}

// TestReplyKeyboard: what people see below the input field.
func TestReplyKeyboard(t *testing.T) {
	s := started(t)
	private := func() *Keyboard { return s.Chats(resident)[0].Keyboard }
	must(t, s, "sendMessage", `{"chat_id":101,"text":"hi","reply_markup":{"keyboard":[["菜单"]]}}`)
	if k := private(); k == nil || fmt.Sprint(k.Rows) != "[[菜单]]" {
		t.Fatal(k)
	}
	must(t, s, "sendMessage", `{"chat_id":101,"text":"plain"}`)
	if private() == nil {
		t.Error("a message without reply_markup took the keyboard away")
	}
	must(t, s, "sendMessage", `{"chat_id":101,"text":"bye","reply_markup":{"remove_keyboard":true}}`)
	if k := private(); k != nil {
		t.Error("not removed:", k)
	}
	must(t, s, "sendMessage", `{"chat_id":101,"text":"once","reply_markup":{"keyboard":[["好"]],"one_time_keyboard":true}}`)
	do(t, s, resident, s.Bot().ID, Act{Text: "好"})
	if k := private(); k != nil {
		t.Error("a one-time keyboard stayed:", k)
	}
	id := do(t, s, resident, theGroup, Act{Text: "/menu"})
	must(t, s, "sendMessage", `{"chat_id":%d,"text":"for you","reply_parameters":{"message_id":%d},"reply_markup":{"keyboard":[["菜单"]],"selective":true}}`, theGroup, id)
	if s.Chats(resident)[1].Keyboard == nil || s.Chats(cook)[1].Keyboard != nil {
		t.Error("a selective keyboard is for the one who is replied to")
	}
}
