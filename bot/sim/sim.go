// Package sim is a Bot API server in this process: people, groups and a clock
// that stand in for Telegram, strict about everything a bot sends.
//
// It refuses what Telegram refuses (spec: api.json beside this file, Bot API
// 10.1) and answers in the shapes of the same file. It knows nothing of the
// features of the bot it serves. Package page shows it as a chat app.
package sim

import (
	"crypto/x509"
	"time"
)

// Options says what world a Server starts with. The zero value is usable.
type Options struct {
	Bot       Bot
	Start     time.Time      // where the clock stands at first; zero: the machine's time
	Stopped   bool           // the clock stands still between Moves; false: it also runs with the machine's
	Unlimited bool           // no 429: the rate buckets are off
	Trust     *x509.CertPool // who may certify a webhook; nil: whom the machine trusts

	KeepMessages int // the newest messages kept in each chat; 0: 1,000
	KeepCalls    int // the newest API calls kept for Calls; 0: 4,096
}

// Bot is the account that the API's token belongs to.
type Bot struct {
	ID        int64
	Token     string // "ID:secret"; empty: made from ID
	Username  string // without @
	Name      string
	ReadsAll  bool // privacy mode is off: group text reaches it unmentioned
	CanJoin   bool
	AboutText string
}

// Person is an account that a human plays.
type Person struct {
	ID       int64
	Key      string // how scripts call the person: "resident", "cook"
	Name     string // first_name, what others see
	Username string
	Language string // language_code, "zh-hans" or "en"; may be empty
	Role     string // one line for the page's person switch, e.g. "管理员"
}

// Group is a chat of several people. ID is negative; -100… is a supergroup.
type Group struct {
	ID      int64
	Key     string // how scripts call it: "group"
	Title   string
	Forum   bool
	Topics  map[int]string // thread id to name, when Forum
	Members []int64
	Admins  []int64 // a subset of Members; the bot's ID here makes it an admin
	BotIn   bool    // the bot is a member
}

// Server is the simulated Telegram. All methods may be called at any time from
// any goroutine.
type Server struct {
	world // in world.go
}

// What people do: Do, Edit, Press, Vote, React, Delete, Block, Join, … chat is a group's
// ID, or the bot's ID for the private chat of who with the bot.
//
// Errors are what a Telegram app would show: ErrNotMember, ErrNoChat, …

// Act is what a person sends: exactly one of Text, Photo, Document, Sticker, Voice.
type Act struct {
	Text     string
	Caption  string
	HTML     bool   // Text and Caption are formatted: Telegram HTML, as the menu of a phone makes it
	FileName string // with Document
	Photo    []byte // PNG or JPEG
	Document []byte
	Sticker  bool
	Voice    bool
	Album    []Act // photos or documents that share a media_group_id; alone
	ReplyTo  int   // message ID in the same chat, 0 none
	Thread   int   // forum topic, 0 none
	AsGroup  bool  // an anonymous admin: sender_chat is the group
}

// Happening is what a service message tells of.
type Happening string

// What happens in groups.
const (
	Pinned    Happening = "pinned"
	MadeTopic Happening = "topic"
	Added     Happening = "added"
	Removed   Happening = "removed"
	Joined    Happening = "joined"
	Left      Happening = "left"
	Grew      Happening = "grew"
	GrownFrom Happening = "grown"
)

// Deed is who did what, of or with something. The zero Deed is none.
type Deed struct {
	Did    Happening
	By, Of string
}

// String is the line in Chinese.
func (e Deed) String() string {
	switch e.Did {
	case Pinned:
		return e.By + " 置顶了一条消息"
	case MadeTopic:
		return e.By + " 新建了话题：" + e.Of
	case Added:
		return e.By + " 邀请了 " + e.Of
	case Removed:
		return e.By + " 移出了 " + e.Of
	case Joined:
		return e.By + " 加入了群组"
	case Left:
		return e.By + " 离开了群组"
	case Grew:
		return "群组已升级为超级群组"
	case GrownFrom:
		return "由群组升级而来"
	}
	return ""
}

// Toast is the bot's answer to a press.
type Toast struct {
	Answered bool
	Text     string
	Alert    bool
	URL      string
}

// What people see.

// Message is one message as a person's app shows it.
type Message struct {
	ID       int
	Chat     int64 // as in Do
	From     int64 // a person's or the bot's ID; 0 for a service message
	FromName string
	At       time.Time
	Edited   bool
	Pinned   bool
	Deleted  bool
	Service  string // joined, pinned …: a line in the middle, then the rest is empty
	Deed     Deed   // the same for who speaks another language
	HTML     string // text or caption, rendered from the entities, safe to insert into a page
	Text     string // the same as plain text
	ReplyTo  int
	Thread   int
	Files    []File
	Buttons  [][]Button // inline keyboard
	Reply    *Keyboard  // reply keyboard that came with it
	Poll     *Poll

	Forwarded string // whose message it was first, empty when it is no forward
	Reactions []Reaction
}

// Reaction is an emoji below a message with its count; Mine when the viewer set it.
type Reaction struct {
	Emoji string
	Count int
	Mine  bool
}

// File is an attachment; Path is served below the page.
type File struct {
	ID, Name, MIME, Path string
	Photo                bool
	Size                 int64
	Width, Height        int
}

// Button is one inline button: Data or URL.
type Button struct{ Text, Data, URL, Style string }

// Keyboard is a reply keyboard: its rows of texts, or its removal.
type Keyboard struct {
	Rows        [][]string
	Remove      bool
	Force       bool // force_reply
	OneTime     bool
	Placeholder string
}

// Poll is a native poll as seen by one person.
type Poll struct {
	ID, Question string
	Options      []PollOption
	Anonymous    bool
	Multiple     bool
	Closed       bool
	Total        int
}

// PollOption is one answer with its count; Mine when the viewer chose it.
type PollOption struct {
	Text  string
	Votes int
	Mine  bool
}

// Chat is one line of a person's chat list, with what the header shows.
type Chat struct {
	ID       int64
	Key      string
	Title    string
	Group    bool
	Members  int
	Topics   map[int]string
	Pinned   []int // message IDs, newest last
	Keyboard *Keyboard
	Started  bool // a private chat in which the person pressed Start
	Blocked  bool // a private chat in which the person blocked the bot
	Typing   bool
	Commands []Command // the bot's commands in this chat for this person (scope and language resolved)
}

// Command is one entry of the bot's menu.
type Command struct{ Name, Description string }

// Event is one change in the world. Seq grows by one per event, across all chats.
type Event struct {
	Seq     int64
	Kind    EventKind
	Chat    int64 // the group's ID, or the bot's ID with Who for a private chat
	Who     int64 // the person concerned in a private chat or of a toast; 0: everybody in Chat
	Message int   // the message concerned
	Toast   *Toast
}

// EventKind tells what changed.
type EventKind string

// The kinds of events.
const (
	EventMessage EventKind = "message" // new, edited, deleted, pinned or voted: fetch it again
	EventToast   EventKind = "toast"
	EventChat    EventKind = "chat"  // title, members, keyboard, commands, typing
	EventClock   EventKind = "clock" // the clock was moved
)
