package sim

import (
	"encoding/json"
	"net/url"
	"strings"
	"unicode/utf8"
)

// What Telegram takes of a keyboard.
const (
	maxData        = 64 // bytes of callback_data
	maxButtons     = 100
	maxMarkup      = 10_000 // bytes of the texts and data of one inline keyboard
	maxPlaceholder = 64
)

// markup is what reply_markup asks for: an inline keyboard or a change of the reply keyboard.
type markup struct {
	inline    *apiInline
	reply     *Keyboard
	selective bool
}

type rawMarkup struct {
	Inline      *[][]apiButton       `json:"inline_keyboard"`
	Keyboard    *[][]json.RawMessage `json:"keyboard"`
	Remove      bool                 `json:"remove_keyboard"`
	Force       bool                 `json:"force_reply"`
	OneTime     bool                 `json:"one_time_keyboard"`
	Selective   bool                 `json:"selective"`
	Placeholder *string              `json:"input_field_placeholder"`
}

// readMarkup reads reply_markup, which was checked against api.json.
func readMarkup(p params) (markup, *apiError) {
	var raw rawMarkup
	if err := p.json("reply_markup", &raw); err != nil {
		return markup{}, bad("can't parse reply keyboard markup JSON object")
	}
	switch {
	case raw.Inline != nil:
		in, err := inlineKeyboard(*raw.Inline)
		return markup{inline: in}, err
	case raw.Keyboard != nil:
		return replyKeyboard(raw)
	case raw.Remove:
		return markup{reply: &Keyboard{Remove: true}, selective: raw.Selective}, nil
	case raw.Force:
		k, err := placeholder(&Keyboard{Force: true}, raw.Placeholder)
		return markup{reply: k, selective: raw.Selective}, err
	}
	return markup{}, nil
}

// inlineKeyboard checks the buttons; nil when there is none.
func inlineKeyboard(rows [][]apiButton) (*apiInline, *apiError) {
	kept := make([][]apiButton, 0, len(rows))
	buttons, size := 0, 0
	for _, row := range rows {
		for i := range row {
			if err := checkButton(&row[i]); err != nil {
				return nil, err
			}
			size += len(row[i].Text) + len(row[i].Data) + len(row[i].URL)
		}
		if len(row) > 0 {
			kept = append(kept, row)
		}
		buttons += len(row)
	}
	if buttons > maxButtons || size > maxMarkup {
		return nil, bad("reply markup is too long")
	}
	if buttons == 0 {
		return nil, nil
	}
	return &apiInline{Rows: kept}, nil
}

// checkButton refuses what Telegram refuses, and a second action beside the first, which
// Telegram ignores in silence. The empty copy_text that go-telegram/bot v1.19.0 adds to
// every button is taken away.
func checkButton(b *apiButton) *apiError {
	if strings.TrimSpace(b.Text) == "" {
		return bad("can't parse inline keyboard button: text must be non-empty")
	}
	actions := 0
	for _, has := range []bool{b.URL != "", b.Data != "", b.WebApp != nil, b.Login != nil, b.Switch != nil,
		b.Here != nil, b.Chosen != nil, b.Game != nil, b.Pay, b.Copy != nil && b.Copy.Text != ""} {
		if has {
			actions++
		}
	}
	switch {
	case actions > 1:
		return bad("can't parse inline keyboard button: %q has %d actions, exactly one is allowed", b.Text, actions)
	case actions == 0 && b.Copy != nil:
		return bad("BUTTON_COPY_TEXT_INVALID")
	case actions == 0:
		return bad("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard")
	case len(b.Data) > maxData:
		return bad("BUTTON_DATA_INVALID")
	case b.Copy != nil && utf8.RuneCountInString(b.Copy.Text) > 256:
		return bad("BUTTON_COPY_TEXT_INVALID")
	}
	if b.Copy != nil && b.Copy.Text == "" {
		b.Copy = nil
	}
	switch b.Style {
	case "", "danger", "success", "primary":
	default:
		return bad("can't parse inline keyboard button: invalid button style specified")
	}
	return checkButtonURL(b)
}

func checkButtonURL(b *apiButton) *apiError {
	if b.URL == "" {
		return nil
	}
	u, err := url.Parse(b.URL)
	if err != nil {
		return bad("inline keyboard button URL '%s' is invalid: Wrong HTTP URL", b.URL)
	}
	switch u.Scheme {
	case "tg", "ton", "tonsite":
		return nil
	}
	if checkedLink(b.URL) == "" {
		return bad("inline keyboard button URL '%s' is invalid: Wrong HTTP URL", b.URL)
	}
	return nil
}

func replyKeyboard(raw rawMarkup) (markup, *apiError) {
	k := &Keyboard{OneTime: raw.OneTime}
	buttons := 0
	for _, row := range *raw.Keyboard {
		var texts []string
		for _, b := range row {
			text, err := buttonText(b)
			if err != nil {
				return markup{}, err
			}
			texts = append(texts, text)
		}
		if len(texts) > 0 {
			k.Rows = append(k.Rows, texts)
		}
		buttons += len(texts)
	}
	switch {
	case buttons == 0:
		return markup{}, bad("reply keyboard must contain at least one button")
	case buttons > 3*maxButtons:
		return markup{}, bad("reply markup is too long")
	}
	k, err := placeholder(k, raw.Placeholder)
	return markup{reply: k, selective: raw.Selective}, err
}

func buttonText(raw json.RawMessage) (string, *apiError) {
	var b struct {
		Text string `json:"text"`
	}
	if raw[0] == '"' {
		if err := json.Unmarshal(raw, &b.Text); err != nil {
			return "", bad("can't parse keyboard button JSON object")
		}
	} else if err := json.Unmarshal(raw, &b); err != nil {
		return "", bad("can't parse keyboard button JSON object")
	}
	if strings.TrimSpace(b.Text) == "" {
		return "", bad("can't parse keyboard button: text must be non-empty")
	}
	return b.Text, nil
}

func placeholder(k *Keyboard, text *string) (*Keyboard, *apiError) {
	if text == nil {
		return k, nil
	}
	if n := utf8.RuneCountInString(*text); n < 1 || n > maxPlaceholder {
		return nil, bad("input field placeholder must have 1-%d characters", maxPlaceholder)
	}
	k.Placeholder = *text
	return k, nil
}

// equalInline tells whether two keyboards are the same to a reader.
func equalInline(a, b *apiInline) bool {
	if a == nil || b == nil {
		return a == b
	}
	x, _ := json.Marshal(a)
	y, _ := json.Marshal(b)
	return string(x) == string(y)
}
