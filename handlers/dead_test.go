package handlers_test

import (
	"errors"
	"testing"

	"xingfuli/bot/app"
)

// TestDead shows an admin, and nobody else, what could not be handled.
func TestDead(t *testing.T) {
	t.Parallel()
	d, err := app.NewDemo(t.Context(), app.DemoOptions{Start: monday, Stopped: true, Fast: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(d.Close)
	s := d.Sim
	if err := s.Play(t.Context(), "resident: /start\nbot: …\nadmin: /start\nbot: …\nadmin: /dead\nbot: 没有处理不了的消息，都好好的。"); err != nil {
		t.Fatal(err)
	}
	const poison = `{"message":{"message_id":9,"date":1,"chat":{"id":1001,"type":"private"},"text":5,"caption":"secret"}}`
	s.Inject([]byte(poison))
	if err := errors.Join(s.Drained(t.Context()), d.App.Settle(t.Context())); err != nil {
		t.Fatal(err)
	}
	err = s.Play(t.Context(), `
		resident: /menu 周三
		bot: 和食堂 周三…
		resident: /dead
		bot: 这件事要由镇里的管理员…
		resident: (forge dead)
		bot!!: 这件事要镇里的管理员来办…
		resident: (forge retry 1-1)
		bot!!: 这件事要镇里的管理员来办…
		resident: (forge forget 1-1)
		bot!!: 这件事要镇里的管理员来办…
		admin: /dead
		bot: 有一条消息没能处理：…
		admin: (forge forget nonsense)
		bot!!: 这个按钮已经过时了…
		admin: (forge retry 1-1)
		bot!!: 这个按钮已经过时了…
		admin: [丢掉]
		bot!: 丢掉了
		bot*: 没有处理不了的消息，都好好的。`)
	if err != nil {
		t.Error(err)
	}
}
