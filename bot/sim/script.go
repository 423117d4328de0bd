package sim

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// ErrScript says that a line of a script cannot be read.
var ErrScript = errors.New("sim: bad script")

// Step is one line of a script, with the lines that continue it.
type Step struct {
	Line      int     // where it stands in the script, from 1
	Who       string  // a person's key or name, "bot", or "clock"
	Chat      string  // a group's or, for the bot, also a person's key or name; empty: the private chat
	Thread    int     // forum topic
	Anonymous bool    // as an anonymous admin
	Act       StepAct // what is done or expected
	Text      string  // what is said, pressed or expected; the time for the clock
	File      string  // name of a document; of an album how many photos
	Rows      [][]string
}

// StepAct is what a step does.
type StepAct string

// What people do, and what the bot is expected to do.
const (
	ActSay     StepAct = "say"
	ActPress   StepAct = "press"
	ActForge   StepAct = "forge"
	ActPhoto   StepAct = "photo"
	ActAlbum   StepAct = "album"
	ActHTML    StepAct = "html"
	ActFile    StepAct = "file"
	ActSticker StepAct = "sticker"
	ActVoice   StepAct = "voice"
	ActEdit    StepAct = "edit"
	ActReply   StepAct = "reply"
	ActVote    StepAct = "vote"
	ActReact   StepAct = "react"
	ActBlock   StepAct = "block"
	ActUnblock StepAct = "unblock"
	ActJoin    StepAct = "join"
	ActLeave   StepAct = "leave"
	ActClock   StepAct = "clock"

	ExpectMessage StepAct = "message"
	ExpectEdit    StepAct = "edited"
	ExpectToast   StepAct = "toast"
	ExpectAlert   StepAct = "alert"
	ExpectSilence StepAct = "silence"
)

// Human tells whether the step is something to do, not something to expect.
func (st Step) Human() bool { return st.Who != "bot" }

// Parse reads a script.
//
// A line is "who: text", "who@chat: text" or "who@chat#topic: text"; who is a person, bot or
// clock. Lines that begin with # are comments. "| more" continues the text above; below a
// line of the bot, "| [one] [two]" is a row of its keyboard. README of the grammar: Play.
func Parse(script string) ([]Step, error) {
	var steps []Step
	for i, line := range strings.Split(script, "\n") {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		if rest, ok := strings.CutPrefix(line, "|"); ok {
			if len(steps) == 0 {
				return nil, fmt.Errorf("%w: line %d continues nothing", ErrScript, i+1)
			}
			steps[len(steps)-1].more(strings.TrimSpace(rest))
			continue
		}
		st, err := parseStep(line)
		if err != nil {
			return nil, fmt.Errorf("%w: line %d: %w: %s", ErrScript, i+1, err, line)
		}
		st.Line = i + 1
		steps = append(steps, st)
	}
	return steps, nil
}

var rowPattern = regexp.MustCompile(`^(\[[^\]]+\]\s*)+$`)
var labelPattern = regexp.MustCompile(`\[([^\]]+)\]`)

// more adds a continuation line.
func (st *Step) more(line string) {
	if st.Who == "bot" && rowPattern.MatchString(line) {
		var row []string
		for _, m := range labelPattern.FindAllStringSubmatch(line, -1) {
			row = append(row, strings.TrimSpace(m[1]))
		}
		st.Rows = append(st.Rows, row)
		return
	}
	st.Text += "\n" + line
}

func parseStep(line string) (Step, error) {
	head, text, ok := strings.Cut(line, ":")
	if !ok {
		return Step{}, errors.New("no colon")
	}
	st, mark, err := parseHead(strings.TrimSpace(head))
	if err != nil {
		return st, err
	}
	st.Text = strings.TrimSpace(text)
	switch st.Who {
	case "clock":
		st.Act = ActClock
	case "bot":
		return st, st.expect(mark)
	default:
		st.act()
	}
	return st, nil
}

// parseHead reads who@chat#topic (anonymous), and the mark behind "bot".
func parseHead(head string) (st Step, mark string, err error) {
	if rest, ok := strings.CutSuffix(head, "(anonymous)"); ok {
		st.Anonymous, head = true, strings.TrimSpace(rest)
	}
	st.Who, st.Chat, _ = strings.Cut(head, "@")
	if chat, topic, ok := strings.Cut(st.Chat, "#"); ok {
		st.Chat = chat
		if st.Thread, err = strconv.Atoi(topic); err != nil {
			return st, "", fmt.Errorf("topic %q is no number", topic)
		}
	}
	if who := strings.TrimRight(st.Who, "*!"); who == "bot" {
		st.Who, mark = who, st.Who[len(who):]
	}
	if st.Who == "" {
		return st, "", errors.New("nobody speaks")
	}
	return st, mark, nil
}

// expect reads a line of the bot.
func (st *Step) expect(mark string) error {
	switch mark {
	case "":
		st.Act = ExpectMessage
	case "*":
		st.Act = ExpectEdit
	case "!":
		st.Act = ExpectToast
	case "!!":
		st.Act = ExpectAlert
	default:
		return fmt.Errorf("bot%s is none of bot, bot*, bot!, bot!!", mark)
	}
	if st.Text == "(silence)" {
		if st.Act == ExpectMessage {
			st.Act = ExpectSilence
		}
		st.Text = ""
		if st.Act == ExpectEdit {
			return errors.New("bot: (silence) holds for edits too")
		}
	}
	return nil
}

var verbPattern = regexp.MustCompile(`^\((\w+)(?:\s+([^)]*))?\)\s*`)

var verbs = map[string]StepAct{
	"photo": ActPhoto, "album": ActAlbum, "html": ActHTML, "file": ActFile, "sticker": ActSticker, "voice": ActVoice, "edit": ActEdit,
	"reply": ActReply, "forge": ActForge, "vote": ActVote, "react": ActReact,
	"block": ActBlock, "unblock": ActUnblock, "join": ActJoin, "leave": ActLeave,
}

// act reads a line of a person. A bracket that is no known verb is a text like any other.
func (st *Step) act() {
	st.Act = ActSay
	if label, ok := strings.CutPrefix(st.Text, "["); ok && strings.HasSuffix(label, "]") {
		st.Act, st.Text = ActPress, strings.TrimSpace(strings.TrimSuffix(label, "]"))
		return
	}
	m := verbPattern.FindStringSubmatch(st.Text)
	if m == nil || verbs[m[1]] == "" {
		return
	}
	st.Act, st.Text = verbs[m[1]], st.Text[len(m[0]):]
	switch st.Act {
	case ActFile:
		st.File, st.Text = m[2], strings.ReplaceAll(st.Text, `\n`, "\n")
	case ActForge, ActVote, ActReact:
		st.Text = m[2]
	case ActAlbum:
		st.File = m[2]
	}
}
