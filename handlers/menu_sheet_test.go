package handlers_test

import (
	"bytes"
	"strings"
	"testing"

	"golang.org/x/text/encoding/simplifiedchinese"

	"xingfuli/bot/app"
	"xingfuli/bot/menu"
	"xingfuli/bot/sim"
	"xingfuli/bot/table"
)

const cookID = 1002

// kitchen is a demo in which the cook sends files.
type kitchen struct{ *app.Demo }

func openKitchen(t *testing.T) kitchen {
	t.Helper()
	d, err := app.NewDemo(t.Context(), app.DemoOptions{Start: monday, Stopped: true, Fast: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(d.Close)
	k := kitchen{d}
	k.play(t, "cook: /start\nbot: …")
	return k
}

func (k kitchen) play(t *testing.T, script string) {
	t.Helper()
	if err := k.Sim.Play(t.Context(), script); err != nil {
		t.Error(err)
	}
}

// send sends a document as the cook and returns what the bot says to it.
func (k kitchen) send(t *testing.T, name string, data []byte, caption string) []sim.Message {
	t.Helper()
	ctx := t.Context()
	id, err := k.Sim.Do(ctx, cookID, k.Sim.Bot().ID, sim.Act{Document: data, FileName: name, Caption: caption})
	if err != nil {
		t.Fatal(err)
	}
	if err := k.Sim.Drained(ctx); err != nil {
		t.Fatal(err)
	}
	if err := k.App.Settle(ctx); err != nil {
		t.Fatal(err)
	}
	var answers []sim.Message
	for _, m := range k.Sim.History(cookID, k.Sim.Bot().ID, 0, 20) {
		if m.ID > id && m.From == k.Sim.Bot().ID {
			answers = append(answers, m)
		}
	}
	return answers
}

func workbook(t *testing.T, rows [][]string) []byte {
	t.Helper()
	data, err := table.WriteXLSX("菜单", rows)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// TestSheet: a table becomes the same preview as a paste, and is published by the same button.
func TestSheet(t *testing.T) {
	rows := [][]string{{"和食堂菜单", ""}, {"周四", "周五"}, {"葱油鲳鱼", "红烧<大>虾"}, {"麻婆豆腐", "休息"}}
	gb, err := simplifiedchinese.GB18030.NewEncoder().Bytes([]byte("周四,周五\n葱油鲳鱼,红烧<大>虾\n麻婆豆腐,\n"))
	if err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string][]byte{"菜单.xlsx": workbook(t, rows), "菜单.csv": gb, "MENU.CSV": table.WriteCSV(rows[1:])} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			k := openKitchen(t)
			k.play(t, "cook: /setmenu\nbot: 请把菜单直接粘贴给我…")
			said := k.send(t, name, data, "")
			if len(said) != 1 || !strings.Contains(said[0].Text, "和食堂的菜单，请您过目（还没发布）：\n\n周四 11月26日\n午餐：葱油鲳鱼、麻婆豆腐") || !strings.Contains(said[0].Text, "红烧<大>虾") {
				t.Fatalf("the preview is %+v", said)
			}
			k.play(t, `
				resident: /start
				bot: …
				resident: /menu 周四
				bot: …糖醋排骨…
				cook: [发布]
				bot*: 发布好了！…
				bot@resident: 更正：…
				resident: /menu 周四
				bot: …· 葱油鲳鱼
				| · 麻婆豆腐…`)
		})
	}
}

// TestSheetCaption sends tables that bring the command with them, or none; of several canteens the
// cook is asked for which one.
func TestSheetCaption(t *testing.T) {
	t.Parallel()
	k := openKitchen(t)
	data := workbook(t, [][]string{{"周四", "葱油鲳鱼"}})
	if said := k.send(t, "a.xlsx", data, "/setmenu"); len(said) != 1 || !strings.Contains(said[0].Text, "葱油鲳鱼") {
		t.Fatalf("%+v", said)
	}
	k.play(t, "cook: [取消]\nbot*: …")
	if said := k.send(t, "a.XLSX", data, ""); len(said) != 1 || !strings.Contains(said[0].Text, "葱油鲳鱼") {
		t.Errorf("without the command: %+v", said)
	}
	k.play(t, `
		cook: [取消]
		bot*: …
		cook: (file a.txt) 周四 鱼
		bot: 语音、图片和表情我还看不懂…
		resident: /start
		bot: …
		resident: (file 菜单.csv) 周四,鱼
		bot: 语音、图片和表情我还看不懂…`)
	other := menu.Canteen{ID: "other", Name: "邻里食堂", Communities: []string{"elsewhere"}}
	if err := k.App.Store.PutCanteen(t.Context(), "other", 0, other); err != nil {
		t.Fatal(err)
	}
	if err := k.App.Store.Grant(t.Context(), cookID, "", "canteen", other.ID); err != nil {
		t.Fatal(err)
	}
	if said := k.send(t, "a.xlsx", data, "/setmenu"); len(said) != 1 || !strings.Contains(said[0].Text, "您管着好几个食堂") {
		t.Fatalf("%+v", said)
	}
	k.play(t, "cook: [邻里食堂]\nbot: 邻里食堂的菜单，请您过目…葱油鲳鱼…")
}

// TestSheetRefused: what cannot be read is explained, nothing is lost, and the next file is
// taken without another command.
func TestSheetRefused(t *testing.T) {
	t.Parallel()
	k := openKitchen(t)
	bomb := workbook(t, [][]string{{strings.Repeat("周一", 900)}, {strings.Repeat("x", 2001)}})
	compound := append([]byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), []byte("W\x00o\x00r\x00k\x00b\x00o\x00o\x00k\x00")...)
	tests := []struct {
		name, want string
		data       []byte
		sample     bool
	}{
		{"menu.pdf", "图片和别的文件我看不懂", []byte("%PDF-1.4"), true},
		{"../../etc/passwd", "图片和别的文件我看不懂", []byte("root"), true},
		{"menu.xlsx", "可能没有传完整", []byte("PK\x03\x04 no"), false},
		{"menu.xls", "老式的 .xls", compound, false},
		{"menu.csv", "字我认不出来", bytes.Repeat([]byte{0, 1, 2}, 99), false},
		{"menu.csv", "没看出哪天有什么菜", []byte(",,,\n"), true},
		{"menu.csv", "没看出哪天有什么菜", []byte("房号,户主\n101,住户\n"), true},
		{"menu.csv", "太大了", bytes.Repeat([]byte("周一,鱼\n"), table.MaxRows+1), false},
		{"menu.csv", "太大了", make([]byte, table.MaxFile+1), false},
		{"menu.xlsx", "太大了", bomb, false},
		{"menu.csv", "超过 30 个字", []byte("周一\n" + strings.Repeat("鱼", 31)), false},
	}
	for i, tt := range tests {
		caption := ""
		if i == 0 {
			caption = "/setmenu"
		}
		said := k.send(t, tt.name, tt.data, caption)
		if len(said) != 1 || !strings.Contains(said[0].Text, tt.want) || (len(said[0].Files) == 1) != tt.sample {
			t.Errorf("%s %.10q: %+v; want %q", tt.name, tt.data, said, tt.want)
			continue
		}
		if tt.sample { // it can be sent back as it is
			data, _, err := k.Sim.File(said[0].Files[0].Path)
			if err != nil {
				t.Fatal(err)
			}
			if again := k.send(t, "样表.xlsx", data, ""); len(again) != 1 || !strings.Contains(again[0].Text, "还没发布") || strings.Contains(again[0].Text, "⚠") {
				t.Errorf("the sample is read as %+v", again)
			}
		}
	}
	k.play(t, `
		cook: (photo) 菜单
		bot: …没看出哪天有什么菜…
		cook: (photo)
		bot: (file 菜单样表.xlsx) …图片和别的文件我看不懂…
		cook: (file 菜单.csv) 周四,葱油鲳鱼
		bot: …葱油鲳鱼…
		| [发布] [换成下周]
		| [修改] [取消]`)
	for _, m := range k.Sim.History(cookID, k.Sim.Bot().ID, 0, 99) {
		if strings.Contains(m.Text, k.Sim.Bot().Token) {
			t.Errorf("the token is in %q", m.Text)
		}
	}
}
