package card

import (
	"strconv"

	"xingfuli/bot/calendar"
	"xingfuli/bot/telegram"
	"xingfuli/bot/text"
)

// Calendar shows the days off and the make-up days of some years. own is how many of them an
// admin has set.
func Calendar(w text.Words, h calendar.Holidays, own int, years ...int) telegram.Message {
	type year struct {
		Year  string
		Whole bool
		Lines []calendarLine
	}
	var list []year
	for _, y := range years {
		list = append(list, year{strconv.Itoa(y), h.Covers(y), calendarLines(w, h.Year(y))})
	}
	m := telegram.Message{HTML: w.HTML("holidays.list", map[string]any{"Years": list, "Own": own})}
	row := []telegram.Button{{Label: w.Plain("holidays.import", nil), Word: "holidayadd"}}
	if own > 0 {
		row = append(row, telegram.Button{Label: w.Plain("holidays.reset", nil), Word: "holidayreset"})
	}
	m.Buttons = [][]telegram.Button{row}
	return m
}

// calendarLine is what is off and what is worked for one holiday.
type calendarLine struct{ Name, Rest, Work string }

func calendarLines(w text.Words, days []calendar.Special) []calendarLine {
	var lines []calendarLine
	index := map[string]int{}
	for len(days) > 0 {
		n := 1
		for n < len(days) && days[n].Name == days[0].Name && days[n].Rest == days[0].Rest && days[n].Date == days[n-1].Date.AddDays(1) {
			n++
		}
		name := days[0].Name
		if name == "" {
			name = w.Plain("holidays.unnamed", nil)
		}
		i, ok := index[name]
		if !ok {
			i, lines = len(lines), append(lines, calendarLine{Name: name})
			index[name] = i
		}
		part := &lines[i].Work
		if days[0].Rest {
			part = &lines[i].Rest
		}
		*part = joinDays(w, *part, days[0].Date, days[n-1].Date)
		days = days[n:]
	}
	return lines
}

// joinDays puts a span of days behind others.
func joinDays(w text.Words, before string, from, to calendar.Date) string {
	is := w.Plain("holidays.month_day", dateValues(w, from))
	if from != to {
		is = w.Plain("holidays.span", map[string]any{"From": is, "To": w.Plain("holidays.month_day", dateValues(w, to))})
	}
	if before == "" {
		return is
	}
	return w.Plain("holidays.join", map[string]any{"First": before, "Last": is})
}

// changesShown is how many changed days a preview lists.
const changesShown = 50

// CalendarChanges shows what would change, for the dialogue of that version.
func CalendarChanges(w text.Words, changes []calendar.Change, version int64) telegram.Message {
	type line struct{ Day, Was, Is string }
	var lines []line
	for _, c := range changes[:min(len(changes), changesShown)] {
		v := dateValues(w, c.Date)
		v["Year"] = strconv.Itoa(c.Date.Year)
		lines = append(lines, line{w.Plain("holidays.day", v), special(w, c.Was), special(w, c.Is)})
	}
	return telegram.Message{
		HTML: w.HTML("holidays.preview", map[string]any{"Lines": lines, "Total": len(changes), "More": len(changes) - len(lines)}),
		Buttons: [][]telegram.Button{{
			{Label: w.Plain("holidays.confirm", nil), Word: "holidayset", Version: version},
			{Label: w.Plain("holidays.cancel", nil), Word: "holidaykeep", Version: version},
		}},
	}
}

func special(w text.Words, s calendar.Special) string {
	switch {
	case s.Date.IsZero():
		return w.Plain("holidays.ordinary", nil)
	case s.Rest:
		return w.Plain("holidays.rest", map[string]any{"Name": s.Name})
	}
	return w.Plain("holidays.work", map[string]any{"Name": s.Name})
}
