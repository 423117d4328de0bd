package card

import (
	"crypto/sha256"
	"encoding/hex"
	"time"

	"xingfuli/bot/calendar"
	"xingfuli/bot/menu"
	"xingfuli/bot/telegram"
	"xingfuli/bot/text"
)

// Push says when a group gets the day's menu, now or from now on, with a button to end it.
func Push(w text.Words, r calendar.Rule, times []calendar.Occurrence, now time.Time, fresh bool) telegram.Message {
	key := "daily.is"
	if fresh {
		key = "daily.set"
	}
	m := telegram.Message{HTML: w.HTML(key, map[string]any{"When": When(w, r, now), "Times": Times(w, times)})}
	m.Buttons = [][]telegram.Button{{{Label: w.Plain("daily.off", nil), Word: "pushoff", ID: PushID(r)}}}
	return m
}

// PushID stands for the times of a group's menu on the button that ends them: where they are others
// by now, the button is an old one.
func PushID(r calendar.Rule) string {
	sum := sha256.Sum256([]byte(r.String()))
	return hex.EncodeToString(sum[:4])
}

// Nag reminds a canteen's staff that there is no menu for a date.
func Nag(w text.Words, canteen string, d, today calendar.Date) telegram.Message {
	return telegram.Message{HTML: w.HTML("daily.nag", map[string]any{"Canteen": canteen, "Day": day(w, d, today)})}
}

// Correction tells who was shown a day of a menu what has become of it.
func Correction(w text.Words, canteen string, d menu.DayDiff, reason string, today calendar.Date) telegram.Message {
	v := map[string]any{"Canteen": canteen, "Day": day(w, d.Date, today), "Reason": reason}
	m := telegram.Message{HTML: w.HTML("daily.fix_"+string(d.Kind), v)}
	add := func(key string, dishes []menu.Dish) {
		if len(dishes) == 0 {
			return
		}
		names := make([]string, len(dishes))
		for i, x := range dishes {
			names[i] = x.Name
		}
		m.HTML += "\n" + w.HTML(key, map[string]any{"Names": w.Plain("menu.list", map[string]any{"Names": names})})
	}
	add("daily.fix_out", d.Out)
	if len(d.Out) > 0 {
		add("daily.fix_in", d.In)
	} else {
		add("daily.fix_new", d.In)
	}
	return m
}
