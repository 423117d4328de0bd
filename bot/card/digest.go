package card

import (
	"fmt"
	"strconv"
	"strings"

	"xingfuli/bot/calendar"
	"xingfuli/bot/community"
	"xingfuli/bot/picture"
	"xingfuli/bot/telegram"
	"xingfuli/bot/text"
)

// Digest tells staff of a week: as a picture that Telegram has by id, or that is drawn when id
// is empty, with the same in words below it. A week without anything is a line, and so comes one
// of more than fits into a picture, in words only.
func Digest(w text.Words, d community.Digest, id string) (telegram.Message, error) {
	v := digestValues(w, d)
	if d.Empty() {
		return telegram.Message{HTML: w.HTML("digest.nothing", v)}, nil
	}
	m := telegram.Message{HTML: digestText(w, d, v), Photo: &telegram.File{ID: id, Name: "week-" + d.Monday.String() + ".png"}}
	if id != "" {
		return m, nil
	}
	data, err := digestPicture(w, d).PNG()
	if err != nil {
		m.Photo = nil
		return m, fmt.Errorf("picture of the week of %s: %w", d.Monday, err)
	}
	m.Photo.Bytes = data
	return m, nil
}

func digestValues(w text.Words, d community.Digest) map[string]any {
	v := weekValues(w, d.Monday)
	v["Name"] = d.Community
	return v
}

// maxDigestHead is how many characters of a question or a notice a digest shows: its words fit below a picture.
const maxDigestHead = 36

func digestText(w text.Words, d community.Digest, v map[string]any) text.HTML {
	html := w.HTML("digest.title", v) + "\n" + w.HTML("picture.dates", v) + "\n\n"
	for i, f := range figures(w, d) {
		if i > 0 {
			html += "\n"
		}
		html += w.HTML("digest.figure", map[string]any{"Name": f.Name, "Value": f.Value, "Change": f.Change})
	}
	for _, t := range tables(w, d) {
		html += "\n\n" + w.HTML("digest.heading", map[string]any{"Heading": t.Heading})
		for _, r := range t.Rows {
			html += "\n" + w.HTML("digest.row", map[string]any{"Text": r.Text, "Value": r.Value})
		}
	}
	return html
}

func digestPicture(w text.Words, d community.Digest) picture.Digest {
	v := digestValues(w, d)
	return picture.Digest{Title: w.Plain("digest.title", v), Dates: w.Plain("picture.dates", v), Figures: figures(w, d), Tables: tables(w, d)}
}

// figures are the numbers of a week, and how they differ from the week before.
func figures(w text.Words, d community.Digest) []picture.Figure {
	figure := func(key string, n, before int) picture.Figure {
		f := picture.Figure{Name: w.Plain(key, nil), Value: strconv.Itoa(n)}
		switch {
		case n > before:
			f.Change = "↑" + strconv.Itoa(n-before)
		case n < before:
			f.Change = "↓" + strconv.Itoa(before-n)
		default:
			f.Change = w.Plain("digest.same", nil)
		}
		return f
	}
	return []picture.Figure{
		figure("digest.asked", d.Week.Asked, d.Before.Asked),
		figure("digest.answered", d.Week.Answered(), d.Before.Answered()),
		figure("digest.missed", d.Week.Missed, d.Before.Missed),
	}
}

// tables are what else there is to tell, without those that are empty.
func tables(w text.Words, d community.Digest) (all []picture.Table) {
	add := func(key string, rows []picture.Row) {
		if len(rows) > 0 {
			all = append(all, picture.Table{Heading: w.Plain(key, nil), Rows: rows})
		}
	}
	var open, told, homes []picture.Row
	for _, q := range d.Open {
		open = append(open, picture.Row{Text: head(q.Text), Value: w.Plain("digest.times", map[string]any{"N": q.Count})})
	}
	for _, n := range d.Notices {
		reach := map[string]any{"Sent": n.Sent, "Failed": n.Failed, "Unknown": n.Unknown, "Receipt": n.Receipt, "Got": n.Got}
		told = append(told, picture.Row{Text: toldHead(w, n), Value: w.Plain("digest.reach", reach)})
	}
	if d.More > 0 {
		told = append(told, picture.Row{Text: w.Plain("digest.more", map[string]any{"N": d.More})})
	}
	for _, h := range d.Homes {
		counts := map[string]any{"Asked": h.Asked, "Missed": h.Missed}
		homes = append(homes, picture.Row{Text: h.Name, Value: w.Plain("digest.home", counts)})
	}
	add("digest.open", open)
	add("digest.notices", told)
	add("digest.homes", homes)
	return all
}

// toldHead names a notice by its day and how it begins.
func toldHead(w text.Words, n community.Told) string {
	return strings.TrimSpace(shortDay(w, calendar.Of(n.At)) + " " + n.Head)
}

func head(s string) string {
	if r := []rune(s); len(r) > maxDigestHead {
		return string(r[:maxDigestHead]) + "…"
	}
	return s
}
