package sim

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/go-telegram/bot"
	"github.com/go-telegram/bot/models"
)

// client is go-telegram/bot against a world.
func client(t *testing.T, s *Server) *bot.Bot {
	t.Helper()
	api := httptest.NewServer(s.API())
	t.Cleanup(api.Close)
	b, err := bot.New(s.Bot().Token, bot.WithServerURL(api.URL))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// TestLibrary calls all that go-telegram/bot offers and the simulator has.
func TestLibrary(t *testing.T) {
	s := started(t)
	if err := s.Promote(theGroup, s.Bot().ID, cook); err != nil {
		t.Fatal(err)
	}
	b, ctx := client(t, s), t.Context()
	text := func(chat int64, text string) *models.Message {
		m, err := b.SendMessage(ctx, &bot.SendMessageParams{
			ChatID: chat, Text: text, ParseMode: models.ParseModeHTML, ProtectContent: false,
			LinkPreviewOptions: &models.LinkPreviewOptions{IsDisabled: bot.True()},
			ReplyMarkup: &models.InlineKeyboardMarkup{InlineKeyboard: [][]models.InlineKeyboardButton{{
				{Text: "a", CallbackData: "b", Style: "success"}, {Text: "c", URL: "https://a.cn"}}}},
		})
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
	upload := func(name string, data []byte) models.InputFile {
		return &models.InputFileUpload{Filename: name, Data: bytes.NewReader(data)}
	}
	var photo, document *models.Message
	tests := []struct {
		name string
		run  func() (any, error)
		ok   func(any) bool
	}{
		{"getMe", func() (any, error) { return b.GetMe(ctx) }, func(v any) bool { return v.(*models.User).Username == "town_bot" }},
		{"sendMessage", func() (any, error) { return text(resident, "<b>你</b>好"), nil }, func(v any) bool {
			m := v.(*models.Message)
			return m.Text == "你好" && m.Entities[0].Length == 1 && len(m.ReplyMarkup.InlineKeyboard[0]) == 2 && m.Date == int(startTime.Unix())
		}},
		{"no keyboard after all", func() (any, error) {
			var none *models.InlineKeyboardMarkup
			return b.SendMessage(ctx, &bot.SendMessageParams{ChatID: resident, Text: "a", ReplyMarkup: none})
		}, nil},
		{"sendPhoto", func() (v any, err error) {
			photo, err = b.SendPhoto(ctx, &bot.SendPhotoParams{ChatID: resident, Photo: upload("a.png", samplePhoto()), Caption: "<i>b</i>", ParseMode: models.ParseModeHTML})
			return photo, err
		}, func(v any) bool { return len(photo.Photo) == 2 && photo.Photo[1].Width == 160 && photo.Caption == "b" }},
		{"sendPhoto by file_id", func() (any, error) {
			return b.SendPhoto(ctx, &bot.SendPhotoParams{ChatID: cook, Photo: &models.InputFileString{Data: photo.Photo[1].FileID}})
		}, func(v any) bool { return v.(*models.Message).Photo[1].FileUniqueID == photo.Photo[1].FileUniqueID }},
		{"sendDocument", func() (v any, err error) {
			document, err = b.SendDocument(ctx, &bot.SendDocumentParams{ChatID: resident, Document: upload("菜单.csv", []byte("a,b"))})
			return document, err
		}, func(v any) bool {
			return document.Document.FileName == "菜单.csv" && document.Document.MimeType == "text/csv"
		}},
		{"sendVoice", func() (any, error) {
			return b.SendVoice(ctx, &bot.SendVoiceParams{ChatID: resident, Voice: upload("a.ogg", []byte("OggS"))})
		}, nil},
		{"getFile", func() (any, error) {
			f, err := b.GetFile(ctx, &bot.GetFileParams{FileID: document.Document.FileID})
			if err != nil {
				return nil, err
			}
			return download(ctx, b.FileDownloadLink(f))
		}, func(v any) bool { return v == "a,b" }},
		{"sendMediaGroup", func() (any, error) {
			return b.SendMediaGroup(ctx, &bot.SendMediaGroupParams{ChatID: resident, Media: []models.InputMedia{
				&models.InputMediaPhoto{Media: "attach://one.png", MediaAttachment: bytes.NewReader(samplePhoto()), Caption: "one"},
				&models.InputMediaPhoto{Media: photo.Photo[1].FileID}}})
		}, func(v any) bool {
			list := v.([]*models.Message)
			return len(list) == 2 && list[0].MediaGroupID == list[1].MediaGroupID && list[0].Caption == "one"
		}},
		{"editMessageText", func() (any, error) {
			return b.EditMessageText(ctx, &bot.EditMessageTextParams{ChatID: resident, MessageID: text(resident, "a").ID, Text: "b"})
		}, func(v any) bool {
			m := v.(*models.Message)
			return m.Text == "b" && m.EditDate != 0 && m.ReplyMarkup == nil
		}},
		{"editMessageCaption", func() (any, error) {
			return b.EditMessageCaption(ctx, &bot.EditMessageCaptionParams{ChatID: resident, MessageID: photo.ID, Caption: "c", ShowCaptionAboveMedia: true, DisableWebPagePreview: true})
		}, nil},
		{"editMessageMedia", func() (any, error) {
			return b.EditMessageMedia(ctx, &bot.EditMessageMediaParams{ChatID: resident, MessageID: photo.ID, Media: &models.InputMediaDocument{Media: "attach://x.txt", MediaAttachment: strings.NewReader("x"), Caption: "d"}})
		}, func(v any) bool { m := v.(*models.Message); return m.Document.FileName == "x.txt" && m.Photo == nil }},
		{"editMessageReplyMarkup", func() (any, error) {
			return b.EditMessageReplyMarkup(ctx, &bot.EditMessageReplyMarkupParams{ChatID: resident, MessageID: text(resident, "a").ID})
		}, nil},
		{"deleteMessage", func() (any, error) {
			return b.DeleteMessage(ctx, &bot.DeleteMessageParams{ChatID: resident, MessageID: text(resident, "a").ID})
		}, nil},
		{"deleteMessages", func() (any, error) {
			return b.DeleteMessages(ctx, &bot.DeleteMessagesParams{ChatID: resident, MessageIDs: []int{text(resident, "a").ID, 9999}})
		}, nil},
		{"forwardMessage", func() (any, error) {
			return b.ForwardMessage(ctx, &bot.ForwardMessageParams{ChatID: cook, FromChatID: resident, MessageID: document.ID})
		}, func(v any) bool {
			return v.(*models.Message).ForwardOrigin.MessageOriginUser.SenderUser.ID == s.Bot().ID
		}},
		{"copyMessage", func() (any, error) {
			return b.CopyMessage(ctx, &bot.CopyMessageParams{ChatID: cook, FromChatID: resident, MessageID: document.ID, Caption: "e"})
		}, nil},
		{"copyMessages", func() (any, error) {
			return b.CopyMessages(ctx, &bot.CopyMessagesParams{ChatID: cook, FromChatID: fmt.Sprint(resident), MessageIDs: []int{1, document.ID}})
		}, nil},
		{"forwardMessages", func() (any, error) {
			return b.ForwardMessages(ctx, &bot.ForwardMessagesParams{ChatID: cook, FromChatID: fmt.Sprint(resident), MessageIDs: []int{1, document.ID}})
		}, nil},
		{"sendPoll and stopPoll", func() (any, error) {
			m, err := b.SendPoll(ctx, &bot.SendPollParams{ChatID: resident, Question: "鱼？", Options: []models.InputPollOption{{Text: "是"}, {Text: "否"}}, IsAnonymous: bot.False()})
			if err != nil {
				return nil, err
			}
			return b.StopPoll(ctx, &bot.StopPollParams{ChatID: resident, MessageID: m.ID})
		}, func(v any) bool { p := v.(*models.Poll); return p.IsClosed && !p.IsAnonymous && p.Type == "regular" }},
		{"sendChatAction", func() (any, error) {
			return b.SendChatAction(ctx, &bot.SendChatActionParams{ChatID: resident, Action: models.ChatActionTyping})
		}, nil},
		{"setMessageReaction", func() (any, error) {
			return b.SetMessageReaction(ctx, &bot.SetMessageReactionParams{ChatID: resident, MessageID: document.ID, Reaction: []models.ReactionType{{Type: models.ReactionTypeTypeEmoji, ReactionTypeEmoji: &models.ReactionTypeEmoji{Emoji: "👍"}}}})
		}, nil},
		{"getChat", func() (any, error) { return b.GetChat(ctx, &bot.GetChatParams{ChatID: theGroup}) }, func(v any) bool { return v.(*models.ChatFullInfo).IsForum }},
		{"getChatMember", func() (any, error) {
			return b.GetChatMember(ctx, &bot.GetChatMemberParams{ChatID: theGroup, UserID: cook})
		}, func(v any) bool { return v.(*models.ChatMember).Owner != nil }},
		{"getChatAdministrators", func() (any, error) {
			return b.GetChatAdministrators(ctx, &bot.GetChatAdministratorsParams{ChatID: theGroup})
		}, func(v any) bool { return len(v.([]models.ChatMember)) == 2 }},
		{"getChatMemberCount", func() (any, error) { return b.GetChatMemberCount(ctx, &bot.GetChatMemberCountParams{ChatID: theGroup}) }, func(v any) bool { return v == 3 }},
		{"pin and unpin", func() (any, error) {
			id := text(theGroup, "a").ID
			if _, err := b.PinChatMessage(ctx, &bot.PinChatMessageParams{ChatID: theGroup, MessageID: id}); err != nil {
				return nil, err
			}
			if _, err := b.UnpinChatMessage(ctx, &bot.UnpinChatMessageParams{ChatID: theGroup, MessageID: id}); err != nil {
				return nil, err
			}
			return b.UnpinAllChatMessages(ctx, &bot.UnpinAllChatMessagesParams{ChatID: theGroup})
		}, nil},
		{"topics", func() (any, error) {
			topic, err := b.CreateForumTopic(ctx, &bot.CreateForumTopicParams{ChatID: theGroup, Name: "公告"})
			if err != nil {
				return nil, err
			}
			if _, err := b.CloseForumTopic(ctx, &bot.CloseForumTopicParams{ChatID: theGroup, MessageThreadID: topic.MessageThreadID}); err != nil {
				return nil, err
			}
			return b.SendMessage(ctx, &bot.SendMessageParams{ChatID: theGroup, MessageThreadID: topic.MessageThreadID, Text: "a"})
		}, func(v any) bool { return v.(*models.Message).IsTopicMessage }},
		{"commands", func() (any, error) {
			scope := &models.BotCommandScopeChat{ChatID: theGroup}
			if _, err := b.SetMyCommands(ctx, &bot.SetMyCommandsParams{Commands: []models.BotCommand{{Command: "menu", Description: "菜单"}}, Scope: scope, LanguageCode: "zh"}); err != nil {
				return nil, err
			}
			list, err := b.GetMyCommands(ctx, &bot.GetMyCommandsParams{Scope: scope, LanguageCode: "zh"})
			if err != nil || len(list) != 1 {
				return list, err
			}
			return b.DeleteMyCommands(ctx, &bot.DeleteMyCommandsParams{Scope: scope, LanguageCode: "zh"})
		}, nil},
		{"name and descriptions", func() (any, error) {
			if _, err := b.SetMyName(ctx, &bot.SetMyNameParams{Name: "助手"}); err != nil {
				return nil, err
			}
			if _, err := b.SetMyDescription(ctx, &bot.SetMyDescriptionParams{Description: "d", LanguageCode: "zh"}); err != nil {
				return nil, err
			}
			if _, err := b.SetMyShortDescription(ctx, &bot.SetMyShortDescriptionParams{ShortDescription: "s"}); err != nil {
				return nil, err
			}
			name, err := b.GetMyName(ctx, &bot.GetMyNameParams{LanguageCode: "zh"})
			return name.Name, err
		}, func(v any) bool { return v == "助手" }},
		{"webhook", func() (any, error) {
			if _, err := b.SetWebhook(ctx, &bot.SetWebhookParams{URL: "https://a.cn/hook", AllowedUpdates: []string{"message"}, SecretToken: "s"}); err != nil {
				return nil, err
			}
			info, err := b.GetWebhookInfo(ctx)
			if err != nil {
				return nil, err
			}
			_, err = b.DeleteWebhook(ctx, &bot.DeleteWebhookParams{DropPendingUpdates: true})
			return info, err
		}, func(v any) bool {
			i := v.(*models.WebhookInfo)
			return i.URL == "https://a.cn/hook" && i.AllowedUpdates[0] == "message"
		}},
		{"leaveChat", func() (any, error) { return b.LeaveChat(ctx, &bot.LeaveChatParams{ChatID: theGroup}) }, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			v, err := tt.run()
			if err != nil {
				t.Fatal(err)
			}
			if tt.ok != nil && !tt.ok(v) || v == false {
				t.Errorf("got %+v", v)
			}
		})
	}
	if missed := s.NotSimulated(); len(missed) > 0 {
		t.Error(missed)
	}
}

func download(ctx context.Context, link string) (any, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, link, nil)
	if err != nil {
		return nil, err
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	return string(data), err
}

// TestLibraryErrors: the library sees the errors that it knows.
func TestLibraryErrors(t *testing.T) {
	s := testWorld(t, func(o *Options) { o.Unlimited = false })
	b, ctx := client(t, s), t.Context()
	say := func(chat int64) error {
		_, err := b.SendMessage(ctx, &bot.SendMessageParams{ChatID: chat, Text: "a"})
		return err
	}
	if err := say(resident); !errors.Is(err, bot.ErrorForbidden) {
		t.Error(err)
	}
	if err := say(5); !errors.Is(err, bot.ErrorBadRequest) {
		t.Error(err)
	}
	if err := s.Start(resident); err != nil {
		t.Fatal(err)
	}
	var limit *bot.TooManyRequestsError
	for range 4 {
		if err := say(resident); err != nil && (!errors.As(err, &limit) || limit.RetryAfter != 1) {
			t.Error(err)
		}
	}
	if limit == nil {
		t.Error("no 429 for the fourth message at once")
	}
	s.AddGroup(Group{ID: -77, Key: "old", Title: "旧群", Members: []int64{cook}, BotIn: true})
	id, err := s.Migrate(-77)
	if err != nil || id != -10077 {
		t.Fatal(id, err)
	}
	var moved *bot.MigrateError
	if err := say(-77); !errors.As(err, &moved) || int64(moved.MigrateToChatID) != id {
		t.Error(err)
	}
	if err := say(id); err != nil {
		t.Error(err)
	}
}
