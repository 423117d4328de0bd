package card

import (
	"strconv"
	"strings"
	"time"

	"xingfuli/bot/calendar"
	"xingfuli/bot/telegram"
	"xingfuli/bot/text"
)

// Job is something done by the clock, as admins see it.
type Job struct {
	ID, Title string
	Rule      calendar.Rule // zero: it cannot be read
	Paused    bool
	Next      []calendar.Occurrence // none: never again
	Runs      []JobRun              // the newest first
}

// JobRun is one time that a job was done, or was not.
type JobRun struct {
	At             time.Time
	Outcome        string // as queue has it
	Code           string // of what went wrong
	Hand, Rehearse bool
}

// outcomes are the keys of how a run can have ended.
var outcomes = map[string]string{
	"": "jobs.waiting", "done": "jobs.done", "nothing": "jobs.nothing", "failed": "jobs.failed", "missed": "jobs.missed", "skipped": "jobs.skipped",
}

func (r JobRun) line(w text.Words) string {
	return w.Plain("jobs.run", map[string]any{
		"At": moment(w, r.At), "Outcome": w.Plain(outcomes[r.Outcome], nil), "Hand": r.Hand, "Rehearse": r.Rehearse, "Code": r.Code,
	})
}

// upkeep are the keys of what each replica does for itself, by the job's name.
var upkeep = map[string]string{
	"dishes": "jobs.upkeep_dishes", "answered": "jobs.upkeep_answered", "durability": "jobs.upkeep_durability",
	"letters": "jobs.upkeep_letters",
}

// Jobs shows a page of what is done by the clock, and what upkeep there is besides. Each job
// has a button that opens it.
func Jobs(w text.Words, js []Job, p Page, names []string, now time.Time) telegram.Message {
	type line struct {
		N, Title, Rule, Next, Last string
		Paused                     bool
	}
	var lines []line
	var m telegram.Message
	for i, j := range js {
		l := line{N: strconv.Itoa(p.From() + i + 1), Title: j.Title, Rule: When(w, j.Rule, now), Paused: j.Paused}
		for _, next := range Times(w, j.Next[:min(1, len(j.Next))]) {
			l.Next = next
		}
		if len(j.Runs) > 0 {
			l.Last = j.Runs[0].line(w)
		}
		lines = append(lines, l)
		if i%4 == 0 {
			m.Buttons = append(m.Buttons, nil)
		}
		last := len(m.Buttons) - 1
		m.Buttons[last] = append(m.Buttons[last], telegram.Button{Label: l.N, Word: "job", ID: j.ID})
	}
	m.HTML = w.HTML("jobs.none", nil)
	if len(js) > 0 {
		m.HTML = w.HTML("jobs.list", map[string]any{"Total": p.Total, "Jobs": lines})
	}
	var does []string
	for _, n := range names {
		if key := upkeep[n]; key != "" {
			does = append(does, w.Plain(key, nil))
		}
	}
	m.HTML += "\n\n" + w.HTML("jobs.upkeep", map[string]any{"Names": does})
	m.Buttons = append(m.Buttons, p.turn(w, "jobs", "")...)
	return m
}

// OneJob shows a job with its next times and last runs, and what can be done about it.
func OneJob(w text.Words, j Job, now time.Time) telegram.Message {
	var runs []string
	for _, r := range j.Runs {
		runs = append(runs, r.line(w))
	}
	pause := telegram.Button{Label: w.Plain("jobs.button_pause", nil), Word: "jobpause", ID: j.ID}
	if j.Paused {
		pause = telegram.Button{Label: w.Plain("jobs.button_resume", nil), Word: "jobresume", ID: j.ID}
	}
	return telegram.Message{
		HTML: w.HTML("jobs.one", map[string]any{"Title": j.Title, "Rule": When(w, j.Rule, now), "Paused": j.Paused, "Next": Times(w, j.Next), "Runs": runs}),
		Buttons: [][]telegram.Button{
			{{Label: w.Plain("jobs.button_run", nil), Word: "jobrun", ID: j.ID}, pause},
			{{Label: w.Plain("jobs.button_rehearse", nil), Word: "jobtry", ID: j.ID}, {Label: w.Plain("jobs.button_back", nil), Word: "jobs"}},
		},
	}
}

// SureJob asks whether a job is really to be done now. However often its button is pressed,
// ask, a number of its own, makes that once.
func SureJob(w text.Words, id, title string, ask int64) telegram.Message {
	return telegram.Message{
		HTML: w.HTML("jobs.sure", map[string]any{"Title": title}),
		Buttons: [][]telegram.Button{{
			{Label: w.Plain("jobs.button_now", nil), Word: "jobnow", ID: id, Version: ask}, {Label: w.Plain("jobs.button_no", nil), Word: "job", ID: id},
		}},
	}
}

// LateID names an occurrence of a schedule in a button; CutLate reads it.
func LateID(schedule, mark string) string { return schedule + "~" + mark }

// CutLate reads what LateID makes; ok is false for anything else.
func CutLate(id string) (schedule, mark string, ok bool) {
	schedule, mark, ok = strings.Cut(id, "~")
	return schedule, mark, ok && schedule != "" && mark != ""
}

// Missed says that a job was not done when it was due, and asks what is to become of it.
func Missed(w text.Words, title, late string, due time.Time) telegram.Message {
	return telegram.Message{
		HTML: w.HTML("jobs.late", map[string]any{"Title": title, "At": moment(w, due)}),
		Buttons: [][]telegram.Button{{
			{Label: w.Plain("jobs.button_late", nil), Word: "latenow", ID: late}, {Label: w.Plain("jobs.button_skip", nil), Word: "lateskip", ID: late},
		}},
	}
}

// Late says what the person who was asked by Missed has made of it.
func Late(w text.Words, title string, due time.Time, now bool) telegram.Message {
	key := "jobs.late_skip"
	if now {
		key = "jobs.late_now"
	}
	return telegram.Message{HTML: w.HTML(key, map[string]any{"Title": title, "At": moment(w, due)})}
}

// Dealt says what somebody else, whose name may not be known, has made of it before.
func Dealt(w text.Words, title string, due time.Time, now bool, by string) telegram.Message {
	return telegram.Message{HTML: w.HTML("jobs.late_dealt", map[string]any{"Title": title, "At": moment(w, due), "Now": now, "By": by})}
}
