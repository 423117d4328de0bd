package card

import (
	"strings"
	"time"

	"xingfuli/bot/calendar"
	"xingfuli/bot/menu"
	"xingfuli/bot/telegram"
	"xingfuli/bot/text"
)

// WhichCanteen asks which of several canteens is meant; a press brings word and the ID.
func WhichCanteen(w text.Words, all []menu.Canteen, word string, version int64) telegram.Message {
	m := telegram.Message{HTML: w.HTML("menu.which_canteen", nil)}
	for _, c := range all {
		m.Buttons = append(m.Buttons, []telegram.Button{{Label: c.Name, Word: word, ID: c.ID, Version: version}})
	}
	return m
}

// Draft shows the cook what was understood, and how it differs from old, what is published
// of that week. version is the dialogue's, which the buttons carry.
func Draft(w text.Words, c menu.Canteen, d menu.Draft, old menu.Menu, today calendar.Date, version int64) telegram.Message {
	d = d.Against(old, today)
	var doubts []string
	for _, x := range d.Doubts {
		v := map[string]any{"Text": x.Text, "Day": ""}
		if !x.Date.IsZero() {
			v["Day"] = shortDay(w, x.Date)
		}
		doubts = append(doubts, w.Plain(doubtKey(x.Kind), v))
	}
	week := "menu.to_next_week"
	if d.Monday != today.Monday() {
		week = "menu.to_this_week"
	}
	return telegram.Message{
		HTML: w.HTML("menu.draft", map[string]any{"Canteen": c.Name, "Days": draftDays(w, d.Days), "Diff": draftDiff(w, d, old), "Doubts": doubts}),
		Buttons: [][]telegram.Button{
			{pressable(w, "menu.publish", "publish", version), pressable(w, week, "move", version)},
			{pressable(w, "menu.revise", "revise", version), pressable(w, "menu.drop", "drop", version)},
		},
	}
}

func pressable(w text.Words, label, word string, version int64) telegram.Button {
	return telegram.Button{Label: w.Plain(label, nil), Word: word, Version: version}
}

// Clash shows the cook what somebody, perhaps the cook, has published since the preview, and
// what publishing the draft would change in it.
// at tells when that was in the township's hours.
func Clash(w text.Words, c menu.Canteen, d menu.Draft, old menu.Menu, cook int64, at time.Time, version int64) telegram.Message {
	var days []menu.Day // that differ
	for _, x := range menu.Diff(old, d.Menu(c.ID, old, 0, old.At)) {
		if day, ok := old.Day(x.Date); ok {
			days = append(days, day)
		}
	}
	return telegram.Message{
		HTML: w.HTML("menu.clash", map[string]any{
			"Mine": old.By == cook, "Canteen": c.Name, "At": moment(w, at), "Days": draftDays(w, days), "Diff": draftDiff(w, d, old),
		}),
		Buttons: [][]telegram.Button{
			{pressable(w, "menu.publish_mine", "publish", version)},
			{pressable(w, "menu.drop_mine", "drop", version)},
		},
	}
}

// Published says that a version is what everybody sees now, and lets the cook take it back.
func Published(w text.Words, m menu.Menu) telegram.Message {
	b := telegram.Button{Label: w.Plain("menu.undo", nil), Word: "undo", ID: m.Canteen + "." + m.Monday.String(), Version: m.Version}
	return telegram.Message{HTML: w.HTML("menu.published", weekValues(w, m.Monday)), Buttons: [][]telegram.Button{{b}}}
}

// Undone says what came back when a version was taken back.
func Undone(w text.Words, c menu.Canteen, was, is menu.Menu) telegram.Message {
	v, diff := weekValues(w, is.Monday), menu.Diff(was, is)
	for i := range diff {
		diff[i].All = false // what is there again is what the cook wants to know
	}
	v["Canteen"], v["Empty"], v["Diff"] = c.Name, len(is.Days) == 0, diffLines(w, diff)
	return telegram.Message{HTML: w.HTML("menu.undone", v)}
}

func weekValues(w text.Words, monday calendar.Date) map[string]any {
	return map[string]any{"From": shortDay(w, monday), "To": shortDay(w, monday.AddDays(6))}
}

// draftDays lists days with all their dishes.
func draftDays(w text.Words, days []menu.Day) text.HTML {
	type line struct {
		Day    string
		Closed bool
		Reason string
		Meals  text.HTML
	}
	var lines []line
	for _, x := range days {
		lines = append(lines, line{shortDay(w, x.Date), x.Closed, x.Reason, draftMeals(w, x)})
	}
	return text.HTML(strings.TrimSpace(string(w.HTML("menu.draft_days", map[string]any{"Days": lines}))))
}

func draftMeals(w text.Words, d menu.Day) text.HTML {
	var list []string
	for _, s := range d.Meals {
		list = append(list, string(w.HTML("menu.draft_meal", map[string]any{"Meal": mealName(w, s.Meal), "Names": priced(w, s.Dishes)})))
	}
	return text.HTML(strings.Join(list, "\n"))
}

// priced are the names of dishes with their prices.
func priced(w text.Words, dishes []menu.Dish) []string {
	var list []string
	for _, d := range dishes {
		if d.Cents > 0 {
			d.Name = w.Plain("menu.priced", map[string]any{"Name": d.Name, "Price": money(w, d.Cents)})
		}
		list = append(list, d.Name)
	}
	return list
}

// draftDiff says what publishing a draft would change.
func draftDiff(w text.Words, d menu.Draft, old menu.Menu) text.HTML {
	if len(old.Days) == 0 {
		return w.HTML("menu.diff_first", nil)
	}
	diff := menu.Diff(old, d.Menu(old.Canteen, old, 0, old.At))
	if len(diff) == 0 {
		return w.HTML("menu.diff_none", nil)
	}
	kept := false
	for _, day := range old.Days {
		_, named := (menu.Menu{Days: d.Days}).Day(day.Date)
		kept = kept || !named
	}
	return w.HTML("menu.diff", map[string]any{"Lines": diffLines(w, diff), "Kept": kept})
}

func diffLines(w text.Words, diff []menu.DayDiff) text.HTML {
	var lines []string
	for _, d := range diff {
		v := map[string]any{"Day": weekday(w, d.Date), "Out": list(w, d.Out), "In": list(w, d.In)}
		lines = append(lines, string(w.HTML(diffKey(d), v)))
	}
	return text.HTML(strings.Join(lines, "\n"))
}

func list(w text.Words, dishes []menu.Dish) string {
	return w.Plain("menu.list", map[string]any{"Names": priced(w, dishes)})
}

func diffKey(d menu.DayDiff) string {
	switch {
	case d.Kind == menu.DayNew && len(d.In) == 0:
		return "menu.diff_new_rest"
	case d.Kind == menu.DayNew:
		return "menu.diff_new"
	case d.Kind == menu.DayGone:
		return "menu.diff_gone"
	case d.Kind == menu.DayRests:
		return "menu.diff_rests"
	case d.Kind == menu.DayOpens:
		return "menu.diff_opens"
	case len(d.Out) == 0:
		return "menu.diff_more"
	case len(d.In) == 0:
		return "menu.diff_less"
	case d.All:
		return "menu.diff_all"
	}
	return "menu.diff_swap"
}

func doubtKey(k menu.DoubtKind) string {
	switch k {
	case menu.DayTwice:
		return "menu.doubt_day_twice"
	case menu.DayMissing:
		return "menu.doubt_day_missing"
	case menu.DishTwice:
		return "menu.doubt_dish_twice"
	case menu.OtherWeek:
		return "menu.doubt_other_week"
	case menu.WrongDay:
		return "menu.doubt_wrong_day"
	case menu.DishUnusual:
		return "menu.doubt_dish_unusual"
	case menu.PastWeek:
		return "menu.doubt_past_week"
	case menu.FarWeek:
		return "menu.doubt_far_week"
	}
	return "menu.doubt_not_used"
}

// NoChange says why a dish cannot be replaced, and how to say it so that it can.
func NoChange(w text.Words, e *menu.ChangeError, today calendar.Date) telegram.Message {
	c := e.Change
	v := map[string]any{"Day": day(w, c.Date, today), "Old": c.Old, "Near": "", "Has": list(w, e.Has), "Line": ""}
	if len(e.Has) == 0 {
		return telegram.Message{HTML: w.HTML("menu.change_no_day", v)}
	}
	if len(e.Near) > 0 {
		v["Near"] = w.Plain("menu.list", map[string]any{"Names": e.Near})
		v["Line"] = c.Date.String() + " " + e.Near[0] + "→" + c.New.Name
	}
	return telegram.Message{HTML: w.HTML("menu.change_no_dish", v)}
}
