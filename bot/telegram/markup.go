package telegram

// What goes over the wire, in the words of the Bot API. The library's types are not used
// for it: they give each button an empty copy_text besides.

type sendMessage struct {
	Chat    int64   `json:"chat_id"`
	Thread  int     `json:"message_thread_id,omitempty"`
	Text    string  `json:"text"`
	Mode    string  `json:"parse_mode"`
	Preview preview `json:"link_preview_options"`
	Silent  bool    `json:"disable_notification,omitempty"`
	Reply   *reply  `json:"reply_parameters,omitempty"`
	Markup  any     `json:"reply_markup,omitempty"`
}

type editMessageText struct {
	Chat    int64   `json:"chat_id"`
	Message int     `json:"message_id"`
	Text    string  `json:"text"`
	Mode    string  `json:"parse_mode"`
	Preview preview `json:"link_preview_options"`
	Markup  any     `json:"reply_markup,omitempty"`
}

type answerCallbackQuery struct {
	Query string `json:"callback_query_id"`
	Text  string `json:"text,omitempty"`
	Alert bool   `json:"show_alert,omitempty"`
}

type preview struct {
	Disabled bool `json:"is_disabled"`
}

type reply struct {
	Message int  `json:"message_id"`
	Without bool `json:"allow_sending_without_reply"`
}

type inlineKeyboard struct {
	Rows [][]inlineButton `json:"inline_keyboard"`
}

type inlineButton struct {
	Text string `json:"text"`
	URL  string `json:"url,omitempty"`
	Data string `json:"callback_data,omitempty"`
}

type replyKeyboard struct {
	Rows       [][]keyButton `json:"keyboard"`
	Persistent bool          `json:"is_persistent"`
	Resize     bool          `json:"resize_keyboard"`
	Hint       string        `json:"input_field_placeholder,omitempty"`
}

type keyButton struct {
	Text string `json:"text"`
}

// markup is what can be pressed below m; nil when there is nothing.
func (m Message) markup() (any, error) {
	switch {
	case len(m.Buttons) > 0:
		return m.inline()
	case m.Keys != nil:
		k := replyKeyboard{Resize: true, Persistent: true, Hint: m.Keys.Hint}
		for _, row := range m.Keys.Rows {
			keys := make([]keyButton, 0, len(row))
			for _, label := range row {
				keys = append(keys, keyButton{label})
			}
			k.Rows = append(k.Rows, keys)
		}
		return k, nil
	}
	return nil, nil
}

func (m Message) inline() (any, error) {
	k := inlineKeyboard{make([][]inlineButton, 0, len(m.Buttons))}
	for _, row := range m.Buttons {
		keys := make([]inlineButton, 0, len(row))
		for _, b := range row {
			key := inlineButton{Text: b.Label, URL: b.URL}
			if b.URL == "" {
				data, err := b.Encode()
				if err != nil {
					return nil, err
				}
				key.Data = data
			}
			keys = append(keys, key)
		}
		k.Rows = append(k.Rows, keys)
	}
	return k, nil
}
