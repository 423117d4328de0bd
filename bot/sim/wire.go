package sim

import "encoding/json"

// The types of this file have the names and fields of the Bot API, as far as the
// simulator fills them. A value that was handed out is never changed: an edit
// makes a copy, so that answers are encoded without a lock.

type apiUser struct {
	ID        int64  `json:"id"`
	IsBot     bool   `json:"is_bot"`
	FirstName string `json:"first_name"`
	Username  string `json:"username,omitempty"`
	Language  string `json:"language_code,omitempty"`
}

// apiSelf is the User of getMe, which alone has the bot's abilities.
type apiSelf struct {
	apiUser
	CanJoin        bool `json:"can_join_groups"`
	ReadsAll       bool `json:"can_read_all_group_messages"`
	Guest          bool `json:"supports_guest_queries"`
	Inline         bool `json:"supports_inline_queries"`
	Business       bool `json:"can_connect_to_business"`
	WebApp         bool `json:"has_main_web_app"`
	Topics         bool `json:"has_topics_enabled"`
	UsersMayTopics bool `json:"allows_users_to_create_topics"`
	ManagesBots    bool `json:"can_manage_bots"`
	JoinRequests   bool `json:"supports_join_request_queries"`
}

type apiChat struct {
	ID        int64  `json:"id"`
	Type      string `json:"type"`
	Title     string `json:"title,omitempty"`
	Username  string `json:"username,omitempty"`
	FirstName string `json:"first_name,omitempty"`
	Forum     bool   `json:"is_forum,omitempty"`
}

type apiChatFull struct {
	apiChat
	AccentColor     int         `json:"accent_color_id"`
	MaxReactions    int         `json:"max_reaction_count"`
	ActiveUsernames []string    `json:"active_usernames,omitempty"`
	Description     string      `json:"description,omitempty"`
	Pinned          *apiMessage `json:"pinned_message,omitempty"`
	Gifts           giftTypes   `json:"accepted_gift_types"`
}

type giftTypes struct {
	Unlimited bool `json:"unlimited_gifts"`
	Limited   bool `json:"limited_gifts"`
	Unique    bool `json:"unique_gifts"`
	Premium   bool `json:"premium_subscription"`
	Channels  bool `json:"gifts_from_channels"`
}

type apiEntity struct {
	Type     string   `json:"type"`
	Offset   int      `json:"offset"` // in UTF-16 code units, like Length
	Length   int      `json:"length"`
	URL      string   `json:"url,omitempty"`
	User     *apiUser `json:"user,omitempty"`
	Language string   `json:"language,omitempty"`
	EmojiID  string   `json:"custom_emoji_id,omitempty"`
	UnixTime int64    `json:"unix_time,omitempty"`
	Format   string   `json:"date_time_format,omitempty"`
}

type apiOrigin struct {
	Type   string   `json:"type"`
	Date   int64    `json:"date"`
	User   *apiUser `json:"sender_user,omitempty"`
	Chat   *apiChat `json:"sender_chat,omitempty"`
	Author string   `json:"author_signature,omitempty"`
}

type apiQuote struct {
	Text     string      `json:"text"`
	Entities []apiEntity `json:"entities,omitempty"`
	Position int         `json:"position"`
	Manual   bool        `json:"is_manual,omitempty"`
}

type apiMessage struct {
	ID              int             `json:"message_id"`
	Thread          int             `json:"message_thread_id,omitempty"`
	From            *apiUser        `json:"from,omitempty"`
	SenderChat      *apiChat        `json:"sender_chat,omitempty"`
	Date            int64           `json:"date"`
	Chat            *apiChat        `json:"chat"`
	Origin          *apiOrigin      `json:"forward_origin,omitempty"`
	InTopic         bool            `json:"is_topic_message,omitempty"`
	ReplyTo         *apiMessage     `json:"reply_to_message,omitempty"`
	Quote           *apiQuote       `json:"quote,omitempty"`
	EditDate        int64           `json:"edit_date,omitempty"`
	Protected       bool            `json:"has_protected_content,omitempty"`
	MediaGroup      string          `json:"media_group_id,omitempty"`
	Text            string          `json:"text,omitempty"`
	Entities        []apiEntity     `json:"entities,omitempty"`
	Preview         json.RawMessage `json:"link_preview_options,omitempty"`
	Photo           []apiPhoto      `json:"photo,omitempty"`
	Document        *apiDocument    `json:"document,omitempty"`
	Sticker         *apiSticker     `json:"sticker,omitempty"`
	Voice           *apiVoice       `json:"voice,omitempty"`
	Caption         string          `json:"caption,omitempty"`
	CaptionEntities []apiEntity     `json:"caption_entities,omitempty"`
	CaptionAbove    bool            `json:"show_caption_above_media,omitempty"`
	Spoiler         bool            `json:"has_media_spoiler,omitempty"`
	Poll            *apiPoll        `json:"poll,omitempty"`
	Joined          []*apiUser      `json:"new_chat_members,omitempty"`
	Left            *apiUser        `json:"left_chat_member,omitempty"`
	MigrateTo       int64           `json:"migrate_to_chat_id,omitempty"`
	MigrateFrom     int64           `json:"migrate_from_chat_id,omitempty"`
	Pinned          *apiMessage     `json:"pinned_message,omitempty"`
	TopicCreated    *apiTopicMade   `json:"forum_topic_created,omitempty"`
	Markup          *apiInline      `json:"reply_markup,omitempty"`
}

// apiGone is the InaccessibleMessage of a press on a message that is no more.
type apiGone struct {
	Chat *apiChat `json:"chat"`
	ID   int      `json:"message_id"`
	Date int64    `json:"date"` // always 0
}

type apiTopicMade struct {
	Name  string `json:"name"`
	Color int    `json:"icon_color"`
}

type apiTopic struct {
	Thread int `json:"message_thread_id"`
	apiTopicMade
}

type apiPhoto struct {
	FileID   string `json:"file_id"`
	UniqueID string `json:"file_unique_id"`
	Width    int    `json:"width"`
	Height   int    `json:"height"`
	Size     int64  `json:"file_size,omitempty"`
}

type apiDocument struct {
	FileID   string `json:"file_id"`
	UniqueID string `json:"file_unique_id"`
	Name     string `json:"file_name,omitempty"`
	MIME     string `json:"mime_type,omitempty"`
	Size     int64  `json:"file_size,omitempty"`
}

type apiSticker struct {
	FileID   string `json:"file_id"`
	UniqueID string `json:"file_unique_id"`
	Type     string `json:"type"`
	Width    int    `json:"width"`
	Height   int    `json:"height"`
	Animated bool   `json:"is_animated"`
	Video    bool   `json:"is_video"`
	Emoji    string `json:"emoji,omitempty"`
	Size     int64  `json:"file_size,omitempty"`
}

type apiVoice struct {
	FileID   string `json:"file_id"`
	UniqueID string `json:"file_unique_id"`
	Duration int    `json:"duration"`
	MIME     string `json:"mime_type,omitempty"`
	Size     int64  `json:"file_size,omitempty"`
}

type apiFile struct {
	FileID   string `json:"file_id"`
	UniqueID string `json:"file_unique_id"`
	Size     int64  `json:"file_size,omitempty"`
	Path     string `json:"file_path,omitempty"`
}

type apiPoll struct {
	ID                  string          `json:"id"`
	Question            string          `json:"question"`
	QuestionEntities    []apiEntity     `json:"question_entities,omitempty"`
	Options             []apiPollOption `json:"options"`
	Total               int             `json:"total_voter_count"`
	Closed              bool            `json:"is_closed"`
	Anonymous           bool            `json:"is_anonymous"`
	Type                string          `json:"type"`
	Multiple            bool            `json:"allows_multiple_answers"`
	Revoting            bool            `json:"allows_revoting"`
	MembersOnly         bool            `json:"members_only"`
	Countries           []string        `json:"country_codes,omitempty"`
	Correct             []int           `json:"correct_option_ids,omitempty"`
	Explanation         string          `json:"explanation,omitempty"`
	ExplanationEntities []apiEntity     `json:"explanation_entities,omitempty"`
	OpenPeriod          int             `json:"open_period,omitempty"`
	CloseDate           int64           `json:"close_date,omitempty"`
	Description         string          `json:"description,omitempty"`
	DescriptionEntities []apiEntity     `json:"description_entities,omitempty"`
}

type apiPollOption struct {
	PersistentID string      `json:"persistent_id"`
	Text         string      `json:"text"`
	TextEntities []apiEntity `json:"text_entities,omitempty"`
	Voters       int         `json:"voter_count"`
}

type apiPollAnswer struct {
	PollID        string   `json:"poll_id"`
	User          *apiUser `json:"user,omitempty"`
	OptionIDs     []int    `json:"option_ids"`
	PersistentIDs []string `json:"option_persistent_ids"`
}

type apiQuery struct {
	ID           string   `json:"id"`
	From         *apiUser `json:"from"`
	Message      any      `json:"message,omitempty"`
	ChatInstance string   `json:"chat_instance"`
	Data         string   `json:"data,omitempty"`
}

type apiMemberUpdate struct {
	Chat *apiChat `json:"chat"`
	From *apiUser `json:"from"`
	Date int64    `json:"date"`
	Old  any      `json:"old_chat_member"`
	New  any      `json:"new_chat_member"`
}

type apiReactionUpdate struct {
	Chat *apiChat      `json:"chat"`
	ID   int           `json:"message_id"`
	User *apiUser      `json:"user,omitempty"`
	Date int64         `json:"date"`
	Old  []apiReaction `json:"old_reaction"`
	New  []apiReaction `json:"new_reaction"`
}

type apiReaction struct {
	Type    string `json:"type"`
	Emoji   string `json:"emoji,omitempty"`
	EmojiID string `json:"custom_emoji_id,omitempty"`
}

type apiInline struct {
	Rows [][]apiButton `json:"inline_keyboard"`
}

// apiButton holds the one action that counts; raw keeps kinds that nobody presses here.
type apiButton struct {
	Text    string          `json:"text"`
	EmojiID string          `json:"icon_custom_emoji_id,omitempty"`
	Style   string          `json:"style,omitempty"`
	URL     string          `json:"url,omitempty"`
	Data    string          `json:"callback_data,omitempty"`
	WebApp  json.RawMessage `json:"web_app,omitempty"`
	Login   json.RawMessage `json:"login_url,omitempty"`
	Switch  *string         `json:"switch_inline_query,omitempty"`
	Here    *string         `json:"switch_inline_query_current_chat,omitempty"`
	Chosen  json.RawMessage `json:"switch_inline_query_chosen_chat,omitempty"`
	Copy    *apiCopy        `json:"copy_text,omitempty"`
	Game    json.RawMessage `json:"callback_game,omitempty"`
	Pay     bool            `json:"pay,omitempty"`
}

type apiCopy struct {
	Text string `json:"text"`
}

type apiUpdate struct {
	ID            int64              `json:"update_id"`
	Message       *apiMessage        `json:"message,omitempty"`
	EditedMessage *apiMessage        `json:"edited_message,omitempty"`
	Query         *apiQuery          `json:"callback_query,omitempty"`
	Reaction      *apiReactionUpdate `json:"message_reaction,omitempty"`
	Poll          *apiPoll           `json:"poll,omitempty"`
	PollAnswer    *apiPollAnswer     `json:"poll_answer,omitempty"`
	MyMember      *apiMemberUpdate   `json:"my_chat_member,omitempty"`
	Member        *apiMemberUpdate   `json:"chat_member,omitempty"`
}

type apiMessageID struct {
	ID int `json:"message_id"`
}

type apiCommand struct {
	Name        string `json:"command"`
	Description string `json:"description"`
}

type apiWebhookInfo struct {
	URL       string   `json:"url"`
	Cert      bool     `json:"has_custom_certificate"`
	Pending   int      `json:"pending_update_count"`
	ErrorDate int64    `json:"last_error_date,omitempty"`
	Error     string   `json:"last_error_message,omitempty"`
	Max       int      `json:"max_connections,omitempty"`
	Allowed   []string `json:"allowed_updates,omitempty"`
}
