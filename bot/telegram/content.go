package telegram

import (
	"strings"
	"unicode"
	"unicode/utf16"

	"github.com/go-telegram/bot/models"

	"xingfuli/bot/text"
)

// Content is what a person sent, as it may be sent on: formatting is kept.
type Content struct {
	HTML  text.HTML
	Files []Media // one; none of a text. The others of an album are messages of their own
	Album string  // what the messages of one album have in common; empty: it is in none
}

// Media is a file that a person sent, which Telegram has.
type Media struct {
	Kind Kind
	ID   string // of the file, for this bot
}

// Content is what the person said in this turn, of a command what follows it; ok is false
// where it is nothing that can be sent on: a press, a sticker, a video, a voice.
func (t *Turn) Content() (c Content, ok bool) {
	if t.Message == nil || t.press != "" {
		return c, false
	}
	c = content(t.Message, t.command, t.Args)
	return c, c.HTML != "" || len(c.Files) > 0
}

// Quoted is the content of the message that the turn's message replies to.
func (t *Turn) Quoted() (c Content, ok bool) {
	if t.Message == nil || t.press != "" || t.Message.ReplyToMessage == nil {
		return c, false
	}
	c = content(t.Message.ReplyToMessage, false, "")
	c.Album = "" // only this one of it is known
	return c, c.HTML != "" || len(c.Files) > 0
}

// Gather has the other messages of the turn's album handled too: for most handlers one
// answer to several pictures is enough.
func (t *Turn) Gather() { t.gathers = true }

func content(m *models.Message, command bool, args string) Content {
	words, entities := m.Text, m.Entities
	if words == "" {
		words, entities = m.Caption, m.CaptionEntities
	}
	from := 0
	if command {
		from = len(strings.TrimRightFunc(words, unicode.IsSpace)) - len(args)
	}
	return Content{HTML: formatted(words, entities, from), Files: media(m), Album: m.MediaGroupID}
}

// formatted is words from byte from on, with their formatting.
func formatted(words string, list []models.MessageEntity, from int) text.HTML {
	from = max(0, min(from, len(words)))
	cut := len(utf16.Encode([]rune(words[:from])))
	var es []text.Entity
	for _, e := range list {
		x := text.Entity{Kind: string(e.Type), Offset: e.Offset - cut, Length: e.Length, URL: e.URL, Language: e.Language, Emoji: e.CustomEmojiID}
		if e.User != nil {
			x.User = e.User.ID
		}
		if x.Offset < 0 { // it begins before the cut
			x.Offset, x.Length = 0, x.Length+x.Offset
		}
		es = append(es, x)
	}
	return text.FromEntities(words[from:], es)
}

// media is the file of a message, when it is of a kind that is sent on. An animation comes as
// a document too, and is none.
func media(m *models.Message) []Media {
	switch {
	case len(m.Photo) > 0:
		largest := m.Photo[0]
		for _, p := range m.Photo[1:] {
			if p.Width*p.Height > largest.Width*largest.Height {
				largest = p
			}
		}
		return []Media{{AsPhoto, largest.FileID}}
	case m.Document != nil && m.Animation == nil:
		return []Media{{AsDocument, m.Document.FileID}}
	}
	return nil
}
