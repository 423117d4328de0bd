package handlers_test

import (
	"bytes"
	"image/png"
	"strings"
	"testing"

	"xingfuli/bot/sim"
)

// photos lists the pictures of the bot in a chat, the oldest first.
func photos(s *sim.Server, viewer, chat int64) []sim.Message {
	var list []sim.Message
	for _, m := range s.History(viewer, chat, 0, 50) {
		if len(m.Files) == 1 && m.Files[0].Photo && m.From == s.Bot().ID {
			list = append(list, m)
		}
	}
	return list
}

// TestMenuPicture: a version is drawn and sent once for each language, then by its ID, and a
// new version is drawn anew. The words below it say the same.
func TestMenuPicture(t *testing.T) {
	t.Parallel()
	s := demo(t, monday)
	play := func(script string) {
		t.Helper()
		if err := s.Play(t.Context(), script); err != nil {
			t.Fatal(err)
		}
	}
	const words = "(photo) 和食堂 周一 11月23日到周日 11月29日…周一（今天） 红烧猪肉、西红柿炒蛋、清炒花菜、紫菜虾米汤…周五 梅干菜扣肉…"
	play(`
		resident: /start
		bot: …
		resident: /menu 周二
		bot: …
		resident: [看图]
		bot: ` + words + `
		resident: [看图]
		bot: ` + words)
	first := photos(s, 1001, s.Bot().ID)
	if len(first) != 2 || first[0].Files[0].ID != first[1].Files[0].ID {
		t.Fatalf("not the same picture twice: %+v", first)
	}
	data, kind, err := s.File(first[0].Files[0].Path)
	if err != nil || kind != "image/png" {
		t.Fatal(kind, err)
	}
	if c, err := png.DecodeConfig(bytes.NewReader(data)); err != nil || c.Width != 1080 {
		t.Errorf("%d wide, %v", c.Width, err)
	}
	play(`
		cook: /setmenu 周二葱油鲳鱼
		bot: …
		cook: [发布]
		bot*: …
		bot@resident: 更正：…
		resident: [看图]
		bot: (photo) …周二 葱油鲳鱼…
		resident: /language
		bot: …
		resident: [English]
		bot*: …
		bot: (anything)
		resident: /menu
		bot: …
		resident: [As a picture]
		bot: (photo) …Mon 23 Nov…`)
	seen := map[string]bool{}
	for _, p := range photos(s, 1001, s.Bot().ID) {
		seen[p.Files[0].ID] = true
	}
	if len(seen) != 3 {
		t.Errorf("%d different pictures, want one of each version and language", len(seen))
	}
}

func TestMenuPictureTold(t *testing.T) {
	play(t, []script{
		{name: "a group is sent it once in ten minutes", script: `
			resident@group: 今天食堂吃什么
			bot@group: …
			cook@group: [看图]
			bot@group: (photo) …
			resident@group: [看图]
			bot!: 图刚刚发过了，往上翻一翻就是。
			clock: +11m
			resident@group: [看图]
			bot@group: (photo) …`},
		{name: "a week that is not out has none", script: `
			resident: /start
			bot: …
			resident: (forge picture hefan.2027-01-04)
			bot!!: 这一周的菜单还没公布，还没有图。
			resident: (forge picture nowhere.2026-11-23)
			bot!!: 这个按钮已经过时了…
			resident: (forge picture hefan.x)
			bot!!: 这个按钮已经过时了…
			resident: (forge picture)
			bot!!: 这个按钮已经过时了…`},
	})
}

// TestMenuPictureForgotten: Telegram does not know the picture any more: it is drawn again.
func TestMenuPictureForgotten(t *testing.T) {
	t.Parallel()
	s := demo(t, monday)
	const again = "resident: [看图]\nbot: (photo) …\n"
	if err := s.Play(t.Context(), "resident: /start\nbot: …\nresident: /menu\nbot: …\n"+again); err != nil {
		t.Fatal(err)
	}
	refused := false
	s.Fail(func(method string, _ int64) *sim.Fault {
		if method != "sendPhoto" || refused {
			return nil
		}
		refused = true
		return &sim.Fault{Status: 400, Body: `{"ok":false,"error_code":400,"description":"Bad Request: wrong file identifier/HTTP URL specified"}`}
	})
	if err := s.Play(t.Context(), again+again); err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, p := range photos(s, 1001, s.Bot().ID) {
		ids = append(ids, p.Files[0].ID)
	}
	if len(ids) != 3 || ids[0] == ids[1] || ids[1] != ids[2] || !refused {
		t.Errorf("pictures: %s", strings.Join(ids, " "))
	}
}
