package card

import (
	"reflect"

	"xingfuli/bot/community"
	"xingfuli/bot/telegram"
	"xingfuli/bot/text"
)

// Privacy tells a person what is kept about them, why and how long. names are what
// communities and canteens are called, by ID; config says that they are an admin by the
// config.
func Privacy(w text.Words, kept []community.Kept, names map[string]string, config bool) telegram.Message {
	var lines []text.HTML
	for _, k := range kept {
		lines = append(lines, w.HTML("privacy.kept_"+k.Name, keptValues(w, k.Value, names)))
	}
	return telegram.Message{
		HTML: w.HTML("privacy.kept", map[string]any{"Lines": lines, "Config": config}),
		Buttons: [][]telegram.Button{{
			{Label: w.Plain("privacy.export", nil), Word: "privacyexport"}, {Label: w.Plain("privacy.erase", nil), Word: "privacyask"},
		}},
	}
}

// keptValues are what the text of a Kept is filled with.
func keptValues(w text.Words, value any, names map[string]string) map[string]any {
	switch v := value.(type) {
	case community.Profile:
		language := ""
		if v.Language != "" {
			language = text.In(text.Match(v.Language, text.Chinese)).Plain("chat.language_name", nil)
		}
		return map[string]any{"Language": language, "Community": names[v.Community], "Blocked": v.Blocked}
	case community.Member:
		return map[string]any{"Roles": roleNames(w, v.Grants, names), "Name": v.Name}
	case community.Liked:
		return map[string]any{"Count": len(v.Dishes)}
	}
	if v := reflect.ValueOf(value); v.Kind() == reflect.Slice {
		return map[string]any{"Count": v.Len()}
	}
	return nil
}

// roleNames lists roles with what they are held for: 「社区专员（安居小区）」.
func roleNames(w text.Words, g community.Grants, names map[string]string) []string {
	var roles []string
	for _, r := range community.Roles {
		ids, ok := g[r]
		if ok && len(ids) == 0 {
			roles = append(roles, Role(w, r, ""))
		}
		for _, id := range ids {
			roles = append(roles, Role(w, r, names[id]))
		}
	}
	return roles
}

// Erase asks whether all that is kept is to go. config says that the person is an admin by
// the config.
func Erase(w text.Words, config bool, step int64) telegram.Message {
	return telegram.Message{
		HTML: w.HTML("privacy.sure", map[string]any{"Config": config}),
		Buttons: [][]telegram.Button{
			{{Label: w.Plain("privacy.erase_yes", nil), Word: "privacyerase", Version: step}},
			{{Label: w.Plain("privacy.erase_no", nil), Word: "privacy"}},
		},
	}
}
