package sim

// editable finds the message of a call that edits.
func (s *Server) editable(c *call) (*chat, *message, markup, *apiError) {
	switch {
	case c.p.str("inline_message_id") != "":
		return nil, nil, markup{}, bad("MESSAGE_ID_INVALID") // there is no inline mode here
	case c.p.str("chat_id") == "":
		return nil, nil, markup{}, bad("chat_id is empty")
	case c.p.int("message_id") == 0:
		return nil, nil, markup{}, bad("message identifier is not specified")
	}
	mk, err := readMarkup(c.p)
	if err != nil {
		return nil, nil, mk, err
	}
	ch, err := s.chatParam(c, "chat_id")
	if err != nil {
		return nil, nil, mk, err
	}
	if ch.blocked {
		return nil, nil, mk, forbidden("bot was blocked by the user")
	}
	m := ch.alive(int(c.p.int("message_id")))
	if m == nil {
		return nil, nil, mk, bad("message to edit not found")
	}
	if m.from != s.bot.ID || m.service.Did != "" || m.reply != nil || m.api.Origin != nil {
		return nil, nil, mk, bad("message can't be edited")
	}
	return ch, m, mk, nil
}

// edit replaces a message by what change makes of a copy, if that differs.
func (s *Server) edit(ch *chat, m *message, mk markup, change func(*apiMessage)) (any, *apiError) {
	next := *m.api
	next.Markup = mk.inline
	change(&next)
	if same(m.api, &next) {
		return nil, bad("message is not modified: specified new message content and reply markup are exactly the same as a current content and reply markup of the message")
	}
	next.EditDate = s.clock.now().Unix()
	m.api = &next
	s.emitMessage(ch, m.api.ID)
	s.record(ch, m, tapeEdit)
	return m.api, nil
}

func same(a, b *apiMessage) bool {
	return formatted{a.Text, a.Entities}.equal(formatted{b.Text, b.Entities}) &&
		formatted{a.Caption, a.CaptionEntities}.equal(formatted{b.Caption, b.CaptionEntities}) &&
		a.CaptionAbove == b.CaptionAbove && string(a.Preview) == string(b.Preview) &&
		mediaID(a) == mediaID(b) && equalInline(a.Markup, b.Markup)
}

// mediaID names the file of a message.
func mediaID(m *apiMessage) string {
	switch {
	case m.Photo != nil:
		return m.Photo[len(m.Photo)-1].UniqueID
	case m.Document != nil:
		return m.Document.UniqueID + m.Document.Name
	case m.Voice != nil:
		return m.Voice.UniqueID
	case m.Sticker != nil:
		return m.Sticker.UniqueID
	}
	return ""
}

func (s *Server) editMessageText(c *call) (any, *apiError) {
	if c.p.has("rich_message") {
		return nil, bad("rich_message is not simulated")
	}
	f, err := s.body(c.p, "text", "entities", maxText)
	if err != nil {
		return nil, err
	}
	ch, m, mk, err := s.editable(c)
	if err != nil {
		return nil, err
	}
	if m.api.Text == "" {
		return nil, bad("there is no text in the message to edit")
	}
	return s.edit(ch, m, mk, func(n *apiMessage) {
		n.Text, n.Entities = f.text, f.entities
		n.Preview = raw(c.p.str("link_preview_options"))
	})
}

func (s *Server) editMessageCaption(c *call) (any, *apiError) {
	f, err := s.body(c.p, "caption", "caption_entities", maxCaption)
	if err != nil {
		return nil, err
	}
	ch, m, mk, err := s.editable(c)
	if err != nil {
		return nil, err
	}
	if m.api.Text != "" || m.poll != nil || m.api.Sticker != nil {
		return nil, bad("there is no caption in the message to edit")
	}
	return s.edit(ch, m, mk, func(n *apiMessage) {
		n.Caption, n.CaptionEntities = f.text, f.entities
		n.CaptionAbove = c.p.bool("show_caption_above_media")
	})
}

func (s *Server) editMessageReplyMarkup(c *call) (any, *apiError) {
	ch, m, mk, err := s.editable(c)
	if err != nil {
		return nil, err
	}
	return s.edit(ch, m, mk, func(*apiMessage) {})
}

// editMessageMedia replaces the file and the caption, or turns a text into a file.
func (s *Server) editMessageMedia(c *call) (any, *apiError) {
	item, err := s.readMedia(c, c.p.str("media"))
	if err != nil {
		return nil, err
	}
	ch, m, mk, err := s.editable(c)
	if err != nil {
		return nil, err
	}
	if m.poll != nil || m.api.Sticker != nil || m.api.Voice != nil {
		return nil, bad("message can't be edited")
	}
	if m.api.MediaGroup != "" && (m.api.Photo != nil) != item.file.photo {
		return nil, bad("message can't be edited: the album has another type")
	}
	files := m.files
	m.files = []*file{item.file}
	res, err := s.edit(ch, m, mk, func(n *apiMessage) {
		n.Text, n.Entities, n.Preview = "", nil, nil
		n.Photo, n.Document = nil, nil
		item.fill(n)
	})
	if err != nil {
		m.files = files
	}
	return res, err
}
