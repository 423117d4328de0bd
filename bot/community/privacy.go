package community

import "time"

// Kept is one kind of thing that is kept about a person.
type Kept struct {
	Name  string // stable: "profile", "roles", "wishes"; the card and the export know it by this
	Value any    // as the export shows it, in JSON
}

// Profile is what a person chose, as Kept "profile" holds it.
type Profile struct {
	Language  string `json:"language,omitempty"`  // BCP 47
	Community string `json:"community,omitempty"` // ID
	Blocked   bool   `json:"blocked,omitempty"`   // the bot could not reach them when it last wrote
}

// Doing is what a person is in the middle of, as Kept "dialogue" holds it.
type Doing struct {
	Word string `json:"word"`
	Step string `json:"step"`
	Data string `json:"data,omitempty"` // JSON
}

// Waiting is a question whose answer a person wants to be told, as a list of Kept "wishes"
// holds it.
type Waiting struct {
	Question string    `json:"question,omitempty"` // empty: it is settled
	Since    time.Time `json:"since"`
}

// Liked is a person's favourite dishes, as Kept "favorites" holds them.
type Liked struct {
	Dishes []string `json:"dishes"`
	Muted  bool     `json:"muted,omitempty"` // they are not told of them
}

// Unhandled is a message that could not be handled, as a list of Kept "dead" holds it.
type Unhandled struct {
	At      time.Time `json:"at"`
	Message string    `json:"message"` // JSON, as Telegram sent it
}
