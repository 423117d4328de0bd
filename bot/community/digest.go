package community

import (
	"time"

	"xingfuli/bot/calendar"
)

// Tally counts what the people of a community asked the bot in a week, in plain words or by
// command, about the canteen or anything else. Who asked what is not in it.
type Tally struct {
	Asked  int // questions that were told something
	Missed int // those of them to which nobody knew an answer
}

// Answered is how many were answered. Counts are written one by one, so that a crash between
// two of them may leave more missed than asked: then it is 0.
func (t Tally) Answered() int { return max(0, t.Asked-t.Missed) }

// Add is both together.
func (t Tally) Add(u Tally) Tally { return Tally{t.Asked + u.Asked, t.Missed + u.Missed} }

// Digest is what there is to tell staff about a week of a community, or of all of them.
type Digest struct {
	Monday    calendar.Date
	Community string // its name; empty: all of them
	Week      Tally
	Before    Tally      // of the week before
	Open      []Question // asked in the week, unanswered still; those asked most often first
	Notices   []Told     // of the week, the latest first
	More      int        // notices beyond those
	Homes     []Home     // of all: each community that asked something, who asked most first
}

// Told is a notice that was sent, and whom it reached: of all its recipients or, in the digest of
// a community, of those there.
type Told struct {
	Head                  string // how it begins
	At                    time.Time
	Sent, Failed, Unknown int
	Receipt               bool // 已收到 was asked for
	Got                   int  // receipts
}

// Home is a community's part of a digest of all.
type Home struct {
	Name string
	Tally
}

// The most of a kind that a digest tells.
const (
	DigestQuestions = 5
	DigestNotices   = 5
	DigestHomes     = 8
)

// Empty tells whether there is nothing to tell: nobody asked, and no notice was sent.
func (d Digest) Empty() bool {
	return d.Week == Tally{} && len(d.Open) == 0 && len(d.Notices) == 0
}

// OpenIn lists the questions that were last asked in the week from monday on, those asked most
// often first, DigestQuestions at most. all is not changed.
func OpenIn(all []Question, monday calendar.Date, zone *time.Location) []Question {
	var open []Question
	for _, q := range SortQuestions(all, true) {
		if calendar.Of(q.Last.In(zone)).Monday() == monday && len(open) < DigestQuestions {
			open = append(open, q)
		}
	}
	return open
}
