package card

import (
	"xingfuli/bot/menu"
	"xingfuli/bot/table"
	"xingfuli/bot/telegram"
	"xingfuli/bot/text"
)

// SheetSample says under key what tables a cook may send, and brings one to fill in.
func SheetSample(w text.Words, key string) (telegram.Message, error) {
	data, err := table.WriteXLSX(w.Plain("sheet.sample", nil), menu.SampleSheet())
	if err != nil {
		return telegram.Message{}, err
	}
	return telegram.Message{HTML: w.HTML(key, nil), File: &telegram.File{Name: w.Plain("sheet.sample", nil) + ".xlsx", Bytes: data}}, nil
}
